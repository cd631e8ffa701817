/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.h - the NIC's counters, while it counts.
 *
 * A transmit queue's are written by who has taken it (NIC_TXQ_BUSY), a receive
 * queue's under its lock: one writer at a time, and so a syncp each.  Who reads
 * them may come in between, on any CPU, and in an interrupt of this one.
 *
 * Read next: count.c, which reads them.
 */
#ifndef SNULL_NIC_COUNT_H
#define SNULL_NIC_COUNT_H

#include <linux/u64_stats_sync.h>

#include "stats.h"

/* What each one means: struct nic_tx_stats. */
struct nic_tx_counters {
	u64_stats_t frames, bytes, multicast, broadcast, control;
	u64_stats_t size[NIC_SIZE_CLASSES];
	u64_stats_t tso_bursts, tso_frames, bad, no_carrier, xoff, lockups;
	struct u64_stats_sync syncp;
};

/* And struct nic_rx_stats. */
struct nic_rx_counters {
	u64_stats_t frames, bytes, missed, filtered, giants, pauses, control;
	u64_stats_t crc, lost, pause_frames, ruled_out, multicast, broadcast;
	u64_stats_t size[NIC_SIZE_CLASSES];
	u64_stats_t run_end[NIC_RUN_ENDS];
	struct u64_stats_sync syncp;
};

/**
 * nic_count_one() - count something that is counted alone
 * @syncp: of the counters
 * @counter: one of them
 *
 * Context: any, by who may write these counters.
 */
static inline void nic_count_one(struct u64_stats_sync *syncp,
				 u64_stats_t *counter)
{
	/* An interrupt here may read the counters. */
	unsigned long flags = u64_stats_update_begin_irqsave(syncp);

	u64_stats_inc(counter);
	u64_stats_update_end_irqrestore(syncp, flags);
}

#endif /* SNULL_NIC_COUNT_H */
