/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * common.h - what the tools share. A tool's Makefile names the files that it
 * takes from here.
 *
 * Read next: standard.c, message.c and options.c, for every tool; clock.c; signals.c;
 * child.c, the command that a tool measures; json.h, netlink.h and iflink.h, for
 * those who need the libraries behind them.
 */
#ifndef COMMON_H
#define COMMON_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct tool - what a program is
 * @name: of the command
 * @usage: what --help prints
 * @failed: its status when it is called in a wrong way, or fails
 */
struct tool {
	const char *name;
	const char *usage;
	int failed;
};

/* Each program defines its own. */
extern const struct tool tool;

/* ---- standard.c: standard input, output and error ------------------------------ */

void standard_open(void);

/* ---- message.c: messages, and memory ------------------------------------------ */

[[gnu::format(printf, 1, 2)]] void complain(const char *format, ...);
[[gnu::noreturn]] void misused(void);
void *allocate(void *old, size_t size);
char *copy(const char *text);

/* ---- options.c: the command line ------------------------------------------------ */

/* Seconds; a timer has room for more than anybody waits. */
#define LONGEST			1e6

long long parse_whole(const char *text, const char *what, long long least,
		      long long most);
double parse_real(const char *text, const char *what, double least, double most);
double parse_seconds(const char *text);
[[gnu::noreturn]] void common_option(int option);
FILE *open_output(const char *name, FILE *otherwise);
void begin_output(FILE *out);

/* ---- clock.c ---------------------------------------------------------------------- */

#define NSEC_PER_SEC		1000000000LL

long long now(void);
void sleep_until(long long when);

/* ---- signals.c ---------------------------------------------------------------------- */

bool signal_ignored(int number);
void signal_catch(int number, void (*handler)(int));

/* ---- child.c: the command that is measured, and signals --------------------------- */

/* As a shell has it of a command that cannot be run. */
#define STATUS_NOT_EXECUTABLE	126
#define STATUS_NOT_FOUND	127
#define STATUS_SIGNAL		128	/* and its number */

/**
 * struct child - the command that is measured, or none
 * @pid: its process, or 0
 * @signals: what to poll for signals
 * @old_mask: the signals that were blocked before
 * @defaults: the signals that we ignore, and the command does not
 * @over: it has ended; or, if there is none, a signal says that it is enough
 * @status: what it ended with, as a shell has it: 128 + N after signal N
 */
struct child {
	pid_t pid;
	int signals;
	sigset_t old_mask;
	sigset_t defaults;
	bool over;
	int status;
};

void child_open(struct child *child);
void child_ignore(struct child *child, int number);
int child_start(struct child *child, char **command);
void child_signal(struct child *child);
void child_close(struct child *child);

#endif /* COMMON_H */
