#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-dying: a CPU that goes offline runs what is queued on it without any interrupt. A handler is never run so: its
# line goes to another CPU, and no frame waits for ever.
. "$(dirname "$0")/lib.sh"
kmod snull_dying
dying=$kmod

[ "$SNULL_SUITE" != rt ] || skip_all 'nobody may send with interrupts off on PREEMPT_RT'

rounds=3
[ -z "$full" ] || rounds=10
cpu1=/sys/devices/system/cpu/cpu1/online
off_and_on() { local i; for ((i = 0; i < rounds; i++)); do echo 0 >$cpu1 && echo 1 >$cpu1 && echo 2 >"/proc/irq/$(vector sn1)/smp_affinity" || return; done; }

# handlers FILE: how often sn1's ran in a hard interrupt (h, or H if a softirq was interrupted), and how often not.
handlers()
{
	awk '/name=sn1-TxRx-0/ { if (match($0, /\] *[^ ]*[hH][^ ]* /)) hard++; else soft++ } END { print hard + 0, soft + 0 }' "$1"
}

quiet_links
for path in $paths; do
	for line in msi $(some 0 level edge); do
		start use_napi="$path" line="$line"
		insmod "$dying" dev=sn0
		trace_start
		echo 1 >$tracing/events/irq/irq_handler_entry/enable
		check "path $path, $line: CPU 1 off and on, a frame sent as it goes" off_and_on
		settle sn1 rx_packets
		echo 0 >$tracing/events/irq/irq_handler_entry/enable
		trace_stop /tmp/trace
		sent=$(cat /sys/module/snull_dying/parameters/sent)
		rmmod snull_dying
		is "path $path, $line: each frame was sent" "$sent" "$rounds"
		is "path $path, $line: and arrived" "$(stat sn1 rx_packets)" "$sent"
		read -r hard soft < <(handlers /tmp/trace)
		is "path $path, $line: by a handler in a hard interrupt, never outside of one" "$hard $soft" "$sent 0"
		check "path $path, $line: and all goes on" reply 192.168.0.2
		unload_clean
	done
done
end_tests
