// SPDX-License-Identifier: GPL-2.0-only
/*
 * pktgen.c - the kernel's packet generator as one command.
 *
 * pktgen.1 is the manual; Documentation/networking/pktgen.rst in the kernel's
 * sources, what is behind it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>

#include "pktgen.h"

#define MOST			999999999

/* Headers of Ethernet, IPv4 and UDP: of anything less the kernel makes this. */
#define LEAST_SIZE		42

const struct tool tool = {
	.name = "pktgen",
	.failed = STATUS_MISUSED,
	.usage =
"usage: pktgen [OPTIONS] DEV...   have the kernel send packets, and say how fast\n"
"\n"
"  -n COUNT    packets to send, from each DEV (10000; 0 with -t: until the time is over)\n"
"  -t SECONDS  stop after this time\n"
"  -r PPS      packets a second (as fast as it can; several DEVs: 100000 bursts each)\n"
"  -b BURST    packets that go to the driver at once, for one ring of the doorbell (1)\n"
"  -s BYTES    length of a frame, without its checksum (60)\n"
"  -u PORT     send to this UDP port of the other end's address (to 10.9.8.1, which\n"
"              nobody has: IP drops it)\n"
"  -c CPU      send on this CPU (0)\n"
"  -m MAC      send to this Ethernet address (snull: that of the other end of the wire)\n"
"  -d ADDRESS  send to this IPv4 address\n"
"  -h          this text\n"
"  -V          the version\n",
};

static int signalled;

/**
 * stopped() - has a signal asked us to end?
 *
 * Return: its number, or 0.
 */
int stopped(void)
{
	return __atomic_load_n(&signalled, __ATOMIC_RELAXED);
}

static void on_signal(int number)
{
	if (!stopped())
		__atomic_store_n(&signalled, number, __ATOMIC_RELAXED);
	kernel_interrupt();
}

static void catch_signals(void)
{
	signal_catch(SIGINT, on_signal);
	signal_catch(SIGTERM, on_signal);
	signal_catch(SIGHUP, on_signal);
	signal_catch(SIGQUIT, on_signal);
	/* When nobody reads, there is still something to tidy up. */
	signal(SIGPIPE, SIG_IGN);
}

/* ---- the command line --------------------------------------------------------- */

static void parse_option(struct options *options, int option)
{
	struct in_addr address;

	switch (option) {
	case 'n':
		options->count = parse_whole(optarg, "-n", 0, MOST);
		break;
	case 't':
		options->seconds = parse_seconds(optarg);
		break;
	case 'r':
		options->rate = parse_whole(optarg, "-r", 1, MOST);
		break;
	case 'b':
		options->burst = parse_whole(optarg, "-b", 1, MOST);
		break;
	case 's':
		options->size = parse_whole(optarg, "-s", LEAST_SIZE, 65535);
		break;
	case 'u':
		options->port = parse_whole(optarg, "-u", 1, 65535);
		break;
	case 'c':
		options->cpu = parse_whole(optarg, "-c", 0, MOST);
		break;
	case 'm':
		options->mac = optarg;
		if (!mac_valid(optarg)) {
			complain("-m is an address like 02:00:00:00:00:01, not '%s'",
				 optarg);
			misused();
		}
		break;
	case 'd':
		options->address = optarg;
		if (inet_pton(AF_INET, optarg, &address) != 1) {
			complain("-d is an address like 192.0.2.1, not '%s'",
				 optarg);
			misused();
		}
		break;
	default:
		common_option(option);
	}
}

static void parse_options(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	int option;

	while ((option = getopt_long(argc, argv, "n:t:r:b:s:u:c:m:d:hV", names,
				     NULL)) != -1)
		parse_option(options, option);
	options->devices = argv + optind;
	options->device_count = argc - optind;
	if (!options->device_count) {
		complain("send from where? Give an interface");
		misused();
	}
	if (options->count < 0)
		options->count = options->seconds ? 0 : 10000;
	if (!options->count && !options->seconds) {
		complain("-n 0 never ends: give -t as well");
		misused();
	}
	if (options->rate && options->rate < options->burst) {
		complain("-r %ld is less than one burst a second: -b is at most %ld",
			 options->rate, options->rate);
		misused();
	}
}

