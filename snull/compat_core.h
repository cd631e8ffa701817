/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat_core.h - the ground floor: what the newest kernel has and an older one
 * lacks, under the new name, as far as the simulated NIC needs it.  It includes
 * nothing of the network stack, and is the only file that looks at
 * LINUX_VERSION_CODE.
 *
 * Read next: compat.h, the same for the driver.
 */
#ifndef SNULL_COMPAT_CORE_H
#define SNULL_COMPAT_CORE_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/u64_stats_sync.h>
#include <linux/version.h>

#define SNULL_KERNEL_SINCE(major, minor) \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

#if !SNULL_KERNEL_SINCE(5, 10)
#error "snull needs Linux 5.10 or later"
#endif

#if SNULL_KERNEL_SINCE(6, 12)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if !SNULL_KERNEL_SINCE(6, 13)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#ifndef in_hardirq				/* 5.11 */
#define in_hardirq()		(hardirq_count())
#endif

/* From 6.15 on, moving at any time is the default, and the flag is gone. */
#if SNULL_KERNEL_SINCE(6, 15)
#define IRQ_MOVE_PCNTXT		0
#endif

/* No module could call it at first; what the hint did is the same. */
#if !SNULL_KERNEL_SINCE(5, 13)
#define irq_set_affinity(irq, mask)					\
({									\
	unsigned int _irq = (irq);					\
	int _err = irq_set_affinity_hint(_irq, mask);			\
									\
	_err ?: irq_set_affinity_hint(_irq, NULL);			\
})
#endif

#ifndef IRQ_WORK_INIT_HARD			/* 5.11 */
#define IRQ_WORK_INIT_HARD(function)					\
((struct irq_work){							\
	.flags = ATOMIC_INIT(IRQ_WORK_HARD_IRQ), .func = (function),	\
})
#endif

/* Counters may be written from a hard interrupt: from 6.3 on, all may. */
#if !SNULL_KERNEL_SINCE(6, 3)
#define u64_stats_fetch_begin	u64_stats_fetch_begin_irq
#define u64_stats_fetch_retry	u64_stats_fetch_retry_irq
#endif

#endif /* SNULL_COMPAT_CORE_H */
