/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * napistat.h - what the files of napistat share.
 *
 * A snapshot is all counters at one moment. The difference of two snapshots
 * is a snapshot again, and that is what a report prints.
 *
 * Read next: snapshot.c, where the counters come together; procfs.c,
 * vectors.c, ../common/iflink.c, driver.c and drops.c, where they come from;
 * columns.c, how tables are read; report.c and json.c, where they go; run.c,
 * for when; napistat.c, for the options.
 */
#ifndef NAPISTAT_H
#define NAPISTAT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

#include "common.h"
#include "iflink.h"

/* The status of napistat's own failures, as timeout(1) and chroot(1) have it. */
#define STATUS_FAILED		125

/* What is not counted, or cannot be known. */
#define UNKNOWN			(~0ULL)

/* ---- counts.c: a counter of each CPU --------------------------------------- */

/**
 * struct counts - a counter of each CPU
 * @size: number of CPUs that @of has room for
 * @of: by CPU, UNKNOWN where the kernel does not show it
 */
struct counts {
	unsigned int size;
	__u64 *of;
};

void counts_set(struct counts *counts, unsigned int cpu, __u64 value);
__u64 counts_get(const struct counts *counts, unsigned int cpu);
__u64 counts_total(const struct counts *counts);
void counts_delta(struct counts *delta, const struct counts *after,
		  const struct counts *before, __u64 mask);
void counts_free(struct counts *counts);

/* ---- files.c: reading small files ------------------------------------------- */

[[gnu::format(printf, 1, 2)]] char *file_path(const char *format, ...);
char *file_read(char *path);

/* ---- procfs.c: what the kernel counts for the whole machine ----------------- */

enum softirq { SOFTIRQ_NET_RX, SOFTIRQ_NET_TX, SOFTIRQS };
enum softnet {
	SOFTNET_PROCESSED, SOFTNET_DROPPED, SOFTNET_TIME_SQUEEZE, SOFTNETS
};

extern const char * const softirq_names[SOFTIRQS];
extern const char * const softnet_names[SOFTNETS];

int procfs_softirqs(struct counts *softirqs);
int procfs_softnet(struct counts *softnet, const struct counts *online);
void procfs_online(struct counts *online);
void procfs_ksoftirqd(struct counts *nanoseconds, const struct counts *online);

/* ---- columns.c: tables with a column for each CPU ---------------------------- */

/**
 * struct columns - which CPU each column is of
 * @count: how many
 * @cpus: by column
 */
struct columns {
	unsigned int count;
	unsigned int *cpus;
};

void columns_read(struct columns *columns, const char *head);
const char *columns_counts(const struct columns *columns, const char *text,
			   struct counts *counts);
void columns_free(struct columns *columns);
const char *interrupt_name(const char *text);

/* ---- vectors.c: an interface's interrupt vectors ---------------------------- */

struct vector {
	unsigned int irq;
	char *name;
	struct counts counts;
};

/**
 * struct vectors - the vectors of an interface
 * @count: how many
 * @of: by interrupt number, ascending
 */
struct vectors {
	unsigned int count;
	struct vector *of;
};

int vectors_read(struct vectors *vectors, const char *ifname, int ifindex);
__u64 vectors_total(const struct vectors *vectors);
void vectors_delta(struct vectors *delta, const struct vectors *after,
		   const struct vectors *before);
void vectors_free(struct vectors *vectors);

/* ---- driver.c: ethtool -S --------------------------------------------------- */

enum driver_counter {
	DRIVER_INTERRUPTS_RX, DRIVER_INTERRUPTS_TX, DRIVER_POLLS,
	DRIVER_COUNTERS
};

extern const char * const driver_names[DRIVER_COUNTERS];

void driver_read(const char *ifname, __u64 *counters);

/* ---- drops.c: skb:kfree_skb ------------------------------------------------- */

