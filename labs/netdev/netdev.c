// SPDX-License-Identifier: GPL-2.0-only
/*
 * netdev.c - an interface's queues, NAPIs, per-queue statistics and page pools,
 * by the kernel's generic netlink family "netdev".
 *
 * netdev.1 is the manual.
 */
#include <errno.h>
#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#define FAMILY		"netdev"
#define COLUMNS		8
#define STATUS_FAILED	2

union buffer {
	struct nlmsghdr head;
	char bytes[32 * 1024];
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
	struct column columns[COLUMNS];
};

/**
 * struct dump - a dump under way
 * @command: which
 * @ifindex: of the interface
 * @family: its number, or 0 before that is known
 * @rows: what came
 */
struct dump {
	const struct command *command;
	unsigned int ifindex;
	__u16 family;
	json_t *rows;
};

static json_t *queue_type(unsigned long long type)
{
	return json_string(type ? "tx" : "rx");
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
		{ "threaded", 8, NULL },
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

static const char usage[] =
"usage: netdev [--json] COMMAND INTERFACE\n"
"\n"
"  queue-get       its queues, and the NAPI of each\n"
"  napi-get        its NAPIs: interrupt, the CPU that gets it, thread, settings\n"
"  qstats-get      packets and bytes of each queue\n"
"  page-pool-get   its page pools\n"
"\n"
"\"man netdev\" says more.\n";

[[gnu::format(printf, 1, 2)]] static void complain(const char *format, ...)
{
	va_list args;

	fputs("netdev: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* ---- generic netlink ---------------------------------------------------------- */

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

static int take_family(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			dump->family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int take_row(const struct nlmsghdr *message, void *data)
{
	const struct column *column;
	unsigned long long value, ifindex = 0;
	struct dump *dump = data;
	json_t *row = json_object();
	struct nlattr *attr;

	for (column = dump->command->columns;
	     column < dump->command->columns + COLUMNS && column->name;
	     column++)
		json_object_set_new(row, column->name, json_null());
	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr)) {
		if (!get_number(attr, &value))
			continue;
		if (mnl_attr_get_type(attr) == dump->command->ifindex)
			ifindex = value;
		for (column = dump->command->columns;
		     column < dump->command->columns + COLUMNS && column->name;
		     column++)
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

static struct nlmsghdr *request(union buffer *buffer, __u16 type, __u16 flags,
				__u8 command)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *head;

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = time(NULL);
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->cmd = command;
	head->version = 1;
	return message;
}

/* Send a request, and hand what comes to @take. False with errno set. */
static bool transact(struct mnl_socket *socket, union buffer *buffer,
		     mnl_cb_t take, struct dump *dump)
{
	unsigned int port = mnl_socket_get_portid(socket);
	unsigned int seq = buffer->head.nlmsg_seq;
	ssize_t length;
	int more;

	if (mnl_socket_sendto(socket, buffer, buffer->head.nlmsg_len) < 0)
		return false;
	do {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(*buffer));
		if (length < 0)
			return false;
		more = mnl_cb_run(buffer, length, seq, port, take, dump);
	} while (more > MNL_CB_STOP);
	return more == MNL_CB_STOP;
}

static bool find_family(struct mnl_socket *socket, struct dump *dump)
{
	union buffer buffer;
	struct nlmsghdr *message = request(&buffer, GENL_ID_CTRL, NLM_F_ACK,
					   CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, FAMILY);
	return transact(socket, &buffer, take_family, dump) && dump->family;
}

static bool get_rows(struct mnl_socket *socket, struct dump *dump)
{
	const struct command *command = dump->command;
	union buffer buffer;
	struct nlmsghdr *message = request(&buffer, dump->family, NLM_F_DUMP,
					   command->number);

	/* page-pool-get takes no interface: its rows are sorted out here. */
	if (strcmp(command->name, "page-pool-get"))
		mnl_attr_put_u32(message, command->ifindex, dump->ifindex);
	if (command->scope)
		mnl_attr_put_u32(message, command->scope, 1);
	return transact(socket, &buffer, take_row, dump);
}

/* ---- printing ------------------------------------------------------------------- */

static int print_cell(const json_t *value, int width)
{
	if (json_is_integer(value))
		return printf("%*lld", width, json_integer_value(value));
	return printf("%*s", width, json_is_string(value) ?
				    json_string_value(value) : "-");
}

static void print_table(const struct dump *dump)
{
	const struct column *columns = dump->command->columns;
	json_t *row;
	size_t i;
	int c;

	for (c = 0; c < COLUMNS && columns[c].name; c++)
		printf("%*s", (int)strlen(columns[c].name) + 6,
		       columns[c].name);
	putchar('\n');
	json_array_foreach(dump->rows, i, row) {
		for (c = 0; c < COLUMNS && columns[c].name; c++)
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

static void explain(const struct dump *dump)
{
	const struct command *command = dump->command;
	struct utsname kernel;
	int error = errno;

	uname(&kernel);
	if (!dump->family || error == EOPNOTSUPP || error == EINVAL)
		complain("no %s: this is Linux %s, and it came with Linux %s",
			 command->name, kernel.release, command->since);
	else
		complain("%s: %s", command->name, strerror(error));
}

static bool run(struct dump *dump, bool json)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_GENERIC);
	bool good = socket &&
		    !mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID);

	if (!good) {
		complain("netlink: %s", strerror(errno));
	} else if (!find_family(socket, dump) || !get_rows(socket, dump)) {
		explain(dump);
		good = false;
	} else if (!print_rows(dump, json)) {
		complain("cannot write: %s", strerror(errno));
		good = false;
	}
	if (socket)
		mnl_socket_close(socket);
	return good;
}

static const struct command *find_command(const char *name)
{
	const struct command *command = commands;

	while (command->name && strcmp(command->name, name))
		command++;
	return command->name ? command : NULL;
}

int main(int argc, char **argv)
{
	struct dump dump = {};
	bool json = argc > 1 && !strcmp(argv[1], "--json");
	int status = 0;

	argc -= json;
	argv += json;
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc != 3) {
		fputs(usage, stderr);
		return STATUS_FAILED;
	}
	dump.command = find_command(argv[1]);
	if (!dump.command) {
		complain("'%s' is none of queue-get, napi-get, qstats-get, page-pool-get",
			 argv[1]);
		return STATUS_FAILED;
	}
	dump.ifindex = if_nametoindex(argv[2]);
	if (!dump.ifindex) {
		complain("no interface '%s'", argv[2]);
		return STATUS_FAILED;
	}
	dump.rows = json_array();
	if (!run(&dump, json))
		status = STATUS_FAILED;
	json_decref(dump.rows);
	return status;
}
