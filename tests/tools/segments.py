#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
segments.py - TCP segments into sn0, and what came out of sn1.

usage: segments.py DEV     lines of words on stdin, and as many on stdout: what came out of DEV
At another DEV than sn1, behind a bridge, it says "same" if the very same frames came out.

A line in, words: A3 is segment 3 of flow A, 1000 bytes. Behind that: p PSH, f FIN, s short (500 bytes), o an option more, w
another window, c CWR, b a wrong checksum, e other options of IPv6, n no DF, t another TTL of the first IP header, i the same
identification as all, v a C-tag of VLAN 5, V an S-tag. Aa is an ACK without payload, u a UDP datagram, x a fragment. A first word tells the headers: 6 for IPv6,
44 for IPv4 in IPv4, 6d and 6h for IPv6 with destination or hop-by-hop options. A line out: what came, in this order, until
nothing came for 50 ms, and after how many ms the first one: "A0-2 B0 at 11 ms"; A0-2 are three segments in one packet.
"""
import signal, socket, struct, sys, time

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads this may stop

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('sn0', 0))
end = sys.argv[1]
tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
tap.bind((end, 3))
tap.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA: the tag, which is not among the bytes any more

def mac(dev): return bytes.fromhex(open('/sys/class/net/%s/address' % dev).read().strip().replace(':', ''))
link = mac(end) + mac('sn0')
four = socket.inet_aton('10.1.0.1'), socket.inet_aton('10.1.0.2')
six = socket.inet_pton(socket.AF_INET6, 'fd00::1'), socket.inet_pton(socket.AF_INET6, 'fd00::2')
step = 1000

def fold(data):
    data += b'\0' * (len(data) % 2)
    s = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while s >> 16: s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff

def ip4(proto, body, flags=0x4000, id=7, ttl=64):
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(body), id, flags, ttl, proto, 0) + four[0] + four[1]
    return head[:10] + struct.pack('!H', fold(head)) + head[12:] + body

def ip6(proto, body, ttl=64):
    return struct.pack('!IHBB', 0x60000000, len(body), proto, ttl) + six[0] + six[1] + body

def ethernet(packet):
    return link + (b'\x08\0' if packet[0] == 0x45 else b'\x86\xdd') + packet

def tcp(word, kind):
    flow, rest = word[0], word[1:]
    ack = rest == 'a'
    number, marks = (0, '') if ack else (int(''.join(c for c in rest if c.isdigit())), rest.lstrip('0123456789'))
    flags = 0x10 | 8 * ('p' in marks) | ('f' in marks) | 0x80 * ('c' in marks)
    data = b'' if ack else bytes([ord(flow)]) * (500 if 's' in marks else step)
    option = b'\1\1\1\1' if 'o' in marks else b''
    head = struct.pack('!HHIIBBHHH', ord(flow), 2222, 1 + number * step, 1, 0x50 + 16 * bool(option), flags,
                       999 if 'w' in marks else 1000, 0, 0)
    body = head + option + data
    pair = four if kind.rstrip('hd')[-1] == '4' else six
    check = fold(pair[0] + pair[1] + struct.pack('!IHBB', len(body), 0, 0, 6) + body) ^ ('b' in marks)
    body = body[:16] + struct.pack('!H', check) + body[18:]
    proto, id = 6, 7 if kind == '4' or 'i' in marks else 7 + number
    for n, what in reversed(list(enumerate(kind))):
        ttl = 63 if 't' in marks and not n else 64
        if what == '4': proto, body = 4, ip4(proto, body, 0 if 'n' in marks else 0x4000, id, ttl)
        elif what == '6': proto, body = 41, ip6(proto, body, ttl)
        else: proto, body = options[what], bytes([proto, 0, 1, 4, 'e' in marks, 0, 0, 0]) + body # PadN
    return ethernet(body)

def tagged(frame, marks):
    proto = 0x88a8 if 'V' in marks else 0x8100 if 'v' in marks else 0
    return frame[:12] + struct.pack('!HH', proto, 5) + frame[12:] if proto else frame
def tag_of(control):
    for _, _, data in control:
        status, *_, tci, proto = struct.unpack_from('=IIIHHHH', data)
        if status & 0x10: return {(5, 0x8100): 'v', (5, 0x88a8): 'V'}.get((tci, proto), 'v?') # TP_STATUS_VLAN_VALID
    return ''

options = {'h': 0, 'd': 60}
def build(word, kind): return tagged(build_bare(word.rstrip('vV'), kind), word[1:])
def build_bare(word, kind):
    if word == 'u': return ethernet(ip4(17, struct.pack('!HHHH', 1, 2, 108, 0) + bytes(100)))
    if word == 'x': return ethernet(ip4(6, bytes(40), 0x2000))
    return tcp(word, kind)

def describe(frame):
    if frame[12:14] == b'\x08\0' and frame[20] & 0x20: return 'x'
    l4, proto = 14, 4 if frame[12:14] == b'\x08\0' else 41
    while proto not in (6, 17):
        if proto == 4: proto, l4, stop = frame[l4 + 9], l4 + 20, l4 + struct.unpack_from('!H', frame, l4 + 2)[0]
        elif proto == 41: proto, l4, stop = frame[l4 + 6], l4 + 40, l4 + 40 + struct.unpack_from('!H', frame, l4 + 4)[0]
        else: proto, l4 = frame[l4], l4 + 8
    if proto == 17: return 'u'
    port, _, seq, _, off, flags = struct.unpack_from('!HHIIBB', frame, l4)
    length = stop - l4 - (off >> 4) * 4
    if not length: return chr(port) + 'a'
    body = frame[l4 + (off >> 4) * 4:stop]
    if body != bytes([port]) * length: return 'corrupted'
    first = (seq - 1) // step
    last = first + (length - 1) // step
    return chr(port) + str(first) + ('-%d' % last if last > first else '') + 'p' * bool(flags & 8) + 'f' * (flags & 1)

def drain():
    """What came between two lines is no answer."""
    tap.setblocking(False)
    try:
        while tap.recv(1): pass
    except BlockingIOError: pass

for line in sys.stdin:
    drain()
    words = line.split()
    kind = words.pop(0) if words and words[0][0] in '46' else '4'
    frames = [build(word, kind) for word in words]
    begin = time.monotonic()
    for frame in frames: wire.send(frame)
    tap.settimeout(0.05)
    came, first = [], None
    try:
        while True:
            frame, control, _, where = tap.recvmsg(70000, 64)
            if where[2] == 4: continue # PACKET_OUTGOING
            if first is None: first = time.monotonic() - begin
            came.append(describe(frame) + tag_of(control) if end == 'sn1' else frame)
    except socket.timeout: pass # TimeoutError since Python 3.10 only
    if end != 'sn1': came = ['same' if came == frames else 'other, of %s bytes' % [len(frame) for frame in came]]
    print(*came, 'at %d ms' % (first * 1000 if first else -1), flush=True)
