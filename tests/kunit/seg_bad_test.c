// SPDX-License-Identifier: GPL-2.0-only
/*
 * seg_bad_test.c - large packets that the segmentation engine must refuse.
 *
 * Read next: coalesce_test.c.
 */
#include <linux/in.h>
#include <linux/string.h>

#include "../../snull/frame/segment.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	5000

struct seg_bad_ctx {
	struct seg seg;
	u8 pad[2] __aligned(4);
	u8 hdr[FRAME_MAX];
};

static int seg_bad_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct seg_bad_ctx),
				   GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* Hand over the headers in memory of just their length. */
static int seg_take(struct kunit *test, const struct frame *f,
		    unsigned int type, unsigned int mss, unsigned int payload)
{
	struct seg_bad_ctx *ctx = test->priv;
	u8 *hdr = frame_alloc(test, f->hdr_len);
	int err;

	memcpy(hdr, ctx->hdr, f->hdr_len);
	err = seg_init(&ctx->seg, hdr, f->hdr_len, f->l3, f->l4, type, mss,
		       payload);
	frame_free(hdr);
	return err;
}

static void seg_bad_sizes(struct kunit *test)
{
	struct seg_bad_ctx *ctx = test->priv;
	static const struct {
		unsigned int mss, payload;
	} bad[] = {
		{ 0, 100 }, { 100, 0 }, { 0, 0 }, { 65496, 1000000 },
		{ 65536, 70000 }, { ~0u, ~0u }, { 1, 65536 },
		{ 100, 6553501 }, { 65495, ~0u }, { 0x80000000, 5 },
	};
	struct frame f;
	unsigned int i;

	frame_init(&f, false, IPPROTO_TCP);
	frame_build(&f, ctx->hdr);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    seg_take(test, &f, SEG_TCP4,
					     bad[i].mss, bad[i].payload),
				    "%u of %u", bad[i].mss, bad[i].payload);
	KUNIT_EXPECT_EQ(test, 0, seg_take(test, &f, SEG_TCP4, 1, 65535));
	KUNIT_EXPECT_EQ(test, 0,
			seg_take(test, &f, SEG_TCP4, 65495, 65496));
	frame_init(&f, true, IPPROTO_UDP);
	frame_build(&f, ctx->hdr);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			seg_take(test, &f, SEG_UDP, 65528, 65535));
}

static void seg_bad_types(struct kunit *test)
{
	static const unsigned int type[] = {
		0, SEG_TCP6, SEG_UDP, BIT(8),
		SEG_TCP4 | SEG_TCP6, SEG_TCP4 | SEG_UDP,
		SEG_TCP4 | BIT(5),
		SEG_TCP4 | BIT(6),
		SEG_TCP4 | BIT(7),
		SEG_TCP4 | SEG_FIXED_ID,	/* without DF */
	};
	struct seg_bad_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	frame_init(&f, false, IPPROTO_TCP);
	frame_build(&f, ctx->hdr);
	for (i = 0; i < ARRAY_SIZE(type); i++) {
		/* What the last packet was says nothing of this one. */
		KUNIT_EXPECT_EQ(test, 0,
				seg_take(test, &f, SEG_TCP4, 10, 30));
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    seg_take(test, &f, type[i], 10, 30),
				    "type %x", type[i]);
	}
	frame_init(&f, true, IPPROTO_UDP);
	frame_build(&f, ctx->hdr);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			seg_take(test, &f, SEG_TCP6, 10, 30));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			seg_take(test, &f, SEG_TCP4, 10, 30));
}

/* Every wrong value of the fields that say where things are. */
static void seg_bad_headers(struct kunit *test)
{
	struct seg_bad_ctx *ctx = test->priv;
	unsigned int i, ip6, off, type;
	struct frame f;
	u8 good;

	for (i = 0; i < 256 * 2; i++) {
		ip6 = i / 256;
		type = ip6 ? SEG_TCP6 : SEG_TCP4;
		frame_init(&f, ip6, IPPROTO_TCP);
		frame_build(&f, ctx->hdr);
		for (off = f.l3; off < f.hdr_len; off++) {
			good = ctx->hdr[off];
			/* Version and IHL; protocol; fragments; doff. */
			if (!(off == f.l3 || off == f.l3 + (ip6 ? 6 : 9) ||
			      (!ip6 && off == f.l3 + 6 && i % 64) ||
			      (!ip6 && off == f.l3 + 7) ||
			      off == f.l4 + 12) ||
			    (ip6 && off == f.l3 && (u8)i >> 4 == 6) ||
			    (off == f.l4 + 12 && (u8)i >> 4 == 5) ||
			    good == (u8)i)
				continue;
			ctx->hdr[off] = i;
			KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
					    seg_take(test, &f, type, 10, 30),
					    "byte %u is %x", off, (u8)i);
			ctx->hdr[off] = good;
		}
	}
}

