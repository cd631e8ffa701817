// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing, a stage between the wire and the ring: the
 * segments of a run share one header, and their payloads lie behind it in a row.
 *
 * A frame goes in by nic_coalesce_in(), and stays if it can.  Several runs are
 * open at a time, each of another flow.  The stage keeps the buffers of an
 * open run to itself; so runs come to the driver in the order in which they
 * end, and the buffers in another order than they were posted in.  A run ends
 *
 *	with a segment that nothing can follow: it has PSH, or is short;
 *	before a frame of its flow that doesn't fit: order within a flow stays;
 *	when the driver reads head, once the sender has left a gap;
 *	or when its place or its buffers are needed, the oldest first.
 *
 * From the gap on, the receive cause is pending.  So with nothing set, a run
 * waits for as long as the interrupt takes, and with rx-usecs for that time:
 * moderation.c.  What comes meanwhile is still appended.
 *
 * Read next: frame/coalesce.c, which decides what fits.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/tcp.h>

#include "../compat_core.h"
#include "impl.h"

#define NIC_RUNS	8	/* open at a time */
#define NIC_PLACES	(NIC_RUNS + 1)	/* and one that ends as it begins */
#define NIC_RUN_BUFS	18	/* 64 KB, and a header, in buffers of 4 KB */

/* A sender that never pauses must not hide a run for ever. */
#define NIC_RUN_GAP	64	/* frames */

/**
 * struct nic_run - an open run
 * @agg: its segments
 * @flow: coalesce_order_of()'s
 * @ripe: the sender has left a gap since it began: it is the driver's to read
 * @desc: its buffers, as they will be in the ring
 */
struct nic_run {
	struct coalesce_agg agg;
	u32 flow;
	bool ripe;
	struct nic_rx_desc desc[NIC_RUN_BUFS];
};

/**
 * struct nic_stage - a queue's open runs
 * @run: the places
 * @order: which of them are in use, from the oldest run to the youngest, and
 *	behind these the ones that are free
 * @fresh: frames since the last gap
 */
struct nic_stage {
	struct nic_run run[NIC_PLACES];
	u8 order[NIC_PLACES];
	unsigned int fresh;
};

static struct nic_run *nic_stage_run(const struct nic_rxq *rxq, unsigned int k)
{
	return &rxq->stage->run[rxq->stage->order[k]];
}

/* What the stage takes for the frame's checksum, be it finished or not. */
static struct wire_csum nic_coalesce_csum(const struct coalesce_at *at)
{
	return (struct wire_csum){
		.start = at->l4,
		.offset = offsetof(struct tcphdr, check),
		.partial = true,
	};
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
				      frame->len, &frame->csum, features);
	if (!coalesce_parse(key, frame->sg.ptr, frame->sg.left, frame->len,
			    &frame->csum, features) ||
	    key->hdr_len > NIC_HDR_MAX)
		return false;
	nic_sg_copy(&frame->sg, frame->hdr, key->hdr_len, NULL);
	frame->hdr_len = key->hdr_len;
	/* Without padding, if it has any: it is padded again in the buffer. */
	frame->payload = key->payload;
	frame->len = frame->hdr_len + frame->payload;
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
static void nic_run_close(struct nic *nic, struct nic_rxq *rxq, unsigned int k,
			  enum nic_run_end why)
{
	struct nic_stage *stage = rxq->stage;
	struct nic_run *run = nic_stage_run(rxq, k);
	u8 place = stage->order[k];
	unsigned int i;

	WRITE_ONCE(rxq->runs, rxq->runs - 1);
	WRITE_ONCE(rxq->ripe, rxq->ripe - run->ripe);
	memmove(&stage->order[k], &stage->order[k + 1], rxq->runs - k);
	stage->order[rxq->runs] = place;

	rxq->held -= run->desc[0].bufs;
	for (i = 0; i < run->desc[0].bufs; i++)
		*nic_rx_slot(rxq, i) = run->desc[i];
	nic_run_finish(nic, rxq, &run->agg, nic_rx_slot(rxq, 0));
	nic_rx_publish(rxq);
	u64_stats_update_begin(&rxq->syncp);
	rxq->stats.run_end[why]++;
	u64_stats_update_end(&rxq->syncp);
}

