// SPDX-License-Identifier: GPL-2.0-only
/*
 * tx.c - the NIC's transmit engine.
 *
 * A doorbell wakes the engine of its queue, on the CPU that rang.  The engine
 * takes packet after packet off the ring, cuts the large ones into frames
 * (tso.c) and hands each frame to the partner's receive
 * side, which copies it straight out of the sender's memory.  When a packet
 * is through, the engine moves head past it, and that is the completion.
 *
 * Only one CPU at a time runs a queue's engine; a doorbell that finds it
 * running leaves, since the engine looks at the tail again before it stops.
 *
 * Read next: rx.c, where the frame arrives.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>

#include "../compat.h"
#include "impl.h"

/* ---- from packet to frames ---------------------------------------------- */

/* Which of the packet's frames are counted on their own, too. */
static void nic_tx_look(struct nic_txq *txq, const struct ethhdr *eth)
{
	txq->also = NULL;
	if (unlikely(eth->h_proto == htons(ETH_P_PAUSE)))
		txq->also = &txq->stats.control;
	else if (unlikely(is_multicast_ether_addr(eth->h_dest)))
		txq->also = is_broadcast_ether_addr(eth->h_dest) ?
			    &txq->stats.broadcast : &txq->stats.multicast;
}

/* XDP's frames are plain: one frame each, all checksums done. */
static bool nic_tx_begin_xdp(struct nic_txq *txq, struct xdp_frame *xdpf)
{
	struct nic_frame *frame = &txq->frame;

	frame->payload = nic_sg_init_xdp(&frame->sg, xdpf);
	frame->len = frame->payload;
	frame->start = frame->sg.ptr;
	frame->csum.partial = false;
	txq->gso = false;
	if (frame->sg.left < ETH_HLEN)
		return false;
	nic_tx_look(txq, (const struct ethhdr *)frame->start);
	return frame->len <= READ_ONCE(txq->nic->max_frame);
}

static bool nic_tx_begin_skb(struct nic_txq *txq, const struct sk_buff *skb)
{
	struct nic_frame *frame = &txq->frame;

	if (skb_headlen(skb) < ETH_HLEN || skb_has_frag_list(skb))
		return false;
	nic_sg_init(&frame->sg, skb);
	frame->payload = skb->len;
	frame->len = skb->len;
	frame->start = skb->data;
	frame->csum.partial = skb->ip_summed == CHECKSUM_PARTIAL;
	if (frame->csum.partial) {
		frame->csum.start = skb_checksum_start_offset(skb);
		frame->csum.offset = skb->csum_offset;
		if (frame->csum.start + frame->csum.offset +
		    sizeof(__sum16) > skb->len)
			return false;
	}
	nic_tx_look(txq, (const struct ethhdr *)skb->data);
	txq->gso = skb_is_gso(skb);
	if (txq->gso)
		return nic_tso_begin(txq, skb);
	return skb->len <= READ_ONCE(txq->nic->max_frame);
}

/* Look at the packet at head, and make its first frame. */
static bool nic_tx_begin(struct nic_txq *txq, const struct nic_tx_desc *desc)
{
	struct nic_frame *frame = &txq->frame;
	struct nic *nic = txq->nic;

	frame->hdr_len = 0;
	frame->rewrite = READ_ONCE(nic->features) & NIC_F_REWRITE_IP;
	frame->pausable = READ_ONCE(nic->pause_rx);
	frame->steered = false;
	return unlikely(desc->xdpf) ? nic_tx_begin_xdp(txq, desc->xdpf) :
				      nic_tx_begin_skb(txq, desc->skb);
}

static void nic_tx_count_one(struct nic_txq *txq, u64 *counter)
{
	u64_stats_update_begin(&txq->syncp);
	(*counter)++;
	u64_stats_update_end(&txq->syncp);
}

static void nic_tx_complete(struct nic_txq *txq)
{
	unsigned int lockup = READ_ONCE(txq->nic->lockup);

	txq->cutting = false;
	if (lockup && ++txq->since_lockup >= lockup) {
		txq->since_lockup = 0;
		nic_tx_count_one(txq, &txq->stats.lockups);
		set_bit(NIC_TXQ_HUNG, &txq->state);
		return;
	}
	/* The NIC is through with the packet before anyone may free it. */
	smp_store_release(&txq->head, txq->head + 1);
	nic_int_update(txq->nic, txq->index);
}

