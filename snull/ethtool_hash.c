// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_hash.c - what of a frame is hashed, as ethtool -n and -N rx-flow-hash
 * show and set it.
 *
 * Read next: ethtool_steer.c, rules for chosen flows; frame/toeplitz.c, the hash.
 */
#include <linux/ethtool.h>

#include "compat.h"
#include "ethtool_rss.h"
#include "snull.h"

static bool snull_get_context(struct net_device *dev, u32 context,
			      struct nic_rss *rss)
{
	struct snull_priv *priv = netdev_priv(dev);

	return context < NIC_RSS_CONTEXTS &&
	       nic_get_context(priv->nic, context, rss);
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

/*
 * Kinds of which the addresses are hashed, and nothing else.  What is carried
 * by UDP, as GTP is, the NIC takes for UDP.
 */
static bool snull_flow_is_ip(u32 flow_type)
{
	switch (flow_type) {
	case IPV4_FLOW:
	case IPV6_FLOW:
	case SCTP_V4_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_ESP_V6_FLOW:
	case AH_V4_FLOW:
	case AH_V6_FLOW:
	case ESP_V4_FLOW:
	case ESP_V6_FLOW:
		return true;
	default:
		return false;
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
	{ RSS_LABEL,	RXH_IP6_FL },
};

/**
 * snull_get_hash_fields() - what of a kind of packet is hashed
 * @dev: the interface
 * @context: the RSS context, 0 for the one of all
 * @flow_type: the kind
 * @fields: where to put the RXH_*
 *
 * Context: process, RTNL held.
 * Return: 0; or -ENOENT if there is no such context, -EOPNOTSUPP for a kind
 * that the NIC does not know.
 */
int snull_get_hash_fields(struct net_device *dev, u32 context, u32 flow_type,
			  u64 *fields)
{
	struct nic_rss rss;
	unsigned int i;
	u8 *of;

	if (!snull_get_context(dev, context, &rss))
		return -ENOENT;
	of = snull_flow_fields(&rss, flow_type);
	*fields = 0;
	if (!of && flow_type != ETHER_FLOW) {
		if (!snull_flow_is_ip(flow_type))
			return -EOPNOTSUPP;
		*fields = RXH_IP_SRC | RXH_IP_DST;
	}
	for (i = 0; of && i < ARRAY_SIZE(snull_hash_fields); i++)
		if (*of & snull_hash_fields[i].rss)
			*fields |= snull_hash_fields[i].rxh;
	return 0;
}

/**
 * snull_set_hash_fields() - choose what of a kind of packet is hashed
 * @dev: the interface
 * @context: the RSS context, 0 for the one of all
 * @flow_type: the kind
 * @fields: RXH_*
 *
 * Context: process, RTNL held.
 * Return: 0; or, with nothing changed, -EINVAL if the NIC can't hash just that,
 * -ENOENT if there is no such context, -ENOMEM.
 */
int snull_set_hash_fields(struct net_device *dev, u32 context, u32 flow_type,
			  u64 fields)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;
	u8 *of;

	if (!snull_get_context(dev, context, &rss))
		return -ENOENT;
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
	/* IPv4 has no flow label. */
	if (*of & RSS_LABEL && flow_type != TCP_V6_FLOW &&
	    flow_type != UDP_V6_FLOW)
		return -EINVAL;
	if (context)
		return nic_set_context(priv->nic, context, &rss);
	nic_set_rss(priv->nic, &rss);
	return 0;
}

#if SNULL_KERNEL_SINCE(6, 17)
/**
 * snull_get_rxfh_fields() - ethtool -n rx-flow-hash
 * @dev: the interface
 * @rxfh: the kind of flow, and where to put the RXH_* that are hashed
 *
 * Context: process, RTNL held.
 * Return: as snull_get_hash_fields().
 */
int snull_get_rxfh_fields(struct net_device *dev,
			  struct ethtool_rxfh_fields *rxfh)
{
	u64 fields = 0;
	int err = snull_get_hash_fields(dev, rxfh->rss_context,
					rxfh->flow_type, &fields);

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
 * Return: as snull_set_hash_fields().
 */
int snull_set_rxfh_fields(struct net_device *dev,
			  const struct ethtool_rxfh_fields *rxfh,
			  struct netlink_ext_ack *extack)
{
	return snull_set_hash_fields(dev, rxfh->rss_context, rxfh->flow_type,
				     rxfh->data);
}
#endif
