// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce.c - receive coalescing in hardware, as far as the headers go.
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
 * Read next: nic/rx.c, or segment.c, which is the way back.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "coalesce.h"
#include "segment.h"

/* TCP's reserved bits and all its flags but PSH, of which only ACK may be. */
#define COALESCE_FLAGS	htonl(0x0ff70000)

/**
 * coalesce_l4() - where a candidate's TCP header begins
 * @ip4: it is IPv4, else it is IPv6
 *
 * Context: any.
 * Return: its offset from the Ethernet header.
 */
unsigned int coalesce_l4(bool ip4)
{
	return ETH_HLEN + (ip4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
}

static const struct iphdr *coalesce_iph(const u8 *hdr)
{
	return (const struct iphdr *)(hdr + ETH_HLEN);
}

static const struct ipv6hdr *coalesce_ip6h(const u8 *hdr)
{
	return (const struct ipv6hdr *)(hdr + ETH_HLEN);
}

static const struct tcphdr *coalesce_th(const u8 *hdr, bool ip4)
{
	return (const struct tcphdr *)(hdr + coalesce_l4(ip4));
}

/* A datagram of this length fills its frame, or the frame is padded. */
static bool coalesce_fills(unsigned int l3_len, unsigned int frame_len)
{
	return ETH_HLEN + l3_len == frame_len ||
	       (ETH_HLEN + l3_len < frame_len && frame_len <= ETH_ZLEN);
}

/* ---- flows ---------------------------------------------------------------- */

/*
 * A name for a flow: two flows may have the same one, and then end each other's
 * runs.  The wire trick changes nothing in it.
 */
static u32 coalesce_name(const u8 *hdr, bool ip4)
{
	const __be32 *ports = (const __be32 *)(hdr + coalesce_l4(ip4));
	const struct ipv6hdr *ip6h = coalesce_ip6h(hdr);
	const struct iphdr *iph = coalesce_iph(hdr);
	u32 from, to;

	from = ntohl(ip4 ? iph->saddr : ip6h->saddr.s6_addr32[3]) & ~0x100;
	to = ntohl(ip4 ? iph->daddr : ip6h->daddr.s6_addr32[3]) & ~0x100;
	return ntohl(*ports) ^ rol32(from, 7) ^ rol32(to, 21);
}

static enum coalesce_order coalesce_order_l4(u8 proto)
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
	const struct ethhdr *eth = (const struct ethhdr *)hdr;
	const struct ipv6hdr *ip6h = coalesce_ip6h(hdr);
	const struct iphdr *iph = coalesce_iph(hdr);
	enum coalesce_order order;

	if (len < ETH_HLEN)
		return COALESCE_ALL;
	if (eth->h_proto == htons(ETH_P_ARP))
		return COALESCE_FREE;
	if (eth->h_proto == htons(ETH_P_IP) && len >= coalesce_l4(true) + 4 &&
	    iph->ihl == 5 && !(iph->frag_off & htons(IP_MF | IP_OFFSET))) {
		order = coalesce_order_l4(iph->protocol);
		*flow = coalesce_name(hdr, true);
	} else if (eth->h_proto == htons(ETH_P_IPV6) &&
		   len >= coalesce_l4(false) + 4) {
		order = coalesce_order_l4(ip6h->nexthdr);
		*flow = coalesce_name(hdr, false);
	} else {
		order = COALESCE_ALL;
	}
	return order;
}

/* ---- one segment -------------------------------------------------------- */

static bool coalesce_parse_ip4(struct coalesce_key *key, const u8 *hdr,
			       unsigned int frame_len)
{
	const struct iphdr *iph = coalesce_iph(hdr);

	key->ip4 = true;
	key->id = ntohs(iph->id);
	key->payload = ntohs(iph->tot_len);
	return iph->version == 4 && iph->ihl == 5 &&
	       iph->protocol == IPPROTO_TCP &&
	       !(iph->frag_off & ~htons(IP_DF)) &&
	       coalesce_fills(ntohs(iph->tot_len), frame_len) &&
	       !ip_fast_csum(iph, 5);
}

static bool coalesce_parse_ip6(struct coalesce_key *key, const u8 *hdr,
			       unsigned int frame_len)
{
	const struct ipv6hdr *ip6h = coalesce_ip6h(hdr);

	key->ip4 = false;
	key->id = 0;
	key->payload = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	return ip6h->version == 6 && ip6h->nexthdr == IPPROTO_TCP &&
	       coalesce_l4(false) + ntohs(ip6h->payload_len) == frame_len;
}

/**
 * coalesce_parse() - may this frame be part of a coalesced one?
 * @key: where to put what coalesce_match() and coalesce_append() need
 * @hdr: start of the frame, its IP header aligned as the architecture needs it
 * @len: bytes in @hdr
 * @frame_len: bytes in the whole frame
 * @csum: what its descriptor says about checksums
 *
 * A candidate is a TCP segment with payload, no flag but ACK and perhaps PSH,
 * untagged, with no IPv4 options, IPv6 extension headers or fragmentation.
 * Padding is not payload.  With @key->finished its checksum is still to be
 * checked: coalesce_verify().
 *
 * Context: any, hard interrupts included.
 * Return: whether it is a candidate; if not, @key is undefined.
 */
