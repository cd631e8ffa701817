/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * segment.h - the segmentation engine: one large packet in, frames of the MTU out.
 *
 * Read next: segment.c, then nic/tso.c, which calls it.
 */
#ifndef SNULL_SEGMENT_H
#define SNULL_SEGMENT_H

#include <linux/bits.h>
#include <linux/types.h>

/* The largest header that can be repeated in front of every segment. */
#define SEG_HDR_MAX		256

/* What is cut, and how; or what has been put together: see coalesce.h. */
#define SEG_TCP4		BIT(0)	/* TCP over IPv4 */
#define SEG_TCP6		BIT(1)	/* TCP over IPv6 */
#define SEG_UDP			BIT(2)	/* UDP datagrams, over either */
#define SEG_FIXED_ID		BIT(3)	/* all have one IPv4 identification */
#define SEG_KEEP_CWR		BIT(4)	/* AccECN counts in the CWR flag */
/* These are only put together: the engine cuts no tunnels. */
#define SEG_OUTER4		BIT(5)	/* in an IPv4 tunnel */
#define SEG_OUTER6		BIT(6)	/* in an IPv6 tunnel */
#define SEG_FIXED_OUTER		BIT(7)	/* the tunnel has one identification */

/**
 * struct seg - a large packet that is being cut
 * @left: payload bytes not yet given out
 * @mss: payload bytes of every segment but the last
 * @segs: segments that the packet makes
 * @l3: offset of the IP header in @hdr
 * @l4: offset of the TCP or UDP header in @hdr
 * @hdr_len: bytes used in @hdr
 * @ip4: the packet is IPv4, else it is IPv6
 * @tcp: the packet is TCP, else it is UDP
 * @count_id: each segment has an IPv4 identification of its own
 * @keep_cwr: the second segment keeps the first one's CWR flag
 * @fin: the last segment has the FIN flag
 * @psh: the last segment has the PSH flag
 * @pad: puts the IP header in @hdr on a 4-byte boundary
 * @hdr: the next segment's headers, ready to send
 */
struct seg {
	unsigned int left;
	unsigned int mss;
	unsigned int segs;
	u16 l3;
	u16 l4;
	u16 hdr_len;
	bool ip4;
	bool tcp;
	bool count_id;
	bool keep_cwr;
	bool fin;
	bool psh;
	u8 pad[2] __aligned(4);
	u8 hdr[SEG_HDR_MAX];
};

int seg_init(struct seg *seg, const u8 *hdr, unsigned int hdr_len,
	     unsigned int l3_off, unsigned int l4_off, unsigned int how,
	     unsigned int mss, unsigned int payload);
unsigned int seg_next(struct seg *seg, u8 *out);

/**
 * seg_header() - the next segment's headers, in place
 * @seg: a packet that seg_init() has accepted
 *
 * For wire_rewrite_ip(), before the first seg_next(): all segments inherit
 * what it does.  Their lengths, and the sum of the pseudo header, are those of
 * one segment, not of the large packet.
 *
 * Context: any.
 * Return: @seg->hdr_len bytes.
 */
static inline u8 *seg_header(struct seg *seg)
{
	return seg->hdr;
}

#endif /* SNULL_SEGMENT_H */
