/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat_napi.h - the differences between kernels in what has to do with NAPI
 * instances, queues and their page pools.  compat.h includes it.
 */
#ifndef SNULL_COMPAT_NAPI_H
#define SNULL_COMPAT_NAPI_H

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "compat_core.h"

#if SNULL_KERNEL_SINCE(6, 12)
#define SNULL_HAVE_QUEUE_MGMT
#endif

#if SNULL_KERNEL_SINCE(6, 14)
#include <net/netdev_rx_queue.h>
#endif
#if SNULL_KERNEL_SINCE(6, 15)
#include <net/netdev_lock.h>
#endif

/* ---- NAPI instances ------------------------------------------------------- */

/*
 * From 6.15 on, an interface with queue_mgmt_ops is opened, closed and set with
 * its own lock held, which these calls would take: so they go to their _locked
 * forms, for receive paths, too.  Path 2's carrier is no such interface.
 */
#if SNULL_KERNEL_SINCE(6, 15)
static inline void snull_napi_enable(struct napi_struct *napi)
{
	if (napi->dev->queue_mgmt_ops)
		napi_enable_locked(napi);
	else
		napi_enable(napi);
}

static inline void snull_napi_disable(struct napi_struct *napi)
{
	if (napi->dev->queue_mgmt_ops)
		napi_disable_locked(napi);
	else
		napi_disable(napi);
}

static inline void snull_netif_napi_del(struct napi_struct *napi)
{
	if (napi->dev->queue_mgmt_ops)
		netif_napi_del_locked(napi);
	else
		netif_napi_del(napi);
}

#define napi_enable	snull_napi_enable
#define napi_disable	snull_napi_disable
#define netif_napi_del	snull_netif_napi_del
#define netif_napi_add_config	netif_napi_add_config_locked
#else
/* Before that, there is the RTNL, and nothing else. */
static inline void netdev_lock_ops(struct net_device *dev) {}
static inline void netdev_unlock_ops(struct net_device *dev) {}
#endif

/* The weight was an argument before. */
#if !SNULL_KERNEL_SINCE(6, 1)
#define netif_napi_add(dev, napi, poll)					\
	netif_napi_add(dev, napi, poll, NAPI_POLL_WEIGHT)
#endif

/*
 * From 6.13 on, a NAPI instance with an index keeps its id and its settings
 * while the interface is down.
 */
#if !SNULL_KERNEL_SINCE(6, 13)
#define netif_napi_add_config(dev, napi, poll, index)			\
	netif_napi_add(dev, napi, poll)
#endif

/* From 6.8 on, netlink tells which NAPI and interrupt serve which queue. */
#if !SNULL_KERNEL_SINCE(6, 8)
#define netif_queue_set_napi(dev, queue, type, napi)	((void)(napi))
#define netif_napi_set_irq_locked(napi, irq)		((void)(napi))
#elif !SNULL_KERNEL_SINCE(6, 15)
#define netif_napi_set_irq_locked	netif_napi_set_irq
#endif

/* ---- page pools ------------------------------------------------------------- */

static inline void snull_page_pool_set_queue(struct page_pool_params *params,
					     struct net_device *dev,
					     unsigned int queue)
{
#if SNULL_KERNEL_SINCE(6, 8)
	params->netdev = dev;
#endif
#if SNULL_KERNEL_SINCE(6, 15)
	params->queue_idx = queue;
#endif
}

/* From 6.4 on, pages freed in the pool's own NAPI skip its ptr_ring. */
#if !SNULL_KERNEL_SINCE(7, 0)
static inline void page_pool_enable_direct_recycling(struct page_pool *pool,
						     struct napi_struct *napi)
{
#if SNULL_KERNEL_SINCE(6, 4)
	WRITE_ONCE(pool->p.napi, napi);
#endif
#if SNULL_KERNEL_SINCE(6, 8) && !SNULL_KERNEL_SINCE(6, 14)
	/* What netlink says of it, which is settled early otherwise. */
	pool->user.napi_id = napi->napi_id;
#endif
}
#endif

/* ---- restarting a queue ------------------------------------------------------ */

#ifdef SNULL_HAVE_QUEUE_MGMT
/* The configuration of a single queue is an argument from 7.0 on. */
#if SNULL_KERNEL_SINCE(7, 0)
#define SNULL_QCFG_ARG		struct netdev_queue_config *qcfg,
#else
#define SNULL_QCFG_ARG
#endif

/* netdev_rx_queue_restart() can be called by modules from 6.14 on. */
#if SNULL_KERNEL_SINCE(6, 14)
#define SNULL_QUEUE_MGMT_IMPORT	MODULE_IMPORT_NS("NETDEV_INTERNAL")
#else
#define SNULL_QUEUE_MGMT_IMPORT	static_assert(true)
static inline int netdev_rx_queue_restart(struct net_device *dev,
					  unsigned int rxq)
{
	const struct netdev_queue_mgmt_ops *ops = dev->queue_mgmt_ops;
	void *fresh = kvzalloc(ops->ndo_queue_mem_size, GFP_KERNEL);
	void *used = kvzalloc(ops->ndo_queue_mem_size, GFP_KERNEL);
	int err = -ENOMEM;

	ASSERT_RTNL();
	if (!fresh || !used)
		goto free;
	err = ops->ndo_queue_mem_alloc(dev, fresh, rxq);
	if (err)
		goto free;
	err = ops->ndo_queue_stop(dev, used, rxq);
	if (!err) {
		err = ops->ndo_queue_start(dev, fresh, rxq);
		if (!err)
			swap(fresh, used);
		else
			WARN_ON(ops->ndo_queue_start(dev, used, rxq));
	}
	ops->ndo_queue_mem_free(dev, fresh);
free:
	kvfree(fresh);
	kvfree(used);
	return err;
}
#endif
#endif

#endif /* SNULL_COMPAT_NAPI_H */
