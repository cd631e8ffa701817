#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hotplug: the CPU that a vector goes to goes off while frames come: each is handled as an interrupt, somewhere.
real_time='these faults are races of two CPUs'
vm_limit=500
. "$(dirname "$0")/lib.sh"

quiet_links
cpu=/sys/devices/system/cpu/cpu1/online
[ -e $cpu ] || skip_all 'CPU 1 can not go off here'
rounds=15
modprobe pktgen 2>/dev/null

# outside: handlers that ran outside of hard interrupt context: the trace's third flag is neither h nor H.
outside() { grep 'irq_handler_entry: .*name=sn1-TxRx' $tracing/trace | awk '{ split($0, f, /\] /); if (substr(f[2], 3, 1) !~ /[hHzZ]/) n++ } END { print n + 0 }'; }

for path in $paths; do
	start use_napi="$path"
	echo 8192 >$tracing/buffer_size_kb
	: >$tracing/trace
	echo irq:irq_handler_entry >$tracing/set_event
	echo 1 >$tracing/tracing_on
	pg_device 0 sn0 0 'burst 4'
	pg_start 300 & flooder=$!
	wait_for 20 eval '[ "$(stat sn1 rx_packets)" -gt 1000 ]'
	off=0 outside=0
	for ((i = 0; i < rounds; i++)); do
		echo 2 >"/proc/irq/$(vector sn1)/smp_affinity"
		sleep 0.2
		echo 0 >$cpu && off=$((off + 1))
		outside=$((outside + $(outside)))
		: >$tracing/trace
		rx=$(stat sn1 rx_packets)
		wait_for 10 eval '[ "$(stat sn1 rx_packets)" -gt '"$rx"' ]' || diag "round $i: nothing is received"
		echo 1 >$cpu
	done
	pkill -INT -f pgctrl
	wait $flooder
	pg_clear
	echo >$tracing/set_event
	is "path $path: CPU 1 went off and on under a flood" $off $rounds
	if ! realtime; then
		is "path $path: every interrupt was one" $outside 0
	fi
	settle sn1 rx_packets
	is "path $path: nothing was lost uncounted" $(($(stat sn1 rx_packets) + $(stat sn1 rx_missed_errors) + $(xstat sn1 q0_rx_filtered) +
		$(xstat sn1 q0_rx_alloc_failed))) "$(stat sn0 tx_packets)"
	check "path $path: all goes on" wait_for 10 reply 192.168.0.2
	unload_clean
done
end_tests
