#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 12-faults: memory fails at each allocation, one after the other: a clean error, or a counted drop, and nothing leaks.
only_suite=debug vm_limit=600
. "$(dirname "$0")/lib.sh"

quiet_links
debugfs=/sys/kernel/debug
[ -e /proc/self/fail-nth ] || skip_all 'this kernel injects no faults'
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

# within FUNCTION: only what is allocated below that function fails.
symbol_range() { sort /proc/kallsyms | awk -v f="$1" 'found { print "0x" start, "0x" $1; exit } $3 == f { start = $1; found = 1 }'; }
within()
{
	local start end fault
	read -r start end < <(symbol_range "$1")
	for fault in failslab fail_page_alloc; do
		echo 32 >$debugfs/$fault/stacktrace-depth
		echo "$start" >$debugfs/$fault/require-start
		echo "$end" >$debugfs/$fault/require-end
	done
}
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

# While packets are received: and kept for a while, so that pages do not just go round: every second allocation fails.
starve() # TIMES: so often, for allocations by the module's code
{
	local fault
	for fault in failslab fail_page_alloc; do
		echo "$1" >$debugfs/$fault/times
		echo 2 >$debugfs/$fault/interval
		echo 100 >$debugfs/$fault/probability
		# Only what is allocated by this module: the caller is looked for this deep.
		[ ! -e $debugfs/$fault/stacktrace-depth ] || echo 32 >$debugfs/$fault/stacktrace-depth
		[ ! -e $debugfs/$fault/require-start ] || {
			echo "0x$(awk '$1 == "text" { print $2 }' /tmp/range)" >$debugfs/$fault/require-start
			echo "0x$(awk '$1 == "end" { print $2 }' /tmp/range)" >$debugfs/$fault/require-end
		}
	done
}
feed() { for fault in failslab fail_page_alloc; do echo 0 >$debugfs/$fault/probability; done; }
for path in $paths; do
	start use_napi="$path" pool_size=64
	# Where the module's code lies: from its first to its last symbol.
	awk '$4 == "[snull]" && $2 ~ /[tT]/ { print $1 }' /proc/kallsyms | sort |
		awk 'NR == 1 { print "text", $1 } { last = $1 } END { print "end", substr(last, 1, 13) "fff" }' >/tmp/range
	rx=$(stat sn1 rx_packets) missed=$(stat sn1 rx_missed_errors)
	sniff_start sniff sn1
	starve 2000
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
