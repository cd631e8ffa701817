/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snull.h - the driver's own state: an interface, its queues, their rings.
 *
 * Read next: probe.c, where an interface begins; netdev.c, which brings it up
 * and down and sends; queue.c, the tools of rx.h; ethtool.c.
 */
#ifndef SNULL_H
#define SNULL_H

#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "nic/nic.h"
#include "rx.h"

/* A receive buffer: room in front for the stack, room behind for the skb. */
#define SNULL_BUF_LEN		4096U
#define SNULL_BUF_HEADROOM	(NET_SKB_PAD + NET_IP_ALIGN)
#define SNULL_BUF_TAILROOM	SKB_DATA_ALIGN(sizeof(struct skb_shared_info))
/* What comes on top of the MTU: frame/rewrite.c looks behind as many tags. */
#define SNULL_FRAME_HEADER	(ETH_HLEN + 2 * VLAN_HLEN)
/* XDP programs may put a header in front. */
#define SNULL_XDP_HEADROOM	(XDP_PACKET_HEADROOM + NET_IP_ALIGN)
#define SNULL_XDP_ROOM		(SNULL_BUF_LEN - SNULL_XDP_HEADROOM - \
				 SNULL_BUF_TAILROOM)

/**
 * struct snull_shape - what an interface's queues look like
 * @queues: queue pairs in use
 * @rx_size: slots of each receive ring, a power of two
 * @tx_size: slots of each transmit ring, a power of two
 * @headroom: bytes in front of a received frame, SNULL_BUF_HEADROOM or, with
 *	an XDP program, SNULL_XDP_HEADROOM
 */
struct snull_shape {
	unsigned int queues;
	u32 rx_size;
	u32 tx_size;
	u32 headroom;
};

/**
 * struct snull_rings - a queue's two rings, and the memory behind them
 * @rx: receive descriptors
 * @tx: transmit descriptors
 * @rx_size: how many, a power of two
 * @tx_size: how many, a power of two
 * @rx_clean: next frame to take
 * @tx_tail: next slot to fill
 * @tx_clean: next completion to see
 * @pool: where receive buffers come from, or NULL: page fragments, for a
 *	path that allocates in hard-interrupt context
 * @buf_size: memory that a buffer takes: all of a page from @pool, however
 *	large pages are
 * @headroom: see struct snull_shape
 * @xdp_rxq: what XDP has to know of the ring; NULL without a program
 */
struct snull_rings {
	struct nic_rx_desc *rx;
	struct nic_tx_desc *tx;
	u32 rx_size;
	u32 tx_size;
	u32 rx_clean;
	u32 tx_tail;
	u32 tx_clean;
	struct page_pool *pool;
	u32 buf_size;
	u32 headroom;
	struct xdp_rxq_info *xdp_rxq;
};

/*
 * What a queue counts, by who counts it: each has one writer at a time, and so
 * a syncp of its own.  What the counters mean, see struct snull_queue_stats.
 */

/* The vector's handler. */
struct snull_irq_stats {
	u64_stats_t all, rx, tx;
	struct u64_stats_sync syncp;
};

/* Who takes frames off the ring: the poll, or path 0's handler. */
struct snull_rx_stats {
	u64_stats_t packets, bytes, alloc_failed, reset;
	u64_stats_t gro_hw, gro_hw_frames, gro_hw_bytes;
	u64_stats_t polls, polls_exhausted, completions;
	u64_stats_t xdp_drops, xdp_redirects;
	struct u64_stats_sync syncp;
};

/* Who sends, under the queue's transmit lock. */
struct snull_tx_stats {
	u64_stats_t doorbells, stops, nowhere;
	u64_stats_t xdp_tx, xdp_xmit;
	struct u64_stats_sync syncp;
};

/* Who holds SNULL_QUEUE_CLEANING. */
struct snull_done_stats {
	u64_stats_t packets, bad, reset, wakes;
	struct u64_stats_sync syncp;
};

