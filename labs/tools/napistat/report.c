// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - the report for people.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "napistat.h"

/* More CPUs than that, and only those that did something have a column. */
#define FEW_CPUS	4

#define NAME_WIDTH	32
#define WIDTH		13

/**
 * struct table - what all lines have in common
 * @out: where to
 * @seconds: that counting took
 * @cpus: which of them have a column
 * @without: how many have none, for want of room
 */
struct table {
	FILE *out;
	double seconds;
	struct counts cpus;
	unsigned int without;
};

/* ---- lines ------------------------------------------------------------------ */

static void print_number(const struct table *table, __u64 value)
{
	if (value == UNKNOWN)
		fprintf(table->out, "%*s", WIDTH, "-");
	else /* however large, a column of its own */
		fprintf(table->out, " %*llu", WIDTH - 1, value);
}

static void print_total(const struct table *table, const char *name,
			__u64 total)
{
	fprintf(table->out, "%-*s", NAME_WIDTH, name);
	if (total == UNKNOWN) {
		fprintf(table->out, "%*s", WIDTH, "not counted");
		return;
	}
	print_number(table, total);
	fprintf(table->out, " %*.1f", WIDTH - 1,
		table->seconds > 0 ? total / table->seconds : 0);
}

static void print_line(const struct table *table, const char *name,
		       __u64 total)
{
	print_total(table, name, total);
	fputc('\n', table->out);
}

static void print_cpus(const struct table *table, const char *name,
		       const struct counts *counts)
{
	unsigned int cpu;

	print_total(table, name, counts_total(counts));
	for (cpu = 0; cpu < table->cpus.size; cpu++) {
		if (table->cpus.of[cpu] != UNKNOWN)
			print_number(table, counts_get(counts, cpu));
	}
	fputc('\n', table->out);
}

static void print_seconds(const struct table *table, const char *name,
			  const struct counts *counts)
{
	__u64 total = counts_total(counts), one;
	unsigned int cpu;

	if (total == UNKNOWN) {
		print_line(table, name, total);
		return;
	}
	fprintf(table->out, "%-*s%*.6f", NAME_WIDTH, name, WIDTH,
		total / 1e9);
	fprintf(table->out, "%*.1f %%", WIDTH - 2, table->seconds > 0 ?
		100 * total / 1e9 / table->seconds : 0);
	for (cpu = 0; cpu < table->cpus.size; cpu++) {
		if (table->cpus.of[cpu] == UNKNOWN)
			continue;
		one = counts_get(counts, cpu);
		if (one == UNKNOWN)
			print_number(table, one);
		else
			fprintf(table->out, "%*.6f", WIDTH, one / 1e9);
	}
	fputc('\n', table->out);
}

/* ---- columns ---------------------------------------------------------------- */

static void add_busy(struct counts *cpus, const struct counts *counts)
{
	unsigned int cpu;

	for (cpu = 0; cpu < counts->size; cpu++) {
		if (counts->of[cpu] != UNKNOWN && counts->of[cpu])
			counts_set(cpus, cpu, 1);
	}
}

/* All CPUs, if they are few, or else those that counted anything. */
static void choose_cpus(struct table *table, const struct snapshot *delta)
{
	const struct counts *online = &delta->online;
	unsigned int i;

	if (counts_total(online) != UNKNOWN &&
	    counts_total(online) <= FEW_CPUS)
		add_busy(&table->cpus, online);
	for (i = 0; i < delta->vectors.count; i++)
		add_busy(&table->cpus, &delta->vectors.of[i].counts);
	for (i = 0; i < SOFTIRQS; i++)
		add_busy(&table->cpus, &delta->softirqs[i]);
	for (i = 0; i < SOFTNETS; i++)
		add_busy(&table->cpus, &delta->softnet[i]);
}

/* For how many CPUs there is room, where a line is to stay a line. */
static unsigned int room(const struct report *report)
{
	struct winsize size;

	if (!report->live ||
	    ioctl(fileno(report->out), TIOCGWINSZ, &size) || !size.ws_col)
		return UINT_MAX;
	return size.ws_col > NAME_WIDTH + 2 * WIDTH ?
	       (size.ws_col - NAME_WIDTH - 2 * WIDTH) / WIDTH : 0;
}

/* How much a CPU has received. */
static __u64 work_of(const struct snapshot *delta, unsigned int cpu)
{
	__u64 work = counts_get(&delta->softirqs[SOFTIRQ_NET_RX], cpu);
	unsigned int i;

	work = work == UNKNOWN ? 0 : work;
	for (i = 0; i < delta->vectors.count; i++) {
		__u64 one = counts_get(&delta->vectors.of[i].counts, cpu);

		work += one == UNKNOWN ? 0 : one;
	}
	return work;
}

/* The others, which have received least, go without a column. */
static void keep_busiest(struct table *table, const struct snapshot *delta,
			 unsigned int most)
{
	struct counts *cpus = &table->cpus;
	unsigned int cpu, least, count;

	for (;;) {
		count = 0;
		least = 0;
		for (cpu = 0; cpu < cpus->size; cpu++) {
			if (cpus->of[cpu] == UNKNOWN)
				continue;
			if (!count++ ||
			    work_of(delta, cpu) <= work_of(delta, least))
				least = cpu;
		}
		if (count <= most)
			return;
		counts_set(cpus, least, UNKNOWN);
		table->without++;
	}
}

static void print_head(const struct table *table)
{
	unsigned int cpu;
	char name[16];

	fprintf(table->out, "\n%-*s%*s%*s", NAME_WIDTH, "", WIDTH, "total",
		WIDTH, "a second");
	for (cpu = 0; cpu < table->cpus.size; cpu++) {
		if (table->cpus.of[cpu] == UNKNOWN)
			continue;
		snprintf(name, sizeof(name), "CPU%u", cpu);
		fprintf(table->out, "%*s", WIDTH, name);
	}
	fputc('\n', table->out);
}

