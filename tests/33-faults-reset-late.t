#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-reset-late: a reset that comes when what hung has been mended, or that nobody asks for.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

log_allowed=$watchdog_says

# The watchdog has asked for a reset, which waits while the rings are made anew: what hung is mended then, whether it was
# found before everything stopped, or at the last moment.
for at in page_pool_create snull_hang_check_stop; do
	start use_napi=1 timeout=300 lockup=5
	up_on 1 sn0
	wait_for 10 carrier sn0
	slow at=$at us=4000000 comm=ethtool
	taskset -c 0 ethtool -G sn0 rx 256 & changer=$!
	wait_for 10 is_in 1
	# On 5.10 it does not end while CPU 0 waits.
	taskset -c 1 ping -q -n -c 6 -i 0.05 -W 1 192.168.0.2 >/dev/null & pings=$!
	# What ethtool asks for waits as well.
	check "$at: the watchdog finds a queue that hangs" wait_for 10 eval '[ "$(stat sn0 tx_errors)" -gt 0 ]'
	check "$at: while the rings are still being made" kill -0 $changer
	wait $changer $pings
	fast
	check "$at: packets pass" wait_for 10 reply 192.168.0.2
	is "$at: and the NIC was not reset once more" "$(xstat sn0 resets)" 0
	unload_clean
done

# A real-time task has the hang check's CPU for good: what has moved since its last look, and hangs, is found all the same. (The reset
# may be that CPU's to make, and wait.)
start use_napi=1 timeout=300 lockup=20
ethtool -G sn0 tx 16
up_on 1 sn0
for dev in sn0 sn1; do echo 0 >"/proc/irq/$(vector $dev)/smp_affinity_list"; done
wait_for 10 carrier sn0
taskset -pc 0 $$ >/dev/null
nap 0.5
sysctl -qw kernel.sched_rt_runtime_us=-1
echo 0 2>/dev/null >/sys/kernel/debug/sched/fair_server/cpu1/runtime
chrt -f 1 taskset -c 1 bash -c 'while :; do :; done' & hog=$!
nap 0.2
sent=$(stat sn0 tx_packets)
ping -q -n -c 60 -i 0.01 -W 1 192.168.0.2 >/dev/null
that 'a queue has moved since' "$(stat sn0 tx_packets) > $sent"
check 'and is found to hang, though nobody else looks at it' wait_for 10 eval '[ "$(stat sn0 tx_errors)" -gt 0 ]'
kill $hog
wait $hog 2>/dev/null
check 'and reset' wait_for 10 eval '[ "$(xstat sn0 resets)" -gt 0 ]'
taskset -pc 0,1 $$ >/dev/null
unload_clean
end_tests
