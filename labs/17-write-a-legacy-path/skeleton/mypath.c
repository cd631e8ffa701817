// SPDX-License-Identifier: GPL-2.0-only
/*
 * mypath.c - a receive path of your own, as Linux 2.4.20 to 2.6.23 had them.
 *
 * It builds, it loads, and it receives nothing. Fill in TODO 1 to TODO 8. What
 * 2.6 gave to a driver is declared in legacy-poll/softnet.h, what the NIC gives
 * it in snull/rx.h; LDD3, chapter 17, "Receive Interrupt Mitigation", has the
 * original. The one difference: 2.6's fields of struct net_device are in a
 * struct net_device_26.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "legacy-poll/softnet.h"
#include "snull/rx.h"

/* The interrupt handler of each queue. */
static irqreturn_t mypath_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	u32 causes = snull_int_cause(queue);

	if (!causes)
		return IRQ_NONE;	/* not ours */
	/*
	 * TODO 1: a frame has come (NIC_INT_RX): keep the NIC from saying so
	 * again, and have the softirq poll queue->path.
	 */
	/* TODO 2: one has been sent (NIC_INT_TX): free it right here. */
	return IRQ_HANDLED;
}

/* The softirq polls: take frames, and pay for them. */
static int mypath_poll(struct net_device_26 *dev, int *budget)
{
	struct snull_queue *queue = dev->priv;
	int npackets = 0, quota = 0;
	bool complete = true;

	/* TODO 3: how many may be taken in this turn? */
	snull_poll_begin(queue, quota);
	/* TODO 4: take that many, if there are, and hand them to the stack. */
	/* TODO 5: pay, from both accounts. */
	/* TODO 6: is the ring empty now? */
	snull_poll_end(queue, npackets, quota, complete);
	/* TODO 7: if so, complete, and let the NIC interrupt; else come back. */
	return 0;
}

/* The interface goes up: the interrupt is there, and nothing is enabled. */
static void mypath_start(struct snull_queue *queue)
{
	netif_poll_enable(queue->path);
	/* TODO 8: let the NIC interrupt, for what has come and what was sent. */
	/* For what came before. */
	snull_int_again(queue);
}

/* It goes down: the NIC is silent already; wait for the poll. */
static void mypath_stop(struct snull_queue *queue)
{
	netif_poll_disable(queue->path);
}

/* ---- from here on, nothing is missing ----------------------------------- */

static int mypath_init(struct snull_queue *queue)
{
	struct net_device_26 *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return -ENOMEM;
	dev->name = netdev_name(queue->dev);
	dev->poll = mypath_poll;
	dev->weight = queue->weight;
	dev->priv = queue;
	err = register_netdev_26(dev);
	if (err) {
		kfree(dev);
		return err;
	}
	queue->path = dev;
	return 0;
}

static void mypath_exit(struct snull_queue *queue)
{
	struct net_device_26 *dev = queue->path;

	queue->path = NULL;
	unregister_netdev_26(dev);
	kfree(dev);
}

static struct snull_rx_ops mypath = {
	.name	= "mypath",
	.number	= -1,
	.owner	= THIS_MODULE,
	.irq	= mypath_irq,
	.init	= mypath_init,
	.exit	= mypath_exit,
	.start	= mypath_start,
	.stop	= mypath_stop,
};

static int __init mypath_module_init(void)
{
	return snull_rx_register(&mypath);
}

static void __exit mypath_module_exit(void)
{
	snull_rx_unregister(&mypath);
}

module_init(mypath_module_init);
module_exit(mypath_module_exit);

MODULE_DESCRIPTION("A receive path for snull, as 2.6 had it");
MODULE_LICENSE("GPL");
