// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool_steer.c - rules for chosen flows: what "ethtool -n sn1" shows, and
 * "ethtool -N sn1 flow-type udp4 dst-port 9000 action 2" adds.
 *
 * A rule is translated into the NIC's words when it is added.  What was asked
 * for is kept, too, since that is what is shown.
 *
 * There is no extack in this part of ethtool: why a rule is refused is said in
 * the log, as other drivers do.
 *
 * Read next: ethtool_flow.c, what a rule compares; nic/steer.c, the hardware.
 */
#include <linux/ethtool.h>
#include <linux/slab.h>

#include "compat.h"
#include "ethtool_rss.h"
#include "snull.h"

/**
 * struct snull_rule - a rule as ethtool has it
 * @spec: which frames, where to, and its location
 * @context: with FLOW_RSS, the RSS context, to whose queue spec.ring_cookie is
 *	added
 * @match: which frames, as the NIC has it
 */
struct snull_rule {
	struct ethtool_rx_flow_spec spec;
	u32 context;
	struct tcam_entry match;
};

/* ---- which queues a rule leads to ---------------------------------------------- */

/* Return: the highest queue that a table names. */
static unsigned int snull_table_top(const struct nic_rss *rss)
{
	unsigned int i, top = 0;

	for (i = 0; i < rss->entries; i++)
		top = max_t(unsigned int, top, rss->table[i]);
	return top;
}

/* Return: the highest queue that a rule names. */
static u64 snull_rule_top(struct snull_priv *priv,
			  const struct snull_rule *rule)
{
	u64 cookie = rule->spec.ring_cookie;
	struct nic_rss rss;

	if (!(rule->spec.flow_type & FLOW_RSS))
		return cookie == RX_CLS_FLOW_DISC ? 0 : cookie;
	/* It is there: a context that a rule names can't go. */
	nic_get_context(priv->nic, rule->context, &rss);
	return cookie + snull_table_top(&rss);
}

/* ---- is it a rule that the NIC can have? ---------------------------------------- */

static int snull_rule_refuse(const struct snull_priv *priv, int err,
			     const char *why)
{
	netdev_err(priv->dev, "%s\n", why);
	return err;
}

/* Queues of virtual functions are far beyond ours, as are the special cookies. */
static int snull_rule_to_context(const struct snull_priv *priv, u32 context,
				 u64 cookie, struct nic_rule *rule)
{
	struct nic_rss rss;

	if (context >= NIC_RSS_CONTEXTS ||
	    !nic_get_context(priv->nic, context, &rss))
		return snull_rule_refuse(priv, -EINVAL,
					 "there is no such RSS context");
	if (cookie >= priv->shape.queues ||
	    cookie + snull_table_top(&rss) >= priv->shape.queues)
		return snull_rule_refuse(priv, -EINVAL,
					 "the queue that is added to the context's leads beyond those in use");
	rule->action = NIC_RULE_CONTEXT;
	rule->to = context;
	rule->add = cookie;
	return 0;
}

static int snull_rule_action(const struct snull_priv *priv,
			     const struct ethtool_rxnfc *nfc,
			     struct nic_rule *rule)
{
	u64 cookie = nfc->fs.ring_cookie;

	rule->to = 0;
	rule->add = 0;
	if (nfc->fs.flow_type & FLOW_RSS)
		return snull_rule_to_context(priv, nfc->rss_context, cookie,
					     rule);
	if (cookie == RX_CLS_FLOW_DISC) {
		rule->action = NIC_RULE_DROP;
		return 0;
	}
	if (cookie == RX_CLS_FLOW_WAKE)
		return snull_rule_refuse(priv, -EOPNOTSUPP,
					 "rules do not wake anybody");
	/* This includes queues of virtual functions: there are none. */
	if (cookie >= priv->shape.queues)
		return snull_rule_refuse(priv, -EINVAL,
					 "a rule must name a queue in use");
	rule->action = NIC_RULE_QUEUE;
	rule->to = cookie;
	return 0;
}

/* Return: where a rule for these frames is, or -ENOENT. */
static int snull_rule_find(struct snull_priv *priv,
			   const struct tcam_entry *match)
{
	struct snull_rule *rule;
	unsigned long i;

	xa_for_each(&priv->rules, i, rule)
		if (!memcmp(&rule->match, match, sizeof(*match)))
			return i;
	return -ENOENT;
}

