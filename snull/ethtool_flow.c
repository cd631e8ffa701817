// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_flow.c - what a rule compares: ethtool's words put into the NIC's.
 *
 * For each kind of flow ethtool has a layout of its own, for the values and for
 * their masks alike; the NIC has one for all.
 *
 * Read next: frame/tcam.h, how the NIC compares.
 */
#include <linux/ethtool.h>
#include <linux/in.h>

#include "compat.h"
#include "snull.h"

static void snull_key_tcp4(const union ethtool_flow_union *from,
			   struct tcam_key *key)
{
	const struct ethtool_tcpip4_spec *spec = &from->tcp_ip4_spec;

	key->saddr[0] = spec->ip4src;
	key->daddr[0] = spec->ip4dst;
	key->sport = spec->psrc;
	key->dport = spec->pdst;
	key->tos = spec->tos;
}

static void snull_key_tcp6(const union ethtool_flow_union *from,
			   struct tcam_key *key)
{
	const struct ethtool_tcpip6_spec *spec = &from->tcp_ip6_spec;

	memcpy(key->saddr, spec->ip6src, sizeof(key->saddr));
	memcpy(key->daddr, spec->ip6dst, sizeof(key->daddr));
	key->sport = spec->psrc;
	key->dport = spec->pdst;
	key->tos = spec->tclass;
}

static void snull_key_l4_bytes(__be32 bytes, struct tcam_key *key)
{
	key->sport = htons(ntohl(bytes) >> 16);
	key->dport = htons(ntohl(bytes) & 0xffff);
}

static void snull_key_ip4(const union ethtool_flow_union *from,
			  struct tcam_key *key)
{
	const struct ethtool_usrip4_spec *spec = &from->usr_ip4_spec;

	key->saddr[0] = spec->ip4src;
	key->daddr[0] = spec->ip4dst;
	snull_key_l4_bytes(spec->l4_4_bytes, key);
	key->tos = spec->tos;
	key->l4 = spec->proto;
}

static void snull_key_ip6(const union ethtool_flow_union *from,
			  struct tcam_key *key)
{
	const struct ethtool_usrip6_spec *spec = &from->usr_ip6_spec;

	memcpy(key->saddr, spec->ip6src, sizeof(key->saddr));
	memcpy(key->daddr, spec->ip6dst, sizeof(key->daddr));
	snull_key_l4_bytes(spec->l4_4_bytes, key);
	key->tos = spec->tclass;
	key->l4 = spec->l4_proto;
}

static void snull_key_ether(const union ethtool_flow_union *from,
			    struct tcam_key *key)
{
	ether_addr_copy(key->dst, from->ether_spec.h_dest);
	ether_addr_copy(key->src, from->ether_spec.h_source);
	key->proto = from->ether_spec.h_proto;
}

/* The kinds of flow that there are rules for, and what they imply. */
static const struct snull_flow_kind {
	u32 type;
	u16 proto;
	u8 l4;
	void (*fill)(const union ethtool_flow_union *from,
		     struct tcam_key *key);
} snull_flow_kinds[] = {
	{ TCP_V4_FLOW,	  ETH_P_IP,   IPPROTO_TCP, snull_key_tcp4 },
	{ UDP_V4_FLOW,	  ETH_P_IP,   IPPROTO_UDP, snull_key_tcp4 },
	{ TCP_V6_FLOW,	  ETH_P_IPV6, IPPROTO_TCP, snull_key_tcp6 },
	{ UDP_V6_FLOW,	  ETH_P_IPV6, IPPROTO_UDP, snull_key_tcp6 },
	{ IPV4_USER_FLOW, ETH_P_IP,   0,	   snull_key_ip4 },
	{ IPV6_USER_FLOW, ETH_P_IPV6, 0,	   snull_key_ip6 },
	{ ETHER_FLOW,	  0,	      0,	   snull_key_ether },
};

static const struct snull_flow_kind *snull_flow_kind(u32 flow_type)
{
	u32 type = flow_type & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(snull_flow_kinds); i++)
		if (snull_flow_kinds[i].type == type)
			return &snull_flow_kinds[i];
	return NULL;
}

static void snull_match_ext(const struct ethtool_rx_flow_spec *spec,
			    struct tcam_entry *match)
{
	if (spec->flow_type & FLOW_EXT) {
		match->value.tag_proto = spec->h_ext.vlan_etype;
		match->mask.tag_proto = spec->m_ext.vlan_etype;
		match->value.tci = spec->h_ext.vlan_tci;
		match->mask.tci = spec->m_ext.vlan_tci;
	}
	if (spec->flow_type & FLOW_MAC_EXT) {
		ether_addr_copy(match->value.dst, spec->h_ext.h_dest);
		ether_addr_copy(match->mask.dst, spec->m_ext.h_dest);
	}
}

static void snull_match_build(const struct ethtool_rx_flow_spec *spec,
			      const struct snull_flow_kind *kind,
			      struct tcam_entry *match)
{
	memset(match, 0, sizeof(*match));
	kind->fill(&spec->h_u, &match->value);
	kind->fill(&spec->m_u, &match->mask);
	snull_match_ext(spec, match);
	if (kind->proto) {
		match->value.proto = htons(kind->proto);
		match->mask.proto = htons(0xffff);
	}
	if (kind->l4) {
		match->value.l4 = kind->l4;
		match->mask.l4 = 0xff;
	}
	/* What a frame has not reads as 0, and shall not pass for a real 0. */
	if (kind->l4 || match->mask.sport || match->mask.dport)
		match->mask.has |= TCAM_PORTS;
	if (match->mask.tci || match->mask.tag_proto)
		match->mask.has |= TCAM_TAG;
	match->value.has = match->mask.has;
}

static int snull_flow_refuse(struct net_device *dev, int err, const char *why)
{
	netdev_err(dev, "%s\n", why);
	return err;
}

/**
 * snull_flow_match() - which frames a rule is for
 * @dev: the interface
 * @spec: as ethtool has it
 * @match: where to put it as the NIC has it
 *
 * Context: process, RTNL held.
 * Return: 0; or, and the log says why, -EOPNOTSUPP for what the NIC can't compare,
 * -EINVAL for what makes no sense.
 */
int snull_flow_match(struct net_device *dev,
		     const struct ethtool_rx_flow_spec *spec,
		     struct tcam_entry *match)
{
	const struct snull_flow_kind *kind = snull_flow_kind(spec->flow_type);

	if (!kind)
		return snull_flow_refuse(dev, -EOPNOTSUPP,
					 "rules are for tcp4, udp4, ip4, tcp6, udp6, ip6 and ether");
	if (spec->flow_type & FLOW_EXT &&
	    (spec->m_ext.data[0] || spec->m_ext.data[1]))
		return snull_flow_refuse(dev, -EOPNOTSUPP,
					 "rules do not compare user-def data");
	if (kind->type == IPV4_USER_FLOW &&
	    (spec->h_u.usr_ip4_spec.ip_ver != ETH_RX_NFC_IP4 ||
	     spec->m_u.usr_ip4_spec.ip_ver))
		return snull_flow_refuse(dev, -EINVAL,
					 "the IP version of ip4 is 4");
	snull_match_build(spec, kind, match);
	return 0;
}
