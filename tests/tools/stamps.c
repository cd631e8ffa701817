// SPDX-License-Identifier: GPL-2.0-only
/*
 * stamps.c - a NIC's clock, and the time stamps of frames, as programs ask for them.
 *
 * usage: stamps get DEV                      SIOCGHWTSTAMP: prints "TX_TYPE RX_FILTER", as numbers
 *        stamps set DEV TX RX [FLAGS]        SIOCSHWTSTAMP: prints what it has become
 *        stamps clock DEV read|set NS|step NS|slew PPB|freq|pps|hold
 *                                            its PHC; freq prints the slew; hold keeps it open until the end of stdin, then says what a
 *                                            read gives
 *        stamps udp FROM TO PORT [OPTIONS]   datagrams from one of our addresses to another, as the wire will change it
 *        stamps eth DEV DEV TYPE [OPTIONS]   frames of that EtherType (in hex)
 *        stamps tcp|gso FROM TO PORT DEV [-n COUNT] [-l BYTES]
 *                                            as often so many bytes by one send(), which are read before the next; with gso it
 *                                            is one of UDP's, to be cut into datagrams of 1000. Lines "tx KEY NS"; "rx BYTES NS"
 *                                            for each packet that DEV has got; "read BYTES NS" for what the reader is told
 *   -n COUNT  -l BYTES of payload  -i USECS between two (0: all at once)  -m TYPE -v VERSION of a PTP message
 *   -o  one line for each: "TX_SW TX_HW RX_SW RX_HW" in ns, 0 for none
 * What fails prints the errno's name, with status 1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define MOST		5000
#define NSEC		1000000000LL
#define CLOCK_OF(fd)	((~(clockid_t)(fd) << 3) | 3)

/* The C library of Debian 11 has no strerrorname_np(). */
static void fail(void)
{
	static const struct { int number; const char *name; } names[] = {
		{ EINVAL, "EINVAL" }, { ERANGE, "ERANGE" }, { ENODEV, "ENODEV" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { EPERM, "EPERM" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].number == errno) {
			puts(names[i].name);
			exit(1);
		}
	}
	puts(strerror(errno));
	exit(1);
}

static void need(int result)
{
	if (result < 0)
		fail();
}

/* ---- settings, and the clock -------------------------------------------------- */

static void ask(const char *dev, int command, void *data)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_data = data };

	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	need(ioctl(fd, command, &ifr));
	close(fd);
}

static void config(int argc, char **argv)
{
	struct hwtstamp_config config = {};

	if (argc > 4) {
		config.tx_type = atoi(argv[3]);
		config.rx_filter = atoi(argv[4]);
	}
	if (argc > 5)
		config.flags = atoi(argv[5]);
	ask(argv[2], argc > 4 ? SIOCSHWTSTAMP : SIOCGHWTSTAMP, &config);
	printf("%d %d\n", config.tx_type, config.rx_filter);
}

static int open_clock(const char *dev)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	char name[32];
	int fd;

	ask(dev, SIOCETHTOOL, &info);
	if (info.phc_index < 0) {
		errno = ENODEV;
		fail();
	}
	snprintf(name, sizeof(name), "/dev/ptp%d", info.phc_index);
	fd = open(name, O_RDWR);
	need(fd);
	return fd;
}

static long long nanoseconds(struct timespec ts)
{
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static void read_clock(int fd)
{
	struct timespec ts;

	need(clock_gettime(CLOCK_OF(fd), &ts));
	printf("%lld\n", nanoseconds(ts));
}

static void adjust(int fd, struct timex *timex)
{
	need(syscall(SYS_clock_adjtime, CLOCK_OF(fd), timex));
}

static void clock_command(int fd, const char *what, const char *value)
{
	long long n = value ? atoll(value) : 0;
	struct timex timex = {};
	char byte;

	if (!strcmp(what, "set")) {
		struct timespec ts = { n / NSEC, n % NSEC };

		need(clock_settime(CLOCK_OF(fd), &ts));
	} else if (!strcmp(what, "step")) {
		timex.modes = ADJ_SETOFFSET | ADJ_NANO;
		timex.time.tv_sec = n / NSEC - (n % NSEC < 0);
		timex.time.tv_usec = n % NSEC + (n % NSEC < 0 ? NSEC : 0);
		adjust(fd, &timex);
	} else if (!strcmp(what, "slew")) {
		timex.modes = ADJ_FREQUENCY;
		timex.freq = n * 65536 / 1000;
		adjust(fd, &timex);
	} else if (!strcmp(what, "freq")) {
		adjust(fd, &timex);
		printf("%ld\n", timex.freq * 1000 / 65536);
	} else if (!strcmp(what, "pps")) {
		need(ioctl(fd, PTP_ENABLE_PPS, 1));
	} else if (!strcmp(what, "hold")) {
		puts("held");
		fflush(stdout);
		while (read(0, &byte, 1) > 0)
			;
		read_clock(fd);
	} else {
		read_clock(fd);
	}
}

/* ---- stamps ---------------------------------------------------------------------- */

static struct stamps {
	long long tx_sw, tx_hw, rx_sw, rx_hw;
} stamps[MOST];

static int count = 1, length = 44, interval, each, type, version = 2;

static int want_stamps(int fd)
{
	int flags = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
		    SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
		    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RAW_HARDWARE |
		    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY |
		    SOF_TIMESTAMPING_OPT_TX_SWHW;
	int room = 8 << 20;

	need(fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	need(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)));
	return fd;
}

