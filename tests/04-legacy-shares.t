#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 04-legacy-shares: four overloaded receivers on one CPU's poll list share it as their weights say.
vm_limit=300
. "$(dirname "$0")/lib.sh"

# PREEMPT_RT runs handlers, and the softirqs that they raise, in threads of one priority, first in, first out. With all of
# them on one CPU and an overload, the first one's thread keeps the others off the CPU, and so off the poll list: who gets
# what is the threads' affair, not the list's.
! realtime || skip_all 'on PREEMPT_RT, the threads of the four vectors starve one another'

packets=6000 rules=1600
[ -z "$full" ] || packets=60000
quiet_links
taskset -c -p 0 $$ >/dev/null # CPU 1 will have no time for us
devices='sn0 sn1 sn2 sn3'

snapshot() { (cd /sys/class/net && cat sn{0,1,2,3}/statistics/rx_packets); }
received() { snapshot | awk '{ s += $1 } END { print s }'; }
have_received() { sleep 0.2; (($(received) >= $1)); }
# full: a frame was missed at each of them: all rings are full.
full() { sleep 0.2; ! grep -qx 0 /sys/class/net/sn[0-3]/statistics/rx_missed_errors; }

# stretch FILE: what each of the four has received in the longest stretch of the trace in which all of them are on the
# poll list. Whoever finds its ring empty leaves it.
stretch()
{
	awk '
		!match($0, /dev=sn[0-3] /) { next }
		{ d = substr($0, RSTART + 6, 1) }
		/ complete$/ { split("", got); split("", listed); total = devices = 0; next }
		!(d in listed) { listed[d]; devices++ }
		devices == 4 {
			work = $0
			sub(/.* work=/, "", work)
			got[d] += work
			total += work
			if (total > longest) { longest = total; for (i = 0; i < 4; i++) best[i] = got[i] }
		}
		END { print best[0] + 0, best[1] + 0, best[2] + 0, best[3] + 0 }' "$1"
}

# measure WEIGHTS: all four receive on CPU 1, for whom packets are dear, and CPU 0 sends to all of them in turn: a delay
# that is always in the past makes pktgen do so. From when all rings are full, which then hold packets for a long stretch,
# even if the sender's CPU has something else to do.
measure()
{
	local dev sender before
	load use_napi=2 pairs=2 pool_size=512 "weight=$1"
	dear $rules
	# shellcheck disable=SC2086 # four words
	up $devices
	for dev in $devices; do
		echo 1 >"/proc/irq/$(vector "$dev")/smp_affinity_list"
		pg_device 0 "$dev" 0 'burst 8' 'delay 10000'
	done
	pg_start 120 &
	sender=$!
	check "weights $1: more is sent than they can receive" wait_for 100 full
	trace_start poll_end
	before=$(received)
	check "weights $1: $packets packets are received" wait_for 100 have_received $((before + packets))
	trace_stop /tmp/trace
	kill -INT -- $sender $(pgrep -P $sender)
	wait $sender
	cheap
	read -ra got < <(stretch /tmp/trace)
	total=$((got[0] + got[1] + got[2] + got[3]))
	diag "weights $1: ${got[*]} received in a stretch"
	that "weights $1: a long stretch of overload" "$total >= $packets - 1000"
}

share() # DEVICE PART OF: it has that part of the total, within 2 %
{
	that "sn$1 has $2/$3 of the packets, within 2 %" \
		"$total > 0 && ${got[$1]} * $3 / $2 / $total >= 0.98 && ${got[$1]} * $3 / $2 / $total <= 1.02"
}

got=()
measure 20,10,10,20
share 0 2 6
share 1 1 6
share 2 1 6
share 3 2 6
for dev in $devices; do settle "$dev" rx_packets; done
is 'the emulation’s own column knows them all' \
	"$(awk '{ s += $3 } END { print s }' /sys/module/snull/parameters/softnet_stat)" \
	"$(snapshot | awk '{ s += $1 } END { print s }')"
that 'in rounds of at most 300, on average' "$(awk '{ p += $3; r += $5 } END { print p, "> 0 &&", p, "<= 300 *", r }' /sys/module/snull/parameters/softnet_stat)"
for i in 0 1 2 3; do
	sent=$(pg_sent sn$((i ^ 1)))
	is "sn$i: sent = received + missed + failed allocations" \
		$(($(stat sn$i rx_packets) + $(stat sn$i rx_missed_errors) + $(xstat sn$i q0_rx_alloc_failed))) "$sent"
done
pg_clear
unload_clean

[ -n "$full" ] || end_tests
measure 8
for i in 0 1 2 3; do share $i 1 4; done
pg_clear
unload_clean
end_tests
