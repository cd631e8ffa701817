/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snull.h - the driver's own state: an interface, and what its files share.
 *
 * Read next: probe.c, where an interface begins; open.c, where it goes up;
 * queue.h, its queues.
 */
#ifndef SNULL_H
#define SNULL_H

#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "compat.h"
#include "nic/nic.h"
#include "queue.h"
#include "rx.h"

/*
 * A receive buffer: room in front for the stack, room behind for the skb.
 * "ethtool -G sn0 rx-buf-len" makes it longer.
 */
#define SNULL_BUF_LEN		4096U
#define SNULL_BUF_LEN_MAX	32768U
#define SNULL_RX_BUFS_MAX	(MAX_SKB_FRAGS + 1)
#define SNULL_BUF_HEADROOM	(NET_SKB_PAD + NET_IP_ALIGN)
#define SNULL_BUF_TAILROOM	SKB_DATA_ALIGN(sizeof(struct skb_shared_info))
/* The stack may put a tag in after it has asked what the NIC can do. */
#define SNULL_HDR_MAX		(NIC_HDR_MAX - VLAN_HLEN)
/* What comes on top of the MTU: frame/rewrite.c looks behind as many tags. */
#define SNULL_FRAME_HEADER	(ETH_HLEN + 2 * VLAN_HLEN)
/* XDP programs may put a header in front. */
#define SNULL_XDP_HEADROOM	(XDP_PACKET_HEADROOM + NET_IP_ALIGN)
#define SNULL_XDP_ROOM		(SNULL_BUF_LEN - SNULL_XDP_HEADROOM - \
				 SNULL_BUF_TAILROOM)
/* What path 1 can do with them, as netdev netlink tells. */
#define SNULL_XDP_FEATURES	(NETDEV_XDP_ACT_BASIC |		\
				 NETDEV_XDP_ACT_REDIRECT |	\
				 NETDEV_XDP_ACT_NDO_XMIT |	\
				 NETDEV_XDP_ACT_RX_SG |		\
				 NETDEV_XDP_ACT_NDO_XMIT_SG)

/**
 * struct snull_shape - what an interface's queues look like
 * @queues: queue pairs in use
 * @rx_size: slots of each receive ring, a power of two
 * @tx_size: slots of each transmit ring, a power of two
 * @headroom: bytes in front of a received frame, SNULL_BUF_HEADROOM or, with
 *	an XDP program, SNULL_XDP_HEADROOM
 * @buf_len: length of each receive buffer, a power of two from SNULL_BUF_LEN to
 *	SNULL_BUF_LEN_MAX
 */
struct snull_shape {
	unsigned int queues;
	u32 rx_size;
	u32 tx_size;
	u32 headroom;
	u32 buf_len;
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
 * @advertised: NIC_MODE_* that it advertises when it negotiates
 * @rules: what ethtool -N has asked for, by location
 * @rx_partial: checksums left to the hardware are handed on unfinished
 * @xdp_prog: the XDP program
 * @xdp_ready: frames from elsewhere may be sent
 * @reset: resets the NIC after a transmit timeout
 * @hung: and has still reason to
 * @hang_check: looks for queues that stand still, and for empty receive rings
 * @tx_timeouts: how often the watchdog found a queue that hangs
 * @resets: how often the NIC was reset
 * @debugfs: its directory there
 * @faults: one at a time breaks its cable
 * @stamps: NIC_STAMP_*, what the NIC stamps
 * @ptp: the NIC's clock, as user space has it
 * @ptp_info: what it can
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
	u32 advertised;
	struct xarray rules;
	bool rx_partial;
	struct bpf_prog __rcu *xdp_prog;
	bool xdp_ready;
	struct work_struct reset;
	bool hung;
	struct delayed_work hang_check;
	unsigned long tx_timeouts;
	unsigned long resets;
	struct dentry *debugfs;
	struct mutex faults;		/* read-modify-write of the NIC's */
	u32 stamps;
#ifdef SNULL_HAVE_PTP
	struct ptp_clock *ptp;
	struct ptp_clock_info ptp_info;
#endif
};

/**
 * struct snull_config - the module parameters
 * @pairs: pairs of interfaces
 * @queues: queue pairs of each, all in use until ethtool -L says otherwise
 * @pool_size: slots of each ring
 * @lockup: hang a transmit queue after this many packets, 0 for never
 * @timeout: transmit watchdog, in ms
 * @line: how the NIC asks for a CPU
 * @rewrite_ip: LDD3's wire trick
 */
struct snull_config {
	unsigned int pairs;
	unsigned int queues;
	unsigned int pool_size;
	unsigned int lockup;
	unsigned int timeout;
	enum nic_line line;
	bool rewrite_ip;
};

#define SNULL_MAX_PAIRS		8
#define SNULL_MAX_DEVICES	(2 * SNULL_MAX_PAIRS)

/*
 * ethtool --set-priv-flags sn1 rx-csum-partial on: a checksum that the sender
 * left to the hardware is handed on as it is, CHECKSUM_PARTIAL.  No card could
 * do that, since what it receives has crossed a wire; it is the trick of veth
 * and virtio-net, and here for comparing with them.
 */