bool coalesce_parse(struct coalesce_key *key, const u8 *hdr, unsigned int len,
		    unsigned int frame_len, const struct wire_csum *csum)
{
	const struct ethhdr *eth = (const struct ethhdr *)hdr;
	const struct tcphdr *th;
	unsigned int l4;

	len = min(len, frame_len);
	if (len < ETH_HLEN + sizeof(struct iphdr) + sizeof(*th))
		return false;
	if (eth->h_proto == htons(ETH_P_IP)) {
		if (!coalesce_parse_ip4(key, hdr, frame_len))
			return false;
	} else if (eth->h_proto == htons(ETH_P_IPV6)) {
		if (!coalesce_parse_ip6(key, hdr, frame_len))
			return false;
	} else {
		return false;
	}

	l4 = coalesce_l4(key->ip4);
	th = coalesce_th(hdr, key->ip4);
	if (len < l4 + sizeof(*th) || th->doff < 5)
		return false;
	key->hdr_len = l4 + th->doff * 4;
	/* So far, it was the length of the whole datagram. */
	if (key->hdr_len > len || key->hdr_len >= ETH_HLEN + key->payload)
		return false;
	key->payload -= key->hdr_len - ETH_HLEN;
	if ((tcp_flag_word(th) & COALESCE_FLAGS) != TCP_FLAG_ACK)
		return false;
	key->flow = coalesce_name(hdr, key->ip4);
	key->seq = ntohl(th->seq);
	key->psh = th->psh;
	key->finished = !csum->partial;

	return key->finished ||
	       (csum->start == l4 &&
		csum->offset == offsetof(struct tcphdr, check));
}

/* The sum of the pseudo header, which is what a partial checksum holds. */
static __sum16 coalesce_pseudo(const u8 *hdr, bool ip4, unsigned int l4_len)
{
	const struct ipv6hdr *ip6h = coalesce_ip6h(hdr);
	const struct iphdr *iph = coalesce_iph(hdr);

	if (ip4)
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
	unsigned int l4 = coalesce_l4(key->ip4), l4_hdr = key->hdr_len - l4;
	struct tcphdr *th = (void *)(hdr + l4);
	__sum16 pseudo;
	__wsum sum;

	pseudo = coalesce_pseudo(hdr, key->ip4, l4_hdr + key->payload);
	sum = csum_add(csum_partial(th, l4_hdr, 0), payload);
	if (csum_fold(csum_add(sum, csum_unfold(pseudo))))
		return false;
	key->check = th->check;
	th->check = pseudo;
	return true;
}

/* ---- a run of segments -------------------------------------------------- */

/* The sum of the pseudo header, were the payload @new bytes and not @old. */
static __sum16 coalesce_check(__sum16 check, unsigned int old,
			      unsigned int new)
{
	__wsum delta = csum_sub((__force __wsum)htonl(new),
				(__force __wsum)htonl(old));

	return ~csum_fold(csum_add(csum_unfold(check), delta));
}

static bool coalesce_id_fits(const struct coalesce_agg *agg, u16 id)
{
	u16 step = id - agg->id;

	/* The second segment decides whether they count or stand still. */
	return step == (agg->fixed_id ? 0 : agg->segs) ||
	       (agg->segs == 1 && !step);
}

static bool coalesce_match_ip4(const u8 *head_hdr,
			       const struct coalesce_agg *agg, const u8 *hdr,
			       const struct coalesce_key *key)
{
	const struct iphdr *head = coalesce_iph(head_hdr);
	const struct iphdr *iph = coalesce_iph(hdr);

	if (head->saddr != iph->saddr || head->daddr != iph->daddr ||
	    head->tos != iph->tos || head->ttl != iph->ttl ||
	    head->frag_off != iph->frag_off)
		return false;

	return coalesce_id_fits(agg, key->id);
}

static bool coalesce_match_ip6(const u8 *head_hdr, const u8 *hdr)
{
	const struct ipv6hdr *head = coalesce_ip6h(head_hdr);
	const struct ipv6hdr *ip6h = coalesce_ip6h(hdr);
	unsigned int i;
	__be32 diff;

	/* Version, traffic class and flow label are the first word. */
	diff = *(const __be32 *)head ^ *(const __be32 *)ip6h;
	for (i = 0; i < ARRAY_SIZE(head->saddr.s6_addr32); i++) {
		diff |= head->saddr.s6_addr32[i] ^ ip6h->saddr.s6_addr32[i];
		diff |= head->daddr.s6_addr32[i] ^ ip6h->daddr.s6_addr32[i];
	}
	return !diff && head->hop_limit == ip6h->hop_limit;
}

