// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool.c - what ethtool shows and sets.
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
	u64 doorbells;
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
	SNULL_STAT("rx_gro_hw_packets",	sw.rx_gro_hw),
	SNULL_STAT("rx_wire_frames",	rx.frames),
	SNULL_STAT("rx_wire_bytes",	rx.bytes),
	SNULL_STAT("rx_missed",		rx.missed),
	SNULL_STAT("rx_filtered",	rx.filtered),
	SNULL_STAT("rx_too_long",	rx.giants),
	SNULL_STAT("rx_multicast",	rx.multicast),
	SNULL_STAT("tx_packets",	sw.tx_done),
	SNULL_STAT("tx_wire_frames",	tx.frames),
	SNULL_STAT("tx_wire_bytes",	tx.bytes),
	SNULL_STAT("tx_tso_bursts",	tx.tso_bursts),
	SNULL_STAT("tx_doorbells",	doorbells),
	SNULL_STAT("tx_refused",	tx.bad),
	SNULL_STAT("tx_no_carrier",	tx.no_carrier),
	SNULL_STAT("tx_reset",		sw.tx_reset),
	SNULL_STAT("tx_lockups",	tx.lockups),
	SNULL_STAT("pause_sent",	rx.pauses),
	SNULL_STAT("pause_obeyed",	tx.xoff),
	SNULL_STAT("interrupts",	sw.irqs),
	SNULL_STAT("interrupts_rx",	sw.irqs_rx),
	SNULL_STAT("interrupts_tx",	sw.irqs_tx),
	SNULL_STAT("polls",		sw.polls),
	SNULL_STAT("polls_exhausted",	sw.polls_exhausted),
	SNULL_STAT("polls_completed",	sw.completions),
};

static const char * const snull_device_stats[] = {
	"tx_timeouts", "resets",
};

static int snull_get_sset_count(struct net_device *dev, int sset)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(snull_device_stats) +
	       priv->num_queues * ARRAY_SIZE(snull_queue_stats);
}

static void snull_get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	struct snull_priv *priv = netdev_priv(dev);
	unsigned int i, j;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(snull_device_stats); i++) {
		strscpy(data, snull_device_stats[i], ETH_GSTRING_LEN);
		data += ETH_GSTRING_LEN;
	}
	for (i = 0; i < priv->num_queues; i++) {
		for (j = 0; j < ARRAY_SIZE(snull_queue_stats); j++) {
			snprintf(data, ETH_GSTRING_LEN, "q%u_%s", i,
				 snull_queue_stats[j].name);
			data += ETH_GSTRING_LEN;
		}
	}
}

static void snull_queue_snap(const struct snull_queue *queue,
			     struct snull_queue_snapshot *snap)
{
	snull_queue_get_stats(queue, &snap->sw);
	nic_rx_get_stats(queue->nic, queue->index, &snap->rx);
	nic_tx_get_stats(queue->nic, queue->index, &snap->tx);
	snap->doorbells = READ_ONCE(queue->doorbells);
}

static void snull_get_ethtool_stats(struct net_device *dev,
				    struct ethtool_stats *stats, u64 *data)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue_snapshot snap;
	unsigned int i, j;

	*data++ = priv->tx_timeouts;
	*data++ = priv->resets;
	for (i = 0; i < priv->num_queues; i++) {
		snull_queue_snap(&priv->queues[i], &snap);
		for (j = 0; j < ARRAY_SIZE(snull_queue_stats); j++)
			*data++ = *(u64 *)((char *)&snap +
					   snull_queue_stats[j].offset);
	}
}

static void snull_get_pause_stats(struct net_device *dev,
				  struct ethtool_pause_stats *stats)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue_snapshot snap;
	unsigned int i;

	stats->tx_pause_frames = 0;
	stats->rx_pause_frames = 0;
	for (i = 0; i < priv->num_queues; i++) {
		snull_queue_snap(&priv->queues[i], &snap);
		stats->tx_pause_frames += snap.rx.pauses;
		stats->rx_pause_frames += snap.tx.xoff;
	}
}

/* ---- settings ------------------------------------------------------------------ */

static void snull_get_drvinfo(struct net_device *dev,
			      struct ethtool_drvinfo *info)
{
	strscpy(info->driver, SNULL_DRIVER_NAME, sizeof(info->driver));
	strscpy(info->bus_info, dev_name(dev->dev.parent),
		sizeof(info->bus_info));
}

static void snull_get_ringparam(struct net_device *dev,
				struct ethtool_ringparam *ring
				SNULL_RINGPARAM_ARGS)
{
	struct snull_priv *priv = netdev_priv(dev);

	ring->rx_max_pending = NIC_RING_MAX;
	ring->tx_max_pending = NIC_RING_MAX;
	ring->rx_pending = priv->rx_size;
	ring->tx_pending = priv->tx_size;
}

static int snull_set_ringparam(struct net_device *dev,
			       struct ethtool_ringparam *ring
			       SNULL_RINGPARAM_ARGS)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (ring->rx_mini_pending || ring->rx_jumbo_pending) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "only rx and tx rings exist");
		return -EINVAL;
	}
	if (ring->rx_pending < NIC_RING_MIN ||
	    ring->tx_pending < NIC_RING_MIN ||
	    ring->rx_pending > NIC_RING_MAX ||
	    ring->tx_pending > NIC_RING_MAX) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "rings have 2 to 4096 slots");
		return -EINVAL;
	}
	if (priv->weight > ring->rx_pending) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "the rx ring must not be smaller than weight=");
		return -EINVAL;
	}
	return snull_resize(priv, snull_ring_round(ring->rx_pending),
			    snull_ring_round(ring->tx_pending));
}

static void snull_get_pauseparam(struct net_device *dev,
				 struct ethtool_pauseparam *pause)
{
	struct snull_priv *priv = netdev_priv(dev);
	bool rx, tx;

	nic_get_pause(priv->nic, &rx, &tx);
	pause->autoneg = AUTONEG_DISABLE;
	pause->rx_pause = rx;
	pause->tx_pause = tx;
}

static int snull_set_pauseparam(struct net_device *dev,
				struct ethtool_pauseparam *pause)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (pause->autoneg)
		return -EOPNOTSUPP;
	nic_set_pause(priv->nic, pause->rx_pause, pause->tx_pause);
	return 0;
}

/* The wire has no speed of its own, and says so. */
static int snull_get_link_ksettings(struct net_device *dev,
				    struct ethtool_link_ksettings *cmd)
{
	ethtool_link_ksettings_zero_link_mode(cmd, supported);
	ethtool_link_ksettings_zero_link_mode(cmd, advertising);
	ethtool_link_ksettings_add_link_mode(cmd, supported, TP);
	cmd->base.port = PORT_TP;
	cmd->base.speed = SPEED_UNKNOWN;
	cmd->base.duplex = netif_carrier_ok(dev) ? DUPLEX_FULL : DUPLEX_UNKNOWN;
	cmd->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

const struct ethtool_ops snull_ethtool_ops = {
	.get_drvinfo		= snull_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= snull_get_link_ksettings,
	.get_ringparam		= snull_get_ringparam,
	.set_ringparam		= snull_set_ringparam,
	.get_pauseparam		= snull_get_pauseparam,
	.set_pauseparam		= snull_set_pauseparam,
	.get_pause_stats	= snull_get_pause_stats,
	.get_sset_count		= snull_get_sset_count,
	.get_strings		= snull_get_strings,
	.get_ethtool_stats	= snull_get_ethtool_stats,
	.get_ts_info		= ethtool_op_get_ts_info,
};
