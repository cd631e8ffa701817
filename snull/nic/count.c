// SPDX-License-Identifier: GPL-2.0-only
/*
 * count.c - the NIC's counters, read while it counts.
 *
 * Read next: ../ethtool_stats.c, who shows them.
 */
#include "../compat_core.h"
#include "impl.h"

static void nic_count_read(u64 *to, const u64_stats_t *from, unsigned int n)
{
	while (n--)
		*to++ = u64_stats_read(from++);
}

/**
 * nic_tx_get_stats() - read a transmit queue's counters
 * @nic: the NIC
 * @queue: which of its queues
 * @stats: where to put them
 *
 * Context: any.  They count from nic_create() and never go back.
 */
void nic_tx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_tx_stats *stats)
{
	const struct nic_tx_counters *from = &nic->txq[queue].count;
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->frames = u64_stats_read(&from->frames);
		stats->bytes = u64_stats_read(&from->bytes);
		stats->multicast = u64_stats_read(&from->multicast);
		stats->broadcast = u64_stats_read(&from->broadcast);
		stats->control = u64_stats_read(&from->control);
		nic_count_read(stats->size, from->size, NIC_SIZE_CLASSES);
		stats->tso_bursts = u64_stats_read(&from->tso_bursts);
		stats->tso_frames = u64_stats_read(&from->tso_frames);
		stats->bad = u64_stats_read(&from->bad);
		stats->no_carrier = u64_stats_read(&from->no_carrier);
		stats->xoff = u64_stats_read(&from->xoff);
		stats->lockups = u64_stats_read(&from->lockups);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

/**
 * nic_rx_get_stats() - read a receive queue's counters
 * @nic: the NIC
 * @queue: which of its queues
 * @stats: where to put them
 *
 * Context: any.  They count from nic_create() and never go back.
 */
void nic_rx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_rx_stats *stats)
{
	const struct nic_rx_counters *from = &nic->rxq[queue].count;
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->frames = u64_stats_read(&from->frames);
		stats->bytes = u64_stats_read(&from->bytes);
		stats->missed = u64_stats_read(&from->missed);
		stats->filtered = u64_stats_read(&from->filtered);
		stats->giants = u64_stats_read(&from->giants);
		stats->pauses = u64_stats_read(&from->pauses);
		stats->control = u64_stats_read(&from->control);
		stats->crc = u64_stats_read(&from->crc);
		stats->lost = u64_stats_read(&from->lost);
		stats->pause_frames = u64_stats_read(&from->pause_frames);
		stats->ruled_out = u64_stats_read(&from->ruled_out);
		stats->multicast = u64_stats_read(&from->multicast);
		stats->broadcast = u64_stats_read(&from->broadcast);
		nic_count_read(stats->size, from->size, NIC_SIZE_CLASSES);
		nic_count_read(stats->run_end, from->run_end, NIC_RUN_ENDS);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}
