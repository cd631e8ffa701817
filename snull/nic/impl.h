/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * impl.h - inside the NIC: the state that its parts share.
 *
 * Only the files in this directory include this.  Who writes what:
 *
 *	nic_txq.tail, .clean	the driver, through doorbell and ack
 *	nic_txq.head		the transmit engine, one at a time (NIC_TXQ_BUSY)
 *	nic_wire		who drives the wire, one at a time (NIC_WIRE_BUSY)
 *	nic_rxq.head		who stores, or ends what is coalesced, under .lock
 *	nic_rxq.tail, .clean	the driver, through doorbell and ack
 *
 * Read next: frame.h (a frame on its way), count.h (the counters), core.c
 * (plugging, registers), tx.c (the transmit engine), wire.c (a wire with a
 * speed), rx.c and store.c (the receive side), clock.c (time stamps), irq.c (the
 * interrupt lines).
 */
#ifndef SNULL_NIC_IMPL_H
#define SNULL_NIC_IMPL_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/smp.h>

#include "../frame/coalesce.h"
#include "count.h"
#include "frame.h"
#include "nic.h"
#include "ring.h"
#include "../frame/segment.h"
#include "tick.h"

/**
 * struct nic_moder - the moderation of one cause
 * @timer: runs while events wait
 * @vector: whose cause
 * @cause: NIC_INT_RX or NIC_INT_TX
 * @usecs: see struct nic_moderation; 0: no moderation
 * @frames: see there
 * @base: how many events there had been when the last one was dealt with
 */
struct nic_moder {
	struct hrtimer timer;
	struct nic_vector *vector;
	u32 cause;
	u32 usecs;
	u32 frames;
	u32 base;
};

enum {
	NIC_VECTOR_ASKED,	/* for the CPU, and the driver hasn't answered */
	NIC_VECTOR_IPI,		/* the ipi is on its way */
};

/**
 * struct nic_vector - one interrupt line
 * @work: carries the line to the CPU we are on, as a real interrupt
 * @ipi: carries it to another CPU
 * @turn: carries it now and then, see nic_vector_arrive()
 * @arrivals: how often it was carried
 * @state: NIC_VECTOR_*
 * @nic: whose line it is
 * @queue: which queue pair's
 * @irq: the Linux interrupt number
 * @home: CPU to prefer while the affinity mask allows it
 * @cpu: CPU that the line goes to
 * @enable: NIC_INT_* that may assert the line
 * @set: NIC_INT_* that are pending by nic_int_trigger()
 * @masked: the interrupt core holds the line back
 * @moderated: a cause is moderated
 * @due: NIC_INT_* whose events have waited long enough
 * @armed: NIC_INT_* whose timer runs
 * @rx_moder: of the receive cause
 * @tx_moder: of the transmit cause
 */
struct nic_vector {
	struct irq_work work;
	call_single_data_t ipi;
	struct hrtimer turn;
	unsigned int arrivals;
	unsigned long state;
	struct nic *nic;
	unsigned int queue;
	unsigned int irq;
	unsigned int home;
	unsigned int cpu;
	atomic_t enable;
	atomic_t set;
	bool masked;
	bool moderated;
	atomic_t due;
	atomic_t armed;
	struct nic_moder rx_moder;
	struct nic_moder tx_moder;
};

enum {
	NIC_TXQ_BUSY,		/* the engine runs, or is not to run */
	NIC_TXQ_PAUSED,		/* XOFF: the partner has no room */
	NIC_TXQ_HUNG,		/* the lockup fault: until the next setup */
	NIC_TXQ_OFF,		/* no ring, or the NIC is stopped: BUSY, too */
};

#define NIC_TXQ_HALTED	(BIT(NIC_TXQ_PAUSED) | BIT(NIC_TXQ_HUNG) | \
			 BIT(NIC_TXQ_OFF))

