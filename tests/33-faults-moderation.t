#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-moderation: what DIM decides, what a user sets meanwhile, and what is left of it after down and up.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
modprobe pktgen 2>/dev/null

# loaded: frames for sn1, whose vector is CPU 1's, from CPU 0.
loaded() { pg_device 0 sn0 "${1:-20000}" 'burst 1'; pg_start; pg_clear; }
usecs() { ethtool -c sn1 2>/dev/null | awk -v n="$1-usecs:" '$1 == n { print $2 }'; }

start use_napi=1
ethtool -C sn1 adaptive-rx on
slow at=nic_set_moderation us=300000 comm=kworker
loaded 100000 & loader=$!
check 'DIM decides' wait_for 20 is_in 1
taskset -c 0 ethtool -C sn1 tx-usecs 333
nap 0.5
is 'a tx-usecs that is set just then is not lost' "$(usecs tx)" 333
wait $loader
fast
unload_clean

# What DIM has decided waits for a worker, whom a task of higher priority keeps from running, and the interface goes down.
start use_napi=1 timeout=60000
ethtool -C sn1 adaptive-rx on
sysctl -qw kernel.sched_rt_runtime_us=-1
echo 0 2>/dev/null >/sys/kernel/debug/sched/fair_server/cpu1/runtime
pg_device 0 sn0 20000 'burst 1'
timeout 8 chrt -f 50 taskset -c 1 bash -c 'echo >/tmp/hogging; while :; do :; done' & hog=$!
wait_for 10 test -e /tmp/hogging
taskset -c 0 timeout -s INT 60 bash -c 'echo start >/proc/net/pktgen/pgctrl'
taskset -c 0 ip link set sn1 down
kill $hog 2>/dev/null
wait $hog 2>/dev/null
pg_clear
up sn1
slow at=snull_dim_work us=0
loaded 50000
check 'after down and up while DIM had decided: it decides again' wait_for 5 is_in 1
fast
unload_clean
end_tests
