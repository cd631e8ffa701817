#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 03-interrupts: real vectors on real CPUs; what each path makes of an overload; every packet sent is accounted for.
. "$(dirname "$0")/lib.sh"

count=20000
[ -z "$full" ] || count=2000000
quiet_links

# ---- the vectors

start use_napi=1
like 'a line in /proc/interrupts' "$(grep sn0-TxRx-0 /proc/interrupts)" '^ *[0-9]+: +[0-9]+ +[0-9]+ +snull .*sn0-TxRx-0$'
like 'one for the other end' "$(grep sn1-TxRx-0 /proc/interrupts)" 'snull .*sn1-TxRx-0$'
irq=$(vector sn1)
check 'its directory names it as well' test -d "/proc/irq/$irq/sn1-TxRx-0"
is 'sn0’s runs on CPU 0' "$(cat "/proc/irq/$(vector sn0)/effective_affinity_list")" 0
is 'sn1’s runs on CPU 1' "$(cat "/proc/irq/$irq/effective_affinity_list")" 1

# The handler runs on the CPU that smp_affinity names, from the next interrupt on.
on_cpu() # CPU: 20 packets for sn1, and where the interrupts were handled
{
	local c0 c1
	c0=$(irqs sn1 0 0) c1=$(irqs sn1 0 1)
	ping -q -n -c 20 -i 0.01 192.168.0.2 >/dev/null
	c0=$(($(irqs sn1 0 0) - c0)) c1=$(($(irqs sn1 0 1) - c1))
	[ $c0 -gt 0 ] && where=0 || where=
	[ $c1 -gt 0 ] && where+=1
}
for cpu in 1 0 1; do
	check "smp_affinity_list can be written: $cpu" eval "echo $cpu >/proc/irq/$irq/smp_affinity_list"
	is 'effective at once' "$(cat "/proc/irq/$irq/effective_affinity_list")" $cpu
	on_cpu
	is "and all its interrupts are CPU $cpu’s" "$where" $cpu
done
fails 'an affinity without any CPU is refused' eval "echo 0 >/proc/irq/$irq/smp_affinity"
echo 0 >"/proc/irq/$irq/smp_affinity_list"
ip link set sn1 down; up sn1
like 'down and up keeps a vector that works' "$(on_cpu; echo "$where")" '^[01]$'
unload_clean

backlog_dropped() { local d s=0; while read -r _ d _; do s=$((s + 0x$d)); done </proc/net/softnet_stat; echo $s; }

# ---- overload: pktgen on CPU 0, and on CPU 1 a receiver for whom packets are dear

for mode in 0 1 '2 weight=2' ${full:+'2 weight=64'}; do
	# shellcheck disable=SC2086 # two words
	start use_napi=$mode
	like "path $mode: the receiver has the other CPU" "$(cat "/proc/irq/$(vector sn1)/effective_affinity_list")" '^1$'
	dear 400
	pg_device 0 sn0 $count
	n0=$(irqs sn1) s0=$(softirqs NET_RX) b0=$(backlog_dropped)
	check "path $mode: pktgen sends" pg_start
	sent=$(pg_sent sn0)
	settle sn1 rx_packets
	n=$(($(irqs sn1) - n0)) s=$(($(softirqs NET_RX) - s0))
	rx=$(stat sn1 rx_packets) missed=$(stat sn1 rx_missed_errors) nomem=$(xstat sn1 q0_rx_alloc_failed)
	polls=$(xstat sn1 q0_polls)
	diag "path $mode: $sent sent, $rx received, $missed missed, $nomem without memory, $n interrupts, $polls polls, $s softirqs"
	is "path $mode: pktgen sent them all" "$sent" $count
	is "path $mode: sent = received + missed + failed allocations, exactly" $((rx + missed + nomem)) "$sent"
	is "path $mode: and what sn0 says it sent" "$(stat sn0 tx_packets)" "$sent"
	# Path 0 empties its ring in time: its packets die on the backlog.
	that "path $mode: it is an overload" "$missed + $(backlog_dropped) - $b0 > 0 && $rx > 2000"
	if realtime; then # where path 0's handler is a thread: two messages may wake it once
		that "path $mode: the driver counts its interrupts as the kernel does, or few less" \
			"$(xstat sn1 q0_interrupts) <= $(irqs sn1) && $(xstat sn1 q0_interrupts) >= 0.999 * $(irqs sn1)"
	else
		is "path $mode: the driver counts its interrupts as the kernel does" "$(xstat sn1 q0_interrupts)" "$(irqs sn1)"
	fi
	is "path $mode: all of them on CPU 1" "$(irqs sn1 0 0)" 0
	case $mode in
	0)
		that 'path 0: an interrupt for each packet, 1.00 ± 0.01' "$n / $rx >= 0.99 && $n / $rx <= 1.01"
		is 'path 0: no polls' "$polls" 0 ;;
	'2 weight=2')
		that "path $mode: at most two packets a poll" "$rx <= 2 * $polls"
		that "path $mode: and under load two" "$rx >= 1.5 * $polls" ;;
	*)
		that "path $mode: at most 0.02 interrupts a packet" "$n / $rx <= 0.02"
		that "path $mode: at most 64 packets a poll" "$rx <= 64 * $polls"
		that "path $mode: most polls use up their budget" "$(xstat sn1 q0_polls_exhausted) > $polls / 2" ;;
	esac
	[ "$mode" = 0 ] || that "path $mode: it polls in softirqs" "$s > 0 && $s < $rx"
	pg_clear
	cheap
	unload_clean
done

# ---- two queues: a vector each, and still nothing is lost from the books

for path in $(some 1 1 0 2); do
	start use_napi="$path" queues=2
	# 64 flows: RSS gives each vector about half of them.
	pg_device 0 sn0 20000 'clone_skb 0' 'queue_map_min 0' 'queue_map_max 1' 'udp_src_min 1000' 'udp_src_max 1064'
	check "path $path, two queues: pktgen sends" pg_start
	settle sn1 rx_packets
	is "path $path, two queues: the sum is exact" \
		$(($(stat sn1 rx_packets) + $(stat sn1 rx_missed_errors) + $(xstat sn1 q*_rx_alloc_failed))) "$(pg_sent sn0)"
	that "path $path, two queues: both have had packets" "$(xstat sn1 q0_rx_packets) > 500 && $(xstat sn1 q1_rx_packets) > 500"
	that "path $path, two queues: and interrupts" "$(irqs sn1 0) > 0 && $(irqs sn1 1) > 0"
	is "path $path, two queues: the vectors are on different CPUs" \
		"$(cat "/proc/irq/$(vector sn1 0)/effective_affinity_list" "/proc/irq/$(vector sn1 1)/effective_affinity_list" | sort | paste -sd' ')" '0 1'
	[ "$path" != 0 ] || is 'path 0, two queues: an interrupt for each packet' \
		$(($(irqs sn1 0) + $(irqs sn1 1))) "$(stat sn1 rx_packets)"
	pg_clear
	unload_clean
done
end_tests
