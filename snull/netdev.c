// SPDX-License-Identifier: GPL-2.0-only
/*
 * netdev.c - the network interface: settings and statistics.  How a packet is
 * received is none of its business.
 *
 * Read next: open.c, where the interface goes up and down.
 */
#include <linux/etherdevice.h>

#include "compat.h"
#include "snull.h"

/* ---- the NIC's registers that follow from settings ----------------------- */

/**
 * snull_write_features() - pass the interface's features on to the NIC
 * @priv: the interface
 * @features: as in net_device.features
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM with nothing changed.  Only NETIF_F_GRO_HW takes memory,
 * and only when it was not on before.
 */
int snull_write_features(struct snull_priv *priv, netdev_features_t features)
{
	bool xdp = priv->shape.headroom == SNULL_XDP_HEADROOM;
	u32 nic_features = 0;

	if (snull_config.rewrite_ip)
		nic_features |= NIC_F_REWRITE_IP;
	/*
	 * An XDP program wants to see, and to send, finished checksums; and what
	 * it sends goes on with the tag that it came with.
	 */
	if (priv->rx_partial && features & NETIF_F_RXCSUM && !xdp)
		nic_features |= NIC_F_RX_PARTIAL;
	if (features & NETIF_F_HW_VLAN_CTAG_RX && !xdp)
		nic_features |= NIC_F_RX_CTAG;
	if (features & NETIF_F_HW_VLAN_STAG_RX && !xdp)
		nic_features |= NIC_F_RX_STAG;
	if (features & NETIF_F_GRO_HW)
		nic_features |= NIC_F_RX_GRO | SNULL_GRO_CUTS;
	if (features & NETIF_F_LOOPBACK)
		nic_features |= NIC_F_LOOPBACK;
	return nic_set_features(priv->nic, nic_features);
}

/**
 * snull_write_max_frame() - pass the interface's MTU on to the NIC
 * @priv: the interface
 * @mtu: bytes of payload; two VLAN tags may come on top
 *
 * Context: process.
 */
void snull_write_max_frame(struct snull_priv *priv, int mtu)
{
	nic_set_max_frame(priv->nic, mtu + SNULL_FRAME_HEADER);
}

/* ---- the link header ------------------------------------------------------ */

/*
 * LDD3's snull_header(): with the wire trick on, there is nobody to answer
 * ARP, so every unicast frame is addressed to the other end of the cable.
 */
static int snull_header(struct sk_buff *skb, struct net_device *dev,
			unsigned short type, const void *daddr,
			const void *saddr, unsigned int len)
{
	struct snull_priv *priv = netdev_priv(dev);
	u8 partner[ETH_ALEN];

	if (!daddr || !is_multicast_ether_addr(daddr)) {
		nic_partner_addr(priv->nic, partner);
		daddr = partner;
	}
	return eth_header(skb, dev, type, daddr, saddr, len);
}

const struct header_ops snull_header_ops = {
	.create		= snull_header,
	.parse		= eth_header_parse,
	.parse_protocol	= eth_header_parse_protocol,
};

#ifdef CONFIG_NET_POLL_CONTROLLER
/*
 * netpoll wants room in a full ring, where no interrupt comes.  It polls NAPI
 * instances by itself, with budget 0; other paths' rings are cleaned here.
 */
static void snull_poll_controller(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);
	unsigned int i;

	if (!priv->ops || priv->ops->flags & SNULL_RX_NAPI)
		return;
	for (i = 0; i < snull_queues_in_use(priv); i++)
		snull_tx_clean(&priv->queues[i], 0);
}
#endif

/* ---- settings ---------------------------------------------------------------- */

static int snull_set_rx_mode_async(struct net_device *dev,
				   struct netdev_hw_addr_list *uc,
				   struct netdev_hw_addr_list *mc)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rx_filter filter = {};
	struct netdev_hw_addr *ha;

	if (dev->flags & IFF_PROMISC ||
	    netdev_hw_addr_list_count(uc) > NIC_UC_MAX)
		filter.flags |= NIC_RX_PROMISC;
	else
		netdev_hw_addr_list_for_each(ha, uc)
			ether_addr_copy(filter.uc[filter.uc_count++], ha->addr);
	if (dev->flags & IFF_ALLMULTI)
		filter.flags |= NIC_RX_ALLMULTI;
	netdev_hw_addr_list_for_each(ha, mc)
		filter.mc_hash |= BIT_ULL(nic_mc_hash(ha->addr));
	nic_set_filter(priv->nic, &filter);
	return 0;
}

