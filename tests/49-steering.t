#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 49-steering: rules that send chosen flows to chosen queues or drop them, RSS contexts, and the symmetric hash. What each
# queue of sn1 got is counted by the NIC, frame by frame, so all numbers are exact.
# shellcheck disable=SC2034 # tests/run reads it
short=1
vm_limit=600
. "$(dirname "$0")/lib.sh"
case $(uname -m) in i?86) skip_all 'its ioctls are laid out as on 64-bit machines' ;; esac

quiet_links

# tools/steer.py sends the frames and asks the kernel, by lines of its language.
# gets NAME 'Q0 Q1 Q2 Q3 DROPS' LINE…: sends that, and it is what the queues and the drops get.
gets() { is "$1" "$(ask "${@:3}")" "$2"; }
# begins PARAMETERS…: everything that no rule is for goes to queue 0.
begins()
{
	start "$@"
	ethtool -X sn1 equal 1
	talk python3 "$(dirname "$0")/tools/steer.py"
	ask send 1 udp4 >/dev/null
}
rule() { ethtool -N sn1 "$@" >/tmp/rule 2>&1; }
# added NAME RULE…
added() { check "$1" rule "${@:2}" || diag "$(cat /tmp/rule)"; }
rid() { rule delete "$1"; }
state() { ethtool -n sn1; ethtool -x sn1; ethtool -l sn1; for c in $contexts; do ethtool -x sn1 context "$c"; done; } 2>&1
contexts=

# ---- what a rule compares

begins use_napi=1 queues=4
gets 'no rule: RSS' '5 0 0 0 0' send 5 udp4
added 'a UDP port to queue 2' flow-type udp4 dst-port 9000 action 2 loc 10
like '-n shows it' "$(ethtool -n sn1)" 'Filter: 10'
like 'its port' "$(ethtool -n sn1 rule 10)" 'Dest port: 9000 mask: 0x0'
like 'its queue' "$(ethtool -n sn1 rule 10)" 'Action: Direct to queue 2'
gets 'that port' '0 0 7 0 0' send 7 udp4 dport=9000
gets 'another' '7 0 0 0 0' send 7 udp4 dport=9001
gets 'as the source port' '7 0 0 0 0' send 7 udp4 sport=9000
gets 'TCP' '7 0 0 0 0' send 7 tcp4 dport=9000
gets 'IPv6' '7 0 0 0 0' send 7 udp6 dport=9000
gets 'behind IP options' '0 0 7 0 0' send 7 udp4 dport=9000 options=01010101
gets 'behind a VLAN tag' '0 0 7 0 0' send 7 udp4 dport=9000 vlan=5
gets 'behind two' '0 0 7 0 0' send 7 udp4 dport=9000 vlan=5 vlan2=6
gets 'in two pieces, of which the first is no more than an Ethernet header' '0 0 7 0 0' send 7 udp4 dport=9000 pieces=1
gets 'IPv6, so' '7 0 0 0 0' send 7 udp6 dport=9000 pieces=1
gets 'the first fragment' '7 0 0 0 0' send 7 udp4 dport=9000 off=0x2000
gets 'a later one, whose bytes look alike' '7 0 0 0 0' send 7 udp4 dport=9000 off=0x2005
rid 10
ethtool -X sn1 equal 4
for kind in udp4 tcp6; do
	spread=$(ask where 12 $kind)
	like "$kind: RSS spreads" "$spread" '[123]'
	is "$kind: and in pieces alike" "$(ask where 12 $kind pieces=1)" "$spread"
done
ethtool -X sn1 equal 1
gets 'deleted: RSS' '7 0 0 0 0' send 7 udp4 dport=9000

