// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - when to watch: around a command, or for some time.
 */
#include <errno.h>
#include <math.h>
#include <net/if.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "napicheck.h"

extern char **environ;

#define NSEC_PER_SEC	1000000000ULL

/**
 * struct loop - watching, in progress
 * @run: what was asked for
 * @signals: those that we wait for
 * @old_mask: those that were blocked before
 * @child: the command's process, or 0
 * @over: nothing more to wait for
 * @polls: how many there were, a second ago
 * @missed: packets that the interface had missed then
 * @received: packets that it had received then
 */
struct loop {
	struct run *run;
	sigset_t signals;
	sigset_t old_mask;
	pid_t child;
	bool over;
	__u64 polls;
	__u64 missed;
	__u64 received;
};

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

/* ---- the command --------------------------------------------------------------- */

static void signals_block(struct loop *loop)
{
	sigemptyset(&loop->signals);
	sigaddset(&loop->signals, SIGCHLD);
	sigaddset(&loop->signals, SIGINT);
	sigaddset(&loop->signals, SIGTERM);
	sigaddset(&loop->signals, SIGHUP);
	sigaddset(&loop->signals, SIGQUIT);
	/* As a child of one that ignores SIGCHLD, we would not hear of ours. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &loop->signals, &loop->old_mask);
}

static int command_start(struct loop *loop)
{
	char **command = loop->run->command;
	posix_spawnattr_t attr;
	int error;

	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &loop->old_mask);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	error = posix_spawnp(&loop->child, command[0], NULL, &attr, command,
			     environ);
	posix_spawnattr_destroy(&attr);
	if (!error)
		return 0;
	loop->child = 0;
	complain("cannot run '%s': %s", command[0], strerror(error));
	return -1;
}

static void command_reap(struct loop *loop)
{
	int status;

	if (!loop->child || waitpid(loop->child, &status, WNOHANG) <= 0)
		return;
	loop->child = 0;
	loop->over = true;
	loop->run->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						  WEXITSTATUS(status);
}

/*
 * Without a command, a signal ends watching. A command decides itself what it
 * does with one; from the terminal (SI_KERNEL) it has got its own already.
 */
static void take_signal(struct loop *loop, const siginfo_t *info)
{
	if (info->si_signo == SIGCHLD)
		command_reap(loop);
	else if (!loop->child)
		loop->over = true;
	else if (info->si_code != SI_KERNEL)
		kill(loop->child, info->si_signo);
}

/* ---- once a second: is anybody still polling? -------------------------------------- */

static __u64 link_counter(const struct run *run, const char *name)
{
	unsigned long long value = 0;
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s",
		 run->ifname, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* Packets that find no room, while nobody takes those that have one. */
static void look_for_silence(struct loop *loop)
{
	struct run *run = loop->run;
	struct findings *findings = &run->findings;
	__u64 polls = watch_polls(run->watch), missed, received;
	struct offence *first = &findings->first[RULE_SILENT];

	if (!run->ifname)
		return;
	missed = link_counter(run, "rx_missed_errors");
	received = link_counter(run, "rx_packets");
	if (missed != loop->missed || received != loop->received)
		findings->count[RULE_SILENT].exercised++;
	if (missed > loop->missed && received == loop->received &&
	    polls == loop->polls && polls) {
		if (!findings->count[RULE_SILENT].broken++) {
			first->kind = BAD_SILENT;
			first->time = now();
			first->a = missed - loop->missed;
			snprintf(first->name, sizeof(first->name), "%s",
				 run->ifname);
		}
	}
	loop->polls = polls;
	loop->missed = missed;
	loop->received = received;
}

/* ---- the loop ------------------------------------------------------------------- */

static void wait_for_end(struct loop *loop)
{
	struct run *run = loop->run;
	__u64 end = run->began + (__u64)(run->duration * 1e9);
	__u64 tick = run->began + NSEC_PER_SEC, until, time;
	struct timespec left;
	siginfo_t info;

	while (!loop->over) {
		until = !run->command && end < tick ? end : tick;
		time = now();
		left = (struct timespec){};
		if (until > time) {
			left.tv_sec = (until - time) / NSEC_PER_SEC;
			left.tv_nsec = (until - time) % NSEC_PER_SEC;
		}
		if (sigtimedwait(&loop->signals, &info, &left) > 0)
			take_signal(loop, &info);
		time = now();
		if (!run->command && time >= end)
			loop->over = true;
		if (time >= tick) {
			look_for_silence(loop);
			tick = time + NSEC_PER_SEC;
		}
	}
}

static void finish(struct run *run)
{
	struct findings seen = {};

	run->seconds = (now() - run->began) / 1e9;
	run->vanished = run->ifname &&
			if_nametoindex(run->ifname) != run->ifindex;
	watch_read(run->watch, &seen);
	seen.count[RULE_SILENT] = run->findings.count[RULE_SILENT];
	if (seen.count[RULE_SILENT].broken)
		seen.first[RULE_SILENT] = run->findings.first[RULE_SILENT];
	if (!run->ifname)
		seen.unchecked[RULE_SILENT] = "it needs an interface: -i";
	run->findings = seen;
}

/**
 * run_watched() - watch while the command runs, or time passes
 * @run: what to watch; receives what was found
 *
 * Return: 0, or -1 after a complaint: nothing was found out.
 */
int run_watched(struct run *run)
{
	struct loop loop = { .run = run };

	run->status = -1;
	signals_block(&loop);
	if (watch_start(run->watch))
		return -1;
	if (run->ifname) {
		loop.missed = link_counter(run, "rx_missed_errors");
		loop.received = link_counter(run, "rx_packets");
	}
	run->began = now();
	if (run->command && command_start(&loop))
		return -1;
	wait_for_end(&loop);
	finish(run);
	return 0;
}
