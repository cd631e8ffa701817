#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-accounts: what is sent is received, or counted as lost, whatever is done to the interfaces meanwhile; and
# counters that two CPUs count at once.
real_time='these faults are races of two CPUs'
vm_limit=700
. "$(dirname "$0")/lib.sh"

quiet_links

flood() { pg_device 0 sn0 0 'ratep 4000' 'burst 16' "$@"; pg_start 300 & flooder=$!; wait_for 20 eval '[ "$(stat sn1 rx_packets)" -gt 1000 ]'; }
flood_end() { pg_stop $flooder; }
rings() { local i; for i in 64 128 256 512; do ethtool -G "$1" rx $i tx $i || return; done; }
queues() { local i; for i in 1 2; do ethtool -L "$1" combined $i || return; done; }
downs() { local i; for i in 1 2; do ip link set "$1" down && ip link set "$1" up || return; done; }
programs() { local i; for i in 1 2; do ip link set "$1" xdpdrv pinned /sys/fs/bpf/pass && ip link set "$1" xdpdrv off || return; done; }

for line in $each_line; do
	for path in $paths; do
		name="line=$line, path $path"
		start line="$line" use_napi="$path" queues=2
		flood
		check "$name: -G at the receiver, under a flood" rings sn1
		check "$name: -G at the sender" rings sn0
		check "$name: -L at the receiver" queues sn1
		check "$name: -L at the sender" queues sn0
		check "$name: down and up" downs sn1
		if [ "$path" = 1 ] && kernel_since 5.18; then
			xdpprog pass /sys/fs/bpf/pass
			check "$name: XDP programs" programs sn1
		fi
		rm -f /sys/fs/bpf/pass
		flood_end
		balanced "$name" sn0 sn1
		that "$name: rx_dropped knows what was lost with a ring" "$(stat sn1 rx_dropped) >= $(xstat sn1 'q*_rx_reset')"

		# With pause frames, senders wait in all of these: packets as fast as CPU 0 can send them, each dearer to receive on CPU 1.
		ethtool -A sn0 rx on; ethtool -A sn1 tx on
		for queue in 0 1; do echo 2 >"/proc/irq/$(vector sn1 $queue)/smp_affinity"; done
		dear 1600
		flood 'delay 0'
		check "$name: the sender is paused" wait_for 30 eval '[ "$(xstat sn1 "q*_pause_sent")" -gt 10 ]'
		check "$name: -G at the receiver, the sender being paused" rings sn1
		check "$name: -G at the sender" rings sn0
		check "$name: down and up" downs sn1
		flood_end
		cheap
		balanced "$name, with pause frames" sn0 sn1
		diag "$(xstat sn1 'q*_pause_sent') pauses, $(stat sn1 rx_packets) packets"
		check "$name: all goes on" wait_for 20 reply 192.168.0.2
		unload_clean
	done
done

# What the NIC is coalescing when its ring goes.
start use_napi=1
ethtool -K sn1 rx-gro-hw on; ethtool -K sn0 rx-gro-hw on
timeout 600 flow tcp -b 30 192.168.0.1 192.168.0.2 192.168.1.2 >/tmp/flow & sender=$!
while kill -0 $sender 2>/dev/null; do rings sn1; rings sn0; done
wait $sender
like 'coalescing, -G: TCP is whole' "$(cat /tmp/flow)" "$tcp_whole"
balanced 'coalescing' sn0 sn1
balanced 'coalescing' sn1 sn0
unload_clean

# A reset, too, counts what was in the receive ring.
start use_napi=0 lockup=100 timeout=100
flood 'ratep 2000' 'burst 1'
check 'there are resets' wait_for 30 eval '[ "$(xstat sn0 resets)" -ge 2 ]'
flood_end
balanced 'resets' sn0 sn1
log_allowed=$watchdog_says
unload_clean

# ---- two CPUs redirect into one queue

start use_napi=1 pairs=2 queues=2
if kernel_since 5.18; then
	xdpprog redirect="$(cat /sys/class/net/sn2/ifindex)" /sys/fs/bpf/redirect
	check 'a program can be attached' ip link set sn1 xdpdrv pinned /sys/fs/bpf/redirect
	ethtool -L sn2 combined 1
	up sn2 sn3
	pg_device 0 sn0 100000 'clone_skb 0' 'udp_src_min 1000' 'udp_src_max 1064'
	pg_start
	pg_clear
	settle sn2 tx_packets
	that 'both queues had their share' "$(xstat sn1 q0_rx_xdp_redirects) > 1000 && $(xstat sn1 q1_rx_xdp_redirects) > 1000"
	is 'what two CPUs sent through one queue is counted, to the frame' "$(xstat sn2 'q*_tx_xdp_xmit')" \
		$(($(xstat sn2 'q*_tx_wire_frames') + $(xstat sn2 'q*_tx_no_carrier')))
	diag "$(xstat sn2 'q*_tx_xdp_xmit') frames"
	ip link set sn1 xdpdrv off
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/redirect
unload_clean
end_tests
