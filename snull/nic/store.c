// SPDX-License-Identifier: GPL-2.0-only
/*
 * store.c - how a frame gets into the receive buffers: copied once, with its
 * VLAN tag put in or taken out, its addresses flipped and its checksum finished
 * on the way.
 *
 * Read next: tag.c, what a tag is to a NIC; irq.c, how the driver gets to know.
 */
#include <linux/bitops.h>
#include <net/checksum.h>

#include "impl.h"

/**
 * nic_rx_append() - append to a frame, going on from buffer to buffer
 * @nic: the receiving NIC
 * @rxq: the queue, locked
 * @sg: what to read from
 * @len: bytes; the caller knows that they fit
 * @sum: add their checksum to this; or NULL
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_rx_append(struct nic *nic, struct nic_rxq *rxq, struct nic_sg *sg,
		   unsigned int len, struct nic_sum *sum)
{
	struct nic_rx_desc *first = nic_rx_slot(rxq, 0);
	struct nic_rx_desc *desc = nic_rx_slot(rxq, first->bufs - 1);
	unsigned int n;

	while (len) {
		if (desc->len == desc->size) {
			desc = nic_rx_slot(rxq, first->bufs++);
			desc->len = 0;
		}
		n = min_t(unsigned int, len, desc->size - desc->len);
		nic_sg_copy(sg, nic_memory(nic, desc->addr) + desc->len, n,
			    sum);
		desc->len += n;
		len -= n;
	}
}

static void nic_rx_write_csum(u8 *frame, const struct wire_csum *csum,
			      __wsum sum)
{
	__sum16 check = csum_fold(sum) ?: CSUM_MANGLED_0;

	memcpy(frame + csum->start + csum->offset, &check, sizeof(check));
}

/**
 * nic_rx_finish_csum() - finish a checksum that was not summed on the way
 * @nic: the receiving NIC
 * @rxq: the queue, locked, with the frame
 * @csum: where to begin to sum, and where to put it
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_rx_finish_csum(struct nic *nic, struct nic_rxq *rxq,
			const struct wire_csum *csum)
{
	const struct nic_rx_desc *first = nic_rx_slot(rxq, 0), *desc;
	unsigned int i, from = csum->start;
	struct nic_sum sum = {};

	for (i = 0; i < first->bufs; i++, from = 0) {
		desc = nic_rx_slot(rxq, i);
		nic_sum_add(&sum, csum_partial(nic_memory(nic, desc->addr) +
					       from, desc->len - from, 0),
			    desc->len - from);
	}
	nic_rx_write_csum(nic_memory(nic, first->addr), csum, sum.sum);
}

/*
 * What is said of the frame's checksum.  Who asked the sending NIC to finish
 * one may have meant another than the one that the host will look at.
 */
static void nic_rx_tell_csum(struct nic_rx_desc *first, const u8 *buf,
			     unsigned int len, const struct nic_frame *frame,
			     const struct wire_csum *csum, bool partial)
{
	if (partial) {
		first->flags |= NIC_RXD_CSUM_PARTIAL;
		first->csum_start = csum->start;
		first->csum_offset = csum->offset;
	} else if (frame->hdr_len ||
		   wire_find_check(buf, min_t(unsigned int, len, NIC_HDR_MAX),
				   len) == csum->start + csum->offset) {
		first->flags |= NIC_RXD_CSUM_OK;
	}
}

/**
 * nic_rx_store() - put a frame into the next buffers
 * @nic: the receiving NIC
 * @rxq: the queue, locked, with room for the frame
 * @frame: the frame, which is read to its end
 * @hold: leave its checksum for later
 *
 * Its beginning first, where the tag is put in or taken out and the addresses are
 * flipped; what follows is summed as it goes by, if the sender left the checksum
 * to the hardware.
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_rx_store(struct nic *nic, struct nic_rxq *rxq,
		  struct nic_frame *frame, bool hold)
{
	bool partial = READ_ONCE(nic->features) & NIC_F_RX_PARTIAL;
	bool finish = frame->csum.partial && !hold && !partial;
	struct nic_rx_desc *first = nic_rx_slot(rxq, 0);
	unsigned int len = frame->hdr_len + frame->payload, look;
	struct wire_csum shifted, *csum = &frame->csum;
	u8 *buf = nic_memory(nic, first->addr);
	unsigned int least = ETH_ZLEN;
	struct nic_sum sum = {};
	int moved;

	look = frame->hdr_len ?: min_t(unsigned int, len, NIC_HDR_MAX);
	if (frame->hdr_len)
		memcpy(buf, frame->hdr, look);
	else
		nic_sg_copy(&frame->sg, buf, look, NULL);
	first->bufs = 1;
	first->segs = 1;
	first->hash = frame->hash;
	first->flags = frame->hash_flags;
	if (unlikely(frame->tagged)) {
		moved = nic_tag_store(frame, first, buf, look);
		shifted = *csum;
		shifted.start += moved;
		csum = &shifted;
		look += moved;
		len += moved;
		/* A frame is padded before its tag is taken out. */
		least -= frame->strip ? TAG_LEN : 0;
	}
	first->len = look;
	if (frame->rewrite)
		wire_rewrite_ip(buf, look, len, csum);
	if (finish)
		nic_sum_add(&sum, csum_partial(buf + csum->start,
					       look - csum->start, 0),
			    look - csum->start);
	nic_rx_append(nic, rxq, &frame->sg, len - look, finish ? &sum : NULL);
	if (finish)
		nic_rx_write_csum(buf, csum, sum.sum);
	if (csum->partial && !hold)
		nic_rx_tell_csum(first, buf, len, frame, csum, partial);
	if (unlikely(frame->stamp))
		nic_clock_stamp(nic, first, buf, look, frame->stamp);
	if (len < least) {
		memset(buf + len, 0, least - len);
		first->len = least;
	}
}

/**
 * nic_rx_publish() - give the frame that has been stored to the driver
 * @rxq: the queue, locked
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_rx_publish(struct nic_rxq *rxq)
{
	unsigned int i, bufs = nic_rx_slot(rxq, 0)->bufs;

	/* Up to head: what the slots there were posted with, the stage has. */
	for (i = 0; unlikely(rxq->held) && i < bufs; i++)
		*nic_rxd(rxq, rxq->head + i) = *nic_rx_slot(rxq, i);
	rxq->arrived++;
	/* Descriptors and buffers first, then the index: nic_rx_head(). */
	smp_store_release(&rxq->head, rxq->head + bufs);
}