struct nic_txq {
	struct nic *nic;
	unsigned int index;
	unsigned long state;
	struct nic_tx_desc *ring;
	u32 size;
	u32 tail;
	u32 head;
	u32 clean;
	u32 descs;			/* of the packet at head */
	u32 done;			/* packets so far */
	bool cutting;			/* @frame holds a segment to send */
	bool crossed;			/* it has, and waits for room */
	bool tso;
	u64_stats_t *also;		/* further counter of @frame, or NULL */
	struct nic_frame frame;
	struct seg seg;
	unsigned long coalescing;	/* partner's queues to flush */
	unsigned int since_lockup;	/* packets */
	u32 since_loss;			/* frames */
	u32 since_corrupt;
	struct hrtimer resume;		/* the engine's turns after XON */
	struct nic_tx_counters count;
};

struct nic_stage;

struct nic_rxq {
	raw_spinlock_t lock;		/* NIC side of the ring */
	struct nic_rx_desc *ring;
	u32 size;
	u32 tail;
	u32 head;
	u32 clean;
	u32 arrived;			/* frames and aggregates so far */
	unsigned long waiters;		/* partner's queues that got XOFF */
	u32 held;			/* buffers behind head, in open runs */
	unsigned int runs;		/* that are open */
	unsigned int ripe;		/* of these, the driver's to read */
	struct nic_stage *stage;	/* with NIC_F_RX_GRO, else NULL */
	struct nic_rx_counters count;
};

enum {
	NIC_WIRE_BUSY,		/* somebody drives it, or nobody is to */
	NIC_WIRE_ASKED,		/* and shall look once more */
	NIC_WIRE_OFF,		/* the NIC is stopped: BUSY, too */
};

/**
 * struct nic_wire - a wire with a speed, in one direction
 * @timer: expires when something is due
 * @armed: when that is, in ns of CLOCK_MONOTONIC as all of these
 * @state: NIC_WIRE_*
 * @txq: whose frame is on it, taken; or NULL
 * @due: when its last bit arrives
 * @free: when the next frame may start: a gap after @due
 * @rest: of a nanosecond, that @free leaves out: see rate_ns()
 * @speed: of that frame, in Mbit/s
 * @epoch: nic.link_downs when it started
 * @last: queue that had the last turn
 * @idle: there was nothing to send when the wire was free
 */
struct nic_wire {
	struct hrtimer timer;
	u64 armed;
	unsigned long state;
	struct nic_txq *txq;
	u64 due;
	u64 free;
	u32 rest;
	u32 speed;
	u32 epoch;
	unsigned int last;
	bool idle;
};

/**
 * struct nic_clock - the NIC's clock
 * @lock: see below
 * @tick: it counts CLOCK_MONOTONIC, as the wires do
 */
struct nic_clock {
	raw_spinlock_t lock;	/* @tick; innermost */
	struct tick tick;
};

struct nic_context;
struct nic_rule_slot;

struct nic {
	struct device *dev;
	struct nic_cable *cable;
	unsigned int end;
	struct nic __rcu *partner;	/* nic_link_connect() */
	unsigned int queues;
	bool started;
	bool link;
	bool pause_rx, pause_tx;
	u32 speed;			/* of the link, Mbit/s; or 0 */
	u32 faulty;			/* any of .faults */
	u32 stamps;
	u32 features;
	unsigned int max_frame;
	unsigned int max_bufs;
	enum nic_line line;
	unsigned int lockup;
	u64 addr;	/* six bytes as a frame has them, then two of 0 */
	raw_spinlock_t filter_lock;
	struct nic_rx_filter filter;
	struct nic_rss rss;
	/* of 1 and up; this and the next are read under RCU */
	struct nic_context __rcu *context[NIC_RSS_CONTEXTS];
	struct nic_rule_slot __rcu *rule[NIC_RULES];
	unsigned int rules;		/* no rule is behind this; mostly 0 */
	bool autoneg;
	u32 modes;
	u32 mode;
	u32 link_downs;
	bool pulled;
	struct nic_faults faults;
	struct nic_wire wire;
	struct nic_clock clock;
	void (*link_changed)(void *driver, bool up);
	void *driver;
	struct nic_txq *txq;
	struct nic_rxq *rxq;
	struct nic_vector *vector;
};

