// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - the report for programs.
 */
#include "json.h"
#include "napiping.h"

static json_t *micro(long long nanoseconds)
{
	return json_real(nanoseconds / NSEC_PER_USEC);
}

static json_t *latency(const struct samples *samples)
{
	if (!samples->count)
		return json_null();
	return json_pack("{s:o, s:o, s:f, s:o, s:o, s:o}",
			 "min", micro(samples_percentile(samples, 0)),
			 "median", micro(samples_percentile(samples, 50)),
			 "mean", samples_mean(samples) / NSEC_PER_USEC,
			 "p90", micro(samples_percentile(samples, 90)),
			 "p99", micro(samples_percentile(samples, 99)),
			 "max", micro(samples_percentile(samples, 100)));
}

static json_t *histogram(const struct samples *samples)
{
	json_t *array = json_array(), *object;
	struct bin bin;
	size_t next;

	for (next = 0; next < samples->count;) {
		next = samples_bin(samples, next, &bin);
		object = json_pack("{s:o, s:o, s:I}", "from", micro(bin.from),
				   "to", micro(bin.to),
				   "count", (json_int_t)bin.count);
		json_array_append_new(array, object);
	}
	return array;
}

/* What was not stamped is in none. */
static json_t *stages(const struct result *result)
{
	return json_pack("{s:I, s:o, s:o, s:o}",
			 "replies",
			 (json_int_t)result->stages[STAGE_WIRE].count,
			 "to_wire", latency(&result->stages[STAGE_WIRE]),
			 "to_stack", latency(&result->stages[STAGE_STACK]),
			 "to_reader", latency(&result->stages[STAGE_READER]));
}

static json_t *napi_ids(const struct ids *ids)
{
	if (ids->unknown)
		return json_null();
	return json_pack("{s:I, s:I, s:I}", "first", (json_int_t)ids->first,
			 "last", (json_int_t)ids->last,
			 "changes", (json_int_t)ids->changes);
}

static json_t *busy_poll(const struct options *options,
			 const struct channel *channel)
{
	if (!channel->busy_known)
		return json_null();
	return json_pack("{s:s, s:I, s:b, s:I}",
			 "by", options->epoll ? "epoll" : "socket",
			 "usecs", (json_int_t)channel->usecs,
			 "prefer", channel->prefer,
			 "budget", (json_int_t)channel->budget);
}

static void add_client(json_t *root, const struct options *options,
		       const struct result *result)
{
	const struct samples *samples = &result->samples;

	json_object_set_new(root, "host", json_text(options->host));
	json_object_set_new(root, "bytes", json_integer(options->length));
	json_object_set_new(root, "replies", json_integer(samples->count));
	json_object_set_new(root, "late", json_integer(result->late));
	json_object_set_new(root, "latency_us", latency(samples));
	json_object_set_new(root, "histogram_us", histogram(samples));
	if (options->stamps)
		json_object_set_new(root, "stages_us", stages(result));
}

/**
 * report_json() - print one line of JSON
 * @out: where to
 * @options: what was asked for
 * @channel: how it was waited for
 * @result: what came of it, samples sorted
 *
 * Return: false with errno set.
 */
bool report_json(FILE *out, const struct options *options,
		 const struct channel *channel, const struct result *result)
{
	json_t *root = json_pack("{s:i, s:s, s:I, s:I, s:I, s:f}",
				 "version", 1,
				 "mode", options->server ? "server" : "client",
				 "requests", (json_int_t)result->requests,
				 "lost", (json_int_t)result->lost,
				 "ignored", (json_int_t)result->ignored,
				 "seconds", result->seconds);

	if (!options->server)
		add_client(root, options, result);
	json_object_set_new(root, "napi_id", napi_ids(&channel->ids));
	json_object_set_new(root, "user_seconds", json_real(result->user));
	json_object_set_new(root, "system_seconds", json_real(result->system));
	json_object_set_new(root, "sleeps", json_integer(result->sleeps));
	json_object_set_new(root, "busy_poll", busy_poll(options, channel));
	return !json_line(root, out);
}
