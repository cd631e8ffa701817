#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-pause: a paused sender that goes on does so in turns, in the softirq of whoever let it go on.
cpus=1
. "$(dirname "$0")/lib.sh"

quiet_links

start use_napi=1
ethtool -G sn1 rx 4096; ethtool -G sn0 tx 4096
ethtool -A sn1 tx on; ethtool -A sn0 rx on
hold sn1 10
echo mono >$tracing/trace_clock
echo 16384 >$tracing/buffer_size_kb
echo 'irq:softirq_entry irq:softirq_exit' >$tracing/set_event
: >$tracing/trace
echo 1 >$tracing/tracing_on
pg_device 0 sn0 12000
pg_start
pg_clear
settle sn1 rx_packets
echo 0 >$tracing/tracing_on
echo >$tracing/set_event
release
longest=$(awk 'match($0, /[0-9]+\.[0-9]+: softirq_(entry|exit): vec=[0-9]+ \[action=(TASKLET|HRTIMER)\]/) {
	t = substr($0, RSTART) + 0
	if (/_entry/) began = t; else if (t - began > most) most = t - began
	} END { printf "%d\n", most * 1000000 }' $tracing/trace)
that 'the sender was paused' "$(xstat sn1 q0_pause_sent) > 0"
is 'and nothing lost' "$(stat sn1 rx_packets)" "$(stat sn0 tx_packets)"
that "it goes on in turns: the longest took $longest us" "$longest > 0 && $longest < 400"
unload_clean
end_tests
