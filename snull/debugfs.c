// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs.c - a bad cable, for experiments: /sys/kernel/debug/snull/snull.0/ has
 * what no driver of real hardware could offer, so it is where netdevsim and the
 * kernel's fault injection have theirs.
 *
 *	loss	one frame in so many is lost on its way from this interface; 0: none
 *	corrupt	one in so many arrives damaged
 *	flap	pull the cable out, and put it back after so many ms
 *	queue_reset	restart this receive queue, as netdevsim's file does
 *
 * Read next: nic/fault.c, the hardware; queue_mgmt.c, the restart.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>

#include "compat.h"
#include "snull.h"

#define SNULL_FLAP_MAX	10000	/* ms */

static struct dentry *snull_debugfs;

/* Where a fault is among the others, by its offset. */
static u32 *snull_fault(struct nic_faults *faults, size_t offset)
{
	return (void *)faults + offset;
}

static int snull_fault_get(struct snull_priv *priv, size_t offset, u64 *value)
{
	struct nic_faults faults;

	nic_get_faults(priv->nic, &faults);
	*value = *snull_fault(&faults, offset);
	return 0;
}

static int snull_fault_set(struct snull_priv *priv, size_t offset, u64 value)
{
	struct nic_faults faults;

	if (value > INT_MAX)
		return -EINVAL;
	mutex_lock(&priv->faults);
	nic_get_faults(priv->nic, &faults);
	*snull_fault(&faults, offset) = value;
	nic_set_faults(priv->nic, &faults);
	mutex_unlock(&priv->faults);
	return 0;
}

static int snull_loss_get(void *data, u64 *value)
{
	return snull_fault_get(data, offsetof(struct nic_faults, loss), value);
}

static int snull_loss_set(void *data, u64 value)
{
	return snull_fault_set(data, offsetof(struct nic_faults, loss), value);
}

DEFINE_DEBUGFS_ATTRIBUTE(snull_loss_fops, snull_loss_get, snull_loss_set,
			 "%llu\n");

static int snull_corrupt_get(void *data, u64 *value)
{
	return snull_fault_get(data, offsetof(struct nic_faults, corrupt),
			       value);
}

static int snull_corrupt_set(void *data, u64 value)
{
	return snull_fault_set(data, offsetof(struct nic_faults, corrupt),
			       value);
}

DEFINE_DEBUGFS_ATTRIBUTE(snull_corrupt_fops, snull_corrupt_get,
			 snull_corrupt_set, "%llu\n");

/* Returns when the cable is back; so the interface is there as long. */
static int snull_flap_set(void *data, u64 value)
{
	struct snull_priv *priv = data;

	if (value > SNULL_FLAP_MAX)
		return -EINVAL;
	mutex_lock(&priv->faults);
	nic_pull(priv->nic, true);
	msleep_interruptible(value);
	nic_pull(priv->nic, false);
	mutex_unlock(&priv->faults);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(snull_flap_fops, NULL, snull_flap_set, "%llu\n");

#ifdef SNULL_HAVE_QUEUE_MGMT
static int snull_queue_reset_set(void *data, u64 value)
{
	return snull_queue_reset(data, value);
}

DEFINE_DEBUGFS_ATTRIBUTE(snull_queue_reset_fops, NULL, snull_queue_reset_set,
			 "%llu\n");
#endif

/**
 * snull_debugfs_add() - an interface's directory
 * @priv: the interface, with its NIC
 *
 * Context: process.
 */
void snull_debugfs_add(struct snull_priv *priv)
{
	const char *name = dev_name(priv->dev->dev.parent);
	struct dentry *dir = debugfs_create_dir(name, snull_debugfs);

	mutex_init(&priv->faults);
	priv->debugfs = dir;
	debugfs_create_file("loss", 0600, dir, priv, &snull_loss_fops);
	debugfs_create_file("corrupt", 0600, dir, priv, &snull_corrupt_fops);
	debugfs_create_file("flap", 0200, dir, priv, &snull_flap_fops);
#ifdef SNULL_HAVE_QUEUE_MGMT
	debugfs_create_file("queue_reset", 0200, dir, priv,
			    &snull_queue_reset_fops);
#endif
}

/**
 * snull_debugfs_remove() - take it away
 * @priv: the interface
 *
 * Context: process, sleeps until nobody is in one of its files.
 */
void snull_debugfs_remove(struct snull_priv *priv)
{
	debugfs_remove_recursive(priv->debugfs);
}

/**
 * snull_debugfs_init() - the directory for all of them
 *
 * Context: process.
 */
void snull_debugfs_init(void)
{
	snull_debugfs = debugfs_create_dir(SNULL_DRIVER_NAME, NULL);
}

/**
 * snull_debugfs_exit() - take it away
 *
 * Context: process.
 */
void snull_debugfs_exit(void)
{
	debugfs_remove_recursive(snull_debugfs);
}
