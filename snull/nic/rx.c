// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx.c - the NIC's receive side: filter, buffers, pause frames.
 *
 * The partner's transmit engine calls nic_rx_frame() for each frame, on the
 * sender's CPU.  The frame is copied once, from the sender's memory into the
 * buffers posted here, and becomes visible to the driver when head moves past
 * it.  Without a posted buffer it is dropped, and no CPU ever hears of it; or,
 * with pause frames, the sender is told to wait.
 *
 * Read next: store.c, how it gets into the buffers; irq.c, how the driver gets
 * to know; coalesce.c, how segments are put together again, on request.
 */
#include <linux/string.h>

#include "../compat_core.h"
#include "../frame/headers.h"
#include "impl.h"

/* ---- the filter ----------------------------------------------------------- */

static bool nic_filter_match(struct nic *nic, const u8 *dst)
{
	const struct nic_rx_filter *filter = &nic->filter;
	unsigned long flags;
	unsigned int i;
	bool match;

	raw_spin_lock_irqsave(&nic->filter_lock, flags);
	match = filter->flags & NIC_RX_PROMISC;
	if (is_multicast_ether_addr(dst))
		match |= filter->flags & NIC_RX_ALLMULTI ||
			 filter->mc_hash & BIT_ULL(wire_mc_hash(dst));
	for (i = 0; i < filter->uc_count; i++)
		match |= !memcmp(filter->uc[i], dst, ETH_ALEN);
	raw_spin_unlock_irqrestore(&nic->filter_lock, flags);
	return match;
}

static bool nic_rx_accepts(struct nic *nic, const u8 *dst)
{
	/* A frame goes on after its first address: 8 bytes can be read. */
	if (likely(ether_addr_equal_64bits(dst, (const u8 *)&nic->addr)))
		return true;
	return is_broadcast_ether_addr(dst) || nic_filter_match(nic, dst);
}

/* ---- one frame ---------------------------------------------------------------- */

static bool nic_rx_pauses(const struct nic *nic, const struct nic_txq *from)
{
	return READ_ONCE(nic->pause_tx) && READ_ONCE(from->nic->pause_rx);
}

/*
 * Is there room for the frame?  If not, and pause frames may help, ask the
 * sender to wait: nic_rx_doorbell() wakes it.
 */
static bool nic_rx_has_room(struct nic *nic, struct nic_rxq *rxq,
			    const struct nic_frame *frame,
			    struct nic_txq *from, bool *wait)
{
	unsigned int need;
	bool room;

	if (!rxq->ring)
		return false;
	need = DIV_ROUND_UP(max_t(unsigned int, frame->len, ETH_ZLEN),
			    rxq->ring[0].size);
	if (need <= min(nic_rx_room(rxq), nic->max_bufs))
		return true;
	if (!nic_rx_pauses(nic, from) || need > min(rxq->size, nic->max_bufs))
		return false;

	/*
	 * First stopped, then waiting, then a last look at the room, and
	 * whether pause frames still count: so who makes room, or ends them,
	 * finds the waiter, and wakes a stopped one.
	 */
	set_bit(NIC_TXQ_PAUSED, &from->state);
	smp_mb__after_atomic(); /* order the two bits */
	set_bit(from->index, &rxq->waiters);
	smp_mb__after_atomic(); /* pairs with nic_rx_doorbell() */
	room = need <= nic_rx_room(rxq);
	*wait = !room && nic_rx_pauses(nic, from);
	if (*wait) {
		nic_count_one(&rxq->count.syncp, &rxq->count.pauses);
		return false;
	}
	clear_bit(from->index, &rxq->waiters);
	clear_bit(NIC_TXQ_PAUSED, &from->state);
	return room;
}

/* By their address, which no filter keeps out. */
static bool nic_rx_is_pause(const struct nic_frame *frame)
{
	static const u8 addr[ETH_ALEN] = {
		0x01, 0x80, 0xc2, 0x00, 0x00, 0x01
	};

	return nic_frame_is_control(frame) &&
	       !memcmp(frame->start, addr, ETH_ALEN);
}

