// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_link.c - the link's speed, and how the two ends come to it: what
 * "ethtool sn0" shows, and "ethtool -s sn0 speed 100 autoneg off" sets.
 *
 * An interface that advertises all speeds there are also offers none, which is
 * what two such interfaces then agree on: frames take no time, and the speed is
 * "Unknown!".
 *
 * Read next: nic/link.c, the hardware.
 */
#include <linux/ethtool.h>

#include "compat.h"
#include "snull.h"

/* What the NIC can do, in ethtool's words; NIC_MODE_UNLIMITED has none. */
static const struct {
	u32 mode;
	u32 speed;
	unsigned int bit;
} snull_link_modes[] = {
	{ NIC_MODE_10,	  SPEED_10,    ETHTOOL_LINK_MODE_10baseT_Full_BIT },
	{ NIC_MODE_100,	  SPEED_100,   ETHTOOL_LINK_MODE_100baseT_Full_BIT },
	{ NIC_MODE_1000,  SPEED_1000,  ETHTOOL_LINK_MODE_1000baseT_Full_BIT },
	{ NIC_MODE_2500,  SPEED_2500,  ETHTOOL_LINK_MODE_2500baseT_Full_BIT },
	{ NIC_MODE_10000, SPEED_10000, ETHTOOL_LINK_MODE_10000baseT_Full_BIT },
	/* ethtool has no word for 25GBASE-T. */
	{ NIC_MODE_25000, SPEED_25000, ETHTOOL_LINK_MODE_25000baseCR_Full_BIT },
	{ NIC_MODE_UNLIMITED, SPEED_UNKNOWN, __ETHTOOL_LINK_MODE_MASK_NBITS },
};

static u32 snull_mode_speed(u32 mode)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(snull_link_modes); i++)
		if (snull_link_modes[i].mode == mode)
			return snull_link_modes[i].speed;
	return SPEED_UNKNOWN;
}

/* Return: the mode with that speed, or 0. */
static u32 snull_speed_mode(u32 speed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(snull_link_modes); i++)
		if (snull_link_modes[i].speed == speed)
			return snull_link_modes[i].mode;
	return 0;
}

static void snull_modes_to_mask(u32 modes, unsigned long *mask)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(snull_link_modes); i++)
		if (snull_link_modes[i].mode & modes &&
		    snull_link_modes[i].bit < __ETHTOOL_LINK_MODE_MASK_NBITS)
			__set_bit(snull_link_modes[i].bit, mask);
}

/* Return: the modes to advertise; all of them bring the one without a speed. */
static u32 snull_mask_to_modes(const unsigned long *mask)
{
	unsigned int i;
	u32 modes = 0;

	for (i = 0; i < ARRAY_SIZE(snull_link_modes); i++)
		if (snull_link_modes[i].bit < __ETHTOOL_LINK_MODE_MASK_NBITS &&
		    test_bit(snull_link_modes[i].bit, mask))
			modes |= snull_link_modes[i].mode;
	if (modes == (NIC_MODE_ALL & ~NIC_MODE_UNLIMITED))
		modes = NIC_MODE_ALL;
	return modes;
}

static void snull_show_modes(struct ethtool_link_ksettings *cmd,
			     const struct nic_link *link, u32 advertised)
{
	unsigned long *supported = cmd->link_modes.supported;
	unsigned long *ours = cmd->link_modes.advertising;
	unsigned long *theirs = cmd->link_modes.lp_advertising;

	ethtool_link_ksettings_zero_link_mode(cmd, supported);
	ethtool_link_ksettings_zero_link_mode(cmd, advertising);
	ethtool_link_ksettings_zero_link_mode(cmd, lp_advertising);
	snull_modes_to_mask(NIC_MODE_ALL, supported);
	__set_bit(ETHTOOL_LINK_MODE_TP_BIT, supported);
	__set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, supported);
	/* Pause frames are set by hand: ethtool -A. */
	__set_bit(ETHTOOL_LINK_MODE_Pause_BIT, supported);
	__set_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT, supported);
	__set_bit(ETHTOOL_LINK_MODE_TP_BIT, ours);
	/* Without autonegotiation, too: "autoneg on" goes on with them. */
	snull_modes_to_mask(advertised, ours);
	if (!link->autoneg)
		return;
	__set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, ours);
	if (!link->partner_autoneg)
		return;
	snull_modes_to_mask(link->partner_modes, theirs);
	__set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, theirs);
}

