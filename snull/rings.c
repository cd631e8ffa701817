// SPDX-License-Identifier: GPL-2.0-only
/*
 * rings.c - a queue's two rings and the buffers in them.
 *
 * Buffers come from a page_pool, which gets them back by itself when the stack
 * frees a packet; a path that takes frames in hard-interrupt context, where no
 * page_pool works, has page fragments.
 *
 * Read next: queue.c, where frames are taken out.
 */
#include <linux/slab.h>

#include "compat.h"
#include "nic/ring.h"
#include "snull.h"

/* ---- receive buffers ---------------------------------------------------- */

static void *snull_buf_alloc(const struct snull_rings *rings)
{
	struct page *page;
	void *va;

	if (rings->pool) {
		page = page_pool_dev_alloc_pages(rings->pool);
		va = page ? page_address(page) : NULL;
	} else {
		va = netdev_alloc_frag(SNULL_BUF_LEN);
	}
	return va ? va + rings->headroom : NULL;
}

/**
 * snull_buf_free() - free a receive buffer
 * @rings: the ring that it was made for
 * @buf: the buffer
 *
 * Context: as for snull_rx_next(), or process if nobody else uses the ring.
 */
void snull_buf_free(const struct snull_rings *rings, void *buf)
{
	if (rings->pool)
		page_pool_put_full_page(rings->pool, virt_to_page(buf), false);
	else
		skb_free_frag(buf - rings->headroom);
}

static struct page_pool *snull_pool_create(struct snull_queue *queue,
					   const struct snull_rx_ops *ops,
					   u32 size)
{
	struct page_pool_params params = {
		.pool_size = size,
		.nid = NUMA_NO_NODE,
		.dev = queue->dev->dev.parent,
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

static int snull_rx_fill(struct snull_rings *rings)
{
	u32 i;

	for (i = 0; i < rings->rx_size; i++) {
		rings->rx[i].buf = snull_buf_alloc(rings);
		if (!rings->rx[i].buf)
			return -ENOMEM;
		rings->rx[i].size = SNULL_BUF_LEN - rings->headroom -
				    SNULL_BUF_TAILROOM;
	}
	return 0;
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
	u32 i;

	for (i = 0; rings->rx && i < rings->rx_size; i++)
		if (rings->rx[i].buf)
			snull_buf_free(rings, rings->rx[i].buf);
	snull_xdp_rings_exit(rings);
	if (rings->pool)
		snull_pool_destroy(queue, rings->pool);
	kvfree(rings->rx);
	kvfree(rings->tx);
	memset(rings, 0, sizeof(*rings));
}

/**
 * snull_rings_alloc() - make a queue's rings and post every receive buffer
 * @queue: the queue that they are for
 * @rings: where to put them
 * @ops: the path that will take from them
 * @shape: their sizes
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int snull_rings_alloc(struct snull_queue *queue, struct snull_rings *rings,
		      const struct snull_rx_ops *ops,
		      const struct snull_shape *shape)
{
	int err = -ENOMEM;

	/* However small the pages' number in an skb: the longest frame fits. */
	BUILD_BUG_ON(NIC_RX_BUFS_MAX * SNULL_XDP_ROOM <
		     NIC_MTU_MAX + SNULL_FRAME_HEADER);
	memset(rings, 0, sizeof(*rings));
	rings->rx_size = shape->rx_size;
	rings->tx_size = shape->tx_size;
	rings->buf_size = SNULL_BUF_LEN;
	rings->headroom = shape->headroom;
	rings->rx = kvcalloc(rings->rx_size, sizeof(*rings->rx), GFP_KERNEL);
	rings->tx = kvcalloc(rings->tx_size, sizeof(*rings->tx), GFP_KERNEL);
	if (!rings->rx || !rings->tx)
		goto fail;
	/* A page_pool belongs to softirqs; see page_pool_napi_local(). */
	if (!(ops->flags & SNULL_RX_HARDIRQ)) {
		struct page_pool *pool = snull_pool_create(queue, ops,
							   rings->rx_size);

		if (IS_ERR(pool)) {
			err = PTR_ERR(pool);
			goto fail;
		}
		rings->pool = pool;
		rings->buf_size = PAGE_SIZE;
	}
	err = snull_rx_fill(rings);
	if (!err && ops->flags & SNULL_RX_NAPI)
		err = snull_xdp_rings_init(queue, rings);
	if (!err)
		return 0;
fail:
	snull_rings_free(queue, rings);
	return err;
}

/**
 * snull_bufs_alloc() - fresh buffers for as many that leave the ring
 * @rings: the ring
 * @fresh: where to put them
 * @n: how many
 *
 * Context: as for snull_rx_next().
 * Return: true; or false without memory, with none allocated.
 */
bool snull_bufs_alloc(const struct snull_rings *rings, void **fresh,
		      unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		fresh[i] = snull_buf_alloc(rings);
		if (unlikely(!fresh[i]))
			goto undo;
	}
	return true;
undo:
	while (i--)
		snull_buf_free(rings, fresh[i]);
	return false;
}

/* The buffers stay in the ring, for whoever uses or frees it. */
static void snull_rings_drain_rx(struct snull_queue *queue)
{
	u32 head = nic_rx_head(queue->nic, queue->index);
	struct snull_rx_stats *stats = &queue->rx_stats;
	struct snull_rings *rings = &queue->rings;
	const struct nic_rx_desc *desc;

	while (rings->rx_clean != head) {
		desc = &rings->rx[ring_slot(rings->rx_clean, rings->rx_size)];
		rings->rx_clean += desc->bufs;
		snull_count(&stats->syncp, &stats->reset, desc->segs);
	}
}

static void snull_rings_drain_tx(struct snull_queue *queue)
{
	struct snull_rings *rings = &queue->rings;
	struct nic_tx_desc *desc;

	while (rings->tx_clean != rings->tx_tail) {
		desc = &rings->tx[ring_slot(rings->tx_clean++,
					    rings->tx_size)];
		if (desc->xdpf)
			snull_xdp_free(desc);
		else
			dev_kfree_skb_any(desc->skb);
		desc->skb = NULL;
		snull_count(&queue->done_stats.syncp, &queue->done_stats.reset,
			    1);
	}
	netdev_tx_reset_queue(netdev_get_tx_queue(queue->dev, queue->index));
}

/**
 * snull_rings_drain() - give up whatever is still in the rings, and count it
 * @queue: a queue whose NIC is stopped
 *
 * Context: process.
 */
void snull_rings_drain(struct snull_queue *queue)
{
	snull_rings_drain_rx(queue);
	snull_rings_drain_tx(queue);
}
