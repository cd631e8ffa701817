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
import subprocess
import sys
import time

from strip import ARRIVAL, HEADER, PATHS

SNULL_KO = os.environ.get("SNULL_KO", "snull.ko")
# From linux/sockios.h and linux/ethtool.h.
SIOCETHTOOL, ETHTOOL_GSTRINGS, ETHTOOL_GSTATS, ETHTOOL_GSSET_INFO, ETH_SS_STATS = 0x8946, 0x1b, 0x1d, 0x37, 1

INSTANCE = "snull-timeline"
PKTGEN = "/proc/net/pktgen"
EVENTS = ["snull/snull_rx", "snull/snull_int_mask", "snull/snull_int_unmask", "snull/snull_poll_begin",
          "snull/snull_poll_end", "irq/irq_handler_entry", "irq/irq_handler_exit", "irq/softirq_raise",
          "irq/softirq_entry", "irq/softirq_exit", "napi/napi_poll", "net/netif_receive_skb"]


def give_up(text):
    """End with one line."""
    sys.exit(f"timeline: {text}")


def note(text):
    """Progress and warnings, for people."""
    print(f"timeline: {text}", file=sys.stderr, flush=True)


def read(name):
    """A small file."""
    with open(name, encoding="utf-8") as file:
        return file.read()


def write(name, text):
    """One write(), as tracefs and pktgen want it."""
    with open(name, "w", encoding="ascii") as file:
        file.write(text)


def run(*command):
    """Run a program. A failure ends this one with its complaint."""
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        give_up(f"{' '.join(command)} failed: {' '.join((done.stderr or done.stdout).split())}")


# ---- what must be so before anything is touched ------------------------------------------------------------

def tracefs():
    """Where it is mounted."""
    for place in "/sys/kernel/tracing", "/sys/kernel/debug/tracing":
        if os.path.isdir(f"{place}/instances"):
            return place
    return give_up("no tracefs: mount it with 'mount -t tracefs tracefs /sys/kernel/tracing'")


def check():
    """Can we work here? If not, say what to do."""
    if os.geteuid():
        give_up("needs root, to load the driver and to trace: run it with sudo, or in 'make shell'")
    tracing = tracefs()
    if os.path.isdir("/sys/module/snull"):
        give_up("snull is loaded already: 'rmmod snull' first, timeline loads it itself for each path")
    if not os.path.exists(SNULL_KO):
        give_up(f"no module {SNULL_KO}: build it with make, and name it in SNULL_KO")
    if os.path.isdir(f"{tracing}/instances/{INSTANCE}"):
        give_up(f"a killed timeline left its trace: 'rmdir {tracing}/instances/{INSTANCE}'")
    if os.path.isdir(PKTGEN) and pktgen_devices():
        give_up(f"pktgen has devices: empty it with 'echo reset >{PKTGEN}/pgctrl'")


# ---- the sender: the kernel's packet generator -------------------------------------------------------------

def pktgen_devices():
    """What its threads send from."""
    threads = [name for name in os.listdir(PKTGEN) if name.startswith("kpktgend_")]
    lines = "".join(read(f"{PKTGEN}/{name}") for name in threads)
    return re.findall(r"^(?:Running|Stopped):[ \t]+(\S+)", lines, re.MULTILINE)


def pktgen_clear():
    """Empty its threads; an interrupted start is over when this returns."""
    for name in os.listdir(PKTGEN):
        if name.startswith("kpktgend_"):
            write(f"{PKTGEN}/{name}", "rem_device_all\n")


@contextlib.contextmanager
def pktgen(packets, burst):
    """sn0 is ready to send: smallest frames, to a host behind sn1 that nobody is, so the stack drops them soon."""
    loaded = os.path.isdir(PKTGEN)
    try:
        run("modprobe", "pktgen")
        thread = min(name for name in os.listdir(PKTGEN) if name.startswith("kpktgend_"))
        write(f"{PKTGEN}/{thread}", "add_device sn0\n")
        for setting in (f"count {packets}", f"burst {burst}", "clone_skb 100000", "pkt_size 60", "delay 0",
                        f"dst_mac {read('/sys/class/net/sn1/address').strip()}", "src_min 10.9.0.1",
                        "src_max 10.9.0.1", "dst_min 10.9.8.1", "dst_max 10.9.8.1"):
            write(f"{PKTGEN}/sn0", setting + "\n")
        yield
    finally:
        if os.path.isdir(PKTGEN):
            pktgen_clear()
        if not loaded:
            subprocess.run(["rmmod", "pktgen"], capture_output=True, check=False)


