// SPDX-License-Identifier: GPL-2.0-only
/*
 * driver.c - what a driver counts itself, and "ethtool -S" shows.
 *
 * Names are each driver's own. These are snull's, summed over its queues: a
 * driver with "polls" or "q3_polls" is understood, others are not counted.
 */
#include <ctype.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "napistat.h"

const char * const driver_names[DRIVER_COUNTERS] = {
	"interrupts_rx", "interrupts_tx", "polls",
};

struct driver {
	int fd;
	struct ifreq ifr;
};

static int driver_call(struct driver *driver, void *command)
{
	driver->ifr.ifr_data = command;
	return ioctl(driver->fd, SIOCETHTOOL, &driver->ifr);
}

static unsigned int driver_count(struct driver *driver)
{
	struct {
		struct ethtool_sset_info head;
		__u32 length;
	} info = {
		.head.cmd = ETHTOOL_GSSET_INFO,
		.head.sset_mask = 1ULL << ETH_SS_STATS,
	};

	if (driver_call(driver, &info) || !info.head.sset_mask)
		return 0;
	return info.length;
}

/* "q12_polls" is "polls". */
static const char *without_queue(const char *name)
{
	const char *p = name;

	if (*p++ != 'q' || !isdigit(*p))
		return name;
	while (isdigit(*p))
		p++;
	return *p == '_' ? p + 1 : name;
}

static void driver_add(const char *string, __u64 value, __u64 *counters)
{
	char name[ETH_GSTRING_LEN + 1];
	unsigned int i;

	snprintf(name, sizeof(name), "%.*s", ETH_GSTRING_LEN, string);
	for (i = 0; i < DRIVER_COUNTERS; i++) {
		if (strcmp(without_queue(name), driver_names[i]))
			continue;
		counters[i] = (counters[i] == UNKNOWN ? 0 : counters[i]) + value;
	}
}

static void driver_sum(struct driver *driver, __u64 *counters)
{
	unsigned int i, count = driver_count(driver), room;
	struct ethtool_gstrings *strings;
	struct ethtool_stats *stats;

	if (!count)
		return;
	/*
	 * The kernel writes as many as there are when it is called. Queues may
	 * be added right now: have room.
	 */
	room = 4 * count + 1024;
	strings = allocate(NULL, sizeof(*strings) + room * ETH_GSTRING_LEN);
	stats = allocate(NULL, sizeof(*stats) + room * sizeof(stats->data[0]));
	*strings = (struct ethtool_gstrings){
		.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS,
		.len = count,
	};
	*stats = (struct ethtool_stats){
		.cmd = ETHTOOL_GSTATS, .n_stats = count,
	};
	if (!driver_call(driver, strings) && !driver_call(driver, stats) &&
	    strings->len == stats->n_stats) {
		for (i = 0; i < stats->n_stats; i++)
			driver_add((char *)strings->data + i * ETH_GSTRING_LEN,
				   stats->data[i], counters);
	}
	free(strings);
	free(stats);
}

/**
 * driver_read() - read what a driver counts
 * @ifname: the interface's name
 * @counters: the result, by enum driver_counter, UNKNOWN for what it does not
 *	count
 */
void driver_read(const char *ifname, __u64 *counters)
{
	struct driver driver = {};
	unsigned int i;

	for (i = 0; i < DRIVER_COUNTERS; i++)
		counters[i] = UNKNOWN;
	driver.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (driver.fd < 0)
		return;
	snprintf(driver.ifr.ifr_name, sizeof(driver.ifr.ifr_name), "%s",
		 ifname);
	driver_sum(&driver, counters);
	close(driver.fd);
}
