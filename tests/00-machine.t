#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 00-machine: the emulation itself: code that a kernel patches while a second CPU runs it. QEMU 7.2 panics the guest in
# the fourth round or so, by an int3 that is no longer there (SNULL_QEMU=FILE tries another QEMU). With 10.0 that is rare, and not never:
# ten minutes have passed, and have failed after nine. Only what is in real time can meet it: where instructions are counted,
# CPUs take turns. So what is in real time is tried once more when the kernel dies of that (lib.sh), and this as well: it is red
# when it does twice. It is for a number of rounds, however long the host takes for them. TEST_ROUNDS=N tries more.
real_time='two CPUs have to run at the same time'
vm_limit=$((200 + 5 * ${TEST_ROUNDS:-0}))
. "$(dirname "$0")/lib.sh"

rounds=${TEST_ROUNDS:-${full:+100}}
rounds=${rounds:-5}

iperf3 -s -D >/dev/null 2>&1
wait_for 20 eval "ss -ltn | grep -q :5201"
iperf3 -c 127.0.0.1 -t 86400 >/dev/null 2>&1 &
traffic=$!
for ((round = 0; round < rounds; round++)); do
	for on in 1 0; do
		for events in net napi skb sock tcp; do
			echo $on >"$tracing/events/$events/enable"
		done
	done
	# What switches the timestamps of packets on and off patches, too: every ping does.
	ping -q -c 1 -W 5 127.0.0.1 >/dev/null
done
is "$rounds rounds of patching code that runs, and the kernel lives" "$round" "$rounds"
check 'the traffic goes on' kill -0 $traffic
{ kill $traffic; wait $traffic; } 2>/dev/null
end_tests
