// SPDX-License-Identifier: GPL-2.0-only
/*
 * files.c - reading the small files of /proc and /sys.
 *
 * NAPISTAT_ROOT in the environment names a directory that holds other ones,
 * for tests of what this machine's kernel does not show.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "napistat.h"

/* More than a CPU's share of /proc/interrupts: few reads, whatever the size. */
#define CHUNK	(64 * 1024)

/**
 * file_path() - the path of a file in /proc or /sys
 * @format: as for printf(), beginning with a slash
 *
 * Return: the path, under NAPISTAT_ROOT if that is set; to be freed.
 */
char *file_path(const char *format, ...)
{
	const char *root = getenv("NAPISTAT_ROOT");
	char *name, *path;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&name, format, args);
	va_end(args);
	if (len >= 0)
		len = asprintf(&path, "%s%s", root ?: "", name);
	if (len < 0) {
		complain("out of memory");
		exit(tool.failed);
	}
	free(name);
	return path;
}

/**
 * file_read() - all of a file
 * @path: its path, which is freed
 *
 * Return: its text, to be freed, or NULL with errno set.
 */
char *file_read(char *path)
{
	size_t size = 0, used = 0;
	char *text = NULL;
	ssize_t got = -1;
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0) {
		if (size - used <= CHUNK / 2) {
			size += CHUNK;
			text = allocate(text, size);
		}
		got = read(fd, text + used, size - used - 1);
		if (got <= 0)
			break;
		used += got;
	}
	error = errno;
	if (fd >= 0)
		close(fd);
	free(path);
	if (got < 0) {
		free(text);
		errno = error;
		return NULL;
	}
	text[used] = '\0';
	return text;
}
