// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - the NIC as a whole: plugging it into a cable, starting, stopping,
 * and the registers that concern all of its queues.
 *
 * Read next: link.c, when the link is up; tx.c, where a doorbell sends a frame.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat_core.h"
#include "impl.h"

/**
 * nic_cable_create() - make a cable
 *
 * Context: process, may sleep.
 * Return: the cable with nothing plugged in, or NULL without memory.
 */
struct nic_cable *nic_cable_create(void)
{
	struct nic_cable *cable = kzalloc(sizeof(*cable), GFP_KERNEL);

	if (cable)
		mutex_init(&cable->lock);
	return cable;
}

/**
 * nic_cable_destroy() - throw a cable away
 * @cable: a cable with nothing plugged in, or NULL
 *
 * Context: process.
 */
void nic_cable_destroy(struct nic_cable *cable)
{
	if (!cable)
		return;
	mutex_destroy(&cable->lock);
	kfree(cable);
}

static void nic_free(struct nic *nic)
{
	unsigned int i;

	nic_steer_exit(nic);
	for (i = 0; nic->rxq && i < nic->queues; i++)
		kvfree(nic->rxq[i].stage);
	kfree(nic->vector);
	kfree(nic->rxq);
	kfree(nic->txq);
	kfree(nic);
}

static struct nic *nic_alloc(unsigned int queues)
{
	struct nic *nic = kzalloc(sizeof(*nic), GFP_KERNEL);

	if (!nic)
		return NULL;
	nic->queues = queues;
	nic->txq = kcalloc(queues, sizeof(*nic->txq), GFP_KERNEL);
	nic->rxq = kcalloc(queues, sizeof(*nic->rxq), GFP_KERNEL);
	nic->vector = kcalloc(queues, sizeof(*nic->vector), GFP_KERNEL);
	if (nic->txq && nic->rxq && nic->vector)
		return nic;
	nic_free(nic);
	return NULL;
}

static struct nic *nic_new(struct device *dev, struct nic_cable *cable,
			   const struct nic_config *config)
{
	struct nic *nic = nic_alloc(config->queues);
	unsigned int i;

	if (!nic)
		return NULL;
	nic->dev = dev;
	nic->cable = cable;
	nic->end = config->end;
	nic->max_bufs = config->max_bufs;
	nic->line = config->line;
	nic->link_changed = config->link_changed;
	nic->driver = config->driver;
	nic->max_frame = ETH_FRAME_LEN;
	raw_spin_lock_init(&nic->filter_lock);
	nic_steer_init(nic);
	nic_link_init(nic);
	nic_wire_init(nic);
	nic_clock_init(nic);
	for (i = 0; i < nic->queues; i++) {
		nic_tx_init(nic, i);
		nic_rx_init(nic, i);
	}
	return nic;
}

/**
 * nic_create() - plug a NIC into a cable
 * @dev: its device, for which the driver maps memory
 * @cable: the cable
 * @config: what it is made with
 *
 * Context: process, may sleep.
 * Return: the NIC, stopped and with its lines masked, or an ERR_PTR():
 * -EOPNOTSUPP if it can't reach memory, -EBUSY if that end is taken, -ENOMEM,
 * or what irq_alloc_desc() says.
 */
struct nic *nic_create(struct device *dev, struct nic_cable *cable,
		       const struct nic_config *config)
{
	struct nic *nic;
	int err;

	if (!nic_dma_supported(dev))
		return ERR_PTR(-EOPNOTSUPP);
	nic = nic_new(dev, cable, config);
	if (!nic)
		return ERR_PTR(-ENOMEM);
	err = nic_irq_create(nic, config->first_cpu);
	if (err)
		goto free;

	mutex_lock(&cable->lock);
	if (cable->end[nic->end])
		err = -EBUSY;
	else
		cable->end[nic->end] = nic;
	nic_link_connect(cable);
	mutex_unlock(&cable->lock);
	if (!err)
		return nic;

	nic_irq_destroy(nic);
free:
	nic_free(nic);
	return ERR_PTR(err);
}

/**
 * nic_destroy() - unplug a NIC and free it
 * @nic: a stopped NIC; no interrupt handler is installed on its lines
 *
 * Context: process, sleeps until no partner's engine can still see it.
 */
