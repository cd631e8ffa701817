/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcam.h - which rule a frame matches, the arithmetic.
 *
 * NICs compare a frame with all of their rules in a ternary content addressable
 * memory: the frame's headers are laid out as one word of many bits, and of each
 * rule there are two such words, what the bits shall be, and which of them count.
 *
 * Read next: tcam.c, then nic/steer.c, which has the table.
 */
#ifndef SNULL_TCAM_H
#define SNULL_TCAM_H

#include <linux/bits.h>
#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#include "tag.h"

/* What a frame has: tcam_key.has. */
#define TCAM_TAG		BIT(0)	/* a VLAN tag: tag_proto and tci */
#define TCAM_PORTS		BIT(1)	/* a transport header: sport and dport */

/**
 * struct tcam_key - what of a frame can be compared; what it has not is 0
 * @dst: Ethernet destination
 * @src: Ethernet source
 * @proto: protocol behind the tags
 * @tag_proto: the first tag's protocol
 * @tci: and the rest of it: priority and VLAN id
 * @has: TCAM_*
 * @l4: IP: protocol of what is carried
 * @sport: the source port, or the first two bytes of any other transport
 * @dport: the destination port, or the next two
 * @tos: IP: type of service, IPv6's traffic class
 * @pad: 0
 * @saddr: IP: source address; IPv4's takes one word
 * @daddr: IP: destination address
 * @word: all of it
 *
 * The ports of a fragment do not count, since only the first one has some: so
 * all of them go one way.
 */
struct tcam_key {
	union {
		struct {
			u8 dst[ETH_ALEN];
			u8 src[ETH_ALEN];
			__be16 proto;
			__be16 tag_proto;
			__be16 tci;
			u8 has;
			u8 l4;
			__be16 sport;
			__be16 dport;
			u8 tos;
			u8 pad[7];
			__be32 saddr[4];
			__be32 daddr[4];
		};
		u64 word[8];
	};
};

/**
 * struct tcam_entry - an entry of the memory
 * @value: what a frame's bits shall be
 * @mask: the bits that count
 */
struct tcam_entry {
	struct tcam_key value;
	struct tcam_key mask;
};

void tcam_read(const u8 *frame, unsigned int len, bool flip,
	       struct tcam_key *key);
void tcam_set_tag(struct tcam_key *key, struct vlan_tag tag);
bool tcam_match(const struct tcam_key *key, const struct tcam_entry *entry);

#endif /* SNULL_TCAM_H */
