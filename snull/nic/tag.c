// SPDX-License-Identifier: GPL-2.0-only
/*
 * tag.c - VLAN tags: the sender's descriptor may hold one, which goes into each
 * frame, and the receiver may take it out again, into its descriptor.
 *
 * What is in a descriptor crosses beside the frame's bytes: nic_frame.tag.  When
 * the frame is stored, it is put in, or not.  So a card that puts tags in and one
 * that takes them out never move a byte for them; and whoever looks at a frame on
 * its way finds the outermost tag in either of two places.
 *
 * Read next: ../frame/tag.c, how it is put in and taken out.
 */
#include "impl.h"

/**
 * nic_tag_begin() - look at a packet's outermost tag
 * @frame: its first frame, at its first byte; its type is a tag's, or:
 * @desc: its first descriptor, which has one
 *
 * Context: the transmit engine.
 * Return: false if the tag is among what the checksum is of: no hardware sums
 * up Ethernet headers.
 */
bool nic_tag_begin(struct nic_frame *frame, const struct nic_tx_desc *desc)
{
	unsigned int eth_len = ETH_HLEN;

	if (desc->flags & NIC_TXD_TAG) {
		frame->tag.proto = desc->flags & NIC_TXD_STAG ?
				   htons(ETH_P_8021AD) : htons(ETH_P_8021Q);
		frame->tag.tci = htons(desc->tci);
		frame->tag_len = TAG_LEN;
		frame->len += TAG_LEN;
	} else {
		eth_len += TAG_LEN;
	}
	/* Only the beginning of a tag is none. */
	frame->tagged = frame->payload >= eth_len;
	return !frame->csum.partial || frame->csum.start >= eth_len;
}

/**
 * nic_tag_hoist() - take the tag out of the headers of a packet that is cut
 * @frame: its frame, with the tag among @hdr_len bytes of headers
 * @hdr_len: how many there are
 *
 * Context: the transmit engine.
 */
void nic_tag_hoist(struct nic_frame *frame, unsigned int hdr_len)
{
	frame->tag = tag_pop(frame->hdr, hdr_len);
	frame->tag_len = TAG_LEN;
	frame->csum.start -= TAG_LEN;
}

/**
 * nic_tag_peek() - copy a frame's beginning without its tag
 * @frame: the frame, whose tag is among its bytes, and all of which is in @sg
 * @head: where to put NIC_HDR_MAX bytes at most; its IP header is aligned then
 * @tag: where to put the tag
 *
 * Context: any.
 * Return: bytes at @head.
 */
unsigned int nic_tag_peek(const struct nic_frame *frame, u8 *head,
			  struct vlan_tag *tag)
{
	unsigned int len = min_t(unsigned int, frame->payload, NIC_HDR_MAX);
	struct nic_sg sg = frame->sg;

	nic_sg_copy(&sg, head, len, NULL);
	*tag = tag_pop(head, len);
	return len - TAG_LEN;
}

/**
 * nic_tag_strips() - does the receiver take a frame's tag out?
 * @nic: the receiving NIC
 * @frame: a frame that has one
 *
 * Context: any.
 * Return: %NIC_RXD_CTAG or %NIC_RXD_STAG if it does, by what it is; else 0.
 */
u8 nic_tag_strips(const struct nic *nic, const struct nic_frame *frame)
{
	const struct ethhdr *eth = (const void *)frame->start;
	__be16 proto = frame->tag_len ? frame->tag.proto : eth->h_proto;
	u32 features = READ_ONCE(nic->features);

	if (proto == htons(ETH_P_8021Q))
		return features & NIC_F_RX_CTAG ? NIC_RXD_CTAG : 0;
	return features & NIC_F_RX_STAG ? NIC_RXD_STAG : 0;
}

/**
 * nic_tag_store() - store a frame's tag, as the receiver wants it
 * @frame: the frame, which has one
 * @first: its first descriptor; its flags are set, but for this one
 * @buf: its first bytes, stored as the sender had them; there is room for a tag
 * @len: how many
 *
 * Context: under rxq->lock, interrupts off.
 * Return: bytes by which what is behind the tag has moved.
 */
int nic_tag_store(const struct nic_frame *frame, struct nic_rx_desc *first,
		  u8 *buf, unsigned int len)
{
	struct vlan_tag tag = frame->tag;
	int moved = 0;

	if (frame->strip && !frame->tag_len) {
		tag = tag_pop(buf, len);
		moved = -TAG_LEN;
	} else if (!frame->strip && frame->tag_len) {
		tag_push(buf, len, tag);
		moved = TAG_LEN;
	}
	first->flags |= frame->strip;
	if (frame->strip)
		first->tci = ntohs(tag.tci);
	return moved;
}
