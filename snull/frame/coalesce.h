/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * coalesce.h - receive coalescing: a run of TCP segments becomes one frame.
 *
 * Read next: coalesce.c, which segments; coalesce_run.c, what becomes of them;
 * then nic/coalesce.c, which stores the payload.
 */
#ifndef SNULL_COALESCE_H
#define SNULL_COALESCE_H

#include <linux/bits.h>
#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#include "rewrite.h"
#include "tag.h"

/*
 * What else may be coalesced: what the host can cut again, should it have to
 * forward it.  The bits leave room for a NIC's own, in the same register.
 */
#define COALESCE_MAY_CWR	BIT(8)	/* segments that all have CWR */
#define COALESCE_MAY_STAY	BIT(9)	/* identifications that stand still, DF or not */
#define COALESCE_MAY_HOP	BIT(10)	/* behind a hop-by-hop header */

/* What kind of segment it is: those of a run are of one kind. */
#define COALESCE_IP4		BIT(0)	/* TCP is in IPv4, else in IPv6 */
#define COALESCE_CWR		BIT(1)	/* it has CWR */
#define COALESCE_EXT		BIT(2)	/* extension headers stand in between */
#define COALESCE_HOP		BIT(3)	/* of which one is a hop-by-hop header */
#define COALESCE_OUTER4		BIT(4)	/* all that is in an IPv4 tunnel */
#define COALESCE_OUTER6		BIT(5)	/* or in an IPv6 tunnel */
#define COALESCE_TAGGED		BIT(6)	/* a VLAN tag was taken out of it */
#define COALESCE_OUTER		(COALESCE_OUTER4 | COALESCE_OUTER6)

/**
 * struct coalesce_at - where a segment's headers are
 * @l3: offset of the IP header, a tunnel's inner one, from the Ethernet header
 * @l4: offset of TCP's
 * @kind: COALESCE_*
 */
struct coalesce_at {
	u16 l3;
	u16 l4;
	u8 kind;
};

/**
 * struct coalesce_key - what coalesce_parse() learned about one segment
 * @seq: TCP sequence number, host order
 * @flow: as of coalesce_order_of()
 * @payload: payload bytes
 * @id: IPv4 identification, host order
 * @outer_id: that of the tunnel's header
 * @hdr_len: bytes from the Ethernet header to the end of TCP's options
 * @at: where they are
 * @psh: it has the PSH flag
 * @finished: its checksum is a finished one, to be checked
 * @check: that checksum, once it has been
 * @tag: with COALESCE_TAGGED, that tag
 */
struct coalesce_key {
	u32 seq;
	u32 flow;
	u16 payload;
	u16 id;
	u16 outer_id;
	u16 hdr_len;
	struct coalesce_at at;
	bool psh;
	bool finished;
	__sum16 check;
	struct vlan_tag tag;
};

/**
 * struct coalesce_agg - the segments coalesced so far
 * @next_seq: sequence number that the next one must have
 * @bytes: payload bytes of all of them
 * @segs: how many they are
 * @mss: payload bytes of the first one: that of the result
 * @id: the first one's IPv4 identification
 * @outer_id: that of its tunnel's header
 * @hdr_len: bytes of headers in front of the payload
 * @at: where they are, which is the same in all
 * @may: COALESCE_MAY_*
 * @fixed_id: they all have the same identification
 * @fixed_outer: their tunnel's headers have
 * @psh: the last one has the PSH flag
 * @closed: nothing can follow: give the result to the host
 * @finished: the first one had a finished checksum
 * @check: which
 * @tag: with COALESCE_TAGGED, the tag that all of them had
 */
struct coalesce_agg {
	u32 next_seq;
	u32 bytes;
	u16 segs;
	u16 mss;
	u16 id;
	u16 outer_id;
	u16 hdr_len;
	struct coalesce_at at;
	u32 may;
	bool fixed_id;
	bool fixed_outer;
	bool psh;
	bool closed;
	bool finished;
	__sum16 check;
	struct vlan_tag tag;
};

/**
 * enum coalesce_order - which frames must not come behind another one
 * @COALESCE_FREE: none: it is of no flow that could be coalesced
 * @COALESCE_FLOW: those of its flow
 * @COALESCE_ALL: all: it can't be seen which flow it is of
 */
enum coalesce_order {
	COALESCE_FREE,
	COALESCE_FLOW,
	COALESCE_ALL,
};

/**
 * coalesce_last() - is this segment the last of its run?
 * @key: what coalesce_parse() said of it
 *
 * Nothing can follow one that has PSH, or that is so short that the wire pads
 * it: the padding is in the way.
 *
 * Context: any.
 * Return: true if a run that begins with it is no longer than that.
 */
static inline bool coalesce_last(const struct coalesce_key *key)
{
	return key->psh || key->hdr_len + key->payload < ETH_ZLEN;
}

/**
 * coalesce_set_tag() - say that a VLAN tag was taken out of a segment
 * @key: what coalesce_parse() said of the rest
 * @tag: the tag
 *
 * Context: any.
 */
static inline void coalesce_set_tag(struct coalesce_key *key,
				    struct vlan_tag tag)
{
	key->at.kind |= COALESCE_TAGGED;
	key->tag = tag;
}

enum coalesce_order coalesce_order_of(const u8 *hdr, unsigned int len,
				      u32 *flow);
bool coalesce_parse(struct coalesce_key *key, const u8 *hdr, unsigned int len,
		    unsigned int frame_len, const struct wire_csum *csum,
		    u32 may);
bool coalesce_verify(struct coalesce_key *key, u8 *hdr, __wsum payload);

/* coalesce_run.c */
void coalesce_start(struct coalesce_agg *agg, const struct coalesce_key *key,
		    u32 may);
bool coalesce_match(const u8 *head_hdr, const struct coalesce_agg *agg,
		    const u8 *hdr, const struct coalesce_key *key);
void coalesce_append(struct coalesce_agg *agg, const struct coalesce_key *key);
unsigned int coalesce_finish(u8 *head_hdr, const struct coalesce_agg *agg);

#endif /* SNULL_COALESCE_H */
