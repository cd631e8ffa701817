// SPDX-License-Identifier: GPL-2.0-only
/*
 * wire.c - a wire with a speed: each frame occupies it for its length.
 *
 * Without a speed, the transmit engine hands frame after frame to the partner.
 * With one, there is one wire for all the queues of a NIC, and one frame on it
 * at a time: the queues take turns, a frame each.  A frame starts when the one
 * before it and the gap are over; with its last bit it arrives, and only then
 * are its completion and the receiver's interrupt due.  A timer sees to that, on
 * the CPU whose doorbell found the wire idle.
 *
 * The wire has a time of its own, which goes from frame to frame by calculation.
 * When the timer is late, all that should have happened by now is done at once,
 * and the next frame starts when it should have started: so the rate is exact,
 * and delays do not add up.  The timer expires in hard interrupt context, since
 * hardware does not wait for softirqs: a frame arrives while a poll runs.
 *
 * Read next: rx.c, where the frame arrives.
 */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "../compat_core.h"
#include "impl.h"
#include "rate.h"
#include "trace.h"

/*
 * A CPU too slow for the speed is always late: then frames move in turns, with
 * pauses, in which it may do something else.  And a timer that expires before
 * its last interrupt has ended would be worth less than it costs.
 */
#define NIC_WIRE_TURN	16			/* frames */
#define NIC_WIRE_PAUSE	(10 * NSEC_PER_USEC)
#define NIC_WIRE_GRAIN	(2 * NSEC_PER_USEC)

/* Whose turn is it?  Return: that queue, taken; or NULL: none has a frame. */
static struct nic_txq *nic_wire_pick(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;
	struct nic_txq *txq;
	unsigned int i;

	for (i = 1; i <= nic->queues; i++) {
		txq = &nic->txq[(wire->last + i) % nic->queues];
		if (!nic_tx_has_work(txq) || !nic_tx_take(txq))
			continue;
		if (nic_tx_has_work(txq)) {
			wire->last = txq->index;
			return txq;
		}
		nic_tx_give(txq);
	}
	return NULL;
}

/* The frame's last bit has left the wire. */
static void nic_wire_arrive(struct nic_txq *txq)
{
	WRITE_ONCE(txq->nic->wire.txq, NULL);
	/* Without room it waits there for XON, and need not cross again. */
	txq->crossed = true;
	txq->crossed = nic_tx_engine(txq, 1);
	/* At any speed, there is time between a frame and the next one. */
	nic_tx_flush(txq);
	nic_tx_give(txq);
}

/* The link went down under it. */
static void nic_wire_cut(struct nic_txq *txq)
{
	WRITE_ONCE(txq->nic->wire.txq, NULL);
	nic_tx_lose(txq);
	nic_tx_give(txq);
}

/* The wire has no speed any more: let those whom it concerns find out. */
static void nic_wire_pass(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->queues; i++)
		if (nic_tx_has_work(&nic->txq[i]))
			nic_tx_wake(&nic->txq[i]);
}

/* Its first bit after the preamble is on the wire. */
static void nic_wire_stamp(struct nic_txq *txq, u64 start, u32 speed)
{
	struct nic *partner = nic_partner(txq->nic);
	u32 none = 0;

	if (partner && nic_clock_wanted(txq->nic, partner))
		nic_clock_latch(txq, partner, start +
				rate_ns(RATE_PREAMBLE, speed, &none));
}

static void nic_wire_put(struct nic_wire *wire, struct nic_txq *txq, u32 speed)
{
	u64 start = wire->free;
	u32 none = 0;

	if (wire->speed != speed)
		wire->rest = 0;
	wire->speed = speed;
	wire->free = start + rate_ns(rate_bytes(txq->frame.len), speed,
				     &wire->rest);
	WRITE_ONCE(wire->txq, txq);
	WRITE_ONCE(wire->due, wire->free - rate_ns(RATE_GAP, speed, &none));
	nic_wire_stamp(txq, start, speed);
	trace_snull_wire_frame(txq->nic->vector[txq->index].irq,
			       txq->frame.len, start, wire->due);
}

/* The wire is free.  Return: false if there is nothing to put on it. */
static bool nic_wire_begin(struct nic *nic, u64 now)
{
	u32 speed = READ_ONCE(nic->speed);
	struct nic_wire *wire = &nic->wire;
	struct nic_txq *txq = NULL;

	if (speed)
		txq = nic_wire_pick(nic);
	else
		nic_wire_pass(nic);
	/* What comes when it is idle starts then, or when the gap is over. */
	if (txq && wire->idle)
		wire->free = max(wire->free, now);
	wire->idle = !txq;
	if (!txq)
		return false;
	/* Before the link is looked at: it may go down in between. */
	wire->epoch = READ_ONCE(nic->link_downs);
	smp_rmb(); /* pairs with nic_link_write() */
	if (txq->crossed)
		nic_wire_arrive(txq);
	else if (nic_tx_ready(txq))
		nic_wire_put(wire, txq, speed);
	else
		nic_tx_give(txq);
	return true;
}

