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

/**
 * struct frame - what a frame is to be, and, once built, where things are
 * @payload: bytes behind the transport header, or behind IP if @frag
 * @fill: seed of the payload's bytes
 * @whole: payload bytes that lengths and checksums speak of, if not @payload
 * @sum: state of the transport checksum; FRAME_FIXED takes it from @check
 * @quote: packet that an ICMP error quotes
 * @quote_len: how many bytes of it
 * @len: bytes in the frame
 */
struct frame {
	unsigned int tags;
	bool ip6;
	u8 proto;
	u8 saddr[16], daddr[16], last_hop[16];
	u8 ip_words;
	u16 id, frag;
	u8 tos, ttl;
	u32 flow;
	enum frame_ext ext[FRAME_EXTS];
	unsigned int exts;

	u16 sport, dport;
	u32 seq, ack;
	u8 tcp_flags, tcp_words;
	u16 window;
	u8 icmp_type;
	const struct frame *quote;
	unsigned int quote_len;

	unsigned int payload;
	unsigned int whole;
	u32 fill;
	enum frame_sum sum;
	u16 check;

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