void nic_destroy(struct nic *nic)
{
	unsigned int i;

	mutex_lock(&nic->cable->lock);
	nic->cable->end[nic->end] = NULL;
	RCU_INIT_POINTER(nic->partner, NULL);
	nic_link_connect(nic->cable);
	mutex_unlock(&nic->cable->lock);
	synchronize_rcu();
	hrtimer_cancel(&nic->wire.timer);
	for (i = 0; i < nic->queues; i++)
		hrtimer_cancel(&nic->txq[i].resume);
	nic_irq_destroy(nic);
	nic_free(nic);
}

/**
 * nic_start() - switch the NIC on
 * @nic: a stopped or halted NIC, whose rings have been set up; or one that runs,
 *	for those that have been set up since
 *
 * Clears a lockup of what it starts; the link comes up once both ends are started
 * and agree.
 *
 * Context: process, may sleep.
 */
void nic_start(struct nic *nic)
{
	unsigned int i;

	mutex_lock(&nic->cable->lock);
	for (i = 0; i < nic->queues; i++)
		nic_tx_start(&nic->txq[i]);
	nic_wire_start(nic);
	nic->started = true;
	nic_link_update(nic);
	mutex_unlock(&nic->cable->lock);
}

static void nic_stop_queues(struct nic *nic)
{
	unsigned int i;

	nic_wire_stop(nic);
	for (i = 0; i < nic->queues; i++) {
		nic_tx_stop(&nic->txq[i]);
		nic_rx_stop(nic, &nic->rxq[i]);
	}
}

/**
 * nic_halt() - stop the queues, and leave the link up
 * @nic: the NIC; a doorbell that still rings is not heard
 *
 * When it returns, the NIC no longer touches the rings.  Frames not yet sent
 * stay in the ring; those that arrive are missed.  nic_start() goes on.
 *
 * Context: process, sleeps until the engines have stopped.
 */
void nic_halt(struct nic *nic)
{
	mutex_lock(&nic->cable->lock);
	nic_stop_queues(nic);
	mutex_unlock(&nic->cable->lock);
}

/**
 * nic_tx_halt() - stop one transmit queue, and leave all else running
 * @nic: the NIC
 * @queue: which of its queues; a doorbell that still rings is not heard
 *
 * When it returns, the NIC no longer touches the ring.  What is not yet sent stays
 * there, as does the packet of a frame that was on the wire.  nic_tx_setup() and
 * nic_start() end that.
 *
 * Context: process, sleeps until the engine has stopped.
 */
void nic_tx_halt(struct nic *nic, unsigned int queue)
{
	mutex_lock(&nic->cable->lock);
	nic_tx_stop(&nic->txq[queue]);
	mutex_unlock(&nic->cable->lock);
}

/**
 * nic_stop() - switch the NIC off
 * @nic: the NIC; a doorbell that still rings is not heard
 *
 * As nic_halt(), and the link goes down at both ends.
 *
 * Context: process, sleeps until the engines have stopped.
 */
void nic_stop(struct nic *nic)
{
	mutex_lock(&nic->cable->lock);
	nic->started = false;
	nic_stop_queues(nic);
	nic_link_update(nic);
	mutex_unlock(&nic->cable->lock);
}

/**
 * nic_set_addr() - write the station address register
 * @nic: the NIC
 * @addr: the address that the receive filter lets in
 *
 * Context: any.
 */
void nic_set_addr(struct nic *nic, const u8 *addr)
{
	u64 value = 0;

	memcpy(&value, addr, ETH_ALEN);
	WRITE_ONCE(nic->addr, value);
}

/**
 * nic_partner_addr() - the station address of whom our frames go to
 * @nic: the NIC
 * @addr: where to put it: in loopback, this end's; if nobody is there, this end's address with its
 *	lowest bit flipped, which is how LDD3 numbers the two ends
 *
 * Context: any.
 */
void nic_partner_addr(struct nic *nic, u8 *addr)
{
	u64 value = READ_ONCE(nic->addr);
	struct nic *partner;

	((u8 *)&value)[ETH_ALEN - 1] ^= 1;
	rcu_read_lock();
	partner = nic_partner(nic);
	if (partner)
		value = READ_ONCE(partner->addr);
	rcu_read_unlock();
	memcpy(addr, &value, ETH_ALEN);
}

