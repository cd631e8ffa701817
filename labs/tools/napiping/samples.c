// SPDX-License-Identifier: GPL-2.0-only
/*
 * samples.c - latencies: all of them are kept, so that percentiles are exact.
 */
#include <math.h>
#include <stdlib.h>

#include "napiping.h"

/* Bins to each power of two: none is wider than a quarter of what it holds. */
#define BINS		4

/**
 * samples_add() - keep one more
 * @samples: those so far
 * @value: nanoseconds
 *
 * Return: false when there are too many.
 */
bool samples_add(struct samples *samples, long long value)
{
	long long *more;
	size_t room;

	if (samples->count == MOST_SAMPLES)
		return false;
	if (samples->count == samples->room) {
		room = samples->room ? samples->room * 2 : 1024;
		more = reallocarray(samples->of, room, sizeof(*more));
		if (!more)
			return false;
		samples->of = more;
		samples->room = room;
	}
	samples->of[samples->count++] = value;
	return true;
}

static int compare(const void *a, const void *b)
{
	const long long *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/**
 * samples_sort() - put them in order, as the functions below need it
 * @samples: all
 */
void samples_sort(struct samples *samples)
{
	if (samples->count)
		qsort(samples->of, samples->count, sizeof(*samples->of),
		      compare);
}

/**
 * samples_percentile() - the least that so many percent do not exceed
 * @samples: all, sorted, and at least one
 * @percent: 0 for the least, 50 for the median, 100 for the greatest
 *
 * Return: nanoseconds.
 */
long long samples_percentile(const struct samples *samples, double percent)
{
	size_t rank = ceil(percent / 100 * samples->count);

	return samples->of[rank ? rank - 1 : 0];
}

/**
 * samples_mean() - their mean
 * @samples: all, and at least one
 *
 * Return: nanoseconds.
 */
double samples_mean(const struct samples *samples)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < samples->count; i++)
		sum += samples->of[i];
	return sum / samples->count;
}

/**
 * samples_bin() - the bin of a histogram that a sample is in
 * @samples: all, sorted
 * @first: the first sample of the bin
 * @bin: the result
 *
 * Return: the first sample of the next bin that is not empty.
 */
size_t samples_bin(const struct samples *samples, size_t first,
		   struct bin *bin)
{
	long long width = 1, value = samples->of[first];
	size_t next = first;

	while (value / width >= 2 * BINS)
		width *= 2;
	bin->from = value / width * width;
	bin->to = bin->from + width;
	while (next < samples->count && samples->of[next] < bin->to)
		next++;
	bin->count = next - first;
	return next;
}
