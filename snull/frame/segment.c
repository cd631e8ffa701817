// SPDX-License-Identifier: GPL-2.0-only
/*
 * segment.c - the segmentation engine: TSO and USO, as far as the headers go.
 *
 * The stack hands the NIC one packet of up to 64 KB with one set of headers;
 * what leaves are frames of the MTU, each with headers of its own.  Linux does
 * the same in software where the hardware cannot: tcp_gso_segment(),
 * __udp_gso_segment() and inet_gso_segment() say what must come out.
 *
 * Some forty-five segments are made of 64 KB, so the work is in seg_init():
 * the template is always the next frame's headers, and a step from one segment
 * to the next changes a sequence number, an identification and one checksum.
 * Pure functions: no locks, any context.
 *
 * Read next: nic/tx.c, or coalesce.c, which is the way back.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "headers.h"
#include "ip6ext.h"
#include "segment.h"

/* These say how to cut; what is left says what. */
#define SEG_MODIFIERS	(SEG_FIXED_ID | SEG_KEEP_CWR)

static struct iphdr *seg_iph(struct seg *seg)
{
	return (struct iphdr *)(seg->hdr + seg->l3);
}

static struct ipv6hdr *seg_ip6h(struct seg *seg)
{
	return (struct ipv6hdr *)(seg->hdr + seg->l3);
}

static struct tcphdr *seg_th(struct seg *seg)
{
	return (struct tcphdr *)(seg->hdr + seg->l4);
}

static struct udphdr *seg_uh(struct seg *seg)
{
	return (struct udphdr *)(seg->hdr + seg->l4);
}

/* Write the lengths that go with @payload bytes, where no sum covers them. */
static void seg_set_lengths(struct seg *seg, unsigned int payload)
{
	unsigned int l3_len = seg->hdr_len - seg->l3 + payload;

	if (seg->ip4)
		seg_iph(seg)->tot_len = htons(l3_len);
	else
		seg_ip6h(seg)->payload_len =
			htons(l3_len - sizeof(struct ipv6hdr));
	if (!seg->tcp)
		seg_uh(seg)->len = htons(seg->hdr_len - seg->l4 + payload);
}

/* The pseudo header, which is all that the field sums so far, has a length. */
static void seg_fix_check(struct seg *seg, unsigned int old, unsigned int new)
{
	__sum16 *check = seg->tcp ? &seg_th(seg)->check : &seg_uh(seg)->check;
	__wsum delta = csum_sub((__force __wsum)htonl(new),
				(__force __wsum)htonl(old));

	*check = ~csum_fold(csum_add(csum_unfold(*check), delta));
}

static bool seg_init_type(struct seg *seg, unsigned int how)
{
	switch (how & ~SEG_MODIFIERS) {
	case SEG_TCP4:
		seg->ip4 = true;
		seg->tcp = true;
		return true;
	case SEG_TCP6:
		seg->ip4 = false;
		seg->tcp = true;
		return true;
	case SEG_UDP:
		seg->ip4 = seg_iph(seg)->version == 4;
		seg->tcp = false;
		return true;
	default:
		return false;
	}
}

static bool seg_init_ip4(struct seg *seg, u8 proto, bool fixed_id)
{
	const struct iphdr *iph = seg_iph(seg);

	if (iph->version != 4 || iph->protocol != proto || iph->ihl < 5 ||
	    seg->l3 + iph->ihl * 4 != seg->l4)
		return false;
	if (ip_is_fragment(iph))
		return false;
	/* Packets that may be fragmented must not share an identification. */
	if (fixed_id && !(iph->frag_off & htons(IP_DF)))
		return false;
	seg->count_id = !fixed_id;
	return seg->hdr_len - seg->l3 + seg->mss <= U16_MAX;
}

static bool seg_init_ip6(struct seg *seg, u8 proto)
{
	struct ip6ext_end end;

	if (seg->l3 + sizeof(struct ipv6hdr) > seg->l4 ||
	    seg_ip6h(seg)->version != 6)
		return false;
	if (!ip6ext_walk(seg->hdr, seg->l4, seg->l3, &end) ||
	    end.off != seg->l4 || end.proto != proto || end.fragmented)
		return false;
	seg->count_id = false;
	return seg->hdr_len - seg->l3 - sizeof(struct ipv6hdr) + seg->mss <=
	       U16_MAX;
}

static bool seg_init_l4(struct seg *seg)
{
	unsigned int l4_len = seg->hdr_len - seg->l4;
	struct tcphdr *th = seg_th(seg);

	if (!seg->tcp)
		return l4_len == sizeof(struct udphdr);
	if (l4_len < sizeof(*th) || l4_len != th->doff * 4)
		return false;
	seg->fin = th->fin;
	seg->psh = th->psh;
	th->fin = 0;
	th->psh = 0;
	return true;
}

