#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hang-check: the hang check, which may wake a queue, keeps out of a halted one's way.
real_time='these faults are races of two CPUs'
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

start use_napi=0 timeout=50
ip link set sn1 down
# Its work stays on the CPU from which the interface went up; CPU 0 will be what waits.
ip link set sn0 down
taskset -c 1 ip link set sn0 up
slow at=snull_hang_check,snull_shape_settle us=0,5000000
check 'the hang check looks' wait_for 10 is_in 1 2
taskset -c 0 ethtool -G sn0 tx 64 & changer=$!
wait_for 10 is_in 2
before=$(entered 1)
nap 0.5
after=$(entered 1)
# On a busy host, half a second may take much longer.
if kill -0 $changer 2>/dev/null; then
	is 'but not while the queues are halted' "$after" "$before"
else
	skip 'but not while the queues are halted' 'this host is too busy'
fi
wait $changer
check 'and again afterwards' wait_for 10 is_in 1 "$before"
fast
unload_clean
end_tests
