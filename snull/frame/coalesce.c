// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing in hardware: which segments may be put
 * together at all.
 *
 * "ethtool -K sn1 rx-gro-hw on" promises what GRO promises: whoever cuts the
 * result again gets back the very frames that came over the wire.  So
 * the rules are those of tcp_gro_receive() and inet_gro_receive(), or stricter:
 * segments that differ in anything but sequence number, identification, PSH
 * and length are not put together.  LRO, its ancestor, promised no such thing,
 * and must be off on a router.
 *
 * For each frame nic/coalesce.c calls coalesce_parse(), and coalesce_verify() if its
 * checksum is a finished one; then coalesce_match() and coalesce_append(), or
 * coalesce_start(); and when the run ends, coalesce_finish().  Pure functions:
 * no locks, any context.
 *
 * Read next: coalesce_run.c.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>

#include "coalesce.h"
#include "headers.h"
#include "segment.h"

/* TCP's reserved bits and all its flags but PSH, of which only ACK may be. */
#define COALESCE_FLAGS	htonl(0x0ff70000)

/* A datagram of this length fills its frame, or the frame is padded. */
static bool coalesce_fills(unsigned int l3_len, unsigned int frame_len)
{
	return ETH_HLEN + l3_len == frame_len ||
	       (ETH_HLEN + l3_len < frame_len && frame_len <= ETH_ZLEN);
}

/* ---- where is TCP? -------------------------------------------------------- */

static struct coalesce_at coalesce_at(unsigned int l3, u8 kind)
{
	return (struct coalesce_at){
		.l3 = l3,
		.l4 = l3 + (kind & COALESCE_IP4 ? sizeof(struct iphdr) :
						  sizeof(struct ipv6hdr)),
		.kind = kind,
	};
}

/*
 * Pass over hop-by-hop and destination options, which GSO passes over as well;
 * @at->l4 is behind them then.  Return: the protocol there, or -1.
 */
static int coalesce_skip_ext(const u8 *hdr, unsigned int len, int proto,
			     struct coalesce_at *at)
{
	while (proto == IPPROTO_HOPOPTS || proto == IPPROTO_DSTOPTS) {
		const struct ipv6_opt_hdr *ext = (const void *)(hdr + at->l4);

		/* None is shorter than 8 bytes, nor is there room for many. */
		if (at->l4 + 8 > len || at->l4 > SEG_HDR_MAX)
			return -1;
		at->kind |= COALESCE_EXT;
		if (proto == IPPROTO_HOPOPTS)
			at->kind |= COALESCE_HOP;
		at->l4 += ipv6_optlen(ext);
		proto = ext->nexthdr;
	}
	return proto;
}

/* Into a tunnel: @at is of the inner header then. */
static int coalesce_enter(const u8 *hdr, unsigned int len, bool ip4,
			  struct coalesce_at *at)
{
	const struct ipv6hdr *ip6h = (const void *)(hdr + at->l4);
	const struct iphdr *iph = (const void *)(hdr + at->l4);
	u8 ext = at->kind & (COALESCE_EXT | COALESCE_HOP);
	u8 outer = at->kind & COALESCE_IP4 ? COALESCE_OUTER4 : COALESCE_OUTER6;

	*at = coalesce_at(at->l4, ip4 ? COALESCE_IP4 : 0);
	at->kind |= outer | ext;
	if (at->l4 > len)
		return -1;
	if (!ip4)
		return ip6h->version == 6 ? ip6h->nexthdr : -1;
	if (iph->version != 4 || iph->ihl != 5 || ip_is_fragment(iph))
		return -1;
	return iph->protocol;
}

/*
 * What stands behind @proto: behind extension headers, and in a tunnel, but not
 * in two.  Return: the protocol there, or -1.
 */
static int coalesce_look(const u8 *hdr, unsigned int len, int proto,
			 struct coalesce_at *at)
{
	if (!(at->kind & COALESCE_IP4))
		proto = coalesce_skip_ext(hdr, len, proto, at);
	if (proto != IPPROTO_IPIP && proto != IPPROTO_IPV6)
		return proto;
	proto = coalesce_enter(hdr, len, proto == IPPROTO_IPIP, at);
	if (!(at->kind & COALESCE_IP4))
		proto = coalesce_skip_ext(hdr, len, proto, at);
	return proto;
}

/* ---- flows ---------------------------------------------------------------- */

/*
 * A name for a flow: two flows may have the same one, and then end each other's
 * runs.  The wire trick changes nothing in it.  Inline, because each segment needs
 * it, and a call costs ten instructions.
 */
static __always_inline u32 coalesce_name(const u8 *hdr,
					 const struct coalesce_at *at)
{
	const struct ipv6hdr *ip6h = (const void *)(hdr + at->l3);
	const struct iphdr *iph = (const void *)(hdr + at->l3);
	const __be32 *ports = (const void *)(hdr + at->l4);
	bool ip4 = at->kind & COALESCE_IP4;
	u32 from, to;

	from = ntohl(ip4 ? iph->saddr : ip6h->saddr.s6_addr32[3]) & ~0x100;
	to = ntohl(ip4 ? iph->daddr : ip6h->daddr.s6_addr32[3]) & ~0x100;
	return ntohl(*ports) ^ rol32(from, 7) ^ rol32(to, 21);
}

