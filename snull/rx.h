/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rx.h - the contract between the driver and a receive path.
 *
 * A receive path decides what happens from the moment a vector fires until
 * the stack has the packet.  The driver owns everything else (open.c), and
 * gives each path the same few tools to work with, and the queue itself: its
 * dev, index, napi and weight, and path for what the path has to keep.  A path is one file that
 * fills in a struct snull_rx_ops and registers it by name; it may live in a
 * module of its own.
 *
 * Read next: queue.h and queue.c, what a path works with; or at once the three
 * paths: rx_netif_rx.c, ../napi-modern/rx_napi.c, ../legacy-poll/rx_legacy.c.
 */
#ifndef SNULL_RX_H
#define SNULL_RX_H

#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/module.h>

#include "queue.h"

/* The path takes frames off the ring in hard-interrupt context. */
#define SNULL_RX_HARDIRQ	BIT(0)
/* The path polls through the queue's napi, which its init() registers. */
#define SNULL_RX_NAPI		BIT(1)

/**
 * struct snull_rx_ops - a receive path
 * @name: what to write into use_napi= to choose it
 * @number: LDD3-style number that also chooses it, or -1
 * @flags: SNULL_RX_*
 * @irq_flags: IRQF_*, for request_irq()
 * @owner: module to hold while an interface uses the path
 * @irq: the interrupt handler of every vector, called with the struct
 *	snull_queue as its argument: hard interrupt context, or a thread of
 *	its own on PREEMPT_RT, unless @irq_flags say IRQF_NO_THREAD.  It
 *	begins with snull_int_cause(); what it leaves pending it has to mask,
 *	or to ask for again: snull_int_again().  NIC_INT_TX may be masked
 *	and unmasked beside it, by snull_tx_clean() on another CPU
 * @init: prepare @queue for this path, when the interface goes up or gets
 *	more queues: process context, RTNL held, no rings and no vector yet.  Optional.
 * @exit: undo @init, when the interface has gone down or has fewer queues.  Optional.
 * @start: let the path run; vectors are requested, no cause is enabled yet.
 *	Process context, may sleep.  It must leave the causes that it wants
 *	enabled in the NIC: snull_int_enable(), and then snull_int_again(),
 *	since frames may have come before.
 * @stop: all causes are disabled, and the handlers that ran have ended: wait
 *	until the path has finished, and don't let it start again.  A poll that
 *	still runs may unmask; what comes of that is waited for after this.
 *	Process context, may sleep.
 * @node: for the table of paths
 */
struct snull_rx_ops {
	const char *name;
	int number;
	unsigned int flags;
	unsigned long irq_flags;
	struct module *owner;
	irq_handler_t irq;
	int (*init)(struct snull_queue *queue);
	void (*exit)(struct snull_queue *queue);
	void (*start)(struct snull_queue *queue);
	void (*stop)(struct snull_queue *queue);
	struct list_head node;
};

int snull_rx_register(struct snull_rx_ops *ops);
void snull_rx_unregister(struct snull_rx_ops *ops);

/* ---- the tools that a path works with ----------------------------------- */

u32 snull_int_cause(struct snull_queue *queue);
void snull_int_enable(struct snull_queue *queue, u32 causes);
void snull_int_disable(struct snull_queue *queue, u32 causes);
bool snull_int_missed(struct snull_queue *queue, u32 causes);
void snull_int_again(struct snull_queue *queue);

struct sk_buff *snull_rx_next(struct snull_queue *queue);
bool snull_rx_pending(const struct snull_queue *queue);
void snull_rx_done(struct snull_queue *queue);
void snull_tx_clean(struct snull_queue *queue, int budget);

void snull_poll_begin(struct snull_queue *queue, int budget);
void snull_poll_end(struct snull_queue *queue, int work, int budget,
		    bool complete);

/* ---- the paths that snull.ko brings along ------------------------------- */

extern struct snull_rx_ops snull_rx_netif_rx;
extern struct snull_rx_ops snull_rx_napi;
extern struct snull_rx_ops snull_rx_legacy;

/* The emulation under path 2: ../legacy-poll/carrier.c. */
int snull_softnet_init(void);
void snull_softnet_exit(void);

#endif /* SNULL_RX_H */
