#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 06-offload: what the NIC does for the stack, seen on the wire: segments, checksums, coalescing, bursts.
. "$(dirname "$0")/lib.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
there6='2001:db8:0:0::1 2001:db8:0:0::2 2001:db8:0:1::2'
mega=2 many=900
[ -z "$full" ] || mega=4 many=3000

# wire ARGUMENTS: run a flow, and set frames, longest, gso, partial, good, bad to what sn1 received.
wire()
{
	local out
	sniff_start sniff sn1
	out=$(timeout 100 flow "$@")
	sniff_stop
	# shellcheck disable=SC2034 # eval sets them, and not every caller reads them all
	frames='' longest='' gso='' partial='' good='' bad='' nosum=''
	# shellcheck disable=SC2046 # assignments
	eval $(tr ' ' '\n' </tmp/sniffed | grep -E '^[a-z]+=[0-9]+$')
	[[ $out = *corrupted=0* ]] || result 1 "flow $*: $out"
	[ -z "${TEST_DEBUG:-}" ] || diag "$(cat /tmp/sniffed)"
}

# ---- segmentation: without GRO, packets are what was on the wire

start use_napi=1
sysctl -qw net.ipv6.conf.sn0.disable_ipv6=0 net.ipv6.conf.sn1.disable_ipv6=0
ip -6 addr add 2001:db8:0:0::1/64 dev sn0 nodad
ip -6 addr add 2001:db8:0:1::2/64 dev sn1 nodad
ethtool -K sn1 gro off
for mtu in $(some 1 1500 1280 9000); do
	ip link set sn0 mtu $mtu; ip link set sn1 mtu $mtu
	bursts=$(xstat sn0 q0_tx_tso_bursts)
	# shellcheck disable=SC2086 # lists of words
	for protocol in "TCP:tcp -b $mega $there" "TCP over IPv6:tcp -b $mega $there6" \
		"UDP:udp -n $((many * 2 / 3)) -s 1000-1000 -g 30 -w 90 $there" "UDP over IPv6:udp -n $((many * 2 / 3)) -s 900-900 -g 30 -w 90 $there6"; do
		wire ${protocol#*:}
		name="MTU $mtu, ${protocol%%:*}"
		that "$name: no frame is longer than the MTU" "${longest:-0} > 500 && ${longest:-0} <= $mtu + 14"
		[[ $name = *UDP* ]] || is "$name: full segments are as long as the MTU" "$longest" $((mtu + 14))
		is "$name: nothing came coalesced" "$gso" 0
		is "$name: no wrong checksum" "$bad" 0
		that "$name: every checksum is complete" "${partial:-1} == 0 && ${good:-0} > ${frames:-0} / 4"
		new=$(xstat sn0 q0_tx_tso_bursts)
		that "$name: large packets went into the NIC" "$new > $bursts"
		bursts=$new
	done
done
ip link set sn0 mtu 1500; ip link set sn1 mtu 1500

# Segments are counted one by one, where they leave and where they arrive.
tx=$(stat sn0 tx_packets) rx=$(stat sn1 rx_packets) bytes_tx=$(stat sn0 tx_bytes) bytes_rx=$(stat sn1 rx_bytes)
# shellcheck disable=SC2086
wire udp -n $many -s 1000-1000 -g 30 -w 90 $there
is 'tx_packets counts segments' $(($(stat sn0 tx_packets) - tx)) $many
is 'rx_packets as well' $(($(stat sn1 rx_packets) - rx)) $many
is 'tx_bytes counts every header' $(($(stat sn0 tx_bytes) - bytes_tx)) $((many * 1042))
is 'rx_bytes as well' $(($(stat sn1 rx_bytes) - bytes_rx)) $((many * 1042))

# ---- checksums, honest in both directions

feature() { ethtool -k "$1" | awk -v f="$2:" '$1 == f { print $2 }'; }
for f in tx-checksum-ip-generic rx-checksumming scatter-gather tcp-segmentation-offload tx-tcp6-segmentation \
	tx-udp-segmentation tx-nocache-copy rx-gro-hw; do
	case $f in rx-gro-hw|tx-nocache-copy) want=off ;; *) want=on ;; esac
	is "$f is $want by default" "$(feature sn0 $f)" $want
