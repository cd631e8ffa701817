#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 58-channels: another number of queues (ethtool -L) leaves alone those that stay: what is in their rings, their vector, NAPI
# and pool. What waits in one that goes is lost, and counted; and no frame is sent to one that is gone.
# shellcheck disable=SC2034 # tests/run reads it
short=1
vm_limit=900
. "$(dirname "$0")/lib.sh"

quiet_links
modprobe pktgen 2>/dev/null
there='192.168.0.1 192.168.0.2 192.168.1.2'
flows64=('clone_skb 0' 'burst 1' 'udp_src_min 1000' 'udp_src_max 1064')

each() { xstat "$1" "q?_$2" | paste -sd' '; } # DEV COUNTER: of each queue
# minus A B: number by number
# shellcheck disable=SC2206 # words
minus() { local a=($1) b=($2) i; for i in "${!a[@]}"; do a[i]=$((a[i] - b[i])); done; echo "${a[*]}"; }
burst() { pg_device 0 sn0 64 "${flows64[@]}"; pg_start; pg_clear; }

# ---- what waits in the rings

# hold NAME: the poll after a first burst leaves interrupts off for so long that the second one, a packet of each of 64 flows,
# waits in the rings. (Two bursts take the debug kernel longer.)
off=2
[ "$SNULL_SUITE" != debug ] || off=16
hold()
{
	local before
	ip link set sn1 down # no timer of the last time's is left
	up sn1
	before=$(stat sn1 rx_packets)
	echo ${off}000000000 >/sys/class/net/sn1/gro_flush_timeout
	burst
	check "$1: 64 arrive" wait_for 20 eval '[ $(($(stat sn1 rx_packets) - before)) = 64 ]'
	had=$(each sn1 rx_packets) reset=$(each sn1 rx_reset)
	burst
	is "$1: 64 wait" "$(each sn1 rx_packets)" "$had"
}
# kept COUNTS NAME: so many of them each queue has had by the end; the others were given up.
kept()
{
	local left=$1
	check "$2: those that were kept come" wait_for $((5 * off)) eval '[ "$(minus "$(each sn1 rx_packets)" "$had")" = "'"$left"'" ]' ||
		diag "$(minus "$(each sn1 rx_packets)" "$had"), not $left"
	is "$2: the others are counted" "$(minus "$(each sn1 rx_reset)" "$reset")" "$(minus "$share" "$left")"
	is "$2: none came where no ring was" "$(xstat sn1 'q*_rx_missed')" 0
	balanced "$2" sn0 sn1
}

start use_napi=1 queues=4
before=$(each sn1 rx_packets)
burst
settle sn1 rx_packets
share=$(minus "$(each sn1 rx_packets)" "$before")
read -r q0 q1 q2 q3 <<<"$share"
that 'each queue has a share' "$q0 > 0 && $q1 > 0 && $q2 > 0 && $q3 > 0"
echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
# changed NAME KEPT COMMAND…: while that many wait in each.
changed()
{
	hold "$1"
	check "$1" "${@:3}"
	kept "$2" "$1"
}
changed '-L 2' "$q0 $q1 0 0" ethtool -L sn1 combined 2
# Half of the flows have moved to each of the two.
share="$((q0 + q2)) $((q1 + q3)) 0 0"
changed '-L 4' "$share" ethtool -L sn1 combined 4
share="$q0 $q1 $q2 $q3"
changed '-L 1' "$q0 0 0 0" ethtool -L sn1 combined 1
share='64 0 0 0'
changed '-G' '0 0 0 0' ethtool -G sn1 rx 512
echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 0 >/sys/class/net/sn1/gro_flush_timeout
check 'packets pass' wait_for 20 reply 192.168.0.2

# ---- who serves them

one()
{
	echo "$(vector sn1 0) $(cat "/proc/irq/$(vector sn1 0)/smp_affinity")"
	! kernel_since 6.8 || echo "$(napi_of sn1 0) $(pool_of sn1 0)"
}
before=$(one)
for n in 2 4 1 3; do
	ethtool -L sn1 combined $n
	is "-L $n: queue 0 has its vector, its NAPI and its pool" "$(one)" "$before"
done
ethtool -G sn1 rx 256
! kernel_since 6.8 || fails '-G: it has another pool' [ "$(one)" = "$before" ]

# ---- what waits to be sent, on a slow wire

for dev in sn0 sn1; do ip link set $dev mtu 9000; done
ethtool -L sn1 combined 4
speed sn0 10
sent=$(each sn0 tx_wire_frames)
# pktgen waits until its last packet is through, or given up.
pg_device 0 sn0 120 'clone_skb 0' 'burst 1' 'pkt_size 9014' 'queue_map_min 0' 'queue_map_max 1'
pg_start & pktgen=$!
check 'two queues have 60 packets each' wait_for 20 eval '[ "$(pg_sent sn0)" = 120 ]'
check 'sn0 -L 1 while packets wait, 7 ms each' ethtool -L sn0 combined 1
gone=$(xstat sn0 q1_tx_reset)
that 'those of queue 1 are given up' "$gone > 20"
wait $pktgen
pg_clear
settle sn0 tx_packets
is 'but for what it had sent' "$(minus "$(each sn0 tx_wire_frames)" "$sent")" "60 $((60 - gone)) 0 0"
is 'queue 0 has given up none' "$(xstat sn0 q0_tx_reset)" 0
balanced 'a slow wire' sn0 sn1
for dev in sn0 sn1; do ip link set $dev mtu 1500; done
unlimited sn0
unload_clean

