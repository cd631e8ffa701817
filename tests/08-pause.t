#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 08-pause: with pause frames on, a receiver without room stops its sender; without them it drops.
. "$(dirname "$0")/lib.sh"

count=10000 lasting=0.3
[ -z "$full" ] || count=30000 lasting=1
quiet_links

flood() # the receiver's ring is small, and its CPU is busy
{
	pg_device 0 sn0 $count
	pg_start
	settle sn1 rx_packets
	sent=$(pg_sent sn0)
	pg_clear
}

pause() { ethtool -a "$1" | awk -v n="$2:" '$1 == n { print $2 }'; }

for path in $(some 1 1 0 2); do
	start use_napi="$path" pool_size=32
	is "path $path: pause frames are off at first" "$(pause sn0 RX) $(pause sn1 TX)" 'off off'
	flood
	that "path $path, off: frames are missed" "$(stat sn1 rx_missed_errors) > 0"
	is "path $path, off: no pause frame" "$(xstat sn1 q0_pause_sent)" 0

	# One end alone changes nothing: the other must obey.
	ethtool -A sn1 tx on
	is "path $path: ethtool -A sticks" "$(pause sn1 TX) $(pause sn1 RX)" 'on off'
	missed=$(stat sn1 rx_missed_errors)
	flood
	that "path $path, sn0 does not obey: frames are missed" "$(stat sn1 rx_missed_errors) > $missed"

	ethtool -A sn0 rx on
	missed=$(stat sn1 rx_missed_errors) rx=$(stat sn1 rx_packets)
	flood
	is "path $path, on: nothing is missed" "$(stat sn1 rx_missed_errors)" "$missed"
	is "path $path, on: everything arrives" "$(($(stat sn1 rx_packets) - rx))" "$sent"
	that "path $path, on: sn1 has sent pause frames" "$(xstat sn1 q0_pause_sent) > 0"
	is "path $path, on: as many as sn0 has obeyed" "$(xstat sn0 q0_pause_obeyed)" "$(xstat sn1 q0_pause_sent)"
	if ethtool -I -a sn1 >/tmp/pause 2>&1; then
		like "path $path: ethtool -I -a shows them" "$(cat /tmp/pause)" "tx_pause_frames: $(xstat sn1 q0_pause_sent)"
	else
		skip "path $path: ethtool -I -a" 'this ethtool cannot'
	fi
	is "path $path: the watchdog had no reason" "$(xstat sn0 tx_timeouts)" 0

	# A stopped sender is let go when its partner goes away, and goes on when it comes back.
	pg_device 0 sn0 1000000
	pg_start 60 &
	sleep $lasting
	ip link set sn1 down
	check "path $path: carrier off while paused" wait_for 10 grep -q 0 /sys/class/net/sn0/carrier
	up sn1
	pg_stop
	check "path $path: and the link works again" wait_for 20 reply 192.168.0.2

	# A frame that needs more buffers than the ring has must not wait for ever.
	fails "path $path: autonegotiation is refused" ethtool -A sn0 autoneg on
	unload_clean
done

start use_napi=1 pool_size=2
ethtool -A sn1 tx on
ethtool -A sn0 rx on
fails 'an MTU whose frames the ring cannot hold is refused' ip link set sn1 mtu 9000
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf 2>/dev/null
if kernel_since 5.18; then
	xdpprog -f pass /sys/fs/bpf/pass
	check 'an XDP program can be attached' ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
	# Its headroom takes of each buffer.
	ip link set sn1 xdpdrv off
	ip link set sn1 mtu 7300
	fails 'an XDP program, with which it could not hold them, too' ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
fi
ip link set sn0 mtu 7300
ip link set sn1 mtu 7300
check 'a frame that takes the whole ring comes' wait_for 10 reply -s 7200 -M "do" 192.168.0.2
check 'and the next' reply -s 7200 -M "do" 192.168.0.2
check 'and a small one' reply 192.168.0.2
unload_clean

# A receiver that does not look for ten seconds. Its sender stands still by right, however long; and goes on, and loses
# frames, as soon as one end no longer takes part.
start use_napi=1 pool_size=32 timeout=200
ethtool -A sn1 tx on
ethtool -A sn0 rx on
echo 1000 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 10000000000 >/sys/class/net/sn1/gro_flush_timeout
reply 192.168.0.2
pg_device 0 sn0 20000 'burst 1'
pg_start 60 & flooder=$!
check 'nobody looks: sn0 is paused' wait_for 10 eval '[ "$(xstat sn0 q0_pause_obeyed)" -gt 0 ]'
nap 1.5
is 'and the watchdog lets it be' "$(xstat sn0 tx_timeouts) $(xstat sn0 resets) $(stat sn1 rx_missed_errors)" '0 0 0'
missed() { [ "$(stat sn1 rx_missed_errors)" -gt "$1" ]; }
ethtool -A sn0 rx off
check 'ethtool -A sn0 rx off: it goes on' wait_for 2 missed 0
ethtool -A sn0 rx on
wait_for 2 eval 'was=$(stat sn1 rx_missed_errors); nap 0.1; ! missed "$was"'
was=$(stat sn1 rx_missed_errors)
ethtool -A sn1 tx off
check 'ethtool -A sn1 tx off: it goes on' wait_for 2 missed "$was"
pg_stop $flooder
unload_clean

start use_napi=1
# What somebody else has made: mausezahn, as the kernel's ethtool_std_stats.sh does, or a switch.
rx=$(stat sn1 rx_packets)
from=$(mac sn0)
inject sn0 <<<"0180c2000001${from//:/}880800010001$(printf '%084d' 0)"
is 'a pause frame made by hand stays in the NIC, and is counted' \
	"$(xstat sn1 q0_rx_pause_frames) $(($(stat sn1 rx_packets) - rx)) $(xstat sn1 q0_rx_filtered)" '1 0 0'
unload_clean
end_tests
