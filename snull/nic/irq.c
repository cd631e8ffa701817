// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq.c - the NIC's interrupt lines.
 *
 * Each queue pair has one level-triggered line.  It is asserted while a cause
 * is pending whose enable bit is set:
 *
 *	receive:  frames wait in the ring (head has run ahead of clean)
 *	transmit: completions wait (head has run ahead of clean)
 *
 * So nothing needs to be acknowledged, setting an enable bit with its cause
 * pending asserts the line again, and no wake-up can be lost between a
 * driver's last look at the ring and its unmasking.
 *
 * The line reaches its CPU as an interrupt of the machine's: irq_work for the
 * CPU we are on, an inter-processor interrupt for another one.  From there on
 * everything is real, in hard interrupt context, with a Linux interrupt number
 * in /proc/interrupts.  kernel/irq/irq_sim.c does the same for one CPU.
 *
 * Read next: ../napi-modern/rx_napi.c, for what a driver does with a line;
 * moderation.c, how the NIC makes fewer interrupts of many frames.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "../compat.h"
#include "impl.h"
#include "../trace.h"

/**
 * nic_int_pending() - read a vector's causes, enabled or not
 * @vector: the vector
 *
 * Context: any.
 * Return: the NIC_INT_* whose events wait.
 */
u32 nic_int_pending(const struct nic_vector *vector)
{
	const struct nic_rxq *rxq = &vector->nic->rxq[vector->queue];
	const struct nic_txq *txq = &vector->nic->txq[vector->queue];
	u32 causes = 0;

	if (READ_ONCE(rxq->head) != READ_ONCE(rxq->clean))
		causes |= NIC_INT_RX;
	if (READ_ONCE(txq->head) != READ_ONCE(txq->clean))
		causes |= NIC_INT_TX;
	return causes;
}

static u32 nic_vector_asserted(const struct nic_vector *vector)
{
	u32 causes;

	if (READ_ONCE(vector->masked))
		return 0;
	causes = nic_int_pending(vector) & (u32)atomic_read(&vector->enable);
	if (unlikely(READ_ONCE(vector->moderated)))
		causes &= (u32)atomic_read(&vector->due);
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

/* Return: false if the line is on its way already. */
static bool nic_vector_send(struct nic_vector *vector, unsigned int cpu)
{
	if (cpu == smp_processor_id())
		return irq_work_queue(&vector->work);
	if (test_and_set_bit(0, &vector->ipi_sent))
		return false;
	if (!smp_call_function_single_async(cpu, &vector->ipi))
		return true;
	clear_bit(0, &vector->ipi_sent);
	return irq_work_queue(&vector->work);
}

/* The line is not disabled: is there anything to assert it for? */
static noinline void nic_vector_look(struct nic_vector *vector)
{
	unsigned int cpu;
	u32 causes;

	if (unlikely(READ_ONCE(vector->moderated)))
		nic_moder_event(vector, nic_int_pending(vector) &
				(u32)atomic_read(&vector->enable));
	causes = nic_vector_asserted(vector);
	if (!causes)
		return;

	/* Without preemption, a CPU that is online stays so. */
	preempt_disable();
	cpu = nic_vector_target(vector);
	if (nic_vector_send(vector, cpu))
		trace_snull_irq_assert(vector->irq, cpu, causes);
	preempt_enable();
}

static void nic_vector_update(struct nic_vector *vector)
{
	/*
	 * Whoever comes here has just written a head, an enable bit or the
	 * mask, and must now see what the others wrote before they came here.
	 */
	smp_mb();
	/* While a poll is under way, that is all. */
	if (atomic_read(&vector->enable))
		nic_vector_look(vector);
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
	/* Whoever found the line on its way wrote its cause before this. */
	smp_mb();
	/* Deasserted on the way: a real line would be low by now. */
	if (nic_vector_asserted(vector))
		generic_handle_irq(vector->irq);
}

static void nic_vector_work(struct irq_work *work)
{
	struct nic_vector *vector = container_of(work, struct nic_vector, work);

	/*
	 * A CPU that goes off runs what is queued without any interrupt (see
	 * smpcfd_dying_cpu()): let the line go to another one.
	 */
	if (in_hardirq())
		nic_vector_deliver(vector);
	else
		nic_vector_update(vector);
}

static void nic_vector_ipi(void *data)
{
	struct nic_vector *vector = data;

	clear_bit(0, &vector->ipi_sent);
	/*
	 * An idle CPU that polls its flags takes the call without any
	 * interrupt (see flush_smp_call_function_queue()): ask for a real one.
	 */
	if (in_hardirq())
		nic_vector_deliver(vector);
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
	nic_vector_update(vector);
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
	.irq_mask		= nic_irq_mask,
	.irq_unmask		= nic_irq_unmask,
	.irq_set_affinity	= nic_irq_set_affinity,
};

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
	snull_init_irq_work_hard(&vector->work, nic_vector_work);
	vector->ipi.func = nic_vector_ipi;
	vector->ipi.info = vector;
	irq_set_chip_data(irq, vector);
	irq_set_chip_and_handler_name(irq, &nic_irq_chip, handle_level_irq,
				      "level");
	irq_modify_status(irq, IRQ_NOREQUEST | IRQ_NOAUTOEN,
			  IRQ_NOPROBE | IRQ_LEVEL | SNULL_IRQ_MOVE_PCNTXT);
	/* request_irq() keeps it, as it keeps what a user writes later. */
	snull_irq_set_affinity(irq, cpumask_of(home));
	return 0;
}

static void nic_vector_destroy(struct nic_vector *vector)
{
	nic_moder_exit(vector);
	while (test_bit(0, &vector->ipi_sent))
		usleep_range(10, 50);
	/* An interrupt handler is a reader: this waits for the IPI's end. */
	synchronize_rcu();
	irq_work_sync(&vector->work);
	irq_set_handler(vector->irq, NULL);
	irq_free_desc(vector->irq);
}

static unsigned int nic_pick_cpu(unsigned int n)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);

	for (n %= num_online_cpus(); n; n--)
		cpu = cpumask_next(cpu, cpu_online_mask);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
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
		err = nic_vector_create(nic, i, nic_pick_cpu(first_cpu + i));
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
 * nic_int_status() - read a vector's status word
 * @nic: the NIC
 * @queue: whose vector
 *
 * Context: any.
 * Return: the NIC_INT_* that are both pending and enabled.
 */
u32 nic_int_status(const struct nic *nic, unsigned int queue)
{
	const struct nic_vector *vector = &nic->vector[queue];

	return nic_int_pending(vector) & (u32)atomic_read(&vector->enable);
}

/**
 * nic_int_enable() - set bits of a vector's enable word
 * @nic: the NIC
 * @queue: whose vector
 * @causes: NIC_INT_*; one that is pending asserts the line at once
 *
 * Context: any.
 */
void nic_int_enable(struct nic *nic, unsigned int queue, u32 causes)
{
	struct nic_vector *vector = &nic->vector[queue];

	trace_snull_int_unmask(vector->irq, causes);
	atomic_or(causes, &vector->enable);
	nic_vector_update(vector);
}

/**
 * nic_int_disable() - clear bits of a vector's enable word
 * @nic: the NIC
 * @queue: whose vector
 * @causes: NIC_INT_*
 *
 * Context: any.  The line may already be on its way to a CPU; it is dropped
 * there, unless the handler has started.
 */
void nic_int_disable(struct nic *nic, unsigned int queue, u32 causes)
{
	struct nic_vector *vector = &nic->vector[queue];

	atomic_andnot(causes, &vector->enable);
	trace_snull_int_mask(vector->irq, causes);
}
