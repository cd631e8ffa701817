// SPDX-License-Identifier: GPL-2.0-only
/*
 * xdp_tx.c - frames that XDP sends: those of this interface's program (XDP_TX),
 * and those that another interface's program redirects here.
 *
 * They go into the same transmit ring as the stack's packets, under the same
 * lock; but room for a packet stays free for the stack, and when its queue is
 * stopped all the room that it waits for.
 *
 * Read first: tx.c.
 */
#include <linux/dma-mapping.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_XDP

/* A piece of a frame of this driver's own is mapped already: by its page_pool. */
static dma_addr_t snull_xdp_map(struct snull_rings *rings, void *data, u32 len,
				enum snull_tx_map map)
{
	struct page *page = virt_to_head_page(data);
	dma_addr_t dma;

	if (map == SNULL_TX_SINGLE)
		return dma_map_single(rings->dev, data, len, DMA_TO_DEVICE);
	dma = page_pool_get_dma_addr(page) + (data - page_address(page));
	dma_sync_single_for_device(rings->dev, dma, len, DMA_BIDIRECTIONAL);
	return dma;
}

static bool snull_xdp_put(struct snull_rings *rings, u32 index, void *data,
			  u32 len, enum snull_tx_map map)
{
	dma_addr_t dma = snull_xdp_map(rings, data, len, map);

	if (unlikely(dma_mapping_error(rings->dev, dma)))
		return false;
	snull_tx_put(rings, index, dma, len, map);
	return true;
}

static struct skb_shared_info *snull_xdp_frags(struct xdp_frame *xdpf)
{
	return xdp_frame_has_frags(xdpf) ?
	       xdp_get_shared_info_from_frame(xdpf) : NULL;
}

/* Return: false if there is no room, or the frame can't be mapped. */
static bool snull_xdp_enqueue_one(struct snull_rings *rings,
				  struct xdp_frame *xdpf,
				  enum snull_tx_map map, u32 keep)
{
	struct skb_shared_info *sinfo = snull_xdp_frags(xdpf);
	u32 first = rings->tx_tail, index = first, i;
	u32 nr_frags = sinfo ? sinfo->nr_frags : 0;
	struct snull_tx_buf *buf;
	const skb_frag_t *frag;

	if (snull_tx_space(rings) < nr_frags + 1 + keep)
		return false;
	if (!snull_xdp_put(rings, index, xdpf->data, xdpf->len, map))
		return false;
	index++;
	for (i = 0; i < nr_frags; i++, index++) {
		frag = &sinfo->frags[i];
		if (!snull_xdp_put(rings, index, skb_frag_address(frag),
				   skb_frag_size(frag), map))
			goto unmap;
	}
	rings->tx[ring_slot(index - 1, rings->tx_size)].flags = NIC_TXD_EOP;
	buf = &rings->tx_bufs[ring_slot(first, rings->tx_size)];
	buf->xdpf = xdpf;
	buf->xdp = true;
	buf->descs = index - first;
	WRITE_ONCE(rings->tx_tail, index);
	return true;
unmap:
	snull_tx_unmap(rings, first, index - first);
	return false;
}

/* Return: how many of the frames are in the ring. */
static int snull_xdp_enqueue(struct snull_queue *queue,
			     struct netdev_queue *txq,
			     struct xdp_frame **frames, int n,
			     enum snull_tx_map map)
{
	struct snull_rings *rings = &queue->rings;
	u32 keep = rings->tx_room;
	int i;

	/* A flood of frames would never let the stack's queue go on. */
	if (unlikely(netif_tx_queue_stopped(txq)))
		keep = snull_tx_enough(rings);
	for (i = 0; i < n; i++)
		if (!snull_xdp_enqueue_one(rings, frames[i], map, keep))
			break;
	return i;
}

/**
 * snull_xdp_send() - put frames into the transmit ring
 * @queue: the queue
 * @frames: the frames
 * @n: how many
 * @map: how they are to be mapped: SNULL_TX_POOL for what this interface received
 *
 * They leave with the next snull_xdp_doorbell().
 *
 * Context: softirq.
 * Return: how many were taken, the first ones.
 */
int snull_xdp_send(struct snull_queue *queue, struct xdp_frame **frames, int n,
		   enum snull_tx_map map)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	int sent;

	__netif_tx_lock(txq, smp_processor_id());
	sent = snull_xdp_enqueue(queue, txq, frames, n, map);
	/* What this interface's own program sends, the poll counts. */
	if (map != SNULL_TX_POOL)
		snull_count(&queue->tx_stats.syncp, &queue->tx_stats.xdp_xmit,
			    sent);
	__netif_tx_unlock(txq);
	return sent;
}

/**
 * snull_xdp_doorbell() - let the NIC send what snull_xdp_send() has put there
 * @queue: the queue
 *
 * Context: softirq.
 */
void snull_xdp_doorbell(struct snull_queue *queue)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);

	__netif_tx_lock(txq, smp_processor_id());
	snull_tx_ring(queue);
	__netif_tx_unlock(txq);
}

/**
 * snull_xdp_xmit() - ndo_xdp_xmit: frames that other interfaces redirect here
 * @dev: the interface
 * @n: how many
 * @frames: the frames
 * @flags: XDP_XMIT_*
 *
 * Context: softirq.
 * Return: how many were taken, the first ones; or -EINVAL for unknown flags,
 * -ENETDOWN if the interface is down, its receive path has no NAPI, or it has no
 * link.
 */
int snull_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue *queue;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	/* Pairs with snull_xdp_stop(). */
	if (unlikely(!smp_load_acquire(&priv->xdp_ready)) ||
	    !netif_carrier_ok(dev))
		return -ENETDOWN;
	queue = &priv->queues[smp_processor_id() %
			      snull_queues_in_use(priv)];
	n = snull_xdp_send(queue, frames, n, SNULL_TX_SINGLE);
	if (flags & XDP_XMIT_FLUSH)
		snull_xdp_doorbell(queue);
	return n;
}

/**
 * snull_xdp_open() - let other interfaces' frames in
 * @priv: an interface that has just started to run, or some of whose queues have
 *
 * Context: process, RTNL held.
 */
void snull_xdp_open(struct snull_priv *priv)
{
	unsigned int i;

	if (!(priv->ops->flags & SNULL_RX_NAPI))
		return;
	for (i = 0; i < priv->shape.queues; i++)
		if (priv->queues[i].rings.xdp_rxq)
			snull_xdp_set_napi_id(priv->queues[i].rings.xdp_rxq,
					      &priv->queues[i].napi);
	/* The rings first. */
	smp_store_release(&priv->xdp_ready, true);
}

/**
 * snull_xdp_stop() - keep other interfaces' frames out
 * @priv: an interface that is about to stop
 *
 * Context: process, RTNL held; sleeps until none is on its way into a ring.
 */
void snull_xdp_stop(struct snull_priv *priv)
{
	if (!priv->xdp_ready)
		return;
	WRITE_ONCE(priv->xdp_ready, false);
	synchronize_net();
}

#endif /* SNULL_HAVE_XDP */
