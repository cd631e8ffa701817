// SPDX-License-Identifier: GPL-2.0-only
// commands.js - what the buttons type. Nothing here is more than a person could type as well.

const ADDRESSES = [
	"ip addr add 192.168.0.1/24 dev sn0 && ip link set sn0 up",
	"ip addr add 192.168.1.2/24 dev sn1 && ip link set sn1 up",
];
/** Load the driver with these parameters, in the place of the one that is there. */
const load = (parameters) => [
	"sysctl -qw net.ipv6.conf.default.disable_ipv6=1; rmmod snull 2>/dev/null",
	`insmod $SNULL_KO ${parameters}`, ...ADDRESSES,
];
const SERVER = "pidof iperf3 >/dev/null || { iperf3 -s -D; sleep 1; }";

/** path: loads a driver; else it needs one. interrupt: ends what runs, and is all. */
export const GROUPS = [
	{ label: "receive path", buttons: [
		{ label: "0 netif_rx", path: true, commands: load("use_napi=netif_rx") },
		{ label: "1 napi", path: true, commands: load("use_napi=napi") },
		{ label: "2 legacy", path: true, commands: load("use_napi=legacy weight=2") },
	] },
	{ label: "load", buttons: [
		{ label: "Idle", interrupt: true, commands: [] },
		{ label: "Ping", commands: ["ping -n -c 5 -i 0.2 192.168.0.2"] },
		{ label: "TCP", commands: [SERVER, "iperf3 -c 192.168.0.2 -t 60"] },
		{ label: "UDP", commands: [SERVER, "iperf3 -c 192.168.0.2 -u -b 5M -t 60"] },
		{ label: "One by one", commands: ["pktgen -t 60 -r 500 sn0"] },
		{ label: "Bursts of 32", commands: ["pktgen -t 60 -b 32 sn0"] },
	] },
];

export const CHOICES = [
	{ label: "weight (path 2)", path: true, values: [1, 2, 8, 16, 64], commands: (value) => load(`use_napi=legacy weight=${value}`) },
	{ label: "ring", values: [16, 64, 256, 1024], commands: (value) => [`ethtool -G sn1 rx ${value}`] },
	{ label: "coalescing, µs", values: [0, 50, 200, 1000], commands: (value) => [`ethtool -C sn1 rx-usecs ${value}`] },
];

/** What loads the driver when a button needs one and there is none. */
export const DEFAULT_PATH = load("use_napi=napi");
