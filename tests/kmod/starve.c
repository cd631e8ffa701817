// SPDX-License-Identifier: GPL-2.0-only
/*
 * starve.c - snull_starve.ko lets functions that return memory return none, as
 * often as it is told, also where the kernel was built without fault injection.
 *
 *	insmod snull_starve.ko at=page_pool_alloc_pages
 *	echo 4 >/sys/module/snull_starve/parameters/left
 *
 * The function is not entered, but left with NULL, as
 * override_function_with_return() does it for the kernel's own injection.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static char *at;
module_param(at, charp, 0444);
MODULE_PARM_DESC(at, "the function");

static int left;
module_param(left, int, 0644);
MODULE_PARM_DESC(left, "how many calls are still to fail");

static unsigned int failed;
module_param(failed, uint, 0444);
MODULE_PARM_DESC(failed, "how many have failed");

/* What is run in the function's place: it returns to whom the function would. */
static noinline notrace void starve_nothing(void)
{
}

NOKPROBE_SYMBOL(starve_nothing);

static int starve_handler(struct kprobe *probe, struct pt_regs *regs)
{
	int n = READ_ONCE(left);

	if (n <= 0)
		return 0;
	WRITE_ONCE(left, n - 1);
	WRITE_ONCE(failed, failed + 1);
	regs_set_return_value(regs, 0);
	instruction_pointer_set(regs, (unsigned long)starve_nothing);
	return 1;
}

NOKPROBE_SYMBOL(starve_handler);

static struct kprobe probe = {
	.pre_handler = starve_handler,
};

static int __init starve_init(void)
{
	int err;

	if (!at)
		return -EINVAL;
	probe.symbol_name = at;
	err = register_kprobe(&probe);
	if (err)
		pr_err("%s: not to be probed (%d)\n", at, err);
	return err;
}

static void __exit starve_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(starve_init);
module_exit(starve_exit);

MODULE_DESCRIPTION("lets functions return no memory, for tests");
MODULE_LICENSE("GPL");
