// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - numbers on the command line, and the options that every tool has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

[[gnu::noreturn]] static void end_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		exit(0);
	complain("cannot write: %s", strerror(errno));
	exit(tool.failed);
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
		end_output();
	case 'V':
		printf("%s %s\n", tool.name, VERSION);
		end_output();
	default: /* getopt_long() has complained */
		misused();
	}
}

/**
 * open_output() - where the report goes
 * @name: of a file, or NULL
 * @otherwise: where to without a name
 *
 * What the file has already, stays until there is a report: begin_output().
 *
 * Return: the file, or NULL after a complaint.
 */
FILE *open_output(const char *name, FILE *otherwise)
{
	FILE *out = otherwise;
	int fd;

	if (name) {
		fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		out = fd < 0 ? NULL : fdopen(fd, "w");
	}
	if (!out)
		complain("cannot write to %s: %s", name, strerror(errno));
	return out;
}

/**
 * begin_output() - a report comes now, in the place of what was there
 * @out: by open_output(), with nothing written to it yet
 */
void begin_output(FILE *out)
{
	/* What others have written there before is not ours. */
	if (out == stdout || out == stderr)
		return;
	/* A pipe or a device has nothing that could be taken away. */
	if (ftruncate(fileno(out), 0) && errno != EINVAL)
		complain("cannot empty the file of the report: %s",
			 strerror(errno));
}
