// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_stats.c - the statistics that ethtool shows.
 *
 * Each counter is one row of a table: its name, and where its value lies.
 *
 * Read next: main.c.
 */
#include <linux/ethtool.h>

#include "compat.h"
#include "snull.h"

/* ---- statistics -------------------------------------------------------------- */

struct snull_queue_snapshot {
	struct snull_queue_stats sw;
	struct nic_rx_stats rx;
	struct nic_tx_stats tx;
};

struct snull_stat {
	const char *name;
	size_t offset;
};

#define SNULL_STAT(name, member) \
	{ name, offsetof(struct snull_queue_snapshot, member) }

static const struct snull_stat snull_queue_stats[] = {
	SNULL_STAT("rx_packets",	sw.rx_packets),
	SNULL_STAT("rx_bytes",		sw.rx_bytes),
	SNULL_STAT("rx_alloc_failed",	sw.rx_alloc_failed),
	SNULL_STAT("rx_reset",		sw.rx_reset),
	SNULL_STAT("rx_gro_hw_packets",	sw.rx_gro_hw),
	SNULL_STAT("rx_gro_hw_frames",	sw.rx_gro_hw_frames),
	SNULL_STAT("rx_runs_done",	rx.run_end[NIC_RUN_DONE]),
	SNULL_STAT("rx_runs_broken",	rx.run_end[NIC_RUN_BROKEN]),
	SNULL_STAT("rx_runs_read",	rx.run_end[NIC_RUN_READ]),
	SNULL_STAT("rx_runs_evicted",	rx.run_end[NIC_RUN_PLACE]),
	SNULL_STAT("rx_wire_frames",	rx.frames),
	SNULL_STAT("rx_wire_bytes",	rx.bytes),
	SNULL_STAT("rx_missed",		rx.missed),
	SNULL_STAT("rx_filtered",	rx.filtered),
	SNULL_STAT("rx_too_long",	rx.giants),
	SNULL_STAT("rx_crc_errors",	rx.crc),
	SNULL_STAT("rx_lost_on_cable",	rx.lost),
	SNULL_STAT("rx_rule_drops",	rx.ruled_out),
	SNULL_STAT("rx_multicast",	rx.multicast),
	SNULL_STAT("rx_broadcast",	rx.broadcast),
	SNULL_STAT("rx_control",	rx.control),
	SNULL_STAT("rx_pause_frames",	rx.pause_frames),
	SNULL_STAT("tx_packets",	sw.tx_done),
	SNULL_STAT("tx_wire_frames",	tx.frames),
	SNULL_STAT("tx_wire_bytes",	tx.bytes),
	SNULL_STAT("tx_tso_bursts",	tx.tso_bursts),
	SNULL_STAT("tx_tso_frames",	tx.tso_frames),
	SNULL_STAT("tx_map_failed",	sw.tx_map_failed),
	SNULL_STAT("tx_doorbells",	sw.tx_doorbells),
	SNULL_STAT("tx_stops",		sw.tx_stops),
	SNULL_STAT("tx_wakes",		sw.tx_wakes),
	SNULL_STAT("tx_refused",	tx.bad),
	SNULL_STAT("tx_no_carrier",	tx.no_carrier),
	SNULL_STAT("tx_reset",		sw.tx_reset),
	SNULL_STAT("tx_lockups",	tx.lockups),
	SNULL_STAT("pause_sent",	rx.pauses),
	SNULL_STAT("pause_obeyed",	tx.xoff),
	SNULL_STAT("interrupts",	sw.irqs),
	SNULL_STAT("interrupts_rx",	sw.irqs_rx),
	SNULL_STAT("interrupts_tx",	sw.irqs_tx),
	SNULL_STAT("rx_xdp_drops",	sw.xdp_drops),
	SNULL_STAT("rx_xdp_tx",		sw.xdp_tx),
	SNULL_STAT("rx_xdp_redirects",	sw.xdp_redirects),
	SNULL_STAT("tx_xdp_xmit",	sw.xdp_xmit),
	SNULL_STAT("polls",		sw.polls),
	SNULL_STAT("polls_exhausted",	sw.polls_exhausted),
	SNULL_STAT("polls_completed",	sw.completions),
};

/* ethtool --show-priv-flags, SNULL_PRIV_* bit by bit. */
static const char snull_priv_flags[][ETH_GSTRING_LEN] = {
	"rx-csum-partial",
};

static const char * const snull_device_stats[] = {
	"tx_timeouts", "resets",
};

/* ---- of the page pools, if the kernel keeps them ----------------------------- */

