// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesce_run.c - receive coalescing in hardware: a run of segments, from its
 * first one to the frame that is made of them.
 *
 * Pure functions: no locks, any context.
 *
 * Read next: nic/coalesce.c, or segment.c, which is the way back.
 */
#include <linux/string.h>

#include "coalesce.h"
#include "headers.h"
#include "segment.h"

/* The sum of the pseudo header, were the payload @new bytes and not @old. */
static __sum16 coalesce_check(__sum16 check, unsigned int old,
			      unsigned int new)
{
	__wsum delta = csum_sub((__force __wsum)htonl(new),
				(__force __wsum)htonl(old));

	return ~csum_fold(csum_add(csum_unfold(check), delta));
}

/* ---- may it follow? --------------------------------------------------------- */

static bool coalesce_match_ip4(const u8 *head_ip, const u8 *ip)
{
	const struct iphdr *head = (const void *)head_ip;
	const struct iphdr *iph = (const void *)ip;

	return head->saddr == iph->saddr && head->daddr == iph->daddr &&
	       head->tos == iph->tos && head->ttl == iph->ttl &&
	       head->frag_off == iph->frag_off;
}

/* The second segment decides whether identifications count or stand still. */
static bool coalesce_id_fits(const struct coalesce_agg *agg, u16 step,
			     bool fixed, bool may_stay)
{
	return step == (fixed ? 0 : agg->segs) ||
	       (agg->segs == 1 && !step && may_stay);
}

/* With DF nobody asks. */
static bool coalesce_match_id(const struct coalesce_agg *agg,
			      const u8 *head_ip, u16 id)
{
	const struct iphdr *head = (const void *)head_ip;

	return coalesce_id_fits(agg, id - agg->id, agg->fixed_id,
				agg->may & COALESCE_MAY_STAY || head->frag_off);
}

