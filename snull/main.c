// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the module: its platform devices and driver.
 *
 * A platform device stands for each NIC, so that probe() is called by the
 * bus, and bind and unbind in /sys/bus/platform/drivers/snull work.
 *
 * Read next: params.c, what can be set; probe.c.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "compat.h"
#include "snull.h"

static struct nic_cable *cables[SNULL_MAX_PAIRS];
static struct platform_device *devices[SNULL_MAX_DEVICES];
static int probe_error;		/* of the last device probed */

/* ---- devices and driver ------------------------------------------------------------ */

static int snull_platform_probe(struct platform_device *pdev)
{
	/* Others, which driver_override may send here, have no cable to offer. */
	if (strcmp(pdev->name, SNULL_DRIVER_NAME) || pdev->id < 0 ||
	    pdev->id >= SNULL_MAX_DEVICES || !cables[pdev->id / 2])
		return -ENODEV;
	probe_error = snull_probe(pdev, cables[pdev->id / 2], pdev->id);
	return probe_error;
}

SNULL_PLATFORM_REMOVE(snull_remove)

static struct platform_driver snull_platform_driver = {
	.probe	= snull_platform_probe,
	.remove	= snull_remove_wrap,
	.driver	= {
		.name		= SNULL_DRIVER_NAME,
		/* insmod reports what each probe says, and so awaits it. */
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

static void snull_devices_unregister(void)
{
	unsigned int i;

	for (i = SNULL_MAX_DEVICES; i--;) {
		if (devices[i])
			platform_device_unregister(devices[i]);
		devices[i] = NULL;
	}
}

static void snull_cables_destroy(void)
{
	unsigned int i;

	for (i = 0; i < SNULL_MAX_PAIRS; i++) {
		nic_cable_destroy(cables[i]);
		cables[i] = NULL;
	}
}

static int snull_devices_register(void)
{
	struct platform_device *pdev;
	unsigned int i;

	for (i = 0; i < 2 * snull_config.pairs; i++) {
		pdev = platform_device_register_simple(SNULL_DRIVER_NAME, i,
						       NULL, 0);
		if (IS_ERR(pdev))
			return PTR_ERR(pdev);
		devices[i] = pdev;
		/* The bus keeps a failed probe to itself; insmod must not. */
		if (!platform_get_drvdata(pdev))
			return probe_error ?: -ENODEV;
	}
	return 0;
}

static int __init snull_init(void)
{
	unsigned int i;
	int err = snull_config_check();

	if (err)
		return err;
	for (i = 0; i < snull_config.pairs; i++) {
		cables[i] = nic_cable_create();
		if (!cables[i]) {
			err = -ENOMEM;
			goto destroy_cables;
		}
	}
	err = snull_softnet_init();
	if (err)
		goto destroy_cables;
	snull_debugfs_init();
	err = platform_driver_register(&snull_platform_driver);
	if (err)
		goto exit_debugfs;
	err = snull_devices_register();
	if (!err)
		return 0;

	snull_devices_unregister();
	platform_driver_unregister(&snull_platform_driver);
exit_debugfs:
	snull_debugfs_exit();
	snull_softnet_exit();
destroy_cables:
	snull_cables_destroy();
	return err;
}

static void __exit snull_exit(void)
{
	snull_devices_unregister();
	platform_driver_unregister(&snull_platform_driver);
	snull_debugfs_exit();
	snull_softnet_exit();
	snull_cables_destroy();
}

module_init(snull_init);
module_exit(snull_exit);

MODULE_DESCRIPTION("LDD3's Simple Network Utility for today's kernels: a virtual NIC pair with three receive paths");
MODULE_LICENSE("GPL");
