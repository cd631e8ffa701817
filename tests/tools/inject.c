// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject.c - put frames on the wire through a packet socket, as they are.
 *
 * usage: inject DEV <LINES            each line a frame in hex; "vnet=" and 20 hex digits in front: a virtio_net_hdr
 *        inject -f COUNT -s SEED [-v] DEV DST SRC    frames made at random, from that seed on; -v: with a virtio_net_hdr
 *                                                  that lies
 *
 * Prints sent= and refused= (what the kernel did not take from us).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static unsigned long sent, refused;
static int fd, vfd;
static struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_halen = 6 };

static void die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(const uint8_t *frame, unsigned int len, const struct virtio_net_hdr *vnet)
{
	struct iovec v[2] = { { (void *)vnet, vnet ? sizeof(*vnet) : 0 }, { (void *)frame, len } };
	struct msghdr m = { .msg_name = &at, .msg_namelen = sizeof(at), .msg_iov = v, .msg_iovlen = 2 };
	int tries;

	for (tries = 0; tries < 200; tries++) {
		if (sendmsg(vnet ? vfd : fd, &m, 0) >= 0) {
			sent++;
			return;
		}
		if (errno != ENOBUFS && errno != EAGAIN)
			break;
		usleep(1000);
	}
	refused++;
}

