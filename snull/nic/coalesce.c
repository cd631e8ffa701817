// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing, as far as the ring goes: the segments of a
 * run share one header, and their payloads lie behind it in a row.
 *
 * While an aggregate is open it stands at head, invisible to the driver.  It
 * is given up when a frame comes that does not fit, or the sender pauses.
 *
 * Read next: frame/coalesce.c, which decides what fits.
 */
#include <linux/tcp.h>

#include "../compat.h"
#include "impl.h"

/* From here on, the frame is as if its sender had left the sum to hardware. */
static bool nic_gro_verify(struct nic_frame *frame, struct coalesce_key *key)
{
	if (!coalesce_verify(key, frame->hdr,
			     nic_sg_csum(frame->sg, frame->payload)))
		return false;
	frame->csum = (struct wire_csum){
		.start = coalesce_l4(key->ip4),
		.offset = offsetof(struct tcphdr, check),
		.partial = true,
	};
	return true;
}

/**
 * nic_gro_parse() - may this frame be coalesced with others?
 * @frame: the frame; if so, it is cut into header and payload
 * @key: where to put what nic_gro_add() and nic_gro_start() need
 *
 * Context: any.
 * Return: whether it is a candidate.
 */
bool nic_gro_parse(struct nic_frame *frame, struct coalesce_key *key)
{
	if (frame->hdr_len)
		return coalesce_parse(key, frame->hdr, frame->hdr_len,
				      frame->len, &frame->csum);
	if (!coalesce_parse(key, frame->sg.ptr, frame->sg.left, frame->len,
			    &frame->csum) || key->hdr_len > NIC_HDR_MAX)
		return false;
	nic_sg_copy(&frame->sg, frame->hdr, key->hdr_len);
	frame->hdr_len = key->hdr_len;
	/* Without padding, if it has any: it is padded again in the buffer. */
	frame->payload = key->payload;
	frame->len = frame->hdr_len + frame->payload;
	if (frame->rewrite)
		wire_rewrite_ip(frame->hdr, frame->hdr_len, frame->len,
				&frame->csum);
	frame->rewrite = false;
	return !key->finished || nic_gro_verify(frame, key);
}

/* Bytes that the open aggregate can still take, in the buffers posted. */
static unsigned int nic_gro_room(const struct nic_rxq *rxq)
{
	const struct nic_rx_desc *first = nic_rxd(rxq, rxq->head);
	const struct nic_rx_desc *last;
	u32 bufs = min_t(u32, nic_rx_room(rxq), NIC_RX_BUFS_MAX);

	last = nic_rxd(rxq, rxq->head + first->bufs - 1);
	return last->size - last->len + (bufs - first->bufs) * last->size;
}

static void nic_gro_append(struct nic_rxq *rxq, struct nic_frame *frame,
			   unsigned int len)
{
	struct nic_rx_desc *first = nic_rxd(rxq, rxq->head);
	u32 last = rxq->head + first->bufs - 1;

	last = nic_rx_write(rxq, last, &frame->sg, len);
	first->bufs = last - rxq->head + 1;
	rxq->last = frame;
}

/**
 * nic_gro_add() - let a frame join the open aggregate
 * @rxq: the queue, locked, with an aggregate open
 * @frame: a candidate
 * @key: what nic_gro_parse() said of it
 *
 * Context: under rxq->lock, interrupts off.
 * Return: false if it does not fit, in which case nothing was done.
 */
bool nic_gro_add(struct nic_rxq *rxq, struct nic_frame *frame,
		 const struct coalesce_key *key)
{
	const u8 *head_hdr = nic_rxd(rxq, rxq->head)->buf;

	if (!coalesce_match(head_hdr, &rxq->agg, frame->hdr, key) ||
	    frame->payload > nic_gro_room(rxq))
		return false;
	nic_gro_append(rxq, frame, frame->payload);
	coalesce_append(&rxq->agg, key);
	return true;
}

/**
 * nic_gro_room_behind() - segments that can join without being looked at
 * @rxq: the queue, locked
 * @frame: what the sender sent last
 *
 * Context: under rxq->lock, interrupts off.
 * Return: how many full segments of the same large packet may follow @frame,
 * none of them its last; 0 if @frame is not the end of an open aggregate.
 */
unsigned int nic_gro_room_behind(struct nic_rxq *rxq,
				 const struct nic_frame *frame)
{
	if (!rxq->open || rxq->last != frame)
		return 0;
	return min(coalesce_room(&rxq->agg),
		   nic_gro_room(rxq) / rxq->agg.mss);
}

/**
 * nic_gro_join() - such segments arrive
 * @rxq: the queue, locked
 * @frame: what the sender sent last; its payload goes on with theirs
 * @segs: how many, up to nic_gro_room_behind()
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_gro_join(struct nic_rxq *rxq, struct nic_frame *frame,
		  unsigned int segs)
{
	unsigned int len = segs * rxq->agg.mss;

	nic_gro_append(rxq, frame, len);
	coalesce_join(&rxq->agg, segs);
	u64_stats_update_begin(&rxq->syncp);
	rxq->stats.frames += segs;
	rxq->stats.bytes += len + segs * frame->hdr_len;
	rxq->stats.size[nic_size_class(frame->hdr_len + rxq->agg.mss)] += segs;
	u64_stats_update_end(&rxq->syncp);
}

/**
 * nic_gro_start() - begin an aggregate with the frame stored at head
 * @rxq: the queue, locked
 * @frame: the frame
 * @key: what nic_gro_parse() said of it
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_gro_start(struct nic_rxq *rxq, const struct nic_frame *frame,
		   const struct coalesce_key *key)
{
	coalesce_start(&rxq->agg, key);
	rxq->open = true;
	rxq->last = frame;
}

/**
 * nic_gro_finish() - make one packet of the open aggregate
 * @rxq: the queue, locked
 * @first: the descriptor at head
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_gro_finish(struct nic_rxq *rxq, struct nic_rx_desc *first)
{
	rxq->open = false;
	first->gso_type = coalesce_finish(first->buf, &rxq->agg);
	if (!first->gso_type) {
		if (rxq->agg.finished)
			first->flags &= ~NIC_RXD_CSUM_PARTIAL;
		return;
	}
	first->flags |= NIC_RXD_GRO;
	first->gso_size = rxq->agg.mss;
	first->segs = rxq->agg.segs;
}
