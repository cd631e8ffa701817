// SPDX-License-Identifier: GPL-2.0-only
/*
 * reshape.c - an interface changes its shape: how many queues it has, and what
 * rings.
 *
 * A change on a running interface makes everything new before it touches
 * anything old, so that without memory the interface runs on as it was.  Other
 * rings (ethtool -G, XDP) take all queues out of service meanwhile.  Another number
 * of queues (ethtool -L) does not: those that stay never stop, with what is in
 * their rings; only what waits in one that goes is lost.
 *
 * Read first: open.c.  Read next: rings.c, the rings; ethtool_rss.c, how flows
 * are spread.
 */
#include <linux/ethtool.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "compat.h"
#include "snull.h"

/**
 * snull_spread_senders() - send from the CPU that completions come back to
 * @priv: a registered interface
 * @from: first of its queues that are new; what has been set for others stays
 *
 * Sets XPS; echo to /sys/class/net/sn0/queues/tx-0/xps_cpus sets another.
 *
 * Context: process.
 */
void snull_spread_senders(struct snull_priv *priv, unsigned int from)
{
	unsigned int i;

	for (i = from; i < priv->shape.queues; i++)
		netif_set_xps_queue(priv->dev,
				    cpumask_of(nic_irq_cpu(priv->nic, i)), i);
}

/**
 * snull_shape_settle() - use as many queues as the shape says
 * @priv: the interface, not running or halted
 * @shape: the shape, which becomes the interface's
 *
 * Context: process, RTNL held, or before registration.
 * Return: 0, or a negative errno with nothing changed.
 */
int snull_shape_settle(struct snull_priv *priv, const struct snull_shape *shape)
{
	int err = netif_set_real_num_queues(priv->dev, shape->queues,
					    shape->queues);

	if (err)
		return err;
	if (shape->queues != priv->shape.queues)
		snull_rss_follow(priv, shape->queues);
	priv->shape = *shape;
	/* They follow from the headroom, which says that XDP is on. */
	snull_write_features(priv, priv->dev->features);
	return 0;
}

/* ---- other rings -------------------------------------------------------------- */

/**
 * snull_ring_round() - the ring size that a request gets
 * @size: slots asked for, NIC_RING_MIN to NIC_RING_MAX
 *
 * Context: any.
 * Return: the next power of two.
 */
u32 snull_ring_round(u32 size)
{
	return roundup_pow_of_two(size);
}

static int snull_rings_alloc_all(struct snull_priv *priv,
				 struct snull_rings *rings, unsigned int n,
				 const struct snull_shape *shape)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = snull_rings_alloc(&priv->queues[i], &rings[i], priv->ops,
					shape);
		if (err)
			goto undo;
	}
	return 0;
undo:
	while (i--)
		snull_rings_free(&priv->queues[i], &rings[i]);
	return err;
}

/* Halt, put @rings in the place of those that are in use, and run. */
static int snull_reshape_switch(struct snull_priv *priv,
				struct snull_rings *rings,
				const struct snull_shape *shape)
{
	unsigned int i;
	int err;

	snull_halt(priv, nic_halt);
	err = snull_shape_settle(priv, shape);
	for (i = 0; i < priv->shape.queues; i++) {
		if (!err)
			swap(priv->queues[i].rings, rings[i]);
		/* A page_pool goes while its NAPI is disabled. */
		snull_rings_free(&priv->queues[i], &rings[i]);
	}
	snull_run(priv);
	return err;
}

/**
 * snull_reshape() - give an interface other rings
 * @priv: the interface
 * @shape: what they shall be, for as many queues as it has
 *
 * Makes all the new rings before it touches the old ones.  Packets in the old
 * rings are lost, and counted; the link stays up.
 *
 * Context: process, RTNL held.
 * Return: 0, or a negative errno with the interface running as before.
 */
int snull_reshape(struct snull_priv *priv, const struct snull_shape *shape)
{
	struct snull_rings *rings;
	int err;

	if (!memcmp(shape, &priv->shape, sizeof(*shape)))
		return 0;
	if (!netif_running(priv->dev))
		return snull_shape_settle(priv, shape);
	rings = kcalloc(shape->queues, sizeof(*rings), GFP_KERNEL);
	if (!rings)
		return -ENOMEM;
	err = snull_rings_alloc_all(priv, rings, shape->queues, shape);
	if (!err)
		err = snull_reshape_switch(priv, rings, shape);
	kfree(rings);
	return err;
}

/* ---- more queues, or fewer ---------------------------------------------------- */

/* From here on, senders and XDP find so many in use. */
static void snull_queues_use(struct snull_priv *priv, unsigned int queues)
{
	/* Their rings first: snull_queues_in_use(). */
	smp_store_release(&priv->shape.queues, queues);
}

static int snull_queues_add(struct snull_priv *priv,
			    const struct snull_shape *shape)
{
	unsigned int old = priv->shape.queues, queues = shape->queues;
	int err;

	err = snull_queues_open(priv, old, shape);
	if (err)
		return err;
	snull_queues_run(priv, old, queues);
	snull_queues_use(priv, queues);
	err = netif_set_real_num_queues(priv->dev, queues, queues);
	if (err) {
		snull_queues_use(priv, old);
		snull_queues_halt(priv, old, queues);
		snull_queues_close(priv, old, queues);
		return err;
	}
	snull_xdp_open(priv);
	/* Last: the stack knows a queue that a frame comes from. */
	snull_rss_follow(priv, queues);
	return 0;
}

/* Nothing of this can fail: the kernel does not refuse fewer. */
static void snull_queues_remove(struct snull_priv *priv, unsigned int queues)
{
	unsigned int old = priv->shape.queues;

	snull_rss_follow(priv, queues);
	/* Senders that choose anew choose others, before these are deaf. */
	netif_set_real_num_tx_queues(priv->dev, queues);
	snull_queues_use(priv, queues);
	snull_queues_halt(priv, queues, old);
	netif_set_real_num_rx_queues(priv->dev, queues);
	snull_queues_close(priv, queues, old);
}

/**
 * snull_set_queues() - give an interface more queues, or fewer
 * @priv: the interface
 * @queues: how many it shall have, which snull_rss_can_follow()
 *
 * Those that it has before and after run on.  What waits in those that go is
 * lost, and counted.
 *
 * Context: process, RTNL held.
 * Return: 0, or a negative errno with nothing changed.
 */
int snull_set_queues(struct snull_priv *priv, unsigned int queues)
{
	struct snull_shape shape = priv->shape;
	unsigned int old = shape.queues;
	int err = 0;

	shape.queues = queues;
	if (!netif_running(priv->dev))
		err = snull_shape_settle(priv, &shape);
	else if (queues > old)
		err = snull_queues_add(priv, &shape);
	else if (queues < old)
		snull_queues_remove(priv, queues);
	if (!err)
		snull_spread_senders(priv, old);
	return err;
}
