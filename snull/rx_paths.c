// SPDX-License-Identifier: GPL-2.0-only
/*
 * rx_paths.c - the table of receive paths, and the use_napi parameter that
 * chooses one.
 *
 * Read next: the paths: rx_netif_rx.c, ../napi-modern/rx_napi.c,
 * ../legacy-poll/rx_legacy.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "snull.h"

/* Parameters are parsed before module_init(): the first three stand ready. */
static struct snull_rx_ops * const builtin[] = {
	&snull_rx_netif_rx, &snull_rx_napi, &snull_rx_legacy,
};

static LIST_HEAD(registered);
static DEFINE_MUTEX(paths_lock);	/* registered, chosen */
static const struct snull_rx_ops *chosen = &snull_rx_netif_rx;

static bool snull_rx_is(const struct snull_rx_ops *ops, const char *word)
{
	int number;

	return sysfs_streq(word, ops->name) ||
	       (ops->number >= 0 && !kstrtoint(word, 0, &number) &&
		number == ops->number);
}

static const struct snull_rx_ops *snull_rx_find(const char *word)
{
	const struct snull_rx_ops *ops;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		if (snull_rx_is(builtin[i], word))
			return builtin[i];
	list_for_each_entry(ops, &registered, node)
		if (snull_rx_is(ops, word))
			return ops;
	return NULL;
}

static int snull_use_napi_set(const char *word, const struct kernel_param *kp)
{
	const struct snull_rx_ops *ops;

	mutex_lock(&paths_lock);
	ops = snull_rx_find(word);
	if (ops)
		chosen = ops;
	mutex_unlock(&paths_lock);
	if (ops)
		return 0;
	pr_err("use_napi=%.*s: must be 0 or netif_rx, 1 or napi, 2 or legacy, or the name of a registered path\n",
	       (int)min_t(size_t, strcspn(word, "\n"), 20), word);
	return -EINVAL;
}

static int snull_use_napi_get(char *buffer, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&paths_lock);
	len = sysfs_emit(buffer, "%s\n", chosen->name);
	mutex_unlock(&paths_lock);
	return len;
}

const struct kernel_param_ops snull_use_napi_param_ops = {
	.set = snull_use_napi_set,
	.get = snull_use_napi_get,
};

/**
 * snull_rx_get() - hold the path that use_napi names
 *
 * Context: process, may sleep.
 * Return: the path, which stays until snull_rx_put(); NULL if its module is
 * on its way out.
 */
const struct snull_rx_ops *snull_rx_get(void)
{
	const struct snull_rx_ops *ops;

	mutex_lock(&paths_lock);
	ops = chosen;
	/* Our own paths leave with the interfaces: don't hold ourselves. */
	if (ops->owner != THIS_MODULE && !try_module_get(ops->owner))
		ops = NULL;
	mutex_unlock(&paths_lock);
	return ops;
}

/**
 * snull_rx_put() - let go of a path
 * @ops: from snull_rx_get()
 *
 * Context: any.
 */
void snull_rx_put(const struct snull_rx_ops *ops)
{
	if (ops->owner != THIS_MODULE)
		module_put(ops->owner);
}

/**
 * snull_rx_register() - add a receive path to the table
 * @ops: the path; it must stay until snull_rx_unregister()
 *
 * Afterwards "echo name > /sys/module/snull/parameters/use_napi" chooses it.
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL if @ops lacks a name, a handler, start or stop, or
 * -EEXIST if the name or number is taken.
 */
int snull_rx_register(struct snull_rx_ops *ops)
{
	char number[12];
	int err = 0;

	if (!ops->name || !*ops->name || !ops->irq || !ops->start || !ops->stop)
		return -EINVAL;
	snprintf(number, sizeof(number), "%d", ops->number);
	mutex_lock(&paths_lock);
	if (snull_rx_find(ops->name) ||
	    (ops->number >= 0 && snull_rx_find(number)))
		err = -EEXIST;
	else
		list_add_tail(&ops->node, &registered);
	mutex_unlock(&paths_lock);
	return err;
}
EXPORT_SYMBOL_GPL(snull_rx_register);

/**
 * snull_rx_unregister() - take a receive path out of the table
 * @ops: from snull_rx_register(); no interface uses it, since each one that
 *	does holds its module
 *
 * If use_napi names it, the choice falls back to netif_rx.
 *
 * Context: process, may sleep.
 */
void snull_rx_unregister(struct snull_rx_ops *ops)
{
	mutex_lock(&paths_lock);
	list_del(&ops->node);
	if (chosen == ops)
		chosen = &snull_rx_netif_rx;
	mutex_unlock(&paths_lock);
}
EXPORT_SYMBOL_GPL(snull_rx_unregister);
