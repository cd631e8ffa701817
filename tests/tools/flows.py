#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
flows.py - many flows into sn0, and which of them came out of sn1 in one piece.

usage: flows.py N [same] [off] [fragment] [held]

N flows send one TCP segment each, and then each a second one, with PSH. Prints how many of these pairs came together, and
which did not.
  same       all of them fall into one bucket of the NIC's hash
  off        rx-gro-hw is switched off in between
  fragment   in between comes a fragment, of no flow that one could tell; prints how many packets came before it
  held       nothing of lower priority has this CPU while they are sent (a kernel's thread that polls, for one)
"""
import os, signal, socket, struct, subprocess, sys
from itertools import islice
from operator import itemgetter

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads this may stop

SO_RCVBUFFORCE = 33
PAYLOAD = 100
FRAGMENT = 19999  # its "port"
MORE_FRAGMENTS = 0x2000
pair = bytes((10, 1, 0, 1, 10, 1, 0, 2))

def mac(dev): return bytes.fromhex(open('/sys/class/net/%s/address' % dev).read().strip().replace(':', ''))

def fold(data):
    s = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while s >> 16: s = (s & 0xffff) + (s >> 16)
    return struct.pack('!H', ~s & 0xffff)

def bucket(port):
    """frame/coalesce.c's name of the flow, and nic/stage.h's hash_32() of it"""
    a, b = struct.unpack('!II', pair)
    rol = lambda x, by: x << by & 0xffffffff | x >> 32 - by
    return ((port << 16 | 9) ^ rol(a & ~0x100, 7) ^ rol(b & ~0x100, 21)) * 0x61C88647 % (1 << 32) >> 22

def frame(link, port, second, flags=0x4000):
    tcp = struct.pack('!HHIIBBHHH', port, 9, 1 + PAYLOAD * second, 1, 0x50, 0x10 + 8 * second, 1000, 0, 0) + bytes(PAYLOAD)
    tcp = tcp[:16] + fold(pair + struct.pack('!HH', 6, len(tcp)) + tcp) + tcp[18:]
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(tcp), second, flags, 64, 6, 0) + pair
    return link + b'\x08\0' + ip[:10] + fold(ip) + ip[12:] + tcp

def ports(n, same):
    first = 20000
    found = list(islice((port for port in range(first, 65536) if not same or bucket(port) == bucket(first)), n))
    if len(found) < n: sys.exit('flows.py: only %d such flows' % len(found))
    return found

def send(wire, halves, between, off):
    for half in halves:
        for one in half + between: wire.send(one)
        between = []
        if off: subprocess.run(['ethtool', '-K', 'sn1', 'rx-gro-hw', 'off'], check=True)

def receive(tap, came):
    tap.settimeout(1)
    try:
        while any(sum(map(itemgetter(1), runs)) < 2 * PAYLOAD for runs in came.values()):
            data = tap.recv(70000)
            port, _, seq = struct.unpack_from('!HHI', data, 34)
            if port == FRAGMENT: print(sum(map(len, came.values())), 'before it,', end=' ')
            else: came[port].append((seq, struct.unpack_from('!H', data, 16)[0] - 40))
    except socket.timeout: print('some are missing:')  # TimeoutError since Python 3.10 only

def main(n, *how):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(('sn0', 0))
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
    tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    tap.bind(('sn1', 0x800))
    flows = ports(int(n), 'same' in how)
    link = mac('sn1') + mac('sn0')
    halves = [[frame(link, port, second) for port in flows] for second in (False, True)]
    between = [frame(link, FRAGMENT, False, MORE_FRAGMENTS)] if 'fragment' in how else []
    # Only here: a start of Python may take the debug kernel a second, after which others get their share of the CPU.
    if 'held' in how: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    send(wire, halves, between, 'off' in how)
    if 'held' in how: os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    came = {port: [] for port in flows}
    receive(tap, came)
    if any(runs != sorted(runs) for runs in came.values()): print('a flow is out of order:')
    apart = [i for i, port in enumerate(flows) if came[port] != [(1, 2 * PAYLOAD)]]
    print('%d together,' % (len(flows) - len(apart)), 'apart:', *(apart if len(apart) < 10 else [len(apart)]))

main(*sys.argv[1:])