#define SNULL_PRIV_RX_PARTIAL	BIT(0)
#define SNULL_DRIVER_NAME	"snull"

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

/* params.c */
extern struct snull_config snull_config;
unsigned int snull_config_weight(unsigned int number);
int snull_config_check(void);

/* rx_paths.c */
extern const struct kernel_param_ops snull_use_napi_param_ops;
const struct snull_rx_ops *snull_rx_get(void);
void snull_rx_put(const struct snull_rx_ops *ops);

/* rings.c */
int snull_rings_alloc(struct snull_queue *queue, struct snull_rings *rings,
		      const struct snull_rx_ops *ops,
		      const struct snull_shape *shape);
int snull_rings_alloc_rx(struct snull_queue *queue, struct snull_rings *rings,
			 const struct snull_rx_ops *ops,
			 const struct snull_shape *shape);
void snull_rings_free(struct snull_queue *queue, struct snull_rings *rings);
void snull_rings_drain(struct snull_queue *queue);

/* queue_stats.c */
void snull_queue_get_stats(const struct snull_queue *queue,
			   struct snull_queue_stats *stats);

/* probe.c */
int snull_probe(struct platform_device *pdev, struct nic_cable *cable,
		unsigned int number);
void snull_remove(struct platform_device *pdev);

/* rx.c; rx_bufs.c, rx_gro.c, rx_copybreak.c */
void *snull_rx_take(struct snull_rings *rings, u32 index, unsigned int len);
bool snull_rx_fill(struct snull_rings *rings);
void snull_rx_recycle(struct snull_rings *rings, unsigned int bufs);
void snull_rx_check(struct snull_queue *queue);
void snull_rx_drain(struct snull_queue *queue);
void snull_buf_free(const struct snull_rings *rings, void *buf);
void snull_skb_describe_gro(struct sk_buff *skb, struct snull_rx_sums *sums,
			    const struct nic_rx_desc *desc);
void snull_gro_count(struct snull_rx_stats *stats, struct snull_rx_sums *sums);
struct sk_buff *snull_rx_copy(struct snull_queue *queue,
			      const struct nic_rx_desc *first);

/* tx.c */
netdev_tx_t snull_start_xmit(struct sk_buff *skb, struct net_device *dev);
netdev_features_t snull_features_check(struct sk_buff *skb,
				       struct net_device *dev,
				       netdev_features_t features);
void snull_tx_ring(struct snull_queue *queue);
void snull_tx_put(struct snull_rings *rings, u32 index, dma_addr_t dma,
		  u32 len, enum snull_tx_map map);
void snull_tx_unmap(const struct snull_rings *rings, u32 index, u32 n);
void snull_tx_drain(struct snull_queue *queue);
u32 snull_tx_space(const struct snull_rings *rings);
u32 snull_tx_enough(const struct snull_rings *rings);

/* netdev.c */
extern const struct net_device_ops snull_netdev_ops;
extern const struct header_ops snull_header_ops;
int snull_write_features(struct snull_priv *priv, netdev_features_t features);
void snull_write_max_frame(struct snull_priv *priv, int mtu);

/* Bytes of a receive buffer that the NIC may write to. */
static inline unsigned int snull_room(u32 buf_len, u32 headroom)
{
	return buf_len - headroom - SNULL_BUF_TAILROOM;
}

static inline unsigned int snull_buf_room(const struct snull_rings *rings)
{
	return snull_room(rings->buf_len, rings->headroom);
}

/* Does a receive ring of this shape hold a frame of the MTU? */
static inline bool snull_shape_holds(const struct snull_shape *shape, int mtu)
{
	u32 room = snull_room(shape->buf_len, shape->headroom);

	return (u64)shape->rx_size * room >= mtu + SNULL_FRAME_HEADER;
}

/* open.c */
int snull_open(struct net_device *dev);
int snull_stop(struct net_device *dev);
void snull_rx_install(struct snull_queue *queue,
		      const struct snull_rx_ops *ops);
void snull_path_start(struct snull_queue *queue, const struct snull_rx_ops *ops);
void snull_path_stop(struct snull_queue *queue, const struct snull_rx_ops *ops);
void snull_restart(struct snull_priv *priv);
int snull_queues_open(struct snull_priv *priv, unsigned int from,
		      const struct snull_shape *shape);
void snull_queues_close(struct snull_priv *priv, unsigned int from,
			unsigned int to);
void snull_queues_run(struct snull_priv *priv, unsigned int from,
		      unsigned int to);
void snull_queues_halt(struct snull_priv *priv, unsigned int from,
		       unsigned int to);
void snull_run(struct snull_priv *priv);
void snull_halt(struct snull_priv *priv, void (*stop)(struct nic *nic));

/* reshape.c */
int snull_shape_settle(struct snull_priv *priv,
		       const struct snull_shape *shape);