/* ---- to work -------------------------------------------------------------------- */

/* Nanoseconds from one burst to the next, whatever they hold. */
static long long delay(const struct options *options)
{
	if (options->rate)
		return options->burst * NSEC_PER_SEC / options->rate;
	/*
	 * The thread serves the device whose next packet is due first: one
	 * that never waits would keep the others from sending.
	 */
	return options->device_count > 1 ? 10000 : 0;
}

static bool set_up(const char *device, const struct options *options)
{
	char thread[32];
	struct aim aim;

	snprintf(thread, sizeof(thread), "kpktgend_%d", options->cpu);
	if (!aim_take(&aim, device, options) ||
	    !kernel_tell(thread, "add_device %s", device))
		return false;
	kernel_share(device);
	return (!options->port ||
		(kernel_tell(device, "udp_dst_min %d", options->port) &&
		 kernel_tell(device, "udp_dst_max %d", options->port))) &&
	       kernel_tell(device, "src_min %s", aim.from) &&
	       kernel_tell(device, "src_max %s", aim.from) &&
	       kernel_tell(device, "dst_min %s", aim.to) &&
	       kernel_tell(device, "dst_max %s", aim.to) &&
	       kernel_tell(device, "dst_mac %s", aim.mac) &&
	       kernel_tell(device, "count %ld", options->count) &&
	       kernel_tell(device, "burst %ld", options->burst) &&
	       kernel_tell(device, "pkt_size %d", options->size) &&
	       kernel_tell(device, "delay %lld", delay(options));
}

/* What it had sent stays to be read for a moment after it has gone. */
static bool is_there(const char *device)
{
	char name[IF_NAMESIZE];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, "@"), device);
	return if_nametoindex(name);
}

static bool report(const char *device, const struct options *options)
{
	struct sent sent;

	kernel_sent(device, &sent);
	if (sent.gone || !is_there(device)) {
		complain("%s has vanished", device);
		return false;
	}
	printf("%s: sent %llu packets in %.3f s, %.0f packets/s\n", device,
	       sent.packets, sent.microseconds / 1e6, sent.microseconds ?
	       sent.packets * 1e6 / sent.microseconds : 0.);
	if (!options->seconds &&
	    sent.packets < (unsigned long long)options->count) {
		complain("%s stopped before %ld packets were sent: did its link go down?",
			 device, options->count);
		return false;
	}
	return true;
}

/* From here on, there is something to tidy up. */
static bool send_all(const struct options *options)
{
	char **device;
	bool good = true;

	if (!kernel_clear())
		return false;
	for (device = options->devices; *device && !stopped(); device++)
		if (!set_up(*device, options))
			return false;
	if (!stopped() &&
	    !kernel_start(options->devices, options->seconds))
		return false;
	for (device = options->devices; *device && !stopped(); device++)
		good = report(*device, options) && good;
	return good;
}

/* As it is with other commands, to which SIGPIPE comes, nobody is told. */
static int end_report(bool good)
{
	if (!fflush(stdout) && !ferror(stdout))
		return good ? 0 : STATUS_FAILED;
	if (errno == EPIPE)
		return 128 + SIGPIPE;
	complain("cannot write the report: %s", strerror(errno));
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct options options = { .count = -1, .burst = 1, .size = 60 };
	char **device;
	int status;
	bool good;

	standard_open();
	parse_options(&options, argc, argv);
	for (device = options.devices; *device; device++)
		if (!device_ready(*device))
			return STATUS_FAILED;
	if (!kernel_open(options.cpu))
		return STATUS_FAILED;
	catch_signals();
	good = send_all(&options);
	good = kernel_clear() && good;
	status = end_report(good);
	return stopped() ? 128 + stopped() : status;
}
