// SPDX-License-Identifier: GPL-2.0-only
/*
 * get.c - the commands that show something.
 */
#include <errno.h>
#include <jansson.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <string.h>

#include "netdev.h"

#define COLUMNS		8

const char * const threaded_modes[THREADED_MODES] = {
	"disabled", "enabled", "busy-poll",
};

/**
 * struct column - what an attribute is called
 * @name: for people and for programs
 * @attr: its number in the kernel's include/uapi/linux/netdev.h
 * @show: how to show it, if not as a number
 */
struct column {
	const char *name;
	unsigned int attr;
	json_t *(*show)(unsigned long long value);
};

/**
 * struct command - one of the family's dumps
 * @name: as the kernel's specification has it
 * @since: the Linux that it came with
 * @number: in the kernel's include/uapi/linux/netdev.h
 * @ifindex: the attribute that says of which interface something is
 * @scope: the attribute that asks for queues, or 0
 * @columns: what to show
 */
struct command {
	const char *name;
	const char *since;
	__u8 number;
	__u16 ifindex;
	__u16 scope;
	struct column columns[COLUMNS + 1];
};

/**
 * struct dump - a dump under way
 * @command: which
 * @ifindex: of the interface
 * @device: the whole interface's, not those of each queue
 * @rows: what came
 */
struct dump {
	const struct command *command;
	unsigned int ifindex;
	bool device;
	json_t *rows;
};

static json_t *queue_type(unsigned long long type)
{
	return json_string(type ? "tx" : "rx");
}

static json_t *threaded_mode(unsigned long long mode)
{
	return mode < THREADED_MODES ? json_string(threaded_modes[mode]) :
				       json_integer(mode);
}

/* The CPU that an interrupt goes to: where the kernel has put it. */
static json_t *irq_cpu(unsigned long long irq)
{
	char path[64], cpu[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/irq/%llu/effective_affinity_list",
		 irq);
	file = fopen(path, "re");
	if (!file)
		return json_null();
	if (fgets(cpu, sizeof(cpu), file))
		cpu[strcspn(cpu, "\n")] = '\0';
	fclose(file);
	return json_string(cpu);
}

static const struct command commands[] = {
	{ "queue-get", "6.8", 10, 2, 0, {
		{ "type", 3, queue_type },
		{ "queue", 1, NULL },
		{ "napi", 4, NULL },
	} },
	{ "napi-get", "6.8", 11, 1, 0, {
		{ "napi", 2, NULL },
		{ "irq", 3, NULL },
		{ "cpu", 3, irq_cpu },
		{ "pid", 4, NULL },
		{ "defer_hard_irqs", 5, NULL },
		{ "gro_flush_timeout", 6, NULL },
		{ "irq_suspend_timeout", 7, NULL },
		{ "threaded", 8, threaded_mode },
	} },
	{ "qstats-get", "6.10", 12, 1, 4, {
		{ "type", 2, queue_type },
		{ "queue", 3, NULL },
		{ "rx_packets", 8, NULL },
		{ "rx_bytes", 9, NULL },
		{ "tx_packets", 10, NULL },
		{ "tx_bytes", 11, NULL },
		{ "rx_alloc_fail", 12, NULL },
	} },
	{ "page-pool-get", "6.8", 5, 2, 0, {
		{ "page_pool", 1, NULL },
		{ "napi", 3, NULL },
		{ "inflight", 4, NULL },
		{ "inflight_mem", 5, NULL },
		{ "detach_time", 6, NULL },
	} },
	{}
};

/* ---- what comes ----------------------------------------------------------------- */

/* Whole numbers come in 32 or 64 bits, whichever they need. */
static bool get_number(const struct nlattr *attr, unsigned long long *value)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case 2:
		*value = mnl_attr_get_u16(attr);
		return true;
	case 4:
		*value = mnl_attr_get_u32(attr);
		return true;
	case 8:
		*value = mnl_attr_get_u64(attr);
		return true;
	default:
		return false;
	}
}

