// SPDX-License-Identifier: GPL-2.0-only
/*
 * softnet.c - net_rx_action() as Linux 2.6 had it, and its poll lists.
 *
 * Nothing here knows of today's NAPI, or even which CPU it runs on: a struct
 * softnet_26 is handed in, so that the KUnit tests can drive one by hand.
 *
 * Read next: carrier.c.
 */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/jiffies.h>

#include "softnet.h"

/* 2.6's net.core.netdev_budget. */
#define NETDEV_BUDGET_26	300

/**
 * softnet_setup() - initialize one CPU's scheduler
 * @sn: the scheduler, not yet in use
 *
 * Context: any.  The budget of 300 packets and the limit of one jiffy are
 * those that net_rx_action() of 2.6.23 had.
 */
void softnet_setup(struct softnet_26 *sn)
{
	raw_spin_lock_init(&sn->lock);
	INIT_LIST_HEAD(&sn->poll_list);
	sn->netdev_budget = NETDEV_BUDGET_26;
	sn->time_limit = 1;
}

/**
 * register_netdev_26() - let a device be polled
 * @dev: the device, with @poll, @weight, @name and @priv filled in
 *
 * Polling is disabled until netif_poll_enable().  2.6 needed no such call:
 * register_netdev() did this along with everything else.
 *
 * Context: process.
 * Return: 0, or -EINVAL if the device could never get a turn.
 */
int register_netdev_26(struct net_device_26 *dev)
{
	if (!dev->poll || dev->weight < 1)
		return -EINVAL;
	INIT_LIST_HEAD(&dev->poll_list);
	dev->quota = 0;
	dev->softnet = NULL;
	dev->state = BIT(__LINK_STATE_RX_SCHED);
	return 0;
}
EXPORT_SYMBOL_GPL(register_netdev_26);

/**
 * unregister_netdev_26() - the device will be polled no more
 * @dev: the device, its polling disabled
 *
 * Context: process.  The device may be freed afterwards.
 */
void unregister_netdev_26(struct net_device_26 *dev)
{
	WARN(test_bit(__LINK_STATE_START, &dev->state),
	     "%s: unregistered while polling is enabled\n", dev->name);
}
EXPORT_SYMBOL_GPL(unregister_netdev_26);

/**
 * netif_poll_enable() - allow a device to be scheduled
 * @dev: a device that is registered and disabled
 *
 * Context: any.  From 2.6's function of this name, and dev_open().
 */
void netif_poll_enable(struct net_device_26 *dev)
{
	set_bit(__LINK_STATE_START, &dev->state);
	clear_bit_unlock(__LINK_STATE_RX_SCHED, &dev->state);
}
EXPORT_SYMBOL_GPL(netif_poll_enable);

/**
 * netif_poll_disable() - take a device out of polling and keep it out
 * @dev: a device whose polling is enabled
 *
 * When this returns, @dev->poll does not run and will not run.  From 2.6's
 * function of this name, and dev_close(); unlike them it also waits for a
 * poll that has called netif_rx_complete() but not yet returned.
 *
 * Context: process, may sleep.
 */
void netif_poll_disable(struct net_device_26 *dev)
{
	clear_bit(__LINK_STATE_START, &dev->state);
	while (test_and_set_bit(__LINK_STATE_RX_SCHED, &dev->state))
		usleep_range(1000, 2000);
	synchronize_net();
}
EXPORT_SYMBOL_GPL(netif_poll_disable);

/**
 * netif_rx_schedule_prep() - claim a device for polling
 * @dev: the device
 *
 * Context: any.
 * Return: true if the caller now must call __netif_rx_schedule(); false if the
 * device is scheduled already, or disabled.
 */
bool netif_rx_schedule_prep(struct net_device_26 *dev)
{
	return test_bit(__LINK_STATE_START, &dev->state) &&
	       !test_and_set_bit(__LINK_STATE_RX_SCHED, &dev->state);
}
EXPORT_SYMBOL_GPL(netif_rx_schedule_prep);

/**
 * softnet_refill() - give a device the quota for its next turn
 * @dev: the device, owned by the caller
 *
 * A driver that delivered more than its quota pays it back here.
 *
 * Context: any.  The rule is that of net_rx_action() and
 * __netif_rx_schedule() of 2.6.
 */
void softnet_refill(struct net_device_26 *dev)
{
	if (dev->quota < 0)
		dev->quota += dev->weight;
	else
		dev->quota = dev->weight;
}

/**
 * softnet_add() - put a device at the tail of a poll list
 * @sn: whose list
 * @dev: the device, claimed by netif_rx_schedule_prep()
 *
 * Context: any, hard interrupts included.
 */
void softnet_add(struct softnet_26 *sn, struct net_device_26 *dev)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&sn->lock, flags);
	dev->softnet = sn;
	list_add_tail(&dev->poll_list, &sn->poll_list);
	raw_spin_unlock_irqrestore(&sn->lock, flags);
}

/**
 * netif_rx_complete() - take a device off its poll list
 * @dev: the device
 *
 * From here on an interrupt may schedule it again, on any CPU: the caller
 * enables interrupts, touches nothing else of the device, and returns 0.
 *
 * Context: only in @dev's poll function.
 */
