/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * suites.h - the suites that main.c registers, one or two from each *_test.c.
 */
#ifndef SNULL_TESTS_SUITES_H
#define SNULL_TESTS_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite ring_suite;
extern struct kunit_suite rate_suite;
extern struct kunit_suite tick_suite;
extern struct kunit_suite wire_suite;
extern struct kunit_suite wire_bad_suite;
extern struct kunit_suite seg_suite;
extern struct kunit_suite seg_bad_suite;
extern struct kunit_suite coalesce_suite;
extern struct kunit_suite coalesce_run_suite;
extern struct kunit_suite rss_suite;
extern struct kunit_suite tcam_suite;
extern struct kunit_suite tag_suite;

#endif /* SNULL_TESTS_SUITES_H */
