/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * programs.h - the programs of bpf/check.bpf.c, and what each is for.
 */
#ifndef NAPICHECK_PROGRAMS_H
#define NAPICHECK_PROGRAMS_H

#include <stdbool.h>

#include "rules.h"

#define ALL_RULES	(BIT(RULES) - 1)

/* How many programs there are. */
#define PROGRAMS	48

/**
 * struct program - a program of check.bpf.c
 * @name: its name there
 * @rules: what cannot be checked without it
 * @functions: what it is attached to: the first of them that this kernel has.
 *	None for a tracepoint, or what its section says
 * @tracepoint: a module's tracepoint, by the function that must be there
 * @optional: if this kernel has none of them, nobody calls them
 */
struct program {
	const char *name;
	__u32 rules;
	const char *functions[3];
	const char *tracepoint;
	bool optional;
};

extern const struct program programs[PROGRAMS];

#endif /* NAPICHECK_PROGRAMS_H */
