// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow.c - send numbered data from one end of the wire to the other, and check every byte where it arrives.
 *
 * usage: flow udp|tcp [OPTIONS] SOURCE DESTINATION RECEIVER
 *   SOURCE       address to send from
 *   DESTINATION  address to send to
 *   RECEIVER     the address that the destination has at the other end: the same, without the wire trick
 *   -n N   udp: datagrams of each flow (10000)        -b N   tcp: megabytes of each flow (10)
 *   -s A-B udp: payload sizes (16-1472)               -w N   udp: datagrams in flight (64; 0: no limit)
 *   -g N   udp: datagrams in a send, cut by UDP GSO   -z     tcp: sendfile instead of write
 *   -f N   flows at the same time (1)                 -N NS  the receiver's network namespace
 *   -P     udp: busy-poll the receiving socket
 *
 * Prints one line: sent= received= lost= reordered= duplicated= corrupted= seconds=. Status 0 unless something could
 * not be done; judging the numbers is the caller's business.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SO_BUSY_POLL
#define SO_BUSY_POLL 46
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif

#define PERIOD 65521 /* prime: a shift by whole segments shows */
#define MAX_SIZE 65000
#define BATCH 64
#define QUIET_MS 5000

struct head {
	uint64_t seq;
	uint32_t flow;
	uint32_t len;
};

/* One for each flow, shared by its sender and its receiver. */
struct shared {
	volatile uint64_t sent, received, reordered, duplicated, corrupted;
	volatile uint64_t highest; /* sequence number + 1 */
	volatile int ready, done;
};

static uint8_t table[PERIOD + MAX_SIZE];
static struct shared *shared;
static uint64_t count = 10000, megabytes = 10;
static unsigned int size_min = 16, size_max = 1472, window = 64, gso, flows = 1;
static int use_sendfile, busy;
static const char *netns, *from, *to, *receiver;

static void die(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static unsigned int size_of(unsigned int flow, uint64_t seq)
{
	return size_min + mix(seq * 64 + flow) % (size_max - size_min + 1);
}

static socklen_t address(const char *text, unsigned int port, struct sockaddr_storage *at)
{
	struct sockaddr_in *in = (void *)at;
	struct sockaddr_in6 *in6 = (void *)at;

	memset(at, 0, sizeof(*at));
	if (strchr(text, ':')) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
			return sizeof(*in6);
	} else {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
			return sizeof(*in);
	}
	fprintf(stderr, "flow: %s is no address\n", text);
	exit(1);
}

static int bound(int type, const char *text, unsigned int port)
{
	struct sockaddr_storage at;
	socklen_t len = address(text, port, &at);
	int fd = socket(at.ss_family, type, 0), one = 1, big = 8 << 20;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (type == SOCK_DGRAM) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
		setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	}
	if (bind(fd, (void *)&at, len))
		die(text);
	return fd;
}

static void connect_to(int fd, const char *text, unsigned int port)
{
	struct sockaddr_storage at;
	socklen_t len = address(text, port, &at);

	if (connect(fd, (void *)&at, len))
		die(text);
}

