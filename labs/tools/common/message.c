// SPDX-License-Identifier: GPL-2.0-only
/*
 * message.c - what is wrong, in words; and memory, for want of which nothing
 * can go on.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

/**
 * complain() - tell a person what is wrong, on standard error
 * @format: as for printf()
 */
void complain(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", tool.name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/**
 * misused() - end, after a complaint about the command line
 */
void misused(void)
{
	fprintf(stderr, "Try \"%s --help\".\n", tool.name);
	exit(tool.failed);
}

/**
 * allocate() - realloc() that does not fail
 * @old: what to resize, or NULL
 * @size: in bytes
 *
 * Return: the memory.
 */
void *allocate(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (!memory) {
		complain("out of memory");
		exit(tool.failed);
	}
	return memory;
}

/**
 * copy() - strdup() that does not fail
 * @text: what to copy
 *
 * Return: the copy, to be freed.
 */
char *copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(allocate(NULL, size), text, size);
}
