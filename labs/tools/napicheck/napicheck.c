// SPDX-License-Identifier: GPL-2.0-only
/*
 * napicheck.c - does a driver keep the contract of NAPI?
 *
 * napicheck.1 is the manual.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "napicheck.h"

const struct tool tool = {
	.name = "napicheck",
	.failed = STATUS_UNKNOWN,
	.usage =
"usage: napicheck [OPTIONS] -- COMMAND [ARGUMENTS]   watch while a command runs\n"
"       napicheck [OPTIONS] -t SECONDS               watch for some time\n"
"\n"
"  -i, --interface NAME   the interface whose driver to watch (none: all of them)\n"
"  -t, --time SECONDS     how long, if there is no command\n"
"  -j, --json             the report as one line of JSON\n"
"  -o, --output FILE      write the report there; else to standard output, or standard\n"
"                         error where a command has that\n"
"  -h, --help             this text\n"
"  -V, --version          the version\n"
"\n"
"The status is 1 if a rule was broken, 2 if that cannot be told; else the command's,\n"
"or 0. \"man napicheck\" says what the rules are.\n",
};

struct options {
	const char *output;
	bool json;
};

static void parse_options(struct options *options, struct run *run, int argc,
			  char **argv)
{
	static const struct option names[] = {
		{ "interface", required_argument, NULL, 'i' },
		{ "time", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	int option;

	/* What follows the command is the command's: hence the plus. */
	while ((option = getopt_long(argc, argv, "+i:t:jo:hV", names,
				     NULL)) != -1) {
		switch (option) {
		case 'i':
			run->ifname = optarg;
			break;
		case 't':
			run->duration = parse_seconds(optarg);
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
}

static void check_options(const struct run *run)
{
	if (run->command && run->duration) {
		complain("-t and a command exclude each other; timeout(1) ends a command in time");
		misused();
	}
	if (!run->command && !run->duration) {
		complain("watch for how long? Give a command, or -t");
		misused();
	}
}

/* What a reader of the status must know. */
static int conclude(const struct run *run)
{
	if (run->vanished)
		complain("interface '%s' has vanished: what came afterwards is unknown",
			 run->ifname);
	if (run->status > 0)
		complain("the command ended with status %d", run->status);
	switch (run_verdict(run)) {
	case VERDICT_BROKEN:
		return STATUS_BROKEN;
	case VERDICT_UNKNOWN:
		return STATUS_UNKNOWN;
	default:
		return run->status > 0 ? run->status : STATUS_KEPT;
	}
}

int main(int argc, char **argv)
{
	struct options options = {};
	struct run run = {};
	int status = STATUS_UNKNOWN;
	FILE *out;

	standard_open();
	parse_options(&options, &run, argc, argv);
	if (optind < argc)
		run.command = argv + optind;
	check_options(&run);
	if (run.ifname) {
		run.link = link_open(run.ifname, false);
		if (!run.link)
			return STATUS_UNKNOWN;
	}
	out = open_output(options.output, run.command ? stderr : stdout);
	if (!out)
		return STATUS_UNKNOWN;
	run.watch = watch_open(run.link ? link_index(run.link) : 0);
	if (!run.watch)
		return STATUS_UNKNOWN;
	if (!run_watched(&run)) {
		status = conclude(&run);
		begin_output(out);
		if (options.json ? report_json(&run, out) :
				   report_text(&run, out)) {
			complain("cannot write the report: %s",
				 strerror(errno));
			status = STATUS_UNKNOWN;
		}
	} else if (run.status > STATUS_SIGNAL) {
		status = run.status;
	}
	watch_close(run.watch);
	link_close(run.link);
	return status;
}
