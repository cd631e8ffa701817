/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * desc.h - the descriptors: what driver and NIC tell each other of a piece of
 * memory.
 *
 * Read next: ring.h, how they lie in a ring.
 */
#ifndef SNULL_NIC_DESC_H
#define SNULL_NIC_DESC_H

#include <linux/bits.h>
#include <linux/types.h>

/* Flags of a transmit descriptor; all but EOP on a packet's first one. */
#define NIC_TXD_EOP		BIT(0)	/* the packet's last descriptor */
#define NIC_TXD_CSUM		BIT(1)	/* csum_start and csum_offset are set */
#define NIC_TXD_TSO		BIT(2)	/* mss, l3, l4_len and tso are set */
#define NIC_TXD_STAMP		BIT(3)	/* tell when it is sent */
#define NIC_TXD_CTAG		BIT(4)	/* put a VLAN's C-tag in: tci is set */
#define NIC_TXD_STAG		BIT(5)	/* or an S-tag */
#define NIC_TXD_STAMPED		BIT(6)	/* set by the NIC: stamp is set */
#define NIC_TXD_BAD		BIT(7)	/* set by the NIC: it refused to send */
#define NIC_TXD_TAG		(NIC_TXD_CTAG | NIC_TXD_STAG)

/**
 * struct nic_tx_desc - a piece of memory to send
 * @addr: its bus address; the NIC only reads there
 * @len: its length in bytes
 * @flags: NIC_TXD_*
 * @l3: with NIC_TXD_TSO, where the IP header begins; TCP's or UDP's is at
 *	@csum_start
 * @l4_len: and how long that is: all up to its end is repeated in front of each
 *	frame
 * @tso: what to cut and how, SEG_*
 * @csum_start: with NIC_TXD_CSUM, where the NIC begins to sum, as an offset
 *	from the start of the packet (as all others of these are)
 * @csum_offset: offset from @csum_start of the 16 bits that take the sum; they
 *	hold that of the pseudo header, and lie within NIC_HDR_MAX
 * @mss: with NIC_TXD_TSO, payload bytes of each frame but the last
 * @tci: with NIC_TXD_TAG, priority and VLAN id of the tag that the NIC puts
 *	behind the addresses, of each frame if it cuts some.  The offsets above are
 *	those without it
 * @stamp: with NIC_TXD_STAMPED, what the NIC's clock showed when the packet's
 *	last frame was put on the wire; written by the NIC
 *
 * A packet takes one descriptor or several, in a row, the last with EOP.  Its
 * first piece holds its Ethernet header at least.  The NIC has done with all
 * of them when its head has moved past the last.
 */
struct nic_tx_desc {
	dma_addr_t addr;
	u32 len;
	u8 flags;
	u8 l3;
	u8 l4_len;
	u8 tso;
	u16 csum_start;
	u16 csum_offset;
	u16 mss;
	u16 tci;
	u64 stamp;
};

/* Flags of a receive descriptor, set by the NIC on a frame's first one. */
#define NIC_RXD_CSUM_OK		BIT(0)	/* TCP's or UDP's checksum is right */
#define NIC_RXD_CSUM_PARTIAL	BIT(1)	/* csum_start and csum_offset are set */
#define NIC_RXD_GRO		BIT(2)	/* mss, tso and l3 are set */
#define NIC_RXD_HASH		BIT(3)	/* hash is set, and covers addresses */
#define NIC_RXD_HASH_L4		BIT(4)	/* and ports */
#define NIC_RXD_STAMP		BIT(5)	/* stamp is set */
#define NIC_RXD_CTAG		BIT(6)	/* it had a C-tag: tci is set */
#define NIC_RXD_STAG		BIT(7)	/* or an S-tag */
#define NIC_RXD_TAG		(NIC_RXD_CTAG | NIC_RXD_STAG)

/**
 * struct nic_rx_desc - a receive buffer, and what landed in it
 * @addr: its bus address; written by the driver, as are @size and @id
 * @size: bytes that the NIC may write there, NIC_HDR_MAX and a tag at least
 * @len: bytes that it wrote
 * @bufs: buffers that this frame fills, this one included (first one only,
 *	as are all the fields below)
 * @flags: NIC_RXD_*
 * @segs: frames of the wire in it: 1, or more after coalescing
 * @csum_start: with NIC_RXD_CSUM_PARTIAL, offset from the start of the frame
 *	at which the checksum still has to be summed
 * @csum_offset: offset from @csum_start of the checksum field
 * @mss: payload bytes of each coalesced segment but the last
 * @tso: what the coalesced frame is, SEG_*
 * @l3: with SEG_OUTER4 or SEG_OUTER6 in it, where the inner IP header begins
 * @hash: with NIC_RXD_HASH, the flow's Toeplitz hash
 * @id: the driver's name for the buffer.  The NIC uses buffers as they were
 *	posted, but gives those that it coalesced into back when it has done with
 *	them: then @addr, @size and @id are those of another slot
 * @tci: with NIC_RXD_TAG, priority and VLAN id of the tag that was behind the
 *	addresses, and is no more
 * @stamp: with NIC_RXD_STAMP, what the NIC's clock showed when the frame, or the
 *	first one of a coalesced run, began to come in
 */
struct nic_rx_desc {
	dma_addr_t addr;
	u16 size;
	u16 len;
	u8 bufs;
	u8 flags;
	u16 segs;
	u16 csum_start;
	u16 csum_offset;
	u16 mss;
	u8 tso;
	u8 l3;
	u32 hash;
	u16 id;
	u16 tci;
	u64 stamp;
};

#endif /* SNULL_NIC_DESC_H */
