// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - the report for programs.
 *
 * The comma-separated one is made from the JSON one, so that both have the
 * same names.
 */
#include <string.h>

#include "json.h"
#include "napistat.h"

/* ---- JSON ------------------------------------------------------------------- */

static json_t *number(__u64 value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

static json_t *seconds(__u64 value)
{
	return value == UNKNOWN ? json_null() : json_real(value / 1e9);
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

static json_t *vectors(const struct vectors *vectors)
{
	json_t *array = json_array(), *object;
	unsigned int i;

	for (i = 0; i < vectors->count; i++) {
		object = json_pack("{s:i, s:o}", "irq", vectors->of[i].irq,
				   "name", json_text(vectors->of[i].name));
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

static json_t *reasons(const struct reasons *reasons)
{
	json_t *object = reasons->known ? json_object() : json_null();
	unsigned int i;

	for (i = 0; i < reasons->count; i++)
		json_object_set_new(object, reasons->of[i].name,
				    number(reasons->of[i].count));
	return object;
}

static json_t *make_json(const struct report *report,
			 const struct snapshot *delta)
{
	json_t *root = json_object();

	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "interface", json_text(report->ifname));
	json_object_set_new(root, "seconds", json_real(delta->seconds));
	json_object_set_new(root, "command", json_words(report->command));
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
	json_object_set_new(root, "drops", reasons(&delta->reasons));
	json_object_set_new(root, "uncounted", json_boolean(delta->uncounted));
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
	return json_line(make_json(report, delta), report->out);
}

/* ---- comma-separated values --------------------------------------------------- */

enum part { NAMES, VALUES };

/* What is no total, or the same for all rows, or has other names in each. */
static bool flat(const char *name)
{
	return strcmp(name, "version") && strcmp(name, "command") &&
	       strcmp(name, "vectors") && strcmp(name, "cpus") &&
	       strcmp(name, "drops");
}

/* In quotes, if it would be taken for more than one field (RFC 4180). */
static void print_string(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_value(FILE *out, const json_t *value)
{
	if (json_is_string(value))
		print_string(out, json_string_value(value));
	else if (!json_is_null(value))
		json_dumpf(value, out, JSON_FLAGS | JSON_ENCODE_ANY);
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
