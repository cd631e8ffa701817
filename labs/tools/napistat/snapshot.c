// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot.c - all counters at one moment, and what they gained.
 */
#include <string.h>

#include "napistat.h"

/* What the kernel keeps in an unsigned int, and what in 64 bits. */
#define MASK_32		0xffffffffULL
#define MASK_64		(~0ULL)

const char * const ratio_names[RATIOS] = {
	"interrupts_per_packet", "rx_interrupts_per_packet",
	"packets_per_poll", "packets_per_softirq",
};

static int take_link(struct snapshot *taken, struct link *link)
{
	unsigned int i;

	for (i = 0; i < DRIVER_COUNTERS; i++)
		taken->driver[i] = UNKNOWN;
	for (i = 0; i < LINK_COUNTERS; i++)
		taken->link[i] = UNKNOWN;
	if (!link)
		return 0;
	link_read(link, taken->link);
	if (link_gone(link))
		return 0;
	driver_read(link_name(link), taken->driver);
	return vectors_read(&taken->vectors, link_name(link),
			    link_index(link));
}

/**
 * snapshot_take() - read all counters
 * @taken: the result; to be emptied by snapshot_free(), also after a failure
 * @link: the interface, or NULL for the machine's counters only
 * @drops: who counts drops by reason, or NULL
 *
 * Return: 0, or -1 after a complaint.
 */
int snapshot_take(struct snapshot *taken, struct link *link,
		  const struct drops *drops)
{
	memset(taken, 0, sizeof(*taken));
	taken->seconds = now() / 1e9;
	procfs_online(&taken->online);
	if (procfs_softirqs(taken->softirqs) ||
	    procfs_softnet(taken->softnet, &taken->online))
		return -1;
	procfs_ksoftirqd(&taken->ksoftirqd, &taken->online);
	drops_read(drops, &taken->reasons);
	return take_link(taken, link);
}

/*
 * A driver may have set its statistics back to 0: then what they counted until
 * that is missing.
 *
 * Return: false if one has gone back.
 */
static bool delta_numbers(__u64 *delta, const __u64 *after,
			  const __u64 *before, unsigned int count)
{
	bool whole = true;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (after[i] == UNKNOWN || before[i] == UNKNOWN) {
			delta[i] = UNKNOWN;
		} else if (after[i] < before[i]) {
			delta[i] = after[i];
			whole = false;
		} else {
			delta[i] = after[i] - before[i];
		}
	}
	return whole;
}

/* Leaves in @online the CPUs that were there at both times. */
static bool delta_online(struct snapshot *delta, const struct snapshot *after,
			 const struct snapshot *before)
{
	const struct counts *a = &after->online, *b = &before->online;
	unsigned int cpu, size = a->size > b->size ? a->size : b->size;
	bool same = true;

	for (cpu = 0; cpu < size; cpu++) {
		if (counts_get(a, cpu) != counts_get(b, cpu))
			same = false;
		else if (counts_get(a, cpu) != UNKNOWN)
			counts_set(&delta->online, cpu, 1);
	}
	return same;
}

/**
 * snapshot_delta() - what counters gained
 * @delta: the result; to be emptied by snapshot_free()
 * @after: the later snapshot
 * @before: the earlier one
 */
void snapshot_delta(struct snapshot *delta, const struct snapshot *after,
		    const struct snapshot *before)
{
	bool whole;
	unsigned int i;

	memset(delta, 0, sizeof(*delta));
	delta->seconds = after->seconds - before->seconds;
	for (i = 0; i < SOFTIRQS; i++)
		counts_delta(&delta->softirqs[i], &after->softirqs[i],
			     &before->softirqs[i], MASK_32);
	for (i = 0; i < SOFTNETS; i++)
		counts_delta(&delta->softnet[i], &after->softnet[i],
			     &before->softnet[i], MASK_32);
	counts_delta(&delta->ksoftirqd, &after->ksoftirqd, &before->ksoftirqd,
		     MASK_64);
	whole = delta_numbers(delta->link, after->link, before->link,
			      LINK_COUNTERS);
	whole &= delta_numbers(delta->driver, after->driver, before->driver,
			       DRIVER_COUNTERS);
	reasons_delta(&delta->reasons, &after->reasons, &before->reasons);
	vectors_delta(&delta->vectors, &after->vectors, &before->vectors);
	delta->uncounted = !delta_online(delta, after, before) || !whole ||
			   delta->vectors.count != after->vectors.count ||
			   delta->vectors.count != before->vectors.count;
}

/**
 * snapshot_ratio() - one number by another
 * @delta: what counters gained
 * @ratio: which ratio
 * @value: the result
 *
 * Return: false if one of the numbers is unknown, or only in part known, or there
 * is nothing to divide by.
 */
bool snapshot_ratio(const struct snapshot *delta, enum ratio ratio,
		    double *value)
{
	__u64 packets = delta->link[LINK_RX_PACKETS], over, under;

	switch (ratio) {
	case RATIO_INTERRUPTS_PER_PACKET:
		/* Packets are all counted, whatever vector told of them. */
		over = delta->uncounted ? UNKNOWN :
					  vectors_total(&delta->vectors);
		under = packets;
		break;
	case RATIO_RX_INTERRUPTS_PER_PACKET:
		over = delta->driver[DRIVER_INTERRUPTS_RX];
		under = packets;
		break;
	case RATIO_PACKETS_PER_POLL:
		over = packets;
		under = delta->driver[DRIVER_POLLS];
		break;
	default:
		over = packets;
		under = counts_total(&delta->softirqs[SOFTIRQ_NET_RX]);
		break;
	}
	if (over == UNKNOWN || under == UNKNOWN || !under)
		return false;
	*value = (double)over / under;
	return true;
}

/**
 * snapshot_free() - empty a snapshot
 * @snapshot: the snapshot
 */
void snapshot_free(struct snapshot *snapshot)
{
	unsigned int i;

	for (i = 0; i < SOFTIRQS; i++)
		counts_free(&snapshot->softirqs[i]);
	for (i = 0; i < SOFTNETS; i++)
		counts_free(&snapshot->softnet[i]);
	counts_free(&snapshot->ksoftirqd);
	counts_free(&snapshot->online);
	reasons_free(&snapshot->reasons);
	vectors_free(&snapshot->vectors);
}
