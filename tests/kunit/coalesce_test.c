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

#include "../../snull/coalesce.h"
#include "frame.h"
#include "suites.h"

#define MSS	100
#define PSH	0x08
#define ACK	0x10

struct co_ctx {
	struct coalesce_key key;
	struct wire_csum csum;
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
	fits = coalesce_parse(&ctx->key, copy, len, frame_len, &ctx->csum);
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

static struct kunit_case co_cases[] = {
	KUNIT_CASE(co_candidates),
	KUNIT_CASE(co_flags),
	KUNIT_CASE(co_not_candidates),
	{}
};

struct kunit_suite coalesce_suite = {
	.name = "snull-coalesce",
	.init = co_init,
	.test_cases = co_cases,
};
