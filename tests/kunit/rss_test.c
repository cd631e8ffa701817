// SPDX-License-Identifier: GPL-2.0-only
/*
 * rss_test.c - is a frame hashed as every NIC hashes it?
 *
 * First the hashes that Microsoft publishes for the key of nic/steer.c, then
 * frames of every kind, whose flow frame.c knows because it made them.
 *
 * Read next: ../../snull/frame/toeplitz.c
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/string.h>

#include "../../snull/frame/toeplitz.h"
#include "../../snull/frame/rewrite.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	5000

#define ALL	(RSS_ADDRS | RSS_PORTS)

static const struct rss_fields hash_all = { ALL, ALL, ALL, ALL };
static const struct rss_fields hash_addrs = {
	RSS_ADDRS, RSS_ADDRS, RSS_ADDRS, RSS_ADDRS,
};

static const u8 rss_key[RSS_KEY_LEN] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

struct rss_ctx {
	u8 pad[2] __aligned(4);	/* for the IP headers */
	u8 data[FRAME_MAX];
};

static int rss_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct rss_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* ---- the published hashes ------------------------------------------------ */

struct rss_vector {
	const char *dst;
	u16 dport;
	const char *src;
	u16 sport;
	u32 addrs, all;
};

/* In the order of the columns of "Verifying the RSS Hash Calculation". */
static const struct rss_vector vectors4[] = {
	{ "161.142.100.80", 1766, "66.9.149.187", 2794,
	  0x323e8fc2, 0x51ccc178 },
	{ "65.69.140.83", 4739, "199.92.111.2", 14230,
	  0xd718262a, 0xc626b0ea },
	{ "12.22.207.184", 38024, "24.19.198.95", 12898,
	  0xd2d0a5de, 0x5c2b394a },
	{ "209.142.163.6", 2217, "38.27.205.30", 48228,
	  0x82989176, 0xafc7327f },
	{ "202.188.127.2", 1303, "153.39.163.191", 44251,
	  0x5d1809c5, 0x10e828a2 },
};

static const struct rss_vector vectors6[] = {
	{ "3ffe:2501:200:3::1", 1766, "3ffe:2501:200:1fff::7", 2794,
	  0x2cc18cd5, 0x40207d3d },
	{ "ff02::1", 4739, "3ffe:501:8::260:97ff:fe40:efab", 14230,
	  0x0f0c461c, 0xdde51bbf },
	{ "fe80::200:f8ff:fe21:67cf", 38024,
	  "3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251,
	  0x4b61e985, 0x02d1feef },
};

static u32 rss_hash(const u8 *data, unsigned int len, bool flip,
		    const struct rss_fields *fields, struct rss_flow *flow)
{
	rss_read(data, len, flip, fields, flow);
	return rss_toeplitz(rss_key, flow);
}

static void rss_check_vector(struct kunit *test, bool ip6, u8 proto,
			     const struct rss_vector *v)
{
	struct rss_ctx *ctx = test->priv;
	struct rss_flow flow;
	struct frame f;

	frame_init(&f, ip6, proto);
	f.sport = v->sport;
	f.dport = v->dport;
	if (ip6) {
		KUNIT_ASSERT_EQ(test, 1, in6_pton(v->src, -1, f.saddr, -1, NULL));
		KUNIT_ASSERT_EQ(test, 1, in6_pton(v->dst, -1, f.daddr, -1, NULL));
	} else {
		KUNIT_ASSERT_EQ(test, 1, in4_pton(v->src, -1, f.saddr, -1, NULL));
		KUNIT_ASSERT_EQ(test, 1, in4_pton(v->dst, -1, f.daddr, -1, NULL));
	}
	frame_build(&f, ctx->data);
	KUNIT_EXPECT_EQ(test, v->addrs,
			rss_hash(ctx->data, f.len, false, &hash_addrs, &flow));
	KUNIT_EXPECT_FALSE(test, flow.ports);
	KUNIT_EXPECT_EQ(test, v->all,
			rss_hash(ctx->data, f.len, false, &hash_all, &flow));
	KUNIT_EXPECT_TRUE(test, flow.ports);
}

