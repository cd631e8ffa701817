// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq.c - the NIC's interrupt lines.
 *
 * Each queue pair has one vector, and that two causes, pending as long as
 *
 *	receive:  frames wait in the ring (head has run ahead of clean), or in
 *		  the stage that coalesces them
 *	transmit: completions wait (head has run ahead of clean)
 *
 * It asks for the CPU when a cause comes up whose enable bit is set.  What it
 * does beyond that is the line's personality (enum nic_line):
 *
 *	level	The line stays up.  The interrupt comes again and again until
 *		nothing is pending, or what is has been masked.
 *	msi	One message for an event.  Those that follow add nothing until
 *		the driver has answered by reading the status word.  What comes
 *		while it is masked asks when it is unmasked, if it is still
 *		pending then: the pending bit of PCI, which the hardware has to
 *		clear again when software has dealt with the cause meanwhile.
 *	edge	As msi, but without the pending bit: what comes while it is
 *		masked is lost.  A driver has to look again after unmasking.
 *
 * With msi and edge a driver that leaves something pending is not asked again;
 * it may write the trigger register, nic_int_trigger(), as with "interrupt cause
 * set" of Intel's NICs.
 *
 * The vector reaches its CPU as an interrupt of the machine's: irq_work for the
 * CPU we are on, an inter-processor interrupt for another one.  From there on
 * everything is real, in hard interrupt context, with a Linux interrupt number
 * in /proc/interrupts.  kernel/irq/irq_sim.c does the same for one CPU.
 *
 * Read next: ../../napi-modern/rx_napi.c, for what a driver does with a line;
 * moderation.c, how the NIC makes fewer interrupts of many frames; ../main.c,
 * the driver around all this.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "../compat_core.h"
#include "impl.h"
#include "trace.h"

/**
 * nic_int_pending() - read a vector's causes, enabled or not
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: any.
 * Return: the NIC_INT_* whose events wait.
 */
u32 nic_int_pending(const struct nic *nic, unsigned int queue)
{
	const struct nic_rxq *rxq = &nic->rxq[queue];
	const struct nic_txq *txq = &nic->txq[queue];
	u32 causes = 0;

	if (READ_ONCE(rxq->head) != READ_ONCE(rxq->clean) ||
	    READ_ONCE(rxq->ripe))
		causes |= NIC_INT_RX;
	if (READ_ONCE(txq->head) != READ_ONCE(txq->clean))
		causes |= NIC_INT_TX;
	return causes;
}

/* The causes whose events wait, if they are enabled. */
static u32 nic_vector_events(const struct nic_vector *vector)
{
	return nic_int_pending(vector->nic, vector->queue) &
	       (u32)atomic_read(&vector->enable);
}

/* And those that software has set. */
static u32 nic_vector_causes(const struct nic_vector *vector)
{
	return nic_vector_events(vector) |
	       ((u32)atomic_read(&vector->set) &
		(u32)atomic_read(&vector->enable));
}

static u32 nic_vector_asserted(const struct nic_vector *vector)
{
	u32 causes;

	if (READ_ONCE(vector->masked))
		return 0;
	causes = nic_vector_causes(vector);
	/* Events may have to wait; what software asks for does not. */
	if (unlikely(READ_ONCE(vector->moderated)))
		causes &= (u32)atomic_read(&vector->due) |
			  (u32)atomic_read(&vector->set);
	return causes;
}

static unsigned int nic_vector_target(const struct nic_vector *vector)
{
	unsigned int cpu = READ_ONCE(vector->cpu);

	if (!cpu_online(cpu))
		cpu = smp_processor_id();
	/* This one itself may be on its way off. */
	if (!cpu_online(cpu))
		cpu = cpumask_any(cpu_online_mask);
	return cpu;
}

static void nic_vector_send(struct nic_vector *vector, unsigned int cpu)
{
	if (cpu != smp_processor_id()) {
		if (test_and_set_bit(NIC_VECTOR_IPI, &vector->state) ||
		    !smp_call_function_single_async(cpu, &vector->ipi))
			return;
		clear_bit(NIC_VECTOR_IPI, &vector->state);
	}
	irq_work_queue(&vector->work);
}

