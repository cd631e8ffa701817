/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * toeplitz.h - receive side scaling, the arithmetic: which flow a frame belongs to,
 * and the Toeplitz hash of it.
 *
 * Read next: toeplitz.c, then nic/steer.c, which chooses a queue by the hash.
 */
#ifndef SNULL_TOEPLITZ_H
#define SNULL_TOEPLITZ_H

#include <linux/bits.h>
#include <linux/types.h>

#define RSS_KEY_LEN		40
/* Addresses and ports of IPv6, the longest that is hashed. */
#define RSS_WORDS_MAX		9

/* What of a packet is hashed. */
#define RSS_SRC			BIT(0)	/* source address */
#define RSS_DST			BIT(1)	/* destination address */
#define RSS_SPORT		BIT(2)	/* source port */
#define RSS_DPORT		BIT(3)	/* destination port */
#define RSS_LABEL		BIT(4)	/* flow label, of IPv6 only */
#define RSS_ADDRS		(RSS_SRC | RSS_DST)
#define RSS_PORTS		(RSS_SPORT | RSS_DPORT)

/**
 * struct rss_fields - what is hashed, RSS_*, by kind of packet
 * @tcp4: TCP over IPv4
 * @udp4: UDP over IPv4
 * @tcp6: TCP over IPv6
 * @udp6: UDP over IPv6
 *
 * Of other packets, and of fragments, the two addresses are.
 */
struct rss_fields {
	u8 tcp4, udp4, tcp6, udp6;
};

/**
 * enum rss_sym - what is done to a flow before it is hashed
 * @RSS_SYM_NONE: nothing
 * @RSS_SYM_XOR: both addresses are replaced by their exclusive or, and both
 *	ports: so the other direction has the same hash
 * @RSS_SYM_OR_XOR: one by their or, the other by their exclusive or, which
 *	leaves more of a difference between flows
 */
enum rss_sym {
	RSS_SYM_NONE,
	RSS_SYM_XOR,
	RSS_SYM_OR_XOR,
};

/**
 * struct rss_flow - what of a frame is hashed
 * @word: source address, destination address and, if there is more to hash,
 *	both ports and the flow label in one: the key is not long enough for
 *	two.  What is not to be hashed is 0
 * @words: how many of them; 0: not IP, and never hashed
 * @ports: a port is among them
 */
struct rss_flow {
	__be32 word[RSS_WORDS_MAX];
	u8 words;
	bool ports;
};

void rss_read(const u8 *frame, unsigned int len, bool flip,
	      const struct rss_fields *fields, struct rss_flow *flow);
void rss_symmetric(struct rss_flow *flow, enum rss_sym sym);
u32 rss_toeplitz(const u8 *key, const struct rss_flow *flow);

#endif /* SNULL_TOEPLITZ_H */
