// SPDX-License-Identifier: GPL-2.0-only
/* ethtool.c - a device's counters and ring, by ethtool's ioctl: cheaper than running ethtool. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "ethtool.h"

#define STATS_MAX	1024

const char *const ethtool_sum_names[ETHTOOL_SUMS] = {
	"rx_packets", "rx_wire_frames", "rx_missed", "rx_alloc_failed", "rx_reset",
	"tx_wire_frames", "interrupts_rx", "interrupts_tx", "polls",
};

static int ask(const char *device, void *what)
{
	static int fd = -1;
	struct ifreq request = { .ifr_data = what };

	if (fd < 0)
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	return ioctl(fd, SIOCETHTOOL, &request);
}

/* count_of - how many counters the device has now: it changes with its queues. */
static unsigned int count_of(const char *device)
{
	struct {
		struct ethtool_sset_info info;
		uint32_t count;
	} set = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS } };

	return ask(device, &set) || !set.info.sset_mask || set.count > STATS_MAX ? 0 : set.count;
}

/* which - the sum that a counter goes into: "q0_polls" goes into "polls"; -1 for others. */
static int which(const char *name)
{
	size_t digits = name[0] == 'q' ? strspn(name + 1, "0123456789") : 0;

	if (digits && name[1 + digits] == '_')
		name += 2 + digits;
	for (int i = 0; i < ETHTOOL_SUMS; i++)
		if (!strncmp(name, ethtool_sum_names[i], ETH_GSTRING_LEN))
			return i;
	return -1;
}

/*
 * names_of - what each counter of a device goes into; asked for anew when their number changes,
 * as it does with another driver.
 */
static const signed char *names_of(const char *device, unsigned int count)
{
	static struct {
		struct ethtool_gstrings head;
		char names[STATS_MAX][ETH_GSTRING_LEN];
	} strings;
	static struct names {
		char device[IFNAMSIZ];
		unsigned int count;
		signed char sum[STATS_MAX];
	} known[2];
	struct names *names = &known[strcmp(device, known[0].device) && known[0].device[0]];

	if (!strcmp(names->device, device) && names->count == count)
		return names->sum;
	strings.head = (struct ethtool_gstrings) {
		.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = count,
	};
	if (ask(device, &strings) || strings.head.len != count)
		return NULL;
	strncpy(names->device, device, IFNAMSIZ - 1);
	names->count = count;
	for (unsigned int i = 0; i < count; i++)
		names->sum[i] = which(strings.names[i]);
	return names->sum;
}

bool ethtool_sums(const char *device, struct ethtool_sums *sums)
{
	static struct {
		struct ethtool_stats head;
		uint64_t values[STATS_MAX];
	} stats;
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
	unsigned int count = count_of(device);
	const signed char *names = count ? names_of(device, count) : NULL;

	memset(sums, 0, sizeof(*sums));
	stats.head = (struct ethtool_stats) { .cmd = ETHTOOL_GSTATS, .n_stats = count };
	if (!names || ask(device, &stats) || stats.head.n_stats != count)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (names[i] >= 0)
			sums->values[names[i]] += stats.values[i];
	if (!ask(device, &ring))
		sums->ring = ring.rx_pending;
	return true;
}
