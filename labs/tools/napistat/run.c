// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - when to count: around a command, for some time, or again and again.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "napistat.h"

enum { POLL_SIGNAL, POLL_INTERVAL, POLL_DURATION, POLL_LINK, POLLS };

/**
 * struct loop - a measurement in progress
 * @run: what was asked for
 * @polls: what to wait for
 * @child: the command, and signals
 * @over: nothing more to wait for
 * @status: what to end with
 * @failed: what else to end with, after a failure of our own: no more reports
 * @last: the counters at the last report
 * @uncounted: a report has had something missing
 */
struct loop {
	struct run *run;
	struct pollfd polls[POLLS];
	struct child child;
	bool over;
	int status;
	int failed;
	struct snapshot last;
	bool uncounted;
};

/* ---- time ------------------------------------------------------------------- */

static int timer_open(double first, bool again)
{
	struct itimerspec spec = {};
	int fd;

	if (!first)
		return -1;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	spec.it_value.tv_sec = first;
	spec.it_value.tv_nsec = (first - floor(first)) * 1e9;
	if (again)
		spec.it_interval = spec.it_value;
	timerfd_settime(fd, 0, &spec, NULL);
	return fd;
}

static void take_time(int fd)
{
	__u64 expirations;

	if (read(fd, &expirations, sizeof(expirations)) < 0)
		complain("timer: %s", strerror(errno));
}

/* ---- reports ---------------------------------------------------------------- */

/* No more reports. A command that runs still is waited for. */
static void fail(struct loop *loop, int status)
{
	struct pollfd *interval = &loop->polls[POLL_INTERVAL];

	loop->failed = status;
	loop->over |= !loop->child.pid;
	if (interval->fd >= 0)
		close(interval->fd);
	interval->fd = -1;
}

/* As it is with other commands, to which SIGPIPE comes, nobody is told. */
static void fail_to_write(struct loop *loop)
{
	if (errno == EPIPE) {
		fail(loop, STATUS_SIGNAL + SIGPIPE);
		return;
	}
	complain("cannot write the report: %s", strerror(errno));
	fail(loop, STATUS_FAILED);
}

/* What happened since the last report. */
static void report_since(struct loop *loop)
{
	struct snapshot current, delta;

	if (snapshot_take(&current, loop->run->link, loop->run->drops)) {
		snapshot_free(&current);
		fail(loop, STATUS_FAILED);
		return;
	}
	snapshot_delta(&delta, &current, &loop->last);
	loop->uncounted |= delta.uncounted;
	loop->run->report.status = loop->child.pid ? -1 : loop->status;
	if (report_print(&loop->run->report, &delta))
		fail_to_write(loop);
	snapshot_free(&delta);
	snapshot_free(&loop->last);
	loop->last = current;
}

/* What a reader of the numbers must know. */
static void warn(struct loop *loop)
{
	struct link *link = loop->run->link;

	if (link && link_gone(link)) {
		complain("interface '%s' has vanished: packets count until then",
			 loop->run->report.ifname);
		loop->status = loop->status ?: STATUS_FAILED;
	} else if (loop->uncounted) {
		complain("a CPU, vector or counter came, went or was set back: some is missing");
	}
}

/* ---- the loop --------------------------------------------------------------- */

static void take_events(struct loop *loop)
{
	struct link *link = loop->run->link;
	struct pollfd *polls = loop->polls;

	if (polls[POLL_LINK].revents) {
		link_listen(link);
		if (link_gone(link) && !loop->child.pid)
			loop->over = true;
	}
	if (polls[POLL_DURATION].revents)
		loop->over = true;
	if (polls[POLL_SIGNAL].revents) {
		child_signal(&loop->child);
		loop->over |= loop->child.over;
		loop->status = loop->child.status;
	}
	if (polls[POLL_INTERVAL].revents) {
		take_time(polls[POLL_INTERVAL].fd);
		if (!loop->over)
			report_since(loop);
	}
}

static void wait_for_end(struct loop *loop)
{
	while (!loop->over) {
		if (poll(loop->polls, POLLS, -1) > 0)
			take_events(loop);
	}
}

static void loop_open(struct loop *loop)
{
	struct run *run = loop->run;
	unsigned int i;

	for (i = 0; i < POLLS; i++)
		loop->polls[i].events = POLLIN;
	child_open(&loop->child);
	/* From here on, no signal ends us but through the loop: tidy up then. */
	child_ignore(&loop->child, SIGPIPE);
	if (run->report.drops)
		run->drops = drops_open();
	loop->polls[POLL_SIGNAL].fd = loop->child.signals;
	loop->polls[POLL_INTERVAL].fd = -1;
	loop->polls[POLL_DURATION].fd = -1;
	loop->polls[POLL_LINK].fd = run->link ? link_fd(run->link) : -1;
}

static void loop_close(struct loop *loop)
{
	unsigned int i;

	drops_close(loop->run->drops);
	child_close(&loop->child);
	for (i = POLL_INTERVAL; i < POLL_LINK; i++) {
		if (loop->polls[i].fd >= 0)
			close(loop->polls[i].fd);
	}
	snapshot_free(&loop->last);
}

/*
 * The first reading has to search, and is slow: it is for practice. Time runs
 * from the second one on.
 *
 * Return: 0, or the status to end with, after a complaint or a signal.
 */
static int start(struct loop *loop)
{
	struct run *run = loop->run;

	if (snapshot_take(&loop->last, run->link, run->drops))
		return STATUS_FAILED;
	snapshot_free(&loop->last);
	if (snapshot_take(&loop->last, run->link, run->drops))
		return STATUS_FAILED;
	/* The first to be set: so the last report is of a whole interval. */
	loop->polls[POLL_DURATION].fd = timer_open(run->duration, false);
	loop->polls[POLL_INTERVAL].fd = timer_open(run->interval, true);
	return run->report.command ?
	       child_start(&loop->child, run->report.command) : 0;
}

/**
 * run_measure() - count and report
 * @run: what to measure
 *
 * Return: the status to end with: the command's, if there is one.
 */
int run_measure(struct run *run)
{
	struct loop loop = { .run = run };
	int error;

	loop_open(&loop);
	error = start(&loop);
	if (!error) {
		wait_for_end(&loop);
		if (!loop.failed)
			report_since(&loop);
		warn(&loop);
		error = loop.status ?: loop.failed;
	}
	loop_close(&loop);
	return error;
}
