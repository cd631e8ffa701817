// SPDX-License-Identifier: GPL-2.0-only
/*
 * stamps.c - where the time of a reply goes: the NIC stamps it when it comes in
 * from the wire, the kernel when the stack gets it, and we when we have read it.
 *
 * The NIC's stamp is by the NIC's clock. After each reply both clocks are read, so
 * it does not matter what that one shows, nor how fast it goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "napiping.h"

static long long nanoseconds(long long seconds, long long rest)
{
	return seconds * NSEC_PER_SEC + rest;
}

static bool ask_device(const struct channel *channel, int command, void *data)
{
	struct ifreq request = { .ifr_data = data };

	/* By the name that it has now: it may have got another. */
	return if_indextoname(channel->stamps.ifindex, request.ifr_name) &&
	       !ioctl(channel->fd, command, &request);
}

static bool set_filter(const struct channel *channel, int filter)
{
	struct hwtstamp_config config = {
		.tx_type = channel->stamps.tx_type,
		.rx_filter = filter,
	};

	return ask_device(channel, SIOCSHWTSTAMP, &config);
}

static bool open_clock(struct channel *channel)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	struct ptp_sys_offset_extended offset = { .n_samples = 1 };
	struct stamps *stamps = &channel->stamps;
	char name[32];

	stamps->ifindex = if_nametoindex(stamps->device);
	if (!stamps->ifindex || !ask_device(channel, SIOCETHTOOL, &info)) {
		complain("%s: %s", stamps->device, strerror(errno));
		return false;
	}
	if (info.phc_index < 0 ||
	    !(info.rx_filters & 1 << HWTSTAMP_FILTER_ALL)) {
		complain("%s has no clock that stamps all packets: see ethtool -T",
			 stamps->device);
		return false;
	}
	snprintf(name, sizeof(name), "/dev/ptp%d", info.phc_index);
	stamps->clock = open(name, O_RDONLY | O_CLOEXEC);
	if (stamps->clock < 0) {
		complain("%s: %s", name, strerror(errno));
		return false;
	}
	if (ioctl(stamps->clock, PTP_SYS_OFFSET_EXTENDED, &offset)) {
		complain("%s cannot be compared with the system's clock: %s",
			 name, strerror(errno));
		return false;
	}
	return true;
}

static bool set_up(struct channel *channel)
{
	int flags = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
		    SOF_TIMESTAMPING_RAW_HARDWARE | SOF_TIMESTAMPING_SOFTWARE;
	struct stamps *stamps = &channel->stamps;
	struct hwtstamp_config config = {};

	/* Others may use its stamps: then it has to be as it was afterwards. */
	if (!ask_device(channel, SIOCGHWTSTAMP, &config)) {
		complain("%s: its driver cannot tell what it stamps now: %s",
			 stamps->device, strerror(errno));
		return false;
	}
	stamps->tx_type = config.tx_type;
	stamps->rx_filter = config.rx_filter;
	/* Who finds it set needs no right to set it. */
	if (stamps->rx_filter != HWTSTAMP_FILTER_ALL) {
		if (!set_filter(channel, HWTSTAMP_FILTER_ALL)) {
			complain("%s: cannot stamp what it receives: %s",
				 stamps->device, strerror(errno));
			return false;
		}
		stamps->changed = true;
	}
	if (setsockopt(channel->fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
		       sizeof(flags))) {
		complain("SO_TIMESTAMPING: %s", strerror(errno));
		return false;
	}
	return true;
}

/**
 * stamps_open() - let the NIC stamp what comes
 * @channel: where, with its socket; stamps_close() it in any case
 * @device: the interface that replies come in by
 *
 * Return: false after a complaint.
 */
bool stamps_open(struct channel *channel, const char *device)
{
	channel->stamps.device = device;
	return open_clock(channel) && set_up(channel);
}

/**
 * stamps_close() - leave the NIC as it was
 * @channel: where
 */
void stamps_close(struct channel *channel)
{
	struct stamps *stamps = &channel->stamps;

	if (stamps->changed && !set_filter(channel, stamps->rx_filter))
		complain("%s stamps all packets still: %s", stamps->device,
			 strerror(errno));
	if (stamps->clock >= 0)
		close(stamps->clock);
}

/**
 * stamps_note() - remember the stamps of a datagram that has just been read
 * @stamps: where
 * @message: with its control messages
 */
void stamps_note(struct stamps *stamps, struct msghdr *message)
{
	const struct timespec *times;
	struct timespec at;
	struct cmsghdr *c;

	clock_gettime(CLOCK_REALTIME, &at);
	stamps->read = nanoseconds(at.tv_sec, at.tv_nsec);
	stamps->stack = 0;
	stamps->wire = 0;
	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SO_TIMESTAMPING)
			continue;
		/* By the kernel, one that is no longer used, by the NIC. */
		times = (const void *)CMSG_DATA(c);
		stamps->stack = nanoseconds(times[0].tv_sec, times[0].tv_nsec);
		stamps->wire = nanoseconds(times[2].tv_sec, times[2].tv_nsec);
	}
}

/*
 * By how much the system's clock is ahead of the NIC's, now: from the quickest of
 * several readings, because something may come between those of the two clocks.
 */
static bool compare_clocks(const struct stamps *stamps, long long *ahead)
{
	struct ptp_sys_offset_extended offset = { .n_samples = 5 };
	long long before, after, quickest = LLONG_MAX;
	const struct ptp_clock_time *t;
	unsigned int i;

	if (ioctl(stamps->clock, PTP_SYS_OFFSET_EXTENDED, &offset))
		return false;
	for (i = 0; i < offset.n_samples; i++) {
		t = offset.ts[i];
		before = nanoseconds(t[0].sec, t[0].nsec);
		after = nanoseconds(t[2].sec, t[2].nsec);
		if (after - before >= quickest)
			continue;
		quickest = after - before;
		*ahead = (before + after) / 2 - nanoseconds(t[1].sec, t[1].nsec);
	}
	return true;
}

/**
 * stamps_add() - split the latency of the reply that was read last
 * @stamps: its stamps
 * @latency: in nanoseconds, to the moment that it was read
 * @stages: where to add the parts
 *
 * Return: false when there are too many.
 */
bool stamps_add(const struct stamps *stamps, long long latency,
		struct samples stages[STAGES])
{
	long long ahead, wire;

	/* Some of the first have none: the kernel begins a little later. */
	if (!stamps->wire || !stamps->stack || !compare_clocks(stamps, &ahead))
		return true;
	wire = stamps->wire + ahead;
	return samples_add(&stages[STAGE_WIRE],
			   latency - (stamps->read - wire)) &&
	       samples_add(&stages[STAGE_STACK], stamps->stack - wire) &&
	       samples_add(&stages[STAGE_READER],
			   stamps->read - stamps->stack);
}
