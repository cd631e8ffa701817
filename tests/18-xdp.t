#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 18-xdp: XDP on path 1: every verdict, counted to the frame; frames of several buffers; redirection in and out;
# attaching and detaching under traffic; and what is refused.
# shellcheck disable=SC2034 # lib.sh reads it
vm_limit=500
. "$(dirname "$0")/lib.sh"

quiet_links
modinfo -p "$SNULL_KO" >/dev/null
case $(uname -r) in
5.10.*)
	start use_napi=1
	check 'a program can be made' xdpprog pass /sys/fs/bpf/pass
	fails 'on 5.10, the driver has no XDP, and says so' ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
	unload_clean
	end_tests
	exit ;;
esac
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf

# program NAME [xdpprog's arguments]: pinned as NAME
program() { local name=$1; shift; rm -f "/sys/fs/bpf/$name"; check "program: $*" xdpprog "$@" "/sys/fs/bpf/$name"; }
attach() { ip link set "$1" xdpdrv pinned "/sys/fs/bpf/$2"; }
detach() { ip link set "$1" xdpdrv off; }
replace() { ip -force link set "$1" xdpdrv pinned "/sys/fs/bpf/$2"; }
# burst N: N frames from pktgen on sn0, and until they are there
burst() { pg_device 0 sn0 "$1" 'clone_skb 0' 'burst 1'; pg_start; settle sn1 rx_packets; pg_clear; }
# more COUNTER COMMAND…: how much sn1's counter grows
more() { local name=$1 old; shift; old=$(xstat sn1 "q*_$name"); "$@" >/dev/null; echo $(($(xstat sn1 "q*_$name") - old)); }

count=300
[ -z "$full" ] || count=1000
start use_napi=1 pairs=2 rewrite_ip=1
for name in pass drop abort tx; do
	program $name -f $name
done
program plain pass
program redirect -f redirect="$(cat /sys/class/net/sn2/ifindex)"
# Of the 256 bytes, struct xdp_frame takes up to 40.
program room -f headroom=216
program toomuch -f headroom=257

# ---- each verdict

check 'a program can be attached' attach sn1 pass
like 'ip shows it' "$(ip link show sn1)" 'xdp '
check 'PASS: packets pass' reply 192.168.0.2
is 'PASS: each frame is received once' "$(more rx_packets burst $count)" $count
check 'it can be replaced' replace sn1 drop
fails 'DROP: none passes' reply -W 1 192.168.0.2
is 'DROP: each is counted' "$(more rx_xdp_drops burst $count)" $count
is 'DROP: and counts as received' "$(more rx_packets burst $count)" $count
check 'ABORTED' replace sn1 abort
is 'ABORTED: counted as dropped' "$(more rx_xdp_drops burst $count)" $count
check 'TX' replace sn1 tx
back=$(stat sn0 rx_packets)
is 'TX: each is sent back' "$(more rx_xdp_tx burst $count)" $count
wait_for 20 eval '[ $(($(stat sn0 rx_packets) - back)) = '$count' ]'
is 'TX: and arrives, once' $(($(stat sn0 rx_packets) - back)) $count
check 'headroom' replace sn1 room
check 'a program has 216 bytes in front' reply 192.168.0.2
check 'too much headroom' replace sn1 toomuch
fails 'and not more than 256' reply -W 1 192.168.0.2
is 'no memory was short' "$(xstat sn1 'q*_rx_alloc_failed')" 0

# ---- redirection: out of sn1, in at sn2, and over its wire to sn3

up sn2 sn3
check 'REDIRECT' replace sn1 redirect
far=$(stat sn3 rx_packets)
ip link set sn3 promisc on
is 'REDIRECT: each is redirected' "$(more rx_xdp_redirects burst $count)" $count
wait_for 20 eval '[ $(($(stat sn3 rx_packets) - far)) -ge '$count' ]'
that 'REDIRECT: and arrives at the other end of the other wire' "$(stat sn3 rx_packets) - $far == $count"
is 'REDIRECT: sn2 has been given them' "$(xstat sn2 'q*_tx_xdp_xmit')" $count
ip link set sn2 down
is 'REDIRECT to an interface that is down: dropped, nothing worse' "$(more rx_packets burst 100)" 100
detach sn1
check 'without a program all is as before' reply 192.168.0.2

# ---- frames of several buffers, and the MTU

