// SPDX-License-Identifier: GPL-2.0-only
/*
 * xdp.c - XDP: a BPF program sees each frame before there is an skb, and says
 * what becomes of it.
 *
 * Receive paths know nothing of it: snull_rx_next() calls here, and hands on
 * only what the program passes to the stack.  What it sends goes into the same
 * transmit ring as the stack's packets, under the same lock; but room for a packet
 * stays free for the stack, whose queue is stopped only by its own packets.
 *
 * Read next: queue.c, who calls; Documentation/networking/xdp-*.rst.
 */
#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/dma-mapping.h>
#include <linux/filter.h>
#include <linux/slab.h>

#include "compat_net.h"
#include "snull.h"

#ifdef SNULL_HAVE_XDP

/* What is to be done at the end of the poll. */
#define SNULL_XDP_FLUSH_TX		BIT(0)
#define SNULL_XDP_FLUSH_REDIRECT	BIT(1)

/* ---- memory --------------------------------------------------------------- */

/**
 * snull_xdp_rings_init() - tell XDP of a ring, if its buffers are for XDP
 * @queue: the queue
 * @rings: its new rings
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int snull_xdp_rings_init(struct snull_queue *queue, struct snull_rings *rings)
{
	int err;

	if (rings->headroom != SNULL_XDP_HEADROOM)
		return 0;
	rings->xdp_rxq = kzalloc(sizeof(*rings->xdp_rxq), GFP_KERNEL);
	if (!rings->xdp_rxq)
		return -ENOMEM;
	err = __xdp_rxq_info_reg(rings->xdp_rxq, queue->dev, queue->index,
				 queue->napi.napi_id, SNULL_BUF_LEN);
	if (err)
		goto free;
	err = xdp_rxq_info_reg_mem_model(rings->xdp_rxq, MEM_TYPE_PAGE_POOL,
					 rings->pool);
	if (!err)
		return 0;
	xdp_rxq_info_unreg(rings->xdp_rxq);
free:
	kfree(rings->xdp_rxq);
	rings->xdp_rxq = NULL;
	return err;
}

/**
 * snull_xdp_rings_exit() - undo snull_xdp_rings_init()
 * @rings: rings that are not in use; their pool is still there
 *
 * Context: process, may sleep.
 */
void snull_xdp_rings_exit(struct snull_rings *rings)
{
	if (!rings->xdp_rxq)
		return;
	xdp_rxq_info_unreg(rings->xdp_rxq);
	kfree(rings->xdp_rxq);
	rings->xdp_rxq = NULL;
}

/* ---- sending ------------------------------------------------------------------ */

/* A piece of a frame of this driver's own is mapped already: by its page_pool. */
static dma_addr_t snull_xdp_map(struct snull_rings *rings, void *data, u32 len,
				enum snull_tx_map map)
{
	struct page *page = virt_to_head_page(data);
	dma_addr_t dma;

	if (map == SNULL_TX_SINGLE)
		return dma_map_single(rings->dev, data, len, DMA_TO_DEVICE);
	dma = page_pool_get_dma_addr(page) + (data - page_address(page));
	dma_sync_single_for_device(rings->dev, dma, len, DMA_BIDIRECTIONAL);
	return dma;
}

static bool snull_xdp_put(struct snull_rings *rings, u32 index, void *data,
			  u32 len, enum snull_tx_map map)
{
	dma_addr_t dma = snull_xdp_map(rings, data, len, map);

	if (unlikely(dma_mapping_error(rings->dev, dma)))
		return false;
	snull_tx_put(rings, index, dma, len, map);
	return true;
}

static struct skb_shared_info *snull_xdp_frags(struct xdp_frame *xdpf)
{
	return xdp_frame_has_frags(xdpf) ?
	       xdp_get_shared_info_from_frame(xdpf) : NULL;
}

/* Return: false if there is no room, or the frame can't be mapped. */
static bool snull_xdp_enqueue_one(struct snull_rings *rings,
				  struct xdp_frame *xdpf,
				  enum snull_tx_map map)
{
	struct skb_shared_info *sinfo = snull_xdp_frags(xdpf);
	u32 first = rings->tx_tail, index = first, i;
	u32 nr_frags = sinfo ? sinfo->nr_frags : 0;
	struct snull_tx_buf *buf;
	const skb_frag_t *frag;

