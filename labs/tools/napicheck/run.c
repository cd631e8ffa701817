// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - when to watch: around a command, or for some time.
 */
#include <poll.h>
#include <string.h>

#include "napicheck.h"

/**
 * struct loop - watching, in progress
 * @run: what was asked for
 * @child: the command, and signals
 * @polls: how many there were, a second ago
 * @counters: the interface's, by enum link_counter, then
 * @silence: packets that it had missed in that second, if nobody polled; else 0
 */
struct loop {
	struct run *run;
	struct child child;
	__u64 polls;
	__u64 counters[LINK_COUNTERS];
	__u64 silence;
};

/* ---- once a second: is anybody still polling? -------------------------------------- */

/*
 * Packets that find no room, while nobody takes those that have one. Some
 * adapters tell late of what they missed: only the second such second in a row
 * shows that it was missed while nobody polled.
 */
static void look_for_silence(struct loop *loop)
{
	struct run *run = loop->run;
	struct findings *findings = &run->findings;
	struct offence *first = &findings->first[RULE_SILENT];
	__u64 polls, silence = 0, counters[LINK_COUNTERS];
	__u64 missed, missed_before = loop->counters[LINK_RX_MISSED];
	bool received;

	if (!run->link)
		return;
	polls = watch_polls(run->watch);
	link_read(run->link, counters);
	missed = counters[LINK_RX_MISSED];
	received = counters[LINK_RX_PACKETS] != loop->counters[LINK_RX_PACKETS];
	if (missed != missed_before || received)
		findings->count[RULE_SILENT].exercised++;
	if (missed > missed_before && !received && polls == loop->polls)
		silence = missed - missed_before;
	if (silence && loop->silence &&
	    !findings->count[RULE_SILENT].broken++) {
		first->kind = BAD_SILENT;
		first->time = now();
		first->a = loop->silence + silence;
		snprintf(first->name, sizeof(first->name), "%s", run->ifname);
	}
	loop->silence = silence;
	loop->polls = polls;
	memcpy(loop->counters, counters, sizeof(counters));
}

/* ---- the loop ------------------------------------------------------------------- */

/* Wait for a signal, but only until then. */
static void wait_until(struct loop *loop, __u64 until)
{
	struct pollfd signals = {
		.fd = loop->child.signals, .events = POLLIN,
	};
	__u64 time = now();
	struct timespec left = {};

	if (until > time) {
		left.tv_sec = (until - time) / NSEC_PER_SEC;
		left.tv_nsec = (until - time) % NSEC_PER_SEC;
	}
	if (ppoll(&signals, 1, &left, NULL) > 0)
		child_signal(&loop->child);
}

static void wait_for_end(struct loop *loop)
{
	struct run *run = loop->run;
	__u64 end = run->began + (__u64)(run->duration * 1e9);
	__u64 tick = run->began + NSEC_PER_SEC, time;

	while (!loop->child.over) {
		wait_until(loop, !run->command && end < tick ? end : tick);
		time = now();
		if (time >= tick) {
			look_for_silence(loop);
			/* However late this was: the next second begins now. */
			tick = now() + NSEC_PER_SEC;
		}
		if (!run->command && time >= end)
			break;
	}
	if (run->command)
		run->status = loop->child.status;
}

static void finish(struct loop *loop)
{
	struct run *run = loop->run;
	struct findings seen = {};

	run->seconds = (now() - run->began) / 1e9;
	if (run->link) {
		link_read(run->link, loop->counters);
		run->vanished = link_gone(run->link);
	}
	watch_read(run->watch, &seen);
	seen.count[RULE_SILENT] = run->findings.count[RULE_SILENT];
	if (seen.count[RULE_SILENT].broken)
		seen.first[RULE_SILENT] = run->findings.first[RULE_SILENT];
	else if (loop->silence)
		seen.unchecked[RULE_SILENT] =
			"the last second was silent, and one is not enough: watch for longer";
	if (!run->ifname)
		seen.unchecked[RULE_SILENT] = "it needs an interface: -i";
	run->findings = seen;
}

/**
 * run_watched() - watch while the command runs, or time passes
 * @run: what to watch; receives what was found
 *
 * Return: 0, or -1, and nothing was found out: after a complaint, or when a signal
 * had come before the command could be run, which @run's status tells then.
 */
int run_watched(struct run *run)
{
	struct loop loop = { .run = run };
	int error;

	run->status = -1;
	child_open(&loop.child);
	error = watch_start(run->watch);
	if (!error && run->link)
		link_read(run->link, loop.counters);
	run->began = now();
	if (!error && run->command) {
		run->status = child_start(&loop.child, run->command);
		error = run->status ? -1 : 0;
	}
	if (!error) {
		wait_for_end(&loop);
		finish(&loop);
	}
	child_close(&loop.child);
	return error;
}
