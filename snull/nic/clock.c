// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the NIC's own clock, and the time that it stamps on frames.
 *
 * Each NIC has one, which starts from zero when the NIC gets its power, and goes
 * on whether the NIC is started or not; nobody has set the two ends of a cable to
 * the same time.
 *
 * The moment that counts is when the first bit after the preamble passes, as in
 * IEEE 1588, clause 7.3.4: at both ends, since this cable has no length.  On a
 * wire with a speed, the frame arrives when its last bit does, and so later than
 * its stamp says.  Both ends latch their clocks then; what is made of that is
 * written into the descriptors: of transmit by the sender, for the frame that
 * the driver asked about, and of receive for what the filter lets through.
 *
 * Read next: store.c, where the stamp gets into the descriptor; tick.h, the
 * arithmetic.
 */
#include <linux/ktime.h>

#include "../frame/headers.h"
#include "impl.h"

/* ---- which frames ------------------------------------------------------------ */

#define PTP_EVENT_PORT	319
#define PTP_VERSION	2

/* Sync, Delay_Req, Pdelay_Req, Pdelay_Resp: IEEE 1588, table 36. */
static bool nic_ptp_message(const u8 *data, unsigned int len)
{
	return len >= 2 && (data[0] & 0xf) <= 3 && (data[1] & 0xf) == PTP_VERSION;
}

static bool nic_ptp_datagram(const u8 *data, unsigned int len)
{
	const struct udphdr *uh = (const void *)data;

	return len >= sizeof(*uh) && uh->dest == htons(PTP_EVENT_PORT) &&
	       nic_ptp_message(data + sizeof(*uh), len - sizeof(*uh));
}

static bool nic_ptp_ip4(const u8 *data, unsigned int len)
{
	const struct iphdr *iph = (const void *)data;

	/* Of a datagram in fragments, none is taken for one. */
	return len >= sizeof(*iph) && iph->ihl >= 5 && len >= iph->ihl * 4 &&
	       iph->protocol == IPPROTO_UDP &&
	       !ip_is_fragment(iph) &&
	       nic_ptp_datagram(data + iph->ihl * 4, len - iph->ihl * 4);
}

static bool nic_ptp_ip6(const u8 *data, unsigned int len)
{
	const struct ipv6hdr *ip6h = (const void *)data;

	return len >= sizeof(*ip6h) && ip6h->nexthdr == IPPROTO_UDP &&
	       nic_ptp_datagram(data + sizeof(*ip6h), len - sizeof(*ip6h));
}

/* Is it an event message of PTP version 2, behind up to two VLAN tags? */
static bool nic_ptp_event(const u8 *frame, unsigned int len)
{
	__be16 type = 0;
	unsigned int at = wire_find_l3(frame, len, &type);

	if (!at)
		return false;
	if (type == htons(ETH_P_1588))
		return nic_ptp_message(frame + at, len - at);
	if (type == htons(ETH_P_IP))
		return nic_ptp_ip4(frame + at, len - at);
	return type == htons(ETH_P_IPV6) &&
	       nic_ptp_ip6(frame + at, len - at);
}

/* ---- stamps ------------------------------------------------------------------- */

/* What the clock showed at a moment of the world's time. */
static u64 nic_clock_at(struct nic *nic, u64 at)
{
	unsigned long flags;
	u64 time;

	raw_spin_lock_irqsave(&nic->clock.lock, flags);
	time = tick_at(&nic->clock.tick, at, NULL);
	raw_spin_unlock_irqrestore(&nic->clock.lock, flags);
	return time;
}

/**
 * nic_clock_latch() - a frame begins to cross: both ends look at their clocks
 * @txq: the queue, taken, whose frame it is
 * @partner: the NIC at the other end
 * @at: when, in ns of CLOCK_MONOTONIC
 *
 * Of a large packet that is cut, the stamp is that of the last frame.
 *
 * Context: any.
 */
