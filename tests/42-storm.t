#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 42-storm: whatever can be done to the interfaces, at random, under UDP, TCP and ping: the kernel reports nothing, all that was
# sent is accounted for, and afterwards all works. Then the same, and loopback, and the devices are taken away as well,
# to another namespace or from the driver, and with them their counters. TEST_SEED=N chooses what happens, TEST_OPS=N how much;
# with TEST_PATH=N it is that path all the time, else it changes.
# shellcheck disable=SC2034 # lib.sh reads it
vm_limit=900
. "$(dirname "$0")/lib.sh"

seed=${TEST_SEED:-1}
ops=${TEST_OPS:-$([ -n "$full" ] && echo 400 || echo 40)}
RANDOM=$seed
quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
chosen=/sys/module/snull/parameters/use_napi
modprobe pktgen 2>/dev/null
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf 2>/dev/null
xdpprog -f pass /sys/fs/bpf/pass 2>/dev/null

# pick WORD…: one of them. $(…) seeds RANDOM anew, with what nobody knows: so "one" throws dice into a file for all that it picks.
pick()
{
	local dice
	read -r dice </tmp/dice
	dice=$(((dice * 1103515245 + 12345) & 0x7fffffff))
	echo $dice >/tmp/dice
	shift $(((dice >> 16) % $#))
	echo "$1"
	echo "$1" >>/tmp/picked
}
onoff() { pick on off; }
renew() { ip link set "$1" down; ip link set "$1" up; }

# back DEV: addressed and up again, without waiting for anything.
back()
{
	ip addr replace "192.168.${1#sn}.$((${1#sn} % 2 + 1))/24" dev "$1"
	ip link set "$1" up
}

# one KINDS: do one thing of the first KINDS to one of the two. Many are refused, as they should be: what is asked is that nothing breaks.
one()
{
	local dev cpu kind=$((RANDOM % $1))
	echo $RANDOM >/tmp/dice
	echo "- $kind" >>/tmp/picked
	dev=$(pick sn0 sn1)
	case $kind in
	0) ethtool -G "$dev" rx "$(pick 4 8 64 256 1024)" tx "$(pick 2 4 64 256 1024)" ;;
	1) ethtool -L "$dev" combined "$(pick 1 2)" ;;
	2) ethtool -C "$dev" adaptive-rx off rx-usecs "$(pick 0 0 20 200)" tx-usecs "$(pick 0 50)" ;;
	3) ethtool -C "$dev" adaptive-rx on ;;
	4) ethtool -K "$dev" "$(pick gro rx-gro-hw tso sg rx tx rxhash)" "$(onoff)" ;;
	5) ethtool --set-priv-flags "$dev" rx-csum-partial "$(onoff)" ;;
	6) ethtool -A "$dev" rx "$(onoff)" tx "$(onoff)" ;;
	7) ip link set "$dev" mtu "$(pick 1500 1500 576 4000 9000)" ;;
	8) renew "$dev" ;;
	9) [ -n "${TEST_PATH:-}" ] || pick netif_rx napi napi legacy >$chosen; renew "$dev" ;;
	10) ip link set "$dev" xdpdrv pinned /sys/fs/bpf/pass ;;
	11) ip link set "$dev" xdpdrv off ;;
	12) tc qdisc replace dev "$dev" root "$(pick pfifo fq fq_codel)" ;;
	13) ip link set "$dev" promisc "$(onoff)" ;;
	14) pick 1 2 3 >"/proc/irq/$(vector "$dev")/smp_affinity" ;;
	15) pick 0 1 >"/sys/class/net/$dev/threaded" ;;
	16) cpu=/sys/devices/system/cpu/cpu1/online; pick 0 1 1 >$cpu ;;
	17) ethtool -s "$dev" speed "$(pick 100 1000 2500 25000)" duplex full autoneg on ;;
	18) ethtool -s "$dev" autoneg on advertise 0x80008000102a ;; # all modes: unlimited
	19) pick 0 10 200 >"/sys/kernel/debug/snull/snull.${dev#sn}/$(pick loss corrupt)" ;;
	20) pick 1 20 >"/sys/kernel/debug/snull/snull.${dev#sn}/flap" ;;
	21) ethtool -N "$dev" flow-type "$(pick udp4 tcp4 ip4)" action "$(pick -1 0 1)" loc "$(pick 0 1 511)" ;;
	22) ethtool -N "$dev" delete "$(pick 0 0 1 511)" ;;
	23) ethtool -X "$dev" context "$(pick new new 1 2)" "$(pick default delete)" ;;
	24) ethtool -N "$dev" flow-type udp4 context "$(pick 1 2)" loc "$(pick 0 1)" ;;
	25) stamps set "$dev" "$(pick 0 1)" "$(pick 0 1 12)" ;;
	26) stamps clock "$dev" "$(pick step slew)" "$(pick -100000 100000)" ;;
	27) pick 0 1 >"/sys/kernel/debug/snull/snull.${dev#sn}/queue_reset" ;;
	28) ethtool -G "$dev" rx-buf-len "$(pick 4096 8192 32768)" ;;
	29)
		echo "snull.${dev#sn}" >/sys/bus/platform/drivers/snull/unbind
		echo "snull.${dev#sn}" >/sys/bus/platform/drivers/snull/bind
		back "$dev" ;;
	30)
		ip link set "$dev" netns away
		ip -n away link set "$dev" up
		ip -n away link set "$dev" netns 1
		back "$dev" ;;
	31) ethtool -K "$dev" loopback "$(onoff)" ;; # only here: with it, what one sends is not the other's to receive
	esac
}

