// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_stats.c - a queue's counters, read: all that the driver counts, in one
 * struct snull_queue_stats, for whoever shows it.
 *
 * Read first: queue.h.  Read next: ethtool_stats.c and qstats.c, which show it.
 */
#include "compat.h"
#include "snull.h"

static void snull_irq_stats_read(const struct snull_irq_stats *from,
				 struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->irqs = u64_stats_read(&from->all);
		stats->irqs_rx = u64_stats_read(&from->rx);
		stats->irqs_tx = u64_stats_read(&from->tx);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_rx_stats_read(const struct snull_rx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->rx_packets = u64_stats_read(&from->packets);
		stats->rx_bytes = u64_stats_read(&from->bytes);
		stats->rx_alloc_failed = u64_stats_read(&from->alloc_failed);
		stats->rx_reset = u64_stats_read(&from->reset);
		stats->rx_gro_hw = u64_stats_read(&from->gro_hw);
		stats->rx_gro_hw_frames = u64_stats_read(&from->gro_hw_frames);
		stats->rx_gro_hw_bytes = u64_stats_read(&from->gro_hw_bytes);
		stats->polls = u64_stats_read(&from->polls);
		stats->polls_exhausted = u64_stats_read(&from->polls_exhausted);
		stats->completions = u64_stats_read(&from->completions);
		stats->xdp_drops = u64_stats_read(&from->xdp_drops);
		stats->xdp_tx = u64_stats_read(&from->xdp_tx);
		stats->xdp_redirects = u64_stats_read(&from->xdp_redirects);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_tx_stats_read(const struct snull_tx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->tx_doorbells = u64_stats_read(&from->doorbells);
		stats->tx_stops = u64_stats_read(&from->stops);
		stats->tx_reset = u64_stats_read(&from->nowhere);
		stats->tx_map_failed = u64_stats_read(&from->map_failed);
		stats->xdp_xmit = u64_stats_read(&from->xdp_xmit);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_done_stats_read(const struct snull_done_stats *from,
				  struct snull_queue_stats *stats)
{
	unsigned int seq;
	u64 reset;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->tx_done = u64_stats_read(&from->packets);
		stats->tx_bad = u64_stats_read(&from->bad);
		stats->tx_wakes = u64_stats_read(&from->wakes);
		reset = u64_stats_read(&from->reset);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
	stats->tx_reset += reset;
}

/**
 * snull_queue_get_stats() - read a queue's counters
 * @queue: the queue
 * @stats: where to put them
 *
 * Context: any.
 */
void snull_queue_get_stats(const struct snull_queue *queue,
			   struct snull_queue_stats *stats)
{
	snull_irq_stats_read(&queue->irq_stats, stats);
	snull_rx_stats_read(&queue->rx_stats, stats);
	snull_tx_stats_read(&queue->tx_stats, stats);
	snull_done_stats_read(&queue->done_stats, stats);
}
