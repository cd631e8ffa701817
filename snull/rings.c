// SPDX-License-Identifier: GPL-2.0-only
/*
 * rings.c - a queue's two rings, made and freed.  Descriptors are in memory
 * that the NIC and the CPU share at any time: dma_alloc_coherent().
 *
 * Buffers come from a page_pool, which gets them back by itself when the stack
 * frees a packet; a path that takes frames in hard-interrupt context, where no
 * page_pool works, has page fragments.
 *
 * Read next: rx_bufs.c, what is in one of them; tx.c, who fills the other.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include "compat.h"
#include "snull.h"

/* The pool maps its pages, and hands each to the device before it gives it. */
static struct page_pool *snull_pool_create(struct snull_queue *queue,
					   const struct snull_rings *rings,
					   const struct snull_rx_ops *ops)
{
	struct page_pool_params params = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.order = get_order(rings->buf_len),
		.pool_size = rings->rx_size,
		.nid = NUMA_NO_NODE,
		.dev = rings->dev,
		/* XDP_TX sends a frame from where it was received. */
		.dma_dir = rings->headroom == SNULL_XDP_HEADROOM ?
			   DMA_BIDIRECTIONAL : DMA_FROM_DEVICE,
		.offset = rings->headroom,
		.max_len = snull_buf_room(rings),
	};

	if (ops->flags & SNULL_RX_NAPI)
		snull_page_pool_set_queue(&params, queue->dev, queue->index);
	return page_pool_create(&params);
}

static void snull_pool_destroy(struct snull_queue *queue,
			       struct page_pool *pool)
{
#ifdef SNULL_HAVE_PAGE_POOL_STATS
	page_pool_get_stats(pool, &queue->pool_stats);
#endif
	page_pool_destroy(pool);
}

/* Unmap and free the buffers that are still posted. */
static void snull_rx_empty(struct snull_rings *rings)
{
	u32 i;

	for (i = 0; i < rings->rx_size; i++)
		if (rings->rx_bufs[rings->rx[i].id].buf)
			snull_buf_free(rings, snull_rx_take(rings, i, 0));
}

/**
 * snull_rings_free() - free a queue's rings
 * @queue: the queue
 * @rings: rings that the NIC does not use; may be half made
 *
 * Context: process, may sleep.
 */
void snull_rings_free(struct snull_queue *queue, struct snull_rings *rings)
{
	if (rings->rx && rings->rx_bufs)
		snull_rx_empty(rings);
	snull_xdp_rings_exit(rings);
	if (rings->pool)
		snull_pool_destroy(queue, rings->pool);
	if (rings->rx)
		dma_free_coherent(rings->dev,
				  rings->rx_size * sizeof(*rings->rx),
				  rings->rx, rings->rx_dma);
	if (rings->tx)
		dma_free_coherent(rings->dev,
				  rings->tx_size * sizeof(*rings->tx),
				  rings->tx, rings->tx_dma);
	kvfree(rings->rx_bufs);
	kvfree(rings->tx_bufs);
	memset(rings, 0, sizeof(*rings));
}

static void snull_rings_size(struct snull_queue *queue,
			     struct snull_rings *rings,
			     const struct snull_shape *shape)
{
	memset(rings, 0, sizeof(*rings));
	rings->dev = queue->dev->dev.parent;
	rings->rx_size = shape->rx_size;
	rings->tx_size = shape->tx_size;
	/* In a small ring, packets of few pieces: see snull_start_xmit(). */
	rings->tx_room = clamp_t(u32, rings->tx_size / 4, 1,
				 MAX_SKB_FRAGS + 1);
	rings->buf_len = shape->buf_len;
	rings->buf_size = shape->buf_len;
	rings->headroom = shape->headroom;
}

/**
 * snull_rings_alloc_rx() - make the receive half of a queue's rings, and post
 *	every buffer
 * @queue: the queue that it is for
 * @rings: where to put it; there is no transmit ring yet
 * @ops: the path that will take from it
 * @shape: its size
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno with nothing left behind.
 */
int snull_rings_alloc_rx(struct snull_queue *queue, struct snull_rings *rings,
			 const struct snull_rx_ops *ops,
			 const struct snull_shape *shape)
{
	int err = -ENOMEM;
	u32 i;

	/* However small the pages' number in an skb: the longest frame fits. */
	BUILD_BUG_ON(SNULL_RX_BUFS_MAX * SNULL_XDP_ROOM <
		     NIC_MTU_MAX + SNULL_FRAME_HEADER);
	/* Where words must be aligned, those of an IP header are. */
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) &&
		     ((SNULL_BUF_HEADROOM + ETH_HLEN) % 4 ||
		      (SNULL_XDP_HEADROOM + ETH_HLEN) % 4));
	snull_rings_size(queue, rings, shape);
	/* Whoever wants a ring that is too large is told so; the log need not be. */
	rings->rx = dma_alloc_coherent(rings->dev,
				       rings->rx_size * sizeof(*rings->rx),
				       &rings->rx_dma,
				       GFP_KERNEL | __GFP_NOWARN);
	rings->rx_bufs = kvcalloc(rings->rx_size, sizeof(*rings->rx_bufs),
				  GFP_KERNEL);
	if (!rings->rx || !rings->rx_bufs)
		goto fail;
	for (i = 0; i < rings->rx_size; i++)
		rings->rx[i].id = i;
	/* A page_pool belongs to softirqs; see page_pool_napi_local(). */
	if (!(ops->flags & SNULL_RX_HARDIRQ)) {
		struct page_pool *pool = snull_pool_create(queue, rings, ops);

		if (IS_ERR(pool)) {
			err = PTR_ERR(pool);
			goto fail;
		}
		rings->pool = pool;
		rings->buf_size = PAGE_SIZE << get_order(rings->buf_len);
	}
	err = snull_rx_fill(rings) ? 0 : -ENOMEM;
	if (!err && ops->flags & SNULL_RX_NAPI)
		err = snull_xdp_rings_init(queue, rings);
	if (!err)
		return 0;
fail:
	snull_rings_free(queue, rings);
	return err;
}

/**
 * snull_rings_alloc() - make a queue's rings and post every receive buffer
 * @queue: the queue that they are for
 * @rings: where to put them
 * @ops: the path that will take from them
 * @shape: their sizes
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno with nothing left behind.
 */
int snull_rings_alloc(struct snull_queue *queue, struct snull_rings *rings,
		      const struct snull_rx_ops *ops,
		      const struct snull_shape *shape)
{
	int err = snull_rings_alloc_rx(queue, rings, ops, shape);

	if (err)
		return err;
	rings->tx = dma_alloc_coherent(rings->dev,
				       rings->tx_size * sizeof(*rings->tx),
				       &rings->tx_dma,
				       GFP_KERNEL | __GFP_NOWARN);
	rings->tx_bufs = kvcalloc(rings->tx_size, sizeof(*rings->tx_bufs),
				  GFP_KERNEL);
	if (rings->tx && rings->tx_bufs)
		return 0;
	snull_rings_free(queue, rings);
	return -ENOMEM;
}

/**
 * snull_rings_drain() - give up whatever is still in the rings, and count it
 * @queue: a queue whose NIC is stopped
 *
 * Context: process.
 */
void snull_rings_drain(struct snull_queue *queue)
{
	snull_rx_drain(queue);
	snull_tx_drain(queue);
}
