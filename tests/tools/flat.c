// SPDX-License-Identifier: GPL-2.0-only
/*
 * flat.c - prints the numbers and strings of a JSON report, and what is empty,
 * one a line, so that a test in shell can look them up: "latency_us.min 12.5".
 *
 * usage: flat [-k MEMBER] FILE
 *   The last line of FILE, or all of it if it is one value.  In a list, an
 *   object that has MEMBER, a string, is called by it; else by its index.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *key_member;

static void flat(const char *name, json_t *value);

static void flat_in(const char *name, const char *below, json_t *value)
{
	char path[512];

	snprintf(path, sizeof(path), "%s%s%s", name, *name ? "." : "", below);
	flat(path, value);
}

static void flat_list(const char *name, json_t *list)
{
	const char *called;
	char number[24];
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		snprintf(number, sizeof(number), "%zu", i);
		called = key_member ? json_string_value(json_object_get(one, key_member)) : NULL;
		flat_in(name, called ? called : number, one);
	}
}

static void flat(const char *name, json_t *value)
{
	const char *key;
	json_t *one;

	if (json_object_size(value)) {
		json_object_foreach(value, key, one)
			flat_in(name, key, one);
	} else if (json_array_size(value)) {
		flat_list(name, value);
	} else {
		printf("%s ", name);
		json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		putchar('\n');
	}
}

/* Is there more than white space to come? */
static bool more(FILE *file)
{
	int c;

	do
		c = fgetc(file);
	while (isspace(c));
	return ungetc(c, file) != EOF;
}

int main(int argc, char **argv)
{
	json_error_t error = { .text = "empty" };
	json_t *value = NULL;
	FILE *file;
	int opt;

	while ((opt = getopt(argc, argv, "k:")) != -1) {
		if (opt != 'k')
			return 2;
		key_member = optarg;
	}
	file = argc == optind + 1 ? fopen(argv[optind], "r") : NULL;
	if (!file) {
		fputs("usage: flat [-k MEMBER] FILE\n", stderr);
		return 2;
	}
	while (more(file)) {
		json_decref(value);
		value = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error);
		if (!value)
			break;
	}
	if (!value) {
		fprintf(stderr, "flat: %s: %s\n", argv[optind], error.text);
		return 1;
	}
	flat("", value);
	return 0;
}
