#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 07-ethtool: what ethtool and ip show and set: rings, pause, counters, MTU, the receive filter, the link.
. "$(dirname "$0")/lib.sh"

quiet_links
start use_napi=1

# ---- what it is

info=$(ethtool -i sn0)
like '-i: the driver' "$info" 'driver: snull'
like '-i: the bus' "$info" 'bus-info: snull.0'
like '-i: it has statistics' "$info" 'supports-statistics: yes'
settings=$(ethtool sn0 2>/dev/null)
like 'link detected' "$settings" 'Link detected: yes'
like 'full duplex' "$settings" 'Duplex: Full'
like 'the speed is nobody’s business' "$settings" 'Speed: Unknown'

# ---- rings

ring() { ethtool -g sn0 2>/dev/null | awk '/^Current/ { on = 1 } on && /^RX:/ { rx = $2 } on && /^TX:/ { tx = $2 } END { print rx "/" tx }'; }
maximum() { ethtool -g sn0 2>/dev/null | awk '/^Current/ { exit } /^[RT]X:/ { print $2 }' | paste -sd/; }
is '-g: the default' "$(ring)" "$(sed 's,.*,&/&,' /sys/module/snull/parameters/pool_size)"
is '-g: the maximum' "$(maximum)" 4096/4096
for size in 4 4096 64; do
	check "-G: rx $size tx $size" ethtool -G sn0 rx $size tx $size
	is '-g says so' "$(ring)" $size/$size
	check 'and packets still pass' reply 192.168.0.2
done
check '-G: one alone' ethtool -G sn0 rx 128
is '-g: the other stays' "$(ring)" 128/64
check '-G: an odd size' ethtool -G sn0 tx 100
is 'is rounded up to a power of two' "$(ring)" 128/128
for bad in 'rx 0' 'tx 0' 'rx 1' 'tx 1' 'rx 3' 'tx 4097' 'rx 8192' 'rx 128 tx 0' 'rx-mini 8' 'rx-jumbo 8'; do
	# shellcheck disable=SC2086 # words
	fails "-G: $bad is refused" ethtool -G sn0 $bad
done
is 'and nothing has changed' "$(ring)" 128/128
check 'nor is anything broken' reply 192.168.0.2
ip link set sn0 down
check '-G while down' ethtool -G sn0 rx 512 tx 512
is '-g while down' "$(ring)" 512/512
fails '-G while down refuses, too' ethtool -G sn0 rx 0
up
check 'used at the next up' reply 192.168.0.2
check '-G: while traffic runs' eval '
	for size in $(some 4 16 1024 4 512 256 64 8 512); do
		ethtool -G sn0 rx $size tx $size && ethtool -G sn1 rx $size tx $size || exit
	done & changes=$!
	while kill -0 $changes 2>/dev/null; do
		timeout 60 flow udp -n 300 192.168.0.1 192.168.0.2 192.168.1.2 || exit
	done >/tmp/flow
	wait $changes'
is 'nothing arrives twice, late or damaged' "$(grep -cv 'reordered=0 duplicated=0 corrupted=0' /tmp/flow)" 0
that 'and much arrives' "$(awk -F'[ =]' '{ s += $4 } END { print s + 0 }' /tmp/flow) > 100"

# ---- pause

pause() { ethtool -a sn1 | awk '/^Autoneg/ { a = $2 } /^RX/ { r = $2 } /^TX/ { t = $2 } END { print a, r, t }'; }
is '-a: off by default' "$(pause)" 'off off off'
check '-A: tx on' ethtool -A sn1 tx on
is '-a: tx' "$(pause)" 'off off on'
check '-A: rx on' ethtool -A sn1 rx on
is '-a: both' "$(pause)" 'off on on'
fails '-A: there is no autonegotiation' ethtool -A sn1 autoneg on
check '-A: off' ethtool -A sn1 rx off tx off
is '-a: off again' "$(pause)" 'off off off'
if ethtool -I -a sn1 >/dev/null 2>&1; then
	like '-I -a: statistics of pause frames' "$(ethtool -I -a sn1)" 'tx_pause_frames: 0'
