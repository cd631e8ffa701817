// SPDX-License-Identifier: GPL-2.0-only
/*
 * napiping.c - the latency of UDP requests, asleep or busy polling.
 *
 * napiping.1 is the manual.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "napiping.h"

/* A server without anything to do looks so often whether it is to end. */
#define SERVER_TIMEOUT		(NSEC_PER_SEC)

const struct tool tool = {
	.name = "napiping",
	.failed = STATUS_FAILED,
	.usage =
"usage: napiping --server [OPTIONS]      answer requests, until Ctrl-C\n"
"       napiping [OPTIONS] HOST          send requests, one after the other\n"
"\n"
"  -n, --count N              so many requests (1000, if there is no -t)\n"
"  -t, --time SECONDS         or for so long\n"
"  -i, --interval SECONDS     from one request to the next (none: the next at once)\n"
"  -r, --rate N               the same, as requests a second\n"
"  -l, --length BYTES         of a datagram, 16 to 65507 (18: the smallest frame)\n"
"  -w, --warmup N             send N more before, which are not counted (0)\n"
"  -W, --timeout SECONDS      until a reply counts as lost (1)\n"
"  -B, --busy-poll USECS      poll the NIC so long before sleeping (SO_BUSY_POLL)\n"
"  -P, --prefer-busy-poll     and keep its interrupts off (SO_PREFER_BUSY_POLL)\n"
"  -G, --busy-poll-budget N   packets in one such poll (SO_BUSY_POLL_BUDGET)\n"
"  -e, --epoll                wait in epoll_wait(): -B, -P and -G are EPIOCSPARAMS's\n"
"  -c, --cpu N                run on this CPU\n"
"  -p, --port PORT            the server's (7790)\n"
"  -b, --bind ADDRESS         own address (any; a server: 0.0.0.0)\n"
"  -D, --daemon               a server: in the background, once it listens\n"
"  -S, --service SECONDS      a server: compute so long for each datagram (0)\n"
"  -H, --histogram            print one\n"
"  -T, --stamps INTERFACE     where the time of replies goes that come in by it\n"
"  -j, --json                 the report in JSON\n"
"  -o, --output FILE          write the report there\n"
"  -h, --help                 this text\n"
"  -V, --version              the version\n"
"\n"
"The status is 0; 1 when no reply came at all; 2 when napiping failed.\n",
};

static bool signalled;

/**
 * stopped() - has a signal asked us to end?
 *
 * Return: true once it has.
 */
bool stopped(void)
{
	return __atomic_load_n(&signalled, __ATOMIC_RELAXED);
}

/* ---- what the process cost ------------------------------------------------------ */

static double seconds(struct timeval time)
{
	return time.tv_sec + time.tv_usec / 1e6;
}

static void add_usage(struct result *result, int sign)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	result->seconds += sign * (now() / (double)NSEC_PER_SEC);
	result->user += sign * seconds(usage.ru_utime);
	result->system += sign * seconds(usage.ru_stime);
	result->sleeps += sign * usage.ru_nvcsw;
}

/**
 * result_begin() - from now on, the time and what we cost are counted
 * @result: where
 */
void result_begin(struct result *result)
{
	add_usage(result, -1);
}

/**
 * result_end() - and to here
 * @result: where
 */
void result_end(struct result *result)
{
	add_usage(result, 1);
}

/* ---- the command line ------------------------------------------------------------- */

static long long parse_nsec(const char *text, const char *what, double least)
{
	return parse_real(text, what, least, LONGEST) * NSEC_PER_SEC;
}

