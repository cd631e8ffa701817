// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce_test.c - which segments may be put together, and which may not?
 *
 * Read next: coalesce_run_test.c, for what comes of it.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../snull/coalesce.h"
#include "frame.h"
#include "suites.h"

#define MSS	100
#define PSH	0x08
#define ACK	0x10

struct co_ctx {
	struct coalesce_key key;
	struct coalesce_agg agg;
	struct wire_csum csum;
	u8 pad[2] __aligned(4);
	u8 head[FRAME_MAX];
	u8 next[FRAME_MAX];
};

static int co_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct co_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void co_frame(struct frame *f, bool ip6)
{
	frame_init(f, ip6, IPPROTO_TCP);
	f->sum = FRAME_PARTIAL;
	f->payload = MSS;
	f->tcp_words = 3;
	f->frag = 0x4000;
}

/* Ask about @len bytes of @data, in memory of just that length. */
static bool co_parse_len(struct kunit *test, const u8 *data, unsigned int len,
			 unsigned int frame_len)
{
	struct co_ctx *ctx = test->priv;
	u8 *copy = frame_alloc(test, len);
	bool fits;

	memcpy(copy, data, len);
	fits = coalesce_parse(&ctx->key, copy, len, frame_len, &ctx->csum);
	frame_free(copy);
	return fits;
}

static void co_build(struct kunit *test, struct frame *f, u8 *data)
{
	struct co_ctx *ctx = test->priv;

	frame_build(f, data);
	ctx->csum = (struct wire_csum){
		.partial = f->sum == FRAME_PARTIAL,
		.start = f->l4,
		.offset = 16,
	};
}

static bool co_parse(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	co_build(test, f, ctx->next);
	return co_parse_len(test, ctx->next, f->len, f->len);
}

static void co_candidates(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, len;
	struct frame f;

	for (i = 0; i < 2 * 2 * 11; i++) {
		co_frame(&f, i % 2);
		f.tcp_words = i / 4;
		f.tcp_flags |= i / 2 % 2 ? PSH : 0;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_EXPECT_EQ(test, ctx->key.seq, f.seq);
		KUNIT_EXPECT_EQ(test, ctx->key.payload, (u16)MSS);
		KUNIT_EXPECT_EQ(test, ctx->key.id, (u16)(f.ip6 ? 0 : f.id));
		KUNIT_EXPECT_EQ(test, ctx->key.hdr_len, (u16)f.hdr_len);
		KUNIT_EXPECT_EQ(test, ctx->key.ip4, !f.ip6);
		KUNIT_EXPECT_EQ(test, ctx->key.psh, !!(f.tcp_flags & PSH));

		/* All of the headers, but no more, must be in view. */
		for (len = 0; len <= f.len; len++)
			KUNIT_ASSERT_EQ(test, len >= f.hdr_len,
					co_parse_len(test, ctx->next, len,
						     f.len));
		for (len = 0; len < f.len + 8; len++)
			KUNIT_ASSERT_EQ(test, len == f.len,
					co_parse_len(test, ctx->next,
						     min(len, f.len), len));
	}
}

static void co_flags(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < 256 * 2; i++) {
		co_frame(&f, i / 256);
		f.tcp_flags = i;
		KUNIT_EXPECT_EQ_MSG(test, (f.tcp_flags & ~PSH) == ACK,
				    co_parse(test, &f), "flags %x", i);
	}
	/* The header's length, and the reserved bits beside it. */
	for (i = 0; i < 256; i++) {
		co_frame(&f, false);
		co_build(test, &f, ctx->next);
		ctx->next[f.l4 + 12] = i;
		KUNIT_EXPECT_EQ_MSG(test, i % 16 == 0 && i / 16 >= 5,
				    co_parse_len(test, ctx->next, f.len, f.len),
				    "data offset %x", i);
	}
}