/* One message, of the error queue or not.  False if there is none. */
static int collect(int fd, int flags)
{
	long long sw = 0, hw = 0;
	char data[2048] = {}, control[512];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct sock_extended_err *err = NULL;
	struct cmsghdr *c;
	uint32_t id;

	if (recvmsg(fd, &msg, flags | MSG_DONTWAIT) < 0)
		return 0;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING) {
			struct scm_timestamping *t = (void *)CMSG_DATA(c);

			sw = nanoseconds(*(struct timespec *)&t->ts[0]);
			hw = nanoseconds(*(struct timespec *)&t->ts[2]);
		} else {
			err = (void *)CMSG_DATA(c);
		}
	}
	memcpy(&id, data + 4, sizeof(id));
	if (flags & MSG_ERRQUEUE && err)
		id = err->ee_data;
	if (id >= MOST)
		return 1;
	if (flags & MSG_ERRQUEUE) {
		stamps[id].tx_sw += sw;
		stamps[id].tx_hw += hw;
	} else {
		stamps[id].rx_sw = sw;
		stamps[id].rx_hw = hw;
	}
	return 1;
}

static void run(int tx, int rx, const struct sockaddr *to, socklen_t size)
{
	char data[65536] = { type, version };
	int got = 0, i;

	/* The kernel begins to stamp by software a little after it was asked. */
	usleep(20000);
	for (i = 0; i < count; i++) {
		memcpy(data + 4, &i, sizeof(i));
		while (sendto(tx, data, length, 0, to, size) < 0)
			if (errno != ENOBUFS && errno != EAGAIN)
				fail();
		if (interval)
			usleep(interval);
	}
	while (got < count) {
		struct pollfd pfd = { .fd = rx, .events = POLLIN };

		if (poll(&pfd, 1, 1000) < 1)
			break;
		while (collect(rx, 0))
			got++;
	}
	usleep(20000);
	while (collect(tx, MSG_ERRQUEUE))
		;
	for (i = 0; each && i < count; i++)
		printf("%lld %lld %lld %lld\n", stamps[i].tx_sw, stamps[i].tx_hw,
		       stamps[i].rx_sw, stamps[i].rx_hw);
	if (!each) {
		int n[4] = {};

		for (i = 0; i < count; i++) {
			n[0] += !!stamps[i].tx_sw;
			n[1] += !!stamps[i].tx_hw;
			n[2] += !!stamps[i].rx_sw;
			n[3] += !!stamps[i].rx_hw;
		}
		printf("%d: %d %d %d %d\n", got, n[0], n[1], n[2], n[3]);
	}
}

static void udp(char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = from, any = from;
	int tx = want_stamps(socket(AF_INET, SOCK_DGRAM, 0));
	int rx = want_stamps(socket(AF_INET, SOCK_DGRAM, 0));

	inet_pton(AF_INET, argv[0], &from.sin_addr);
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	any.sin_port = to.sin_port = htons(atoi(argv[2]));
	need(bind(tx, (void *)&from, sizeof(from)));
	need(bind(rx, (void *)&any, sizeof(any)));
	run(tx, rx, (void *)&to, sizeof(to));
}

static void eth(char **argv)
{
	int ethertype = htons(strtol(argv[2], NULL, 16));
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = ethertype,
		.sll_ifindex = if_nametoindex(argv[0]), .sll_halen = 6,
		.sll_addr = { 255, 255, 255, 255, 255, 255 },
	}, at = {
		.sll_family = AF_PACKET, .sll_protocol = ethertype,
		.sll_ifindex = if_nametoindex(argv[1]),
	};
	int tx = want_stamps(socket(AF_PACKET, SOCK_DGRAM, 0));
	int rx = want_stamps(socket(AF_PACKET, SOCK_DGRAM, 0));

	need(bind(rx, (void *)&at, sizeof(at)));
	run(tx, rx, (void *)&to, sizeof(to));
}

