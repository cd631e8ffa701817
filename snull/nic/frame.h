/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - a frame on its way from one NIC into the other.
 *
 * It is nowhere as a whole: until it is stored, it is a position in the sender's
 * memory, and what the transmit engine knows of it.
 *
 * Read next: tx.c, which makes it; rx.c, where it arrives.
 */
#ifndef SNULL_NIC_FRAME_H
#define SNULL_NIC_FRAME_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#include "../frame/rewrite.h"
#include "../frame/tag.h"
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
 * @hdr: its header, if the segmenter wrote one, ready to be stored but for @tag
 * @hdr_len: bytes there, or 0: all of the frame comes from @sg
 * @sg: where the rest is read from
 * @payload: bytes of the rest
 * @len: bytes of all of it, with the tag
 * @start: its first bytes, in @hdr or in @sg: see nic_frame_look()
 * @csum: how far its checksum is done
 * @rewrite: flip the addresses while storing (never with @hdr: they are flipped
 *	there)
 * @tagged: it has a VLAN tag
 * @tag_len: TAG_LEN if that is @tag, which is in neither @hdr nor @sg; else 0,
 *	and it is where it is in a frame
 * @strip: NIC_RXD_CTAG or NIC_RXD_STAG if the receiver takes it out
 * @steered: the fields below are filled in
 * @drop: a rule drops it
 * @queue: the receive queue it goes to
 * @hash: of its flow
 * @hash_flags: NIC_RXD_HASH*
 * @fate: NIC_FATE_*
 * @tag: with @tag_len, the tag
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
	bool tagged;
	u8 tag_len;
	u8 strip;
	bool steered;
	bool drop;
	u8 queue;
	u8 hash_flags;
	u8 fate;
	struct vlan_tag tag;
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

	return unlikely(eth->h_proto == htons(ETH_P_PAUSE)) && !frame->tag_len;
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
