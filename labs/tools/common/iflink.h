/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iflink.h - an interface's packets and drops, by rtnetlink.
 */
#ifndef IFLINK_H
#define IFLINK_H

#include <linux/types.h>
#include <stdbool.h>

enum link_counter {
	LINK_RX_PACKETS, LINK_RX_BYTES, LINK_TX_PACKETS, LINK_TX_BYTES,
	LINK_RX_MISSED, LINK_RX_DROPPED, LINK_COUNTERS
};

extern const char * const link_names[LINK_COUNTERS];

struct link;

struct link *link_open(const char *ifname, bool follow);
void link_close(struct link *link);
int link_fd(const struct link *link);
void link_listen(struct link *link);
bool link_gone(const struct link *link);
const char *link_name(const struct link *link);
int link_index(const struct link *link);
void link_read(struct link *link, __u64 *counters);

#endif /* IFLINK_H */
