// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_copybreak.c - small frames that came into large buffers are copied out.
 *
 * A small packet must not keep a large buffer: a socket pays for all of it
 * (truesize), and its window would shrink to nothing.  The buffer goes back to
 * the pool at once.
 *
 * Read first: rx.c.  Read next: rx_bufs.c, where the buffer came from.
 */
#include <linux/netdevice.h>

#include "compat.h"
#include "snull.h"

/**
 * snull_rx_copy() - copy a small frame out of its large buffer
 * @queue: the queue
 * @first: the frame's descriptor: it has one buffer, which is free then
 *
 * Context: as for snull_rx_next(), which calls it.
 * Return: the packet, or NULL without memory.
 */
struct sk_buff *snull_rx_copy(struct snull_queue *queue,
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
