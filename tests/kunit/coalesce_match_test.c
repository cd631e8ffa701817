// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce_match_test.c - which segments may be put together, how many?
 *
 * Read next: coalesce_run_test.c, for what comes of it.
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
	struct coalesce_agg agg;
	u32 may;
	u8 pad[2] __aligned(4);
	u8 head[FRAME_MAX];
	u8 next[FRAME_MAX];
};

static int co_init(struct kunit *test)
{
	struct co_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->may = COALESCE_MAY_CWR | COALESCE_MAY_STAY | COALESCE_MAY_HOP;
	test->priv = ctx;
	return 0;
}

static void co_frame(struct frame *f, bool ip6)
{
	frame_init(f, ip6, IPPROTO_TCP);
	f->sum = FRAME_PARTIAL;
	f->payload = MSS;
	f->tcp_words = 3;
	f->frag = 0x4000;
}

static bool co_parse_next(struct kunit *test, const struct frame *f)
{
	struct wire_csum csum = { f->l4, 16, true };
	struct co_ctx *ctx = test->priv;

	return coalesce_parse(&ctx->key, ctx->next, f->len, f->len, &csum,
			      ctx->may);
}

/* Build @f as the next frame. */
static bool co_parse(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	frame_build(f, ctx->next);
	return co_parse_next(test, f);
}

/* Start a run with @f. */
static void co_start(struct kunit *test, struct frame *f)
{
	struct co_ctx *ctx = test->priv;

	KUNIT_ASSERT_TRUE(test, co_parse(test, f));
	memcpy(ctx->head, ctx->next, FRAME_MAX);
	coalesce_start(&ctx->agg, &ctx->key, ctx->may);
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
	f->outer_id = ctx->agg.outer_id + ctx->agg.segs;
}

/* IPv4 or IPv6; as it is, or with options, or in a tunnel, or both. */
#define CO_KINDS	10

static void co_kind(struct frame *f, unsigned int kind)
{
	static const u8 outer[] = { 0, 0, 4, 4, 6, 6, 0, 0, 4, 6 };
	static const u8 exts[] = { 0, 0, 0, 0, 0, 0, 1, 2, 1, 2 };

	co_frame(f, kind % 2 || kind > 5);
	f->outer = outer[kind];
	f->exts = exts[kind];
	f->ext[0] = exts[kind] == 2 ? EXT_HOP : EXT_DEST;
	f->ext[1] = EXT_DEST;
}

/* Repair the IPv4 header that holds the byte at @n, unless it is its sum. */
static void co_repair(struct frame *f, u8 *data, unsigned int n)
{
	unsigned int at = n < f->l3 ? ETH_HLEN : f->l3;

	if (n < ETH_HLEN || n >= at + 20 || n - at == 10 || n - at == 11 ||
	    (f->outer && n < f->l3 ? f->outer == 6 : f->ip6))
		return;
	frame_fix_ip4(data + at);
}

