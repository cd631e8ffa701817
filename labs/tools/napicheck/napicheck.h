/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * napicheck.h - what the files of napicheck share.
 *
 * Programs in the kernel (bpf/check.bpf.c) judge every poll as it happens.
 * Out here they are loaded, left alone while a command runs, and their counts
 * read once at the end.
 *
 * Read next: rules.h; watch.c, which loads and reads; totals.c; symbols.c; run.c,
 * for when; report.c and json.c; napicheck.c, for the options.
 */
#ifndef NAPICHECK_H
#define NAPICHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common.h"
#include "iflink.h"
#include "rules.h"

/* The status of napicheck, unless the command's own is passed on. */
#define STATUS_KEPT		0
#define STATUS_BROKEN		1
#define STATUS_UNKNOWN		2

/* ---- object.c ----------------------------------------------------------------- */

extern const char bpf_object_start[], bpf_object_end[];

/* ---- rules.c: their names, and how offences are told ----------------------------- */

/**
 * struct rule_text - a rule for people
 * @name: short, also for programs
 * @what: what it demands
 * @tolerance: interrupts while scheduled may race: more than one such offence
 *	in so many is not kept, 0 if any is
 */
struct rule_text {
	const char *name;
	const char *what;
	unsigned int tolerance;
};

extern const struct rule_text rule_texts[RULES];

void offence_text(const struct offence *offence, char *text, size_t size);

/* ---- symbols.c: /proc/kallsyms ---------------------------------------------------- */

struct symbols;

struct symbols *symbols_read(void);
void symbols_free(struct symbols *symbols);
__u64 symbols_address(const struct symbols *symbols, const char *name);
unsigned int symbols_ranges(const struct symbols *symbols,
			    const char * const *names,
			    struct watch_config *config);
void symbols_name(const struct symbols *symbols, __u64 address, char *text,
		  size_t size);

/* ---- totals.c: what was counted ----------------------------------------------------- */

/**
 * struct all_totals - of all CPUs
 * @of: by CPU, as the programs count on; NULL before they are loaded
 * @cpus: how many
 */
struct all_totals {
	const struct totals *of;
	unsigned int cpus;
};

struct bpf_object;

int totals_size(struct all_totals *totals, struct bpf_object *object);
int totals_map(struct all_totals *totals, struct bpf_object *object);
__u64 totals_tally(const struct all_totals *totals, enum tally which);
void totals_rule(const struct all_totals *totals, enum rule rule,
		 struct rule_count *sum);
void totals_unmap(struct all_totals *totals);

/* ---- watch.c ---------------------------------------------------------------------- */

/**
 * struct findings - what was seen
 * @count: by rule, of all CPUs
 * @tally: by enum tally, of all CPUs
 * @missed: programs that the kernel did not run
 * @first: the first offence against each rule; @kind is OFFENCE_KINDS without
 * @unchecked: why a rule was not checked, or NULL
 */
struct findings {
	struct rule_count count[RULES];
	__u64 tally[TALLIES];
	__u64 missed;
	struct offence first[RULES];
	const char *unchecked[RULES];
};

struct watch;

struct watch *watch_open(unsigned int ifindex);
int watch_start(struct watch *watch);
__u64 watch_polls(const struct watch *watch);
void watch_read(struct watch *watch, struct findings *findings);
void watch_close(struct watch *watch);

/* ---- run.c ------------------------------------------------------------------------ */

/**
 * struct run - what to watch, and how long
 * @ifname: the interface, or NULL for all
 * @link: that interface, or NULL
 * @command: what runs meanwhile, or NULL
 * @duration: seconds, without a command
 * @watch: the programs
 * @began: CLOCK_MONOTONIC, in nanoseconds
 * @seconds: how long it took
 * @status: the command's, or -1
 * @vanished: the interface did, meanwhile
 * @findings: what was seen
 */
struct run {
	const char *ifname;
	struct link *link;
	char **command;
	double duration;
	struct watch *watch;
	__u64 began;
	double seconds;
	int status;
	bool vanished;
	struct findings findings;
};

int run_watched(struct run *run);

/* ---- report.c, json.c ------------------------------------------------------------- */

enum verdict {
	VERDICT_KEPT, VERDICT_BROKEN, VERDICT_UNKNOWN, VERDICT_UNTESTED,
	VERDICT_UNCHECKED
};

extern const char * const verdict_names[];

enum verdict rule_verdict(const struct findings *findings, enum rule rule);
enum verdict run_verdict(const struct run *run);
__u64 events_lost(const struct findings *findings);
int report_text(const struct run *run, FILE *out);
int report_json(const struct run *run, FILE *out);

#endif /* NAPICHECK_H */
