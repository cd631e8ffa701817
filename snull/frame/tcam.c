// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcam.c - which rule a frame matches, the arithmetic.  All of it is pure.
 *
 * Read next: nic/steer.c
 */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "headers.h"
#include "tcam.h"
#include "ip6ext.h"
#include "rewrite.h"

static void tcam_read_ports(const u8 *frame, unsigned int len, unsigned int l4,
			    struct tcam_key *key)
{
	if (l4 + sizeof(key->sport) + sizeof(key->dport) > len)
		return;
	memcpy(&key->sport, frame + l4, sizeof(key->sport));
	memcpy(&key->dport, frame + l4 + sizeof(key->sport),
	       sizeof(key->dport));
	key->has |= TCAM_PORTS;
}

static void tcam_read_ip4(const u8 *frame, unsigned int len, unsigned int l3,
			  bool flip, struct tcam_key *key)
{
	const struct iphdr *iph = (const void *)(frame + l3);

	if (l3 + sizeof(*iph) > len || iph->version != 4 || iph->ihl < 5)
		return;
	key->l4 = iph->protocol;
	key->tos = iph->tos;
	key->saddr[0] = flip ? wire_flip_addr4(iph->saddr) : iph->saddr;
	key->daddr[0] = flip ? wire_flip_addr4(iph->daddr) : iph->daddr;
	if (!ip_is_fragment(iph))
		tcam_read_ports(frame, len, l3 + iph->ihl * 4, key);
}

static void tcam_read_addr6(const struct in6_addr *addr, bool flip, __be32 *to)
{
	memcpy(to, addr, sizeof(*addr));
	if (flip)
		to[1] = wire_flip_addr6(addr);
}

static void tcam_read_ip6(const u8 *frame, unsigned int len, unsigned int l3,
			  bool flip, struct tcam_key *key)
{
	const struct ipv6hdr *ip6h = (const void *)(frame + l3);
	struct ip6ext_end end;

	if (l3 + sizeof(*ip6h) > len || ip6h->version != 6)
		return;
	key->tos = ipv6_get_dsfield(ip6h);
	tcam_read_addr6(&ip6h->saddr, flip, key->saddr);
	tcam_read_addr6(&ip6h->daddr, flip, key->daddr);
	/* Headers that end nowhere hide what is carried. */
	if (!ip6ext_walk(frame, len, l3, &end)) {
		key->l4 = ip6h->nexthdr;
		return;
	}
	key->l4 = end.proto;
	if (!end.fragmented)
		tcam_read_ports(frame, len, end.off, key);
}

/**
 * tcam_read() - lay out a frame's headers
 * @frame: the frame, from its destination address on
 * @len: bytes of it that may be read
 * @flip: its addresses are still to be flipped: see wire_rewrite_ip()
 * @key: where to put them
 *
 * Context: any.
 */
void tcam_read(const u8 *frame, unsigned int len, bool flip,
	       struct tcam_key *key)
{
	const struct ethhdr *eth = (const void *)frame;
	unsigned int l3;
	struct vlan_tag tag;

	BUILD_BUG_ON(sizeof(*key) != sizeof(key->word));
	memset(key, 0, sizeof(*key));
	l3 = wire_find_l3(frame, len, &key->proto);
	if (!l3)
		return;
	memcpy(key->dst, eth->h_dest, ETH_ALEN);
	memcpy(key->src, eth->h_source, ETH_ALEN);
	if (l3 > ETH_HLEN) {
		memcpy(&tag, frame + TAG_OFFSET, sizeof(tag));
		tcam_set_tag(key, tag);
	}
	if (key->proto == htons(ETH_P_IP))
		tcam_read_ip4(frame, len, l3, flip, key);
	else if (key->proto == htons(ETH_P_IPV6))
		tcam_read_ip6(frame, len, l3, flip, key);
}

/**
 * tcam_set_tag() - lay out a tag that is not among a frame's bytes
 * @key: the frame's headers, as tcam_read() has laid them out
 * @tag: its outermost tag
 *
 * Context: any.
 */
void tcam_set_tag(struct tcam_key *key, struct vlan_tag tag)
{
	key->has |= TCAM_TAG;
	key->tag_proto = tag.proto;
	key->tci = tag.tci;
}

/**
 * tcam_match() - compare a frame with an entry
 * @key: the frame's headers
 * @entry: the entry
 *
 * Context: any.
 * Return: true if all bits that count are as they shall be.
 */
bool tcam_match(const struct tcam_key *key, const struct tcam_entry *entry)
{
	unsigned int i;
	u64 odd = 0;

	for (i = 0; i < ARRAY_SIZE(key->word); i++)
		odd |= (key->word[i] ^ entry->value.word[i]) &
		       entry->mask.word[i];
	return !odd;
}