# The wire flips the third octet's lowest bit: a rule sees what the receiver sees.
added 'a source address, with a mask' flow-type udp4 src-ip 10.1.1.0 m 0.0.0.255 action 1 loc 0
gets 'source: all of its network' '0 4 0 0 0' send 4 udp4 src=10.1.0.77
gets 'source: and not its neighbour' '4 0 0 0 0' send 4 udp4 src=10.1.1.77
rid 0
added 'a destination address' flow-type tcp4 dst-ip 10.7.9.4 action 3 loc 0
gets 'destination: itself' '0 0 0 4 0' send 4 tcp4 dst=10.7.8.4
gets 'destination: and not another' '4 0 0 0 0' send 4 tcp4 dst=10.7.8.5
gets 'destination: nor with UDP' '4 0 0 0 0' send 4 udp4 dst=10.7.8.4
rid 0
added 'ports with a mask' flow-type udp4 src-port 0x1200 m 0xff action 1 loc 0
gets 'ports: in the range' '0 4 0 0 0' send 4 udp4 sport=0x12fe
gets 'ports: beyond it' '4 0 0 0 0' send 4 udp4 sport=0x1300
rid 0
added 'all five' flow-type tcp4 src-ip 10.0.1.1 dst-ip 10.0.3.2 src-port 1111 dst-port 80 tos 8 action 3 loc 0
gets 'all five: the flow' '0 0 0 4 0' send 4 tcp4 dport=80 tos=8
for other in 'dport=81 tos=8' 'dport=80 sport=1112 tos=8' 'dport=80 src=10.0.0.2 tos=8' 'dport=80 dst=10.0.2.3 tos=8' 'dport=80 tos=4'; do
	gets "all five: not $other" '4 0 0 0 0' send 4 tcp4 "$other"
done
rid 0
added 'IPv4 by protocol' flow-type ip4 l4proto 1 action 2 loc 0
gets 'IPv4: ICMP' '0 0 4 0 0' send 4 icmp4
gets 'IPv4: a fragment of it' '0 0 4 0 0' send 4 icmp4 off=0x2005
gets 'IPv4: not UDP' '4 0 0 0 0' send 4 udp4
rid 0
added 'UDP of IPv6' flow-type udp6 src-ip 2001:db8:0:1::1 dst-port 53 action 1 loc 0
gets 'IPv6: the flow' '0 4 0 0 0' send 4 udp6 dport=53
gets 'IPv6: not from another' '4 0 0 0 0' send 4 udp6 dport=53 src=2001:db8::3
gets 'IPv6: not TCP' '4 0 0 0 0' send 4 tcp6 dport=53
gets 'IPv6: behind an extension header' '0 4 0 0 0' send 4 udp6 dport=53 ext=hop
gets 'IPv6: not the first fragment' '4 0 0 0 0' send 4 udp6 dport=53 ext=frag
gets 'IPv6: nor a later one' '4 0 0 0 0' send 4 udp6 dport=53 ext=frag off=9
gets 'IPv6: nor behind a header that lies' '4 0 0 0 0' send 4 udp6 dport=53 ext=lies
rid 0
added 'TCP of IPv6, all of it' flow-type tcp6 action 2 loc 0
gets 'IPv6: TCP' '0 0 4 0 0' send 4 tcp6
rid 0
added 'IPv6 by protocol' flow-type ip6 l4proto 17 action 3 loc 0
gets 'IPv6: UDP, and its fragments' '0 0 0 4 0' send 4 udp6 ext=frag off=9
rid 0
added 'an Ethernet type' flow-type ether proto 0x806 action 3 loc 0
gets 'Ethernet: ARP' '0 0 0 4 0' send 4 arp
gets 'Ethernet: not IP' '4 0 0 0 0' send 4 udp4
rid 0
added 'an Ethernet source' flow-type ether src 02:00:00:00:00:77 action 1 loc 0
gets 'Ethernet: from there' '0 4 0 0 0' send 4 udp4 from=020000000077
gets 'Ethernet: not from sn0' '4 0 0 0 0' send 4 udp4
rid 0
added 'an Ethernet destination, beside IP' flow-type udp4 dst-port 9000 dst-mac ff:ff:ff:ff:ff:ff action 1 loc 0
gets 'Ethernet: broadcast' '0 4 0 0 0' send 4 udp4 dport=9000 to=ffffffffffff
gets 'Ethernet: not to sn1' '4 0 0 0 0' send 4 udp4 dport=9000
rid 0
added 'a VLAN' flow-type udp4 vlan 5 m 0xf000 action 2 loc 0
gets 'VLAN: its id' '0 0 4 0 0' send 4 udp4 vlan=5
gets 'VLAN: with a priority' '0 0 4 0 0' send 4 udp4 vlan=0x6005
gets 'VLAN: another id' '4 0 0 0 0' send 4 udp4 vlan=6
gets 'VLAN: no tag' '4 0 0 0 0' send 4 udp4
rid 0
added 'VLAN 0' flow-type udp4 vlan 0 m 0xf000 action 2 loc 0
gets 'VLAN 0: a priority tag' '0 0 4 0 0' send 4 udp4 vlan=0x6000
gets 'VLAN 0: is not no tag' '4 0 0 0 0' send 4 udp4
rid 0

