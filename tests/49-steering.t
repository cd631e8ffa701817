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

# One program sends the frames and talks to the kernel's ioctl, since each that has to be started takes its time. A line in:
#   send COUNT KIND [NAME=VALUE…]      udp4 tcp4 icmp4 udp6 tcp6 arp, or hex=…; prints what queues 0 to 3 of sn1 got, and drops
#   flows COUNT KIND [NAME=VALUE…]     one frame each of so many flows, whose source ports count up
#   where COUNT KIND [NAME=VALUE…]     of such flows: the queue of each
#   pair COUNT KIND [NAME=VALUE…]      so many flows, both directions of each: how many had both on one queue, how many queues
#   add NAME=VALUE…                    a udp4 rule, by ioctl: its location, or the errno's name
#   fill COUNT queue=Q                 so many udp4 rules, for ports 20000 and up: how many went in, and the last answer
#   show LOCATION, list ROOM, delete LOCATION, fields KIND BITS, xfrm BITS, xfrm?
cat >/tmp/steer.py <<'END'
import array, ctypes, errno, fcntl, ipaddress, mmap, socket, struct, sys, time

control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('sn0', 0))

# PACKET_TX_RING, where a packet is in two pieces: the Ethernet header, and a page.
ring = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
ring.setsockopt(263, 10, 1)
ring.setsockopt(263, 13, struct.pack('=IIII', 4096, 1, 2048, 2))
slots = mmap.mmap(ring.fileno(), 4096)
ring.bind(('sn0', 0))
slot = 0
def send_pieces(one):
    global slot
    slots[slot + 32:slot + 32 + len(one)] = one
    struct.pack_into('=II', slots, slot, 1, len(one))
    ring.send(b'')
    slot ^= 2048

def ioctl(buffer):
    data = array.array('B', buffer)
    request = struct.pack('16sP', b'sn1', data.buffer_info()[0])
    fcntl.ioctl(control, 0x8946, request)
    return bytes(data)

def name(error): return errno.errorcode[error.errno].replace('ENOTSUP', 'EOPNOTSUPP')
def u32(value): return struct.pack('=I', value)

# Counters, by number: their names are asked for once.
def names():
    count = struct.unpack_from('=I', ioctl(struct.pack('=IIQI', 0x37, 0, 1 << 1, 0)), 16)[0]
    text = ioctl(struct.pack('=III', 0x1b, 1, count) + bytes(32 * count))[12:]
    return [text[i * 32:i * 32 + 32].split(b'\0')[0].decode() for i in range(count)]
known = names()
wanted = [known.index('q%d_rx_wire_frames' % q) for q in range(4)]
drops = [known.index('q%d_rx_rule_drops' % q) for q in range(4)]
def counters():
    values = struct.unpack_from('=%dQ' % len(known), ioctl(struct.pack('=II', 0x1d, len(known)) + bytes(8 * len(known))), 8)
    return [values[i] for i in wanted] + [sum(values[i] for i in drops)]

def mac(dev): return bytes.fromhex(open('/sys/class/net/%s/address' % dev).read().strip().replace(':', ''))
here, there = mac('sn0'), mac('sn1')

def number(text): return int(text, 0)
def l4(kind, v):
    sport, dport = number(v.get('sport', '1111')), number(v.get('dport', '2222'))
    if kind.startswith('udp'): return 17, struct.pack('!HHHH', sport, dport, 12, 0) + b'data'
    if kind.startswith('tcp'): return 6, struct.pack('!HHIIBBHHH', sport, dport, 1, 0, 0x50, 0, 1000, 0, 0)
    return number(v.get('proto', '1')), bytes.fromhex('0800000000010001')
