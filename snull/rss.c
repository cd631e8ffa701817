// SPDX-License-Identifier: GPL-2.0-only
/*
 * rss.c - receive side scaling, the arithmetic.  All of it is pure.
 *
 * The Toeplitz hash is the one that every NIC has: for each bit of the input
 * that is set, add (exclusive or) the 32 bits of the key that begin at that
 * bit's place.  Its definition and its test vectors are Microsoft's, "Verifying
 * the RSS Hash Calculation".
 *
 * Read next: nic_rss.c
 */
#include <linux/bitops.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <net/ip.h>

#include "rss.h"
#include "wire.h"

/* Append the ports, if this protocol's are asked for and can be read. */
static void rss_read_ports(const u8 *frame, unsigned int len, unsigned int l4,
			   u32 asked, struct rss_flow *flow)
{
	if (!asked || l4 + sizeof(__be32) > len)
		return;
	memcpy(&flow->word[flow->words++], frame + l4, sizeof(__be32));
	flow->ports = true;
}

static u32 rss_asked(u8 proto, u32 tcp, u32 udp)
{
	return proto == IPPROTO_TCP ? tcp : proto == IPPROTO_UDP ? udp : 0;
}

static void rss_read_ip4(const u8 *frame, unsigned int len, unsigned int l3,
			 bool flip, u32 ports, struct rss_flow *flow)
{
	const struct iphdr *iph = (const void *)(frame + l3);

	if (l3 + sizeof(*iph) > len || iph->version != 4 || iph->ihl < 5)
		return;
	flow->word[0] = flip ? wire_flip_addr4(iph->saddr) : iph->saddr;
	flow->word[1] = flip ? wire_flip_addr4(iph->daddr) : iph->daddr;
	flow->words = 2;
	/* Later fragments have no ports: then none of them may count. */
	if (!ip_is_fragment(iph))
		rss_read_ports(frame, len, l3 + iph->ihl * 4,
			       ports & rss_asked(iph->protocol, RSS_PORTS_TCP4,
						 RSS_PORTS_UDP4), flow);
}

static void rss_read_ip6(const u8 *frame, unsigned int len, unsigned int l3,
			 bool flip, u32 ports, struct rss_flow *flow)
{
	const struct ipv6hdr *ip6h = (const void *)(frame + l3);

	if (l3 + sizeof(*ip6h) > len || ip6h->version != 6)
		return;
	memcpy(flow->word, &ip6h->saddr, sizeof(ip6h->saddr));
	memcpy(flow->word + 4, &ip6h->daddr, sizeof(ip6h->daddr));
	flow->words = 8;
	if (flip) {
		flow->word[1] = wire_flip_addr6(&ip6h->saddr);
		flow->word[5] = wire_flip_addr6(&ip6h->daddr);
	}
	rss_read_ports(frame, len, l3 + sizeof(*ip6h),
		       ports & rss_asked(ip6h->nexthdr, RSS_PORTS_TCP6,
					 RSS_PORTS_UDP6), flow);
}

/**
 * rss_read() - find out which flow a frame belongs to
 * @frame: the frame, from its destination address on
 * @len: bytes of it that may be read
 * @flip: its addresses are still to be flipped: see wire_rewrite_ip()
 * @ports: RSS_PORTS_*, the protocols whose ports count
 * @flow: where to put it
 *
 * Context: any.
 */
void rss_read(const u8 *frame, unsigned int len, bool flip, u32 ports,
	      struct rss_flow *flow)
{
	__be16 proto;
	unsigned int l3 = wire_find_l3(frame, len, &proto);

	flow->words = 0;
	flow->ports = false;
	if (!l3)
		return;
	if (proto == htons(ETH_P_IP))
		rss_read_ip4(frame, len, l3, flip, ports, flow);
	else if (proto == htons(ETH_P_IPV6))
		rss_read_ip6(frame, len, l3, flip, ports, flow);
}

static u32 rss_key_word(const u8 *key, unsigned int i)
{
	__be32 word;

	memcpy(&word, key + i * sizeof(word), sizeof(word));
	return ntohl(word);
}

/**
 * rss_toeplitz() - hash a flow
 * @key: RSS_KEY_LEN bytes
 * @flow: what to hash
 *
 * Context: any.
 * Return: the hash; 0 for a flow of no words.
 */
u32 rss_toeplitz(const u8 *key, const struct rss_flow *flow)
{
	unsigned int i, bit;
	u32 word, hash = 0;
	u64 window;

	for (i = 0; i < flow->words; i++) {
		window = (u64)rss_key_word(key, i) << 32 |
			 rss_key_word(key, i + 1);
		for (word = ntohl(flow->word[i]); word; word &= word - 1) {
			bit = __ffs(word);
			hash ^= (u32)(window >> (bit + 1));
		}
	}
	return hash;
}
