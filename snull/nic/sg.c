// SPDX-License-Identifier: GPL-2.0-only
/*
 * sg.c - reading a frame out of the sender's memory, as a DMA engine does:
 * piece by piece.
 *
 * Read next: rx.c, which says where to.
 */
#include <linux/skbuff.h>
#include <net/checksum.h>

#include "../compat.h"
#include "impl.h"

/**
 * nic_sg_init_xdp() - begin to read a frame of XDP's
 * @sg: the reading position
 * @xdpf: the frame
 *
 * Context: any.
 * Return: bytes in the frame; 0 if the kernel knows no XDP on this NIC.
 */
unsigned int nic_sg_init_xdp(struct nic_sg *sg, struct xdp_frame *xdpf)
{
#ifdef SNULL_HAVE_XDP
	sg->frags = NULL;
	if (xdp_frame_has_frags(xdpf))
		sg->frags = xdp_get_shared_info_from_frame(xdpf);
	sg->next_frag = 0;
	sg->ptr = xdpf->data;
	sg->left = xdpf->len;
	return xdp_get_frame_len(xdpf);
#else
	return 0;
#endif
}

static bool nic_sg_refill(struct nic_sg *sg)
{
	const skb_frag_t *frag;

	if (WARN_ON_ONCE(!sg->frags || sg->next_frag >= sg->frags->nr_frags))
		return false;
	frag = &sg->frags->frags[sg->next_frag++];
	sg->ptr = skb_frag_address(frag);
	sg->left = skb_frag_size(frag);
	return true;
}

/**
 * nic_sg_copy_on() - nic_sg_copy(), from one fragment into the next
 * @sg: the reading position, moved on
 * @to: where to copy them, or NULL to skip them
 * @len: how many; the caller knows that the frame has them
 *
 * Context: any.
 */
void nic_sg_copy_on(struct nic_sg *sg, void *to, unsigned int len)
{
	unsigned int n;

	while (len) {
		if (!sg->left && !nic_sg_refill(sg))
			return;
		n = min(len, sg->left);
		if (to) {
			nic_dma_copy(to, sg->ptr, n);
			to += n;
		}
		sg->ptr += n;
		sg->left -= n;
		len -= n;
	}
}

/**
 * nic_sg_csum() - sum up the next bytes of a frame
 * @sg: the reading position
 * @len: how many; the caller knows that the frame has them
 *
 * Context: any.
 * Return: their sum, for csum_add().
 */
__wsum nic_sg_csum(struct nic_sg sg, unsigned int len)
{
	unsigned int n, done;
	__wsum sum = 0;

	for (done = 0; done < len; done += n) {
		if (!sg.left && !nic_sg_refill(&sg))
			break;
		n = min(len - done, sg.left);
		sum = csum_block_add(sum, csum_partial(sg.ptr, n, 0), done);
		sg.left = 0;
	}
	return sum;
}
