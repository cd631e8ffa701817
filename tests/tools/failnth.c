// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth.c - do something again and again, each time with the next of its memory allocations failing.
 *
 * usage: failnth insmod FILE "PARAMETERS"
 *        failnth up DEV
 *        failnth ring DEV SIZE SIZE2     alternately; the interface should be up
 *        failnth channels DEV N BACK     the number of queues, and back; after a failure it must be what it was
 *        failnth write FILE STRING UNDO  write(2) of STRING; UNDO is a shell command run after a success
 *
 * FAILNTH_STEP=N in the environment: only every N-th allocation.
 *
 * Needs a kernel with fail-nth (CONFIG_FAULT_INJECTION), failslab and fail_page_alloc. Prints a line for each attempt
 * whose result is not the errno of a clean failure, and at last: injected= failed= survived= strange=
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ATTEMPTS 4000

static char **args;
static int sock, file;
static unsigned int round_;

static void die(const char *what)
{
	fprintf(stderr, "failnth: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void arm(int fd, int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fd, text, len, 0) != len)
		die("fail-nth");
}

/* Return: what was left of the count: 0 if the fault struck. */
static int disarm(int fd)
{
	char text[16] = "";
	int left;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	left = atoi(text);
	arm(fd, 0);
	return left;
}

static int act_insmod(void) { return syscall(SYS_finit_module, file, args[1], 0); }
static void undo_insmod(void)
{
	if (syscall(SYS_delete_module, "snull", O_NONBLOCK))
		die("delete_module");
}

static int flags(int set, int clear)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, args[0], IFNAMSIZ - 1);
	if (ioctl(sock, SIOCGIFFLAGS, &ifr))
		return -1;
	ifr.ifr_flags |= set;
	ifr.ifr_flags &= ~clear;
	return ioctl(sock, SIOCSIFFLAGS, &ifr);
}

static int act_up(void) { return flags(IFF_UP, 0); }
static void undo_up(void)
{
	if (flags(0, IFF_UP))
		die("down");
}

static int ethtool(void *what)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, args[0], IFNAMSIZ - 1);
	ifr.ifr_data = what;
	return ioctl(sock, SIOCETHTOOL, &ifr);
}

static int act_ring(void)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };

	if (ethtool(&ring))
		return -1;
	ring.cmd = ETHTOOL_SRINGPARAM;
	ring.rx_pending = ring.tx_pending = atoi(args[1 + round_ % 2]);
	return ethtool(&ring);
}

static int act_channels(void)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	unsigned int before;
	int error;

	if (ethtool(&channels))
		return -1;
	before = channels.combined_count;
	channels.cmd = ETHTOOL_SCHANNELS;
	channels.combined_count = atoi(args[1]);
	if (!ethtool(&channels))
		return 0;
	error = errno;
	channels.cmd = ETHTOOL_GCHANNELS;
	if (ethtool(&channels))
		die("ETHTOOL_GCHANNELS");
	/* Nobody calls that a clean failure. */
	errno = channels.combined_count == before ? error : EUCLEAN;
	return -1;
}
static void undo_channels(void)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	if (ethtool(&channels))
		die("ETHTOOL_GCHANNELS");
	channels.cmd = ETHTOOL_SCHANNELS;
	channels.combined_count = atoi(args[2]);
	if (ethtool(&channels))
		die("ETHTOOL_SCHANNELS");
}
static void undo_ring(void) { round_++; }

static int act_write(void) { return write(file, args[1], strlen(args[1])) < 0 ? -1 : 0; }
static void undo_write(void)
{
	if (system(args[2]))
		die(args[2]);
}

static const struct {
	const char *name;
	int args;
	int (*act)(void);
	void (*undo)(void);
	int probes;
} actions[] = {
	{ "insmod", 2, act_insmod, undo_insmod, 1 },
	{ "up", 1, act_up, undo_up, 0 },
	{ "ring", 3, act_ring, undo_ring, 0 },
	{ "channels", 3, act_channels, undo_channels, 0 },
	{ "write", 3, act_write, undo_write, 1 },
};

/*
 * Two answers to a lack of memory are the driver core's own. Without memory for a device's name, device_add() says
 * EINVAL. What fails before or after the driver's probe() it keeps to itself, and the module finds no device: ENODEV.
 */
static int clean(int error, int probes)
{
	return error == ENOMEM || error == ENOBUFS || (probes && (error == EINVAL || error == ENODEV));
}

int main(int argc, char **argv)
{
	unsigned int i, injected = 0, failed = 0, survived = 0, strange = 0;
	int fd, n, step, left, status, error;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (argc > 1 && !strcmp(argv[1], actions[i].name))
			break;
	if (i == sizeof(actions) / sizeof(*actions) || argc != 2 + actions[i].args)
		return 2;
	args = argv + 2;
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	if (!strcmp(argv[1], "insmod") || !strcmp(argv[1], "write")) {
		file = open(args[0], strcmp(argv[1], "write") ? O_RDONLY : O_WRONLY);
		if (file < 0)
			die(args[0]);
	}
	fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fd < 0)
		die("/proc/thread-self/fail-nth");

	step = getenv("FAILNTH_STEP") ? atoi(getenv("FAILNTH_STEP")) : 1;
	for (n = 1; step > 0 && n <= ATTEMPTS; n += step) {
		arm(fd, n);
		status = actions[i].act();
		error = status ? errno : 0;
		left = disarm(fd);
		if (!status)
			actions[i].undo();
		if (left) {
			if (status)
				printf("attempt %d: failed with %s though no allocation did\n", n, strerror(error));
			printf("injected=%u failed=%u survived=%u strange=%u\n", injected, failed, survived,
			       strange + (status != 0));
			return 0;
		}
		injected++;
		if (!status) {
			survived++;
		} else {
			failed++;
			if (!clean(error, actions[i].probes)) {
				strange++;
				printf("attempt %d: %s\n", n, strerror(error));
			}
		}
	}
	printf("injected=%u failed=%u survived=%u strange=%u: no end in sight\n", injected, failed, survived, strange);
	return 1;
}
