// SPDX-License-Identifier: GPL-2.0-only
/*
 * tick_test.c - a clock that can be set and slewed.
 *
 * Read next: ../../snull/nic/tick.h
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../snull/nic/tick.h"
#include "suites.h"

#define PPM(n)	((s64)(n) * 65536)

static void tick_start(struct tick *tick, u64 now, u64 time)
{
	tick->rate = TICK_ONE;
	tick_set(tick, now, time);
}

/* To a nanosecond: the rate is rounded, and the time cut off. */
static void tick_near(struct kunit *test, u64 time, u64 want)
{
	KUNIT_EXPECT_LE(test, time - want + 1, 2ULL);
}

static void tick_known(struct kunit *test)
{
	struct tick tick;

	tick_start(&tick, 1000, 5);
	KUNIT_EXPECT_EQ(test, tick_at(&tick, 1000, NULL), 5ULL);
	KUNIT_EXPECT_EQ(test, tick_at(&tick, 1777, NULL), 782ULL);
	/* A hundred millionths of a second are 100 us. */
	tick_slew(&tick, 1000, PPM(100));
	tick_near(test, tick_at(&tick, 1000 + NSEC_PER_SEC, NULL),
		  5ULL + NSEC_PER_SEC + 100000);
	tick_slew(&tick, 1000, PPM(-10000));
	tick_near(test, tick_at(&tick, 1000 + NSEC_PER_SEC, NULL),
		  5ULL + NSEC_PER_SEC / 100 * 99);
	tick_slew(&tick, 1000, 0);
	KUNIT_EXPECT_EQ(test, tick_at(&tick, 1777, NULL), 782ULL);
	/* Ten years, at the fastest. */
	tick_slew(&tick, 1000, PPM(10000));
	KUNIT_EXPECT_EQ(test, tick_at(&tick, 1000 + 315360000ULL * NSEC_PER_SEC,
				      NULL) / 1000000,
			(5 + 315360000ULL * NSEC_PER_SEC / 100 * 101) / 1000000);
}

/* However often it is slewed by the same: it shows what it would, had it been once. */
static void tick_adds_up(struct kunit *test)
{
	struct tick once, often;
	u64 now = 77;
	int i;

	tick_start(&once, now, 0);
	tick_start(&often, now, 0);
	tick_slew(&once, now, PPM(3) / 7);
	tick_slew(&often, now, PPM(3) / 7);
	for (i = 0; i < 100000; i++) {
		now += 12345;
		tick_slew(&often, now, PPM(3) / 7);
		if (tick_at(&often, now, NULL) == tick_at(&once, now, NULL))
			continue;
		KUNIT_EXPECT_EQ(test, tick_at(&often, now, NULL),
				tick_at(&once, now, NULL));
		break;
	}
}

/* What it showed before it was slewed, at the new rate; and it never goes back. */
static void tick_before(struct kunit *test)
{
	struct tick tick;
	u64 now, last, time;

	tick_start(&tick, 0, 0);
	tick_slew(&tick, 0, PPM(1234));
	tick_slew(&tick, 1000001, PPM(9999));
	KUNIT_EXPECT_NE(test, tick.frac, 0ULL);
	last = tick_at(&tick, 998999, NULL);
	for (now = 999000; now < 1003000; now++) {
		time = tick_at(&tick, now, NULL);
		KUNIT_EXPECT_LE(test, time - last, 2ULL);
		last = time;
	}
	tick_near(test, tick_at(&tick, 1, NULL), tick.time - 1009999);
}

static struct kunit_case tick_cases[] = {
	KUNIT_CASE(tick_known),
	KUNIT_CASE(tick_adds_up),
	KUNIT_CASE(tick_before),
	{}
};

struct kunit_suite tick_suite = {
	.name = "snull-tick",
	.test_cases = tick_cases,
};
