#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 57-once-a-poll: what need not be done for each frame is done once a poll: the NIC is told which slots are free, and frames,
# what the NIC has coalesced, and what an XDP program has decided are counted; buffers are posted sixteen at a time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
taskset -p 1 $$ >/dev/null # CPU 1 is sn1's, and a slow poll keeps it
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
batch=16 # SNULL_RX_BATCH

# gather: interrupts tell of all that has come in half a millisecond.  gather_all: and sn1's of what has come in a tenth of a second.
gather()
{
	local dev
	for dev in /sys/class/net/sn*; do
		ethtool -C "${dev##*/}" rx-usecs 500 rx-frames 0 tx-usecs 500 tx-frames 0 || result 1 "${dev##*/}: moderation"
	done
}
gather_all() { ethtool -C sn1 rx-usecs 100000 rx-frames 0 || result 1 'sn1: moderation'; }

# ---- calls

# calls FUNCTION: how often it was called since it is probed, whether or not anybody traces.
calls() { awk -v n="$1" '$1 == n { print $2 }' $tracing/kprobe_profile; }
probe()
{
	local name
	for name; do echo "p:once/$name snull:$name" >>$tracing/kprobe_events || result 1 "there is a function $name()"; done
	echo 0 >$tracing/tracing_on
	echo 1 >$tracing/events/once/enable
}
unprobe() { echo 0 >$tracing/events/once/enable; : >$tracing/kprobe_events; echo 1 >$tracing/tracing_on; }
# all COUNTER: of all interfaces, since a function is called for each of them.
all() { local dev s=0; for dev in /sys/class/net/sn*; do s=$((s + $(xstat "${dev##*/}" "q*_$1"))); done; echo $s; }

each='nic_rx_ack snull_rx_done'
# once NAME COMMAND…: while that runs, each of these functions is called once for each poll at most.
once()
{
	local name=$1 frames polls function
	local -A before
	shift
	for function in $each nic_rx_doorbell; do before[$function]=$(calls $function); done
	frames=$(all rx_packets) polls=$(all polls)
	"$@" >/dev/null
	settle sn1 rx_packets
	frames=$(($(all rx_packets) - frames)) polls=$(($(all polls) - polls))
	that "$name: several frames a poll, $frames in $polls" "$frames >= 4 * $polls && $polls > 0"
	for function in $each; do
		before[$function]=$(($(calls $function) - before[$function]))
		that "$name: $function() once a poll at most" "${before[$function]} > 0 && ${before[$function]} <= $polls"
	done
	function=nic_rx_doorbell
	before[$function]=$(($(calls $function) - before[$function]))
	that "$name: the doorbell for $batch buffers, or what a poll has left" \
		"${before[$function]} > 0 && ${before[$function]} <= $polls + $frames / $batch"
}
flood() { pg_device 0 sn0 3000; pg_start; pg_clear; }

# ---- counters

# In the middle of a poll: the function has been called, and not by all of them.
amid() { local n; IFS=, read -r n _ </sys/module/snull_delay/parameters/entered && [ "$n" -gt 0 ] && [ "$n" -lt "$1" ]; }
# held NAME FUNCTION N 'COUNTER…' COMMAND…: the command brings N packets for one poll, which is slow in that function; until
# the poll has ended the counters stand still, and then they have all of it.
held()
{
	local name=$1 at=$2 n=$3 counters=$4 counter now looks=0 early='' sender
	local -A before
	shift 4
	for counter in $counters; do before[$counter]=$(xstat sn1 "q*_$counter"); done
	slow at="$at" us=8000
	"$@" >/dev/null & sender=$!
	wait_for 20 amid 99
	while amid "$n"; do
		for counter in $counters; do
			now=$(xstat sn1 "q*_$counter")
			# Else the poll may have ended meanwhile.
			amid "$n" || break
			looks=$((looks + 1))
			[ "$now" = "${before[$counter]}" ] || early="$((now - before[$counter])) of $n: $counter"
		done
	done
	wait $sender
	fast
	settle sn1 rx_packets
	that "$name: looked at in the middle of a poll ($looks times)" "$looks > 2"
	is "$name: nothing is counted before the poll ends" "$early" ''
	for counter in $counters; do
		is "$name: but then, $counter" $(($(xstat sn1 "q*_$counter") - before[$counter])) "$n"
	done
}
burst() { pg_device 0 sn0 60 'clone_skb 0' 'burst 1'; pg_start; pg_clear; }
flows() { "$(dirname "$0")/tools/flows.py" "$@"; }

# ---- the paths that poll

for path in 1 2; do
	start use_napi=$path weight=64
	gather
	probe $each nic_rx_doorbell
	once "path $path" flood
	unprobe
	gather_all
	held "path $path" eth_type_trans 60 rx_packets burst
	unload_clean
done

load use_napi=1 rewrite_ip=0
ip link set sn0 up; ip link set sn1 up
wait_for 10 carrier sn1
ethtool -K sn1 gro off rx-gro-hw on
gather_all
held 'rx-gro-hw' snull_skb_describe_gro 40 rx_gro_hw_packets flows 40
unload_clean

# ---- XDP

start use_napi=1 pairs=2
up sn2 sn3
xdpprog drop /sys/fs/bpf/drop
if ip link set sn1 xdpdrv pinned /sys/fs/bpf/drop 2>/dev/null; then
	ip link set sn1 xdpdrv off
	xdpprog tx /sys/fs/bpf/tx
	xdpprog redirect="$(cat /sys/class/net/sn2/ifindex)" /sys/fs/bpf/redirect
	for verdict in drop tx redirect; do
		case $verdict in tx) counter=rx_xdp_tx ;; *) counter=rx_xdp_${verdict}s ;; esac
		ip link set sn1 xdpdrv pinned /sys/fs/bpf/$verdict
		gather
		probe $each nic_rx_doorbell
		once "XDP, $verdict" flood
		unprobe
		gather_all
		held "XDP, $verdict" snull_xdp_receive 60 "rx_packets $counter" burst
		ip link set sn1 xdpdrv off
	done
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/{drop,tx,redirect}
unload_clean
end_tests