def frame(kind, v):
    proto, body = l4(kind, v)
    source = v.get('src', '10.0.0.1' if '6' not in kind else '2001:db8::1')
    target = v.get('dst', '10.0.2.2' if '6' not in kind else '2001:db8::2')
    head = bytes.fromhex(v['to']) if 'to' in v else there
    head += bytes.fromhex(v['from']) if 'from' in v else here
    if 'vlan' in v:
        head += struct.pack('!HH', number(v.get('tpid', '0x8100')), number(v['vlan']))
    if 'vlan2' in v:
        head += struct.pack('!HH', 0x8100, number(v['vlan2']))
    if kind == 'arp':
        return head + struct.pack('!H', 0x0806) + bytes(28)
    if '6' in kind:
        if v.get('ext') == 'hop': proto, body = 0, bytes([proto, 0, 1, 4, 0, 0, 0, 0]) + body
        if v.get('ext') == 'frag': proto, body = 44, bytes([proto, 0, 0, number(v.get('off', '1')), 0, 0, 0, 7]) + body
        if v.get('ext') == 'lies': proto, body = 0, bytes([proto, 200, 1, 4, 0, 0, 0, 0]) + body
        first = 0x60000000 | number(v.get('tos', '0')) << 20 | number(v.get('label', '0'))
        packet = struct.pack('!IHBB', first, len(body), proto, 64)
        packet += ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
        ethertype = 0x86dd
    else:
        options = bytes.fromhex(v.get('options', ''))
        packet = struct.pack('!BBHHHBBH', 0x45 + len(options) // 4, number(v.get('tos', '0')), 20 + len(options) + len(body), 7,
                             number(v.get('off', '0')), 64, proto, 0)
        packet += ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed + options
        ethertype = 0x0800
    whole = head + struct.pack('!H', ethertype) + packet + body
    return whole[:number(v['cut'])] if 'cut' in v else whole

def swapped(v):
    w = dict(v)
    w['src'], w['dst'] = v['dst'], v['src']
    w['sport'], w['dport'] = v['dport'], v['sport']
    return w

def sent(frames, pieces=None):
    before = counters()
    for one in frames: send_pieces(one) if pieces else wire.send(one)
    # Another CPU, which was at the qdisc, may send the last ones.
    for _ in range(100):
        found = [a - b for a, b in zip(counters(), before)]
        if sum(found) >= len(frames): break
        time.sleep(0.002)
    return ' '.join(map(str, found))
def queue_of(one, pieces=None): return sent([one], pieces).split().index('1')

# struct ethtool_rxnfc
def rule(v):
    spec = v.get('kind', 'udp4')
    flow = {'tcp4': 1, 'udp4': 2, 'sctp4': 3, 'tcp6': 5, 'udp6': 6, 'ip4': 13, 'ip6': 14, 'ether': 18}[spec]
    values, masks = bytearray(52), bytearray(52)
    if 'dport' in v:
        struct.pack_into('!H', values, 10, number(v['dport']))
        struct.pack_into('!H', masks, 10, 0xffff)
    if spec == 'ip4':
        values[13], masks[13] = number(v.get('ipver', '1')), number(v.get('ipvermask', '0'))
    ext, extmask = bytearray(20), bytearray(20)
    if 'userdef' in v:
        flow |= 0x80000000
        struct.pack_into('!I', extmask, 12, number(v['userdef']))
    if 'context' in v: flow |= 0x20000000
    flow |= number(v.get('flags', '0'))
    fs = u32(flow) + values + ext + masks + extmask + bytes(4)
    fs += struct.pack('=QII', number(v.get('queue', '0')) & (1 << 64) - 1, number(v.get('loc', '0xffffffff')), 0)
    return bytearray(struct.pack('=IIQ', 0x32, 0, 0) + fs + struct.pack('=II', number(v.get('context', '0')), 0))
def add(v):
    return struct.unpack_from('=I', ioctl(rule(v)), 16 + 160)[0]
def plain(command, location=0, count=0):
    return struct.pack('=IIQ', command, 0, 0) + bytes(160) + struct.pack('=III', location, 0, count)

