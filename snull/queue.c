// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c - interrupts and polls, as rx.h has them for receive paths: the
 * NIC's registers, counted and traced; and reading the counters.
 *
 * Read next: a receive path.
 */
#include "compat.h"
#include "snull.h"
#include "trace.h"

/* ---- interrupts and polls: the NIC's registers, counted and traced ------ */

/**
 * snull_int_cause() - read why a vector fired, and count it
 * @queue: the queue
 *
 * This is the answer that a message waits for: events after it send another.
 *
 * Context: the vector's handler.
 * Return: NIC_INT_*, or 0 if there is nothing to do.
 */
u32 snull_int_cause(struct snull_queue *queue)
{
	u32 causes = nic_int_status(queue->nic, queue->index);
	struct snull_irq_stats *stats = &queue->irq_stats;

	snull_count(&stats->syncp, &stats->all, 1);
	if (causes & NIC_INT_RX)
		snull_count(&stats->syncp, &stats->rx, 1);
	if (causes & NIC_INT_TX)
		snull_count(&stats->syncp, &stats->tx, 1);
	return causes;
}
EXPORT_SYMBOL_GPL(snull_int_cause);

/**
 * snull_int_enable() - unmask causes of a queue's vector
 * @queue: the queue
 * @causes: NIC_INT_*; one that is pending interrupts, unless the line has no
 *	memory: see snull_int_missed()
 *
 * NIC_INT_TX stays masked while another CPU frees what was sent, and found us
 * waiting for that: it unmasks it then.  See snull_tx_clean().
 *
 * Context: any.
 */
void snull_int_enable(struct snull_queue *queue, u32 causes)
{
	if (unlikely(test_bit(SNULL_QUEUE_WAITING, &queue->state)))
		causes &= ~NIC_INT_TX;
	nic_int_enable(queue->nic, queue->index, causes);
}
EXPORT_SYMBOL_GPL(snull_int_enable);

/**
 * snull_int_missed() - did something come unheard before it was unmasked?
 * @queue: the queue, of which snull_int_enable() has just unmasked causes
 * @causes: which
 *
 * Only line=edge forgets; the others have interrupted by now, or will.  A poll
 * that has unmasked asks this, and polls on if so.  NIC_INT_TX is not unmasked
 * while another CPU frees what was sent: who does that asks when he is through.
 *
 * Context: any.
 * Return: true if one of the causes is pending, and there may be no interrupt.
 */
bool snull_int_missed(struct snull_queue *queue, u32 causes)
{
	if (snull_config.line != NIC_LINE_EDGE)
		return false;
	if (unlikely(test_bit(SNULL_QUEUE_WAITING, &queue->state)))
		causes &= ~NIC_INT_TX;
	return nic_int_pending(queue->nic, queue->index) & causes;
}
EXPORT_SYMBOL_GPL(snull_int_missed);

/**
 * snull_int_again() - ask for another interrupt, if an unmasked cause is pending
 * @queue: the queue
 *
 * For a handler that does not take all that waits, and does not mask it.  With
 * line=level the line is still up, and this does nothing.
 *
 * Context: any.
 */
void snull_int_again(struct snull_queue *queue)
{
	nic_int_trigger(queue->nic, queue->index, 0);
}
EXPORT_SYMBOL_GPL(snull_int_again);

/**
 * snull_int_disable() - mask causes of a queue's vector
 * @queue: the queue
 * @causes: NIC_INT_*
 *
 * Context: any.
 */
void snull_int_disable(struct snull_queue *queue, u32 causes)
{
	nic_int_disable(queue->nic, queue->index, causes);
}
EXPORT_SYMBOL_GPL(snull_int_disable);

/**
 * snull_poll_begin() - a path starts to poll
 * @queue: the queue
 * @budget: packets that it may take
 *
 * Context: softirq; with budget 0, netpoll's, any.
 */
void snull_poll_begin(struct snull_queue *queue, int budget)
{
	snull_count(&queue->rx_stats.syncp, &queue->rx_stats.polls, 1);
	trace_snull_poll_begin(queue->dev->name, queue->index, budget);
}
EXPORT_SYMBOL_GPL(snull_poll_begin);

