#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""stamps.py - inside the virtual machine: where the microseconds of a reply go, from the wire to the reader, on each path,
with coalescing and with busy polling.

napiping --stamps says how long a reply takes to the stack, and from there to the reader. What lies between, a trace tells:
the kernel's functions and events that a reply passes, one at a time. An event costs more than some of what it stands in, so
in each run there are only two: the frame arrives in the NIC, and it comes by the one mark. What the first of them costs is in
all times from the wire on, and so not in the differences between them.

The server sleeps until it is asked. It shares a CPU with the client, which goes before it (chrt -f): with two CPUs, which take turns
here, an interrupt from one to the other waits for its turn, and that is longer than all the rest. But who busy polls has a CPU of its own.

usage, on the host: labs/vm/run --icount --cpus 2 --timeout 3600 -- python3 labs/bench/stamps.py [--json FILE] [--replies N]
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import table  # noqa: E402
from driver import pin, snull, vectors  # noqa: E402
from kit import Server  # noqa: E402
from program import Failure, awake, read, say, sh, write  # noqa: E402

USECS = 200
BUSY, PREFER = "--busy-poll 200", "--busy-poll 100000 --prefer-busy-poll"
# What each is called in the data: the path, rx-usecs, how the client waits.
ROWS = {
    "0": (0, 0, ""), "1": (1, 0, ""), "2": (2, 0, ""),
    "1-busy": (1, 0, BUSY), "1-prefer": (1, 0, PREFER),
    "0-usecs": (0, USECS, ""), "1-usecs": (1, USECS, ""), "2-usecs": (2, USECS, ""),
}
# What a reply comes by: an event of the kernel's, and which of them; or a function.
MARKS = {
    "interrupt": ("irq/irq_handler_entry", "irq == {irq}"),
    "poll": ("irq/softirq_entry", "vec == 3"),
    "stack": ("net/netif_receive_skb", 'name == "sn0"'),
    "socket": "__udp_enqueue_schedule_skb",
    "reader": ("syscalls/sys_exit_recvmsg", "ret > 0"),
}
# Who busy polls needs no softirq.
OWN_POLL = ("snull/snull_poll_begin", 'dev == "sn0"')
ARRIVAL = "nic_rx_frame"
TRACE = "/sys/kernel/tracing/instances/snull-stamps"
LINE = re.compile(r"-(\d+) +\[\d+\] \S+ +(\d+): (\w+)")


def client(options, replies):
    """What asks reports."""
    # Who polls all the time with that priority leaves nothing to the kernel's threads, one of which begins to stamp.
    report = json.loads(sh(f"{'' if options else 'chrt -f 1 '}napiping --json --cpu 0 -n {replies} --warmup 10 {options} --stamps sn0 192.168.0.2"))
    if report["stages_us"]["replies"] < replies:
        raise Failure(f"only {report['stages_us']['replies']} of {replies} replies have stamps")
    return report


@contextlib.contextmanager
def trace(mark):
    """In the trace are only two kinds of lines: a frame arrives, and it comes by the mark. Its times are the counter's that the kernel makes
    its clocks of, which counts nanoseconds here: of those the trace would show no more than microseconds."""
    os.mkdir(TRACE)
    try:
        write(f"{TRACE}/trace_clock", "x86-tsc")
        functions = f"{ARRIVAL} {mark}" if isinstance(mark, str) else ARRIVAL
        write(f"{TRACE}/set_ftrace_filter", functions)
        write(f"{TRACE}/current_tracer", "function")
        if functions == ARRIVAL:
            event, which = mark
            write(f"{TRACE}/events/{event}/filter", which.format(irq=vectors("sn0")[0]))
            write(f"{TRACE}/events/{event}/enable", 1)
        yield
        write(f"{TRACE}/tracing_on", 0)
    finally:
        write(f"{TRACE}/current_tracer", "nop")
        os.rmdir(TRACE)


def time_to(mark, server, options, replies):
    """The median of the microseconds from the wire to a mark; None if replies don't come by it."""
    with trace(OWN_POLL if mark == "poll" and options else MARKS[mark]):
        client(options, replies)
        text = read(f"{TRACE}/trace")
    times, came = [], None
    for pid, at, what in LINE.findall(text):
        if what == ARRIVAL:
            # What others send, arrives at the other end.
            came = int(at) if int(pid) == server else None
        elif came is not None:
            times.append((int(at) - came) / 1000)
            came = None
    return statistics.median(times) if len(times) > replies / 2 else None


def measure(name, replies):
    """One row."""
    path, usecs, options = ROWS[name]
    cpu = int(bool(options))
    with snull(use_napi=path), awake(cpu), Server(f"--cpu {cpu}") as server:
        pin("sn0", 0)
        pin("sn1", cpu)
        sh(f"ethtool -C sn0 rx-usecs {usecs}")
        # Its interrupts for what it has sent would come in between.
        sh("ethtool -C sn1 tx-usecs 500")
        if options == PREFER:
            write("/sys/class/net/sn0/napi_defer_hard_irqs", 100)
            write("/sys/class/net/sn0/gro_flush_timeout", 20000000)
        report = client(options, replies)
        parts = {part: report["stages_us"][part]["median"] for part in ("to_wire", "to_stack", "to_reader")}
        return {"latency": report["latency_us"]["median"], "napi_id": report["napi_id"]["first"], **parts,
                "marks": {mark: time_to(mark, server.process.pid, options, replies) for mark in MARKS}}


def main():
    """Measure, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--json")
    options.add_argument("--replies", type=int, default=300)
    options = options.parse_args()
    if os.environ.get("SNULL_ICOUNT") != "1":
        raise Failure("this is for a clock that counts instructions: labs/vm/run --icount")
    results = {}
    for name in ROWS:
        results[name] = measure(name, options.replies)
        say(f"{name}: {results[name]}")
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump(results, out, indent=1)

    def show(values):
        return [None if value is None else f"{value:.1f}" for value in values]

    table([[name, ""] + show([*row["marks"].values(), row["to_stack"], row["to_reader"]]) for name, row in results.items()],
          ["us", "from the wire to the", *MARKS, "by stamps: to the stack", "from there"])


main()