/**
 * struct snull_queue_stats - what the driver has counted for a queue
 * @rx_packets: frames given to the stack, in frames of the wire
 * @rx_bytes: their bytes
 * @rx_alloc_failed: frames dropped for want of memory
 * @rx_reset: frames given up when the ring was torn down
 * @rx_gro_hw: packets that the NIC had coalesced
 * @rx_gro_hw_frames: out of how many frames of the wire
 * @rx_gro_hw_bytes: their bytes
 * @tx_done: packets completed
 * @tx_bad: packets that the NIC refused
 * @tx_reset: packets given up when the ring was torn down, or had been
 * @tx_doorbells: times that the driver rang
 * @tx_stops: times that the ring was full
 * @tx_wakes: times that the queue went on after it had been full
 * @irqs: times that the handler ran
 * @irqs_rx: of these, with the receive cause
 * @irqs_tx: of these, with the transmit cause
 * @polls: times that the path polled
 * @polls_exhausted: of these, the ones that used up their budget
 * @completions: of these, the ones that found the ring empty
 * @xdp_drops: frames that an XDP program dropped, or could not be sent for it
 * @xdp_tx: frames that an XDP program sent back
 * @xdp_redirects: frames that an XDP program sent elsewhere
 * @xdp_xmit: frames that came to be sent from elsewhere
 */
struct snull_queue_stats {
	u64 rx_packets, rx_bytes, rx_alloc_failed, rx_reset;
	u64 rx_gro_hw, rx_gro_hw_frames, rx_gro_hw_bytes;
	u64 tx_done, tx_bad, tx_reset, tx_doorbells, tx_stops, tx_wakes;
	u64 irqs, irqs_rx, irqs_tx;
	u64 polls, polls_exhausted, completions;
	u64 xdp_drops, xdp_tx, xdp_redirects, xdp_xmit;
};

/* Bits of a queue's state. */
enum {
	SNULL_QUEUE_CLEANING,	/* somebody frees what was sent, or nobody may */
};

/**
 * struct snull_queue - a queue pair: one vector, one NAPI, two rings
 * @dev: the interface
 * @nic: its NIC
 * @index: which queue pair
 * @rings: the rings in use
 * @napi: for paths that want one
 * @path: the path's own data
 * @state: SNULL_QUEUE_*
 * @irq_stats: what the vector's handler counts
 * @rx_stats: what is counted as frames are received
 * @tx_stats: what is counted as packets are sent
 * @done_stats: what is counted as they are completed
 * @pool_stats: what the page pools of earlier rings counted
 * @checked: tx_clean at the last hang check
 * @moderation: whoever writes the NIC's moderation registers
 * @dim: adaptive moderation's state
 * @adaptive: whether it is on
 * @xdp_flush: what XDP left to be done at the end of the poll
 * @name: the vector's name in /proc/interrupts
 */
struct snull_queue {
	struct net_device *dev;
	struct nic *nic;
	unsigned int index;
	struct snull_rings rings;
	struct napi_struct napi;
	void *path;
	unsigned long state;
	struct snull_irq_stats irq_stats;
	struct snull_rx_stats rx_stats;
	struct snull_tx_stats tx_stats;
	struct snull_done_stats done_stats;
#ifdef SNULL_HAVE_PAGE_POOL_STATS
	struct page_pool_stats pool_stats;
#endif
	u32 checked;
	struct mutex moderation;	/* read-modify-write of the NIC's */
	struct dim dim;
	bool adaptive;
	unsigned int xdp_flush;
	char name[IFNAMSIZ + 16];
};