static void co_not_candidates(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, ip6;
	struct frame f;

	for (i = 0; i < 2 * 9; i++) {
		ip6 = i % 2;
		co_frame(&f, ip6);
		switch (i / 2) {
		case 0:
			f.payload = 0;
			break;
		case 1:
			f.sum = FRAME_FINISHED;
			break;
		case 2:
			f.tags = 1;
			break;
		case 3:
			f.proto = IPPROTO_UDP;
			break;
		case 4:
			f.ip_words = 1;
			f.ext[f.exts++] = EXT_DEST;
			break;
		case 5:
			f.frag = 0x2000;
			f.ext[f.exts++] = EXT_FRAG_FIRST;
			break;
		case 6:
			f.frag = 0x4001;
			f.ext[f.exts++] = EXT_FRAG_LATER;
			break;
		case 7:
			f.frag = 0xc000;
			f.ext[f.exts++] = EXT_ATOMIC;
			break;
		case 8:
			/* 59 bytes, with padding 60. */
			f.payload = 5;
			f.tcp_words = 0;
			KUNIT_EXPECT_EQ(test, (bool)ip6, co_parse(test, &f));
			continue;
		}
		KUNIT_EXPECT_FALSE_MSG(test, co_parse(test, &f), "case %u", i);
	}
	co_frame(&f, false);
	co_build(test, &f, ctx->next);
	for (i = 0; i < 8; i++) {
		ctx->next[f.l3 + 10] ^= 1 << i;
		KUNIT_EXPECT_FALSE(test, co_parse_len(test, ctx->next, f.len,
						      f.len));
		ctx->next[f.l3 + 10] ^= 1 << i;
		ctx->next[12 + i / 4] ^= 1 << i;
		KUNIT_EXPECT_FALSE(test, co_parse_len(test, ctx->next, f.len,
						      f.len));
		ctx->next[12 + i / 4] ^= 1 << i;
	}
	ctx->csum.start ^= 4;
	KUNIT_EXPECT_FALSE(test, co_parse_len(test, ctx->next, f.len, f.len));
	ctx->csum.start ^= 4;
	ctx->csum.offset = 6;
	KUNIT_EXPECT_FALSE(test, co_parse_len(test, ctx->next, f.len, f.len));
}

/* ---- runs ------------------------------------------------------------------ */

/* Start a run with @f. */
static void co_start(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	KUNIT_ASSERT_TRUE(test, co_parse(test, f));
	memcpy(ctx->head, ctx->next, FRAME_MAX);
	coalesce_start(&ctx->agg, &ctx->key);
}

/* May @f follow?  If so, it does. */
static bool co_follow(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	if (!co_parse(test, f) ||
	    !coalesce_match(ctx->head, &ctx->agg, ctx->next, &ctx->key))
		return false;
	coalesce_append(&ctx->agg, &ctx->key);
	return true;
}

/* The frame that may follow the run. */
static void co_next(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	f->seq = ctx->agg.next_seq;
	f->id = ctx->agg.id + ctx->agg.segs;
}

/* Flip each bit of a segment's headers: only PSH may be another. */
static void co_every_bit(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, n, bit, fit;
	struct frame f;

	for (i = 0; i < 4; i++) {
		co_frame(&f, i % 2);
		f.frag = 0;	/* with DF, the same identification may do */
		co_start(test, &f);
		co_next(test, &f);
		f.payload -= i / 2;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_ASSERT_TRUE(test, coalesce_match(ctx->head, &ctx->agg,
						       ctx->next, &ctx->key));
		for (n = 0, fit = 0; n < f.hdr_len * 8; n++) {
			bit = 1 << n % 8;
			ctx->next[n / 8] ^= bit;
			if (!f.ip6 && n / 80 != (f.l3 + 10) / 10)
				frame_fix_ip4(ctx->next + f.l3);
			if (co_parse_len(test, ctx->next, f.len, f.len) &&
			    coalesce_match(ctx->head, &ctx->agg, ctx->next,
					   &ctx->key)) {
				KUNIT_EXPECT_EQ(test, n, f.l4 * 8 + 13 * 8 + 3);
				fit++;
			}
			frame_build(&f, ctx->next);
		}
		KUNIT_EXPECT_EQ(test, fit, 1u);
	}
}