	/* Leave room for a packet of the stack's. */
	if (snull_tx_space(rings) < nr_frags + 1 + rings->tx_room)
		return false;
	if (!snull_xdp_put(rings, index, xdpf->data, xdpf->len, map))
		return false;
	index++;
	for (i = 0; i < nr_frags; i++, index++) {
		frag = &sinfo->frags[i];
		if (!snull_xdp_put(rings, index, skb_frag_address(frag),
				   skb_frag_size(frag), map))
			goto unmap;
	}
	rings->tx[ring_slot(index - 1, rings->tx_size)].flags = NIC_TXD_EOP;
	buf = &rings->tx_bufs[ring_slot(first, rings->tx_size)];
	buf->xdpf = xdpf;
	buf->xdp = true;
	buf->descs = index - first;
	WRITE_ONCE(rings->tx_tail, index);
	return true;
unmap:
	snull_tx_unmap(rings, first, index - first);
	return false;
}

/* Return: how many of the frames are in the ring. */
static int snull_xdp_enqueue(struct snull_queue *queue,
			     struct xdp_frame **frames, int n,
			     enum snull_tx_map map)
{
	int i;

	for (i = 0; i < n; i++)
		if (!snull_xdp_enqueue_one(&queue->rings, frames[i], map))
			break;
	return i;
}

/* @counter: which of tx_stats counts those that are sent. */
static int snull_xdp_send(struct snull_queue *queue, struct xdp_frame **frames,
			  int n, enum snull_tx_map map, u64_stats_t *counter)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);
	int sent;

	__netif_tx_lock(txq, smp_processor_id());
	sent = snull_xdp_enqueue(queue, frames, n, map);
	snull_count(&queue->tx_stats.syncp, counter, sent);
	__netif_tx_unlock(txq);
	return sent;
}

static void snull_xdp_doorbell(struct snull_queue *queue)
{
	struct netdev_queue *txq = netdev_get_tx_queue(queue->dev,
						       queue->index);

	__netif_tx_lock(txq, smp_processor_id());
	snull_tx_ring(queue);
	__netif_tx_unlock(txq);
}

/**
 * snull_xdp_xmit() - ndo_xdp_xmit: frames that other interfaces redirect here
 * @dev: the interface
 * @n: how many
 * @frames: the frames
 * @flags: XDP_XMIT_*
 *
 * Context: softirq.
 * Return: how many were taken, the first ones; or -EINVAL for unknown flags,
 * -ENETDOWN if the interface is down or its receive path has no NAPI.
 */
int snull_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	struct snull_priv *priv = netdev_priv(dev);
	struct snull_queue *queue;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	/* Pairs with snull_xdp_stop(). */
	if (unlikely(!smp_load_acquire(&priv->xdp_ready)) ||
	    !netif_carrier_ok(dev))
		return -ENETDOWN;
	queue = &priv->queues[smp_processor_id() % priv->shape.queues];
	n = snull_xdp_send(queue, frames, n, SNULL_TX_SINGLE,
			   &queue->tx_stats.xdp_xmit);
	if (flags & XDP_XMIT_FLUSH)
		snull_xdp_doorbell(queue);
	return n;
}

/**
 * snull_xdp_open() - let other interfaces' frames in
 * @priv: an interface that has just started to run
 *
 * Context: process, RTNL held.
 */
void snull_xdp_open(struct snull_priv *priv)
{
	unsigned int i;

	if (!(priv->ops->flags & SNULL_RX_NAPI))
		return;
	for (i = 0; i < priv->shape.queues; i++)
		if (priv->queues[i].rings.xdp_rxq)
			snull_xdp_set_napi_id(priv->queues[i].rings.xdp_rxq,
					      &priv->queues[i].napi);
	/* The rings first. */
	smp_store_release(&priv->xdp_ready, true);
}

/**
 * snull_xdp_stop() - keep other interfaces' frames out
 * @priv: an interface that is about to stop
 *
 * Context: process, RTNL held; sleeps until none is on its way into a ring.
 */
void snull_xdp_stop(struct snull_priv *priv)
{
	if (!priv->xdp_ready)
		return;
	WRITE_ONCE(priv->xdp_ready, false);
	synchronize_net();
}

/* ---- receiving ------------------------------------------------------------------ */

/* Take the frame's buffers off the ring, and describe them to XDP. */
static void snull_xdp_prepare(struct snull_queue *queue,
			      const struct nic_rx_desc *first,
			      struct xdp_buff *xdp)
{
	struct snull_rings *rings = &queue->rings;
	struct skb_shared_info *sinfo;
	const struct nic_rx_desc *desc;
	struct page *page;
	unsigned int i;
	void *buf;