/**
 * struct snull_priv - an interface
 * @dev: its net_device
 * @nic: its NIC
 * @queues: its queue pairs, max_queues of them; shape.queues are in use
 * @max_queues: how many there are
 * @number: which interface, counting from 0
 * @weight: path 2's
 * @shape: queues in use and their rings, now or at the next open
 * @ops: the receive path in use, while the interface is up
 * @xdp_prog: the XDP program
 * @xdp_ready: frames from elsewhere may be sent
 * @reset: resets the NIC after a transmit timeout
 * @hang_check: looks for queues that stand still
 * @tx_timeouts: how often the watchdog fired
 * @resets: how often the NIC was reset
 */
struct snull_priv {
	struct net_device *dev;
	struct nic *nic;
	struct snull_queue *queues;
	unsigned int max_queues;
	unsigned int number;
	unsigned int weight;
	struct snull_shape shape;
	const struct snull_rx_ops *ops;
	struct bpf_prog __rcu *xdp_prog;
	bool xdp_ready;
	struct work_struct reset;
	struct delayed_work hang_check;
	unsigned long tx_timeouts;
	unsigned long resets;
};

/**
 * struct snull_config - the module parameters
 * @pairs: pairs of interfaces
 * @queues: queue pairs of each, all in use until ethtool -L says otherwise
 * @pool_size: slots of each ring
 * @lockup: hang a transmit queue after this many packets, 0 for never
 * @timeout: transmit watchdog, in ms
 * @rewrite_ip: LDD3's wire trick
 */
struct snull_config {
	unsigned int pairs;
	unsigned int queues;
	unsigned int pool_size;
	unsigned int lockup;
	unsigned int timeout;
	bool rewrite_ip;
};

#define SNULL_MAX_PAIRS		8
#define SNULL_DRIVER_NAME	"snull"

/**
 * snull_count() - add to a counter
 * @syncp: of the struct that it is in
 * @counter: the counter
 * @n: how many
 *
 * Context: any, but one at a time for all that share @syncp.
 */
static inline void snull_count(struct u64_stats_sync *syncp,
			       u64_stats_t *counter, unsigned int n)
{
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(syncp);
	u64_stats_add(counter, n);
	u64_stats_update_end_irqrestore(syncp, flags);
}

/**
 * snull_sum_stats() - add counters to others of the same kind
 * @sum: a struct of nothing but u64
 * @part: another one
 * @size: their size, in bytes
 *
 * Context: any.
 */
static inline void snull_sum_stats(void *sum, const void *part, size_t size)
{
	const u64 *from = part;
	u64 *to = sum;

	for (; size; size -= sizeof(*to))
		*to++ += *from++;
}

/* main.c */
extern struct snull_config snull_config;
unsigned int snull_config_weight(unsigned int number);

/* rx_paths.c */
extern const struct kernel_param_ops snull_use_napi_param_ops;
const struct snull_rx_ops *snull_rx_get(void);
void snull_rx_put(const struct snull_rx_ops *ops);

/* rings.c, queue.c */
int snull_rings_alloc(struct snull_queue *queue, struct snull_rings *rings,
		      const struct snull_rx_ops *ops,
		      const struct snull_shape *shape);
void snull_rings_free(struct snull_queue *queue, struct snull_rings *rings);
void snull_rings_drain(struct snull_queue *queue);
bool snull_bufs_alloc(const struct snull_rings *rings, void **fresh,
		      unsigned int n);
void snull_buf_free(const struct snull_rings *rings, void *buf);
void snull_queue_get_stats(const struct snull_queue *queue,
			   struct snull_queue_stats *stats);

/* probe.c */
int snull_probe(struct platform_device *pdev, struct nic_cable *cable,
		unsigned int number);
void snull_remove(struct platform_device *pdev);

/* netdev.c */
extern const struct net_device_ops snull_netdev_ops;
extern const struct header_ops snull_header_ops;
void snull_write_features(struct snull_priv *priv, netdev_features_t features);
void snull_write_max_frame(struct snull_priv *priv, int mtu);

/* open.c */
int snull_open(struct net_device *dev);
int snull_stop(struct net_device *dev);
void snull_restart(struct snull_priv *priv);
int snull_shape_settle(struct snull_priv *priv,
		       const struct snull_shape *shape);
