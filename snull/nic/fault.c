// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c - a bad cable: frames that are lost on it, or arrive damaged, and a
 * plug that somebody pulls out.
 *
 * Faults are in one direction, from this NIC to its partner.  They strike every
 * n-th frame, not at random, so that an experiment can be repeated.  In loopback
 * a frame does not get as far as the cable.
 *
 * Read next: rx.c, what becomes of such a frame.
 */
#include "impl.h"

static bool nic_fault_due(u32 every, u32 *since)
{
	if (!every || ++*since < every)
		return false;
	*since = 0;
	return true;
}

/**
 * nic_fault_next() - decide what will happen to the next frame
 * @txq: the queue, taken
 *
 * Context: the transmit engine.
 */
void nic_fault_next(struct nic_txq *txq)
{
	const struct nic_faults *faults = &txq->nic->faults;

	txq->frame.fate = NIC_FATE_ARRIVES;
	if (nic_fault_due(READ_ONCE(faults->corrupt), &txq->since_corrupt))
		txq->frame.fate = NIC_FATE_CORRUPT;
	if (nic_fault_due(READ_ONCE(faults->loss), &txq->since_loss))
		txq->frame.fate = NIC_FATE_LOST;
}

/**
 * nic_fault_arm() - see whether the faults are in the frames' way
 * @nic: the NIC
 *
 * Context: process, the cable locked.
 */
void nic_fault_arm(struct nic *nic)
{
	bool cable = !(nic->features & NIC_F_LOOPBACK);

	WRITE_ONCE(nic->faulty, cable && (nic->faults.loss ||
					  nic->faults.corrupt));
}

/**
 * nic_set_faults() - break the cable, in this NIC's direction, or mend it
 * @nic: the NIC
 * @faults: how
 *
 * Context: process, may sleep.
 */
void nic_set_faults(struct nic *nic, const struct nic_faults *faults)
{
	mutex_lock(&nic->cable->lock);
	WRITE_ONCE(nic->faults.loss, faults->loss);
	WRITE_ONCE(nic->faults.corrupt, faults->corrupt);
	nic_fault_arm(nic);
	mutex_unlock(&nic->cable->lock);
}

/**
 * nic_get_faults() - read back what nic_set_faults() wrote
 * @nic: the NIC
 * @faults: where to put it
 *
 * Context: process.
 */
void nic_get_faults(const struct nic *nic, struct nic_faults *faults)
{
	faults->loss = READ_ONCE(nic->faults.loss);
	faults->corrupt = READ_ONCE(nic->faults.corrupt);
}

/**
 * nic_pull() - pull the cable out of this NIC, or put it back
 * @nic: the NIC
 * @out: pull it out: no link at either end, but for one in loopback
 *
 * Context: process, may sleep.
 */
void nic_pull(struct nic *nic, bool out)
{
	mutex_lock(&nic->cable->lock);
	nic->pulled = out;
	nic_link_update(nic);
	mutex_unlock(&nic->cable->lock);
}
