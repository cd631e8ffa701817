// SPDX-License-Identifier: GPL-2.0-only
/*
 * wire_test.c - does the wire rewrite what it should, and nothing else?
 *
 * A frame that has been through the wire must equal the frame that frame.c
 * builds for the addresses of the other side, to the last bit.
 *
 * Read next: wire_bad_test.c, for frames that nobody should send.
 */
#include <linux/hex.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../snull/frame/rewrite.h"
#include "frame.h"
#include "suites.h"

#define ROUNDS	20000

struct wire_ctx {
	u8 pad[2] __aligned(4);	/* for the IP headers */
	u8 before[FRAME_MAX];
	u8 after[FRAME_MAX];
};

static int wire_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct wire_ctx), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static int wire_send(u8 *data, const struct frame *f)
{
	struct wire_csum csum = {
		.partial = f->sum == FRAME_PARTIAL,
		.start = f->l4,
		.offset = f->check_off - f->l4,
	};

	return wire_rewrite_ip(data, f->len, f->len, &csum);
}

static bool wire_quotes(const struct frame *f)
{
	if (!f->quote)
		return false;
	return f->ip6 ? f->icmp_type >= 1 && f->icmp_type <= 4 :
			!!memchr("\3\4\5\13\14", f->icmp_type, 5);
}

/* Send @f through the wire, there and back. */
static void wire_check(struct kunit *test, const struct frame *f)
{
	struct wire_ctx *ctx = test->priv;
	struct frame src = *f, dst = *f, quote;
	int want = WIRE_PASSED;
	u8 *data;

	frame_build(&src, ctx->before);
	if (wire_quotes(f)) {
		quote = *f->quote;
		if (frame_flip(&quote))
			want = WIRE_REWRITTEN;
		dst.quote = &quote;
	}
	if (frame_flip(&dst))
		want = WIRE_REWRITTEN;
	frame_build(&dst, ctx->after);

	data = frame_alloc(test, src.len);
	memcpy(data, ctx->before, src.len);
	KUNIT_ASSERT_EQ(test, want, wire_send(data, &src));
	KUNIT_ASSERT_EQ(test, 0, memcmp(data, ctx->after, src.len));
	KUNIT_ASSERT_EQ(test, want, wire_send(data, &src));
	KUNIT_ASSERT_EQ(test, 0, memcmp(data, ctx->before, src.len));
	frame_free(data);
}

static unsigned int wire_unhex(u8 *to, const char *const *line)
{
	unsigned int len = 0, n;

	for (; *line; line++, len += n) {
		n = strlen(*line) / 2;
		if (hex2bin(to + len, *line, n))
			return 0;
	}
	return len;
}

/* Frames and checksums that another program computed. */
static void wire_vectors(struct kunit *test)
{
	static const struct {
		const char *before[4], *after[4];
	} vector[] = {
		{	/* the ping of LDD3, chapter 17 */
			{ "00534e554c3100534e554c30080045000022000140004001b986c0a80001c0a8",
			  "00020800a2b5004d0001736e756c6c21" },
			{ "00534e554c3100534e554c30080045000022000140004001b786c0a80101c0a8",
			  "01020800a2b5004d0001736e756c6c21" },
		},
		{	/* TCP: the first SYN of iperf3 */
			{ "00534e554c3100534e554c3008004500002c000140004006b977c0a80001c0a8",
			  "0002ad211451cafebabe000000006002faf0d4b10000020405b4" },
			{ "00534e554c3100534e554c3008004500002c000140004006b777c0a80101c0a8",
			  "0102ad211451cafebabe000000006002faf0d2b10000020405b4" },
		},
		{	/* UDP over IPv6 */
			{ "00534e554c3100534e554c3086dd60000000000d114020010db8000000000000",
			  "00000000000120010db800000000000000000000000203e807d0000de72f4c44",
			  "443321" },
			{ "00534e554c3100534e554c3086dd60000000000d114020010db8000000010000",
			  "00000000000120010db800000001000000000000000203e807d0000de72d4c44",
			  "443321" },
		},
		{	/* port unreachable */
			{ "00534e554c3100534e554c30080045000038000140004001b770c0a80102c0a8",
			  "010103034f9a000000004500001c000740004011b776c0a80101c0a801029c40",
			  "000900081111" },
			{ "00534e554c3100534e554c30080045000038000140004001b970c0a80002c0a8",
			  "000103034f9a000000004500001c000740004011b976c0a80001c0a800029c40",
			  "000900081111" },
		},
	};
	struct wire_ctx *ctx = test->priv;
	struct wire_csum csum = {};
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(vector); i++) {
		len = wire_unhex(ctx->before, vector[i].before);
		wire_unhex(ctx->after, vector[i].after);
		KUNIT_EXPECT_EQ(test, (int)WIRE_REWRITTEN,
				(int)wire_rewrite_ip(ctx->before, len, len,
						     &csum));
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(ctx->before, ctx->after, len),
				    "vector %u", i);
	}
}

