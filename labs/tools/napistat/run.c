// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - when to count: around a command, for some time, or again and again.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "napistat.h"

extern char **environ;

enum { POLL_SIGNAL, POLL_INTERVAL, POLL_DURATION, POLL_LINK, POLLS };

/**
 * struct loop - a measurement in progress
 * @run: what was asked for
 * @polls: what to wait for
 * @old_mask: the signals that were blocked before
 * @child: the command's process, or 0
 * @over: nothing more to wait for
 * @status: what to end with
 * @last: the counters at the last report
 * @uncounted: a report has had something missing
 */
struct loop {
	struct run *run;
	struct pollfd polls[POLLS];
	sigset_t old_mask;
	pid_t child;
	bool over;
	int status;
	struct snapshot last;
	bool uncounted;
};

/* ---- the command ------------------------------------------------------------ */

static void signals_block(struct loop *loop)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGQUIT);
	/* As a child of one that ignores SIGCHLD, we would not hear of ours. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &mask, &loop->old_mask);
	loop->polls[POLL_SIGNAL].fd = signalfd(-1, &mask, SFD_CLOEXEC);
}

/* Return: 0, or the status to end with, after a complaint. */
static int command_start(struct loop *loop, char **command)
{
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
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static void command_reap(struct loop *loop)
{
	int status;

	if (!loop->child || waitpid(loop->child, &status, WNOHANG) <= 0)
		return;
	loop->child = 0;
	loop->over = true;
	loop->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
					     WEXITSTATUS(status);
}

/*
 * Without a command, a signal ends counting. A command decides itself what it
 * does with one; from the terminal (SI_KERNEL) it has got its own already.
 */
static void take_signal(struct loop *loop)
{
	struct signalfd_siginfo info;

	if (read(loop->polls[POLL_SIGNAL].fd, &info, sizeof(info)) < 0)
		return;
	if (info.ssi_signo == SIGCHLD)
		command_reap(loop);
	else if (!loop->child)
		loop->over = true;
	else if (info.ssi_code != SI_KERNEL)
		kill(loop->child, info.ssi_signo);
}

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

/* What happened since the last report. */
static void report_since(struct loop *loop)
{
	struct snapshot now, delta;

	if (snapshot_take(&now, loop->run->link)) {
		snapshot_free(&now);
		loop->over = true;
		loop->status = STATUS_FAILED;
		return;
	}
	snapshot_delta(&delta, &now, &loop->last);
	loop->uncounted |= delta.uncounted;
	loop->run->report.status = loop->child ? -1 : loop->status;
	if (report_print(&loop->run->report, &delta)) {
		complain("cannot write the report: %s", strerror(errno));
		loop->over = true;
		loop->status = loop->status ?: STATUS_FAILED;
	}
	snapshot_free(&delta);
	snapshot_free(&loop->last);
	loop->last = now;
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
		complain("a CPU or a vector came or went: what it counted is missing");
	}
}

/* ---- the loop --------------------------------------------------------------- */

static void take_events(struct loop *loop)
{
	struct link *link = loop->run->link;
	struct pollfd *polls = loop->polls;

	if (polls[POLL_LINK].revents) {
		link_listen(link);
		if (link_gone(link) && !loop->child)
			loop->over = true;
	}
	if (polls[POLL_DURATION].revents)
		loop->over = true;
	if (polls[POLL_SIGNAL].revents)
		take_signal(loop);
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
	signals_block(loop);
	loop->polls[POLL_INTERVAL].fd = -1;
	loop->polls[POLL_DURATION].fd = -1;
	loop->polls[POLL_LINK].fd = run->link ? link_fd(run->link) : -1;
}

static void loop_close(struct loop *loop)
{
	unsigned int i;

	for (i = 0; i < POLL_LINK; i++) {
		if (loop->polls[i].fd >= 0)
			close(loop->polls[i].fd);
	}
	snapshot_free(&loop->last);
}

/*
 * The first reading has to search, and is slow: it is for practice. Time runs
 * from the second one on.
 *
 * Return: 0, or the status to end with, after a complaint.
 */
static int start(struct loop *loop)
{
	struct run *run = loop->run;

	if (snapshot_take(&loop->last, run->link))
		return STATUS_FAILED;
	snapshot_free(&loop->last);
	if (snapshot_take(&loop->last, run->link))
		return STATUS_FAILED;
	loop->polls[POLL_INTERVAL].fd = timer_open(run->interval, true);
	loop->polls[POLL_DURATION].fd = timer_open(run->duration, false);
	return run->report.command ?
	       command_start(loop, run->report.command) : 0;
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
		report_since(&loop);
		warn(&loop);
		error = loop.status;
	}
	loop_close(&loop);
	return error;
}
