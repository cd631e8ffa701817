/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ethtool_rss.h - the operations of ethtool_rss.c, as this kernel's struct
 * ethtool_ops has them.
 */
#ifndef SNULL_ETHTOOL_RSS_H
#define SNULL_ETHTOOL_RSS_H

#include <linux/ethtool.h>

#include "compat.h"

u32 snull_get_rxfh_indir_size(struct net_device *dev);
u32 snull_get_rxfh_key_size(struct net_device *dev);
u32 snull_get_rx_ring_count(struct net_device *dev);

int snull_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh);
int snull_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
		   struct netlink_ext_ack *extack);

/* The arguments were put into a struct in 6.8. */
#if SNULL_KERNEL_SINCE(6, 8)
#define SNULL_RXFH_OPS							\
	.get_rxfh		= snull_get_rxfh,			\
	.set_rxfh		= snull_set_rxfh
#else
int snull_get_rxfh_args(struct net_device *dev, u32 *indir, u8 *key,
			u8 *hfunc);
int snull_set_rxfh_args(struct net_device *dev, const u32 *indir,
			const u8 *key, const u8 hfunc);

#define SNULL_RXFH_OPS							\
	.get_rxfh		= snull_get_rxfh_args,			\
	.set_rxfh		= snull_set_rxfh_args
#endif

/* What is hashed has had operations of its own since 6.17, rings since 6.19. */
#if SNULL_KERNEL_SINCE(6, 19)
int snull_get_rxfh_fields(struct net_device *dev,
			  struct ethtool_rxfh_fields *rxfh);
int snull_set_rxfh_fields(struct net_device *dev,
			  const struct ethtool_rxfh_fields *rxfh,
			  struct netlink_ext_ack *extack);

#define SNULL_HASH_FIELDS_OPS						\
	.get_rxfh_fields	= snull_get_rxfh_fields,		\
	.set_rxfh_fields	= snull_set_rxfh_fields,		\
	.get_rx_ring_count	= snull_get_rx_ring_count
#else
int snull_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc,
		    u32 *rules);
int snull_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc);

#define SNULL_HASH_FIELDS_OPS						\
	.get_rxnfc		= snull_get_rxnfc,			\
	.set_rxnfc		= snull_set_rxnfc
#endif

#endif /* SNULL_ETHTOOL_RSS_H */
