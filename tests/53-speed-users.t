#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 53-speed-users: what the kernel builds upon a link's speed: an LACP bond, which puts links of one speed together, and
# taprio, which lets a frame out only if its gate stays open for as long as the frame is on the wire.
# shellcheck disable=SC2034 # lib.sh reads it
cpus=1
. "$(dirname "$0")/lib.sh"

quiet_links
# speed MBIT DEV…: each of them advertises that alone.
speed()
{
	local dev mbit=$1
	shift
	for dev; do ethtool -s "$dev" speed "$mbit" duplex full autoneg on; done
}
got() { ping -q -n -c 5 -i 0.2 -W 1 "$@" 2>&1 | sed -n 's/.* \([0-9]\) received.*/\1/p'; }

# ---- two cables between two machines, as one link

# bonds: bond0 of sn0 and sn2, and at their other ends, in another namespace, of sn1 and sn3.
bonds()
{
	local dev
	ip netns add other
	for dev in sn1 sn3; do ip link set "$dev" netns other; done
	ip link add bond0 type bond mode 802.3ad miimon 50 lacp_rate fast
	ip -n other link add bond0 type bond mode 802.3ad miimon 50 lacp_rate fast
	for dev in sn0 sn2; do ip link set "$dev" master bond0; done
	for dev in sn1 sn3; do ip -n other link set "$dev" master bond0; done
	ip addr add 10.1.0.1/24 dev bond0
	ip -n other addr add 10.1.0.2/24 dev bond0
	ip link set bond0 up
	ip -n other link set bond0 up
}
unbond()
{
	ip link del bond0
	ip -n other link del bond0
	ip netns del other
	unload_clean "$1"
}
ports() { awk '/Number of ports/ { print $NF; exit }' /proc/net/bonding/bond0; }
together() { [ "$(ports)" = 2 ] && ethtool bond0 | grep -q "Speed: $1"; }

if has bonding; then
	check 'a bond can be had' modprobe bonding max_bonds=0
	load use_napi=1 pairs=2 rewrite_ip=0
	speed 1000 sn0 sn2
	bonds
	check 'LACP: links of one speed become one, of their speeds together' wait_for 20 together 2000Mb/s ||
		diag "$(ethtool bond0; cat /proc/net/bonding/bond0)"
	is 'LACP: and pings pass' "$(got 10.1.0.2)" 5
	ip link set sn0 down
	is 'LACP: and when one cable is out' "$(got 10.1.0.2)" 5
	unbond 'LACP: all can be taken apart'

	load use_napi=1 pairs=2 rewrite_ip=0
	speed 1000 sn0
	speed 100 sn2
	bonds
	wait_for 5 together 1100Mb/s
	is 'LACP: links of two speeds do not' "$(ports)" 1
	is 'LACP: but one of them serves' "$(got 10.1.0.2)" 5
	unbond 'LACP: and that, too'
else
	skip LACP 'this kernel has no bonding'
fi

# ---- gates that open by the clock

# gates: two classes of traffic take turns of 500 us; ping is in the first.
gates()
{
	tc qdisc replace dev sn0 parent root handle 100 taprio num_tc 2 map 0 1 queues 1@0 1@1 base-time 0 \
		sched-entry S 01 500000 sched-entry S 02 500000 clockid CLOCK_TAI
}
start use_napi=1 queues=2
speed 1000 sn0
wait_for 10 carrier sn0
if has sch_taprio; then
	check 'taprio: it takes gates' gates
	is 'taprio: at 1000 Mbit/s a full frame takes 12 us of a gate of 500' "$(got -s 1400 192.168.0.2)" 5
	speed 10 sn0
	wait_for 10 carrier sn0
	is 'taprio: at 10 Mbit/s it would take 1.2 ms, and never goes' "$(got -s 1400 192.168.0.2)" 0
	is 'taprio: a short one goes' "$(got -s 100 192.168.0.2)" 5
	tc qdisc del dev sn0 root
else
	skip taprio 'this kernel has none'
fi
unload_clean
end_tests
