// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce_run_test.c - is a coalesced frame what had been cut, or could be?
 *
 * Two promises.  What frame/segment.c cuts, frame/coalesce.c puts together again, to the bit;
 * and whatever frame/coalesce.c puts together, frame/segment.c cuts into the same frames.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../snull/frame/coalesce.h"
#include "../../snull/frame/segment.h"
#include "frame.h"
#include "suites.h"

#define STREAMS	1000
#define FRAMES	20
#define MAY	(COALESCE_MAY_CWR | COALESCE_MAY_STAY)
#define HDR	160	/* 2 modulo 4, with the padding */

struct run_hdr {
	u8 pad[2] __aligned(4);
	u8 data[HDR + 2];
};

struct run_ctx {
	struct seg seg;
	struct coalesce_agg agg;
	struct wire_csum csum;
	struct run_hdr big, head, one;
	struct run_hdr came, first;	/* a frame, and its run's first */
	struct run_hdr sent[FRAMES];	/* since the run began */
	u8 pad[2] __aligned(4);
	u8 frame[FRAME_MAX];
	unsigned int merged;
};

static int run_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct run_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static bool run_add(struct run_ctx *ctx, const u8 *hdr,
		    const struct coalesce_key *key)
{
	if (!coalesce_match(ctx->head.data, &ctx->agg, hdr, key))
		return false;
	coalesce_append(&ctx->agg, key);
	return true;
}

/* Cut a large packet and put it together again. */
static void run_there_and_back(struct kunit *test, struct frame *f,
			       unsigned int type, unsigned int mss,
			       unsigned int payload)
{
	struct run_ctx *ctx = test->priv;
	struct coalesce_key key;
	unsigned int n, len;

	f->sum = FRAME_PARTIAL;
	f->payload = 0;
	f->whole = payload;
	frame_build(f, ctx->frame);
	memcpy(ctx->big.data, ctx->frame, f->hdr_len);
	ctx->csum = (struct wire_csum){ f->l4, 16, true };
	KUNIT_ASSERT_EQ(test, 0, seg_init(&ctx->seg, ctx->big.data, f->hdr_len,
					  f->l3, f->l4, type, mss, payload));
	for (n = 0; (len = seg_next(&ctx->seg, ctx->one.data)); n++) {
		KUNIT_ASSERT_TRUE(test, coalesce_parse(&key, ctx->one.data,
						       f->hdr_len,
						       f->hdr_len + len,
						       &ctx->csum, 0));
		if (n) {
			KUNIT_ASSERT_TRUE(test,
					  run_add(ctx, ctx->one.data, &key));
		} else {
			ctx->head = ctx->one;
			coalesce_start(&ctx->agg, &key, 0);
		}
	}
	KUNIT_ASSERT_EQ(test, n > 1 ? type : 0,
			coalesce_finish(ctx->head.data, &ctx->agg));
	KUNIT_ASSERT_EQ(test, (u16)n, ctx->agg.segs);
	KUNIT_ASSERT_EQ(test, (u16)min(mss, payload), ctx->agg.mss);
	KUNIT_ASSERT_EQ(test, payload, ctx->agg.bytes);
	KUNIT_ASSERT_EQ(test, 0, memcmp(ctx->head.data, ctx->big.data,
					f->hdr_len));
}

static void run_inverse(struct kunit *test)
{
	static const unsigned int payload[] = {
		6, 1448, 1449 + 6, 2 * 1448, 14480 + 77, 65160,
	};
	unsigned int i, type;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(payload) * 2 * 2 * 3 * 11; i++) {
		frame_init(&f, i % 2, IPPROTO_TCP);
		f.tcp_flags |= i / 2 % 2 ? 0x08 : 0;
		f.frag = i / 4 % 3 ? 0x4000 : 0;
		f.id = 0 - i;
		f.seq = 0 - i * 333;
		f.tcp_words = i / 12 % 11;
		type = f.ip6 ? SEG_TCP6 : SEG_TCP4;
		if (!f.ip6 && i / 4 % 3 == 2)
			type |= SEG_FIXED_ID;
		run_there_and_back(test, &f, type, 1448, payload[i / 132]);
	}
}

/* ---- streams of anything --------------------------------------------------- */

/* Cut the run that is over, and compare with what was sent. */
static void run_compare(struct kunit *test, unsigned int type)
{
	struct run_ctx *ctx = test->priv;
	struct coalesce_agg *agg = &ctx->agg;
	bool may_fragment = !(ctx->head.data[ETH_HLEN + 6] & 0x40);
	unsigned int n, len;
	int err;

	err = seg_init(&ctx->seg, ctx->head.data, agg->hdr_len, ETH_HLEN,
		       agg->at.l4, type, agg->mss, agg->bytes);
	/* Hardware doesn't cut those, and the stack knows it. */
	if (type & SEG_FIXED_ID && may_fragment) {
		KUNIT_ASSERT_EQ(test, err, -EINVAL);
		return;
	}
	KUNIT_ASSERT_EQ(test, err, 0);
	for (n = 0; (len = seg_next(&ctx->seg, ctx->one.data)); n++)
		KUNIT_ASSERT_EQ(test, 0, memcmp(ctx->one.data,
						ctx->sent[n].data,
						agg->hdr_len));
	KUNIT_ASSERT_EQ(test, (u16)n, agg->segs);
	ctx->merged += n;
}

