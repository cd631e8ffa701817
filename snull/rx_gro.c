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
 * @sums: of the ring that it came from
 * @desc: the packet's first descriptor
 *
 * Context: as for snull_rx_next(), which calls it.
 */
void snull_skb_describe_gro(struct sk_buff *skb, struct snull_rx_sums *sums,
			    const struct nic_rx_desc *desc)
{
	skb_shinfo(skb)->gso_size = desc->mss;
	skb_shinfo(skb)->gso_type = snull_gso_type(desc->tso);
	skb_shinfo(skb)->gso_segs = desc->segs;
	if (unlikely(desc->tso & (SEG_OUTER4 | SEG_OUTER6)))
		snull_skb_describe_tunnel(skb, desc);
	sums->gro_hw++;
	sums->gro_hw_frames += desc->segs;
	sums->gro_hw_bytes += skb->len;
}

/**
 * snull_gro_count() - count what the NIC has put together
 * @stats: the queue's, which are being updated
 * @sums: of its ring; they begin anew
 *
 * Context: as for snull_rx_next(), at the end of a poll.
 */
void snull_gro_count(struct snull_rx_stats *stats, struct snull_rx_sums *sums)
{
	u64_stats_add(&stats->gro_hw, sums->gro_hw);
	u64_stats_add(&stats->gro_hw_frames, sums->gro_hw_frames);
	u64_stats_add(&stats->gro_hw_bytes, sums->gro_hw_bytes);
	sums->gro_hw = 0;
	sums->gro_hw_frames = 0;
	sums->gro_hw_bytes = 0;
}
