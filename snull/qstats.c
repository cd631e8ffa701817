// SPDX-License-Identifier: GPL-2.0-only
/*
 * qstats.c - the statistics of each queue, under the names that netdev netlink
 * gives them (Documentation/netlink/specs/netdev.yaml, qstats-get).
 *
 * What a queue counted before ethtool -L took it away goes into the base, so
 * that base and queues always add up to the interface's totals.
 *
 * Read next: ethtool_stats.c, what they are called in ethtool -S.
 */
#include <linux/netdevice.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_QSTATS

static void snull_qstats_add_rx(const struct snull_queue *queue,
				struct netdev_queue_stats_rx *sum)
{
	struct snull_queue_stats sw;
	struct nic_rx_stats rx;

	snull_queue_get_stats(queue, &sw);
	nic_rx_get_stats(queue->nic, queue->index, &rx);
	sum->packets += sw.rx_packets;
	sum->bytes += sw.rx_bytes;
	sum->alloc_fail += sw.rx_alloc_failed;
	sum->hw_drops += rx.missed + rx.giants + sw.rx_reset;
	sum->hw_drop_overruns += rx.missed;
	sum->hw_gro_packets += sw.rx_gro_hw;
	sum->hw_gro_bytes += sw.rx_gro_hw_bytes;
	sum->hw_gro_wire_packets += sw.rx_gro_hw_frames;
}

static void snull_qstats_add_tx(const struct snull_queue *queue,
				struct netdev_queue_stats_tx *sum)
{
	struct snull_queue_stats sw;
	struct nic_tx_stats tx;

	snull_queue_get_stats(queue, &sw);
	nic_tx_get_stats(queue->nic, queue->index, &tx);
	sum->packets += tx.frames;
	sum->bytes += tx.bytes;
	sum->hw_drops += tx.no_carrier + tx.bad;
	sum->hw_drop_errors += tx.bad;
	sum->hw_gso_packets += tx.tso_bursts;
	sum->hw_gso_wire_packets += tx.tso_frames;
	sum->stop += sw.tx_stops;
	sum->wake += sw.tx_wakes;
}

/* The core has set every statistic to "not kept": keep those that we do. */
static void snull_qstats_zero_rx(struct netdev_queue_stats_rx *rx)
{
	rx->packets = 0;
	rx->bytes = 0;
	rx->alloc_fail = 0;
	rx->hw_drops = 0;
	rx->hw_drop_overruns = 0;
	rx->hw_gro_packets = 0;
	rx->hw_gro_bytes = 0;
	rx->hw_gro_wire_packets = 0;
}

static void snull_qstats_zero_tx(struct netdev_queue_stats_tx *tx)
{
	tx->packets = 0;
	tx->bytes = 0;
	tx->hw_drops = 0;
	tx->hw_drop_errors = 0;
	tx->hw_gso_packets = 0;
	tx->hw_gso_wire_packets = 0;
	tx->stop = 0;
	tx->wake = 0;
}

static void snull_get_queue_stats_rx(struct net_device *dev, int index,
				     struct netdev_queue_stats_rx *rx)
{
	struct snull_priv *priv = netdev_priv(dev);

	snull_qstats_zero_rx(rx);
	snull_qstats_add_rx(&priv->queues[index], rx);
}

static void snull_get_queue_stats_tx(struct net_device *dev, int index,
				     struct netdev_queue_stats_tx *tx)
{
	struct snull_priv *priv = netdev_priv(dev);

	snull_qstats_zero_tx(tx);
	snull_qstats_add_tx(&priv->queues[index], tx);
}

static void snull_get_base_stats(struct net_device *dev,
				 struct netdev_queue_stats_rx *rx,
				 struct netdev_queue_stats_tx *tx)
{
	struct snull_priv *priv = netdev_priv(dev);
	unsigned int i;

	snull_qstats_zero_rx(rx);
	snull_qstats_zero_tx(tx);
	for (i = priv->shape.queues; i < priv->max_queues; i++) {
		snull_qstats_add_rx(&priv->queues[i], rx);
		snull_qstats_add_tx(&priv->queues[i], tx);
	}
}

const struct netdev_stat_ops snull_stat_ops = {
	.get_queue_stats_rx	= snull_get_queue_stats_rx,
	.get_queue_stats_tx	= snull_get_queue_stats_tx,
	.get_base_stats		= snull_get_base_stats,
};

#endif /* SNULL_HAVE_QSTATS */