/* Which counter a frame falls to that the NIC does not keep, or NULL. */
static u64_stats_t *nic_rx_verdict(struct nic *nic, struct nic_rxq *rxq,
				   const struct nic_frame *frame)
{
	struct nic_rx_counters *count = &rxq->count;

	if (unlikely(frame->fate))
		return frame->fate == NIC_FATE_LOST ? &count->lost :
						      &count->crc;
	if (frame->len > READ_ONCE(nic->max_frame))
		return &count->giants;
	if (!nic_rx_accepts(nic, frame->start) && !nic_rx_is_pause(frame))
		return &count->filtered;
	if (unlikely(nic_frame_is_control(frame)))
		return nic_rx_is_pause(frame) ? &count->pause_frames :
						&count->control;
	if (unlikely(frame->drop))
		return &count->ruled_out;
	return NULL;
}

static void nic_rx_count(struct nic_rx_counters *count,
			 const struct nic_frame *frame)
{
	u64_stats_inc(&count->frames);
	u64_stats_add(&count->bytes, max_t(unsigned int, frame->len, ETH_ZLEN));
	u64_stats_inc(&count->size[nic_size_class(frame->len)]);
	if (likely(!is_multicast_ether_addr(frame->start)))
		return;
	if (is_broadcast_ether_addr(frame->start))
		u64_stats_inc(&count->broadcast);
	else
		u64_stats_inc(&count->multicast);
}

static void nic_rx_keep(struct nic *nic, struct nic_rxq *rxq,
			struct nic_frame *frame)
{
	if (unlikely(frame->tagged))
		frame->strip = nic_tag_strips(nic, frame);
	if (unlikely(nic_coalesce_wanted(nic, rxq)) &&
	    nic_coalesce_in(nic, rxq, frame))
		return;
	nic_rx_store(nic, rxq, frame, false);
	nic_rx_publish(rxq);
}

/**
 * nic_rx_frame() - a frame arrives
 * @nic: the receiving NIC
 * @rxq: the queue it goes to, locked
 * @frame: the frame; unless false is returned it has been read to its end
 * @from: the partner's transmit queue, to be told when to go on
 *
 * Context: under rxq->lock, interrupts off.
 * Return: false if the sender must wait with this frame until it is resumed;
 * else true, and it was stored, or dropped and counted.
 */
bool nic_rx_frame(struct nic *nic, struct nic_rxq *rxq, struct nic_frame *frame,
		  struct nic_txq *from)
{
	u64_stats_t *counter = nic_rx_verdict(nic, rxq, frame);
	bool wait = false;

	lockdep_assert_held(&rxq->lock);
	if (!counter && !nic_rx_has_room(nic, rxq, frame, from, &wait)) {
		/* The driver is to empty what is held, and post it again. */
		nic_coalesce_close(nic, rxq);
		counter = &rxq->count.missed;
	}
	if (wait)
		return false;

	u64_stats_update_begin(&rxq->count.syncp);
	if (counter)
		u64_stats_inc(counter);
	else
		nic_rx_count(&rxq->count, frame);
	u64_stats_update_end(&rxq->count.syncp);
	if (counter)
		nic_sg_skip(&frame->sg, frame->payload);
	else
		nic_rx_keep(nic, rxq, frame);
	return true;
}

/* ---- starting and stopping ------------------------------------------------------ */

/**
 * nic_rx_init() - prepare a receive queue
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: process, while the NIC is being made.
 */
void nic_rx_init(struct nic *nic, unsigned int queue)
{
	struct nic_rxq *rxq = &nic->rxq[queue];

	raw_spin_lock_init(&rxq->lock);
	u64_stats_init(&rxq->count.syncp);
}

/**
 * nic_rx_xon() - let the senders go on that wait for a queue
 * @nic: the NIC
 * @rxq: the queue
 *
 * Context: any.
 */
void nic_rx_xon(struct nic *nic, struct nic_rxq *rxq)
{
	unsigned long waiters = xchg(&rxq->waiters, 0);
	struct nic *partner;
	unsigned int i;

	rcu_read_lock();
	partner = nic_partner(nic);
	if (partner)
		for_each_set_bit(i, &waiters, partner->queues)
			nic_tx_resume(&partner->txq[i]);
	rcu_read_unlock();
}

/**
 * nic_rx_stop() - stop storing frames
 * @nic: the NIC
 * @rxq: the queue; when this returns, the NIC no longer touches its ring
 *
 * nic_rx_head() stays where it is until the next nic_rx_setup().
 *
 * Context: process.
 */
