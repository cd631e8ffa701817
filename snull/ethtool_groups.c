// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_groups.c - the statistics that have the same names on every NIC:
 * ethtool -S sn0 --groups eth-mac eth-ctrl rmon.
 *
 * Their names are those of the standards: IEEE 802.3, clause 30, and RFC 2819.
 *
 * Read next: qstats.c, the same by queue.
 */
#include <linux/ethtool.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_STAT_GROUPS

/* Every queue, whether in use or not: its counters stay. */
static void snull_nic_sum(const struct snull_priv *priv,
			  struct nic_rx_stats *rx, struct nic_tx_stats *tx)
{
	struct nic_rx_stats one_rx;
	struct nic_tx_stats one_tx;
	unsigned int i;

	memset(rx, 0, sizeof(*rx));
	memset(tx, 0, sizeof(*tx));
	for (i = 0; i < priv->max_queues; i++) {
		nic_rx_get_stats(priv->nic, i, &one_rx);
		nic_tx_get_stats(priv->nic, i, &one_tx);
		snull_sum_stats(rx, &one_rx, sizeof(one_rx));
		snull_sum_stats(tx, &one_tx, sizeof(one_tx));
	}
}

/**
 * snull_get_eth_mac_stats() - IEEE 802.3's MAC counters
 * @dev: the interface
 * @stats: where to put those that this NIC has
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 */
void snull_get_eth_mac_stats(struct net_device *dev,
			     struct ethtool_eth_mac_stats *stats)
{
	struct nic_rx_stats rx;
	struct nic_tx_stats tx;

	snull_nic_sum(netdev_priv(dev), &rx, &tx);
	stats->FramesTransmittedOK = tx.frames;
	stats->FramesReceivedOK = rx.frames;
	stats->OctetsTransmittedOK = tx.bytes + tx.frames * ETH_FCS_LEN;
	stats->OctetsReceivedOK = rx.bytes + rx.frames * ETH_FCS_LEN;
	stats->MulticastFramesXmittedOK = tx.multicast;
	stats->BroadcastFramesXmittedOK = tx.broadcast;
	stats->MulticastFramesReceivedOK = rx.multicast;
	stats->BroadcastFramesReceivedOK = rx.broadcast;
	stats->FramesLostDueToIntMACRcvError = rx.missed;
	stats->CarrierSenseErrors = tx.no_carrier;
	stats->FrameTooLongErrors = rx.giants;
	stats->FrameCheckSequenceErrors = rx.crc;
	/* A wire of memory has none of these. */
	stats->AlignmentErrors = 0;
}

/**
 * snull_get_eth_ctrl_stats() - MAC control frames
 * @dev: the interface
 * @stats: where to put them
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 */
void snull_get_eth_ctrl_stats(struct net_device *dev,
			      struct ethtool_eth_ctrl_stats *stats)
{
	struct nic_rx_stats rx;
	struct nic_tx_stats tx;

	snull_nic_sum(netdev_priv(dev), &rx, &tx);
	stats->MACControlFramesTransmitted = rx.pauses + tx.control;
	stats->MACControlFramesReceived = tx.xoff + rx.control +
					   rx.pause_frames;
}

/* What nic_size_class() numbers. */
static const struct ethtool_rmon_hist_range snull_rmon_ranges[] = {
	{    0,    64 },
	{   65,   127 },
	{  128,   255 },
	{  256,   511 },
	{  512,  1023 },
	{ 1024,  1518 },
	{ 1519,  NIC_MTU_MAX + SNULL_FRAME_HEADER + ETH_FCS_LEN },
	{}
};

/**
 * snull_get_rmon_stats() - RFC 2819's histogram of frame sizes
 * @dev: the interface
 * @stats: where to put it
 * @ranges: where to put what its classes mean
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 */
void snull_get_rmon_stats(struct net_device *dev,
			  struct ethtool_rmon_stats *stats,
			  const struct ethtool_rmon_hist_range **ranges)
{
	struct nic_rx_stats rx;
	struct nic_tx_stats tx;
	unsigned int i;

	snull_nic_sum(netdev_priv(dev), &rx, &tx);
	stats->oversize_pkts = rx.giants;
	for (i = 0; i < NIC_SIZE_CLASSES; i++) {
		stats->hist[i] = rx.size[i];
		stats->hist_tx[i] = tx.size[i];
	}
	*ranges = snull_rmon_ranges;
}

#endif /* SNULL_HAVE_STAT_GROUPS */
