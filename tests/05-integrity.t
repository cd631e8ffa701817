#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 05-integrity: nothing is reordered, duplicated or corrupted, on any path and with any offload; every byte is compared.
vm_limit=600 full_limit=3600
. "$(dirname "$0")/lib.sh"

# The full run: a million packets and a half in all, on each path and each line. TEST_PACKETS=N: so many in each of three flows.
many=1500 fast=1500 cut=2000 some=300 mega=1
[ -z "$full" ] || many=60000 fast=60000 cut=60000 some=3000 mega=8
[ -z "${TEST_PACKETS:-}" ] || many=$TEST_PACKETS fast=$TEST_PACKETS cut=$TEST_PACKETS
quiet_links

# snmp KEY: one of the stack's own counters, of which some name what only a bad interface can cause.
snmp() { awk -v k="$1" '$1 in keys { n = split(keys[$1], name); for (i = 2; i <= n; i++) if (name[i] == k) s += $i; next }
	{ keys[$1] = $0 } END { print s + 0 }' /proc/net/snmp /proc/net/netstat; }
complaints() # what is found wrong with packets on their way up; without losses, TCP has nothing to repair either
{
	local key
	for key in InCsumErrors InHdrErrors ReasmFails; do
		echo "$key=$(snmp $key)"
	done
	awk '/InCsumErrors|Ip6InHdrErrors|Ip6ReasmFails/ { print $1 "=" $2 }' /proc/net/snmp6
	[ "$1" != 0 ] || echo "TCPOFOQueue=$(snmp TCPOFOQueue)"
}
losses() { cat /sys/class/net/sn[01]/statistics/rx_{missed_errors,dropped} | awk '{ s += $1 } END { print s }'; }
udp_drops() # at sn1, and at sockets
{
	{ cat /sys/class/net/sn1/statistics/rx_{missed_errors,dropped}; awk '/^Udp: [0-9]/ { print $4 }' /proc/net/snmp; } |
		awk '{ s += $1 } END { print s }'
}
begin() { start "$@"; complaints_before=$(complaints 0); }
finish() # NAME
{
	local lost
	lost=$(losses)
	[ "$lost" = 0 ] || complaints_before=${complaints_before%TCPOFO*}
	is "$1: the stack has no complaint" "$(complaints "$lost")" "${complaints_before%$'\n'}"
	unload_clean
}

# flow NAME LOST ARGUMENTS…: nothing wrong; and with LOST=none nothing lost.
flow()
{
	local name=$1 lost=$2 out
	shift 2
	out=$(timeout $((full ? 3000 : 100)) flow "$@" 2>&1)
	[[ $out =~ ^sent=([1-9][0-9]*)\ received=([1-9][0-9]*)\ lost=([0-9]+)\ reordered=0\ duplicated=0\ corrupted=0\  ]] &&
		{ [ "$lost" != none ] || [ "${BASH_REMATCH[3]}" = 0 ]; }
	result $? "$name" || diag "$out"
	lost_in_flow=${BASH_REMATCH[3]:-?}
	[ -z "${TEST_DEBUG:-}" ] || diag "$out"
}
there='192.168.0.1 192.168.0.2 192.168.1.2'
back='192.168.1.2 192.168.1.1 192.168.0.1'
addresses6()
{
	sysctl -qw net.ipv6.conf.sn0.disable_ipv6=0 net.ipv6.conf.sn1.disable_ipv6=0
	ip -6 addr add 2001:db8:0:0::1/64 dev sn0 nodad
	ip -6 addr add 2001:db8:0:1::2/64 dev sn1 nodad
}
there6='2001:db8:0:0::1 2001:db8:0:0::2 2001:db8:0:1::2'

# shellcheck disable=SC2086 # lists of words
for line in $each_line; do
	for path in $paths; do
		name="line=$line, path $path"
		begin line="$line" use_napi="$path"
		addresses6
		flow "$name: UDP, $many datagrams of all sizes" none udp -n $many $there
		# Overload: what is missing at the receiver is what the interface, or the socket, says it dropped.
		dropped=$(udp_drops)
		flow "$name: UDP, as fast as it goes" any udp -n $fast -w 0 -s 16-200 $there
		is "$name: what did not arrive was counted as dropped" $(($(udp_drops) - dropped)) "$lost_in_flow"
		flow "$name: UDP over IPv6" none udp -n $some $there6
		flow "$name: UDP, $cut datagrams, cut by the NIC" none udp -n $cut -s 1200-1200 -g 40 -w 128 $there
		flow "$name: TCP" any tcp -b $mega $there
		flow "$name: TCP back, by sendfile, over IPv6" any tcp -b $mega -z 2001:db8:0:1::2 2001:db8:0:1::1 2001:db8:0:0::1
		that "$name: UDP and TCP were cut by the NIC" "$(xstat sn0 q0_tx_tso_bursts) > 50"
		finish "$name"
	done
done

older_than() { local v; IFS=.- read -ra v <<<"$(uname -r)"; [ $((v[0] * 1000 + v[1])) -lt $(($1 * 1000 + $2)) ]; }

# The same with each offload switched.
vary() # NAME ETHTOOL-K-ARGUMENTS
{
	check "$1" ethtool -K sn0 "${@:2}"
	check "$1 at the other end" ethtool -K sn1 "${@:2}"
	# shellcheck disable=SC2086 # lists of words
	{
		flow "$1: UDP" none udp -n $some $there
		# Before 6.11, UDP_SEGMENT without checksum offload is EIO (udp_send_skb).
		if [[ "${*:2}" = 'tx off' ]] && older_than 6 11; then
			skip "$1: UDP in segments" 'this kernel refuses it'
		else
			flow "$1: UDP in segments" none udp -n $some -s 1000-1000 -g 30 $there
		fi
		flow "$1: TCP" any tcp -b $mega $there
		[ -z "$full" ] || flow "$1: TCP back" any tcp -b $mega -z $back # both ends have it switched
	}
}
# shellcheck disable=SC2086 # lists of words
for path in $(some 1 1 0 2); do
	begin use_napi="$path"
	vary "path $path: rx-gro-hw on" rx-gro-hw on
	[ "$path" = 0 ] || that "path $path: the NIC has coalesced" "$(xstat sn1 q0_rx_gro_hw_packets) > 10"
	if [ "$path" = 1 ] || [ -n "$full" ]; then
		vary "path $path: receive checksums off" rx off
		{ ethtool -K sn0 rx on; ethtool -K sn1 rx on; } >/dev/null 2>&1
		vary "path $path: transmit checksums off" tx off
		{ ethtool -K sn0 tx on; ethtool -K sn1 tx on; } >/dev/null 2>&1
		vary "path $path: scatter-gather off" sg off
		{ ethtool -K sn0 sg on tso on; ethtool -K sn1 sg on tso on; } >/dev/null 2>&1
		vary "path $path: GRO off" gro off
		ethtool -K sn0 gro on; ethtool -K sn1 gro on
	fi
	for mtu in 9000 576; do
		[ "$path" = 1 ] || [ -n "$full" ] || continue
		ip link set sn0 mtu $mtu; ip link set sn1 mtu $mtu
		flow "path $path: MTU $mtu, UDP" none udp -n $some -s "16-$((mtu - 28))" $there
		flow "path $path: MTU $mtu, UDP in fragments" none udp -n $((some / 10)) -s 9500-12000 -w 2 $there
		[ -z "$full" ] || flow "path $path: MTU $mtu, TCP" any tcp -b $mega $there
		flow "path $path: MTU $mtu, TCP back by sendfile" any tcp -b $mega -z $back
	done
	finish "path $path"
done

# Several queues, several flows, both ways, a small ring.
# shellcheck disable=SC2086 # lists of words
for path in $(some 1 1 0 2); do
	begin use_napi="$path" queues=2 pool_size=64
	flow "path $path: two queues, four UDP flows" none udp -n $some -f 4 -w 8 $there
	flow "path $path: two queues, four TCP flows" any tcp -b $(((mega + 1) / 2)) -f 4 $there
	finish "path $path"
done

# Forwarded: a checksum that the sender left to the hardware is right when the frame leaves by another device.
start use_napi=1 rewrite_ip=0
ip netns add left
ip netns add right
ip link add v0 type veth peer name v1 netns right
ip link set sn0 netns left
ip addr flush dev sn1
sysctl -qw net.ipv4.ip_forward=1
ip -n left addr add 10.1.0.1/24 dev sn0; ip -n left link set sn0 up; ip -n left route add default via 10.1.0.2
ip addr add 10.1.0.2/24 dev sn1
ip addr add 10.2.0.1/24 dev v0; ip link set v0 up
ip -n right addr add 10.2.0.2/24 dev v1; ip -n right link set v1 up; ip -n right route add default via 10.2.0.1
wait_for 10 carrier sn1
check 'forwarding works' wait_for 10 ip netns exec left ping -n -c 1 -W 1 10.2.0.2
forwarded() # NAME: TCP and UDP through us, and what the last receiver sees of checksums
{
	sniff_start ip netns exec right sniff v1
	ip netns exec left flow tcp -N right -b 2 10.1.0.1 10.2.0.2 10.2.0.2 >/tmp/flow
	like "$1: TCP arrives whole" "$(cat /tmp/flow)" "$tcp_whole"
	ip netns exec left flow udp -N right -n 500 10.1.0.1 10.2.0.2 10.2.0.2 >/tmp/flow
	like "$1: UDP arrives whole" "$(cat /tmp/flow)" 'lost=0 reordered=0 duplicated=0 corrupted=0'
	sniff_stop
	like "$1: no wrong checksum" "$(cat /tmp/sniffed)" 'frames=[1-9][0-9]{2,} .* bad=0 '
}
forwarded 'routed to a veth'
ethtool -K v0 tx off >/dev/null
forwarded 'routed to a device without checksum offload'
like 'where all checksums are complete' "$(cat /tmp/sniffed)" 'partial=0 good=[1-9][0-9]{2,}'
ethtool -K v0 tx on >/dev/null
ethtool -K sn1 rx-gro-hw on
ethtool -K v0 tso off gso off >/dev/null
packets=$(xstat sn1 q0_rx_gro_hw_packets)
forwarded 'coalesced by the NIC, and cut again'
that 'it was the NIC that coalesced' "$(xstat sn1 q0_rx_gro_hw_packets) > $packets + 10"
# By a bridge, at the link layer.
ip addr flush dev sn1; ip addr flush dev v0
ip link add br0 type bridge
ip link set sn1 master br0; ip link set v0 master br0; ip link set br0 up
ip -n right addr add 10.1.0.9/24 dev v1
check 'a bridge forwards' wait_for 20 ip netns exec left ping -n -c 1 -W 1 10.1.0.9
ethtool -K v0 tx off >/dev/null
ip netns exec left flow tcp -N right -b 2 10.1.0.1 10.1.0.9 10.1.0.9 >/tmp/flow
like 'bridged to a device without checksum offload: TCP arrives whole' "$(cat /tmp/flow)" "$tcp_whole"
ip link del br0
ip netns del left; ip netns del right
wait_for 10 test -e /sys/class/net/sn0
unload_clean
end_tests
