// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool.c - what ethtool shows and sets.
 *
 * Read next: ethtool_stats.c, what it counts.
 */
#include <linux/ethtool.h>

#include "compat_net.h"
#include "snull.h"

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
	ring->rx_pending = priv->shape.rx_size;
	ring->tx_pending = priv->shape.tx_size;
}

/*
 * With fewer, TCP spends its time on losses.  Who wants to see that loads the
 * module with pool_size=2.
 */
#define SNULL_RX_RING_MIN	4

static int snull_set_ringparam(struct net_device *dev,
			       struct ethtool_ringparam *ring
			       SNULL_RINGPARAM_ARGS)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_shape shape = priv->shape;

	if (ring->rx_mini_pending || ring->rx_jumbo_pending) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "only rx and tx rings exist");
		return -EINVAL;
	}
	if ((ring->rx_pending < SNULL_RX_RING_MIN &&
	     ring->rx_pending != shape.rx_size) ||
	    ring->tx_pending < NIC_RING_MIN ||
	    ring->rx_pending > NIC_RING_MAX ||
	    ring->tx_pending > NIC_RING_MAX) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "rx rings have 4 to 4096 slots, tx rings 2 to 4096");
		return -EINVAL;
	}
	if (priv->weight > ring->rx_pending) {
		NL_SET_ERR_MSG(SNULL_RINGPARAM_EXTACK,
			       "the rx ring must not be smaller than weight=");
		return -EINVAL;
	}
	shape.rx_size = snull_ring_round(ring->rx_pending);
	shape.tx_size = snull_ring_round(ring->tx_pending);
	return snull_reshape(priv, &shape);
}

static int snull_get_coalesce(struct net_device *dev,
			      struct ethtool_coalesce *coal
			      SNULL_COALESCE_ARGS)
{
	snull_moderation_get(dev, coal);
	return 0;
}

static int snull_set_coalesce(struct net_device *dev,
			      struct ethtool_coalesce *coal
			      SNULL_COALESCE_ARGS)
{
	return snull_moderation_set(dev, coal, SNULL_COALESCE_EXTACK);
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

static u32 snull_get_priv_flags(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);

	return priv->rx_partial ? SNULL_PRIV_RX_PARTIAL : 0;
}

static int snull_set_priv_flags(struct net_device *dev, u32 flags)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (flags & ~SNULL_PRIV_RX_PARTIAL)
		return -EINVAL;
	priv->rx_partial = flags & SNULL_PRIV_RX_PARTIAL;
	snull_write_features(priv, dev->features);
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

/* ---- queues, and how flows are spread over them -------------------------------- */

static void snull_get_channels(struct net_device *dev,
			       struct ethtool_channels *channels)
{
	struct snull_priv *priv = netdev_priv(dev);

	channels->max_combined = priv->max_queues;
	channels->combined_count = priv->shape.queues;
}

/* The core has checked the number against what we say above. */
static int snull_set_channels(struct net_device *dev,
			      struct ethtool_channels *channels)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_shape shape = priv->shape;

	shape.queues = channels->combined_count;
	return snull_reshape(priv, &shape);
}

/**
 * snull_get_rx_ring_count() - how many queues RSS may choose from
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: the queues in use.
 */
u32 snull_get_rx_ring_count(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);

	return priv->shape.queues;
}

static u32 snull_get_rxfh_indir_size(struct net_device *dev)
{
	return NIC_RSS_ENTRIES;
}

static u32 snull_get_rxfh_key_size(struct net_device *dev)
{
	return RSS_KEY_LEN;
}

/**
 * snull_get_rxfh() - ethtool -x: read the RSS table and key
 * @dev: the interface
 * @rxfh: where to put them, each if it is wanted
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;

	nic_get_rss(priv->nic, &rss);
	rxfh->hfunc = ETH_RSS_HASH_TOP;
	if (rxfh->key)
		memcpy(rxfh->key, rss.key, RSS_KEY_LEN);
	for (i = 0; rxfh->indir && i < NIC_RSS_ENTRIES; i++)
		rxfh->indir[i] = rss.table[i];
	return 0;
}

/**
 * snull_set_rxfh() - ethtool -X: write the RSS table and key
 * @dev: the interface
 * @rxfh: what to write; the core has checked the table's entries
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or -EOPNOTSUPP for another function than Toeplitz.
 */
