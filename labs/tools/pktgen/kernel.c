// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - the files of /proc/net/pktgen: pgctrl to start and stop, a file
 * for each CPU's thread, and one for each device that sends.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pktgen.h"

#define PKTGEN			"/proc/net/pktgen"
#define PAUSE			(NSEC_PER_SEC / 100)
/* So long a driver may take to free what it has sent. */
#define PATIENCE		(30 * NSEC_PER_SEC)
/* Seconds from one alarm to the next. */
#define INSIST			0.1

/* The kernel's own, which the C library does not know. */
#define ENOTSUPP		524

/* ---- the files ------------------------------------------------------------------ */

/* All of a file, or what of it has room. */
static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	text[0] = '\0';
	if (fd < 0)
		return false;
	while ((got = read(fd, text + used, size - 1 - used)) > 0)
		used += got;
	text[used] = '\0';
	close(fd);
	return got >= 0;
}

/* A line, in one write: without its end, the kernel reads on beyond it. */
static bool write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error;
	size_t length = strlen(line);
	char text[256];
	bool good;

	if (fd < 0 || length + 1 >= sizeof(text)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	memcpy(text, line, length);
	text[length] = '\n';
	good = write(fd, text, length + 1) >= 0;
	error = errno;
	close(fd);
	errno = error;
	return good;
}

/* What a file says after this word at the beginning of a line, or NULL. */
static char *find_line(char *text, const char *word)
{
	char *p = text;

	while ((p = strstr(p, word))) {
		if (p == text || p[-1] == '\n' || p[-1] == ' ')
			return p + strlen(word);
		p++;
	}
	return NULL;
}

/* Why it refuses: the file may say it better than errno. */
static void complain_refused(const char *file, const char *line, int error)
{
	char path[PATH_MAX], text[8192], *why = NULL;

	snprintf(path, sizeof(path), PKTGEN "/%s", file);
	if (read_file(path, text, sizeof(text)))
		why = find_line(text, "Result: ");
	if (why)
		why[strcspn(why, "\n")] = '\0';
	/* What succeeded before is no reason. */
	if (!why || !*why || !strncmp(why, "OK", 2))
		why = error == ENOTSUPP || error == EOPNOTSUPP ?
		      "its driver cannot do that" : strerror(error);
	complain("%s refuses '%s': %s", file, line, why);
}

/**
 * kernel_share() - send the same packet again and again, if the driver may
 * @device: its name
 *
 * What we measure is receiving: sending is to cost little.
 */
void kernel_share(const char *device)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PKTGEN "/%s", device);
	write_line(path, "clone_skb 1000000");
}

/**
 * kernel_tell() - write a line into one of the files
 * @file: its name
 * @format: as for printf()
 *
 * Return: false after a complaint.
 */
bool kernel_tell(const char *file, const char *format, ...)
{
	char path[PATH_MAX], line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	snprintf(path, sizeof(path), PKTGEN "/%s", file);
	if (write_line(path, line))
		return true;
	complain_refused(file, line, errno);
	return false;
}

/* ---- the module ------------------------------------------------------------------- */

static void load_module(void)
{
	char * const command[] = { "modprobe", "-q", "pktgen", NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	/* Not every root has its directory in PATH. */
	if (!posix_spawnp(&pid, command[0], &actions, NULL, command, environ) ||
	    !posix_spawn(&pid, "/sbin/modprobe", &actions, NULL, command,
			 environ))
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&actions);
}

/* It is there to end a write(). */
static void on_alarm(int number)
{
	(void)number;
}

/**
 * kernel_open() - have the module there, and check that we may use it
 * @cpu: that shall send
 *
 * Return: false after a complaint.
 */
bool kernel_open(int cpu)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	char path[64];

	sigaction(SIGALRM, &action, NULL);
	if (access(PKTGEN, F_OK))
		load_module();
	if (access(PKTGEN, F_OK)) {
		complain(geteuid() ? "only root may send so: try again with sudo" :
			 "no pktgen here: \"modprobe pktgen\" says why (CONFIG_NET_PKTGEN)");
		return false;
	}
	snprintf(path, sizeof(path), PKTGEN "/kpktgend_%d", cpu);
	if (access(path, F_OK)) {
		complain("no CPU %d", cpu);
		return false;
	}
	if (access(path, W_OK)) {
		complain("only root may send so: try again with sudo");
		return false;
	}
	return true;
}