/* The vector is not disabled: is there anything to ask for? */
static noinline void nic_vector_look(struct nic_vector *vector)
{
	unsigned int cpu;
	u32 causes;

	if (unlikely(READ_ONCE(vector->moderated)))
		nic_moder_event(vector, nic_vector_events(vector));
	causes = nic_vector_asserted(vector);
	if (!causes || test_and_set_bit(NIC_VECTOR_ASKED, &vector->state))
		return;

	/* Without preemption, a CPU that is online stays so. */
	preempt_disable();
	cpu = nic_vector_target(vector);
	trace_snull_irq_assert(vector->irq, cpu, causes);
	nic_vector_send(vector, cpu);
	preempt_enable();
}

static void nic_vector_update(struct nic_vector *vector)
{
	/*
	 * Whoever comes here has just written a head, an enable bit, the mask
	 * or another of these registers, and must now see what the others wrote
	 * before they came here.
	 */
	smp_mb();
	/* While a poll is under way, that is all. */
	if (atomic_read(&vector->enable))
		nic_vector_look(vector);
}

/* It has been unmasked: does what came before count? */
static void nic_vector_unmasked(struct nic_vector *vector)
{
	if (vector->nic->line != NIC_LINE_EDGE)
		nic_vector_update(vector);
	else
		smp_mb(); /* the driver, which is to look again, looks after it */
}

/**
 * nic_int_update() - look whether a line has to be asserted
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: any.  Call it after a head moved.
 */
void nic_int_update(struct nic *nic, unsigned int queue)
{
	nic_vector_update(&nic->vector[queue]);
}

static void nic_vector_deliver(struct nic_vector *vector)
{
	clear_bit(NIC_VECTOR_ASKED, &vector->state);
	/* Whoever found that bit set wrote its cause before this. */
	smp_mb__after_atomic();
	/* What it was for has been dealt with meanwhile. */
	if (!nic_vector_asserted(vector))
		return;
	/* A level asks on; a message is answered in nic_int_status(). */
	if (vector->nic->line != NIC_LINE_LEVEL)
		set_bit(NIC_VECTOR_ASKED, &vector->state);
	generic_handle_irq(vector->irq);
}

static enum hrtimer_restart nic_vector_turn(struct hrtimer *timer)
{
	nic_vector_deliver(container_of(timer, struct nic_vector, turn));
	return HRTIMER_NORESTART;
}

/*
 * The interrupts that carry it outrank the timer's on x86, as no device's does:
 * while a line asks again and again, its CPU would not hear the tick.  So one
 * time in 64 it comes by the timer's interrupt, and the tick with it.
 */
static void nic_vector_arrive(struct nic_vector *vector)
{
	if (++vector->arrivals % 64)
		nic_vector_deliver(vector);
	else
		hrtimer_start(&vector->turn, 0, HRTIMER_MODE_REL_PINNED_HARD);
}

/* Without an interrupt to deliver it by: let it go to another CPU. */
static void nic_vector_divert(struct nic_vector *vector)
{
	clear_bit(NIC_VECTOR_ASKED, &vector->state);
	nic_vector_update(vector);
}

static void nic_vector_work(struct irq_work *work)
{
	struct nic_vector *vector = container_of(work, struct nic_vector, work);

	/*
	 * A CPU that goes off runs what is queued without any interrupt (see
	 * smpcfd_dying_cpu()): let the line go to another one.
	 */
	if (in_hardirq())
		nic_vector_arrive(vector);
	else
		nic_vector_divert(vector);
}

static void nic_vector_ipi(void *data)
{
	struct nic_vector *vector = data;

	clear_bit(NIC_VECTOR_IPI, &vector->state);
	/*
	 * An idle CPU that polls its flags takes the call without any
	 * interrupt (see flush_smp_call_function_queue()): ask for a real one.
	 */
	if (in_hardirq())
		nic_vector_arrive(vector);
	else
		irq_work_queue(&vector->work);
}

