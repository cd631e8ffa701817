// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma.c - the NIC's access to memory: bus addresses, and reading a packet out
 * of the sender's memory piece by piece.
 *
 * Read next: rx.c, which says where to.
 */
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/io.h>
#include <net/checksum.h>

#include "impl.h"

/**
 * nic_dma_supported() - can the NIC reach memory at the addresses that a
 *	driver will give it?
 * @dev: the device that the driver maps memory for
 *
 * Context: process.
 * Return: false if an IOMMU or a hypervisor stands between: see nic_memory().
 */
bool nic_dma_supported(struct device *dev)
{
	return !get_dma_ops(dev) && !device_iommu_mapped(dev);
}

/**
 * nic_memory() - the memory that a bus address leads to
 * @nic: the NIC
 * @addr: the address, from a descriptor
 *
 * Real silicon puts @addr on the bus, and the memory controller finds the
 * cells.  Ours is code that runs on a CPU, and needs a pointer.  This is the
 * one place that makes one, which no driver may ever do.  It is right as long
 * as nobody translates bus addresses (nic_dma_supported() asked) and memory is
 * mapped into the kernel, as all is but highmem, which our driver is not given
 * (it does not offer NETIF_F_HIGHDMA then).  Where swiotlb bounces, @addr is
 * that of the bounce buffer, as it should be.
 *
 * Context: any.
 * Return: the memory.
 */
void *nic_memory(const struct nic *nic, dma_addr_t addr)
{
	return phys_to_virt(dma_to_phys(nic->dev, addr));
}

/* ---- reading a packet ------------------------------------------------------- */

static bool nic_sg_refill(struct nic_sg *sg)
{
	const struct nic_txq *txq = sg->txq;
	const struct nic_tx_desc *desc;

	if (WARN_ON_ONCE(sg->next == txq->head + txq->descs))
		return false;
	desc = &txq->ring[ring_slot(sg->next++, txq->size)];
	sg->ptr = nic_memory(txq->nic, desc->addr);
	sg->left = desc->len;
	return true;
}

/**
 * nic_sg_init() - begin to read the packet at head
 * @sg: the reading position
 * @txq: the queue
 *
 * Context: the transmit engine.
 */
void nic_sg_init(struct nic_sg *sg, const struct nic_txq *txq)
{
	sg->txq = txq;
	sg->next = txq->head;
	nic_sg_refill(sg);
}

/**
 * nic_frame_align() - look at a frame's first bytes in a copy
 * @frame: a frame none of which has been read: its words are not where the
 *	architecture could read them
 *
 * Context: the transmit engine.
 */
void nic_frame_align(struct nic_frame *frame)
{
	struct nic_sg sg = frame->sg;

	BUILD_BUG_ON((offsetof(struct nic_frame, hdr) + ETH_HLEN) % 4);
	nic_sg_copy(&sg, frame->hdr, nic_frame_look(frame), NULL);
	frame->start = frame->hdr;
}

/**
 * nic_sum_add() - go on with a checksum
 * @sum: the checksum
 * @part: the sum of what follows, from csum_partial() and the like
 * @len: how many bytes that are
 *
 * Context: any.
 */
void nic_sum_add(struct nic_sum *sum, __wsum part, unsigned int len)
{
	sum->sum = csum_block_add(sum->sum, part, sum->len);
	sum->len += len;
}

/**
 * nic_sg_copy() - read the next bytes of a packet
 * @sg: the reading position, moved on
 * @to: where to copy them
 * @len: how many; the caller knows that the packet has them
 * @sum: add their checksum to this, as they go by; or NULL
 *
 * Context: any.
 */
void nic_sg_copy(struct nic_sg *sg, void *to, unsigned int len,
		 struct nic_sum *sum)
{
	unsigned int n;

	while (len) {
		if (!sg->left && !nic_sg_refill(sg))
			return;
		n = min(len, sg->left);
		if (sum)
			nic_sum_add(sum, csum_partial_copy_nocheck(sg->ptr, to,
								   n), n);
		else
			memcpy(to, sg->ptr, n);
		to += n;
		sg->ptr += n;
		sg->left -= n;
		len -= n;
	}
}

/**
 * nic_sg_skip() - pass over the next bytes of a packet
 * @sg: the reading position, moved on
 * @len: how many; the caller knows that the packet has them
 *
 * Context: any.
 */
void nic_sg_skip(struct nic_sg *sg, unsigned int len)
{
	unsigned int n;

	while (len) {
		if (!sg->left && !nic_sg_refill(sg))
			return;
		n = min(len, sg->left);
		sg->ptr += n;
		sg->left -= n;
		len -= n;
	}
}

/**
 * nic_sg_csum() - sum up the next bytes of a packet
 * @sg: the reading position
 * @len: how many; the caller knows that the packet has them
 *
 * Context: any.
 * Return: their sum, for csum_add().
 */
__wsum nic_sg_csum(struct nic_sg sg, unsigned int len)
{
	struct nic_sum sum = {};
	unsigned int n;

	while (len) {
		if (!sg.left && !nic_sg_refill(&sg))
			break;
		n = min(len, sg.left);
		nic_sum_add(&sum, csum_partial(sg.ptr, n, 0), n);
		sg.left = 0;
		len -= n;
	}
	return sum.sum;
}
