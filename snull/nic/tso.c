// SPDX-License-Identifier: GPL-2.0-only
/*
 * tso.c - one large packet becomes frames of the MTU: reading its headers
 * out of the sender's memory, and the next frame each time that one is through.
 *
 * Read next: frame/segment.c, which writes the headers.
 */
#include "../frame/headers.h"
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

	if (!txq->tso)
		return false;
	frame->payload = seg_next(&txq->seg, frame->hdr);
	frame->len = frame->hdr_len + frame->payload + frame->tag_len;
	frame->start = frame->hdr;
	return frame->payload;
}

/**
 * nic_tso_begin() - look at a large packet's headers, and make its first frame
 * @txq: the queue, whose frame is at the packet's first byte
 * @desc: the packet's first descriptor
 *
 * Context: the transmit engine.
 * Return: false if it can't be cut as it asks for.
 */
bool nic_tso_begin(struct nic_txq *txq, const struct nic_tx_desc *desc)
{
	unsigned int check = desc->tso & SEG_UDP ?
			     offsetof(struct udphdr, check) :
			     offsetof(struct tcphdr, check);
	unsigned int hdr_len = desc->csum_start + desc->l4_len;
	unsigned int l3 = desc->l3, payload;
	struct nic_frame *frame = &txq->frame;

	if (!frame->csum.partial || desc->csum_offset != check ||
	    hdr_len > NIC_HDR_MAX || hdr_len >= frame->payload ||
	    hdr_len + desc->mss + frame->tag_len >
	    READ_ONCE(txq->nic->max_frame))
		return false;
	payload = frame->payload - hdr_len;
	nic_sg_copy(&frame->sg, frame->hdr, hdr_len, NULL);
	if (unlikely(frame->tagged) && !frame->tag_len) {
		nic_tag_hoist(frame, hdr_len);
		hdr_len -= TAG_LEN;
		l3 -= TAG_LEN;
	}
	if (seg_init(&txq->seg, frame->hdr, hdr_len, l3, frame->csum.start,
		     desc->tso, desc->mss, payload))
		return false;
	if (frame->rewrite)
		wire_rewrite_ip(seg_header(&txq->seg), hdr_len, hdr_len +
				min_t(unsigned int, desc->mss, payload),
				&frame->csum);
	frame->rewrite = false;
	frame->hdr_len = hdr_len;
	return nic_tso_next(txq);
}