/* Each segment would be the same fragment. */
static void seg_bad_fragments(struct kunit *test)
{
	struct seg_bad_ctx *ctx = test->priv;
	struct frame f;
	int ext;

	for (ext = EXT_ATOMIC; ext <= EXT_FRAG_LATER; ext++) {
		frame_init(&f, true, IPPROTO_TCP);
		f.ext[f.exts++] = EXT_DEST;
		frame_build(&f, ctx->hdr);
		KUNIT_EXPECT_EQ(test, 0, seg_take(test, &f, SEG_TCP6, 10, 30));
		f.ext[0] = ext;
		frame_build(&f, ctx->hdr);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    seg_take(test, &f, SEG_TCP6, 10, 30),
				    "extension %d", ext);
	}
}

static void seg_bad_offsets(struct kunit *test)
{
	struct seg_bad_ctx *ctx = test->priv;
	unsigned int i, hdr_len, l3, l4;
	struct frame f;
	u8 *hdr;
	int err;

	frame_init(&f, false, IPPROTO_TCP);
	f.tcp_words = 10;
	frame_build(&f, ctx->hdr);
	for (i = 0; i < ROUNDS; i++) {
		hdr_len = i % 97;
		l3 = i % 89;
		l4 = i % 83;
		hdr = frame_alloc(test, hdr_len);
		memcpy(hdr, ctx->hdr, hdr_len);
		err = seg_init(&ctx->seg, hdr, hdr_len, l3, l4, SEG_TCP4,
			       10, 30);
		KUNIT_ASSERT_EQ(test, -EINVAL, err);
		frame_free(hdr);
	}
	/* More extension headers than anyone walks over. */
	frame_init(&f, true, IPPROTO_TCP);
	for (f.exts = 0; f.exts < 9; f.exts++)
		f.ext[f.exts] = EXT_HOP;
	frame_build(&f, ctx->hdr);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			seg_take(test, &f, SEG_TCP6, 10, 30));
	frame_init(&f, false, IPPROTO_TCP);
	frame_build(&f, ctx->hdr);
	/* Offsets that would wrap around; headers that do not fit. */
	err = seg_init(&ctx->seg, ctx->hdr, f.hdr_len, ~0u - 13, f.l4,
		       SEG_TCP4, 10, 30);
	KUNIT_EXPECT_EQ(test, -EINVAL, err);
	err = seg_init(&ctx->seg, ctx->hdr, ~0u, f.l3, f.l4, SEG_TCP4,
		       10, 30);
	KUNIT_EXPECT_EQ(test, -EINVAL, err);
	err = seg_init(&ctx->seg, ctx->hdr, SEG_HDR_MAX + 1, f.l3, f.l4,
		       SEG_TCP4, 10, 30);
	KUNIT_EXPECT_EQ(test, -EINVAL, err);
	err = seg_init(&ctx->seg, ctx->hdr, f.hdr_len, f.l3, f.l4,
		       SEG_TCP4, 10, 30);
	KUNIT_EXPECT_EQ(test, 0, err);
}

/* Garbage is refused, or cut into frames that are at least well formed. */
static void seg_bad_garbage(struct kunit *test)
{
	static const unsigned int types[] = {
		SEG_TCP4, SEG_TCP6, SEG_UDP,
	};
	struct seg_bad_ctx *ctx = test->priv;
	unsigned int i, n, mss, payload, taken = 0;
	struct rnd_state rnd;
	struct frame f;
	u8 *out;

	prandom_seed_state(&rnd, 65);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		frame_build(&f, ctx->hdr);
		for (n = prandom_u32_state(&rnd) % 4; n; n--)
			ctx->hdr[f.l3 + prandom_u32_state(&rnd) %
				 (f.hdr_len - f.l3)] = prandom_u32_state(&rnd);
		mss = 500 + prandom_u32_state(&rnd) % 2000;
		payload = prandom_u32_state(&rnd) % 9000;
		if (seg_take(test, &f, types[i % 3], mss, payload))
			continue;
		taken++;
		out = frame_alloc(test, f.hdr_len);
		while ((n = seg_next(&ctx->seg, out))) {
			KUNIT_ASSERT_LE(test, n, min(mss, payload));
			payload -= n;
			if (out[f.l3] >> 4 != 4)
				continue;
			KUNIT_ASSERT_EQ(test, f.hdr_len - f.l3 + n,
					frame_add(0, out + f.l3 + 2, 2));
			n = frame_add(0, out + f.l3, f.l4 - f.l3);
			KUNIT_ASSERT_EQ(test, (u16)0xffff, frame_fold(n));
		}
		KUNIT_ASSERT_EQ(test, payload, 0u);
		frame_free(out);
	}
	KUNIT_EXPECT_GT(test, taken, ROUNDS / 20u);
}

static struct kunit_case seg_bad_cases[] = {
	KUNIT_CASE(seg_bad_sizes),
	KUNIT_CASE(seg_bad_types),
	KUNIT_CASE(seg_bad_headers),
	KUNIT_CASE(seg_bad_fragments),
	KUNIT_CASE(seg_bad_offsets),
	KUNIT_CASE(seg_bad_garbage),
	{}
};

struct kunit_suite seg_bad_suite = {
	.name = "snull-seg-bad",
	.init = seg_bad_init,
	.test_cases = seg_bad_cases,
};
