// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel.c - a socket, and how to wait for what comes.
 *
 * Two ways: in recv(), where the socket's own options say whether the kernel
 * polls the NIC before it puts the process to sleep; or in epoll_wait(), where
 * the epoll instance's do.
 */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "napiping.h"

/* What the headers of Linux 5.10 and of older C libraries lack. */
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL	69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET	70
#endif

/* Linux 6.9's struct epoll_params, which is in some headers and not in others. */
struct busy_params {
	__u32 usecs;
	__u16 budget;
	__u8 prefer;
	__u8 pad;
};

#define SET_BUSY_PARAMS		_IOW(0x8A, 0x01, struct busy_params)
#define GET_BUSY_PARAMS		_IOR(0x8A, 0x02, struct busy_params)

/* ---- busy polling --------------------------------------------------------------- */

static bool kernel_busy_polls(int fd)
{
	socklen_t size = sizeof(int);
	int value;

	return !getsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &value, &size);
}

/* Say what is missing: the kernel's age, its configuration, or a capability. */
static bool refused(int fd, const char *what, const char *since)
{
	int error = errno;
	struct utsname kernel;

	uname(&kernel);
	if (error == EPERM)
		complain("%s needs the capability CAP_NET_ADMIN: run it as root",
			 what);
	else if (!kernel_busy_polls(fd))
		complain("no %s: Linux %s was built without %s", what,
			 kernel.release, "CONFIG_NET_RX_BUSY_POLL");
	else if (error == ENOPROTOOPT || error == ENOTTY)
		complain("no %s: this is Linux %s, and it came with %s", what,
			 kernel.release, since);
	else
		complain("%s: %s", what, strerror(error));
	return false;
}

static bool set(int fd, int option, int value, const char *name,
		const char *since)
{
	if (setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value)))
		return refused(fd, name, since);
	return true;
}

static bool set_socket(struct channel *channel, const struct options *options)
{
	int fd = channel->fd;

	return (options->usecs < 0 ||
		set(fd, SO_BUSY_POLL, options->usecs, "SO_BUSY_POLL",
		    "Linux 3.11")) &&
	       (!options->prefer ||
		set(fd, SO_PREFER_BUSY_POLL, 1, "SO_PREFER_BUSY_POLL",
		    "Linux 5.11")) &&
	       (options->budget < 0 ||
		set(fd, SO_BUSY_POLL_BUDGET, options->budget,
		    "SO_BUSY_POLL_BUDGET", "Linux 5.11"));
}

static unsigned int get(int fd, int option)
{
	socklen_t size = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? 0 : value;
}

/* The budget cannot be asked for: it is what has been set. */
static void read_socket(struct channel *channel, const struct options *options)
{
	channel->busy_known = kernel_busy_polls(channel->fd);
	channel->usecs = get(channel->fd, SO_BUSY_POLL);
	channel->prefer = get(channel->fd, SO_PREFER_BUSY_POLL);
	channel->budget = options->budget < 0 ? 0 : options->budget;
}

static bool set_epoll(struct channel *channel, const struct options *options)
{
	struct busy_params params = {
		.usecs = options->usecs < 0 ? 0 : options->usecs,
		.budget = options->budget < 0 ? 0 : options->budget,
		.prefer = options->prefer,
	};
	struct epoll_event event = { .events = EPOLLIN };

	channel->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (channel->epoll < 0 ||
	    epoll_ctl(channel->epoll, EPOLL_CTL_ADD, channel->fd, &event)) {
		complain("epoll: %s", strerror(errno));
		return false;
	}
	if ((options->usecs >= 0 || options->budget >= 0 || options->prefer) &&
	    ioctl(channel->epoll, SET_BUSY_PARAMS, &params))
		return refused(channel->fd, "EPIOCSPARAMS",
			       "Linux 6.9; without --epoll the socket's options are used");
	return true;
}

static void read_epoll(struct channel *channel)
{
	struct busy_params params;

	if (ioctl(channel->epoll, GET_BUSY_PARAMS, &params))
		return;
	channel->busy_known = true;
	channel->usecs = params.usecs;
	channel->budget = params.budget;
	channel->prefer = params.prefer;
}

/* ---- the socket ------------------------------------------------------------------- */

static struct addrinfo *resolve(const char *host, const char *port, int family,
				bool passive)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = passive ? AI_PASSIVE : 0,
	};
	struct addrinfo *found;
	int error;

	/* Where a name has both, that of IPv4: a server listens there. */
	if (family == AF_UNSPEC) {
		hints.ai_family = AF_INET;
		if (!getaddrinfo(host, port, &hints, &found))
			return found;
		hints.ai_family = AF_UNSPEC;
	}
	error = getaddrinfo(host, port, &hints, &found);
	if (error) {
		complain("%s: %s", host, gai_strerror(error));
		return NULL;
	}
	return found;
}

