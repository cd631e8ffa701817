// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c - the tools that rx.h gives to receive paths.
 *
 * The rule for receive memory: a buffer leaves the ring only when a fresh one
 * takes its place.  If memory is short the frame is dropped and its buffer
 * posted again, so the ring is always full and can't run dry for ever.
 *
 * Read next: a receive path.
 */
#include <linux/etherdevice.h>

#include "compat.h"
#include "nic/ring.h"
#include "snull.h"
#include "trace.h"

/* ---- taking frames off the receive ring --------------------------------- */

static struct sk_buff *snull_skb_build(const struct snull_rings *rings,
				       void *buf)
{
	void *head = buf - rings->headroom;

	/* napi_build_skb() has a cache of its own, which softirqs share. */
	return rings->pool ? napi_build_skb(head, rings->buf_size) :
			     build_skb(head, rings->buf_size);
}

/* What the NIC says about the frame, told to the stack. */
static void snull_skb_describe(struct sk_buff *skb, struct snull_queue *queue,
			       const struct nic_rx_desc *desc)
{
	struct snull_rx_stats *stats = &queue->rx_stats;

	if (desc->flags & NIC_RXD_CSUM_PARTIAL)
		skb_partial_csum_set(skb, desc->csum_start, desc->csum_offset);
	if (desc->flags & NIC_RXD_GRO) {
		skb_shinfo(skb)->gso_size = desc->gso_size;
		skb_shinfo(skb)->gso_type = desc->gso_type;
		skb_shinfo(skb)->gso_segs = desc->segs;
		snull_count(&stats->syncp, &stats->gro_hw, 1);
		snull_count(&stats->syncp, &stats->gro_hw_frames, desc->segs);
		snull_count(&stats->syncp, &stats->gro_hw_bytes, skb->len);
	}
	if (desc->flags & NIC_RXD_HASH &&
	    queue->dev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, desc->hash, desc->flags & NIC_RXD_HASH_L4 ?
			     PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
	skb_record_rx_queue(skb, queue->index);
	skb->protocol = eth_type_trans(skb, queue->dev);
}

static void snull_rx_add_frag(struct snull_rings *rings, struct sk_buff *skb,
			      const struct nic_rx_desc *desc, void *buf)
{
	struct page *page = virt_to_head_page(buf);

	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
			buf - page_address(page), desc->len, rings->buf_size);
	if (rings->pool)
		snull_skb_recycle(skb, rings->pool, page);
}

/* Turn the frame's buffers into an skb, and post fresh ones in their place. */
static struct sk_buff *snull_rx_build(struct snull_queue *queue,
				      struct nic_rx_desc *first)
{
	struct snull_rings *rings = &queue->rings;
	unsigned int i, bufs = first->bufs;
	void *fresh[NIC_RX_BUFS_MAX];
	struct nic_rx_desc *desc;
	struct sk_buff *skb;

	if (unlikely(!snull_bufs_alloc(rings, fresh, bufs)))
		return NULL;
	skb = snull_skb_build(rings, first->buf);
	if (unlikely(!skb)) {
		for (i = 0; i < bufs; i++)
			snull_buf_free(rings, fresh[i]);
		return NULL;
	}
	skb_reserve(skb, rings->headroom);
	skb_put(skb, first->len);
	if (rings->pool)
		snull_skb_recycle(skb, rings->pool, virt_to_page(first->buf));
	first->buf = fresh[0];
	for (i = 1; i < bufs; i++) {
		desc = &rings->rx[ring_slot(rings->rx_clean + i,
					    rings->rx_size)];
		snull_rx_add_frag(rings, skb, desc, desc->buf);
		desc->buf = fresh[i];
	}
	return skb;
}

/**
 * snull_rx_next() - take the next frame off the receive ring
 * @queue: the queue
 *
 * Its place in the ring is free for the NIC when this returns.
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
	struct snull_rx_stats *stats = &queue->rx_stats;
	struct snull_rings *rings = &queue->rings;
	u32 head = nic_rx_head(queue->nic, queue->index);
	struct nic_rx_desc *desc;
	struct sk_buff *skb;
	unsigned int segs;

	if (head == rings->rx_clean)
		return NULL;
	desc = &rings->rx[ring_slot(rings->rx_clean, rings->rx_size)];
	segs = desc->segs;
	trace_snull_rx(queue->dev->name, queue->index, desc->len, segs,
		       ring_used(head, rings->rx_clean));
	if (unlikely(rings->xdp_rxq))
		skb = snull_xdp_receive(queue, desc);
	else
		skb = snull_rx_build(queue, desc);
	if (!IS_ERR_OR_NULL(skb)) {
		snull_count(&stats->syncp, &stats->packets, segs);
		snull_count(&stats->syncp, &stats->bytes, skb->len);
		snull_skb_describe(skb, queue, desc);
	} else if (!skb) {
		snull_count(&stats->syncp, &stats->alloc_failed, segs);
		skb = ERR_PTR(-ENOMEM);
	}
	rings->rx_clean += desc->bufs;
	nic_rx_doorbell(queue->nic, queue->index, rings->rx_clean);
	return skb;
}
EXPORT_SYMBOL_GPL(snull_rx_next);

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

/* ---- transmit completions ----------------------------------------------- */

