// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx.c - the receive ring, as the driver sees it: frames are taken off it, one
 * by one, and made into packets for the stack; what need not be done for each
 * is done at the end of the poll.
 *
 * In the order in which it happens: may the frame leave the ring?  Its buffers
 * become a packet; the packet is told what the NIC says of it.  What is beside
 * this road: rx_bufs.c, where buffers come from; rx_gro.c, packets that the NIC
 * has put together; rx_copybreak.c, small ones; xdp.c, programs.
 *
 * Read next: a receive path, which calls all this: rx_netif_rx.c, then
 * ../napi-modern/rx_napi.c.
 */
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>

#include "compat.h"
#include "snull.h"
#include "trace.h"

/* ---- does a frame wait, and may it leave the ring? ---------------------- */

/* Frames that a poll takes before it posts buffers. */
#define SNULL_RX_BATCH		16U

/* Look how far the NIC has come, but only if that may be news. */
static bool snull_rx_waits(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;

	if (rings->rx_clean == rings->rx_head)
		rings->rx_head = nic_rx_head(queue->nic, queue->index);
	return rings->rx_clean != rings->rx_head;
}

/**
 * snull_rx_pending() - is there a frame to take?
 * @queue: the queue
 *
 * Context: any.
 * Return: true if snull_rx_next() would find one.
 */
bool snull_rx_pending(const struct snull_queue *queue)
{
	return nic_rx_head(queue->nic, queue->index) != queue->rings.rx_clean;
}
EXPORT_SYMBOL_GPL(snull_rx_pending);

/* Buffers that wait, by now; who only looks does not end what is coalesced. */
static u32 snull_rx_waiting(const struct snull_queue *queue)
{
	return ring_used(nic_rx_peek(queue->nic, queue->index),
			 queue->rings.rx_clean);
}

static void snull_rx_refill(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;

	snull_rx_fill(rings);
	if (rings->rx_posted == rings->rx_rung)
		return;
	rings->rx_rung = rings->rx_posted;
	nic_rx_doorbell(queue->nic, queue->index, rings->rx_posted);
}

/* May these buffers leave the ring?  With none missing, always. */
static bool snull_rx_may_leave(struct snull_queue *queue, unsigned int bufs)
{
	struct snull_rings *rings = &queue->rings;
	u32 missing = snull_rx_missing(rings);

	if (missing + bufs <= min(SNULL_RX_BATCH, rings->rx_size / 2))
		return true;
	snull_rx_refill(queue);
	missing = snull_rx_missing(rings);
	return !missing || missing + bufs <= rings->rx_size / 2;
}

/* The next refill rings for these buffers, too: some are missing. */
static struct sk_buff *snull_rx_drop(struct snull_queue *queue,
				     const struct nic_rx_desc *first)
{
	snull_count(&queue->rx_stats.syncp, &queue->rx_stats.alloc_failed,
		    first->segs);
	snull_rx_recycle(&queue->rings, first->bufs);
	return ERR_PTR(-ENOMEM);
}

/* ---- its buffers become a packet ---------------------------------------- */

/**
 * snull_rx_take() - take a buffer off the ring: it is the CPU's from here on
 * @rings: the ring
 * @index: which buffer
 * @len: bytes that the NIC has written there
 *
 * Context: as for snull_rx_next(); or process, with the queue stopped.
 * Return: the buffer.
 */
void *snull_rx_take(struct snull_rings *rings, u32 index, unsigned int len)
{
	struct snull_rx_buf *rxb;
	void *buf;

	rxb = &rings->rx_bufs[rings->rx[ring_slot(index, rings->rx_size)].id];
	buf = rxb->buf;
	rxb->buf = NULL;
	if (rings->pool)
		page_pool_dma_sync_for_cpu(rings->pool, virt_to_head_page(buf),
					   0, len);
	else
		dma_unmap_single(rings->dev, rxb->dma, snull_buf_room(rings),
				 DMA_FROM_DEVICE);
	return buf;
}

static struct sk_buff *snull_skb_build(const struct snull_rings *rings,
				       void *buf)
{
	void *head = buf - rings->headroom;

	/* napi_build_skb() has a cache of its own, which softirqs share. */
	return rings->pool ? napi_build_skb(head, rings->buf_size) :
			     build_skb(head, rings->buf_size);
}

static void snull_rx_add_frag(struct snull_rings *rings, struct sk_buff *skb,
			      u32 index)
{
	unsigned int len = rings->rx[ring_slot(index, rings->rx_size)].len;
	void *buf = snull_rx_take(rings, index, len);
	struct page *page = virt_to_head_page(buf);

	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
			buf - page_address(page), len, rings->buf_size);
	if (rings->pool)
		snull_skb_recycle(skb, rings->pool, page);
}

/* Turn the frame's buffers into an skb. */
static struct sk_buff *snull_rx_build(struct snull_queue *queue,
				      const struct nic_rx_desc *first)
{
	struct snull_rings *rings = &queue->rings;
	void *buf = snull_rx_take(rings, rings->rx_clean, first->len);
	struct sk_buff *skb = snull_skb_build(rings, buf);
	unsigned int i;

	if (unlikely(!skb)) {
		snull_buf_free(rings, buf);
		for (i = 1; i < first->bufs; i++)
			snull_buf_free(rings, snull_rx_take(rings,
							    rings->rx_clean + i,
							    0));
		return NULL;
	}
	skb_reserve(skb, rings->headroom);
	skb_put(skb, first->len);
	if (rings->pool)
		snull_skb_recycle(skb, rings->pool, virt_to_head_page(buf));
	for (i = 1; i < first->bufs; i++)
		snull_rx_add_frag(rings, skb, rings->rx_clean + i);
	return skb;
}

