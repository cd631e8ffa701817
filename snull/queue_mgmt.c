// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue_mgmt.c - one receive queue is given fresh memory while the interface
 * runs: struct netdev_queue_mgmt_ops, used from Linux 6.12 on.
 *
 * The kernel calls these from netdev_rx_queue_restart(): memory for the new
 * ring, then stop, start with the new ring, and free the old.  What is not this
 * queue's receive half runs on: the other queues, and the transmit ring, whose
 * completions come later, by a second at most.  The kernel needs it to put other memory
 * under a queue (TCP into a device's memory, io_uring without a copy); for that
 * a NIC must keep headers and payload apart, and this one does not.  So what is
 * left to call it is debugfs, as with netdevsim.
 *
 * Frames that waited in the old ring are counted as rx_reset, those that come
 * while there is none as rx_missed.
 *
 * Read next: open.c, which does this to all queues at once, and the transmit
 * rings; Documentation/networking/netmem.rst.
 */
#include <linux/rtnetlink.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_QUEUE_MGMT

/**
 * struct snull_queue_mem - what the core holds for us between these calls
 * @queue: whose it is; NULL: nothing has been allocated
 * @rings: their receive half alone
 */
struct snull_queue_mem {
	struct snull_queue *queue;
	struct snull_rings rings;
};

static int snull_queue_mem_alloc(struct net_device *dev, SNULL_QCFG_ARG
				 void *memory, int index)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue_mem *mem = memory;
	int err;

	/* An interface that is down makes its rings when it goes up. */
	if (!priv->ops)
		return 0;
	err = snull_rings_alloc_rx(&priv->queues[index], &mem->rings,
				   priv->ops, &priv->shape);
	if (!err)
		mem->queue = &priv->queues[index];
	return err;
}

static void snull_queue_mem_free(struct net_device *dev, void *memory)
{
	struct snull_queue_mem *mem = memory;

	if (mem->queue)
		snull_rings_free(mem->queue, &mem->rings);
	mem->queue = NULL;
}

/* Does the NIC still send pages of XDP_TX, which the ring's pool has mapped? */
static bool snull_queue_lends(struct snull_queue *queue)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	const struct snull_rings *rings = &queue->rings;
	bool lends = false;
	u32 i;

	local_bh_disable();
	snull_tx_clean(queue, 0);
	__netif_tx_lock(txq, smp_processor_id());
	for (i = READ_ONCE(rings->tx_clean); i != rings->tx_tail && !lends; i++)
		lends = rings->tx_bufs[ring_slot(i, rings->tx_size)].map ==
			SNULL_TX_POOL;
	__netif_tx_unlock(txq);
	local_bh_enable();
	return lends;
}

/*
 * page_pool_destroy() unmaps what is lent: wait, but not for long, since others
 * wait for the RTNL, and the queue is deaf.
 */
static bool snull_queue_returned(struct snull_queue *queue)
{
	unsigned long end = jiffies + HZ;

	while (queue->rings.xdp_rxq && snull_queue_lends(queue)) {
		if (time_after(jiffies, end) || fatal_signal_pending(current))
			return false;
		usleep_range(100, 1000);
	}
	return true;
}

static int snull_queue_stop(struct net_device *dev, void *memory, int index)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue *queue = &priv->queues[index];
	struct snull_queue_mem *mem = memory;

	if (!priv->ops)
		return -ENETDOWN;
	nic_rx_halt(queue->nic, queue->index);
	snull_path_stop(queue, priv->ops);
	snull_rx_drain(queue);
	if (!snull_queue_returned(queue)) {
		snull_rx_install(queue, priv->ops);
		snull_path_start(queue, priv->ops);
		return -EBUSY;
	}
	/* The ring is freed when its NAPI instance runs again, on another. */
	if (priv->ops->flags & SNULL_RX_NAPI)
		page_pool_disable_direct_recycling(queue->rings.pool);
	mem->queue = queue;
	mem->rings.dev = queue->rings.dev;
	mem->rings.rx_half = queue->rings.rx_half;
	return 0;
}

static int snull_queue_start(struct net_device *dev, SNULL_QCFG_ARG
			     void *memory, int index)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue *queue = &priv->queues[index];
	struct snull_queue_mem *mem = memory;

	/* Who sends or cleans up meanwhile looks at the other half. */
	queue->rings.rx_half = mem->rings.rx_half;
	mem->queue = NULL;
	snull_rx_install(queue, priv->ops);
	snull_path_start(queue, priv->ops);
	return 0;
}

const struct netdev_queue_mgmt_ops snull_queue_mgmt_ops = {
	.ndo_queue_mem_size	= sizeof(struct snull_queue_mem),
	.ndo_queue_mem_alloc	= snull_queue_mem_alloc,
	.ndo_queue_mem_free	= snull_queue_mem_free,
	.ndo_queue_start	= snull_queue_start,
	.ndo_queue_stop		= snull_queue_stop,
};

/**
 * snull_queue_reset() - restart a receive queue
 * @priv: the interface
 * @index: which of its queues
 *
 * Context: process, takes the RTNL and the interface's lock.
 * Return: 0; or, with nothing changed, -ENETDOWN, -EINVAL if that queue is not
 * in use, -ENOMEM; or -EBUSY if what XDP_TX has put into its transmit ring is
 * not sent within a second: it goes on with its old memory, and what waited in
 * its receive ring is given up as with 0.
 */
int snull_queue_reset(struct snull_priv *priv, u64 index)
{
	int err;

	rtnl_lock();
	netdev_lock_ops(priv->dev);
	if (!netif_running(priv->dev))
		err = -ENETDOWN;
	else if (index >= priv->shape.queues)
		err = -EINVAL;
	else
		err = netdev_rx_queue_restart(priv->dev, index);
	netdev_unlock_ops(priv->dev);
	rtnl_unlock();
	return err;
}

SNULL_QUEUE_MGMT_IMPORT;

#endif /* SNULL_HAVE_QUEUE_MGMT */
