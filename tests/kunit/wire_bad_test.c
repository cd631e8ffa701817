// SPDX-License-Identifier: GPL-2.0-only
/*
 * wire_bad_test.c - frames that lie, frames cut short, and garbage.
 *
 * The wire must leave them exactly as they are, and not read a byte behind
 * what it was shown: each lies in memory of just its length.
 *
 * Read next: seg_test.c.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../snull/frame/rewrite.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	20000

struct bad_ctx {
	u8 pad[2] __aligned(4);	/* for the IP headers */
	u8 before[FRAME_MAX];
	u8 after[FRAME_MAX];
};

static const struct wire_csum finished;

static int wire_bad_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct bad_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* The wire sees @len bytes of @data, which starts a frame of @frame_len. */
static void bad_check(struct kunit *test, const u8 *data, unsigned int len,
		      unsigned int frame_len, int want, const u8 *after)
{
	u8 *copy = frame_alloc(test, len);
	int got;

	memcpy(copy, data, len);
	got = wire_rewrite_ip(copy, len, frame_len, &finished);
	KUNIT_ASSERT_EQ_MSG(test, got, want, "%u of %u bytes", len, frame_len);
	KUNIT_ASSERT_EQ_MSG(test, 0, memcmp(copy, after, len),
			    "%u of %u bytes", len, frame_len);
	frame_free(copy);
}

static void bad_refuse(struct kunit *test, const u8 *data, unsigned int len)
{
	bad_check(test, data, len, len, WIRE_MALFORMED, data);
}

/* One frame of each shape that the parser has a branch for. */
static bool bad_sample(struct frame *f, unsigned int n, struct frame *quote)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE,
		IPPROTO_ICMPV6,
	};
	bool ip6 = n % 2;

	frame_init(f, ip6, protos[n / 2 % 5]);
	frame_init(quote, ip6, IPPROTO_UDP);
	f->icmp_type = ip6 ? 1 : 3;
	if ((ip6 && f->proto == IPPROTO_ICMPV6) ||
	    (!ip6 && f->proto == IPPROTO_ICMP)) {
		f->quote = quote;
		f->quote_len = 60;
	}
	switch (n / 10) {
	case 0:
		return true;
	case 1:
		f->tags = 1;
		f->ip_words = 10;
		f->exts = 2;
		f->ext[0] = EXT_HOP;
		f->ext[1] = EXT_ROUTED;
		return true;
	case 2:
		f->tags = 2;
		f->frag = 0x2005;
		f->exts = 1;
		f->ext[0] = EXT_FRAG_LATER;
		f->quote = NULL;
		return true;
	default:
		return false;
	}
}

/* How much of @f the wire must see. */
static unsigned int bad_need(const struct frame *f)
{
	if (f->quote)
		return f->l4 + 8 + (f->ip6 ? 40 : 20);
	return f->check_off ? f->check_off + 2 : f->l4;
}

static void bad_truncated(struct kunit *test)
{
	struct bad_ctx *ctx = test->priv;
	struct frame f, quote;
	unsigned int i, len;
	bool enough;

	for (i = 0; bad_sample(&f, i, &quote); i++) {
		frame_build(&quote, ctx->before);
		quote.sum = FRAME_FIXED;
		frame_build(&f, ctx->before);
		frame_flip(&quote);
		frame_flip(&f);
		frame_build(&f, ctx->after);
		for (len = 0; len < f.len; len++) {
			bad_refuse(test, ctx->before, len);
			enough = len >= bad_need(&f);
			bad_check(test, ctx->before, len, f.len,
				  enough ? WIRE_REWRITTEN : WIRE_MALFORMED,
				  enough ? ctx->after : ctx->before);
		}
		/* Padding is none of the wire's business. */
		memset(ctx->before + f.len, 0xa5, 8);
		memset(ctx->after + f.len, 0xa5, 8);
		bad_check(test, ctx->before, f.len + 8, f.len + 8,
			  WIRE_REWRITTEN, ctx->after);
	}
}

struct bad_lie {
	u8 off, value;
};

static void bad_lies4(struct kunit *test)
{
	/* Behind a header of 14, 20 and 20 bytes are 33: 73 in all. */
	static const struct bad_lie lie[] = {
		{ 0, 0x55 }, { 0, 0x65 }, { 0, 0x05 },
		{ 0, 0x40 }, { 0, 0x44 }, { 0, 0x4f },
		{ 2, 0x01 }, { 2, 0xff }, { 3, 74 },
		{ 3, 0 }, { 3, 19 }, { 3, 20 }, { 3, 21 }, { 3, 37 },
	};
	struct bad_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lie); i++) {
		frame_init(&f, false, IPPROTO_TCP);
		frame_build(&f, ctx->before);
		ctx->before[f.l3 + lie[i].off] = lie[i].value;
		bad_refuse(test, ctx->before, f.len);
	}
	/* 38 bytes hold the checksum field, and that is all it takes. */
	frame_build(&f, ctx->before);
	ctx->before[f.l3 + 3] = 38;
	KUNIT_EXPECT_EQ(test, (int)WIRE_REWRITTEN,
			(int)wire_rewrite_ip(ctx->before, f.len, f.len,
					     &finished));
}