# Frames that end too early: the parser reads what is there. 34 bytes are an IPv4 header, 38 the ports.
added 'port 0' flow-type udp4 dst-port 0 action 3 loc 0
gets 'port 0' '0 0 0 4 0' send 4 udp4 dport=0
for bytes in 15 18 33 34 36 37; do
	gets "cut after $bytes bytes: is not port 0" '4 0 0 0 0' send 4 udp4 dport=0 cut=$bytes
done
gets 'cut after the ports: is' '0 0 0 4 0' send 4 udp4 dport=0 cut=38
for bytes in 20 53 54 57; do
	gets "IPv6, cut after $bytes bytes" '4 0 0 0 0' send 4 udp6 dport=0 cut=$bytes
done
rid 0

# ---- what becomes of the frame, and which rule counts

added 'drop' flow-type udp4 dst-port 9000 action -1 loc 7
like 'drop: -n says so' "$(ethtool -n sn1 rule 7)" 'Action: Drop'
received=$(stat sn1 rx_packets)
gets 'drop: counted, and nothing else' '0 0 0 0 20' send 20 udp4 dport=9000
is 'drop: the driver has seen none' "$(stat sn1 rx_packets)" "$received"
gets 'drop: and no other' '20 0 0 0 0' send 20 udp4 dport=9001
gets 'drop: what is not for us is filtered, not dropped' '0 0 0 0 0' send 5 udp4 dport=9000 to=020000000099
added 'an earlier rule' flow-type udp4 dst-port 9000 src-port 5 action 1 loc 3
gets 'the first one counts' '0 5 0 0 0' send 5 udp4 dport=9000 sport=5
gets 'the next one does for others' '0 0 0 0 5' send 5 udp4 dport=9000 sport=6
added 'a later rule' flow-type ip4 action 2 loc 500
gets 'and the last one for the rest' '0 0 5 0 0' send 5 udp4 dport=1
added 'written over' flow-type udp4 dst-port 9000 src-port 5 action 3 loc 3
gets 'the new one counts' '0 0 0 5 0' send 5 udp4 dport=9000 sport=5
is 'three are there' "$(ask list 512)" '3 7 500'
rid 3
gets 'deleted: the next one counts' '0 0 0 0 5' send 5 udp4 dport=9000 sport=5

# What a rule survives.
before=$(state)
ip link set sn1 down; up
ethtool -G sn1 rx 256 tx 64
ethtool -L sn1 combined 3
ethtool -L sn1 combined 4
is 'down and up, -G and -L leave the rules alone' "$(state)" "$before"
gets 'they work' '0 0 5 0 0' send 5 udp4 dport=1
gets 'all of them' '0 0 0 0 5' send 5 udp4 dport=9000
check 'a real flow, too' reply 192.168.0.2
added 'no place said: the first free one' flow-type udp4 dst-port 4444 action 1
like 'which is 0' "$(cat /tmp/rule)" 'ID 0$'
gets 'and it counts' '0 4 0 0 0' send 4 udp4 dport=4444
added 'no place said, and there is one for the same frames' flow-type udp4 dst-port 4444 action 3
like 'it takes its place' "$(cat /tmp/rule)" 'ID 0$'
gets 'and counts instead' '0 0 0 4 0' send 4 udp4 dport=4444
is 'there is no other' "$(ask list 512)" '0 7 500'
rid 0

# ---- refused, and nothing changed