	buf = snull_rx_take(rings, rings->rx_clean, first->len);
	xdp_init_buff(xdp, rings->buf_size, rings->xdp_rxq);
	xdp_prepare_buff(xdp, buf - rings->headroom, rings->headroom,
			 first->len, true);
	if (first->bufs == 1)
		return;
	xdp_buff_set_frags_flag(xdp);
	sinfo = xdp_get_shared_info_from_buff(xdp);
	sinfo->nr_frags = first->bufs - 1;
	sinfo->xdp_frags_size = 0;
	for (i = 1; i < first->bufs; i++) {
		desc = &rings->rx[ring_slot(rings->rx_clean + i,
					    rings->rx_size)];
		buf = snull_rx_take(rings, rings->rx_clean + i, desc->len);
		page = virt_to_head_page(buf);
		if (unlikely(page_is_pfmemalloc(page)))
			xdp_buff_set_frag_pfmemalloc(xdp);
		snull_frag_fill(&sinfo->frags[i - 1], page,
				buf - page_address(page), desc->len);
		sinfo->xdp_frags_size += desc->len;
	}
}

/* The program lets the frame pass, perhaps changed. */
static struct sk_buff *snull_xdp_build(struct snull_queue *queue,
				       struct xdp_buff *xdp)
{
	unsigned int metalen = xdp->data - xdp->data_meta, frags_size = 0;
	struct skb_shared_info *sinfo;
	struct sk_buff *skb;
	u8 nr_frags = 0;

	if (xdp_buff_has_frags(xdp)) {
		sinfo = xdp_get_shared_info_from_buff(xdp);
		nr_frags = sinfo->nr_frags;
		frags_size = sinfo->xdp_frags_size;
	}
	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb)) {
		xdp_return_buff(xdp);
		return NULL;
	}
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (metalen)
		skb_metadata_set(skb, metalen);
	if (nr_frags)
		snull_xdp_skb_frags(skb, xdp, nr_frags, frags_size,
				    nr_frags * queue->rings.buf_size);
	skb_mark_for_recycle(skb);
	return skb;
}

static bool snull_xdp_tx(struct snull_queue *queue, struct xdp_buff *xdp)
{
	struct xdp_frame *xdpf = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!xdpf))
		return false;
	/* Its doorbell rings at the end of the poll. */
	if (!snull_xdp_send(queue, &xdpf, 1, SNULL_TX_POOL,
			    &queue->tx_stats.xdp_tx))
		return false;
	queue->xdp_flush |= SNULL_XDP_FLUSH_TX;
	return true;
}

static bool snull_xdp_redirect(struct snull_queue *queue, struct xdp_buff *xdp,
			       struct bpf_prog *prog)
{
	if (xdp_do_redirect(queue->dev, xdp, prog))
		return false;
	queue->xdp_flush |= SNULL_XDP_FLUSH_REDIRECT;
	snull_count(&queue->rx_stats.syncp, &queue->rx_stats.xdp_redirects, 1);
	return true;
}

/* Return: an skb for the stack; NULL without memory; else it is dealt with. */
static struct sk_buff *snull_xdp_run(struct snull_queue *queue,
				     struct bpf_prog *prog,
				     struct xdp_buff *xdp)
{
	u32 act = bpf_prog_run_xdp(prog, xdp);
	bool sent = false;

	switch (act) {
	case XDP_PASS:
		return snull_xdp_build(queue, xdp);
	case XDP_TX:
		sent = snull_xdp_tx(queue, xdp);
		break;
	case XDP_REDIRECT:
		sent = snull_xdp_redirect(queue, xdp, prog);
		break;
	case XDP_DROP:
	case XDP_ABORTED:
		break;
	default:
		bpf_warn_invalid_xdp_action(queue->dev, prog, act);
	}
	if (!sent) {
		if (act != XDP_DROP)
			trace_xdp_exception(queue->dev, prog, act);
		snull_count(&queue->rx_stats.syncp, &queue->rx_stats.xdp_drops,
			    1);
		xdp_return_buff(xdp);
	}
	return ERR_PTR(-EINPROGRESS);
}

/**
 * snull_xdp_receive() - show a frame to the XDP program
 * @queue: the queue
 * @first: the frame's first descriptor
 *
 * Context: softirq, from snull_rx_next().
 * Return: an skb for the stack; NULL if memory was short; ERR_PTR(-EINPROGRESS)
 * if the program has kept the frame, which is then counted as received.
 */
