/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maps.h - what the programs of check.bpf.c remember, and the helpers that
 * find it, count, and keep the first offence against each rule.
 */
#ifndef NAPICHECK_MAPS_H
#define NAPICHECK_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../rules.h"

/* What is known of a NAPI being enabled. */
enum power { POWER_UNKNOWN, POWER_OFF, POWER_ON };

/**
 * struct napi - a NAPI
 * @poll: its poll function
 * @dev: its net_device
 * @irq: the interrupt whose handler schedules it, or 0
 * @watched: it belongs to an interface that we watch
 * @by_irq: an interrupt has scheduled it, and no poll has completed since
 * @handler: the run of a handler that did; see struct cpu
 * @power: enum power
 * @switching: napi_enable() or napi_disable() is at it
 * @name: of the interface
 */
struct napi {
	__u64 poll;
	__u64 dev;
	__u64 handler;
	__u32 irq;
	__u8 watched;
	__u8 by_irq;
	__u8 power;
	__u8 switching;
	char name[NAME_LEN];
};

/* An interrupt of a driver whose masking can be seen. */
struct irq {
	__u64 napi;
	__u8 known;		/* masked means something */
	__u8 masked;
};

/**
 * struct turn - the poll that runs on a CPU, as far as it has come
 * @napi: it has completed this one, or 0
 * @dev: its device
 * @work: what it told napi_complete_done()
 * @done: what that has returned
 * @unmasked: it has unmasked its interrupt since
 * @by_core: the kernel itself completes right now, not the driver
 * @entered: napi_complete_done() was seen being called
 * @off: the NAPI was disabled then
 * @unsure: a call of it was not seen: nothing follows from what was
 * @received: packets handed up at budget 0
 * @pool: the page pool was touched at budget 0
 */
struct turn {
	__u64 napi;
	__u64 dev;
	__s32 work;
	__u8 done;
	__u8 unmasked;
	__u8 by_core;
	__u8 entered;
	__u8 off;
	__u8 unsure;
	__u32 received;
	__u32 pool;
};

/* netpoll may poll while the softirq's poll of this CPU is interrupted. */
enum { TURN_SOFTIRQ, TURN_NETPOLL, TURNS };

/**
 * struct cpu - what a CPU is at
 * @irq: the interrupt whose handler runs, or 0
 * @netpoll: depth
 * @handler: which run of a handler this is, on any CPU
 * @asked: the NAPI that this handler wanted to schedule last, or 0
 * @scheduled: the one that it did schedule, or 0
 * @asks: how many it wanted to schedule
 * @refused: one of them was scheduled already, by an interrupt
 * @freed: the handler has freed a packet
 * @watchdog: the kernel's watchdog looks at the transmit queues
 * @turn: polls
 */
struct cpu {
	__u32 irq;
	__u32 netpoll;
	__u64 handler;
	__u64 asked;
	__u64 scheduled;
	__u32 asks;
	__u16 refused;
	__u16 freed;
	__u32 watchdog;
	struct turn turn[TURNS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct watch_config);
} config SEC(".maps");

/* By CPU; there are as many as watch.c says. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct totals);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RULES);
	__type(key, __u32);
	__type(value, struct offence);
} offences SEC(".maps");

/*
 * Where an offence is put together; one that is judged when the handler ends
 * waits in a place of its own.
 */
enum { DRAFT_SOFT, DRAFT_IRQ, DRAFT_WAITS, DRAFTS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DRAFTS);
	__type(key, __u32);
	__type(value, struct offence);
} drafts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct napi);
} napis SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct irq);
} irqs SEC(".maps");

/**
 * struct sent - a packet that a driver was given for sending
 * @dev: its interface
 * @accepted: its ndo_start_xmit has returned, and has taken it
 * @cpu: where that was called, with softirqs off
 */
struct sent {
	__u64 dev;
	__u32 accepted;
	__u32 cpu;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct sent);
} sent_skbs SEC(".maps");

static __always_inline struct watch_config *get_config(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&config, &zero);
}

