// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_rss.c - how flows are spread over the queues, as ethtool -x, -X and
 * -n, -N show and set it.
 *
 * Read next: nic/steer.c, the hardware.
 */
#include <linux/ethtool.h>

#include "compat.h"
#include "ethtool_rss.h"
#include "snull.h"

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

/**
 * snull_get_rxfh_indir_size() - entries of the RSS table
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: how many.
 */
u32 snull_get_rxfh_indir_size(struct net_device *dev)
{
	return NIC_RSS_ENTRIES;
}

/**
 * snull_get_rxfh_key_size() - bytes of the RSS key
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: how many.
 */
u32 snull_get_rxfh_key_size(struct net_device *dev)
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

#if !SNULL_KERNEL_SINCE(6, 8)
/**
 * snull_get_rxfh_args() - the same, with the arguments that it had before 6.8
 * @dev: the interface
 * @indir: where to put the table, or NULL
 * @key: where to put the key, or NULL
 * @hfunc: where to put the function, or NULL
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_rxfh_args(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct ethtool_rxfh_param rxfh = { .indir = indir, .key = key };
	int err = snull_get_rxfh(dev, &rxfh);

	if (hfunc)
		*hfunc = rxfh.hfunc;
	return err;
}

/**
 * snull_set_rxfh_args() - the same, with the arguments that it had before 6.8
 * @dev: the interface
 * @indir: the table, or NULL
 * @key: the key, or NULL
 * @hfunc: the function
 *
 * Context: process, RTNL held.
 * Return: as snull_set_rxfh().
 */
int snull_set_rxfh_args(struct net_device *dev, const u32 *indir,
			const u8 *key, const u8 hfunc)
{
	struct ethtool_rxfh_param rxfh = {
		.indir = (u32 *)indir, .key = (u8 *)key, .hfunc = hfunc,
	};

	return snull_set_rxfh(dev, &rxfh, NULL);
}
#endif

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

/* Where to put the RXH_* that are hashed: @fields. */
static int snull_get_hash_fields(struct net_device *dev, u32 flow_type,
				 u64 *fields)
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

/* Return: -EINVAL if the NIC can't hash just that. */
static int snull_set_hash_fields(struct net_device *dev, u32 flow_type,
				 u64 fields)
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

#if SNULL_KERNEL_SINCE(6, 19)
/**
 * snull_get_rxfh_fields() - ethtool -n rx-flow-hash
 * @dev: the interface
 * @rxfh: the kind of flow, and where to put the RXH_* that are hashed
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_rxfh_fields(struct net_device *dev,
			  struct ethtool_rxfh_fields *rxfh)
{
	u64 fields = 0;
	int err = snull_get_hash_fields(dev, rxfh->flow_type, &fields);

	rxfh->data = fields;
	return err;
}

/**
 * snull_set_rxfh_fields() - ethtool -N rx-flow-hash
 * @dev: the interface
 * @rxfh: the kind of flow, and the RXH_* to hash
 * @extack: unused
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL if the NIC can't hash just that.
 */
int snull_set_rxfh_fields(struct net_device *dev,
			  const struct ethtool_rxfh_fields *rxfh,
			  struct netlink_ext_ack *extack)
{
	return snull_set_hash_fields(dev, rxfh->flow_type, rxfh->data);
}
#else
/**
 * snull_get_rxnfc() - ethtool -n, as it was before 6.19
 * @dev: the interface
 * @nfc: what is asked for, and where to put it
 * @rules: unused
 *
 * Context: process, RTNL held.
 * Return: 0, or -EOPNOTSUPP for what the NIC does not have.
 */
int snull_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc,
		    u32 *rules)
{
	if (nfc->cmd == ETHTOOL_GRXFH)
		return snull_get_hash_fields(dev, nfc->flow_type, &nfc->data);
	if (nfc->cmd != ETHTOOL_GRXRINGS)
		return -EOPNOTSUPP;
	nfc->data = snull_get_rx_ring_count(dev);
	return 0;
}

/**
 * snull_set_rxnfc() - ethtool -N, as it was before 6.19
 * @dev: the interface
 * @nfc: what to set
 *
 * Context: process, RTNL held.
 * Return: 0, -EINVAL if the NIC can't hash just that, or -EOPNOTSUPP for what
 * it does not have.
 */
int snull_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc)
{
	if (nfc->cmd != ETHTOOL_SRXFH)
		return -EOPNOTSUPP;
	return snull_set_hash_fields(dev, nfc->flow_type, nfc->data);
}
#endif
