/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h - what the NIC counts, as its driver reads it.
 *
 * Read next: count.h, how it is counted.
 */
#ifndef SNULL_NIC_STATS_H
#define SNULL_NIC_STATS_H

#include <linux/bitops.h>
#include <uapi/linux/if_ether.h>
#include <linux/types.h>

/**
 * enum nic_run_end - why a run of coalesced segments ended
 * @NIC_RUN_DONE: with a segment that nothing can follow
 * @NIC_RUN_BROKEN: before a frame of its flow, or of none, that did not fit
 * @NIC_RUN_READ: because the driver read head
 * @NIC_RUN_PLACE: because its place or its buffers were needed
 * @NIC_RUN_ENDS: how many reasons there are
 */
enum nic_run_end {
	NIC_RUN_DONE,
	NIC_RUN_BROKEN,
	NIC_RUN_READ,
	NIC_RUN_PLACE,
	NIC_RUN_ENDS,
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
 * struct nic_tx_stats - a transmit queue's counters, as they are read
 * @frames: frames put on the wire (each segment of a TSO burst is one)
 * @bytes: their bytes, from the destination address to the padding
 * @multicast: multicast frames among @frames
 * @broadcast: broadcast frames among @frames
 * @control: MAC control frames among @frames, which are counted as nothing
 *	else and which somebody made himself
 * @size: @frames by nic_size_class()
 * @tso_bursts: large packets that were cut
 * @tso_frames: into how many frames
 * @bad: packets refused: too long, too short, headers that lie
 * @no_carrier: packets lost for want of a partner
 * @xoff: times that the partner's pause frames stopped the queue
 * @lockups: times that the lockup fault struck
 */
struct nic_tx_stats {
	u64 frames, bytes, multicast, broadcast, control;
	u64 size[NIC_SIZE_CLASSES];
	u64 tso_bursts, tso_frames, bad, no_carrier, xoff, lockups;
};

/**
 * struct nic_rx_stats - a receive queue's counters, as they are read, all in
 *	frames of the wire
 * @frames: frames stored in a buffer
 * @bytes: their bytes
 * @missed: frames dropped because no buffer was posted
 * @filtered: frames that the receive filter kept out
 * @giants: frames longer than the NIC is set to receive
 * @pauses: pause frames sent to the partner
 * @control: MAC control frames, which no NIC hands to its host, but for:
 * @pause_frames: pause frames that somebody made by hand: on a wire without a
 *	speed they ask for no time at all, and none is given
 * @crc: frames that came damaged
 * @lost: frames that the cable lost: what no real NIC could count
 * @ruled_out: frames that a rule drops, on the queue that RSS had for them
 * @multicast: multicast frames among @frames
 * @broadcast: broadcast frames among @frames
 * @size: @frames by nic_size_class()
 * @run_end: runs of coalesced segments, be it one segment or many, by how they
 *	ended
 */
struct nic_rx_stats {
	u64 frames, bytes, missed, filtered, giants, pauses, control, crc, lost;
	u64 pause_frames;
	u64 ruled_out;
	u64 multicast, broadcast;
	u64 size[NIC_SIZE_CLASSES];
	u64 run_end[NIC_RUN_ENDS];
};

#endif /* SNULL_NIC_STATS_H */
