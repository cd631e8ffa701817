// SPDX-License-Identifier: GPL-2.0-only
/*
 * server.c - answer each request with the same bytes, marked as a reply.
 *
 * Whatever is no request is ignored, and no answer is longer than what asked
 * for it, so a server is no use to somebody with a forged address.
 */
#include <errno.h>
#include <string.h>

#include "napiping.h"

static bool is_request(const void *buffer, ssize_t length)
{
	return length >= (ssize_t)sizeof(struct wire) && length <= LARGEST &&
	       !memcmp(buffer, WIRE_REQUEST, strlen(WIRE_REQUEST));
}

/* An answer that cannot be sent is one that got lost. */
static void answer(const struct channel *channel, char *buffer, size_t length,
		   const struct sockaddr_storage *to, socklen_t size,
		   struct result *result)
{
	memcpy(buffer, WIRE_REPLY, strlen(WIRE_REPLY));
	if (sendto(channel->fd, buffer, length, 0, (const void *)to, size) < 0)
		result->lost++;
}

/* Be busy with a datagram, as a server that has something to compute is. */
static void compute(long long nanoseconds)
{
	long long end = now() + nanoseconds;

	while (now() < end && !stopped())
		;
}

/**
 * server_run() - answer until a signal comes, or as often or as long as asked
 * @channel: the socket
 * @options: how often, how long
 * @result: what came of it
 *
 * Return: false after a complaint.
 */
bool server_run(struct channel *channel, const struct options *options,
		struct result *result)
{
	static char buffer[LARGEST];
	struct sockaddr_storage from;
	long long end = 0;
	socklen_t size;
	ssize_t length;

	result_begin(result);
	if (options->seconds)
		end = now() + options->seconds * NSEC_PER_SEC;
	while (!stopped() && (!end || now() < end) &&
	       (!options->count ||
		result->requests < (__u64)options->count)) {
		length = channel_receive(channel, buffer, sizeof(buffer), &from,
					 &size, now() + options->timeout);
		if (length < 0 && errno != EAGAIN && errno != EINTR) {
			complain("cannot receive: %s", strerror(errno));
			return false;
		}
		if (length < 0)
			continue;
		channel_note_id(channel);
		if (options->service)
			compute(options->service);
		if (!is_request(buffer, length)) {
			result->ignored++;
			continue;
		}
		answer(channel, buffer, length, &from, size, result);
		result->requests++;
	}
	result_end(result);
	return true;
}
