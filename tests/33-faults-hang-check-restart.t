#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hang-check-restart: the hang check unmasks nothing for a handler that it kept waiting, when the queue's path has been
# stopped meanwhile.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

kernel_since 6.12 || skip_all 'this kernel restarts no single queue'
for path in 0 2; do
	start use_napi=$path timeout=200
	slow_wire 1
	slow at=nic_tx_get_stats,snull_rx_drain us=50000,60000
	echo 'r:snull_test/stopped snull_path_stop' >>$tracing/kprobe_events
	echo 'p:snull_test/starts snull_path_start' >>$tracing/kprobe_events
	pg_device 1 sn0 0 'burst 1'
	pg_start & sender=$!
	trace_start
	echo 1 | tee $tracing/events/snull_test/enable >$tracing/events/irq/irq_handler_entry/enable
	for _ in $(seq 20); do taskset -c 0 sh -c 'echo 0 >/sys/kernel/debug/snull/snull.0/queue_reset'; done
	echo 0 | tee $tracing/events/snull_test/enable >$tracing/events/irq/irq_handler_entry/enable
	trace_stop /tmp/trace
	pg_stop $sender
	fast
	: >$tracing/kprobe_events
	is "path $path: a queue is restarted while it cleans, and nothing interrupts before its path starts" \
		"$(awk '/ stopped: / { stops++; off = 1 } / starts: / { off = 0 } /name=sn0-TxRx-0/ { seen++; bad += off }
			END { print stops + 0, bad + 0, (seen > 20) }' /tmp/trace)" '20 0 1'
	unload_clean
done
end_tests