done
# Handed on unfinished, as veth and virtio-net do: only if asked for.
check 'rx-csum-partial on' ethtool --set-priv-flags sn1 rx-csum-partial on
like 'ethtool shows it' "$(ethtool --show-priv-flags sn1)" 'rx-csum-partial *: on'
for protocol in "TCP:tcp -b 2 $there" "UDP over IPv6:udp -n 1000 -s 16-1400 $there6"; do
	# shellcheck disable=SC2086 # lists of words
	wire ${protocol#*:}
	that "rx-csum-partial, ${protocol%%:*}: checksums are left to whom it concerns" "${partial:-0} > ${frames:-0} / 4"
	is "rx-csum-partial, ${protocol%%:*}: none is wrong" "$bad" 0
done
check 'rx-csum-partial off' ethtool --set-priv-flags sn1 rx-csum-partial off
check 'rx off' ethtool -K sn1 rx off
is 'rx is off' "$(feature sn1 rx-checksumming)" off
# shellcheck disable=SC2086 # lists of words
for protocol in "TCP:tcp -b 2 $there" ${full:+"TCP over IPv6:tcp -b 2 $there6" "UDP:udp -n 1000 -s 16-1472 $there"} \
	"UDP segments:udp -n 1000 -s 1000-1000 -g 20 $there" "UDP over IPv6:udp -n 1000 -s 16-1400 $there6"; do
	wire ${protocol#*:}
	name="rx off, ${protocol%%:*}"
	is "$name: every checksum is complete" "$partial" 0
	# GRO makes few packets of what TCP sends.
	[[ $name = *TCP* ]] && least=100 || least=900
	that "$name: and right" "${bad:-1} == 0 && ${good:-0} > $least"
done
check 'rx-gro-hw needs rx' eval 'ethtool -K sn1 rx-gro-hw on; ethtool -k sn1 | grep -q "rx-gro-hw: off"'
check 'rx on again' ethtool -K sn1 rx on
ethtool -K sn1 rx-gro-hw off
check 'tx off' ethtool -K sn0 tx off
is 'without transmit checksums no segmentation' "$(feature sn0 tcp-segmentation-offload)" off
# shellcheck disable=SC2086
wire tcp -b 2 $there
that 'tx off: the stack’s own checksums pass the wire' "${partial:-1} == 0 && ${bad:-1} == 0 && ${good:-0} > 100"
check 'tx and tso on again' ethtool -K sn0 tx on tso on
check 'sg off' ethtool -K sn0 sg off
is 'without scatter-gather no segmentation' "$(feature sn0 tcp-segmentation-offload)" off
# shellcheck disable=SC2086
wire tcp -b 2 $there
that 'sg off: it arrives' "${bad:-1} == 0 && ${frames:-0} > 100" # few packets, where GRO has been at work
check 'sg and tso on again' ethtool -K sn0 sg on tso on
is 'tso is back' "$(feature sn0 tcp-segmentation-offload)" on
# By what it says afterwards: which further features changed with it, ethtool tells in another way in each version.
for f in tso:tcp-segmentation-offload gso:generic-segmentation-offload gro:generic-receive-offload \
	tx-udp-segmentation rx-gro-hw; do
	was=$(feature sn0 "${f#*:}")
	for setting in off on ${full:+off} "$was"; do
		{ ethtool -K sn0 "${f%:*}" "$setting" >/dev/null; } 2>&1
		[ "$(feature sn0 "${f#*:}")" = "$setting" ] || echo "${f%:*} is not $setting"
	done
done >/tmp/toggles
is 'each feature can be switched off and on' "$(cat /tmp/toggles)" ''

# A ping whose checksum nobody offloads is also right when the wire has rewritten its addresses.
sniff_start sniff -c 5 -t 20 sn1
ping -q -n -c 3 -i 0.1 192.168.0.2 >/dev/null
ping -q -n -c 3 -i 0.1 2001:db8:0:0::2 >/dev/null
sniff_wait
like 'ICMP and ICMPv6 are right after the wire trick' "$(cat /tmp/sniffed)" 'partial=0 good=[1-9][0-9]* bad=0'

# ---- coalescing

ethtool -K sn1 gro on rx-gro-hw on
is 'rx-gro-hw is on' "$(feature sn1 rx-gro-hw)" on
packets=$(xstat sn1 q0_rx_gro_hw_packets) frames_before=$(stat sn1 rx_packets)
# shellcheck disable=SC2086
wire tcp -b $mega $there
that 'rx-gro-hw: the NIC hands over coalesced packets' "$(xstat sn1 q0_rx_gro_hw_packets) > $packets + 10"
that 'longer than the MTU' "${longest:-0} > 1514 && ${gso:-0} > 10"
that 'rx_packets still counts frames of the wire' "$(stat sn1 rx_packets) - $frames_before >= $mega * 1048576 / 1448"
# shellcheck disable=SC2086
wire tcp -b $mega $there6
that 'rx-gro-hw: IPv6, too' "${longest:-0} > 1514"
# shellcheck disable=SC2086
wire udp -n $((many * 2 / 3)) -s 1000-1000 -g 30 -w 90 $there
that 'rx-gro-hw leaves UDP alone' "${longest:-0} == 1042 && ${gso:-1} == 0"
# Segments whose checksums the sender has finished are checked, and coalesced like others.
ethtool -K sn0 tx off
for protocol in "TCP:tcp -b $mega $there" ${full:+"TCP over IPv6:tcp -b $mega $there6"}; do
	packets=$(xstat sn1 q0_rx_gro_hw_packets)
	# shellcheck disable=SC2086
	wire ${protocol#*:}
	name="rx-gro-hw, tx off, ${protocol%%:*}"
	that "$name: the NIC hands over coalesced packets" "$(xstat sn1 q0_rx_gro_hw_packets) > $packets + 10"
	that "$name: and what came alone is as it was sent" "${bad:-1} == 0 && ${good:-0} > 0"
done
ethtool -K sn0 tx on tso on
ethtool -K sn1 rx-gro-hw off

# ---- xmit_more and BQL

pg_device 0 sn0 3200 'burst 32'
bells=$(xstat sn0 q0_tx_doorbells)
pg_start
bells=$(($(xstat sn0 q0_tx_doorbells) - bells))
that 'a burst of 32 rings the doorbell once' "$bells >= 100 && $bells <= 130"
pg_clear
pg_device 0 sn0 100 'burst 1'
bells=$(xstat sn0 q0_tx_doorbells)
pg_start
is 'single packets ring it one by one' $(($(xstat sn0 q0_tx_doorbells) - bells)) 100
pg_clear
bql=/sys/class/net/sn0/queues/tx-0/byte_queue_limits
check 'BQL has its files' test -e $bql/inflight
reply 192.168.0.2 >/dev/null
check 'and nothing is in flight when nothing is sent' wait_for 10 grep -qx 0 $bql/inflight
that 'after all that was sent it has found a limit' "$(cat $bql/limit) > 0"
unload_clean
end_tests