/**
 * struct reason - why packets were dropped
 * @number: the kernel's enum skb_drop_reason
 * @count: how many
 * @name: without SKB_DROP_REASON_, or the number
 */
struct reason {
	unsigned long number;
	__u64 count;
	char name[48];
};

/**
 * struct reasons - of all packets
 * @known: somebody counts
 * @count: how many reasons
 * @of: by number, ascending
 */
struct reasons {
	bool known;
	unsigned int count;
	struct reason *of;
};

struct drops;

struct drops *drops_open(void);
void drops_close(struct drops *drops);
void drops_read(const struct drops *drops, struct reasons *reasons);
void reasons_delta(struct reasons *delta, const struct reasons *after,
		   const struct reasons *before);
void reasons_free(struct reasons *reasons);

/* ---- snapshot.c ------------------------------------------------------------- */

/**
 * struct snapshot - all counters at one moment, or what they gained in between
 * @seconds: since boot, or in between
 * @softirqs: /proc/softirqs
 * @softnet: /proc/net/softnet_stat
 * @ksoftirqd: CPU time of the threads, in nanoseconds
 * @online: 1 for each CPU that is online (or was, all the time)
 * @vectors: of the interface
 * @link: by enum link_counter, UNKNOWN without an interface
 * @driver: by enum driver_counter, UNKNOWN where the driver does not count it
 * @reasons: of drops, if they were asked for
 * @uncounted: of a difference: something came or went meanwhile, or was set
 *	back, so that what it counted is not known: vectors, CPUs, counters
 */
struct snapshot {
	double seconds;
	struct counts softirqs[SOFTIRQS];
	struct counts softnet[SOFTNETS];
	struct counts ksoftirqd;
	struct counts online;
	struct vectors vectors;
	__u64 link[LINK_COUNTERS];
	__u64 driver[DRIVER_COUNTERS];
	struct reasons reasons;
	bool uncounted;
};

enum ratio {
	RATIO_INTERRUPTS_PER_PACKET, RATIO_RX_INTERRUPTS_PER_PACKET,
	RATIO_PACKETS_PER_POLL, RATIO_PACKETS_PER_SOFTIRQ, RATIOS
};

extern const char * const ratio_names[RATIOS];

int snapshot_take(struct snapshot *taken, struct link *link,
		  const struct drops *drops);
void snapshot_delta(struct snapshot *delta, const struct snapshot *after,
		    const struct snapshot *before);
bool snapshot_ratio(const struct snapshot *delta, enum ratio ratio,
		    double *value);
void snapshot_free(struct snapshot *snapshot);

/* ---- report.c, json.c ------------------------------------------------------- */

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/**
 * struct report - where reports go, and what does not change between them
 * @out: the file
 * @format: for people or for programs
 * @ifname: the interface, or NULL
 * @command: what runs, or NULL
 * @status: the command's, or negative as long as it runs
 * @drops: drops by reason were asked for
 * @live: more than one report comes
 * @printed: how many have come
 */
struct report {
	FILE *out;
	enum format format;
	const char *ifname;
	char **command;
	int status;
	bool drops;
	bool live;
	unsigned int printed;
};

int report_print(struct report *report, const struct snapshot *delta);
void report_text(const struct report *report, const struct snapshot *delta);
int report_json(const struct report *report, const struct snapshot *delta);
int report_csv(const struct report *report, const struct snapshot *delta);

/* ---- run.c ------------------------------------------------------------------ */

/**
 * struct run - what to measure, and how long
 * @report: where it goes
 * @link: the interface, or NULL
 * @drops: who counts drops by reason; NULL before, and without
 * @duration: seconds, or 0 for no limit
 * @interval: seconds between reports, or 0 for one report at the end
 */
struct run {
	struct report report;
	struct link *link;
	struct drops *drops;
	double duration;
	double interval;
};

int run_measure(struct run *run);

#endif /* NAPISTAT_H */
