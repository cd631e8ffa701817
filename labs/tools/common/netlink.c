// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink.c - requests to the kernel, and its replies.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <sys/socket.h>
#include <time.h>

#include "netlink.h"

#define FAMILY		"netdev"

/**
 * netlink_open() - open a socket
 * @bus: NETLINK_ROUTE or the like
 * @groups: whose notifications it gets
 *
 * Return: the socket, or NULL with errno set.
 */
struct mnl_socket *netlink_open(int bus, unsigned int groups)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);

	if (socket && mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(socket);
		socket = NULL;
	}
	return socket;
}

/*
 * An acknowledgment, or the end of a dump: both begin with the error, negative,
 * or with 0. libmnl itself does not look at a dump's.
 */
static int take_end(const struct nlmsghdr *message, void *data)
{
	const int *error = mnl_nlmsg_get_payload(message);

	(void)data;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*error) || *error >= 0)
		return MNL_CB_STOP;
	errno = -*error;
	return MNL_CB_ERROR;
}

/**
 * netlink_transact() - send a message, and hand what comes to a function
 * @socket: where to
 * @buffer: the message, with NLM_F_ACK or NLM_F_DUMP; the replies come there
 *	as well
 * @take: the function, or NULL
 * @data: for it
 *
 * Return: false with errno set: EINTR also when what a dump shows has changed
 * meanwhile.
 */
bool netlink_transact(struct mnl_socket *socket, union netlink_buffer *buffer,
		      mnl_cb_t take, void *data)
{
	/* Older versions of libmnl want to have it so, not constant. */
	static mnl_cb_t control[] = {
		[NLMSG_ERROR] = take_end,
		[NLMSG_DONE] = take_end,
	};
	unsigned int port = mnl_socket_get_portid(socket);
	unsigned int seq = buffer->head.nlmsg_seq;
	ssize_t length;
	int more;

	if (mnl_socket_sendto(socket, buffer, buffer->head.nlmsg_len) < 0)
		return false;
	do {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(*buffer));
		if (length < 0)
			return false;
		more = mnl_cb_run2(buffer, length, seq, port, take, data,
				   control, sizeof(control) / sizeof(*control));
	} while (more > MNL_CB_STOP);
	return more == MNL_CB_STOP;
}

/* ---- generic netlink ------------------------------------------------------------ */

/**
 * family_request() - begin a message
 * @buffer: where
 * @type: the family's number
 * @flags: besides NLM_F_REQUEST
 * @command: what to do
 *
 * Return: the message, for its attributes.
 */
struct nlmsghdr *family_request(union netlink_buffer *buffer, __u16 type,
				__u16 flags, __u8 command)
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

static int take_id(const struct nlmsghdr *message, void *data)
{
	struct family *family = data;
	struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family->id = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/**
 * family_open() - reach the family, if the kernel has it
 * @family: the result; family_close() it in any case
 *
 * Return: false with errno set.
 */
bool family_open(struct family *family)
{
	union netlink_buffer buffer;
	struct nlmsghdr *message;

	family->id = 0;
	family->socket = netlink_open(NETLINK_GENERIC, 0);
	if (!family->socket)
		return false;
	message = family_request(&buffer, GENL_ID_CTRL, NLM_F_ACK,
				 CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, FAMILY);
	return netlink_transact(family->socket, &buffer, take_id, family) ||
	       errno == ENOENT;
}

/**
 * family_close() - close what is open
 * @family: which
 */
void family_close(struct family *family)
{
	if (family->socket)
		mnl_socket_close(family->socket);
	family->socket = NULL;
}