static void co_ids(struct kunit *test)
{
	static const struct {
		u16 first, second, third, frag;
		bool fits2, fits3;
	} run[] = {
		{ 5, 6, 7, 0x0000, true, true },
		{ 5, 6, 7, 0x4000, true, true },
		{ 5, 5, 5, 0x4000, true, true },
		{ 5, 5, 5, 0x0000, false, false },
		{ 5, 5, 6, 0x4000, true, false },
		{ 5, 5, 7, 0x4000, true, false },
		{ 5, 6, 6, 0x4000, true, false },
		{ 5, 6, 5, 0x4000, true, false },
		{ 5, 6, 8, 0x0000, true, false },
		{ 5, 7, 9, 0x4000, false, false },
		{ 5, 4, 3, 0x4000, false, false },
		{ 0xfffe, 0xffff, 0, 0x0000, true, true },
		{ 0xffff, 0, 1, 0x4000, true, true },
		{ 0, 0, 0, 0x4000, true, true },
	};
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(run); i++) {
		co_frame(&f, false);
		f.id = run[i].first;
		f.frag = run[i].frag;
		co_start(test, &f);
		f.id = run[i].second;
		f.seq = ctx->agg.next_seq;
		KUNIT_EXPECT_EQ_MSG(test, run[i].fits2, co_follow(test, &f),
				    "run %u", i);
		if (!run[i].fits2)
			continue;
		f.id = run[i].third;
		f.seq = ctx->agg.next_seq;
		KUNIT_EXPECT_EQ_MSG(test, run[i].fits3, co_follow(test, &f),
				    "run %u", i);
	}
}

static void co_closing(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f, psh;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		co_frame(&f, i);
		psh = f;
		psh.tcp_flags |= PSH;
		/* PSH on the first segment, on the second; a short one. */
		co_start(test, &psh);
		KUNIT_EXPECT_TRUE(test, ctx->agg.closed);
		co_next(test, &f);
		KUNIT_EXPECT_FALSE(test, co_follow(test, &f));

		co_start(test, &f);
		KUNIT_EXPECT_FALSE(test, ctx->agg.closed);
		co_next(test, &psh);
		KUNIT_EXPECT_TRUE(test, co_follow(test, &psh));
		KUNIT_EXPECT_TRUE(test, ctx->agg.closed);
		co_next(test, &f);
		KUNIT_EXPECT_FALSE(test, co_follow(test, &f));

		co_start(test, &f);
		co_next(test, &f);
		f.payload = MSS + 1;
		KUNIT_EXPECT_FALSE(test, co_follow(test, &f));
		f.payload = MSS - 1;
		KUNIT_EXPECT_TRUE(test, co_follow(test, &f));
		KUNIT_EXPECT_TRUE(test, ctx->agg.closed);
		co_next(test, &f);
		KUNIT_EXPECT_FALSE(test, co_follow(test, &f));
	}
}

/* The result must fit IP's 16-bit length. */
static void co_full(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		co_frame(&f, i);
		co_start(test, &f);
		do {
			co_next(test, &f);
		} while (co_follow(test, &f));
		KUNIT_EXPECT_EQ(test, ctx->agg.segs,
				(u16)((65535 - f.hdr_len) / MSS));
		KUNIT_EXPECT_EQ(test, ctx->agg.bytes,
				(u32)ctx->agg.segs * MSS);
		f.payload = 65535 - f.hdr_len - ctx->agg.bytes;
		KUNIT_EXPECT_TRUE(test, co_follow(test, &f));
	}
}

static struct kunit_case co_cases[] = {
	KUNIT_CASE(co_candidates),
	KUNIT_CASE(co_flags),
	KUNIT_CASE(co_not_candidates),
	KUNIT_CASE(co_every_bit),
	KUNIT_CASE(co_ids),
	KUNIT_CASE(co_closing),
	KUNIT_CASE(co_full),
	{}
};

struct kunit_suite coalesce_suite = {
	.name = "snull-coalesce",
	.init = co_init,
	.test_cases = co_cases,
};
