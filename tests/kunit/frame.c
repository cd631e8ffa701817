// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c - frames for the tests, made from a description, byte by byte.
 *
 * Read next: wire_test.c, the first to use them.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "frame.h"

static const u8 addr4[2][4] = { { 192, 168, 0, 1 }, { 192, 168, 0, 2 } };
static const u8 addr6[3][16] = {
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, 8, 0, 0, 0, 0, 0, 0, 7, 6 },
};

/* Too large for the stack; suites run one after the other. */
static u8 quote_buf[FRAME_MAX];

static void put16(u8 *p, u16 value)
{
	p[0] = value >> 8;
	p[1] = value;
}

static void put32(u8 *p, u32 value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

/* Add up 16-bit big-endian words, the last one padded with zero. */
u32 frame_add(u32 sum, const u8 *data, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	return sum;
}

u16 frame_fold(u32 sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Make the IPv4 header's checksum right. */
void frame_fix_ip4(u8 *iph)
{
	put16(iph + 10, 0);
	put16(iph + 10, ~frame_fold(frame_add(0, iph, (iph[0] & 15) * 4)));
}

/* A plain frame from one end of LDD3's cable to the other. */
void frame_init(struct frame *f, bool ip6, u8 proto)
{
	*f = (struct frame){
		.ip6 = ip6, .proto = proto, .ttl = 64, .id = 0x1234,
		.sport = 40000, .dport = 5201, .seq = 0x01020304,
		.ack = 0x11223344, .tcp_flags = 0x10, .window = 502,
		.payload = 33, .fill = 1,
	};
	memcpy(f->saddr, ip6 ? addr6[0] : addr4[0], ip6 ? 16 : 4);
	memcpy(f->daddr, ip6 ? addr6[1] : addr4[1], ip6 ? 16 : 4);
	memcpy(f->last_hop, addr6[2], 16);
}

/* A frame of a random kind, with random contents. */
void frame_random(struct frame *f, struct rnd_state *rnd)
{
	static const u8 protos[2][6] = {
		{ IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMP,
		  IPPROTO_ICMPV6, 47 },
		{ IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMPV6,
		  IPPROTO_ICMP, 132 },
	};
	bool ip6 = prandom_u32_state(rnd) % 2;
	unsigned int i;

	frame_init(f, ip6, protos[ip6][prandom_u32_state(rnd) % 6]);
	f->tags = prandom_u32_state(rnd) % 3;
	/* The first byte stays: it tells what kind of address it is. */
	prandom_bytes_state(rnd, f->saddr + 1, 15);
	prandom_bytes_state(rnd, f->daddr + 1, 15);
	prandom_bytes_state(rnd, f->last_hop + 1, 15);
	f->ip_words = prandom_u32_state(rnd) % 11;
	f->tcp_words = prandom_u32_state(rnd) % 11;
	f->id = prandom_u32_state(rnd);
	f->tos = prandom_u32_state(rnd);
	f->flow = prandom_u32_state(rnd) & 0xfffff;
	f->seq = prandom_u32_state(rnd);
	f->ack = prandom_u32_state(rnd);
	f->sport = prandom_u32_state(rnd);
	f->dport = prandom_u32_state(rnd);
	f->payload = prandom_u32_state(rnd) % 200;
	f->fill = prandom_u32_state(rnd);
	f->sum = prandom_u32_state(rnd) % 3;
	if (f->sum == FRAME_NONE && f->proto != IPPROTO_UDP &&
	    f->proto != IPPROTO_UDPLITE)
		f->sum = FRAME_FINISHED;
	/* An echo's number, or an error with garbage for a quote. */
	f->icmp_type = 128 + prandom_u32_state(rnd) % 2;
	if (prandom_u32_state(rnd) % 8 == 0)
		f->frag = prandom_u32_state(rnd) & 0x3fff;
	for (i = prandom_u32_state(rnd) % 4; ip6 && i; i--)
		f->ext[f->exts++] = prandom_u32_state(rnd) % 7;
}

static u8 ext_code(enum frame_ext ext)
{
	switch (ext) {
	case EXT_HOP:
		return 0;
	case EXT_DEST:
		return 60;
	case EXT_ROUTED:
	case EXT_ROUTING:
		return 43;
	default:
		return 44;
	}
}

static unsigned int put_ext(u8 *p, enum frame_ext ext, const struct frame *f)
{
	switch (ext) {
	case EXT_HOP:
		put16(p + 2, 0x0104);		/* PadN */
		return 8;
	case EXT_DEST:
		p[1] = 1;
		put16(p + 2, 0x010c);
		return 16;
	case EXT_ROUTED:
	case EXT_ROUTING:
		p[1] = 2;
		p[2] = 2;			/* type 2: one address */
		p[3] = ext == EXT_ROUTING;	/* segments left */
		memcpy(p + 8, f->last_hop, 16);
		return 24;
	default:
		p[1] = 7;			/* reserved, not a length */
		if (ext == EXT_FRAG_FIRST)
			p[3] = 1;		/* more fragments */
		if (ext == EXT_FRAG_LATER)
			put16(p + 2, 0x0101);
		put32(p + 4, 0xdeadbeef);
		return 8;
	}
}

/* Return: whether the destination that checksums cover is the last hop. */
static bool build_ip6(struct frame *f, u8 *buf, bool *later)
{
	u8 *p = buf + f->l3, *next = p + 6;
	bool routing = false;
	unsigned int i;

	put32(p, 6u << 28 | f->tos << 20 | f->flow);
	p[7] = f->ttl;
	memcpy(p + 8, f->saddr, 16);
	memcpy(p + 24, f->daddr, 16);
	p += 40;
	for (i = 0; i < f->exts && !*later; i++) {
		*next = ext_code(f->ext[i]);
		next = p;
		p += put_ext(p, f->ext[i], f);
		routing |= f->ext[i] == EXT_ROUTING;
		*later = f->ext[i] == EXT_FRAG_LATER;
	}
	*next = f->proto;
	f->l4 = p - buf;
	return routing;
}

static void build_ip4(struct frame *f, u8 *buf)
{
	u8 *p = buf + f->l3;

	p[0] = 0x45 + f->ip_words;
	p[1] = f->tos;
	put16(p + 4, f->id);
	put16(p + 6, f->frag);
	p[8] = f->ttl;
	p[9] = f->proto;
	memcpy(p + 12, f->saddr, 4);
	memcpy(p + 16, f->daddr, 4);
	memset(p + 20, 1, f->ip_words * 4);	/* no operation */
	f->l4 = f->l3 + 20 + f->ip_words * 4;
}

/* The header of the tunnel that @f is in.  Return: its length. */
static unsigned int build_outer(const struct frame *f, u8 *p)
{
	if (f->outer == 6) {
		put32(p, 6u << 28 | f->tos << 20 | f->flow);
		p[6] = f->ip6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
		p[7] = f->ttl;
		memcpy(p + 8, addr6[1], 16);
		memcpy(p + 24, addr6[2], 16);
		return 40;
	}
	p[0] = 0x45;
	p[1] = f->tos;
	put16(p + 4, f->outer_id);
	put16(p + 6, 0x4000);
	p[8] = f->ttl;
	p[9] = f->ip6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	memcpy(p + 12, addr4[1], 4);
	memcpy(p + 16, addr4[0], 4);
	return 20;
}

/* Its length, and what follows from that; @whole is of all that is behind. */
static void build_outer_len(const struct frame *f, u8 *p, unsigned int whole)
{
	put16(p + (f->outer == 6 ? 4 : 2),
	      whole + (f->outer == 6 ? 0 : 20));
	if (f->outer == 4)
		frame_fix_ip4(p);
}

/* Return: length of the transport header. */
static unsigned int build_l4(struct frame *f, u8 *p, unsigned int whole)
{
	switch (f->proto) {
	case IPPROTO_TCP:
		put16(p, f->sport);
		put16(p + 2, f->dport);
		put32(p + 4, f->seq);
		put32(p + 8, f->ack);
		p[12] = (5 + f->tcp_words) << 4;
		p[13] = f->tcp_flags;
		put16(p + 14, f->window);
		memset(p + 20, 1, f->tcp_words * 4);
		f->check_off = f->l4 + 16;
		return 20 + f->tcp_words * 4;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		put16(p, f->sport);
		put16(p + 2, f->dport);
		put16(p + 4, f->proto == IPPROTO_UDP ? 8 + whole : 0);
		f->check_off = f->l4 + 6;
		return 8;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		p[0] = f->icmp_type;
		put32(p + 4, 0x00050006);
		if (f->proto == (f->ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
			f->check_off = f->l4 + 2;
		return 8;
	default:
		return 0;
	}
}

static void build_payload(struct frame *f, u8 *p)
{
	struct rnd_state rnd;

	if (f->quote) {
		struct frame quote = *f->quote;

		quote.tags = 0;
		frame_build(&quote, quote_buf);
		f->payload = min(f->quote_len, quote.len - quote.l3);
		memcpy(p, quote_buf + quote.l3, f->payload);
		return;
	}
	prandom_seed_state(&rnd, f->fill);
	prandom_bytes_state(&rnd, p, f->payload);
}

static void build_check(struct frame *f, u8 *buf, bool routing,
			unsigned int whole)
{
	unsigned int l4_len = f->hdr_len - f->l4 + whole;
	unsigned int alen = f->ip6 ? 16 : 4;
	u32 sum = 0;

	if (f->proto != IPPROTO_ICMP) {
		sum = frame_add(sum, f->saddr, alen);
		sum = frame_add(sum, routing ? f->last_hop : f->daddr, alen);
		sum += f->proto + (l4_len >> 16) + (l4_len & 0xffff);
	}
	if (f->sum == FRAME_FINISHED) {
		sum = frame_add(sum, buf + f->l4, f->len - f->l4);
		f->check = ~frame_fold(sum);
		if (!f->check && f->proto != IPPROTO_TCP &&
		    f->check_off == f->l4 + 6)
			f->check = 0xffff;
	} else if (f->sum == FRAME_PARTIAL) {
		f->check = frame_fold(sum);
	} else if (f->sum == FRAME_NONE) {
		f->check = 0;
	}
	put16(buf + f->check_off, f->check);
}

/* Write the frame that @f describes to @buf, which has FRAME_MAX bytes. */
void frame_build(struct frame *f, u8 *buf)
{
	unsigned int whole = f->whole ?: f->payload, i;
	bool later = !f->ip6 && f->frag & 0x1fff, routing = false;
	u8 *p = buf + 2 * ETH_ALEN, *outer;

	memset(buf, 0, FRAME_MAX);
	memcpy(buf, "\0SNUL1\0SNUL0", 2 * ETH_ALEN);
	for (i = 0; i < f->tags; i++, p += 4)
		put32(p, i + 1 < f->tags ? 0x88a80064 : 0x81000005);
	put16(p, (f->outer ?: f->ip6 ? 6 : 4) == 6 ? 0x86dd : 0x0800);
	outer = p + 2;
	f->l3 = outer - buf;
	if (f->outer)
		f->l3 += build_outer(f, outer);

	if (f->ip6)
		routing = build_ip6(f, buf, &later);
	else
		build_ip4(f, buf);
	f->check_off = 0;
	f->hdr_len = f->l4;
	if (!later)
		f->hdr_len += build_l4(f, buf + f->l4, whole);
	build_payload(f, buf + f->hdr_len);
	if (f->quote)
		whole = f->payload;
	f->len = f->hdr_len + f->payload;

	if (f->ip6) {
		put16(buf + f->l3 + 4, f->hdr_len - f->l3 - 40 + whole);
	} else {
		put16(buf + f->l3 + 2, f->hdr_len - f->l3 + whole);
		frame_fix_ip4(buf + f->l3);
	}
	if (f->outer)
		build_outer_len(f, outer, f->hdr_len - f->l3 + whole);
	if (f->check_off)
		build_check(f, buf, routing, whole);
}

/* Does the wire change this address? */
bool frame_flips(bool ip6, const u8 *addr)
{
	static const u8 zero[16];

	if (!ip6)
		return !(addr[0] == 127 || (addr[0] & 0xf0) == 0xe0 ||
			 (!memcmp(addr, "\xff\xff", 2) && addr[2] >= 0xfe &&
			  addr[3] == 0xff) ||
			 (!memcmp(addr, zero, 2) && addr[2] < 2 && !addr[3]));
	return !(addr[0] == 0xff ||
		 (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) ||
		 (!memcmp(addr, zero, 7) && addr[7] < 2 &&
		  !memcmp(addr + 8, zero, 7) && addr[15] < 2));
}

/* Make @f what it should be at the other end of the wire. */
bool frame_flip(struct frame *f)
{
	unsigned int at = f->ip6 ? 7 : 2;
	bool src = frame_flips(f->ip6, f->saddr);
	bool dst = frame_flips(f->ip6, f->daddr);

	f->saddr[at] ^= src;
	f->daddr[at] ^= dst;
	return src || dst;
}

/*
 * Memory for exactly @len bytes of frame, so that KASAN sees the first byte
 * read behind it; the IP header is where NET_IP_ALIGN wants it.
 */
u8 *frame_alloc(struct kunit *test, unsigned int len)
{
	u8 *buf = kmalloc(len + 2, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	return buf + 2;
}

/* A test that fails in between leaks it, but that is the least of its cares. */
void frame_free(u8 *frame)
{
	kfree(frame - 2);
}
