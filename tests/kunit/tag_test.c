// SPDX-License-Identifier: GPL-2.0-only
/*
 * tag_test.c - is a frame with a tag put in the frame that has it, and the other
 * way round?
 *
 * frame.c makes both, with a tag and without.
 *
 * Read next: ../../snull/frame/tag.c
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "../../snull/frame/headers.h"
#include "../../snull/frame/tag.h"
#include "../../snull/frame/tcam.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	5000

struct tag_ctx {
	u8 pad[2] __aligned(4);	/* for the IP headers */
	u8 with[FRAME_MAX];
	u8 pad2[2] __aligned(4);
	u8 without[FRAME_MAX];
};

static int tag_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct tag_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* The same frame with a tag and without.  Return: the tag. */
static struct vlan_tag tag_both(struct tag_ctx *ctx, struct frame *f,
				struct rnd_state *rnd)
{
	struct vlan_tag tag = { htons(ETH_P_8021Q), htons(5) };
	struct frame with;

	frame_random(f, rnd);
	f->tags = min(f->tags, 1U);
	with = *f;
	with.tags++;
	frame_build(f, ctx->without);
	frame_build(&with, ctx->with);
	if (f->tags)
		tag = (struct vlan_tag){ htons(ETH_P_8021AD), htons(0x64) };
	return tag;
}

static void tag_there_and_back(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct vlan_tag tag, got;
	unsigned int i, len;
	struct rnd_state rnd;
	struct frame f;
	u8 *data;

	prandom_seed_state(&rnd, 31);
	for (i = 0; i < ROUNDS; i++) {
		tag = tag_both(ctx, &f, &rnd);
		len = f.len;
		if (i % 3)
			len = ETH_HLEN + prandom_u32_state(&rnd) %
					 (i % 3 == 1 ? 4 : len - ETH_HLEN);
		data = frame_alloc(test, len + TAG_LEN);
		memcpy(data, ctx->without, len);
		tag_push(data, len, tag);
		KUNIT_ASSERT_EQ(test, 0, memcmp(data, ctx->with, len + TAG_LEN));
		KUNIT_ASSERT_TRUE(test, eth_type_vlan(tag.proto));
		got = tag_pop(data, len + TAG_LEN);
		KUNIT_ASSERT_EQ(test, 0, memcmp(data, ctx->without, len));
		KUNIT_ASSERT_EQ(test, 0, memcmp(&got, &tag, sizeof(tag)));
		frame_free(data);
	}
	KUNIT_EXPECT_FALSE(test, eth_type_vlan(htons(ETH_P_IP)));
	KUNIT_EXPECT_FALSE(test, eth_type_vlan(htons(ETH_P_PAUSE)));
}

/* A rule sees the same tag, be it among the bytes or beside them. */
static void tag_in_a_rule(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct tcam_key with, without;
	struct rnd_state rnd;
	unsigned int i;
	struct vlan_tag tag;
	struct frame f;

	prandom_seed_state(&rnd, 32);
	for (i = 0; i < ROUNDS; i++) {
		tag = tag_both(ctx, &f, &rnd);
		tcam_read(ctx->with, f.len + TAG_LEN, false, &with);
		tcam_read(ctx->without, f.len, false, &without);
		tcam_set_tag(&without, tag);
		KUNIT_ASSERT_EQ(test, 0, memcmp(&with, &without, sizeof(with)));
	}
}

static struct kunit_case tag_cases[] = {
	KUNIT_CASE(tag_there_and_back),
	KUNIT_CASE(tag_in_a_rule),
	{}
};

struct kunit_suite tag_suite = {
	.name = "snull-tag",
	.init = tag_test_init,
	.test_cases = tag_cases,
};