# ---- under load

# changes DEV: again and again, until /tmp/stop is there
changes() { local n; while [ ! -e /tmp/stop ]; do for n in 1 2 4; do ethtool -L "$1" combined $n || return; nap 0.01; done; done; }
flood() { pg_device 0 sn0 0 'ratep 3000' "${flows64[@]}" 'burst 4' 'queue_map_min 0' 'queue_map_max 0' "$@"; pg_start 300 & flooder=$!; }

for path in $(some 1 1 0 2); do
	start use_napi="$path" queues=4 pool_size=1024
	ethtool -N sn1 flow-type udp4 dst-ip 192.168.1.2 action 0 >/dev/null
	rm -f /tmp/stop
	flood
	changes sn1 >/tmp/said 2>&1 & changer=$!
	# shellcheck disable=SC2086
	like "path $path: a flow of queue 0 loses none" "$(taskset -c 1 flow udp -n $((full ? 20000 : 3000)) -s 16-64 $there)" ' lost=0 reordered=0 '
	changes sn0 >>/tmp/said 2>&1 & other=$!
	nap $((full ? 10 : 2))
	touch /tmp/stop
	wait $changer
	result $? "path $path: the receiver's number of queues was changed"
	wait $other
	result $? "path $path: the sender's, too"
	pg_stop $flooder
	is "path $path: without a word" "$(cat /tmp/said)" ''
	balanced "path $path" sn0 sn1
	is "path $path: no frame came to a queue that was gone" "$(xstat sn1 'q*_rx_missed')" 0
	is "path $path: queue 0 has given up none" "$(xstat sn1 q0_rx_reset) $(xstat sn0 q0_tx_reset)" '0 0'
	diag "$(each sn1 rx_packets) received, $(each sn1 rx_reset) given up"
	check "path $path: packets pass" wait_for 20 reply 192.168.0.2
	unload_clean "path $path: the module unloads"
done

# What holds frames back: pause frames, a slow wire, the stage that coalesces; and what sends them back, XDP.
start use_napi=1 queues=4
mixed() # NAME [SETTING…]: changes at both ends, under a flood
{
	rm -f /tmp/stop
	flood "${@:2}"
	changes sn1 >/tmp/said 2>&1 & changer=$!
	changes sn0 >>/tmp/said 2>&1 & other=$!
	nap ${full:+1}2
	touch /tmp/stop
	wait $changer $other
	pg_stop $flooder
	is "$1: without a word" "$(cat /tmp/said)" ''
	check "$1: packets pass" wait_for 20 reply 192.168.0.2
	balanced "$1" sn0 sn1
	balanced "$1, back" sn1 sn0
}
ethtool -A sn0 rx on; ethtool -A sn1 tx on
ethtool -G sn1 rx 4
mixed 'pause frames'
that 'pause frames: there were some' "$(xstat sn1 'q*_pause_sent') > 0"
ethtool -A sn0 rx off; ethtool -A sn1 tx off
ethtool -G sn1 rx 256
speed sn0 10
mixed 'a slow wire' 'pkt_size 1000'
unlimited sn0
ethtool -K sn1 rx-gro-hw on
# shellcheck disable=SC2086
taskset -c 1 timeout 300 flow tcp -b $((full ? 20 : 2)) -f 4 $there >/tmp/flow & sender=$!
mixed 'coalescing'
wait $sender
like 'coalescing: TCP is whole' "$(cat /tmp/flow)" "$tcp_whole"
ethtool -K sn1 rx-gro-hw off
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
if xdpprog tx /sys/fs/bpf/tx && ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx 2>/dev/null; then
	back=$(xstat sn1 'q*_rx_xdp_tx') sent=$(stat sn1 tx_packets) reset=$(xstat sn1 'q*_tx_reset')
	rm -f /tmp/stop
	flood
	changes sn1 >/tmp/said 2>&1 & changer=$!
	nap 1.5
	touch /tmp/stop
	wait $changer
	pg_stop $flooder
	is 'XDP tx: without a word' "$(cat /tmp/said)" ''
	balanced 'XDP tx' sn0 sn1
	is 'XDP tx: what is sent back is sent, or given up and counted' \
		$(($(stat sn1 tx_packets) - sent + $(xstat sn1 'q*_tx_reset') - reset)) $(($(xstat sn1 'q*_rx_xdp_tx') - back))
	ip link set sn1 xdpdrv off
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/tx
unload_clean
end_tests
