/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink.h - asking the kernel: what libmnl leaves to do.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/types.h>
#include <stdbool.h>

union netlink_buffer {
	struct nlmsghdr head;
	char bytes[32 * 1024];
};

struct mnl_socket *netlink_open(int bus, unsigned int groups);
bool netlink_transact(struct mnl_socket *socket, union netlink_buffer *buffer,
		      mnl_cb_t take, void *data);

/* ---- the generic netlink family "netdev" ---------------------------------------- */

/* In the kernel's include/uapi/linux/netdev.h, which older headers lack. */
#define NETDEV_NAPI_GET		11
#define NETDEV_NAPI_IFINDEX	1
#define NETDEV_NAPI_IRQ		3

/**
 * struct family - how it is reached
 * @socket: generic netlink
 * @id: its number, or 0 when the kernel has none
 */
struct family {
	struct mnl_socket *socket;
	__u16 id;
};

bool family_open(struct family *family);
void family_close(struct family *family);
struct nlmsghdr *family_request(union netlink_buffer *buffer, __u16 type,
				__u16 flags, __u8 command);

#endif /* NETLINK_H */
