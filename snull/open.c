// SPDX-License-Identifier: GPL-2.0-only
/*
 * open.c - the interface goes up and down.
 *
 * Read next: reshape.c, what can be changed while it is up; rings.c, the rings;
 * then the receive paths that are started here.
 */
#include <linux/delay.h>

#include "compat.h"
#include "snull.h"

/* ---- one queue: its path starts and stops --------------------------------- */

/**
 * snull_rx_install() - let the NIC receive into a queue's ring
 * @queue: a queue whose path is stopped, and whose ring the NIC does not use
 * @ops: the path
 *
 * Context: process.
 */
void snull_rx_install(struct snull_queue *queue, const struct snull_rx_ops *ops)
{
	struct snull_rings *rings = &queue->rings;

	/* The NIC begins to receive where we are. */
	rings->rx_head = rings->rx_clean;
	rings->rx_rung = rings->rx_posted;
	rings->rx_acked = rings->rx_clean;
	nic_rx_setup(queue->nic, queue->index, rings->rx_dma, rings->rx_size,
		     rings->rx_clean, rings->rx_posted);
	/* Not sooner: unused rings are freed while the NAPI runs on others. */
	if (ops->flags & SNULL_RX_NAPI)
		page_pool_enable_direct_recycling(rings->pool, &queue->napi);
}

static void snull_rings_install(struct snull_queue *queue,
				const struct snull_rx_ops *ops)
{
	struct snull_rings *rings = &queue->rings;

	/* The NIC begins to send at slot 0. */
	rings->tx_tail = 0;
	rings->tx_rung = 0;
	rings->tx_clean = 0;
	nic_tx_setup(queue->nic, queue->index, rings->tx_dma, rings->tx_size);
	snull_rx_install(queue, ops);
	/* Not before both sides agree where the ring begins: netpoll looks. */
	clear_bit_unlock(SNULL_QUEUE_CLEANING, &queue->state);
}

/**
 * snull_path_start() - start a queue's path: interrupts, and polls
 * @queue: a queue with rings, whose path is stopped
 * @ops: the path
 *
 * Context: process.
 */
void snull_path_start(struct snull_queue *queue, const struct snull_rx_ops *ops)
{
	clear_bit(SNULL_QUEUE_STOPPED, &queue->state);
	/* Who waited for an unmask need not: here it comes. */
	clear_bit(SNULL_QUEUE_WAITING, &queue->state);
	ops->start(queue);
}

/**
 * snull_path_stop() - stop a queue's path: no interrupt, no poll
 * @queue: a queue whose path has been started; snull_path_start() ends this
 * @ops: the path
 *
 * Context: process, sleeps until what is running has ended.
 */
void snull_path_stop(struct snull_queue *queue, const struct snull_rx_ops *ops)
{
	unsigned int irq = nic_irq(queue->nic, queue->index);

	set_bit(SNULL_QUEUE_STOPPED, &queue->state);
	smp_mb__after_atomic(); /* pairs with test_and_clear_bit() of WAITING */
	/* Who frees what was sent, and looked before that, may yet unmask. */
	while (test_bit(SNULL_QUEUE_CLEANING, &queue->state))
		usleep_range(10, 50);
	snull_int_disable(queue, NIC_INT_ALL);
	synchronize_irq(irq);
	ops->stop(queue);
	/* A poll that was still running may have unmasked. */
	snull_int_disable(queue, NIC_INT_ALL);
	synchronize_irq(irq);
}

static void snull_queue_halt(struct snull_queue *queue,
			     const struct snull_rx_ops *ops)
{
	snull_path_stop(queue, ops);
	/* What the NIC sent before it stopped is sent, and not given up. */
	snull_tx_clean(queue, 0);
	/*
	 * From here on not even netpoll looks into the rings.  Sleep: who is
	 * at it may be preempted, and wait for this CPU.
	 */
	while (test_and_set_bit_lock(SNULL_QUEUE_CLEANING, &queue->state))
		usleep_range(10, 50);
}

/* ---- some queues: run and halt, while the others do as they like ------------ */

/**
 * snull_queues_run() - start some queues on rings that are in place
 * @priv: the interface
 * @from: the first of them
 * @to: behind the last one
 *
 * Can't fail.
 *
 * Context: process, RTNL held.
 */
