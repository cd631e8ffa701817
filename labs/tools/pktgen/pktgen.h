/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pktgen.h - what the files of pktgen share.
 *
 * Read next: pktgen.c, for the options and the order of things; aim.c, where
 * packets go; kernel.c, how the kernel is told.
 */
#ifndef PKTGEN_H
#define PKTGEN_H

#include <netinet/in.h>
#include <stdbool.h>

#include "common.h"

#define STATUS_FAILED		1
#define STATUS_MISUSED		2

/**
 * struct options - what the command line says
 * @count: packets from each device, 0 for no limit
 * @seconds: how long, or 0 for no limit
 * @rate: packets a second, or 0 for as many as it can
 * @burst: packets for one ring of the doorbell
 * @size: of a frame
 * @port: UDP port at the other end, or 0
 * @cpu: that sends
 * @mac: where to, or NULL for the other end of the wire
 * @address: where to, or NULL
 * @devices: what sends, ending with NULL
 * @device_count: how many they are
 */
struct options {
	long count;
	double seconds;
	long rate;
	long burst;
	int size;
	int port;
	int cpu;
	const char *mac;
	const char *address;
	char **devices;
	int device_count;
};

/* ---- aim.c -------------------------------------------------------------------- */

#define MAC_TEXT		18

/**
 * struct aim - where the packets of a device go
 * @mac: Ethernet address
 * @from: own IPv4 address
 * @to: the target's
 */
struct aim {
	char mac[MAC_TEXT];
	char from[INET_ADDRSTRLEN];
	char to[INET_ADDRSTRLEN];
};

bool aim_take(struct aim *aim, const char *device,
	      const struct options *options);
bool mac_valid(const char *text);
bool device_ready(const char *device);

/* ---- kernel.c ------------------------------------------------------------------- */

/**
 * struct sent - what a device has sent
 * @packets: how many
 * @microseconds: in what time
 * @over: and has come to its end
 * @gone: the interface is no more, or has another name: nothing is known
 */
struct sent {
	unsigned long long packets;
	unsigned long long microseconds;
	bool over;
	bool gone;
};

bool kernel_open(int cpu);
[[gnu::format(printf, 2, 3)]] bool kernel_tell(const char *file,
					       const char *format, ...);
void kernel_share(const char *device);
bool kernel_clear(void);
bool kernel_start(char **devices, double seconds);
void kernel_interrupt(void);
void kernel_sent(const char *device, struct sent *sent);

/* ---- pktgen.c --------------------------------------------------------------------- */

int stopped(void);

#endif /* PKTGEN_H */
