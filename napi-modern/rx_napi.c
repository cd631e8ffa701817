// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_napi.c - receive path 1: modern NAPI.
 *
 * The first interrupt masks its vector and schedules the poll.  The poll runs
 * in the NET_RX softirq, takes what waits, up to its budget, and only when
 * the ring is empty are interrupts let in again.  Under load they therefore
 * stop by themselves.  Each rule below is one of the kernel's
 * Documentation/networking/napi.rst.
 *
 * Read next: ../legacy-poll/rx_legacy.c, the same in the API of 2004.
 */
#include <linux/err.h>

#include "../snull/rx.h"

#define RX_NAPI_CAUSES	(NIC_INT_RX | NIC_INT_TX)

static void rx_napi_schedule(struct snull_queue *queue)
{
	/*
	 * Mask even if a poll is already on its way (busy polling polls
	 * without an interrupt): a line that is up would interrupt for ever.
	 * Mask before prep: if prep fails it has told that poll to come back,
	 * and the poll unmasks when it has done so.
	 */
	snull_int_disable(queue, RX_NAPI_CAUSES);
	if (napi_schedule_prep(&queue->napi))
		__napi_schedule(&queue->napi);
}

/*
 * A frame may come between the poll's last look and this.  A line that is up
 * interrupts, and so does a message that was held back; an edge has passed, and
 * nobody would ever come: so look again.
 */
static void rx_napi_unmask(struct snull_queue *queue)
{
	snull_int_enable(queue, RX_NAPI_CAUSES);
	if (snull_int_missed(queue, RX_NAPI_CAUSES))
		rx_napi_schedule(queue);
}

static irqreturn_t rx_napi_irq(int irq, void *data)
{
	struct snull_queue *queue = data;

	if (!snull_int_cause(queue))
		return IRQ_NONE;
	rx_napi_schedule(queue);
	return IRQ_HANDLED;
}

static int rx_napi_receive(struct snull_queue *queue, int budget)
{
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = snull_rx_next(queue);
		if (!skb)
			break;
		if (!IS_ERR(skb))
			napi_gro_receive(&queue->napi, skb);
	}
	return work;
}

static int rx_napi_poll(struct napi_struct *napi, int budget)
{
	struct snull_queue *queue = container_of(napi, struct snull_queue,
						 napi);
	int work;

	snull_poll_begin(queue, budget);

	/* Transmit completions cost no budget, and are never put off. */
	snull_tx_clean(queue, budget);

	/* Budget 0 is netpoll: no receiving, and never complete. */
	if (!budget) {
		snull_poll_end(queue, 0, 0, false);
		return 0;
	}

	work = rx_napi_receive(queue, budget);
	snull_poll_end(queue, work, budget, work < budget);

	/* All of the budget says "poll me again": then never complete. */
	if (work == budget)
		return budget;
	/*
	 * From here on the next poll may run, on any CPU, so the queue is no
	 * longer ours.  False means that it is on its way already.
	 */
	if (napi_complete_done(napi, work))
		rx_napi_unmask(queue);
	return work;
}

static int rx_napi_init(struct snull_queue *queue)
{
	netif_napi_add_config(queue->dev, &queue->napi, rx_napi_poll,
			      queue->index);
	return 0;
}

static void rx_napi_exit(struct snull_queue *queue)
{
	netif_napi_del(&queue->napi);
}

static void rx_napi_start(struct snull_queue *queue)
{
	napi_enable(&queue->napi);
	snull_int_enable(queue, RX_NAPI_CAUSES);
	/* Here, too, for what came before. */
	snull_int_again(queue);
}

static void rx_napi_stop(struct snull_queue *queue)
{
	napi_disable(&queue->napi);
	/* A poll that has completed may not have unmasked yet. */
	synchronize_net();
}

struct snull_rx_ops snull_rx_napi = {
	.name	= "napi",
	.number	= 1,
	.flags	= SNULL_RX_NAPI,
	/* All that the handler does is schedule: no thread has to do that. */
	.irq_flags = IRQF_NO_THREAD,
	.owner	= THIS_MODULE,
	.irq	= rx_napi_irq,
	.init	= rx_napi_init,
	.exit	= rx_napi_exit,
	.start	= rx_napi_start,
	.stop	= rx_napi_stop,
};