static const struct option names[] = {
	{ "server", no_argument, NULL, 's' },
	{ "count", required_argument, NULL, 'n' },
	{ "time", required_argument, NULL, 't' },
	{ "interval", required_argument, NULL, 'i' },
	{ "rate", required_argument, NULL, 'r' },
	{ "length", required_argument, NULL, 'l' },
	{ "warmup", required_argument, NULL, 'w' },
	{ "timeout", required_argument, NULL, 'W' },
	{ "busy-poll", required_argument, NULL, 'B' },
	{ "prefer-busy-poll", no_argument, NULL, 'P' },
	{ "busy-poll-budget", required_argument, NULL, 'G' },
	{ "epoll", no_argument, NULL, 'e' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "port", required_argument, NULL, 'p' },
	{ "bind", required_argument, NULL, 'b' },
	{ "daemon", no_argument, NULL, 'D' },
	{ "service", required_argument, NULL, 'S' },
	{ "histogram", no_argument, NULL, 'H' },
	{ "stamps", required_argument, NULL, 'T' },
	{ "json", no_argument, NULL, 'j' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

/* What a client is told, and no server. */
static bool client_option(struct options *options, int option)
{
	switch (option) {
	case 'i':
		options->interval = parse_nsec(optarg, "--interval", 0.000001);
		break;
	case 'r':
		options->interval = NSEC_PER_SEC /
				    parse_real(optarg, "--rate", 0.001, LONGEST);
		break;
	case 'l':
		options->length = parse_whole(optarg, "--length",
					      sizeof(struct wire), LARGEST);
		break;
	case 'w':
		options->warmup = parse_whole(optarg, "--warmup", 0,
					      MOST_SAMPLES);
		break;
	case 'W':
		options->timeout = parse_nsec(optarg, "--timeout", 0.001);
		break;
	case 'H':
		options->histogram = true;
		break;
	case 'T':
		options->stamps = optarg;
		break;
	default:
		return false;
	}
	return true;
}

static bool busy_option(struct options *options, int option)
{
	switch (option) {
	case 'B':
		options->usecs = parse_whole(optarg, "--busy-poll", 0, INT_MAX);
		break;
	case 'P':
		options->prefer = true;
		break;
	case 'G':
		options->budget = parse_whole(optarg, "--busy-poll-budget", 1,
					      USHRT_MAX);
		break;
	case 'e':
		options->epoll = true;
		break;
	default:
		return false;
	}
	return true;
}

static void other_option(struct options *options, int option)
{
	switch (option) {
	case 's':
		options->server = true;
		break;
	case 'D':
		options->daemon = true;
		break;
	case 'S':
		options->service = parse_nsec(optarg, "--service", 0.000001);
		break;
	case 'n':
		options->count = parse_whole(optarg, "--count", 1, MOST_SAMPLES);
		break;
	case 't':
		options->seconds = parse_real(optarg, "--time", 0.001, LONGEST);
		break;
	case 'c':
		options->cpu = parse_whole(optarg, "--cpu", 0, CPU_SETSIZE - 1);
		break;
	case 'p':
		parse_whole(optarg, "--port", 1, USHRT_MAX);
		options->port = optarg;
		break;
	case 'b':
		options->bind = optarg;
		break;
	case 'j':
		options->json = true;
		break;
	case 'o':
		options->output = optarg;
		break;
	default:
		common_option(option);
	}
}

static void parse_options(struct options *options, int argc, char **argv)
{
	bool asks = false, paced = false;
	int option;

	while ((option = getopt_long(argc, argv,
				     "sn:t:i:r:l:w:W:B:PG:ec:p:b:DS:HT:jo:hV",
				     names, NULL)) != -1) {
		if ((option == 'i' || option == 'r') && paced) {
			complain("--interval and --rate say the same: give one");
			misused();
		}
		paced |= option == 'i' || option == 'r';
		if (client_option(options, option))
			asks = true;
		else if (!busy_option(options, option))
			other_option(options, option);
	}
	if (options->server && asks) {
		complain("-i, -r, -l, -w, -W, -H and -T are for the client");
		misused();
	}
	if ((options->daemon || options->service) && !options->server) {
		complain("--daemon and --service are for a server");
		misused();
	}
	if (argc - optind != !options->server) {
		complain(options->server ? "a server needs no HOST" :
			 "ask whom? Give one HOST, or --server");
		misused();
	}
	options->host = options->server ? NULL : argv[optind];
}

static void set_defaults(struct options *options)
{
	if (options->server && !options->bind)
		options->bind = "0.0.0.0";
	if (options->server)
		options->timeout = SERVER_TIMEOUT;
	else if (!options->count && !options->seconds)
		options->count = 1000;
}

/* ---- to work ------------------------------------------------------------------------ */

static void on_signal(int number)
{
	(void)number;
	__atomic_store_n(&signalled, true, __ATOMIC_RELAXED);
}

static void catch_signals(void)
{
	signal_catch(SIGINT, on_signal);
	signal_catch(SIGTERM, on_signal);
	signal_catch(SIGHUP, on_signal);
	signal_catch(SIGQUIT, on_signal);
	/* When nobody reads, there may still be something to tidy up. */
	signal(SIGPIPE, SIG_IGN);
}

static bool pin(int cpu)
{
	cpu_set_t cpus;

	if (cpu < 0)
		return true;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus)) {
		complain("cannot run on CPU %d: %s", cpu, errno == EINVAL ?
			 "there is no such CPU, or it is offline" :
			 strerror(errno));
		return false;
	}
	return true;
}

/* Once it listens, whoever started it may go on. */
static bool announce(const struct options *options)
{
	if (options->daemon) {
		if (!daemon(1, 0))
			return true;
		complain("cannot go to the background: %s", strerror(errno));
		return false;
	}
	fprintf(stderr, "napiping: listening on %s port %s\n", options->bind,
		options->port);
	return true;
}

static bool work(struct channel *channel, const struct options *options,
		 struct result *result)
{
	if (!channel_open(channel, options) || !pin(options->cpu))
		return false;
	if (!options->server)
		return client_run(channel, options, result);
	return announce(options) && server_run(channel, options, result);
}

static int report(FILE *out, const struct options *options,
		  const struct channel *channel, struct result *result)
{
	int stage;
	bool good;

	samples_sort(&result->samples);
	for (stage = 0; stage < STAGES; stage++)
		samples_sort(&result->stages[stage]);
	begin_output(out);
	good = (options->json ? report_json : report_text)
		(out, options, channel, result);
	if (!fflush(out) && good)
		return options->server || result->samples.count ? 0 :
								  STATUS_LOST;
	/* As it is with other commands, to which SIGPIPE comes, nobody is told. */
	if (errno == EPIPE)
		return STATUS_SIGNAL + SIGPIPE;
	complain("cannot write the results: %s", strerror(errno));
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct options options = {
		.port = "7790", .usecs = -1, .budget = -1, .cpu = -1,
		.length = 18, .timeout = NSEC_PER_SEC,
	};
	struct result result = {};
	struct channel channel;
	FILE *out;
	bool good;

	standard_open();
	parse_options(&options, argc, argv);
	set_defaults(&options);
	out = open_output(options.output, stdout);
	if (!out)
		return STATUS_FAILED;
	catch_signals();
	good = work(&channel, &options, &result);
	/* The NIC is as it was before anything is reported, or fails to be. */
	channel_close(&channel);
	return good ? report(out, &options, &channel, &result) : STATUS_FAILED;
}