void nic_rx_stop(struct nic *nic, struct nic_rxq *rxq)
{
	unsigned long flags = nic_coalesce_lock(nic, rxq);

	rxq->ring = NULL;
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
	/* Without a ring there will be no doorbell to wake who waits for room. */
	nic_rx_xon(nic, rxq);
}

/**
 * nic_rx_halt() - stop one receive queue, and leave all else running
 * @nic: the NIC
 * @queue: which of its queues
 *
 * When it returns, the NIC no longer touches the ring.  Frames that arrive for
 * this queue are missed; nic_rx_setup() ends that.
 *
 * Context: process.
 */
void nic_rx_halt(struct nic *nic, unsigned int queue)
{
	nic_rx_stop(nic, &nic->rxq[queue]);
}

/**
 * nic_rx_setup() - write a receive queue's ring registers
 * @nic: a stopped NIC, or one of whose queues this one is halted
 * @queue: which of its queues
 * @ring: bus address of the descriptors
 * @size: how many, a power of two
 * @clean: index of the first buffer; head starts from here, too
 * @tail: index of the slot after the last buffer
 *
 * Context: process.
 */
void nic_rx_setup(struct nic *nic, unsigned int queue, dma_addr_t ring,
		  u32 size, u32 clean, u32 tail)
{
	struct nic_rxq *rxq = &nic->rxq[queue];
	unsigned long flags;

	raw_spin_lock_irqsave(&rxq->lock, flags);
	rxq->ring = nic_memory(nic, ring);
	rxq->size = size;
	rxq->tail = tail;
	rxq->head = clean;
	rxq->clean = clean;
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
	nic_moder_rest(&nic->vector[queue], NIC_INT_RX);
}

/**
 * nic_rx_head() - how far the NIC has filled the ring
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Who asks is ready for more: what was being coalesced, and is ripe, is in the
 * ring when this returns.
 *
 * Context: any.
 * Return: index of the first buffer with nothing in it.
 */
u32 nic_rx_head(struct nic *nic, unsigned int queue)
{
	struct nic_rxq *rxq = &nic->rxq[queue];

	if (unlikely(READ_ONCE(rxq->ripe)))
		nic_coalesce_read(nic, rxq);
	/* Pairs with nic_rx_publish(): the descriptors are written. */
	return smp_load_acquire(&rxq->head);
}

/**
 * nic_rx_peek() - how far the NIC has filled the ring, and nothing comes of it
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: any.
 * Return: index of the first buffer with nothing in it.  nic_rx_head() may find
 * more.
 */
u32 nic_rx_peek(const struct nic *nic, unsigned int queue)
{
	return READ_ONCE(nic->rxq[queue].head);
}

/**
 * nic_rx_doorbell() - tell the NIC how far the ring is filled with buffers
 * @nic: the NIC
 * @queue: which of its queues
 * @tail: index of the slot after the last buffer posted
 *
 * Context: any, one at a time.
 */
void nic_rx_doorbell(struct nic *nic, unsigned int queue, u32 tail)
{
	struct nic_rxq *rxq = &nic->rxq[queue];

	/* The fresh buffers are in the descriptors before this is seen. */
	smp_store_release(&rxq->tail, tail);
	/* Pairs with the barrier behind set_bit() in nic_rx_has_room(). */
	smp_mb();
	if (READ_ONCE(rxq->waiters) &&
	    ring_used(tail, READ_ONCE(rxq->head)) >= rxq->size / 2)
		nic_rx_xon(nic, rxq);
}

/**
 * nic_rx_ack() - tell the NIC which frames the driver has taken
 * @nic: the NIC
 * @queue: which of its queues
 * @clean: index of the first buffer that it has not; the receive cause is
 *	pending while this is behind nic_rx_head()
 *
 * Context: any, one at a time.
 */
void nic_rx_ack(struct nic *nic, unsigned int queue, u32 clean)
{
	struct nic_rxq *rxq = &nic->rxq[queue];

	WRITE_ONCE(rxq->clean, clean);
	if (unlikely(READ_ONCE(nic->vector[queue].moderated)) &&
	    READ_ONCE(rxq->head) == clean)
		nic_moder_rest(&nic->vector[queue], NIC_INT_RX);
}
