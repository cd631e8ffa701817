/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * napiping.h - what the files of napiping share.
 *
 * A client sends one datagram, waits for the answer, and sends the next. How
 * it waits is what there is to choose: asleep until an interrupt wakes it, or
 * polling the NIC itself.
 *
 * Read next: client.c and server.c, the two ends; channel.c, how they wait;
 * samples.c, what is made of the latencies; stamps.c, where their time goes;
 * report.c and json.c, how it is shown; napiping.c, for the options.
 */
#ifndef NAPIPING_H
#define NAPIPING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

#include "common.h"

/* As ping(8) has it. */
#define STATUS_LOST		1
#define STATUS_FAILED		2

#define NSEC_PER_USEC		1000.0

/* ---- the datagrams ------------------------------------------------------------ */

#define WIRE_REQUEST		"NPQ1"
#define WIRE_REPLY		"NPR1"
#define LARGEST			65507

/**
 * struct wire - how a datagram begins; anything may follow
 * @kind: WIRE_REQUEST or WIRE_REPLY, so that two servers cannot keep each other
 *	busy
 * @session: a random number that the client chose
 * @sequence: of the request, from 0
 */
struct wire {
	char kind[4];
	__be32 session;
	__be64 sequence;
};

/* ---- napiping.c --------------------------------------------------------------- */

/**
 * struct options - what the command line says
 * @host: where the server is, or NULL for a server
 * @port: the server's, as text
 * @bind: own address, or NULL
 * @output: file for the report, or NULL
 * @stamps: interface whose NIC is to stamp the replies, or NULL
 * @server: answer, do not ask
 * @daemon: a server in the background
 * @json: the report is for programs
 * @histogram: text has one
 * @epoll: wait with epoll_wait(), not in recv()
 * @prefer: prefer busy polling
 * @usecs: to busy poll, or -1 to leave it as it is
 * @budget: of a busy poll, or -1 to leave it as it is
 * @cpu: to run on, or -1
 * @length: of a datagram
 * @count: requests, or 0 for no limit
 * @warmup: requests before, which are not counted
 * @seconds: how long, or 0 for no limit
 * @interval: between requests, in nanoseconds; 0 for none
 * @timeout: until a reply counts as lost, in nanoseconds
 * @service: how long a server computes for each datagram, in nanoseconds
 */
struct options {
	const char *host;
	const char *port;
	const char *bind;
	const char *output;
	const char *stamps;
	bool server;
	bool daemon;
	bool json;
	bool histogram;
	bool epoll;
	bool prefer;
	int usecs;
	int budget;
	int cpu;
	int length;
	long long count;
	long long warmup;
	double seconds;
	long long interval;
	long long timeout;
	long long service;
};

bool stopped(void);

/* ---- samples.c ---------------------------------------------------------------- */

/* More than that in one run is refused: 80 MB. */
#define MOST_SAMPLES		10000000

/**
 * struct samples - latencies, in nanoseconds
 * @of: they
 * @count: how many
 * @room: how many there is room for
 */
struct samples {
	long long *of;
	size_t count;
	size_t room;
};

/**
 * struct bin - one of a histogram's
 * @from: the least latency in it, in nanoseconds
 * @to: what is already too long
 * @count: how many are in it
 */
struct bin {
	long long from;
	long long to;
	size_t count;
};

bool samples_add(struct samples *samples, long long value);
void samples_sort(struct samples *samples);
long long samples_percentile(const struct samples *samples, double percent);
double samples_mean(const struct samples *samples);
size_t samples_bin(const struct samples *samples, size_t first,
		   struct bin *bin);

/* ---- channel.c ---------------------------------------------------------------- */

/**
 * struct ids - the NAPI ids that served a socket
 * @any: there was one, if only 0, which is none
 * @first: the first
 * @last: the last
 * @changes: how often it was another than before
 * @unknown: the kernel does not tell
 */
struct ids {
	bool any;
	unsigned int first;
	unsigned int last;
	unsigned long long changes;
	bool unknown;
};

/**
 * struct stamps - when the last datagram came, as told by those it came by
 * @device: the interface, as it was called, or NULL: nobody asks
 * @ifindex: its number, which stays when it gets another name
 * @clock: of its NIC, open; or -1
 * @tx_type: what the NIC stamped of what is sent, before
 * @rx_filter: and of what is received
 * @changed: it stamps something else now
 * @wire: when it began to come in from the wire, by the NIC's clock; or 0
 * @stack: when the kernel's stack got it, by the system's; or 0
 * @read: when it had been read
 */
struct stamps {
	const char *device;
	unsigned int ifindex;
	int clock;
	int tx_type;
	int rx_filter;
	bool changed;
	long long wire;
	long long stack;
	long long read;
};

/**
 * struct channel - a socket, and how to wait for what comes
 * @fd: the socket
 * @epoll: the epoll instance, or -1
 * @busy_known: the three below are what the kernel says it does
 * @usecs: to busy poll
 * @budget: of a busy poll; 0 for the kernel's own
 * @prefer: prefer busy polling
 * @ids: who served it
 * @stamps: of what came last
 */
struct channel {
	int fd;
	int epoll;
	bool busy_known;
	unsigned int usecs;
	unsigned int budget;
	bool prefer;
	struct ids ids;
	struct stamps stamps;
};

bool channel_open(struct channel *channel, const struct options *options);
void channel_close(struct channel *channel);
ssize_t channel_receive(struct channel *channel, void *buffer, size_t size,
			struct sockaddr_storage *from, socklen_t *length,
			long long deadline);
void channel_note_id(struct channel *channel);

/* ---- stamps.c ----------------------------------------------------------------- */

/* From before send() until the reply comes in; from there on; and from there. */
enum { STAGE_WIRE, STAGE_STACK, STAGE_READER, STAGES };

bool stamps_open(struct channel *channel, const char *device);
void stamps_close(struct channel *channel);
void stamps_note(struct stamps *stamps, struct msghdr *message);
bool stamps_add(const struct stamps *stamps, long long latency,
		struct samples stages[STAGES]);

/* ---- client.c, server.c ------------------------------------------------------- */

/**
 * struct result - what there is to report
 * @samples: latencies; of a client only
 * @stages: their parts, of the replies that were stamped
 * @requests: sent, or answered by a server
 * @lost: requests without a reply in time
 * @late: replies that came after their time, or twice
 * @ignored: datagrams that were no replies to us, or no requests
 * @seconds: how long it took
 * @user: CPU time in user space, in seconds
 * @system: CPU time in the kernel, in seconds
 * @sleeps: how often the process gave up the CPU to wait
 */
struct result {
	struct samples samples;
	struct samples stages[STAGES];
	unsigned long long requests;
	unsigned long long lost;
	unsigned long long late;
	unsigned long long ignored;
	double seconds;
	double user;
	double system;
	long sleeps;
};

void result_begin(struct result *result);
void result_end(struct result *result);

bool client_run(struct channel *channel, const struct options *options,
		struct result *result);
bool server_run(struct channel *channel, const struct options *options,
		struct result *result);

/* ---- report.c, json.c ----------------------------------------------------------- */

bool report_text(FILE *out, const struct options *options,
		 const struct channel *channel, const struct result *result);
bool report_json(FILE *out, const struct options *options,
		 const struct channel *channel, const struct result *result);

#endif /* NAPIPING_H */