/**
 * nic_coalesce_close() - end all runs: what is behind them can't wait
 * @nic: the receiving NIC
 * @rxq: the queue, locked
 *
 * Context: under rxq->lock, interrupts off.
 */
void nic_coalesce_close(struct nic *nic, struct nic_rxq *rxq)
{
	while (rxq->runs)
		nic_run_close(nic, rxq, 0, NIC_RUN_PLACE);
}

/* ---- a frame --------------------------------------------------------------- */

/* Return: which run is of this flow; rxq->runs if none. */
static unsigned int nic_coalesce_find(const struct nic_rxq *rxq, u32 flow)
{
	unsigned int k;

	for (k = 0; k < rxq->runs; k++)
		if (nic_stage_run(rxq, k)->flow == flow)
			break;
	return k;
}

/* Not a candidate: nothing of its flow may stay behind it. */
static void nic_coalesce_pass(struct nic *nic, struct nic_rxq *rxq,
			      const struct nic_frame *frame)
{
	unsigned int k;
	u32 flow;

	if (!rxq->runs)
		return;
	switch (frame->hdr_len ?
		coalesce_order_of(frame->hdr, frame->hdr_len, &flow) :
		coalesce_order_of(frame->sg.ptr, frame->sg.left, &flow)) {
	case COALESCE_FREE:
		break;
	case COALESCE_FLOW:
		k = nic_coalesce_find(rxq, flow);
		if (k < rxq->runs)
			nic_run_close(nic, rxq, k, NIC_RUN_BROKEN);
		break;
	case COALESCE_ALL:
		while (rxq->runs)
			nic_run_close(nic, rxq, 0, NIC_RUN_BROKEN);
	}
}

/* Take the next posted buffer off the ring, for the run. */
static struct nic_rx_desc *nic_run_take(struct nic_rxq *rxq,
					struct nic_run *run, unsigned int i)
{
	run->desc[i] = *nic_rx_slot(rxq, 0);
	rxq->held++;
	return &run->desc[i];
}

/* Bytes that a run can still take. */
static unsigned int nic_run_room(const struct nic *nic,
				 const struct nic_rxq *rxq,
				 const struct nic_run *run)
{
	unsigned int bufs = run->desc[0].bufs, more;
	const struct nic_rx_desc *last = &run->desc[bufs - 1];

	more = min3(nic_rx_room(rxq), nic->max_bufs - bufs,
		    NIC_RUN_BUFS - bufs);
	return last->size - last->len + more * last->size;
}

static bool nic_run_join(struct nic *nic, struct nic_rxq *rxq,
			 struct nic_run *run, struct nic_frame *frame,
			 const struct coalesce_key *key)
{
	struct nic_rx_desc *first = &run->desc[0], *last;
	unsigned int left = frame->payload, n;

	if (!coalesce_match(nic_memory(nic, first->addr), &run->agg,
			    frame->hdr, key) ||
	    left > nic_run_room(nic, rxq, run))
		return false;
	for (last = &run->desc[first->bufs - 1]; ; left -= n) {
		n = min_t(unsigned int, left, last->size - last->len);
		nic_sg_copy(&frame->sg, nic_memory(nic, last->addr) + last->len,
			    n, NULL);
		last->len += n;
		if (n == left)
			break;
		last = nic_run_take(rxq, run, first->bufs++);
		last->len = 0;
	}
	coalesce_append(&run->agg, key);
	return true;
}

/* Begin a run with the frame, which is stored behind what is held already. */
static void nic_run_open(struct nic *nic, struct nic_rxq *rxq,
			 struct nic_frame *frame,
			 const struct coalesce_key *key)
{
	struct nic_run *run = nic_stage_run(rxq, rxq->runs);
	unsigned int i, bufs;

	nic_rx_store(nic, rxq, frame, true);
	bufs = nic_rx_slot(rxq, 0)->bufs;
	for (i = 0; i < bufs; i++)
		nic_run_take(rxq, run, i);
	run->flow = key->flow;
	run->ripe = false;
	coalesce_start(&run->agg, key, READ_ONCE(nic->features));
	WRITE_ONCE(rxq->runs, rxq->runs + 1);
}

