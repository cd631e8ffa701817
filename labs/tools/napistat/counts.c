// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts.c - a counter of each CPU.
 */
#include <stdlib.h>

#include "napistat.h"

/**
 * counts_set() - set a CPU's counter
 * @counts: the counters, which grow as needed
 * @cpu: the CPU
 * @value: its count
 */
void counts_set(struct counts *counts, unsigned int cpu, __u64 value)
{
	unsigned int size = counts->size ?: 8;

	while (size <= cpu)
		size *= 2;
	if (size > counts->size) {
		counts->of = allocate(counts->of, size * sizeof(*counts->of));
		while (counts->size < size)
			counts->of[counts->size++] = UNKNOWN;
	}
	counts->of[cpu] = value;
}

/**
 * counts_get() - a CPU's counter
 * @counts: the counters
 * @cpu: the CPU
 *
 * Return: its count, or UNKNOWN.
 */
__u64 counts_get(const struct counts *counts, unsigned int cpu)
{
	return cpu < counts->size ? counts->of[cpu] : UNKNOWN;
}

/**
 * counts_total() - sum over the CPUs
 * @counts: the counters
 *
 * Return: the sum of what is known, or UNKNOWN if nothing is.
 */
__u64 counts_total(const struct counts *counts)
{
	__u64 total = UNKNOWN;
	unsigned int cpu;

	for (cpu = 0; cpu < counts->size; cpu++) {
		if (counts->of[cpu] == UNKNOWN)
			continue;
		total = (total == UNKNOWN ? 0 : total) + counts->of[cpu];
	}
	return total;
}

/**
 * counts_delta() - what counters gained
 * @delta: the result, empty before
 * @after: the later counters
 * @before: the earlier ones
 * @mask: the largest value of a counter, after which comes 0 again
 *
 * A CPU that is unknown in one of the two is unknown in the result.
 */
void counts_delta(struct counts *delta, const struct counts *after,
		  const struct counts *before, __u64 mask)
{
	unsigned int cpu;
	__u64 a, b;

	for (cpu = 0; cpu < after->size; cpu++) {
		a = counts_get(after, cpu);
		b = counts_get(before, cpu);
		if (a != UNKNOWN && b != UNKNOWN)
			counts_set(delta, cpu, (a - b) & mask);
	}
}

/**
 * counts_free() - empty the counters
 * @counts: the counters
 */
void counts_free(struct counts *counts)
{
	free(counts->of);
	counts->of = NULL;
	counts->size = 0;
}
