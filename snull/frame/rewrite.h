/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rewrite.h - LDD3's wire trick: what happens to a frame's addresses in transit.
 *
 * Read next: rewrite.c, then nic/store.c, which calls it.
 */
#ifndef SNULL_REWRITE_H
#define SNULL_REWRITE_H

#include <linux/types.h>

struct in6_addr;

/*
 * Show wire_rewrite_ip() this much of a frame, or all of it if it is shorter.
 * Two VLAN tags, IPv4 with all its options and an ICMP error's quote take 110
 * bytes; the rest is for IPv6 extension headers.
 */
#define WIRE_LOOK_MAX		256

/**
 * struct wire_csum - what a transmit descriptor says about checksums
 * @start: offset in the frame from which the hardware has to sum
 * @offset: offset from @start of the 16-bit field that takes the result
 * @partial: that field holds the sum of the pseudo header only, as
 *	CHECKSUM_PARTIAL has it; @start and @offset count only then
 */
struct wire_csum {
	u16 start;
	u16 offset;
	bool partial;
};

/**
 * enum wire_verdict - what wire_rewrite_ip() did
 * @WIRE_PASSED: nothing: not IP, or no address that may be changed
 * @WIRE_REWRITTEN: changed an address, and the checksums that cover it
 * @WIRE_MALFORMED: nothing: the headers lie, or go on beyond what it was shown
 */
enum wire_verdict {
	WIRE_PASSED,
	WIRE_REWRITTEN,
	WIRE_MALFORMED,
};

enum wire_verdict wire_rewrite_ip(u8 *frame, unsigned int len,
				  unsigned int frame_len,
				  const struct wire_csum *csum);
unsigned int wire_find_check(const u8 *frame, unsigned int len,
			     unsigned int frame_len);
unsigned int wire_find_l3(const u8 *frame, unsigned int len, __be16 *proto);
__be32 wire_flip_addr4(__be32 addr);
__be32 wire_flip_addr6(const struct in6_addr *addr);
u32 wire_mc_hash(const u8 *addr);

#endif /* SNULL_REWRITE_H */
