/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rate.h - the arithmetic of a wire that takes its time.
 *
 * A frame occupies the wire for more than its bytes: the preamble in front of
 * it, its checksum, and a gap of silence before the next one (IEEE 802.3,
 * clause 4.4.2).
 *
 * Read next: wire.c.
 */
#ifndef SNULL_RATE_H
#define SNULL_RATE_H

#include <linux/minmax.h>
#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#define RATE_PREAMBLE	8	/* bytes, with the start delimiter */
#define RATE_GAP	12	/* bytes */

/**
 * rate_bytes() - how much of the wire's time a frame takes, in bytes
 * @len: the frame's bytes, without padding and checksum
 *
 * Context: any.
 * Return: bytes, from the preamble to the end of the gap behind it.
 */
static inline u32 rate_bytes(u32 len)
{
	return RATE_PREAMBLE + max_t(u32, len, ETH_ZLEN) + ETH_FCS_LEN +
	       RATE_GAP;
}

/**
 * rate_ns() - how long so many bytes take
 * @bytes: up to 64 KB
 * @mbps: the speed in Mbit/s, from 1 to 100000
 * @rest: what the last call left over, in 1 / @mbps ns, and what this one does;
 *	so the sum over many frames is exact
 *
 * Context: any.
 * Return: whole nanoseconds.
 */
static inline u32 rate_ns(u32 bytes, u32 mbps, u32 *rest)
{
	u32 scaled = bytes * 8 * 1000 + *rest;

	*rest = scaled % mbps;
	return scaled / mbps;
}

#endif /* SNULL_RATE_H */