else
	skip '-I -a' 'this ethtool cannot'
fi

# ---- counters

names=$(ethtool -S sn0 | awk -F'[ :]+' 'NR > 1 { print $2 }')
for name in tx_timeouts resets q0_rx_packets q0_rx_bytes q0_rx_alloc_failed q0_rx_missed q0_rx_filtered q0_tx_packets \
	q0_tx_tso_bursts q0_tx_doorbells q0_interrupts q0_interrupts_rx q0_interrupts_tx q0_polls q0_polls_exhausted \
	q0_polls_completed; do
	[[ $'\n'$names$'\n' = *$'\n'$name$'\n'* ]] || missing="${missing:-} $name"
done
is '-S: every counter has a name that says what it is' "${missing:-}" ''
is '-S: no name twice' "$(sort <<<"$names" | uniq -d)" ''
rx=$(stat sn1 rx_packets) tx=$(stat sn0 tx_packets) rxb=$(stat sn1 rx_bytes) txb=$(stat sn0 tx_bytes)
errors() { cat /sys/class/net/sn[01]/statistics/*_errors | paste -sd' '; }
errors=$(errors)
xrx=$(xstat sn1 q0_rx_packets) xtx=$(xstat sn0 q0_tx_packets)
timeout 60 flow udp -n 100 -s 200-200 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null
is '100 datagrams: rx_packets' $(($(stat sn1 rx_packets) - rx)) 100
is '100 datagrams: tx_packets' $(($(stat sn0 tx_packets) - tx)) 100
is '100 datagrams: rx_bytes' $(($(stat sn1 rx_bytes) - rxb)) 24200
is '100 datagrams: tx_bytes' $(($(stat sn0 tx_bytes) - txb)) 24200
is '100 datagrams: ethtool, received' $(($(xstat sn1 q0_rx_packets) - xrx)) 100
wait_for 10 eval '[ $(($(xstat sn0 q0_tx_packets) - xtx)) = 100 ]'
is '100 datagrams: ethtool, completed' $(($(xstat sn0 q0_tx_packets) - xtx)) 100
is '100 datagrams: no errors' "$(errors)" "$errors"
that 'interrupts have their causes' "$(xstat sn1 q0_interrupts_rx) > 0 && $(xstat sn0 q0_interrupts_tx) > 0"
that 'polls end in unmasking, or use up their budget' \
	"$(xstat sn1 q0_polls_completed) > 0 && $(xstat sn1 q0_polls_completed) <= $(xstat sn1 q0_polls)"
before=$(xstat sn1 q0_rx_packets)
ip link set sn1 down; up
that 'down and up do not reset counters' "$(xstat sn1 q0_rx_packets) >= $before"

# ---- MTU

for mtu in 68 1280 9000 1500; do
	check "MTU $mtu" ip link set sn0 mtu $mtu
	is "MTU $mtu is set" "$(cat /sys/class/net/sn0/mtu)" $mtu
done
for mtu in 67 0 9001 65536; do
	fails "MTU $mtu is refused" ip link set sn0 mtu $mtu
done
is 'and nothing has changed' "$(cat /sys/class/net/sn0/mtu)" 1500
like 'ip -d link knows the bounds' "$(ip -d link show sn0)" 'minmtu 68 maxmtu 9000'
ip link set sn0 mtu 9000
errors=$(stat sn1 rx_length_errors)
fails 'a frame longer than the receiver’s MTU does not arrive' reply -M 'do' -s 4000 192.168.0.2
that 'and is counted as too long' "$(stat sn1 rx_length_errors) > $errors && $(stat sn1 rx_errors) > 0 && $(xstat sn1 q0_rx_too_long) > 0"
ip link set sn1 mtu 9000
check 'it does when both ends are large' reply -M 'do' -s 8972 192.168.0.2
ip link set sn0 mtu 1500; ip link set sn1 mtu 1500
ip link add link sn0 name sn0.7 type vlan id 7 && ip link add link sn1 name sn1.7 type vlan id 7
ip addr add 192.168.70.1/24 dev sn0.7; ip addr add 192.168.71.2/24 dev sn1.7
ip link set sn0.7 up; ip link set sn1.7 up
check 'a VLAN has the whole MTU, and is rewritten as well' wait_for 10 reply -M 'do' -s 1472 192.168.70.2
ip link del sn0.7; ip link del sn1.7

# ---- the receive filter

sender=$(mac sn0)
frame() # DESTINATION: an Ethernet frame of no protocol that anyone knows
{
	printf '%s%s88b5%092d\n' "${1//:/}" "${sender//:/}" 0
}
seen() { echo "$(xstat sn1 q0_rx_packets) $(xstat sn1 q0_rx_filtered)"; }
came() { after=$(seen); [ "$after" != "$before" ]; }
passes() # DESTINATION: is it let in? The driver's own counts tell: one of the two goes up.
{
	local before after
	before=$(seen)
	frame "$1" | inject sn0 >/dev/null
	wait_for 10 came
	[ "${after% *}" -gt "${before% *}" ]
}
filtered=$(xstat sn1 q0_rx_filtered)
check 'a frame for its own address gets in' passes "$(mac sn1)"
check 'broadcast gets in' passes ff:ff:ff:ff:ff:ff
fails 'a frame for somebody else is filtered' passes 02:00:00:00:00:05
is 'by the NIC, which counts it' "$(xstat sn1 q0_rx_filtered)" $((filtered + 1))
ip link set sn1 promisc on
check 'promiscuous: it gets in' passes 02:00:00:00:00:05
ip link set sn1 promisc off
fails 'promiscuous no more' passes 02:00:00:00:00:05
fails 'an unknown multicast group is filtered' passes 01:00:5e:01:02:03
multicast=$(stat sn1 multicast)
ip maddr add 01:00:5e:01:02:03 dev sn1
check 'a joined one gets in' passes 01:00:5e:01:02:03
is 'and counts as multicast' "$(stat sn1 multicast)" $((multicast + 1))
check 'a broadcast gets in' passes ff:ff:ff:ff:ff:ff
is 'and does not count as multicast' "$(stat sn1 multicast)" $((multicast + 1))
ip maddr del 01:00:5e:01:02:03 dev sn1
fails 'left again' passes 01:00:5e:01:02:03
ip link set sn1 allmulticast on
check 'allmulticast lets every group in' passes 01:00:5e:7a:7b:7c
fails 'but no foreign unicast' passes 02:00:00:00:00:05
ip link set sn1 allmulticast off
if has macvlan; then
	ip link add link sn1 name mac0 address 02:00:00:00:00:05 type macvlan && ip link set mac0 up
	check 'a macvlan’s address gets in' passes 02:00:00:00:00:05
	is 'without promiscuous mode' $(($(cat /sys/class/net/sn1/flags) & 0x100)) 0
	ip link del mac0
	fails 'until it goes away' passes 02:00:00:00:00:05
else
	skip 'a macvlan' 'this kernel has none'
fi
old=$(mac sn1)
check 'another address, while it is up' ip link set sn1 address 02:00:00:00:00:09
check 'the new address gets in' passes 02:00:00:00:00:09
fails 'the old one no more' passes "$old"
check 'the wire trick knows the new one' reply 192.168.0.2
fails 'a multicast address is none for an interface' ip link set sn1 address 01:00:00:00:00:09

# ---- the link

ip link set sn0 down
check 'one end down: the other has no carrier' wait_for 20 eval '! carrier sn1'
like 'ethtool agrees' "$(ethtool sn1 2>/dev/null)" 'Link detected: no'
fails 'nothing passes' reply -W 1 192.168.1.1
ip link set sn0 up
check 'both up: carrier' wait_for 20 carrier sn1
check 'and traffic' wait_for 10 reply 192.168.0.2
unload_clean
end_tests
