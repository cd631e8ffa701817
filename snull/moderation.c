// SPDX-License-Identifier: GPL-2.0-only
/*
 * moderation.c - interrupt moderation as ethtool -c and -C have it, for the
 * interface or by queue, and adaptive: the kernel's DIM library watches how
 * many packets come and chooses the delay (Documentation/networking/
 * net_dim.rst).
 *
 * Read next: nic/moderation.c, the hardware.
 */
#include <linux/dim.h>
#include <linux/ethtool.h>

#include "compat.h"
#include "snull.h"

/* ---- adaptive ------------------------------------------------------------- */

/* DIM has decided. */
static void snull_dim_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct snull_queue *queue = container_of(dim, struct snull_queue, dim);
	struct dim_cq_moder moder;
	struct nic_moderation set;

	moder = net_dim_get_rx_moderation(dim->mode, dim->profile_ix);
	mutex_lock(&queue->moderation);
	nic_get_moderation(queue->nic, queue->index, &set);
	/* Not the frames: they would outlive adaptive moderation. */
	set.rx_usecs = moder.usec;
	nic_set_moderation(queue->nic, queue->index, &set);
	mutex_unlock(&queue->moderation);
	dim->state = DIM_START_MEASURE;
}

/**
 * snull_moderation_sample() - let DIM see how much has come
 * @queue: a queue with adaptive moderation
 *
 * Context: softirq, at the end of a poll, one at a time.
 */
void snull_moderation_sample(struct snull_queue *queue)
{
	struct dim_sample sample = {};

	/* It compares the low words only: without the syncps. */
	dim_update_sample(u64_stats_read(&queue->irq_stats.all),
			  u64_stats_read(&queue->rx_stats.packets),
			  u64_stats_read(&queue->rx_stats.bytes), &sample);
	net_dim(&queue->dim, &sample);
}

static void snull_adaptive_set(struct snull_queue *queue, bool on)
{
	if (on == queue->adaptive)
		return;
	WRITE_ONCE(queue->adaptive, on);
	if (on)
		return;
	/* A poll that still saw it on may have asked DIM meanwhile. */
	synchronize_net();
	cancel_work_sync(&queue->dim.work);
	queue->dim.state = DIM_START_MEASURE;
}

/**
 * snull_moderation_init() - prepare a queue's adaptive moderation
 * @queue: the queue
 *
 * Context: process.
 */
void snull_moderation_init(struct snull_queue *queue)
{
	mutex_init(&queue->moderation);
	INIT_WORK(&queue->dim.work, snull_dim_work);
	queue->dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
}

/**
 * snull_moderation_exit() - stop a queue's adaptive moderation
 * @queue: the queue; nothing polls it any more
 *
 * Context: process, may sleep.
 */
void snull_moderation_exit(struct snull_queue *queue)
{
	/* DIM waits for what it has decided: it must not get lost. */
	if (cancel_work_sync(&queue->dim.work))
		snull_dim_work(&queue->dim.work);
}

/* ---- ethtool ------------------------------------------------------------------ */

static void snull_queue_get_coalesce(const struct snull_queue *queue,
				     struct ethtool_coalesce *coal)
{
	struct nic_moderation set;

	nic_get_moderation(queue->nic, queue->index, &set);
	coal->rx_coalesce_usecs = set.rx_usecs;
	coal->rx_max_coalesced_frames = set.rx_frames;
	coal->tx_coalesce_usecs = set.tx_usecs;
	coal->tx_max_coalesced_frames = set.tx_frames;
	coal->use_adaptive_rx_coalesce = queue->adaptive;
}

static int snull_check_coalesce(const struct ethtool_coalesce *coal,
				struct netlink_ext_ack *extack)
{
	if (coal->rx_coalesce_usecs > NIC_MODER_USECS_MAX ||
	    coal->tx_coalesce_usecs > NIC_MODER_USECS_MAX) {
		NL_SET_ERR_MSG(extack, "rx-usecs and tx-usecs go up to 100000");
		return -EINVAL;
	}
	if (coal->rx_max_coalesced_frames > NIC_RING_MAX ||
	    coal->tx_max_coalesced_frames > NIC_RING_MAX) {
		NL_SET_ERR_MSG(extack, "rx-frames and tx-frames go up to 4096");
		return -EINVAL;
	}
	/* The frames before the last one would wait for it for ever. */
	if ((coal->rx_max_coalesced_frames > 1 && !coal->rx_coalesce_usecs) ||
	    (coal->tx_max_coalesced_frames > 1 && !coal->tx_coalesce_usecs)) {
		NL_SET_ERR_MSG(extack, "frames can only wait with a limit of time: set usecs, too");
		return -EINVAL;
	}
	return 0;
}

static void snull_queue_set_coalesce(struct snull_queue *queue,
				     const struct ethtool_coalesce *coal)
{
	struct nic_moderation set = {
		.rx_usecs = coal->rx_coalesce_usecs,
		.rx_frames = coal->rx_max_coalesced_frames,
		.tx_usecs = coal->tx_coalesce_usecs,
		.tx_frames = coal->tx_max_coalesced_frames,
	};

	snull_adaptive_set(queue, coal->use_adaptive_rx_coalesce);
	mutex_lock(&queue->moderation);
	nic_set_moderation(queue->nic, queue->index, &set);
	mutex_unlock(&queue->moderation);
}

/**
 * snull_moderation_get() - ethtool -c
 * @dev: the interface
 * @coal: where to put the first queue's settings
 *
 * Context: process, RTNL held.
 */
void snull_moderation_get(struct net_device *dev, struct ethtool_coalesce *coal)
{
	struct snull_priv *priv = netdev_priv(dev);

	snull_queue_get_coalesce(&priv->queues[0], coal);
}

/**
 * snull_moderation_set() - ethtool -C, for all queues, in use or not
 * @dev: the interface
 * @coal: the settings
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL for a value out of range.
 */
int snull_moderation_set(struct net_device *dev,
			 const struct ethtool_coalesce *coal,
			 struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err = snull_check_coalesce(coal, extack);
	unsigned int i;

	for (i = 0; !err && i < priv->max_queues; i++)
		snull_queue_set_coalesce(&priv->queues[i], coal);
	return err;
}

/**
 * snull_get_per_queue_coalesce() - ethtool -Q sn0 … --show-coalesce
 * @dev: the interface
 * @index: which queue
 * @coal: where to put its settings
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL if there is no such queue.
 */
int snull_get_per_queue_coalesce(struct net_device *dev, u32 index,
				 struct ethtool_coalesce *coal)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (index >= priv->shape.queues)
		return -EINVAL;
	snull_queue_get_coalesce(&priv->queues[index], coal);
	return 0;
}

/**
 * snull_set_per_queue_coalesce() - ethtool -Q sn0 … --coalesce
 * @dev: the interface
 * @index: which queue
 * @coal: its settings
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL for a value out of range or no such queue.
 */
int snull_set_per_queue_coalesce(struct net_device *dev, u32 index,
				 struct ethtool_coalesce *coal)
{
	struct snull_priv *priv = netdev_priv(dev);
	int err = snull_check_coalesce(coal, NULL);

	if (err || index >= priv->shape.queues)
		return err ?: -EINVAL;
	snull_queue_set_coalesce(&priv->queues[index], coal);
	return 0;
}
