// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - the report for programs.
 *
 * The comma-separated one is made from the JSON one, so that both have the
 * same names.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "napistat.h"

#define NSEC_PER_SEC	1e9

/* Microseconds are as fine as anything here is. */
#define FLAGS	(JSON_COMPACT | JSON_REAL_PRECISION(9))

/* ---- JSON ------------------------------------------------------------------- */

static json_t *number(__u64 value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

static json_t *seconds(__u64 value)
{
	return value == UNKNOWN ? json_null() : json_real(value / NSEC_PER_SEC);
}

/* Each CPU that is known and the total, each as @make makes it. */
static json_t *per_cpu(const struct counts *counts, json_t *(*make)(__u64))
{
	json_t *cpus = json_object(), *object = json_object();
	unsigned int cpu;
	char name[16];

	for (cpu = 0; cpu < counts->size; cpu++) {
		if (counts->of[cpu] == UNKNOWN)
			continue;
		snprintf(name, sizeof(name), "%u", cpu);
		json_object_set_new(cpus, name, make(counts->of[cpu]));
	}
	json_object_set_new(object, "cpus", cpus);
	json_object_set_new(object, "total", make(counts_total(counts)));
	return object;
}

static json_t *command(char **words)
{
	json_t *array;

	if (!words)
		return json_null();
	array = json_array();
	/* JSON is Unicode, a word of a command need not be. */
	for (; *words; words++)
		json_array_append_new(array, json_string(*words) ?:
					     json_string("?"));
	return array;
}

static json_t *vectors(const struct vectors *vectors)
{
	json_t *array = json_array(), *object;
	unsigned int i;

	for (i = 0; i < vectors->count; i++) {
		object = json_pack("{s:i, s:s}", "irq", vectors->of[i].irq,
				   "name", vectors->of[i].name);
		json_object_update_new(object, per_cpu(&vectors->of[i].counts,
						       number));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *several(const struct counts *counts, const char * const *names,
		       unsigned int count)
{
	json_t *object = json_object();
	unsigned int i;

	for (i = 0; i < count; i++)
		json_object_set_new(object, names[i],
				    per_cpu(&counts[i], number));
	return object;
}

static void set_numbers(json_t *object, const char * const *names,
			const __u64 *values, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		json_object_set_new(object, names[i], number(values[i]));
}

static json_t *ratios(const struct snapshot *delta)
{
	json_t *object = json_object();
	unsigned int i;
	double value;

	for (i = 0; i < RATIOS; i++)
		json_object_set_new(object, ratio_names[i],
				    snapshot_ratio(delta, i, &value) ?
				    json_real(value) : json_null());
	return object;
}

static json_t *make_json(const struct report *report,
			 const struct snapshot *delta)
{
	json_t *root = json_object();

	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "interface", report->ifname ?
			    json_string(report->ifname) : json_null());
	json_object_set_new(root, "seconds", json_real(delta->seconds));
	json_object_set_new(root, "command", command(report->command));
	json_object_set_new(root, "status", report->status < 0 ?
			    json_null() : json_integer(report->status));
	json_object_set_new(root, "interrupts",
			    number(vectors_total(&delta->vectors)));
	json_object_set_new(root, "vectors", vectors(&delta->vectors));
	json_object_set_new(root, "softirqs",
			    several(delta->softirqs, softirq_names, SOFTIRQS));
	json_object_set_new(root, "softnet",
			    several(delta->softnet, softnet_names, SOFTNETS));
	set_numbers(root, link_names, delta->link, LINK_COUNTERS);
	set_numbers(root, driver_names, delta->driver, DRIVER_COUNTERS);
	json_object_set_new(root, "ksoftirqd_seconds",
			    per_cpu(&delta->ksoftirqd, seconds));
	json_object_set_new(root, "ratios", ratios(delta));
	return root;
}

/**
 * report_json() - print one line of JSON
 * @report: where to
 * @delta: what counters gained
 *
 * Return: 0, or -1 with errno set.
 */
int report_json(const struct report *report, const struct snapshot *delta)
{
	json_t *root = make_json(report, delta);
	int error = json_dumpf(root, report->out, FLAGS);

	json_decref(root);
	return error || fputc('\n', report->out) == EOF ? -1 : 0;
}

/* ---- comma-separated values --------------------------------------------------- */

enum part { NAMES, VALUES };

/* What is no total, or the same for all rows. */
static bool flat(const char *name)
{
	return strcmp(name, "version") && strcmp(name, "command") &&
	       strcmp(name, "vectors") && strcmp(name, "cpus");
}

static void print_value(FILE *out, const json_t *value)
{
	if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (!json_is_null(value))
		json_dumpf(value, out, FLAGS | JSON_ENCODE_ANY);
}

/* Members of members are named a_b. */
static void print_row(FILE *out, json_t *object, const char *prefix,
		      enum part part)
{
	static bool first;
	const char *name;
	json_t *value;
	char path[128];

	if (!*prefix)
		first = true;
	json_object_foreach(object, name, value) {
		if (!flat(name))
			continue;
		if (json_is_object(value)) {
			snprintf(path, sizeof(path), "%s%s_", prefix, name);
			print_row(out, value, path, part);
			continue;
		}
		if (!first)
			fputc(',', out);
		first = false;
		if (part == NAMES)
			fprintf(out, "%s%s", prefix, name);
		else
			print_value(out, value);
	}
	if (!*prefix)
		fputc('\n', out);
}

/**
 * report_csv() - print a row of comma-separated values
 * @report: where to; the first row comes after a line of names
 * @delta: what counters gained
 *
 * Return: 0, or -1 with errno set.
 */
int report_csv(const struct report *report, const struct snapshot *delta)
{
	json_t *root = make_json(report, delta);

	if (!report->printed)
		print_row(report->out, root, "", NAMES);
	print_row(report->out, root, "", VALUES);
	json_decref(root);
	return ferror(report->out) ? -1 : 0;
}