static void snull_tx_free(struct nic_tx_desc *desc, int budget)
{
	if (unlikely(desc->bad))
		dev_kfree_skb_any(desc->skb);
	else
		napi_consume_skb(desc->skb, budget);
	desc->skb = NULL;
}

static void snull_tx_clean_locked(struct snull_queue *queue, int budget)
{
	struct snull_done_stats *stats = &queue->done_stats;
	struct snull_rings *rings = &queue->rings;
	unsigned int packets = 0, bytes = 0, bad = 0;
	u32 head = nic_tx_head(queue->nic, queue->index);
	struct netdev_queue *txq;
	struct nic_tx_desc *desc;

	if (head == rings->tx_clean)
		return;
	while (rings->tx_clean != head) {
		desc = &rings->tx[ring_slot(rings->tx_clean, rings->tx_size)];
		/* A netpoll has interrupts off; their pages want them on. */
		if (unlikely(desc->xdpf) && irqs_disabled())
			break;
		bad += desc->bad;
		if (unlikely(desc->xdpf)) {
			snull_xdp_free(desc);
		} else {
			packets++;
			bytes += desc->skb->len;
			snull_tx_free(desc, budget);
		}
		/* snull_start_xmit() on another CPU reads this for space. */
		smp_store_release(&rings->tx_clean, rings->tx_clean + 1);
	}
	nic_tx_ack(queue->nic, queue->index, rings->tx_clean);
	snull_count(&stats->syncp, &stats->packets, packets);
	if (unlikely(bad))
		snull_count(&stats->syncp, &stats->bad, bad);

	txq = netdev_get_tx_queue(queue->dev, queue->index);
	netdev_tx_completed_queue(txq, packets, bytes);
	/* Pairs with the barrier after netif_tx_stop_queue(). */
	smp_mb();
	if (unlikely(netif_tx_queue_stopped(txq)) &&
	    ring_used(READ_ONCE(rings->tx_tail), rings->tx_clean) <=
	    rings->tx_size / 2) {
		snull_count(&stats->syncp, &stats->wakes, 1);
		netif_tx_wake_queue(txq);
	}
}

/**
 * snull_tx_clean() - free every packet that the NIC has sent
 * @queue: the queue
 * @budget: the NAPI budget, or 0 outside a poll: see napi_consume_skb()
 *
 * The ring bounds the work.  If another CPU is at it, as netpoll may be, or
 * the rings are being changed, this does nothing; the cause stays pending, and
 * asserts the line again when it is enabled.
 *
 * Context: any.
 */
void snull_tx_clean(struct snull_queue *queue, int budget)
{
	if (unlikely(test_and_set_bit_lock(SNULL_QUEUE_CLEANING,
					   &queue->state)))
		return;
	snull_tx_clean_locked(queue, budget);
	clear_bit_unlock(SNULL_QUEUE_CLEANING, &queue->state);
}
EXPORT_SYMBOL_GPL(snull_tx_clean);

/* ---- interrupts and polls: the NIC's registers, counted and traced ------ */

/**
 * snull_int_cause() - read why a vector fired, and count it
 * @queue: the queue
 *
 * Context: the vector's handler.
 * Return: NIC_INT_*, or 0 if there is nothing to do.
 */
u32 snull_int_cause(struct snull_queue *queue)
{
	u32 causes = nic_int_status(queue->nic, queue->index);
	struct snull_irq_stats *stats = &queue->irq_stats;

	snull_count(&stats->syncp, &stats->all, 1);
	if (causes & NIC_INT_RX)
		snull_count(&stats->syncp, &stats->rx, 1);
	if (causes & NIC_INT_TX)
		snull_count(&stats->syncp, &stats->tx, 1);
	return causes;
}
EXPORT_SYMBOL_GPL(snull_int_cause);

/**
 * snull_int_enable() - unmask causes of a queue's vector
 * @queue: the queue
 * @causes: NIC_INT_*; a pending one asserts the line again
 *
 * Context: any.
 */
void snull_int_enable(struct snull_queue *queue, u32 causes)
{
	nic_int_enable(queue->nic, queue->index, causes);
}
EXPORT_SYMBOL_GPL(snull_int_enable);

/**
 * snull_int_disable() - mask causes of a queue's vector
 * @queue: the queue
 * @causes: NIC_INT_*
 *
 * Context: any.
 */
