// SPDX-License-Identifier: GPL-2.0-only
/*
 * udpsink.c - the process that datagrams are for: it reads them, and counts.
 *
 * usage: udpsink [OPTIONS] ADDRESS PORT
 *   -t SECONDS  end after so long (without: at SIGTERM or SIGINT)
 *   -f FILE     keep the count there too, a 64-bit number that others may map
 *   -b BYTES    size of the receive buffer, as SO_RCVBUF (the system's default)
 *   -w N        work on each datagram: go N times over its bytes (0)
 *
 * Prints "listening" when it does, and the count at the end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"

/* How often an idle reader looks whether it should end. */
#define PATIENCE_US	200000

struct options {
	unsigned long seconds;
	unsigned long work;
	int buffer;
	const char *file;
	const char *address;
	const char *port;
};

static atomic_int ended;

static void on_signal(int signal)
{
	(void)signal;
	ended = 1;
}

[[gnu::noreturn]] static void die(const char *what)
{
	fprintf(stderr, "udpsink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long parse_number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value > 0x7fffffff) {
		fprintf(stderr, "udpsink: '%s' is not a number\n", text);
		exit(2);
	}
	return value;
}

static void parse_options(struct options *options, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "t:f:b:w:")) != -1) {
		if (option == 't')
			options->seconds = parse_number(optarg);
		else if (option == 'f')
			options->file = optarg;
		else if (option == 'b')
			options->buffer = parse_number(optarg);
		else if (option == 'w')
			options->work = parse_number(optarg);
		else
			exit(2);
	}
	if (argc - optind != 2) {
		fputs("usage: udpsink [-t SECONDS] [-f FILE] [-b BYTES] [-w N] ADDRESS PORT\n",
		      stderr);
		exit(2);
	}
	options->address = argv[optind];
	options->port = argv[optind + 1];
}

static int open_socket(const struct options *options)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval patience = { .tv_usec = PATIENCE_US };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	to.sin_port = htons(parse_number(options->port));
	if (inet_pton(AF_INET, options->address, &to.sin_addr) != 1) {
		errno = EINVAL;
		die(options->address);
	}
	if (fd < 0)
		die("socket");
	/* Root may have more than net.core.rmem_max. */
	if (options->buffer &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &options->buffer,
		       sizeof(options->buffer)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options->buffer,
		       sizeof(options->buffer)))
		die("SO_RCVBUF");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		die("SO_RCVTIMEO");
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die("bind");
	return fd;
}

/* In memory that the file shows, or that nothing else sees. */
static atomic_ullong *open_count(const char *file)
{
	int fd = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	atomic_ullong *count;

	if (file) {
		fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0 || ftruncate(fd, sizeof(*count)))
			die(file);
		flags = MAP_SHARED;
	}
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, flags, fd, 0);
	if (count == MAP_FAILED)
		die("mmap");
	return count;
}

static unsigned int work_on(const unsigned char *data, ssize_t len,
			    unsigned long times)
{
	unsigned int sum = 0;
	ssize_t i;

	while (times--) {
		for (i = 0; i < len; i++)
			sum = sum * 31 + data[i];
	}
	return sum;
}

static void catch_signals(const struct options *options)
{
	struct sigaction action = { .sa_handler = on_signal };

	signal_catch(SIGTERM, on_signal);
	signal_catch(SIGINT, on_signal);
	/* This one is our own. */
	sigaction(SIGALRM, &action, NULL);
	alarm(options->seconds);
}

int main(int argc, char **argv)
{
	static unsigned char data[65536];
	struct options options = {};
	atomic_ullong *count;
	ssize_t len;
	int fd;

	standard_open();
	parse_options(&options, argc, argv);
	catch_signals(&options);
	fd = open_socket(&options);
	count = open_count(options.file);
	puts("listening");
	fflush(stdout);
	while (!ended) {
		len = recv(fd, data, sizeof(data), 0);
		if (len < 0 && errno != EAGAIN && errno != EINTR)
			die("recv");
		if (len < 0)
			continue;
		/* Stored, lest the compiler sees that nobody asks. */
		data[0] = work_on(data, len, options.work);
		atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
	}
	printf("%llu\n", atomic_load(count));
	return fflush(stdout) || ferror(stdout);
}
