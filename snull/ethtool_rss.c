// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_rss.c - how flows are spread over the queues, as ethtool -x and -X show
 * and set it.
 *
 * Read next: ethtool_hash.c, what of a frame is hashed; nic/steer.c, the hardware.
 */
#include <linux/ethtool.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "compat.h"
#include "ethtool_rss.h"
#include "snull.h"

/**
 * snull_get_rx_ring_count() - how many queues RSS may choose from
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: the queues in use.
 */
u32 snull_get_rx_ring_count(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);

	return priv->shape.queues;
}

/**
 * snull_get_rxfh_indir_size() - entries of the RSS table
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: how many.
 */
u32 snull_get_rxfh_indir_size(struct net_device *dev)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;

	nic_get_rss(priv->nic, &rss);
	return rss.entries;
}

/**
 * snull_get_rxfh_key_size() - bytes of the RSS key
 * @dev: the interface
 *
 * Context: process, RTNL held.
 * Return: how many.
 */
u32 snull_get_rxfh_key_size(struct net_device *dev)
{
	return RSS_KEY_LEN;
}

/* ---- the table and the number of queues -------------------------------------- */

/*
 * Eight entries for each queue: of any number of queues, one then has at most an
 * eighth more than another.  Where the kernel can't resize what it keeps of
 * tables, they have one size.
 */
static unsigned int snull_rss_entries(unsigned int queues)
{
	return SNULL_RSS_RESIZES ? min_t(unsigned int, NIC_RSS_ENTRIES,
					 8 * roundup_pow_of_two(queues)) :
				   NIC_RSS_ENTRIES;
}

/**
 * snull_rss_can_follow() - can the RSS tables be those of another number of queues?
 * @priv: the interface
 * @queues: how many queues; no table names one beyond them, as the core has seen
 *
 * A table that somebody has set shrinks only if it repeats itself, as often as
 * it takes, and not below what was set.
 *
 * Context: process, RTNL held.
 * Return: 0, or -EINVAL.
 */
int snull_rss_can_follow(struct snull_priv *priv, unsigned int queues)
{
	unsigned int i, entries = snull_rss_entries(queues);
	u32 table[NIC_RSS_ENTRIES];
	struct nic_rss rss;

	nic_get_rss(priv->nic, &rss);
	if (entries == rss.entries)
		return 0;
	for (i = 0; i < rss.entries; i++)
		table[i] = rss.table[i];
	if (!ethtool_rxfh_indir_can_resize(priv->dev, table, rss.entries,
					   entries))
		return -EINVAL;
	return ethtool_rxfh_ctxs_can_resize(priv->dev, entries);
}

/**
 * snull_rss_follow() - spread the flows over another number of queues
 * @priv: the interface; if it runs, so do all queues that the table names now or
 *	will then
 * @queues: how many queues: snull_rss_can_follow()
 *
 * All of them in turn, unless ethtool -X has said otherwise.  When another's frames
 * are steered by that, a grace period (RCU) has passed.
 *
 * Context: process, RTNL held, or before registration.
 */
void snull_rss_follow(struct snull_priv *priv, unsigned int queues)
{
	unsigned int i, entries = snull_rss_entries(queues);
	struct nic_rss rss;

	nic_get_rss(priv->nic, &rss);
	if (entries != rss.entries) {
		/* There are no contexts before, nor the lock that they have. */
		if (priv->dev->reg_state == NETREG_REGISTERED)
			ethtool_rxfh_ctxs_resize(priv->dev, entries);
		nic_resize_tables(priv->nic, entries);
	}
	if (netif_is_rxfh_configured(priv->dev))
		return;
	rss.entries = entries;
	for (i = 0; i < entries; i++)
		rss.table[i] = ethtool_rxfh_indir_default(i, queues);
	nic_set_rss(priv->nic, &rss);
}

/* ---- the table, the key, and what makes the hash symmetric ----------------- */

/* The NIC's words and ethtool's. */
static u8 snull_sym_to_xfrm(enum rss_sym sym)
{
	switch (sym) {
	case RSS_SYM_XOR:	return RXH_XFRM_SYM_XOR;
	case RSS_SYM_OR_XOR:	return RXH_XFRM_SYM_OR_XOR;
	default:		return 0;
	}
}

static int snull_xfrm_to_sym(u8 xfrm, enum rss_sym *sym)
{
	switch (xfrm) {
	case RXH_XFRM_NO_CHANGE:
		return 0;
	case 0:
		*sym = RSS_SYM_NONE;
		return 0;
	case RXH_XFRM_SYM_XOR:
		*sym = RSS_SYM_XOR;
		return 0;
	case RXH_XFRM_SYM_OR_XOR:
		*sym = RSS_SYM_OR_XOR;
		return 0;
	}
	return -EINVAL;
}

/* Put into @rss what is asked for.  The core has checked the table's entries. */
static int snull_rss_change(struct snull_priv *priv, u32 context,
			    struct nic_rss *rss,
			    const struct ethtool_rxfh_param *rxfh,
			    struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    rxfh->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG(extack, "the only hash function is toeplitz");
		return -EOPNOTSUPP;
	}
	if (snull_xfrm_to_sym(rxfh->input_xfrm, &rss->sym)) {
		NL_SET_ERR_MSG(extack,
			       "symmetric-xor or symmetric-or-xor, not both");
		return -EINVAL;
	}
	if (rxfh->key)
		memcpy(rss->key, rxfh->key, RSS_KEY_LEN);
	for (i = 0; rxfh->indir && i < rss->entries; i++)
		rss->table[i] = rxfh->indir[i];
	if (!snull_rules_fit_table(priv, context, rss)) {
		NL_SET_ERR_MSG(extack,
			       "a rule adds to this table, and the sum would be no queue in use");
		return -EINVAL;
	}
	return 0;
}

