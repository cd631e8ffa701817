// SPDX-License-Identifier: GPL-2.0-only
/*
 * mypath.c - a receive path of your own, as Linux 2.4.20 to 2.6.23 had them.
 *
 * The solution of lab 17.
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
	if (causes & NIC_INT_RX) {
		snull_int_disable(queue, NIC_INT_RX);
		netif_rx_schedule(queue->path);
	}
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, 0);
	return IRQ_HANDLED;
}

/* The softirq polls: take frames, and pay for them. */
static int mypath_poll(struct net_device_26 *dev, int *budget)
{
	struct snull_queue *queue = dev->priv;
	int npackets, quota = min(*budget, dev->quota);
	struct sk_buff *skb;
	bool complete;

	snull_poll_begin(queue, quota);
	for (npackets = 0; npackets < quota; npackets++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			netif_receive_skb(skb);
	}
	*budget -= npackets;
	dev->quota -= npackets;
	complete = !snull_rx_pending(queue);
	snull_poll_end(queue, npackets, quota, complete);
	if (!complete)
		return 1;
	netif_rx_complete(dev);
	snull_int_enable(queue, NIC_INT_RX);
	return 0;
}

/* The interface goes up: the interrupt is there, and nothing is enabled. */
static void mypath_start(struct snull_queue *queue)
{
	netif_poll_enable(queue->path);
	snull_int_enable(queue, NIC_INT_RX | NIC_INT_TX);
	/* For what came before. */
	snull_int_again(queue);
}

/* It goes down: the NIC is silent already; wait for the poll. */
static void mypath_stop(struct snull_queue *queue)
{
	netif_poll_disable(queue->path);
}

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