void nic_clock_latch(struct nic_txq *txq, struct nic *partner, u64 at)
{
	struct nic_tx_desc *desc = &txq->ring[ring_slot(txq->head, txq->size)];

	if (desc->flags & NIC_TXD_STAMP) {
		desc->stamp = nic_clock_at(txq->nic, at);
		desc->flags |= NIC_TXD_STAMPED;
	}
	txq->frame.stamp = READ_ONCE(partner->stamps) & NIC_STAMP_RX ?
			   nic_clock_at(partner, at) : 0;
}

/**
 * nic_clock_stamp() - write a frame's stamp into its descriptor, if it is to be
 * @nic: the receiving NIC
 * @first: the frame's first descriptor, filled in
 * @buf: its beginning
 * @len: bytes there, of the header at least
 * @stamp: what the clock showed when it came
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_clock_stamp(struct nic *nic, struct nic_rx_desc *first, const u8 *buf,
		     unsigned int len, u64 stamp)
{
	u32 stamps = READ_ONCE(nic->stamps);

	if (!(stamps & NIC_STAMP_RX_ALL) &&
	    !(stamps & NIC_STAMP_RX_PTP && nic_ptp_event(buf, len)))
		return;
	first->stamp = stamp;
	first->flags |= NIC_RXD_STAMP;
}

/* ---- the registers ------------------------------------------------------------- */

/**
 * nic_clock_init() - the NIC gets its power: its clock starts from zero
 * @nic: the NIC
 *
 * Context: process, while the NIC is being made.
 */
void nic_clock_init(struct nic *nic)
{
	raw_spin_lock_init(&nic->clock.lock);
	tick_set(&nic->clock.tick, ktime_get_ns(), 0);
	nic->clock.tick.rate = TICK_ONE;
}

/**
 * nic_set_stamps() - choose which frames the NIC stamps
 * @nic: the NIC
 * @stamps: NIC_STAMP_*
 *
 * Context: any.  Frames that are under way may still be stamped as before.
 */
void nic_set_stamps(struct nic *nic, u32 stamps)
{
	WRITE_ONCE(nic->stamps, stamps);
}

/**
 * nic_clock_read() - read the clock
 * @nic: the NIC
 *
 * Context: any.
 * Return: ns.
 */
u64 nic_clock_read(struct nic *nic)
{
	unsigned long flags;
	u64 time;

	/* The world's time under the lock, too: or it may go back. */
	raw_spin_lock_irqsave(&nic->clock.lock, flags);
	time = tick_at(&nic->clock.tick, ktime_get_ns(), NULL);
	raw_spin_unlock_irqrestore(&nic->clock.lock, flags);
	return time;
}

/**
 * nic_clock_set() - set the clock
 * @nic: the NIC
 * @time: to what, in ns
 *
 * Its rate stays.
 *
 * Context: any.
 */
void nic_clock_set(struct nic *nic, u64 time)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&nic->clock.lock, flags);
	tick_set(&nic->clock.tick, ktime_get_ns(), time);
	raw_spin_unlock_irqrestore(&nic->clock.lock, flags);
}

/**
 * nic_clock_step() - put the clock forward or back
 * @nic: the NIC
 * @delta: by so many ns
 *
 * No time is lost meanwhile, as it would be between a read and a set.
 *
 * Context: any.
 */
void nic_clock_step(struct nic *nic, s64 delta)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&nic->clock.lock, flags);
	nic->clock.tick.time += delta;
	raw_spin_unlock_irqrestore(&nic->clock.lock, flags);
}

/**
 * nic_clock_slew() - let the clock go faster or slower
 * @nic: the NIC
 * @scaled_ppm: by so much, in 1 / 65536 millionths, up to NIC_CLOCK_SLEW_MAX; 0 for as it
 *	was made
 *
 * Context: any.
 */
void nic_clock_slew(struct nic *nic, long scaled_ppm)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&nic->clock.lock, flags);
	tick_slew(&nic->clock.tick, ktime_get_ns(), scaled_ppm);
	raw_spin_unlock_irqrestore(&nic->clock.lock, flags);
}
