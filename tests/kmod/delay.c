// SPDX-License-Identifier: GPL-2.0-only
/*
 * delay.c - snull_delay.ko widens a race: whoever enters one of the functions
 * that it is told of spends some time there first.
 *
 *	insmod snull_delay.ko at=nic_start,nic_tx_setup us=500000,2000
 *	insmod snull_delay.ko at=nic_set_moderation us=50000 comm=kworker
 *
 * Loaded after snull.ko and removed before it.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/string.h>

#define DELAY_MAX	4

static char *at[DELAY_MAX];
static unsigned int num_at;
module_param_array(at, charp, &num_at, 0444);
MODULE_PARM_DESC(at, "functions of snull.ko");

static unsigned int us[DELAY_MAX];
module_param_array(us, uint, NULL, 0444);
MODULE_PARM_DESC(us, "how long each of them waits when it is called");

static char *comm;
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "only when a task whose name begins so calls");

static unsigned int entered[DELAY_MAX];
module_param_array(entered, uint, NULL, 0444);
MODULE_PARM_DESC(entered, "how many calls of each were delayed, or are just now");

static struct kprobe probes[DELAY_MAX];

static int delay_handler(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int i = probe - probes;
	ktime_t end = ktime_add_us(ktime_get(), us[i]);

	if (comm && strncmp(current->comm, comm, strlen(comm)))
		return 0;
	WRITE_ONCE(entered[i], entered[i] + 1);
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	return 0;
}

static void delay_remove(unsigned int n)
{
	while (n--)
		unregister_kprobe(&probes[n]);
}

static int __init delay_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < num_at; i++) {
		probes[i].symbol_name = at[i];
		probes[i].pre_handler = delay_handler;
		err = register_kprobe(&probes[i]);
		if (err) {
			pr_err("%s: no such function, or not to be probed (%d)\n",
			       at[i], err);
			delay_remove(i);
			return err;
		}
	}
	return 0;
}

static void __exit delay_exit(void)
{
	delay_remove(num_at);
}

module_init(delay_init);
module_exit(delay_exit);

MODULE_DESCRIPTION("delays callers of chosen functions, for tests of races");
MODULE_LICENSE("GPL");
