// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing, a stage between the wire and the ring: the
 * segments of a run share one header, and their payloads lie behind it in a row.
 *
 * A frame goes in by nic_coalesce_in(), and stays if it can.  Many runs are
 * open at a time, each of another flow.  The stage keeps the buffers of an
 * open run to itself; so runs come to the driver in the order in which they
 * end, and the buffers in another order than they were posted in.  A run ends
 *
 *	with a segment that nothing can follow: it has PSH, or is short;
 *	before a frame of its flow that doesn't fit, or whose flow cannot be
 *	seen: order within a flow stays;
 *	when the driver reads head, once the sender has left a gap;
 *	or when its place or its buffers are needed, the oldest first.
 *
 * From the gap on, the receive cause is pending.  So with nothing set, a run
 * waits for as long as the interrupt takes, and with rx-usecs for that time:
 * moderation.c.  What comes meanwhile is still appended.
 *
 * Read next: stage.h, how a run is found; stage.c, who makes all of that;
 * frame/coalesce.c, which decides what fits.
 */
#include <linux/minmax.h>

#include "../compat_core.h"
#include "../frame/headers.h"
#include "impl.h"
#include "stage.h"

/* A sender that never pauses must not hide a run for ever. */
#define NIC_RUN_GAP	64	/* frames */

/* So many end with interrupts off; then the CPU may do something else. */
#define NIC_RUN_BATCH	64

/* What the stage takes for the frame's checksum, be it finished or not. */
static struct wire_csum nic_coalesce_csum(const struct coalesce_at *at)
{
	return (struct wire_csum){
		.start = at->l4,
		.offset = offsetof(struct tcphdr, check),
		.partial = true,
	};
}

/* Cut a frame behind its headers, if they can be looked at where they are. */
static bool nic_coalesce_cut(struct nic_frame *frame, struct coalesce_key *key,
			     u32 features)
{
	if (!coalesce_parse(key, frame->start, nic_frame_look(frame),
			    frame->payload, &frame->csum, features))
		return false;
	nic_sg_copy(&frame->sg, frame->hdr, key->hdr_len, NULL);
	return true;
}

/* The same for one whose tag is among its bytes, and is taken out. */
static noinline bool nic_coalesce_cut_tagged(struct nic_frame *frame,
					     struct coalesce_key *key,
					     u32 features)
{
	struct wire_csum csum = frame->csum;
	struct vlan_tag tag;
	unsigned int len;

	csum.start -= TAG_LEN;
	len = nic_tag_peek(frame, frame->hdr, &tag);
	if (!coalesce_parse(key, frame->hdr, len, frame->payload - TAG_LEN,
			    &csum, features))
		return false;
	nic_sg_skip(&frame->sg, key->hdr_len + TAG_LEN);
	frame->csum = csum;
	frame->tag = tag;
	frame->tag_len = TAG_LEN;
	return true;
}

/*
 * May this frame be coalesced with others?  If so, it is cut into header and
 * payload, as the segmenter has cut those of a large packet already.
 */
static bool nic_coalesce_parse(struct nic_frame *frame,
			       struct coalesce_key *key, u32 features)
{
	if (frame->hdr_len)
		return coalesce_parse(key, frame->hdr, frame->hdr_len,
				      frame->hdr_len + frame->payload,
				      &frame->csum, features);
	if (!(frame->strip && !frame->tag_len ?
	      nic_coalesce_cut_tagged(frame, key, features) :
	      nic_coalesce_cut(frame, key, features)))
		return false;
	frame->hdr_len = key->hdr_len;
	/* Without padding, if it has any: it is padded again in the buffer. */
	frame->payload = key->payload;
	frame->start = frame->hdr;
	if (frame->rewrite)
		wire_rewrite_ip(frame->hdr, frame->hdr_len, frame->len,
				&frame->csum);
	frame->rewrite = false;
	if (!key->finished)
		return true;
	if (!coalesce_verify(key, frame->hdr,
			     nic_sg_csum(frame->sg, frame->payload)))
		return false;
	/* From here on, as if its sender had left the sum to hardware. */
	frame->csum = nic_coalesce_csum(&key->at);
	return true;
}

/* ---- the end of a run ----------------------------------------------------- */

/* One packet of the run, which is in the ring now, from @first on. */
static void nic_run_finish(struct nic *nic, struct nic_rxq *rxq,
			   const struct coalesce_agg *agg,
			   struct nic_rx_desc *first)
{
	struct wire_csum csum = nic_coalesce_csum(&agg->at);

