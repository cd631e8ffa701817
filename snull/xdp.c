// SPDX-License-Identifier: GPL-2.0-only
/*
 * xdp.c - XDP: a BPF program sees each frame before there is an skb, and says
 * what becomes of it.
 *
 * Receive paths know nothing of it: snull_rx_next() calls here, and hands on
 * only what the program passes to the stack.
 *
 * Read next: xdp_tx.c, what the program sends; reset.c, if that hangs;
 * Documentation/networking/xdp-*.rst.
 */
#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <linux/slab.h>

#include "compat.h"
#include "snull.h"

#ifdef SNULL_HAVE_XDP

/* What is to be done at the end of the poll. */
#define SNULL_XDP_FLUSH_TX		BIT(0)
#define SNULL_XDP_FLUSH_REDIRECT	BIT(1)
#define SNULL_XDP_FLUSH_COUNT		BIT(2)

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
		skb_frag_fill_page_desc(&sinfo->frags[i - 1], page,
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
		xdp_update_skb_frags_info(skb, nr_frags, frags_size,
					  nr_frags * queue->rings.buf_size,
					  xdp_buff_get_skb_flags(xdp));
	skb_mark_for_recycle(skb);
	return skb;
}

static bool snull_xdp_tx(struct snull_queue *queue, struct xdp_buff *xdp)
{
	struct xdp_frame *xdpf = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!xdpf))
		return false;
	/* Its doorbell rings at the end of the poll. */
	if (!snull_xdp_send(queue, &xdpf, 1, SNULL_TX_POOL))
		return false;
	queue->xdp_flush |= SNULL_XDP_FLUSH_TX;
	queue->rings.rx_sums.xdp_tx++;
	return true;
}

static bool snull_xdp_redirect(struct snull_queue *queue, struct xdp_buff *xdp,
			       struct bpf_prog *prog)
{
	if (xdp_do_redirect(queue->dev, xdp, prog))
		return false;
	queue->xdp_flush |= SNULL_XDP_FLUSH_REDIRECT;
	queue->rings.rx_sums.xdp_redirects++;
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
		queue->rings.rx_sums.xdp_drops++;
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
	struct snull_rx_sums *sums = &queue->rings.rx_sums;
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
		sums->packets++;
		sums->bytes += len;
		queue->xdp_flush |= SNULL_XDP_FLUSH_COUNT;
	}
	return skb;
}

static void snull_xdp_count(struct snull_queue *queue)
{
	struct snull_rx_sums *sums = &queue->rings.rx_sums;
	struct snull_rx_stats *stats = &queue->rx_stats;
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(&stats->syncp);
	u64_stats_add(&stats->xdp_drops, sums->xdp_drops);
	u64_stats_add(&stats->xdp_tx, sums->xdp_tx);
	u64_stats_add(&stats->xdp_redirects, sums->xdp_redirects);
	u64_stats_update_end_irqrestore(&stats->syncp, flags);
	sums->xdp_drops = 0;
	sums->xdp_tx = 0;
	sums->xdp_redirects = 0;
}

/**
 * snull_xdp_flush() - send what the program sent or redirected in this poll,
 *	and count what it has kept
 * @queue: the queue
 *
 * Context: softirq, at the end of a poll.
 */
void snull_xdp_flush(struct snull_queue *queue)
{
	if (queue->xdp_flush & SNULL_XDP_FLUSH_COUNT)
		snull_xdp_count(queue);
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
	struct snull_shape shape = priv->shape;

	shape.headroom = SNULL_XDP_HEADROOM;
	if (!snull_shape_holds(&shape, priv->dev->mtu)) {
		NL_SET_ERR_MSG(extack, "a frame of the MTU would not fit into the rx ring");
		return -EOPNOTSUPP;
	}
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
	if (priv->shape.buf_len != SNULL_BUF_LEN) {
		NL_SET_ERR_MSG(extack, "XDP needs rx-buf-len 4096");
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
	}
	/* What a program forbids, and what it forbade: snull_fix_features(). */
	if (!prog != !old)
		netdev_update_features(priv->dev);
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
 * reason in extack; -EINVAL for another command; -ENOMEM.
 */
int snull_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	return snull_xdp_setup(netdev_priv(dev), bpf->prog, bpf->extack);
}

#endif /* SNULL_HAVE_XDP */
