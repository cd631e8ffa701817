/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the differences between the kernels that snull supports, as
 * far as a network driver meets them.
 *
 * The driver is written for the newest kernel; what an older one lacks is
 * added here under the new name, by a macro where that name was another's before.
 * What has no name of the kernel's, or would need what its call does not say, is
 * snull_* or SNULL_*.
 *
 * Read next: compat_napi.h, the same for NAPI, queues and their page pools.
 */
#ifndef SNULL_COMPAT_H
#define SNULL_COMPAT_H

#include <linux/bpf.h>
#include <linux/device.h>
#include <linux/dim.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/net_tstamp.h>
#include <linux/platform_device.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/xdp.h>

#include "compat_core.h"

/* Drivers select these, but only those of the kernel's own tree. */
#if !IS_ENABLED(CONFIG_PAGE_POOL)
#error "snull needs a kernel with CONFIG_PAGE_POOL, which CONFIG_VETH selects, among others"
#endif
#if !IS_ENABLED(CONFIG_DIMLIB)
#error "snull needs a kernel with CONFIG_DIMLIB, which CONFIG_MLX5_CORE_EN selects, among others"
#endif

#if SNULL_KERNEL_SINCE(6, 6)
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

#if SNULL_KERNEL_SINCE(6, 4)
#include <net/netdev_queues.h>
#endif

#include "compat_napi.h"

/* What a kernel lacks, ethtool and netlink say to be unsupported. */
#if SNULL_KERNEL_SINCE(6, 10)
#define SNULL_HAVE_QSTATS
#endif
#if SNULL_KERNEL_SINCE(6, 12)			/* with keys of their own */
#define SNULL_HAVE_RSS_CONTEXTS
#endif
#if SNULL_KERNEL_SINCE(5, 18)			/* struct_group in them */
#define SNULL_HAVE_STAT_GROUPS
#endif
#if SNULL_KERNEL_SINCE(5, 18)			/* frames of several buffers */
#define SNULL_HAVE_XDP
#endif
#if SNULL_KERNEL_SINCE(5, 19) && defined(CONFIG_PAGE_POOL_STATS)
#define SNULL_HAVE_PAGE_POOL_STATS
#endif

/* 7.3 has them; no other kernel that we build for has. */
#if SNULL_KERNEL_SINCE(7, 3)
#define SNULL_RSS_RESIZES	1
#else
#define SNULL_RSS_RESIZES	0
static inline bool ethtool_rxfh_indir_can_resize(struct net_device *dev,
						 const u32 *tbl, u32 old_size,
						 u32 new_size)
{
	return old_size == new_size;
}

static inline int ethtool_rxfh_ctxs_can_resize(struct net_device *dev,
					       u32 new_indir_size)
{
	return 0;
}

static inline void ethtool_rxfh_ctxs_resize(struct net_device *dev,
					    u32 new_indir_size)
{
}
#endif

/* In a module of its own, as Debian 11 has it, nobody has loaded it for us. */
#if IS_BUILTIN(CONFIG_PTP_1588_CLOCK)
#define SNULL_HAVE_PTP
#endif

#if !SNULL_KERNEL_SINCE(6, 11)
#define kernel_ethtool_ts_info	ethtool_ts_info
#endif

/* Before 6.6 the configuration of time stamps was an ioctl of the driver's. */
#if !SNULL_KERNEL_SINCE(6, 6)
struct kernel_hwtstamp_config {
	int flags;
	int tx_type;
	int rx_filter;
};
#endif
#if !defined(SNULL_HAVE_PTP)
#define SNULL_HWTSTAMP_OPS
#elif SNULL_KERNEL_SINCE(6, 6)
#define SNULL_HWTSTAMP_OPS						\
	.ndo_hwtstamp_get	= snull_hwtstamp_get,			\
	.ndo_hwtstamp_set	= snull_hwtstamp_set,
#else
#define SNULL_HWTSTAMP_IOCTL
#if SNULL_KERNEL_SINCE(5, 15)
#define SNULL_HWTSTAMP_OPS	.ndo_eth_ioctl = snull_hwtstamp_ioctl,
#else
#define SNULL_HWTSTAMP_OPS	.ndo_do_ioctl = snull_hwtstamp_ioctl,
#endif
#endif