static void nic_tx_refuse(struct nic_txq *txq, struct nic_tx_desc *desc,
			  u64 *counter)
{
	nic_tx_count_one(txq, counter);
	desc->bad = true;
	nic_tx_complete(txq);
}

/*
 * The partner puts together what we cut: while it is at it, the segments up to
 * the last go over in one piece, as hardware would do it at no one's cost.
 */
static unsigned int nic_tx_run_behind(struct nic_txq *txq, struct nic_rxq *rxq)
{
	unsigned int segs = min(nic_gro_room_behind(rxq, &txq->frame),
				seg_before_last(&txq->seg));

	if (!segs)
		return 0;
	nic_gro_join(rxq, &txq->frame, segs);
	seg_skip(&txq->seg, segs);
	u64_stats_update_begin(&txq->syncp);
	txq->stats.frames += segs;
	txq->stats.tso_frames += segs;
	txq->stats.bytes += segs * (txq->frame.hdr_len + txq->seg.mss);
	txq->stats.size[nic_size_class(txq->frame.hdr_len + txq->seg.mss)] +=
		segs;
	u64_stats_update_end(&txq->syncp);
	return segs;
}

static void nic_tx_count(struct nic_txq *txq, unsigned int len)
{
	struct nic_tx_stats *stats = &txq->stats;

	stats->frames++;
	stats->bytes += max_t(unsigned int, len, ETH_ZLEN);
	stats->size[nic_size_class(len)]++;
	stats->tso_frames += txq->gso;
	if (unlikely(txq->also))
		(*txq->also)++;
}

/*
 * Offer the frame to the partner.  Interrupts are off meanwhile: the frame's
 * arrival and its completion assert both NICs' lines in one go, and a
 * netconsole message from an interrupt can't find the lock taken on this CPU.
 * Return: how many frames have gone, those behind it included.
 */
static unsigned int nic_tx_frame(struct nic_txq *txq, struct nic *partner)
{
	struct nic_frame *frame = &txq->frame;
	unsigned int queue = frame->queue;
	struct nic_rxq *rxq = &partner->rxq[queue];
	unsigned int frames;
	unsigned long flags;
	bool taken;
	u32 head;

	raw_spin_lock_irqsave(&rxq->lock, flags);
	head = rxq->head;
	taken = nic_rx_frame(partner, rxq, frame, txq->index);
	u64_stats_update_begin(&txq->syncp);
	if (taken)
		nic_tx_count(txq, frame->len);
	else
		txq->stats.xoff++;
	u64_stats_update_end(&txq->syncp);
	frames = taken;
	if (taken && txq->gso)
		frames += nic_tx_run_behind(txq, rxq);
	if (taken && !nic_tso_next(txq))
		nic_tx_complete(txq);
	if (rxq->open)
		txq->coalescing |= BIT(queue);
	if (rxq->head != head)
		nic_int_update(partner, queue);
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
	return frames;
}

/* Return: how many frames have gone, 0 if the partner has no room. */
static unsigned int nic_tx_step(struct nic_txq *txq, struct nic *partner)
{
	struct nic_tx_desc *desc;

	desc = &txq->ring[ring_slot(txq->head, txq->size)];
	if (!txq->cutting) {
		desc->bad = false;
		txq->cutting = nic_tx_begin(txq, desc);
		if (!txq->cutting) {
			nic_tx_refuse(txq, desc, &txq->stats.bad);
			return 1;
		}
		if (txq->gso)
			nic_tx_count_one(txq, &txq->stats.tso_bursts);
	}
	if (!partner || !READ_ONCE(txq->nic->link)) {
		nic_tx_refuse(txq, desc, &txq->stats.no_carrier);
		return 1;
	}
	if (!txq->frame.steered) {
		nic_rss_steer(partner, &txq->frame, &txq->flow);
		txq->frame.steered = true;
	}
	return nic_tx_frame(txq, partner);
}

