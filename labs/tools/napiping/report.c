// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - the report for people.
 */
#include "napiping.h"

#define BAR	50

static double micro(long long nanoseconds)
{
	return nanoseconds / NSEC_PER_USEC;
}

static void print_busy(FILE *out, const struct options *options,
		       const struct channel *channel)
{
	if (options->epoll)
		fputs("waited in epoll_wait(); ", out);
	if (!channel->busy_known)
		fputs("busy poll: not known", out);
	else if (!channel->usecs && !channel->prefer)
		fputs("busy poll: none", out);
	else
		fprintf(out, "busy poll: %u µs", channel->usecs);
	if (channel->prefer)
		fputs(", preferred", out);
	if (channel->budget)
		fprintf(out, ", budget %u", channel->budget);
	fputc('\n', out);
}

static void print_ids(FILE *out, const struct channel *channel)
{
	const struct ids *ids = &channel->ids;

	if (ids->unknown)
		fputs("served by NAPI: not known (built without CONFIG_NET_RX_BUSY_POLL)\n",
		      out);
	else if (!ids->any)
		fputs("served by NAPI: nothing came\n", out);
	else if (!ids->changes && !ids->first)
		fputs("served by NAPI: none (id 0)\n", out);
	else if (!ids->changes)
		fprintf(out, "served by NAPI: %u, all the time\n", ids->first);
	else
		fprintf(out, "served by NAPI: %u at first, %u at last, %llu changes\n",
			ids->first, ids->last, ids->changes);
}

static void print_cost(FILE *out, const struct result *result)
{
	double cpu = result->user + result->system;

	fprintf(out, "CPU time: %.3f s (user %.3f, system %.3f), %.0f %%; ", cpu,
		result->user, result->system,
		result->seconds > 0 ? 100 * cpu / result->seconds : 0);
	fprintf(out, "went to sleep %ld times\n", result->sleeps);
}

static void print_histogram(FILE *out, const struct samples *samples)
{
	size_t next, most = 0;
	struct bin bin;
	long long to = -1;
	int bar;

	for (next = 0; next < samples->count;) {
		next = samples_bin(samples, next, &bin);
		if (bin.count > most)
			most = bin.count;
	}
	fputs("        latency, µs     replies\n", out);
	for (next = 0; next < samples->count;) {
		next = samples_bin(samples, next, &bin);
		if (to >= 0 && bin.from != to)
			fputs("          ...\n", out);
		to = bin.to;
		bar = (bin.count * BAR + most - 1) / most;
		fprintf(out, "%9.1f to %8.1f %9zu  %.*s\n", micro(bin.from),
			micro(bin.to), bin.count, bar,
			"##################################################");
	}
}

static void print_latency(FILE *out, const char *what,
			  const struct samples *samples)
{
	fprintf(out, "%s: min %.1f, median %.1f, mean %.1f, p99 %.1f, max %.1f\n",
		what, micro(samples_percentile(samples, 0)),
		micro(samples_percentile(samples, 50)),
		samples_mean(samples) / NSEC_PER_USEC,
		micro(samples_percentile(samples, 99)),
		micro(samples_percentile(samples, 100)));
}

static void print_stages(FILE *out, const struct result *result)
{
	size_t count = result->stages[STAGE_WIRE].count;

	if (count) {
		print_latency(out, "  until the reply is on the wire",
			      &result->stages[STAGE_WIRE]);
		print_latency(out, "  from the wire to the stack",
			      &result->stages[STAGE_STACK]);
		print_latency(out, "  from the stack to us",
			      &result->stages[STAGE_READER]);
	}
	if (count < result->samples.count)
		fprintf(out, "  not stamped: %zu replies\n",
			result->samples.count - count);
}

static void print_client(FILE *out, const struct options *options,
			 const struct result *result)
{
	fprintf(out, "%s port %s: %llu requests of %d bytes in %.3f s, %zu replies, %llu lost",
		options->host, options->port, result->requests, options->length,
		result->seconds, result->samples.count, result->lost);
	if (result->late)
		fprintf(out, ", %llu late or twice", result->late);
	if (result->ignored)
		fprintf(out, ", %llu others ignored", result->ignored);
	fputc('\n', out);
	if (!result->samples.count)
		return;
	print_latency(out, "latency, µs", &result->samples);
	if (options->stamps)
		print_stages(out, result);
	if (options->histogram)
		print_histogram(out, &result->samples);
}

static void print_server(FILE *out, const struct options *options,
			 const struct result *result)
{
	fprintf(out, "%s port %s: %llu requests in %.3f s", options->bind,
		options->port, result->requests, result->seconds);
	if (result->lost)
		fprintf(out, ", %llu replies could not be sent", result->lost);
	if (result->ignored)
		fprintf(out, ", %llu others ignored", result->ignored);
	fputc('\n', out);
}

/**
 * report_text() - print it
 * @out: where to
 * @options: what was asked for
 * @channel: how it was waited for
 * @result: what came of it, samples sorted
 *
 * Return: false with errno set.
 */
bool report_text(FILE *out, const struct options *options,
		 const struct channel *channel, const struct result *result)
{
	if (options->server)
		print_server(out, options, result);
	else
		print_client(out, options, result);
	print_ids(out, channel);
	print_cost(out, result);
	print_busy(out, options, channel);
	return !ferror(out);
}