static void nic_irq_mask(struct irq_data *data)
{
	struct nic_vector *vector = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(vector->masked, true);
}

static void nic_irq_unmask(struct irq_data *data)
{
	struct nic_vector *vector = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(vector->masked, false);
	/* Whoever should have answered may have been freed: free_irq(). */
	clear_bit(NIC_VECTOR_ASKED, &vector->state);
	nic_vector_unmasked(vector);
}

/* The interrupt core acknowledges an edge: it is not there any more. */
static void nic_irq_ack(struct irq_data *data)
{
}

static int nic_irq_set_affinity(struct irq_data *data,
				const struct cpumask *mask, bool force)
{
	struct nic_vector *vector = irq_data_get_irq_chip_data(data);
	unsigned int cpu = vector->home;

	if (!cpu_online(cpu) || !cpumask_test_cpu(cpu, mask))
		cpu = cpumask_any_and(mask, cpu_online_mask);
	if (cpu >= nr_cpu_ids)
		return -EINVAL;
	WRITE_ONCE(vector->cpu, cpu);
	irq_data_update_effective_affinity(data, cpumask_of(cpu));
	return IRQ_SET_MASK_OK;
}

static struct irq_chip nic_irq_chip = {
	.name			= "snull",
	.irq_ack		= nic_irq_ack,
	.irq_mask		= nic_irq_mask,
	.irq_unmask		= nic_irq_unmask,
	.irq_set_affinity	= nic_irq_set_affinity,
};

const char * const nic_line_names[NIC_LINES] = {
	[NIC_LINE_MSI] = "msi",
	[NIC_LINE_LEVEL] = "level",
	[NIC_LINE_EDGE] = "edge",
};

static void nic_vector_set_flow(unsigned int irq, enum nic_line line)
{
	bool level = line == NIC_LINE_LEVEL;

	irq_set_chip_and_handler_name(irq, &nic_irq_chip, level ?
				      handle_level_irq : handle_edge_irq,
				      nic_line_names[line]);
	irq_modify_status(irq, IRQ_NOREQUEST | IRQ_NOAUTOEN,
			  IRQ_NOPROBE | IRQ_MOVE_PCNTXT |
			  (level ? IRQ_LEVEL : 0));
}

static int nic_vector_create(struct nic *nic, unsigned int queue,
			     unsigned int home)
{
	struct nic_vector *vector = &nic->vector[queue];
	/* No owner: a requested line must not keep rmmod from closing it. */
	int irq = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);

	if (irq < 0)
		return irq;
	vector->nic = nic;
	vector->queue = queue;
	vector->irq = irq;
	vector->home = home;
	vector->cpu = home;
	vector->masked = true;
	atomic_set(&vector->enable, 0);
	nic_moder_init(vector);
	vector->work = IRQ_WORK_INIT_HARD(nic_vector_work);
	hrtimer_setup(&vector->turn, nic_vector_turn, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	vector->ipi.func = nic_vector_ipi;
	vector->ipi.info = vector;
	irq_set_chip_data(irq, vector);
	nic_vector_set_flow(irq, nic->line);
	/* request_irq() keeps it, as it keeps what a user writes later. */
	irq_set_affinity(irq, cpumask_of(home));
	return 0;
}

static void nic_vector_destroy(struct nic_vector *vector)
{
	nic_moder_exit(vector);
	while (test_bit(NIC_VECTOR_IPI, &vector->state))
		usleep_range(10, 50);
	/* An interrupt handler is a reader: this waits for the IPI's end. */
	synchronize_rcu();
	irq_work_sync(&vector->work);
	hrtimer_cancel(&vector->turn);
	irq_set_handler(vector->irq, NULL);
	irq_free_desc(vector->irq);
}

/**
 * nic_irq_create() - wire the NIC's lines to the interrupt core
 * @nic: the NIC
 * @first_cpu: CPU that vector 0 prefers, counting those online
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno from irq_alloc_desc().
 */