static void run_end(struct kunit *test)
{
	struct run_ctx *ctx = test->priv;
	struct coalesce_agg *agg = &ctx->agg;
	unsigned int type;

	if (!agg->segs)
		return;
	type = coalesce_finish(ctx->head.data, agg);
	KUNIT_ASSERT_EQ(test, !type, agg->segs == 1);
	if (type)
		run_compare(test, type);
	else
		KUNIT_ASSERT_EQ(test, 0, memcmp(ctx->head.data,
						ctx->first.data,
						agg->hdr_len));
	agg->segs = 0;
}

static bool run_parse(struct run_ctx *ctx, const struct frame *f,
		      struct coalesce_key *key)
{
	u16 sum = frame_fold(frame_add(0, ctx->frame + f->hdr_len, f->payload));

	ctx->csum = (struct wire_csum){
		f->l4, 16, f->sum == FRAME_PARTIAL,
	};
	if (!coalesce_parse(key, ctx->frame, min(f->len, 256u), f->len,
			    &ctx->csum, MAY))
		return false;
	memcpy(ctx->came.data, ctx->frame, key->hdr_len);
	return !key->finished ||
	       coalesce_verify(key, ctx->frame, (__force __wsum)htons(sum));
}

static void run_frame(struct kunit *test, struct frame *f)
{
	struct run_ctx *ctx = test->priv;
	struct coalesce_key key;

	frame_build(f, ctx->frame);
	if (!run_parse(ctx, f, &key)) {
		run_end(test);
		return;
	}
	if (!ctx->agg.segs || !run_add(ctx, ctx->frame, &key)) {
		run_end(test);
		ctx->first = ctx->came;
		coalesce_start(&ctx->agg, &key, MAY);
		memcpy(ctx->head.data, ctx->frame, key.hdr_len);
	}
	memcpy(ctx->sent[ctx->agg.segs - 1].data, ctx->frame, key.hdr_len);
}

/* Mostly the frame that a sender of bulk data would send next. */
static void run_vary(struct frame *f, struct rnd_state *rnd, u16 id_step,
		     u8 flags)
{
	unsigned int what = prandom_u32_state(rnd) % 64;

	f->seq += f->payload;
	f->id += id_step;
	f->tcp_flags = what == 0 ? prandom_u32_state(rnd) : flags;
	f->sum = what == 1 ? FRAME_FINISHED : FRAME_PARTIAL;
	f->payload = what == 2 ? prandom_u32_state(rnd) % 200 : 150;
	f->tcp_flags |= what < 6 && what > 3 ? 0x08 : 0;
	if (what == 6)
		f->seq += prandom_u32_state(rnd) % 3 - 1;
	if (what == 7)
		f->id += prandom_u32_state(rnd) % 3 - 1;
	if (what == 8)
		f->ack++;
	if (what == 9)
		f->ttl ^= 1;
	if (what == 10)
		f->sport ^= 1;
	if (what == 11)
		f->tcp_words = prandom_u32_state(rnd) % 4;
	if (what == 12)
		f->frag ^= 0x4000;
	if (what == 13)
		f->window++;
}

static void run_streams(struct kunit *test)
{
	struct run_ctx *ctx = test->priv;
	struct rnd_state rnd;
	struct frame f;
	unsigned int i, n;
	u16 id_step;

	prandom_seed_state(&rnd, 8);
	for (i = 0; i < STREAMS; i++) {
		frame_init(&f, i % 3 == 0, IPPROTO_TCP);
		f.seq = prandom_u32_state(&rnd);
		f.id = prandom_u32_state(&rnd);
		f.frag = i % 2 ? 0x4000 : 0;
		id_step = i % 4 < 2 ? 0 : 1;
		f.exts = i % 6 == 0;
		f.ext[0] = EXT_DEST;
		for (n = 0; n < FRAMES; n++) {
			run_vary(&f, &rnd, id_step, i % 5 ? 0x10 : 0x90);
			run_frame(test, &f);
		}
		run_end(test);
	}
	/* If little was merged, little was tested. */
	KUNIT_EXPECT_GT(test, ctx->merged, STREAMS * FRAMES / 2u);
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(run_inverse),
	KUNIT_CASE(run_streams),
	{}
};

struct kunit_suite coalesce_run_suite = {
	.name = "snull-coalesce-run",
	.init = run_init,
	.test_cases = run_cases,
};
