#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 60-vlan: VLAN tags: the NIC puts them in as it sends, and takes them out as it receives, or software does, at either end.
# shellcheck disable=SC2034 # tests/run and lib.sh read them
cpus=1
vm_limit=500
. "$(dirname "$0")/lib.sh"
quiet_links

# vlan DEV NAME ID [WORDS]
vlan() { ip link add link "$1" name "$2" type vlan id "$3" "${@:4}" && ip link set "$2" up; }
# vlans: sn0.5, with a priority, and sn0s.7, a VLAN in a provider's VLAN, to sn1's.
vlans()
{
	vlan sn0 sn0.5 5 egress-qos-map 0:3 && vlan sn1 sn1.5 5 || return
	vlan sn0 sn0s 6 proto 802.1ad && vlan sn0s sn0s.7 7
	vlan sn1 sn1s 6 proto 802.1ad && vlan sn1s sn1s.7 7
	printf 'addr add 192.168.%s\n' '10.1/24 dev sn0.5' '11.2/24 dev sn1.5' '20.1/24 dev sn0s.7' '21.2/24 dev sn1s.7' | ip -batch -
}
feature() { ethtool -k "$1" | awk -v f="$2:" '$1 == f { print $2 }'; }
# put on|off, take on|off: who puts tags in at sn0, and takes them out at sn1; "on": the NIC.
put() { ethtool -K sn0 tx-vlan-offload "$1" tx-vlan-stag-hw-insert "$1"; }
take() { ethtool -K sn1 rx-vlan-offload "$1" rx-vlan-stag-hw-parse "$1"; }

# ---- as the stack gives them to sn0, and gets them from sn1

watch() # on or off
{
	local event
	for event in net_dev_start_xmit napi_gro_receive_entry netif_rx_entry netif_receive_skb_entry; do
		echo "$1" >"$tracing/events/net/$event/enable"
	done
	echo "$1" >$tracing/tracing_on
}
# way EVENTS DEV: beside a packet's bytes is the descriptor, with priority and id; and the first type that is among them.
way()
{
	sed -nE "s/.* ($1): dev=$2 .*vlan_tagged=([01]) vlan_proto=0x([0-9a-f]+) vlan_tci=0x([0-9a-f]+) protocol=0x([0-9a-f]+).*/\2 \3:\4 \5/p" \
		/tmp/way | awk '{ print $1 ? $2 " beside " $3 : $3 }' | sort -u | paste -sd,
}
# passes NAME A B SENT CAME: packets of full size from 192.168.A.1 to 192.168.B.2.
passes()
{
	: >$tracing/trace
	watch 1
	check "$1: a packet as long as the MTU passes" reply -M 'do' -s 1472 "192.168.$2.2"
	watch 0
	cat $tracing/trace >/tmp/way
	is "$1: out of sn0" "$(way net_dev_start_xmit sn0)" "$4"
	is "$1: into sn1" "$(way '[a-z_]*_entry' sn1)" "$5"
}
# intact NAME A B DEV: TCP and UDP, cut by the NIC, and what DEV gets of it.
intact()
{
	local bursts to="192.168.$2.1 192.168.$2.2 192.168.$3.2"
	bursts=$(xstat sn0 'q*_tx_tso_bursts')
	sniff_start sniff "$4"
	# shellcheck disable=SC2086 # words
	like "$1: TCP is whole" "$(timeout 40 flow tcp -b 1 $to)" "$tcp_whole"
	# shellcheck disable=SC2086
	like "$1: UDP is whole" "$(timeout 40 flow udp -n 120 -s 1000-1000 -g 30 -w 60 $to)" 'lost=0 reordered=0 duplicated=0 corrupted=0'
	sniff_stop
	that "$1: and cut by the NIC" "$(xstat sn0 'q*_tx_tso_bursts') > $bursts + 10"
	like "$1: in frames of the MTU, with right sums" "$(cat /tmp/sniffed)" 'longest=1514 gso=0 partial=0 good=[1-9][0-9]{2,} bad=0 '
}

start use_napi=1
if ! vlans; then
	skip 'VLANs' 'this kernel has none'
	unload_clean
	end_tests
	exit
fi
for f in tx-vlan-offload rx-vlan-offload tx-vlan-stag-hw-insert rx-vlan-stag-hw-parse; do
	is "$f is on by default" "$(feature sn0 $f)" on
done
ethtool -K sn1 gro off
for how in 'on on' 'on off' 'off on' 'off off'; do
	put "${how% *}"; take "${how#* }"
	[[ $how = on* ]] && out='8100:6005 beside 0800' || out=8100
	[[ $how = *on ]] && in='8100:6005 beside 0800' || in=8100
	passes "the NIC puts in, takes out: $how" 10 11 "$out" "$in"
	intact "the NIC puts in, takes out: $how" 10 11 sn1.5