# ---- the driver --------------------------------------------------------------------------------------------

@contextlib.contextmanager
def snull(path):
    """The driver is loaded and sn0 reaches sn1, and nobody but us sends anything."""
    try:
        run("insmod", SNULL_KO, f"use_napi={path}")
        for dev, address in ("sn0", "192.168.0.1/24"), ("sn1", "192.168.1.2/24"):
            if os.path.exists(f"/proc/sys/net/ipv6/conf/{dev}"):
                write(f"/proc/sys/net/ipv6/conf/{dev}/disable_ipv6", "1")
            run("ip", "addr", "add", address, "dev", dev)
            run("ip", "link", "set", dev, "up")
        wait(lambda: read("/sys/class/net/sn1/carrier").strip() == "1", "sn1 has no carrier")
        yield
    finally:
        if os.path.isdir("/sys/module/snull"):
            subprocess.run(["rmmod", "snull"], check=False)


def wait(condition, complaint):
    """Up to ten seconds: a virtual machine may be slow."""
    end = time.monotonic() + 10
    while not condition():
        if time.monotonic() > end:
            give_up(complaint)
        time.sleep(0.02)


def vectors():
    """The interrupt numbers of sn0 and sn1."""
    return re.findall(r"^ *(\d+):.* sn[01]-TxRx-0$", read("/proc/interrupts"), re.MULTILINE)


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


# ---- the trace ---------------------------------------------------------------------------------------------

@contextlib.contextmanager
def instance(tracing, packets):
    """Our own buffer, with nothing in it but what one strip shows."""
    place = f"{tracing}/instances/{INSTANCE}"
    try:
        os.mkdir(place)
        write(f"{place}/tracing_on", "0")
        write(f"{place}/trace_clock", "global")
        write(f"{place}/buffer_size_kb", str(1024 + packets))
        irqs = " || ".join(f"irq == {irq}" for irq in vectors())
        for event in EVENTS:
            if not os.path.isdir(f"{place}/events/{event}"):
                give_up(f"this kernel has no tracepoint {event}: use another, such as that of 'make shell'")
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
        except OSError:
            note("this kernel cannot trace functions: frames show when they are taken, not when they arrive")
        yield place
    finally:
        if os.path.isdir(place):
            os.rmdir(place)


def send(place, packets):
    """Send, and return the trace and what the driver has counted meanwhile."""
    write(f"{place}/trace", "")
    before = ethtool("sn1")

    def gained():
        return {name: value - before[name] for name, value in ethtool("sn1").items()}

    write(f"{place}/tracing_on", "1")
    write(f"{PKTGEN}/pgctrl", "start\n")
    wait(lambda: gained()["q0_rx_packets"] + gained()["q0_rx_missed"] >= packets, f"sn1 lost some of {packets} frames")
    time.sleep(0.05)
    write(f"{place}/tracing_on", "0")
    trace = read(f"{place}/trace")
    kept = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", trace)
    if not kept or kept[1] != kept[2]:
        give_up("the trace buffer was too small: try fewer --packets")
    return trace, gained()


def record(path, packets, size, tries):
    """Trace the burst several times on one path. Return the traces, each below a line that says what it is."""
    meta = {"path": path, "name": PATHS[path], "kernel": platform.release(), "cpus": os.cpu_count(),
            "icount": os.environ.get("SNULL_ICOUNT") == "1", "packets": packets, "burst": size, "tries": tries}
    traces = []
    tracing = tracefs()
    with snull(path), pktgen(packets, size), instance(tracing, packets) as place:
        for _ in range(tries):
            trace, gained = send(place, packets)
            meta["counters"] = {name[3:]: value for name, value in gained.items() if name.startswith("q0_") and value}
            traces.append(f"{HEADER}{json.dumps(meta)}\n{trace}")
    return traces
