// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the time that passes, whatever the date is set to.
 */
#include <time.h>

#include "common.h"

/**
 * now() - the time
 *
 * Return: nanoseconds since boot.
 */
long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

/**
 * sleep_until() - sleep, or until a signal comes
 * @when: by now()'s clock
 */
void sleep_until(long long when)
{
	struct timespec time = {
		.tv_sec = when / NSEC_PER_SEC,
		.tv_nsec = when % NSEC_PER_SEC,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}