static bool coalesce_match_ip6(const u8 *head_ip, const u8 *ip)
{
	const struct ipv6hdr *head = (const void *)head_ip;
	const struct ipv6hdr *ip6h = (const void *)ip;
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

/* @len: of the header and its extension headers, which must be the same. */
static bool coalesce_match_ext(const u8 *head_ip, const u8 *ip,
			       unsigned int len)
{
	const struct ipv6hdr *head = (const void *)head_ip;
	const struct ipv6hdr *ip6h = (const void *)ip;

	return coalesce_match_ip6(head_ip, ip) &&
	       head->nexthdr == ip6h->nexthdr &&
	       !memcmp(head + 1, ip6h + 1, len - sizeof(*head));
}

/* A tunnel's header; its extension headers end where the inner one begins. */
static bool coalesce_match_outer(const u8 *head_hdr,
				 const struct coalesce_agg *agg, const u8 *hdr,
				 const struct coalesce_key *key)
{
	const u8 *head = head_hdr + ETH_HLEN, *ip = hdr + ETH_HLEN;

	if (!(agg->at.kind & COALESCE_OUTER4))
		return coalesce_match_ext(head, ip, agg->at.l3 - ETH_HLEN);
	return coalesce_match_ip4(head, ip) &&
	       coalesce_id_fits(agg, key->outer_id - agg->outer_id,
				agg->fixed_outer,
				agg->may & COALESCE_MAY_STAY);
}

/* What is not plain TCP; out of line, so that plain TCP pays nothing for it. */
static noinline bool coalesce_match_rest(const u8 *head_hdr,
					 const struct coalesce_agg *agg,
					 const u8 *hdr,
					 const struct coalesce_key *key)
{
	const struct coalesce_at *at = &agg->at;
	const u8 *head = head_hdr + at->l3, *ip = hdr + at->l3;

	if (key->at.l3 != at->l3 || key->at.l4 != at->l4)
		return false;
	if (at->kind & COALESCE_TAGGED &&
	    (key->tag.proto != agg->tag.proto || key->tag.tci != agg->tag.tci))
		return false;
	if (at->kind & COALESCE_OUTER &&
	    !coalesce_match_outer(head_hdr, agg, hdr, key))
		return false;
	if (at->kind & COALESCE_IP4)
		return coalesce_match_ip4(head, ip) &&
		       coalesce_match_id(agg, head, key->id);
	return coalesce_match_ext(head, ip, at->l4 - at->l3);
}

static bool coalesce_match_l3(const u8 *head_hdr,
			      const struct coalesce_agg *agg, const u8 *hdr,
			      const struct coalesce_key *key)
{
	const u8 *head = head_hdr + ETH_HLEN, *ip = hdr + ETH_HLEN;

	if (likely(agg->at.kind == COALESCE_IP4))
		return coalesce_match_ip4(head, ip) &&
		       coalesce_match_id(agg, head, key->id);
	if (likely(!agg->at.kind))
		return coalesce_match_ip6(head, ip);
	return coalesce_match_rest(head_hdr, agg, hdr, key);
}

static bool coalesce_match_tcp(const u8 *head_hdr,
			       const struct coalesce_agg *agg, const u8 *hdr,
			       const struct coalesce_key *key)
{
	unsigned int l4 = agg->at.l4;
	const struct tcphdr *head = (const void *)(head_hdr + l4);
	const struct tcphdr *th = (const void *)(hdr + l4);
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

/* ---- the run ---------------------------------------------------------------- */

/**
 * coalesce_start() - begin a new run
 * @agg: the run
 * @key: its first segment
 * @may: COALESCE_MAY_*, what the host can cut again
 *
 * Context: any, hard interrupts included.
 */
void coalesce_start(struct coalesce_agg *agg, const struct coalesce_key *key,
		    u32 may)
{
	*agg = (struct coalesce_agg){
		.next_seq = key->seq + key->payload,
		.bytes = key->payload,
		.segs = 1,
		.mss = key->payload,
		.id = key->id,
		.outer_id = key->at.kind & COALESCE_OUTER ? key->outer_id : 0,
		.hdr_len = key->hdr_len,
		.at = key->at,
		.may = may,
		.psh = key->psh,
		.closed = coalesce_last(key),
		.finished = key->finished,
		.check = key->check,
	};
	if (key->at.kind & COALESCE_TAGGED)
		agg->tag = key->tag;
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
 * the first; identifications that count by one, or stand still.  Where DF is
 * not set, Linux 6.18 is the first that can cut the latter again.  Also the same
 * urgent pointer, and the same Ethernet header and VLAN tag.
 *
 * Context: any, hard interrupts included.
 * Return: whether coalesce_append() may be called for it.
 */
bool coalesce_match(const u8 *head_hdr, const struct coalesce_agg *agg,
		    const u8 *hdr, const struct coalesce_key *key)
{
	if (agg->closed || key->seq != agg->next_seq ||
	    key->hdr_len != agg->hdr_len || key->at.kind != agg->at.kind ||
	    key->payload > agg->mss ||
	    agg->hdr_len + agg->bytes + key->payload > U16_MAX)
		return false;
	if (memcmp(head_hdr, hdr, ETH_HLEN))
		return false;
	if (!coalesce_match_l3(head_hdr, agg, hdr, key))
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
	if (agg->segs == 1) {
		agg->fixed_id = agg->at.kind & COALESCE_IP4 &&
				key->id == agg->id;
		agg->fixed_outer = agg->at.kind & COALESCE_OUTER4 &&
				   key->outer_id == agg->outer_id;
	}
	agg->segs++;
	agg->bytes += key->payload;
	agg->next_seq += key->payload;
	agg->psh = key->psh;
	agg->closed = key->psh || key->payload < agg->mss;
}

/* The length of the IP header at @l3, to which the frame has @end bytes. */
static void coalesce_set_len(u8 *hdr, unsigned int l3, bool ip4,
			     unsigned int end)
{
	struct ipv6hdr *ip6h = (void *)(hdr + l3);
	struct iphdr *iph = (void *)(hdr + l3);
	__be16 old = iph->tot_len;

	if (!ip4) {
		ip6h->payload_len = htons(end - l3 - sizeof(*ip6h));
		return;
	}
	iph->tot_len = htons(end - l3);
	csum_replace2(&iph->check, old, iph->tot_len);
}

/* Return: SEG_*, what the tunnel is. */
static unsigned int coalesce_finish_outer(u8 *head_hdr,
					  const struct coalesce_agg *agg)
{
	bool ip4 = agg->at.kind & COALESCE_OUTER4;

	coalesce_set_len(head_hdr, ETH_HLEN, ip4, agg->hdr_len + agg->bytes);
	if (!ip4)
		return SEG_OUTER6;
	return SEG_OUTER4 | (agg->fixed_outer ? SEG_FIXED_OUTER : 0);
}

/**
 * coalesce_finish() - make the first segment's headers those of the whole run
 * @head_hdr: headers of the run's first segment, as they came
 * @agg: the run
 *
 * Patches IP's length and checksum, and those of a tunnel, PSH, and TCP's
 * checksum, which is again the sum of the pseudo header.  The result's segment
 * size is @agg->mss, and @agg->segs are in it.
 *
 * Context: any, hard interrupts included.
 * Return: SEG_*, what it is; 0, and the headers as
 * they came, if there is but one segment.
 */
unsigned int coalesce_finish(u8 *head_hdr, const struct coalesce_agg *agg)
{
	struct tcphdr *th = (void *)(head_hdr + agg->at.l4);
	bool ip4 = agg->at.kind & COALESCE_IP4;
	unsigned int what = ip4 ? SEG_TCP4 : SEG_TCP6;

	if (agg->segs == 1) {
		if (agg->finished)
			th->check = agg->check;
		return 0;
	}

	th->psh = agg->psh;
	th->check = coalesce_check(th->check, agg->mss, agg->bytes);
	coalesce_set_len(head_hdr, agg->at.l3, ip4, agg->hdr_len + agg->bytes);
	if (agg->fixed_id)
		what |= SEG_FIXED_ID;
	if (agg->at.kind & COALESCE_CWR)
		what |= SEG_KEEP_CWR;
	if (agg->at.kind & COALESCE_OUTER)
		what |= coalesce_finish_outer(head_hdr, agg);
	return what;
}
