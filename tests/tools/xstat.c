// SPDX-License-Identifier: GPL-2.0-only
/*
 * xstat DEV COUNTER - what "ethtool -S DEV" says of one counter, or nothing if there is none of that name. A name that
 * begins with q* is summed over the queues; of one that begins with q?, it says what each of them has. One small program
 * instead of ethtool and awk: tests read many counters, and an emulated CPU is slow to start programs.
 */

#include <ctype.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int control;
static struct ifreq request;

static void ask(void *what)
{
	request.ifr_data = what;
	if (ioctl(control, SIOCETHTOOL, &request))
		exit(1);
}

static bool is_meant(const char *name, const char *wanted)
{
	if (strncmp(wanted, "q*", 2) && strncmp(wanted, "q?", 2))
		return !strcmp(name, wanted);
	if (name[0] != 'q' || !isdigit(name[1]))
		return false;
	for (name++; isdigit(*name); )
		name++;
	return !strcmp(name, wanted + 2);
}

int main(int argc, char **argv)
{
	struct {
		struct ethtool_sset_info info;
		uint32_t count;
	} set = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1 << ETH_SS_STATS } };
	struct ethtool_gstrings *names;
	struct ethtool_stats *values;
	bool found = false;
	uint64_t sum = 0;

	if (argc != 3)
		return 2;
	control = socket(AF_INET, SOCK_DGRAM, 0);
	strncpy(request.ifr_name, argv[1], IFNAMSIZ - 1);
	ask(&set);
	names = calloc(1, sizeof(*names) + set.count * ETH_GSTRING_LEN);
	values = calloc(1, sizeof(*values) + set.count * sizeof(uint64_t));
	if (!set.info.sset_mask || !names || !values)
		return 1;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = set.count;
	ask(names);
	values->cmd = ETHTOOL_GSTATS;
	values->n_stats = set.count;
	ask(values);
	for (uint32_t i = 0; i < set.count; i++) {
		if (!is_meant((char *)names->data + i * ETH_GSTRING_LEN, argv[2]))
			continue;
		if (argv[2][1] == '?')
			printf("%s%llu", found ? " " : "", values->data[i]);
		sum += values->data[i];
		found = true;
	}
	if (found && argv[2][1] != '?')
		printf("%" PRIu64 "\n", sum);
	return !found;
}