static void bad_lies6(struct kunit *test)
{
	static const struct bad_lie lie[] = {
		{ 0, 0x40 }, { 0, 0x70 }, { 0, 0x00 },
		{ 4, 0x01 }, { 4, 0xff }, { 5, 62 },
		{ 5, 0 }, { 5, 7 }, { 5, 8 }, { 5, 25 },
		{ 41, 5 }, { 41, 6 }, { 41, 255 },
		{ 6, 43 }, { 40, 0 }, { 40, 60 }, { 40, 43 },
	};
	struct bad_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lie); i++) {
		frame_init(&f, true, IPPROTO_TCP);
		f.exts = 1;
		f.ext[0] = EXT_HOP;
		f.seq = ~0;
		f.dport = ~0;
		frame_build(&f, ctx->before);
		/* What the lie makes an extension header is a long one. */
		if (lie[i].off == 6)
			ctx->before[f.l3 + 41] = 20;
		ctx->before[f.l3 + 48 + 1] = 200;
		ctx->before[f.l3 + lie[i].off] = lie[i].value;
		bad_refuse(test, ctx->before, f.len);
	}
	frame_init(&f, true, IPPROTO_TCP);
	for (f.exts = 0; f.exts < 9; f.exts++)
		f.ext[f.exts] = EXT_HOP;
	frame_build(&f, ctx->before);
	bad_refuse(test, ctx->before, f.len);
}

static void bad_tiny_fragment(struct kunit *test)
{
	struct bad_ctx *ctx = test->priv;
	struct frame f;

	/* RFC 1858: 8 bytes of TCP, the checksum is in the next fragment. */
	frame_init(&f, false, IPPROTO_TCP);
	f.frag = 0x2000;
	frame_build(&f, ctx->before);
	ctx->before[f.l3 + 3] = 28;
	frame_fix_ip4(ctx->before + f.l3);
	bad_refuse(test, ctx->before, f.l3 + 28);
}

static void bad_not_ip(struct kunit *test)
{
	static const u16 types[] = {
		0x0806, 0x88cc, 0x0027, 0x0000, 0x8847, 0x86dc, 0x0801,
	};
	struct bad_ctx *ctx = test->priv;
	unsigned int i, tags;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(types) * 4; i++) {
		tags = i % 4;
		frame_init(&f, false, IPPROTO_TCP);
		f.tags = tags;
		frame_build(&f, ctx->before);
		/* With three tags, even IP is out of sight. */
		if (tags < 3) {
			ctx->before[f.l3 - 2] = types[i / 4] >> 8;
			ctx->before[f.l3 - 1] = types[i / 4];
		}
		bad_check(test, ctx->before, f.len, f.len, WIRE_PASSED,
			  ctx->before);
		bad_check(test, ctx->before, f.l3, f.len, WIRE_PASSED,
			  ctx->before);
	}
}