void netif_rx_complete(struct net_device_26 *dev)
{
	struct softnet_26 *sn = dev->softnet;
	unsigned long flags;

	if (WARN(!test_bit(__LINK_STATE_RX_SCHED, &dev->state),
		 "%s: completed but not scheduled\n", dev->name))
		return;
	raw_spin_lock_irqsave(&sn->lock, flags);
	list_del_init(&dev->poll_list);
	clear_bit_unlock(__LINK_STATE_RX_SCHED, &dev->state);
	raw_spin_unlock_irqrestore(&sn->lock, flags);
}
EXPORT_SYMBOL_GPL(netif_rx_complete);

static struct net_device_26 *softnet_head(struct softnet_26 *sn)
{
	struct net_device_26 *dev;
	unsigned long flags;

	raw_spin_lock_irqsave(&sn->lock, flags);
	dev = list_first_entry_or_null(&sn->poll_list, struct net_device_26,
				       poll_list);
	raw_spin_unlock_irqrestore(&sn->lock, flags);
	return dev;
}

/**
 * softnet_idle() - is no device waiting?
 * @sn: the scheduler
 *
 * Context: any; the answer holds only while nobody can add a device.
 * Return: true if the poll list is empty.
 */
bool softnet_idle(struct softnet_26 *sn)
{
	return !softnet_head(sn);
}

/**
 * softnet_move() - hand all waiting devices to another CPU's scheduler
 * @from: their scheduler; the caller is the only one that may run it
 * @to: where they queue up, in the same order, behind those already there
 *
 * 2.6 had nothing of the kind: its dev_cpu_callback() left the poll list of a
 * CPU that went away where it was.  Today's dev_cpu_dead() takes it along.
 *
 * Context: softirq.
 */
void softnet_move(struct softnet_26 *from, struct softnet_26 *to)
{
	struct net_device_26 *dev;
	unsigned long flags;
	LIST_HEAD(moving);

	raw_spin_lock_irqsave(&from->lock, flags);
	list_splice_init(&from->poll_list, &moving);
	from->in_action = false;
	from->in_turn = false;
	raw_spin_unlock_irqrestore(&from->lock, flags);

	raw_spin_lock_irqsave(&to->lock, flags);
	list_for_each_entry(dev, &moving, poll_list)
		dev->softnet = to;
	list_splice_tail(&moving, &to->poll_list);
	raw_spin_unlock_irqrestore(&to->lock, flags);
}

/* Begin a run, or go on with the one that the end of a slice interrupted. */
static void softnet_resume(struct softnet_26 *sn)
{
	if (sn->in_action) {
		/* 2.6 never left in mid-run: time away does not count. */
		sn->start_time += jiffies - sn->left_at;
		return;
	}
	sn->in_action = true;
	sn->budget = sn->netdev_budget;
	sn->start_time = jiffies;
	sn->rounds++;
}

/* Is the run over?  2.6 looked between turns; a turn itself it let finish. */
static bool softnet_is_over(const struct softnet_26 *sn)
{
	return !sn->in_turn &&
	       (sn->budget <= 0 || jiffies - sn->start_time > sn->time_limit);
}

/* Call dev->poll(), which sees no more of the budget than the slice allows. */
static int softnet_poll_one(struct softnet_26 *sn, struct net_device_26 *dev,
			    int *slice)
{
	int allowed = min(sn->budget, *slice);
	int budget = allowed;
	int again = dev->poll(dev, &budget);
	int work = allowed - budget;

	sn->budget -= work;
	sn->packets += work;
	*slice -= work;
	return again;
}

/* The device has more to do: at the tail, or here if only the slice is over. */
static void softnet_requeue(struct softnet_26 *sn, struct net_device_26 *dev,
			    int slice)
{
	unsigned long flags;

	/* 2.6 left it to each driver's poll to notice that it was closed. */
	if (!test_bit(__LINK_STATE_START, &dev->state)) {
		netif_rx_complete(dev);
		return;
	}
	if (slice <= 0 && sn->budget > 0 && dev->quota > 0) {
		sn->in_turn = true;
		return;
	}
	raw_spin_lock_irqsave(&sn->lock, flags);
	list_move_tail(&dev->poll_list, &sn->poll_list);
	raw_spin_unlock_irqrestore(&sn->lock, flags);
	softnet_refill(dev);
}

/**
 * net_rx_action_26() - serve the waiting devices in turn
 * @sn: the scheduler; no two callers may run the same one at once
 * @slice: how many packets the caller can take
 *
 * This is net_rx_action() of 2.6.23, a run of which ends when the list is
 * empty, or after 300 packets, or more than a jiffy.  A run may take several
 * calls: when @slice is used up the state stays in @sn, the device whose turn
 * it is stays at the head with what is left of its quota, and the next call
 * goes on from there.  So the devices' shares don't depend on @slice.
 *
 * Context: softirq (or a KUnit test), hard interrupts enabled.
 * Return: packets delivered, at most @slice unless a driver cheats.  If
 * devices are left on the list, call again.
 */
int net_rx_action_26(struct softnet_26 *sn, int slice)
{
	struct net_device_26 *dev;
	int left = slice;

	if (softnet_idle(sn))
		return 0;
	softnet_resume(sn);
	while ((dev = softnet_head(sn))) {
		if (softnet_is_over(sn)) {
			sn->time_squeeze++;
			break;
		}
		if (left <= 0) {
			sn->left_at = jiffies;
			return slice - left;
		}
		sn->in_turn = false;
		if (dev->quota <= 0 || softnet_poll_one(sn, dev, &left))
			softnet_requeue(sn, dev, left);
	}
	sn->in_action = false;
	return slice - left;
}
