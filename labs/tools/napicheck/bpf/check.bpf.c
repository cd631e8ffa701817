// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.bpf.c - the part of napicheck that runs in the kernel.
 *
 * Each program stands at one function or tracepoint, and judges there and
 * then: nothing is sent out, so nothing gets lost however busy the machine is.
 * A poll is judged by the tracepoint napi:napi_poll, which ends every poll,
 * from what was seen on its CPU since it began.
 *
 * Read first: ../rules.h, maps.h.  Read next: interrupts.h, packets.h, then
 * ../watch.c, which loads all this.
 */
#include "interrupts.h"
#include "maps.h"
#include "packets.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- completing ------------------------------------------------------------- */

/*
 * The kernel completes by itself in a few places, after the driver's poll has
 * returned: only by the caller can one tell. A function that was inlined has
 * none of its own, but the one it was inlined into is in the list as well.
 */
SEC("kprobe/napi_complete_done")
int complete_entry(struct pt_regs *ctx)
{
	struct watch_config *config = get_config();
	struct cpu *cpu = this_cpu();
	__u64 key = PT_REGS_PARM1(ctx);
	struct napi *napi;
	struct turn *turn;
	__u64 caller = 0;
	bool core = false;
	int i;

	if (!config || !cpu)
		return 0;
#ifdef __TARGET_ARCH_x86 /* on the stack; elsewhere in a register */
	bpf_probe_read_kernel(&caller, sizeof(caller),
			      (void *)PT_REGS_RET(ctx));
#else
	caller = PT_REGS_RET(ctx);
#endif
#pragma unroll
	for (i = 0; i < CORE_RANGES; i++) {
		if (caller > config->core[i].start &&
		    caller <= config->core[i].end)
			core = true;
	}
	turn = this_turn(cpu);
	turn->by_core = core;
	turn->entered = true;
	napi = bpf_map_lookup_elem(&napis, &key);
	turn->off = napi && napi->power == POWER_OFF;
	return 0;
}

/* By the driver or by the kernel? What @turn says of that is of another call. */
static __always_inline int completed_unseen(struct turn *turn,
					    struct napi *napi, bool done)
{
	tally(TALLY_NO_ENTRY);
	turn->unsure = true;
	turn->napi = 0;
	if (done)
		napi->by_irq = false;
	return 0;
}

SEC("fexit/napi_complete_done")
int BPF_PROG(complete_exit, struct napi_struct *n, int work)
{
	bool done = ctx[2] & 0xff;
	struct napi *napi = find_napi(n);
	struct cpu *cpu = this_cpu();
	struct turn *turn;

	if (!cpu)
		return 0;
	turn = this_turn(cpu);
	if (!turn->entered && napi)
		return completed_unseen(turn, napi, done);
	turn->entered = false;
	if (!napi || turn->by_core)
		return 0;
	exercised(RULE_DONE);
	if (done)
		napi->by_irq = false;
	turn->napi = (__u64)n;
	turn->dev = napi->dev;
	turn->work = work;
	turn->done = done;
	turn->unmasked = false;
	return 0;
}

/* ---- the end of a poll -------------------------------------------------------- */

static __always_inline void judge_zero(void *ctx, const struct napi *napi,
				       const struct cpu *cpu,
				       const struct turn *turn, bool completed,
				       int work)
{
	exercised(RULE_ZERO);
	if (!cpu->netpoll)
		tally(TALLY_NO_NETPOLL);
	if (work)
		broken(ctx, RULE_ZERO, BAD_ZERO_WORK, work, 0, napi);
	else if (completed)
		broken(ctx, RULE_ZERO, BAD_ZERO_COMPLETE, 0, 0, napi);
	else if (turn->received)
		broken(ctx, RULE_ZERO, BAD_ZERO_RECEIVE, turn->received, 0,
		       napi);
	else if (turn->pool)
		broken(ctx, RULE_ZERO, BAD_ZERO_POOL, 0, 0, napi);
}

