// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptp.c - the NIC's clock for user space, a PTP hardware clock (/dev/ptp0), and
 * the stamps of frames for sockets that ask by SO_TIMESTAMPING.
 *
 * A kernel that has no such clocks, or has them in a module, which insmod does
 * not fetch, leaves it out; stamps by software remain.
 *
 * Read next: nic/clock.c, the hardware; Documentation/networking/timestamping.rst.
 */
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_PTP

/* ---- the clock ----------------------------------------------------------------- */

static struct nic *snull_ptp_nic(struct ptp_clock_info *info)
{
	return container_of(info, struct snull_priv, ptp_info)->nic;
}

static int snull_ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	nic_clock_slew(snull_ptp_nic(info), scaled_ppm);
	return 0;
}

static int snull_ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	nic_clock_step(snull_ptp_nic(info), delta);
	return 0;
}

static int snull_ptp_gettimex64(struct ptp_clock_info *info,
				struct timespec64 *ts,
				struct ptp_system_timestamp *sts)
{
	u64 time;

	ptp_read_system_prets(sts);
	time = nic_clock_read(snull_ptp_nic(info));
	ptp_read_system_postts(sts);
	*ts = ns_to_timespec64(time);
	return 0;
}

static int snull_ptp_settime64(struct ptp_clock_info *info,
			       const struct timespec64 *ts)
{
	nic_clock_set(snull_ptp_nic(info), timespec64_to_ns(ts));
	return 0;
}

/* There are no pins and no pulse, but PTP_ENABLE_PPS asks all the same. */
static int snull_ptp_enable(struct ptp_clock_info *info,
			    struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

/**
 * snull_ptp_init() - show the NIC's clock to user space
 * @priv: the interface, with its NIC
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int snull_ptp_init(struct snull_priv *priv)
{
	struct device *parent = priv->dev->dev.parent;
	struct ptp_clock *clock;

	priv->ptp_info = (struct ptp_clock_info){
		.owner		= THIS_MODULE,
		.max_adj	= NIC_CLOCK_SLEW_MAX,
		.adjfine	= snull_ptp_adjfine,
		.adjtime	= snull_ptp_adjtime,
		.gettimex64	= snull_ptp_gettimex64,
		.settime64	= snull_ptp_settime64,
		.enable		= snull_ptp_enable,
	};
	strscpy(priv->ptp_info.name, dev_name(parent),
		sizeof(priv->ptp_info.name));
	clock = ptp_clock_register(&priv->ptp_info, parent);
	if (IS_ERR(clock))
		return PTR_ERR(clock);
	priv->ptp = clock;
	return 0;
}

/**
 * snull_ptp_exit() - take it away
 * @priv: the interface
 *
 * Who still has it open gets -ENODEV from then on.
 *
 * Context: process, sleeps until nobody is in one of the functions above.
 */
void snull_ptp_exit(struct snull_priv *priv)
{
	if (priv->ptp)
		ptp_clock_unregister(priv->ptp);
}

/* ---- which frames are stamped ---------------------------------------------------- */

/*
 * Filters that the NIC has not got get the next larger one, as net_tstamp.h has
 * it, and the user is told which.  Return: NIC_STAMP_*, or a negative errno.
 */
static int snull_stamps_rx(struct kernel_hwtstamp_config *config)
{
	switch (config->rx_filter) {
	case HWTSTAMP_FILTER_NONE:
		return 0;
	case HWTSTAMP_FILTER_PTP_V2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L4_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
		config->rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
		return NIC_STAMP_RX_PTP;
	case HWTSTAMP_FILTER_ALL:
	case HWTSTAMP_FILTER_SOME:
	case HWTSTAMP_FILTER_NTP_ALL:
	case HWTSTAMP_FILTER_PTP_V1_L4_EVENT:
	case HWTSTAMP_FILTER_PTP_V1_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ:
		config->rx_filter = HWTSTAMP_FILTER_ALL;
		return NIC_STAMP_RX_ALL;
	default:
		return -ERANGE;
	}
}

/**
 * snull_hwtstamp_get() - ndo_hwtstamp_get: which frames are stamped?
 * @dev: the interface
 * @config: where to put the answer
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_hwtstamp_get(struct net_device *dev,
		       struct kernel_hwtstamp_config *config)
{
	u32 stamps = ((struct snull_priv *)netdev_priv(dev))->stamps;

	config->flags = 0;
	config->tx_type = stamps & NIC_STAMP_TX ? HWTSTAMP_TX_ON :
						  HWTSTAMP_TX_OFF;
	config->rx_filter = HWTSTAMP_FILTER_NONE;
	if (stamps & NIC_STAMP_RX_PTP)
		config->rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
	if (stamps & NIC_STAMP_RX_ALL)
		config->rx_filter = HWTSTAMP_FILTER_ALL;
	return 0;
}

/**
 * snull_hwtstamp_set() - ndo_hwtstamp_set: choose which frames are stamped
 * @dev: the interface
 * @config: which; on return, what it has become
 * @extack: for what is wrong, or NULL
 *
 * Context: process, RTNL held.
 * Return: 0, or -ERANGE for what the NIC can't do, with nothing changed.
 */
int snull_hwtstamp_set(struct net_device *dev,
		       struct kernel_hwtstamp_config *config,
		       struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	int stamps;

	if (config->tx_type != HWTSTAMP_TX_OFF &&
	    config->tx_type != HWTSTAMP_TX_ON) {
		NL_SET_ERR_MSG(extack, "tx_type is off or on: the NIC does no one-step");
		return -ERANGE;
	}
	stamps = snull_stamps_rx(config);
	if (stamps < 0) {
		NL_SET_ERR_MSG(extack, "no such rx_filter");
		return stamps;
	}
	if (config->tx_type == HWTSTAMP_TX_ON)
		stamps |= NIC_STAMP_TX;
	WRITE_ONCE(priv->stamps, stamps);
	nic_set_stamps(priv->nic, stamps);
	return 0;
}

#ifdef SNULL_HWTSTAMP_IOCTL
/**
 * snull_hwtstamp_ioctl() - SIOCGHWTSTAMP and SIOCSHWTSTAMP, before Linux 6.6
 * @dev: the interface
 * @ifr: the user's argument
 * @cmd: which
 *
 * The network core has looked at what there is to set.
 *
 * Context: process, RTNL held.
 * Return: 0; -EOPNOTSUPP for other commands; -EFAULT; or as above.
 */
int snull_hwtstamp_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd)
{
	struct kernel_hwtstamp_config config;
	struct hwtstamp_config user;
	int err;

	if (cmd == SIOCSHWTSTAMP) {
		if (copy_from_user(&user, ifr->ifr_data, sizeof(user)))
			return -EFAULT;
		config.tx_type = user.tx_type;
		config.rx_filter = user.rx_filter;
		err = snull_hwtstamp_set(dev, &config, NULL);
	} else if (cmd == SIOCGHWTSTAMP) {
		err = snull_hwtstamp_get(dev, &config);
	} else {
		err = -EOPNOTSUPP;
	}
	if (err)
		return err;
	user = (struct hwtstamp_config){
		.tx_type = config.tx_type,
		.rx_filter = config.rx_filter,
	};
	return copy_to_user(ifr->ifr_data, &user, sizeof(user)) ? -EFAULT : 0;
}
#endif

