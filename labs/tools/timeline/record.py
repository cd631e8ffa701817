# SPDX-License-Identifier: GPL-2.0-only
"""record.py - load the driver on one receive path, trace a burst of packets, and leave nothing behind.

Read next: strip.py.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import platform
import re
import socket
import struct
import time

import driver
import pktgen
from program import Failure, read, say, wait_for, write
from strip import ARRIVAL, HEADER, PATHS

# From linux/sockios.h and linux/ethtool.h.
SIOCETHTOOL, ETHTOOL_GSTRINGS, ETHTOOL_GSTATS, ETHTOOL_GSSET_INFO, ETH_SS_STATS = 0x8946, 0x1b, 0x1d, 0x37, 1

INSTANCE = "snull-timeline"
EVENTS = ["snull/snull_rx", "snull/snull_int_mask", "snull/snull_int_unmask", "snull/snull_poll_begin",
          "snull/snull_poll_end", "irq/irq_handler_entry", "irq/irq_handler_exit", "irq/softirq_raise",
          "irq/softirq_entry", "irq/softirq_exit", "napi/napi_poll", "net/netif_receive_skb"]


# ---- what must be so before anything is touched ------------------------------------------------------------

def tracefs():
    """Where it is mounted."""
    for place in "/sys/kernel/tracing", "/sys/kernel/debug/tracing":
        if os.path.isdir(f"{place}/instances"):
            return place
    raise Failure("no tracefs: mount it with 'mount -t tracefs tracefs /sys/kernel/tracing'")


def check():
    """Can we work here? If not, say what to do."""
    driver.check()
    pktgen.check()
    tracing = tracefs()
    if os.path.isdir(f"{tracing}/instances/{INSTANCE}"):
        raise Failure(f"a killed timeline left its trace: 'rmdir {tracing}/instances/{INSTANCE}'")


# ---- the trace ---------------------------------------------------------------------------------------------

def ethtool(dev):
    """What "ethtool -S" shows, without a process: one that ends just before a burst leaves its marks in it."""
    def ask(layout, *words, room=0):
        buffer = ctypes.create_string_buffer(struct.pack(layout, *words), struct.calcsize(layout) + room)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sQ16x", dev.encode(), ctypes.addressof(buffer)))
        return buffer.raw[struct.calcsize(layout):]

    count, = struct.unpack("I", ask("=IIQ", ETHTOOL_GSSET_INFO, 0, 1 << ETH_SS_STATS, room=4))
    names = ask("=III", ETHTOOL_GSTRINGS, ETH_SS_STATS, count, room=32 * count)
    values = struct.unpack(f"{count}Q", ask("=II", ETHTOOL_GSTATS, count, room=8 * count))
    names = [names[i:i + 32].rstrip(b"\0").decode() for i in range(0, len(names), 32)]
    return dict(zip(names, values))


@contextlib.contextmanager
def instance(tracing, packets):
    """Our own buffer, with nothing in it but what one strip shows."""
    place = f"{tracing}/instances/{INSTANCE}"
    try:
        os.mkdir(place)
        write(f"{place}/tracing_on", "0")
        write(f"{place}/trace_clock", "global")
        write(f"{place}/buffer_size_kb", str(1024 + packets))
        irqs = " || ".join(f"irq == {irq}" for irq in driver.vectors("sn0") + driver.vectors("sn1"))
        for event in EVENTS:
            if not os.path.isdir(f"{place}/events/{event}"):
                raise Failure(f"this kernel has no tracepoint {event}: use another, such as that of 'make shell'")
            if "irq_handler" in event:
                write(f"{place}/events/{event}/filter", irqs)
            elif "softirq" in event:
                write(f"{place}/events/{event}/filter", "vec == 3")
            elif "netif_receive" in event:
                write(f"{place}/events/{event}/filter", 'name == "sn1"')
            write(f"{place}/events/{event}/enable", "1")
        try:
            write(f"{place}/set_ftrace_filter", f"{ARRIVAL}:mod:snull")
            write(f"{place}/current_tracer", "function")
        except Failure:
            say("timeline: this kernel cannot trace functions: frames show when they are taken, not when they arrive")
        yield place
    finally:
        if os.path.isdir(place):
            os.rmdir(place)


def send(place, packets, size):
    """Send, and return the trace and what the driver has counted meanwhile."""
    write(f"{place}/trace", "")
    before = ethtool("sn1")

    def gained():
        return {name: value - before[name] for name, value in ethtool("sn1").items()}

    write(f"{place}/tracing_on", "1")
    pktgen.send("-n", packets, "-b", size, "sn0")
    wait_for(lambda: gained()["q0_rx_packets"] + gained()["q0_rx_missed"] >= packets, f"sn1 lost some of {packets} frames")
    time.sleep(0.05)
    write(f"{place}/tracing_on", "0")
    trace = read(f"{place}/trace")
    kept = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", trace)
    if not kept or kept[1] != kept[2]:
        raise Failure("the trace buffer was too small: try fewer --packets")
    return trace, gained()


def record(path, packets, size, tries):
    """Trace the burst several times on one path. Return the traces, each below a line that says what it is."""
    meta = {"path": path, "name": PATHS[path], "kernel": platform.release(), "cpus": os.cpu_count(),
            "icount": os.environ.get("SNULL_ICOUNT") == "1", "packets": packets, "burst": size, "tries": tries}
    traces = []
    tracing = tracefs()
    with driver.snull(use_napi=path), pktgen.pktgen(), instance(tracing, packets) as place:
        for _ in range(tries):
            trace, gained = send(place, packets, size)
            meta["counters"] = {name[3:]: value for name, value in gained.items() if name.startswith("q0_") and value}
            traces.append(f"{HEADER}{json.dumps(meta)}\n{trace}\n")
    return traces
