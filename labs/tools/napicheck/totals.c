// SPDX-License-Identifier: GPL-2.0-only
/*
 * totals.c - what the programs in the kernel count, read in its own memory.
 *
 * While a CPU is in a system call that reads a map, the kernel runs no program of
 * a kprobe's on it, and the one that sees who calls napi_complete_done() is one:
 * reading that way, we would ourselves make the programs miss something.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "napicheck.h"

/* The number of the last CPU that there may be is the end of "0-3" or "0,2". */
static unsigned int last_cpu(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "r");
	unsigned int cpu = 0;

	while (file && fscanf(file, "%u%*[-,]", &cpu) > 0)
		;
	if (file)
		fclose(file);
	return cpu;
}

/**
 * totals_size() - make room for all CPUs
 * @totals: the result
 * @object: the programs, not yet loaded
 *
 * Return: 0, or -1 after a complaint.
 */
int totals_size(struct all_totals *totals, struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, "totals");

	totals->cpus = last_cpu() + 1;
	if (map && !bpf_map__set_max_entries(map, totals->cpus))
		return 0;
	complain("no room for the counts of %u CPUs", totals->cpus);
	return -1;
}

/**
 * totals_map() - have them in our memory, too
 * @totals: with room
 * @object: the programs, loaded
 *
 * Return: 0, or -1 after a complaint.
 */
int totals_map(struct all_totals *totals, struct bpf_object *object)
{
	void *of = mmap(NULL, totals->cpus * sizeof(*totals->of), PROT_READ,
			MAP_SHARED,
			bpf_object__find_map_fd_by_name(object, "totals"), 0);

	if (of == MAP_FAILED) {
		complain("cannot map the counts: %s", strerror(errno));
		return -1;
	}
	totals->of = of;
	return 0;
}

/* Programs count on meanwhile. */
static __u64 read_once(const __u64 *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

/**
 * totals_tally() - sum over the CPUs
 * @totals: mapped
 * @which: what was counted
 *
 * Return: the sum.
 */
__u64 totals_tally(const struct all_totals *totals, enum tally which)
{
	unsigned int cpu;
	__u64 sum = 0;

	for (cpu = 0; cpu < totals->cpus; cpu++)
		sum += read_once(&totals->of[cpu].tally[which]);
	return sum;
}

/**
 * totals_rule() - sum over the CPUs
 * @totals: mapped
 * @rule: how it fared
 * @sum: the result, zeroed
 */
void totals_rule(const struct all_totals *totals, enum rule rule,
		 struct rule_count *sum)
{
	const struct rule_count *count;
	unsigned int cpu;

	for (cpu = 0; cpu < totals->cpus; cpu++) {
		count = &totals->of[cpu].count[rule];
		sum->exercised += read_once(&count->exercised);
		sum->broken += read_once(&count->broken);
	}
}

/**
 * totals_unmap() - the opposite of totals_map()
 * @totals: mapped or not
 */
void totals_unmap(struct all_totals *totals)
{
	if (totals->of)
		munmap((void *)totals->of, totals->cpus * sizeof(*totals->of));
}
