// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - snull_kunit.ko: the driver's pure functions, tested where they run.
 *
 * "insmod snull_kunit.ko" runs every suite and writes KTAP to the kernel log;
 * /sys/kernel/debug/kunit/SUITE/results keeps it.  The debug kernel of labs/vm
 * has KUnit, KASAN and UBSAN, and they are meant to be used together: frames
 * are allocated to the byte, so that a read beyond the end is a report.
 *
 * Read next: frame.h, what the tests believe in, then wire_test.c.
 */
#include <linux/module.h>

#include "suites.h"

kunit_test_suites(&ring_suite, &rate_suite, &tick_suite, &wire_suite,
		  &wire_bad_suite, &seg_suite, &seg_bad_suite, &coalesce_suite,
		  &coalesce_run_suite, &rss_suite, &tcam_suite, &tag_suite);

MODULE_DESCRIPTION("snull: KUnit tests");
MODULE_LICENSE("GPL");
