// SPDX-License-Identifier: GPL-2.0-only
/*
 * reset.c - what happens when a transmit queue hangs.
 *
 * The network core's watchdog looks only at queues that are stopped; one that
 * hangs half empty would hang for ever.  So now and then a check of our own asks
 * who cleans the ring to stop a queue whose hardware stands still, as igb does
 * (snull_tx_check()).  The watchdog then calls
 * snull_tx_timeout() from its timer, in softirq context; the reset has to
 * sleep, so that schedules a work item.
 *
 * The same check looks for receive rings that there was no memory for
 * (snull_rx_check() in rx_bufs.c).
 *
 * Read next: nic_set_lockup() in nic/core.c, which breaks a queue on purpose;
 * ethtool.c, where what is counted can be seen.
 */
#include <linux/rtnetlink.h>

#include "compat.h"
#include "snull.h"

/* How far it has come: a large packet is many frames, and takes its time. */
static u32 snull_tx_moves(const struct snull_queue *queue)
{
	struct nic_tx_stats stats;

	nic_tx_get_stats(queue->nic, queue->index, &stats);
	return nic_tx_head(queue->nic, queue->index) + (u32)stats.frames;
}

/* Has it moved since the last check?  Who is paused stands still by right. */
static bool snull_tx_lives(const struct snull_queue *queue, u32 moves)
{
	/* Before the watchdog's time, which snull_tx_check() writes first. */
	u32 checked = smp_load_acquire(&queue->checked);

	return nic_tx_paused(queue->nic, queue->index) || moves != checked;
}

/**
 * snull_tx_check() - does a queue stand still?
 * @queue: the queue
 * @head: where its hardware is
 *
 * The network core's watchdog looks only at queues that are stopped, so stop
 * one that stands still.  If it moves after all, a completion wakes it.
 *
 * Context: any, by who cleans the ring.
 */
void snull_tx_check(struct snull_queue *queue, u32 head)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	u32 rung = READ_ONCE(queue->rings.tx_rung); /* before it may move */
	u32 moves = snull_tx_moves(queue);
	bool lives = snull_tx_lives(queue, moves);

	if (lives)
		txq_trans_cond_update(txq);
	/*
	 * What no doorbell has told of, the NIC need not send; and who had sent
	 * all by the last check has not stood still since.  Stopping it again
	 * would start the watchdog's time again.
	 */
	else if (head != rung && head != queue->owed &&
		 !netif_xmit_stopped(txq))
		netif_tx_stop_queue(txq);
	queue->owed = rung;
	/* The watchdog's time first: snull_tx_timeout() reads it last. */
	smp_store_release(&queue->checked, moves);
}

/*
 * The next one comes before the watchdog's time is up, if that is eight ticks or
 * more: it may have to be told that a queue is paused.
 */
static void snull_hang_check_later(struct snull_priv *priv)
{
	schedule_delayed_work(&priv->hang_check,
			      priv->dev->watchdog_timeo -
			      priv->dev->watchdog_timeo / 8);
}

static void snull_hang_check_queue(struct snull_queue *queue)
{
	snull_rx_check(queue);
	set_bit(SNULL_QUEUE_CHECK, &queue->state);
	local_bh_disable();
	snull_tx_clean(queue, 0);
	local_bh_enable();
}

static void snull_hang_check(struct work_struct *work)
{
	struct snull_priv *priv = container_of(work, struct snull_priv,
					       hang_check.work);
	unsigned int i;

	for (i = 0; i < snull_queues_in_use(priv); i++)
		snull_hang_check_queue(&priv->queues[i]);
	snull_hang_check_later(priv);
}

/**
 * snull_hang_check_start() - begin to look for hung transmit queues
 * @priv: an interface that has just started to run
 *
 * Context: process.
 */
void snull_hang_check_start(struct snull_priv *priv)
{
	snull_hang_check_later(priv);
}

/**
 * snull_hang_check_stop() - stop looking
 * @priv: an interface that is about to stop
 *
 * Context: process, sleeps until a running check has ended.
 */
void snull_hang_check_stop(struct snull_priv *priv)
{
	cancel_delayed_work_sync(&priv->hang_check);
}

/**
 * snull_hang_check_wait() - wait for a check that has seen more queues in use
 * @priv: an interface that is up
 *
 * Context: process, sleeps until a running check has ended.
 */
void snull_hang_check_wait(struct snull_priv *priv)
{
	flush_work(&priv->hang_check.work);
}

static void snull_reset_work(struct work_struct *work)
{
	struct snull_priv *priv = container_of(work, struct snull_priv, reset);

	rtnl_lock();
	netdev_lock_ops(priv->dev);
	/* Somebody who had the RTNL before us may have made all anew. */
	if (netif_running(priv->dev) && netif_device_present(priv->dev) &&
	    READ_ONCE(priv->hung)) {
		snull_restart(priv);
		priv->resets++;
		netdev_warn(priv->dev,
			    "transmit queue hung, NIC reset (%lu so far)\n",
			    priv->resets);
	}
	netdev_unlock_ops(priv->dev);
	rtnl_unlock();
}

/* Is the queue one of those that the watchdog tells of? */
static bool snull_tx_late(const struct netdev_queue *txq)
{
	return netif_xmit_stopped(txq) &&
	       time_after(jiffies, READ_ONCE(txq->trans_start) +
				   txq->dev->watchdog_timeo);
}

/*
 * Has it, as far as anybody has looked, stood still for the watchdog's time?  One
 * that lives is late only because the hang check is, and that may be for ever, if
 * something has its CPU: so this was a look, too.
 */
static bool snull_tx_hangs(struct snull_queue *queue)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	u32 moves = snull_tx_moves(queue);
	bool lives = snull_tx_lives(queue, moves);

	/* Last: the hang check may have looked just now. */
	if (!snull_tx_late(txq))
		return false;
	if (!lives)
		return true;
	txq_trans_cond_update(txq);
	WRITE_ONCE(queue->checked, moves);
	return false;
}

/**
 * snull_tx_timeout() - ndo_tx_timeout: the watchdog found a hung queue
 * @dev: the interface
 * @txqueue: the first such queue; the reset takes care of all of them
 *
 * Context: softirq, the interface's transmit lock held by dev_watchdog().
 */
void snull_tx_timeout(struct net_device *dev, unsigned int txqueue)
{
	struct snull_priv *priv = netdev_priv(dev);
	bool hung = false;
	unsigned int i;

	/* The watchdog tells of the first one, and others may be behind it. */
	for (i = txqueue; i < snull_queues_in_use(priv); i++)
		hung |= snull_tx_hangs(&priv->queues[i]);
	if (!hung)
		return;
	priv->tx_timeouts++;
	WRITE_ONCE(priv->hung, true);
	schedule_work(&priv->reset);
}

/**
 * snull_reset_init() - prepare the work items
 * @priv: a new interface
 *
 * Context: process.
 */
void snull_reset_init(struct snull_priv *priv)
{
	INIT_WORK(&priv->reset, snull_reset_work);
	INIT_DELAYED_WORK(&priv->hang_check, snull_hang_check);
}
