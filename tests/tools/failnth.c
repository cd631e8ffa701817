// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth.c - do something again and again, each time with the next of its memory allocations failing.
 *
 * usage: failnth insmod FILE "PARAMETERS"
 *        failnth up DEV
 *        failnth ring DEV SIZE SIZE2     alternately; the interface should be up
 *        failnth channels DEV N BACK     the number of queues, and back; after a failure it must be what it was
 *        failnth write FILE STRING UNDO  write(2) of STRING; UNDO is a shell command run after a success
 *        failnth run COMMAND SHOW UNDO   a program, by its name and words; after a failure, what the shell command SHOW prints must
 *                                        be what it was
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
#include <sys/wait.h>
#include <unistd.h>

#define ATTEMPTS 4000

static char **args;
static int sock, file, nth;
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

static void printed(const char *command, char *text, size_t size)
{
	FILE *pipe = popen(command, "r");
	size_t n;

	if (!pipe)
		die(command);
	n = fread(text, 1, size - 1, pipe);
	text[n] = '\0';
	if (pclose(pipe))
		die(command);
}

/* Become the program, once somebody has written to @go. */
static void become(char *command, int go, int out)
{
	char *words[32], *word = strtok(command, " "), byte;
	unsigned int i;

	for (i = 0; word && i < 31; word = strtok(NULL, " "))
		words[i++] = word;
	words[i] = NULL;
	dup2(out, 1);
	dup2(out, 2);
	if (read(go, &byte, 1) == 1)
		execvp(words[0], words);
	_exit(127);
}

/* Run it with its @n-th allocation failing, which is what is left of @n afterwards. Return: its status. */
static int program(int *n, char *said, size_t size)
{
	int go[2], out[2], fd;
	char path[64];
	siginfo_t end;
	ssize_t got;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		become(args[0], go[0], out[1]);
	close(out[1]);
	/* It stays so across an exec, and can be read until we have waited. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/fail-nth", pid, pid);
	fd = open(path, O_RDWR);
	if (fd < 0)
		die(path);
	arm(fd, *n);
	if (write(go[1], "", 1) != 1)
		die("pipe");
	got = read(out[0], said, size - 1);
	said[got > 0 ? got : 0] = '\0';
	if (waitid(P_PID, pid, &end, WEXITED | WNOWAIT))
		die("waitid");
	*n = disarm(fd);
	waitid(P_PID, pid, &end, WEXITED);
	close(fd);
	close(go[0]);
	close(go[1]);
	close(out[0]);
	if (end.si_code != CLD_EXITED || end.si_status == 127)
		die(args[0]);
	return end.si_status;
}

static int said_no_memory(const char *said)
{
	return strstr(said, strerror(ENOMEM)) || strstr(said, strerror(ENOBUFS));
}

static int act_run(void)
{
	static char before[1 << 16], after[1 << 16], said[4096];
	int status, error = 0, n = disarm(nth);

	printed(args[1], before, sizeof(before));
	status = program(&n, said, sizeof(said));
	if (status) {
		printed(args[1], after, sizeof(after));
		error = said_no_memory(said) ? ENOMEM : EPROTO;
		if (error == EPROTO)
			printf("%s", said);
		/* Nobody calls that a clean failure. */
		if (strcmp(before, after)) {
			printf("before:\n%safter:\n%s", before, after);
			error = EUCLEAN;
		}
	}
	arm(nth, n);
	errno = error;
	return error ? -1 : 0;
}
static void undo_run(void)
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
	{ "run", 3, act_run, undo_run, 0 },
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
	int n, step, left, status, error;

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
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth < 0)
		die("/proc/thread-self/fail-nth");

	step = getenv("FAILNTH_STEP") ? atoi(getenv("FAILNTH_STEP")) : 1;
	for (n = 1; step > 0 && n <= ATTEMPTS; n += step) {
		arm(nth, n);
		status = actions[i].act();
		error = status ? errno : 0;
		left = disarm(nth);
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