ip link set sn0 mtu 9000
ip link set sn1 mtu 9000
fails 'a program that knows one buffer only is refused at MTU 9000' attach sn1 plain
like 'with the reason' "$(ip link set sn1 xdpdrv pinned /sys/fs/bpf/plain 2>&1)" 'MTU too large'
check 'one that knows several is not' attach sn1 pass
check 'and a frame of 9000 bytes passes' reply -s 8972 -M 'do' 192.168.0.2
replace sn1 tx
back=$(stat sn0 rx_bytes)
pg_device 0 sn0 100 'clone_skb 0' 'burst 1' 'pkt_size 9014'
pg_start
pg_clear
wait_for 20 eval '[ $(($(stat sn0 rx_bytes) - back)) = 901400 ]'
is 'and is sent back whole' $(($(stat sn0 rx_bytes) - back)) 901400
fails 'to be replaced by one that knows one buffer only: refused' replace sn1 plain
detach sn1
ip link set sn1 mtu 1500
check 'attached at MTU 1500' attach sn1 plain
fails 'then MTU 9000 is refused' ip link set sn1 mtu 9000
is 'and has not changed' "$(cat /sys/class/net/sn1/mtu)" 1500
ip link set sn0 mtu 1500

# ---- checksums, offloads, paths

check 'TCP, whose checksums the sender left to the NIC, passes a program' flow tcp -n 200000 192.168.0.1 192.168.0.2 192.168.1.2
fails 'rx-gro-hw is refused beside a program' ethtool -K sn1 rx-gro-hw on
detach sn1
like 'but it is on when the program has gone' "$(ethtool -k sn1)" 'rx-gro-hw: on'
fails 'and a program beside rx-gro-hw' attach sn1 pass
ethtool -K sn1 rx-gro-hw off
for path in 0 2; do
	ip link set sn1 down
	echo $path >/sys/module/snull/parameters/use_napi
	ip link set sn1 up
	fails "path $path has no XDP" attach sn1 pass
	ip link set sn1 down
	check 'a program may be attached while down' attach sn1 pass
	fails 'but then that path does not come up' ip link set sn1 up
	detach sn1
	ip link set sn1 up
	wait_for 20 carrier sn1
	check 'and without a program it does' reply 192.168.0.2
done
ip link set sn1 down
echo 1 >/sys/module/snull/parameters/use_napi
up

# ---- under traffic

check 'attaching, replacing and detaching under traffic' eval '
	for i in 1 2 $(some 0 3 4 5); do
		attach sn1 pass && replace sn1 room && ethtool -G sn1 rx $((64 << i)) && replace sn1 pass && detach sn1 || exit
	done & pid=$!
	while kill -0 $pid 2>/dev/null; do
		timeout 200 flow udp -n 2000 192.168.0.1 192.168.0.2 192.168.1.2 || exit
	done >/tmp/flow
	wait $pid'
is 'nothing arrives twice, late or damaged' "$(grep -vc 'reordered=0 duplicated=0 corrupted=0' /tmp/flow)" 0 ||
	diag "$(cat /tmp/flow)"
that 'and most arrives' "$(awk -F'[ =]' '{ s += $4 } END { print s + 0 }' /tmp/flow) > 1000"
attach sn1 redirect
removed()
{
	local sender ended
	before=$(stat sn1 rx_packets)
	pg_device 0 sn0 20000 'clone_skb 0' 'burst 1'
	pg_start & sender=$!
	wait_for 30 eval '[ "$(stat sn1 rx_packets)" -gt "$before" ]' && rmmod snull
	ended=$?
	wait $sender
	return $ended
}
check 'removed with a program attached and frames on their way' removed
pg_clear
is 'nothing is left' "$(leftovers)" ''

# ---- a slow wire: XDP's frames fill the ring, in which the stack, too, waits for room

start use_napi=1 pairs=2 timeout=60000
up sn2 sn3
program redirect -f redirect="$(cat /sys/class/net/sn2/ifindex)"
reply 192.168.2.2
ethtool -G sn2 tx 64
ethtool -s sn2 speed 10 duplex full autoneg on
wait_for 10 carrier sn2
attach sn1 redirect
pg_device 0 sn0 100000 'clone_skb 0' 'burst 1' 'ratep 20000' 'pkt_size 1500'
pg_start 60 & flooder=$!
check 'more is redirected than the wire takes' wait_for 20 eval '[ "$(xstat sn2 "q*_tx_xdp_xmit")" -gt 1000 ]'
no_room() { ping -n -q -c 3 -i 0.01 -W 1 192.168.2.2 >/dev/null; [ "$(xstat sn2 'q*_tx_stops')" -gt 0 ]; }
if [ "$SNULL_SUITE" != debug ]; then
	check 'the stack finds no room' wait_for 20 no_room
else
	skip 'the stack finds no room' 'the debug kernel is too slow to fill a ring'
fi
pg_stop $flooder
check 'and is told when there is some' wait_for 20 reply 192.168.2.2
is 'without the watchdog' "$(xstat sn2 tx_timeouts) $(xstat sn2 resets)" '0 0'
unload_clean
end_tests
