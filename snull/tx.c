// SPDX-License-Identifier: GPL-2.0-only
/*
 * tx.c - the transmit ring, as the driver sees it: a packet is mapped for DMA,
 * described, and handed over by a doorbell; when the NIC has sent it, it is
 * unmapped and freed.
 *
 * The queue stops when there is no longer room for the largest packet.  Whoever
 * sends asks for that room all the same: who cleans may wake the queue by a look
 * at the ring of before it was filled.
 *
 * Read first: queue.h.  Read next: nic/tx.c, what the doorbell sets off;
 * xdp.c, frames that never become packets.
 */
#include <linux/dma-mapping.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "compat.h"
#include "snull.h"

/* ---- describing a packet --------------------------------------------------- */

static u8 snull_tso_kind(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;
	u8 kind = 0;

	if (type & SKB_GSO_UDP_L4)
		kind = SEG_UDP;
	else if (type & SKB_GSO_TCPV4)
		kind = SEG_TCP4;
	else if (type & SKB_GSO_TCPV6)
		kind = SEG_TCP6;
	if (type & SKB_GSO_TCP_FIXEDID)
		kind |= SEG_FIXED_ID;
	if (type & SKB_GSO_TCP_ACCECN)
		kind |= SEG_KEEP_CWR;
	return kind;
}

/* Length of the TCP or UDP header; 0 if it isn't there. */
static unsigned int snull_tso_l4_len(const struct sk_buff *skb)
{
	unsigned int l4 = skb_checksum_start_offset(skb);
	const struct tcphdr *th;
	struct tcphdr buf;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		return sizeof(struct udphdr);
	th = skb_header_pointer(skb, l4, sizeof(buf), &buf);
	return th ? th->doff * 4 : 0;
}

static void snull_tx_describe_tag(struct nic_tx_desc *desc,
				  const struct sk_buff *skb)
{
	desc->flags |= skb->vlan_proto == htons(ETH_P_8021AD) ? NIC_TXD_STAG :
								NIC_TXD_CTAG;
	desc->tci = skb_vlan_tag_get(skb);
}

/* What the NIC has to know, all of which it will check. */
static void snull_tx_describe(struct nic_tx_desc *desc,
			      const struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		desc->flags |= NIC_TXD_CSUM;
		desc->csum_start = skb_checksum_start_offset(skb);
		desc->csum_offset = skb->csum_offset;
	}
	if (skb_is_gso(skb)) {
		desc->flags |= NIC_TXD_TSO;
		desc->tso = snull_tso_kind(skb);
		desc->mss = skb_shinfo(skb)->gso_size;
		desc->l3 = skb_network_offset(skb);
		desc->l4_len = snull_tso_l4_len(skb);
	}
	if (unlikely(skb_vlan_tag_present(skb)))
		snull_tx_describe_tag(desc, skb);
}

/**
 * snull_features_check() - ndo_features_check: what the NIC can do for a packet
 * @skb: the packet
 * @dev: the interface
 * @features: what it can do for most
 *
 * Context: softirqs off.
 * Return: @features, without what it can't do for this one.
 */
netdev_features_t snull_features_check(struct sk_buff *skb,
				       struct net_device *dev,
				       netdev_features_t features)
{
	unsigned int start, end;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return features;
	/* The NIC changes only what it can hold, and repeats no more. */
	start = skb_checksum_start_offset(skb);
	end = start + skb->csum_offset + sizeof(__sum16);
	if (end > SNULL_HDR_MAX)
		features &= ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK);
	if (skb_is_gso(skb) &&
	    (skb->encapsulation ||
	     start + snull_tso_l4_len(skb) > SNULL_HDR_MAX))
		features &= ~NETIF_F_GSO_MASK;
	return features;
}

/* ---- mapping ---------------------------------------------------------------- */

/**
 * snull_tx_space() - free descriptors
 * @rings: the rings
 *
 * Context: any.
 * Return: how many.
 */
u32 snull_tx_space(const struct snull_rings *rings)
{
	u32 tail = READ_ONCE(rings->tx_tail); /* a sender may write it */

	/* Pairs with snull_tx_clean_locked(): their slots are empty. */
	return ring_space(tail, smp_load_acquire(&rings->tx_clean),
			  rings->tx_size);
}

/**
 * snull_tx_enough() - descriptors that have to be free before a stopped queue
 *	goes on
 * @rings: the rings
 *
 * Context: any.
 * Return: how many.
 */
u32 snull_tx_enough(const struct snull_rings *rings)
{
	return max(rings->tx_room, rings->tx_size / 2);
}