/**
 * nic_set_filter() - write the receive filter's registers
 * @nic: the NIC
 * @filter: what to let in beside the station address and broadcast
 *
 * Context: any.
 */
void nic_set_filter(struct nic *nic, const struct nic_rx_filter *filter)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&nic->filter_lock, flags);
	nic->filter = *filter;
	raw_spin_unlock_irqrestore(&nic->filter_lock, flags);
}

/**
 * nic_mc_hash() - which bit of nic_rx_filter.mc_hash stands for an address
 * @addr: a multicast address
 *
 * Context: any.
 * Return: 0 to 63.
 */
u32 nic_mc_hash(const u8 *addr)
{
	return wire_mc_hash(addr);
}

/**
 * nic_set_max_frame() - set the longest frame to send and to receive
 * @nic: the NIC
 * @bytes: from the destination address to the last byte of payload
 *
 * Context: any.
 */
void nic_set_max_frame(struct nic *nic, unsigned int bytes)
{
	WRITE_ONCE(nic->max_frame, bytes);
}

/**
 * nic_set_features() - choose what the NIC does to frames
 * @nic: the NIC
 * @features: NIC_F_*; another NIC_F_LOOPBACK takes the link down, and up again
 *	if there is one then
 *
 * Context: process, may sleep, one at a time.
 * Return: 0, or -ENOMEM if NIC_F_RX_GRO can't be had; then nothing has changed.
 */
int nic_set_features(struct nic *nic, u32 features)
{
	/* The trick is the wire's; a frame that is looped does not go there. */
	if (features & NIC_F_LOOPBACK)
		features &= ~NIC_F_REWRITE_IP;
	if (features & NIC_F_RX_GRO && nic_coalesce_on(nic))
		return -ENOMEM;
	if ((nic->features ^ features) & NIC_F_LOOPBACK)
		nic_link_loop(nic, features);
	else
		WRITE_ONCE(nic->features, features);
	if (!(features & NIC_F_RX_GRO))
		nic_coalesce_off(nic);
	return 0;
}

/**
 * nic_tx_resume() - XON: let a paused queue go on
 * @txq: the queue
 *
 * Context: any.  The engine goes on in the timer softirq of this CPU.
 */
void nic_tx_resume(struct nic_txq *txq)
{
	if (test_and_clear_bit(NIC_TXQ_PAUSED, &txq->state))
		nic_tx_wake(txq);
}

/**
 * nic_set_pause() - flow control by IEEE 802.3 pause frames
 * @nic: the NIC
 * @rx: obey the partner's pause frames
 * @tx: send them when the receive ring is full, instead of dropping frames
 *
 * Context: process.
 */
void nic_set_pause(struct nic *nic, bool rx, bool tx)
{
	unsigned int i;

	WRITE_ONCE(nic->pause_rx, rx);
	WRITE_ONCE(nic->pause_tx, tx);
	/* Pairs with nic_rx_has_room(): who stops after this has seen it. */
	smp_mb();
	for (i = 0; i < nic->queues; i++) {
		nic_tx_resume(&nic->txq[i]);
		nic_rx_xon(nic, &nic->rxq[i]);
	}
}

/**
 * nic_get_pause() - read back what nic_set_pause() wrote
 * @nic: the NIC
 * @rx: where to put whether it obeys pause frames
 * @tx: where to put whether it sends them
 *
 * Context: any.
 */
void nic_get_pause(const struct nic *nic, bool *rx, bool *tx)
{
	*rx = READ_ONCE(nic->pause_rx);
	*tx = READ_ONCE(nic->pause_tx);
}

/**
 * nic_tx_paused() - is a queue held back by the partner's pause frames?
 * @nic: the NIC
 * @queue: which of its queues
 *
 * Context: any.
 * Return: true from XOFF to XON.
 */
bool nic_tx_paused(const struct nic *nic, unsigned int queue)
{
	return test_bit(NIC_TXQ_PAUSED, &nic->txq[queue].state);
}

/**
 * nic_set_lockup() - inject LDD3's fault
 * @nic: the NIC
 * @every: after this many packets a transmit queue hangs: that packet's
 *	completion is never reported and nothing more is sent, until the
 *	driver sets the queue up again.  0 for no fault.
 *
 * Context: any.
 */
void nic_set_lockup(struct nic *nic, unsigned int every)
{
	WRITE_ONCE(nic->lockup, every);
}
