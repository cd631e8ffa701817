// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink.c - requests to the kernel's generic netlink family "netdev".
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <time.h>

#include "netdev.h"

/**
 * link_request() - begin a message
 * @buffer: where
 * @type: the family's number
 * @flags: besides NLM_F_REQUEST
 * @command: what to do
 *
 * Return: the message, for its attributes.
 */
struct nlmsghdr *link_request(union buffer *buffer, __u16 type, __u16 flags,
			      __u8 command)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *head;

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = time(NULL);
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->cmd = command;
	head->version = 1;
	return message;
}

/**
 * link_transact() - send a message, and hand what comes to a function
 * @link: where to
 * @buffer: the message; the replies come there as well
 * @take: the function, or NULL
 * @data: for it
 *
 * Return: false with errno set.
 */
bool link_transact(const struct link *link, union buffer *buffer,
		   mnl_cb_t take, void *data)
{
	unsigned int port = mnl_socket_get_portid(link->socket);
	unsigned int seq = buffer->head.nlmsg_seq;
	ssize_t length;
	int more;

	if (mnl_socket_sendto(link->socket, buffer, buffer->head.nlmsg_len) < 0)
		return false;
	do {
		length = mnl_socket_recvfrom(link->socket, buffer,
					     sizeof(*buffer));
		if (length < 0)
			return false;
		more = mnl_cb_run(buffer, length, seq, port, take, data);
	} while (more > MNL_CB_STOP);
	return more == MNL_CB_STOP;
}

static int take_family(const struct nlmsghdr *message, void *data)
{
	struct link *link = data;
	struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			link->family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/**
 * link_open() - reach the family, if the kernel has it
 * @link: the result; link_close() it in any case
 *
 * Return: false after a complaint.
 */
bool link_open(struct link *link)
{
	struct nlmsghdr *message;
	union buffer buffer;

	link->family = 0;
	link->socket = mnl_socket_open(NETLINK_GENERIC);
	if (!link->socket ||
	    mnl_socket_bind(link->socket, 0, MNL_SOCKET_AUTOPID)) {
		complain("netlink: %s", strerror(errno));
		return false;
	}
	message = link_request(&buffer, GENL_ID_CTRL, NLM_F_ACK,
			       CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, FAMILY);
	if (!link_transact(link, &buffer, take_family, link) &&
	    errno != ENOENT) {
		complain("netlink: %s", strerror(errno));
		return false;
	}
	return true;
}

/**
 * link_close() - close what is open
 * @link: which
 */
void link_close(struct link *link)
{
	if (link->socket)
		mnl_socket_close(link->socket);
}
