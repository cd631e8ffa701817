/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ip6ext.h - the extension headers between an IPv6 header and the transport.
 *
 * Read next: ip6ext.c.
 */
#ifndef SNULL_IP6EXT_H
#define SNULL_IP6EXT_H

#include <linux/types.h>

/**
 * struct ip6ext_end - where ip6ext_walk() ended
 * @off: offset in the frame behind the last extension header
 * @proto: protocol number of what stands there
 * @fragment: it belongs to a fragment that is not the first: there is no
 *	transport header
 * @fragmented: it belongs to a fragment, which may be the first or the only one
 * @routed: a routing header is not used up, so the IPv6 header's destination
 *	is not the one that the transport checksum covers
 */
struct ip6ext_end {
	unsigned int off;
	u8 proto;
	bool fragment;
	bool fragmented;
	bool routed;
};

bool ip6ext_walk(const u8 *frame, unsigned int len, unsigned int l3,
		 struct ip6ext_end *end);

#endif /* SNULL_IP6EXT_H */
