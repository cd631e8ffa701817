// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_legacy.c - receive path 2: polling as Linux 2.4.20 to 2.6.23 had it.
 *
 * The first packet interrupts; the handler masks the receive interrupt and
 * puts the device on the poll list of its CPU; the softirq calls the device's
 * poll function, in turn with other devices, until the ring is empty.  This
 * is "Receive interrupt mitigation" of LDD3, chapter 17.
 *
 * Read beside it: ../napi-modern/rx_napi.c, the same today.
 * Read next: softnet.h, which declares all that is called here and gone from
 * the kernel; ../snull/nic/nic.h, the hardware under all the paths.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "../snull/rx.h"
#include "softnet.h"

static irqreturn_t rx_legacy_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	u32 causes = snull_int_cause(queue);

	if (!causes)
		return IRQ_NONE;
	/* Mask first: poll may run, and unmask, as soon as it is scheduled. */
	if (causes & NIC_INT_RX) {
		snull_int_disable(queue, NIC_INT_RX);
		netif_rx_schedule(queue->path);
	}
	/* Only receiving is mitigated: what was sent is freed right here. */
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, 0);
	return IRQ_HANDLED;
}

static int rx_legacy_receive(struct snull_queue *queue, int quota)
{
	struct sk_buff *skb;
	int npackets;

	for (npackets = 0; npackets < quota; npackets++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			netif_receive_skb(skb);
	}
	return npackets;
}

static int rx_legacy_poll(struct net_device_26 *dev, int *budget)
{
	int quota = min(*budget, dev->quota);
	struct snull_queue *queue = dev->priv;
	bool complete;
	int npackets;

	snull_poll_begin(queue, quota);

	npackets = rx_legacy_receive(queue, quota);
	*budget -= npackets;
	dev->quota -= npackets;

	/* 1 says "poll me again": then the interrupt stays masked. */
	complete = !snull_rx_pending(queue);
	snull_poll_end(queue, npackets, quota, complete);
	if (!complete)
		return 1;

	/*
	 * A frame that came since we looked interrupts when that is enabled
	 * again.  An edge has passed: then take the completion back, unless
	 * another CPU has been interrupted, and polls.
	 */
	netif_rx_complete(dev);
	snull_int_enable(queue, NIC_INT_RX);
	if (snull_int_missed(queue, NIC_INT_RX) &&
	    netif_rx_reschedule(dev, npackets)) {
		snull_int_disable(queue, NIC_INT_RX);
		return 1;
	}
	return 0;
}

static int rx_legacy_init(struct snull_queue *queue)
{
	struct net_device_26 *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return -ENOMEM;
	dev->name = netdev_name(queue->dev);
	dev->poll = rx_legacy_poll;
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

static void rx_legacy_exit(struct snull_queue *queue)
{
	struct net_device_26 *dev = queue->path;

	queue->path = NULL;
	unregister_netdev_26(dev);
	kfree(dev);
}

static void rx_legacy_start(struct snull_queue *queue)
{
	netif_poll_enable(queue->path);
	snull_int_enable(queue, NIC_INT_RX | NIC_INT_TX);
	/* An edge that came before is lost, and in a full ring the last. */
	snull_int_again(queue);
}

static void rx_legacy_stop(struct snull_queue *queue)
{
	netif_poll_disable(queue->path);
}

struct snull_rx_ops snull_rx_legacy = {
	.name	= "legacy",
	.number	= 2,
	.owner	= THIS_MODULE,
	.irq	= rx_legacy_irq,
	.init	= rx_legacy_init,
	.exit	= rx_legacy_exit,
	.start	= rx_legacy_start,
	.stop	= rx_legacy_stop,
};