static void rss_published(struct kunit *test)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	unsigned int i, j;

	for (j = 0; j < ARRAY_SIZE(protos); j++) {
		for (i = 0; i < ARRAY_SIZE(vectors4); i++)
			rss_check_vector(test, false, protos[j], &vectors4[i]);
		for (i = 0; i < ARRAY_SIZE(vectors6); i++)
			rss_check_vector(test, true, protos[j], &vectors6[i]);
	}
}

/* ---- an oracle ------------------------------------------------------------ */

/* What is hashed of a frame, byte by byte. */
struct rss_input {
	u8 data[36];
	unsigned int len;
	bool ports;
};

/* The hash as its definition has it: the key slides by, bit by bit. */
static u32 rss_oracle(const struct rss_input *in)
{
	u32 hash = 0, window = 0;
	unsigned int i, next;

	for (i = 0; i < 32; i++)
		window = window << 1 | (rss_key[i / 8] >> (7 - i % 8) & 1);
	for (i = 0; i < in->len * 8; i++) {
		if (in->data[i / 8] >> (7 - i % 8) & 1)
			hash ^= window;
		next = i + 32;
		window = window << 1;
		if (next < RSS_KEY_LEN * 8)
			window |= rss_key[next / 8] >> (7 - next % 8) & 1;
	}
	return hash;
}

static u8 rss_fields_for(const struct frame *f, const struct rss_fields *of)
{
	/* A fragment, or with headers in between: the addresses. */
	if (f->ip6 ? f->exts : f->frag & 0x3fff)
		return RSS_ADDRS;
	if (f->proto == IPPROTO_TCP)
		return f->ip6 ? of->tcp6 : of->tcp4;
	if (f->proto == IPPROTO_UDP)
		return f->ip6 ? of->udp6 : of->udp4;
	return RSS_ADDRS;
}

/* What is to be hashed of @f, of which @len bytes are there. */
static void rss_expect(const struct frame *f, unsigned int len,
		       const struct rss_fields *of, struct rss_input *in)
{
	u8 fields = rss_fields_for(f, of);
	unsigned int alen = f->ip6 ? 16 : 4;

	memset(in, 0, sizeof(*in));
	if (len < f->l3 + (f->ip6 ? 40 : 20))
		return;
	if (fields & RSS_SRC)
		memcpy(in->data, f->saddr, alen);
	if (fields & RSS_DST)
		memcpy(in->data + alen, f->daddr, alen);
	in->len = 2 * alen;
	if (!(fields & RSS_PORTS) || len < f->l4 + 4)
		return;
	if (fields & RSS_SPORT) {
		in->data[in->len] = f->sport >> 8;
		in->data[in->len + 1] = f->sport;
	}
	if (fields & RSS_DPORT) {
		in->data[in->len + 2] = f->dport >> 8;
		in->data[in->len + 3] = f->dport;
	}
	in->len += 4;
	in->ports = true;
}

static void rss_check(struct kunit *test, const struct frame *f, u8 *data,
		      unsigned int len, bool flip, const struct rss_fields *of)
{
	struct rss_input in;
	struct rss_flow flow;

	rss_expect(f, len, of, &in);
	KUNIT_ASSERT_EQ(test, rss_oracle(&in),
			rss_hash(data, len, flip, of, &flow));
	KUNIT_ASSERT_EQ(test, in.len, flow.words * 4U);
	KUNIT_ASSERT_EQ(test, in.ports, flow.ports);
}

static void rss_random_fields(struct rss_fields *of, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);

	*of = (struct rss_fields){
		r & ALL, r >> 4 & ALL, r >> 8 & ALL, r >> 12 & ALL,
	};
}

/* ---- frames of every kind -------------------------------------------------- */

/*
 * Tags, options, fragments, extension headers, every protocol, every choice of
 * fields; and the wire trick that is still to come must give the same hash.
 */
