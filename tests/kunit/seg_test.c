// SPDX-License-Identifier: GPL-2.0-only
/*
 * seg_test.c - does the segmentation engine write the headers that Linux's
 * software segmentation would have written?
 *
 * Each segment's headers must equal those that frame.c builds for a packet
 * with just that sequence number, identification, length and flags.
 *
 * Read next: seg_bad_test.c, for packets that it must refuse.
 */
#include <linux/in.h>
#include <linux/string.h>

#include "../../snull/frame/segment.h"
#include "../../snull/frame/rewrite.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	5000

#define FIN	0x01
#define PSH	0x08
#define ACK	0x10
#define CWR	0x80

struct seg_ctx {
	struct seg seg;
	u8 pad[2] __aligned(4);
	u8 hdr[FRAME_MAX];
	u8 want[FRAME_MAX];
	bool rewrite;		/* between seg_init() and seg_next() */
};

static int seg_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct seg_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static unsigned int seg_type(const struct frame *f)
{
	if (f->proto == IPPROTO_UDP)
		return SEG_UDP;
	return f->ip6 ? SEG_TCP6 : SEG_TCP4;
}

/* Hand over the headers in memory of their own, which then is gone. */
static int seg_begin(struct kunit *test, const struct frame *f,
		     unsigned int type, unsigned int mss, unsigned int payload)
{
	struct seg_ctx *ctx = test->priv;
	u8 *hdr = frame_alloc(test, f->hdr_len);
	int err;

	memcpy(hdr, ctx->hdr, f->hdr_len);
	err = seg_init(&ctx->seg, hdr, f->hdr_len, f->l3, f->l4, type, mss,
		       payload);
	frame_free(hdr);
	return err;
}

static void seg_rewrite(struct kunit *test, const struct frame *f)
{
	struct seg_ctx *ctx = test->priv;
	struct wire_csum csum = {
		.partial = true,
		.start = f->l4,
		.offset = f->check_off - f->l4,
	};
	int verdict;

	verdict = wire_rewrite_ip(seg_header(&ctx->seg), f->hdr_len,
				  f->hdr_len + ctx->seg.mss, &csum);
	KUNIT_ASSERT_EQ(test, verdict, (int)WIRE_REWRITTEN);
}

/* Describe segment @n, which is @len bytes from @off. */
static void seg_describe(struct frame *f, unsigned int type, unsigned int n,
			 unsigned int off, unsigned int len, bool last)
{
	bool keep_cwr = type & SEG_KEEP_CWR;

	f->seq += off;
	if (!(type & SEG_FIXED_ID))
		f->id += n;
	if (!last)
		f->tcp_flags &= ~(FIN | PSH);
	if (n && !keep_cwr)
		f->tcp_flags &= ~CWR;
	f->whole = len;
}

static void seg_check(struct kunit *test, const struct frame *f,
		      unsigned int type, unsigned int mss, unsigned int payload)
{
	struct seg_ctx *ctx = test->priv;
	unsigned int off, len, n = 0;
	struct frame big = *f, one;
	u8 *out;

	big.sum = FRAME_PARTIAL;
	big.payload = 0;
	big.whole = payload;
	frame_build(&big, ctx->hdr);
	KUNIT_ASSERT_EQ(test, 0, seg_begin(test, &big, type, mss, payload));
	if (ctx->rewrite)
		seg_rewrite(test, &big);

	for (off = 0; off < payload; off += len, n++) {
		len = min(mss, payload - off);
		one = big;
		seg_describe(&one, type, n, off, len, off + len == payload);
		if (ctx->rewrite)
			frame_flip(&one);
		frame_build(&one, ctx->want);

		out = frame_alloc(test, big.hdr_len);
		KUNIT_ASSERT_EQ(test, len, seg_next(&ctx->seg, out));
		KUNIT_ASSERT_EQ_MSG(test, 0,
				    memcmp(out, ctx->want, big.hdr_len),
				    "segment %u", n);
		frame_free(out);
	}
	KUNIT_ASSERT_EQ(test, n, ctx->seg.segs);
	KUNIT_ASSERT_EQ(test, 0u, seg_next(&ctx->seg, NULL));
	KUNIT_ASSERT_EQ(test, 0u, seg_next(&ctx->seg, NULL));
}

