// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing, a stage between the wire and the ring: the
 * segments of a run share one header, and their payloads lie behind it in a row.
 *
 * A frame goes in by nic_coalesce_in(), and stays if it can.  While a run is
 * open it stands at head, invisible to the driver.  It comes out when a frame
 * follows that does not fit, or the sender pauses: nic_coalesce_out().
 *
 * Read next: frame/coalesce.c, which decides what fits.
 */
#include <linux/tcp.h>

#include "impl.h"

/* What the stage takes for the frame's checksum, be it finished or not. */
static struct wire_csum nic_coalesce_csum(bool ip4)
{
	return (struct wire_csum){
		.start = coalesce_l4(ip4),
		.offset = offsetof(struct tcphdr, check),
		.partial = true,
	};
}

/*
 * May this frame be coalesced with others?  If so, it is cut into header and
 * payload, as the segmenter has cut those of a large packet already.
 */
static bool nic_coalesce_parse(struct nic_frame *frame,
			       struct coalesce_key *key)
{
	if (frame->hdr_len)
		return coalesce_parse(key, frame->hdr, frame->hdr_len,
				      frame->len, &frame->csum);
	if (!coalesce_parse(key, frame->sg.ptr, frame->sg.left, frame->len,
			    &frame->csum) || key->hdr_len > NIC_HDR_MAX)
		return false;
	nic_sg_copy(&frame->sg, frame->hdr, key->hdr_len, NULL);
	frame->hdr_len = key->hdr_len;
	/* Without padding, if it has any: it is padded again in the buffer. */
	frame->payload = key->payload;
	frame->len = frame->hdr_len + frame->payload;
	if (frame->rewrite)
		wire_rewrite_ip(frame->hdr, frame->hdr_len, frame->len,
				&frame->csum);
	frame->rewrite = false;
	if (!key->finished)
		return true;
	if (!coalesce_verify(key, frame->hdr,
			     nic_sg_csum(frame->sg, frame->payload)))
		return false;
	/* From here on, as if its sender had left the sum to hardware. */
	frame->csum = nic_coalesce_csum(key->ip4);
	return true;
}

/* Bytes that the open run can still take, in the buffers posted. */
static unsigned int nic_coalesce_room(const struct nic *nic,
				      const struct nic_rxq *rxq)
{
	const struct nic_rx_desc *first = nic_rxd(rxq, rxq->head);
	const struct nic_rx_desc *last;
	u32 bufs = min_t(u32, nic_rx_room(rxq), nic->max_bufs);

	last = nic_rxd(rxq, rxq->head + first->bufs - 1);
	return last->size - last->len + (bufs - first->bufs) * last->size;
}

static bool nic_coalesce_join(struct nic *nic, struct nic_rxq *rxq,
			      struct nic_frame *frame,
			      const struct coalesce_key *key)
{
	const u8 *head_hdr = nic_memory(nic, nic_rxd(rxq, rxq->head)->addr);

	if (!coalesce_match(head_hdr, &rxq->agg, frame->hdr, key) ||
	    frame->payload > nic_coalesce_room(nic, rxq))
		return false;
	nic_rx_append(nic, rxq, &frame->sg, frame->payload, NULL);
	coalesce_append(&rxq->agg, key);
	return true;
}

/**
 * nic_coalesce_in() - the way in: a frame arrives
 * @nic: the receiving NIC
 * @rxq: the queue, locked, with room for the frame
 * @frame: the frame
 *
 * Context: under rxq->lock, interrupts off.
 * Return: true if the stage has kept it; false if it is to be stored, behind
 * what came out just now.
 */
bool nic_coalesce_in(struct nic *nic, struct nic_rxq *rxq,
		     struct nic_frame *frame)
{
	struct coalesce_key key;

	if (!(READ_ONCE(nic->features) & NIC_F_RX_GRO) ||
	    !nic_coalesce_parse(frame, &key)) {
		nic_coalesce_out(nic, rxq);
		return false;
	}
	if (rxq->open && nic_coalesce_join(nic, rxq, frame, &key))
		return true;
	nic_coalesce_out(nic, rxq);
	nic_rx_store(nic, rxq, frame, true);
	coalesce_start(&rxq->agg, &key);
	rxq->open = true;
	return true;
}

/* One packet of the open run, for the descriptor @first. */
static void nic_coalesce_finish(struct nic *nic, struct nic_rxq *rxq,
				struct nic_rx_desc *first)
{
	struct wire_csum csum = nic_coalesce_csum(rxq->agg.ip4);

	first->tso = coalesce_finish(nic_memory(nic, first->addr), &rxq->agg);
	if (first->tso) {
		/* A sum for each segment would be of no use to anybody. */
		first->flags |= NIC_RXD_GRO | NIC_RXD_CSUM_PARTIAL;
		first->csum_start = csum.start;
		first->csum_offset = csum.offset;
		first->mss = rxq->agg.mss;
		first->segs = rxq->agg.segs;
		return;
	}
	/* Only one: as if it had never been here. */
	if (!rxq->agg.finished)
		nic_rx_finish_csum(nic, rxq, &csum);
	first->flags |= NIC_RXD_CSUM_OK;
}

/**
 * nic_coalesce_out() - the way out: give the open run, if any, to the driver
 * @nic: the receiving NIC
 * @rxq: the queue, locked
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_coalesce_out(struct nic *nic, struct nic_rxq *rxq)
{
	if (!rxq->open)
		return;
	rxq->open = false;
	nic_coalesce_finish(nic, rxq, nic_rxd(rxq, rxq->head));
	nic_rx_publish(rxq);
}
