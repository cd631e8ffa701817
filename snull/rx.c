// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx.c - the receive ring, as the driver sees it: frames are taken off it, one
 * by one; fresh buffers are posted in their place, many at a time.
 *
 * The rule for receive memory: the ring must not run dry, since without a
 * buffer no frame comes, and without a frame nobody would fill it.  So when no
 * memory is to be had and half of the ring is empty, a frame is dropped and
 * its buffer posted again.  A frame that takes most of a small ring may leave it
 * too dry for the next all the same: the hang check looks for that, see
 * snull_rx_check().
 *
 * Read first: queue.h.  Read next: a receive path, which calls all this.
 */
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>

#include "compat.h"
#include "snull.h"
#include "trace.h"

/* ---- posting buffers ------------------------------------------------------ */

/* Frames that a poll takes before it posts buffers: see snull_rx_next(). */
#define SNULL_RX_BATCH		16U

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

static u32 snull_rx_missing(const struct snull_rings *rings)
{
	return ring_space(rings->rx_posted, rings->rx_clean, rings->rx_size);
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

static void snull_rx_refill(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;
	u32 posted = rings->rx_posted;

	snull_rx_fill(rings);
	if (rings->rx_posted != posted)
		nic_rx_doorbell(queue->nic, queue->index, rings->rx_posted);
}

/* Pass over buffers at rx_clean: each goes to the first slot that is empty. */
static void snull_rx_recycle(struct snull_rings *rings, unsigned int bufs)
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

/* ---- taking frames off ---------------------------------------------------- */

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

/*
 * A small packet must not keep a large buffer: a socket pays for all of it
 * (truesize), and its window would shrink to nothing.
 */
static bool snull_rx_is_small(const struct snull_rings *rings,
			      const struct nic_rx_desc *first)
{
	return rings->buf_len > SNULL_BUF_LEN &&
	       first->len <= rings->buf_len / 16 && first->bufs == 1;
}

/* Copy it out; its buffer goes back to the pool at once. */
static struct sk_buff *snull_rx_copy(struct snull_queue *queue,
				     const struct nic_rx_desc *first)
{
	struct snull_rings *rings = &queue->rings;
	void *buf = snull_rx_take(rings, rings->rx_clean, first->len);
	struct sk_buff *skb;

	skb = netdev_alloc_skb_ip_align(queue->dev, first->len);
	if (likely(skb))
		skb_put_data(skb, buf, first->len);
	snull_buf_free(rings, buf);
	return skb;
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

static void snull_skb_describe_gro(struct sk_buff *skb,
				   struct snull_queue *queue,
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
		snull_skb_describe_gro(skb, queue, desc);
	if (desc->flags & NIC_RXD_HASH &&
	    queue->dev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, desc->hash, desc->flags & NIC_RXD_HASH_L4 ?
			     PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
	if (unlikely(desc->flags & (NIC_RXD_TAG | NIC_RXD_STAMP)))
		snull_skb_describe_more(skb, desc);
	skb_record_rx_queue(skb, queue->index);
	skb->protocol = eth_type_trans(skb, queue->dev);
}

/* Look how far the NIC has come, but only if that may be news. */
static bool snull_rx_waits(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;

	if (rings->rx_clean == rings->rx_head)
		rings->rx_head = nic_rx_head(queue->nic, queue->index);
	return rings->rx_clean != rings->rx_head;
}

/* Buffers that wait, by now; who only looks does not end what is coalesced. */
static u32 snull_rx_waiting(const struct snull_queue *queue)
{
	return ring_used(nic_rx_peek(queue->nic, queue->index),
			 queue->rings.rx_clean);
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

static struct sk_buff *snull_rx_drop(struct snull_queue *queue,
				     const struct nic_rx_desc *first)
{
	struct snull_rings *rings = &queue->rings;

	snull_count(&queue->rx_stats.syncp, &queue->rx_stats.alloc_failed,
		    first->segs);
	snull_rx_recycle(rings, first->bufs);
	nic_rx_doorbell(queue->nic, queue->index, rings->rx_posted);
	return ERR_PTR(-ENOMEM);
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
		rings->rx_packets += first->segs;
		rings->rx_bytes += skb->len;
		snull_skb_describe(skb, queue, first);
	} else if (!skb) {
		snull_count(&queue->rx_stats.syncp,
			    &queue->rx_stats.alloc_failed, first->segs);
		skb = ERR_PTR(-ENOMEM);
	}
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

static void snull_rx_count(struct snull_queue *queue)
{
	struct snull_rx_stats *stats = &queue->rx_stats;
	struct snull_rings *rings = &queue->rings;

	snull_count(&stats->syncp, &stats->packets, rings->rx_packets);
	snull_count(&stats->syncp, &stats->bytes, rings->rx_bytes);
	rings->rx_packets = 0;
	rings->rx_bytes = 0;
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

	if (rings->rx_packets)
		snull_rx_count(queue);
	if (snull_rx_missing(rings))
		snull_rx_refill(queue);
	if (rings->rx_acked != rings->rx_clean) {
		rings->rx_acked = rings->rx_clean;
		nic_rx_ack(queue->nic, queue->index, rings->rx_clean);
	}
}
EXPORT_SYMBOL_GPL(snull_rx_done);

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

	while (snull_rx_waits(queue)) {
		desc = &rings->rx[ring_slot(rings->rx_clean, rings->rx_size)];
		snull_count(&stats->syncp, &stats->reset, desc->segs);
		snull_rx_recycle(rings, desc->bufs);
	}
}