/**
 * seg_init() - take in a large packet's headers
 * @seg: the engine's state
 * @hdr: the packet's first @hdr_len bytes; the TCP or UDP checksum field holds
 *	the sum of the pseudo header for the whole packet (CHECKSUM_PARTIAL)
 * @hdr_len: from the Ethernet header to the end of TCP's options or of UDP
 * @l3_off: offset of the IP header in @hdr
 * @l4_off: offset of the TCP or UDP header in @hdr
 * @how: %SEG_TCP4, %SEG_TCP6 or %SEG_UDP, with or without %SEG_FIXED_ID and
 *	%SEG_KEEP_CWR
 * @mss: payload bytes of every segment but the last
 * @payload: payload bytes of the packet; one segment's worth is allowed
 *
 * Believes no header: what does not fit together is refused, and so is what
 * this hardware cannot cut (tunnels, fragments).  The IPv4 checksum is
 * computed afresh, as inet_gso_segment() does.
 *
 * Context: any, hard interrupts included.
 * Return: 0, or -EINVAL.
 */
int seg_init(struct seg *seg, const u8 *hdr, unsigned int hdr_len,
	     unsigned int l3_off, unsigned int l4_off, unsigned int how,
	     unsigned int mss, unsigned int payload)
{
	bool fixed_id = how & SEG_FIXED_ID;
	u8 proto;

	BUILD_BUG_ON(offsetof(struct seg, hdr) % 4 != 2);

	/* Behind Ethernet, and any tags, IP is two bytes off a word boundary. */
	if (hdr_len > SEG_HDR_MAX || l4_off >= hdr_len || l3_off >= l4_off ||
	    l3_off < ETH_HLEN || l3_off % 4 != 2 ||
	    l3_off + sizeof(struct iphdr) > l4_off)
		return -EINVAL;
	if (!mss || mss > U16_MAX || !payload || payload > mss * U16_MAX)
		return -EINVAL;

	memcpy(seg->hdr, hdr, hdr_len);
	seg->hdr_len = hdr_len;
	seg->l3 = l3_off;
	seg->l4 = l4_off;
	seg->mss = min(mss, payload);
	seg->left = payload;
	seg->segs = DIV_ROUND_UP(payload, mss);
	seg->keep_cwr = how & SEG_KEEP_CWR;

	if (!seg_init_type(seg, how))
		return -EINVAL;
	proto = seg->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	if (!(seg->ip4 ? seg_init_ip4(seg, proto, fixed_id) :
			 seg_init_ip6(seg, proto)) || !seg_init_l4(seg))
		return -EINVAL;

	seg_set_lengths(seg, seg->mss);
	seg_fix_check(seg, payload, seg->mss);
	if (seg->ip4) {
		seg_iph(seg)->check = 0;
		seg_iph(seg)->check = ip_fast_csum(seg_iph(seg),
						   seg_iph(seg)->ihl);
	}
	return 0;
}

static void seg_make_last(struct seg *seg, unsigned int len)
{
	struct iphdr *iph = seg_iph(seg);
	__be16 old = iph->tot_len;

	if (seg->tcp) {
		seg_th(seg)->fin = seg->fin;
		seg_th(seg)->psh = seg->psh;
	}
	if (len == seg->mss)
		return;
	seg_set_lengths(seg, len);
	seg_fix_check(seg, seg->mss, len);
	if (seg->ip4)
		csum_replace2(&iph->check, old, iph->tot_len);
}

static void seg_advance(struct seg *seg)
{
	if (seg->tcp) {
		struct tcphdr *th = seg_th(seg);

		be32_add_cpu(&th->seq, seg->mss);
		th->cwr &= seg->keep_cwr;
	}
	if (seg->count_id) {
		struct iphdr *iph = seg_iph(seg);
		__be16 old = iph->id;

		be16_add_cpu(&iph->id, 1);
		csum_replace2(&iph->check, old, iph->id);
	}
}

/**
 * seg_next() - make the next segment's headers
 * @seg: a packet that seg_init() has accepted
 * @out: where to write @seg->hdr_len bytes
 *
 * TCP: the sequence number moves on, FIN and PSH are only on the last segment,
 * CWR only on the first, unless it is AccECN's.  IPv4: each segment has the
 * next identification, unless %SEG_FIXED_ID.  The TCP or UDP checksum
 * is the sum of the segment's own pseudo header: it is still to be completed.
 *
 * Context: any, hard interrupts included; one caller at a time for each @seg.
 * Return: payload bytes that belong behind @out; 0, and nothing written, when
 * all of the packet has been given out.
 */
unsigned int seg_next(struct seg *seg, u8 *out)
{
	unsigned int len = min(seg->left, seg->mss);

	if (!len)
		return 0;

	seg->left -= len;
	if (!seg->left)
		seg_make_last(seg, len);
	memcpy(out, seg->hdr, seg->hdr_len);
	if (seg->left)
		seg_advance(seg);
	return len;
}