/*
 * From 7.1 on, who is called with the interface's lock held is given the
 * addresses in process context, and not under a spinlock.
 */
#if SNULL_KERNEL_SINCE(7, 1)
#define SNULL_HAVE_RX_MODE_ASYNC
#define SNULL_RX_MODE_OPS						\
	.ndo_set_rx_mode_async	= snull_set_rx_mode_async,
#else
#define SNULL_RX_MODE_OPS	.ndo_set_rx_mode = snull_set_rx_mode,
#endif

/* The sample went by value before. */
#if !SNULL_KERNEL_SINCE(6, 13)
#define net_dim(dim, sample)	net_dim(dim, *(sample))
#endif

/* The moderation operations got two more arguments in 5.15. */
#if SNULL_KERNEL_SINCE(5, 15)
#define SNULL_COALESCE_ARGS						\
	, struct kernel_ethtool_coalesce *kernel_coal,			\
	struct netlink_ext_ack *extack
#define SNULL_COALESCE_EXTACK	extack
#else
#define SNULL_COALESCE_ARGS
#define SNULL_COALESCE_EXTACK	NULL
#endif

#if !SNULL_KERNEL_SINCE(5, 12)
static inline struct sk_buff *napi_build_skb(void *data, unsigned int size)
{
	return build_skb(data, size);
}
#endif

#if !SNULL_KERNEL_SINCE(5, 12)
static inline int netif_set_real_num_queues(struct net_device *dev,
					    unsigned int tx, unsigned int rx)
{
	unsigned int had = dev->real_num_rx_queues;
	int err = 0;

	/* More first: only that can fail. */
	if (rx > had)
		err = netif_set_real_num_rx_queues(dev, rx);
	if (!err)
		err = netif_set_real_num_tx_queues(dev, tx);
	if (err)
		netif_set_real_num_rx_queues(dev, had);
	else if (rx < had)
		netif_set_real_num_rx_queues(dev, rx);
	return err;
}
#endif

/* Stopping a queue that is nearly full, and waking it: names of 6.4. */
#if !SNULL_KERNEL_SINCE(6, 4)
#define netif_txq_maybe_stop(txq, space, stop_below, start_from)	\
({									\
	int _going = 1;							\
									\
	if (unlikely((space) < (stop_below))) {				\
		netif_tx_stop_queue(txq);				\
		/* A completion has seen that, or we see its room. */	\
		smp_mb();						\
		_going = 0;						\
		if (unlikely((space) >= (start_from))) {		\
			netif_tx_start_queue(txq);			\
			_going = -1;					\
		}							\
	}								\
	_going;								\
})

#define netif_txq_completed_wake(txq, packets, bytes, space, start_from)	\
({									\
	int _woken = -1;						\
									\
	netdev_tx_completed_queue(txq, packets, bytes);			\
	/* The room before the look whether somebody waits for it. */	\
	smp_mb();							\
	if ((space) >= (start_from)) {					\
		_woken = !netif_tx_queue_stopped(txq);			\
		if (unlikely(!_woken))					\
			netif_tx_wake_queue(txq);			\
	}								\
	_woken;								\
})
#endif

#if !SNULL_KERNEL_SINCE(5, 17)
static inline void txq_trans_cond_update(struct netdev_queue *txq)
{
	unsigned long now = jiffies;

	if (READ_ONCE(txq->trans_start) != now)
		WRITE_ONCE(txq->trans_start, now);
}
#endif

#ifdef NETIF_F_GSO_ACCECN			/* 6.16 */
#define SNULL_GRO_CWR		NIC_F_GRO_CWR
#else
#define SNULL_GRO_CWR		0
#define SKB_GSO_TCP_ACCECN	0
#endif

/*
 * From 6.18 on, identifications that stand still can be cut again without DF,
 * and in a tunnel's header, too.  Before, there they were for the inner one.
 */
#if SNULL_KERNEL_SINCE(6, 18)
#define SNULL_GRO_STAY		NIC_F_GRO_STAY
#else
#define SNULL_GRO_STAY		0
#define SKB_GSO_TCP_FIXEDID_INNER	SKB_GSO_TCP_FIXEDID
#endif

/* From 5.19 on, GSO passes over hop-by-hop headers. */
#if SNULL_KERNEL_SINCE(5, 19)
#define SNULL_GRO_HOP		NIC_F_GRO_HOP
#else
#define SNULL_GRO_HOP		0
#endif

