// SPDX-License-Identifier: GPL-2.0-only
/*
 * sniff.c - look at the frames that an interface receives, and check their checksums.
 *
 * usage: sniff [-o] [-p] [-x] [-t SECONDS] [-c COUNT] DEV    until a signal, SECONDS or COUNT frames
 *        sniff -H N DEV                                 hold N packet sockets open, and never read: receiving gets dear
 *   -o  frames that it sends instead    -p  promiscuous    -x  print each frame in hex, too
 *
 * Prints one line: frames= bytes= longest= gso= partial= (checksum left to hardware) good= bad= (checksums in the frame)
 * nosum= (UDP without) dropped=.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static unsigned long frames, bytes, longest, gso, partial, good, bad, nosum;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "sniff: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t sum(const uint8_t *data, unsigned int len, uint32_t s)
{
	for (; len > 1; len -= 2, data += 2)
		s += data[0] << 8 | data[1];
	if (len)
		s += data[0] << 8;
	return s;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* TCP, UDP or ICMP in a whole datagram. */
static void check_l4(const uint8_t *l4, unsigned int len, uint8_t proto, uint32_t pseudo, int has_partial)
{
	if (has_partial)
		return;
	if (proto == IPPROTO_UDP && len >= 8 && !l4[6] && !l4[7]) {
		nosum++;
		return;
	}
	if (proto == IPPROTO_ICMP)
		pseudo = 0;
	else if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_ICMPV6)
		return;
	else
		pseudo += proto + len;
	if (fold(sum(l4, len, pseudo)) == 0xffff)
		good++;
	else
		bad++;
}

static void check(const uint8_t *f, unsigned int len, int has_partial)
{
	unsigned int off = 14, type, ihl, total;

	if (len < 14)
		return;
	type = f[12] << 8 | f[13];
	while ((type == 0x8100 || type == 0x88a8) && len >= off + 4) {
		type = f[off + 2] << 8 | f[off + 3];
		off += 4;
	}
	f += off;
	len -= off;
	if (type == ETH_P_IP && len >= 20) {
		ihl = (f[0] & 15) * 4;
		total = f[2] << 8 | f[3];
		if (ihl < 20 || total < ihl || total > len)
			return;
		if (fold(sum(f, ihl, 0)) != 0xffff)
			bad++;
		if (!(f[6] & 0x3f) && !f[7])
			check_l4(f + ihl, total - ihl, f[9], sum(f + 12, 8, 0), has_partial);
	} else if (type == ETH_P_IPV6 && len >= 40) {
		total = f[4] << 8 | f[5];
		if (total + 40 <= len)
			check_l4(f + 40, total, f[6], sum(f + 8, 32, 0), has_partial);
	}
}

static int packet_socket(const char *dev, int promisc)
{
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), one = 1, big = 32 << 20;
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };

	at.sll_ifindex = mreq.mr_ifindex = if_nametoindex(dev);
	if (fd < 0 || !at.sll_ifindex)
		die(dev);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		die("PACKET_VNET_HDR");
	if (bind(fd, (void *)&at, sizeof(at)))
		die("bind");
	if (promisc && setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)))
		die("promiscuous");
	return fd;
}

static int hold(const char *dev, int n)
{
	int small = 2048;

	while (n-- > 0) {
		int fd = packet_socket(dev, 0);

		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &small, sizeof(small));
	}
	printf("holding\n");
	fflush(stdout);
	while (!stop)
		pause();
	return 0;
}

int main(int argc, char **argv)
{
	static uint8_t buffer[1 << 17];
	struct virtio_net_hdr *vnet = (void *)buffer;
	const unsigned int vlen = sizeof(*vnet);
	int option, outgoing = 0, promisc = 0, hex = 0, holding = 0, fd;
	struct sigaction action = { .sa_handler = on_signal };
	unsigned long limit = 0;
	struct tpacket_stats stats = { 0 };
	socklen_t stats_len = sizeof(stats);
	time_t end = 0;

	while ((option = getopt(argc, argv, "opxt:c:H:")) != -1) {
		switch (option) {
		case 'o': outgoing = 1; break;
		case 'p': promisc = 1; break;
		case 'x': hex = 1; break;
		case 't': end = time(NULL) + atoi(optarg); break;
		case 'c': limit = strtoul(optarg, NULL, 0); break;
		case 'H': holding = atoi(optarg); break;
		default: return 2;
		}
	}
	if (argc - optind != 1)
		return 2;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (holding)
		return hold(argv[optind], holding);
	fd = packet_socket(argv[optind], promisc);
	fprintf(stderr, "sniffing\n");
	while (!stop && (!end || time(NULL) <= end) && (!limit || frames < limit)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		struct sockaddr_ll at;
		socklen_t at_len = sizeof(at);
		ssize_t n, i;

		if (poll(&p, 1, 200) <= 0)
			continue;
		n = recvfrom(fd, buffer, sizeof(buffer), MSG_DONTWAIT, (void *)&at, &at_len);
		if (n < 0) {
			if (errno == ENETDOWN || errno == EAGAIN || errno == EINTR)
				continue;
			/* A packet whose GSO fields the kernel will not describe. */
			if (errno == EINVAL)
				continue;
			die("recvfrom");
		}
		if ((at.sll_pkttype == PACKET_OUTGOING) != outgoing || n < (ssize_t)vlen)
			continue;
		n -= vlen;
		frames++;
		bytes += n;
		if ((unsigned long)n > longest)
			longest = n;
		if (vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE)
			gso++;
		if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
			partial++;
		check(buffer + vlen, n, vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
		if (hex) {
			for (i = 0; i < n; i++)
				printf("%02x", buffer[vlen + i]);
			printf("\n");
		}
	}
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &stats_len);
	printf("frames=%lu bytes=%lu longest=%lu gso=%lu partial=%lu good=%lu bad=%lu nosum=%lu dropped=%u\n",
	       frames, bytes, longest, gso, partial, good, bad, nosum, stats.tp_drops);
	return 0;
}
