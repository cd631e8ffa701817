#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hang-check: the hang check, which may wake a queue, keeps out of a halted one's way; and what is no hang.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

start use_napi=0 timeout=50
ip link set sn1 down
up_on 1 sn0 # CPU 0 will be what waits
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

# A frame that XDP has put into the ring, and that no doorbell has told of yet, is no hardware that stands still.
# (CPU 1 waits; CPU 0 never idles, so that what is begun there stays there: the check, and the watchdog.)
awake 0 & awake=$!
start use_napi=1 timeout=50
if kernel_since 5.18; then
	xdpprog tx /sys/fs/bpf/tx
	up_on 0 sn1
	check 'a program can be attached' taskset -c 0 ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx
	wait_for 10 carrier sn1
	nap 0.3
	echo 1 >"/proc/irq/$(vector sn1)/smp_affinity_list"
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
kill $awake
wait $awake 2>/dev/null
rm -f /sys/fs/bpf/tx
unload_clean

# Nor is a queue that was idle at the last check, and whose first packet is under way now: a long one on a slow wire, and checks
# every few ticks. (BQL, which stops queues, is out of the way; and where both CPUs idle, the clock may jump over checks that are due.)
start use_napi=1 timeout=10
ip link set sn0 mtu 9000
ip link set sn1 mtu 9000
speed sn0 10
awake 0 & awake=$!
echo 1000000 >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
like 'a packet now and then' "$(ping -q -n -c $((full ? 200 : 60)) -i 0.05 -s 8900 192.168.0.2)" "$((full ? 200 : 60)) received"
is 'stops no queue' "$(xstat sn0 q0_tx_stops) $(xstat sn0 q0_tx_wakes) $(xstat sn0 resets)" '0 0 0'
kill $awake
wait $awake 2>/dev/null
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