/**
 * snull_tx_put() - fill in the descriptor of one piece
 * @rings: the rings
 * @index: whose descriptor
 * @dma: where the piece is mapped
 * @len: bytes
 * @map: how it is mapped
 *
 * Context: the transmit lock held.
 */
void snull_tx_put(struct snull_rings *rings, u32 index, dma_addr_t dma,
		  u32 len, enum snull_tx_map map)
{
	u32 slot = ring_slot(index, rings->tx_size);

	rings->tx[slot] = (struct nic_tx_desc){ .addr = dma, .len = len };
	rings->tx_bufs[slot] = (struct snull_tx_buf){
		.dma = dma, .len = len, .map = map,
	};
}

/**
 * snull_tx_unmap() - unmap a packet's pieces
 * @rings: the rings
 * @index: of the first piece
 * @n: how many
 *
 * Context: any.
 */
void snull_tx_unmap(const struct snull_rings *rings, u32 index, u32 n)
{
	const struct snull_tx_buf *buf;

	for (; n--; index++) {
		buf = &rings->tx_bufs[ring_slot(index, rings->tx_size)];
		if (buf->map == SNULL_TX_SINGLE)
			dma_unmap_single(rings->dev, buf->dma, buf->len,
					 DMA_TO_DEVICE);
		else if (buf->map == SNULL_TX_PAGE)
			dma_unmap_page(rings->dev, buf->dma, buf->len,
				       DMA_TO_DEVICE);
	}
}

/* Map the packet's pieces and describe them.  Return: how many; 0 if it fails. */
static u32 snull_tx_map(struct snull_rings *rings, struct sk_buff *skb)
{
	const skb_frag_t *frag = skb_shinfo(skb)->frags;
	const skb_frag_t *end = frag + skb_shinfo(skb)->nr_frags;
	enum snull_tx_map map = SNULL_TX_SINGLE;
	u32 first = rings->tx_tail, index = first, len = skb_headlen(skb);
	struct snull_tx_buf *buf;
	dma_addr_t dma;

	dma = dma_map_single(rings->dev, skb->data, len, DMA_TO_DEVICE);
	for (;;) {
		if (unlikely(dma_mapping_error(rings->dev, dma)))
			goto unmap;
		snull_tx_put(rings, index++, dma, len, map);
		if (frag == end)
			break;
		map = SNULL_TX_PAGE;
		len = skb_frag_size(frag);
		dma = skb_frag_dma_map(rings->dev, frag++, 0, len,
				       DMA_TO_DEVICE);
	}
	rings->tx[ring_slot(index - 1, rings->tx_size)].flags = NIC_TXD_EOP;
	snull_tx_describe(&rings->tx[ring_slot(first, rings->tx_size)], skb);
	buf = &rings->tx_bufs[ring_slot(first, rings->tx_size)];
	buf->skb = skb;
	buf->descs = index - first;
	return buf->descs;
unmap:
	snull_tx_unmap(rings, first, index - first);
	return 0;
}

/* ---- sending ----------------------------------------------------------------- */

/**
 * snull_tx_ring() - ring the doorbell for what is in the ring, if there is any
 * @queue: the queue
 *
 * Context: softirqs off or interrupts off, the transmit lock held.
 */
void snull_tx_ring(struct snull_queue *queue)
{
	struct snull_tx_stats *stats = &queue->tx_stats;
	struct snull_rings *rings = &queue->rings;

	if (rings->tx_rung == rings->tx_tail)
		return;
	WRITE_ONCE(rings->tx_rung, rings->tx_tail);
	snull_count(&stats->syncp, &stats->doorbells, 1);
	nic_tx_doorbell(queue->nic, queue->index, rings->tx_tail);
}

/* A packet is lost; those before it, which may wait for its doorbell, aren't. */
static netdev_tx_t snull_tx_drop(struct sk_buff *skb, struct snull_queue *queue,
				 u64_stats_t *counter)
{
	snull_count(&queue->tx_stats.syncp, counter, 1);
	dev_kfree_skb_any(skb);
	if (!netdev_xmit_more())
		snull_tx_ring(queue);
	return NETDEV_TX_OK;
}

/* Was it ethtool -L that took the queue away, or may be giving it back just now? */
static bool snull_tx_away(const struct snull_queue *queue)
{
	return queue->index >= snull_queues_in_use(netdev_priv(queue->dev));
}

/* Is there room for a packet?  If not, the queue stops. */
static bool snull_tx_has_room(struct snull_queue *queue,
			      struct netdev_queue *txq)
{
	struct snull_rings *rings = &queue->rings;

