#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 10-cycles: load, up, traffic, switch path, down, unload, again and again, while iperf3 goes on sending.
vm_limit=600
. "$(dirname "$0")/lib.sh"

cycles=3 lasting=0.25
[ -z "$full" ] || cycles=30 lasting=0.5
quiet_links

slabs() { awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo; }

# Senders that never give up: whatever happens to the interfaces, somebody is sending.
pester()
{
	iperf3 -s >/dev/null 2>&1 &
	(
		while :; do
			timeout 20 iperf3 -c 192.168.0.2 -t 10 --connect-timeout 500 >/dev/null 2>&1
			timeout 5 iperf3 -c 192.168.0.2 -u -b 20M -t 3 >/dev/null 2>&1
		done
	) 2>/dev/null &
	pesterer=$!
}

cycle() # PATH NEXT
{
	load use_napi="$1" || return
	up
	wait_for 10 reply 192.168.0.2 || { echo "path $1: no traffic"; return 1; }
	nap $lasting
	echo "$2" >/sys/module/snull/parameters/use_napi
	ip link set sn1 down && ip link set sn0 down
	up
	wait_for 10 reply 192.168.0.2 || { echo "path $1 to $2: no traffic"; return 1; }
	nap $lasting
	# Every second time, out from under the traffic.
	[ $((i % 2)) = 0 ] || ip link set sn0 down
	unload
}

run_cycles() # COUNT
{
	for ((i = 0; i < $1; i++)); do
		cycle $((i % 3)) $(((i + 1 + i / 3 % 2) % 3)) || return
	done
}

pester
check 'warming up' run_cycles 3
before=$(slabs)
check "$cycles cycles of load, up, traffic, switch, down, unload" run_cycles $cycles
# What RCU frees takes its time.
no_more() { after=$(slabs); [ $((after - before)) -lt $((1500 + 60 * cycles)) ]; }
wait_for 20 no_more
that "unreclaimable slabs: $before kB before, $after kB after" "$after - $before < 1500 + 60 * $cycles"

# Surprises while traffic runs.
load use_napi=1; up
for round in ${full:+1 2} 3; do
	echo snull.1 >/sys/bus/platform/drivers/snull/unbind
	check "round $round: partner unbound: carrier off" wait_for 10 grep -q 0 /sys/class/net/sn0/carrier
	echo snull.1 >/sys/bus/platform/drivers/snull/bind
	up sn1
	check "round $round: bound again: traffic" wait_for 20 reply 192.168.0.2
	ip link set sn1 name lan1
	check "round $round: renamed while up: traffic" wait_for 20 reply 192.168.0.2
	ip link set lan1 name sn1
	ip netns add far
	ip link set sn1 netns far
	check "round $round: moved to a namespace: carrier off" wait_for 10 grep -q 0 /sys/class/net/sn0/carrier
	ip netns exec far ip addr add 192.168.1.2/24 dev sn1
	ip netns exec far ip link set sn1 up
	check "round $round: up there: traffic" wait_for 20 reply 192.168.0.2
	ip netns exec far ip link set sn1 netns 1
	ip netns del far
	up sn1
	check "round $round: and back: traffic" wait_for 20 reply 192.168.0.2
	ethtool -G sn1 rx $((16 << round)) tx $((16 << round))
	ip link set sn0 mtu $((1000 * round)) && ip link set sn1 mtu $((1000 * round))
	check "round $round: other rings, other MTU: traffic" wait_for 20 reply 192.168.0.2
done
kill $pesterer
pkill iperf3
unload_clean 'unloads while connections still want to send'
end_tests