static enum coalesce_order coalesce_order_l4(int proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return COALESCE_FLOW;
	case IPPROTO_UDP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return COALESCE_FREE;
	default:
		return COALESCE_ALL;
	}
}

/**
 * coalesce_order_of() - what may a frame not overtake?
 * @hdr: start of the frame
 * @len: bytes there
 * @flow: with %COALESCE_FLOW, where to put a name of the flow, the same one for
 *	all frames of a flow, before the wire trick and after it
 *
 * Of frames that coalesce_parse() turned down.
 *
 * Context: any, hard interrupts included.
 * Return: whose turn comes before.
 */
enum coalesce_order coalesce_order_of(const u8 *hdr, unsigned int len,
				      u32 *flow)
{
	const struct ipv6hdr *ip6h = (const void *)(hdr + ETH_HLEN);
	const struct iphdr *iph = (const void *)(hdr + ETH_HLEN);
	const struct ethhdr *eth = (const void *)hdr;
	struct coalesce_at at;
	int proto = -1;

	if (len < ETH_HLEN + sizeof(*iph))
		return COALESCE_ALL;
	if (eth->h_proto == htons(ETH_P_ARP))
		return COALESCE_FREE;
	if (eth->h_proto == htons(ETH_P_IP)) {
		at = coalesce_at(ETH_HLEN, COALESCE_IP4);
		if (iph->ihl == 5 && !ip_is_fragment(iph))
			proto = iph->protocol;
	} else if (eth->h_proto == htons(ETH_P_IPV6) &&
		   len >= ETH_HLEN + sizeof(*ip6h)) {
		at = coalesce_at(ETH_HLEN, 0);
		proto = ip6h->nexthdr;
	} else {
		return COALESCE_ALL;
	}
	proto = coalesce_look(hdr, len, proto, &at);
	if (proto < 0 || at.l4 + sizeof(__be32) > len)
		return COALESCE_ALL;
	*flow = coalesce_name(hdr, &at);
	return coalesce_order_l4(proto);
}

/* ---- one segment -------------------------------------------------------- */

/* Return: the protocol inside, or -1 if it can't be coalesced. */
static int coalesce_parse_ip4(struct coalesce_key *key, const u8 *hdr,
			      unsigned int frame_len)
{
	const struct iphdr *iph = (const void *)(hdr + ETH_HLEN);

	key->at = coalesce_at(ETH_HLEN, COALESCE_IP4);
	key->id = ntohs(iph->id);
	key->payload = ntohs(iph->tot_len);
	if (iph->version != 4 || iph->ihl != 5 ||
	    iph->frag_off & ~htons(IP_DF) ||
	    !coalesce_fills(ntohs(iph->tot_len), frame_len) ||
	    ip_fast_csum(iph, 5))
		return -1;
	return iph->protocol;
}

static int coalesce_parse_ip6(struct coalesce_key *key, const u8 *hdr,
			      unsigned int frame_len)
{
	const struct ipv6hdr *ip6h = (const void *)(hdr + ETH_HLEN);

	key->at = coalesce_at(ETH_HLEN, 0);
	key->id = 0;
	key->payload = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (ip6h->version != 6 ||
	    key->at.l4 + ntohs(ip6h->payload_len) != frame_len)
		return -1;
	return ip6h->nexthdr;
}

/* A tunnel's inner header: it is to fill the outer one's payload. */
static bool coalesce_parse_inner(struct coalesce_key *key, const u8 *hdr)
{
	unsigned int end = ETH_HLEN + key->payload, l3 = key->at.l3;
	const struct ipv6hdr *ip6h = (const void *)(hdr + l3);
	const struct iphdr *iph = (const void *)(hdr + l3);

	key->outer_id = key->id;
	key->id = 0;
	if (!(key->at.kind & COALESCE_IP4))
		return l3 + sizeof(*ip6h) + ntohs(ip6h->payload_len) == end;
	key->id = ntohs(iph->id);
	return !(iph->frag_off & ~htons(IP_DF)) &&
	       l3 + ntohs(iph->tot_len) == end && !ip_fast_csum(iph, 5);
}

/* TCP is not where it is in most: look for it, out of the way of those. */
static noinline bool coalesce_parse_inside(struct coalesce_key *key,
					   const u8 *hdr, unsigned int len,
					   int proto, u32 may)
{
	if (coalesce_look(hdr, len, proto, &key->at) != IPPROTO_TCP)
		return false;
	if (key->at.kind & COALESCE_HOP && !(may & COALESCE_MAY_HOP))
		return false;
	return !(key->at.kind & COALESCE_OUTER) ||
	       coalesce_parse_inner(key, hdr);
}

/*
 * Where CWR is one of AccECN's counters it stands in segment after segment,
 * and not just in the first one of a large packet.
 */
