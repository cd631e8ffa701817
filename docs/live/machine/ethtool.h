/* SPDX-License-Identifier: GPL-2.0-only */
/* ethtool.h - what the sampler reads by ethtool's ioctl: counters, summed over the queues. */
#ifndef SNULL_LIVE_ETHTOOL_H
#define SNULL_LIVE_ETHTOOL_H

#include <stdbool.h>

#define ETHTOOL_SUMS	9

/* As ethtool -S calls them, without q0_. */
extern const char *const ethtool_sum_names[ETHTOOL_SUMS];

struct ethtool_sums {
	unsigned int ring;	/* slots of a receive ring */
	unsigned long long values[ETHTOOL_SUMS];
};

/* ethtool_sums - read them; false when there is no such device. */
bool ethtool_sums(const char *device, struct ethtool_sums *sums);

#endif
