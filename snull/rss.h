/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rss.h - receive side scaling, the arithmetic: which flow a frame belongs to,
 * and the Toeplitz hash of it.
 *
 * Read next: rss.c, then nic_rss.c, which chooses a queue by the hash.
 */
#ifndef SNULL_RSS_H
#define SNULL_RSS_H

#include <linux/bits.h>
#include <linux/types.h>

#define RSS_KEY_LEN		40
/* Addresses and ports of IPv6, the longest that is hashed. */
#define RSS_WORDS_MAX		9

/* Which packets' ports are hashed, beside their addresses. */
#define RSS_PORTS_TCP4		BIT(0)
#define RSS_PORTS_UDP4		BIT(1)
#define RSS_PORTS_TCP6		BIT(2)
#define RSS_PORTS_UDP6		BIT(3)
#define RSS_PORTS_ALL		(RSS_PORTS_TCP4 | RSS_PORTS_UDP4 | \
				 RSS_PORTS_TCP6 | RSS_PORTS_UDP6)

/**
 * struct rss_flow - what of a frame is hashed
 * @word: source address, destination address and, if @ports, both ports
 * @words: how many of them; 0: not IP, and never hashed
 * @ports: the ports are among them
 */
struct rss_flow {
	__be32 word[RSS_WORDS_MAX];
	u8 words;
	bool ports;
};

void rss_read(const u8 *frame, unsigned int len, bool flip, u32 ports,
	      struct rss_flow *flow);
u32 rss_toeplitz(const u8 *key, const struct rss_flow *flow);

#endif /* SNULL_RSS_H */