void snull_queues_run(struct snull_priv *priv, unsigned int from,
		      unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++)
		snull_rings_install(&priv->queues[i], priv->ops);
	nic_start(priv->nic);
	/* A poll may send, XDP_TX: only now does somebody hear the doorbell. */
	for (i = from; i < to; i++)
		snull_path_start(&priv->queues[i], priv->ops);
}

/**
 * snull_queues_halt() - stop some queues, and give up what is in them
 * @priv: an interface that is up, and runs on with its other queues: these are
 *	not among those in use, and no frame is steered to them any more
 * @from: the first of them
 * @to: behind the last one
 *
 * Context: process, RTNL held.
 */
void snull_queues_halt(struct snull_priv *priv, unsigned int from,
		       unsigned int to)
{
	unsigned int i;

	/* Who found them in use, to send or to steer there, is through then. */
	synchronize_net();
	snull_hang_check_wait(priv);
	for (i = from; i < to; i++) {
		nic_tx_halt(priv->nic, i);
		nic_rx_halt(priv->nic, i);
		snull_queue_halt(&priv->queues[i], priv->ops);
		snull_rings_drain(&priv->queues[i]);
		/* The watchdog looks at all queues, in use or not. */
		netif_tx_start_queue(netdev_get_tx_queue(priv->dev, i));
	}
}

/* ---- all queues: run and halt ----------------------------------------------- */

/**
 * snull_run() - start everything on rings that are in place
 * @priv: the interface
 *
 * Can't fail.
 *
 * Context: process, RTNL held.
 */
void snull_run(struct snull_priv *priv)
{
	snull_queues_run(priv, 0, priv->shape.queues);
	/*
	 * Each wakes the queues, and that once: who has been woken may have
	 * filled a ring by now, and stopped its queue.
	 */
	if (netif_device_present(priv->dev))
		netif_tx_wake_all_queues(priv->dev);
	else
		netif_device_attach(priv->dev);
	snull_hang_check_start(priv);
	snull_xdp_open(priv);
}

/**
 * snull_halt() - stop everything: the rings are the driver's alone then
 * @priv: the interface
 * @stop: stops the NIC: nic_stop(), or nic_halt()
 *
 * An interface that is to go on is detached meanwhile: so the watchdog lets its
 * stopped queues be, for however long that takes, although the link is up.
 *
 * Context: process, RTNL held.
 */
void snull_halt(struct snull_priv *priv, void (*stop)(struct nic *nic))
{
	unsigned int i;

	snull_xdp_stop(priv);
	/* It may wake a queue; and it looks into the rings. */
	snull_hang_check_stop(priv);
	if (netif_running(priv->dev))
		netif_device_detach(priv->dev);
	netif_tx_disable(priv->dev);
	/* What hung is mended by this; the watchdog is no longer at it. */
	WRITE_ONCE(priv->hung, false);
	stop(priv->nic);
	for (i = 0; i < priv->shape.queues; i++)
		snull_queue_halt(&priv->queues[i], priv->ops);
	/* Until then, snull_tx_clean() may have woken a queue. */
	netif_tx_disable(priv->dev);
	for (i = 0; i < priv->shape.queues; i++)
		snull_rings_drain(&priv->queues[i]);
}

/**
 * snull_restart() - reset the NIC, and go on with the same rings
 * @priv: an interface that is up; what it had queued is given up
 *
 * Context: process, RTNL held.
 */
void snull_restart(struct snull_priv *priv)
{
	snull_halt(priv, nic_stop);
	snull_run(priv);
}

/* ---- one queue: open and close -------------------------------------------- */

/* Tell the stack, and netdev netlink, which NAPI serves which queue. */
static void snull_queue_link_napi(struct snull_queue *queue, bool link)
{
	struct napi_struct *napi = link ? &queue->napi : NULL;

	netif_queue_set_napi(queue->dev, queue->index, NETDEV_QUEUE_TYPE_RX,
			     napi);
	netif_queue_set_napi(queue->dev, queue->index, NETDEV_QUEUE_TYPE_TX,
			     napi);
	if (link)
		netif_napi_set_irq_locked(napi,
					  nic_irq(queue->nic, queue->index));
}