/* ---- the parts of a report -------------------------------------------------- */

static void print_title(const struct report *report,
			const struct snapshot *delta)
{
	char **word;

	fprintf(report->out, "%s: %.3f s",
		report->ifname ?: "the whole machine", delta->seconds);
	if (report->command) {
		fprintf(report->out, " of");
		for (word = report->command; *word; word++)
			fprintf(report->out, " %s", *word);
		if (report->status > 0)
			fprintf(report->out, " (status %d)", report->status);
	}
	fputc('\n', report->out);
}

static void print_vectors(const struct table *table,
			  const struct vectors *vectors)
{
	unsigned int i;
	char name[64];

	if (!vectors->count)
		fprintf(table->out, "%-*s%*s\n", NAME_WIDTH, "interrupts",
			WIDTH, "none found");
	for (i = 0; i < vectors->count; i++) {
		snprintf(name, sizeof(name), "interrupts %u %s",
			 vectors->of[i].irq, vectors->of[i].name);
		print_cpus(table, name, &vectors->of[i].counts);
	}
	if (vectors->count > 1)
		print_line(table, "interrupts, all", vectors_total(vectors));
}

/* By whom a packet was dropped only the reason tells, and no interface. */
static void print_reasons(const struct table *table,
			  const struct reasons *reasons)
{
	unsigned int i;
	char name[64];

	if (!reasons->known)
		print_line(table, "kfree_skb", UNKNOWN);
	else if (!reasons->count)
		print_line(table, "kfree_skb", 0);
	for (i = 0; i < reasons->count; i++) {
		snprintf(name, sizeof(name), "kfree_skb %s",
			 reasons->of[i].name);
		print_line(table, name, reasons->of[i].count);
	}
}

static void print_machine(const struct table *table,
			  const struct snapshot *delta)
{
	unsigned int i;
	char name[64];

	for (i = 0; i < SOFTIRQS; i++) {
		snprintf(name, sizeof(name), "softirqs %s", softirq_names[i]);
		print_cpus(table, name, &delta->softirqs[i]);
	}
	for (i = 0; i < SOFTNETS; i++) {
		snprintf(name, sizeof(name), "softnet %s", softnet_names[i]);
		print_cpus(table, name, &delta->softnet[i]);
	}
	print_seconds(table, "ksoftirqd, seconds", &delta->ksoftirqd);
}

static void print_interface(const struct table *table,
			    const struct snapshot *delta)
{
	static const char * const driver[DRIVER_COUNTERS] = {
		"interrupts for rx", "interrupts for tx", "polls",
	};
	static const char * const link[LINK_COUNTERS] = {
		"packets received", "bytes received", "packets sent",
		"bytes sent", "missed by the adapter", "dropped",
	};
	unsigned int i;

	for (i = 0; i < DRIVER_COUNTERS; i++)
		print_line(table, driver[i], delta->driver[i]);
	for (i = 0; i < LINK_COUNTERS; i++)
		print_line(table, link[i], delta->link[i]);
}

static void print_ratios(const struct table *table,
			 const struct snapshot *delta)
{
	static const char * const names[RATIOS] = {
		"interrupts per packet", "rx interrupts per packet",
		"packets per poll", "packets per NET_RX softirq",
	};
	unsigned int i;
	double value;

	fputc('\n', table->out);
	for (i = 0; i < RATIOS; i++) {
		fprintf(table->out, "%-*s", NAME_WIDTH, names[i]);
		if (snapshot_ratio(delta, i, &value))
			fprintf(table->out, "%*.3f\n", WIDTH, value);
		else
			fprintf(table->out, "%*s\n", WIDTH, "-");
	}
}

/**
 * report_text() - print tables
 * @report: where to
 * @delta: what counters gained
 */
void report_text(const struct report *report, const struct snapshot *delta)
{
	struct table table = { .out = report->out, .seconds = delta->seconds };

	if (report->live && isatty(fileno(report->out)))
		fputs("\033[H\033[J", report->out);
	else if (report->printed)
		fputc('\n', report->out);
	print_title(report, delta);
	choose_cpus(&table, delta);
	keep_busiest(&table, delta, room(report));
	print_head(&table);
	if (report->ifname)
		print_vectors(&table, &delta->vectors);
	print_machine(&table, delta);
	if (report->drops)
		print_reasons(&table, &delta->reasons);
	if (report->ifname) {
		print_interface(&table, delta);
		print_ratios(&table, delta);
	} else {
		fputs("\nNo interface was named (-i): these count for all of them.\n",
		      report->out);
	}
	if (table.without)
		fprintf(report->out, "\n%u more CPUs counted something: no room for them.\n",
			table.without);
	if (delta->uncounted)
		fputs("\nA CPU, vector or counter came, went or was set back: some is missing.\n",
		      report->out);
	counts_free(&table.cpus);
}

/**
 * report_print() - print a report in its format
 * @report: where to, and how
 * @delta: what counters gained
 *
 * Return: 0, or -1 with errno set.
 */
int report_print(struct report *report, const struct snapshot *delta)
{
	int error = 0;

	if (!report->printed)
		begin_output(report->out);
	switch (report->format) {
	case FORMAT_TEXT:
		report_text(report, delta);
		break;
	case FORMAT_JSON:
		error = report_json(report, delta);
		break;
	case FORMAT_CSV:
		error = report_csv(report, delta);
		break;
	}
	report->printed++;
	return error || fflush(report->out) || ferror(report->out) ? -1 : 0;
}
