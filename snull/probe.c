// SPDX-License-Identifier: GPL-2.0-only
/*
 * probe.c - how an interface begins and ends: the platform bus calls.
 *
 * Read next: netdev.c, what the stack may ask of it.
 */
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/slab.h>

#include "compat.h"
#include "snull.h"

static void snull_link_changed(void *driver, bool up)
{
	struct snull_priv *priv = driver;

	if (up)
		netif_carrier_on(priv->dev);
	else
		netif_carrier_off(priv->dev);
}

#define SNULL_F_VLAN	(NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX | \
			 NETIF_F_HW_VLAN_STAG_TX | NETIF_F_HW_VLAN_STAG_RX)

static void snull_netdev_setup(struct net_device *dev, unsigned int number)
{
	/* LDD3's addresses: \0SNUL0, \0SNUL1, and so on. */
	u8 addr[ETH_ALEN] = { 0, 'S', 'N', 'U', 'L', '0' + number };

	eth_hw_addr_set(dev, addr);
	dev->netdev_ops = &snull_netdev_ops;
	dev->ethtool_ops = &snull_ethtool_ops;
#ifdef SNULL_HAVE_QSTATS
	dev->stat_ops = &snull_stat_ops;
#endif
#ifdef SNULL_HAVE_QUEUE_MGMT
	dev->queue_mgmt_ops = &snull_queue_mgmt_ops;
#endif
	dev->watchdog_timeo = msecs_to_jiffies(snull_config.timeout);
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = NIC_MTU_MAX;
	netif_set_tso_max_size(dev, SNULL_TSO_MAX_SIZE);
	dev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
			   NETIF_F_RXHASH | NETIF_F_NTUPLE |
			   NETIF_F_TSO | NETIF_F_TSO6 | NETIF_F_TSO_ECN |
			   NETIF_F_TSO_MANGLEID | NETIF_F_GSO_UDP_L4;
	dev->features = dev->hw_features;
	/* The NIC is a CPU, and has no pointer to highmem: nic_memory(). */
	if (!IS_ENABLED(CONFIG_HIGHMEM))
		dev->features |= NETIF_F_HIGHDMA;
	/* A tag in front of the headers changes nothing for the NIC. */
	dev->vlan_features = dev->features & ~(NETIF_F_RXHASH | NETIF_F_NTUPLE);
	dev->features |= SNULL_F_VLAN;
	dev->hw_features |= SNULL_F_VLAN | NETIF_F_GRO_HW | NETIF_F_LOOPBACK;
	if (snull_config.rewrite_ip) {
		dev->flags |= IFF_NOARP;
		dev->header_ops = &snull_header_ops;
	}
}

static int snull_queues_create(struct snull_priv *priv)
{
	unsigned int i;

	priv->queues = kcalloc(priv->max_queues, sizeof(*priv->queues),
			       GFP_KERNEL);
	if (!priv->queues)
		return -ENOMEM;
	for (i = 0; i < priv->max_queues; i++) {
		struct snull_queue *queue = &priv->queues[i];

		queue->dev = priv->dev;
		queue->nic = priv->nic;
		queue->index = i;
		queue->weight = priv->weight;
		queue->state = BIT(SNULL_QUEUE_CLEANING);
		u64_stats_init(&queue->irq_stats.syncp);
		u64_stats_init(&queue->rx_stats.syncp);
		u64_stats_init(&queue->tx_stats.syncp);
		u64_stats_init(&queue->done_stats.syncp);
		snull_moderation_init(queue);
	}
	return 0;
}

static int snull_nic_create(struct snull_priv *priv, struct device *parent,
			    struct nic_cable *cable)
{
	const struct nic_config config = {
		.end = priv->number & 1,
		.queues = priv->max_queues,
		.max_bufs = SNULL_RX_BUFS_MAX,
		.line = snull_config.line,
		.first_cpu = priv->number,
		.link_changed = snull_link_changed,
		.driver = priv,
	};

	priv->nic = nic_create(parent, cable, &config);
	if (IS_ERR(priv->nic))
		return PTR_ERR(priv->nic);
	nic_set_addr(priv->nic, priv->dev->dev_addr);
	nic_set_lockup(priv->nic, snull_config.lockup);
	snull_write_max_frame(priv, priv->dev->mtu);
	return 0;
}

/**
 * snull_probe() - bring up one NIC and its interface
 * @pdev: its platform device
 * @cable: the cable to plug it into
 * @number: which interface: even numbers are end 0 of their cable
 *
 * Context: process, called by the driver core.
 * Return: 0, or a negative errno with nothing left behind.
 */
int snull_probe(struct platform_device *pdev, struct nic_cable *cable,
		unsigned int number)
{
	unsigned int queues = snull_config.queues;
	u32 size = snull_ring_round(snull_config.pool_size);
	struct snull_shape shape = {
		.queues = queues, .rx_size = size, .tx_size = size,
		.headroom = SNULL_BUF_HEADROOM, .buf_len = SNULL_BUF_LEN,
	};
	struct snull_priv *priv;
	struct net_device *dev;
	int err;

	/*
	 * The platform bus can't say it: the NIC reads memory as a CPU does, and
	 * sees what caches hold.  Before the mask, which settles that.
	 */
	dev_set_dma_coherent(&pdev->dev);
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	dev = alloc_netdev_mqs(sizeof(*priv), "sn%d", NET_NAME_ENUM,
			       ether_setup, queues, queues);
	if (!dev)
		return -ENOMEM;
	SET_NETDEV_DEV(dev, &pdev->dev);
	priv = netdev_priv(dev);
	priv->dev = dev;
	priv->number = number;
	priv->max_queues = queues;
	priv->advertised = NIC_MODE_ALL;
	priv->weight = snull_config_weight(number);
	xa_init(&priv->rules);
	snull_reset_init(priv);
	snull_netdev_setup(dev, number);

	err = snull_nic_create(priv, &pdev->dev, cable);
	if (err)
		goto free_dev;
	err = snull_queues_create(priv);
	if (err)
		goto destroy_nic;
	err = snull_shape_settle(priv, &shape);
	if (err)
		goto free_queues;

	err = snull_ptp_init(priv);
	if (err)
		goto free_queues;

	netif_carrier_off(dev);
	platform_set_drvdata(pdev, priv);
	err = register_netdev(dev);
	if (err)
		goto exit_ptp;
	snull_spread_senders(priv, 0);
	snull_debugfs_add(priv);
	return 0;

exit_ptp:
	snull_ptp_exit(priv);
free_queues:
	kfree(priv->queues);
destroy_nic:
	nic_destroy(priv->nic);
free_dev:
	free_netdev(dev);
	return err;
}

/**
 * snull_remove() - take an interface and its NIC away
 * @pdev: its platform device; traffic may be running
 *
 * Context: process, called by the driver core.
 */
void snull_remove(struct platform_device *pdev)
{
	struct snull_priv *priv = platform_get_drvdata(pdev);

	snull_debugfs_remove(priv);
	unregister_netdev(priv->dev);
	cancel_work_sync(&priv->reset);
	snull_ptp_exit(priv);
	snull_rules_flush(priv);
	nic_destroy(priv->nic);
	kfree(priv->queues);
	free_netdev(priv->dev);
}