static bool nic_tx_has_work(const struct nic_txq *txq)
{
	/* Pairs with nic_tx_doorbell(): the descriptors are written. */
	u32 tail = smp_load_acquire(&txq->tail);

	return tail != txq->head && !(READ_ONCE(txq->state) & NIC_TXQ_HALTED);
}

/* Return: what is left of @budget, which is in frames. */
static unsigned int nic_tx_engine(struct nic_txq *txq, unsigned int budget)
{
	unsigned int queue, frames;
	struct nic *partner;

	rcu_read_lock();
	partner = nic_partner(txq->nic);
	while (budget && nic_tx_has_work(txq)) {
		frames = nic_tx_step(txq, partner);
		if (!frames)
			break;
		budget -= min(frames, budget);
	}
	if (txq->coalescing && partner)
		for_each_set_bit(queue, &txq->coalescing, partner->queues)
			nic_rx_flush(partner, queue);
	txq->coalescing = 0;
	rcu_read_unlock();
	return budget;
}

/* Return: false if the budget is used up, so that frames may still wait. */
static bool nic_tx_run(struct nic_txq *txq, unsigned int budget)
{
	do {
		/* Order the tail just written against the engine's last look */
		smp_mb();
		if (test_and_set_bit_lock(NIC_TXQ_BUSY, &txq->state))
			return true;
		budget = nic_tx_engine(txq, budget);
		clear_bit_unlock(NIC_TXQ_BUSY, &txq->state);
		/* Look at the tail after that: nobody else may have. */
		smp_mb();
	} while (budget && nic_tx_has_work(txq));
	return budget;
}

/*
 * Nobody waits for frames that XON has let go, so they go out in turns, as a
 * poll takes them, with softirqs of others in between.
 */
#define NIC_TX_TURN	64			/* frames */
#define NIC_TX_PAUSE	(10 * NSEC_PER_USEC)	/* from one turn to the next */

static enum hrtimer_restart nic_tx_resume_timer(struct hrtimer *timer)
{
	struct nic_txq *txq = container_of(timer, struct nic_txq, resume);

	/* Not HRTIMER_RESTART: another XON may have started it meanwhile. */
	if (!nic_tx_run(txq, NIC_TX_TURN))
		hrtimer_start(timer, ns_to_ktime(NIC_TX_PAUSE),
			      HRTIMER_MODE_REL_PINNED_SOFT);
	return HRTIMER_NORESTART;
}

/**
 * nic_tx_resume() - XON: let a paused queue go on
 * @txq: the queue
 *
 * Context: any.  The engine goes on in the timer softirq of this CPU.
 */
void nic_tx_resume(struct nic_txq *txq)
{
	if (test_and_clear_bit(NIC_TXQ_PAUSED, &txq->state))
		hrtimer_start(&txq->resume, 0, HRTIMER_MODE_REL_PINNED_SOFT);
}

/* ---- starting and stopping ---------------------------------------------- */

/**
 * nic_tx_init() - prepare a transmit queue
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: process, while the NIC is being made.
 */
void nic_tx_init(struct nic *nic, unsigned int queue)
{
	struct nic_txq *txq = &nic->txq[queue];

	txq->nic = nic;
	txq->index = queue;
	txq->state = BIT(NIC_TXQ_OFF) | BIT(NIC_TXQ_BUSY);
	u64_stats_init(&txq->syncp);
	hrtimer_setup(&txq->resume, nic_tx_resume_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_SOFT);
}

/**
 * nic_tx_start() - switch a transmit queue on
 * @txq: the queue, stopped and set up; one without a ring stays off
 *
 * Context: process.
 */
void nic_tx_start(struct nic_txq *txq)
{
	if (!txq->ring || !test_bit(NIC_TXQ_OFF, &txq->state))
		return;
	clear_bit(NIC_TXQ_PAUSED, &txq->state);
	clear_bit(NIC_TXQ_HUNG, &txq->state);
	clear_bit(NIC_TXQ_OFF, &txq->state);
	/* The registers before the engine that reads them. */
	clear_bit_unlock(NIC_TXQ_BUSY, &txq->state);
}

