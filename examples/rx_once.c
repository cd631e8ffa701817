// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_once.c - path 1 with one mistake: having unmasked its interrupt, the poll
 * does not look at the ring again.
 *
 * With line=level and line=msi that is right: a frame that came between the
 * last look and the unmasking interrupts.  With line=edge the pulse for it is
 * over, and nobody was there to hear it.  The frame waits for the next one's
 * pulse; and when the ring is full by then, there will be no next one.
 *
 * Read beside it: ../napi-modern/rx_napi.c, rx_napi_unmask().
 */
#include <linux/err.h>
#include <linux/module.h>

#include "../snull/rx.h"

#define RX_ONCE_CAUSES	(NIC_INT_RX | NIC_INT_TX)

static irqreturn_t rx_once_irq(int irq, void *data)
{
	struct snull_queue *queue = data;

	if (!snull_int_cause(queue))
		return IRQ_NONE;
	snull_int_disable(queue, RX_ONCE_CAUSES);
	napi_schedule(&queue->napi);
	return IRQ_HANDLED;
}

static int rx_once_poll(struct napi_struct *napi, int budget)
{
	struct snull_queue *queue = container_of(napi, struct snull_queue,
						 napi);
	struct sk_buff *skb;
	int work;

	snull_poll_begin(queue, budget);
	snull_tx_clean(queue, budget);
	for (work = 0; work < budget; work++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			napi_gro_receive(napi, skb);
	}
	snull_poll_end(queue, work, budget, work < budget);
	if (work < budget && napi_complete_done(napi, work))
		snull_int_enable(queue, RX_ONCE_CAUSES);
	return work;
}

static int rx_once_init_queue(struct snull_queue *queue)
{
	netif_napi_add_config(queue->dev, &queue->napi, rx_once_poll,
			      queue->index);
	return 0;
}

static void rx_once_exit_queue(struct snull_queue *queue)
{
	netif_napi_del(&queue->napi);
}

static void rx_once_start(struct snull_queue *queue)
{
	napi_enable(&queue->napi);
	snull_int_enable(queue, RX_ONCE_CAUSES);
	snull_int_again(queue);
}

static void rx_once_stop(struct snull_queue *queue)
{
	napi_disable(&queue->napi);
	/* A poll that has completed may not have unmasked yet. */
	synchronize_net();
}

static struct snull_rx_ops rx_once = {
	.name	= "once",
	.number	= -1,
	.flags	= SNULL_RX_NAPI,
	.irq_flags = IRQF_NO_THREAD,
	.owner	= THIS_MODULE,
	.irq	= rx_once_irq,
	.init	= rx_once_init_queue,
	.exit	= rx_once_exit_queue,
	.start	= rx_once_start,
	.stop	= rx_once_stop,
};

static int __init rx_once_init(void)
{
	return snull_rx_register(&rx_once);
}

static void __exit rx_once_exit(void)
{
	snull_rx_unregister(&rx_once);
}

module_init(rx_once_init);
module_exit(rx_once_exit);

MODULE_DESCRIPTION("A receive path for snull that loses an edge: it looks once, not twice");
MODULE_LICENSE("GPL");
