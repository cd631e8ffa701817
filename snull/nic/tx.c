// SPDX-License-Identifier: GPL-2.0-only
/*
 * tx.c - the NIC's transmit engine.
 *
 * A doorbell wakes the engine of its queue, on the CPU that rang.  The engine
 * takes packet after packet off the ring, cuts the large ones into frames
 * (tso.c) and hands each frame to the partner's receive side, which copies it
 * straight out of the memory that the descriptors point to (dma.c).  When a
 * packet is through, the engine moves head past its descriptors, and that is
 * the completion.
 *
 * Only one CPU at a time runs a queue's engine; a doorbell that finds it
 * running leaves, since the engine looks at the tail again before it stops.
 * On a wire that has a speed, frames leave when it is their time: wire.c.
 *
 * Read next: rx.c, where the frame arrives.
 */
#include <linux/delay.h>

#include "../compat_core.h"
#include "../frame/headers.h"
#include "impl.h"

/* ---- from packet to frames ---------------------------------------------- */

/* Has it a tag, or is it a control frame?  Return: false if its tag is wrong. */
static noinline bool nic_tx_look_closer(struct nic_txq *txq,
					const struct nic_tx_desc *desc,
					const struct ethhdr *eth)
{
	if ((desc->flags & NIC_TXD_TAG || eth_type_vlan(eth->h_proto)) &&
	    !nic_tag_begin(&txq->frame, desc))
		return false;
	if (nic_frame_is_control(&txq->frame))
		txq->also = &txq->count.control;
	return true;
}

/*
 * What is the packet, and which of its frames are counted on their own, too?
 * Most are IP's, and without a tag.
 */
static bool nic_tx_look(struct nic_txq *txq, const struct nic_tx_desc *desc,
			const struct ethhdr *eth)
{
	txq->also = NULL;
	if (unlikely(is_multicast_ether_addr(eth->h_dest)))
		txq->also = is_broadcast_ether_addr(eth->h_dest) ?
			    &txq->count.broadcast : &txq->count.multicast;
	if (likely((eth->h_proto == htons(ETH_P_IP) ||
		    eth->h_proto == htons(ETH_P_IPV6)) &&
		   !(desc->flags & NIC_TXD_TAG)))
		return true;
	return nic_tx_look_closer(txq, desc, eth);
}

/* How many descriptors has the packet at head, and how many bytes? */
static bool nic_tx_fetch(struct nic_txq *txq, u32 tail)
{
	const struct nic_tx_desc *desc;
	u32 index = txq->head, len = 0;

	do {
		desc = &txq->ring[ring_slot(index++, txq->size)];
		len += desc->len;
	} while (!(desc->flags & NIC_TXD_EOP) && index != tail);
	txq->descs = index - txq->head;
	txq->frame.payload = len;
	txq->frame.len = len;
	return desc->flags & NIC_TXD_EOP;
}

/* Look at the packet at head, and make its first frame. */
static __always_inline bool nic_tx_begin(struct nic_txq *txq,
					 const struct nic_tx_desc *desc,
					 u32 tail)
{
	struct nic_frame *frame = &txq->frame;
	struct nic *nic = txq->nic;

	txq->tso = desc->flags & NIC_TXD_TSO;
	if (!nic_tx_fetch(txq, tail) || desc->len < ETH_HLEN)
		return false;
	nic_sg_init(&frame->sg, txq);
	frame->start = frame->sg.ptr;
	frame->hdr_len = 0;
	/* An XDP program may have moved its start, by a byte. */
	if (unlikely(!nic_frame_aligned(frame)))
		nic_frame_align(frame);
	frame->rewrite = READ_ONCE(nic->features) & NIC_F_REWRITE_IP;
	frame->tagged = false;
	frame->tag_len = 0;
	frame->strip = 0;
	frame->steered = false;
	frame->stamp = 0;
	frame->csum = (struct wire_csum){
		.partial = desc->flags & NIC_TXD_CSUM,
		.start = desc->csum_start,
		.offset = desc->csum_offset,
	};
	if (frame->csum.partial &&
	    frame->csum.start + frame->csum.offset + sizeof(__sum16) >
	    min_t(unsigned int, frame->len, NIC_HDR_MAX))
		return false;
	if (!nic_tx_look(txq, desc, (const struct ethhdr *)frame->start))
		return false;
	if (txq->tso)
		return nic_tso_begin(txq, desc);
	return frame->len <= READ_ONCE(nic->max_frame);
}

static void nic_tx_complete(struct nic_txq *txq)
{
	unsigned int lockup = READ_ONCE(txq->nic->lockup);

	txq->cutting = false;
	txq->crossed = false;
	if (lockup && ++txq->since_lockup >= lockup) {
		txq->since_lockup = 0;
		nic_count_one(&txq->count.syncp, &txq->count.lockups);
		set_bit(NIC_TXQ_HUNG, &txq->state);
		return;
	}
	txq->done++;
	/* The NIC is through with the packet before anyone may free it. */
	smp_store_release(&txq->head, txq->head + txq->descs);
	nic_int_update(txq->nic, txq->index);
}