/**
 * struct nic_cable - two ends, and whatever NIC is plugged into each
 * @lock: see below
 * @end: the NICs
 */
struct nic_cable {
	struct mutex lock;	/* plugging, starting, stopping */
	struct nic *end[2];
};

static inline struct nic_rx_desc *nic_rxd(const struct nic_rxq *rxq, u32 index)
{
	return &rxq->ring[ring_slot(index, rxq->size)];
}

/*
 * Where the next frame is stored: behind the slots whose buffers the stage
 * holds (coalesce.c).  It is at head when it is published.
 */
static inline struct nic_rx_desc *nic_rx_slot(const struct nic_rxq *rxq, u32 i)
{
	return nic_rxd(rxq, rxq->head + rxq->held + i);
}

/* Buffers posted and not written to. */
static inline u32 nic_rx_room(const struct nic_rxq *rxq)
{
	/* The fresh buffers first, then the count: nic_rx_doorbell(). */
	return ring_used(smp_load_acquire(&rxq->tail), rxq->head + rxq->held);
}

/* Is there a stage to go through? */
static inline bool nic_coalesce_wanted(const struct nic *nic,
				       const struct nic_rxq *rxq)
{
	return rxq->runs || READ_ONCE(nic->features) & NIC_F_RX_GRO;
}

/* Is a run open that the driver could not read yet? */
static inline bool nic_coalesce_grows(const struct nic_rxq *rxq)
{
	return READ_ONCE(rxq->runs) != READ_ONCE(rxq->ripe);
}

/**
 * nic_partner() - the NIC that this one's frames go to, and come from
 * @nic: this end
 *
 * Context: under rcu_read_lock(), for as long as the result is used.
 * Return: that at the other end of the cable; in loopback, @nic itself; or NULL.
 */
static inline struct nic *nic_partner(const struct nic *nic)
{
	return rcu_dereference(nic->partner);
}

static inline bool nic_tx_has_work(const struct nic_txq *txq)
{
	/* Pairs with nic_tx_doorbell(): the descriptors are written. */
	u32 tail = smp_load_acquire(&txq->tail);

	return tail != txq->head && !(READ_ONCE(txq->state) & NIC_TXQ_HALTED);
}

/* Is there a clock to look at when this frame crosses? */
static inline bool nic_clock_wanted(const struct nic *nic,
				    const struct nic *partner)
{
	return unlikely(READ_ONCE(nic->stamps) | READ_ONCE(partner->stamps));
}

/*
 * Only who has taken a queue may send from it, and gives it back after that.  Who
 * has to wait for it sleeps, and looks again: with PREEMPT_RT, who has it may have
 * been preempted, and a hard interrupt could not wake anybody.
 */
static inline bool nic_tx_take(struct nic_txq *txq)
{
	return !test_and_set_bit_lock(NIC_TXQ_BUSY, &txq->state);
}

static inline void nic_tx_give(struct nic_txq *txq)
{
	clear_bit_unlock(NIC_TXQ_BUSY, &txq->state);
}

/* tx.c */
void nic_tx_init(struct nic *nic, unsigned int queue);
void nic_tx_start(struct nic_txq *txq);
void nic_tx_stop(struct nic_txq *txq);
void nic_tx_wake(struct nic_txq *txq);
bool nic_tx_ready(struct nic_txq *txq);
unsigned int nic_tx_engine(struct nic_txq *txq, unsigned int budget);
void nic_tx_flush(struct nic_txq *txq);
void nic_tx_lose(struct nic_txq *txq);

/* core.c */
void nic_tx_resume(struct nic_txq *txq);

/* clock.c */
void nic_clock_init(struct nic *nic);
void nic_clock_latch(struct nic_txq *txq, struct nic *partner, u64 at);
void nic_clock_stamp(struct nic *nic, struct nic_rx_desc *first, const u8 *buf,
		     unsigned int len, u64 stamp);

/* fault.c */
void nic_fault_next(struct nic_txq *txq);
void nic_fault_arm(struct nic *nic);