# account FROM TO: what was sent and is not accounted for.
account()
{
	settle "$1" tx_packets
	settle "$2" rx_packets
	echo $(($(stat "$1" tx_packets) - $(stat "$2" rx_packets) - $(lost "$2" 'crc_errors|lost_on_cable|rule_drops')))
}

start use_napi="${TEST_PATH:-1}" queues=2
# blow OPS KINDS: so many things, under UDP, TCP and ping; sets done, how many the kernel had nothing to report of.
blow()
{
	local flooder talker pinger dev
	touch /tmp/blowing
	# A path that takes no XDP program, or no long buffers, may have kept it down.
	echo "${TEST_PATH:-napi}" >$chosen
	for dev in sn0 sn1; do back $dev; done
	pg_device 0 sn0 0 'ratep 2000' 'burst 4'
	pg_start 3000 & flooder=$!
	while [ -e /tmp/blowing ]; do
		# shellcheck disable=SC2086 # words
		timeout 5 flow tcp -b 1 $there
		# shellcheck disable=SC2086
		timeout 5 flow udp -n 200 $there
	done >/dev/null 2>&1 & talker=$!
	while [ -e /tmp/blowing ]; do ping -q -c 5 -i 0.05 -W 1 192.168.1.1; done >/dev/null 2>&1 & pinger=$!
	for ((done = 0; done < $1; done++)); do
		log_mark
		one "$2" >/dev/null 2>&1
		[ -z "$(reported)" ] || break
	done
	rm /tmp/blowing
	echo 1 >/sys/devices/system/cpu/cpu1/online 2>/dev/null
	pg_stop $flooder $talker $pinger
	[ -z "${TEST_DEBUG:-}" ] || diag "$(cksum </tmp/picked)" "$(paste -sd' ' /tmp/picked)"
}

blow "$ops" 29
is "seed $seed${TEST_PATH:+, path $TEST_PATH}${TEST_LINE:+, line=$TEST_LINE}: $ops things are done, and the kernel reports nothing" "$done" "$ops"
is 'all that sn0 sent is accounted for' "$(account sn0 sn1)" 0
is 'and all that sn1 sent' "$(account sn1 sn0)" 0

ip netns add away
blow $((ops / 4)) 32
is "$((ops / 4)) more, with devices that go away and come back: the kernel reports nothing" "$done" $((ops / 4))
ip netns del away

# As they were made.
for dev in sn0 sn1; do
	ip link set $dev xdpdrv off 2>/dev/null
	echo "snull.${dev#sn}" >/sys/bus/platform/drivers/snull/unbind
	echo "snull.${dev#sn}" >/sys/bus/platform/drivers/snull/bind
done
echo "${TEST_PATH:-napi}" >$chosen
up
# shellcheck disable=SC2086
like 'afterwards, UDP is whole' "$(timeout 100 flow udp -n 1000 $there)" 'lost=0 reordered=0 duplicated=0 corrupted=0'
# shellcheck disable=SC2086
like 'and TCP' "$(timeout 100 flow tcp -b 4 $there)" "$tcp_whole"
rm -f /sys/fs/bpf/pass
unload_clean
end_tests