# refused NAME ERRNO LINE…
refused()
{
	is "$1: refused" "$(ask "${@:3}")" "$2"
	is "$1: nothing has changed" "$(state)" "$before"
}
before=$(state)
refused 'a queue that does not exist' EINVAL add dport=1 queue=4
refused 'one of a virtual function' EINVAL add dport=1 queue=0x100000000
refused 'to wake somebody' EOPNOTSUPP add dport=1 queue=-2
refused 'a location that does not exist' EINVAL add dport=1 queue=1 loc=512
refused 'SCTP' EOPNOTSUPP add kind=sctp4 dport=1 queue=1
refused 'a kind that does not exist' EOPNOTSUPP add dport=1 queue=1 flags=0x10000000
refused 'user-def data' EOPNOTSUPP add dport=1 queue=1 userdef=1
refused 'IP version 6 of ip4' EINVAL add kind=ip4 ipver=2 queue=1
refused 'a choice of IP versions' EINVAL add kind=ip4 ipvermask=1 queue=1
refused 'a context that does not exist' EINVAL add dport=1 context=9
refused 'one beyond all' EINVAL add dport=1 context=0xffffffff
refused 'a queue too far from the context’s' EINVAL add dport=1 context=0 queue=4
refused 'to drop, by a context' EINVAL add dport=1 context=0 queue=-1
refused 'to delete what is not there' ENOENT delete 5
refused 'to delete beyond the end' ENOENT delete 512
refused 'to show what is not there' ENOENT show 5
refused 'to show beyond the end' EINVAL show 512
refused 'a list without room' EMSGSIZE list 1
refused 'over a rule, with a bad queue' EINVAL add dport=1 queue=9 loc=7
like 'the log says why' "$(dmesg)" 'a rule must name a queue in use'
gets 'the rules work still' '0 0 0 0 5' send 5 udp4 dport=9000

# -L and a queue that a rule names
rid 7; rid 500
added 'a rule for queue 3' flow-type udp4 dst-port 1 action 3 loc 1
before=$(state)
fails '-L 3 is refused' ethtool -L sn1 combined 3
is 'and nothing has changed' "$(state)" "$before"
ip link set sn1 down
fails 'nor while down' ethtool -L sn1 combined 3
up
rid 1
check 'without the rule -L 3 is allowed' ethtool -L sn1 combined 3
before=$(state)
refused 'a queue that is not in use' EINVAL add dport=1 queue=3
ethtool -L sn1 combined 4

# A full table.
is '512 rules' "$(ask fill 512 queue=1)" 512
is 'all are there' "$(ask list 512)" "$(seq -s' ' 0 511)"
before=$(ask list 512)
is 'and not one more' "$(ask add dport=1 queue=1)" ENOSPC
is 'not at the end either' "$(ask add dport=1 queue=1 loc=0xfffffffd)" ENOSPC
is 'they are as they were' "$(ask list 512)" "$before"
is 'but one in the place of another' "$(ask add dport=1 queue=3 loc=511)" 511
gets 'the last one counts' '0 0 0 4 0' send 4 udp4 dport=1
gets 'the first one counts' '0 4 0 0 0' send 4 udp4 dport=20000
gets 'the one that it replaced does not' '4 0 0 0 0' send 4 udp4 dport=20511
ask delete 300 >/dev/null
is 'a hole is filled' "$(ask add dport=2 queue=3 loc=0xfffffffd)" 300
gets 'and counts' '0 0 0 4 0' send 4 udp4 dport=2

# ntuple off
check 'ntuple off' ethtool -K sn1 ntuple off
is 'no rules any more' "$(ask list 512)" ''
gets 'RSS for all' '4 0 0 0 0' send 4 udp4 dport=20000
is 'and none can be added' "$(ask add dport=1 queue=1)" EOPNOTSUPP
check 'ntuple on' ethtool -K sn1 ntuple on
is 'the rules do not come back' "$(ask list 512)" ''
added 'but new ones can be added' flow-type udp4 dst-port 9000 action 2
gets 'and work' '0 0 4 0 0' send 4 udp4 dport=9000

# ---- the symmetric hash