int snull_reshape(struct snull_priv *priv, const struct snull_shape *shape);
void snull_spread_senders(struct snull_priv *priv, unsigned int from);
u32 snull_ring_round(u32 size);

/* reset.c */
void snull_reset_init(struct snull_priv *priv);
void snull_hang_check_start(struct snull_priv *priv);
void snull_hang_check_stop(struct snull_priv *priv);
void snull_tx_timeout(struct net_device *dev, unsigned int txqueue);

/* ethtool.c */
extern const struct ethtool_ops snull_ethtool_ops;

/* xdp.c */
#ifdef SNULL_HAVE_XDP
int snull_bpf(struct net_device *dev, struct netdev_bpf *bpf);
int snull_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags);
int snull_xdp_rings_init(struct snull_queue *queue, struct snull_rings *rings);
void snull_xdp_rings_exit(struct snull_rings *rings);
bool snull_xdp_mtu_fits(const struct snull_priv *priv, int mtu);
struct sk_buff *snull_xdp_receive(struct snull_queue *queue,
				  struct nic_rx_desc *first);
void snull_xdp_flush(struct snull_queue *queue);
void snull_xdp_free(struct nic_tx_desc *desc);
void snull_xdp_open(struct snull_priv *priv);
void snull_xdp_stop(struct snull_priv *priv);
#else
static inline int snull_xdp_rings_init(struct snull_queue *queue,
				       struct snull_rings *rings)
{
	return 0;
}

static inline bool snull_xdp_mtu_fits(const struct snull_priv *priv, int mtu)
{
	return true;
}

static inline struct sk_buff *snull_xdp_receive(struct snull_queue *queue,
						struct nic_rx_desc *first)
{
	return NULL;
}

static inline void snull_xdp_rings_exit(struct snull_rings *rings) {}
static inline void snull_xdp_flush(struct snull_queue *queue) {}
static inline void snull_xdp_free(struct nic_tx_desc *desc) {}
static inline void snull_xdp_open(struct snull_priv *priv) {}
static inline void snull_xdp_stop(struct snull_priv *priv) {}
#endif

/* moderation.c */
void snull_moderation_init(struct snull_queue *queue);
void snull_moderation_exit(struct snull_queue *queue);
void snull_moderation_sample(struct snull_queue *queue);
void snull_moderation_get(struct net_device *dev,
			  struct ethtool_coalesce *coal);
int snull_moderation_set(struct net_device *dev,
			 const struct ethtool_coalesce *coal,
			 struct netlink_ext_ack *extack);
int snull_get_per_queue_coalesce(struct net_device *dev, u32 index,
				 struct ethtool_coalesce *coal);
int snull_set_per_queue_coalesce(struct net_device *dev, u32 index,
				 struct ethtool_coalesce *coal);

/* qstats.c, ethtool_groups.c: where the kernel has them */
#ifdef SNULL_HAVE_QSTATS
extern const struct netdev_stat_ops snull_stat_ops;
#endif
#ifdef SNULL_HAVE_STAT_GROUPS
void snull_get_eth_mac_stats(struct net_device *dev,
			     struct ethtool_eth_mac_stats *stats);
void snull_get_eth_ctrl_stats(struct net_device *dev,
			      struct ethtool_eth_ctrl_stats *stats);
void snull_get_rmon_stats(struct net_device *dev,
			  struct ethtool_rmon_stats *stats,
			  const struct ethtool_rmon_hist_range **ranges);
#endif

/* ethtool_stats.c */
int snull_get_sset_count(struct net_device *dev, int sset);
void snull_get_strings(struct net_device *dev, u32 sset, u8 *data);
void snull_get_ethtool_stats(struct net_device *dev,
			     struct ethtool_stats *stats, u64 *data);
void snull_get_pause_stats(struct net_device *dev,
			   struct ethtool_pause_stats *stats);

#endif /* SNULL_H */
