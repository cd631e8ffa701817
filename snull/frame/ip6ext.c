// SPDX-License-Identifier: GPL-2.0-only
/*
 * ip6ext.c - the extension headers between an IPv6 header and the transport.
 *
 * Read next: whichever of rewrite.c and segment.c brought you here.
 */

#include "headers.h"
#include "ip6ext.h"

/* More of them is an attack, or an exam question. */
#define IP6EXT_MAX	8

/**
 * ip6ext_walk() - find what stands behind IPv6's extension headers
 * @frame: the frame, from its Ethernet header
 * @len: bytes of @frame that may be read
 * @l3: offset of the IPv6 header, all of which lies within @len
 * @end: where to put the answer
 *
 * Walks over hop-by-hop, destination, routing and fragment headers (RFC 8200,
 * section 4), and stops at anything else.
 *
 * Context: any.
 * Return: false if the chain leaves @len, or is longer than anyone needs.
 */
bool ip6ext_walk(const u8 *frame, unsigned int len, unsigned int l3,
		 struct ip6ext_end *end)
{
	const struct ipv6hdr *ip6h = (const void *)(frame + l3);
	unsigned int n;

	*end = (struct ip6ext_end){
		.off = l3 + sizeof(*ip6h),
		.proto = ip6h->nexthdr,
	};

	for (n = 0; n <= IP6EXT_MAX; n++) {
		const u8 *ext = frame + end->off;
		unsigned int ext_len;

		switch (end->proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_DSTOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_FRAGMENT:
			break;
		default:
			return end->off <= len;
		}

		/* No extension header is shorter than 8 bytes. */
		if (end->off + sizeof(struct frag_hdr) > len)
			return false;
		ext_len = ipv6_optlen((const struct ipv6_opt_hdr *)ext);
		if (end->proto == IPPROTO_ROUTING) {
			const struct ipv6_rt_hdr *rt = (const void *)ext;

			end->routed |= rt->segments_left > 0;
		} else if (end->proto == IPPROTO_FRAGMENT) {
			const struct frag_hdr *frag = (const void *)ext;

			ext_len = sizeof(*frag);
			end->fragmented = true;
			end->fragment = frag->frag_off & htons(IP6_OFFSET);
		}
		end->proto = ext[0];
		end->off += ext_len;
		if (end->fragment)
			return end->off <= len;
	}

	return false;
}