int snull_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
		   struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    rxfh->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG(extack, "the only hash function is toeplitz");
		return -EOPNOTSUPP;
	}
	nic_get_rss(priv->nic, &rss);
	if (rxfh->key)
		memcpy(rss.key, rxfh->key, RSS_KEY_LEN);
	for (i = 0; rxfh->indir && i < NIC_RSS_ENTRIES; i++)
		rss.table[i] = rxfh->indir[i];
	nic_set_rss(priv->nic, &rss);
	return 0;
}

static u8 *snull_flow_fields(struct nic_rss *rss, u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:	return &rss->fields.tcp4;
	case UDP_V4_FLOW:	return &rss->fields.udp4;
	case TCP_V6_FLOW:	return &rss->fields.tcp6;
	case UDP_V6_FLOW:	return &rss->fields.udp6;
	default:		return NULL;
	}
}

/* The NIC's bits and ethtool's, side by side. */
static const struct {
	u8 rss;
	u64 rxh;
} snull_hash_fields[] = {
	{ RSS_SRC,	RXH_IP_SRC },
	{ RSS_DST,	RXH_IP_DST },
	{ RSS_SPORT,	RXH_L4_B_0_1 },
	{ RSS_DPORT,	RXH_L4_B_2_3 },
};

/**
 * snull_get_hash_fields() - ethtool -n rx-flow-hash
 * @dev: the interface
 * @flow_type: *_FLOW, as in ethtool.h
 * @fields: where to put the RXH_* that are hashed
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_hash_fields(struct net_device *dev, u32 flow_type, u64 *fields)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;
	u8 *of;

	nic_get_rss(priv->nic, &rss);
	of = snull_flow_fields(&rss, flow_type);
	*fields = 0;
	if (!of && flow_type != ETHER_FLOW)
		*fields = RXH_IP_SRC | RXH_IP_DST;
	for (i = 0; of && i < ARRAY_SIZE(snull_hash_fields); i++)
		if (*of & snull_hash_fields[i].rss)
			*fields |= snull_hash_fields[i].rxh;
	return 0;
}

/**
 * snull_set_hash_fields() - ethtool -N rx-flow-hash
 * @dev: the interface
 * @flow_type: *_FLOW, as in ethtool.h
 * @fields: the RXH_* to hash
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL if the NIC can't hash just that.
 */
int snull_set_hash_fields(struct net_device *dev, u32 flow_type, u64 fields)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;
	u8 *of;

	nic_get_rss(priv->nic, &rss);
	of = snull_flow_fields(&rss, flow_type);
	if (!of)
		return -EINVAL;
	*of = 0;
	for (i = 0; i < ARRAY_SIZE(snull_hash_fields); i++) {
		if (fields & snull_hash_fields[i].rxh)
			*of |= snull_hash_fields[i].rss;
		fields &= ~snull_hash_fields[i].rxh;
	}
	if (fields)
		return -EINVAL;
	nic_set_rss(priv->nic, &rss);
	return 0;
}

const struct ethtool_ops snull_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_MAX_FRAMES |
				     ETHTOOL_COALESCE_USE_ADAPTIVE_RX,
	.get_drvinfo		= snull_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= snull_get_link_ksettings,
	.get_coalesce		= snull_get_coalesce,
	.set_coalesce		= snull_set_coalesce,
	.get_per_queue_coalesce	= snull_get_per_queue_coalesce,
	.set_per_queue_coalesce	= snull_set_per_queue_coalesce,
	.get_ringparam		= snull_get_ringparam,
	.set_ringparam		= snull_set_ringparam,
	.get_pauseparam		= snull_get_pauseparam,
	.set_pauseparam		= snull_set_pauseparam,
	.get_pause_stats	= snull_get_pause_stats,
	.get_priv_flags		= snull_get_priv_flags,
	.set_priv_flags		= snull_set_priv_flags,
	.get_channels		= snull_get_channels,
	.set_channels		= snull_set_channels,
	.get_rxfh_indir_size	= snull_get_rxfh_indir_size,
	.get_rxfh_key_size	= snull_get_rxfh_key_size,
	SNULL_RXFH_OPS,
	SNULL_HASH_FIELDS_OPS,
#ifdef SNULL_HAVE_STAT_GROUPS
	.get_eth_mac_stats	= snull_get_eth_mac_stats,
	.get_eth_ctrl_stats	= snull_get_eth_ctrl_stats,
	.get_rmon_stats		= snull_get_rmon_stats,
#endif
	.get_sset_count		= snull_get_sset_count,
	.get_strings		= snull_get_strings,
	.get_ethtool_stats	= snull_get_ethtool_stats,
	.get_ts_info		= ethtool_op_get_ts_info,
};
