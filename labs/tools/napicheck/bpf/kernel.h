/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - the little that check.bpf.c has to know of the kernel's types.
 *
 * Only names and types count here: where a member really is, libbpf finds out
 * from the running kernel's BTF when it loads the programs (CO-RE).
 */
#ifndef NAPICHECK_KERNEL_H
#define NAPICHECK_KERNEL_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "../rules.h"

#define FROM_BTF	__attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum;
} FROM_BTF;

struct net {
	struct ns_common ns;
} FROM_BTF;

struct net_device {
	char name[16];
	int ifindex;
	unsigned int flags;
	struct {
		struct net *net;
	} nd_net;
} FROM_BTF;

struct napi_struct {
	unsigned long state;
	int (*poll)(struct napi_struct *napi, int budget);
	struct net_device *dev;
} FROM_BTF;

struct sk_buff {
	struct net_device *dev;
} FROM_BTF;

struct list_head {
	struct list_head *next;
} FROM_BTF;

struct task_struct {
	int softirq_disable_cnt;	/* PREEMPT_RT only */
} FROM_BTF;

/* Of net_device.flags. */
#define IFF_LOOPBACK	BIT(3)

/* Bits of napi_struct.state, the same from 5.10 to 7.x. */
#define NAPI_SCHED	BIT(0)
#define NAPI_DISABLE	BIT(2)

/* What ndo_start_xmit returns who has not taken the packet. */
#define NETDEV_TX_BUSY	0x10

/* Fields of the preemption counter; a softirq that runs counts one, softirqs switched off two. */
#define SOFTIRQ_RUNS	0x00000100
#define SOFTIRQ_MASK	0x0000ff00
#define HARDIRQ_MASK	0x000f0000
#define NMI_MASK	0x00f00000

#endif /* NAPICHECK_KERNEL_H */
