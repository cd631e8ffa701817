/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tag.h - VLAN tags (IEEE 802.1Q): four bytes between a frame's addresses and
 * its type, a type of their own and the tag control information (TCI).
 *
 * Read next: tag.c, then nic/tag.c, which calls it.
 */
#ifndef SNULL_TAG_H
#define SNULL_TAG_H

#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#define TAG_LEN		4
#define TAG_OFFSET	offsetof(struct ethhdr, h_proto)

/**
 * struct vlan_tag - a VLAN tag, as a frame has it
 * @proto: ETH_P_8021Q, the customer's (C-tag), or ETH_P_8021AD, the
 *	provider's (S-tag)
 * @tci: priority and VLAN id
 */
struct vlan_tag {
	__be16 proto;
	__be16 tci;
};

void tag_push(u8 *frame, unsigned int len, struct vlan_tag tag);
struct vlan_tag tag_pop(u8 *frame, unsigned int len);

#endif /* SNULL_TAG_H */
