/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nic.h - the simulated NIC, as its driver sees it.
 *
 * Everything behind this header would be silicon: registers, descriptor
 * rings, doorbells, interrupt lines.  A driver touches the NIC only through
 * the functions below, and the NIC knows nothing of net_device.
 *
 * Read next: ring.h (the rings' arithmetic), then core.c, tx.c, rx.c
 * and irq.c (how the hardware works), or netdev.c (how a driver uses it).
 */
#ifndef SNULL_NIC_H
#define SNULL_NIC_H

#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "../frame/toeplitz.h"

struct nic;
struct nic_cable;

#define NIC_MAX_QUEUES		16
#define NIC_RING_MIN		2
#define NIC_RING_MAX		4096
#define NIC_MTU_MAX		9000
/* The largest header the segmenter can repeat in front of every segment. */
#define NIC_HDR_MAX		256
/* Buffers that one received frame may span: an skb's head and its fragments. */
#define NIC_RX_BUFS_MAX		(MAX_SKB_FRAGS + 1)

/* Interrupt causes: the bits of a vector's status and enable words. */
#define NIC_INT_RX		BIT(0)
#define NIC_INT_TX		BIT(1)
#define NIC_INT_ALL		(NIC_INT_RX | NIC_INT_TX)

/* What the NIC does to a frame: nic_set_features(). */
#define NIC_F_REWRITE_IP	BIT(0)	/* LDD3's wire trick, on transmit */
#define NIC_F_RX_CSUM		BIT(1)	/* the host takes partial checksums */
#define NIC_F_RX_GRO		BIT(2)	/* coalesce TCP segments on receive */

/* What the NIC lets in: nic_set_filter(). */
#define NIC_RX_PROMISC		BIT(0)
#define NIC_RX_ALLMULTI		BIT(1)
#define NIC_UC_MAX		8

/**
 * struct nic_rx_filter - the receive filter's registers
 * @flags: NIC_RX_PROMISC, NIC_RX_ALLMULTI
 * @mc_hash: one bit for each value of nic_mc_hash() to let in
 * @uc_count: entries used in @uc
 * @uc: further unicast addresses to let in, beside the NIC's own
 */
struct nic_rx_filter {
	u32 flags;
	u64 mc_hash;
	unsigned int uc_count;
	u8 uc[NIC_UC_MAX][ETH_ALEN];
};

#define NIC_MODER_USECS_MAX	10000

/**
 * struct nic_moderation - a vector's interrupt moderation registers
 * @rx_usecs: how long a received frame may wait for its interrupt, in us; 0 for
 *	not at all
 * @rx_frames: how many may wait together, before that; 0 for any number
 * @tx_usecs: the same for completions
 * @tx_frames: the same for completions
 */
struct nic_moderation {
	u32 rx_usecs;
	u32 rx_frames;
	u32 tx_usecs;
	u32 tx_frames;
};

#define NIC_RSS_ENTRIES		128

/**
 * struct nic_rss - receive side scaling's registers
 * @key: of the Toeplitz hash
 * @table: the queue for each value of the hash's low bits
 * @fields: what of a packet is hashed
 */
struct nic_rss {
	u8 key[RSS_KEY_LEN];
	u8 table[NIC_RSS_ENTRIES];
	struct rss_fields fields;
};

/* Receive descriptor flags, on a frame's first descriptor. */
#define NIC_RXD_CSUM_PARTIAL	BIT(0)	/* csum_start and csum_offset are set */
#define NIC_RXD_GRO		BIT(1)	/* gso_size and gso_type are set */
#define NIC_RXD_HASH		BIT(2)	/* hash is set, and covers addresses */
#define NIC_RXD_HASH_L4		BIT(3)	/* and ports */

/**
 * struct nic_rx_desc - one posted receive buffer, and what landed in it
 * @buf: address of the buffer; written by the driver, as is @size
 * @size: bytes the NIC may write there
 * @len: bytes it wrote
 * @bufs: buffers that this frame fills, this one included (first one only,
 *	as are all the fields below)
 * @flags: NIC_RXD_*
 * @segs: frames of the wire in it: 1, or more after coalescing
 * @csum_start: with NIC_RXD_CSUM_PARTIAL, offset from the start of the frame
 *	at which the checksum still has to be summed
 * @csum_offset: offset from @csum_start of the checksum field
 * @gso_size: payload bytes of each coalesced segment but the last
 * @gso_type: SKB_GSO_* of the coalesced frame
 * @hash: with NIC_RXD_HASH, the flow's Toeplitz hash
 */
struct nic_rx_desc {
	void *buf;
	u16 size;
	u16 len;
	u8 bufs;
	u8 flags;
	u16 segs;
	u16 csum_start;
	u16 csum_offset;
	u16 gso_size;
	u32 gso_type;
	u32 hash;
};

/**
 * struct nic_tx_desc - one frame to send
 * @skb: the frame.  It stands for the list of addresses and lengths that a
 *	real descriptor holds: the NIC only reads it, and it stays the
 *	driver's until the NIC has moved past it.
 * @xdpf: or, if not NULL, the frame as XDP has it
 * @bad: set by the NIC if it refused to send the frame
 */
struct nic_tx_desc {
	struct sk_buff *skb;
	struct xdp_frame *xdpf;
	bool bad;
};

/* Frames are counted by size, with the checksum's 4 bytes: see nic_size_class(). */
#define NIC_SIZE_CLASSES	7

/**
 * nic_size_class() - where a frame of some length is counted
 * @len: bytes, without the checksum
 *
 * RMON's classes (RFC 2819): up to 64 bytes, 127, 255, 511, 1023, 1518, more.
 *
 * Context: any.
 * Return: 0 to NIC_SIZE_CLASSES - 1.
 */
static inline unsigned int nic_size_class(unsigned int len)
{
	len += ETH_FCS_LEN;
	if (len <= 64)
		return 0;
	return len > 1518 ? NIC_SIZE_CLASSES - 1 : fls(len) - 6;
}

/**
 * struct nic_tx_stats - a transmit queue's counters
 * @frames: frames put on the wire (each segment of a TSO burst is one)
 * @bytes: their bytes, from the destination address to the padding
 * @multicast: multicast frames among @frames
 * @broadcast: broadcast frames among @frames
 * @control: MAC control frames among @frames, which are counted as nothing
 *	else and which somebody made himself
 * @size: @frames by nic_size_class()
 * @tso_bursts: large packets that were cut
 * @tso_frames: into how many frames
 * @bad: frames refused: too long, too short, headers that lie
 * @no_carrier: frames lost for want of a partner
 * @xoff: times that the partner's pause frames stopped the queue
 * @lockups: times that the lockup fault struck
 */
struct nic_tx_stats {
	u64 frames, bytes, multicast, broadcast, control;
	u64 size[NIC_SIZE_CLASSES];
	u64 tso_bursts, tso_frames, bad, no_carrier, xoff, lockups;
};

/**
 * struct nic_rx_stats - a receive queue's counters, all in frames of the wire
 * @frames: frames stored in a buffer
 * @bytes: their bytes
 * @missed: frames dropped because no buffer was posted
 * @filtered: frames that the receive filter kept out
 * @giants: frames longer than the NIC is set to receive
 * @pauses: pause frames sent to the partner
 * @control: MAC control frames, which no NIC hands to its host
 * @multicast: multicast frames among @frames
 * @broadcast: broadcast frames among @frames
 * @size: @frames by nic_size_class()
 */
struct nic_rx_stats {
	u64 frames, bytes, missed, filtered, giants, pauses, control;
	u64 multicast, broadcast;
	u64 size[NIC_SIZE_CLASSES];
};

/* ---- plugging and unplugging ------------------------------------------- */

struct nic_cable *nic_cable_create(void);
void nic_cable_destroy(struct nic_cable *cable);

struct nic *nic_create(struct nic_cable *cable, unsigned int end,
		       unsigned int queues, unsigned int first_cpu,
		       void (*link_changed)(void *driver, bool up),
		       void *driver);
void nic_destroy(struct nic *nic);

/* ---- global registers --------------------------------------------------- */

void nic_start(struct nic *nic);
void nic_halt(struct nic *nic);
void nic_stop(struct nic *nic);
bool nic_link_up(const struct nic *nic);
void nic_set_addr(struct nic *nic, const u8 *addr);
void nic_partner_addr(struct nic *nic, u8 *addr);
void nic_set_filter(struct nic *nic, const struct nic_rx_filter *filter);
u32 nic_mc_hash(const u8 *addr);
void nic_set_rss(struct nic *nic, const struct nic_rss *rss);
void nic_get_rss(const struct nic *nic, struct nic_rss *rss);
void nic_set_max_frame(struct nic *nic, unsigned int bytes);
void nic_set_features(struct nic *nic, u32 features);
void nic_set_pause(struct nic *nic, bool rx, bool tx);
void nic_get_pause(const struct nic *nic, bool *rx, bool *tx);
void nic_set_lockup(struct nic *nic, unsigned int every);

/* ---- queues ------------------------------------------------------------- */

void nic_tx_setup(struct nic *nic, unsigned int queue,
		  struct nic_tx_desc *ring, u32 size);
void nic_tx_doorbell(struct nic *nic, unsigned int queue, u32 tail);
u32 nic_tx_head(const struct nic *nic, unsigned int queue);
bool nic_tx_paused(const struct nic *nic, unsigned int queue);
void nic_tx_ack(struct nic *nic, unsigned int queue, u32 clean);
void nic_tx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_tx_stats *stats);

void nic_rx_setup(struct nic *nic, unsigned int queue,
		  struct nic_rx_desc *ring, u32 size);
u32 nic_rx_head(const struct nic *nic, unsigned int queue);
void nic_rx_doorbell(struct nic *nic, unsigned int queue, u32 clean);
void nic_rx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_rx_stats *stats);

/* ---- interrupt vectors: one per queue pair ------------------------------ */

unsigned int nic_irq(const struct nic *nic, unsigned int queue);
unsigned int nic_irq_cpu(const struct nic *nic, unsigned int queue);
void nic_set_moderation(struct nic *nic, unsigned int queue,
			const struct nic_moderation *set);
void nic_get_moderation(const struct nic *nic, unsigned int queue,
			struct nic_moderation *set);
u32 nic_int_status(const struct nic *nic, unsigned int queue);
void nic_int_enable(struct nic *nic, unsigned int queue, u32 causes);
void nic_int_disable(struct nic *nic, unsigned int queue, u32 causes);

#endif /* SNULL_NIC_H */