static void open_sockets(const char *dev)
{
	int one = 1;

	fd = socket(AF_PACKET, SOCK_RAW, 0);
	vfd = socket(AF_PACKET, SOCK_RAW, 0);
	at.sll_ifindex = if_nametoindex(dev);
	if (fd < 0 || vfd < 0 || !at.sll_ifindex)
		die(dev);
	if (setsockopt(vfd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		die("PACKET_VNET_HDR");
}

static unsigned int unhex(const char *s, uint8_t *to, unsigned int max)
{
	unsigned int n = 0, byte;

	while (n < max && sscanf(s, "%2x", &byte) == 1) {
		to[n++] = byte;
		s += 2;
	}
	return n;
}

static void from_lines(void)
{
	static char line[300000];
	static uint8_t frame[140000];

	while (fgets(line, sizeof(line), stdin)) {
		struct virtio_net_hdr vnet;
		char *s = line;
		int has = !strncmp(s, "vnet=", 5);

		if (*s == '#' || *s == '\n')
			continue;
		if (has) {
			unhex(s + 5, (void *)&vnet, sizeof(vnet));
			s += 25;
			s += strspn(s, " ");
		}
		put(frame, unhex(s, frame, sizeof(frame)), has ? &vnet : NULL);
	}
}

/* ---- at random ------------------------------------------------------------------------------------------------------- */

static uint64_t state;

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static int one_in(unsigned int n) { return rnd() % n == 0; }

static uint8_t frame[70000];
static unsigned int len, l3, l4;

static void add8(unsigned int x) { frame[len++] = x; }
static void add16(unsigned int x) { add8(x >> 8 & 255); add8(x & 255); }
static void set16(unsigned int off, unsigned int x) { frame[off] = x >> 8; frame[off + 1] = x; }

static void add_random(unsigned int n)
{
	while (n--)
		add8(rnd());
}

static void add_ip4(unsigned int proto)
{
	unsigned int options = one_in(4) ? rnd() % 11 : 0, i;

	l3 = len;
	add8(0x45 + options);
	add8(0);
	add16(0);
	add16(rnd());
	add16(one_in(5) ? rnd() & 0x3fff : one_in(2) ? 0x4000 : 0);
	add8(64);
	add8(proto);
	add16(0);
	add8(192); add8(168); add8(0); add8(1);
	add8(192); add8(168); add8(one_in(8) ? rnd() : 0); add8(2);
	for (i = 0; i < options; i++)
		add_random(4);
}

static void add_ip6(unsigned int proto)
{
	static const uint8_t ext[] = { 0, 43, 44, 51, 60, 135, 139, 140 };
	unsigned int n = one_in(2) ? 0 : rnd() % 6, next, i;

	l3 = len;
	next = n ? ext[rnd() % sizeof(ext)] : proto;
	add8(0x60); add8(0); add16(0); add16(0);
	add8(next);
	add8(64);
	for (i = 0; i < 2; i++) {
		add16(0x2001); add16(0xdb8); add16(0); add16(0); add16(0); add16(0); add16(0); add16(1 + i);
	}
	for (i = n; i; i--) {
		unsigned int old = next, words = one_in(6) ? rnd() % 256 : rnd() % 4;

		next = i > 1 ? ext[rnd() % sizeof(ext)] : proto;
		add8(next);
		if (old == 44) {
			add8(0);
			add16(one_in(2) ? rnd() : 0);
			add_random(4);
			continue;
		}
		add8(words);
		add_random(old == 51 ? words * 4 + 6 : words * 8 + 6);
	}
}

static void add_l4(unsigned int proto, int ip6)
{
	unsigned int payload = one_in(3) ? rnd() % 1400 : rnd() % 64;

	l4 = len;
	switch (proto) {
	case 6:
		add16(rnd()); add16(5201); add_random(8);
		add8((5 + (one_in(2) ? rnd() % 11 : 0)) << 4);
		add8(one_in(3) ? rnd() : 0x10);
		add16(1000); add16(rnd()); add16(0);
		add_random(((frame[l4 + 12] >> 4) - 5) * 4);
		break;
	case 17:
	case 136:
		add16(rnd()); add16(7000); add16(8 + payload); add16(one_in(3) ? 0 : rnd());
		break;
	case 1:
	case 58:
		add8(one_in(2) ? (ip6 ? rnd() % 5 : 3 + rnd() % 10) : rnd() % 150);
		add8(rnd()); add16(rnd()); add_random(4);
		if (one_in(2)) { /* a quoted header, whole or not */
			unsigned int save = l3, end = len;

			if (ip6)
				add_ip6(17);
			else
				add_ip4(17);
			l3 = save;
			if (one_in(3))
				len = end + rnd() % (len - end);
		}
		break;
	default:
		add_random(20);
	}
	add_random(payload);
}

static void lie(int ip6)
{
	unsigned int n;

	switch (rnd() % 8) {
	case 0: len = 14 + rnd() % (len - 13); break;	/* truncated anywhere */
	case 1: set16(l3 + (ip6 ? 4 : 2), rnd()); break;	/* total length */
	case 2: frame[l3] = rnd(); break;		/* version, header length */
	case 3: if (l4 + 13 < len) frame[l4 + 12] = rnd(); break;	/* data offset */
	case 4: if (l4 + 6 < len) set16(l4 + 4, rnd()); break;	/* UDP length */
	case 5:
		for (n = 1 + rnd() % 8; n; n--)
			frame[14 + rnd() % (len - 14)] = rnd();
		break;
	case 6: len = l4 + rnd() % 24 < len ? l4 + rnd() % 24 : len; break; /* in the transport header */
	case 7: if (len < 9000) add_random(rnd() % 100); break;	/* something behind the end */
	}
	if (len < 14)
		len = 14;
}

static void make_frame(const uint8_t *dst, const uint8_t *src)
{
	static const uint8_t protos[] = { 6, 17, 1, 58, 136, 33, 50, 4, 41, 47, 0 };
	unsigned int proto, tags;
	int ip6 = one_in(2);

	len = 0;
	memcpy(frame, dst, 6);
	memcpy(frame + 6, src, 6);
	if (one_in(20))
		memset(frame, 0xff, 6);
	len = 12;
	for (tags = one_in(4) ? 1 + rnd() % 3 : 0; tags; tags--) {
		add16(one_in(2) ? 0x8100 : 0x88a8);
		add16(rnd());
	}
	if (one_in(30)) { /* not IP at all */
		add16(rnd());
		add_random(rnd() % 1500);
		return;
	}
	add16(ip6 ? 0x86dd : 0x0800);
	proto = one_in(3) ? protos[rnd() % sizeof(protos)] : ip6 && one_in(3) ? 58 : one_in(2) ? 6 : 17;
	if (ip6)
		add_ip6(proto);
	else
		add_ip4(proto);
	add_l4(proto, ip6);
	if (ip6) {
		set16(l3 + 4, len - l3 - 40);
	} else {
		uint32_t s = 0;
		unsigned int i;

		set16(l3 + 2, len - l3);
		for (i = 0; i < (frame[l3] & 15) * 4u; i += 2)
			s += frame[l3 + i] << 8 | frame[l3 + i + 1];
		s = (s & 0xffff) + (s >> 16);
		s += s >> 16;
		set16(l3 + 10, ~s & 0xffff);
	}
	if (!one_in(4))
		lie(ip6);
	/* The kernel does not take more than the MTU and a tag from a packet socket. */
	if (len > 1518)
		len = 1518;
}

static void lying_vnet(struct virtio_net_hdr *v)
{
	static const uint8_t types[] = { 0, 1, 3, 4, 5, 0x81, 0x84 };

	v->flags = one_in(4) ? 0 : 1;
	v->gso_type = types[rnd() % sizeof(types)];
	v->csum_start = one_in(3) ? rnd() % (len + 8) : l4;
	v->csum_offset = one_in(3) ? rnd() % 64 : one_in(2) ? 16 : 6;
	v->gso_size = one_in(4) ? rnd() : one_in(2) ? 1 + rnd() % 64 : 1448;
	v->hdr_len = one_in(3) ? rnd() % (len + 8) : l4 + 20;
}

int main(int argc, char **argv)
{
	unsigned long count = 0;
	uint8_t mac[2][6];
	int option, i, lies = 0;

	while ((option = getopt(argc, argv, "f:s:v")) != -1) {
		switch (option) {
		case 'f': count = strtoul(optarg, NULL, 0); break;
		case 's': state = strtoull(optarg, NULL, 0) * 0x9e3779b97f4a7c15 + 1; break;
		case 'v': lies = 1; break;
		default: return 2;
		}
	}
	if (optind >= argc || (count && argc - optind != 3))
		return 2;
	open_sockets(argv[optind]);
	if (!count) {
		from_lines();
	} else {
		for (i = 0; i < 2; i++)
			if (sscanf(argv[optind + 1 + i], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[i][0], &mac[i][1],
				   &mac[i][2], &mac[i][3], &mac[i][4], &mac[i][5]) != 6)
				return 2;
		while (count--) {
			struct virtio_net_hdr vnet;

			l3 = l4 = 14;
			make_frame(mac[0], mac[1]);
			if (lies) {
				lying_vnet(&vnet);
				at.sll_protocol = htons(frame[12] << 8 | frame[13]);
			}
			put(frame, len, lies ? &vnet : NULL);
		}
	}
	printf("sent=%lu refused=%lu\n", sent, refused);
	return 0;
}