static __always_inline void judge_poll(void *ctx, const struct napi *napi,
				       const struct turn *turn, bool completed,
				       int work, int budget)
{
	exercised(RULE_BUDGET);
	if (work < 0 || work > budget)
		broken(ctx, RULE_BUDGET, BAD_WORK, work, budget, napi);
	/* Whether it has completed, is not known. */
	if (turn->unsure)
		return;
	if (work == budget) {
		exercised(RULE_FULL);
		if (completed)
			broken(ctx, RULE_FULL, BAD_FULL, work, budget, napi);
	} else if (work >= 0 && work < budget) {
		exercised(RULE_STUCK);
		if (!completed)
			broken(ctx, RULE_STUCK, BAD_STUCK, work, budget, napi);
	}
	if (!completed)
		return;
	if (!turn->work && work) {
		/* napi_complete() tells nothing, which is allowed. */
		tally(TALLY_UNTOLD);
		return;
	}
	exercised(RULE_TOLD);
	/*
	 * To have completed at exactly its budget, it has to return one less. And
	 * some return that to be polled no more, whatever they have done: on a CPU
	 * that their interrupt no longer goes to.
	 */
	if (work == budget - 1)
		return;
	if (turn->work != work)
		broken(ctx, RULE_TOLD, BAD_TOLD, turn->work, work, napi);
}

/* Only of a driver whose interrupt is known, and its masking seen. */
static __always_inline void judge_unmasking(void *ctx, const struct napi *napi,
					    const struct turn *turn)
{
	__u32 key = napi->irq;
	struct irq *irq = key ? bpf_map_lookup_elem(&irqs, &key) : NULL;

	if (!irq || !irq->known || !turn->done)
		return;
	exercised(RULE_NEVER);
	if (!turn->unmasked)
		broken(ctx, RULE_NEVER, BAD_NEVER_UNMASKED, key, 0, napi);
}

/*
 * A poll that has completed may still be on its way out when napi_disable()
 * returns, which waits for those only that have not: so what counts is what was
 * so when it called napi_complete_done().
 */
static __always_inline void judge_power(void *ctx, struct napi *napi,
					const struct turn *turn, bool completed)
{
	bool off = napi->power == POWER_OFF;

	if (completed && turn->done)
		off = turn->off;
	else if (!napi->power)
		napi->power = POWER_ON;
	if (off)
		broken(ctx, RULE_PAIRS, BAD_POLL_DISABLED, 0, 0, napi);
}

static __always_inline void judge_end(void *ctx, struct napi *napi,
				      const struct cpu *cpu,
				      const struct turn *turn, bool completed,
				      int work, int budget)
{
	tally(TALLY_POLLS);
	if (!turn->unsure)
		judge_power(ctx, napi, turn, completed);
	if (!budget)
		judge_zero(ctx, napi, cpu, turn, completed, work);
	else
		judge_poll(ctx, napi, turn, completed, work, budget);
	if (completed && budget)
		judge_unmasking(ctx, napi, turn);
}

SEC("tp_btf/napi_poll")
int BPF_PROG(poll_end, struct napi_struct *n, int work, int budget)
{
	struct watch_config *config = get_config();
	struct cpu *cpu = this_cpu();
	struct napi *napi;
	struct turn *turn;
	bool completed;

	if (!cpu || !config)
		return 0;
	turn = this_turn(cpu);
	completed = turn->napi == (__u64)n;
	/* One that has completed may be deleted by now: it is not to be met anew. */
	napi = completed ? known_napi(n) : find_napi(n);
	if (napi && config->started)
		judge_end(ctx, napi, cpu, turn, completed, work, budget);
	turn->napi = 0;
	turn->unsure = false;
	turn->received = 0;
	turn->pool = 0;
	return 0;
}

/* ---- netpoll: polls of budget 0 ----------------------------------------------- */

static __always_inline int netpoll_begin(void)
{
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	if (!cpu->netpoll++) {
		cpu->turn[TURN_NETPOLL].napi = 0;
		cpu->turn[TURN_NETPOLL].unsure = false;
		cpu->turn[TURN_NETPOLL].received = 0;
		cpu->turn[TURN_NETPOLL].pool = 0;
	}
	return 0;
}

static __always_inline int netpoll_end(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu && cpu->netpoll)
		cpu->netpoll--;
	return 0;
}

SEC("fentry/netpoll_send_skb")
int BPF_PROG(netpoll_send_entry)
{
	return netpoll_begin();
}

SEC("fexit/netpoll_send_skb")
int BPF_PROG(netpoll_send_exit)
{
	return netpoll_end();
}

SEC("fentry/netpoll_poll_dev")
int BPF_PROG(netpoll_poll_entry)
{
	return netpoll_begin();
}

SEC("fexit/netpoll_poll_dev")
int BPF_PROG(netpoll_poll_exit)
{
	return netpoll_end();
}

/* ---- masking, where the driver shows it: snull's tracepoints --------------------- */

SEC("raw_tp/snull_int_mask")
int int_mask(struct bpf_raw_tracepoint_args *ctx)
{
	struct irq *irq = find_irq(ctx->args[0]);

	if (irq) {
		irq->known = true;
		irq->masked = true;
	}
	return 0;
}

