#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 52-queue-restart: one receive queue is given fresh memory while all else runs: what it has lost is counted, nobody else
# loses anything, and netdev netlink says who serves which queue with which memory, whatever has been done.
vm_limit=900
. "$(dirname "$0")/lib.sh"

kernel_since 6.12 || skip_all 'this kernel restarts no single queue'
quiet_links
reset0=/sys/kernel/debug/snull/snull.0/queue_reset
reset1=/sys/kernel/debug/snull/snull.1/queue_reset

# restart WHAT: into the file of sn1; prints the error's text, or nothing
restart() { { echo "$1" >$reset1; } 2>&1 | sed 's/.*: //'; }
napis() { netdev_get 'type queue napi' queue-get sn1 | sort | tr '\n' ' '; }
pools() { netdev_get 'page_pool' page-pool-get sn1 | sort -n | tr '\n' ' '; }

# netlink NAME QUEUES: with path 1 each queue has a NAPI for both ways, that NAPI its vector, and a pool of pages; the other
# paths poll in ways that the kernel has no word for.
netlink()
{
	local name=$1 queues=$2 want='' irqs='' i
	for ((i = 0; i < queues; i++)); do
		want+="rx $i $(napi_of sn1 $i tx)"$'\n' irqs+="$(napi_of sn1 $i) $(vector sn1 $i)"$'\n'
	done
	is "$name: the queues" "$(netdev_get 'type queue napi' queue-get sn1 | awk '$1 == "rx"' | sort)" "${want%$'\n'}"
	if [ "$(cat /sys/module/snull/parameters/use_napi)" != napi ]; then
		is "$name: no NAPI, and no pool" "$(netdev_get napi napi-get sn1)$(pools)" ''
		is "$name: no queue says that it has one" "$(netdev_get napi queue-get sn1 | sort -u)" -
		return
	fi
	is "$name: their NAPIs and vectors" "$(netdev_get 'napi irq' napi-get sn1 | sort -n)" "$(sort -n <<<"${irqs%$'\n'}")"
	# What a packet still holds of an old pool keeps that in the list, detached.
	is "$name: their pools" "$(netdev_get 'napi detach_time' page-pool-get sn1 | awk '$2 == "-" { print $1 }' | sort -n)" \
		"$(awk '{ print $1 }' <<<"$irqs" | sort -n | sed '/^$/d')"
}

# ---- what is refused, and changes nothing

for path in $paths; do
	load use_napi="$path" queues=2
	is "path $path: down" "$(restart 0)" 'Network is down'
	up
	before="$(napis)$(pools)"
	for which in $(some 3 2 4294967296 x 15 18446744073709551615 -1) ''; do
		is "path $path: queue '$which' is refused" "$(restart "$which")" 'Invalid argument'
	done
	is "path $path: and nothing has changed" "$(napis)$(pools)" "$before"
	ethtool -L sn1 combined 1
	is "path $path: one that is not in use" "$(restart 1)" 'Invalid argument'
	ip link set sn1 down
	is "path $path: down again" "$(restart 0)" 'Network is down'
	unload_clean "path $path: the module unloads"
done

# ---- what netdev netlink says

