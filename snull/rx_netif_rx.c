// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_netif_rx.c - receive path 0: one interrupt, one netif_rx(), per packet.
 *
 * How LDD3's snull_rx() worked, and many drivers before NAPI (others took all
 * that waited).  The handler hands a frame to netif_rx(), which only appends it
 * to this CPU's backlog; process_backlog() carries it up the stack later, in
 * the NET_RX softirq.  While frames wait the next interrupt follows at once:
 * interrupts = packets, whatever the load.
 *
 * Read next: ../napi-modern/rx_napi.c
 */
#include <linux/err.h>

#include "rx.h"

static irqreturn_t rx_netif_rx_irq(int irq, void *data)
{
	struct snull_queue *queue = data;
	u32 causes = snull_int_cause(queue);
	struct sk_buff *skb;

	if (!causes)
		return IRQ_NONE;
	if (causes & NIC_INT_TX)
		snull_tx_clean(queue, 0);
	if (causes & NIC_INT_RX) {
		skb = snull_rx_next(queue);
		snull_rx_done(queue);
		if (!IS_ERR_OR_NULL(skb))
			netif_rx(skb);
	}
	/*
	 * Another frame waits?  A line that is up interrupts again; a message
	 * was sent once, and it was for this one: so ask for the next.
	 */
	snull_int_again(queue);
	return IRQ_HANDLED;
}

static void rx_netif_rx_start(struct snull_queue *queue)
{
	snull_int_enable(queue, NIC_INT_RX | NIC_INT_TX);
	/* An edge that came before is lost, and in a full ring the last. */
	snull_int_again(queue);
}

/* With the causes disabled and the handler gone, nothing is left to stop. */
static void rx_netif_rx_stop(struct snull_queue *queue)
{
}

struct snull_rx_ops snull_rx_netif_rx = {
	.name	= "netif_rx",
	.number	= 0,
	.flags	= SNULL_RX_HARDIRQ,
	.owner	= THIS_MODULE,
	.irq	= rx_netif_rx_irq,
	.start	= rx_netif_rx_start,
	.stop	= rx_netif_rx_stop,
};