	if (likely(netif_txq_maybe_stop(txq, snull_tx_space(rings),
					rings->tx_room,
					snull_tx_enough(rings))))
		return true;
	snull_count(&queue->tx_stats.syncp, &queue->tx_stats.stops, 1);
	return false;
}

/**
 * snull_start_xmit() - ndo_start_xmit: send a packet
 * @skb: the packet
 * @dev: the interface
 *
 * Context: softirqs off, or interrupts off (netpoll); the transmit lock held.
 * Return: NETDEV_TX_OK, whether it is sent or dropped; NETDEV_TX_BUSY if the
 * queue was woken although it is full, and so has been stopped again.
 */
netdev_tx_t snull_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue *queue = &priv->queues[skb_get_queue_mapping(skb)];
	struct snull_tx_stats *stats = &queue->tx_stats;
	struct snull_rings *rings = &queue->rings;
	struct netdev_queue *txq;
	bool ring_now;
	u32 descs;

	txq = netdev_get_tx_queue(dev, queue->index);
	/* A sender may still think of a queue that is away. */
	if (unlikely(snull_tx_away(queue) || !rings->tx_size))
		return snull_tx_drop(skb, queue, &stats->nowhere);
	if (unlikely(!snull_tx_has_room(queue, txq))) {
		snull_tx_ring(queue);
		return NETDEV_TX_BUSY;
	}
	/* In a ring this small, a packet in many pieces has to become one. */
	if (unlikely(skb_shinfo(skb)->nr_frags >= rings->tx_room) &&
	    skb_linearize(skb))
		return snull_tx_drop(skb, queue, &stats->map_failed);
	if (unlikely(skb->len > U16_MAX) && ipv6_hopopt_jumbo_remove(skb))
		return snull_tx_drop(skb, queue, &stats->map_failed);
	descs = snull_tx_map(rings, skb);
	if (unlikely(!descs))
		return snull_tx_drop(skb, queue, &stats->map_failed);
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP))
		snull_stamp_ask(priv, skb, &rings->tx[ring_slot(rings->tx_tail,
								rings->tx_size)]);
	WRITE_ONCE(rings->tx_tail, rings->tx_tail + descs);
	skb_tx_timestamp(skb);

	ring_now = __netdev_tx_sent_queue(txq, skb->len, netdev_xmit_more());
	if (!snull_tx_has_room(queue, txq))
		ring_now = true;
	/* In a burst, only the last packet rings the doorbell. */
	if (ring_now)
		snull_tx_ring(queue);
	return NETDEV_TX_OK;
}

/* ---- completions --------------------------------------------------------------- */

/* What has been sent, or given up, since somebody began to count. */
struct snull_tx_sum {
	unsigned int packets;
	unsigned int bytes;
	unsigned int frames;
	unsigned int bad;
};

/* Free the packet at @index.  Return: how many descriptors it had. */
static u32 snull_tx_free(struct snull_rings *rings, u32 index, int budget,
			 struct snull_tx_sum *sum)
{
	u32 slot = ring_slot(index, rings->tx_size);
	struct snull_tx_buf *buf = &rings->tx_bufs[slot];
	bool bad = rings->tx[slot].flags & NIC_TXD_BAD;

	snull_tx_unmap(rings, index, buf->descs);
	sum->bad += bad;
	if (buf->xdp) {
		sum->frames++;
		xdp_return_frame(buf->xdpf);
		return buf->descs;
	}
	sum->packets++;
	sum->bytes += buf->skb->len;
	if (unlikely(bad))
		dev_kfree_skb_any(buf->skb);
	else
		napi_consume_skb(buf->skb, budget);
	return buf->descs;
}

static void snull_tx_completed(struct snull_queue *queue,
			       const struct snull_tx_sum *sum)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	struct snull_done_stats *stats = &queue->done_stats;
	struct snull_rings *rings = &queue->rings;
	int woken;

	snull_count(&stats->syncp, &stats->packets, sum->packets);
	if (unlikely(sum->bad))
		snull_count(&stats->syncp, &stats->bad, sum->bad);
	/* The room before the look who waits: that barrier comes with bytes. */
	if (!sum->bytes)
		smp_mb(); /* of XDP's frames there are none */
	/* XDP's frames make room for a sender that waits, as packets do. */
	woken = netif_txq_completed_wake(txq, sum->packets + sum->frames,
					 sum->bytes,
					 snull_tx_space(rings),
					 snull_tx_enough(rings));
	if (!woken)
		snull_count(&stats->syncp, &stats->wakes, 1);
	/* A slow wire may take its time, but moves: the watchdog shall know. */
	if (woken < 0)
		txq_trans_cond_update(txq);
}

