// SPDX-License-Identifier: GPL-2.0-only
/*
 * mypath.c - a receive path of your own, by NAPI.
 *
 * It builds, it loads, and it receives nothing. Fill in TODO 1 to TODO 9; each
 * may be tried before you go on to the next. What you may call is declared in
 * snull/rx.h; a description is at each function in snull/queue.c, rx.c, tx.c
 * and rx_paths.c. The rules are the kernel's
 * Documentation/networking/napi.rst, and chapter 5 of the book.
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

	if (!snull_int_cause(queue))
		return IRQ_NONE;	/* not ours */
	/* TODO 1: keep the NIC from interrupting again. */
	/* TODO 2: have the softirq call mypath_poll(), unless it will. */
	return IRQ_HANDLED;
}

/* Take frames out of the ring, and hand them to the stack. */
static int mypath_receive(struct snull_queue *queue, int budget)
{
	/*
	 * TODO 3: take what waits, and no more than the budget. Some frames
	 * are not for the stack (IS_ERR()), and count all the same. Give the
	 * others to GRO. How many were there?
	 */
	return 0;
}

/* The softirq polls; so does netpoll, with a budget of 0. */
static int mypath_poll(struct napi_struct *napi, int budget)
{
	struct snull_queue *queue = container_of(napi, struct snull_queue,
						 napi);
	int work = 0;

	snull_poll_begin(queue, budget);
	/* TODO 4: free what has been sent. Does that cost any budget? */
	/* TODO 5: with a budget of 0, that was all. */
	work = mypath_receive(queue, budget);
	snull_poll_end(queue, work, budget, work < budget);
	/* TODO 6: has all of the budget been used? */
	/*
	 * TODO 7: complete; may the NIC interrupt again now? And if something
	 * came before it could (snull_int_missed())?
	 */
	return work;
}

/* The interface goes up: the interrupt is there, and nothing is enabled. */
static void mypath_start(struct snull_queue *queue)
{
	/* TODO 8: let the poll, and the NIC's interrupts, begin. */
	/* For what came before. */
	snull_int_again(queue);
}

/* It goes down: the NIC is silent already, but is the poll? */
static void mypath_stop(struct snull_queue *queue)
{
	/*
	 * TODO 9: wait until no poll runs, and let none begin. May one that
	 * has completed still be on its way to unmask?
	 */
}

/* ---- from here on, nothing is missing ----------------------------------- */

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
