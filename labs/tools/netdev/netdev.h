/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netdev.h - what the files of netdev share.
 *
 * Read next: netdev.c, for the commands; get.c, what is shown; set.c, what is
 * set; netlink.c, how the kernel is asked.
 */
#ifndef NETDEV_H
#define NETDEV_H

#include <libmnl/libmnl.h>
#include <linux/types.h>
#include <stdbool.h>

#define FAMILY		"netdev"
#define STATUS_FAILED	2

/* ---- netlink.c: generic netlink ----------------------------------------------- */

union buffer {
	struct nlmsghdr head;
	char bytes[32 * 1024];
};

/**
 * struct link - how the kernel is reached
 * @socket: generic netlink
 * @family: the number of the family, or 0 when the kernel has none
 */
struct link {
	struct mnl_socket *socket;
	__u16 family;
};

bool link_open(struct link *link);
void link_close(struct link *link);
struct nlmsghdr *link_request(union buffer *buffer, __u16 type, __u16 flags,
			      __u8 command);
bool link_transact(const struct link *link, union buffer *buffer,
		   mnl_cb_t take, void *data);

/* ---- get.c, set.c --------------------------------------------------------------- */

/* By the numbers that the kernel gives them. */
#define THREADED_MODES	3
extern const char * const threaded_modes[THREADED_MODES];

bool get_known(const char *command);
int get_run(const char *command, const char *interface, bool device, bool json);
int set_run(const char *id, char **words);

/* ---- netdev.c --------------------------------------------------------------------- */

[[gnu::format(printf, 1, 2)]] void complain(const char *format, ...);
void complain_too_old(const char *what, const char *since);

#endif /* NETDEV_H */