static void enter_netns(void)
{
	char path[200];
	int fd;

	if (!netns)
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

/* ---- udp ------------------------------------------------------------------------------------------------------------- */

static unsigned int fill(uint8_t *to_, unsigned int flow, uint64_t seq)
{
	struct head head = { .seq = seq, .flow = flow, .len = size_of(flow, seq) };

	memcpy(to_, &head, sizeof(head));
	memcpy(to_ + sizeof(head), table + mix(seq) % PERIOD, head.len - sizeof(head));
	return head.len;
}

static void judge(struct shared *s, uint8_t *seen, unsigned int flow, const uint8_t *data, unsigned int len)
{
	struct head head;

	s->received++;
	memcpy(&head, data, sizeof(head));
	if (len < sizeof(head) || head.seq >= count || head.flow != flow || head.len != len ||
	    len != size_of(flow, head.seq) ||
	    memcmp(data + sizeof(head), table + mix(head.seq) % PERIOD, len - sizeof(head))) {
		s->corrupted++;
		return;
	}
	if (seen[head.seq / 8] & (1 << head.seq % 8))
		s->duplicated++;
	else if (head.seq < s->highest)
		s->reordered++;
	seen[head.seq / 8] |= 1 << head.seq % 8;
	if (head.seq >= s->highest)
		s->highest = head.seq + 1;
}

static void udp_receive(struct shared *s, unsigned int flow)
{
	int fd = bound(SOCK_DGRAM, receiver, 7000 + flow), usecs = 200, one = 1;
	static uint8_t buffers[BATCH][MAX_SIZE + 512];
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	uint8_t *seen = calloc(1, count / 8 + 1);
	uint64_t last;
	int i, n;

	if (!seen)
		die("memory");
	if (busy && (setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &usecs, sizeof(usecs)) ||
		     (setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &one, sizeof(one)) && errno != ENOPROTOOPT)))
		die("SO_BUSY_POLL");
	memset(messages, 0, sizeof(messages));
	for (i = 0; i < BATCH; i++) {
		vectors[i].iov_base = buffers[i];
		vectors[i].iov_len = sizeof(buffers[i]);
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	s->ready = 1;
	last = now_ms();
	for (;;) {
		if (busy) {
			n = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
		} else {
			struct pollfd p = { .fd = fd, .events = POLLIN };

			poll(&p, 1, 100);
			n = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
		}
		for (i = 0; i < n; i++)
			judge(s, seen, flow, buffers[i], messages[i].msg_len);
		if (n > 0) {
			last = now_ms();
			continue;
		}
		if (s->done && (s->highest == count || now_ms() - last > QUIET_MS))
			return;
	}
}

/* Not further ahead of the receiver than the window. What was lost must not stop us for ever. */
static uint64_t credit(struct shared *s, uint64_t sent, uint64_t base)
{
	uint64_t stop = now_ms() + 3000;

	while (sent - (s->highest > base ? s->highest : base) >= window) {
		usleep(50);
		if (now_ms() > stop)
			return sent;
	}
	return base;
}

static void udp_send(struct shared *s, unsigned int flow)
{
	int fd = bound(SOCK_DGRAM, from, 17000 + flow);
	static uint8_t buffer[MAX_SIZE + 512];
	uint64_t seq = 0, base = 0;

	connect_to(fd, to, 7000 + flow);
	if (gso) {
		int segment = size_max;

		if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)))
			die("UDP_SEGMENT");
	}
	while (seq < count) {
		unsigned int n = 0, len = 0;

		if (window)
			base = credit(s, seq, base);
		do {
			len += fill(buffer + len, flow, seq + n++);
		} while (n < gso && seq + n < count && len + size_max <= 64000);
		while (send(fd, buffer, len, 0) < 0)
			if (errno == ENOBUFS || errno == EAGAIN || errno == ECONNREFUSED)
				usleep(100);
			else
				die("send");
		seq += n;
		s->sent = seq;
	}
	s->done = 1;
}

/* ---- tcp ------------------------------------------------------------------------------------------------------------- */

static void tcp_receive(struct shared *s, unsigned int flow)
{
	int listener = bound(SOCK_STREAM, receiver, 7000 + flow), fd;
	static uint8_t buffer[MAX_SIZE];
	uint64_t at = 0;
	ssize_t n;

	if (listen(listener, 1))
		die("listen");
	s->ready = 1;
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
		if (memcmp(buffer, table + at % PERIOD, n)) {
			if (!s->corrupted)
				fprintf(stderr, "flow %u: wrong bytes between %llu and %llu\n", flow,
					(unsigned long long)at, (unsigned long long)(at + n));
			s->corrupted++;
		}
		at += n;
		s->received = at;
	}
	if (n < 0)
		die("recv");
}