/* The queue's own run, if it may follow there.  Return: false if not. */
static bool nic_coalesce_follow(struct nic *nic, struct nic_rxq *rxq,
				struct nic_frame *frame,
				const struct coalesce_key *key)
{
	unsigned int k = nic_coalesce_find(rxq, key->flow);
	struct nic_run *run;

	if (k == rxq->runs)
		return false;
	run = nic_stage_run(rxq, k);
	if (!nic_run_join(nic, rxq, run, frame, key)) {
		nic_run_close(nic, rxq, k, NIC_RUN_BROKEN);
		return false;
	}
	if (run->agg.closed)
		nic_run_close(nic, rxq, k, NIC_RUN_DONE);
	return true;
}

/* The sender has left a gap: who reads head from here on gets all runs. */
static void nic_coalesce_ripen(struct nic *nic, struct nic_rxq *rxq)
{
	unsigned int k;

	for (k = 0; k < rxq->runs; k++)
		nic_stage_run(rxq, k)->ripe = true;
	rxq->stage->fresh = 0;
	WRITE_ONCE(rxq->ripe, rxq->runs);
	nic_int_update(nic, rxq - nic->rxq);
}

static bool nic_coalesce_keep(struct nic *nic, struct nic_rxq *rxq,
			      struct nic_frame *frame)
{
	u32 features = READ_ONCE(nic->features);
	struct coalesce_key key;
	bool last;

	if (!(features & NIC_F_RX_GRO) ||
	    !nic_coalesce_parse(frame, &key, features)) {
		nic_coalesce_pass(nic, rxq, frame);
		return false;
	}
	if (nic_coalesce_follow(nic, rxq, frame, &key))
		return true;
	/* Nothing can follow: it need not wait, nor its checksum, nor others. */
	last = coalesce_last(&key);
	if (last && !key.finished)
		return false;
	if (rxq->runs == NIC_RUNS && !last)
		nic_run_close(nic, rxq, 0, NIC_RUN_PLACE);
	nic_run_open(nic, rxq, frame, &key);
	if (last)
		nic_run_close(nic, rxq, rxq->runs - 1, NIC_RUN_DONE);
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
	bool kept;

	/* The driver needs what is held, to fill the ring again. */
	if (rxq->runs && nic_rx_room(rxq) < min_t(u32, rxq->size / 4,
						  2 * NIC_RUN_BUFS))
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
 * Context: softirqs off.
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

/**
 * nic_coalesce_read() - the driver reads head: end the runs that are ripe
 * @nic: the receiving NIC
 * @rxq: the queue
 *
 * Context: any.
 */
void nic_coalesce_read(struct nic *nic, struct nic_rxq *rxq)
{
	unsigned int k = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&rxq->lock, flags);
	while (k < rxq->runs) {
		if (nic_stage_run(rxq, k)->ripe)
			nic_run_close(nic, rxq, k, NIC_RUN_READ);
		else
			k++;
	}
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
}

/* ---- making the stage --------------------------------------------------------- */

/**
 * nic_coalesce_init() - give a receive queue its stage
 * @rxq: the queue
 *
 * Context: process, while the NIC is being made.
 * Return: 0 or -ENOMEM.
 */
int nic_coalesce_init(struct nic_rxq *rxq)
{
	unsigned int i;

	rxq->stage = kvzalloc(sizeof(*rxq->stage), GFP_KERNEL);
	if (!rxq->stage)
		return -ENOMEM;
	for (i = 0; i < NIC_PLACES; i++)
		rxq->stage->order[i] = i;
	return 0;
}

/**
 * nic_coalesce_exit() - undo nic_coalesce_init()
 * @rxq: a queue that nobody uses any more
 *
 * Context: process.
 */
void nic_coalesce_exit(struct nic_rxq *rxq)
{
	kvfree(rxq->stage);
}