ethtool -X sn1 default
flow='src=10.0.0.1 dst=10.0.2.2 dport=443'
flow6='src=2001:db8::1 dst=2001:db8:5::2 dport=443'
that 'Toeplitz: directions differ' "$(ask pair 12 tcp4 "$flow" | cut -d' ' -f1) < 12"
# By ioctl: 1 is what ethtool calls symmetric-xor, 2 symmetric-or-xor, which the ethtool of Debian 13 does not know.
if kernel_since 6.8; then
	for xfrm in 1 2; do
		is "symmetric hash $xfrm" "$(ask xfrm $xfrm)" set
		is "symmetric hash $xfrm: it is on" "$(ask 'xfrm?')" $xfrm
		for kind in tcp4 udp4; do
			read -r same queues < <(ask pair 12 $kind "$flow")
			is "symmetric hash $xfrm, $kind: both directions on one queue" "$same" 12
			that "symmetric hash $xfrm, $kind: but flows are spread" "$queues > 1"
		done
		read -r same queues < <(ask pair 12 tcp6 "$flow6")
		is "symmetric hash $xfrm, tcp6: both directions on one queue" "$same" 12
		that "symmetric hash $xfrm, tcp6: but flows are spread" "$queues > 1"
	done
	before=$(state)
	fails 'what is not symmetric cannot be hashed then' ethtool -N sn1 rx-flow-hash tcp4 s
	is 'and nothing has changed' "$(state)" "$before"
	is 'a third one does not exist' "$(ask xfrm 4)" EINVAL
	is 'nor both' "$(ask xfrm 3)" EINVAL
	is 'and nothing has changed' "$(state)" "$before"
	is 'no symmetric hash' "$(ask xfrm 0)" set
	that 'none: directions differ again' "$(ask pair 12 tcp4 "$flow" | cut -d' ' -f1) < 12"
	ethtool -N sn1 rx-flow-hash tcp4 s
	is 'nor a hash be made symmetric that is not' "$(ask xfrm 1)" EINVAL
	ethtool -N sn1 rx-flow-hash tcp4 sdfn
else
	skip 'the symmetric hash' 'this kernel has none'
fi

# ---- IPv6's flow label: RXH_IP6_FL, 1 << 9; addresses 0x30, ports 0xc0; udp6 is 6, udp4 is 2

labels() { local i n; for i in 1 22 333 4444 55555 66666 77777 88888; do ask send 1 udp6 label=$i; done | sort -u | wc -l; }
is 'labels do not count' "$(labels)" 1
if kernel_since 6.18; then
	is 'udp6 by label, too' "$(ask fields 6 0x2f0)" set
	that 'labels count' "$(labels) > 1"
	is 'udp6 by addresses and label' "$(ask fields 6 0x230)" set
	that 'labels count without ports' "$(labels) > 1"
	is 'udp4 has none' "$(ask fields 2 0x2f0)" EINVAL
	is 'udp6 by addresses and ports again' "$(ask fields 6 0xf0)" set
	is 'labels do not count' "$(labels)" 1
else
	is 'and cannot: this kernel has no name for them' "$(ask fields 6 0x2f0)" EINVAL
fi

# ---- RSS contexts