static noinline bool coalesce_parse_cwr(struct coalesce_key *key,
					const struct tcphdr *th, u32 may)
{
	key->at.kind |= COALESCE_CWR;
	return may & COALESCE_MAY_CWR &&
	       (tcp_flag_word(th) & COALESCE_FLAGS) ==
	       (TCP_FLAG_ACK | TCP_FLAG_CWR);
}

/**
 * coalesce_parse() - may this frame be part of a coalesced one?
 * @key: where to put what coalesce_match() and coalesce_append() need
 * @hdr: start of the frame, its IP header aligned as the architecture needs it
 * @len: bytes in @hdr
 * @frame_len: bytes in the whole frame
 * @csum: what its descriptor says about checksums
 * @may: COALESCE_MAY_*, what the host can cut again
 *
 * A candidate is a TCP segment with payload, no flag but ACK and perhaps PSH
 * or, if it may, CWR, with no VLAN tag among its bytes, with no IPv4 options nor
 * fragmentation, and no IPv6 extension headers but options; as it is, or in one
 * tunnel of IPv4 or IPv6 in either.
 * Padding is not payload.  With @key->finished its checksum is still to be
 * checked: coalesce_verify().
 *
 * Context: any, hard interrupts included.
 * Return: whether it is a candidate; if not, @key is undefined.
 */
bool coalesce_parse(struct coalesce_key *key, const u8 *hdr, unsigned int len,
		    unsigned int frame_len, const struct wire_csum *csum,
		    u32 may)
{
	const struct ethhdr *eth = (const struct ethhdr *)hdr;
	const struct tcphdr *th;
	unsigned int l4;
	int proto;

	len = min(len, frame_len);
	if (len < ETH_HLEN + sizeof(struct iphdr) + sizeof(*th))
		return false;
	if (eth->h_proto == htons(ETH_P_IP))
		proto = coalesce_parse_ip4(key, hdr, frame_len);
	else if (eth->h_proto == htons(ETH_P_IPV6))
		proto = coalesce_parse_ip6(key, hdr, frame_len);
	else
		return false;
	if (unlikely(proto != IPPROTO_TCP) &&
	    !coalesce_parse_inside(key, hdr, len, proto, may))
		return false;

	l4 = key->at.l4;
	th = (const struct tcphdr *)(hdr + l4);
	if (len < l4 + sizeof(*th) || th->doff < 5)
		return false;
	key->hdr_len = l4 + th->doff * 4;
	/* So far, it was the length of the whole datagram. */
	if (key->hdr_len > len || key->hdr_len >= ETH_HLEN + key->payload)
		return false;
	key->payload -= key->hdr_len - ETH_HLEN;
	if (unlikely((tcp_flag_word(th) & COALESCE_FLAGS) != TCP_FLAG_ACK) &&
	    !coalesce_parse_cwr(key, th, may))
		return false;
	key->flow = coalesce_name(hdr, &key->at);
	key->seq = ntohl(th->seq);
	key->psh = th->psh;
	key->finished = !csum->partial;

	return key->finished ||
	       (csum->start == l4 &&
		csum->offset == offsetof(struct tcphdr, check));
}

/*
 * The sum of the pseudo header, which is what a partial checksum holds: as
 * tcp_v4_check() and tcp_v6_check() call these, in net/tcp.h, which knows skbs.
 */
static __sum16 coalesce_pseudo(const u8 *hdr, const struct coalesce_at *at,
			       unsigned int l4_len)
{
	const struct ipv6hdr *ip6h = (const void *)(hdr + at->l3);
	const struct iphdr *iph = (const void *)(hdr + at->l3);

	if (at->kind & COALESCE_IP4)
		return ~csum_tcpudp_magic(iph->saddr, iph->daddr, l4_len,
					  IPPROTO_TCP, 0);
	return ~csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, l4_len,
				IPPROTO_TCP, 0);
}

/**
 * coalesce_verify() - check a finished checksum, and make a partial one of it
 * @key: what coalesce_parse() said; keeps the checksum, in case that nothing
 *	follows
 * @hdr: @key->hdr_len bytes of headers, a private copy
 * @payload: the sum of the payload
 *
 * Of a frame that came from another network, say, or from a sender with
 * "ethtool -K sn0 tx off".
 *
 * Context: any, hard interrupts included.
 * Return: whether it is right.  If not, nothing was changed.
 */
bool coalesce_verify(struct coalesce_key *key, u8 *hdr, __wsum payload)
{
	unsigned int l4 = key->at.l4, l4_hdr = key->hdr_len - l4;
	struct tcphdr *th = (void *)(hdr + l4);
	__sum16 pseudo;
	__wsum sum;

	pseudo = coalesce_pseudo(hdr, &key->at, l4_hdr + key->payload);
	sum = csum_add(csum_partial(th, l4_hdr, 0), payload);
	if (csum_fold(csum_add(sum, csum_unfold(pseudo))))
		return false;
	key->check = th->check;
	th->check = pseudo;
	return true;
}