static void tcp_send(struct shared *s, unsigned int flow)
{
	int fd = bound(SOCK_STREAM, from, 0), file = -1;
	uint64_t at = 0, end = megabytes << 20;

	connect_to(fd, to, 7000 + flow);
	if (use_sendfile) {
		file = memfd_create("flow", 0);
		if (file < 0 || write(file, table, sizeof(table)) != sizeof(table))
			die("memfd");
	}
	while (at < end) {
		uint64_t len = end - at < 60000 ? end - at : 60000;
		off_t off = at % PERIOD;
		ssize_t n;

		n = use_sendfile ? sendfile(fd, file, &off, len) : write(fd, table + off, len);
		if (n < 0)
			die("write");
		at += n;
		s->sent = at;
	}
	shutdown(fd, SHUT_WR);
	s->done = 1;
	while (read(fd, &at, 1) > 0)
		;
}

/* ---- all flows ------------------------------------------------------------------------------------------------------- */

static void child(void (*role)(struct shared *, unsigned int), struct shared *s, unsigned int flow, int in_netns)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return;
	if (in_netns)
		enter_netns();
	role(s, flow);
	exit(0);
}

int main(int argc, char **argv)
{
	uint64_t sent = 0, received = 0, reordered = 0, duplicated = 0, corrupted = 0, began;
	unsigned int i;
	int option, udp, status, bad = 0;

	if (argc < 2)
		return 2;
	udp = !strcmp(argv[1], "udp");
	argv++;
	argc--;
	while ((option = getopt(argc, argv, "n:b:s:w:g:f:N:zP")) != -1) {
		switch (option) {
		case 'n': count = strtoull(optarg, NULL, 0); break;
		case 'b': megabytes = strtoull(optarg, NULL, 0); break;
		case 's':
			if (sscanf(optarg, "%u-%u", &size_min, &size_max) != 2)
				size_max = size_min;
			break;
		case 'w': window = atoi(optarg); break;
		case 'g': gso = atoi(optarg); break;
		case 'f': flows = atoi(optarg); break;
		case 'N': netns = optarg; break;
		case 'z': use_sendfile = 1; break;
		case 'P': busy = 1; break;
		default: return 2;
		}
	}
	if (argc - optind != 3 || size_min < sizeof(struct head) || size_max > MAX_SIZE || size_min > size_max)
		return 2;
	from = argv[optind];
	to = argv[optind + 1];
	receiver = argv[optind + 2];
	if (gso)
		size_min = size_max;
	for (i = 0; i < sizeof(table); i++)
		table[i] = mix(i % PERIOD);
	shared = mmap(NULL, flows * sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	signal(SIGPIPE, SIG_IGN);

	for (i = 0; i < flows; i++)
		child(udp ? udp_receive : tcp_receive, &shared[i], i, 1);
	for (i = 0; i < flows; i++)
		while (!shared[i].ready) {
			usleep(1000);
			if (waitpid(-1, &status, WNOHANG) > 0)
				return 1;
		}
	began = now_ms();
	for (i = 0; i < flows; i++)
		child(udp ? udp_send : tcp_send, &shared[i], i, 0);
	while (wait(&status) > 0)
		bad |= status;
	for (i = 0; i < flows; i++) {
		sent += shared[i].sent;
		received += shared[i].received;
		reordered += shared[i].reordered;
		duplicated += shared[i].duplicated;
		corrupted += shared[i].corrupted;
	}
	printf("sent=%llu received=%llu lost=%lld reordered=%llu duplicated=%llu corrupted=%llu seconds=%.1f\n",
	       (unsigned long long)sent, (unsigned long long)received,
	       (long long)(sent - received + duplicated), (unsigned long long)reordered,
	       (unsigned long long)duplicated, (unsigned long long)corrupted, (now_ms() - began) / 1000.0);
	return bad ? 1 : 0;
}
