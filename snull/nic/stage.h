/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage.h - a receive queue's open runs, and how they are found.
 *
 * There may be many, and all of this is done with interrupts off: so nothing
 * here looks at all of them.  A flow's run is found by a hash, the oldest one
 * stands first in a list, and those that are ripe are the first ones there.
 *
 * Read next: coalesce.c, which opens and ends them.
 */
#ifndef SNULL_STAGE_H
#define SNULL_STAGE_H

#include <linux/hash.h>
#include <linux/list.h>

#include "impl.h"

#define NIC_RUNS	512	/* open at a time */
#define NIC_PLACES	(NIC_RUNS + 1)	/* and one that ends as it begins */
#define NIC_RUN_BUFS	18	/* 64 KB, and a header, in buffers of 4 KB */
#define NIC_STAGE_BUFS	1024	/* held at a time, by all of them */
#define NIC_BUCKET_BITS	10
/* A sender that looks for flows of one bucket gets no more places than this. */
#define NIC_BUCKET_RUNS	8

/**
 * struct nic_held - a buffer that an open run holds, or a free one of these
 * @desc: its descriptor, as it will be in the ring
 * @next: the run's next one
 */
struct nic_held {
	struct nic_rx_desc desc;
	struct nic_held *next;
};

/**
 * struct nic_run - an open run, or a free place for one
 * @chain: in its bucket, the youngest first
 * @age: in nic_stage.order, or .free
 * @first: its buffers
 * @last: the one that is being filled
 * @agg: its segments
 * @flow: coalesce_order_of()'s
 * @born: how many were opened before it
 */
struct nic_run {
	struct hlist_node chain;
	struct list_head age;
	struct nic_held *first;
	struct nic_held *last;
	struct coalesce_agg agg;
	u32 flow;
	u64 born;
};

/**
 * struct nic_stage - a queue's open runs
 * @order: they, from the oldest to the youngest
 * @free: the places that are not in use
 * @spare: descriptors that are not in use
 * @spares: how many
 * @fresh: frames since the last gap
 * @born: runs opened so far
 * @ripe: the sender has left a gap since so many: they are the driver's to read
 * @bucket: the open runs by their flow's hash
 * @run: all places
 * @held: all descriptors
 */
struct nic_stage {
	struct list_head order;
	struct list_head free;
	struct nic_held *spare;
	unsigned int spares;
	unsigned int fresh;
	u64 born;
	u64 ripe;
	struct hlist_head bucket[1 << NIC_BUCKET_BITS];
	struct nic_run run[NIC_PLACES];
	struct nic_held held[NIC_STAGE_BUFS];
};

static inline struct hlist_head *nic_stage_bucket(struct nic_stage *stage,
						  u32 flow)
{
	return &stage->bucket[hash_32(flow, NIC_BUCKET_BITS)];
}

/* Return: the open run of this flow, or NULL. */
static inline struct nic_run *nic_stage_find(struct nic_stage *stage, u32 flow)
{
	struct nic_run *run;

	hlist_for_each_entry(run, nic_stage_bucket(stage, flow), chain)
		if (run->flow == flow)
			return run;
	return NULL;
}

/* Return: the oldest run of a bucket that is full, or NULL. */
static inline struct nic_run *nic_stage_crowd(struct nic_stage *stage,
					      u32 flow)
{
	struct nic_run *run;
	unsigned int n = 0;

	hlist_for_each_entry(run, nic_stage_bucket(stage, flow), chain)
		if (++n == NIC_BUCKET_RUNS)
			return run;
	return NULL;
}

/* Return: the run that has been open for longest, or NULL. */
static inline struct nic_run *nic_stage_oldest(struct nic_stage *stage)
{
	return list_first_entry_or_null(&stage->order, struct nic_run, age);
}

static inline bool nic_run_ripe(const struct nic_stage *stage,
				const struct nic_run *run)
{
	return run->born < stage->ripe;
}

/* Take a place; there is one.  Buffers come later: nic_run_hold(). */
static inline struct nic_run *nic_stage_take(struct nic_stage *stage, u32 flow)
{
	struct nic_run *run = list_first_entry(&stage->free, struct nic_run,
					       age);

	list_move_tail(&run->age, &stage->order);
	hlist_add_head(&run->chain, nic_stage_bucket(stage, flow));
	run->flow = flow;
	run->born = stage->born++;
	run->first = NULL;
	return run;
}

/* Give a run's place and descriptors back. */
static inline void nic_stage_give(struct nic_stage *stage, struct nic_run *run)
{
	hlist_del(&run->chain);
	list_move(&run->age, &stage->free);
	stage->spares += run->first->desc.bufs;
	run->last->next = stage->spare;
	stage->spare = run->first;
}

/* Add a buffer to a run; there is a spare descriptor for it. */
static inline struct nic_rx_desc *nic_run_hold(struct nic_stage *stage,
					       struct nic_run *run,
					       const struct nic_rx_desc *desc)
{
	struct nic_held *held = stage->spare;

	stage->spare = held->next;
	stage->spares--;
	held->desc = *desc;
	held->next = NULL;
	if (run->first)
		run->last->next = held;
	else
		run->first = held;
	run->last = held;
	return &held->desc;
}

#endif /* SNULL_STAGE_H */