/* Return: where the rule goes, or -EINVAL, or -ENOSPC. */
static int snull_rule_place(struct snull_priv *priv, u32 location,
			    const struct tcam_entry *match)
{
	int i;

	switch (location) {
	case RX_CLS_LOC_ANY:
		/* Behind one for the same frames it would never count. */
		i = snull_rule_find(priv, match);
		if (i >= 0)
			return i;
		fallthrough;
	case RX_CLS_LOC_FIRST:
		for (i = 0; i < NIC_RULES; i++)
			if (!xa_load(&priv->rules, i))
				return i;
		return snull_rule_refuse(priv, -ENOSPC, "all rules are taken");
	case RX_CLS_LOC_LAST:
		for (i = NIC_RULES; i--;)
			if (!xa_load(&priv->rules, i))
				return i;
		return snull_rule_refuse(priv, -ENOSPC, "all rules are taken");
	}
	if (location >= NIC_RULES)
		return snull_rule_refuse(priv, -EINVAL,
					 "locations are 0 to 511");
	return location;
}

/* ---- adding, deleting, showing ---------------------------------------------- */

/* In both tables, or in none. */
static int snull_rule_put(struct snull_priv *priv, unsigned int location,
			  struct snull_rule *new, const struct nic_rule *rule)
{
	struct snull_rule *old;
	int err;

	old = xa_store(&priv->rules, location, new, GFP_KERNEL);
	if (xa_is_err(old))
		return xa_err(old);
	err = nic_set_rule(priv->nic, location, rule);
	if (!err) {
		kfree(old);
		return 0;
	}
	/* What was there fits in again: its place has not gone. */
	if (old)
		xa_store(&priv->rules, location, old, GFP_KERNEL);
	else
		xa_erase(&priv->rules, location);
	return err;
}

static int snull_rule_add(struct snull_priv *priv, struct ethtool_rxnfc *nfc)
{
	struct snull_rule *new;
	struct nic_rule rule;
	int location, err;

	if (!(priv->dev->features & NETIF_F_NTUPLE))
		return snull_rule_refuse(priv, -EOPNOTSUPP,
					 "rules are off: ethtool -K … ntuple on");
	err = snull_flow_match(priv->dev, &nfc->fs, &rule.match);
	if (!err)
		err = snull_rule_action(priv, nfc, &rule);
	if (err)
		return err;
	location = snull_rule_place(priv, nfc->fs.location, &rule.match);
	if (location < 0)
		return location;
	new = kmalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	new->spec = nfc->fs;
	new->spec.location = location;
	new->context = nfc->fs.flow_type & FLOW_RSS ? nfc->rss_context : 0;
	memcpy(&new->match, &rule.match, sizeof(new->match));
	err = snull_rule_put(priv, location, new, &rule);
	if (err)
		kfree(new);
	else
		nfc->fs.location = location;
	return err;
}

static int snull_rule_delete(struct snull_priv *priv, u32 location)
{
	if (location >= NIC_RULES || !xa_load(&priv->rules, location))
		return -ENOENT;
	nic_set_rule(priv->nic, location, NULL);
	kfree(xa_erase(&priv->rules, location));
	return 0;
}

static u32 snull_rule_count(struct snull_priv *priv)
{
	struct snull_rule *rule;
	unsigned long i;
	u32 n = 0;

	xa_for_each(&priv->rules, i, rule)
		n++;
	return n;
}

static int snull_rule_show(struct snull_priv *priv, struct ethtool_rxnfc *nfc)
{
	u32 location = nfc->fs.location;
	const struct snull_rule *rule;

	if (location >= NIC_RULES)
		return -EINVAL;
	rule = xa_load(&priv->rules, location);
	if (!rule)
		return -ENOENT;
	nfc->data = NIC_RULES;
	nfc->fs = rule->spec;
	nfc->rss_context = rule->context;
	return 0;
}

static int snull_rule_list(struct snull_priv *priv, struct ethtool_rxnfc *nfc,
			   u32 *locations)
{
	struct snull_rule *rule;
	unsigned long i;
	u32 n = 0;

	xa_for_each(&priv->rules, i, rule) {
		if (n == nfc->rule_cnt)
			return -EMSGSIZE;
		locations[n++] = i;
	}
	nfc->rule_cnt = n;
	nfc->data = NIC_RULES;
	return 0;
}