/* Flip each bit of a segment's headers: only PSH may be another. */
static void co_every_bit(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, n, bit, fit;
	struct frame f;

	for (i = 0; i < CO_KINDS * 2; i++) {
		co_kind(&f, i / 2);
		f.id = 1;	/* no bit away from 2, which follows */
		f.outer_id = 1;
		co_start(test, &f);
		co_next(test, &f);
		f.payload -= i % 2;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_ASSERT_TRUE(test, coalesce_match(ctx->head, &ctx->agg,
						       ctx->next, &ctx->key));
		for (n = 0, fit = 0; n < f.hdr_len * 8; n++) {
			bit = 1 << n % 8;
			ctx->next[n / 8] ^= bit;
			co_repair(&f, ctx->next, n / 8);
			if (co_parse_next(test, &f) &&
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

/* IPv6's options must be the same, to the byte. */
static void co_options6(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		co_frame(&f, true);
		f.exts = 1;
		f.ext[0] = i ? EXT_HOP : EXT_DEST;
		ctx->may = COALESCE_MAY_HOP;
		co_start(test, &f);
		co_next(test, &f);
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		KUNIT_EXPECT_TRUE(test, coalesce_match(ctx->head, &ctx->agg,
						       ctx->next, &ctx->key));
		ctx->next[f.l4 - 1] ^= 1;
		KUNIT_ASSERT_TRUE(test, co_parse_next(test, &f));
		KUNIT_EXPECT_FALSE(test, coalesce_match(ctx->head, &ctx->agg,
							ctx->next, &ctx->key));
		ctx->may = 0;
		KUNIT_EXPECT_EQ(test, !i, co_parse_next(test, &f));
	}
}

/* Options that came or went, even if the checksum is made to hide it. */
static void co_options(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < 11 * 2; i++) {
		co_frame(&f, i % 2);
		co_start(test, &f);
		co_next(test, &f);
		f.tcp_words = i / 2;
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		memcpy(ctx->next + f.check_off, ctx->head + f.check_off, 2);
		KUNIT_EXPECT_EQ(test, i / 2 == 3,
				coalesce_match(ctx->head, &ctx->agg, ctx->next,
					       &ctx->key));
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
		{ 5, 5, 5, 0x0000, true, true },
		{ 5, 5, 6, 0x0000, true, false },
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

/* A host that can't cut such a run again: only with DF. */
static void co_ids_stay(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	ctx->may = 0;
	for (i = 0; i < 2 * 2; i++) {
		co_frame(&f, false);
		f.frag = i % 2 ? 0x4000 : 0;
		co_start(test, &f);
		f.seq = ctx->agg.next_seq;
		f.id += i / 2;
		KUNIT_EXPECT_EQ(test, i > 0, co_follow(test, &f));
	}
}

/* A tunnel's own: they count, or stand still where that can be cut again. */
static void co_ids_outer(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	unsigned int i, step;
	struct frame f;

	for (i = 0; i < 2 * 3 * 3; i++) {
		ctx->may = i / 9 ? COALESCE_MAY_STAY : 0;
		co_frame(&f, false);
		f.outer = 4;
		co_start(test, &f);
		step = i % 3;
		f.outer_id += step;
		f.seq = ctx->agg.next_seq;
		f.id++;
		KUNIT_EXPECT_EQ(test, step == 1 || (ctx->may && !step),
				co_follow(test, &f));
		if (ctx->agg.segs == 1)
			continue;
		f.outer_id += i / 3 % 3;
		f.seq = ctx->agg.next_seq;
		f.id++;
		KUNIT_EXPECT_EQ(test, i / 3 % 3 == step, co_follow(test, &f));
	}
}

/* CWR in all of them, or in none. */
static void co_cwr(struct kunit *test)
{
	struct frame f;
	unsigned int i;

	for (i = 0; i < 2 * 4; i++) {
		co_frame(&f, i % 2);
		f.tcp_flags = ACK | (i / 2 % 2 ? CWR : 0);
		co_start(test, &f);
		co_next(test, &f);
		f.tcp_flags = ACK | (i / 4 ? CWR : 0);
		KUNIT_EXPECT_EQ(test, i / 2 % 2 == i / 4, co_follow(test, &f));
	}
}

static void co_closing(struct kunit *test)
{
	static const struct {
		u8 psh, second_psh;
		u16 second;
		bool fits, closed;
	} run[] = {
		{ 0, 0, MSS, true, false },
		{ 0, 0, MSS + 1, false, false },
		{ 0, 0, MSS - 1, true, true },
		{ 0, 0, 7, true, true },
		{ 0, PSH, MSS, true, true },
		{ PSH, 0, MSS, false, true },
		{ PSH, PSH, MSS, false, true },
	};
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(run) * 2; i++) {
		co_frame(&f, i % 2);
		f.tcp_flags |= run[i / 2].psh;
		co_start(test, &f);
		co_next(test, &f);
		f.payload = run[i / 2].second;
		f.tcp_flags = ACK | run[i / 2].second_psh;
		KUNIT_EXPECT_EQ(test, run[i / 2].fits, co_follow(test, &f));
		KUNIT_EXPECT_EQ(test, run[i / 2].closed, ctx->agg.closed);
		f.tcp_flags = ACK;
		f.payload = MSS;
		co_next(test, &f);
		KUNIT_EXPECT_EQ(test, !run[i / 2].closed, co_follow(test, &f));
	}
}

/* The result must fit IP's 16-bit length. */
static void co_full(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;

	for (i = 0; i < CO_KINDS; i++) {
		co_kind(&f, i);
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

static enum coalesce_order co_order_of(struct kunit *test, struct frame *f,
				       u32 *flow)
{
	struct co_ctx *ctx = test->priv;

	frame_build(f, ctx->next);
	return coalesce_order_of(ctx->next, f->len, flow);
}

/* A flow has one name, for all of its frames, on both sides of the trick. */
static void co_order_flow(struct kunit *test)
{
	struct co_ctx *ctx = test->priv;
	struct frame f;
	unsigned int i;
	u32 flow;

	for (i = 0; i < CO_KINDS; i++) {
		co_kind(&f, i);
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		f.tcp_flags = ACK | 1;
		f.payload = 0;
		f.saddr[f.ip6 ? 7 : 2] ^= 1;
		f.daddr[f.ip6 ? 7 : 2] ^= 1;
		KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow),
				COALESCE_FLOW);
		KUNIT_EXPECT_EQ(test, flow, ctx->key.flow);
		KUNIT_EXPECT_EQ(test, coalesce_order_of(ctx->next, f.l4 + 3,
							&flow), COALESCE_ALL);
		f.sport++;
		co_order_of(test, &f, &flow);
		KUNIT_EXPECT_NE(test, flow, ctx->key.flow);
	}
}

/* Nobody waits for UDP; who can't be told from others waits for all. */
static void co_order_others(struct kunit *test)
{
	struct frame f;
	u32 flow;

	frame_init(&f, false, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_FREE);
	f.frag = 0x2000;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_ALL);
	frame_init(&f, true, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_FREE);
	f.ext[0] = EXT_DEST;
	f.exts = 1;
	f.outer = 4;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_FREE);
	f.ext[0] = EXT_ATOMIC;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_ALL);
	/* A tunnel in a tunnel. */
	frame_init(&f, true, IPPROTO_IPIP);
	f.outer = 6;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_ALL);
	co_frame(&f, false);
	f.tags = 1;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_ALL);
	co_frame(&f, false);
	f.ip_words = 1;
	KUNIT_EXPECT_EQ(test, co_order_of(test, &f, &flow), COALESCE_ALL);
}

