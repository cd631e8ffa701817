// SPDX-License-Identifier: GPL-2.0-only
/*
 * moderation.c - interrupt moderation: the NIC lets a few events come together
 * before it asserts its line.
 *
 * A moderated cause is pending from its first event on, but asserts the line
 * only when it is due: when the event has waited for usecs, or frames of them
 * wait.  It stays due until the driver has dealt with all of them, and with the
 * next event a new delay begins.  With frames at an even rate, interrupts thus
 * come (usecs * rate + 1) times fewer than frames.
 *
 * Read next: ../moderation.c, how ethtool -C sets it.
 */
#include <linux/ktime.h>

#include "../compat_core.h"
#include "impl.h"

/* Events of a cause, ever. */
static u32 nic_moder_count(const struct nic_moder *moder)
{
	const struct nic_vector *vector = moder->vector;

	return moder->cause == NIC_INT_RX ?
	       READ_ONCE(vector->nic->rxq[vector->queue].arrived) :
	       READ_ONCE(vector->nic->txq[vector->queue].done);
}

static enum hrtimer_restart nic_moder_timer(struct hrtimer *timer)
{
	struct nic_moder *moder = container_of(timer, struct nic_moder, timer);
	struct nic_vector *vector = moder->vector;

	atomic_andnot(moder->cause, &vector->armed);
	/* An event that finds the timer armed has been written before this. */
	smp_mb__after_atomic();
	if (nic_int_pending(vector->nic, vector->queue) & moder->cause)
		atomic_or(moder->cause, &vector->due);
	nic_int_update(vector->nic, vector->queue);
	return HRTIMER_NORESTART;
}

static void nic_moder_look(struct nic_moder *moder)
{
	struct nic_vector *vector = moder->vector;
	u32 usecs = READ_ONCE(moder->usecs), frames = READ_ONCE(moder->frames);

	if (atomic_read(&vector->due) & moder->cause)
		return;
	if (!usecs || (frames &&
		       nic_moder_count(moder) - moder->base >= frames))
		atomic_or(moder->cause, &vector->due);
	else if (!(atomic_fetch_or(moder->cause, &vector->armed) &
		   moder->cause))
		hrtimer_start(&moder->timer,
			      ns_to_ktime((u64)usecs * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_HARD);
}

/**
 * nic_moder_event() - events wait: see whether they are due, else let time run
 * @vector: a moderated vector
 * @causes: NIC_INT_* that are pending and enabled
 *
 * Context: any.
 */
void nic_moder_event(struct nic_vector *vector, u32 causes)
{
	if (causes & NIC_INT_RX)
		nic_moder_look(&vector->rx_moder);
	if (causes & NIC_INT_TX)
		nic_moder_look(&vector->tx_moder);
}

/**
 * nic_moder_rest() - the driver has dealt with all events of a cause
 * @vector: a moderated vector, or one whose ring begins anew
 * @cause: NIC_INT_RX or NIC_INT_TX
 *
 * Context: any, one at a time for each cause.
 */
void nic_moder_rest(struct nic_vector *vector, u32 cause)
{
	struct nic_moder *moder = cause == NIC_INT_RX ? &vector->rx_moder :
							&vector->tx_moder;

	moder->base = nic_moder_count(moder);
	atomic_andnot(cause, &vector->due);
	if (hrtimer_try_to_cancel(&moder->timer) == 1)
		atomic_andnot(cause, &vector->armed);
	/* One that came just now took the old words for it: look again. */
	nic_int_update(vector->nic, vector->queue);
}

/* What waits already waits no longer than that from now on. */
static void nic_moder_set(struct nic_moder *moder, u32 usecs, u32 frames)
{
	bool sooner = usecs < READ_ONCE(moder->usecs);

	WRITE_ONCE(moder->usecs, usecs);
	WRITE_ONCE(moder->frames, frames);
	if (sooner && hrtimer_try_to_cancel(&moder->timer) == 1)
		atomic_andnot(moder->cause, &moder->vector->armed);
}

/**
 * nic_set_moderation() - write a vector's moderation registers
 * @nic: the NIC
 * @queue: whose vector
 * @set: what to write
 *
 * Context: process or softirq, one at a time for each vector.
 */
void nic_set_moderation(struct nic *nic, unsigned int queue,
			const struct nic_moderation *set)
{
	struct nic_vector *vector = &nic->vector[queue];

	nic_moder_set(&vector->rx_moder, set->rx_usecs, set->rx_frames);
	nic_moder_set(&vector->tx_moder, set->tx_usecs, set->tx_frames);
	WRITE_ONCE(vector->moderated, set->rx_usecs || set->tx_usecs);
	/* What waited for a delay that is no more, or for a longer one. */
	nic_int_update(nic, queue);
}

/**
 * nic_get_moderation() - read a vector's moderation registers
 * @nic: the NIC
 * @queue: whose vector
 * @set: where to put them
 *
 * Context: any.
 */
void nic_get_moderation(const struct nic *nic, unsigned int queue,
			struct nic_moderation *set)
{
	const struct nic_vector *vector = &nic->vector[queue];

	set->rx_usecs = READ_ONCE(vector->rx_moder.usecs);
	set->rx_frames = READ_ONCE(vector->rx_moder.frames);
	set->tx_usecs = READ_ONCE(vector->tx_moder.usecs);
	set->tx_frames = READ_ONCE(vector->tx_moder.frames);
}

static void nic_moder_init_cause(struct nic_moder *moder,
				 struct nic_vector *vector, u32 cause)
{
	moder->vector = vector;
	moder->cause = cause;
	hrtimer_setup(&moder->timer, nic_moder_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_HARD);
}

/**
 * nic_moder_init() - prepare a vector's moderation
 * @vector: the vector, being made
 *
 * Context: process.
 */
void nic_moder_init(struct nic_vector *vector)
{
	atomic_set(&vector->due, 0);
	atomic_set(&vector->armed, 0);
	nic_moder_init_cause(&vector->rx_moder, vector, NIC_INT_RX);
	nic_moder_init_cause(&vector->tx_moder, vector, NIC_INT_TX);
}

/**
 * nic_moder_exit() - stop a vector's timers
 * @vector: the vector; no cause is enabled
 *
 * Context: process, sleeps until none of them runs.
 */
void nic_moder_exit(struct nic_vector *vector)
{
	hrtimer_cancel(&vector->rx_moder.timer);
	hrtimer_cancel(&vector->tx_moder.timer);
}