static void wire_protocols(struct kunit *test)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMP,
		IPPROTO_ICMPV6, IPPROTO_GRE, IPPROTO_SCTP, IPPROTO_NONE,
	};
	unsigned int i, rest;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(protos) * 2 * 3 * 3 * 4; i++) {
		frame_init(&f, i % 2, protos[i / 2 % ARRAY_SIZE(protos)]);
		rest = i / 2 / ARRAY_SIZE(protos);
		f.icmp_type = f.ip6 ? 128 : 8;
		f.tags = rest % 3;
		f.sum = rest / 3 % 3;
		f.payload = rest / 9 * 11;
		if (f.sum != FRAME_NONE || f.proto == IPPROTO_UDP ||
		    f.proto == IPPROTO_UDPLITE)
			wire_check(test, &f);
	}
}

/* A packet in a packet: the inner checksum is partial, the outer finished. */
static void wire_tunnel(struct kunit *test)
{
	struct wire_ctx *ctx = test->priv;
	struct wire_csum csum = { .start = 92, .offset = 16, .partial = true };
	struct frame f;

	frame_init(&f, false, IPPROTO_UDP);
	f.payload = 120;
	frame_build(&f, ctx->before);
	frame_flip(&f);
	frame_build(&f, ctx->after);
	wire_rewrite_ip(ctx->before, f.len, f.len, &csum);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->before, ctx->after, f.len));
}

static void wire_addresses(struct kunit *test)
{
	static const struct {
		u8 addr[4];
		bool flips;
	} v4[] = {
		{ { 192, 168, 0, 1 }, true }, { { 192, 168, 255, 255 }, true },
		{ { 10, 0, 1, 0 }, true }, { { 169, 254, 3, 4 }, true },
		{ { 255, 255, 255, 254 }, true }, { { 0, 0, 0, 1 }, true },
		{ { 223, 255, 255, 255 }, true }, { { 240, 0, 0, 1 }, true },
		{ { 126, 255, 255, 255 }, true }, { { 128, 0, 0, 1 }, true },
		{ { 0, 0, 0, 0 }, false }, { { 0, 0, 1, 0 }, false },
		{ { 127, 0, 0, 1 }, false }, { { 127, 255, 255, 255 }, false },
		{ { 224, 0, 0, 1 }, false }, { { 239, 255, 255, 250 }, false },
		{ { 255, 255, 255, 255 }, false }, { { 255, 255, 254, 255 }, false },
	};
	static const struct {
		u8 addr[16];
		bool flips;
	} v6[] = {
		{ { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 1 }, true },
		{ { 0xfd, 0, 0, 0, 0, 0, 0xff, 0xff }, true },
		{ { 0xfe, 0xc0 }, true }, { { 0xfe, 0x7f }, true },
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 }, true },
		{ { 0, 0, 0, 0, 0, 0, 0, 2 }, true },
		{ { 0 }, false }, { { 0, 0, 0, 0, 0, 0, 0, 1 }, false },
		{ { 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, false },
		{ { 0xfe, 0x80, 0, 0, 0, 0, 0, 1 }, false },
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, false },
		{ { 0xfe, 0xbf, 0xff, 0xff }, false },
		{ { 0xff, 0x02, 0, 0, 0, 0, 0, 0, 1 }, false },
		{ { 0xff, 0x0e }, false }, { { 0xff, 0xff, 0xff, 0xff }, false },
	};
	unsigned int i, j;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(v4) * ARRAY_SIZE(v4); i++) {
		j = i % ARRAY_SIZE(v4);
		KUNIT_EXPECT_EQ(test, v4[j].flips,
				frame_flips(false, v4[j].addr));
		frame_init(&f, false, IPPROTO_UDP);
		memcpy(f.saddr, v4[i / ARRAY_SIZE(v4)].addr, 4);
		memcpy(f.daddr, v4[j].addr, 4);
		wire_check(test, &f);
	}
	for (i = 0; i < ARRAY_SIZE(v6) * ARRAY_SIZE(v6); i++) {
		j = i % ARRAY_SIZE(v6);
		KUNIT_EXPECT_EQ(test, v6[j].flips,
				frame_flips(true, v6[j].addr));
		frame_init(&f, true, IPPROTO_TCP);
		memcpy(f.saddr, v6[i / ARRAY_SIZE(v6)].addr, 16);
		memcpy(f.daddr, v6[j].addr, 16);
		wire_check(test, &f);
	}
}

