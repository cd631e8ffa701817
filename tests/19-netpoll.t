#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 19-netpoll: netconsole over sn0, on every path, and in every state: idle, overloaded, with a full transmit ring whose
# completions nobody reports in time, while the queues change.
# shellcheck disable=SC2034 # lib.sh reads it
vm_limit=500
. "$(dirname "$0")/lib.sh"

quiet_links
# Room for all that a listener is sent before it gets the CPU: it is the wire that must lose nothing.
sysctl -qw net.core.rmem_default=4194304
has netconsole || skip_all 'no netconsole in this kernel'
check 'netconsole loads' modprobe netconsole
target=/sys/kernel/config/netconsole/test
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config

# console_up: the kernel's log goes from sn0 to port 6666 of sn1's address, and into /tmp/heard.
console_up()
{
	nc -n -lu -W 1000000 192.168.1.2 6666 >/tmp/heard 2>/dev/null &
	listener=$!
	wait_for 30 eval 'ss -lun | grep -q 192.168.1.2:6666' || diag 'nobody listens'
	mkdir $target
	echo sn0 >$target/dev_name
	echo 192.168.0.1 >$target/local_ip
	echo 192.168.0.2 >$target/remote_ip
	echo 6666 >$target/remote_port
	cat /sys/class/net/sn1/address >$target/remote_mac
	echo 1 >$target/enabled
}

console_down() { rmdir $target; kill $listener; wait $listener 2>/dev/null; }

# say NAME N: N messages in the log, and how many of them were heard
say()
{
	local i
	for ((i = 0; i < $2; i++)); do
		echo "<3>netpoll-$1-$i-end" >/dev/kmsg
	done
	wait_for 30 eval '[ "$(heard '"$1"')" -ge '"$2"' ]'
	heard "$1"
}
heard() { grep -ao "netpoll-$1-[0-9]*-end" /tmp/heard | sort -u | wc -l; }

idle=30 many=60 # messages
[ -z "$full" ] || idle=100 many=200
for path in $paths; do
	start use_napi="$path" queues=2
	console_up
	is "path $path: netconsole is on" "$(cat $target/enabled)" 1
	is "path $path: every message is heard" "$(say idle $idle)" $idle

	# Eight slots, and completions that take 10 ms to be told: the ring is full almost always.
	ethtool -L sn0 combined 1
	ethtool -G sn0 tx 8
	ethtool -C sn0 tx-usecs 10000
	stops=$(xstat sn0 q0_tx_stops)
	is "path $path: every message is heard, though the ring is full" "$(say full $many)" $many
	that "path $path: it was full" "$(xstat sn0 q0_tx_stops) > $stops"
	ethtool -C sn0 tx-usecs 0
	ethtool -G sn0 tx 1024

	# The other direction is overloaded: sn0's poll has more than enough to do. Path 0 leaves no time for a listener:
	# what counts is that every message crosses the wire.
	pg_device 1 sn1 0
	before=$(stat sn0 rx_packets)
	timeout 60 bash -c 'echo start >/proc/net/pktgen/pgctrl' &
	flood=$!
	wait_for 30 eval '[ $(($(stat sn0 rx_packets) - before)) -ge 1000 ]' || diag 'no flood'
	frames=$(xstat sn1 'q*_rx_wire_frames')
	for ((i = 0; i < 50; i++)); do
		echo "<3>flood $i" >/dev/kmsg
	done
	check "path $path: every message is sent, though sn0 is overloaded" \
		wait_for 30 eval '[ $(($(xstat sn1 "q*_rx_wire_frames") - frames)) -ge 50 ]'
	kill $flood 2>/dev/null
	wait $flood 2>/dev/null
	pg_clear

	for i in 1 2 3 $(some 0 4 5 6); do
		ethtool -L sn0 combined $((i % 2 + 1))
		ethtool -G sn0 tx $((64 << i % 3))
		echo '<3>changing' >/dev/kmsg
	done
	is "path $path: and after its queues have changed" "$(say changed 50)" 50
	ip link set sn0 down
	echo '<3>down' >/dev/kmsg
	up
	console_down
	unload_clean "path $path: the module unloads, and leaves nothing"
done
end_tests