	first->tso = coalesce_finish(nic_memory(nic, first->addr), agg);
	if (first->tso) {
		/* A sum for each segment would be of no use to anybody. */
		first->flags |= NIC_RXD_GRO | NIC_RXD_CSUM_PARTIAL;
		first->csum_start = csum.start;
		first->csum_offset = csum.offset;
		first->mss = agg->mss;
		first->l3 = agg->at.l3;
		first->segs = agg->segs;
		return;
	}
	/* Only one: as if it had never been here. */
	if (!agg->finished)
		nic_rx_finish_csum(nic, rxq, &csum);
	first->flags |= NIC_RXD_CSUM_OK;
}

/* Give a run to the driver: its buffers go into the ring at head. */
static void nic_run_close(struct nic *nic, struct nic_rxq *rxq,
			  struct nic_run *run, enum nic_run_end why)
{
	struct nic_stage *stage = rxq->stage;
	const struct nic_held *held;
	unsigned int i = 0;

	WRITE_ONCE(rxq->runs, rxq->runs - 1);
	WRITE_ONCE(rxq->ripe, rxq->ripe - nic_run_ripe(stage, run));
	rxq->held -= run->first->desc.bufs;
	for (held = run->first; held; held = held->next)
		*nic_rx_slot(rxq, i++) = held->desc;
	nic_stage_give(stage, run);
	nic_run_finish(nic, rxq, &run->agg, nic_rx_slot(rxq, 0));
	nic_rx_publish(rxq);
	nic_count_one(&rxq->count.syncp, &rxq->count.run_end[why]);
}

/*
 * End the oldest runs, of those that were opened before @until came to be.
 * Return: true if there may be more of them: this many are enough at a time.
 */
static bool nic_coalesce_end(struct nic *nic, struct nic_rxq *rxq, u64 until,
			     enum nic_run_end why)
{
	struct nic_run *run;
	unsigned int i;

	for (i = 0; i < NIC_RUN_BATCH; i++) {
		run = nic_stage_oldest(rxq->stage);
		if (!run || run->born >= until)
			return false;
		nic_run_close(nic, rxq, run, why);
	}
	return true;
}

/* Who reads head from here on gets all runs. */
static void nic_coalesce_ripen(struct nic *nic, struct nic_rxq *rxq)
{
	rxq->stage->ripe = rxq->stage->born;
	rxq->stage->fresh = 0;
	WRITE_ONCE(rxq->ripe, rxq->runs);
	nic_int_update(nic, rxq - nic->rxq);
}

/**
 * nic_coalesce_close() - end runs: what is behind them can't wait
 * @nic: the receiving NIC
 * @rxq: the queue, locked
 *
 * The oldest ones, up to %NIC_RUN_BATCH.  Any others are the driver's to read.
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_coalesce_close(struct nic *nic, struct nic_rxq *rxq)
{
	if (!rxq->runs)
		return;
	nic_coalesce_end(nic, rxq, U64_MAX, NIC_RUN_PLACE);
	if (nic_coalesce_grows(rxq))
		nic_coalesce_ripen(nic, rxq);
}

/* ---- a frame --------------------------------------------------------------- */

/* As the host will see it: behind a tag that stays, nobody looks. */
static noinline enum coalesce_order
nic_frame_order_tagged(const struct nic *nic, const struct nic_frame *frame,
		       u32 *flow)
{
	u8 room[NET_IP_ALIGN + NIC_HDR_MAX] __aligned(4);
	u8 *head = room + NET_IP_ALIGN;
	struct vlan_tag tag;

	if (!nic_tag_strips(nic, frame))
		return COALESCE_ALL;
	return coalesce_order_of(head, nic_tag_peek(frame, head, &tag), flow);
}

static enum coalesce_order nic_frame_order(const struct nic *nic,
					   const struct nic_frame *frame,
					   u32 *flow)
{
	if (unlikely(frame->tagged) &&
	    !(frame->tag_len && nic_tag_strips(nic, frame)))
		return nic_frame_order_tagged(nic, frame, flow);
	return coalesce_order_of(frame->start, nic_frame_look(frame), flow);
}

