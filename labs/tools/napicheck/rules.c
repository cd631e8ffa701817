// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - the rules in words.
 */
#include "napicheck.h"

const struct rule_text rule_texts[RULES] = {
	[RULE_BUDGET] = { "budget", "a poll returns 0 to its budget", 0 },
	[RULE_FULL] = { "exactly-budget",
		"a poll that returns its whole budget has not completed", 0 },
	[RULE_STUCK] = { "stuck",
		"a poll that returns less than its budget has completed", 0 },
	[RULE_TOLD] = { "work-told",
		"napi_complete_done() is told what the poll returns", 0 },
	[RULE_ZERO] = { "budget-0",
		"with budget 0: no packet, no page pool, no completing, return 0",
		0 },
	[RULE_DONE] = { "done-is-done",
		"no packet and no page pool after completing", 0 },
	[RULE_MASKED] = { "masked",
		"no interrupt for a NAPI that an interrupt has scheduled", 20 },
	[RULE_EARLY] = { "unmasked-early",
		"the interrupt is unmasked after completing, if that succeeds",
		0 },
	[RULE_NEVER] = { "unmasked-never",
		"the interrupt is unmasked by the poll that completes", 0 },
	[RULE_SILENT] = { "silent",
		"no second in which packets are missed and nobody polls", 0 },
	[RULE_CONTEXT] = { "context",
		"packets go up in softirqs; who schedules has a softirq run", 0 },
	[RULE_PAIRS] = { "pairs",
		"napi_enable() and napi_disable() in turn; no poll between", 0 },
	[RULE_FREED] = { "freed-in-poll",
		"napi_consume_skb() with a budget in softirqs only", 0 },
	[RULE_SENT] = { "sent-not-dropped",
		"a packet that was sent is consumed, not dropped", 0 },
};

static const char * const offence_formats[OFFENCE_KINDS] = {
	[BAD_WORK] = "the poll returned %d of a budget of %d",
	[BAD_FULL] = "completed, and returned %d of a budget of %d",
	[BAD_STUCK] = "returned %d of a budget of %d, and had not completed",
	[BAD_TOLD] = "napi_complete_done() was told %d, the poll returned %d",
	[BAD_ZERO_WORK] = "returned %d of a budget of 0",
	[BAD_ZERO_COMPLETE] = "called napi_complete_done() with a budget of 0",
	[BAD_ZERO_RECEIVE] = "handed up %d packets with a budget of 0",
	[BAD_ZERO_POOL] = "took from a page pool with a budget of 0",
	[BAD_DONE_RECEIVE] = "handed up a packet after completing",
	[BAD_DONE_POOL] = "took from a page pool after completing",
	[BAD_IRQ_WHILE_SCHEDULED] =
		"interrupt %d came while what it schedules was scheduled",
	[BAD_SCHEDULED_UNMASKED] =
		"interrupt %d scheduled the poll before it was masked",
	[BAD_UNMASKED_SCHEDULED] =
		"interrupt %d was unmasked while the poll was scheduled",
	[BAD_UNMASKED_REFUSED] =
		"interrupt %d was unmasked although completing had failed",
	[BAD_NEVER_UNMASKED] =
		"the poll completed, and left interrupt %d masked",
	[BAD_SILENT] = "%d packets missed in two seconds, and no poll",
	[BAD_RECEIVE_HARDIRQ] = "handed up a packet in a hard interrupt",
	[BAD_RECEIVE_PROCESS] =
		"handed up a packet in process context, with softirqs on",
	[BAD_SCHEDULE_PROCESS] =
		"scheduled in process context, where its softirq has to wait",
	[BAD_ENABLED_TWICE] = "enabled although it was enabled",
	[BAD_DISABLED_TWICE] = "disabled although it was disabled: this hangs",
	[BAD_POLL_DISABLED] = "polled although it was disabled",
	[BAD_DELETED_ENABLED] = "deleted although it was enabled",
	[BAD_FREED_CONTEXT] =
		"napi_consume_skb() with a budget of %d outside of softirqs",
	[BAD_SENT_DROPPED] = "a packet that was sent was freed by kfree_skb()",
};

/**
 * offence_text() - tell an offence in words
 * @offence: the offence
 * @text: the result
 * @size: room in it
 */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
void offence_text(const struct offence *offence, char *text, size_t size)
{
	snprintf(text, size, offence_formats[offence->kind], offence->a,
		 offence->b);
}
