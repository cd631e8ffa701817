#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 01-load: the module comes and goes on each path; the two interfaces reach each other; sysfs binds, unbinds, switches.
. "$(dirname "$0")/lib.sh"

use_napi=/sys/module/snull/parameters/use_napi
driver=/sys/bus/platform/drivers/snull

# Which path an interface runs on shows in its counters: only NAPI and legacy poll, only legacy uses the emulation.
carried() { awk '{ s += $3 } END { print s }' /sys/module/snull/parameters/softnet_stat; }
path_in_use()
{
	local polls carried
	polls=$(xstat sn1 q0_polls) carried=$(carried)
	reply 192.168.0.2 >/dev/null
	if [ "$(xstat sn1 q0_polls)" = "$polls" ]; then
		echo netif_rx
	elif [ "$(carried)" -gt "$carried" ]; then
		echo legacy
	else
		echo napi
	fi
}

# ---- the machine: icount charges "rep movsb" and "rep stosb" an instruction a byte, at 2 ns. An emulated CPU that tells
# Linux that they are fast makes all of networking look slow; see labs/vm/machine.sh.

mebibytes() { dd if="$1" of="$2" bs=64K count=256 2>&1 | awk '/copied/ { print $(NF - 3) }'; } # 16 of them: seconds
if [ "$SNULL_ICOUNT" = 1 ] && [ "$SNULL_SUITE" != debug ]; then
	mebibytes /dev/zero /dev/shm/data >/dev/null
	that 'the kernel clears memory by more than a byte an instruction' "$(mebibytes /dev/zero /dev/null) < 0.85 * 2e-9 * 16 * 1048576"
	that 'and so it copies it' "$(mebibytes /dev/shm/data /dev/null) < 0.85 * 2e-9 * 16 * 1048576"
	rm /dev/shm/data
fi

for word in '' $(some 2 1 legacy 0 2 netif_rx napi); do
	case $word in ''|0|netif_rx) path=netif_rx ;; 1|napi) path=napi ;; 2|legacy) path=legacy ;; esac
	check "use_napi=$word loads" start ${word:+"use_napi=$word"}
	is "use_napi=$word reads back as $path" "$(cat $use_napi)" $path
	check 'ping 192.168.0.2' reply 192.168.0.2
	check 'ping 192.168.1.1, the other way' reply 192.168.1.1
	is 'the path that runs' "$(path_in_use)" $path
	[ -n "$word" ] || is 'two interfaces' "$(cd /sys/class/net && echo sn*)" 'sn0 sn1'
	unload_clean "unloads with the interfaces up, and leaves nothing"
done

# Whoever asks for probing in the background gets the interfaces all the same, and at once.
check 'async_probe: it loads' load async_probe
is 'async_probe: two interfaces' "$(cd /sys/class/net && echo sn*)" 'sn0 sn1'
unload_clean 'async_probe: it unloads, and leaves nothing'

# One load for the rest.
start use_napi=0
is 'the addresses are LDD3’s' "$(mac sn0 | tail -c 4) $(mac sn0 | cut -c1-14) $(mac sn1)" \
	':30 00:53:4e:55:4c 00:53:4e:55:4c:31'
ip -6 addr add 2001:db8:0:0::1/64 dev sn0 nodad
ip -6 addr add 2001:db8:0:1::2/64 dev sn1 nodad
check 'IPv6: ping across the subnets' wait_for 20 reply -6 2001:db8:0:0::2
check 'IPv6: and the other way' reply -6 2001:db8:0:1::1
check 'a large ping, in fragments' reply -s 8000 192.168.0.2
before=$(stat sn1 rx_packets)
ping -q -n -c 20 -i 0.01 192.168.0.2 >/dev/null
that 'what is pinged does cross the wire' "$(stat sn1 rx_packets) >= $before + 20"

# sysfs: in force from the next up.
for switch in 1:napi legacy:legacy $(some 0 0:netif_rx napi:napi); do
	old=$(cat $use_napi)
	check "use_napi can be written: ${switch%:*}" eval "echo ${switch%:*} >$use_napi"
	is 'and reads back' "$(cat $use_napi)" "${switch#*:}"
	is 'the interface keeps its path while it is up' "$(path_in_use)" "$old"
	ip link set sn0 down
	ip link set sn1 down
	up
	is 'and has the new one at the next up' "$(path_in_use)" "${switch#*:}"
done
log_mark
fails 'an unknown path is refused while loaded' eval "echo epoll >$use_napi"
is 'and changes nothing' "$(cat $use_napi)" "${switch#*:}"
like 'and the log says so' "$(log_since)" 'snull: use_napi=epoll: must be'