static void wire_fragments(struct kunit *test)
{
	static const u16 frag[] = { 0x2000, 0x4000, 0x2001, 0x1fff, 0x0007 };
	unsigned int i;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(frag); i++) {
		frame_init(&f, false, i % 2 ? IPPROTO_UDP : IPPROTO_TCP);
		f.frag = frag[i];
		/* The last of them is too short for a transport header. */
		f.payload = frag[i] & 0x1fff ? i : 64;
		wire_check(test, &f);
	}
}

/* All chains of up to three extension headers, and the longest. */
static void wire_extensions(struct kunit *test)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6 };
	unsigned int i, j, rest;
	struct frame f;

	for (i = 0; i < 8 * 8 * 8 * 2 * ARRAY_SIZE(protos); i++) {
		frame_init(&f, true, protos[i / 1024]);
		f.icmp_type = 129;
		f.sum = i / 512 % 2 ? FRAME_PARTIAL : FRAME_FINISHED;
		for (j = 0, rest = i; j < 3; j++, rest /= 8)
			if (rest % 8 < 7)
				f.ext[f.exts++] = rest % 8;
		wire_check(test, &f);
	}
	frame_init(&f, true, IPPROTO_TCP);
	for (f.exts = 0; f.exts < 8; f.exts++)
		f.ext[f.exts] = EXT_DEST;
	wire_check(test, &f);
}

