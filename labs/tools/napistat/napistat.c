// SPDX-License-Identifier: GPL-2.0-only
/*
 * napistat.c - what receiving cost: interrupts, softirqs, polls and drops.
 *
 * napistat.1 is the manual.
 */
#include <getopt.h>
#include <unistd.h>

#include "napistat.h"

const struct tool tool = {
	.name = "napistat",
	.failed = STATUS_FAILED,
	.usage =
"usage: napistat [OPTIONS] -- COMMAND [ARGUMENTS]   count while a command runs\n"
"       napistat [OPTIONS] -t SECONDS               count for some time\n"
"       napistat [OPTIONS] --live[=SECONDS]         count again and again, until Ctrl-C\n"
"\n"
"  -i, --interface NAME   the receiving interface (none: the machine's counters only)\n"
"  -d, --drops            drops of the whole machine by reason, from Linux 5.17 on (root)\n"
"  -t, --time SECONDS     how long, if there is no command\n"
"  -l, --live[=SECONDS]   a report every so many seconds (1), also during a command\n"
"  -j, --json             one line of JSON for each report\n"
"  -c, --csv              comma-separated values: names, then a row for each report\n"
"  -o, --output FILE      write reports there; else to standard output, or standard\n"
"                         error where a command has that\n"
"  -h, --help             this text\n"
"  -V, --version          the version\n"
"\n"
"The status is the command's (128+N when signal N killed it), 125 when napistat\n"
"failed, 126 when the command cannot be executed, 127 when it is not found.\n"
"\"man napistat\" says what each number means.\n",
};

struct options {
	const char *interface;
	const char *output;
	double time;
	double live;
	bool drops;
	enum format format;
};

static void set_format(struct options *options, enum format format)
{
	if (options->format != FORMAT_TEXT && options->format != format) {
		complain("--json and --csv exclude each other");
		misused();
	}
	options->format = format;
}

static void parse_options(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "interface", required_argument, NULL, 'i' },
		{ "drops", no_argument, NULL, 'd' },
		{ "time", required_argument, NULL, 't' },
		{ "live", optional_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ "csv", no_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	int option;

	/* What follows the command is the command's: hence the plus. */
	while ((option = getopt_long(argc, argv, "+i:dt:l::jco:hV", names,
				     NULL)) != -1) {
		switch (option) {
		case 'i':
			options->interface = optarg;
			break;
		case 'd':
			options->drops = true;
			break;
		case 't':
			options->time = parse_seconds(optarg);
			break;
		case 'l':
			options->live = parse_seconds(optarg ?: "1");
			break;
		case 'j':
			set_format(options, FORMAT_JSON);
			break;
		case 'c':
			set_format(options, FORMAT_CSV);
			break;
		case 'o':
			options->output = optarg;
			break;
		default:
			common_option(option);
		}
	}
}

int main(int argc, char **argv)
{
	struct options options = {};
	struct run run = {};
	int status;

	standard_open();
	parse_options(&options, argc, argv);
	if (optind < argc)
		run.report.command = argv + optind;
	if (run.report.command && options.time) {
		complain("-t and a command exclude each other; timeout(1) ends a command in time");
		misused();
	}
	if (!run.report.command && !options.time && !options.live) {
		complain("count for how long? Give a command, -t or --live");
		misused();
	}
	run.report.format = options.format;
	run.report.live = options.live;
	run.report.ifname = options.interface;
	run.duration = options.time;
	run.interval = options.live;
	if (options.interface) {
		run.link = link_open(options.interface, true);
		if (!run.link)
			return STATUS_FAILED;
	}
	run.report.out = open_output(options.output,
				     run.report.command ? stderr : stdout);
	if (!run.report.out)
		return STATUS_FAILED;
	run.report.drops = options.drops;
	status = run_measure(&run);
	link_close(run.link);
	return status;
}
