#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hang-check: the hang check, which may wake a queue, keeps out of a halted one's way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

start use_napi=0 timeout=50
ip link set sn1 down
# Its work stays on the CPU from which the interface went up; CPU 0 will be what waits.
ip link set sn0 down
taskset -c 1 ip link set sn0 up
taskset -pc 1 $$ >/dev/null # nor do we wait with it
slow at=snull_hang_check,snull_shape_settle us=0,5000000
check 'the hang check looks' wait_for 10 is_in 1 2
taskset -c 0 ethtool -G sn0 tx 64 & changer=$!
wait_for 10 is_in 2
before=$(entered 1)
nap 0.5
after=$(entered 1)
check 'the rings are still being changed' kill -0 $changer
is 'and it does not look meanwhile' "$after" "$before"
wait $changer
check 'and again afterwards' wait_for 10 is_in 1 "$before"
fast
taskset -pc 0,1 $$ >/dev/null
unload_clean

# slow_wire CPU: sn0's hang check is that CPU's, its handler CPU 0's, and there is always something to clean.
slow_wire()
{
	ip link set sn0 down
	taskset -c "$1" ip link set sn0 up
	speed sn0 10
	echo 0 >"/proc/irq/$(vector sn0)/smp_affinity_list"
}

# While it cleans, who would clean as well is not asked for, again and again: the handler on its own CPU, or another's poll.
# A line without memory asks a poll, and not the CPU.
for path in 0 2 1 1-edge; do
	line=${path#?} path=${path%-edge}
	start use_napi="$path" timeout=50 ${line:+line=edge}
	slow_wire $((path == 1))
	slow at=nic_tx_get_stats us=20000 comm=kworker
	i=$(irqs sn0) p=$(xstat sn0 q0_polls) tx=$(stat sn0 tx_packets)
	pg_device $((path != 1)) sn0 10000 'burst 1'
	pg_start
	settle sn0 tx_packets
	pg_clear
	that "path $path$line: the hang check has looked, and taken its time" "$(entered 1) > 5"
	fast
	tx=$(($(stat sn0 tx_packets) - tx + 10))
	that "path $path$line: no more interrupts than packets" "$(irqs sn0) - $i <= $tx"
	that "path $path$line: and no more polls" "$(xstat sn0 q0_polls) - $p <= $tx"
	unload_clean
done

# And it unmasks nothing for a handler that it kept waiting, when the queue's path has been stopped meanwhile.
for path in $(kernel_since 6.12 && echo 0 2); do
	start use_napi=$path timeout=200
	slow_wire 1
	slow at=nic_tx_get_stats,snull_rx_drain us=50000,60000
	echo 'r:snull_test/stopped snull_path_stop' >>$tracing/kprobe_events
	echo 'p:snull_test/starts snull_path_start' >>$tracing/kprobe_events
	pg_device 1 sn0 0 'burst 1'
	pg_start & sender=$!
	trace_start
	echo 1 | tee $tracing/events/snull_test/enable >$tracing/events/irq/irq_handler_entry/enable
	for _ in $(seq 20); do taskset -c 0 sh -c 'echo 0 >/sys/kernel/debug/snull/snull.0/queue_reset'; done
	echo 0 | tee $tracing/events/snull_test/enable >$tracing/events/irq/irq_handler_entry/enable
	trace_stop /tmp/trace
	pg_stop $sender
	fast
	: >$tracing/kprobe_events
	is "path $path: a queue is restarted while it cleans, and nothing interrupts before its path starts" \
		"$(awk '/ stopped: / { stops++; off = 1 } / starts: / { off = 0 } off && /name=sn0-TxRx-0/ { bad++ } END { print stops + 0, bad + 0 }' /tmp/trace)" '20 0'
	unload_clean
done

# A frame that XDP has put into the ring, and that no doorbell has told of yet, is no hardware that stands still.
start use_napi=1 timeout=50
if xdpprog tx /sys/fs/bpf/tx && ip link set sn1 down && taskset -c 0 ip link set sn1 up &&
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx 2>/dev/null; then
	wait_for 10 carrier sn1
	nap 0.3
	# The watchdog looks once a second.
	slow at=snull_xdp_doorbell us=1500000
	from=$(mac sn0) to=$(mac sn1)
	inject sn0 <<<"${to//:/}${from//:/}88b5$(printf '%092d' 0)"
	check 'the doorbell is late' wait_for 10 is_in 1
	nap 2
	is 'the watchdog has not taken that for a hang' "$(xstat sn1 tx_timeouts) $(xstat sn1 resets)" '0 0'
	fast
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/tx
unload_clean

# The kernel says that a queue is late before it asks the driver, and with so little time each check may be late.
no_report
log_allowed=$watchdog_says
# A packet that is many frames is no hang: two queues' take 110 ms together on this wire. (The watchdog looks once a second.)
start use_napi=1 queues=2 timeout=40
speed sn0 10
# Where both CPUs idle, the clock may jump over a check that was due, and the watchdog be first.
awake 0 & awake=$!
senders=()
for cpu in 0 1; do # each CPU has its queue
	taskset -c $cpu timeout 60 flow udp -n 2250 -g 45 -s 1472-1472 -w 0 192.168.0.1 192.168.0.2 192.168.1.2 >/tmp/flow & senders+=($!)
done
wait "${senders[@]}"
kill $awake
wait $awake 2>/dev/null
timed 'long packets are under way in both queues' "$(xstat sn0 q0_tx_tso_bursts) > 9 && $(xstat sn0 q1_tx_tso_bursts) > 9"
is 'and no watchdog takes them for hung' "$(xstat sn0 tx_timeouts) $(xstat sn0 resets)" '0 0'
unload_clean
end_tests
