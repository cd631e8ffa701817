// SPDX-License-Identifier: GPL-2.0-only
/*
 * standard.c - standard input, output and error, which may be closed.
 */
#include <fcntl.h>
#include <unistd.h>

#include "common.h"

/**
 * standard_open() - let nobody else have the numbers of the standard files
 *
 * Where one of them is closed, the next file that is opened would get its number,
 * and what is written there, a report or a complaint: a socket takes that, and
 * nobody is told. What stands there now refuses it (EBADF). It is closed again for
 * a command that we run. To be called first of all.
 */
void standard_open(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_CLOEXEC |
			     (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
	}
}
