// SPDX-License-Identifier: GPL-2.0-only
/*
 * rewrite.c - LDD3's wire trick: both ends of the cable in one namespace.
 *
 * A host does not send to its own addresses over a wire.  So chapter 17 of
 * Linux Device Drivers gives each interface a network of its own and lets the
 * wire flip the lowest bit of the third octet of both addresses: sn0, which is
 * 192.168.0.1, sends to 192.168.0.2; what arrives at sn1 comes from
 * 192.168.1.1 and is for 192.168.1.2, sn1's own.  For IPv6 the bit is the
 * lowest of the subnet id.
 *
 * LDD3 recomputes the IP checksum and leaves the others wrong.  This wire
 * keeps them all right, without reading what they cover: it knows what the
 * flip adds to the sum (RFC 1624).  The work is cut in two.  wire_plan_*()
 * read and check, wire_flip_*() write; a frame that fails a check is not
 * touched.  Pure functions: no locks, any context.
 *
 * Read next: ip6ext.c for the headers between IPv6 and TCP, or segment.c.
 */
#include <linux/crc32.h>
#include <linux/minmax.h>

#include "headers.h"
#include "ip6ext.h"
#include "rewrite.h"
#include "tag.h"

#define WIRE_VLAN_MAX	2

/* What the reading half found, for the writing half; offsets in the frame. */
struct wire_plan {
	__be16 proto;		/* of the network layer */
	unsigned int l3;
	unsigned int end;	/* no header may be read beyond it */
	unsigned int check;	/* transport checksum, or 0 */
	unsigned int quote;	/* IP header quoted in an ICMP error, or 0 */
	bool clipped;		/* the datagram goes on behind @end */
	bool pseudo;		/* @check covers the addresses */
	bool transport;		/* @check is TCP's or UDP's */
	bool zero_none;		/* UDP: a checksum of 0 is no checksum */
	bool routed;		/* see struct ip6ext_end */
};

/* ---- reading and checking ----------------------------------------------- */

/**
 * wire_find_l3() - find a frame's network header, behind its VLAN tags
 * @frame: the frame, from its destination address on
 * @len: bytes of it that may be read
 * @proto: where to put the network protocol
 *
 * Context: any.
 * Return: its offset, or 0 if the frame ends before.
 */
unsigned int wire_find_l3(const u8 *frame, unsigned int len, __be16 *proto)
{
	unsigned int off = offsetof(struct ethhdr, h_proto);
	unsigned int tags;

	for (tags = 0; ; tags++, off += TAG_LEN) {
		if (len < off + sizeof(__be16))
			return 0;
		*proto = *(const __be16 *)(frame + off);
		if (!eth_type_vlan(*proto) || tags == WIRE_VLAN_MAX)
			return off + sizeof(__be16);
	}
}

/*
 * An error quotes the packet that caused it, as it looked on this side of the
 * wire; its sender knows it only by its addresses on the other side.
 */
static bool wire_plan_quote(const u8 *frame, unsigned int off,
			    struct wire_plan *plan)
{
	bool ip6 = plan->proto == htons(ETH_P_IPV6);
	unsigned int quote = off + sizeof(struct icmphdr);
	unsigned int need = ip6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	if (!(ip6 ? icmpv6_is_err(frame[off]) : icmp_is_err(frame[off])))
		return true;
	/* A sender may quote too little.  We may not see too little. */
	if (quote + need > plan->end)
		return !plan->clipped;
	if (frame[quote] >> 4 == (ip6 ? 6 : 4))
		plan->quote = quote;
	return true;
}

static bool wire_plan_l4(const u8 *frame, unsigned int off, u8 proto,
			 struct wire_plan *plan)
{
	bool ip6 = plan->proto == htons(ETH_P_IPV6);
	unsigned int check;

