// SPDX-License-Identifier: GPL-2.0-only
/*
 * steer.c - which receive queue a frame goes to: receive side scaling, and rules.
 *
 * The low bits of the hash of the frame's flow choose an entry of the
 * indirection table, and the entry names the queue.  So all frames of a flow
 * stay in order in one queue, and many flows spread over all of them.
 *
 * A table of rules comes before that.  The first one that the frame matches, by
 * its place in the table, sends it to a queue, or drops it, or has it spread by
 * another key and table: those of an RSS context, from which the rule may count
 * some queues further, so that rules with queues of their own share a context.
 *
 * The driver writes rules and contexts while frames arrive.  Each is swapped as
 * a whole, and freed when nobody can be reading it any more (RCU): a frame sees
 * the old one or the new one, and never waits.
 *
 * Read next: ../frame/tcam.c, what a rule compares; rx.c, where the frame is
 * stored.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat_core.h"
#include "impl.h"

/**
 * struct nic_context - an RSS context
 * @rss: its registers
 * @rcu: frees it when nobody reads it any more
 */
struct nic_context {
	struct nic_rss rss;
	struct rcu_head rcu;
};

/**
 * struct nic_rule_slot - a rule in its place
 * @rule: the rule
 * @rcu: frees it when nobody reads it any more
 */
struct nic_rule_slot {
	struct nic_rule rule;
	struct rcu_head rcu;
};

/* The key of Microsoft's test vectors: every boot hashes alike. */
static const u8 nic_rss_key[RSS_KEY_LEN] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/**
 * nic_steer_init() - what the registers hold after power-up
 * @nic: the NIC
 *
 * Context: process, while the NIC is being made.
 */
void nic_steer_init(struct nic *nic)
{
	memcpy(nic->rss.key, nic_rss_key, sizeof(nic_rss_key));
	nic->rss.entries = NIC_RSS_ENTRIES;
	nic->rss.fields = (struct rss_fields){
		RSS_ADDRS | RSS_PORTS, RSS_ADDRS | RSS_PORTS,
		RSS_ADDRS | RSS_PORTS, RSS_ADDRS | RSS_PORTS,
	};
}

/**
 * nic_steer_exit() - free rules and contexts
 * @nic: a NIC that nobody can reach any more
 *
 * Context: process.
 */
void nic_steer_exit(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < NIC_RULES; i++)
		kfree(rcu_dereference_protected(nic->rule[i], true));
	for (i = 0; i < NIC_RSS_CONTEXTS; i++)
		kfree(rcu_dereference_protected(nic->context[i], true));
}

/* ---- receive side scaling ------------------------------------------------- */

/**
 * nic_set_rss() - write the RSS registers
 * @nic: the NIC
 * @rss: what to write; no entry of its table names a queue beyond the NIC's
 *
 * A frame that arrives meanwhile may be hashed with some of the old and some
 * of the new.
 *
 * Context: process, one at a time.
 */
void nic_set_rss(struct nic *nic, const struct nic_rss *rss)
{
	nic->rss = *rss;
}

/**
 * nic_get_rss() - read the RSS registers
 * @nic: the NIC
 * @rss: where to put them
 *
 * Context: process, not beside nic_set_rss().
 */
void nic_get_rss(const struct nic *nic, struct nic_rss *rss)
{
	*rss = nic->rss;
}

/**
 * nic_set_context() - write an RSS context
 * @nic: the NIC
 * @context: 1 to NIC_RSS_CONTEXTS - 1
 * @rss: what to write; no entry of its table names a queue beyond the NIC's.
 *	NULL takes the context away: then no rule may name it
 *
 * Context: process, one at a time.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int nic_set_context(struct nic *nic, unsigned int context,
		    const struct nic_rss *rss)
{
	struct nic_context *new = NULL, *old;

	if (rss) {
		new = kmalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		new->rss = *rss;
	}
	old = rcu_dereference_protected(nic->context[context], true);
	rcu_assign_pointer(nic->context[context], new);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/**
 * nic_get_context() - read an RSS context
 * @nic: the NIC
 * @context: 0 to NIC_RSS_CONTEXTS - 1
 * @rss: where to put it
 *
 * Context: process, not beside nic_set_context() or nic_set_rss().
 * Return: false if it is not there.
 */
bool nic_get_context(const struct nic *nic, unsigned int context,
		     struct nic_rss *rss)
{
	const struct nic_context *of;

	of = rcu_dereference_protected(nic->context[context], true);
	if (!of && context)
		return false;
	*rss = of ? of->rss : nic->rss;
	return true;
}

static void nic_resize_table(struct nic_rss *rss, unsigned int entries)
{
	unsigned int i;

	for (i = rss->entries; i < entries; i++)
		WRITE_ONCE(rss->table[i], rss->table[i % rss->entries]);
	/* Who sees that there are more sees what is in them. */
	smp_store_release(&rss->entries, entries);
}

/**
 * nic_resize_tables() - use more or fewer entries of the indirection tables
 * @nic: the NIC
 * @entries: how many, a power of two; if more than now, a table goes on as often
 *	as it takes
 *
 * From a table that repeats itself after the fewer entries no flow goes elsewhere,
 * not even meanwhile.
 *
 * Context: process, one at a time.
 */
