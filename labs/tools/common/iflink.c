// SPDX-License-Identifier: GPL-2.0-only
/*
 * iflink.c - an interface's packets and drops, by rtnetlink.
 *
 * The interface is known by its index, so that one which takes its name later
 * is not taken for it. When it goes, the kernel's notification carries its
 * last statistics.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "iflink.h"
#include "netlink.h"

const char * const link_names[LINK_COUNTERS] = {
	"rx_packets", "rx_bytes", "tx_packets", "tx_bytes",
	"rx_missed", "rx_dropped",
};

/**
 * struct link - an interface
 * @query: for requests and their replies
 * @events: for notifications, or NULL
 * @seq: number of the last request
 * @index: of the interface
 * @name: of the interface, as it is now
 * @counters: the last that are known
 * @gone: the interface is no more, or in another network namespace
 */
struct link {
	struct mnl_socket *query;
	struct mnl_socket *events;
	unsigned int seq;
	int index;
	char name[IFNAMSIZ];
	__u64 counters[LINK_COUNTERS];
	bool gone;
};

static void link_parse_stats(struct link *link, const struct nlattr *attr)
{
	struct rtnl_link_stats64 stats = {};
	size_t len = mnl_attr_get_payload_len(attr);

	/* A newer kernel's has more members than ours, or an older one's fewer. */
	memcpy(&stats, mnl_attr_get_payload(attr),
	       len < sizeof(stats) ? len : sizeof(stats));
	link->counters[LINK_RX_PACKETS] = stats.rx_packets;
	link->counters[LINK_RX_BYTES] = stats.rx_bytes;
	link->counters[LINK_TX_PACKETS] = stats.tx_packets;
	link->counters[LINK_TX_BYTES] = stats.tx_bytes;
	link->counters[LINK_RX_MISSED] = stats.rx_missed_errors;
	link->counters[LINK_RX_DROPPED] = stats.rx_dropped;
}

static int link_parse(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct link *link = data;

	/* Bridges send messages about their ports, of a family of their own. */
	if (info->ifi_family != AF_UNSPEC || link->gone ||
	    (link->index && link->index != info->ifi_index))
		return MNL_CB_OK;
	link->index = info->ifi_index;
	mnl_attr_for_each(attr, message, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_STATS64)
			link_parse_stats(link, attr);
		else if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			snprintf(link->name, sizeof(link->name), "%s",
				 mnl_attr_get_str(attr));
	}
	if (message->nlmsg_type == RTM_DELLINK)
		link->gone = true;
	return MNL_CB_OK;
}

/* Ask for the interface: by its index, or by its name before that is known. */
static int link_ask(struct link *link)
{
	union netlink_buffer buffer;
	struct nlmsghdr *message = mnl_nlmsg_put_header(&buffer);
	struct ifinfomsg *info;

	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++link->seq;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = link->index;
	if (!link->index)
		mnl_attr_put_strz(message, IFLA_IFNAME, link->name);
	return netlink_transact(link->query, &buffer, link_parse, link) ? 0 : -1;
}

/**
 * link_open() - find an interface
 * @ifname: its name
 * @follow: hear of what becomes of it, for link_listen()
 *
 * Return: the interface, or NULL after a complaint.
 */
struct link *link_open(const char *ifname, bool follow)
{
	struct link *link = allocate(NULL, sizeof(*link));

	memset(link, 0, sizeof(*link));
	if (!*ifname || strlen(ifname) >= sizeof(link->name)) {
		complain("'%s' cannot be the name of an interface", ifname);
		free(link);
		return NULL;
	}
	memcpy(link->name, ifname, strlen(ifname));
	link->query = netlink_open(NETLINK_ROUTE, 0);
	if (follow)
		link->events = netlink_open(NETLINK_ROUTE, RTMGRP_LINK);
	if (link->query && (link->events || !follow) && !link_ask(link))
		return link;
	if (errno == ENODEV)
		complain("no interface '%s' here; \"ip link\" lists them",
			 ifname);
	else
		complain("cannot ask for interface '%s': %s", ifname,
			 strerror(errno));
	link_close(link);
	return NULL;
}

/**
 * link_close() - the opposite of link_open()
 * @link: the interface, or NULL
 */
void link_close(struct link *link)
{
	if (!link)
		return;
	if (link->query)
		mnl_socket_close(link->query);
	if (link->events)
		mnl_socket_close(link->events);
	free(link);
}

/**
 * link_fd() - what to poll for notifications
 * @link: the interface, which is followed
 *
 * Return: a file descriptor.
 */
int link_fd(const struct link *link)
{
	return mnl_socket_get_fd(link->events);
}

/**
 * link_listen() - take a notification
 * @link: the interface, which is followed
 */
void link_listen(struct link *link)
{
	union netlink_buffer buffer;
	ssize_t len;

	/* One that got lost shows when the interface is asked for again. */
	len = mnl_socket_recvfrom(link->events, &buffer, sizeof(buffer));
	if (len > 0)
		mnl_cb_run(&buffer, len, 0, 0, link_parse, link);
}

/**
 * link_gone() - has the interface vanished?
 * @link: the interface
 *
 * Return: true once it has.
 */
bool link_gone(const struct link *link)
{
	return link->gone;
}

/**
 * link_name() - the interface's name
 * @link: the interface
 *
 * Return: the name, as it is now.
 */
const char *link_name(const struct link *link)
{
	return link->name;
}

/**
 * link_index() - the interface's number
 * @link: the interface
 *
 * Return: the number, which stays the same whatever its name is.
 */
int link_index(const struct link *link)
{
	return link->index;
}

static bool readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0 && poll_fd.revents & POLLIN;
}

/**
 * link_read() - read an interface's statistics
 * @link: the interface
 * @counters: the result, by enum link_counter: the last that are known, if the
 *	interface is gone
 */
void link_read(struct link *link, __u64 *counters)
{
	/* What it says when it goes has its last numbers, and may wait already. */
	while (link->events && !link->gone && readable(link_fd(link)))
		link_listen(link);
	if (!link->gone && link_ask(link) && errno == ENODEV)
		link->gone = true;
	memcpy(counters, link->counters, sizeof(link->counters));
}