static bool bind_to(int fd, const char *address, const char *port, int family)
{
	struct addrinfo *own = resolve(address, port, family, true);
	bool good;

	if (!own)
		return false;
	good = !bind(fd, own->ai_addr, own->ai_addrlen);
	if (!good)
		complain("cannot use %s port %s: %s", address, port,
			 strerror(errno));
	freeaddrinfo(own);
	return good;
}

static bool open_socket(struct channel *channel, const struct options *options)
{
	const char *host = options->server ? options->bind : options->host;
	struct addrinfo *peer = resolve(host, options->port, AF_UNSPEC,
					options->server);
	bool good;

	if (!peer)
		return false;
	channel->fd = socket(peer->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	good = channel->fd >= 0;
	if (!good)
		complain("no socket: %s", strerror(errno));
	else if (options->server)
		good = bind_to(channel->fd, host, options->port,
			       peer->ai_family);
	else if (options->bind)
		good = bind_to(channel->fd, options->bind, "0",
			       peer->ai_family);
	if (good && !options->server &&
	    connect(channel->fd, peer->ai_addr, peer->ai_addrlen)) {
		complain("%s: %s", host, strerror(errno));
		good = false;
	}
	freeaddrinfo(peer);
	return good;
}

static bool set_timeout(const struct channel *channel, long long timeout)
{
	struct timeval time = {
		.tv_sec = timeout / NSEC_PER_SEC,
		.tv_usec = timeout % NSEC_PER_SEC / 1000,
	};

	return !setsockopt(channel->fd, SOL_SOCKET, SO_RCVTIMEO, &time,
			   sizeof(time));
}

/**
 * channel_open() - make the socket, with all its options
 * @channel: the result; channel_close() it in any case
 * @options: which
 *
 * Return: false after a complaint.
 */
bool channel_open(struct channel *channel, const struct options *options)
{
	*channel = (struct channel){ .fd = -1, .epoll = -1, .stamps.clock = -1 };
	if (!open_socket(channel, options))
		return false;
	if (options->stamps && !stamps_open(channel, options->stamps))
		return false;
	if (!set_timeout(channel, options->timeout)) {
		complain("SO_RCVTIMEO: %s", strerror(errno));
		return false;
	}
	if (options->epoll) {
		if (!set_epoll(channel, options))
			return false;
		read_epoll(channel);
	} else {
		if (!set_socket(channel, options))
			return false;
		read_socket(channel, options);
	}
	return true;
}

/**
 * channel_close() - close what is open
 * @channel: which
 */
void channel_close(struct channel *channel)
{
	stamps_close(channel);
	if (channel->epoll >= 0)
		close(channel->epoll);
	if (channel->fd >= 0)
		close(channel->fd);
}

/* True when there is something to receive. */
static bool wait_epoll(const struct channel *channel, long long deadline)
{
	long long left = deadline - now();
	struct epoll_event event;
	int found;

	/* A millisecond is the finest there is; none at all would not wait. */
	found = epoll_wait(channel->epoll, &event, 1,
			   left > 0 ? (left + 999999) / 1000000 : 0);
	if (!found)
		errno = EAGAIN;
	return found > 0;
}

/* The same as recvfrom(), without an address, and with the stamps. */
static ssize_t receive_stamped(struct channel *channel, void *buffer,
			       size_t size, int flags)
{
	char control[256];
	struct iovec vector = { .iov_base = buffer, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(channel->fd, &message, flags);

	if (length >= 0)
		stamps_note(&channel->stamps, &message);
	return length;
}

/**
 * channel_receive() - wait for a datagram
 * @channel: where
 * @buffer: for its beginning
 * @size: of the buffer
 * @from: who sent it, or NULL; NULL for a channel with stamps
 * @length: of @from, or NULL
 * @deadline: until when, but never longer than the timeout in the options
 *
 * Return: its length, which may be greater than @size; or -1 with errno set,
 * EAGAIN when nothing came in time, EINTR after a signal.
 */
ssize_t channel_receive(struct channel *channel, void *buffer, size_t size,
			struct sockaddr_storage *from, socklen_t *length,
			long long deadline)
{
	int flags = MSG_TRUNC;

	if (channel->epoll >= 0) {
		if (!wait_epoll(channel, deadline))
			return -1;
		flags |= MSG_DONTWAIT;
	}
	if (channel->stamps.device)
		return receive_stamped(channel, buffer, size, flags);
	if (length)
		*length = sizeof(*from);
	return recvfrom(channel->fd, buffer, size, flags,
			(struct sockaddr *)from, length);
}

/**
 * channel_note_id() - ask which NAPI the last datagram came through
 * @channel: where
 */
void channel_note_id(struct channel *channel)
{
	struct ids *ids = &channel->ids;
	socklen_t size = sizeof(int);
	unsigned int id;

	if (getsockopt(channel->fd, SOL_SOCKET, SO_INCOMING_NAPI_ID, &id,
		       &size)) {
		ids->unknown = true;
		return;
	}
	/* 0 is what came through no NAPI: over the loopback, or by netif_rx(). */
	if (!ids->any)
		ids->first = id;
	else if (id != ids->last)
		ids->changes++;
	ids->any = true;
	ids->last = id;
}
