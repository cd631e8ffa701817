// SPDX-License-Identifier: GPL-2.0-only
/*
 * link.c - the link: what the two ends of a cable agree on.
 *
 * Each end has a set of modes: those that it advertises, or, with
 * autonegotiation off, the one that it is set to.  The link comes up at the
 * best mode that is in both sets, as soon as both ends are started; without
 * one it stays down.  An end that is set to a mode is heard by one that
 * negotiates, as by "parallel detection" in IEEE 802.3, clause 28.
 *
 * Two ends that restrict nothing agree on a wire without a speed, on which a
 * frame takes no time: NIC_MODE_UNLIMITED, which no real NIC has.
 *
 * A NIC in loopback is its own other end, and agrees with itself: what it sends
 * comes back into its own rings, at the speed that it is set to, and no cable is
 * needed.  The NIC that is plugged in at the real other end is then alone.  Who
 * is whose partner is settled here, in nic_link_connect(), and nowhere else.
 *
 * Read next: wire.c, what a speed does to frames.
 */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/log2.h>

#include "impl.h"

static const u32 nic_mode_mbps[NIC_MODES] = {
	10, 100, 1000, 2500, 10000, 25000, 0,
};

static struct nic *nic_link_partner(const struct nic *nic)
{
	return rcu_dereference_protected(nic->partner,
					 lockdep_is_held(&nic->cable->lock));
}

static bool nic_link_cable(const struct nic *nic)
{
	const struct nic *other = nic->cable->end[!nic->end];

	return other && !nic->pulled && !other->pulled;
}

/* Frames that are held back, or take their time, shall find it out. */
static void nic_link_tell(struct nic *nic, bool timed)
{
	unsigned int i;

	if (timed)
		nic_wire_look(nic);
	for (i = 0; i < nic->queues; i++) {
		nic_tx_resume(&nic->txq[i]);
		if (timed)
			nic_tx_wake(&nic->txq[i]);
	}
}

static void nic_link_write(struct nic *nic, u32 mode)
{
	u32 speed = mode ? nic_mode_mbps[ilog2(mode)] : 0, old = nic->speed;

	WRITE_ONCE(nic->speed, speed);
	WRITE_ONCE(nic->link, mode != 0);
	if (!mode) {
		/* A frame that starts from here on sees no link. */
		smp_wmb(); /* pairs with nic_wire_begin() */
		WRITE_ONCE(nic->link_downs, nic->link_downs + 1);
	}
	nic->mode = mode;
	nic_link_tell(nic, speed || old);
	nic->link_changed(nic->driver, mode);
}

static void nic_link_write_both(struct nic *nic, struct nic *partner, u32 mode)
{
	nic_link_write(nic, mode);
	if (partner != nic)
		nic_link_write(partner, mode);
}

/**
 * nic_link_update() - see whether the link comes, goes or changes its speed
 * @nic: one of the NICs
 *
 * Context: process, the cable locked.
 */
void nic_link_update(struct nic *nic)
{
	struct nic *partner = nic_link_partner(nic);
	u32 mode = 0;

	if (partner && nic->started && partner->started &&
	    (partner == nic || nic_link_cable(nic)))
		mode = nic->modes & partner->modes;
	if (mode)
		mode = rounddown_pow_of_two(mode);
	if (mode == nic->mode)
		return;
	/* Down at both ends first, also when only the speed is another. */
	if (nic->mode)
		nic_link_write_both(nic, partner, 0);
	if (mode)
		nic_link_write_both(nic, partner, mode);
}

/* ---- who is whose partner ----------------------------------------------------- */

static struct nic *nic_link_choose(struct nic *nic)
{
	struct nic *other = nic->cable->end[!nic->end];

	if (nic->features & NIC_F_LOOPBACK)
		return nic;
	return other && !(other->features & NIC_F_LOOPBACK) ? other : NULL;
}

/**
 * nic_link_connect() - settle whom the frames of each end go to
 * @cable: the cable, one of whose ends is another, or goes into loopback or out
 *
 * Context: process, the cable locked, the link down at both ends.  Engines may
 * still be at work with the old partner until a grace period has passed.
 */
void nic_link_connect(struct nic_cable *cable)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cable->end); i++)
		if (cable->end[i])
			rcu_assign_pointer(cable->end[i]->partner,
					   nic_link_choose(cable->end[i]));
}

