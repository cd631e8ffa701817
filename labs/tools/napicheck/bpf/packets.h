/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packets.h - the programs that see each packet: handed up, and freed after it
 * was sent. A part of check.bpf.c, and the part that costs.
 */
#ifndef NAPICHECK_PACKETS_H
#define NAPICHECK_PACKETS_H

#include "maps.h"

/* ---- receiving ---------------------------------------------------------------- */

/* Softirqs only, or who keeps them from running; what netpoll polls has its own rule. */
static __always_inline void judge_context(void *ctx,
					  const struct net_device *dev)
{
	__u32 count = preempt_count();

	if (count & (HARDIRQ_MASK | NMI_MASK))
		broken_by(ctx, RULE_CONTEXT, BAD_RECEIVE_HARDIRQ, 0, 0, 0,
			  dev->name);
	else if (!(count & SOFTIRQ_MASK))
		broken_by(ctx, RULE_CONTEXT, BAD_RECEIVE_PROCESS, 0, 0, 0,
			  dev->name);
}

/* A packet goes up, by way of a device that we watch. */
static __always_inline int received_by(void *ctx, const struct net_device *dev)
{
	struct cpu *cpu = this_cpu();
	struct turn *turn;

	if (!cpu)
		return 0;
	exercised(RULE_CONTEXT);
	if (!cpu->netpoll)
		judge_context(ctx, dev);
	turn = this_turn(cpu);
	if (cpu->netpoll)
		turn->received++;
	else if (turn->napi && turn->dev == (__u64)dev)
		broken_by(ctx, RULE_DONE, BAD_DONE_RECEIVE, 0, 0, 0,
			  dev->name);
	return 0;
}

/* A virtual interface on top of ours is another device. */
static __always_inline int received(void *ctx, struct net_device *dev)
{
	return dev && watched(dev) ? received_by(ctx, dev) : 0;
}

/*
 * From Linux 6.16 on, napi_gro_receive() is inline, and calls gro_receive_skb().
 * (GRO may free a packet, and nothing tells: see received_sent().)
 */
SEC("fentry/napi_gro_receive")
int BPF_PROG(gro_receive, void *gro, struct sk_buff *skb)
{
	forget_sent(skb);
	return received(ctx, skb->dev);
}

SEC("fentry/napi_gro_frags")
int BPF_PROG(gro_frags, struct napi_struct *n)
{
	return received(ctx, n->dev);
}

SEC("fentry/netif_receive_skb")
int BPF_PROG(receive_skb, struct sk_buff *skb)
{
	return received(ctx, skb->dev);
}

SEC("fentry/netif_receive_skb_core")
int BPF_PROG(receive_core, struct sk_buff *skb)
{
	return received(ctx, skb->dev);
}

/* A list's packets are of one device; an empty list has none. */
SEC("fentry/netif_receive_skb_list")
int BPF_PROG(receive_list, struct list_head *head)
{
	struct list_head *first = head->next;
	struct net_device *dev;

	if (first == head)
		return 0;
	dev = BPF_CORE_READ((struct sk_buff *)first, dev);
	if (!dev || !watched_by_address(dev))
		return 0;
	return received_by(ctx, dev);
}

/* ---- page pools --------------------------------------------------------------- */

static __always_inline int pool_used(void *ctx)
{
	struct cpu *cpu = this_cpu();
	struct turn *turn;
	struct napi *napi;
	__u64 key;

	if (!cpu || cpu->irq)
		return 0;
	turn = this_turn(cpu);
	if (cpu->netpoll) {
		turn->pool++;
		return 0;
	}
	key = turn->napi;
	napi = key ? bpf_map_lookup_elem(&napis, &key) : NULL;
	if (napi)
		broken(ctx, RULE_DONE, BAD_DONE_POOL, 0, 0, napi);
	return 0;
}

/*
 * Either may call the other, or have it inlined, as that kernel's compiler likes;
 * for one call both may run, then, which only counts twice.
 */
SEC("fentry/page_pool_alloc_pages")
int BPF_PROG(pool_alloc)
{
	return pool_used(ctx);
}

SEC("fentry/page_pool_alloc_netmems")
int BPF_PROG(pool_netmem)
{
	return pool_used(ctx);
}

SEC("fentry/page_pool_alloc_frag")
int BPF_PROG(pool_frag)
{
	return pool_used(ctx);
}

/* ---- what was sent ------------------------------------------------------------- */

SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(xmit_begin, struct sk_buff *skb, struct net_device *dev)
{
	__u64 key = (__u64)skb;
	struct sent sent = {
		.dev = (__u64)dev,
		.cpu = bpf_get_smp_processor_id(),
	};

	/* What lo sends, it receives: whoever has no use for it drops it. */
	if (watched(dev) && !(dev->flags & IFF_LOOPBACK) &&
	    bpf_map_update_elem(&sent_skbs, &key, &sent, BPF_ANY))
		tally(TALLY_NO_ROOM);
	return 0;
}

/* What the driver freed before it returned, it has refused; or it says so. */
SEC("tp_btf/net_dev_xmit")
int BPF_PROG(xmit_end, struct sk_buff *skb, int rc)
{
	__u64 key = (__u64)skb;
	struct sent *sent = bpf_map_lookup_elem(&sent_skbs, &key);

	if (!sent)
		return 0;
	if (rc == NETDEV_TX_BUSY)
		bpf_map_delete_elem(&sent_skbs, &key);
	else
		sent->accepted = true;
	return 0;
}

/*
 * What comes in has been sent: by an interface that hands the packet itself to
 * its other end, whose stack frees it as it likes.
 */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(received_sent, struct sk_buff *skb)
{
	return forget_sent(skb);
}

/*
 * Told by the driver to be consumed, whatever becomes of it: with interrupts
 * off it waits for a softirq, and netpoll may find it there and drop it.
 */
SEC("fentry/napi_consume_skb")
int BPF_PROG(consume_budget, struct sk_buff *skb, int budget)
{
	struct net_device *dev;
	__u32 count;

	if (!skb)
		return 0;
	forget_sent(skb);
	if (!budget)
		return 0;
	dev = skb->dev;
	if (!dev || !watched(dev))
		return 0;
	exercised(RULE_FREED);
	count = preempt_count();
	if (count & (HARDIRQ_MASK | NMI_MASK) || !(count & SOFTIRQ_MASK))
		broken_by(ctx, RULE_FREED, BAD_FREED_CONTEXT, budget, 0, 0,
			  dev->name);
	return 0;
}

/* While the watchdog calls ndo_tx_timeout(), which may clean up by itself. */
SEC("fentry/dev_watchdog")
int BPF_PROG(watchdog_entry)
{
	struct cpu *cpu = this_cpu();

	if (cpu)
		cpu->watchdog = true;
	return 0;
}

SEC("fexit/dev_watchdog")
int BPF_PROG(watchdog_exit)
{
	struct cpu *cpu = this_cpu();

	if (cpu)
		cpu->watchdog = false;
	return 0;
}

static __always_inline int judge_dropped(void *ctx, struct sk_buff *skb)
{
	__u64 key = (__u64)skb;
	struct sent *sent = bpf_map_lookup_elem(&sent_skbs, &key);
	struct net_device *dev = skb->dev;
	struct cpu *cpu = this_cpu();

	if (!sent)
		return 0;
	if (cpu && !is_refusal(sent, cpu) && dev && (__u64)dev == sent->dev &&
	    knows_context() && !may_drop(cpu)) {
		exercised(RULE_SENT);
		broken_by(ctx, RULE_SENT, BAD_SENT_DROPPED, 0, 0, 0, dev->name);
	}
	bpf_map_delete_elem(&sent_skbs, &key);
	return 0;
}

/*
 * The kernel does not run a program while it is running on this CPU already.
 * But a softirq may free a packet while a process does, and a hard interrupt
 * while the softirq does. So there are three of each: one of them is free, and
 * the first one that runs does all there is to do.
 */
SEC("tp_btf/consume_skb")
int BPF_PROG(consumed_1, struct sk_buff *skb)
{
	return forget_sent(skb);
}

SEC("tp_btf/consume_skb")
int BPF_PROG(consumed_2, struct sk_buff *skb)
{
	return forget_sent(skb);
}

SEC("tp_btf/consume_skb")
int BPF_PROG(consumed_3, struct sk_buff *skb)
{
	return forget_sent(skb);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(dropped_1, struct sk_buff *skb)
{
	return judge_dropped(ctx, skb);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(dropped_2, struct sk_buff *skb)
{
	return judge_dropped(ctx, skb);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(dropped_3, struct sk_buff *skb)
{
	return judge_dropped(ctx, skb);
}

#endif /* NAPICHECK_PACKETS_H */
