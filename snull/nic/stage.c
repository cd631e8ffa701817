// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage.c - the memory that coalescing needs: a queue has it while rx-gro-hw is
 * on, and it is not little.
 *
 * Read next: coalesce.c, what is done with it.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "../compat_core.h"
#include "impl.h"
#include "stage.h"

static struct nic_stage *nic_stage_create(void)
{
	struct nic_stage *stage = kvzalloc(sizeof(*stage), GFP_KERNEL);
	unsigned int i;

	if (!stage)
		return NULL;
	INIT_LIST_HEAD(&stage->order);
	INIT_LIST_HEAD(&stage->free);
	for (i = 0; i < NIC_PLACES; i++)
		list_add_tail(&stage->run[i].age, &stage->free);
	for (i = 0; i < NIC_STAGE_BUFS; i++) {
		stage->held[i].next = stage->spare;
		stage->spare = &stage->held[i];
	}
	stage->spares = NIC_STAGE_BUFS;
	return stage;
}

/**
 * nic_coalesce_lock() - lock a queue when none of its runs is open
 * @nic: the NIC
 * @rxq: the queue
 *
 * They go to the driver, some at a time: between them, interrupts are on again.
 *
 * Context: process.  Takes rxq->lock.
 * Return: what raw_spin_unlock_irqrestore() wants to have.
 */
unsigned long nic_coalesce_lock(struct nic *nic, struct nic_rxq *rxq)
	__acquires(&rxq->lock)
{
	unsigned long flags;

	for (;;) {
		raw_spin_lock_irqsave(&rxq->lock, flags);
		nic_coalesce_close(nic, rxq);
		if (!rxq->runs)
			return flags;
		raw_spin_unlock_irqrestore(&rxq->lock, flags);
	}
}

static struct nic_stage *nic_stage_remove(struct nic *nic, struct nic_rxq *rxq)
{
	unsigned long flags = nic_coalesce_lock(nic, rxq);
	struct nic_stage *stage = rxq->stage;

	rxq->stage = NULL;
	nic_int_update(nic, rxq - nic->rxq);
	raw_spin_unlock_irqrestore(&rxq->lock, flags);
	return stage;
}

/**
 * nic_coalesce_on() - give all receive queues their stages
 * @nic: the NIC, whose NIC_F_RX_GRO is about to be set
 *
 * Context: process, may sleep, one at a time.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int nic_coalesce_on(struct nic *nic)
{
	struct nic_stage *stage;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < nic->queues; i++) {
		if (nic->rxq[i].stage)
			continue;
		stage = nic_stage_create();
		if (!stage)
			goto undo;
		raw_spin_lock_irqsave(&nic->rxq[i].lock, flags);
		nic->rxq[i].stage = stage;
		raw_spin_unlock_irqrestore(&nic->rxq[i].lock, flags);
	}
	return 0;
undo:
	nic_coalesce_off(nic);
	return -ENOMEM;
}

/**
 * nic_coalesce_off() - undo nic_coalesce_on()
 * @nic: the NIC, whose NIC_F_RX_GRO is not set, or no more
 *
 * Context: process, one at a time.
 */
void nic_coalesce_off(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->queues; i++)
		if (nic->rxq[i].stage)
			kvfree(nic_stage_remove(nic, &nic->rxq[i]));
}