static void rss_every_kind(struct kunit *test)
{
	struct wire_csum csum = {};
	struct rss_fields fields;
	struct rnd_state rnd;
	struct frame f;
	unsigned int i;
	u8 *data;

	prandom_seed_state(&rnd, 17);
	for (i = 0; i < ROUNDS; i++) {
		struct rss_ctx *ctx = test->priv;

		frame_random(&f, &rnd);
		if (f.sum == FRAME_PARTIAL)
			f.sum = FRAME_FINISHED;
		rss_random_fields(&fields, &rnd);
		frame_build(&f, ctx->data);
		data = frame_alloc(test, f.len);
		memcpy(data, ctx->data, f.len);
		rss_check(test, &f, data, f.len, false, &fields);
		frame_flip(&f);
		rss_check(test, &f, data, f.len, true, &fields);
		KUNIT_ASSERT_NE(test, (int)WIRE_MALFORMED,
				(int)wire_rewrite_ip(data, f.len, f.len, &csum));
		rss_check(test, &f, data, f.len, false, &fields);
		frame_free(data);
	}
}

static void rss_cut_at(struct kunit *test, const struct frame *f,
		       const u8 *whole, unsigned int len)
{
	u8 *data = frame_alloc(test, len);

	memcpy(data, whole, len);
	rss_check(test, f, data, len, false, &hash_all);
	frame_free(data);
}

/* A frame that ends early has no ports, then no addresses, then no flow. */
static void rss_truncated(struct kunit *test)
{
	struct rss_ctx *ctx = test->priv;
	unsigned int kind, len;
	struct frame f;

	for (kind = 0; kind < 16; kind++) {
		frame_init(&f, kind & 1, kind & 2 ? IPPROTO_TCP : IPPROTO_UDP);
		f.tags = kind & 4 ? 2 : 0;
		f.ip_words = kind & 8 ? 10 : 0;
		frame_build(&f, ctx->data);
		for (len = 0; len <= f.len; len++)
			rss_cut_at(test, &f, ctx->data, len);
	}
}

/* ---- headers that lie ------------------------------------------------------- */

static void rss_no_flow(struct kunit *test, const u8 *data, unsigned int len)
{
	struct rss_flow flow;

	KUNIT_EXPECT_EQ(test, 0U, rss_hash(data, len, false, &hash_all, &flow));
	KUNIT_EXPECT_EQ(test, 0, (int)flow.words);
	KUNIT_EXPECT_FALSE(test, flow.ports);
}

static void rss_not_ip(struct kunit *test)
{
	struct rss_ctx *ctx = test->priv;
	struct frame f;
	u8 *type;

	frame_init(&f, false, IPPROTO_UDP);
	frame_build(&f, ctx->data);
	type = ctx->data + f.l3 - 2;
	memcpy(type, "\x08\x06", 2);		/* ARP */
	rss_no_flow(test, ctx->data, f.len);
	memcpy(type, "\x86\xdd", 2);		/* an IPv4 header all the same */
	rss_no_flow(test, ctx->data, f.len);
	f.tags = 2;
	frame_build(&f, ctx->data);
	memcpy(ctx->data + f.l3 - 2, "\x81\x00", 2);	/* a third tag */
	rss_no_flow(test, ctx->data, f.len);
	f.tags = 0;
	f.ip6 = true;
	frame_build(&f, ctx->data);
	memcpy(type, "\x08\x00", 2);
	rss_no_flow(test, ctx->data, f.len);
}

/* An IPv4 header that is shorter than it can be, or longer than the frame. */
static void rss_wrong_ihl(struct kunit *test)
{
	struct rss_ctx *ctx = test->priv;
	struct rss_flow flow;
	struct frame f;
	unsigned int i;
	u8 *data;

	frame_init(&f, false, IPPROTO_UDP);
	f.payload = 0;
	frame_build(&f, ctx->data);
	for (i = 0; i < 5; i++) {
		ctx->data[f.l3] = 0x40 + i;
		rss_no_flow(test, ctx->data, f.len);
	}
	data = frame_alloc(test, f.len);
	for (i = 7; i < 16; i++) {
		ctx->data[f.l3] = 0x40 + i;
		memcpy(data, ctx->data, f.len);
		rss_hash(data, f.len, false, &hash_all, &flow);
		KUNIT_EXPECT_EQ(test, 2, (int)flow.words);
		KUNIT_EXPECT_FALSE(test, flow.ports);
	}
	frame_free(data);
}

/* ---- both directions alike, and flow labels ----------------------------------- */