#ifndef SNULL_HAVE_RX_MODE_ASYNC
static void snull_set_rx_mode(struct net_device *dev)
{
	snull_set_rx_mode_async(dev, &dev->uc, &dev->mc);
}
#endif

static int snull_set_mac_address(struct net_device *dev, void *addr)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err = eth_mac_addr(dev, addr);

	if (!err)
		nic_set_addr(priv->nic, dev->dev_addr);
	return err;
}

static int snull_change_mtu(struct net_device *dev, int mtu)
{
	const struct snull_priv *priv = netdev_priv(dev);

	if (!snull_shape_holds(&priv->shape, mtu)) {
		netdev_err(dev, "MTU %d: a frame would not fit into the rx ring\n",
			   mtu);
		return -EINVAL;
	}
	if (!snull_xdp_mtu_fits(netdev_priv(dev), mtu)) {
		netdev_err(dev, "MTU %d is too large for an XDP program without frags support\n",
			   mtu);
		return -EINVAL;
	}
	snull_write_max_frame(netdev_priv(dev), mtu);
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static netdev_features_t snull_fix_features(struct net_device *dev,
					    netdev_features_t features)
{
	struct snull_priv *priv = netdev_priv(dev);

	/* A coalesced packet has no checksum that could be checked. */
	if (!(features & NETIF_F_RXCSUM))
		features &= ~NETIF_F_GRO_HW;
	/* An XDP program wants to see the frames as they came. */
	if (rcu_access_pointer(priv->xdp_prog))
		features &= ~(NETIF_F_GRO_HW | NETIF_F_HW_VLAN_CTAG_RX |
			      NETIF_F_HW_VLAN_STAG_RX);
	return features;
}

static int snull_set_features(struct net_device *dev,
			      netdev_features_t features)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err = snull_write_features(priv, features);

	if (err)
		return err;
	if (!(features & NETIF_F_NTUPLE))
		snull_rules_flush(priv);
	return 0;
}

static void snull_queue_add_stats64(const struct snull_queue *queue,
				    struct rtnl_link_stats64 *sum)
{
	struct snull_queue_stats sw;
	struct nic_rx_stats rx;
	struct nic_tx_stats tx;

	snull_queue_get_stats(queue, &sw);
	nic_rx_get_stats(queue->nic, queue->index, &rx);
	nic_tx_get_stats(queue->nic, queue->index, &tx);
	sum->rx_packets += sw.rx_packets;
	sum->rx_bytes += sw.rx_bytes;
	sum->rx_dropped += sw.rx_alloc_failed + sw.rx_reset;
	sum->rx_missed_errors += rx.missed;
	sum->rx_length_errors += rx.giants;
	sum->rx_crc_errors += rx.crc;
	sum->rx_errors += rx.giants + rx.crc;
	sum->multicast += rx.multicast;
	sum->tx_packets += tx.frames;
	sum->tx_bytes += tx.bytes;
	sum->tx_carrier_errors += tx.no_carrier;
	sum->tx_aborted_errors += tx.bad;
	sum->tx_errors += tx.no_carrier + tx.bad;
	sum->tx_dropped += sw.tx_reset + sw.tx_map_failed;
}

static void snull_get_stats64(struct net_device *dev,
			      struct rtnl_link_stats64 *stats)
{
	struct snull_priv *priv = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < priv->max_queues; i++)
		snull_queue_add_stats64(&priv->queues[i], stats);
	stats->tx_errors += priv->tx_timeouts;
}

const struct net_device_ops snull_netdev_ops = {
	.ndo_open		= snull_open,
	.ndo_stop		= snull_stop,
	.ndo_start_xmit		= snull_start_xmit,
	.ndo_features_check	= snull_features_check,
	SNULL_RX_MODE_OPS
	.ndo_set_mac_address	= snull_set_mac_address,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= snull_change_mtu,
	.ndo_fix_features	= snull_fix_features,
	.ndo_set_features	= snull_set_features,
	.ndo_get_stats64	= snull_get_stats64,
	.ndo_tx_timeout		= snull_tx_timeout,
	SNULL_HWTSTAMP_OPS
#ifdef CONFIG_NET_POLL_CONTROLLER
	.ndo_poll_controller	= snull_poll_controller,
#endif
#ifdef SNULL_HAVE_XDP
	.ndo_bpf		= snull_bpf,
	.ndo_xdp_xmit		= snull_xdp_xmit,
#endif
};
