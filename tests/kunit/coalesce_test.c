// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce_test.c - which frames may be part of a coalesced one?
 *
 * Read next: coalesce_match_test.c, which of them go together.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../snull/frame/coalesce.h"
#include "frame.h"
#include "suites.h"

#define MSS	100
#define PSH	0x08
#define ACK	0x10
#define CWR	0x80

struct co_ctx {
	struct coalesce_key key;
	struct wire_csum csum;
	u32 may;
	u8 pad[2] __aligned(4);
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
	fits = coalesce_parse(&ctx->key, copy, len, frame_len, &ctx->csum,
			      ctx->may);
	frame_free(copy);
	return fits;
}

static void co_build(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	frame_build(f, ctx->next);
	ctx->csum = (struct wire_csum){
		.partial = f->sum == FRAME_PARTIAL,
		.start = f->l4,
		.offset = 16,
	};
}

static bool co_parse_next(struct kunit *test, const struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	return co_parse_len(test, ctx->next, f->len, f->len);
}

static bool co_parse(struct kunit *test, struct frame *f)
{
	co_build(test, f);
	return co_parse_next(test, f);
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
		KUNIT_EXPECT_EQ(test, ctx->key.at.kind,
				(u8)(f.ip6 ? 0 : COALESCE_IP4));
		KUNIT_EXPECT_EQ(test, ctx->key.psh, !!(f.tcp_flags & PSH));
		KUNIT_EXPECT_FALSE(test, ctx->key.finished);

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

/* In a tunnel, or behind options: in view, and of the length that fits. */
static void co_inside(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, len, l3;
	struct frame f;

	ctx->may = COALESCE_MAY_HOP;
	for (i = 0; i < 3 * 3 * 2; i++) {
		co_frame(&f, i % 2);
		f.outer = i / 6 ? 2 + 2 * (i / 6) : 0;
		f.exts = f.ip6 ? i / 2 % 3 : 0;
		f.ext[0] = f.exts == 2 ? EXT_HOP : EXT_DEST;
		f.ext[1] = EXT_DEST;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_EXPECT_EQ(test, ctx->key.payload, (u16)MSS);
		KUNIT_EXPECT_EQ(test, ctx->key.hdr_len, (u16)f.hdr_len);
		KUNIT_EXPECT_EQ(test, ctx->key.at.l3, (u16)f.l3);
		KUNIT_EXPECT_EQ(test, ctx->key.at.l4, (u16)f.l4);
		for (len = 0; len <= f.len; len++)
			KUNIT_ASSERT_EQ(test, len >= f.hdr_len,
					co_parse_len(test, ctx->next, len,
						     f.len));
		for (l3 = ETH_HLEN; ; l3 = f.l3) {
			/* The low byte of the length: any other is wrong. */
			bool ip6 = ctx->next[l3] >> 4 == 6;

			for (len = 1; len < 256; len++) {
				ctx->next[l3 + (ip6 ? 5 : 3)] ^= len;
				if (!ip6)
					frame_fix_ip4(ctx->next + l3);
				KUNIT_ASSERT_FALSE(test,
						   co_parse_next(test, &f));
				co_build(test, &f);
			}
			if (l3 == f.l3)
				break;
		}
		ctx->may = 0;
		KUNIT_EXPECT_EQ(test, f.exts < 2, co_parse_next(test, &f));
		ctx->may = COALESCE_MAY_HOP;
	}
}

/* Garbage behind the headers that lead inside: nothing beyond it is read. */
static void co_inside_bad(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct rnd_state rnd;
	struct frame f;
	unsigned int i;
	u32 flow;

	ctx->may = COALESCE_MAY_HOP;
	prandom_seed_state(&rnd, 9);
	for (i = 0; i < 20000; i++) {
		u8 *copy;

		co_frame(&f, i % 2);
		f.outer = i / 2 % 2 ? 4 : 6;
		f.exts = f.ip6;
		f.ext[0] = EXT_DEST;
		co_build(test, &f);
		ctx->next[ETH_HLEN + prandom_u32_state(&rnd) %
			  (f.hdr_len - ETH_HLEN)] = prandom_u32_state(&rnd);
		f.len = ETH_HLEN + prandom_u32_state(&rnd) %
			(f.len - ETH_HLEN + 1);
		co_parse_len(test, ctx->next, f.len, f.len);
		copy = frame_alloc(test, f.len);
		memcpy(copy, ctx->next, f.len);
		coalesce_order_of(copy, f.len, &flow);
		frame_free(copy);
	}
}

static void co_flags(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;
	bool fits;

	for (i = 0; i < 256 * 2 * 2; i++) {
		co_frame(&f, i / 256 % 2);
		f.tcp_flags = i;
		ctx->may = i / 512 ? COALESCE_MAY_CWR : 0;
		fits = (f.tcp_flags & ~PSH) == ACK ||
		       (ctx->may && (f.tcp_flags & ~PSH) == (ACK | CWR));
		KUNIT_EXPECT_EQ_MSG(test, fits, co_parse(test, &f), "flags %x",
				    i);
	}
	/* The header's length, and the reserved bits beside it. */
	for (i = 0; i < 256; i++) {
		co_frame(&f, false);
		co_build(test, &f);
		ctx->next[f.l4 + 12] = i;
		KUNIT_EXPECT_EQ_MSG(test, i % 16 == 0 && i / 16 >= 5,
				    co_parse_next(test, &f),
				    "data offset %x", i);
	}
	/* A header that ends behind the frame, though within the buffer. */
	f.tcp_words = 0;
	f.payload = 39;
	co_build(test, &f);
	ctx->next[f.l4 + 12] = 0xf0;
	KUNIT_EXPECT_FALSE(test, co_parse_len(test, ctx->next, 256, f.len));
}

static void co_not_candidates(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < 2 * 7; i++) {
		co_frame(&f, i % 2);
		switch (i / 2) {
		case 0:
			f.payload = 0;
			break;
		case 1:
			f.tags = 1;
			break;
		case 2:
			f.proto = IPPROTO_UDP;
			break;
		case 3:
			f.ip_words = 1;
			f.ext[f.exts++] = EXT_ROUTED;
			break;
		case 4:
			f.frag = 0x2000;
			f.ext[f.exts++] = EXT_FRAG_FIRST;
			break;
		case 5:
			f.frag = 0x4001;
			f.ext[f.exts++] = EXT_FRAG_LATER;
			break;
		case 6:
			f.frag = 0xc000;
			f.ext[f.exts++] = EXT_ATOMIC;
			break;
		}
		KUNIT_EXPECT_FALSE_MSG(test, co_parse(test, &f), "case %u", i);
	}
	co_frame(&f, false);
	co_build(test, &f);
	for (i = 0; i < 8; i++) {
		ctx->next[f.l3 + 10] ^= 1 << i;
		KUNIT_EXPECT_FALSE(test, co_parse_next(test, &f));
		ctx->next[f.l3 + 10] ^= 1 << i;
		ctx->next[12 + i / 4] ^= 1 << i;
		KUNIT_EXPECT_FALSE(test, co_parse_next(test, &f));
		ctx->next[12 + i / 4] ^= 1 << i;
	}
	ctx->csum.start += 4;
	KUNIT_EXPECT_FALSE(test, co_parse_next(test, &f));
	ctx->csum.start -= 4;
	ctx->csum.offset = 6;
	KUNIT_EXPECT_FALSE(test, co_parse_next(test, &f));
}