/* ---- its threads ------------------------------------------------------------------ */

/* Does a line of a thread's file name a device? */
static bool names_one(char *text, const char *word)
{
	char *p = find_line(text, word);

	return p && p[strspn(p, " ")] != '\n' && p[strspn(p, " ")];
}

static bool threads_have_devices(const glob_t *threads)
{
	char text[8192];
	size_t i;

	for (i = 0; i < threads->gl_pathc; i++) {
		if (read_file(threads->gl_pathv[i], text, sizeof(text)) &&
		    (names_one(text, "Running:") || names_one(text, "Stopped:")))
			return true;
	}
	return false;
}

static void find_threads(glob_t *threads)
{
	memset(threads, 0, sizeof(*threads));
	glob(PKTGEN "/kpktgend_*", 0, NULL, threads);
}

/**
 * kernel_clear() - let the threads forget their devices
 *
 * They do when they come to it.
 *
 * Return: false after a complaint.
 */
bool kernel_clear(void)
{
	long long end = now() + PATIENCE;
	bool good = true;
	glob_t threads;
	size_t i;

	find_threads(&threads);
	for (i = 0; good && i < threads.gl_pathc; i++) {
		good = write_line(threads.gl_pathv[i], "rem_device_all");
		if (!good)
			complain("cannot write to %s: %s", threads.gl_pathv[i],
				 strerror(errno));
	}
	while (good && threads_have_devices(&threads)) {
		good = now() < end;
		if (!good)
			complain("a thread does not end: has the driver freed what it sent?");
		sleep_until(now() + PAUSE);
	}
	globfree(&threads);
	return good;
}

/* ---- sending ---------------------------------------------------------------------- */

/**
 * kernel_sent() - what a device has sent
 * @device: its name
 * @sent: the result
 */
void kernel_sent(const char *device, struct sent *sent)
{
	char path[PATH_MAX], text[8192], *p;

	*sent = (struct sent){};
	snprintf(path, sizeof(path), PKTGEN "/%s", device);
	if (!read_file(path, text, sizeof(text))) {
		sent->over = true;
		sent->gone = true;
		return;
	}
	p = find_line(text, "pkts-sofar:");
	if (p)
		sent->packets = strtoull(p, NULL, 10);
	/* Before, it is "Result: OK: delay=0" or the like. */
	p = find_line(text, "Result: OK: ");
	if (p && isdigit(*p)) {
		sent->microseconds = strtoull(p, NULL, 10);
		sent->over = true;
	}
}

static bool all_over(char **devices)
{
	struct sent sent = { .over = true };

	for (; *devices && sent.over; devices++)
		kernel_sent(*devices, &sent);
	return sent.over;
}

/* Again and again: one that comes before write() sleeps does not wake it up. */
static void set_alarm(double seconds)
{
	const struct itimerval timer = {
		.it_value.tv_sec = seconds,
		.it_value.tv_usec = (seconds - (long)seconds) * 1e6,
		.it_interval.tv_usec = INSIST * 1e6,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/**
 * kernel_interrupt() - end a kernel_start() that goes on, or is about to begin
 *
 * For a handler of signals: its own signal may have come just before write()
 * sleeps.
 */
void kernel_interrupt(void)
{
	set_alarm(INSIST);
}

/**
 * kernel_start() - send, until all is sent, the time is over or a signal comes
 * @devices: what sends, ending with NULL
 * @seconds: how long, or 0 for no limit
 *
 * Writing "start" lasts until all is sent, and a signal ends that. But it does
 * not wait for a thread that is slow to begin; and a "stop" that such a thread
 * gets before it begins does not stop it.  Nor does one end whose last packet
 * the driver does not free; kernel_clear() complains of it.
 *
 * Return: false after a complaint.
 */
bool kernel_start(char **devices, double seconds)
{
	const long long end = now() + seconds * NSEC_PER_SEC;
	bool good;

	if (seconds)
		set_alarm(seconds);
	good = write_line(PKTGEN "/pgctrl", "start");
	if (!good)
		complain("the kernel does not start: %s", strerror(errno));
	while (good && !stopped() && !all_over(devices)) {
		if (seconds && now() >= end)
			write_line(PKTGEN "/pgctrl", "stop");
		if (seconds && now() >= end + PATIENCE)
			break;
		sleep_until(now() + PAUSE);
	}
	set_alarm(0);
	return good;
}