static __always_inline struct cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

static __always_inline struct turn *this_turn(struct cpu *cpu)
{
	return cpu->netpoll ? &cpu->turn[TURN_NETPOLL] :
			      &cpu->turn[TURN_SOFTIRQ];
}

static __always_inline struct totals *this_totals(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&totals, &cpu);
}

static __always_inline void tally(__u32 which)
{
	struct totals *sums = this_totals();

	if (sums)
		sums->tally[which]++;
}

/* A hard interrupt may count here, too, while we do: hence atomically. */
static __always_inline void exercised_times(__u32 rule, __u32 times)
{
	struct totals *sums = this_totals();

	if (sums)
		__sync_fetch_and_add(&sums->count[rule].exercised, times);
}

static __always_inline void exercised(__u32 rule)
{
	exercised_times(rule, 1);
}

/* Can we see whether this is a process, a softirq or a hard interrupt? */
static __always_inline bool knows_context(void)
{
	struct watch_config *config = get_config();

	return config && config->per_cpu_offset;
}

/*
 * The preemption counter. PREEMPT_RT keeps the part for softirqs in the task,
 * which other kernels' tasks don't have.
 */
static __always_inline __u32 preempt_count(void)
{
	struct watch_config *config = get_config();
	struct task_struct *task = NULL;
	__u64 area = 0;
	__u32 count = 0;

	/* In a softirq, one may schedule and free. */
	if (!config || !config->per_cpu_offset)
		return SOFTIRQ_MASK;
	bpf_probe_read_kernel(&area, sizeof(area),
			      (void *)(config->per_cpu_offset +
				       8 * bpf_get_smp_processor_id()));
	bpf_probe_read_kernel(&count, sizeof(count),
			      (void *)(area + config->preempt_count));
	if (bpf_core_field_exists(task->softirq_disable_cnt)) {
		task = (void *)bpf_get_current_task();
		count |= BPF_CORE_READ(task, softirq_disable_cnt) &
			 SOFTIRQ_MASK;
	}
	return count;
}

/* Is that one of the devices that we watch? (Those without a number are no interfaces.) */
static __always_inline bool watched_number(__u32 ifindex)
{
	struct watch_config *config = get_config();

	return config && ifindex &&
	       (!config->ifindex || config->ifindex == ifindex);
}

static __always_inline bool watched_netns(__u32 inum)
{
	struct watch_config *config = get_config();

	return config && (!config->ifindex || config->netns == inum);
}

static __always_inline bool watched(struct net_device *dev)
{
	return watched_number(dev->ifindex) &&
	       watched_netns(dev->nd_net.net->ns.inum);
}

/* The same for a pointer of which the kernel doesn't know what it points to. */
static __always_inline bool watched_by_address(struct net_device *dev)
{
	return watched_number(BPF_CORE_READ(dev, ifindex)) &&
	       watched_netns(BPF_CORE_READ(dev, nd_net.net, ns.inum));
}

static __always_inline bool is_first(__u32 rule)
{
	return !bpf_map_lookup_elem(&offences, &rule);
}

static __always_inline void keep_draft(__u32 rule, __u32 which)
{
	struct offence *draft = bpf_map_lookup_elem(&drafts, &which);

	if (draft)
		bpf_map_update_elem(&offences, &rule, draft, BPF_NOEXIST);
}

static __always_inline void write_draft(void *ctx, __u32 which, __u32 kind,
					__s32 a, __s32 b, __u64 poll,
					const void *name)
{
	struct offence *draft = bpf_map_lookup_elem(&drafts, &which);

	if (!draft)
		return;
	draft->time = bpf_ktime_get_ns();
	draft->cpu = bpf_get_smp_processor_id();
	draft->kind = kind;
	draft->a = a;
	draft->b = b;
	draft->poll = poll;
	bpf_probe_read_kernel(draft->name, sizeof(draft->name), name);
	draft->depth = bpf_get_stack(ctx, draft->stack, sizeof(draft->stack),
				     0);
}

