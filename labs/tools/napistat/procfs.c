// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfs.c - what the kernel counts for the whole machine.
 *
 * /proc/softirqs has a column for each CPU that is possible. The lines of
 * softnet_stat are of online CPUs only, and say which since Linux 5.10.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "napistat.h"

#define SOFTNET_COLUMNS		16
#define SOFTNET_CPU		12

const char * const softirq_names[SOFTIRQS] = { "NET_RX", "NET_TX" };

const char * const softnet_names[SOFTNETS] = {
	"processed", "dropped", "time_squeeze",
};

/* ---- /proc/softirqs --------------------------------------------------------- */

/* A line is a name, a colon, and the counters. */
static void parse_softirq(const char *line, const struct columns *columns,
			  struct counts *softirqs)
{
	const char *name = line + strspn(line, " ");
	size_t length = strcspn(name, ":");
	unsigned int i;

	for (i = 0; i < SOFTIRQS; i++)
		if (length == strlen(softirq_names[i]) && name[length] &&
		    !strncmp(name, softirq_names[i], length))
			columns_counts(columns, name + length + 1,
				       &softirqs[i]);
}

/**
 * procfs_softirqs() - read /proc/softirqs
 * @softirqs: by enum softirq, empty before
 *
 * Return: 0, or -1 after a complaint.
 */
int procfs_softirqs(struct counts *softirqs)
{
	char *save, *line, *text = file_read(file_path("/proc/softirqs"));
	struct columns columns;

	if (!text) {
		complain("cannot read /proc/softirqs: %s", strerror(errno));
		return -1;
	}
	line = strtok_r(text, "\n", &save);
	columns_read(&columns, line);
	while (line && (line = strtok_r(NULL, "\n", &save)))
		parse_softirq(line, &columns, softirqs);
	columns_free(&columns);
	free(text);
	return 0;
}

/* ---- /proc/net/softnet_stat ------------------------------------------------- */

/* The first CPU from this one on that is online. */
static unsigned int next_online(const struct counts *online, unsigned int cpu)
{
	while (cpu < online->size && online->of[cpu] == UNKNOWN)
		cpu++;
	return cpu;
}

/**
 * procfs_softnet() - read /proc/net/softnet_stat
 * @softnet: by enum softnet, empty before
 * @online: which CPUs are, for a kernel that does not tell whose line it is
 *
 * Return: 0, or -1 after a complaint.
 */
int procfs_softnet(struct counts *softnet, const struct counts *online)
{
	char *save, *line, *word, *words, *text;
	unsigned long column[SOFTNET_COLUMNS];
	unsigned int i, n, cpu = 0;

	text = file_read(file_path("/proc/net/softnet_stat"));
	if (!text) {
		complain("cannot read /proc/net/softnet_stat: %s",
			 strerror(errno));
		return -1;
	}
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		for (n = 0, word = strtok_r(line, " ", &words);
		     word && n < SOFTNET_COLUMNS;
		     word = strtok_r(NULL, " ", &words))
			column[n++] = strtoul(word, NULL, 16);
		if (n < SOFTNETS)
			continue;
		cpu = n > SOFTNET_CPU ? column[SOFTNET_CPU] :
					next_online(online, cpu);
		for (i = 0; i < SOFTNETS; i++)
			counts_set(&softnet[i], cpu, column[i]);
		cpu++;
	}
	free(text);
	return 0;
}

/* ---- CPUs ------------------------------------------------------------------- */

/**
 * procfs_online() - which CPUs are online
 * @online: set to 1 for each of them, empty before
 *
 * The file reads like "0,2-3".
 */
void procfs_online(struct counts *online)
{
	char *p, *text = file_read(file_path("/sys/devices/system/cpu/online"));
	unsigned long cpu, last;

	for (p = text; p && isdigit(*p); p += *p == ',') {
		cpu = strtoul(p, &p, 10);
		last = *p == '-' ? strtoul(p + 1, &p, 10) : cpu;
		for (; cpu <= last; cpu++)
			counts_set(online, cpu, 1);
	}
	free(text);
}

/* ---- ksoftirqd -------------------------------------------------------------- */

/* The thread of each CPU. It stays the same, also while its CPU is offline. */
static struct counts threads;

static void find_threads(void)
{
	char *path = file_path("/proc"), *comm;
	struct dirent *entry;
	unsigned int cpu;
	DIR *dir;

	dir = opendir(path);
	free(path);
	while (dir && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		comm = file_read(file_path("/proc/%s/comm", entry->d_name));
		if (comm && sscanf(comm, "ksoftirqd/%u", &cpu) == 1)
			counts_set(&threads, cpu, atoi(entry->d_name));
		free(comm);
	}
	if (dir)
		closedir(dir);
}

/* Field 14 and 15 of stat, in ticks: user and system time. */
static __u64 thread_ticks(unsigned int pid)
{
	char *text = file_read(file_path("/proc/%u/stat", pid)), *end;
	unsigned long long user, system;
	__u64 time = UNKNOWN;

	/* The second field is a name in parentheses, which may hold spaces. */
	end = text ? strrchr(text, ')') : NULL;
	if (end && sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			  &user, &system) == 2)
		time = (user + system) * (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
	free(text);
	return time;
}

/* schedstat has nanoseconds, or zeros in a kernel built without. */
static __u64 thread_time(unsigned int pid)
{
	char *text = file_read(file_path("/proc/%u/schedstat", pid));
	__u64 time = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return time ?: thread_ticks(pid);
}

/**
 * procfs_ksoftirqd() - CPU time of the ksoftirqd threads
 * @nanoseconds: by CPU, empty before
 * @online: which CPUs are
 */
void procfs_ksoftirqd(struct counts *nanoseconds, const struct counts *online)
{
	static __u64 searched = UNKNOWN;
	unsigned int cpu;

	/* Searching reads all of /proc: only when there may be a new one. */
	if (counts_total(online) != searched)
		find_threads();
	searched = counts_total(online);
	for (cpu = 0; cpu < threads.size; cpu++) {
		if (threads.of[cpu] != UNKNOWN)
			counts_set(nanoseconds, cpu,
				   thread_time(threads.of[cpu]));
	}
}