static void snull_queue_close(struct snull_queue *queue,
			      const struct snull_rx_ops *ops)
{
	if (ops->flags & SNULL_RX_NAPI)
		snull_queue_link_napi(queue, false);
	free_irq(nic_irq(queue->nic, queue->index), queue);
	nic_tx_setup(queue->nic, queue->index, 0, 0);
	snull_moderation_exit(queue);
	snull_rings_free(queue, &queue->rings);
	if (ops->exit)
		ops->exit(queue);
}

static int snull_queue_open(struct snull_queue *queue,
			    const struct snull_rx_ops *ops,
			    const struct snull_shape *shape)
{
	int err;

	snprintf(queue->name, sizeof(queue->name), "%s-TxRx-%u",
		 queue->dev->name, queue->index);
	err = ops->init ? ops->init(queue) : 0;
	if (err)
		return err;
	err = snull_rings_alloc(queue, &queue->rings, ops, shape);
	if (err)
		goto exit_path;
	err = request_irq(nic_irq(queue->nic, queue->index), ops->irq,
			  ops->irq_flags, queue->name, queue);
	if (err)
		goto free_rings;
	if (ops->flags & SNULL_RX_NAPI)
		snull_queue_link_napi(queue, true);
	return 0;

free_rings:
	snull_rings_free(queue, &queue->rings);
exit_path:
	if (ops->exit)
		ops->exit(queue);
	return err;
}

/**
 * snull_queues_close() - undo snull_queues_open()
 * @priv: the interface
 * @from: the first of the queues, which are halted
 * @to: behind the last one
 *
 * Context: process, RTNL held.
 */
void snull_queues_close(struct snull_priv *priv, unsigned int from,
			unsigned int to)
{
	while (to-- > from)
		snull_queue_close(&priv->queues[to], priv->ops);
}

/**
 * snull_queues_open() - make what queues need to run: rings, vectors, path
 * @priv: the interface
 * @from: the first of the queues that it has not yet
 * @shape: how many it shall have, and their rings
 *
 * Context: process, RTNL held.
 * Return: 0, or a negative errno with nothing left behind.
 */
int snull_queues_open(struct snull_priv *priv, unsigned int from,
		      const struct snull_shape *shape)
{
	unsigned int i;
	int err;

	for (i = from; i < shape->queues; i++) {
		err = snull_queue_open(&priv->queues[i], priv->ops, shape);
		if (err) {
			snull_queues_close(priv, from, i);
			return err;
		}
	}
	return 0;
}

/* ---- up and down ------------------------------------------------------------------ */

/**
 * snull_open() - ndo_open: the interface goes up
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: 0, or a negative errno with nothing left behind.
 */
int snull_open(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err;

	priv->ops = snull_rx_get();
	if (!priv->ops)
		return -ENODEV;
	if (rcu_access_pointer(priv->xdp_prog) &&
	    !(priv->ops->flags & SNULL_RX_NAPI)) {
		netdev_err(dev, "an XDP program is attached: it needs use_napi=napi\n");
		err = -EOPNOTSUPP;
		goto put;
	}
	if (priv->shape.buf_len != SNULL_BUF_LEN &&
	    priv->ops->flags & SNULL_RX_HARDIRQ) {
		netdev_err(dev, "rx-buf-len is %u: use_napi=netif_rx has buffers of %u only\n",
			   priv->shape.buf_len, SNULL_BUF_LEN);
		err = -EOPNOTSUPP;
		goto put;
	}
	err = snull_queues_open(priv, 0, &priv->shape);
	if (err)
		goto put;
	xdp_set_features_flag_locked(dev, priv->ops->flags & SNULL_RX_NAPI ?
				     SNULL_XDP_FEATURES : 0);
	snull_run(priv);
	return 0;
put:
	snull_rx_put(priv->ops);
	priv->ops = NULL;
	return err;
}

/**
 * snull_stop() - ndo_stop: the interface goes down
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_stop(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);

	snull_halt(priv, nic_stop);
	snull_queues_close(priv, 0, priv->shape.queues);
	snull_rx_put(priv->ops);
	priv->ops = NULL;
	return 0;
}