static bool coalesce_match_tcp(const u8 *head_hdr,
			       const struct coalesce_agg *agg, const u8 *hdr,
			       const struct coalesce_key *key)
{
	const struct tcphdr *head = coalesce_th(head_hdr, agg->ip4);
	const struct tcphdr *th = coalesce_th(hdr, agg->ip4);
	const __be32 *head_opt = (const __be32 *)(head + 1);
	const __be32 *opt = (const __be32 *)(th + 1);
	const u8 *end = hdr + agg->hdr_len;
	__be32 diff = head->ack_seq ^ th->ack_seq;
	__sum16 check = head->check;

	while ((const u8 *)opt < end)
		diff |= *head_opt++ ^ *opt++;
	if (diff || head->source != th->source || head->dest != th->dest ||
	    head->window != th->window || head->urg_ptr != th->urg_ptr)
		return false;

	/* A partial checksum may be wrong, too: then leave it to the host. */
	if (key->payload != agg->mss)
		check = coalesce_check(check, agg->mss, key->payload);
	return th->check == check;
}

/**
 * coalesce_start() - begin a new run
 * @agg: the run
 * @key: its first segment
 *
 * Context: any, hard interrupts included.
 */
void coalesce_start(struct coalesce_agg *agg, const struct coalesce_key *key)
{
	*agg = (struct coalesce_agg){
		.next_seq = key->seq + key->payload,
		.bytes = key->payload,
		.segs = 1,
		.mss = key->payload,
		.id = key->id,
		.hdr_len = key->hdr_len,
		.ip4 = key->ip4,
		.psh = key->psh,
		.closed = coalesce_last(key),
		.finished = key->finished,
		.check = key->check,
	};
}

/**
 * coalesce_match() - may this segment follow?
 * @head_hdr: headers of the run's first segment, as they came
 * @agg: the run
 * @hdr: headers of the segment
 * @key: what coalesce_parse() said of it
 *
 * All that tcp_gro_receive() and inet_gro_receive() ask: same flow, next
 * sequence number, same ACK number, window and options; not longer than
 * the first; identifications that count by one, or stand still.  Also the same
 * urgent pointer, and the same Ethernet header.
 *
 * Context: any, hard interrupts included.
 * Return: whether coalesce_append() may be called for it.
 */
bool coalesce_match(const u8 *head_hdr, const struct coalesce_agg *agg,
		    const u8 *hdr, const struct coalesce_key *key)
{
	if (agg->closed || key->seq != agg->next_seq ||
	    key->hdr_len != agg->hdr_len || key->ip4 != agg->ip4 ||
	    key->payload > agg->mss ||
	    agg->hdr_len + agg->bytes + key->payload > U16_MAX)
		return false;
	if (compare_ether_header(head_hdr, hdr))
		return false;
	if (!(agg->ip4 ? coalesce_match_ip4(head_hdr, agg, hdr, key) :
			 coalesce_match_ip6(head_hdr, hdr)))
		return false;
	return coalesce_match_tcp(head_hdr, agg, hdr, key);
}

/**
 * coalesce_append() - add a segment to the run
 * @agg: the run
 * @key: a segment that coalesce_match() has let in
 *
 * A segment that is shorter than the first, or has PSH, closes the run.
 *
 * Context: any, hard interrupts included.
 */
void coalesce_append(struct coalesce_agg *agg, const struct coalesce_key *key)
{
	if (agg->segs == 1)
		agg->fixed_id = agg->ip4 && key->id == agg->id;
	agg->segs++;
	agg->bytes += key->payload;
	agg->next_seq += key->payload;
	agg->psh = key->psh;
	agg->closed = key->psh || key->payload < agg->mss;
}

/**
 * coalesce_finish() - make the first segment's headers those of the whole run
 * @head_hdr: headers of the run's first segment, as they came
 * @agg: the run
 *
 * Patches IP's length and checksum, PSH, and TCP's checksum, which is again
 * the sum of the pseudo header.  The result's segment size is @agg->mss, and
 * @agg->segs are in it.
 *
 * Context: any, hard interrupts included.
 * Return: SEG_*, what it is; 0, and the headers as
 * they came, if there is but one segment.
 */
unsigned int coalesce_finish(u8 *head_hdr, const struct coalesce_agg *agg)
{
	struct tcphdr *th = (void *)(head_hdr + coalesce_l4(agg->ip4));
	unsigned int l3_len = agg->hdr_len - ETH_HLEN + agg->bytes;

	if (agg->segs == 1) {
		if (agg->finished)
			th->check = agg->check;
		return 0;
	}

	th->psh = agg->psh;
	th->check = coalesce_check(th->check, agg->mss, agg->bytes);
	if (agg->ip4) {
		struct iphdr *iph = (void *)(head_hdr + ETH_HLEN);
		__be16 old = iph->tot_len;

		iph->tot_len = htons(l3_len);
		csum_replace2(&iph->check, old, iph->tot_len);
	} else {
		struct ipv6hdr *ip6h = (void *)(head_hdr + ETH_HLEN);

		ip6h->payload_len = htons(l3_len - sizeof(*ip6h));
	}

	if (!agg->ip4)
		return SEG_TCP6;
	return SEG_TCP4 | (agg->fixed_id ? SEG_FIXED_ID : 0);
}
