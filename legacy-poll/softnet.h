/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * softnet.h - the receive scheduler of Linux 2.4.20 to 2.6.23, brought back.
 *
 * In those kernels a driver that wanted to be polled put itself, its struct
 * net_device, on a list of the CPU that took its interrupt; the receive
 * softirq walked that list.  NAPI objects of their own (struct napi_struct)
 * came with 2.6.24 and swept all this away.  Here it is again, under its old
 * names, so that a driver written as in LDD3, chapter 17, can be read, run
 * and measured on today's kernel.
 *
 * What a driver sees of the difference: what 2.6 kept in struct net_device is
 * kept in struct net_device_26, because those fields are gone from the real
 * one; so it registers that itself, and enables and disables its polling.
 *
 * Read first: rx_legacy.c, a driver that uses this.  Read next: softnet.c,
 * the scheduler itself, then carrier.c, which runs it in today's softirq.
 */
#ifndef SNULL_SOFTNET_H
#define SNULL_SOFTNET_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/spinlock.h>

struct softnet_26;

/* 2.6's name for "on a poll list"; beyond the bits that today's kernel uses. */
#define __LINK_STATE_RX_SCHED	16

/**
 * struct net_device_26 - the fields of 2.6's struct net_device that polling
 *	needed
 * @poll: take up to min(*budget, @quota) packets off the hardware, subtract
 *	their number from both; return 0 after netif_rx_complete(), or 1 if
 *	there is more to do.  Softirq context.
 * @quota: packets that the device may still deliver in its turn
 * @weight: packets that it gets for each turn; set before
 *	register_netdev_26()
 * @state: __LINK_STATE_START and __LINK_STATE_RX_SCHED.  Whoever set the
 *	latter owns @quota, @poll_list and @softnet.
 * @poll_list: its place on a CPU's list
 * @softnet: the CPU's scheduler whose list that is (2.6 had no need to know)
 * @name: for messages
 * @priv: the driver's
 */
struct net_device_26 {
	int (*poll)(struct net_device_26 *dev, int *budget);
	int quota;
	int weight;
	unsigned long state;
	struct list_head poll_list;
	struct softnet_26 *softnet;
	const char *name;
	void *priv;
};

/**
 * struct softnet_26 - one CPU's scheduler: 2.6's struct softnet_data, and
 *	what net_rx_action() had on its stack
 * @lock: protects @poll_list
 * @poll_list: devices waiting for their turn; the head's turn it is
 * @netdev_budget: packets for one run of the softirq
 * @time_limit: the run ends when more jiffies than this have passed
 * @in_action: a run has begun and is not over
 * @in_turn: so has the turn of the device at the head
 * @budget: packets left in the run
 * @start_time: when it began, in jiffies, less the time spent elsewhere
 * @left_at: when the last slice of the run ended
 * @rounds: runs so far
 * @time_squeeze: runs that ended with devices still waiting
 * @packets: packets so far
 * @napi: what carries it today, see carrier.c
 */
struct softnet_26 {
	raw_spinlock_t lock;
	struct list_head poll_list;

	/* From here on: only for whoever runs net_rx_action_26(). */
	int netdev_budget;
	unsigned long time_limit;
	bool in_action;
	bool in_turn;
	int budget;
	unsigned long start_time;
	unsigned long left_at;
	unsigned long rounds;
	unsigned long time_squeeze;
	unsigned long packets;

	struct napi_struct napi;
};

/* ---- what a driver of 2.6 called ---------------------------------------- */

int register_netdev_26(struct net_device_26 *dev);
void unregister_netdev_26(struct net_device_26 *dev);
void netif_poll_enable(struct net_device_26 *dev);
void netif_poll_disable(struct net_device_26 *dev);

bool netif_rx_schedule_prep(struct net_device_26 *dev);
void __netif_rx_schedule(struct net_device_26 *dev);
void netif_rx_schedule(struct net_device_26 *dev);
int netif_rx_reschedule(struct net_device_26 *dev, int undo);
void netif_rx_complete(struct net_device_26 *dev);

/* ---- the scheduler, between softnet.c and carrier.c --------------------- */

void softnet_setup(struct softnet_26 *sn);
void softnet_add(struct softnet_26 *sn, struct net_device_26 *dev);
void softnet_refill(struct net_device_26 *dev);
bool softnet_idle(struct softnet_26 *sn);
void softnet_move(struct softnet_26 *from, struct softnet_26 *to);
int net_rx_action_26(struct softnet_26 *sn, int slice);

#endif /* SNULL_SOFTNET_H */