static void seg_sizes(struct kunit *test)
{
	static const unsigned int payload[] = {
		1, 2, 1447, 1448, 1449, 2895, 2896, 2897, 14480, 65160, 65400,
	};
	struct seg_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(payload) * 8; i++) {
		frame_init(&f, i % 2, i / 2 % 2 ? IPPROTO_UDP : IPPROTO_TCP);
		f.tcp_words = 3;
		ctx->rewrite = i / 4 % 2;
		seg_check(test, &f, seg_type(&f), 1448, payload[i / 8]);
	}
	frame_init(&f, false, IPPROTO_TCP);
	seg_check(test, &f, SEG_TCP4, 1, 3000);
	seg_check(test, &f, SEG_TCP4, 65495, 2 * 65495 + 7);
	frame_init(&f, true, IPPROTO_TCP);
	seg_check(test, &f, SEG_TCP6, 65515, 65515 + 8);
	frame_init(&f, true, IPPROTO_UDP);
	seg_check(test, &f, SEG_UDP, 65527, 65527 + 8);
}

/* IPv4 options, IPv6 extension headers, TCP options, VLAN tags. */
static void seg_headers(struct kunit *test)
{
	struct seg_ctx *ctx = test->priv;
	unsigned int i, rest;
	struct frame f;

	for (i = 0; i < 2 * 2 * 2 * 3 * 11; i++) {
		ctx->rewrite = i % 2;
		frame_init(&f, i / 2 % 2,
			   i / 4 % 2 ? IPPROTO_UDP : IPPROTO_TCP);
		rest = i / 8;
		f.tags = rest % 3;
		f.tcp_words = rest / 3;
		f.ip_words = 10 - rest / 3;
		f.exts = rest / 3 % 3;
		f.ext[0] = rest / 9 % 3;
		f.ext[1] = EXT_ROUTING;
		seg_check(test, &f, seg_type(&f), 500, 1700);
	}
}

/* All 256 sets of flags, and what each segment gets of them. */
static void seg_flags(struct kunit *test)
{
	unsigned int i, type;
	struct frame f;

	for (i = 0; i < 256 * 2; i++) {
		frame_init(&f, i / 256, IPPROTO_TCP);
		f.tcp_flags = i;
		type = seg_type(&f);
		seg_check(test, &f, type, 100, 1);
		seg_check(test, &f, type, 100, 101);
		seg_check(test, &f, type, 100, 400);
		seg_check(test, &f, type | SEG_KEEP_CWR, 100, 400);
	}
}

static void seg_counters(struct kunit *test)
{
	static const u16 id[] = { 0, 1, 0x00fe, 0xfffd, 0xffff };
	unsigned int i;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(id) * 4; i++) {
		frame_init(&f, false, i % 2 ? IPPROTO_UDP : IPPROTO_TCP);
		f.id = id[i / 4];
		f.seq = 0 - 333 * (i / 4);
		f.frag = i / 2 % 2 ? 0x4000 : 0;
		seg_check(test, &f, seg_type(&f), 333, 3 * 333 + 1);
		if (f.frag)
			seg_check(test, &f, seg_type(&f) | SEG_FIXED_ID,
				  333, 3 * 333 + 1);
	}
}

static void seg_fuzz(struct kunit *test)
{
	struct seg_ctx *ctx = test->priv;
	unsigned int i, j, mss;
	struct rnd_state rnd;
	struct frame f;

	prandom_seed_state(&rnd, 64);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		f.proto = i % 3 ? IPPROTO_TCP : IPPROTO_UDP;
		f.frag &= 0x4000;
		for (j = 0; j < f.exts; j++)
			f.ext[j] %= EXT_ATOMIC;
		f.tcp_flags = prandom_u32_state(&rnd);
		ctx->rewrite = prandom_u32_state(&rnd) % 2;
		/* Up to eight segments. */
		mss = 1 + prandom_u32_state(&rnd) % 9000;
		seg_check(test, &f, seg_type(&f), mss,
			  1 + prandom_u32_state(&rnd) % min(8 * mss, 65536u));
	}
}

static struct kunit_case seg_cases[] = {
	KUNIT_CASE(seg_sizes),
	KUNIT_CASE(seg_headers),
	KUNIT_CASE(seg_flags),
	KUNIT_CASE(seg_counters),
	KUNIT_CASE(seg_fuzz),
	{}
};

struct kunit_suite seg_suite = {
	.name = "snull-seg",
	.init = seg_test_init,
	.test_cases = seg_cases,
};
