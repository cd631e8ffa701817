// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool.c - what ethtool shows and sets.
 *
 * Read next: ethtool_link.c, the speed; ethtool_rss.c, how flows are spread;
 * ethtool_steer.c, rules for chosen ones; ethtool_stats.c, what it counts;
 * ptp.c, its clock.
 */
#include <linux/ethtool.h>
#include <linux/log2.h>

#include "compat.h"
#include "ethtool_rss.h"
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
	SNULL_RING_BUF_LEN_TELL(priv->shape.buf_len);
}

/* May the receive buffers be as long as the shape says? */
static int snull_check_buf_len(const struct snull_priv *priv,
			       const struct snull_shape *shape,
			       struct netlink_ext_ack *extack)
{
	if (!snull_shape_holds(shape, priv->dev->mtu)) {
		NL_SET_ERR_MSG(extack, "a frame of the MTU would not fit into the rx ring");
		return -EINVAL;
	}
	if (shape->buf_len == priv->shape.buf_len)
		return 0;
	if (!is_power_of_2(shape->buf_len) || shape->buf_len < SNULL_BUF_LEN ||
	    shape->buf_len > SNULL_BUF_LEN_MAX) {
		NL_SET_ERR_MSG(extack, "rx-buf-len is 4096, 8192, 16384 or 32768");
		return -EINVAL;
	}
	if (shape->headroom == SNULL_XDP_HEADROOM) {
		NL_SET_ERR_MSG(extack, "rx-buf-len can't be changed while XDP is on");
		return -EINVAL;
	}
	if (priv->ops && priv->ops->flags & SNULL_RX_HARDIRQ) {
		NL_SET_ERR_MSG(extack, "rx-buf-len needs use_napi=napi or legacy");
		return -EOPNOTSUPP;
	}
	return 0;
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
	int err;

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
	/* An ioctl of an old ethtool's says nothing of it. */
	shape.buf_len = SNULL_RING_BUF_LEN_ASKED ?: shape.buf_len;
	/* What a program that has gone could not give back, for want of memory. */
	if (!rcu_access_pointer(priv->xdp_prog))
		shape.headroom = SNULL_BUF_HEADROOM;
	err = snull_check_buf_len(priv, &shape, SNULL_RINGPARAM_EXTACK);
	return err ?: snull_reshape(priv, &shape);
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

/* ---- queues ------------------------------------------------------------------------ */

static void snull_get_channels(struct net_device *dev,
			       struct ethtool_channels *channels)
{
	struct snull_priv *priv = netdev_priv(dev);

	channels->max_combined = priv->max_queues;
	channels->combined_count = priv->shape.queues;
}

/*
 * The core has checked the number against what we say above, and the tables; but
 * before 6.13 not the rules.
 */
static int snull_set_channels(struct net_device *dev,
			      struct ethtool_channels *channels)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err;

	if (!snull_rules_fit(priv, channels->combined_count)) {
		netdev_err(dev, "a rule names a queue that would go, or adds up to one\n");
		return -EINVAL;
	}
	err = snull_rss_can_follow(priv, channels->combined_count);
	if (err) {
		netdev_err(dev, "the RSS table that was set does not repeat itself in one for so few queues\n");
		return err;
	}
	return snull_set_queues(priv, channels->combined_count);
}

const struct ethtool_ops snull_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_MAX_FRAMES |
				     ETHTOOL_COALESCE_USE_ADAPTIVE_RX,
	SNULL_ETHTOOL_RTNL
	SNULL_RING_PARAMS
	.get_drvinfo		= snull_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= snull_get_link_ksettings,
	.set_link_ksettings	= snull_set_link_ksettings,
	.get_link_ext_state	= snull_get_link_ext_state,
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
	SNULL_RSS_SYM_OPS
	SNULL_RSS_CONTEXT_OPS
	SNULL_HASH_FIELDS_OPS
	.get_rxnfc		= snull_get_rxnfc,
	.set_rxnfc		= snull_set_rxnfc,
#ifdef SNULL_HAVE_STAT_GROUPS
	.get_eth_mac_stats	= snull_get_eth_mac_stats,
	.get_eth_ctrl_stats	= snull_get_eth_ctrl_stats,
	.get_rmon_stats		= snull_get_rmon_stats,
#endif
	.get_sset_count		= snull_get_sset_count,
	.get_strings		= snull_get_strings,
	.get_ethtool_stats	= snull_get_ethtool_stats,
	.get_ts_info		= snull_get_ts_info,
};