/* Tags that were taken out must have been the same. */
static void co_tags(struct kunit *test)
{
	static const struct vlan_tag tags[] = {
		{},	/* none */
		{ htons(ETH_P_8021Q), htons(5) },
		{ htons(ETH_P_8021Q), htons(0x2005) },
		{ htons(ETH_P_8021AD), htons(5) },
	};
	struct co_ctx *ctx = test->priv;
	unsigned int i, head, next;
	struct frame f;

	for (i = 0; i < CO_KINDS * 16; i++) {
		head = i / 4 % 4;
		next = i % 4;
		co_kind(&f, i / 16);
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		memcpy(ctx->head, ctx->next, FRAME_MAX);
		if (head)
			coalesce_set_tag(&ctx->key, tags[head]);
		coalesce_start(&ctx->agg, &ctx->key, ctx->may);
		co_next(test, &f);
		KUNIT_ASSERT_TRUE(test, co_parse(test, &f));
		if (next)
			coalesce_set_tag(&ctx->key, tags[next]);
		KUNIT_EXPECT_EQ(test, head == next,
				(int)coalesce_match(ctx->head, &ctx->agg,
						    ctx->next, &ctx->key));
	}
}

static struct kunit_case co_cases[] = {
	KUNIT_CASE(co_every_bit),
	KUNIT_CASE(co_options),
	KUNIT_CASE(co_options6),
	KUNIT_CASE(co_ids),
	KUNIT_CASE(co_ids_stay),
	KUNIT_CASE(co_ids_outer),
	KUNIT_CASE(co_cwr),
	KUNIT_CASE(co_closing),
	KUNIT_CASE(co_full),
	KUNIT_CASE(co_tags),
	KUNIT_CASE(co_order_flow),
	KUNIT_CASE(co_order_others),
	{}
};

static struct kunit_suite coalesce_match_suite = {
	.name = "snull-coalesce-match",
	.init = co_init,
	.test_cases = co_cases,
};

kunit_test_suites(&coalesce_match_suite);