/**
 * snull_get_ts_info() - ethtool -T sn0
 * @dev: the interface
 * @info: where to put what it can
 *
 * Context: process, RTNL held, or (7.3) the interface's lock.
 * Return: 0.
 */
int snull_get_ts_info(struct net_device *dev,
		      struct kernel_ethtool_ts_info *info)
{
	struct snull_priv *priv = netdev_priv(dev);

	ethtool_op_get_ts_info(dev, info);
	if (!priv->ptp)
		return 0;
	info->so_timestamping |= SOF_TIMESTAMPING_TX_HARDWARE |
				 SOF_TIMESTAMPING_RX_HARDWARE |
				 SOF_TIMESTAMPING_RAW_HARDWARE;
	info->phc_index = ptp_clock_index(priv->ptp);
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE) |
			   BIT(HWTSTAMP_FILTER_ALL) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_EVENT);
	return 0;
}

/* ---- stamps of sent packets ------------------------------------------------------ */

/**
 * snull_stamp_ask() - the sender wants to know when its packet leaves
 * @priv: the interface
 * @skb: the packet, before skb_tx_timestamp()
 * @desc: its first descriptor, which the NIC has not seen yet
 *
 * Context: the transmit lock held.
 */
void snull_stamp_ask(struct snull_priv *priv, struct sk_buff *skb,
		     struct nic_tx_desc *desc)
{
	if (!(READ_ONCE(priv->stamps) & NIC_STAMP_TX))
		return;
	skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
	desc->flags |= NIC_TXD_STAMP;
}

/**
 * snull_stamp_tell() - here it is: to the socket's error queue
 * @skb: the packet
 * @desc: its first descriptor, completed
 *
 * Paths 0 and 2 free what was sent in their handler.  Where
 * net.core.tstamp_allow_data is 0, kernels before "net: Drop the lock in
 * skb_may_tx_timestamp()" (2026) take the socket's lock here, which a hard
 * interrupt must not: hand it to a work item where you have to allow for that.
 *
 * Context: any.
 */
void snull_stamp_tell(struct sk_buff *skb, const struct nic_tx_desc *desc)
{
	struct skb_shared_hwtstamps stamps = {
		.hwtstamp = ns_to_ktime(desc->stamp),
	};

	/* What the link lost on its way has not left. */
	if (!(desc->flags & NIC_TXD_BAD))
		skb_tstamp_tx(skb, &stamps);
}

#endif /* SNULL_HAVE_PTP */