struct sk_buff *snull_xdp_receive(struct snull_queue *queue,
				  const struct nic_rx_desc *first)
{
	struct snull_priv *priv = netdev_priv(queue->dev);
	struct snull_rx_stats *stats = &queue->rx_stats;
	struct bpf_prog *prog;
	struct sk_buff *skb;
	struct xdp_buff xdp;
	unsigned int len;

	snull_xdp_prepare(queue, first, &xdp);
	len = xdp_get_buff_len(&xdp);

	/* A poll runs with softirqs off, which RCU respects. */
	prog = rcu_dereference_bh(priv->xdp_prog);
	skb = prog ? snull_xdp_run(queue, prog, &xdp) :
		     snull_xdp_build(queue, &xdp);
	if (IS_ERR(skb)) {
		snull_count(&stats->syncp, &stats->packets, 1);
		snull_count(&stats->syncp, &stats->bytes, len);
	}
	return skb;
}

/**
 * snull_xdp_flush() - send what the program sent or redirected in this poll
 * @queue: the queue
 *
 * Context: softirq, at the end of a poll.
 */
void snull_xdp_flush(struct snull_queue *queue)
{
	if (queue->xdp_flush & SNULL_XDP_FLUSH_TX)
		snull_xdp_doorbell(queue);
	if (queue->xdp_flush & SNULL_XDP_FLUSH_REDIRECT)
		xdp_do_flush();
	queue->xdp_flush = 0;
}

/* ---- attaching ------------------------------------------------------------------- */

static bool snull_xdp_fits(const struct bpf_prog *prog, int mtu)
{
	return !prog || prog->aux->xdp_has_frags ||
	       mtu + SNULL_FRAME_HEADER <= SNULL_XDP_ROOM;
}

/**
 * snull_xdp_mtu_fits() - may the MTU be changed to this?
 * @priv: the interface
 * @mtu: the new MTU, in bytes
 *
 * Context: process, RTNL held.
 * Return: false if the program could not see all of a frame.
 */
bool snull_xdp_mtu_fits(const struct snull_priv *priv, int mtu)
{
	return snull_xdp_fits(rtnl_dereference(priv->xdp_prog), mtu);
}

static int snull_xdp_check(struct snull_priv *priv, const struct bpf_prog *prog,
			   struct netlink_ext_ack *extack)
{
	if (!snull_xdp_fits(prog, priv->dev->mtu)) {
		NL_SET_ERR_MSG(extack, "MTU too large for a program without frags support");
		return -EOPNOTSUPP;
	}
	if (priv->ops && !(priv->ops->flags & SNULL_RX_NAPI)) {
		NL_SET_ERR_MSG(extack, "XDP needs use_napi=napi");
		return -EOPNOTSUPP;
	}
	if (priv->dev->features & NETIF_F_GRO_HW) {
		NL_SET_ERR_MSG(extack, "XDP needs rx-gro-hw off");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Give the rings the headroom that a program, or none, needs. */
static int snull_xdp_reshape(struct snull_priv *priv, u32 headroom)
{
	struct snull_shape shape = priv->shape;

	shape.headroom = headroom;
	return snull_reshape(priv, &shape);
}

static int snull_xdp_setup(struct snull_priv *priv, struct bpf_prog *prog,
			   struct netlink_ext_ack *extack)
{
	struct bpf_prog *old = rtnl_dereference(priv->xdp_prog);
	int err = 0;

	if (prog)
		err = snull_xdp_check(priv, prog, extack);
	if (!err && prog && !old)
		err = snull_xdp_reshape(priv, SNULL_XDP_HEADROOM);
	if (err)
		return err;
	rcu_assign_pointer(priv->xdp_prog, prog);
	if (old)
		bpf_prog_put(old);
	if (!prog && old) {
		/* Detaching never fails; without memory the headroom stays. */
		snull_xdp_reshape(priv, SNULL_BUF_HEADROOM);
		/* What the program forbade may be wanted. */
		netdev_update_features(priv->dev);
	}
	return 0;
}

/**
 * snull_bpf() - ndo_bpf: attach, replace or detach an XDP program
 * @dev: the interface
 * @bpf: what is asked for
 *
 * The first program and the last make new rings, because the buffers differ;
 * a replacement is seen from one frame to the next.
 *
 * Context: process, RTNL held.
 * Return: 0; -EOPNOTSUPP if the program and the interface don't fit, with the
 * reason in extack; -ENOMEM.
 */
int snull_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	return snull_xdp_setup(netdev_priv(dev), bpf->prog, bpf->extack);
}

#endif /* SNULL_HAVE_XDP */