int snull_reshape(struct snull_priv *priv, const struct snull_shape *shape);
int snull_set_queues(struct snull_priv *priv, unsigned int queues);
void snull_spread_senders(struct snull_priv *priv, unsigned int from);
u32 snull_ring_round(u32 size);

/**
 * snull_queues_in_use() - how many queues may be sent on now
 * @priv: the interface
 *
 * For who does not hold the RTNL; under RCU a queue that is in use stays usable.
 *
 * Context: any.
 * Return: shape.queues.
 */
static inline unsigned int snull_queues_in_use(const struct snull_priv *priv)
{
	/* Pairs with snull_queues_use(): their rings are there. */
	return smp_load_acquire(&priv->shape.queues);
}

/* queue_mgmt.c: where the kernel has it */
#ifdef SNULL_HAVE_QUEUE_MGMT
extern const struct netdev_queue_mgmt_ops snull_queue_mgmt_ops;
int snull_queue_reset(struct snull_priv *priv, u64 index);
#endif

/* reset.c */
void snull_tx_check(struct snull_queue *queue, u32 head);
void snull_reset_init(struct snull_priv *priv);
void snull_hang_check_start(struct snull_priv *priv);
void snull_hang_check_stop(struct snull_priv *priv);
void snull_hang_check_wait(struct snull_priv *priv);
void snull_tx_timeout(struct net_device *dev, unsigned int txqueue);

/* ethtool.c */
extern const struct ethtool_ops snull_ethtool_ops;

/* debugfs.c */
void snull_debugfs_init(void);
void snull_debugfs_exit(void);
void snull_debugfs_add(struct snull_priv *priv);
void snull_debugfs_remove(struct snull_priv *priv);

/* ethtool_link.c */
int snull_get_link_ksettings(struct net_device *dev,
			     struct ethtool_link_ksettings *cmd);
int snull_set_link_ksettings(struct net_device *dev,
			     const struct ethtool_link_ksettings *cmd);
int snull_get_link_ext_state(struct net_device *dev,
			     struct ethtool_link_ext_state_info *info);

/* ptp.c */
#ifdef SNULL_HAVE_PTP
int snull_ptp_init(struct snull_priv *priv);
void snull_ptp_exit(struct snull_priv *priv);
int snull_hwtstamp_get(struct net_device *dev,
		       struct kernel_hwtstamp_config *config);
int snull_hwtstamp_set(struct net_device *dev,
		       struct kernel_hwtstamp_config *config,
		       struct netlink_ext_ack *extack);
int snull_hwtstamp_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd);
int snull_get_ts_info(struct net_device *dev,
		      struct kernel_ethtool_ts_info *info);
void snull_stamp_ask(struct snull_priv *priv, struct sk_buff *skb,
		     struct nic_tx_desc *desc);
void snull_stamp_tell(struct sk_buff *skb, const struct nic_tx_desc *desc);
#else
#define snull_get_ts_info	ethtool_op_get_ts_info

static inline int snull_ptp_init(struct snull_priv *priv)
{
	return 0;
}

static inline void snull_stamp_ask(struct snull_priv *priv, struct sk_buff *skb,
				   struct nic_tx_desc *desc)
{
}

static inline void snull_stamp_tell(struct sk_buff *skb,
				    const struct nic_tx_desc *desc)
{
}

static inline void snull_ptp_exit(struct snull_priv *priv) {}
#endif

/* ethtool_steer.c */
void snull_rules_flush(struct snull_priv *priv);
int snull_rss_can_follow(struct snull_priv *priv, unsigned int queues);
void snull_rss_follow(struct snull_priv *priv, unsigned int queues);
bool snull_rules_fit(struct snull_priv *priv, unsigned int queues);
bool snull_rules_fit_table(struct snull_priv *priv, u32 context,
			   const struct nic_rss *rss);
bool snull_rules_name_context(struct snull_priv *priv, u32 context);

/* ethtool_flow.c */
int snull_flow_match(struct net_device *dev,
		     const struct ethtool_rx_flow_spec *spec,
		     struct tcam_entry *match);

/* xdp.c, xdp_tx.c */
#ifdef SNULL_HAVE_XDP
int snull_bpf(struct net_device *dev, struct netdev_bpf *bpf);
int snull_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags);
int snull_xdp_send(struct snull_queue *queue, struct xdp_frame **frames, int n,
		   enum snull_tx_map map);
void snull_xdp_doorbell(struct snull_queue *queue);
int snull_xdp_rings_init(struct snull_queue *queue, struct snull_rings *rings);
void snull_xdp_rings_exit(struct snull_rings *rings);
bool snull_xdp_mtu_fits(const struct snull_priv *priv, int mtu);
struct sk_buff *snull_xdp_receive(struct snull_queue *queue,
				  const struct nic_rx_desc *first);
void snull_xdp_flush(struct snull_queue *queue);
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
						const struct nic_rx_desc *first)
{
	return NULL;
}

static inline void snull_xdp_rings_exit(struct snull_rings *rings) {}
static inline void snull_xdp_flush(struct snull_queue *queue) {}
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