/* Frames that the wire pads, or that were padded before. */
static void co_padding(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct coalesce_agg agg;
	unsigned int len;
	struct frame f;

	for (len = 0; len < 9; len++) {
		co_frame(&f, false);
		f.tcp_words = 0;
		f.payload = len;
		KUNIT_ASSERT_EQ(test, len > 0, co_parse(test, &f));
		KUNIT_EXPECT_EQ(test, len > 0 && f.len <= 60,
				co_parse_len(test, ctx->next, max(f.len, 60u),
					     60));
		/* Padding of any other length is none. */
		KUNIT_EXPECT_EQ(test, f.len == 61,
				co_parse_len(test, ctx->next, 61, 61));
		if (!len)
			continue;
		KUNIT_ASSERT_TRUE(test, co_parse_next(test, &f));
		KUNIT_EXPECT_EQ(test, ctx->key.payload, (u16)len);
		coalesce_start(&agg, &ctx->key, 0);
		KUNIT_EXPECT_EQ(test, agg.closed, f.len < 60);
	}
}

static __wsum co_payload_sum(const struct frame *f, const u8 *data)
{
	u16 sum = frame_fold(frame_add(0, data + f->hdr_len, f->payload));

	return (__force __wsum)htons(sum);
}

/* A finished checksum becomes the partial one that it could have been. */
static void co_finished(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	u8 *partial = kunit_kzalloc(test, FRAME_MAX, GFP_KERNEL);
	u8 *came = kunit_kzalloc(test, FRAME_MAX, GFP_KERNEL);
	struct coalesce_agg agg;
	unsigned int i, bit;
	struct frame f;
	__wsum sum;

	KUNIT_ASSERT_NOT_NULL(test, partial);
	KUNIT_ASSERT_NOT_NULL(test, came);
	for (i = 0; i < 200; i++) {
		co_frame(&f, i % 2);
		f.payload = 50 + i / 2;
		f.fill = i;
		frame_build(&f, partial);
		f.sum = FRAME_FINISHED;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_EXPECT_TRUE(test, ctx->key.finished);
		memcpy(came, ctx->next, FRAME_MAX);
		sum = co_payload_sum(&f, ctx->next);

		bit = i % 16;
		ctx->next[f.check_off + bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_FALSE(test, coalesce_verify(&ctx->key, ctx->next,
							 sum));
		ctx->next[f.check_off + bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->next, came, f.len));

		KUNIT_EXPECT_TRUE(test, coalesce_verify(&ctx->key, ctx->next,
							sum));
		KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->next, partial, f.len));
		/* Alone, it is given to the host as it came. */
		coalesce_start(&agg, &ctx->key, 0);
		KUNIT_EXPECT_EQ(test, 0u, coalesce_finish(ctx->next, &agg));
		KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->next, came, f.len));
	}
}

static struct kunit_case co_cases[] = {
	KUNIT_CASE(co_candidates),
	KUNIT_CASE(co_inside),
	KUNIT_CASE(co_inside_bad),
	KUNIT_CASE(co_flags),
	KUNIT_CASE(co_not_candidates),
	KUNIT_CASE(co_padding),
	KUNIT_CASE(co_finished),
	{}
};

struct kunit_suite coalesce_suite = {
	.name = "snull-coalesce",
	.init = co_init,
	.test_cases = co_cases,
};