static __always_inline void count_broken(__u32 rule)
{
	struct totals *sums = this_totals();

	if (sums)
		__sync_fetch_and_add(&sums->count[rule].broken, 1);
}

/* An offence; the first one against each rule is kept. */
static __always_inline void broken_by(void *ctx, __u32 rule, __u32 kind,
				      __s32 a, __s32 b, __u64 poll,
				      const void *name)
{
	struct cpu *cpu = this_cpu();
	__u32 which = cpu && cpu->irq ? DRAFT_IRQ : DRAFT_SOFT;

	count_broken(rule);
	if (!is_first(rule))
		return;
	write_draft(ctx, which, kind, a, b, poll, name);
	keep_draft(rule, which);
}

static __always_inline void broken(void *ctx, __u32 rule, __u32 kind, __s32 a,
				   __s32 b, const struct napi *napi)
{
	broken_by(ctx, rule, kind, a, b, napi->poll, napi->name);
}

/* What we know of a NAPI already; NULL if it is none that we watch. */
static __always_inline struct napi *known_napi(struct napi_struct *n)
{
	__u64 key = (__u64)n;
	struct napi *napi = bpf_map_lookup_elem(&napis, &key);

	return napi && napi->watched ? napi : NULL;
}

/* The same, of a NAPI that we may meet for the first time. */
static __always_inline struct napi *find_napi(struct napi_struct *n)
{
	__u64 key = (__u64)n;
	struct napi *napi = bpf_map_lookup_elem(&napis, &key), fresh = {};
	struct net_device *dev;

	if (napi)
		return napi->watched ? napi : NULL;
	dev = n->dev;
	/* It has no number before it is registered: look again then. */
	if (dev && !dev->ifindex)
		return NULL;
	if (dev) {
		fresh.watched = watched(dev);
		fresh.dev = (__u64)dev;
		fresh.poll = (__u64)n->poll;
		bpf_probe_read_kernel(fresh.name, sizeof(fresh.name),
				      dev->name);
	}
	/* It may be there by now: another CPU, or an interrupt, has met it, too. */
	bpf_map_update_elem(&napis, &key, &fresh, BPF_NOEXIST);
	napi = bpf_map_lookup_elem(&napis, &key);
	if (!napi)
		tally(TALLY_NO_ROOM);
	return napi && napi->watched ? napi : NULL;
}

/* ---- what was sent ------------------------------------------------------------- */

/* Freed as it should be, or handed over to another interface. */
static __always_inline int forget_sent(struct sk_buff *skb)
{
	__u64 key = (__u64)skb;

	if (!bpf_map_lookup_elem(&sent_skbs, &key))
		return 0;
	exercised(RULE_SENT);
	bpf_map_delete_elem(&sent_skbs, &key);
	return 0;
}

/*
 * Is it ndo_start_xmit itself that frees it? (It may be sent before that
 * returns: then another CPU frees it, or a handler.)
 */
static __always_inline bool is_refusal(const struct sent *sent,
				       const struct cpu *cpu)
{
	return !sent->accepted && !cpu->irq &&
	       sent->cpu == bpf_get_smp_processor_id();
}

/* A thread that does nothing but poll. */
static __always_inline bool is_napi_thread(void)
{
	char name[16];

	return !bpf_get_current_comm(name, sizeof(name)) && name[0] == 'n' &&
	       name[1] == 'a' && name[2] == 'p' && name[3] == 'i' &&
	       name[4] == '/';
}

/*
 * In process context, softirqs switched off or not, an interface is going down
 * or is reset; and where the watchdog calls. What had not been sent is dropped
 * then, and rightly so. Return: is it like that here?
 */
static __always_inline bool may_drop(const struct cpu *cpu)
{
	__u32 count = preempt_count();

	if (count & HARDIRQ_MASK)
		return false;
	if (count & SOFTIRQ_RUNS)
		return cpu->watchdog;
	return !(count & SOFTIRQ_MASK) || !is_napi_thread();
}

#endif /* NAPICHECK_MAPS_H */