static void nic_tx_refuse(struct nic_txq *txq, struct nic_tx_desc *desc,
			  u64_stats_t *counter)
{
	nic_count_one(&txq->count.syncp, counter);
	desc->flags |= NIC_TXD_BAD;
	nic_tx_complete(txq);
}

static void nic_tx_count(struct nic_txq *txq, unsigned int len)
{
	struct nic_tx_counters *count = &txq->count;

	u64_stats_inc(&count->frames);
	u64_stats_add(&count->bytes, max_t(unsigned int, len, ETH_ZLEN));
	u64_stats_inc(&count->size[nic_size_class(len)]);
	if (txq->tso)
		u64_stats_inc(&count->tso_frames);
	if (unlikely(txq->also))
		u64_stats_inc(txq->also);
}

/**
 * nic_tx_lose() - give up the packet at head: the link went down meanwhile
 * @txq: the queue, taken
 *
 * Context: the transmit engine, or the wire.
 */
void nic_tx_lose(struct nic_txq *txq)
{
	nic_tx_refuse(txq, &txq->ring[ring_slot(txq->head, txq->size)],
		      &txq->count.no_carrier);
}

/* Which of the partner's queues does the frame arrive at? */
static struct nic_rxq *nic_tx_steer(struct nic_frame *frame,
				    struct nic *partner)
{
	/* All of a large packet, at once: it is one flow. */
	if (!frame->steered) {
		nic_steer(partner, frame);
		nic_coalesce_make_way(partner, frame);
	}
	return &partner->rxq[frame->queue];
}

/*
 * Offer the frame to the partner.  Interrupts are off meanwhile: the frame's
 * arrival and its completion assert both NICs' lines in one go, and a
 * netconsole message from an interrupt can't find the lock taken on this CPU.
 * Return: false if the partner has no room.
 */
static bool nic_tx_frame(struct nic_txq *txq, struct nic *partner)
{
	struct nic_frame *frame = &txq->frame;
	struct nic_rxq *rxq = nic_tx_steer(frame, partner);
	unsigned int queue = frame->queue;
	unsigned long flags;
	bool taken;
	u32 head;

	raw_spin_lock_irqsave(&rxq->lock, flags);
	if (nic_clock_wanted(txq->nic, partner) && !txq->crossed)
		nic_clock_latch(txq, partner, ktime_get_ns());
	head = rxq->head;
	taken = nic_rx_frame(partner, rxq, frame, txq);
	if (unlikely(READ_ONCE(txq->nic->faulty) | frame->fate) && taken)
		nic_fault_next(txq);
	u64_stats_update_begin(&txq->count.syncp);
	if (taken)
		nic_tx_count(txq, frame->len);
	else
		u64_stats_inc(&txq->count.xoff);
	u64_stats_update_end(&txq->count.syncp);
	txq->crossed &= !taken;
	/* What has to wait may find another queue: the tables may change. */
	frame->steered &= taken;
	if (taken && !nic_tso_next(txq))
		nic_tx_complete(txq);
	if (nic_coalesce_grows(rxq))
		txq->coalescing |= BIT(queue);
	if (rxq->head != head)
		nic_int_update(partner, queue);
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
	return taken;
}

/*
 * Make the frame that is sent next, unless it is made already.
 * Return: false if the packet is refused; it is done with then.
 */
static __always_inline bool nic_tx_make(struct nic_txq *txq, struct nic *partner)
{
	struct nic_tx_desc *desc = &txq->ring[ring_slot(txq->head, txq->size)];

	if (!txq->cutting) {
		txq->cutting = nic_tx_begin(txq, desc, READ_ONCE(txq->tail));
		if (!txq->cutting) {
			nic_tx_refuse(txq, desc, &txq->count.bad);
			return false;
		}
		if (txq->tso)
			nic_count_one(&txq->count.syncp,
				      &txq->count.tso_bursts);
	}
	if (!partner || !READ_ONCE(txq->nic->link)) {
		nic_tx_refuse(txq, desc, &txq->count.no_carrier);
		return false;
	}
	return true;
}

/**
 * nic_tx_ready() - make the frame that nic_tx_engine() will send first
 * @txq: the queue, taken, with a packet at head
 *
 * Context: softirqs off, or the wire's timer; under rcu_read_lock().
 * Return: false if the packet was refused, and is done with.
 */
bool nic_tx_ready(struct nic_txq *txq)
{
	return nic_tx_make(txq, nic_partner(txq->nic));
}

/**
 * nic_tx_flush() - nothing more for now: the partner need not coalesce longer
 * @txq: the queue, taken
 *
 * Context: softirqs off; or a hard interrupt, the wire's timer.
 */
void nic_tx_flush(struct nic_txq *txq)
{
	struct nic *partner;
	unsigned int queue;

	if (!txq->coalescing)
		return;
	rcu_read_lock();
	partner = nic_partner(txq->nic);
	if (partner)
		for_each_set_bit(queue, &txq->coalescing, partner->queues)
			nic_coalesce_gap(partner, queue);
	rcu_read_unlock();
	txq->coalescing = 0;
}