if kernel_since 6.12; then
	ethtool -X sn1 equal 1
	ethtool -N sn1 delete 0
	create() { ethtool -X sn1 context new "$@" | awk '{ print $NF }'; }
	one=$(create start 2 equal 2)
	is 'a context' "$one" 1
	two=$(create)
	is 'and another' "$two" 2
	contexts='1 2'
	like '-x: the table of the first' "$(ethtool -x sn1 context 1)" ' 0: +2 +3 +2 +3'
	like '-x: the second has all queues' "$(ethtool -x sn1 context 2)" ' 0: +0 +1 +2 +3'
	gets 'no rule: context 0' '8 0 0 0 0' flows 8 udp4
	added 'a port to the first' flow-type udp4 dst-port 9000 context 1 loc 4
	like '-n says so' "$(ethtool -n sn1 rule 4)" 'RSS Context 1'
	spread=$(ask flows 64 udp4 dport=9000)
	like 'its flows go to queues 2 and 3' "$spread" '^0 0 [1-9][0-9]* [1-9][0-9]* 0$'
	is 'all of them' "$(awk '{ print $3 + $4 }' <<<"$spread")" 64
	gets 'those of other ports do not' '8 0 0 0 0' flows 8 udp4
	key=$(ethtool -x sn1 context 1 | awk 'on { print $1; exit } /^RSS hash key/ { on = 1 }')
	is 'its key is that of context 0' "$key" "$(ethtool -x sn1 | awk 'on { print $1; exit } /^RSS hash key/ { on = 1 }')"
	places=$(ask where 16 udp4 dport=9000)
	check 'another key' ethtool -X sn1 context 1 hkey "${key/43:a3:8f/12:34:57}"
	fails 'spreads otherwise' [ "$(ask where 16 udp4 dport=9000)" = "$places" ]
	like 'and context 0 has its own' "$(ethtool -x sn1)" "$key"
	if kernel_since 6.12; then
		check 'it can hash otherwise' ethtool -N sn1 rx-flow-hash udp4 sd context 1
		is 'what it hashes is its own, too: addresses only' "$(ask where 16 udp4 dport=9000 | tr ' ' '\n' | sort -u | wc -l)" 1
		like 'context 0 hashes the ports, too' "$(ethtool -n sn1 rx-flow-hash udp4)" 'L4 bytes 0'
		check 'and again' ethtool -N sn1 rx-flow-hash udp4 sdfn context 1
	fi
	check 'another table' ethtool -X sn1 context 1 weight 0 1 0 0
	gets 'all to queue 1' '0 8 0 0 0' flows 8 udp4 dport=9000
	added 'all UDP to it' flow-type udp4 context 1 loc 5
	check 'all queues' ethtool -X sn1 context 1 equal 4
	that 'directions differ' "$(ask pair 12 udp4 "$flow" | cut -d' ' -f1) < 12"
	if kernel_since 6.12; then
		check 'another hash' ethtool -X sn1 context 1 xfrm symmetric-xor
		is 'a symmetric hash of its own' "$(ask pair 12 udp4 "$flow" | cut -d' ' -f1)" 12
		is 'which context 0 has not' "$(ask 'xfrm?')" 0
	fi
	rid 5
	before=$(state)
	fails 'a context that a rule names cannot go' ethtool -X sn1 context 1 delete
	is 'and nothing has changed' "$(state)" "$before"
	fails 'a queue that a context names cannot go' ethtool -L sn1 combined 3
	is 'and nothing has changed' "$(state)" "$before"
	fails 'a context has no queue that is not there' ethtool -X sn1 context 1 start 3 equal 2
	fails 'there is no context 9' ethtool -X sn1 context 9 equal 2
	fails 'nor can it be deleted' ethtool -X sn1 context 9 delete
	fails 'another hash function' ethtool -X sn1 context 1 hfunc xor
	is 'nothing has changed' "$(state)" "$before"
	added 'an earlier rule for context 0' flow-type udp4 dst-port 9000 src-port 3000 context 0 loc 2
	gets 'goes where all go' '1 0 0 0 0' flows 1 udp4 dport=9000
	ip link set sn1 down; up
	like 'over down and up: the table' "$(ethtool -x sn1 context 1)" ' 0: +0 +1 +2 +3'
	gets 'over down and up: the rule' '1 0 0 0 0' flows 1 udp4 dport=9000
	rid 2; rid 4
	check 'without its rule a context can go' ethtool -X sn1 context 1 delete
	contexts=2
	is 'no rule can name it then' "$(ask add dport=1 context=1)" EINVAL

	# A rule's queue is added to its context's.
	ethtool -X sn1 context 2 equal 2
	added 'a port to the second' flow-type udp4 dst-port 9000 context 2 loc 4
	places=$(ask where 16 udp4 dport=9000)
	like 'its flows go to queues 0 and 1' " $places" '^( [01])+$'
	added 'two queues further' flow-type udp4 dst-port 9000 context 2 action 2 loc 4
	like 'further: -n says so' "$(ethtool -n sn1 rule 4)" 'RSS Context 2 \(queue base offset: 2\)'
	is 'further: each flow' "$(ask where 16 udp4 dport=9000)" "$(tr 01 23 <<<"$places")"
	gets 'further: and no other' '8 0 0 0 0' flows 8 udp4
	added 'one further' flow-type udp4 dst-port 9001 context 2 action 1 loc 5
	like 'one further: two queues' " $(ask where 16 udp4 dport=9001)" '^( [12])+$'
	before=$(state)
	is 'further than there are queues' "$(ask add dport=1 context=2 queue=3)" EINVAL
	for queue in 4 255 256 0x100000000 -1 -2; do
		is "further by $queue" "$(ask add dport=1 context=2 queue=$queue)" EINVAL
	done
	fails 'a table with which a sum is no queue' ethtool -X sn1 context 2 equal 3
	fails 'one with all queues' ethtool -X sn1 context 2 default
	fails 'a queue that a sum names cannot go' ethtool -L sn1 combined 3
	is 'and nothing has changed' "$(state)" "$before"
	check 'another table' ethtool -X sn1 context 2 start 1 equal 1
	gets 'is added to' '0 0 0 8 0' flows 8 udp4 dport=9000
	gets 'by both' '0 0 8 0 0' flows 8 udp4 dport=9001
	rid 5
	added 'further than context 0 says' flow-type udp4 dst-port 9001 context 0 action 3 loc 5
	gets 'context 0: further' '0 0 0 8 0' flows 8 udp4 dport=9001
	before=$(state)
	fails 'context 0: a table with which a sum is no queue' ethtool -X sn1 equal 2
	fails 'context 0: nor the default' ethtool -X sn1 default
	is 'context 0: nothing has changed' "$(state)" "$before"
	gets 'context 0: as before' '0 0 0 8 0' flows 8 udp4 dport=9001
	rid 5
	check 'context 0: without the rule it can be' ethtool -X sn1 equal 2
	ethtool -X sn1 equal 1
	ip link set sn1 down; up
	gets 'over down and up: further' '0 0 0 8 0' flows 8 udp4 dport=9000
	rid 4
	check 'without the rules, all queues' ethtool -X sn1 context 2 equal 4
	for ((n = 1; n < 100; n++)); do ethtool -X sn1 context new >/dev/null 2>&1 || break; done
	is 'there are 63 contexts' $n 63
