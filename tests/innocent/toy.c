// SPDX-License-Identifier: GPL-2.0-only
/*
 * toy.c - an interface that treats what it is to send in ways of which most are
 * right, and does some other things: for 35-napicheck-innocent.t, which asks the
 * checker which of them are not.
 *
 * /sys/module/mypath/parameters/does is the way, see below.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>

#include "snull/compat.h"

static char *does = "consumes";
module_param(does, charp, 0644);
MODULE_PARM_DESC(does, "busy, refuses, consumes, drops, irq-consumes, irq-drops, keeps, moves, lingers, hands-up");

static struct net_device *toy;
static struct napi_struct toy_napi;
static struct sk_buff_head kept;

/* It is about to be disabled; the poll has completed; it is disabled. */
static bool stopping, completed, disabled;

static bool toy_does(const char *what)
{
	return sysfs_streq(does, what);
}

static void toy_drop_kept(void)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&kept)))
		dev_kfree_skb_any(skb);
}

/* Half a second without a transmission is a hang: "keeps" makes one. */
static void toy_tx_timeout(struct net_device *dev, unsigned int queue)
{
	toy_drop_kept();
	netif_wake_queue(dev);
}

static netdev_tx_t toy_xmit(struct sk_buff *skb, struct net_device *dev)
{
	unsigned long flags;

	if (toy_does("busy")) {
		netif_stop_queue(dev);
		return NETDEV_TX_BUSY;
	}
	if (toy_does("refuses")) {
		local_irq_save(flags);
		dev_kfree_skb_any(skb);
		local_irq_restore(flags);
		return NETDEV_TX_OK;
	}
	skb_queue_tail(&kept, skb);
	if (toy_does("keeps"))
		netif_stop_queue(dev);
	else
		napi_schedule(&toy_napi);
	return NETDEV_TX_OK;
}

static void toy_done(struct sk_buff *skb, int budget)
{
	unsigned long flags;

	if (toy_does("drops")) {
		dev_kfree_skb_any(skb);
	} else if (!strstarts(does, "irq-")) {
		napi_consume_skb(skb, budget);
	} else {
		local_irq_save(flags);
		if (toy_does("irq-consumes"))
			dev_consume_skb_any(skb);
		else
			dev_kfree_skb_any(skb);
		local_irq_restore(flags);
	}
}

/* It has completed, and takes its time to return. */
static void toy_linger(void)
{
	int i;

	WRITE_ONCE(completed, true);
	for (i = 0; !READ_ONCE(disabled) && i < 40000; i++)
		udelay(5);
}

static int toy_poll(struct napi_struct *napi, int budget)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&kept)))
		toy_done(skb, budget);
	if (!budget)
		return 0;
	/* As one that has work left, but not for this CPU. */
	if (toy_does("moves")) {
		napi_complete_done(napi, 3);
		return budget - 1;
	}
	napi_complete_done(napi, 0);
	if (READ_ONCE(stopping))
		toy_linger();
	return 0;
}

/* On the other of two CPUs, by an interrupt that is no device's. */
static void toy_elsewhere(smp_call_func_t what)
{
	smp_call_function_single(cpumask_any_but(cpu_online_mask,
						 raw_smp_processor_id()),
				 what, NULL, true);
}

static void toy_schedule(void *unused)
{
	napi_schedule(&toy_napi);
}

static void toy_hand_up(void *unused)
{
	struct sk_buff *skb = netdev_alloc_skb(toy, ETH_ZLEN);

	if (!skb)
		return;
	skb_put_zero(skb, ETH_ZLEN);
	skb->protocol = eth_type_trans(skb, toy);
	netif_receive_skb(skb);
}

static int toy_open(struct net_device *dev)
{
	stopping = false;
	completed = false;
	disabled = false;
	napi_enable(&toy_napi);
	if (toy_does("hands-up")) {
		toy_hand_up(NULL);
		toy_elsewhere(toy_hand_up);
	}
	netif_start_queue(dev);
	return 0;
}

static int toy_stop(struct net_device *dev)
{
	if (toy_does("lingers")) {
		WRITE_ONCE(stopping, true);
		toy_elsewhere(toy_schedule);
		while (!READ_ONCE(completed))
			usleep_range(1000, 2000);
	}
	napi_disable(&toy_napi);
	WRITE_ONCE(disabled, true);
	local_bh_disable();
	toy_drop_kept();
	local_bh_enable();
	return 0;
}

static const struct net_device_ops toy_ops = {
	.ndo_open = toy_open,
	.ndo_stop = toy_stop,
	.ndo_start_xmit = toy_xmit,
	.ndo_tx_timeout = toy_tx_timeout,
};

static int __init toy_init(void)
{
	int err;

	skb_queue_head_init(&kept);
	toy = alloc_etherdev(0);
	if (!toy)
		return -ENOMEM;
	strscpy(toy->name, "toy0", sizeof(toy->name));
	toy->netdev_ops = &toy_ops;
	toy->watchdog_timeo = HZ / 2;
	eth_hw_addr_random(toy);
	netif_napi_add(toy, &toy_napi, toy_poll);
	err = register_netdev(toy);
	if (err)
		free_netdev(toy);
	return err;
}

static void __exit toy_exit(void)
{
	unregister_netdev(toy);
	free_netdev(toy);
}

module_init(toy_init);
module_exit(toy_exit);

MODULE_DESCRIPTION("What a driver may do with what it has sent, and may not");
MODULE_LICENSE("GPL");
