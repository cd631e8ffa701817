// SPDX-License-Identifier: GPL-2.0-only
/*
 * sampler - runs in the machine in the page, and tells the page over the second serial port what
 * the kernel has counted: one line of JSON, five times a second while packets come, else once a
 * second, so that the page sees that the machine lives. The numbers are the kernel's own, as they
 * are; the page makes rates of them. When nothing has come for a while it looks less often, for an
 * idle machine ought to cost the reader's computer little; and likewise on a machine so slow that
 * this would take more than a tenth of its CPU.
 *
 * It takes one command a line: "size ROWS COLUMNS", which it answers; "time SECONDS" (since 1970);
 * "save", which it answers with an archive of what the reader has made or changed.
 *
 * usage: sampler [TERMINAL]     on standard input and output; TERMINAL is whose size is set
 */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "ethtool.h"

#define PERIOD_MS	200
#define QUIET_PERIODS	5	/* without packets, a sample comes this rarely */
#define STILL_PERIODS	25	/* after so many without packets … */
#define STILL_MS	500	/* … this is the period */
#define LEAST_SHARE	10	/* of the time, one part in so many at most */
#define LINE_MAX_BYTES	4096

static const char *const devices[] = { "sn0", "sn1" };
static const char *terminal = "/dev/ttyS0";

/* add - append to a line that may be full already, and never grows over its end. */
#define room(line) ((line)->used < LINE_MAX_BYTES ? LINE_MAX_BYTES - (line)->used : 0)
#define add(line, ...) \
	((line)->used += snprintf((line)->text + (line)->used, room(line), __VA_ARGS__))

struct line {
	char text[LINE_MAX_BYTES];
	size_t used;
};

/* slurp - a small file of /proc or /sys, whole; an empty string when it is not there. */
static char *slurp(const char *path)
{
	static char buffer[16384];
	size_t used = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd >= 0) {
		while ((got = read(fd, buffer + used, sizeof(buffer) - 1 - used)) > 0)
			used += got;
		close(fd);
	}
	buffer[used] = '\0';
	return buffer;
}

/* The interrupts of each device: of "33:   1  snull  … sn1-TxRx-0" the 1. One CPU is online. */
static void interrupts(struct line *out)
{
	unsigned long long sums[2] = { 0 };
	char *save, *text = slurp("/proc/interrupts"), *row;

	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
		char *count = strchr(row, ':'), *name = strrchr(row, ' ');

		for (int i = 0; count && name && i < 2; i++)
			if (!strncmp(name + 1, devices[i], 3) && name[4] == '-')
				sums[i] += strtoull(count + 1, NULL, 10);
	}
	add(out, ",\"irq\":{\"sn0\":%llu,\"sn1\":%llu}", sums[0], sums[1]);
}

/* number_after - the number behind a word at the beginning of a row, or 0. */
static unsigned long long number_after(const char *text, const char *word)
{
	const char *found = strstr(text, word);

	return found ? strtoull(found + strlen(word), NULL, 10) : 0;
}

static void softirqs(struct line *out)
{
	const char *text = slurp("/proc/softirqs");

	add(out, ",\"NET_RX\":%llu", number_after(text, "NET_RX:"));
}

/* The first row of softnet_stat is CPU 0's: processed, dropped, time_squeeze, in hexadecimal. */
static void softnet(struct line *out)
{
	unsigned int processed = 0, dropped = 0, squeezed = 0;

	sscanf(slurp("/proc/net/softnet_stat"), "%x %x %x", &processed, &dropped, &squeezed);
	add(out, ",\"softnet\":[%u,%u,%u]", processed, dropped, squeezed);
}

/* What dies in a full socket: RcvbufErrors, the fifth number of the second row called Udp. */
static void sockets(struct line *out)
{
	unsigned long long full = 0;
	const char *names = strstr(slurp("/proc/net/snmp"), "\nUdp:");
	const char *values = names ? strstr(names + 1, "\nUdp:") : NULL;

	if (values)
		sscanf(values, "\nUdp: %*u %*u %*u %*u %llu", &full);
	add(out, ",\"sockets_full\":%llu", full);
}

static void path(struct line *out)
{
	char *text = slurp("/sys/module/snull/parameters/use_napi");

	text[strcspn(text, "\n")] = '\0';
	if (text[0])
		add(out, ",\"path\":\"%.20s\"", text);
}