/**
 * snull_get_link_ksettings() - ethtool sn0
 * @dev: the interface
 * @cmd: where to put what the link can, shall, and does
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_link_ksettings(struct net_device *dev,
			     struct ethtool_link_ksettings *cmd)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_link link;

	nic_get_link(priv->nic, &link);
	snull_show_modes(cmd, &link, priv->advertised);
	cmd->base.port = PORT_TP;
	cmd->base.autoneg = link.autoneg ? AUTONEG_ENABLE : AUTONEG_DISABLE;
	/* What it is set to, it is also while the link is down. */
	cmd->base.speed = snull_mode_speed(link.autoneg ? link.mode :
					   link.modes);
	cmd->base.duplex = link.mode || !link.autoneg ? DUPLEX_FULL :
			   DUPLEX_UNKNOWN;
	return 0;
}

/**
 * snull_set_link_ksettings() - ethtool -s sn0 speed … duplex … autoneg …
 * @dev: the interface
 * @cmd: what the link shall do
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL for what the NIC can't do, -EOPNOTSUPP for what it does
 * not know of, with nothing changed.
 */
int snull_set_link_ksettings(struct net_device *dev,
			     const struct ethtool_link_ksettings *cmd)
{
	struct snull_priv *priv = netdev_priv(dev);
	bool autoneg = cmd->base.autoneg == AUTONEG_ENABLE;
	u32 modes;

	if (cmd->base.eth_tp_mdix_ctrl != ETH_TP_MDI_INVALID)
		return -EOPNOTSUPP;
	if (cmd->base.port != PORT_TP) {
		netdev_err(dev, "the port is twisted pair, and no other\n");
		return -EINVAL;
	}
	if (cmd->base.duplex == DUPLEX_HALF) {
		netdev_err(dev, "half duplex is not simulated\n");
		return -EINVAL;
	}
	modes = autoneg ? snull_mask_to_modes(cmd->link_modes.advertising) :
		snull_speed_mode(cmd->base.speed);
	if (!modes) {
		netdev_err(dev, "speeds are 10, 100, 1000, 2500, 10000 and 25000 Mbit/s\n");
		return -EINVAL;
	}
	if (autoneg)
		priv->advertised = modes;
	nic_set_link(priv->nic, autoneg, modes);
	return 0;
}

/**
 * snull_get_link_ext_state() - why there is no link
 * @dev: the interface, up and without carrier
 * @info: where to put the reason
 *
 * Context: process, RTNL held.
 * Return: 0, or -ENODATA without a reason.
 */
int snull_get_link_ext_state(struct net_device *dev,
			     struct ethtool_link_ext_state_info *info)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_link link;

	nic_get_link(priv->nic, &link);
	if (link.why == NIC_LINK_NO_CABLE) {
		info->link_ext_state = ETHTOOL_LINK_EXT_STATE_NO_CABLE;
		return 0;
	}
	if (link.why != NIC_LINK_NO_PARTNER && link.why != NIC_LINK_NO_COMMON)
		return -ENODATA;
	info->link_ext_state = ETHTOOL_LINK_EXT_STATE_AUTONEG;
	if (!link.autoneg)
		info->autoneg =
			ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_PARTNER_DETECTED_FORCE_MODE;
	else if (link.partner_autoneg)
		info->autoneg = ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_HCD;
	else
		info->autoneg =
			ETHTOOL_LINK_EXT_SUBSTATE_AN_NO_PARTNER_DETECTED;
	return 0;
}
