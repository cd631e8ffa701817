/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - frames for the tests, made from a description, byte by byte.
 *
 * This is the tests' oracle.  It shares no line with the driver, nor with the
 * kernel's checksum functions: what the driver patches, this computes afresh.
 *
 * Read next: frame.c, then wire_test.c.
 */
#ifndef SNULL_TESTS_FRAME_H
#define SNULL_TESTS_FRAME_H

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/types.h>

#define FRAME_MAX	1024	/* bytes that a test may build */
#define FRAME_EXTS	12

enum frame_sum { FRAME_FINISHED, FRAME_PARTIAL, FRAME_NONE, FRAME_FIXED };

/* IPv6 extension headers. */
enum frame_ext {
	EXT_HOP, EXT_DEST, EXT_ROUTED, EXT_ROUTING, EXT_ATOMIC,
	EXT_FRAG_FIRST, EXT_FRAG_LATER,
};

/* What a frame is to be; and, once it is built, where things are in it. */
struct frame {
	unsigned int tags;		/* VLAN tags */
	bool ip6;
	u8 proto;
	u8 saddr[16], daddr[16];	/* IPv4 uses the first 4 bytes */
	u8 last_hop[16];		/* in a routing header */
	u8 ip_words;			/* of IPv4 options */
	u16 id, frag;			/* IPv4 */
	u8 tos, ttl;
	u32 flow;			/* IPv6 */
	enum frame_ext ext[FRAME_EXTS];
	unsigned int exts;		/* used in @ext */
	u8 outer;			/* 4 or 6: in such a tunnel; or 0 */
	u16 outer_id;			/* IPv4 */

	u16 sport, dport;
	u32 seq, ack;
	u8 tcp_flags, tcp_words;	/* words of options */
	u16 window;
	u8 icmp_type;
	const struct frame *quote;	/* what an ICMP error quotes */
	unsigned int quote_len;		/* bytes of it, from the IP header */

	unsigned int payload;		/* bytes */
	unsigned int whole;		/* what lengths and sums say instead */
	u32 fill;			/* seed of the payload's bytes */
	enum frame_sum sum;		/* state of the transport checksum */
	u16 check;			/* given, if FRAME_FIXED; else found */

	unsigned int l3, l4, hdr_len, check_off, len;
};

void frame_init(struct frame *f, bool ip6, u8 proto);
void frame_random(struct frame *f, struct rnd_state *rnd);
void frame_build(struct frame *f, u8 *buf);
bool frame_flips(bool ip6, const u8 *addr);
bool frame_flip(struct frame *f);
u32 frame_add(u32 sum, const u8 *data, unsigned int len);
u16 frame_fold(u32 sum);
void frame_fix_ip4(u8 *iph);
u8 *frame_alloc(struct kunit *test, unsigned int len);
void frame_free(u8 *frame);

#endif /* SNULL_TESTS_FRAME_H */