/**
 * snull_poll_end() - a path has polled
 * @queue: the queue
 * @work: packets that it took
 * @budget: packets that it might have taken
 * @complete: it found the ring empty, and is going to complete
 *
 * Context: as for snull_poll_begin(), before the path completes: after that,
 * another CPU may poll the same queue.
 */
void snull_poll_end(struct snull_queue *queue, int work, int budget,
		    bool complete)
{
	struct snull_rx_stats *stats = &queue->rx_stats;

	/* Budget 0 is netpoll, from any context: nothing has been received. */
	if (budget)
		snull_rx_done(queue);
	if (budget && work >= budget)
		snull_count(&stats->syncp, &stats->polls_exhausted, 1);
	if (complete)
		snull_count(&stats->syncp, &stats->completions, 1);
	if (unlikely(queue->xdp_flush))
		snull_xdp_flush(queue);
	if (complete && READ_ONCE(queue->adaptive))
		snull_moderation_sample(queue);
	trace_snull_poll_end(queue->dev->name, queue->index, work, budget,
			     complete);
}
EXPORT_SYMBOL_GPL(snull_poll_end);

/* ---- reading the counters ------------------------------------------------ */

static void snull_irq_stats_read(const struct snull_irq_stats *from,
				 struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->irqs = u64_stats_read(&from->all);
		stats->irqs_rx = u64_stats_read(&from->rx);
		stats->irqs_tx = u64_stats_read(&from->tx);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_rx_stats_read(const struct snull_rx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->rx_packets = u64_stats_read(&from->packets);
		stats->rx_bytes = u64_stats_read(&from->bytes);
		stats->rx_alloc_failed = u64_stats_read(&from->alloc_failed);
		stats->rx_reset = u64_stats_read(&from->reset);
		stats->rx_gro_hw = u64_stats_read(&from->gro_hw);
		stats->rx_gro_hw_frames = u64_stats_read(&from->gro_hw_frames);
		stats->rx_gro_hw_bytes = u64_stats_read(&from->gro_hw_bytes);
		stats->polls = u64_stats_read(&from->polls);
		stats->polls_exhausted = u64_stats_read(&from->polls_exhausted);
		stats->completions = u64_stats_read(&from->completions);
		stats->xdp_drops = u64_stats_read(&from->xdp_drops);
		stats->xdp_redirects = u64_stats_read(&from->xdp_redirects);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_tx_stats_read(const struct snull_tx_stats *from,
				struct snull_queue_stats *stats)
{
	unsigned int seq;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->tx_doorbells = u64_stats_read(&from->doorbells);
		stats->tx_stops = u64_stats_read(&from->stops);
		stats->tx_reset = u64_stats_read(&from->nowhere);
		stats->tx_map_failed = u64_stats_read(&from->map_failed);
		stats->xdp_tx = u64_stats_read(&from->xdp_tx);
		stats->xdp_xmit = u64_stats_read(&from->xdp_xmit);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
}

static void snull_done_stats_read(const struct snull_done_stats *from,
				  struct snull_queue_stats *stats)
{
	unsigned int seq;
	u64 reset;

	do {
		seq = u64_stats_fetch_begin(&from->syncp);
		stats->tx_done = u64_stats_read(&from->packets);
		stats->tx_bad = u64_stats_read(&from->bad);
		stats->tx_wakes = u64_stats_read(&from->wakes);
		reset = u64_stats_read(&from->reset);
	} while (u64_stats_fetch_retry(&from->syncp, seq));
	stats->tx_reset += reset;
}

/**
 * snull_queue_get_stats() - read a queue's counters
 * @queue: the queue
 * @stats: where to put them
 *
 * Context: any.
 */
void snull_queue_get_stats(const struct snull_queue *queue,
			   struct snull_queue_stats *stats)
{
	snull_irq_stats_read(&queue->irq_stats, stats);
	snull_rx_stats_read(&queue->rx_stats, stats);
	snull_tx_stats_read(&queue->tx_stats, stats);
	snull_done_stats_read(&queue->done_stats, stats);
}