done
passes 'two tags, software’s' 20 21 88a8 88a8
intact 'two tags, software’s' 20 21 sn1s.7
put on
passes 'two tags, the NIC puts the outer one in' 20 21 '88a8:0006 beside 8100' 88a8
ethtool -K sn1 rx-vlan-offload on
passes 'who takes C-tags out leaves S-tags' 20 21 '88a8:0006 beside 8100' 88a8
intact 'and what is behind them' 20 21 sn1s.7
take on
passes 'two tags, the NIC takes the outer one out' 20 21 '88a8:0006 beside 8100' '88a8:0006 beside 8100'
intact 'two tags, the NIC’s' 20 21 sn1s.7
is 'nothing was refused, or too long' "$(xstat sn0 'q*_tx_refused') $(xstat sn1 'q*_rx_too_long')" '0 0'

# ---- frames that somebody made by hand

cat >/tmp/raw.py <<'END'
import socket, struct, sys
def packets(dev):
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) # ETH_P_ALL
    one.bind((dev, 3))
    one.setsockopt(263, 8, 1)                                               # SOL_PACKET, PACKET_AUXDATA
    one.settimeout(2)
    return one
def mac(dev): return bytes.fromhex(open('/sys/class/net/%s/address' % dev).read().strip().replace(':', ''))
def come(tap):
    while True:
        frame, control, _, where = tap.recvmsg(2000, 64)
        if where[2] == 4: continue                                          # PACKET_OUTGOING
        status, *_, tci, proto = struct.unpack_from('=IIIHHHH', control[0][2])
        tag = '%04x:%04x ' % (proto, tci) if status & 0x10 else ''          # TP_STATUS_VLAN_VALID
        return '%s%s %d' % (tag, frame[12:16].hex(), len(frame))
# raw.py OUT AT TO FRAME...: from OUT, addressed to TO: what AT gets of each. N/FRAME: a checksum is left to the NIC, from N on.
out, at, to, *frames = sys.argv[1:]
wire, tap = packets(out), packets(at)
for one in frames:
    start, _, data = one.rpartition('/')
    data = mac(to) + mac(out) + bytes.fromhex(data)
    if start:
        wire.setsockopt(263, 15, 1)                                         # PACKET_VNET_HDR
        data = struct.pack('=BBHHHH', 1, 0, 0, 0, int(start), 2) + data
    wire.send(data)
    if start: continue
    try: print(come(tap), end='; ')
    except socket.timeout: print('nothing', end='; ')
END
raw() { python3 /tmp/raw.py "$@"; }
zeros=$(printf '%0100d' 0)
# "8100" alone is a tag of which the wire's padding makes a whole one. Then a type that nobody knows, behind one tag and behind
# two; and one that would be a pause frame's, which a tag makes something else.
by_hand=(8100 8100e00588b5 88a80006810000058808 810000058808"$zeros")
want='8100:0000 00000000 56; 8100:e005 88b50000 56; 88a8:0006 81000005 56; 8100:0005 88080000 64; '
is 'by hand' "$(raw sn0 sn1 sn1 "${by_hand[@]}")" "$want"
take off
is 'by hand, taken out by software' "$(raw sn0 sn1 sn1 "${by_hand[@]}")" "$want"
is 'by hand, put in by the NIC' "$(raw sn0.5 sn1 sn1 8808"$zeros" 88b5)" '8100:6005 88080000 64; 8100:6005 88b50000 56; '
take on
is 'and taken out by the NIC' "$(raw sn0.5 sn1 sn1 8808"$zeros" 88b5)" '8100:6005 88080000 64; 8100:6005 88b50000 56; '
is 'none of them was taken for a control frame' "$(xstat sn1 'q*_rx_control')" 0
# Newer kernels ask themselves whether there is room for an IP header before what is to be summed.
if raw sn0 sn1 sn1 14/8100000588b5"$zeros" 17/8100000588b5"$zeros" 2>/tmp/said; then
	is 'a checksum of the tag itself is refused' "$(xstat sn0 'q*_tx_refused')" 2
	raw sn0 sn1 sn1 18/8100000588b5"$zeros"
	is 'one of what is behind it is not' "$(xstat sn0 'q*_tx_refused')" 2
else
	like 'a checksum of the tag itself is refused by the kernel' "$(cat /tmp/said)" 'Invalid argument'
fi

# ---- switched on and off under traffic

cat >/tmp/flip.py <<'END'
import array, fcntl, signal, socket, struct, sys, time
control, flips, stop = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0, []
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
def again(*_):
    global flips
    flips = 0
signal.signal(signal.SIGUSR1, again)
def ethtool(dev, command, flags):
    data = array.array('I', [command, flags])
    fcntl.ioctl(control, 0x8946, struct.pack('16sP', dev, data.buffer_info()[0]))
    return data[1]
flags = [(b'sn0', 1 << 7), (b'sn1', 1 << 8)]                                # ETH_FLAG_TXVLAN, ETH_FLAG_RXVLAN
print('on its way', flush=True)
while not stop:
    for dev, flag in flags + flags:
        ethtool(dev, 0x26, ethtool(dev, 0x25, 0) ^ flag)
        flips += 1
        time.sleep(0.001)
