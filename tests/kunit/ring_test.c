// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_test.c - the rings' arithmetic, above all where indices wrap at 2^32.
 *
 * Read next: ../../snull/nic/ring.h
 */
#include <kunit/test.h>

#include "../../snull/nic/ring.h"
#include "suites.h"

static const u32 sizes[] = { 2, 8, 1024, 4096 };
static const u32 starts[] = { 0, 1, 4095, U32_MAX - 5000, U32_MAX - 1, U32_MAX };

/* A ring that is filled and emptied by turns, against plain counting. */
static void ring_run(struct kunit *test, u32 size, u32 start)
{
	u32 front = start, back = start, used = 0, slot, step;

	for (step = 0; step < 3 * size; step++) {
		bool fill = used < size && (step % 3 || !used);

		slot = ring_slot(fill ? front : back, size);
		KUNIT_ASSERT_LT(test, slot, size);
		KUNIT_ASSERT_EQ(test, slot,
				(u32)((start % size + (fill ? front : back) -
				       start) % size));
		if (fill) {
			front++;
			used++;
		} else {
			back++;
			used--;
		}
		KUNIT_ASSERT_EQ(test, ring_used(front, back), used);
		KUNIT_ASSERT_EQ(test, ring_space(front, back, size),
				size - used);
	}
}

static void ring_counts(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (j = 0; j < ARRAY_SIZE(starts); j++)
			ring_run(test, sizes[i], starts[j]);
}

static void ring_full_is_not_empty(struct kunit *test)
{
	u32 front = U32_MAX - 3, back = front;

	KUNIT_EXPECT_EQ(test, ring_space(front, back, 8), 8U);
	front += 8;
	KUNIT_EXPECT_EQ(test, ring_used(front, back), 8U);
	KUNIT_EXPECT_EQ(test, ring_space(front, back, 8), 0U);
	KUNIT_EXPECT_EQ(test, ring_slot(front, 8), ring_slot(back, 8));
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_counts),
	KUNIT_CASE(ring_full_is_not_empty),
	{}
};

struct kunit_suite ring_suite = {
	.name = "snull-ring",
	.test_cases = ring_cases,
};
