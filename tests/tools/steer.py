#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
steer.py - sends frames into sn0, says which queue of sn1 got them, and talks to the kernel's ioctl about rules

A line on standard input, and its answer on standard output:
  send COUNT KIND [NAME=VALUE…]      udp4 tcp4 icmp4 udp6 tcp6 arp, or hex=…; prints what queues 0 to 3 of sn1 got, and drops
  flows COUNT KIND [NAME=VALUE…]     one frame each of so many flows, whose source ports count up
  where COUNT KIND [NAME=VALUE…]     of such flows: the queue of each
  pair COUNT KIND [NAME=VALUE…]      so many flows, both directions of each: how many had both on one queue, how many queues
  add NAME=VALUE…                    a udp4 rule, by ioctl: its location, or the errno's name
  fill COUNT queue=Q                 so many udp4 rules, for ports 20000 and up: how many went in, and the last answer
  show LOCATION, list ROOM, delete LOCATION, fields KIND BITS, xfrm BITS, xfrm?
"""

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