#ifdef SNULL_HAVE_PAGE_POOL_STATS
static int snull_pool_stats_count(void)
{
	return page_pool_ethtool_stats_get_count();
}

static u8 *snull_pool_stats_strings(u8 *data)
{
	return page_pool_ethtool_stats_get_strings(data);
}

/* A pool goes with its rings; what it had counted is kept in the queue. */
static u64 *snull_pool_stats_get(struct snull_priv *priv, u64 *data)
{
	struct page_pool_stats sum = {};
	unsigned int i;

	for (i = 0; i < priv->max_queues; i++) {
		const struct snull_queue *queue = &priv->queues[i];

		snull_sum_stats(&sum, &queue->pool_stats, sizeof(sum));
		if (queue->rings.pool)
			page_pool_get_stats(queue->rings.pool, &sum);
	}
	return page_pool_ethtool_stats_get(data, &sum);
}
#else
static int snull_pool_stats_count(void)
{
	return 0;
}

static u8 *snull_pool_stats_strings(u8 *data)
{
	return data;
}

static u64 *snull_pool_stats_get(struct snull_priv *priv, u64 *data)
{
	return data;
}
#endif

/* ---- all of them ------------------------------------------------------------- */

/**
 * snull_get_sset_count() - how many counters ethtool -S shows, or flags
 * @dev: the interface
 * @sset: ETH_SS_*
 *
 * Queues that are not in use count: what they have counted stays.
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 * Return: the number, or -EOPNOTSUPP for a set that the driver does not have.
 */
int snull_get_sset_count(struct net_device *dev, int sset)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (sset == ETH_SS_PRIV_FLAGS)
		return ARRAY_SIZE(snull_priv_flags);
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(snull_device_stats) + snull_pool_stats_count() +
	       priv->max_queues * ARRAY_SIZE(snull_queue_stats);
}

/**
 * snull_get_strings() - the counters' names, or the flags'
 * @dev: the interface
 * @sset: ETH_SS_*
 * @data: where to put them, ETH_GSTRING_LEN bytes each
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 */
void snull_get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	struct snull_priv *priv = netdev_priv(dev);
	unsigned int i, j;

	if (sset == ETH_SS_PRIV_FLAGS)
		memcpy(data, snull_priv_flags, sizeof(snull_priv_flags));
	if (sset != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(snull_device_stats); i++)
		ethtool_puts(&data, snull_device_stats[i]);
	data = snull_pool_stats_strings(data);
	for (i = 0; i < priv->max_queues; i++)
		for (j = 0; j < ARRAY_SIZE(snull_queue_stats); j++)
			ethtool_sprintf(&data, "q%u_%s", i,
					snull_queue_stats[j].name);
}

static void snull_queue_snap(const struct snull_queue *queue,
			     struct snull_queue_snapshot *snap)
{
	snull_queue_get_stats(queue, &snap->sw);
	nic_rx_get_stats(queue->nic, queue->index, &snap->rx);
	nic_tx_get_stats(queue->nic, queue->index, &snap->tx);
}

/**
 * snull_get_ethtool_stats() - the counters' values
 * @dev: the interface
 * @stats: unused
 * @data: where to put them, in the order of their names
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 */
void snull_get_ethtool_stats(struct net_device *dev,
			     struct ethtool_stats *stats, u64 *data)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue_snapshot snap;
	unsigned int i, j;

	*data++ = priv->tx_timeouts;
	*data++ = priv->resets;
	data = snull_pool_stats_get(priv, data);
	for (i = 0; i < priv->max_queues; i++) {
		snull_queue_snap(&priv->queues[i], &snap);
		for (j = 0; j < ARRAY_SIZE(snull_queue_stats); j++)
			*data++ = *(u64 *)((char *)&snap +
					   snull_queue_stats[j].offset);
	}
}

/**
 * snull_get_pause_stats() - ethtool -I -a: the pause frames
 * @dev: the interface
 * @stats: where to put them
 *
 * Context: process, RTNL held.
 */
void snull_get_pause_stats(struct net_device *dev,
			   struct ethtool_pause_stats *stats)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue_snapshot snap;
	unsigned int i;

	stats->tx_pause_frames = 0;
	stats->rx_pause_frames = 0;
	for (i = 0; i < priv->max_queues; i++) {
		snull_queue_snap(&priv->queues[i], &snap);
		stats->tx_pause_frames += snap.rx.pauses;
		stats->rx_pause_frames += snap.tx.xoff +
					  snap.rx.pause_frames;
	}
}