static int take_row(const struct nlmsghdr *message, void *data)
{
	const struct column *column;
	unsigned long long value, ifindex = 0;
	struct dump *dump = data;
	json_t *row = json_object();
	struct nlattr *attr;

	for (column = dump->command->columns;
	     column->name; column++)
		json_object_set_new(row, column->name, json_null());
	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr)) {
		if (!get_number(attr, &value))
			continue;
		if (mnl_attr_get_type(attr) == dump->command->ifindex)
			ifindex = value;
		for (column = dump->command->columns;
		     column->name; column++)
			if (mnl_attr_get_type(attr) == column->attr)
				json_object_set_new(row, column->name,
						    column->show ?
						    column->show(value) :
						    json_integer(value));
	}
	if (ifindex == dump->ifindex)
		json_array_append(dump->rows, row);
	json_decref(row);
	return MNL_CB_OK;
}

static bool get_rows(const struct family *family, struct dump *dump)
{
	const struct command *command = dump->command;
	struct nlmsghdr *message;
	union netlink_buffer buffer;

	if (!family->id)
		return false;
	message = family_request(&buffer, family->id, NLM_F_DUMP,
				 command->number);
	/* page-pool-get takes no interface: its rows are sorted out here. */
	if (strcmp(command->name, "page-pool-get"))
		mnl_attr_put_u32(message, command->ifindex, dump->ifindex);
	if (command->scope && !dump->device)
		mnl_attr_put_u32(message, command->scope, 1);
	return netlink_transact(family->socket, &buffer, take_row, dump);
}

/* ---- printing ------------------------------------------------------------------- */

static int print_cell(const json_t *value, int width)
{
	if (json_is_integer(value))
		return printf(" %*lld", width - 1, json_integer_value(value));
	return printf(" %*s", width - 1, json_is_string(value) ?
					 json_string_value(value) : "-");
}

static void print_table(const struct dump *dump)
{
	const struct column *columns = dump->command->columns;
	json_t *row;
	size_t i;
	int c;

	for (c = 0; columns[c].name; c++)
		printf("%*s", (int)strlen(columns[c].name) + 6,
		       columns[c].name);
	putchar('\n');
	json_array_foreach(dump->rows, i, row) {
		for (c = 0; columns[c].name; c++)
			print_cell(json_object_get(row, columns[c].name),
				   strlen(columns[c].name) + 6);
		putchar('\n');
	}
}

static bool print_rows(const struct dump *dump, bool json)
{
	if (json) {
		json_dumpf(dump->rows, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		print_table(dump);
	}
	return !fflush(stdout) && !ferror(stdout);
}

/* ---- to work ---------------------------------------------------------------------- */

static const struct command *find_command(const char *name)
{
	const struct command *command = commands;

	while (command->name && strcmp(command->name, name))
		command++;
	return command->name ? command : NULL;
}

/* It is the kernel that lacks the command, or the driver what it shows. */
static void explain(const struct family *family, const struct command *command)
{
	bool lacks = errno == EOPNOTSUPP || errno == EINVAL;

	if (!family->id || (lacks && !kernel_since(command->since)))
		complain_too_old(command->name, command->since);
	else if (errno == EOPNOTSUPP && command->scope)
		complain("no %s: the interface's driver has no such statistics",
			 command->name);
	else
		complain("%s: %s", command->name, strerror(errno));
}

static bool run(struct dump *dump, bool json)
{
	struct family family;
	bool good = kernel_open(&family);

	if (good && !get_rows(&family, dump)) {
		explain(&family, dump->command);
		good = false;
	} else if (good && !print_rows(dump, json)) {
		complain("cannot write: %s", strerror(errno));
		good = false;
	}
	family_close(&family);
	return good;
}

/**
 * get_known() - is there such a command here?
 * @command: its name
 *
 * Return: true if it is.
 */
bool get_known(const char *command)
{
	return find_command(command);
}

/**
 * get_run() - show what there is
 * @command: one that get_known() knows
 * @interface: of which interface
 * @device: the whole interface's, not those of each queue
 * @json: for programs
 *
 * Return: the exit status.
 */
int get_run(const char *command, const char *interface, bool device, bool json)
{
	struct dump dump = {
		.command = find_command(command),
		.ifindex = if_nametoindex(interface),
		.device = device,
	};
	bool good;

	if (!dump.ifindex) {
		complain("no interface '%s'", interface);
		return STATUS_FAILED;
	}
	if (device && !dump.command->scope) {
		complain("--device is for qstats-get");
		return STATUS_FAILED;
	}
	dump.rows = json_array();
	good = run(&dump, json);
	json_decref(dump.rows);
	return good ? 0 : STATUS_FAILED;
}