/**
 * nic_tx_stop() - switch a transmit queue off
 * @txq: the queue; no doorbell rings any more
 *
 * From here to nic_tx_start() the engine counts as busy: whatever still asks
 * for it, as a late XON may, finds it taken and reads no register meanwhile.
 *
 * Context: process, sleeps until the engine no longer runs.
 */
void nic_tx_stop(struct nic_txq *txq)
{
	if (test_and_set_bit(NIC_TXQ_OFF, &txq->state))
		return;
	while (test_and_set_bit_lock(NIC_TXQ_BUSY, &txq->state))
		usleep_range(10, 50);
	hrtimer_cancel(&txq->resume);
	/* What the driver wrote after the engine's last look is void. */
	txq->cutting = false;
}

/**
 * nic_tx_setup() - write a transmit queue's ring registers
 * @nic: a stopped NIC
 * @queue: which of its queues
 * @ring: the descriptors; they stay the driver's memory.  NULL for a queue
 *	that is not in use
 * @size: how many, a power of two
 *
 * Head, tail and clean start from zero.
 *
 * Context: process.
 */
void nic_tx_setup(struct nic *nic, unsigned int queue,
		  struct nic_tx_desc *ring, u32 size)
{
	struct nic_txq *txq = &nic->txq[queue];

	txq->ring = ring;
	txq->size = size;
	txq->head = 0;
	txq->tail = 0;
	txq->clean = 0;
	txq->cutting = false;
	txq->since_lockup = 0;
	nic_moder_rest(&nic->vector[queue], NIC_INT_TX);
}

/**
 * nic_tx_doorbell() - tell the NIC how far the ring is filled
 * @nic: the NIC
 * @queue: which of its queues
 * @tail: index of the slot after the last packet
 *
 * When it returns, the frames have been sent, or another CPU's engine will
 * send them, or pause frames or a lockup hold them back.
 *
 * Context: softirqs off (as in ndo_start_xmit) or interrupts off (netpoll).
 */
void nic_tx_doorbell(struct nic *nic, unsigned int queue, u32 tail)
{
	struct nic_txq *txq = &nic->txq[queue];

	/* The descriptors first, then the tail that lets the engine read. */
	smp_store_release(&txq->tail, tail);
	nic_tx_run(txq, UINT_MAX);
}

/**
 * nic_tx_head() - how far the NIC has come
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: any.
 * Return: index of the first packet that is not done.
 */
u32 nic_tx_head(const struct nic *nic, unsigned int queue)
{
	/* Pairs with nic_tx_complete(). */
	return smp_load_acquire(&nic->txq[queue].head);
}

/**
 * nic_tx_paused() - is a queue held back by the partner's pause frames?
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: any.
 * Return: true from XOFF to XON.
 */
bool nic_tx_paused(const struct nic *nic, unsigned int queue)
{
	return test_bit(NIC_TXQ_PAUSED, &nic->txq[queue].state);
}

/**
 * nic_tx_ack() - tell the NIC which completions the driver has seen
 * @nic: the NIC
 * @queue: which of its queues
 * @clean: index of the first packet whose completion it has not; the
 *	transmit cause is pending while this is behind nic_tx_head()
 *
 * Context: any, one at a time.
 */
void nic_tx_ack(struct nic *nic, unsigned int queue, u32 clean)
{
	WRITE_ONCE(nic->txq[queue].clean, clean);
	if (unlikely(READ_ONCE(nic->vector[queue].moderated)) &&
	    READ_ONCE(nic->txq[queue].head) == clean)
		nic_moder_rest(&nic->vector[queue], NIC_INT_TX);
}

/**
 * nic_tx_get_stats() - read a transmit queue's counters
 * @nic: the NIC
 * @queue: which of its queues
 * @stats: where to put them
 *
 * Context: any.  They count from nic_create() and never go back.
 */
void nic_tx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_tx_stats *stats)
{
	const struct nic_txq *txq = &nic->txq[queue];
	unsigned int seq;

	do {
		seq = snull_stats_fetch_begin(&txq->syncp);
		*stats = txq->stats;
	} while (snull_stats_fetch_retry(&txq->syncp, seq));
}