def answer(words):
    v = dict(w.split('=', 1) for w in words if '=' in w)
    count = number(words[1]) if len(words) > 1 and '=' not in words[1] else 0
    if words[0] == 'send':
        return sent([bytes.fromhex(v['hex']) if 'hex' in v else frame(words[2], v)] * count, v.get('pieces'))
    if words[0] == 'flows':
        return sent([frame(words[2], {**v, 'sport': str(3000 + 7 * i)}) for i in range(count)])
    if words[0] == 'where':
        return ' '.join(str(queue_of(frame(words[2], {**v, 'sport': str(3000 + 7 * i)}), v.get('pieces'))) for i in range(count))
    if words[0] == 'pair':
        queues, same = set(), 0
        for i in range(count):
            one = {**v, 'sport': str(3000 + 11 * i)}
            a, b = queue_of(frame(words[2], one)), queue_of(frame(words[2], swapped(one)))
            same += a == b
            queues |= {a, b}
        return '%d %d' % (same, len(queues))
    if words[0] == 'add': return str(add(v))
    if words[0] == 'fill':
        for i in range(count):
            try: add({**v, 'dport': str(20000 + i)})
            except OSError as e: return '%d %s' % (i, name(e))
        return '%d' % count
    if words[0] == 'show': return '%d' % struct.unpack_from('=I', ioctl(plain(0x2f, count)), 16)[0]
    if words[0] == 'delete': return ioctl(plain(0x31, count)) and 'gone'
    if words[0] == 'list':
        back = ioctl(plain(0x30, 0, count) + bytes(4 * count))
        n = struct.unpack_from('=I', back, 184)[0]
        return ' '.join(map(str, struct.unpack_from('=%dI' % n, back, 188)))
    if words[0] == 'fields':
        ioctl(struct.pack('=IIQ', 0x2a, count, number(words[2])) + bytes(176))
        return 'set'
    if words[0] == 'xfrm':
        ioctl(struct.pack('=IIIIBBHI', 0x47, 0, 0xffffffff, 0, 0, count, 0, 0))
        return 'set'
    if words[0] == 'xfrm?':
        return str(ioctl(struct.pack('=IIIIBBHI', 0x46, 0, 0, 0, 0, 0, 0, 0))[17])

for line in sys.stdin:
    try: print(answer(line.split()), flush=True)
    except OSError as e: print(name(e), flush=True)
END

ask() { local answer; echo "$*" >&8; read -r -t 60 answer <&9; echo "$answer"; }
# gets NAME 'Q0 Q1 Q2 Q3 DROPS' LINE…: sends that, and it is what the queues and the drops get.
gets() { is "$1" "$(ask "${@:3}")" "$2"; }
# begins PARAMETERS…: everything that no rule is for goes to queue 0.
begins()
{
	start "$@"
	ethtool -X sn1 equal 1
	mkfifo /tmp/asked /tmp/answered
	python3 /tmp/steer.py </tmp/asked >/tmp/answered &
	steerer=$!
	exec 8>/tmp/asked 9</tmp/answered
	ask send 1 udp4 >/dev/null
}
ends() { exec 8>&- 9<&-; wait $steerer; rm /tmp/asked /tmp/answered; }
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
if [ "$(ask xfrm 1)" = set ]; then
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
	if ethtool -N sn1 rx-flow-hash udp4 sd context 1 2>/tmp/hashed; then
		is 'what it hashes is its own, too: addresses only' "$(ask where 16 udp4 dport=9000 | tr ' ' '\n' | sort -u | wc -l)" 1
		like 'context 0 hashes the ports, too' "$(ethtool -n sn1 rx-flow-hash udp4)" 'L4 bytes 0'
		check 'and again' ethtool -N sn1 rx-flow-hash udp4 sdfn context 1
	fi
	check 'another table' ethtool -X sn1 context 1 weight 0 1 0 0
	gets 'all to queue 1' '0 8 0 0 0' flows 8 udp4 dport=9000
	added 'all UDP to it' flow-type udp4 context 1 loc 5
	check 'all queues' ethtool -X sn1 context 1 equal 4
	that 'directions differ' "$(ask pair 12 udp4 "$flow" | cut -d' ' -f1) < 12"
	if ethtool -X sn1 context 1 xfrm symmetric-xor 2>/tmp/xfrm; then
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
ends
unload_clean 'with rules and contexts the module unloads'

# ---- the other receive paths; and rules that come and go under traffic

for path in 0 2; do
	begins use_napi=$path queues=4
	added "path $path: a rule" flow-type udp4 dst-port 9000 action 1
	gets "path $path: works" '0 9 0 0 0' send 9 udp4 dport=9000
	settle sn1 rx_packets
	is "path $path: and the driver has them" "$(xstat sn1 q1_rx_packets)" "$(xstat sn1 q1_rx_wire_frames)"
	ends
	unload_clean "path $path: the module unloads"
done

begins use_napi=1 queues=4
pg_device 0 sn0 100000000 'clone_skb 0' 'udp_dst_min 9000' 'udp_dst_max 9000' 'queue_map_min 0' 'queue_map_max 0'
pg_start 20 &
sender=$!
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
pkill -INT tee
wait $sender
pg_clear
ends
check 'and packets pass' reply 192.168.0.2
unload_clean
end_tests
