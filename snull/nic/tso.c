// SPDX-License-Identifier: GPL-2.0-only
/*
 * tso.c - one large packet becomes frames of the MTU: reading its headers
 * out of the sender's memory, and the next frame each time that one is through.
 *
 * Read next: frame/segment.c, which writes the headers.
 */
#include <linux/tcp.h>
#include <linux/udp.h>

#include "../compat.h"
#include "impl.h"

/**
 * nic_tso_next() - make the packet's next frame
 * @txq: the queue
 *
 * Context: the transmit engine.
 * Return: false if there is none, as with every packet that is not cut.
 */
bool nic_tso_next(struct nic_txq *txq)
{
	struct nic_frame *frame = &txq->frame;

	if (!txq->gso)
		return false;
	frame->payload = seg_next(&txq->seg, frame->hdr);
	frame->len = frame->hdr_len + frame->payload;
	frame->start = frame->hdr;
	return frame->payload;
}

/**
 * nic_tso_begin() - look at a large packet's headers, and make its first frame
 * @txq: the queue, whose frame is at the packet's first byte
 * @skb: the packet
 *
 * Context: the transmit engine.
 * Return: false if it can't be cut as it asks for.
 */
bool nic_tso_begin(struct nic_txq *txq, const struct sk_buff *skb)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	bool udp = shinfo->gso_type & SKB_GSO_UDP_L4;
	unsigned int l4_len = udp ? sizeof(struct udphdr) :
				    sizeof(struct tcphdr);
	struct nic_frame *frame = &txq->frame;
	unsigned int l4, hdr_len;

	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    !skb_transport_header_was_set(skb))
		return false;
	l4 = skb_transport_offset(skb);
	hdr_len = l4 + l4_len;
	if (hdr_len > min_t(unsigned int, skb->len, NIC_HDR_MAX))
		return false;
	nic_sg_copy(&frame->sg, frame->hdr, hdr_len);
	if (!udp) {
		const struct tcphdr *th = (void *)(frame->hdr + l4);
		unsigned int more = th->doff * 4 - l4_len;

		if (th->doff * 4 < l4_len ||
		    hdr_len + more > min_t(unsigned int, skb->len, NIC_HDR_MAX))
			return false;
		nic_sg_copy(&frame->sg, frame->hdr + hdr_len, more);
		hdr_len += more;
	}
	if (hdr_len + shinfo->gso_size > READ_ONCE(txq->nic->max_frame))
		return false;
	if (seg_init(&txq->seg, frame->hdr, hdr_len, skb_network_offset(skb),
		     l4, shinfo->gso_type, shinfo->gso_size,
		     skb->len - hdr_len))
		return false;
	if (frame->rewrite)
		wire_rewrite_ip(seg_header(&txq->seg), hdr_len, hdr_len +
				min_t(unsigned int, shinfo->gso_size,
				      skb->len - hdr_len), &frame->csum);
	frame->rewrite = false;
	frame->hdr_len = hdr_len;
	return nic_tso_next(txq);
}
