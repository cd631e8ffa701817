#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-tick: a CPU that path 0 keeps in its handler hears its timer all the same: no device's interrupt outranks it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

events='irq/irq_handler_entry timer/hrtimer_expire_entry'
watch() { local event; for event in $events; do echo "$1" >"$tracing/events/$event/enable"; done; }

# between FILE: how many ticks CPU 1 had, and how many interrupts of sn1's at most from one to the next.
between()
{
	awk '!/ \[001\] / { next }
		/name=sn1-TxRx-0/ { if (++n > most) most = n }
		/function=tick_/ { ticks++; n = 0 }
		END { print ticks + 0, most + 0 }' "$1"
}

quiet_links
# Somebody works on that CPU: one that is idle has no tick.
taskset -c 1 sh -c 'while :; do :; done' &
worker=$!
for line in msi $(some 0 level edge); do
	start use_napi=0 line="$line"
	# Frames come faster than the handler takes them: its ring is never empty.
	slow at=snull_rx_next us=100
	trace_start
	watch 1
	pg_device 0 sn0 50000 'burst 1'
	pg_start
	watch 0
	trace_stop /tmp/trace
	fast
	pg_clear
	settle sn1 rx_packets
	read -r ticks most < <(between /tmp/trace)
	diag "$line: $(stat sn1 rx_packets) interrupts, $ticks ticks, at most $most interrupts from one to the next"
	that "$line: more came than its CPU could take" "$(stat sn1 rx_missed_errors) > 1000"
	# A tick is due every 4 ms, 40 of the handler's turns, and it may just miss one of the 64.
	that "$line: from tick to tick its CPU takes at most 128 interrupts" "$ticks > 4 && $most <= 128"
	is "$line: an interrupt for each packet, as ever" "$(irqs sn1 0 1)" "$(stat sn1 rx_packets)"
	unload_clean
done
kill $worker
end_tests
