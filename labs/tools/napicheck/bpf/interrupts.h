/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interrupts.h - the programs that see interrupts, and what they schedule. A
 * part of check.bpf.c.
 */
#ifndef NAPICHECK_INTERRUPTS_H
#define NAPICHECK_INTERRUPTS_H

#include "maps.h"

/* Runs of handlers are numbered by CPU, above the CPU's number. */
#define HANDLER_RUN	BIT(16)

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(irq_entry, int number)
{
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->irq = number;
	cpu->handler += HANDLER_RUN;
	cpu->handler |= bpf_get_smp_processor_id();
	cpu->asked = 0;
	cpu->scheduled = 0;
	cpu->asks = 0;
	cpu->refused = false;
	cpu->freed = false;
	return 0;
}

/*
 * An interrupt that wants to schedule what an interrupt has scheduled already
 * should have been masked. It is no offence if its handler has also freed what
 * was sent: such a driver masks what tells of received packets only, and its
 * handler still reads that some are waiting. Nor if it has scheduled another NAPI:
 * then that one's event came, on a line that they share.
 */
SEC("tp_btf/irq_handler_exit")
int BPF_PROG(irq_exit, int number)
{
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	if (cpu->refused && (cpu->freed || cpu->scheduled)) {
		cpu->refused = false;
		cpu->asks--;
	}
	if (cpu->asks)
		exercised_times(RULE_MASKED, cpu->asks);
	if (cpu->refused) {
		count_broken(RULE_MASKED);
		if (is_first(RULE_MASKED))
			keep_draft(RULE_MASKED, DRAFT_WAITS);
	}
	cpu->irq = 0;
	return 0;
}

/*
 * (Busy polling needs no interrupt to be scheduled; disabling looks like it.
 * And a handler that has scheduled it may ask once more.)
 */
static __always_inline int asked(void *ctx, struct napi_struct *n,
				 bool prepared)
{
	struct cpu *cpu = this_cpu();
	struct napi *napi;

	if (!cpu || !cpu->irq || cpu->asked == (__u64)n)
		return 0;
	napi = find_napi(n);
	if (!napi)
		return 0;
	cpu->asked = (__u64)n;
	cpu->asks++;
	if (prepared || !napi->by_irq || napi->handler == cpu->handler ||
	    n->state & NAPI_DISABLE)
		return 0;
	cpu->refused = true;
	if (is_first(RULE_MASKED))
		write_draft(ctx, DRAFT_WAITS, BAD_IRQ_WHILE_SCHEDULED,
			    cpu->irq, 0, napi->poll, napi->name);
	return 0;
}

/*
 * The kernel does not run a program that is running on this CPU already. A
 * process may schedule, or a softirq, and be interrupted while it does. So
 * there are three of each: in a handler, the first one that runs does it all.
 */
SEC("fexit/napi_schedule_prep")
int BPF_PROG(schedule_prep_1, struct napi_struct *n)
{
	return asked(ctx, n, ctx[1] & 0xff);
}

SEC("fexit/napi_schedule_prep")
int BPF_PROG(schedule_prep_2, struct napi_struct *n)
{
	return asked(ctx, n, ctx[1] & 0xff);
}

SEC("fexit/napi_schedule_prep")
int BPF_PROG(schedule_prep_3, struct napi_struct *n)
{
	return asked(ctx, n, ctx[1] & 0xff);
}

static __always_inline struct irq *find_irq(__u32 number)
{
	struct irq *irq = bpf_map_lookup_elem(&irqs, &number), fresh = {};

	if (irq)
		return irq;
	bpf_map_update_elem(&irqs, &number, &fresh, BPF_NOEXIST);
	irq = bpf_map_lookup_elem(&irqs, &number);
	if (!irq)
		tally(TALLY_NO_ROOM);
	return irq;
}

static __always_inline void learn_irq(void *ctx, struct napi *napi, __u64 n,
				      const struct cpu *cpu)
{
	__u32 number = cpu->irq;
	struct irq *irq = find_irq(number);

	napi->by_irq = true;
	napi->handler = cpu->handler;
	napi->irq = number;
	if (!irq)
		return;
	irq->napi = n;
	if (irq->known && !irq->masked)
		broken(ctx, RULE_MASKED, BAD_SCHEDULED_UNMASKED, number, 0,
		       napi);
}

static __always_inline int scheduled_by_irq(void *ctx, struct cpu *cpu,
					    struct napi_struct *n)
{
	struct napi *napi;

	if (cpu->scheduled == (__u64)n)
		return 0;
	napi = find_napi(n);
	if (!napi)
		return 0;
	cpu->scheduled = (__u64)n;
	exercised(RULE_CONTEXT);
	learn_irq(ctx, napi, (__u64)n, cpu);
	return 0;
}

/*
 * Outside of handlers one program is enough: when it could not run, a softirq
 * was scheduling, who may. So may a handler that netpoll calls in a process,
 * by ndo_poll_controller(): the softirq has to wait there, but that is
 * netpoll's doing.
 */
static __always_inline int scheduled(void *ctx, struct napi_struct *n,
				     bool first)
{
	struct cpu *cpu = this_cpu();
	struct napi *napi;

	if (!cpu)
		return 0;
	if (cpu->irq)
		return scheduled_by_irq(ctx, cpu, n);
	napi = first ? find_napi(n) : NULL;
	if (!napi)
		return 0;
	exercised(RULE_CONTEXT);
	if (!cpu->netpoll &&
	    !(preempt_count() & (SOFTIRQ_MASK | HARDIRQ_MASK | NMI_MASK)))
		broken(ctx, RULE_CONTEXT, BAD_SCHEDULE_PROCESS, 0, 0, napi);
	return 0;
}

SEC("fentry/__napi_schedule")
int BPF_PROG(schedule_1, struct napi_struct *n)
{
	return scheduled(ctx, n, true);
}

SEC("fentry/__napi_schedule")
int BPF_PROG(schedule_2, struct napi_struct *n)
{
	return scheduled(ctx, n, false);
}

SEC("fentry/__napi_schedule")
int BPF_PROG(schedule_3, struct napi_struct *n)
{
	return scheduled(ctx, n, false);
}

SEC("fentry/__napi_schedule_irqoff")
int BPF_PROG(schedule_irqoff, struct napi_struct *n)
{
	return scheduled(ctx, n, true);
}

static __always_inline bool is_consumed(__u32 reason)
{
	struct watch_config *config = get_config();

	return config && reason == config->consumed;
}

/*
 * With interrupts off: a softirq frees it later. What the driver says of it
 * counts, not what netpoll does, which may find it there before. And whether it
 * may be dropped is to be asked here: the softirq is not the driver's.
 * Until Linux 6.3 it was called __dev_kfree_skb_irq().
 */
SEC("fentry/dev_kfree_skb_irq_reason")
int BPF_PROG(freed_by_irq, struct sk_buff *skb, __u32 reason)
{
	struct cpu *cpu = this_cpu();
	__u64 key = (__u64)skb;
	struct sent *sent = bpf_map_lookup_elem(&sent_skbs, &key);

	/* Whatever a handler frees, it came for that: not all that is sent is seen. */
	if (cpu && cpu->irq)
		cpu->freed = true;
	if (!cpu || !sent)
		return 0;
	if (is_consumed(reason))
		forget_sent(skb);
	else if (is_refusal(sent, cpu) || may_drop(cpu))
		bpf_map_delete_elem(&sent_skbs, &key);
	return 0;
}

#endif /* NAPICHECK_INTERRUPTS_H */