/* What the stack can cut again, of what a NIC could put together. */
#define SNULL_GRO_CUTS		(SNULL_GRO_CWR | SNULL_GRO_STAY | SNULL_GRO_HOP)

#if !SNULL_KERNEL_SINCE(6, 10)
static inline void page_pool_dma_sync_for_cpu(const struct page_pool *pool,
					      const struct page *page,
					      u32 offset, u32 len)
{
	dma_sync_single_range_for_cpu(pool->p.dev,
				      page_pool_get_dma_addr((struct page *)page),
				      offset + pool->p.offset, len,
				      pool->p.dma_dir);
}
#endif

#if !SNULL_KERNEL_SINCE(7, 3)			/* its first one of ours */
static inline void dev_set_dma_coherent(struct device *dev)
{
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	dev->dma_coherent = true;
#endif
}
#endif

/*
 * From 5.15 on, a packet's pages find back to their pool by themselves; before,
 * the pool must let go of each, which is more than skb_mark_for_recycle() is told.
 */
static inline void snull_skb_recycle(struct sk_buff *skb,
				     struct page_pool *pool, struct page *page)
{
#if SNULL_KERNEL_SINCE(5, 15)
	skb_mark_for_recycle(skb);
#else
	page_pool_release_page(pool, page);
#endif
}

/* A macro, since it came to the stable 5.10 as well. */
#if !SNULL_KERNEL_SINCE(5, 15)
#define eth_hw_addr_set(dev, addr)	memcpy((dev)->dev_addr, addr, ETH_ALEN)
#endif

/* platform_driver.remove returns void from 6.11 on. */
#if SNULL_KERNEL_SINCE(6, 11)
#define SNULL_PLATFORM_REMOVE(name)					\
static void name##_wrap(struct platform_device *pdev) { name(pdev); }
#else
#define SNULL_PLATFORM_REMOVE(name)					\
static int name##_wrap(struct platform_device *pdev)			\
{									\
	name(pdev);							\
	return 0;							\
}
#endif

/*
 * An interface that has a lock of its own is asked by newer kernels without the
 * RTNL, unless it says that it wants it: another number of queues needs it, and
 * ethtool_op_get_link(), and all that says so in its "Context", without an "or".
 */
#ifdef ETHTOOL_OP_NEEDS_RTNL_SCHANNELS
#define SNULL_ETHTOOL_RTNL						\
	.op_needs_rtnl		= ETHTOOL_OP_NEEDS_RTNL_LINKSETTINGS |	\
				  ETHTOOL_OP_NEEDS_RTNL_SPFLAGS |	\
				  ETHTOOL_OP_NEEDS_RTNL_SRINGPARAM |	\
				  ETHTOOL_OP_NEEDS_RTNL_SCHANNELS |	\
				  ETHTOOL_OP_NEEDS_RTNL_SCOALESCE |	\
				  ETHTOOL_OP_NEEDS_RTNL_GPAUSEPARAM |	\
				  ETHTOOL_OP_NEEDS_RTNL_SPAUSEPARAM |	\
				  ETHTOOL_OP_NEEDS_RTNL_RSS |		\
				  ETHTOOL_OP_NEEDS_RTNL_GLINK,
#else
#define SNULL_ETHTOOL_RTNL
#endif

/* The ring operations got two more arguments in 5.17. */
#if SNULL_KERNEL_SINCE(5, 17)
#define SNULL_RINGPARAM_ARGS						\
	, struct kernel_ethtool_ringparam *kernel_ring,			\
	struct netlink_ext_ack *extack
#define SNULL_RINGPARAM_EXTACK	extack
#define SNULL_RING_PARAMS						\
	.supported_ring_params	= ETHTOOL_RING_USE_RX_BUF_LEN,
#define SNULL_RING_BUF_LEN_TELL(len)	(kernel_ring->rx_buf_len = (len))
#define SNULL_RING_BUF_LEN_ASKED	(kernel_ring->rx_buf_len)
#else
#define SNULL_RINGPARAM_ARGS
#define SNULL_RINGPARAM_EXTACK	NULL
#define SNULL_RING_PARAMS
#define SNULL_RING_BUF_LEN_TELL(len)	((void)(len))
#define SNULL_RING_BUF_LEN_ASKED	0U
#endif

