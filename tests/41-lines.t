#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 41-lines: how the NIC interrupts, line=: each path is right on each line, path 0 to the interrupt; and who forgets the second
# look stops on an edge, and only there.
# shellcheck disable=SC2034 # tests/run reads it
short=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
modprobe pktgen 2>/dev/null
cpu_of() { echo "$2" >"/proc/irq/$(vector "$1")/smp_affinity_list"; }

# ---- each path on each line (msi is what all the other tests have)

# overload: more than the receiver can take, from the other CPU.
overload() { dear 50; pg_device 0 sn0 3000; pg_start; pg_clear; cheap; settle sn1 rx_packets; }

for line in $(some 2 edge level msi); do
	for path in $paths; do
		case $full-$line-$path in -level-[02]) continue ;; esac
		name="line=$line, path $path"
		start line="$line" use_napi="$path" pool_size=64
		like "$name: /proc/interrupts says so" "$(grep sn1-TxRx-0 /proc/interrupts)" "$line"
		# shellcheck disable=SC2086 # words
		like "$name: UDP is whole" "$(timeout 100 flow udp -n $((full ? 1000 : 300)) -w 30 $there)" 'lost=0 reordered=0 duplicated=0 corrupted=0'
		# shellcheck disable=SC2086
		like "$name: TCP is whole" "$(timeout 100 flow tcp -b $((full ? 4 : 1)) $there)" "$tcp_whole"
		cpu_of sn0 0; cpu_of sn1 1
		overload
		is "$name: what was sent was received, or missed" $(($(stat sn1 rx_packets) + $(xstat sn1 'q*_rx_missed'))) \
			"$(stat sn0 tx_packets)"
		check "$name: and it goes on" reply 192.168.0.2
		ip link set sn1 down; ip link set sn1 up
		wait_for 10 carrier sn1
		check "$name: down and up" reply 192.168.0.2
		if [ "$path" = 0 ]; then
			is "$name: an interrupt for each packet" "$(xstat sn1 q0_interrupts_rx)" "$(stat sn1 rx_packets)"
		else
			that "$name: fewer interrupts than packets" "$(xstat sn1 q0_interrupts_rx) < $(stat sn1 rx_packets)"
		fi
		unload_clean
	done
done

# ---- the second look

# raced PATH: frames come one by one, more of them than the ring holds while the poll is on its way to unmasking.
raced()
{
	echo "$1" >/sys/module/snull/parameters/use_napi
	ip link set sn1 down; ip link set sn1 up
	wait_for 10 carrier sn1
	cpu_of sn0 0; cpu_of sn1 1
	# Long enough for the ring to fill. On the debug kernel, who sends needs its time.
	slow at=nic_int_enable "us=$([ "$SNULL_SUITE" = debug ] && echo 50000 || echo 5000)"
	pg_device 0 sn0 300 'burst 1' 'delay 20000'
	pg_start
	pg_clear
	fast
	settle sn1 rx_packets
}
once=/snull-build/rx_once.ko
for line in edge msi $(some 0 level); do
	# The sender is on path 0, which does not unmask.
	start line="$line" use_napi=0 pool_size=64
	check "line=$line: a path that looks once" insmod $once
	raced napi
	check "line=$line: path 1 goes on" reply 192.168.0.2
	raced once
	if [ "$line" = edge ]; then
		old=$(stat sn1 rx_packets)
		fails "line=edge: without a second look all stops" reply -W 1 192.168.0.2
		is 'for good: nothing is received any more' $(($(stat sn1 rx_packets) - old)) 0
		that 'although frames wait in the ring' "$(xstat sn1 q0_rx_wire_frames) > $(stat sn1 rx_packets)"
	else
		check "line=$line: without a second look all is well" reply 192.168.0.2
	fi
	ip link set sn0 down; ip link set sn1 down
	echo napi >/sys/module/snull/parameters/use_napi
	rmmod rx_once
	unload_clean
done
end_tests