/* Errors that quote nothing usable are still packets. */
static void bad_quotes(struct kunit *test)
{
	struct bad_ctx *ctx = test->priv;
	struct frame f, quote;
	unsigned int i, need;

	for (i = 0; i < 2 * 64; i++) {
		frame_init(&f, i % 2, i % 2 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
		frame_init(&quote, i % 2, IPPROTO_UDP);
		frame_build(&quote, ctx->before);
		quote.sum = FRAME_FIXED;
		need = quote.ip6 ? 40 : 20;
		f.icmp_type = 3;
		f.quote = &quote;
		f.quote_len = i / 2;
		frame_build(&f, ctx->before);
		frame_flip(&f);
		if (f.quote_len >= need)
			frame_flip(&quote);
		frame_build(&f, ctx->after);
		bad_check(test, ctx->before, f.len, f.len, WIRE_REWRITTEN,
			  ctx->after);
	}
	/* An IPv6 packet quoted over IPv4 is not one of ours. */
	frame_init(&f, false, IPPROTO_ICMP);
	frame_init(&quote, true, IPPROTO_UDP);
	f.icmp_type = 3;
	f.quote = &quote;
	f.quote_len = 48;
	frame_build(&f, ctx->before);
	frame_flip(&f);
	frame_build(&f, ctx->after);
	bad_check(test, ctx->before, f.len, f.len, WIRE_REWRITTEN, ctx->after);
}

/* What is added to the checksum is the flip's share, whatever it was. */
static void bad_stays_bad(struct kunit *test)
{
	struct bad_ctx *ctx = test->priv;
	struct frame f, good;
	unsigned int i, off;
	u16 was, is;

	for (i = 0; i < 1000; i++) {
		frame_init(&f, i % 2, i % 3 ? IPPROTO_TCP : IPPROTO_UDP);
		f.fill = i;
		frame_build(&f, ctx->before);
		off = i % 5 || f.ip6 ? f.check_off : f.l3 + 10;
		ctx->before[off + i % 2] ^= 1 + i % 255;
		was = frame_fold(frame_add(0, ctx->before + off, 2));
		good = f;
		frame_flip(&good);
		frame_build(&good, ctx->after);
		is = frame_fold(frame_add(0, ctx->after + off, 2));
		frame_build(&f, ctx->after);
		/* wrong - right, here, is wrong - right, there. */
		is = frame_fold(is + was +
				(u16)~frame_add(0, ctx->after + off, 2));
		wire_rewrite_ip(ctx->before, f.len, f.len, &finished);
		was = frame_add(0, ctx->before + off, 2);
		KUNIT_ASSERT_EQ(test, was % 0xffff, is % 0xffff);
	}
}

static unsigned int bad_changes(struct kunit *test, const u8 *a, const u8 *b,
				unsigned int len)
{
	unsigned int i, n = 0;

	for (i = 0; i < len; i++)
		n += a[i] != b[i];
	return n;
}

/* Is @a what @b was, but for the two ways to write zero? */
static bool bad_same(const u8 *a, const u8 *b, unsigned int len)
{
	unsigned int i;

	for (i = 0; i + 1 < len; i += 2)
		if (memcmp(a + i, b + i, 2) &&
		    (frame_add(0, a + i, 2) % 0xffff ||
		     frame_add(0, b + i, 2) % 0xffff))
			return false;
	return true;
}

static void bad_fuzz_one(struct kunit *test, struct rnd_state *rnd)
{
	struct bad_ctx *ctx = test->priv;
	struct wire_csum csum = {};
	unsigned int n, len, end;
	struct frame f;
	int verdict;
	u8 *data;

	frame_random(&f, rnd);
	f.icmp_type = prandom_u32_state(rnd);
	frame_build(&f, ctx->before);
	end = min(f.hdr_len + 40, f.len);
	for (n = prandom_u32_state(rnd) % 5; n; n--)
		ctx->before[12 + prandom_u32_state(rnd) % (end - 12)] =
			prandom_u32_state(rnd);
	len = prandom_u32_state(rnd) % 4 ? f.len :
	      prandom_u32_state(rnd) % (f.len + 1);
	csum.partial = f.sum == FRAME_PARTIAL;
	csum.start = prandom_u32_state(rnd) % 8 ? f.l4 :
		     prandom_u32_state(rnd);
	csum.offset = f.check_off - f.l4;

	data = frame_alloc(test, len);
	memcpy(data, ctx->before, len);
	verdict = wire_rewrite_ip(data, len, f.len, &csum);
	n = bad_changes(test, data, ctx->before, len);
	if (verdict != WIRE_REWRITTEN) {
		KUNIT_ASSERT_EQ(test, n, 0u);
	} else {
		KUNIT_ASSERT_EQ(test, 0, memcmp(data, ctx->before, 14));
		KUNIT_ASSERT_LE(test, n, 2u + 2 + 2 + 2 + 2);
		verdict = wire_rewrite_ip(data, len, f.len, &csum);
		KUNIT_ASSERT_EQ(test, verdict, (int)WIRE_REWRITTEN);
		KUNIT_ASSERT_TRUE(test, bad_same(data, ctx->before, len));
	}
	frame_free(data);
}

static void bad_fuzz(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1001);
	for (i = 0; i < ROUNDS; i++)
		bad_fuzz_one(test, &rnd);
}

static struct kunit_case wire_bad_cases[] = {
	KUNIT_CASE(bad_truncated),
	KUNIT_CASE(bad_lies4),
	KUNIT_CASE(bad_lies6),
	KUNIT_CASE(bad_tiny_fragment),
	KUNIT_CASE(bad_not_ip),
	KUNIT_CASE(bad_quotes),
	KUNIT_CASE(bad_stays_bad),
	KUNIT_CASE(bad_fuzz),
	{}
};

struct kunit_suite wire_bad_suite = {
	.name = "snull-wire-bad",
	.init = wire_bad_init,
	.test_cases = wire_bad_cases,
};
