// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcam_test.c - does a rule see of a frame what is there, and nothing else?
 *
 * Frames of every kind, whose headers frame.c knows because it made them; and
 * for each of them an entry that differs in one bit.
 *
 * Read next: ../../snull/frame/tcam.c
 */
#include <linux/in.h>
#include <linux/string.h>

#include "../../snull/frame/tcam.h"
#include "../../snull/frame/rewrite.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	5000

struct tcam_ctx {
	u8 pad[2] __aligned(4);	/* for the IP headers */
	u8 data[FRAME_MAX];
};

static int tcam_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct tcam_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static bool tcam_same(const struct tcam_key *key, const struct tcam_key *other)
{
	return !memcmp(key, other, sizeof(*key));
}

/* Addresses and protocols of a frame that is all there. */
static void tcam_check(struct kunit *test, const struct frame *f,
		       const struct tcam_key *key)
{
	unsigned int alen = f->ip6 ? 16 : 4;
	bool ports = key->has & TCAM_PORTS;

	KUNIT_ASSERT_EQ(test, f->ip6 ? ETH_P_IPV6 : ETH_P_IP,
			(int)ntohs(key->proto));
	KUNIT_ASSERT_EQ(test, f->tags > 0, !!(key->has & TCAM_TAG));
	KUNIT_ASSERT_EQ(test, 0, memcmp(key->saddr, f->saddr, alen));
	KUNIT_ASSERT_EQ(test, 0, memcmp(key->daddr, f->daddr, alen));
	/* What is behind a fragment's header may be another header. */
	if (f->ip6 && f->exts)
		return;
	KUNIT_ASSERT_EQ(test, (int)f->proto, (int)key->l4);
	if (!f->ip6 && f->frag & 0x3fff)
		KUNIT_ASSERT_FALSE(test, ports);
	else if (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP)
		KUNIT_ASSERT_TRUE(test, ports);
	if (!ports || (f->proto != IPPROTO_TCP && f->proto != IPPROTO_UDP))
		return;
	KUNIT_ASSERT_EQ(test, (int)f->sport, (int)ntohs(key->sport));
	KUNIT_ASSERT_EQ(test, (int)f->dport, (int)ntohs(key->dport));
}

/* And the wire trick that is still to come must give the same. */
static void tcam_every_kind(struct kunit *test)
{
	struct tcam_ctx *ctx = test->priv;
	struct wire_csum csum = {};
	struct tcam_key key, after;
	struct rnd_state rnd;
	unsigned int i;
	struct frame f;
	u8 *data;

	prandom_seed_state(&rnd, 21);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		if (f.sum == FRAME_PARTIAL)
			f.sum = FRAME_FINISHED;
		frame_build(&f, ctx->data);
		data = frame_alloc(test, f.len);
		memcpy(data, ctx->data, f.len);
		tcam_read(data, f.len, false, &key);
		tcam_check(test, &f, &key);
		tcam_read(data, f.len, true, &key);
		KUNIT_ASSERT_NE(test, (int)WIRE_MALFORMED,
				(int)wire_rewrite_ip(data, f.len, f.len, &csum));
		tcam_read(data, f.len, false, &after);
		/* What is in the ports' place of ICMP is a checksum. */
		if (f.proto != IPPROTO_TCP && f.proto != IPPROTO_UDP) {
			after.sport = key.sport;
			after.dport = key.dport;
		}
		KUNIT_ASSERT_TRUE(test, tcam_same(&key, &after));
		frame_free(data);
	}
}

/* What is cut off reads as 0, and KASAN sees no byte read behind the end. */
static void tcam_truncated(struct kunit *test)
{
	struct tcam_ctx *ctx = test->priv;
	struct tcam_key key;
	struct rnd_state rnd;
	unsigned int i, len;
	struct frame f;
	u8 *data;

	prandom_seed_state(&rnd, 22);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		frame_build(&f, ctx->data);
		len = prandom_u32_state(&rnd) % f.len;
		data = frame_alloc(test, len);
		memcpy(data, ctx->data, len);
		tcam_read(data, len, i & 1, &key);
		if (len < f.l3 + (f.ip6 ? 40 : 20))
			KUNIT_ASSERT_EQ(test, 0, (int)key.l4);
		if (len < f.l4 + 4)
			KUNIT_ASSERT_FALSE(test, key.has & TCAM_PORTS);
		frame_free(data);
	}
}

static void tcam_flip(struct tcam_key *key, unsigned int bit)
{
	key->word[bit / 64] ^= BIT_ULL(bit % 64);
}

/* Each bit counts if the mask says so, and only then. */
static void tcam_each_bit(struct kunit *test)
{
	struct tcam_entry entry;
	struct rnd_state rnd;
	struct tcam_key key;
	unsigned int bit;

	prandom_seed_state(&rnd, 23);
	prandom_bytes_state(&rnd, &key, sizeof(key));
	entry.value = key;
	memset(&entry.mask, 0xff, sizeof(entry.mask));
	KUNIT_EXPECT_TRUE(test, tcam_match(&key, &entry));
	for (bit = 0; bit < 8 * sizeof(key); bit++) {
		tcam_flip(&entry.value, bit);
		KUNIT_EXPECT_FALSE(test, tcam_match(&key, &entry));
		tcam_flip(&entry.mask, bit);
		KUNIT_EXPECT_TRUE(test, tcam_match(&key, &entry));
		tcam_flip(&entry.mask, bit);
		tcam_flip(&entry.value, bit);
	}
	memset(&entry, 0, sizeof(entry));
	KUNIT_EXPECT_TRUE(test, tcam_match(&key, &entry));
}

static struct kunit_case tcam_cases[] = {
	KUNIT_CASE(tcam_every_kind),
	KUNIT_CASE(tcam_truncated),
	KUNIT_CASE(tcam_each_bit),
	{}
};

struct kunit_suite tcam_suite = {
	.name = "snull-tcam",
	.init = tcam_test_init,
	.test_cases = tcam_cases,
};
