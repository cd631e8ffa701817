// SPDX-License-Identifier: GPL-2.0-only
/*
 * mypath.c - a receive path of your own, by NAPI.
 *
 * The solution of lab 16.
 */
#include <linux/err.h>

#include "snull/compat.h"
#include "snull/rx.h"

/* What the NIC interrupts for: a frame has come, or one has been sent. */
#define MYPATH_CAUSES	(NIC_INT_RX | NIC_INT_TX)

/* The interrupt handler of each queue. */
static irqreturn_t mypath_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	struct napi_struct *napi = &queue->napi;

	if (!snull_int_cause(queue))
		return IRQ_NONE;	/* not ours */
	snull_int_disable(queue, MYPATH_CAUSES);
	if (napi_schedule_prep(napi))
		__napi_schedule(napi);
	return IRQ_HANDLED;
}

/* Take frames out of the ring, and hand them to the stack. */
static int mypath_receive(struct snull_queue *queue, int budget)
{
	struct napi_struct *napi = &queue->napi;
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			napi_gro_receive(napi, skb);
	}
	return work;
}

/* The softirq polls; so does netpoll, with a budget of 0. */
static int mypath_poll(struct napi_struct *napi, int budget)
{
	struct snull_queue *queue = container_of(napi, struct snull_queue,
						 napi);
	int work;

	snull_poll_begin(queue, budget);
	snull_tx_clean(queue, budget);
	if (!budget) {
		snull_poll_end(queue, 0, 0, false);
		return 0;
	}
	work = mypath_receive(queue, budget);
	snull_poll_end(queue, work, budget, work < budget);
	if (work == budget)
		return budget;
	if (napi_complete_done(napi, work))
		snull_int_enable(queue, MYPATH_CAUSES);
	return work;
}

/* The interface goes up: the interrupt is there, and nothing is enabled. */
static void mypath_start(struct snull_queue *queue)
{
	napi_enable(&queue->napi);
	snull_int_enable(queue, MYPATH_CAUSES);
	/* For what came before. */
	snull_int_again(queue);
}

/* It goes down: the NIC is silent already, but is the poll? */
static void mypath_stop(struct snull_queue *queue)
{
	napi_disable(&queue->napi);
	/* A poll that has completed may not have unmasked yet. */
	synchronize_net();
}

static int mypath_init(struct snull_queue *queue)
{
	netif_napi_add_config(queue->dev, &queue->napi, mypath_poll,
			      queue->index);
	return 0;
}

static void mypath_exit(struct snull_queue *queue)
{
	netif_napi_del(&queue->napi);
}

static struct snull_rx_ops mypath = {
	.name	= "mypath",
	.number	= -1,
	.flags	= SNULL_RX_NAPI,
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

MODULE_DESCRIPTION("A receive path for snull, by NAPI");
MODULE_LICENSE("GPL");
