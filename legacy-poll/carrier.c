// SPDX-License-Identifier: GPL-2.0-only
/*
 * carrier.c - what runs 2.6's net_rx_action() in today's receive softirq.
 *
 * A module cannot have a softirq of its own, but it can have NAPI instances.
 * Each CPU has one here, on a net_device that exists for nothing else; its
 * poll function lets that CPU's softnet_26 run for a slice of 64 packets.  So
 * the emulation is scheduled, accounted in /proc/softirqs and starved just as
 * a real driver is.
 *
 * Read next: Documentation/networking/napi.rst in the kernel's sources, which
 * says what softnet_carry() may and may not do.
 */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sysfs.h>

#include "../snull/rx.h"
#include "softnet.h"

static DEFINE_PER_CPU(struct softnet_26, softnet_26);
static struct net_device *carrier_dev;

/* Put a claimed device on this CPU's list, and make the softirq look there. */
static void softnet_raise(struct net_device_26 *dev)
{
	struct softnet_26 *sn;
	unsigned long flags;

	local_irq_save(flags);
	sn = this_cpu_ptr(&softnet_26);
	softnet_add(sn, dev);
	napi_schedule_irqoff(&sn->napi);
	local_irq_restore(flags);
}

/**
 * __netif_rx_schedule() - put a device on this CPU's poll list
 * @dev: the device, after netif_rx_schedule_prep() returned true
 *
 * Context: any, hard interrupts included.  From 2.6's function of this name.
 */
void __netif_rx_schedule(struct net_device_26 *dev)
{
	softnet_refill(dev);
	softnet_raise(dev);
}
EXPORT_SYMBOL_GPL(__netif_rx_schedule);

/**
 * netif_rx_schedule() - have a device polled on this CPU, unless it is already
 * @dev: the device
 *
 * Call it with the device's receive interrupt masked: poll unmasks it.
 *
 * Context: any, hard interrupts included.  From 2.6's function of this name.
 */
void netif_rx_schedule(struct net_device_26 *dev)
{
	if (netif_rx_schedule_prep(dev))
		__netif_rx_schedule(dev);
}
EXPORT_SYMBOL_GPL(netif_rx_schedule);

/**
 * netif_rx_reschedule() - undo netif_rx_complete(): there is more after all
 * @dev: the device
 * @undo: packets to give back to its quota
 *
 * For hardware that may lose an interrupt that comes while it is unmasked.
 *
 * Context: only in @dev's poll function.  From 2.6's function of this name.
 * Return: 1 if the device is on the list again, so poll must mask interrupts
 * again and go on; 0 if somebody else scheduled it, so poll must return 0.
 */
int netif_rx_reschedule(struct net_device_26 *dev, int undo)
{
	if (!netif_rx_schedule_prep(dev))
		return 0;
	dev->quota += undo;
	softnet_raise(dev);
	return 1;
}
EXPORT_SYMBOL_GPL(netif_rx_reschedule);

/*
 * A CPU's carrier runs elsewhere for one reason: its CPU went away, and the
 * kernel (dev_cpu_dead()) moved it.  Its devices then move on to the list of
 * the CPU that they landed on, because a list belongs to one CPU.
 */
static int softnet_carry_over(struct softnet_26 *from, struct softnet_26 *to)
{
	softnet_move(from, to);
	napi_schedule(&to->napi);
	napi_complete_done(&from->napi, 0);
	return 0;
}

static int softnet_carry(struct napi_struct *napi, int budget)
{
	struct softnet_26 *sn = container_of(napi, struct softnet_26, napi);
	struct softnet_26 *here = this_cpu_ptr(&softnet_26);
	int work;

	/* No budget means netpoll, and no receiving. */
	if (!budget)
		return 0;
	if (sn != here)
		return softnet_carry_over(sn, here);

	work = net_rx_action_26(sn, budget);
	/*
	 * All of the budget is claimed even if 2.6's own budget or its jiffy
	 * ran out sooner: so the softirq soon gives up as well, and comes
	 * back for the next run, as 2.6's did.
	 */
	if (!softnet_idle(sn))
		return budget;
	/* A device added just now has called napi_schedule(): it isn't lost. */
	work = min(work, budget - 1);
	napi_complete_done(napi, work);
	return work;
}

/**
 * snull_softnet_init() - start the emulation
 *
 * Context: process, at module load, before any netif_poll_enable().
 * Return: 0 or -ENOMEM.
 */
int snull_softnet_init(void)
{
	unsigned int cpu;

	carrier_dev = alloc_netdev_dummy(0);
	if (!carrier_dev)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct softnet_26 *sn = per_cpu_ptr(&softnet_26, cpu);

		softnet_setup(sn);
		/* It serves many devices: no socket should busy-poll it. */
		set_bit(NAPI_STATE_NO_BUSY_POLL, &sn->napi.state);
		netif_napi_add(carrier_dev, &sn->napi, softnet_carry);
		napi_enable(&sn->napi);
	}
	return 0;
}

/**
 * snull_softnet_exit() - stop the emulation
 *
 * Context: process, at module unload, with all devices unregistered.
 */
void snull_softnet_exit(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct softnet_26 *sn = per_cpu_ptr(&softnet_26, cpu);

		napi_disable(&sn->napi);
		WARN_ON(!softnet_idle(sn));
		netif_napi_del(&sn->napi);
	}
	free_netdev(carrier_dev);
}

/* The columns that 2.6 showed in /proc/net/softnet_stat, one CPU per line. */
static int softnet_stat_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int cpu;
	int len = 0;

	for_each_online_cpu(cpu) {
		const struct softnet_26 *sn = per_cpu_ptr(&softnet_26, cpu);

		len += sysfs_emit_at(buffer, len,
				     "cpu%u packets %lu rounds %lu time_squeeze %lu\n",
				     cpu, READ_ONCE(sn->packets),
				     READ_ONCE(sn->rounds),
				     READ_ONCE(sn->time_squeeze));
	}
	return len;
}

static const struct kernel_param_ops softnet_stat_ops = {
	.get = softnet_stat_get,
};
module_param_cb(softnet_stat, &softnet_stat_ops, NULL, 0444);
MODULE_PARM_DESC(softnet_stat, "what path 2's 2.6 softirq did on each CPU (read-only)");
