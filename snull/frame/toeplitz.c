// SPDX-License-Identifier: GPL-2.0-only
/*
 * toeplitz.c - receive side scaling, the arithmetic.  All of it is pure.
 *
 * The Toeplitz hash is the one that every NIC has: for each bit of the input
 * that is set, add (exclusive or) the 32 bits of the key that begin at that
 * bit's place.  Its definition and its test vectors are Microsoft's, "Verifying
 * the RSS Hash Calculation".
 *
 * Read next: nic/steer.c
 */
#include <linux/bitops.h>
#include <linux/string.h>

#include "headers.h"
#include "toeplitz.h"
#include "rewrite.h"

/* What is hashed of this packet, if it is not a fragment. */
static u8 rss_fields_of(u8 proto, u8 tcp, u8 udp)
{
	return proto == IPPROTO_TCP ? tcp :
	       proto == IPPROTO_UDP ? udp : RSS_ADDRS;
}

static void rss_read_ports(const u8 *frame, unsigned int len, unsigned int l4,
			   u8 fields, struct rss_flow *flow)
{
	__be16 ports[2] = {};

	if (!(fields & RSS_PORTS) || l4 + sizeof(ports) > len)
		return;
	if (fields & RSS_SPORT)
		memcpy(&ports[0], frame + l4, sizeof(ports[0]));
	if (fields & RSS_DPORT)
		memcpy(&ports[1], frame + l4 + sizeof(ports[0]),
		       sizeof(ports[1]));
	memcpy(&flow->word[flow->words++], ports, sizeof(ports));
	flow->ports = true;
}

static void rss_read_ip4(const u8 *frame, unsigned int len, unsigned int l3,
			 bool flip, const struct rss_fields *of,
			 struct rss_flow *flow)
{
	const struct iphdr *iph = (const void *)(frame + l3);
	u8 fields = RSS_ADDRS;

	if (l3 + sizeof(*iph) > len || iph->version != 4 || iph->ihl < 5)
		return;
	/* Later fragments have no ports: then none of them may count. */
	if (!ip_is_fragment(iph))
		fields = rss_fields_of(iph->protocol, of->tcp4, of->udp4);
	if (fields & RSS_SRC)
		flow->word[0] = flip ? wire_flip_addr4(iph->saddr) : iph->saddr;
	if (fields & RSS_DST)
		flow->word[1] = flip ? wire_flip_addr4(iph->daddr) : iph->daddr;
	flow->words = 2;
	rss_read_ports(frame, len, l3 + iph->ihl * 4, fields, flow);
}

static void rss_read_addr6(const struct in6_addr *addr, bool flip, __be32 *to)
{
	memcpy(to, addr, sizeof(*addr));
	if (flip)
		to[1] = wire_flip_addr6(addr);
}

static void rss_read_ip6(const u8 *frame, unsigned int len, unsigned int l3,
			 bool flip, const struct rss_fields *of,
			 struct rss_flow *flow)
{
	const struct ipv6hdr *ip6h = (const void *)(frame + l3);
	u8 fields;

	if (l3 + sizeof(*ip6h) > len || ip6h->version != 6)
		return;
	fields = rss_fields_of(ip6h->nexthdr, of->tcp6, of->udp6);
	if (fields & RSS_SRC)
		rss_read_addr6(&ip6h->saddr, flip, flow->word);
	if (fields & RSS_DST)
		rss_read_addr6(&ip6h->daddr, flip, flow->word + 4);
	flow->words = 8;
	rss_read_ports(frame, len, l3 + sizeof(*ip6h), fields, flow);
	if (!(fields & RSS_LABEL))
		return;
	if (!flow->ports)
		flow->words++;
	flow->word[8] ^= ip6_flowlabel(ip6h);
}

/**
 * rss_read() - find out which flow a frame belongs to
 * @frame: the frame, from its destination address on
 * @len: bytes of it that may be read
 * @flip: its addresses are still to be flipped: see wire_rewrite_ip()
 * @fields: what counts
 * @flow: where to put it
 *
 * Context: any.
 */
void rss_read(const u8 *frame, unsigned int len, bool flip,
	      const struct rss_fields *fields, struct rss_flow *flow)
{
	__be16 proto;
	unsigned int l3 = wire_find_l3(frame, len, &proto);

	memset(flow, 0, sizeof(*flow));
	if (!l3)
		return;
	if (proto == htons(ETH_P_IP))
		rss_read_ip4(frame, len, l3, flip, fields, flow);
	else if (proto == htons(ETH_P_IPV6))
		rss_read_ip6(frame, len, l3, flip, fields, flow);
}

static void rss_fold(__be32 *one, __be32 *other, enum rss_sym sym)
{
	__be32 xor = *one ^ *other;

	*one = sym == RSS_SYM_OR_XOR ? *one | *other : xor;
	*other = xor;
}

/**
 * rss_symmetric() - give both directions of a flow the same hash
 * @flow: what to hash, without a flow label
 * @sym: how; these are what ethtool calls symmetric-xor and symmetric-or-xor
 *
 * Context: any.
 */
void rss_symmetric(struct rss_flow *flow, enum rss_sym sym)
{
	unsigned int i, n = flow->words / 2; /* words of an address */
	__be32 *ports = &flow->word[2 * n];
	__be32 one, other;

	if (sym == RSS_SYM_NONE)
		return;
	for (i = 0; i < n; i++)
		rss_fold(&flow->word[i], &flow->word[n + i], sym);
	if (!flow->ports)
		return;
	one = htonl(ntohl(*ports) >> 16);
	other = htonl(ntohl(*ports) & 0xffff);
	rss_fold(&one, &other, sym);
	*ports = htonl(ntohl(one) << 16 | ntohl(other));
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
		window = get_unaligned_be64(key + i * sizeof(word));
		for (word = ntohl(flow->word[i]); word; word &= word - 1) {
			bit = __ffs(word);
			hash ^= (u32)(window >> (bit + 1));
		}
	}
	return hash;
}
