#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-stack: what the stack is told of the interface: its frames' protocol, its offloads behind VLAN tags, its XDP.
# shellcheck disable=SC2034 # tests/run and tests/lib.sh read them
cpus=1 short=1
vm_limit=500
. "$(dirname "$0")/lib.sh"

quiet_links

# ---- a packet socket that names no protocol: tc knows the frame's all the same

start use_napi=1
cat >/tmp/send.py <<'END'
import socket
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) # ETH_P_ALL
wire.bind(('sn0', 3))
header = bytes.fromhex('45000028000040004011') + b'\0\0' + bytes([192, 168, 0, 1, 192, 168, 0, 2])
for _ in range(10):
    wire.send(b'\xff' * 6 + b'\x02' + bytes(5) + b'\x08\0' + header + bytes(26))
END
if has sch_ingress && has cls_matchall; then
	check 'tc can look at what is sent' eval 'tc qdisc add dev sn0 clsact && tc filter add dev sn0 egress protocol ip matchall action ok'
	python3 /tmp/send.py
	like 'tc sees IP in what a packet socket sends with ETH_P_ALL' "$(tc -s filter show dev sn0 egress)" ' 10 pkt'
else
	skip 'tc' 'this kernel has no clsact'
fi

# ---- VLAN tags, one and two, behind the wire trick

# vlan DEV NAME ID [PROTO]
vlan() { ip link add link "$1" name "$2" type vlan id "$3" ${4:+proto "$4"} && ip link set "$2" up; }
feature() { ethtool -k "$1" | awk -v f="$2:" '$1 == f { print $2 }'; }
passed() # NAME A B: packets of full size, and TCP, from 192.168.A.1 to 192.168.B.2
{
	check "$1: a packet as long as the MTU passes" reply -s 1472 -M "do" "192.168.$2.2"
	bursts=$(xstat sn0 'q*_tx_tso_bursts') complaints=$(complaints)
	like "$1: TCP is whole" "$(timeout 100 flow tcp -b 2 "192.168.$2.1" "192.168.$2.2" "192.168.$3.2")" "$tcp_whole"
	that "$1: and cut by the NIC" "$(xstat sn0 'q*_tx_tso_bursts') > $bursts + 10"
	like "$1: UDP is whole" "$(timeout 100 flow udp -n 500 -w 8 "192.168.$2.1" "192.168.$2.2" "192.168.$3.2")" \
		'lost=0 reordered=0 duplicated=0 corrupted=0'
	is "$1: no checksum is wrong" "$(complaints)" "$complaints"
}
complaints() { awk '/^(Tcp|Udp):/ && !($1 in h) { h[$1] = $0; next } /^(Tcp|Udp):/ { n = split(h[$1], k); for (i = 2; i <= n; i++) if (k[i] == "InCsumErrors") s += $i } END { print s }' /proc/net/snmp; }
if has 8021q; then
	check 'VLANs' eval 'vlan sn0 sn0.5 5 && vlan sn1 sn1.5 5'
	for f in scatter-gather tx-checksumming tcp-segmentation-offload tx-udp-segmentation; do
		want=on
		# vlan_dev_init() asks for NETIF_F_GSO_SOFTWARE, and 5.10's has no UDP in it.
		[[ $f/$(uname -r) != tx-udp-segmentation/5.10.* ]] || want=off
		is "behind a tag: $f" "$(feature sn0.5 $f)" $want
	done
	ip addr add 192.168.10.1/24 dev sn0.5
	ip addr add 192.168.11.2/24 dev sn1.5
	passed 'one tag' 10 11
	check 'VLANs in VLANs' eval 'vlan sn0 sn0s 6 802.1ad && vlan sn1 sn1s 6 802.1ad && vlan sn0s sn0s.7 7 && vlan sn1s sn1s.7 7'
	ip addr add 192.168.20.1/24 dev sn0s.7
	ip addr add 192.168.21.2/24 dev sn1s.7
	passed 'two tags' 20 21
	is 'no frame was refused, or too long' "$(xstat sn0 'q*_tx_refused') $(xstat sn1 'q*_rx_too_long')" '0 0'
else
	skip 'VLANs' 'this kernel has none'
fi
unload_clean

# ---- XDP is claimed on the path that has it, and on no other

cat >/tmp/features.py <<'END'
import socket, struct, sys
GETFAMILY, DEV_GET, IFINDEX, XDP_FEATURES = 3, 1, 1, 3

def request(family, command, attribute):
    body = struct.pack('BBH', command, 1, 0) + attribute
    netlink.send(struct.pack('IHHII', 16 + len(body), family, 1, 1, 0) + body)
    answer = netlink.recv(65536)
    kind, = struct.unpack_from('H', answer, 4)
    if kind == 2: # an error
        sys.exit('none')
    at, attributes = 20, {}
    while at < len(answer):
        length, name = struct.unpack_from('HH', answer, at)
        attributes[name & 0x3fff] = answer[at + 4:at + length]
        at += (length + 3) & ~3
    return attributes

netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
netlink.bind((0, 0))
family, = struct.unpack('H', request(16, GETFAMILY, struct.pack('HH', 11, 2) + b'netdev\0\0')[1])
index = struct.pack('HHI', 8, IFINDEX, socket.if_nametoindex('sn1'))
print(struct.unpack('Q', request(family, DEV_GET, index)[XDP_FEATURES])[0])
END
if kernel_since 6.3; then
	for path in $(some 2 1 0 1 2); do
		start use_napi=$path
		[ $path = 1 ] && want='^[1-9]' || want='^0$'
		like "path $path: netdev netlink's xdp-features" "$(python3 /tmp/features.py 2>&1)" "$want"
		unload_clean
	done
else
	skip 'xdp-features' 'before 6.3, nobody can ask for them'
fi
end_tests
