/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * queue.h - a queue pair: one interrupt vector, one NAPI instance, two rings.
 * The driver and its receive paths share it.
 *
 * A descriptor holds what the NIC has to know of a piece of memory, an address
 * and a length.  What the driver has to know, to give the memory back, is in an
 * array of its own beside the ring, slot by slot.
 *
 * Read next: queue.c, how its vector interrupts, and is polled; rx.c, how a
 * frame gets off the receive ring; tx.c, how a packet gets into the other.
 */
#ifndef SNULL_QUEUE_H
#define SNULL_QUEUE_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/u64_stats_sync.h>

#include "compat.h"
#include "nic/nic.h"
#include "nic/ring.h"

/**
 * struct snull_rx_buf - a receive buffer
 * @buf: where the NIC writes; NULL while there is none
 * @dma: the same, as a bus address
 */
struct snull_rx_buf {
	void *buf;
	dma_addr_t dma;
};

/* How a piece of a packet was mapped, and so has to be unmapped. */
enum snull_tx_map {
	SNULL_TX_SINGLE,	/* by dma_map_single() */
	SNULL_TX_PAGE,		/* by dma_map_page() and the like */
	SNULL_TX_POOL,		/* by its page_pool, which keeps it mapped */
};

/**
 * struct snull_tx_buf - a piece of a packet, in the slot of its descriptor
 * @skb: the packet, on its first piece
 * @xdpf: or the frame, if XDP sends it
 * @dma: where the piece is mapped
 * @len: bytes
 * @map: how
 * @xdp: @xdpf is set, not @skb
 * @descs: how many pieces the packet has, on the first
 */
struct snull_tx_buf {
	union {
		struct sk_buff *skb;
		struct xdp_frame *xdpf;
	};
	dma_addr_t dma;
	u32 len;
	u8 map;
	bool xdp;
	u16 descs;
};

/**
 * struct snull_rx_sums - what a poll has received so far: its end counts it
 * @packets: frames taken for the stack or XDP, in frames of the wire
 * @bytes: their bytes
 * @gro_hw: packets that the NIC had coalesced
 * @gro_hw_frames: out of how many frames of the wire
 * @gro_hw_bytes: their bytes
 * @xdp_drops: frames that an XDP program dropped, or could not be sent for it
 * @xdp_tx: frames that an XDP program sent back
 * @xdp_redirects: frames that an XDP program sent elsewhere
 */
struct snull_rx_sums {
	u32 packets, bytes;
	u32 gro_hw, gro_hw_frames, gro_hw_bytes;
	u32 xdp_drops, xdp_tx, xdp_redirects;
};

/**
 * struct snull_rings - a queue's two rings, and the memory behind them
 * @dev: the device that it is mapped for
 * @rx_half: all that has to do with receiving, which can be replaced alone
 * @rx: receive descriptors
 * @rx_dma: their bus address
 * @rx_bufs: the buffers; a descriptor's id says which one is in its slot, or
 *	was there last
 * @rx_size: how many, a power of two
 * @rx_clean: next frame to take
 * @rx_head: how far the NIC had come when we looked last
 * @rx_posted: next slot to put a fresh buffer into, a ring's size ahead of
 *	@rx_clean when none is missing
 * @rx_rung: @rx_posted as the NIC knows it
 * @rx_acked: @rx_clean as the NIC knows it
 * @rx_sums: what is not counted yet
 * @pool: where receive buffers come from, or NULL: page fragments, for a
 *	path that allocates in hard-interrupt context
 * @buf_len: length of a buffer: see struct snull_shape
 * @buf_size: memory that it takes: all of the pages from @pool, however large
 *	pages are
 * @headroom: see struct snull_shape
 * @xdp_rxq: what XDP has to know of the ring; NULL without a program
 * @tx: transmit descriptors
 * @tx_dma: their bus address
 * @tx_bufs: what each slot holds
 * @tx_size: how many, a power of two
 * @tx_room: descriptors that a packet may take; one that has more pieces is
 *	made into one.  With less room than that the queue stops
 * @tx_tail: next slot to fill
 * @tx_rung: @tx_tail as the NIC knows it
 * @tx_clean: next completion to see
 */
struct snull_rings {
	struct device *dev;