static void nic_wire_arm(struct nic_wire *wire, u64 at)
{
	if (wire->armed == at && hrtimer_is_queued(&wire->timer))
		return;
	wire->armed = at;
	hrtimer_start(&wire->timer, ns_to_ktime(at),
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/* Do what is due. */
static void nic_wire_engine(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;
	unsigned int turn = NIC_WIRE_TURN;
	u64 now = ktime_get_ns();

	rcu_read_lock();
	for (;;) {
		if (wire->txq && wire->epoch != READ_ONCE(nic->link_downs))
			nic_wire_cut(wire->txq);
		if (!wire->txq && !nic_wire_begin(nic, now))
			break;
		if (wire->txq && wire->due > now)
			now = ktime_get_ns();
		if (wire->txq && wire->due > now) {
			nic_wire_arm(wire, max(wire->due,
					       now + NIC_WIRE_GRAIN));
			break;
		}
		if (!turn--) {
			nic_wire_arm(wire, ktime_get_ns() + NIC_WIRE_PAUSE);
			break;
		}
		if (wire->txq)
			nic_wire_arrive(wire->txq);
	}
	rcu_read_unlock();
}

/**
 * nic_wire_kick() - something has changed: let the wire look
 * @nic: the NIC
 *
 * One CPU at a time is at it; who finds it busy leaves word and goes.  With
 * PREEMPT_RT who has softirqs off may be preempted: the wire rests with him.
 *
 * Context: softirqs off; or a hard interrupt, the wire's timer.
 */
void nic_wire_kick(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;

	set_bit(NIC_WIRE_ASKED, &wire->state);
	do {
		/* Asked, then looked whether it is busy: or it looks again. */
		smp_mb();
		if (test_and_set_bit_lock(NIC_WIRE_BUSY, &wire->state))
			return;
		clear_bit(NIC_WIRE_ASKED, &wire->state);
		smp_mb__after_atomic(); /* what was asked for is seen */
		nic_wire_engine(nic);
		clear_bit_unlock(NIC_WIRE_BUSY, &wire->state);
		smp_mb__after_atomic(); /* pairs with the one above */
	} while (test_bit(NIC_WIRE_ASKED, &wire->state));
}

/**
 * nic_wire_catch_up() - what is due comes before what is new
 * @nic: the NIC
 *
 * Context: softirqs off.
 */
void nic_wire_catch_up(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;

	if (READ_ONCE(wire->txq) && READ_ONCE(wire->due) <= ktime_get_ns())
		nic_wire_kick(nic);
}

/**
 * nic_wire_look() - nic_wire_kick(), for process context
 * @nic: the NIC
 *
 * Context: process.
 */
void nic_wire_look(struct nic *nic)
{
	local_bh_disable();
	nic_wire_kick(nic);
	local_bh_enable();
}

static enum hrtimer_restart nic_wire_timer(struct hrtimer *timer)
{
	nic_wire_kick(container_of(timer, struct nic, wire.timer));
	return HRTIMER_NORESTART;
}

/**
 * nic_wire_init() - prepare the wire
 * @nic: the NIC
 *
 * Context: process, while the NIC is being made.
 */
void nic_wire_init(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;

	wire->state = BIT(NIC_WIRE_OFF) | BIT(NIC_WIRE_BUSY);
	wire->idle = true;
	hrtimer_setup(&wire->timer, nic_wire_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * nic_wire_start() - let frames cross
 * @nic: the NIC, whose queues have been started
 *
 * Context: process.
 */
void nic_wire_start(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;

	if (!test_bit(NIC_WIRE_OFF, &wire->state))
		return;
	clear_bit(NIC_WIRE_OFF, &wire->state);
	clear_bit_unlock(NIC_WIRE_BUSY, &wire->state);
	nic_wire_look(nic);
}

/**
 * nic_wire_stop() - stop in the middle of a frame, which is lost
 * @nic: the NIC; a doorbell that still rings is not heard
 *
 * From here to nic_wire_start() it counts as busy, and its timer is not started.
 *
 * Context: process, sleeps until nobody is at it.
 */
void nic_wire_stop(struct nic *nic)
{
	struct nic_wire *wire = &nic->wire;

	if (test_and_set_bit(NIC_WIRE_OFF, &wire->state))
		return;
	while (test_and_set_bit_lock(NIC_WIRE_BUSY, &wire->state))
		usleep_range(10, 50);
	hrtimer_cancel(&wire->timer);
	if (wire->txq)
		nic_tx_give(wire->txq);
	wire->txq = NULL;
	wire->idle = true;
}