/* ---- what the NIC says of it, told to the stack ------------------------- */

/* What few frames have: a VLAN tag, which is not in the frame; a time stamp. */
static void snull_skb_describe_more(struct sk_buff *skb,
				    const struct nic_rx_desc *desc)
{
	if (desc->flags & NIC_RXD_TAG)
		__vlan_hwaccel_put_tag(skb, desc->flags & NIC_RXD_STAG ?
				       htons(ETH_P_8021AD) : htons(ETH_P_8021Q),
				       desc->tci);
	if (desc->flags & NIC_RXD_STAMP)
		skb_hwtstamps(skb)->hwtstamp = ns_to_ktime(desc->stamp);
}

/* What the NIC says about the frame, told to the stack. */
static void snull_skb_describe(struct sk_buff *skb, struct snull_queue *queue,
			       const struct nic_rx_desc *desc)
{
	if (desc->flags & NIC_RXD_CSUM_PARTIAL)
		skb_partial_csum_set(skb, desc->csum_start, desc->csum_offset);
	else if (desc->flags & NIC_RXD_CSUM_OK &&
		 queue->dev->features & NETIF_F_RXCSUM)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (desc->flags & NIC_RXD_GRO)
		snull_skb_describe_gro(skb, &queue->rings.rx_sums, desc);
	if (desc->flags & NIC_RXD_HASH &&
	    queue->dev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, desc->hash, desc->flags & NIC_RXD_HASH_L4 ?
			     PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
	if (unlikely(desc->flags & (NIC_RXD_TAG | NIC_RXD_STAMP)))
		snull_skb_describe_more(skb, desc);
	skb_record_rx_queue(skb, queue->index);
	skb->protocol = eth_type_trans(skb, queue->dev);
}

/* ---- a frame, and the end of a poll ------------------------------------- */

/* A small packet must not keep a large buffer: see rx_copybreak.c. */
static bool snull_rx_is_small(const struct snull_rings *rings,
			      const struct nic_rx_desc *first)
{
	return rings->buf_len > SNULL_BUF_LEN &&
	       first->len <= rings->buf_len / 16 && first->bufs == 1;
}

/**
 * snull_rx_next() - take the next frame off the receive ring
 * @queue: the queue
 *
 * When the path has taken as many as it wants it calls snull_poll_end(), or
 * snull_rx_done() if it does not poll: the NIC hears of it only then.
 *
 * Context: softirq; or hard interrupt, for a path with SNULL_RX_HARDIRQ.
 * One at a time for each queue.
 * Return: a packet ready for netif_rx(), netif_receive_skb() or
 * napi_gro_receive(); NULL if no frame waits; an ERR_PTR() if a frame was
 * taken that is not for the stack: dropped for want of memory (-ENOMEM), or
 * dealt with by an XDP program (-EINPROGRESS).
 */
struct sk_buff *snull_rx_next(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;
	const struct nic_rx_desc *first;
	struct sk_buff *skb;

	if (!snull_rx_waits(queue))
		return NULL;
	first = &rings->rx[ring_slot(rings->rx_clean, rings->rx_size)];
	if (trace_snull_rx_enabled())
		trace_snull_rx(queue->dev->name, queue->index, first->len,
			       first->segs, snull_rx_waiting(queue));
	if (unlikely(!snull_rx_may_leave(queue, first->bufs)))
		return snull_rx_drop(queue, first);
	if (unlikely(rings->xdp_rxq))
		skb = snull_xdp_receive(queue, first);
	else if (unlikely(snull_rx_is_small(rings, first)))
		skb = snull_rx_copy(queue, first);
	else
		skb = snull_rx_build(queue, first);
	rings->rx_clean += first->bufs;
	if (!IS_ERR_OR_NULL(skb)) {
		rings->rx_sums.packets += first->segs;
		rings->rx_sums.bytes += skb->len;
		snull_skb_describe(skb, queue, first);
	} else if (!skb) {
		snull_count(&queue->rx_stats.syncp,
			    &queue->rx_stats.alloc_failed, first->segs);
		skb = ERR_PTR(-ENOMEM);
	}
	return skb;
}
EXPORT_SYMBOL_GPL(snull_rx_next);

static void snull_rx_count(struct snull_queue *queue)
{
	struct snull_rx_sums *sums = &queue->rings.rx_sums;
	struct snull_rx_stats *stats = &queue->rx_stats;
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(&stats->syncp);
	u64_stats_add(&stats->packets, sums->packets);
	u64_stats_add(&stats->bytes, sums->bytes);
	if (unlikely(sums->gro_hw))
		snull_gro_count(stats, sums);
	u64_stats_update_end_irqrestore(&stats->syncp, flags);
	sums->packets = 0;
	sums->bytes = 0;
}

/**
 * snull_rx_done() - the path has taken what it wants, for now
 * @queue: the queue
 *
 * What is not done for each frame is done here: frames are counted, the ring
 * gets fresh buffers, and the NIC hears of both.  snull_poll_end() calls this;
 * a path that does not poll calls it before its handler returns.
 *
 * Context: as for snull_rx_next().
 */
void snull_rx_done(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;

	if (rings->rx_sums.packets)
		snull_rx_count(queue);
	if (snull_rx_missing(rings))
		snull_rx_refill(queue);
	if (rings->rx_acked != rings->rx_clean) {
		rings->rx_acked = rings->rx_clean;
		nic_rx_ack(queue->nic, queue->index, rings->rx_clean);
	}
}
EXPORT_SYMBOL_GPL(snull_rx_done);
