// SPDX-License-Identifier: GPL-2.0-only
/*
 * client.c - ask, wait for the answer, and take the time.
 *
 * Nothing that comes is trusted: the time of a request is remembered here, and
 * only the reply to the request that is being waited for counts.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "napiping.h"

/**
 * struct client - a client at work
 * @channel: its socket
 * @options: what was asked for
 * @result: what has come of it
 * @buffer: the request
 * @session: a random number, so that nobody else's replies are taken for ours
 * @answered: somebody is there
 */
struct client {
	struct channel *channel;
	const struct options *options;
	struct result *result;
	char buffer[LARGEST];
	__u32 session;
	bool answered;
};

enum outcome { ANSWERED, LOST, STOPPED, FAILED };

static enum outcome send_failed(const struct client *client)
{
	switch (errno) {
	case EINTR: /* without a signal of ours, after a stop and SIGCONT */
		return stopped() ? STOPPED : LOST;
	case ENOBUFS:
	case EAGAIN:
		return LOST;
	case ECONNREFUSED: /* of the request before */
		if (client->answered)
			return LOST;
		complain("nobody listens on %s port %s: run \"napiping --server\" there",
			 client->options->host, client->options->port);
		return FAILED;
	default:
		complain("cannot send to %s: %s", client->options->host,
			 strerror(errno));
		return FAILED;
	}
}

/* Is it the reply to this request? Count what it is otherwise. */
static bool is_reply(const struct client *client, const struct wire *wire,
		     ssize_t length, __u64 sequence)
{
	bool ours = length == client->options->length &&
		    !memcmp(wire->kind, WIRE_REPLY, sizeof(wire->kind)) &&
		    be32toh(wire->session) == client->session;

	if (!ours || be64toh(wire->sequence) > sequence)
		client->result->ignored++;
	else if (be64toh(wire->sequence) < sequence)
		client->result->late++;
	else
		return true;
	return false;
}

/* Wait for the reply to this request. */
static enum outcome await(struct client *client, __u64 sequence, long long sent,
			  long long *latency)
{
	long long deadline = sent + client->options->timeout, at;
	struct wire wire;
	ssize_t length;

	do {
		length = channel_receive(client->channel, &wire, sizeof(wire),
					 NULL, NULL, deadline);
		at = now();
		if (length < 0 && errno == EAGAIN)
			return LOST;
		if (length < 0 && errno == EINTR && !stopped())
			continue; /* after a stop and SIGCONT */
		if (length < 0)
			return send_failed(client);
		if (is_reply(client, &wire, length, sequence)) {
			*latency = at - sent;
			client->result->late += at > deadline;
			return at > deadline ? LOST : ANSWERED;
		}
	} while (at < deadline && !stopped());
	return stopped() ? STOPPED : LOST;
}

static enum outcome ask(struct client *client, __u64 sequence,
			long long *latency)
{
	struct wire wire = {
		.kind = WIRE_REQUEST,
		.session = htobe32(client->session),
		.sequence = htobe64(sequence),
	};
	long long sent;

	memcpy(client->buffer, &wire, sizeof(wire));
	sent = now();
	if (send(client->channel->fd, client->buffer, client->options->length,
		 0) < 0)
		return send_failed(client);
	return await(client, sequence, sent, latency);
}

/* Count one request that was not part of the warm-up. False ends it all. */
static bool count(struct client *client, enum outcome outcome,
		  long long latency)
{
	struct result *result = client->result;

	if (outcome == STOPPED || outcome == FAILED)
		return false;
	result->requests++;
	if (outcome == LOST) {
		result->lost++;
		return true;
	}
	if (!samples_add(&result->samples, latency) ||
	    (client->channel->stamps.device &&
	     !stamps_add(&client->channel->stamps, latency, result->stages))) {
		complain("no room for more than %zu latencies: end",
			 result->samples.count);
		return false;
	}
	return true;
}

static bool more(const struct client *client, long long end)
{
	const struct options *options = client->options;

	return !stopped() && (!end || now() < end) &&
	       (!options->count ||
		client->result->requests < (__u64)options->count);
}

/* Requests that are late are sent at once, but never made up for. */
static long long pace(long long due, long long interval, long long end)
{
	long long at = now();

	due += interval;
	if (!interval || due < at)
		return at;
	if (end && due > end)
		due = end;
	sleep_until(due);
	return due;
}

/* Ask without counting, so that neighbours are known and caches are warm. */
static enum outcome warm_up(struct client *client, __u64 *sequence)
{
	enum outcome outcome = ANSWERED;
	long long latency;

	while (*sequence < (__u64)client->options->warmup && !stopped()) {
		outcome = ask(client, (*sequence)++, &latency);
		if (outcome == STOPPED || outcome == FAILED)
			break;
		client->answered |= outcome == ANSWERED;
	}
	client->result->late = 0;
	client->result->ignored = 0;
	return outcome;
}

/**
 * client_run() - ask as often, or as long, as was asked for
 * @channel: the socket
 * @options: how often, how long
 * @result: what came of it
 *
 * Return: false after a complaint.
 */
bool client_run(struct channel *channel, const struct options *options,
		struct result *result)
{
	static struct client client;
	long long due, end = 0, latency;
	enum outcome outcome;
	__u64 sequence = 0;

	client.channel = channel;
	client.options = options;
	client.result = result;
	if (getrandom(&client.session, sizeof(client.session), 0) < 0) {
		complain("no random number: %s", strerror(errno));
		return false;
	}
	outcome = warm_up(&client, &sequence);
	result_begin(result);
	due = now();
	if (options->seconds)
		end = due + options->seconds * NSEC_PER_SEC;
	while (outcome != STOPPED && outcome != FAILED && more(&client, end)) {
		outcome = ask(&client, sequence++, &latency);
		client.answered |= outcome == ANSWERED;
		if (outcome == ANSWERED)
			channel_note_id(channel);
		if (!count(&client, outcome, latency))
			break;
		if (more(&client, end))
			due = pace(due, options->interval, end);
	}
	result_end(result);
	return outcome != FAILED;
}