int nic_irq_create(struct nic *nic, unsigned int first_cpu)
{
	unsigned int i;
	int err;

	for (i = 0; i < nic->queues; i++) {
		err = nic_vector_create(nic, i,
					cpumask_local_spread(first_cpu + i,
							     NUMA_NO_NODE));
		if (err)
			goto undo;
	}
	return 0;
undo:
	while (i--)
		nic_vector_destroy(&nic->vector[i]);
	return err;
}

/**
 * nic_irq_destroy() - give the lines back
 * @nic: a NIC whose lines have no handler any more
 *
 * Context: process, sleeps until no line is on its way to a CPU.
 */
void nic_irq_destroy(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->queues; i++)
		nic_vector_destroy(&nic->vector[i]);
}

/**
 * nic_irq() - the interrupt number of a vector
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: any.
 * Return: the number to give to request_irq().
 */
unsigned int nic_irq(const struct nic *nic, unsigned int queue)
{
	return nic->vector[queue].irq;
}

/**
 * nic_irq_cpu() - the CPU that a vector's interrupts go to
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: any.
 * Return: the CPU, as /proc/irq/N/effective_affinity names it.
 */
unsigned int nic_irq_cpu(const struct nic *nic, unsigned int queue)
{
	return READ_ONCE(nic->vector[queue].cpu);
}

/**
 * nic_int_status() - read a vector's status word, and so answer its interrupt
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: the vector's handler.
 * Return: the NIC_INT_* that are both pending and enabled; the vector asks
 * again when another event comes after that.
 */
u32 nic_int_status(struct nic *nic, unsigned int queue)
{
	struct nic_vector *vector = &nic->vector[queue];
	u32 causes;

	clear_bit(NIC_VECTOR_ASKED, &vector->state);
	/* An event that found that bit set is seen here. */
	smp_mb__after_atomic();
	causes = nic_vector_causes(vector);
	if (unlikely(atomic_read(&vector->set)))
		atomic_andnot(causes, &vector->set);
	return causes;
}

/**
 * nic_int_trigger() - ask for another interrupt, if a cause is pending
 * @nic: the NIC
 * @queue: whose vector
 * @causes: NIC_INT_* that shall be pending whether or not there is an event,
 *	until the status word is read, and are not moderated; or 0
 *
 * For who has left something undone.  A line that is level-triggered asks by
 * itself, and is not disturbed.
 *
 * Context: any.
 */
void nic_int_trigger(struct nic *nic, unsigned int queue, u32 causes)
{
	struct nic_vector *vector = &nic->vector[queue];

	if (causes)
		atomic_or(causes, &vector->set);
	nic_vector_update(vector);
}

/**
 * nic_int_enable() - set bits of a vector's enable word
 * @nic: the NIC
 * @queue: whose vector
 * @causes: NIC_INT_*; one that is pending asks at once, but with
 *	NIC_LINE_EDGE: then look at nic_int_pending() afterwards
 *
 * Context: any.
 */
void nic_int_enable(struct nic *nic, unsigned int queue, u32 causes)
{
	struct nic_vector *vector = &nic->vector[queue];

	trace_snull_int_unmask(vector->irq, causes);
	/* As writel() has it: what was written before is there before. */
	smp_mb__before_atomic();
	atomic_or(causes, &vector->enable);
	nic_vector_unmasked(vector);
}

/**
 * nic_int_disable() - clear bits of a vector's enable word
 * @nic: the NIC
 * @queue: whose vector
 * @causes: NIC_INT_*
 *
 * Context: any.  An interrupt may already be on its way to a CPU; it is dropped
 * there, unless the handler has started.
 */
void nic_int_disable(struct nic *nic, unsigned int queue, u32 causes)
{
	struct nic_vector *vector = &nic->vector[queue];

	atomic_andnot(causes, &vector->enable);
	/* What is written after it is there after it. */
	smp_mb__after_atomic();
	trace_snull_int_mask(vector->irq, causes);
}
