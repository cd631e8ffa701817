/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - what the part in the kernel and the part outside share: the rules,
 * and what is counted and kept for each.
 *
 * Read next: bpf/check.bpf.c, which watches in the kernel; napicheck.h.
 */
#ifndef NAPICHECK_RULES_H
#define NAPICHECK_RULES_H

#include <linux/types.h>

/* The rules; rules.c has a line of text for each. */
enum rule {
	RULE_BUDGET, RULE_FULL, RULE_STUCK, RULE_TOLD, RULE_ZERO, RULE_DONE,
	RULE_MASKED, RULE_EARLY, RULE_NEVER, RULE_SILENT, RULE_CONTEXT,
	RULE_PAIRS, RULE_FREED, RULE_SENT, RULES
};

/* How a rule was broken, and what the two numbers of the offence are. */
enum offence_kind {
	BAD_WORK,		/* work, budget */
	BAD_FULL,		/* work, budget */
	BAD_STUCK,		/* work, budget */
	BAD_TOLD,		/* told, work */
	BAD_ZERO_WORK,		/* work */
	BAD_ZERO_COMPLETE,
	BAD_ZERO_RECEIVE,	/* packets */
	BAD_ZERO_POOL,
	BAD_DONE_RECEIVE,
	BAD_DONE_POOL,
	BAD_IRQ_WHILE_SCHEDULED, /* interrupt */
	BAD_SCHEDULED_UNMASKED,	/* interrupt */
	BAD_UNMASKED_SCHEDULED,	/* interrupt */
	BAD_UNMASKED_REFUSED,	/* interrupt */
	BAD_NEVER_UNMASKED,	/* interrupt */
	BAD_SILENT,		/* packets missed in two seconds */
	BAD_RECEIVE_HARDIRQ,
	BAD_RECEIVE_PROCESS,
	BAD_SCHEDULE_PROCESS,
	BAD_ENABLED_TWICE,
	BAD_DISABLED_TWICE,
	BAD_POLL_DISABLED,
	BAD_DELETED_ENABLED,
	BAD_FREED_CONTEXT,	/* budget */
	BAD_SENT_DROPPED,
	OFFENCE_KINDS
};

#define BIT(n)		(1UL << (n))

#define NAME_LEN	16
#define STACK_DEPTH	24
#define CORE_RANGES	24

/**
 * struct watch_config - what user space tells the programs
 * @ifindex: the interface to watch, or 0 for all
 * @netns: inode number of the network namespace that it is in
 * @per_cpu_offset: address of the kernel's __per_cpu_offset[], or 0
 * @preempt_count: offset of the preemption counter in a CPU's area
 * @enable_hidden: napi_enable() cannot be seen: a NAPI that was disabled may be
 *	enabled again
 * @consumed: what dev_kfree_skb_irq_reason() is told of a packet that is no drop
 * @started: all of them are attached: polls are judged
 * @core: address ranges of the functions of the kernel's own that complete a
 *	NAPI on behalf of a driver
 */
struct watch_config {
	__u32 ifindex;
	__u32 netns;
	__u32 enable_hidden;
	__u32 consumed;
	__u64 per_cpu_offset;
	__u64 preempt_count;
	__u64 started;
	struct {
		__u64 start;
		__u64 end;
	} core[CORE_RANGES];
};

/**
 * struct rule_count - how a rule fared, on one CPU
 * @exercised: how often it was put to the test
 * @broken: how often it was not kept
 */
struct rule_count {
	__u64 exercised;
	__u64 broken;
};

/* What is counted besides. */
enum tally {
	TALLY_POLLS,		/* watched polls */
	TALLY_NO_ROOM,		/* events lost because a table was full */
	TALLY_NO_ENTRY,		/* completions whose caller was not seen */
	TALLY_NO_NETPOLL,	/* polls of budget 0 whose begin was not seen */
	TALLY_UNTOLD,		/* completions by napi_complete(), which tells 0 */
	TALLIES
};

/**
 * struct totals - all that is counted on one CPU
 * @count: by rule
 * @tally: by enum tally
 */
struct totals {
	struct rule_count count[RULES];
	__u64 tally[TALLIES];
};

/**
 * struct offence - the first time that a rule was broken
 * @time: CLOCK_MONOTONIC, in nanoseconds
 * @poll: the poll function of the NAPI, or 0
 * @kind: enum offence_kind
 * @cpu: where
 * @a: see @kind
 * @b: see @kind
 * @depth: bytes of @stack that are filled, or negative
 * @pad: nothing
 * @name: the interface
 * @stack: return addresses, the innermost first
 */
struct offence {
	__u64 time;
	__u64 poll;
	__u32 kind;
	__u32 cpu;
	__s32 a;
	__s32 b;
	__s32 depth;
	__u32 pad;
	char name[NAME_LEN];
	__u64 stack[STACK_DEPTH];
};

#endif /* NAPICHECK_RULES_H */