/**
 * snull_get_rxfh() - ethtool -x: read the RSS table and key
 * @dev: the interface
 * @rxfh: where to put them, each if it is wanted
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;

	nic_get_rss(priv->nic, &rss);
	rxfh->hfunc = ETH_RSS_HASH_TOP;
	rxfh->input_xfrm = snull_sym_to_xfrm(rss.sym);
	if (rxfh->key)
		memcpy(rxfh->key, rss.key, RSS_KEY_LEN);
	for (i = 0; rxfh->indir && i < rss.entries; i++)
		rxfh->indir[i] = rss.table[i];
	return 0;
}

/**
 * snull_set_rxfh() - ethtool -X: write the RSS table and key
 * @dev: the interface
 * @rxfh: what to write; the core has checked the table's entries
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or -EOPNOTSUPP for another function than Toeplitz, -EINVAL for two
 * ways at once to make it symmetric, or if a rule adds to the table what would
 * lead beyond the queues in use.
 */
int snull_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
		   struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	int err;

	nic_get_rss(priv->nic, &rss);
	err = snull_rss_change(priv, 0, &rss, rxfh, extack);
	if (!err)
		nic_set_rss(priv->nic, &rss);
	return err;
}

#ifdef SNULL_HAVE_RSS_CONTEXTS
/**
 * snull_create_rxfh_context() - ethtool -X sn1 context new
 * @dev: the interface
 * @ctx: what the core keeps of the context; what is not asked for is filled in:
 *	all queues in turn, and the rest as context 0 has it
 * @rxfh: what it shall be, and its number
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or as snull_set_rxfh(), or -ENOMEM.
 */
int snull_create_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      const struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	unsigned int i;
	int err;

	nic_get_rss(priv->nic, &rss);
	for (i = 0; i < rss.entries; i++)
		rss.table[i] = ethtool_rxfh_indir_default(i,
							  priv->shape.queues);
	err = snull_rss_change(priv, rxfh->rss_context, &rss, rxfh, extack);
	if (!err)
		err = nic_set_context(priv->nic, rxfh->rss_context, &rss);
	if (err)
		return err;
	ctx->hfunc = ETH_RSS_HASH_TOP;
	ctx->input_xfrm = snull_sym_to_xfrm(rss.sym);
	memcpy(ethtool_rxfh_context_key(ctx), rss.key, RSS_KEY_LEN);
	for (i = 0; i < rss.entries; i++)
		ethtool_rxfh_context_indir(ctx)[i] = rss.table[i];
	return 0;
}

/**
 * snull_modify_rxfh_context() - ethtool -X sn1 context 1 …
 * @dev: the interface
 * @ctx: what the core keeps of the context, and changes by itself
 * @rxfh: what to change, and its number
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or as snull_set_rxfh(), or -ENOMEM, with nothing changed.
 */
int snull_modify_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      const struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct nic_rss rss;
	int err;

	if (!nic_get_context(priv->nic, rxfh->rss_context, &rss))
		return -ENOENT;
	err = snull_rss_change(priv, rxfh->rss_context, &rss, rxfh, extack);
	if (err)
		return err;
	return nic_set_context(priv->nic, rxfh->rss_context, &rss);
}

/**
 * snull_remove_rxfh_context() - ethtool -X sn1 context 1 delete
 * @dev: the interface
 * @ctx: what the core keeps of the context
 * @rss_context: its number
 * @extack: for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, or -EBUSY if a rule names it.
 */
int snull_remove_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      u32 rss_context,
			      struct netlink_ext_ack *extack)
{
	struct snull_priv *priv = netdev_priv(dev);

	if (snull_rules_name_context(priv, rss_context)) {
		NL_SET_ERR_MSG(extack, "a rule sends frames to this context");
		return -EBUSY;
	}
	return nic_set_context(priv->nic, rss_context, NULL);
}
#endif

#if !SNULL_KERNEL_SINCE(6, 8)
/**
 * snull_get_rxfh_args() - the same, with the arguments that it had before 6.8
 * @dev: the interface
 * @indir: where to put the table, or NULL
 * @key: where to put the key, or NULL
 * @hfunc: where to put the function, or NULL
 *
 * Context: process, RTNL held.
 * Return: 0.
 */
int snull_get_rxfh_args(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct ethtool_rxfh_param rxfh = { .indir = indir, .key = key };
	int err = snull_get_rxfh(dev, &rxfh);

	if (hfunc)
		*hfunc = rxfh.hfunc;
	return err;
}

/**
 * snull_set_rxfh_args() - the same, with the arguments that it had before 6.8
 * @dev: the interface
 * @indir: the table, or NULL
 * @key: the key, or NULL
 * @hfunc: the function
 *
 * Context: process, RTNL held.
 * Return: as snull_set_rxfh().
 */
int snull_set_rxfh_args(struct net_device *dev, const u32 *indir,
			const u8 *key, const u8 hfunc)
{
	struct ethtool_rxfh_param rxfh = {
		.indir = (u32 *)indir, .key = (u8 *)key, .hfunc = hfunc,
		.input_xfrm = RXH_XFRM_NO_CHANGE,
	};

	return snull_set_rxfh(dev, &rxfh, NULL);
}
#endif