/**
 * snull_get_rxnfc() - ethtool -n
 * @dev: the interface
 * @nfc: what is asked for, and where to put it
 * @locations: where to put the locations of all rules, if that is asked for
 *
 * Context: process, RTNL held.
 * Return: 0; -ENOENT if there is no rule; -EMSGSIZE if there are more than
 * @locations has room for; -EOPNOTSUPP for what the NIC does not have.
 */
int snull_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc,
		    u32 *locations)
{
	struct snull_priv *priv = netdev_priv(dev);
	u32 context = nfc->flow_type & FLOW_RSS ? nfc->rss_context : 0;

	switch (nfc->cmd) {
	case ETHTOOL_GRXRINGS:
		nfc->data = snull_get_rx_ring_count(dev);
		return 0;
	case ETHTOOL_GRXFH:
		return snull_get_hash_fields(dev, context,
					     nfc->flow_type & ~FLOW_RSS,
					     &nfc->data);
	case ETHTOOL_GRXCLSRLCNT:
		nfc->rule_cnt = snull_rule_count(priv);
		nfc->data = NIC_RULES | RX_CLS_LOC_SPECIAL;
		return 0;
	case ETHTOOL_GRXCLSRULE:
		return snull_rule_show(priv, nfc);
	case ETHTOOL_GRXCLSRLALL:
		return snull_rule_list(priv, nfc, locations);
	}
	return -EOPNOTSUPP;
}

/**
 * snull_set_rxnfc() - ethtool -N
 * @dev: the interface
 * @nfc: what to set
 *
 * Context: process, RTNL held.
 * Return: 0; or, with nothing changed, -EINVAL for what makes no sense, -ENOENT
 * if there is no rule to delete, -ENOSPC if all are taken, -EOPNOTSUPP for what
 * the NIC does not have, -ENOMEM.
 */
int snull_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc)
{
	struct snull_priv *priv = netdev_priv(dev);
	u32 context = nfc->flow_type & FLOW_RSS ? nfc->rss_context : 0;

	switch (nfc->cmd) {
	case ETHTOOL_SRXFH:
		return snull_set_hash_fields(dev, context,
					     nfc->flow_type & ~FLOW_RSS,
					     nfc->data);
	case ETHTOOL_SRXCLSRLINS:
		return snull_rule_add(priv, nfc);
	case ETHTOOL_SRXCLSRLDEL:
		return snull_rule_delete(priv, nfc->fs.location);
	}
	return -EOPNOTSUPP;
}

/* ---- for the rest of the driver -------------------------------------------------- */

/**
 * snull_rules_flush() - delete all rules
 * @priv: the interface
 *
 * Context: process, RTNL held, or while the interface is being taken away.
 */
void snull_rules_flush(struct snull_priv *priv)
{
	struct snull_rule *rule;
	unsigned long i;

	xa_for_each(&priv->rules, i, rule)
		snull_rule_delete(priv, i);
}

/**
 * snull_rules_fit() - can there be so few queues?
 * @priv: the interface
 * @queues: how many
 *
 * Context: process, RTNL held.
 * Return: false if a rule names a queue beyond them, or adds up to one.
 */
bool snull_rules_fit(struct snull_priv *priv, unsigned int queues)
{
	struct snull_rule *rule;
	unsigned long i;

	xa_for_each(&priv->rules, i, rule)
		if (snull_rule_top(priv, rule) >= queues)
			return false;
	return true;
}

/**
 * snull_rules_fit_table() - can an RSS context have this table?
 * @priv: the interface
 * @context: which context
 * @rss: its table
 *
 * Context: process, RTNL held.
 * Return: false if a rule adds to it, and the sum would be no queue in use.
 */
bool snull_rules_fit_table(struct snull_priv *priv, u32 context,
			   const struct nic_rss *rss)
{
	unsigned int top = snull_table_top(rss);
	struct snull_rule *rule;
	unsigned long i;

	xa_for_each(&priv->rules, i, rule)
		if (rule->spec.flow_type & FLOW_RSS &&
		    rule->context == context &&
		    rule->spec.ring_cookie + top >= priv->shape.queues)
			return false;
	return true;
}

/**
 * snull_rules_name_context() - is an RSS context in use?
 * @priv: the interface
 * @context: which one
 *
 * Context: process, RTNL held.
 * Return: true if a rule sends frames to it.
 */
bool snull_rules_name_context(struct snull_priv *priv, u32 context)
{
	struct snull_rule *rule;
	unsigned long i;

	xa_for_each(&priv->rules, i, rule)
		if (rule->spec.flow_type & FLOW_RSS && rule->context == context)
			return true;
	return false;
}
