/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * headers.h - the headers that stand in a frame, and a few questions about them.
 *
 * Their layouts are part of the kernel's interface to programs, uapi/.  The
 * kernel keeps the questions in linux/etherdevice.h, linux/if_vlan.h,
 * linux/icmp.h, net/ip.h and net/ipv6.h, all of which know what a sk_buff is, as
 * nobody may here: tests/lint looks how far each file's includes lead.  So
 * those that we ask are answered below, under the names that they have there.
 *
 * For the .c files of frame/ and nic/: who includes the kernel's answers needs
 * none of these, and can't have both.
 *
 * Read next: rewrite.c, the first to ask.
 */
#ifndef SNULL_HEADERS_H
#define SNULL_HEADERS_H

#include <linux/bitops.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>
#include <net/checksum.h>
#include <uapi/linux/icmp.h>
#include <uapi/linux/icmpv6.h>
#include <uapi/linux/if_ether.h>
#include <uapi/linux/ip.h>
#include <uapi/linux/ipv6.h>
#include <uapi/linux/tcp.h>
#include <uapi/linux/udp.h>

#include "../compat_core.h"

/* ---- Ethernet ------------------------------------------------------------- */

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

static inline bool is_broadcast_ether_addr(const u8 *addr)
{
	return get_unaligned_le32(addr) == U32_MAX &&
	       get_unaligned_le16(addr + 4) == U16_MAX;
}

/* Behind each of the two, two more bytes can be read. */
static inline bool ether_addr_equal_64bits(const u8 *addr, const u8 *other)
{
	return !((get_unaligned_le64(addr) ^ get_unaligned_le64(other)) << 16);
}

static inline bool eth_type_vlan(__be16 proto)
{
	return proto == htons(ETH_P_8021Q) || proto == htons(ETH_P_8021AD);
}

/* ---- IPv4 ----------------------------------------------------------------- */

#define IP_DF		0x4000
#define IP_MF		0x2000
#define IP_OFFSET	0x1fff

static inline bool ip_is_fragment(const struct iphdr *iph)
{
	return iph->frag_off & htons(IP_MF | IP_OFFSET);
}

static inline bool icmp_is_err(int type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/* ---- IPv6 ----------------------------------------------------------------- */

#define IP6_OFFSET	0xfff8

/* RFC 8200, section 4.5. */
struct frag_hdr {
	__u8 nexthdr;
	__u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

static inline unsigned int ipv6_optlen(const struct ipv6_opt_hdr *opt)
{
	return (opt->hdrlen + 1) * 8;
}

static inline u8 ipv6_get_dsfield(const struct ipv6hdr *ip6h)
{
	return ip6h->priority << 4 | ip6h->flow_lbl[0] >> 4;
}

static inline __be32 ip6_flowlabel(const struct ipv6hdr *ip6h)
{
	return *(const __be32 *)ip6h & htonl(0xfffff);
}

static inline bool icmpv6_is_err(int type)
{
	return type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
}

/* Where the architecture has none of its own, the kernel's is in lib/. */
#ifndef _HAVE_ARCH_IPV6_CSUM
__sum16 csum_ipv6_magic(const struct in6_addr *saddr,
			const struct in6_addr *daddr, __u32 len, __u8 proto,
			__wsum sum);
#endif

#endif /* SNULL_HEADERS_H */