/**
 * nic_tx_engine() - send frames
 * @txq: the queue, taken
 * @budget: how many at most
 *
 * Context: softirqs off; or a hard interrupt, the wire's timer.
 * Return: what is left of @budget.
 */
unsigned int nic_tx_engine(struct nic_txq *txq, unsigned int budget)
{
	struct nic *partner;

	rcu_read_lock();
	partner = nic_partner(txq->nic);
	/* It ends when the partner has no room for a frame. */
	while (budget && nic_tx_has_work(txq) &&
	       (!nic_tx_make(txq, partner) || nic_tx_frame(txq, partner)))
		budget--;
	rcu_read_unlock();
	return budget;
}

/*
 * Nobody waits for frames that XON has let go, so they go out in turns, as a
 * poll takes them, with softirqs of others in between.
 */
#define NIC_TX_TURN	64U			/* frames */
#define NIC_TX_PAUSE	(10 * NSEC_PER_USEC)	/* from one turn to the next */

/* Return: false if the budget is used up, so that frames may still wait. */
static bool nic_tx_run(struct nic_txq *txq, unsigned int budget)
{
	if (unlikely(READ_ONCE(txq->nic->speed))) {
		nic_wire_kick(txq->nic);
		return true;
	}
	do {
		/* Order the tail just written against the engine's last look */
		smp_mb();
		/* Who comes by while there are turns to come takes one. */
		if (unlikely(hrtimer_is_queued(&txq->resume)))
			budget = min(budget, NIC_TX_TURN);
		if (!nic_tx_take(txq))
			return true;
		budget = nic_tx_engine(txq, budget);
		nic_tx_flush(txq);
		nic_tx_give(txq);
		/* Look at the tail after that: nobody else may have. */
		smp_mb();
	} while (budget && nic_tx_has_work(txq));
	return budget;
}

/* Run the engine, and leave what is then left to another turn, on this CPU. */
static void nic_tx_go(struct nic_txq *txq, unsigned int budget)
{
	if (!nic_tx_run(txq, budget))
		hrtimer_start(&txq->resume, ns_to_ktime(NIC_TX_PAUSE),
			      HRTIMER_MODE_REL_PINNED_SOFT);
}

static enum hrtimer_restart nic_tx_resume_timer(struct hrtimer *timer)
{
	nic_tx_go(container_of(timer, struct nic_txq, resume), NIC_TX_TURN);
	/* Not HRTIMER_RESTART: another XON may have started it meanwhile. */
	return HRTIMER_NORESTART;
}

/**
 * nic_tx_wake() - let a queue look whether there is something to send
 * @txq: the queue
 *
 * Context: any.  The engine runs in the timer softirq of this CPU.
 */
void nic_tx_wake(struct nic_txq *txq)
{
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
	u64_stats_init(&txq->count.syncp);
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
 * @txq: the queue; a doorbell that still rings is not heard
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
	while (!nic_tx_take(txq))
		usleep_range(10, 50);
	hrtimer_cancel(&txq->resume);
	/* What the driver wrote after the engine's last look is void. */
	txq->cutting = false;
	txq->crossed = false;
}

/**
 * nic_tx_setup() - write a transmit queue's ring registers
 * @nic: a stopped NIC, or one of whose queues this one is halted
 * @queue: which of its queues
 * @ring: bus address of the descriptors
 * @size: how many, a power of two; 0 for a queue that is not in use
 *
 * Head, tail and clean start from zero.
 *
 * Context: process.
 */
void nic_tx_setup(struct nic *nic, unsigned int queue, dma_addr_t ring,
		  u32 size)
{
	struct nic_txq *txq = &nic->txq[queue];

	txq->ring = size ? nic_memory(nic, ring) : NULL;
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
 * @tail: index of the slot after the last packet's
 *
 * When it returns, the frames have been sent, or another CPU's engine will
 * send them, or XON's turns, or the wire, pause frames or a lockup hold them
 * back.
 *
 * Context: softirqs off (as in ndo_start_xmit) or interrupts off (netpoll).
 */
void nic_tx_doorbell(struct nic *nic, unsigned int queue, u32 tail)
{
	struct nic_txq *txq = &nic->txq[queue];

	/* New frames must not be sent before they are there. */
	if (unlikely(READ_ONCE(nic->speed)))
		nic_wire_catch_up(nic);
	/* The descriptors first, then the tail that lets the engine read. */
	smp_store_release(&txq->tail, tail);
	nic_tx_go(txq, UINT_MAX);
}

/**
 * nic_tx_head() - how far the NIC has come
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: any.
 * Return: index of the first descriptor that is not done; all before it are
 * those of whole packets.
 */
u32 nic_tx_head(const struct nic *nic, unsigned int queue)
{
	/* Pairs with nic_tx_complete(). */
	return smp_load_acquire(&nic->txq[queue].head);
}

/**
 * nic_tx_ack() - tell the NIC which completions the driver has seen
 * @nic: the NIC
 * @queue: which of its queues
 * @clean: index of the first descriptor whose completion it has not; the
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
