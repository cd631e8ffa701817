// SPDX-License-Identifier: GPL-2.0-only
/*
 * steer.c - receive side scaling: which receive queue a frame goes to.
 *
 * The low bits of the hash of the frame's flow choose an entry of the
 * indirection table, and the entry names the queue.  So all frames of a flow
 * stay in order in one queue, and many flows spread over all of them.
 *
 * Read next: rx.c, where the frame is stored.
 */
#include <linux/string.h>

#include "../compat.h"
#include "impl.h"

/* The key of Microsoft's test vectors: every boot hashes alike. */
static const u8 nic_rss_key[RSS_KEY_LEN] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/**
 * nic_rss_init() - what the registers hold after power-up
 * @nic: the NIC
 *
 * Context: process, while the NIC is being made.
 */
void nic_rss_init(struct nic *nic)
{
	memcpy(nic->rss.key, nic_rss_key, sizeof(nic_rss_key));
	nic->rss.fields = (struct rss_fields){
		RSS_ADDRS | RSS_PORTS, RSS_ADDRS | RSS_PORTS,
		RSS_ADDRS | RSS_PORTS, RSS_ADDRS | RSS_PORTS,
	};
}

/**
 * nic_set_rss() - write the RSS registers
 * @nic: the NIC
 * @rss: what to write; no entry of its table names a queue beyond the NIC's
 *
 * A frame that arrives meanwhile may be hashed with some of the old and some
 * of the new.
 *
 * Context: process, one at a time.
 */
void nic_set_rss(struct nic *nic, const struct nic_rss *rss)
{
	nic->rss = *rss;
	/* The registers first, then the number that voids older hashes. */
	smp_store_release(&nic->rss_version, nic->rss_version + 1);
}

/**
 * nic_get_rss() - read the RSS registers
 * @nic: the NIC
 * @rss: where to put them
 *
 * Context: process, not beside nic_set_rss().
 */
void nic_get_rss(const struct nic *nic, struct nic_rss *rss)
{
	*rss = nic->rss;
}

/*
 * Hardware hashes at no one's cost.  For us a burst of one flow has to be
 * cheap, so look first whether this is the same flow again: a plain IPv4 frame
 * that has all in common with the last one that matters, up to its ports.
 */
#define NIC_FLOW_LEN	38
#define NIC_FLOW_L3	htonl(0xffffff00)	/* without the TOS */
#define NIC_FLOW_L4	htonl(0xffff00ff)	/* nor the TTL */
#define NIC_FLOW_IP4	htonl(0x08004500)	/* no VLAN tag, no options */

static __always_inline __be32 nic_load32(const u8 *at)
{
	__be32 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static bool nic_flow_same(const struct nic_flow *last, const u8 *hdr)
{
	return nic_load32(hdr + 26) == last->saddr &&
	       nic_load32(hdr + 30) == last->daddr &&
	       nic_load32(hdr + 34) == last->ports &&
	       (nic_load32(hdr + 12) & NIC_FLOW_L3) == last->l3 &&
	       (nic_load32(hdr + 20) & NIC_FLOW_L4) == last->l4;
}

static void nic_flow_note(struct nic_flow *last, const u8 *hdr)
{
	last->l3 = nic_load32(hdr + 12) & NIC_FLOW_L3;
	last->l4 = nic_load32(hdr + 20) & NIC_FLOW_L4;
	last->saddr = nic_load32(hdr + 26);
	last->daddr = nic_load32(hdr + 30);
	last->ports = nic_load32(hdr + 34);
	last->valid = last->l3 == NIC_FLOW_IP4;
}

static noinline void nic_flow_hash(const struct nic *nic, const u8 *hdr,
				   unsigned int len, struct nic_flow *last)
{
	struct rss_flow flow;

	rss_read(hdr, len, last->flip, &nic->rss.fields, &flow);
	last->hash = rss_toeplitz(nic->rss.key, &flow);
	last->hash_flags = flow.ports ? NIC_RXD_HASH | NIC_RXD_HASH_L4 :
			   flow.words ? NIC_RXD_HASH : 0;
	last->valid = false;
	if (len >= NIC_FLOW_LEN)
		nic_flow_note(last, hdr);
}

/**
 * nic_rss_steer() - choose a frame's queue
 * @nic: the receiving NIC
 * @frame: the frame; its hash and its queue are filled in
 * @last: the sender's note of the last flow and its hash
 *
 * Context: any.
 */
void nic_rss_steer(struct nic *nic, struct nic_frame *frame,
		   struct nic_flow *last)
{
	const u8 *hdr = frame->start;
	unsigned int len = frame->hdr_len ?: frame->sg.left;
	/* Pairs with nic_set_rss(). */
	u32 version = smp_load_acquire(&nic->rss_version);

	if (!last->valid || len < NIC_FLOW_LEN || last->version != version ||
	    last->flip != frame->rewrite || !nic_flow_same(last, hdr)) {
		last->version = version;
		last->flip = frame->rewrite;
		nic_flow_hash(nic, hdr, len, last);
	}
	frame->hash = last->hash;
	frame->hash_flags = last->hash_flags;
	frame->queue = READ_ONCE(nic->rss.table[last->hash % NIC_RSS_ENTRIES]);
}
