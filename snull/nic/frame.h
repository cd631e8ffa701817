/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - a frame on the wire, which is read out of its sender's memory while
 * it arrives.
 *
 * Read next: tx.c, where it is made; dma.c, how it is read.
 */
#ifndef SNULL_NIC_FRAME_H
#define SNULL_NIC_FRAME_H

#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "../frame/rewrite.h"
#include "nic.h"

struct nic_txq;

/**
 * struct nic_sg - a reading position in a packet's memory
 * @txq: whose packet it is
 * @next: descriptor to go on with when @left is used up
 * @ptr: next byte to read
 * @left: bytes in a row from @ptr
 */
struct nic_sg {
	const struct nic_txq *txq;
	u32 next;
	const u8 *ptr;
	unsigned int left;
};

/**
 * struct nic_sum - a checksum in the making
 * @sum: of what was copied so far
 * @len: how much that was
 */
struct nic_sum {
	__wsum sum;
	unsigned int len;
};

/**
 * struct nic_frame - one frame on the wire
 * @pad: puts the IP header in @hdr on a 4-byte boundary
 * @hdr: its header, if the segmenter wrote one, ready to be stored
 * @hdr_len: bytes there, or 0: all of the frame comes from @sg
 * @sg: where the rest is read from
 * @payload: bytes of the rest
 * @len: bytes of all of it
 * @start: its first bytes, in @hdr or in @sg: see nic_frame_look()
 * @csum: how far its checksum is done
 * @rewrite: flip the addresses while storing (never with @hdr: the
 *	segmenter's template is already flipped)
 * @steered: the fields below are filled in
 * @drop: a rule drops it
 * @queue: the receive queue it goes to
 * @hash: of its flow
 * @hash_flags: NIC_RXD_HASH*
 * @fate: NIC_FATE_*
 * @stamp: what the receiver's clock showed when it was put on the wire; 0 if the
 *	receiver does not want to know
 */
struct nic_frame {
	u8 pad[2] __aligned(4);
	u8 hdr[NIC_HDR_MAX];
	unsigned int hdr_len;
	struct nic_sg sg;
	unsigned int payload;
	unsigned int len;
	const u8 *start;
	struct wire_csum csum;
	bool rewrite;
	bool steered;
	bool drop;
	u8 queue;
	u8 hash_flags;
	u8 fate;
	u32 hash;
	u64 stamp;
};

/* What a bad cable does to a frame. */
enum {
	NIC_FATE_ARRIVES,
	NIC_FATE_CORRUPT,
	NIC_FATE_LOST,
};

/* Pause frames are the best known: IEEE 802.3, annex 31. */
static inline bool nic_frame_is_control(const struct nic_frame *frame)
{
	const struct ethhdr *eth = (const void *)frame->start;

	return eth->h_proto == htons(ETH_P_PAUSE);
}

/* Bytes at frame->start that the NIC looks at. */
static inline unsigned int nic_frame_look(const struct nic_frame *frame)
{
	return frame->hdr_len ?: min_t(unsigned int, frame->sg.left,
					NIC_HDR_MAX);
}

/* Is a frame's IP header where the architecture can read words of it? */
static inline bool nic_frame_aligned(const struct nic_frame *frame)
{
	return IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ||
	       IS_ALIGNED((unsigned long)frame->start + ETH_HLEN, 4);
}

#endif /* SNULL_NIC_FRAME_H */
