#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 00-machine: the emulation itself: code that a kernel patches while a second CPU runs it. QEMU 7.2 panics the guest after
# a few rounds, by an int3 that is no longer there (SNULL_QEMU=FILE tries another QEMU). With 10.0 that is rare, and not never:
# ten minutes have passed, and have failed after nine. Only what is in real time can meet it: where instructions are counted,
# CPUs take turns. TEST_SECONDS=N goes on for longer.
real_time='two CPUs have to run at the same time'
vm_limit=$((200 + 2 * ${TEST_SECONDS:-0}))
. "$(dirname "$0")/lib.sh"

seconds=${TEST_SECONDS:-8}

iperf3 -s -D >/dev/null 2>&1
wait_for 20 eval "ss -ltn | grep -q :5201"
iperf3 -c 127.0.0.1 -t $((seconds + 60)) >/dev/null 2>&1 &
traffic=$!
end=$((SECONDS + seconds)) rounds=0
while [ $SECONDS -lt $end ]; do
	for on in 1 0; do
		for events in net napi skb sock tcp; do
			echo $on >"$tracing/events/$events/enable"
		done
	done
	# What switches the timestamps of packets on and off patches, too: every ping does.
	ping -q -c 1 -W 5 127.0.0.1 >/dev/null
	rounds=$((rounds + 1))
done
that "$rounds rounds of patching code that runs, and the kernel lives" "$rounds >= 1"
check 'the traffic goes on' kill -0 $traffic
{ kill $traffic; wait $traffic; } 2>/dev/null
end_tests
