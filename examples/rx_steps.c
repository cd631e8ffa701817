// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_steps.c - the way from path 0 to path 1 in steps, each a receive path
 * that differs from the one before it in a single thing, or in what cannot be
 * had alone, so that the bench can say what that costs.
 *
 *	netif_rx	path 0: an interrupt for each frame; netif_rx(); page
 *			fragments; each packet goes up alone
 *	step_mask	the interrupt is masked, and a poll takes the frames;
 *			it still hands them to netif_rx(), and counts and gives
 *			buffers back for each frame
 *	step_once	that is done once a poll
 *	step_direct	the poll hands them to netif_receive_skb()
 *	step_pool	the buffers come from a page_pool, which keeps them
 *			mapped, and packets' heads from the CPU's cache
 *	step_list	packets go up in lists: napi_gro_receive(), with GRO
 *			switched off by ethtool -K
 *	step_tx		what was sent is freed in the poll, too
 *	napi		path 1 with GRO off: the page_pool knows its NAPI, and
 *			takes pages back without a detour
 *	napi		path 1: GRO
 *
 * labs/bench/steps.py measures them; docs/benchmarks.rst shows them.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "../snull/rx.h"

static irqreturn_t rx_steps_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	u32 causes = snull_int_cause(queue);

	if (!causes)
		return IRQ_NONE;
	if (causes & NIC_INT_RX) {
		snull_int_disable(queue, NIC_INT_RX);
		napi_schedule(&queue->napi);
	}
	/* As on path 0. */
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, 0);
	snull_int_again(queue);
	return IRQ_HANDLED;
}

/* As on path 1. */
static irqreturn_t rx_steps_irq_all(int irq, void *data)
{
	struct snull_queue *queue = data;

	if (!snull_int_cause(queue))
		return IRQ_NONE;
	snull_int_disable(queue, NIC_INT_RX | NIC_INT_TX);
	napi_schedule(&queue->napi);
	return IRQ_HANDLED;
}

/* What differs: what the poll is for, and what is done with a packet. */
static __always_inline int
rx_steps_poll(struct napi_struct *napi, int budget, u32 causes, bool each,
	      void (*up)(struct napi_struct *napi, struct sk_buff *skb))
{
	struct snull_queue *queue = container_of(napi, struct snull_queue,
						 napi);
	struct sk_buff *skb;
	int work;

	snull_poll_begin(queue, budget);
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, budget);
	for (work = 0; work < budget; work++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (each)
			snull_rx_done(queue);
		if (!IS_ERR(skb))
			up(napi, skb);
	}
	snull_poll_end(queue, work, budget, work < budget);
	if (work < budget && napi_complete_done(napi, work)) {
		snull_int_enable(queue, causes);
		snull_int_again(queue);
	}
	return work;
}

static __always_inline void up_backlog(struct napi_struct *napi,
				       struct sk_buff *skb)
{
	netif_rx(skb);
}

static __always_inline void up_stack(struct napi_struct *napi,
				     struct sk_buff *skb)
{
	netif_receive_skb(skb);
}

static __always_inline void up_list(struct napi_struct *napi,
				    struct sk_buff *skb)
{
	napi_gro_receive(napi, skb);
}

static int rx_steps_poll_each(struct napi_struct *napi, int budget)
{
	return rx_steps_poll(napi, budget, NIC_INT_RX, true, up_backlog);
}

static int rx_steps_poll_backlog(struct napi_struct *napi, int budget)
{
	return rx_steps_poll(napi, budget, NIC_INT_RX, false, up_backlog);
}

static int rx_steps_poll_stack(struct napi_struct *napi, int budget)
{
	return rx_steps_poll(napi, budget, NIC_INT_RX, false, up_stack);
}

static int rx_steps_poll_list(struct napi_struct *napi, int budget)
{
	return rx_steps_poll(napi, budget, NIC_INT_RX, false, up_list);
}

static int rx_steps_poll_tx(struct napi_struct *napi, int budget)
{
	return rx_steps_poll(napi, budget, NIC_INT_RX | NIC_INT_TX, false,
			     up_list);
}

static int rx_steps_add(struct snull_queue *queue,
			int (*poll)(struct napi_struct *napi, int budget))
{
	netif_napi_add_config(queue->dev, &queue->napi, poll, queue->index);
	return 0;
}

static int rx_steps_init_each(struct snull_queue *queue)
{
	return rx_steps_add(queue, rx_steps_poll_each);
}

static int rx_steps_init_backlog(struct snull_queue *queue)
{
	return rx_steps_add(queue, rx_steps_poll_backlog);
}

static int rx_steps_init_stack(struct snull_queue *queue)
{
	return rx_steps_add(queue, rx_steps_poll_stack);
}

static int rx_steps_init_list(struct snull_queue *queue)
{
	return rx_steps_add(queue, rx_steps_poll_list);
}

static int rx_steps_init_tx(struct snull_queue *queue)
{
	return rx_steps_add(queue, rx_steps_poll_tx);
}

static void rx_steps_exit_queue(struct snull_queue *queue)
{
	netif_napi_del(&queue->napi);
}

static void rx_steps_start(struct snull_queue *queue)
{
	napi_enable(&queue->napi);
	snull_int_enable(queue, NIC_INT_RX | NIC_INT_TX);
	snull_int_again(queue);
}

static void rx_steps_stop(struct snull_queue *queue)
{
	napi_disable(&queue->napi);
	/* A poll that has completed may not have unmasked yet. */
	synchronize_net();
}

/* SNULL_RX_HARDIRQ is what gives a ring page fragments. */
#define RX_STEP(_name, _flags, _irq, _init) {				\
	.name	= _name,						\
	.number	= -1,							\
	.flags	= _flags,						\
	.owner	= THIS_MODULE,						\
	.irq	= _irq,							\
	.init	= _init,						\
	.exit	= rx_steps_exit_queue,					\
	.start	= rx_steps_start,					\
	.stop	= rx_steps_stop,					\
}

static struct snull_rx_ops rx_steps[] = {
	RX_STEP("step_mask", SNULL_RX_HARDIRQ, rx_steps_irq,
		rx_steps_init_each),
	RX_STEP("step_once", SNULL_RX_HARDIRQ, rx_steps_irq,
		rx_steps_init_backlog),
	RX_STEP("step_direct", SNULL_RX_HARDIRQ, rx_steps_irq,
		rx_steps_init_stack),
	RX_STEP("step_pool", 0, rx_steps_irq, rx_steps_init_stack),
	RX_STEP("step_list", 0, rx_steps_irq, rx_steps_init_list),
	RX_STEP("step_tx", 0, rx_steps_irq_all, rx_steps_init_tx),
};

static void rx_steps_unregister(unsigned int n)
{
	while (n--)
		snull_rx_unregister(&rx_steps[n]);
}

static int __init rx_steps_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(rx_steps); i++) {
		err = snull_rx_register(&rx_steps[i]);
		if (err) {
			rx_steps_unregister(i);
			return err;
		}
	}
	return 0;
}

static void __exit rx_steps_exit(void)
{
	rx_steps_unregister(ARRAY_SIZE(rx_steps));
}

module_init(rx_steps_init);
module_exit(rx_steps_exit);

MODULE_DESCRIPTION("snull's receive paths in steps, for the bench");
MODULE_LICENSE("GPL");
