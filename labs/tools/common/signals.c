// SPDX-License-Identifier: GPL-2.0-only
/*
 * signals.c - the signals that ask a program to end.
 */
#include "common.h"

/**
 * signal_ignored() - does whoever started us want a signal to be ignored?
 * @number: the signal's
 *
 * nohup(1) wants it of SIGHUP; a shell, of SIGINT and SIGQUIT, for what a script
 * of its runs in the background.
 *
 * Return: true if it is, and then it is to stay so.
 */
bool signal_ignored(int number)
{
	struct sigaction action;

	return !sigaction(number, NULL, &action) &&
	       action.sa_handler == SIG_IGN;
}

/**
 * signal_catch() - call a function when a signal comes, unless it is ignored
 * @number: the signal's
 * @handler: the function
 *
 * Without SA_RESTART: who waits is to wake up.
 */
void signal_catch(int number, void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	if (!signal_ignored(number))
		sigaction(number, &action, NULL);
}