# One end down.
ip link set sn1 down
check 'one end down: carrier off at the other' wait_for 20 eval '! carrier sn0'
ip link set sn1 up
check 'up again: carrier on' wait_for 20 carrier sn0

# The platform driver.
is 'two platform devices' "$(cd $driver && echo snull.*)" 'snull.0 snull.1'
is 'sn0 is a platform device’s' "$(basename "$(readlink -f /sys/class/net/sn0/device)")" snull.0
check 'unbind' eval "echo snull.1 >$driver/unbind"
check 'the interface is gone' test ! -e /sys/class/net/sn1
check 'its partner has lost its carrier' wait_for 20 eval '! carrier sn0'
is 'and one vector' "$(grep -c TxRx /proc/interrupts)" 1
fails 'unbinding twice fails' eval "echo snull.1 >$driver/unbind"
check 'bind' eval "echo snull.1 >$driver/bind"
check 'the interface is back' test -e /sys/class/net/sn1
up
check 'and works' reply 192.168.0.2
check 'unbind both' eval "echo snull.0 >$driver/unbind; echo snull.1 >$driver/unbind"
foreign=/sys/bus/platform/devices/alarmtimer.0.auto
if [ -e $foreign/driver_override ]; then
	[ ! -e $foreign/driver ] || echo "${foreign##*/}" >$foreign/driver/unbind
	echo snull >$foreign/driver_override
	fails 'a device that is not ours gets no cable' eval "echo ${foreign##*/} >$driver/bind"
	echo >$foreign/driver_override
else
	skip 'a device that is not ours gets no cable' 'this kernel has none with a number'
fi
check 'bind them in the other order' eval "echo snull.1 >$driver/bind; echo snull.0 >$driver/bind"
dev0=$(ls $driver/snull.0/net) dev1=$(ls $driver/snull.1/net)
ip addr add 192.168.0.1/24 dev "$dev0"; ip addr add 192.168.1.2/24 dev "$dev1"
ip link set "$dev0" up; ip link set "$dev1" up
check 'that works as well' wait_for 10 reply 192.168.0.2

# A new name, and the name of its vector at the next up.
ip link set "$dev1" down
check 'rename' ip link set "$dev1" name wire1
ip addr replace 192.168.1.2/24 dev wire1
ip link set wire1 up
check 'it works under its new name' wait_for 10 reply 192.168.0.2
is 'and so is its vector called' "$(grep -c wire1-TxRx-0 /proc/interrupts)" 1

# Another namespace.
ip netns add away
check 'move to a namespace' ip link set wire1 netns away
check 'carrier off at the other end' wait_for 20 eval "! carrier $dev0"
ip -n away addr add 192.168.1.2/24 dev wire1
ip -n away link set wire1 up
ip -n away route add 192.168.1.1/32 dev wire1 2>/dev/null
check 'it works from there' wait_for 10 reply 192.168.0.2
unload_clean 'unloads while an interface is in another namespace'

# Without the wire trick it is a plain cable, with ARP and neighbour discovery.
check 'rewrite_ip=0 loads' load rewrite_ip=0 use_napi=1
ip link set sn1 netns away
ip addr add 10.1.0.1/24 dev sn0; ip -n away addr add 10.1.0.2/24 dev sn1
ip -6 addr add fd00::1/64 dev sn0 nodad; ip -n away -6 addr add fd00::2/64 dev sn1 nodad
ip link set sn0 up; ip -n away link set sn1 up
check 'rewrite_ip=0: ping into a namespace' wait_for 10 reply 10.1.0.2
like 'after ARP' "$(ip neigh show 10.1.0.2)" 'lladdr 00:53:4e:55:4c:31'
check 'rewrite_ip=0: IPv6' wait_for 10 reply -6 fd00::2
like 'after neighbour discovery' "$(ip -6 neigh show fd00::2)" 'lladdr 00:53:4e:55:4c:31'
ip netns del away
check 'a namespace that ends gives the interface back or away' wait_for 10 test -e /sys/class/net/sn1
unload_clean

# Many.
check 'pairs=8 queues=4' load pairs=8 queues=4
is '16 interfaces' "$(find /sys/class/net -name 'sn[0-9]*' | wc -l)" 16
up sn14 sn15
is 'four vectors each' "$(grep -c -e sn14-TxRx -e sn15-TxRx /proc/interrupts)" 8
check 'the last pair works' reply 192.168.14.2
unload_clean
end_tests