/* ---- packets that are cut, and put together --------------------------------------- */

/* What older headers lack. */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif
#ifndef SOL_UDP
#define SOL_UDP		17
#endif

/* The stamp by hardware of one message, and what belongs to it. */
struct seen {
	long long hw;
	uint32_t data;
	ssize_t length;
};

static int look(int fd, int flags, void *data, size_t size, struct seen *seen)
{
	char control[512];
	struct iovec iov = { data, size };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;

	*seen = (struct seen){};
	seen->length = recvmsg(fd, &msg, flags);
	if (seen->length < 0)
		return 0;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING)
			seen->hw = nanoseconds(*(struct timespec *)
				(CMSG_DATA(c) + 2 * sizeof(struct timespec)));
		else if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR)
			seen->data = ((struct sock_extended_err *)CMSG_DATA(c))->ee_data;
	}
	return 1;
}

/* Of an IPv4 packet: the bytes for the port. */
static int payload(const unsigned char *ip, ssize_t length, int port)
{
	int header = (ip[0] & 15) * 4;
	const unsigned char *l4 = ip + header;

	if (length < header + 20 || (l4[2] << 8 | l4[3]) != port)
		return 0;
	header += ip[9] == IPPROTO_TCP ? (l4[12] >> 4) * 4 : 8;
	return (ip[2] << 8 | ip[3]) - header;
}

static void send_once(int tx, int rx, int tap, int port)
{
	static char data[1 << 20];
	int got = 0, bytes;
	struct seen seen;

	if (send(tx, data, length, 0) != length)
		fail();
	/* Until all is there. */
	usleep(50000);
	for (; got < length; got += seen.length) {
		if (!look(rx, 0, data, sizeof(data), &seen) || !seen.length)
			fail();
		printf("read %zd %lld\n", seen.length, seen.hw);
	}
	while (look(tap, MSG_DONTWAIT, data, sizeof(data), &seen)) {
		bytes = payload((unsigned char *)data, seen.length, port);
		if (bytes)
			printf("rx %d %lld\n", bytes, seen.hw);
	}
	while (look(tx, MSG_ERRQUEUE | MSG_DONTWAIT, data, sizeof(data), &seen))
		if (seen.hw)
			printf("tx %u %lld\n", seen.data, seen.hw);
}

static void large(char **argv, int stream)
{
	int kind = stream ? SOCK_STREAM : SOCK_DGRAM, segment = 1000, one = 1, i;
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from, any = from;
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex(argv[3]),
	};
	int tap = want_stamps(socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)));
	int tx = socket(AF_INET, kind, 0), rx = socket(AF_INET, kind, 0);

	inet_pton(AF_INET, argv[0], &from.sin_addr);
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	any.sin_port = to.sin_port = htons(atoi(argv[2]));
	need(bind(tap, (void *)&at, sizeof(at)));
	need(setsockopt(rx, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	need(bind(rx, (void *)&any, sizeof(any)));
	need(bind(tx, (void *)&from, sizeof(from)));
	if (stream)
		need(listen(rx, 1));
	else
		need(setsockopt(tx, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)));
	need(connect(tx, (void *)&to, sizeof(to)));
	if (stream)
		rx = accept(rx, NULL, NULL);
	want_stamps(tx);
	want_stamps(rx);
	usleep(20000);
	for (i = 0; i < count; i++)
		send_once(tx, rx, tap, atoi(argv[2]));
}

static void options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:l:i:m:v:o")) != -1) {
		switch (c) {
		case 'n': count = atoi(optarg); break;
		case 'l': length = atoi(optarg); break;
		case 'i': interval = atoi(optarg); break;
		case 'm': type = strtol(optarg, NULL, 0); break;
		case 'v': version = atoi(optarg); break;
		case 'o': each = 1; break;
		}
	}
	if (count > MOST)
		count = MOST;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "get") || !strcmp(argv[1], "set"))
		config(argc, argv);
	else if (!strcmp(argv[1], "clock") && argc > 3)
		clock_command(open_clock(argv[2]), argv[3], argv[4]);
	else if ((!strcmp(argv[1], "tcp") || !strcmp(argv[1], "gso")) && argc > 5) {
		options(argc - 5, argv + 5);
		large(argv + 2, *argv[1] == 't');
	} else if (argc > 4) {
		options(argc - 4, argv + 4);
		(!strcmp(argv[1], "udp") ? udp : eth)(argv + 2);
	}
	return 0;
}