static void snull_tx_clean_locked(struct snull_queue *queue, int budget)
{
	u32 head = nic_tx_head(queue->nic, queue->index);
	struct snull_rings *rings = &queue->rings;
	const struct snull_tx_buf *buf;
	const struct nic_tx_desc *desc;
	struct snull_tx_sum sum = {};
	u32 clean = rings->tx_clean;

	if (unlikely(test_and_clear_bit(SNULL_QUEUE_CHECK, &queue->state)))
		snull_tx_check(queue, head);
	while (clean != head) {
		buf = &rings->tx_bufs[ring_slot(clean, rings->tx_size)];
		/* A netpoll has interrupts off; XDP's pages want them on. */
		if (unlikely(buf->xdp) && irqs_disabled())
			break;
		desc = &rings->tx[ring_slot(clean, rings->tx_size)];
		if (unlikely(desc->flags & NIC_TXD_STAMPED))
			snull_stamp_tell(buf->skb, desc);
		clean += snull_tx_free(rings, clean, budget, &sum);
	}
	if (clean == rings->tx_clean)
		return;
	/* The slots are empty before a sender may fill them: snull_tx_space(). */
	smp_store_release(&rings->tx_clean, clean);
	nic_tx_ack(queue->nic, queue->index, clean);
	snull_tx_completed(queue, &sum);
}

/* Somebody else is at it.  Return: no more, and perhaps he has not heard us. */
static bool snull_tx_wait(struct snull_queue *queue)
{
	snull_int_disable(queue, NIC_INT_TX);
	set_bit(SNULL_QUEUE_WAITING, &queue->state);
	smp_mb__after_atomic(); /* he gives it back, and then looks at that */
	return !test_bit(SNULL_QUEUE_CLEANING, &queue->state);
}

static void snull_tx_unmask(struct snull_queue *queue)
{
	/* Who stops the path wants no interrupt; its start() unmasks. */
	if (test_bit(SNULL_QUEUE_STOPPED, &queue->state))
		return;
	snull_int_enable(queue, NIC_INT_TX);
	if (snull_int_missed(queue, NIC_INT_TX))
		snull_int_again(queue);
}

/**
 * snull_tx_clean() - free every packet that the NIC has sent
 * @queue: the queue
 * @budget: the NAPI budget, or 0 outside a poll: see napi_consume_skb()
 *
 * The ring bounds the work, and what is sent meanwhile.  If another CPU is at
 * it, as netpoll may be, or the rings are being changed, this does nothing; the
 * cause stays pending, and asserts the line again when it is enabled.  It would
 * do so at once, and again, until who is at it is through: so it is masked here,
 * whoever is at it enables it, and snull_int_enable() leaves that to him.
 *
 * Context: any.
 */
void snull_tx_clean(struct snull_queue *queue, int budget)
{
	do {
		if (unlikely(test_and_set_bit_lock(SNULL_QUEUE_CLEANING,
						   &queue->state))) {
			if (!snull_tx_wait(queue))
				return;
			continue;
		}
		snull_tx_clean_locked(queue, budget);
		if (unlikely(test_and_clear_bit(SNULL_QUEUE_WAITING,
						&queue->state)))
			snull_tx_unmask(queue);
		clear_bit_unlock(SNULL_QUEUE_CLEANING, &queue->state);
		smp_mb__after_atomic(); /* pairs with snull_tx_wait() */
	} while (unlikely(test_bit(SNULL_QUEUE_WAITING, &queue->state)));
}
EXPORT_SYMBOL_GPL(snull_tx_clean);

/**
 * snull_tx_drain() - give up the packets that are still in the ring, and count
 *	them
 * @queue: a queue whose NIC is stopped
 *
 * Context: process.
 */
void snull_tx_drain(struct snull_queue *queue)
{
	struct snull_done_stats *stats = &queue->done_stats;
	struct snull_rings *rings = &queue->rings;
	struct snull_tx_sum sum = {};

	while (rings->tx_clean != rings->tx_tail)
		rings->tx_clean += snull_tx_free(rings, rings->tx_clean, 0,
						 &sum);
	snull_count(&stats->syncp, &stats->reset, sum.packets + sum.frames);
	netdev_tx_reset_queue(netdev_get_tx_queue(queue->dev, queue->index));
}
