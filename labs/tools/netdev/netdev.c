// SPDX-License-Identifier: GPL-2.0-only
/*
 * netdev.c - an interface's queues, NAPIs, per-queue statistics and page pools,
 * and the settings of a NAPI, by the kernel's generic netlink family "netdev".
 *
 * netdev.1 is the manual.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "netdev.h"

const struct tool tool = {
	.name = "netdev",
	.failed = STATUS_FAILED,
	.usage =
"usage: netdev [--json] COMMAND INTERFACE\n"
"       netdev napi-set ID NAME=VALUE...\n"
"\n"
"  queue-get       its queues, and the NAPI of each\n"
"  napi-get        its NAPIs: interrupt, the CPU that gets it, thread, settings\n"
"  napi-set        set settings of the NAPI of this ID, by the names of napi-get\n"
"  qstats-get      packets and bytes of each queue; with --device, of all\n"
"  page-pool-get   its page pools\n"
"\n"
"\"man netdev\" says more.\n",
};

/**
 * kernel_since() - is this kernel that new?
 * @since: like 6.10
 *
 * Return: true if it is.
 */
bool kernel_since(const char *since)
{
	unsigned int major = 0, minor = 0, least_major, least_minor;
	struct utsname kernel;

	if (uname(&kernel) ||
	    sscanf(kernel.release, "%u.%u", &major, &minor) != 2 ||
	    sscanf(since, "%u.%u", &least_major, &least_minor) != 2)
		return false;
	return major > least_major ||
	       (major == least_major && minor >= least_minor);
}

/**
 * complain_too_old() - the kernel lacks something
 * @what: that
 * @since: the Linux that it came with
 */
void complain_too_old(const char *what, const char *since)
{
	struct utsname kernel;

	uname(&kernel);
	complain("no %s: this is Linux %s, and it came with Linux %s", what,
		 kernel.release, since);
}

/**
 * kernel_open() - reach the kernel's family, if it has it
 * @family: the result; family_close() it in any case
 *
 * Return: false after a complaint.
 */
bool kernel_open(struct family *family)
{
	bool good = family_open(family);

	if (!good)
		complain("netlink: %s", strerror(errno));
	return good;
}

[[gnu::noreturn]] static void usage(void)
{
	fputs(tool.usage, stderr);
	exit(tool.failed);
}

static int run(char **words, int count, bool device, bool json)
{
	if (!count)
		usage();
	if (!strcmp(words[0], "napi-set")) {
		if (count < 3 || device || json)
			usage();
		return set_run(words[1], words + 2);
	}
	if (!get_known(words[0])) {
		complain("'%s' is none of queue-get, napi-get, napi-set, qstats-get, page-pool-get",
			 words[0]);
		return STATUS_FAILED;
	}
	if (count != 2)
		usage();
	return get_run(words[0], words[1], device, json);
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "device", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	bool device = false, json = false;
	int option;

	standard_open();
	while ((option = getopt_long(argc, argv, "djhV", names, NULL)) != -1) {
		switch (option) {
		case 'd':
			device = true;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
		case 'V':
			common_option(option);
		default:
			usage();
		}
	}
	return run(argv + optind, argc - optind, device, json);
}