else
	skip 'RSS contexts' 'this kernel has none with keys of their own'
fi
hush
unload_clean 'with rules and contexts the module unloads'

# ---- the other receive paths; and rules that come and go under traffic

for path in 0 2; do
	begins use_napi=$path queues=4
	added "path $path: a rule" flow-type udp4 dst-port 9000 action 1
	gets "path $path: works" '0 9 0 0 0' send 9 udp4 dport=9000
	settle sn1 rx_packets
	is "path $path: and the driver has them" "$(xstat sn1 q1_rx_packets)" "$(xstat sn1 q1_rx_wire_frames)"
	hush
	unload_clean "path $path: the module unloads"
done

begins use_napi=1 queues=4
pg_device 0 sn0 100000000 'clone_skb 0' 'udp_dst_min 9000' 'udp_dst_max 9000' 'queue_map_min 0' 'queue_map_max 0'
pg_start 200 &
sender=$!
# comes: a thousand frames more than now.
more() { [ "$(xstat sn1 'q*_rx_wire_frames')" -gt $((before + 1000)) ]; }
comes() { before=$(xstat sn1 'q*_rx_wire_frames'); wait_for 60 more; }
check 'under traffic, which comes' comes
further=
! kernel_since 6.12 || further=1
for round in $(some 3 1 2 3 4 5 6 7 8 9 10 11 12); do
	is "under traffic, round $round: a rule comes" "$(ask add dport=9000 queue=$((round % 4)))" 0
	ask fill 30 queue=1 >/dev/null
	ethtool -X sn1 equal $((round % 4 + 1))
	is "under traffic, round $round: and goes" "$(ask delete 0)" gone
	[ -z "$further" ] || for _ in 1 2 3; do
		ethtool -X sn1 equal 1; ask add dport=9000 context=0 queue=3 loc=0 >/dev/null
		ask delete 0 >/dev/null; ethtool -X sn1 equal 4
	done
	ethtool -K sn1 ntuple off; ethtool -K sn1 ntuple on
done
check 'under traffic: it went on all the while' kill -0 $sender
check 'under traffic: and still comes' comes
pg_stop $sender
hush
check 'and packets pass' reply 192.168.0.2
unload_clean
end_tests