	struct_group_tagged(snull_rx_half, rx_half,
		struct nic_rx_desc *rx;
		dma_addr_t rx_dma;
		struct snull_rx_buf *rx_bufs;
		u32 rx_size;
		u32 rx_clean;
		u32 rx_head;
		u32 rx_posted;
		u32 rx_rung;
		u32 rx_acked;
		struct snull_rx_sums rx_sums;
		struct page_pool *pool;
		u32 buf_len;
		u32 buf_size;
		u32 headroom;
		struct xdp_rxq_info *xdp_rxq;
	);

	struct nic_tx_desc *tx;
	dma_addr_t tx_dma;
	struct snull_tx_buf *tx_bufs;
	u32 tx_size;
	u32 tx_room;
	u32 tx_tail;
	u32 tx_rung;
	u32 tx_clean;
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
	u64_stats_t xdp_drops, xdp_tx, xdp_redirects;
	struct u64_stats_sync syncp;
};

/* Who sends, under the queue's transmit lock. */
struct snull_tx_stats {
	u64_stats_t doorbells, stops, nowhere, map_failed;
	u64_stats_t xdp_xmit;
	struct u64_stats_sync syncp;
};

/* Who holds SNULL_QUEUE_CLEANING. */
struct snull_done_stats {
	u64_stats_t packets, bad, reset, wakes;
	struct u64_stats_sync syncp;
};

/**
 * struct snull_queue_stats - what the driver has counted for a queue
 * @rx_packets: frames taken for the stack or XDP, in frames of the wire
 * @rx_bytes: their bytes
 * @rx_alloc_failed: frames dropped for want of memory
 * @rx_reset: frames given up when the ring was torn down
 * @rx_gro_hw: packets that the NIC had coalesced
 * @rx_gro_hw_frames: out of how many frames of the wire
 * @rx_gro_hw_bytes: their bytes
 * @tx_done: packets completed
 * @tx_bad: packets that the NIC refused
 * @tx_reset: packets given up when the ring was torn down, or had been
 * @tx_map_failed: packets dropped because they could not be mapped for DMA, or
 *	not be made fit for that
 * @tx_doorbells: times that the driver rang
 * @tx_stops: times that the largest packet might have found no room
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
	u64 tx_done, tx_bad, tx_reset, tx_map_failed;
	u64 tx_doorbells, tx_stops, tx_wakes;
	u64 irqs, irqs_rx, irqs_tx;
	u64 polls, polls_exhausted, completions;
	u64 xdp_drops, xdp_tx, xdp_redirects, xdp_xmit;
};

/* Bits of a queue's state. */
enum {
	SNULL_QUEUE_CLEANING,	/* somebody frees what was sent, or nobody may */
	SNULL_QUEUE_WAITING,	/* who does has been asked to unmask NIC_INT_TX */
	SNULL_QUEUE_STOPPED,	/* the path is: who does unmasks nothing */
	SNULL_QUEUE_CHECK,	/* who does shall see whether anything moves */
};

/**
 * struct snull_queue - a queue pair: one vector, one NAPI, two rings
 * @dev: the interface
 * @nic: its NIC
 * @index: which queue pair
 * @rings: the rings in use
 * @napi: for paths that want one
 * @path: the path's own data
 * @weight: of the interface, for path 2
 * @state: SNULL_QUEUE_*
 * @irq_stats: what the vector's handler counts
 * @rx_stats: what is counted as frames are received
 * @tx_stats: what is counted as packets are sent
 * @done_stats: what is counted as they are completed
 * @pool_stats: what the page pools of earlier rings counted
 * @checked: how much the NIC had done at the last hang check
 * @owed: what it had been told of by then; of who cleans the ring
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
	unsigned int weight;
	unsigned long state;
	struct snull_irq_stats irq_stats;
	struct snull_rx_stats rx_stats;
	struct snull_tx_stats tx_stats;
	struct snull_done_stats done_stats;
#ifdef SNULL_HAVE_PAGE_POOL_STATS
	struct page_pool_stats pool_stats;
#endif
	u32 checked;
	u32 owed;
	struct mutex moderation;	/* read-modify-write of the NIC's */
	struct dim dim;
	bool adaptive;
	unsigned int xdp_flush;
	char name[IFNAMSIZ + 16];
};

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
 * snull_rx_missing() - how many slots of the receive ring have no buffer
 * @rings: the ring
 *
 * Context: as for snull_rx_next(), or process if nobody else uses the ring.
 * Return: the slots.
 */
static inline u32 snull_rx_missing(const struct snull_rings *rings)
{
	return ring_space(rings->rx_posted, rings->rx_clean, rings->rx_size);
}

#endif /* SNULL_QUEUE_H */
