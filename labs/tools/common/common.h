/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * common.h - what the tools share. A tool's Makefile names the files that it
 * takes from here.
 *
 * Read next: message.c and options.c, for every tool; clock.c; child.c, the
 * command that a tool measures; json.c; netlink.c.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>
#include <stdio.h>

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

/* ---- clock.c ---------------------------------------------------------------------- */

#define NSEC_PER_SEC		1000000000LL

long long now(void);
void sleep_until(long long when);

#endif /* COMMON_H */
