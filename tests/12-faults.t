#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 12-faults: memory fails at each allocation, one after the other: a clean error, or a counted drop, and nothing leaks.
only_suite=debug vm_limit=600
. "$(dirname "$0")/lib.sh"

quiet_links
debugfs=/sys/kernel/debug
check 'this kernel injects faults' test -e /proc/self/fail-nth || plan
# Faults are for those who ask for them, by fail-nth or by make-it-fail, and then for allocations that may sleep, too.
for fault in failslab fail_page_alloc; do
	echo N >$debugfs/$fault/ignore-gfp-wait
	echo 0 >$debugfs/$fault/verbose
	echo 0 >$debugfs/$fault/probability
done
echo 0 >$debugfs/fail_page_alloc/min-order
[ ! -e $debugfs/fail_page_alloc/ignore-gfp-highmem ] || echo N >$debugfs/fail_page_alloc/ignore-gfp-highmem
# A warning about an allocation that failed is no report: it is what we ask for. Nor is this one: request_irq() does
# without the files in /proc/irq that it has no memory for, and who frees the interrupt is told that they are missing.
log_allowed='FAULT_INJECTION|page allocation failure|Call Trace|Modules linked in|remove_proc_entry'
reports=${reports//|page allocation failure/}
reports=${reports//|Call Trace/}

# between START END: only what is allocated below the code between these addresses fails.
between()
{
	local fault
	for fault in failslab fail_page_alloc; do
		echo 32 >$debugfs/$fault/stacktrace-depth
		echo "$1" >$debugfs/$fault/require-start
		echo "$2" >$debugfs/$fault/require-end
	done
}
# within FUNCTION: below that function.  within_driver: below the loaded module's code, from its first to its last symbol.
within()
{
	# shellcheck disable=SC2046 # two words
	between $(sort /proc/kallsyms | awk -v f="$1" 'found { print "0x" start, "0x" $1; exit } $3 == f { start = $1; found = 1 }')
}
within_driver()
{
	# shellcheck disable=SC2046 # two words
	between $(awk '$4 == "[snull]" && $2 ~ /[tT]/ { print $1 }' /proc/kallsyms | sort |
		awk 'NR == 1 { printf "0x%s ", $1 } { last = $1 } END { print "0x" substr(last, 1, 13) "fff" }')
}
# starve TIMES EVERY: so often, of all allocations in the range above, each EVERY-th one fails, whoever asks; until feed
starve()
{
	local fault
	for fault in failslab fail_page_alloc; do
		echo "$1" >$debugfs/$fault/times
		echo "$2" >$debugfs/$fault/interval
		echo 100 >$debugfs/$fault/probability
	done
}
feed() { for fault in failslab fail_page_alloc; do echo 0 >$debugfs/$fault/probability; done; }
# With DEBUG_KOBJECT_RELEASE an interface takes many seconds to go away.
step=1
zcat /proc/config.gz | grep -q DEBUG_KOBJECT_RELEASE=y && step=25
[ -n "$full" ] && step=1

clean() # NAME COMMAND…: every allocation fails once, and the errors are ENOMEM, and nothing else goes wrong
{
	local name=$1 out
	shift
	out=$(FAILNTH_STEP=$step timeout 900 failnth "$@" 2>&1)
	like "$name: each failing allocation is a clean error" "${out##*$'\n'}" \
		'^injected=[1-9][0-9]* failed=[1-9][0-9]* survived=[0-9]+ strange=0$' || diag "$out"
	diag "$name: ${out##*$'\n'}"
}

# Loading: all that module_init() does, from platform devices to interfaces. It is the same whatever the path.
within do_one_initcall
clean 'load' insmod "$SNULL_KO" 'use_napi=1 pool_size=4'
is 'after all of them nothing is left' "$(leftovers)" ''
load use_napi=1 queues=2 pool_size=4
echo snull.1 >/sys/bus/platform/drivers/snull/unbind
within bind_store
clean 'bind' write /sys/bus/platform/drivers/snull/bind snull.1 'echo snull.1 >/sys/bus/platform/drivers/snull/unbind'
echo snull.1 >/sys/bus/platform/drivers/snull/bind
up
check 'bound at last it works' wait_for 10 reply 192.168.0.2
unload_clean

step=1
for path in $paths; do
	load use_napi="$path" pool_size=4 queues=2
	ip addr add 192.168.0.1/24 dev sn0; ip addr add 192.168.1.2/24 dev sn1
	ip link set sn1 up
	within __dev_open
	clean "path $path: up" up sn0
	up
	check "path $path: it works after that" wait_for 10 reply 192.168.0.2
	within dev_ethtool
	clean "path $path: ethtool -G" ring sn0 8 4
	check "path $path: it works after that, too" wait_for 10 reply 192.168.0.2
	# One that fails has left the interface as it was, and running.
	clean "path $path: ethtool -L 1" channels sn0 1 2
	ethtool -L sn0 combined 1
	clean "path $path: ethtool -L 2" channels sn0 2 1
	check "path $path: and after that" wait_for 10 reply 192.168.0.2
	unload_clean
done

# ---- what is set while frames pass

load use_napi=1 rewrite_ip=1 pool_size=16 queues=2
up
ethtool -K sn1 ntuple on
within_driver # what fails in the kernel's own netlink code, before or behind the driver's part, has answers of its own
# This has a second way to get its memory: so everything fails for a while.
starve 1000 1
fails 'rx-gro-hw without memory' ethtool -K sn1 rx-gro-hw on
feed
like 'it is still off' "$(ethtool -k sn1)" 'rx-gro-hw: off'
ethtool -K sn1 rx-gro-hw off # the kernel keeps the wish, and else does not ask again
check 'and on when there is some' ethtool -K sn1 rx-gro-hw on
like 'so it is' "$(ethtool -k sn1)" 'rx-gro-hw: on'
ethtool -K sn1 rx-gro-hw off
check 'it works after that' reply 192.168.0.2
clean 'rx-buf-len' run 'ethtool -G sn1 rx-buf-len 8192' 'ethtool -g sn1' 'ethtool -G sn1 rx-buf-len 4096'
check 'and after that' reply 192.168.0.2
rule='ethtool -N sn1 flow-type udp4 dst-port'
clean 'a rule' run "$rule 5001 action 1 loc 7" 'ethtool -n sn1' 'ethtool -N sn1 delete 7'
$rule 5002 action 0 loc 7
clean 'another one in its place' run "$rule 5001 action 1 loc 7" 'ethtool -n sn1' "$rule 5002 action 0 loc 7"
clean 'a context' run 'ethtool -X sn1 context new equal 1' 'ethtool -x sn1; ethtool -x sn1 context 1 2>&1 || :' \
	'ethtool -X sn1 context 1 delete'
ethtool -X sn1 context new equal 1 >/dev/null
clean 'its table' run 'ethtool -X sn1 context 1 weight 1 3' 'ethtool -x sn1 context 1' 'ethtool -X sn1 context 1 equal 1'
check 'and after all of that' reply 192.168.0.2
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
xdpprog -f pass /sys/fs/bpf/pass
[ -n "$full" ] || step=10
clean 'XDP' run 'ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass' 'ip -o link show sn1 | grep -c xdp || :' 'ip link set sn1 xdpdrv off'
check 'and after that' reply 192.168.0.2
unload_clean

# ---- while packets are received

# Frames are kept for a while, so that pages do not just go round: every second allocation fails.
for path in $paths; do
	start use_napi="$path" pool_size=64
	within_driver
	rx=$(stat sn1 rx_packets) missed=$(stat sn1 rx_missed_errors)
	sniff_start sniff sn1
	starve 2000 2
	pg_device 0 sn0 20000 'burst 4'
	pg_start
	feed
	sniff_stop
	settle sn1 rx_packets
	failed=$(xstat sn1 q0_rx_alloc_failed)
	rx=$(($(stat sn1 rx_packets) - rx)) missed=$(($(stat sn1 rx_missed_errors) - missed))
	diag "path $path: $rx received, $missed missed, $failed without memory"
	that "path $path: frames were dropped for want of memory" "$failed > 0"
	is "path $path: and counted: sent = received + missed + failed allocations" $((rx + missed + failed)) "$(pg_sent sn0)"
	that "path $path: rx_dropped knows them" "$(stat sn1 rx_dropped) >= $failed"
	pg_clear
	check "path $path: it goes on when there is memory" wait_for 10 reply 192.168.0.2
	unload_clean
done
end_tests
