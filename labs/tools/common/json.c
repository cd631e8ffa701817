// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - texts that need not be UTF-8, and lines of JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "json.h"

/* U+FFFD, for a byte that is no character. */
#define REPLACEMENT	"\xef\xbf\xbd"

/* The length of the character there, or 0 if it is none. */
static size_t character(const char *p)
{
	size_t length;
	json_t *one;
	bool valid;

	for (length = 1; length <= 4 && p[length - 1]; length++) {
		one = json_stringn(p, length);
		valid = one;
		json_decref(one);
		if (valid)
			return length;
	}
	return 0;
}

/**
 * json_text() - a string of JSON, which is Unicode, from whatever bytes
 * @text: names of interfaces and words of commands need not be UTF-8
 *
 * Return: the string, with U+FFFD for each byte that is part of no character;
 * null for NULL.
 */
json_t *json_text(const char *text)
{
	json_t *string = text ? json_string(text) : json_null();
	char *whole, *end;
	size_t length;

	if (string)
		return string;
	whole = allocate(NULL, strlen(text) * strlen(REPLACEMENT) + 1);
	for (end = whole; *text; text += length ?: 1) {
		length = character(text);
		if (length)
			end = mempcpy(end, text, length);
		else
			end = mempcpy(end, REPLACEMENT, strlen(REPLACEMENT));
	}
	string = json_stringn(whole, end - whole);
	free(whole);
	return string;
}

/**
 * json_words() - an array of the words of a command
 * @words: they, ending with NULL; or NULL
 *
 * Return: the array, or null.
 */
json_t *json_words(char **words)
{
	json_t *array;

	if (!words)
		return json_null();
	array = json_array();
	for (; *words; words++)
		json_array_append_new(array, json_text(*words));
	return array;
}

/**
 * json_line() - print one line of JSON
 * @root: what to print; it is released
 * @out: where to
 *
 * Return: 0, or -1 with errno set.
 */
int json_line(json_t *root, FILE *out)
{
	int error = json_dumpf(root, out, JSON_FLAGS);

	json_decref(root);
	return error || fputc('\n', out) == EOF || fflush(out) ? -1 : 0;
}