print(flips)
END
python3 /tmp/flip.py >/tmp/flips & flips=$!
wait_for 10 grep -q way /tmp/flips
kill -USR1 $flips
like 'switched all the time: TCP is whole' "$(timeout 40 flow tcp -b 4 192.168.10.1 192.168.10.2 192.168.11.2)" "$tcp_whole"
like 'switched all the time: UDP is whole' "$(timeout 40 flow udp -n 300 -w 8 192.168.10.1 192.168.10.2 192.168.11.2)" \
	'lost=0 reordered=0 duplicated=0 corrupted=0'
kill $flips; wait $flips
that 'it was' "$(tail -n 1 /tmp/flips) >= 20"
balanced 'and nothing is lost' sn0 sn1
is 'and is on in the end' "$(feature sn0 tx-vlan-offload) $(feature sn1 rx-vlan-offload)" 'on on'

# ---- an XDP program sees frames as they came, and sends them so

if kernel_since 5.18; then
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	xdpprog pass /sys/fs/bpf/vlan-pass; xdpprog tx /sys/fs/bpf/vlan-tx
	check 'an XDP program' ip link set sn1 xdpdrv pinned /sys/fs/bpf/vlan-pass
	is 'the NIC takes no tags out for it' "$(feature sn1 rx-vlan-offload) $(feature sn1 rx-vlan-stag-hw-parse)" 'off off'
	ethtool -K sn1 rx-vlan-offload on >/dev/null 2>&1
	is 'not even if it is asked to' "$(feature sn1 rx-vlan-offload)" off
	passes 'it passes them on' 10 11 '8100:6005 beside 0800' 8100
	ip -force link set sn1 xdpdrv pinned /sys/fs/bpf/vlan-tx
	is 'and sends them back with their tags' "$(raw sn0 sn0 sn1 8100e00588b5"$zeros")" '8100:e005 88b50000 64; '
	ip link set sn1 xdpdrv off
	is 'and without a program it does again' "$(feature sn1 rx-vlan-offload) $(feature sn1 rx-vlan-stag-hw-parse)" 'on on'
	passes 'with none' 10 11 '8100:6005 beside 0800' '8100:6005 beside 0800'
fi

# ---- the NIC puts segments together whose tags it has taken out, if they had the same one

ethtool -K sn1 rx-gro-hw on
for how in 'the NIC' 'the NIC, cut by software' 'software' 'software, cut by it'; do
	[[ $how = software* ]] && put off
	[[ $how = *cut* ]] && ethtool -K sn0 tso off || ethtool -K sn0 tso on
	packets=$(xstat sn1 'q*_rx_gro_hw_packets')
	like "put in by $how: coalesced TCP is whole" "$(timeout 40 flow tcp -b 1 192.168.10.1 192.168.10.2 192.168.11.2)" "$tcp_whole"
	that "put in by $how: it is coalesced" "$(xstat sn1 'q*_rx_gro_hw_packets') > $packets + 5"
done
put on
ethtool -C sn1 rx-usecs 10000
# As in 51-aggregate: the debug kernel needs longer than that.
listener=()
[ "$SNULL_SUITE" != debug ] || { echo 1 >/sys/class/net/sn1/threaded; listener=(chrt -f 1); }
talk "${listener[@]}" "$(dirname "$0")/tools/segments.py" sn1
segments() { local answer; answer=$(ask "$@"); echo "${answer% at *}"; }
is 'segments of one VLAN come together' "$(segments A0v A1v A2v)" 'A0-2v'
is 'also of a provider’s' "$(segments A0V A1V A2V)" 'A0-2V'
is 'not of two, nor of none' "$(segments A0v A1V A2 A3v)" 'A0v A1V A2 A3v'
is 'a run stays open for what is no segment' "$(segments A0v uv A1v)" 'uv A0-1v'
take off
is 'where the tag stays, none comes together' "$(segments A0v A1v)" 'A0v A1v'
is 'and it ends all runs' "$(segments A0 uv A1)" 'A0 uv A1'
hush
take on
ethtool -K sn1 rx-gro-hw off
ethtool -K sn0 loopback on
wait_for 10 carrier sn0
is 'a looped frame is treated alike' "$(raw sn0 sn0 sn0 "${by_hand[@]}")" "$want"
unload_clean

# ---- the other two paths, and rules

for path in 0 2; do
	start use_napi=$path queues=2
	vlans
	ethtool -K sn1 gro off
	ethtool -N sn1 flow-type ether vlan 5 m 0xf000 action 1 >/dev/null
	frames=$(xstat sn1 q1_rx_wire_frames)
	passes "path $path" 10 11 '8100:6005 beside 0800' '8100:6005 beside 0800'
	is "path $path: a rule sees a tag that crosses beside the bytes" $(($(xstat sn1 q1_rx_wire_frames) - frames)) 1
	intact "path $path" 10 11 sn1.5
	unload_clean
done
end_tests
