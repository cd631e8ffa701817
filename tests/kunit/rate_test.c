// SPDX-License-Identifier: GPL-2.0-only
/*
 * rate_test.c - how long frames take on a wire with a speed.
 *
 * Read next: ../../snull/nic/rate.h
 */
#include <kunit/test.h>

#include "../../snull/nic/rate.h"
#include "suites.h"

static const u32 speeds[] = { 10, 100, 1000, 2500, 10000, 25000 };
static const u32 lengths[] = { 60, 61, 1514, 1522, 9022 };

static void rate_known(struct kunit *test)
{
	u32 rest = 0;

	/* The smallest frame and the largest one: 14881 and 812.7 a second. */
	KUNIT_EXPECT_EQ(test, rate_bytes(14), 84U);
	KUNIT_EXPECT_EQ(test, rate_bytes(60), 84U);
	KUNIT_EXPECT_EQ(test, rate_bytes(1514), 1538U);
	KUNIT_EXPECT_EQ(test, rate_ns(84, 10, &rest), 67200U);
	KUNIT_EXPECT_EQ(test, rate_ns(1538, 100, &rest), 123040U);
	KUNIT_EXPECT_EQ(test, rest, 0U);
	/* 492.16 ns */
	KUNIT_EXPECT_EQ(test, rate_ns(1538, 25000, &rest), 492U);
	KUNIT_EXPECT_EQ(test, rest, 4000U);
}

/* However many frames: what they take together is exact. */
static void rate_adds_up(struct kunit *test)
{
	unsigned int i, j, n;
	u32 rest, bytes;
	u64 sum;

	for (i = 0; i < ARRAY_SIZE(speeds); i++) {
		for (j = 0; j < ARRAY_SIZE(lengths); j++) {
			bytes = rate_bytes(lengths[j]);
			rest = 0;
			sum = 0;
			for (n = 1; n <= 10007; n++)
				sum += rate_ns(bytes, speeds[i], &rest);
			n--;
			KUNIT_EXPECT_LT(test, rest, speeds[i]);
			KUNIT_EXPECT_EQ(test, sum * speeds[i] + rest,
					(u64)bytes * 8 * 1000 * n);
		}
	}
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate_known),
	KUNIT_CASE(rate_adds_up),
	{}
};

struct kunit_suite rate_suite = {
	.name = "snull-rate",
	.test_cases = rate_cases,
};
