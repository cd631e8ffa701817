// SPDX-License-Identifier: GPL-2.0-only
/*
 * netdev.c - an interface's queues, NAPIs, per-queue statistics and page pools,
 * and the settings of a NAPI, by the kernel's generic netlink family "netdev".
 *
 * netdev.1 is the manual.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "netdev.h"

static const char usage[] =
"usage: netdev [--json] COMMAND INTERFACE\n"
"       netdev napi-set ID NAME=VALUE...\n"
"\n"
"  queue-get       its queues, and the NAPI of each\n"
"  napi-get        its NAPIs: interrupt, the CPU that gets it, thread, settings\n"
"  napi-set        set settings of the NAPI of this ID, by the names of napi-get\n"
"  qstats-get      packets and bytes of each queue; with --device, of all\n"
"  page-pool-get   its page pools\n"
"\n"
"\"man netdev\" says more.\n";

/**
 * complain() - tell a person what is wrong, on standard error
 * @format: as for printf()
 */
void complain(const char *format, ...)
{
	va_list args;

	fputs("netdev: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
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

static int misused(void)
{
	fputs(usage, stderr);
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "device", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	bool device = false, json = false;
	int option;

	while ((option = getopt_long(argc, argv, "djh", names, NULL)) != -1) {
		switch (option) {
		case 'd':
			device = true;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return misused();
		}
	}
	argc -= optind;
	argv += optind;
	if (!argc)
		return misused();
	if (!strcmp(argv[0], "napi-set"))
		return argc < 3 || device || json ? misused() :
						    set_run(argv[1], argv + 2);
	if (!get_known(argv[0])) {
		complain("'%s' is none of queue-get, napi-get, napi-set, qstats-get, page-pool-get",
			 argv[0]);
		return STATUS_FAILED;
	}
	return argc == 2 ? get_run(argv[0], argv[1], device, json) : misused();
}
