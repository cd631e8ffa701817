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

#include "../compat_core.h"
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

/**
 * nic_rss_steer() - choose a frame's queue
 * @nic: the receiving NIC
 * @frame: the frame; its hash and its queue are filled in
 *
 * Context: any.
 */
void nic_rss_steer(struct nic *nic, struct nic_frame *frame)
{
	unsigned int len = frame->hdr_len ?: frame->sg.left;
	struct rss_flow flow;

	rss_read(frame->start, len, frame->rewrite, &nic->rss.fields, &flow);
	frame->hash = rss_toeplitz(nic->rss.key, &flow);
	frame->hash_flags = flow.ports ? NIC_RXD_HASH | NIC_RXD_HASH_L4 :
			    flow.words ? NIC_RXD_HASH : 0;
	frame->queue = READ_ONCE(nic->rss.table[frame->hash %
						NIC_RSS_ENTRIES]);
}