SEC("raw_tp/snull_int_unmask")
int int_unmask(struct bpf_raw_tracepoint_args *ctx)
{
	struct irq *irq = find_irq(ctx->args[0]);
	struct cpu *cpu = this_cpu();
	struct turn *turn;
	struct napi *napi;
	__u64 key, state;

	if (!irq || !cpu)
		return 0;
	irq->known = true;
	irq->masked = false;
	key = irq->napi;
	napi = key ? bpf_map_lookup_elem(&napis, &key) : NULL;
	turn = &cpu->turn[TURN_SOFTIRQ];
	/* Perhaps it has completed. */
	if (!napi || !napi->watched || turn->unsure)
		return 0;
	exercised(RULE_EARLY);
	if (!cpu->irq && turn->napi == key) {
		turn->unmasked = true;
		if (!turn->done)
			broken(ctx, RULE_EARLY, BAD_UNMASKED_REFUSED,
			       (__u32)ctx->args[0], 0, napi);
		return 0;
	}
	state = BPF_CORE_READ((struct napi_struct *)key, state);
	if (state & NAPI_SCHED)
		broken(ctx, RULE_EARLY, BAD_UNMASKED_SCHEDULED,
		       (__u32)ctx->args[0], 0, napi);
	return 0;
}

/* ---- enabling and disabling -------------------------------------------------------- */

/*
 * On some kernels each of these calls a second one that drivers may also call
 * by themselves: only the outermost call counts.
 */
static __always_inline int switch_begin(void *ctx, struct napi_struct *n,
					__u32 power, __u32 twice)
{
	struct napi *napi = find_napi(n);

	if (!napi || napi->switching)
		return 0;
	napi->switching = true;
	exercised(RULE_PAIRS);
	if (napi->power == power)
		broken(ctx, RULE_PAIRS, twice, 0, 0, napi);
	/* A poll may run as soon as it is enabled. */
	if (power == POWER_ON)
		napi->power = power;
	return 0;
}

static __always_inline int switch_end(struct napi_struct *n, __u32 power)
{
	struct watch_config *config = get_config();
	struct napi *napi = find_napi(n);

	if (!napi || !config)
		return 0;
	/* Until Linux 5.12 or so, napi_enable() is inline, and cannot be seen. */
	if (config->enable_hidden)
		power = POWER_UNKNOWN;
	napi->switching = false;
	napi->power = power;
	napi->by_irq = false;
	return 0;
}

SEC("fentry/napi_enable")
int BPF_PROG(enable_entry, struct napi_struct *n)
{
	return switch_begin(ctx, n, POWER_ON, BAD_ENABLED_TWICE);
}

SEC("fexit/napi_enable")
int BPF_PROG(enable_exit, struct napi_struct *n)
{
	return switch_end(n, POWER_ON);
}

SEC("fentry/napi_enable_locked")
int BPF_PROG(enable_locked_entry, struct napi_struct *n)
{
	return switch_begin(ctx, n, POWER_ON, BAD_ENABLED_TWICE);
}

SEC("fexit/napi_enable_locked")
int BPF_PROG(enable_locked_exit, struct napi_struct *n)
{
	return switch_end(n, POWER_ON);
}

SEC("fentry/napi_disable")
int BPF_PROG(disable_entry, struct napi_struct *n)
{
	return switch_begin(ctx, n, POWER_OFF, BAD_DISABLED_TWICE);
}

SEC("fexit/napi_disable")
int BPF_PROG(disable_exit, struct napi_struct *n)
{
	return switch_end(n, POWER_OFF);
}

SEC("fentry/napi_disable_locked")
int BPF_PROG(disable_locked_entry, struct napi_struct *n)
{
	return switch_begin(ctx, n, POWER_OFF, BAD_DISABLED_TWICE);
}

SEC("fexit/napi_disable_locked")
int BPF_PROG(disable_locked_exit, struct napi_struct *n)
{
	return switch_end(n, POWER_OFF);
}

SEC("fentry/__netif_napi_del")
int BPF_PROG(delete, struct napi_struct *n)
{
	__u64 key = (__u64)n;
	struct napi *napi = bpf_map_lookup_elem(&napis, &key);

	if (!napi)
		return 0;
	if (napi->watched && napi->power == POWER_ON)
		broken(ctx, RULE_PAIRS, BAD_DELETED_ENABLED, 0, 0, napi);
	bpf_map_delete_elem(&napis, &key);
	return 0;
}