	switch (proto) {
	case IPPROTO_TCP:
		check = offsetof(struct tcphdr, check);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		check = offsetof(struct udphdr, check);
		plan->zero_none = true;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (proto != (ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
			return true;
		check = offsetof(struct icmphdr, checksum);
		break;
	default:
		return true;	/* no checksum over the addresses, we hope */
	}

	if (off + check + sizeof(__sum16) > plan->end)
		return false;
	plan->check = off + check;
	plan->pseudo = proto != IPPROTO_ICMP;
	plan->transport = proto == IPPROTO_TCP || proto == IPPROTO_UDP;

	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6)
		return wire_plan_quote(frame, off, plan);
	return true;
}

/* Take the datagram's length from its header, if the frame can hold it. */
static bool wire_plan_end(struct wire_plan *plan, unsigned int datagram,
			  unsigned int len, unsigned int frame_len)
{
	if (plan->l3 + datagram > frame_len)
		return false;
	plan->end = min(plan->l3 + datagram, len);
	plan->clipped = plan->l3 + datagram > len;
	return true;
}

static bool wire_plan_ip4(const u8 *frame, unsigned int len,
			  unsigned int frame_len, struct wire_plan *plan)
{
	const struct iphdr *iph = (const void *)(frame + plan->l3);
	unsigned int ihl, tot_len;

	if (plan->l3 + sizeof(*iph) > len)
		return false;
	ihl = iph->ihl * 4;
	tot_len = ntohs(iph->tot_len);
	if (iph->version != 4 || ihl < sizeof(*iph) || tot_len < ihl)
		return false;
	if (!wire_plan_end(plan, tot_len, len, frame_len))
		return false;
	if (plan->l3 + ihl > plan->end)
		return false;

	/* The transport checksum travels in the first fragment. */
	if (iph->frag_off & htons(IP_OFFSET))
		return true;
	return wire_plan_l4(frame, plan->l3 + ihl, iph->protocol, plan);
}

static bool wire_plan_ip6(const u8 *frame, unsigned int len,
			  unsigned int frame_len, struct wire_plan *plan)
{
	const struct ipv6hdr *ip6h = (const void *)(frame + plan->l3);
	struct ip6ext_end l4;

	if (plan->l3 + sizeof(*ip6h) > len || ip6h->version != 6)
		return false;
	if (!wire_plan_end(plan, sizeof(*ip6h) + ntohs(ip6h->payload_len),
			   len, frame_len))
		return false;
	if (!ip6ext_walk(frame, plan->end, plan->l3, &l4))
		return false;

	plan->routed = l4.routed;
	if (l4.fragment)
		return true;
	return wire_plan_l4(frame, l4.off, l4.proto, plan);
}

/* ---- writing ------------------------------------------------------------ */

/**
 * wire_flip_addr4() - what becomes of an IPv4 address in transit
 * @addr: the address
 *
 * Some addresses mean the same on both sides of the wire.  So that the wire is
 * its own inverse, those that would turn into one of them stay as well.
 *
 * Context: any.
 * Return: the address at the other end.
 */
__be32 wire_flip_addr4(__be32 addr)
{
	const __be32 bit = htonl(0x00000100);

	if (!(addr & ~bit) || ipv4_is_loopback(addr) ||
	    ipv4_is_multicast(addr) || ipv4_is_lbcast(addr | bit))
		return addr;
	return addr ^ bit;
}

/**
 * wire_flip_addr6() - what becomes of an IPv6 address in transit
 * @addr: the address
 *
 * Context: any.
 * Return: its second word at the other end; the others never change.
 */
__be32 wire_flip_addr6(const struct in6_addr *addr)
{
	const __be32 *word = addr->s6_addr32;
	const __be32 bit = htonl(0x00000001);

	/* Multicast, link-local, and then :: and ::1. */
	if ((word[0] & htonl(0xff000000)) == htonl(0xff000000) ||
	    (word[0] & htonl(0xffc00000)) == htonl(0xfe800000) ||
	    !(word[0] | (word[1] & ~bit) | word[2] | (word[3] & ~bit)))
		return word[1];
	return word[1] ^ bit;
}

/* Write @new over @old; return what that adds to a one's complement sum. */
static __wsum wire_set(__be32 *old, __be32 new)
{
	__wsum delta = csum_sub((__force __wsum)new, (__force __wsum)*old);

	*old = new;
	return delta;
}

static bool wire_flip_ip4(struct iphdr *iph, __wsum *delta)
{
	__be32 saddr = wire_flip_addr4(iph->saddr);
	__be32 daddr = wire_flip_addr4(iph->daddr);

	if (saddr == iph->saddr && daddr == iph->daddr)
		return false;
	*delta = csum_add(wire_set(&iph->saddr, saddr),
			  wire_set(&iph->daddr, daddr));
	csum_replace_by_diff(&iph->check, *delta);
	return true;
}

/* @routed: report the source's share only. */
static bool wire_flip_ip6(struct ipv6hdr *ip6h, bool routed, __wsum *delta)
{
	__be32 saddr = wire_flip_addr6(&ip6h->saddr);
	__be32 daddr = wire_flip_addr6(&ip6h->daddr);
	__wsum dst_delta;

	if (saddr == ip6h->saddr.s6_addr32[1] &&
	    daddr == ip6h->daddr.s6_addr32[1])
		return false;
	*delta = wire_set(&ip6h->saddr.s6_addr32[1], saddr);
	dst_delta = wire_set(&ip6h->daddr.s6_addr32[1], daddr);
	if (!routed)
		*delta = csum_add(*delta, dst_delta);
	return true;
}

static void wire_fix_check(__sum16 *check, __wsum delta, bool partial,
			   bool zero_none)
{
	if (partial) {
		*check = ~csum_fold(csum_add(csum_unfold(*check), delta));
		return;
	}
	if (zero_none && !*check)
		return;
	csum_replace_by_diff(check, delta);
	if (zero_none && !*check)
		*check = CSUM_MANGLED_0;
}

static enum wire_verdict wire_flip(u8 *frame, const struct wire_plan *plan,
				   const struct wire_csum *csum)
{
	/* Any other field is a tunnelled packet's, and ours is finished. */
	bool partial = csum->partial &&
		       csum->start + csum->offset == plan->check;
	__wsum delta = 0, quote_delta = 0, sum = 0;
	bool outer, quoted = false;

	if (plan->proto == htons(ETH_P_IP)) {
		outer = wire_flip_ip4((void *)(frame + plan->l3), &delta);
		if (plan->quote)
			quoted = wire_flip_ip4((void *)(frame + plan->quote),
					       &quote_delta);
		/* Its own checksum makes up for it, seen from outside. */
		quote_delta = 0;
	} else {
		outer = wire_flip_ip6((void *)(frame + plan->l3), plan->routed,
				      &delta);
		if (plan->quote)
			quoted = wire_flip_ip6((void *)(frame + plan->quote),
					       false, &quote_delta);
	}
	if (!outer && !quoted)
		return WIRE_PASSED;

	if (plan->pseudo && outer)
		sum = delta;
	/* The quote is data: hardware that has yet to sum will see it. */
	if (!partial)
		sum = csum_add(sum, quote_delta);
	if (plan->check && sum)
		wire_fix_check((__sum16 *)(frame + plan->check), sum, partial,
			       plan->zero_none);
	return WIRE_REWRITTEN;
}

/* ---- the interface ------------------------------------------------------ */

static bool wire_is_ip(__be16 proto)
{
	return proto == htons(ETH_P_IP) || proto == htons(ETH_P_IPV6);
}

/* Return: false if it isn't IP, or its headers don't fit together. */
static bool wire_plan(const u8 *frame, unsigned int len, unsigned int frame_len,
		      struct wire_plan *plan)
{
	plan->l3 = wire_find_l3(frame, len, &plan->proto);
	if (!plan->l3 || !wire_is_ip(plan->proto))
		return false;
	return plan->proto == htons(ETH_P_IP) ?
	       wire_plan_ip4(frame, len, frame_len, plan) :
	       wire_plan_ip6(frame, len, frame_len, plan);
}

/**
 * wire_rewrite_ip() - flip the network bit in a frame's IP addresses
 * @frame: private, linear, writable copy of the start of the frame, from its
 *	Ethernet header; its IP header aligned as the architecture needs it
 * @len: bytes in @frame: WIRE_LOOK_MAX, or the whole frame
 * @frame_len: bytes in the whole frame
 * @csum: what the descriptor says about checksums
 *
 * IPv4: flips the lowest bit of the third octet, save in 0.0.0.0, 127.0.0.0/8,
 * multicast and 255.255.255.255, and in what would become the first or the last
 * of these.  IPv6: the lowest bit of byte 7, save in ::,
 * ::1, link-local and multicast.  Each address is judged alone.  Behind up to
 * two VLAN tags as well.  The header quoted in an ICMP error is treated
 * likewise, up to its own checksum: whether a quoted transport checksum is a
 * finished one cannot be known, and nobody looks at it.
 *
 * The checksums of IPv4, TCP, UDP, UDP-Lite, ICMP and ICMPv6 are updated as in
 * RFC 1624, equation 3: a wrong one stays wrong.  Those of protocols with a
 * pseudo header of their own (DCCP, OSPFv3, IPsec's AH) are not.
 *
 * Context: any, hard interrupts included.
 * Return: what was done.  With WIRE_MALFORMED @frame is as it was: what to do
 * with it is the caller's business; a cable would not care.
 */
enum wire_verdict wire_rewrite_ip(u8 *frame, unsigned int len,
				  unsigned int frame_len,
				  const struct wire_csum *csum)
{
	struct wire_plan plan = {};
	bool sane;

	sane = wire_plan(frame, len, frame_len, &plan);
	if (plan.l3 && !wire_is_ip(plan.proto))
		return WIRE_PASSED;
	return sane ? wire_flip(frame, &plan, csum) : WIRE_MALFORMED;
}

/**
 * wire_find_check() - find the checksum that vouches for a frame's data
 * @frame: start of the frame, from its Ethernet header; its IP header aligned
 *	as the architecture needs it
 * @len: bytes in @frame: WIRE_LOOK_MAX, or the whole frame
 * @frame_len: bytes in the whole frame
 *
 * Context: any, hard interrupts included.
 * Return: offset of the outermost TCP or UDP header's checksum; 0 if there is
 * none, as in a fragment, or if the headers lie.
 */
unsigned int wire_find_check(const u8 *frame, unsigned int len,
			     unsigned int frame_len)
{
	struct wire_plan plan = {};

	if (!wire_plan(frame, len, frame_len, &plan) || !plan.transport)
		return 0;
	return plan.check;
}

/**
 * wire_mc_hash() - the multicast filter's hash
 * @addr: Ethernet address
 *
 * The top six bits of the Ethernet CRC of @addr, as most NICs since the LANCE
 * compute it: 64 buckets, and every address of a bucket gets in.
 *
 * Context: any.
 * Return: 0 to 63.
 */
u32 wire_mc_hash(const u8 *addr)
{
	return ether_crc(ETH_ALEN, addr) >> 26;
}
