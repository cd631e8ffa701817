// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_gro.c - a packet that the NIC has put together of several segments
 * (rx-gro-hw): the stack is told of how many, and of what kind, so that it can
 * cut them apart again.
 *
 * Read first: rx.c.  Read next: nic/coalesce.c, who puts them together.
 */
#include <linux/if_ether.h>
#include <linux/netdevice.h>

#include "compat.h"
#include "snull.h"

/* As the stack's own GRO leaves it, so that it is cut again in the same way. */
static void snull_skb_describe_tunnel(struct sk_buff *skb,
				      const struct nic_rx_desc *desc)
{
	bool ip4 = desc->tso & SEG_TCP4;

	skb->encapsulation = 1;
	skb_set_inner_protocol(skb, htons(ip4 ? ETH_P_IP : ETH_P_IPV6));
	skb_set_inner_network_header(skb, desc->l3);
	skb_set_inner_transport_header(skb, desc->csum_start);
}

static unsigned int snull_gso_type(unsigned int tso)
{
	unsigned int type = tso & SEG_TCP6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	bool tunnel = tso & (SEG_OUTER4 | SEG_OUTER6);

	if (tso & SEG_FIXED_ID)
		type |= tunnel ? SKB_GSO_TCP_FIXEDID_INNER :
				 SKB_GSO_TCP_FIXEDID;
	if (tso & SEG_FIXED_OUTER)
		type |= SKB_GSO_TCP_FIXEDID;
	if (tso & SEG_KEEP_CWR)
		type |= SKB_GSO_TCP_ACCECN;
	if (tso & SEG_OUTER4)
		type |= SKB_GSO_IPXIP4;
	if (tso & SEG_OUTER6)
		type |= SKB_GSO_IPXIP6;
	return type;
}

/**
 * snull_skb_describe_gro() - tell the stack what its NIC has put together
 * @skb: a packet of several segments
 * @queue: the queue that it came to
 * @desc: the packet's first descriptor
 *
 * Context: as for snull_rx_next(), which calls it.
 */
void snull_skb_describe_gro(struct sk_buff *skb, struct snull_queue *queue,
			    const struct nic_rx_desc *desc)
{
	struct snull_rx_stats *stats = &queue->rx_stats;

	skb_shinfo(skb)->gso_size = desc->mss;
	skb_shinfo(skb)->gso_type = snull_gso_type(desc->tso);
	skb_shinfo(skb)->gso_segs = desc->segs;
	if (unlikely(desc->tso & (SEG_OUTER4 | SEG_OUTER6)))
		snull_skb_describe_tunnel(skb, desc);
	snull_count(&stats->syncp, &stats->gro_hw, 1);
	snull_count(&stats->syncp, &stats->gro_hw_frames, desc->segs);
	snull_count(&stats->syncp, &stats->gro_hw_bytes, skb->len);
}
