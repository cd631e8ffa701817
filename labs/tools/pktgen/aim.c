// SPDX-License-Identifier: GPL-2.0-only
/*
 * aim.c - the interfaces: are they ready, and who is at the other end?
 *
 * snull's wire flips the lowest bit of the third octet of addresses, so that
 * sn1's 192.168.1.2 is 192.168.0.2 for who sends from sn0.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pktgen.h"

/* Who is at 10.9.8.1? Nobody: IP drops what comes for it. */
#define NOBODY			"10.9.8.1"
#define NOBODY_FROM		"10.9.0.1"

#define THIRD_OCTET_BIT		0x00000100

/* The kernel takes up to a second to tell that a link is up. */
#define TRIES			20

static bool read_attribute(const char *device, const char *name, char *text,
			   int size)
{
	char path[PATH_MAX];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(text, size, file);
	fclose(file);
	if (good)
		text[strcspn(text, "\n")] = '\0';
	return good;
}

static bool attribute_is(const char *device, const char *name,
			 const char *value)
{
	char text[32];

	return read_attribute(device, name, text, sizeof(text)) &&
	       !strcmp(text, value);
}

static bool device_running(const char *device)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		if (attribute_is(device, "operstate", "up"))
			return true;
		if (!attribute_is(device, "carrier", "1"))
			return false;
		/* It stays so where links do not come and go: lo, dummy, ifb. */
		if (attribute_is(device, "operstate", "unknown"))
			return true;
		sleep_until(now() + NSEC_PER_SEC / 10);
	}
	return false;
}

/**
 * device_ready() - can packets be sent from it?
 * @device: the interface's name
 *
 * Return: false after a complaint.
 */
bool device_ready(const char *device)
{
	char text[MAC_TEXT];

	if (strchr(device, '/') ||
	    !read_attribute(device, "address", text, sizeof(text))) {
		complain("no interface %s: is the module loaded?", device);
		return false;
	}
	if (!device_running(device)) {
		complain("%s is not up: ip link set %s up (and its other end)",
			 device, device);
		return false;
	}
	return true;
}

/**
 * mac_valid() - is it an Ethernet address?
 * @text: like 02:00:00:00:00:01
 *
 * Return: true if it is.
 */
bool mac_valid(const char *text)
{
	unsigned int i;

	if (strlen(text) != MAC_TEXT - 1)
		return false;
	for (i = 0; i < MAC_TEXT - 1; i++)
		if (i % 3 == 2 ? text[i] != ':' :
				 !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	return true;
}

/* sn0 and sn1, sn2 and sn3, … are each other's. */
static bool peer_of(const char *device, char *peer, size_t size)
{
	unsigned long number;
	char *end;

	if (strncmp(device, "sn", 2))
		return false;
	number = strtoul(device + 2, &end, 10);
	if (*end || end == device + 2)
		return false;
	snprintf(peer, size, "sn%lu", number ^ 1);
	return true;
}

static bool address_of(const char *device, struct in_addr *address)
{
	struct ifaddrs *all, *one;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (one = all; one && !found; one = one->ifa_next) {
		if (strcmp(one->ifa_name, device) || !one->ifa_addr ||
		    one->ifa_addr->sa_family != AF_INET)
			continue;
		*address = ((struct sockaddr_in *)one->ifa_addr)->sin_addr;
		found = true;
	}
	freeifaddrs(all);
	return found;
}

/* Its own address, for who has to answer or drop what comes from there. */
static void take_own(struct aim *aim, const char *device)
{
	struct in_addr address;

	if (address_of(device, &address))
		inet_ntop(AF_INET, &address, aim->from, sizeof(aim->from));
}

/* The other end's address, as it is called at this end. */
static bool take_peer(struct aim *aim, const char *peer)
{
	struct in_addr address;

	if (!address_of(peer, &address)) {
		complain("%s has no IPv4 address", peer);
		return false;
	}
	address.s_addr ^= htonl(THIRD_OCTET_BIT);
	inet_ntop(AF_INET, &address, aim->to, sizeof(aim->to));
	return true;
}

/**
 * aim_take() - find out where the packets of a device are to go
 * @aim: the result
 * @device: what sends
 * @options: what the command line says of it
 *
 * Return: false after a complaint.
 */
bool aim_take(struct aim *aim, const char *device,
	      const struct options *options)
{
	char peer[32];
	bool paired = peer_of(device, peer, sizeof(peer));

	*aim = (struct aim){ .from = NOBODY_FROM, .to = NOBODY };
	if (options->mac) {
		memcpy(aim->mac, options->mac, MAC_TEXT);
	} else if (!paired) {
		complain("%s is none of snull's: who is at its other end? Say so with -m",
			 device);
		return false;
	} else if (!read_attribute(peer, "address", aim->mac, MAC_TEXT)) {
		complain("%s, the other end of %s, is not here: give -m",
			 peer, device);
		return false;
	}
	if (options->port || options->address)
		take_own(aim, device);
	if (options->address) {
		snprintf(aim->to, sizeof(aim->to), "%s", options->address);
		return true;
	}
	if (options->port && !paired) {
		complain("%s is none of snull's: -u needs the target's address, -d",
			 device);
		return false;
	}
	return !options->port || take_peer(aim, peer);
}