/* A packet that is half sent has been made for the partner that was. */
static void nic_link_forget(struct nic_txq *txq)
{
	while (!nic_tx_take(txq)) {
		if (test_bit(NIC_TXQ_OFF, &txq->state))
			return;
		usleep_range(10, 50);
	}
	local_bh_disable();
	if (txq->cutting)
		nic_tx_lose(txq);
	txq->frame.fate = NIC_FATE_ARRIVES;
	nic_tx_give(txq);
	/* Who found it taken has left. */
	nic_tx_wake(txq);
	local_bh_enable();
}

/* Nobody is left who sends to this NIC, or whom it sends to. */
static void nic_link_part(struct nic *nic)
{
	unsigned int i;

	nic_link_tell(nic, false);
	for (i = 0; i < nic->queues; i++) {
		nic_link_forget(&nic->txq[i]);
		local_bh_disable();
		nic_coalesce_gap(nic, i);
		local_bh_enable();
	}
}

/**
 * nic_link_loop() - go into loopback, or out of it
 * @nic: the NIC
 * @features: what to write into its register, with another NIC_F_LOOPBACK
 *
 * The links go down first.  So no frame crosses until all engines know who is
 * whose partner, and nothing of what waited for the old one is sent to the new.
 *
 * Context: process, sleeps until the engines have let the old partner go.
 */
void nic_link_loop(struct nic *nic, u32 features)
{
	struct nic **end = nic->cable->end;
	unsigned int i;

	mutex_lock(&nic->cable->lock);
	for (i = 0; i < ARRAY_SIZE(nic->cable->end); i++)
		if (end[i] && end[i]->mode)
			nic_link_write(end[i], 0);
	WRITE_ONCE(nic->features, features);
	nic_fault_arm(nic);
	nic_link_connect(nic->cable);
	synchronize_rcu();
	for (i = 0; i < ARRAY_SIZE(nic->cable->end); i++)
		if (end[i])
			nic_link_part(end[i]);
	for (i = 0; i < ARRAY_SIZE(nic->cable->end); i++)
		if (end[i])
			nic_link_update(end[i]);
	mutex_unlock(&nic->cable->lock);
}

/**
 * nic_link_init() - what the registers hold after power-up
 * @nic: the NIC
 *
 * Context: process, while the NIC is being made.
 */
void nic_link_init(struct nic *nic)
{
	nic->autoneg = true;
	nic->modes = NIC_MODE_ALL;
}

/**
 * nic_set_link() - write the link's registers
 * @nic: the NIC
 * @autoneg: negotiate
 * @modes: NIC_MODE_*: those to advertise; without @autoneg one, to be set to
 *
 * Another result takes the link down, and up again if there is one.  The frame
 * on the wire is lost, and so may be what waits in the rings.
 *
 * Context: process, may sleep.
 */
void nic_set_link(struct nic *nic, bool autoneg, u32 modes)
{
	mutex_lock(&nic->cable->lock);
	nic->autoneg = autoneg;
	nic->modes = modes;
	nic_link_update(nic);
	mutex_unlock(&nic->cable->lock);
}

static enum nic_link_why nic_link_why(const struct nic *nic,
				      const struct nic *partner)
{
	if (!nic->started)
		return NIC_LINK_OFF;
	if (partner != nic && !nic_link_cable(nic))
		return NIC_LINK_NO_CABLE;
	if (!partner || !partner->started)
		return NIC_LINK_NO_PARTNER;
	return nic->mode ? NIC_LINK_UP : NIC_LINK_NO_COMMON;
}

/**
 * nic_get_link() - read the link's registers
 * @nic: the NIC
 * @link: where to put them
 *
 * Context: process, may sleep.
 */
void nic_get_link(struct nic *nic, struct nic_link *link)
{
	struct nic *partner;

	mutex_lock(&nic->cable->lock);
	partner = nic_link_partner(nic);
	*link = (struct nic_link){
		.why = nic_link_why(nic, partner),
		.mode = nic->mode,
		.autoneg = nic->autoneg,
		.modes = nic->modes,
	};
	if (link->why == NIC_LINK_UP || link->why == NIC_LINK_NO_COMMON) {
		link->partner_autoneg = partner->autoneg;
		link->partner_modes = partner->modes;
	}
	mutex_unlock(&nic->cable->lock);
}
