// SPDX-License-Identifier: GPL-2.0-only
/*
 * params.c - the module's parameters, each checked where it is read.
 *
 * Read next: rx_paths.c, where use_napi is.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "compat.h"
#include "snull.h"

struct snull_config snull_config = {
	.pairs = 1,
	.queues = 1,
	.pool_size = 1024,
	.timeout = 1000,
	.rewrite_ip = true,
};

struct snull_range {
	unsigned int *value;
	unsigned int min;
	unsigned int max;
};

static int snull_range_set(const char *word, const struct kernel_param *kp)
{
	const struct snull_range *range = kp->arg;
	unsigned int value;

	if (kstrtouint(word, 0, &value) || value < range->min ||
	    value > range->max) {
		pr_err("%s=%.20s: must be a number from %u to %u\n", kp->name,
		       word, range->min, range->max);
		return -EINVAL;
	}
	*range->value = value;
	return 0;
}

static int snull_range_get(char *buffer, const struct kernel_param *kp)
{
	const struct snull_range *range = kp->arg;

	return sysfs_emit(buffer, "%u\n", *range->value);
}

static const struct kernel_param_ops snull_range_param_ops = {
	.set = snull_range_set,
	.get = snull_range_get,
};

#define SNULL_RANGE(name, lo, hi)					\
	static struct snull_range name##_range = {			\
		.value = &snull_config.name, .min = (lo), .max = (hi),	\
	}

SNULL_RANGE(pairs, 1, SNULL_MAX_PAIRS);
module_param_cb(pairs, &snull_range_param_ops, &pairs_range, 0444);
MODULE_PARM_DESC(pairs,
		 "pairs of interfaces (1 to 8; default 1)");
SNULL_RANGE(queues, 1, NIC_MAX_QUEUES);
module_param_cb(queues, &snull_range_param_ops, &queues_range, 0444);
MODULE_PARM_DESC(queues,
		 "queue pairs, and vectors, of each interface (1 to 16; default 1)");
SNULL_RANGE(pool_size, NIC_RING_MIN, NIC_RING_MAX);
module_param_cb(pool_size, &snull_range_param_ops, &pool_size_range, 0444);
MODULE_PARM_DESC(pool_size,
		 "slots of each ring, rounded up to a power of two (2 to 4096; default 1024)");
SNULL_RANGE(lockup, 0, INT_MAX);
module_param_cb(lockup, &snull_range_param_ops, &lockup_range, 0444);
MODULE_PARM_DESC(lockup,
		 "hang a transmit queue after so many packets (0 for never, the default)");
SNULL_RANGE(timeout, 10, 60000);
module_param_cb(timeout, &snull_range_param_ops, &timeout_range, 0444);
MODULE_PARM_DESC(timeout,
		 "transmit watchdog, in ms (10 to 60000; default 1000)");

module_param_cb(use_napi, &snull_use_napi_param_ops, NULL, 0644);
MODULE_PARM_DESC(use_napi,
		 "receive path: 0 or netif_rx (default), 1 or napi, 2 or legacy; from the next 'ip link set up' on");

static int snull_line_set(const char *word, const struct kernel_param *kp)
{
	int line = sysfs_match_string(nic_line_names, word);

	if (line >= 0) {
		snull_config.line = line;
		return 0;
	}
	pr_err("line=%.20s: must be msi, level or edge\n", word);
	return -EINVAL;
}

static int snull_line_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", nic_line_names[snull_config.line]);
}

static const struct kernel_param_ops snull_line_param_ops = {
	.set = snull_line_set,
	.get = snull_line_get,
};
module_param_cb(line, &snull_line_param_ops, NULL, 0444);
MODULE_PARM_DESC(line,
		 "how the NIC interrupts: msi (default), level, or edge, which forgets what came while it was masked");

static int snull_rewrite_ip_set(const char *word, const struct kernel_param *kp)
{
	if (!kstrtobool(word, &snull_config.rewrite_ip))
		return 0;
	pr_err("rewrite_ip=%.20s: must be 0 or 1\n", word);
	return -EINVAL;
}

static const struct kernel_param_ops snull_rewrite_ip_param_ops = {
	.set = snull_rewrite_ip_set,
	.get = param_get_bool,
};
module_param_cb(rewrite_ip, &snull_rewrite_ip_param_ops,
		&snull_config.rewrite_ip, 0444);
MODULE_PARM_DESC(rewrite_ip,
		 "flip a bit of the subnet in transit, so that both ends fit in one namespace (default 1)");

/* One weight for all, or one for each interface. */
static unsigned int weights[SNULL_MAX_DEVICES] = { 2 };
static unsigned int num_weights = 1;

static int snull_weight_set(const char *words, const struct kernel_param *kp)
{
	unsigned int list[SNULL_MAX_DEVICES], n = 0;
	const char *word = words;
	char number[12];
	size_t len;

	for (;;) {
		len = strcspn(word, ",\n");
		if (n == ARRAY_SIZE(list) || len >= sizeof(number))
			goto bad;
		memcpy(number, word, len);
		number[len] = '\0';
		if (kstrtouint(number, 0, &list[n]) || !list[n] ||
		    list[n] > NIC_RING_MAX)
			goto bad;
		n++;
		if (word[len] != ',')
			break;
		word += len + 1;
	}
	memcpy(weights, list, sizeof(weights));
	num_weights = n;
	return 0;
bad:
	pr_err("weight=%.60s: must be 1 to %u numbers from 1 to %u, with commas between\n",
	       words, SNULL_MAX_DEVICES, NIC_RING_MAX);
	return -EINVAL;
}

static int snull_weight_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < num_weights; i++)
		len += sysfs_emit_at(buffer, len, "%s%u", i ? "," : "",
				     weights[i]);
	return len + sysfs_emit_at(buffer, len, "\n");
}

static const struct kernel_param_ops snull_weight_param_ops = {
	.set = snull_weight_set,
	.get = snull_weight_get,
};
module_param_cb(weight, &snull_weight_param_ops, NULL, 0444);
MODULE_PARM_DESC(weight,
		 "packets a turn on the legacy path, one for all or one for each interface (1 to pool_size; default 2)");

/**
 * snull_config_weight() - the weight of one interface
 * @number: which interface
 *
 * Context: process.
 * Return: packets.
 */
unsigned int snull_config_weight(unsigned int number)
{
	return num_weights == 1 ? weights[0] : weights[number];
}

/**
 * snull_config_check() - check what no single parameter's range can say
 *
 * Context: process.
 * Return: 0, or -EINVAL with a line in the log.
 */
int snull_config_check(void)
{
	unsigned int i;

	if (num_weights != 1 && num_weights != 2 * snull_config.pairs) {
		pr_err("weight: %u values given, must be 1, or %u for %u interfaces\n",
		       num_weights, 2 * snull_config.pairs,
		       2 * snull_config.pairs);
		return -EINVAL;
	}
	for (i = 0; i < num_weights; i++) {
		if (weights[i] <= snull_config.pool_size)
			continue;
		pr_err("weight=%u: must be 1 to %u, the ring's size (pool_size)\n",
		       weights[i], snull_config.pool_size);
		return -EINVAL;
	}
	return 0;
}
