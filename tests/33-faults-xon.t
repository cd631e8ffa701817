#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-xon: XON comes when the queue that waited for it has been stopped, and gets another ring just then.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
modprobe pktgen 2>/dev/null

start use_napi=1 pool_size=256
ethtool -G sn1 rx 64
ethtool -A sn0 rx on; ethtool -A sn1 tx on
# CPU 0 makes the new ring, and is kept busy with it; CPU 1 receives, and we wait there.
taskset -pc 1 $$ >/dev/null
echo 1 >"/proc/irq/$(vector sn1)/smp_affinity_list"
# pktgen waits until its last packet is through, or given up.
burst() { pg_device 0 sn0 "$1" 'clone_skb 0' 'burst 1'; pg_start & pktgen=$!; }
burst_end() { wait $pktgen; pg_clear; }
for round in 1 ${full:+2 3}; do
	before=$(stat sn1 rx_packets) gone=$(xstat sn0 q0_tx_reset)
	# After the first three, it looks two seconds later.
	echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
	echo 2000000000 >/sys/class/net/sn1/gro_flush_timeout
	burst 3
	burst_end
	check "round $round: three arrive" wait_for 20 eval '[ $(($(stat sn1 rx_packets) - before)) = 3 ]'
	paused=$(xstat sn1 q0_pause_sent)
	burst 150
	check "round $round: 150 are sent" wait_for 20 eval '[ "$(pg_sent sn0)" = 150 ]'
	that "round $round: the sender is paused, with packets in its ring" "$(xstat sn1 q0_pause_sent) > $paused"
	slow at=nic_tx_setup us=4000000 comm=ethtool
	taskset -c 0 ethtool -G sn0 tx $((64 << round)) & changer=$!
	check "round $round: it is stopped" wait_for 20 is_in 1
	is "round $round: and the receiver has not looked" $(($(stat sn1 rx_packets) - before)) 3
	check "round $round: now the receiver has room" wait_for 20 eval '[ $(($(stat sn1 rx_packets) - before)) = 67 ]'
	check "round $round: and the sender's new ring is not there" kill -0 $changer
	wait $changer
	burst_end
	fast
	is "round $round: what waited is given up" $(($(xstat sn0 q0_tx_reset) - gone)) 86
	echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
	echo 0 >/sys/class/net/sn1/gro_flush_timeout
	check "round $round: packets pass" wait_for 20 reply 192.168.0.2
	is "round $round: none was sent that was not there" "$(xstat sn0 q0_tx_refused)" 0
	balanced "round $round" sn0 sn1
done
unload_clean
end_tests
