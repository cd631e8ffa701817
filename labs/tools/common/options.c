// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - numbers on the command line, and the options that every tool has.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

/**
 * parse_whole() - a whole number; ends the program if it is none
 * @text: what was given
 * @what: the option's name, or what else it is
 * @least: the least that is allowed
 * @most: the most
 *
 * Return: the number.
 */
long long parse_whole(const char *text, const char *what, long long least,
		      long long most)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (!*text || !strchr("-0123456789", *text) || *end || errno ||
	    value < least || value > most) {
		complain("%s is a whole number, %lld to %lld, not '%s'", what,
			 least, most, text);
		misused();
	}
	return value;
}

static bool is_real(const char *text, double least, double most, double *value)
{
	char *end;

	*value = strtod(text, &end);
	/* Written so that it is false for "nan". */
	return *text && !*end && *value >= least && *value <= most;
}

/**
 * parse_real() - a number; ends the program if it is none
 * @text: what was given
 * @what: the option's name
 * @least: the least that is allowed
 * @most: the most
 *
 * Return: the number.
 */
double parse_real(const char *text, const char *what, double least, double most)
{
	double value;

	if (!is_real(text, least, most, &value)) {
		complain("%s is a number, %g to %.0f, not '%s'", what, least,
			 most, text);
		misused();
	}
	return value;
}

/**
 * parse_seconds() - a duration; ends the program if it is none
 * @text: what was given
 *
 * Return: seconds.
 */
double parse_seconds(const char *text)
{
	double seconds;

	if (!is_real(text, 0.001, LONGEST, &seconds)) {
		complain("'%s' is no number of seconds, 0.001 to %.0f", text,
			 LONGEST);
		misused();
	}
	return seconds;
}

/**
 * common_option() - do what every tool does at -h, -V or a wrong option: end
 * @option: what getopt_long() returned
 */
void common_option(int option)
{
	switch (option) {
	case 'h':
		fputs(tool.usage, stdout);
		exit(0);
	case 'V':
		printf("%s %s\n", tool.name, VERSION);
		exit(0);
	default: /* getopt_long() has complained */
		misused();
	}
}

/**
 * open_output() - where the report goes
 * @name: of a file, or NULL
 * @otherwise: where to without a name
 *
 * Return: the file, or NULL after a complaint.
 */
FILE *open_output(const char *name, FILE *otherwise)
{
	FILE *out = name ? fopen(name, "we") : otherwise;

	if (!out)
		complain("cannot write to %s: %s", name, strerror(errno));
	return out;
}