/* sample - all that is sent, but for the time. */
static void sample(struct line *out)
{
	interrupts(out);
	softirqs(out);
	softnet(out);
	sockets(out);
	path(out);
	for (int i = 0; i < 2; i++) {
		struct ethtool_sums sums;

		if (!ethtool_sums(devices[i], &sums))
			continue;
		/* In the order of ethtool_sum_names, as in figures.js: each byte costs time. */
		add(out, ",\"%s\":[%u", devices[i], sums.ring);
		for (int j = 0; j < ETHTOOL_SUMS; j++)
			add(out, ",%llu", sums.values[j]);
		add(out, "]");
	}
}

static void send_all(const char *text, size_t length)
{
	while (length) {
		ssize_t sent = write(STDOUT_FILENO, text, length);

		if (sent <= 0)
			exit(1);
		text += sent;
		length -= sent;
	}
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* moved - has a packet come since the last time? Two small files say so, and cost little. */
static bool moved(void)
{
	static unsigned long long last;
	unsigned long long now = 1;

	for (int i = 0; i < 2; i++) {
		char path[64];
		const char *text;

		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_packets", devices[i]);
		text = slurp(path);
		now = now * 1000003 + (*text ? strtoull(text, NULL, 10) : ~0ULL);
	}
	if (now == last)
		return false;
	last = now;
	return true;
}

/*
 * report - one line, if it is worth one. "cost" is the CPU time of this process so far. Returns for
 * how many periods no packet has come.
 */
static int report(void)
{
	static int still;
	struct line now = { .used = 0 };
	char head[80];

	still = moved() ? 0 : still + 1;
	if (still % QUIET_PERIODS)
		return still;
	sample(&now);
	if (now.used >= LINE_MAX_BYTES)
		return still;
	snprintf(head, sizeof(head), "{\"t\":%.3f,\"cost\":%.4f", seconds(CLOCK_MONOTONIC),
		 seconds(CLOCK_PROCESS_CPUTIME_ID));
	send_all(head, strlen(head));
	send_all(now.text, now.used);
	send_all("}\n", 2);
	return still;
}

/*
 * save - the files that are younger than the machine's start, as base64 of an archive, between two
 * lines that the page knows.
 */
static void save(void)
{
	char data[4096];
	size_t got;
	FILE *archive = popen("PATH=/usr/lib/busybox; cd /; "
			      "find root snull -type f -newer /etc/booted -print0 | "
			      "xargs -0 -r tar -czf - 2>/dev/null | base64", "r");

	if (!archive)
		return;
	send_all("{\"save\":\"begins\"}\n", 18);
	while ((got = fread(data, 1, sizeof(data), archive)) > 0)
		send_all(data, got);
	pclose(archive);
	send_all("{\"save\":\"ends\"}\n", 16);
}

static void set_size(unsigned short rows, unsigned short columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };
	int fd = open(terminal, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0) {
		ioctl(fd, TIOCSWINSZ, &size);
		close(fd);
	}
	send_all("{\"sized\":1}\n", 12);
}

static void obey(const char *command)
{
	unsigned int rows, columns;
	long long now;

	if (sscanf(command, "size %u %u", &rows, &columns) == 2) {
		if (rows - 1 < 500 && columns - 1 < 500)
			set_size(rows, columns);
	} else if (sscanf(command, "time %lld", &now) == 1) {
		struct timespec time = { .tv_sec = now };

		clock_settime(CLOCK_REALTIME, &time);
	} else if (!strcmp(command, "save")) {
		save();
	}
}

/* listen_until - obey what comes in until that moment. */
static void listen_until(double end)
{
	static char command[80];
	static size_t used;
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	double left;
	char letter;

	while ((left = end - seconds(CLOCK_MONOTONIC)) > 0) {
		if (poll(&input, 1, left * 1000 + 1) <= 0)
			continue;
		if (read(STDIN_FILENO, &letter, 1) != 1)
			exit(1);
		if (letter != '\n' && used < sizeof(command) - 1) {
			command[used++] = letter;
		} else if (letter == '\n') {
			command[used] = '\0';
			used = 0;
			obey(command);
		}
	}
}

int main(int argc, char **argv)
{
	struct termios raw;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		fputs("usage: sampler [TERMINAL]\n", stderr);
		return 2;
	}
	if (argc == 2)
		terminal = argv[1];
	if (!tcgetattr(STDIN_FILENO, &raw)) {
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	for (;;) {
		double begin = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
		double pause = (report() < STILL_PERIODS ? PERIOD_MS : STILL_MS) / 1e3;

		used = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
		listen_until(begin + (used * LEAST_SHARE > pause ? used * LEAST_SHARE : pause));
	}
}
