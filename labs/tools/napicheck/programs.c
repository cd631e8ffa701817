// SPDX-License-Identifier: GPL-2.0-only
/*
 * programs.c - what each of the programs in the kernel is attached to.
 *
 * Functions are renamed, split and made inline from one kernel to the next:
 * what differs between them is all here.
 */
#include <stddef.h>

#include "programs.h"

#define MASKING	(BIT(RULE_EARLY) | BIT(RULE_NEVER))

/*
 * In the order in which they are attached. What ends something comes before what
 * begins it, or a CPU that is at it in between would stay there: in a handler
 * that has returned, with a packet that has been freed, or with a poll that has
 * completed. An end without a beginning does nothing; of polls, none does before
 * all are attached.
 */
const struct program programs[PROGRAMS] = {
	{ "complete_entry", ALL_RULES, {}, NULL, false },
	{ "poll_end", ALL_RULES, {}, NULL, false },
	{ "complete_exit", ALL_RULES, { "napi_complete_done" }, NULL, false },
	{ "netpoll_send_exit", BIT(RULE_ZERO), { "netpoll_send_skb" }, NULL,
	  false },
	{ "netpoll_poll_exit", BIT(RULE_ZERO), { "netpoll_poll_dev" }, NULL,
	  true },
	{ "netpoll_poll_entry", BIT(RULE_ZERO), { "netpoll_poll_dev" }, NULL,
	  true },
	{ "netpoll_send_entry", BIT(RULE_ZERO), { "netpoll_send_skb" }, NULL,
	  false },
	{ "irq_exit", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING, {}, NULL,
	  false },
	{ "irq_entry", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING, {},
	  NULL, false },
	{ "schedule_prep_1", BIT(RULE_MASKED), { "napi_schedule_prep" }, NULL,
	  false },
	{ "schedule_prep_2", BIT(RULE_MASKED), { "napi_schedule_prep" }, NULL,
	  false },
	{ "schedule_prep_3", BIT(RULE_MASKED), { "napi_schedule_prep" }, NULL,
	  false },
	{ "schedule_1", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING,
	  { "__napi_schedule" }, NULL, false },
	{ "schedule_2", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING,
	  { "__napi_schedule" }, NULL, false },
	{ "schedule_3", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING,
	  { "__napi_schedule" }, NULL, false },
	{ "schedule_irqoff", BIT(RULE_MASKED) | BIT(RULE_CONTEXT) | MASKING,
	  { "__napi_schedule_irqoff" }, NULL, false },
	{ "freed_by_irq", BIT(RULE_MASKED),
	  { "dev_kfree_skb_irq_reason", "__dev_kfree_skb_irq" }, NULL, false },
	{ "int_mask", MASKING, {}, "__traceiter_snull_int_mask", false },
	{ "int_unmask", MASKING, {}, "__traceiter_snull_int_unmask", false },
	{ "enable_exit", 0, { "napi_enable" }, NULL, true },
	{ "enable_entry", 0, { "napi_enable" }, NULL, true },
	{ "enable_locked_exit", 0, { "napi_enable_locked" }, NULL, true },
	{ "enable_locked_entry", 0, { "napi_enable_locked" }, NULL, true },
	{ "disable_exit", BIT(RULE_PAIRS), { "napi_disable" }, NULL, false },
	{ "disable_entry", BIT(RULE_PAIRS), { "napi_disable" }, NULL, false },
	{ "disable_locked_exit", 0, { "napi_disable_locked" }, NULL, true },
	{ "disable_locked_entry", 0, { "napi_disable_locked" }, NULL, true },
	{ "delete", BIT(RULE_PAIRS),
	  { "__netif_napi_del_locked", "__netif_napi_del", "netif_napi_del" },
	  NULL, false },
	{ "gro_receive", BIT(RULE_DONE) | BIT(RULE_ZERO) | BIT(RULE_CONTEXT),
	  { "napi_gro_receive", "gro_receive_skb" }, NULL, false },
	{ "gro_frags", BIT(RULE_DONE) | BIT(RULE_ZERO) | BIT(RULE_CONTEXT),
	  { "napi_gro_frags" }, NULL, false },
	{ "receive_skb", BIT(RULE_DONE) | BIT(RULE_ZERO) | BIT(RULE_CONTEXT),
	  { "netif_receive_skb" }, NULL, false },
	{ "receive_core", 0, { "netif_receive_skb_core" }, NULL, true },
	{ "receive_list", BIT(RULE_DONE) | BIT(RULE_ZERO) | BIT(RULE_CONTEXT),
	  { "netif_receive_skb_list" }, NULL, false },
	{ "pool_alloc", 0, { "page_pool_alloc_pages" }, NULL, true },
	{ "pool_netmem", 0, { "page_pool_alloc_netmems" }, NULL, true },
	{ "pool_frag", 0,
	  { "page_pool_alloc_frag_netmem", "page_pool_alloc_frag" }, NULL,
	  true },
	{ "consume_budget", BIT(RULE_FREED), { "napi_consume_skb" }, NULL,
	  false },
	{ "received_sent", BIT(RULE_SENT), {}, NULL, false },
	{ "watchdog_exit", 0, { "dev_watchdog" }, NULL, true },
	{ "watchdog_entry", 0, { "dev_watchdog" }, NULL, true },
	{ "consumed_1", BIT(RULE_SENT), {}, NULL, false },
	{ "consumed_2", BIT(RULE_SENT), {}, NULL, false },
	{ "consumed_3", BIT(RULE_SENT), {}, NULL, false },
	{ "dropped_1", BIT(RULE_SENT), {}, NULL, false },
	{ "dropped_2", BIT(RULE_SENT), {}, NULL, false },
	{ "dropped_3", BIT(RULE_SENT), {}, NULL, false },
	{ "xmit_end", BIT(RULE_SENT), {}, NULL, false },
	{ "xmit_begin", BIT(RULE_SENT), {}, NULL, false },
};
