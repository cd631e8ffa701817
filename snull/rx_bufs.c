// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_bufs.c - the receive ring's memory: where buffers come from, and that the
 * ring does not run dry.
 *
 * Without a buffer no frame comes, and without a frame nobody would fill the
 * ring.  So when no memory is to be had and half of the ring is empty, a frame
 * is dropped and its buffer posted again: see snull_rx_may_leave() in rx.c.  A
 * frame that takes most of a small ring may leave it too dry for the next all
 * the same: the hang check looks for that, see snull_rx_check().
 *
 * Read first: rx.c, which takes the buffers off.  Read next: rings.c, which
 * makes the ring.
 */
#include <linux/dma-mapping.h>

#include "compat.h"
#include "snull.h"

/* From a page_pool a buffer comes mapped, and is again the device's. */
static bool snull_buf_from_pool(const struct snull_rings *rings,
				struct snull_rx_buf *rxb)
{
	struct page *page = page_pool_dev_alloc_pages(rings->pool);

	if (unlikely(!page))
		return false;
	rxb->buf = page_address(page) + rings->headroom;
	rxb->dma = page_pool_get_dma_addr(page) + rings->headroom;
	return true;
}

static bool snull_buf_from_frag(const struct snull_rings *rings,
				struct snull_rx_buf *rxb)
{
	void *va = netdev_alloc_frag(rings->buf_len);

	if (unlikely(!va))
		return false;
	rxb->dma = dma_map_single(rings->dev, va + rings->headroom,
				  snull_buf_room(rings), DMA_FROM_DEVICE);
	if (unlikely(dma_mapping_error(rings->dev, rxb->dma))) {
		skb_free_frag(va);
		return false;
	}
	rxb->buf = va + rings->headroom;
	return true;
}

/**
 * snull_buf_free() - free a buffer that has been taken off the ring
 * @rings: the ring
 * @buf: from snull_rx_take()
 *
 * Context: as for snull_rx_next(), or process if nobody else uses the ring.
 */
void snull_buf_free(const struct snull_rings *rings, void *buf)
{
	if (rings->pool)
		page_pool_put_full_page(rings->pool, virt_to_head_page(buf),
					false);
	else
		skb_free_frag(buf - rings->headroom);
}

/**
 * snull_rx_fill() - put buffers into all slots that have none
 * @rings: the ring; the NIC hears of it by nic_rx_doorbell()
 *
 * By GFP_ATOMIC, at ifup and for ethtool -G as well: who asks for more than there
 * is gets -ENOMEM, and does not wait until some is reclaimed.
 *
 * Context: as for snull_rx_next(), or process if nobody else uses the ring.
 * Return: false if memory was short, and some slots stay empty.
 */
bool snull_rx_fill(struct snull_rings *rings)
{
	struct snull_rx_buf *rxb;
	u32 n, slot;

	for (n = snull_rx_missing(rings); n; n--) {
		slot = ring_slot(rings->rx_posted, rings->rx_size);
		rxb = &rings->rx_bufs[rings->rx[slot].id];
		if (!(rings->pool ? snull_buf_from_pool(rings, rxb) :
				    snull_buf_from_frag(rings, rxb)))
			return false;
		rings->rx[slot].addr = rxb->dma;
		rings->rx[slot].size = snull_buf_room(rings);
		rings->rx_posted++;
	}
	return true;
}

/**
 * snull_rx_recycle() - pass over a frame: its buffers stay in the ring
 * @rings: the ring; the NIC hears of it by nic_rx_doorbell()
 * @bufs: how many buffers, the next ones; each goes to the first empty slot
 *
 * Context: as for snull_rx_next(); or process, with the queue stopped.
 */
void snull_rx_recycle(struct snull_rings *rings, unsigned int bufs)
{
	struct nic_rx_desc *from, *to;

	while (bufs--) {
		from = &rings->rx[ring_slot(rings->rx_clean++, rings->rx_size)];
		to = &rings->rx[ring_slot(rings->rx_posted++, rings->rx_size)];
		if (from == to)
			continue;
		swap(from->id, to->id);
		to->addr = rings->rx_bufs[to->id].dma;
		to->size = snull_buf_room(rings);
	}
}

/**
 * snull_rx_check() - look for a ring that could not be filled, and have it tried
 *	again
 * @queue: the queue
 *
 * Who fills a ring is the path, when it has been interrupted; so ask for an
 * interrupt, as igb's watchdog does.  One that was not needed does no harm.
 *
 * Context: any.
 */
void snull_rx_check(struct snull_queue *queue)
{
	const struct snull_rings *rings = &queue->rings;
	u32 clean = READ_ONCE(rings->rx_clean);

	if (READ_ONCE(rings->rx_acked) == clean &&
	    ring_space(READ_ONCE(rings->rx_posted), clean, rings->rx_size))
		nic_int_trigger(queue->nic, queue->index, NIC_INT_RX);
}

/**
 * snull_rx_drain() - give up the frames that are still in the ring, and count
 *	them; their buffers stay there
 * @queue: a queue whose NIC is stopped
 *
 * Context: process.
 */
void snull_rx_drain(struct snull_queue *queue)
{
	struct snull_rx_stats *stats = &queue->rx_stats;
	struct snull_rings *rings = &queue->rings;
	const struct nic_rx_desc *desc;

	while (snull_rx_pending(queue)) {
		desc = &rings->rx[ring_slot(rings->rx_clean, rings->rx_size)];
		snull_count(&stats->syncp, &stats->reset, desc->segs);
		snull_rx_recycle(rings, desc->bufs);
	}
}