/* Not a candidate: nothing of its flow may stay behind it. */
static void nic_coalesce_pass(struct nic *nic, struct nic_rxq *rxq,
			      const struct nic_frame *frame)
{
	struct nic_run *run;
	u32 flow;

	if (!rxq->runs)
		return;
	switch (nic_frame_order(nic, frame, &flow)) {
	case COALESCE_FREE:
		break;
	case COALESCE_FLOW:
		run = nic_stage_find(rxq->stage, flow);
		if (run)
			nic_run_close(nic, rxq, run, NIC_RUN_BROKEN);
		break;
	case COALESCE_ALL:
		/* Few, as a rule: nic_coalesce_make_way(). */
		while (nic_coalesce_end(nic, rxq, U64_MAX, NIC_RUN_BROKEN))
			;
	}
}

/* Take the next posted buffer off the ring, for the run. */
static struct nic_rx_desc *nic_run_take(struct nic_rxq *rxq,
					struct nic_run *run)
{
	const struct nic_rx_desc *next = nic_rx_slot(rxq, 0);

	rxq->held++;
	return nic_run_hold(rxq->stage, run, next);
}

/* Bytes that a run can still take.  Descriptors: see nic_coalesce_in(). */
static unsigned int nic_run_room(const struct nic *nic,
				 const struct nic_rxq *rxq,
				 const struct nic_run *run)
{
	const struct nic_rx_desc *last = &run->last->desc;
	unsigned int bufs = run->first->desc.bufs, more;

	more = min3(nic_rx_room(rxq), nic->max_bufs - bufs,
		    NIC_RUN_BUFS - bufs);
	return last->size - last->len + more * last->size;
}

static bool nic_run_join(struct nic *nic, struct nic_rxq *rxq,
			 struct nic_run *run, struct nic_frame *frame,
			 const struct coalesce_key *key)
{
	struct nic_rx_desc *first = &run->first->desc, *last;
	unsigned int left = frame->payload, n;

	if (!coalesce_match(nic_memory(nic, first->addr), &run->agg,
			    frame->hdr, key) ||
	    left > nic_run_room(nic, rxq, run))
		return false;
	for (last = &run->last->desc; ; left -= n) {
		n = min_t(unsigned int, left, last->size - last->len);
		nic_sg_copy(&frame->sg, nic_memory(nic, last->addr) + last->len,
			    n, NULL);
		last->len += n;
		if (n == left)
			break;
		last = nic_run_take(rxq, run);
		last->len = 0;
		first->bufs++;
	}
	coalesce_append(&run->agg, key);
	return true;
}

/* Begin a run with the frame, which is stored behind what is held already. */
static struct nic_run *nic_run_open(struct nic *nic, struct nic_rxq *rxq,
				    struct nic_frame *frame,
				    const struct coalesce_key *key)
{
	struct nic_run *run = nic_stage_take(rxq->stage, key->flow);
	unsigned int bufs;

	nic_rx_store(nic, rxq, frame, true);
	for (bufs = nic_rx_slot(rxq, 0)->bufs; bufs; bufs--)
		nic_run_take(rxq, run);
	coalesce_start(&run->agg, key, READ_ONCE(nic->features));
	WRITE_ONCE(rxq->runs, rxq->runs + 1);
	return run;
}

/* The queue's own run, if it may follow there.  Return: false if not. */
static bool nic_coalesce_follow(struct nic *nic, struct nic_rxq *rxq,
				struct nic_frame *frame,
				const struct coalesce_key *key)
{
	struct nic_run *run = nic_stage_find(rxq->stage, key->flow);

	if (!run)
		return false;
	if (!nic_run_join(nic, rxq, run, frame, key)) {
		nic_run_close(nic, rxq, run, NIC_RUN_BROKEN);
		return false;
	}
	if (run->agg.closed)
		nic_run_close(nic, rxq, run, NIC_RUN_DONE);
	return true;
}

/* Make room for one run more, of this flow. */
static void nic_coalesce_evict(struct nic *nic, struct nic_rxq *rxq, u32 flow)
{
	struct nic_run *run = nic_stage_crowd(rxq->stage, flow);

	if (!run && rxq->runs == NIC_RUNS)
		run = nic_stage_oldest(rxq->stage);
	if (run)
		nic_run_close(nic, rxq, run, NIC_RUN_PLACE);
}

static bool nic_coalesce_keep(struct nic *nic, struct nic_rxq *rxq,
			      struct nic_frame *frame)
{
	u32 features = READ_ONCE(nic->features);
	struct coalesce_key key;
	struct nic_run *run;
	bool last;

