/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ethtool_rss.h - the operations of ethtool_rss.c and ethtool_steer.c, as this
 * kernel's struct ethtool_ops has them.
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

/* A way of its own to say which symmetric hashes there are since 6.15. */
#ifdef SNULL_HAVE_RSS_SYM
#define SNULL_RSS_SYM_OPS						\
	.supported_input_xfrm	= RXH_XFRM_SYM_XOR | RXH_XFRM_SYM_OR_XOR,
#else
#define SNULL_RSS_SYM_OPS
#endif

#if SNULL_RSS_RESIZES
#define SNULL_RSS_RESIZE_OPS						\
	.rxfh_indir_space	= NIC_RSS_ENTRIES,
#else
#define SNULL_RSS_RESIZE_OPS
#endif

#ifdef SNULL_HAVE_RSS_CONTEXTS
int snull_create_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      const struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack);
int snull_modify_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      const struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack);
int snull_remove_rxfh_context(struct net_device *dev,
			      struct ethtool_rxfh_context *ctx,
			      u32 rss_context,
			      struct netlink_ext_ack *extack);

/* Kbuild has looked for these two. */
#ifdef SNULL_HAVE_RSS_FIELDS
#define SNULL_RSS_FIELDS_OPS						\
	.rxfh_per_ctx_fields	= true,
#else
#define SNULL_RSS_FIELDS_OPS
#endif
#ifdef SNULL_HAVE_RSS_RULE_ADDS
#define SNULL_RSS_RULE_ADDS_OPS						\
	.cap_rss_rxnfc_adds	= true,
#else
#define SNULL_RSS_RULE_ADDS_OPS
#endif

#define SNULL_RSS_CONTEXT_OPS						\
	SNULL_RSS_RULE_ADDS_OPS						\
	SNULL_RSS_FIELDS_OPS						\
	.rxfh_per_ctx_key	= true,					\
	.rxfh_max_num_contexts	= NIC_RSS_CONTEXTS,			\
	SNULL_RSS_RESIZE_OPS						\
	.create_rxfh_context	= snull_create_rxfh_context,		\
	.modify_rxfh_context	= snull_modify_rxfh_context,		\
	.remove_rxfh_context	= snull_remove_rxfh_context,
#else
#define SNULL_RSS_CONTEXT_OPS
#endif

/* Rules; and on kernels before that all that the operations below are for. */
int snull_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc,
		    u32 *locations);
int snull_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *nfc);

int snull_get_hash_fields(struct net_device *dev, u32 context, u32 flow_type,
			  u64 *fields);
int snull_set_hash_fields(struct net_device *dev, u32 context, u32 flow_type,
			  u64 fields);

/* What is hashed has had operations of its own since 6.17, rings since 6.19. */
#if SNULL_KERNEL_SINCE(6, 17)
int snull_get_rxfh_fields(struct net_device *dev,
			  struct ethtool_rxfh_fields *rxfh);
int snull_set_rxfh_fields(struct net_device *dev,
			  const struct ethtool_rxfh_fields *rxfh,
			  struct netlink_ext_ack *extack);

#define SNULL_HASH_FIELDS_OPS						\
	.get_rxfh_fields	= snull_get_rxfh_fields,		\
	.set_rxfh_fields	= snull_set_rxfh_fields,		\
	SNULL_RX_RINGS_OPS
#else
#define SNULL_HASH_FIELDS_OPS
#endif

#if SNULL_KERNEL_SINCE(6, 19)
#define SNULL_RX_RINGS_OPS						\
	.get_rx_ring_count	= snull_get_rx_ring_count,
#else
#define SNULL_RX_RINGS_OPS
#endif

#endif /* SNULL_ETHTOOL_RSS_H */
