// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_drain.c - a receive path in a module of its own: one interrupt takes all
 * frames that wait, up to a limit, and hands each to netif_rx().
 *
 * So did many drivers before there was NAPI.  It saves interrupts where frames
 * come in bursts, but what it takes still dies on the backlog when the CPU is
 * overloaded; and the longer the burst, the longer are interrupts off.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "../snull/rx.h"

#define RX_DRAIN_LIMIT	32

static irqreturn_t rx_drain_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	u32 causes = snull_int_cause(queue);
	struct sk_buff *skb;
	int i;

	if (!causes)
		return IRQ_NONE;
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, 0);
	for (i = 0; i < RX_DRAIN_LIMIT; i++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			netif_rx(skb);
	}
	snull_rx_done(queue);
	/* For what is left after the limit. */
	snull_int_again(queue);
	return IRQ_HANDLED;
}

static void rx_drain_start(struct snull_queue *queue)
{
	snull_int_enable(queue, NIC_INT_RX | NIC_INT_TX);
	snull_int_again(queue);
}

/* The causes are disabled, the handler is gone: nothing is left to stop. */
static void rx_drain_stop(struct snull_queue *queue)
{
}

static struct snull_rx_ops rx_drain = {
	.name	= "drain",
	.number	= -1,
	.flags	= SNULL_RX_HARDIRQ,
	.owner	= THIS_MODULE,
	.irq	= rx_drain_irq,
	.start	= rx_drain_start,
	.stop	= rx_drain_stop,
};

static int __init rx_drain_init(void)
{
	return snull_rx_register(&rx_drain);
}

static void __exit rx_drain_exit(void)
{
	snull_rx_unregister(&rx_drain);
}

module_init(rx_drain_init);
module_exit(rx_drain_exit);

MODULE_DESCRIPTION("An example of a receive path for snull: an interrupt for each burst");
MODULE_LICENSE("GPL");