	if (!(features & NIC_F_RX_GRO) ||
	    (unlikely(frame->tagged) && !frame->strip) ||
	    !nic_coalesce_parse(frame, &key, features)) {
		nic_coalesce_pass(nic, rxq, frame);
		return false;
	}
	if (unlikely(frame->tagged))
		coalesce_set_tag(&key, frame->tag);
	if (nic_coalesce_follow(nic, rxq, frame, &key))
		return true;
	/* Nothing can follow: it need not wait, nor its checksum, nor others. */
	last = coalesce_last(&key);
	if (last && !key.finished)
		return false;
	if (!last)
		nic_coalesce_evict(nic, rxq, key.flow);
	run = nic_run_open(nic, rxq, frame, &key);
	if (last)
		nic_run_close(nic, rxq, run, NIC_RUN_DONE);
	return true;
}

/**
 * nic_coalesce_in() - the way in: a frame arrives
 * @nic: the receiving NIC
 * @rxq: the queue, locked, with room for the frame
 * @frame: the frame
 *
 * Context: under rxq->lock, interrupts off.
 * Return: true if the stage has kept it; false if it is to be stored, behind
 * what came out just now.
 */
bool nic_coalesce_in(struct nic *nic, struct nic_rxq *rxq,
		     struct nic_frame *frame)
{
	u32 room = min(nic_rx_room(rxq), rxq->stage->spares);
	bool kept;

	/*
	 * The driver needs what is held, to fill the ring again; and the stage
	 * needs descriptors, of which a run that ends gives one at least.
	 */
	BUILD_BUG_ON(NIC_RUN_BATCH < 2 * NIC_RUN_BUFS);
	if (rxq->runs && room < min_t(u32, rxq->size / 4, 2 * NIC_RUN_BUFS))
		nic_coalesce_close(nic, rxq);
	kept = nic_coalesce_keep(nic, rxq, frame);
	if (++rxq->stage->fresh >= NIC_RUN_GAP && nic_coalesce_grows(rxq))
		nic_coalesce_ripen(nic, rxq);
	return kept;
}

/* ---- gaps, and the driver ---------------------------------------------------- */

/**
 * nic_coalesce_gap() - the partner has nothing more to send for now
 * @nic: the receiving NIC
 * @queue: which of its queues
 *
 * Context: softirqs off; or a hard interrupt, the wire's timer.
 */
void nic_coalesce_gap(struct nic *nic, unsigned int queue)
{
	struct nic_rxq *rxq = &nic->rxq[queue];
	unsigned long flags;

	if (!nic_coalesce_grows(rxq))
		return;
	raw_spin_lock_irqsave(&rxq->lock, flags);
	if (nic_coalesce_grows(rxq))
		nic_coalesce_ripen(nic, rxq);
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
}

/*
 * End runs, some at a time: between them, interrupts are on again, if they
 * were.  All that are open, or those that are ripe now: what ripens meanwhile
 * is for the next time.
 */
static void nic_coalesce_drain(struct nic *nic, struct nic_rxq *rxq, bool all,
			       enum nic_run_end why)
{
	u64 until = all ? U64_MAX : 0;
	unsigned long flags;
	bool more;

	do {
		raw_spin_lock_irqsave(&rxq->lock, flags);
		/* It may be gone: nic_coalesce_off(). */
		if (rxq->stage && !until)
			until = rxq->stage->ripe;
		more = rxq->stage && nic_coalesce_end(nic, rxq, until, why);
		/* Who reads head need not be told of them. */
		if (all)
			nic_int_update(nic, rxq - nic->rxq);
		raw_spin_unlock_irqrestore(&rxq->lock, flags);
	} while (more);
}

/**
 * nic_coalesce_read() - the driver reads head: end the runs that are ripe
 * @nic: the receiving NIC
 * @rxq: the queue
 *
 * Context: any.
 */
void nic_coalesce_read(struct nic *nic, struct nic_rxq *rxq)
{
	nic_coalesce_drain(nic, rxq, false, NIC_RUN_READ);
}

/**
 * nic_coalesce_make_way() - a frame is about to arrive
 * @nic: the receiving NIC
 * @frame: the frame, which knows its queue
 *
 * If it may overtake no run, all have to end before it.  So here they do, and
 * not with interrupts off all the while, as in nic_coalesce_in().
 *
 * Context: any, under rcu_read_lock().
 */
void nic_coalesce_make_way(struct nic *nic, const struct nic_frame *frame)
{
	struct nic_rxq *rxq = &nic->rxq[frame->queue];
	u32 flow;

	if (unlikely(READ_ONCE(rxq->runs) > NIC_RUN_BATCH) &&
	    nic_frame_order(nic, frame, &flow) == COALESCE_ALL)
		nic_coalesce_drain(nic, rxq, true, NIC_RUN_BROKEN);
}
