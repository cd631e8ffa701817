/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - the arithmetic of descriptor rings.
 *
 * An index counts slots for ever and wraps at 2^32; a ring's size is a power
 * of two.  So "how many" is a subtraction, "which slot" is a mask, and a full
 * ring differs from an empty one without wasting a slot.
 *
 * Read next: impl.h, what the NIC's files share; tx.c, who empties a ring.
 */
#ifndef SNULL_RING_H
#define SNULL_RING_H

#include <linux/types.h>

/**
 * ring_slot() - the slot that an index stands for
 * @index: a free-running index
 * @size: slots in the ring, a power of two
 *
 * Context: any.
 * Return: the slot, from 0 to @size - 1.
 */
static inline u32 ring_slot(u32 index, u32 size)
{
	return index & (size - 1);
}

/**
 * ring_used() - slots between two indices
 * @front: the index that runs ahead
 * @back: the index that follows it
 *
 * Context: any.
 * Return: slots filled and not yet emptied.
 */
static inline u32 ring_used(u32 front, u32 back)
{
	return front - back;
}

/**
 * ring_space() - slots free
 * @front: the index that runs ahead
 * @back: the index that follows it
 * @size: slots in the ring
 *
 * Context: any.
 * Return: slots that can be filled before the ring is full.
 */
static inline u32 ring_space(u32 front, u32 back, u32 size)
{
	return size - ring_used(front, back);
}

#endif /* SNULL_RING_H */