static u32 rss_sym_hash(struct frame *f, u8 *data, enum rss_sym sym)
{
	struct rss_flow flow;

	frame_build(f, data);
	rss_read(data, f->len, false, &hash_all, &flow);
	rss_symmetric(&flow, sym);
	return rss_toeplitz(rss_key, &flow);
}

/* The other direction: the hash is the same if it is symmetric, and only then. */
static void rss_both_directions(struct kunit *test)
{
	struct rss_ctx *ctx = test->priv;
	unsigned int i, sym, differ[3] = {};
	struct rnd_state rnd;
	struct frame f, back;

	prandom_seed_state(&rnd, 19);
	for (i = 0; i < ROUNDS / 10; i++) {
		frame_random(&f, &rnd);
		back = f;
		memcpy(back.saddr, f.daddr, sizeof(f.saddr));
		memcpy(back.daddr, f.saddr, sizeof(f.daddr));
		back.sport = f.dport;
		back.dport = f.sport;
		for (sym = RSS_SYM_NONE; sym <= RSS_SYM_OR_XOR; sym++)
			differ[sym] += rss_sym_hash(&f, ctx->data, sym) !=
				       rss_sym_hash(&back, ctx->data, sym);
	}
	KUNIT_EXPECT_GT(test, differ[RSS_SYM_NONE], ROUNDS / 20U);
	KUNIT_EXPECT_EQ(test, 0U, differ[RSS_SYM_XOR]);
	KUNIT_EXPECT_EQ(test, 0U, differ[RSS_SYM_OR_XOR]);
}

/* The hash of a label stands alone, or is added to that of the ports. */
static void rss_label(struct kunit *test)
{
	static const u8 fields[] = { RSS_ADDRS, ALL };
	struct rss_ctx *ctx = test->priv;
	struct rss_fields of;
	struct rss_flow flow;
	struct frame f;
	unsigned int i;
	u32 without;

	frame_init(&f, true, IPPROTO_UDP);
	frame_build(&f, ctx->data);
	ctx->data[f.l3 + 1] |= 0x0c;
	ctx->data[f.l3 + 2] = 0xab;
	ctx->data[f.l3 + 3] = 0xcd;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		of = (struct rss_fields){ .udp6 = fields[i] };
		rss_read(ctx->data, f.len, false, &of, &flow);
		without = ntohl(flow.word[8]);
		of.udp6 |= RSS_LABEL;
		rss_read(ctx->data, f.len, false, &of, &flow);
		KUNIT_EXPECT_EQ(test, 9, (int)flow.words);
		KUNIT_EXPECT_EQ(test, without ^ 0xcabcd, ntohl(flow.word[8]));
		KUNIT_EXPECT_EQ(test, fields[i] == ALL, flow.ports);
	}
}

/* Whatever is in it, KASAN sees no byte read that the frame does not have. */
static void rss_garbage(struct kunit *test)
{
	struct rss_ctx *ctx = test->priv;
	struct rss_flow flow;
	struct rnd_state rnd;
	unsigned int i, len;
	struct frame f;
	u8 *data;

	prandom_seed_state(&rnd, 18);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		frame_build(&f, ctx->data);
		ctx->data[12 + prandom_u32_state(&rnd) % 60] =
			prandom_u32_state(&rnd);
		len = prandom_u32_state(&rnd) % (f.len + 1);
		data = frame_alloc(test, len);
		memcpy(data, ctx->data, len);
		rss_hash(data, len, i % 2, &hash_all, &flow);
		KUNIT_ASSERT_LE(test, (int)flow.words, RSS_WORDS_MAX);
		KUNIT_ASSERT_EQ(test, flow.ports, flow.words % 2 == 1);
		frame_free(data);
	}
}

static struct kunit_case rss_cases[] = {
	KUNIT_CASE(rss_published),
	KUNIT_CASE(rss_every_kind),
	KUNIT_CASE(rss_truncated),
	KUNIT_CASE(rss_not_ip),
	KUNIT_CASE(rss_wrong_ihl),
	KUNIT_CASE(rss_both_directions),
	KUNIT_CASE(rss_label),
	KUNIT_CASE(rss_garbage),
	{}
};

struct kunit_suite rss_suite = {
	.name = "snull-rss",
	.init = rss_test_init,
	.test_cases = rss_cases,
};