load use_napi=1 queues=2
is 'the file is for root, who only writes' "$(find $reset1 -printf %m)" 200
up
netlink 'up' 2
before=$(napis) pool0=$(pool_of sn1 0) pool1=$(pool_of sn1 1)
is 'restart' "$(restart 0)" ''
is 'restart: the NAPIs stay' "$(napis)" "$before"
that "restart: queue 0 has another pool: $(pool_of sn1 0)" "$(pool_of sn1 0) > $pool0"
is 'restart: queue 1 has its own' "$(pool_of sn1 1)" "$pool1"
netlink 'restart' 2
is 'restart: the other' "$(restart 1)" ''
netlink 'restart: the other' 2
for change in '1 -L sn1 combined 1' '1 -G sn1 rx 64 tx 128' '2 -L sn1 combined 2' '2 -G sn1 rx 512 tx 64'; do
	count=${change%% *} change=${change#* }
	# shellcheck disable=SC2086 # words
	check "ethtool $change" ethtool $change
	netlink "ethtool $change" "$count"
	is "ethtool $change, and restart" "$(restart 0)" ''
	netlink "ethtool $change, and restart" "$count"
done
ip link set sn1 down
is 'down: nothing is listed' "$(netdev_get napi napi-get sn1)$(pools)" ''
for path in $(some 2 0 1 2 1); do
	echo "$path" >/sys/module/snull/parameters/use_napi
	ip link set sn1 up
	wait_for 10 carrier sn1
	netlink "use_napi=$path" 2
	is "use_napi=$path: restart" "$(restart 1)" ''
	netlink "use_napi=$path: restart" 2
	ip link set sn1 down
done
up
netlink 'and up' 2
check 'packets pass' wait_for 10 reply 192.168.0.2

# ---- what waits in the ring is lost, and counted; what comes then is not

# The poll after the first burst leaves interrupts off for a second: the second burst waits. (Two bursts take the debug
# kernel longer than that.)
echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
off=1
[ "$SNULL_SUITE" != debug ] || off=8
echo ${off}000000000 >/sys/class/net/sn1/gro_flush_timeout
ethtool -X sn1 equal 1
burst() { pg_device 0 sn0 "$1" 'burst 1'; pg_start; pg_clear; }
before=$(stat sn1 rx_packets) dropped=$(stat sn1 rx_dropped)
burst 3
check 'three arrive' wait_for 10 eval '[ $(($(stat sn1 rx_packets) - before)) = 3 ]'
burst 7
is 'seven frames wait' $(($(stat sn1 rx_packets) - before)) 3
restart 0
is 'restart: seven frames are given up' "$(xstat sn1 q0_rx_reset) $(($(stat sn1 rx_dropped) - dropped))" '7 7'
burst 5
check 'restart: five that come after it arrive' wait_for 20 eval '[ $(($(stat sn1 rx_packets) - before)) = 8 ]'
is 'and no more are lost' "$(xstat sn1 q0_rx_reset) $(stat sn1 rx_missed_errors)" '7 0'
unload_clean

# ---- under full load; and the others lose nothing

storm() { local q; for _ in $(seq $((full ? 300 : 12))); do for q; do restart "$q"; done; nap 0.003; done; }
flood_end() { pg_stop $flooder; }
for path in $(some 1 1 0 2); do
	start use_napi="$path" queues=2 pool_size=256
	ethtool -N sn1 flow-type udp4 dst-port 9 action 1 >/dev/null
	pg_device 0 sn0 0 'ratep 4000' 'burst 16' 'udp_dst_min 9' 'udp_dst_max 9'
	pg_device 1 sn1 0 'ratep 2000' 'burst 8' 'queue_map_min 0' 'queue_map_max 0'
	pg_start 300 & flooder=$!
	wait_for 20 eval '[ "$(stat sn1 rx_packets)" -gt 200 ]'
	lost_before=$(lost sn1)
	is "path $path: queue 0 restarts again and again" "$(storm 0)" ''
	is "path $path: queue 1, where all frames go, has lost none" "$(lost sn1)" "$lost_before"
	is "path $path: queue 1 restarts under load" "$(storm 1)" ''
	flood_end
	balanced "path $path" sn0 sn1
	that "path $path: some were lost with a ring, or for want of one" "$(lost sn1) > $lost_before"
	that "path $path: but few" "$(lost sn1) < $(stat sn0 tx_packets) / 2"
	# The transmit half of queue 0 has not been touched.
	balanced "path $path: what sn1 sent from queue 0 meanwhile" sn1 sn0
	is "path $path: and none of it was given up" "$(xstat sn1 'q*_tx_reset') $(xstat sn1 'q*_tx_no_carrier') $(xstat sn1 tx_timeouts)" '0 0 0'
	check "path $path: packets pass" wait_for 10 reply 192.168.0.2
	[ -z "${TEST_DEBUG:-}" ] || diag "path $path: $(stat sn0 tx_packets) sent, $(lost sn1) lost, $(xstat sn1 'q*_rx_reset') with a ring"
	unload_clean "path $path: the module unloads"
done

# ---- everything changes at the same time

for path in ${full:+1 0 2}; do
	start use_napi="$path" queues=2 pool_size=256
	pg_device 0 sn0 0 'ratep 3000' 'burst 16' 'clone_skb 0' 'udp_src_min 1000' 'udp_src_max 1064'
	pg_start 300 & flooder=$!
	wait_for 20 eval '[ "$(stat sn1 rx_packets)" -gt 200 ]'
	rm -f /tmp/stop
	while [ ! -e /tmp/stop ]; do restart 0; restart 1; { echo 0 >$reset0; } 2>/dev/null; nap 0.002; done >/tmp/told & restarter=$!
	for _ in 1 ${full:+2 3 4}; do
		for change in 'ethtool -L sn1 combined 1' 'ethtool -G sn1 rx 64' 'ethtool -C sn1 rx-usecs 50' 'ethtool -L sn1 combined 2' \
			'ethtool -X sn1 weight 1 3' 'ethtool -G sn1 rx 512' 'ethtool -X sn1 default' 'ethtool -C sn1 rx-usecs 0' \
			'ip link set sn1 down' 'ip link set sn1 up' 'ethtool -K sn1 ntuple off' 'ethtool -K sn1 ntuple on' 'ethtool -A sn1 tx on'; do
			# shellcheck disable=SC2086 # words
			$change || result 1 "path $path, under load: $change"
		done
		for other in $(((path + 1) % 3)) "$path"; do
			ip link set sn1 down
			echo "$other" >/sys/module/snull/parameters/use_napi
			ip link set sn1 up
			nap 0.05
		done
	done
	flood_end
	balanced "path $path, all at once" sn0 sn1
	echo snull.1 >/sys/bus/platform/drivers/snull/unbind
	echo snull.1 >/sys/bus/platform/drivers/snull/bind
	up sn1
	touch /tmp/stop
	wait $restarter
	# While it is unbound the file is not there, and who is just about to write has nothing to write to.
	is "path $path: what was refused, and why" \
		"$(sort -u /tmp/told | grep -vxE 'Network is down|Invalid argument|No such file or directory|Input/output error|Permission denied')" ''
	is "path $path: restart at last" "$(restart 0)$(restart 1)" ''
	netlink "path $path: at last" 2
	check "path $path: packets pass at last" wait_for 10 reply 192.168.0.2
	unload_clean "path $path: the module unloads"
done

# ---- with an XDP program

start use_napi=1 queues=2 pool_size=256
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
for program in $(some 1 tx pass); do
	rm -f /sys/fs/bpf/p
	xdpprog $program /sys/fs/bpf/p
	check "XDP $program: it is attached" ip link set sn1 xdpdrv pinned /sys/fs/bpf/p
	before=$(stat sn1 rx_packets) back=$(xstat sn1 'q*_rx_xdp_tx') sent=$(stat sn1 tx_packets)
	pg_device 0 sn0 0 'ratep 3000' 'burst 16' 'clone_skb 0' 'udp_src_min 1000' 'udp_src_max 1064'
	pg_start 300 & flooder=$!
	wait_for 20 eval '[ $(($(stat sn1 rx_packets) - before)) -gt 200 ]'
	is "XDP $program: restarts" "$(storm 0 1)" ''
	flood_end
	balanced "XDP $program" sn0 sn1
	netlink "XDP $program" 2
	[ $program = pass ] || {
		that 'XDP tx: frames went back' "$(xstat sn1 'q*_rx_xdp_tx') - $back > 200"
		is 'XDP tx: all of them' $(($(stat sn1 tx_packets) - sent)) $(($(xstat sn1 'q*_rx_xdp_tx') - back))
	}
	if [ "$program" = tx ]; then
		# What is sent back lies in pages that the pool has mapped: the pool goes when they have gone.
		speed sn0 10
		for dev in sn0 sn1; do ip link set $dev mtu 3000; done # 2.4 ms each
		wait_for 10 carrier sn0
		# After the first one, a poll looks 0.6 s later.
		echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
		echo 600000000 >/sys/class/net/sn1/gro_flush_timeout
		ethtool -X sn1 weight 1 0
		back=$(xstat sn1 q0_rx_xdp_tx) wire=$(xstat sn1 q0_tx_wire_frames)
		pg_device 0 sn0 200 'burst 1' 'pkt_size 3014'
		pg_start
		pg_clear
		check 'XDP tx: 200 are to go back, on a slow wire' wait_for 10 eval '[ $(($(xstat sn1 q0_rx_xdp_tx) - back)) = 200 ]'
		that 'and are not through' "$(xstat sn1 q0_tx_wire_frames) - $wire < 190"
		is 'then the ring gets other memory' "$(restart 0)" ''
		is 'when they have gone' $(($(xstat sn1 q0_tx_wire_frames) - wire)) 200
		echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
		echo 0 >/sys/class/net/sn1/gro_flush_timeout
		ethtool -X sn1 default
		for dev in sn0 sn1; do ip link set $dev mtu 1500; done
		unlimited sn0
	fi
	ip link set sn1 xdpdrv off
done
unload_clean
end_tests
