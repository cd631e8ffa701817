#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 04-legacy-shares: four overloaded receivers on one CPU's poll list share it as their weights say.
vm_args=(--cpus 2)
. "$(dirname "$0")/lib.sh"

packets=25000
[ -z "$full" ] || packets=250000
quiet_links
devices='sn0 sn1 sn2 sn3'

snapshot() { (cd /sys/class/net && cat sn{0,1,2,3}/statistics/rx_packets sn{0,1,2,3}/statistics/rx_missed_errors); }
received() { snapshot | awk 'NR <= 4 { s += $1 } END { exit !(s >= '"$1"') }'; }

# measure WEIGHTS: all four receive on CPU 1, for whom packets are dear, and CPU 0 sends to all of them in turn. What
# counts is what they receive while the overload lasts. Large rings, so that it lasts even when the host lets our
# sender's CPU wait. A delay, always in the past, makes pktgen take turns.
measure()
{
	local dev i sum=0 sender
	load use_napi=2 pairs=2 pool_size=1024 "weight=$1"
	# shellcheck disable=SC2086 # four words
	up $devices
	for dev in $devices; do
		echo 1 >"/proc/irq/$(vector "$dev")/smp_affinity_list"
		hold "$dev" 60
		pg_device 0 "$dev" 0 'burst 8' 'delay 10000'
	done
	pg_start 120 &
	sender=$!
	wait_for 60 received 5000
	mapfile -t before < <(snapshot)
	check "weights $1: $packets packets are received" wait_for 90 received $((before[0] + before[1] + before[2] + before[3] + packets))
	mapfile -t after < <(snapshot)
	kill -INT -- $sender $(pgrep -P $sender)
	wait $sender
	for i in 0 1 2 3; do
		got[i]=$((after[i] - before[i]))
		sum=$((sum + got[i]))
		that "weights $1: sn$i is overloaded" "${after[i + 4]} - ${before[i + 4]} > ${got[i]}"
	done
	diag "weights $1: ${got[*]} received"
	release
	total=$sum
}

share() # DEVICE PART OF: it has that part of the total, within 5 %
{
	that "sn$1 has $2/$3 of the packets, within 5 %" \
		"${got[$1]} * $3 / $2 / $total >= 0.95 && ${got[$1]} * $3 / $2 / $total <= 1.05"
}

got=()
measure 20,10,10,20
share 0 2 6
share 1 1 6
share 2 1 6
share 3 2 6
for dev in $devices; do settle "$dev" rx_packets; done
is 'the emulation’s own column knows them all' \
	"$(awk '{ s += $3 } END { print s }' /sys/module/snull/parameters/softnet_stat)" \
	"$(snapshot | awk 'NR <= 4 { s += $1 } END { print s }')"
that 'in rounds of at most 300' "$(awk '{ r += $5 } END { print r }' /sys/module/snull/parameters/softnet_stat) >= $total / 300"
for i in 0 1 2 3; do
	sent=$(pg_sent sn$((i ^ 1)))
	is "sn$i: sent = received + missed + failed allocations" \
		$(($(stat sn$i rx_packets) + $(stat sn$i rx_missed_errors) + $(xstat sn$i q0_rx_alloc_failed))) "$sent"
done
pg_clear
unload_clean

measure 8
for i in 0 1 2 3; do share $i 1 4; done
pg_clear
unload_clean
end_tests