/* The arguments of the RSS operations were put into a struct in 6.8. */
#if !SNULL_KERNEL_SINCE(6, 8)
#define RXH_XFRM_SYM_XOR	BIT(0)
#define RXH_XFRM_NO_CHANGE	0xff

struct ethtool_rxfh_param {
	u8	hfunc;
	u8	input_xfrm;
	u32	*indir;
	u8	*key;
};
#endif

/* Before 6.15 a driver could offer no choice of symmetric hashes. */
#ifdef RXH_XFRM_SYM_OR_XOR
#define SNULL_HAVE_RSS_SYM
#else
#define RXH_XFRM_SYM_OR_XOR	BIT(1)
#endif

#ifndef RXH_IP6_FL				/* 6.18 */
#define RXH_IP6_FL		0
#endif

#ifdef SNULL_HAVE_XDP
#if !SNULL_KERNEL_SINCE(6, 5)
static inline void skb_frag_fill_page_desc(skb_frag_t *frag, struct page *page,
					   int off, int size)
{
	__skb_frag_set_page(frag, page);
	skb_frag_off_set(frag, off);
	skb_frag_size_set(frag, size);
}
#endif

/* From 6.16 on, a socket learns the id from the packet instead. */
static inline void snull_xdp_set_napi_id(struct xdp_rxq_info *rxq,
					 const struct napi_struct *napi)
{
#if !SNULL_KERNEL_SINCE(6, 16)
	rxq->napi_id = napi->napi_id;
#endif
}

/* All that there was to say of the fragments before is one bit. */
#if !SNULL_KERNEL_SINCE(6, 18)
#define xdp_buff_get_skb_flags		xdp_buff_is_frag_pfmemalloc
#define xdp_update_skb_frags_info	xdp_update_skb_shared_info
#endif
#endif

#if !SNULL_KERNEL_SINCE(6, 3)
#define xdp_set_features_flag_locked(dev, features)	((void)(dev))
#elif !SNULL_KERNEL_SINCE(6, 16)
#define xdp_set_features_flag_locked	xdp_set_features_flag
#endif

/*
 * BIG TCP, packets of more than 64 KB, if "ip link set sn0 gso_max_size" asks for
 * them; of IPv4 from 6.3 on.  An older kernel may have them of IPv6, but cannot
 * take the jumbo header away that it put into them.
 */
#if SNULL_KERNEL_SINCE(6, 3)
#define SNULL_TSO_MAX_SIZE	GSO_MAX_SIZE
#else
#define SNULL_TSO_MAX_SIZE	65536
#endif
#if !SNULL_KERNEL_SINCE(5, 19)
#define netif_set_tso_max_size	netif_set_gso_max_size
#endif

/* From 5.19 to 6.19 such a packet of IPv6 has a hop-by-hop header. */
#if SNULL_KERNEL_SINCE(7, 0) || !SNULL_KERNEL_SINCE(6, 3)
static inline int ipv6_hopopt_jumbo_remove(struct sk_buff *skb)
{
	return 0;
}
#endif

/*
 * A net_device that is only there for NAPI instances to hang on.  As one that has
 * never been registered, it is one that free_netdev() takes.
 */
#if !SNULL_KERNEL_SINCE(6, 10)
static inline void snull_netdev_dummy_setup(struct net_device *dev)
{
	set_bit(__LINK_STATE_PRESENT, &dev->state);
	set_bit(__LINK_STATE_START, &dev->state);
}

static inline struct net_device *alloc_netdev_dummy(int sizeof_priv)
{
	return alloc_netdev(sizeof_priv, "dummy#", NET_NAME_UNKNOWN,
			    snull_netdev_dummy_setup);
}
#endif

/* ethtool's tables of names. */
#if !SNULL_KERNEL_SINCE(5, 13)
#define ethtool_sprintf(data, ...)					\
do {									\
	snprintf(*(data), ETH_GSTRING_LEN, __VA_ARGS__);		\
	*(data) += ETH_GSTRING_LEN;					\
} while (0)
#endif
#if !SNULL_KERNEL_SINCE(6, 8)
static inline void ethtool_puts(u8 **data, const char *str)
{
	strscpy(*data, str, ETH_GSTRING_LEN);
	*data += ETH_GSTRING_LEN;
}
#endif

#endif /* SNULL_COMPAT_H */
