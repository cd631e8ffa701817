// SPDX-License-Identifier: GPL-2.0-only
/*
 * dying.c - snull_dying.ko sends a frame from a CPU that goes offline, after
 * it has turned its interrupts off for the last time.
 *
 *	insmod snull_dying.ko dev=sn0
 *
 * Whatever interrupt the frame raises there stays pending: the CPU moves its
 * interrupts to others first, and then runs what was queued without one
 * (__cpu_disable(), smpcfd_dying_cpu()).
 */
#include <linux/etherdevice.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/netdevice.h>

static char *dev;
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "the interface to send through");

static unsigned int sent;
module_param(sent, uint, 0444);
MODULE_PARM_DESC(sent, "how many frames were sent");

static struct net_device *netdev;

static struct sk_buff *dying_frame(void)
{
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(netdev) + ETH_ZLEN,
					GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(netdev));
	skb_put_zero(skb, ETH_ZLEN);
	skb_reset_mac_header(skb);
	eth_broadcast_addr(eth_hdr(skb)->h_dest);
	eth_hdr(skb)->h_proto = htons(ETH_P_802_EX1);
	skb->protocol = htons(ETH_P_802_EX1);
	skb->dev = netdev;
	return skb;
}

static bool dying_xmit(struct sk_buff *skb, struct netdev_queue *txq)
{
	return !netif_xmit_frozen_or_stopped(txq) &&
	       netdev_start_xmit(skb, netdev, txq, false) == NETDEV_TX_OK;
}

/* As netpoll sends, whom interrupts that are off do not stop either. */
static int dying_send(struct kprobe *probe, struct pt_regs *regs)
{
	struct netdev_queue *txq = netdev_get_tx_queue(netdev, 0);
	struct sk_buff *skb = dying_frame();
	bool gone = false;

	if (!skb)
		return 0;
	if (spin_trylock(&txq->_xmit_lock)) {
		gone = dying_xmit(skb, txq);
		spin_unlock(&txq->_xmit_lock);
	}
	if (gone)
		WRITE_ONCE(sent, sent + 1);
	else
		dev_kfree_skb_any(skb);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "take_cpu_down",
	.pre_handler = dying_send,
};

static int __init dying_init(void)
{
	int err;

	netdev = dev ? dev_get_by_name(&init_net, dev) : NULL;
	if (!netdev)
		return -ENODEV;
	err = register_kprobe(&probe);
	if (err) {
		pr_err("take_cpu_down: not to be probed (%d)\n", err);
		dev_put(netdev);
	}
	return err;
}

static void __exit dying_exit(void)
{
	unregister_kprobe(&probe);
	dev_put(netdev);
}

module_init(dying_init);
module_exit(dying_exit);

MODULE_DESCRIPTION("sends a frame from a CPU that goes offline, for tests");
MODULE_LICENSE("GPL");