/* What a host on the far side of the wire may answer to a packet of ours. */
static void wire_icmp_errors(struct kunit *test)
{
	struct wire_ctx *ctx = test->priv;
	struct frame f, quote;
	unsigned int i;

	for (i = 0; i < 256 * 4; i++) {
		frame_init(&quote, i / 256 % 2,
			   i % 3 ? IPPROTO_UDP : IPPROTO_TCP);
		quote.ip_words = i / 512 * 3;
		frame_build(&quote, ctx->before);
		quote.sum = FRAME_FIXED;

		frame_init(&f, quote.ip6,
			   quote.ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
		f.icmp_type = i;
		f.ip_words = quote.ip_words;
		f.sum = i % 5 ? FRAME_FINISHED : FRAME_PARTIAL;
		f.quote = &quote;
		f.quote_len = quote.hdr_len - quote.l3;
		wire_check(test, &f);
	}
}

/* An error from a router that the wire leaves alone, about one it does not. */
static void wire_icmp_errors_apart(struct kunit *test)
{
	static const u8 local[2][16] = {
		{ 127, 0, 0, 1 }, { 0xfe, 0x80, [15] = 1 },
	};
	struct wire_ctx *ctx = test->priv;
	struct frame f, quote;
	unsigned int i;

	for (i = 0; i < 2 * 16; i++) {
		frame_init(&quote, i % 2, IPPROTO_TCP);
		frame_init(&f, i % 2, i % 2 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
		if (i & 2)
			memcpy(f.saddr, local[i % 2], 16);
		if (i & 4)
			memcpy(f.daddr, local[i % 2], 16);
		if (i & 8)
			memcpy(quote.saddr, local[i % 2], 16);
		if (i & 16)
			memcpy(quote.daddr, local[i % 2], 16);
		frame_build(&quote, ctx->before);
		quote.sum = FRAME_FIXED;
		f.icmp_type = 3;
		f.quote = &quote;
		f.quote_len = 48;
		wire_check(test, &f);
	}
}

/* UDP's two zeros: the sum that comes out 0 is sent as 0xffff. */
static void wire_udp_zero(struct kunit *test)
{
	struct wire_ctx *ctx = test->priv;
	unsigned int ip6, i;
	struct frame f;

	for (i = 0; i < 4; i++) {
		ip6 = i % 2;
		frame_init(&f, ip6, i / 2 ? IPPROTO_UDP : IPPROTO_UDPLITE);
		frame_build(&f, ctx->before);
		/* Change a port by what the other side's sum lacks. */
		frame_flip(&f);
		frame_build(&f, ctx->before);
		f.sport = frame_fold(f.sport + f.check);
		frame_build(&f, ctx->before);
		KUNIT_ASSERT_EQ(test, f.check, (u16)0xffff);
		wire_check(test, &f);
		frame_flip(&f);
		wire_check(test, &f);
		frame_build(&f, ctx->before);
		KUNIT_EXPECT_NE(test, f.check, (u16)0xffff);
	}
}

static void wire_fuzz(struct kunit *test)
{
	struct rnd_state rnd;
	struct frame f;
	unsigned int i;

	prandom_seed_state(&rnd, 17);
	for (i = 0; i < ROUNDS; i++) {
		frame_random(&f, &rnd);
		wire_check(test, &f);
	}
}

/* The checksum that vouches for the data is TCP's or UDP's, outermost. */
static void wire_checks(struct kunit *test)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6,
	};
	struct wire_ctx *ctx = test->priv;
	unsigned int i, want;
	struct frame f;

	for (i = 0; i < ARRAY_SIZE(protos) * 2 * 3; i++) {
		frame_init(&f, i % 2, protos[i / 6]);
		f.tags = i / 2 % 3;
		frame_build(&f, ctx->before);
		want = i / 6 < 2 ? f.check_off : 0;
		KUNIT_EXPECT_EQ(test, want,
				wire_find_check(ctx->before, f.len, f.len));
		/* Not if the headers go on beyond what is shown. */
		KUNIT_EXPECT_EQ(test, 0u, wire_find_check(ctx->before, f.l4,
							  f.len));
	}
	frame_init(&f, false, IPPROTO_UDP);
	f.frag = 100;
	frame_build(&f, ctx->before);
	KUNIT_EXPECT_EQ(test, 0u, wire_find_check(ctx->before, f.len, f.len));
}

static void wire_hash(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wire_mc_hash("\x01\x00\x5e\x00\x00\x01"), 31u);
	KUNIT_EXPECT_EQ(test, wire_mc_hash("\x33\x33\x00\x00\x00\x01"), 62u);
	KUNIT_EXPECT_EQ(test, wire_mc_hash("\x01\x80\xc2\x00\x00\x00"), 25u);
	KUNIT_EXPECT_EQ(test, wire_mc_hash("\x33\x33\xff\x00\x00\x02"), 10u);
	KUNIT_EXPECT_EQ(test, wire_mc_hash("\xff\xff\xff\xff\xff\xff"), 63u);
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(wire_vectors),
	KUNIT_CASE(wire_protocols),
	KUNIT_CASE(wire_tunnel),
	KUNIT_CASE(wire_addresses),
	KUNIT_CASE(wire_fragments),
	KUNIT_CASE(wire_extensions),
	KUNIT_CASE(wire_icmp_errors),
	KUNIT_CASE(wire_icmp_errors_apart),
	KUNIT_CASE(wire_udp_zero),
	KUNIT_CASE(wire_fuzz),
	KUNIT_CASE(wire_checks),
	KUNIT_CASE(wire_hash),
	{}
};

struct kunit_suite wire_suite = {
	.name = "snull-wire",
	.init = wire_test_init,
	.test_cases = wire_cases,
};