void snull_int_disable(struct snull_queue *queue, u32 causes)
{
	nic_int_disable(queue->nic, queue->index, causes);
}
EXPORT_SYMBOL_GPL(snull_int_disable);

/**
 * snull_poll_begin() - a path starts to poll
 * @queue: the queue
 * @budget: packets that it may take
 *
 * Context: softirq.
 */
void snull_poll_begin(struct snull_queue *queue, int budget)
{
	snull_count(&queue->rx_stats.syncp, &queue->rx_stats.polls, 1);
	trace_snull_poll_begin(queue->dev->name, queue->index, budget);
}
EXPORT_SYMBOL_GPL(snull_poll_begin);

/**
 * snull_poll_end() - a path has polled
 * @queue: the queue
 * @work: packets that it took
 * @budget: packets that it might have taken
 * @complete: it found the ring empty, and is going to complete
 *
 * Context: softirq, before the path completes: after that, another CPU may
 * poll the same queue.
 */
void snull_poll_end(struct snull_queue *queue, int work, int budget,
		    bool complete)
{
	struct snull_rx_stats *stats = &queue->rx_stats;

	if (budget && work >= budget)
		snull_count(&stats->syncp, &stats->polls_exhausted, 1);
	if (complete)
		snull_count(&stats->syncp, &stats->completions, 1);
	if (unlikely(queue->xdp_flush))
		snull_xdp_flush(queue);
	if (complete && READ_ONCE(queue->adaptive))
		snull_moderation_sample(queue);
	trace_snull_poll_end(queue->dev->name, queue->index, work, budget,
			     complete);
}
EXPORT_SYMBOL_GPL(snull_poll_end);

/* ---- reading the counters ------------------------------------------------ */

static void snull_irq_stats_read(const struct snull_irq_stats *from,
				 struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = snull_stats_fetch_begin(&from->syncp);
		stats->irqs = u64_stats_read(&from->all);
		stats->irqs_rx = u64_stats_read(&from->rx);
		stats->irqs_tx = u64_stats_read(&from->tx);
	} while (snull_stats_fetch_retry(&from->syncp, seq));
}

static void snull_rx_stats_read(const struct snull_rx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = snull_stats_fetch_begin(&from->syncp);
		stats->rx_packets = u64_stats_read(&from->packets);
		stats->rx_bytes = u64_stats_read(&from->bytes);
		stats->rx_alloc_failed = u64_stats_read(&from->alloc_failed);
		stats->rx_reset = u64_stats_read(&from->reset);
		stats->rx_gro_hw = u64_stats_read(&from->gro_hw);
		stats->rx_gro_hw_frames = u64_stats_read(&from->gro_hw_frames);
		stats->rx_gro_hw_bytes = u64_stats_read(&from->gro_hw_bytes);
		stats->polls = u64_stats_read(&from->polls);
		stats->polls_exhausted = u64_stats_read(&from->polls_exhausted);
		stats->completions = u64_stats_read(&from->completions);
		stats->xdp_drops = u64_stats_read(&from->xdp_drops);
		stats->xdp_redirects = u64_stats_read(&from->xdp_redirects);
	} while (snull_stats_fetch_retry(&from->syncp, seq));
}

static void snull_tx_stats_read(const struct snull_tx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = snull_stats_fetch_begin(&from->syncp);
		stats->tx_doorbells = u64_stats_read(&from->doorbells);
		stats->tx_stops = u64_stats_read(&from->stops);
		stats->tx_reset = u64_stats_read(&from->nowhere);
		stats->xdp_tx = u64_stats_read(&from->xdp_tx);
		stats->xdp_xmit = u64_stats_read(&from->xdp_xmit);
	} while (snull_stats_fetch_retry(&from->syncp, seq));
}

static void snull_done_stats_read(const struct snull_done_stats *from,
				  struct snull_queue_stats *stats)
{
	unsigned int seq;
	u64 reset;

	do {
		seq = snull_stats_fetch_begin(&from->syncp);
		stats->tx_done = u64_stats_read(&from->packets);
		stats->tx_bad = u64_stats_read(&from->bad);
		stats->tx_wakes = u64_stats_read(&from->wakes);
		reset = u64_stats_read(&from->reset);
	} while (snull_stats_fetch_retry(&from->syncp, seq));
	stats->tx_reset += reset;
}

/**
 * snull_queue_get_stats() - read a queue's counters
 * @queue: the queue
 * @stats: where to put them
 *
 * Context: any.
 */
void snull_queue_get_stats(const struct snull_queue *queue,
			   struct snull_queue_stats *stats)
{
	snull_irq_stats_read(&queue->irq_stats, stats);
	snull_rx_stats_read(&queue->rx_stats, stats);
	snull_tx_stats_read(&queue->tx_stats, stats);
	snull_done_stats_read(&queue->done_stats, stats);
}
