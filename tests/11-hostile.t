#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 11-hostile: frames that lie, on a wire that rewrites them: passed as they came or dropped, counted, and never overread.
. "$(dirname "$0")/lib.sh"

rounds=1500
[ -z "$full" ] || rounds=100000
quiet_links

wire() { xstat "$1" "q0_$2"; }

# What sn1 gets when sn0 sends this frame (in hex, without addresses), without what the wire pads it with.
through() # HEX
{
	local frame
	frame=$(mac sn1 | tr -d :)$(mac sn0 | tr -d :)$1
	sniff_start sniff -x -t 10 -c 1 sn1
	echo "$frame" | inject sn0 >/dev/null
	sniff_wait
	grep -oE '[0-9a-f]{28,}' /tmp/sniffed | head -n 1 | cut -c25- | head -c ${#1}
}

unchanged() { is "$1: passed as it came" "$(through "$2")" "$2"; }

start use_napi=1
# version/ihl tos len id frag ttl proto check source destination, then 8 bytes
ip_ok=4500001c0000000040 tail=c0a80001c0a800021234567800080000
like 'a good IPv4 frame is rewritten' "$(through "0800${ip_ok}11f98$(printf %s 2)$tail")" 'c0a80101c0a80102'
unchanged 'IPv4 with a header of 4 words' "08004400001c0000000040110000$tail"
unchanged 'IPv4 whose header goes on beyond the frame' "08004f00001c0000000040110000$tail"
unchanged 'IPv4 longer than the frame' "08004500ffff0000000040110000$tail"
unchanged 'IPv4 shorter than its header' "0800450000100000000040110000$tail"
unchanged 'IPv4 of version 6' "08006500001c0000000040110000$tail"
unchanged 'IPv4 cut off in its header' "08004500001c000000004011"
unchanged 'TCP cut off before its checksum' "08004500001c0000000040060000$tail"
unchanged 'IPv6 cut off' "86dd60000000002806400000"
unchanged 'IPv6 longer than the frame' \
	"86dd60000000ffff0640fd000000000000000000000000000001fd00000000000000000000000000000200000000"
unchanged 'IPv6 with an extension header that goes on beyond the frame' \
	"86dd6000000000080040fd000000000000000000000000000001fd00000000000000000000000000000206ff000000000000"
unchanged 'no IP at all' 88b5deadbeefdeadbeefdeadbeefdeadbeef
unchanged 'a type that is a length' 0004deadbeefdeadbeef

# Too short for an address, and longer than what either end takes.
handled() { echo $(($(wire sn0 tx_wire_frames) + $(wire sn0 tx_refused))); }
before=$(handled)
header=$(mac sn1 | tr -d :)$(mac sn0 | tr -d :)88b5
is 'runts: the stack takes none without a whole header' \
	"$(printf '%s\n' 00 0053 005300530053 "${header%??}" "$header" "${header}00" | inject sn0)" 'sent=2 refused=4'
settle sn0 tx_packets
is 'runts: what it takes, it pads; the NIC sends or refuses it' "$(($(handled) - before))" 2
ip link set sn1 mtu 600
long=$(wire sn1 rx_too_long)
printf '%s0800%01600d\n' "$(mac sn1 | tr -d :)$(mac sn0 | tr -d :)" 0 | inject sn0 >/dev/null
check 'a frame longer than the receiver takes is dropped' wait_for 10 eval "[ \$(xstat sn1 q0_rx_too_long) -gt $long ]"
that 'and is a length error' "$(stat sn1 rx_length_errors) > 0"
ip link set sn1 mtu 1500
unload_clean

# At random, from a fixed seed, with virtio_net headers that lie about offloads as well.
for path in $(some 1 1 0 2); do
	start use_napi="$path"
	before=$(stat sn0 tx_packets)
	check "path $path: random frames" inject -f "$rounds" -s $((1000 + path)) sn0 "$(mac sn1)" "$(mac sn0)"
	check "path $path: random frames and offloads" inject -v -f "$rounds" -s $((2000 + path)) sn0 "$(mac sn1)" "$(mac sn0)"
	settle sn0 tx_packets
	settle sn1 rx_packets
	that "path $path: many went out" "$(stat sn0 tx_packets) - $before > $rounds / 4"
	is "path $path: and are all accounted for" "$(stat sn0 tx_packets)" \
		"$(($(stat sn1 rx_packets) + $(stat sn1 rx_missed_errors) + $(wire sn1 rx_filtered) + $(wire sn1 rx_too_long) +
		$(wire sn1 rx_alloc_failed)))"
	check "path $path: the link still works" wait_for 10 reply 192.168.0.2

	# The same into a receiver that coalesces, or takes no partial checksums.
	ethtool -K sn1 rx-gro-hw on
	check "path $path: random frames, coalescing" inject -v -f "$rounds" -s $((3000 + path)) sn0 "$(mac sn1)" "$(mac sn0)"
	ethtool -K sn1 rx-gro-hw off rx off
	check "path $path: random frames, no receive checksums" inject -v -f "$rounds" -s $((4000 + path)) sn0 "$(mac sn1)" "$(mac sn0)"
	check "path $path: and the link still works" wait_for 10 reply 192.168.0.2
	unload_clean
done
end_tests
