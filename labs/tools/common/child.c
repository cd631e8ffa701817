// SPDX-License-Identifier: GPL-2.0-only
/*
 * child.c - the command that is measured, and the signals meanwhile.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

/**
 * child_open() - hear of signals from now on, but of none that is ignored
 * @child: no command yet; child_close() it in any case
 */
void child_open(struct child *child)
{
	static const int heard[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	unsigned int i;
	sigset_t mask;

	*child = (struct child){};
	sigemptyset(&child->defaults);
	sigemptyset(&mask);
	/* As a child of one that ignores SIGCHLD, we would not hear of ours. */
	signal(SIGCHLD, SIG_DFL);
	/* One that is blocked would be queued even if it is ignored. */
	for (i = 0; i < sizeof(heard) / sizeof(*heard); i++) {
		if (!signal_ignored(heard[i]))
			sigaddset(&mask, heard[i]);
	}
	sigprocmask(SIG_BLOCK, &mask, &child->old_mask);
	child->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/**
 * child_ignore() - ignore a signal, but let the command have it as it was
 * @child: open, not started
 * @number: the signal's
 */
void child_ignore(struct child *child, int number)
{
	if (signal(number, SIG_IGN) == SIG_DFL)
		sigaddset(&child->defaults, number);
}

/*
 * A signal that has come already is not for a command that has not begun: it is
 * for us.
 *
 * Return: its number, or 0.
 */
static int came_before(const struct child *child)
{
	struct signalfd_siginfo info;

	while (read(child->signals, &info, sizeof(info)) > 0) {
		if (info.ssi_signo != SIGCHLD)
			return info.ssi_signo;
	}
	return 0;
}

/**
 * child_start() - run the command
 * @child: open
 * @command: its words, ending with NULL
 *
 * Return: 0, or the status to end with: after a complaint, or 128 + N if signal N
 * has come before.
 */
int child_start(struct child *child, char **command)
{
	int error, number = came_before(child);
	posix_spawnattr_t attr;

	if (number)
		return STATUS_SIGNAL + number;
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &child->old_mask);
	posix_spawnattr_setsigdefault(&attr, &child->defaults);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(&child->pid, command[0], NULL, &attr, command,
			     environ);
	posix_spawnattr_destroy(&attr);
	if (!error)
		return 0;
	child->pid = 0;
	complain("cannot run '%s': %s", command[0], strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static void reap(struct child *child)
{
	int status;

	if (!child->pid || waitpid(child->pid, &status, WNOHANG) <= 0)
		return;
	child->pid = 0;
	child->over = true;
	child->status = WIFSIGNALED(status) ?
			STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/**
 * child_signal() - take one of the signals that have come
 * @child: open
 *
 * Without a command, a signal is the end. A command decides itself what it does
 * with one; from the terminal (SI_KERNEL) it has got its own already.
 */
void child_signal(struct child *child)
{
	struct signalfd_siginfo info;

	if (read(child->signals, &info, sizeof(info)) < 0)
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(child);
	else if (!child->pid)
		child->over = true;
	else if (info.ssi_code != SI_KERNEL)
		kill(child->pid, info.ssi_signo);
}

/**
 * child_close() - the opposite of child_open()
 * @child: open
 */
void child_close(struct child *child)
{
	if (child->signals >= 0)
		close(child->signals);
}