void nic_resize_tables(struct nic *nic, unsigned int entries)
{
	struct nic_context *of;
	unsigned int i;

	nic_resize_table(&nic->rss, entries);
	for (i = 0; i < NIC_RSS_CONTEXTS; i++) {
		of = rcu_dereference_protected(nic->context[i], true);
		if (of)
			nic_resize_table(&of->rss, entries);
	}
}

/* Context 0 is not behind a pointer: what no rule sends elsewhere is faster. */
static const struct nic_rss *nic_rss_of(const struct nic *nic,
					unsigned int context)
{
	const struct nic_context *of = rcu_dereference(nic->context[context]);

	return of ? &of->rss : &nic->rss;
}

/* ---- rules ------------------------------------------------------------------ */

/**
 * nic_set_rule() - write a place of the steering table
 * @nic: the NIC
 * @location: the place, 0 to NIC_RULES - 1
 * @rule: what to write, which names a queue or a context that is there.  NULL
 *	empties the place
 *
 * Context: process, one at a time.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int nic_set_rule(struct nic *nic, unsigned int location,
		 const struct nic_rule *rule)
{
	struct nic_rule_slot *new = NULL, *old;
	unsigned int rules = nic->rules;

	if (rule) {
		new = kmalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		new->rule = *rule;
	}
	old = rcu_dereference_protected(nic->rule[location], true);
	rcu_assign_pointer(nic->rule[location], new);
	if (old)
		kfree_rcu(old, rcu);
	if (new)
		rules = max(rules, location + 1);
	while (rules && !rcu_access_pointer(nic->rule[rules - 1]))
		rules--;
	WRITE_ONCE(nic->rules, rules);
	return 0;
}

/* Return: the first rule that matches, or NULL. */
static const struct nic_rule *nic_rule_find(const struct nic *nic,
					    const struct nic_frame *frame,
					    const u8 *head, unsigned int len)
{
	unsigned int i, rules = READ_ONCE(nic->rules);
	const struct nic_rule_slot *slot;
	struct tcam_key key;

	tcam_read(head, len, frame->rewrite, &key);
	if (frame->tag_len)
		tcam_set_tag(&key, frame->tag);
	for (i = 0; i < rules; i++) {
		slot = rcu_dereference(nic->rule[i]);
		if (slot && tcam_match(&key, &slot->rule.match))
			return &slot->rule;
	}
	return NULL;
}

/* ---- a frame ---------------------------------------------------------------- */

static void nic_rss_spread(const struct nic_rss *rss, struct rss_flow *flow,
			   struct nic_frame *frame)
{
	if (unlikely(rss->sym))
		rss_symmetric(flow, rss->sym);
	frame->hash = rss_toeplitz(rss->key, flow);
	frame->hash_flags = flow->ports ? NIC_RXD_HASH | NIC_RXD_HASH_L4 :
			    flow->words ? NIC_RXD_HASH : 0;
	frame->queue = READ_ONCE(rss->table[frame->hash &
					    (READ_ONCE(rss->entries) - 1)]);
}

static void nic_rule_apply(const struct nic *nic, const struct nic_rule *rule,
			   struct nic_frame *frame)
{
	unsigned int queue = rule->to;

	frame->drop = rule->action == NIC_RULE_DROP;
	if (rule->action == NIC_RULE_CONTEXT)
		queue = frame->queue + rule->add;
	/* The table may be newer than the rule, which is about to go. */
	if (rule->action != NIC_RULE_DROP && queue < nic->queues)
		frame->queue = queue;
}

/* By its first @len bytes.  Return: were there ports to hash among them? */
static bool nic_steer_by(struct nic *nic, struct nic_frame *frame,
			 const u8 *head, unsigned int len)
{
	const struct nic_rule *rule = NULL;
	const struct nic_rss *rss = &nic->rss;
	struct rss_flow flow;

	if (unlikely(READ_ONCE(nic->rules)))
		rule = nic_rule_find(nic, frame, head, len);
	if (unlikely(rule) && rule->action == NIC_RULE_CONTEXT)
		rss = nic_rss_of(nic, rule->to);
	rss_read(head, len, frame->rewrite, &rss->fields, &flow);
	nic_rss_spread(rss, &flow, frame);
	frame->drop = false;
	frame->steered = true;
	if (unlikely(rule))
		nic_rule_apply(nic, rule, frame);
	return flow.ports;
}

/* The sender has its headers in several pieces: put them together. */
static noinline void nic_steer_pieces(struct nic *nic, struct nic_frame *frame)
{
	unsigned int len = min_t(unsigned int, frame->payload, NIC_HDR_MAX);
	u8 room[NET_IP_ALIGN + NIC_HDR_MAX] __aligned(4);
	u8 *head = room + NET_IP_ALIGN;
	struct nic_sg sg = frame->sg;

	nic_sg_copy(&sg, head, len, NULL);
	nic_steer_by(nic, frame, head, len);
}

/**
 * nic_steer() - choose a frame's queue
 * @nic: the receiving NIC
 * @frame: the frame; its hash, its queue, and whether it is dropped are filled in
 *
 * Context: any, under rcu_read_lock().
 */
void nic_steer(struct nic *nic, struct nic_frame *frame)
{
	unsigned int len = nic_frame_look(frame);

	if (nic_steer_by(nic, frame, frame->start, len) || frame->hdr_len)
		return;
	if (unlikely(len < min_t(unsigned int, frame->payload, NIC_HDR_MAX)))
		nic_steer_pieces(nic, frame);
}