/* link.c */
void nic_link_init(struct nic *nic);
void nic_link_update(struct nic *nic);
void nic_link_connect(struct nic_cable *cable);
void nic_link_loop(struct nic *nic, u32 features);

/* wire.c */
void nic_wire_init(struct nic *nic);
void nic_wire_start(struct nic *nic);
void nic_wire_stop(struct nic *nic);
void nic_wire_kick(struct nic *nic);
void nic_wire_look(struct nic *nic);
void nic_wire_catch_up(struct nic *nic);

/* tso.c */
bool nic_tso_begin(struct nic_txq *txq, const struct nic_tx_desc *desc);
bool nic_tso_next(struct nic_txq *txq);

/* dma.c */
bool nic_dma_supported(struct device *dev);
void *nic_memory(const struct nic *nic, dma_addr_t addr);
void nic_sg_init(struct nic_sg *sg, const struct nic_txq *txq);
void nic_frame_align(struct nic_frame *frame);
void nic_sg_copy(struct nic_sg *sg, void *to, unsigned int len,
		 struct nic_sum *sum);
void nic_sg_skip(struct nic_sg *sg, unsigned int len);
__wsum nic_sg_csum(struct nic_sg sg, unsigned int len);
void nic_sum_add(struct nic_sum *sum, __wsum part, unsigned int len);

/* rx.c */
void nic_rx_init(struct nic *nic, unsigned int queue);
void nic_rx_xon(struct nic *nic, struct nic_rxq *rxq);
bool nic_rx_frame(struct nic *nic, struct nic_rxq *rxq, struct nic_frame *frame,
		  struct nic_txq *from);
void nic_rx_stop(struct nic *nic, struct nic_rxq *rxq);

/* store.c */
void nic_rx_store(struct nic *nic, struct nic_rxq *rxq,
		  struct nic_frame *frame, bool hold);
void nic_rx_append(struct nic *nic, struct nic_rxq *rxq, struct nic_sg *sg,
		   unsigned int len, struct nic_sum *sum);
void nic_rx_finish_csum(struct nic *nic, struct nic_rxq *rxq,
			const struct wire_csum *csum);
void nic_rx_publish(struct nic_rxq *rxq);

/* steer.c */
void nic_steer_init(struct nic *nic);
void nic_steer_exit(struct nic *nic);
void nic_steer(struct nic *nic, struct nic_frame *frame);

/* tag.c */
bool nic_tag_begin(struct nic_frame *frame, const struct nic_tx_desc *desc);
void nic_tag_hoist(struct nic_frame *frame, unsigned int hdr_len);
unsigned int nic_tag_peek(const struct nic_frame *frame, u8 *head,
			  struct vlan_tag *tag);
u8 nic_tag_strips(const struct nic *nic, const struct nic_frame *frame);
int nic_tag_store(const struct nic_frame *frame, struct nic_rx_desc *first,
		  u8 *buf, unsigned int len);

/* coalesce.c */
bool nic_coalesce_in(struct nic *nic, struct nic_rxq *rxq,
		     struct nic_frame *frame);
void nic_coalesce_close(struct nic *nic, struct nic_rxq *rxq);
unsigned long nic_coalesce_lock(struct nic *nic, struct nic_rxq *rxq)
	__acquires(&rxq->lock);
void nic_coalesce_gap(struct nic *nic, unsigned int queue);
void nic_coalesce_read(struct nic *nic, struct nic_rxq *rxq);
void nic_coalesce_make_way(struct nic *nic, const struct nic_frame *frame);
int nic_coalesce_on(struct nic *nic);
void nic_coalesce_off(struct nic *nic);

/* irq.c */
int nic_irq_create(struct nic *nic, unsigned int first_cpu);
void nic_irq_destroy(struct nic *nic);
void nic_int_update(struct nic *nic, unsigned int queue);

/* moderation.c */
void nic_moder_init(struct nic_vector *vector);
void nic_moder_exit(struct nic_vector *vector);
void nic_moder_event(struct nic_vector *vector, u32 causes);
void nic_moder_rest(struct nic_vector *vector, u32 cause);

#endif /* SNULL_NIC_IMPL_H */
