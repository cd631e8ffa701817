#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""packets.py - inside the virtual machine: what pktgen gets through each receive path, and through veth. "make bench" runs it.

pktgen sends UDP to an address that nobody has, so that IP drops what has come up, in the other namespace. Two loads:

    singly   each packet is a buffer of its own, which pktgen makes, and has the driver to itself. veth takes nothing else: it gives
             the very buffer to its other end, so that nobody may send it twice (IFF_TX_SKB_SHARING; pktgen answers ENOTSUPP).
    bursts   32 packets for one doorbell, all of them one buffer. For drivers that copy, as one of hardware does: snull alone.

All are measured once before any is measured again, and the median counts.

usage, on the host: labs/vm/run --icount -- python3 labs/bench/packets.py [--json FILE] [--runs N]
"""

import argparse
import json
import os
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import counters, inside, per, table  # noqa: E402
from pipe import polite  # noqa: E402
from pktgen import PKTGEN  # noqa: E402
from program import Failure, read, say, sh, write  # noqa: E402
from wires import INSTRUCTIONS, median, snull, spread, veth  # noqa: E402

COUNT = 50000
# burst, and how often a buffer is sent again
LOADS = {"singly": (1, 0), "bursts": (32, 1000000)}
# What it is called in the data: its wire. With GRO on, veth has a NAPI; without, it calls netif_rx().
VETH = "veth"
WIRES = {VETH: veth("veth as it comes"), "veth-napi": veth("veth gro on", "gro on"),
         "0": snull("path 0 netif_rx", 0), "1": snull("path 1 napi", 1), "2": snull("path 2 legacy", 2),
         "1-usecs": snull("path 1, tx-usecs 1000 rx-usecs 100", 1, moderation="tx-usecs 1000 rx-usecs 100")}
PLAN = {"singly": list(WIRES), "bursts": ["0", "1", "2"]}
HEAD = ["wire", "", "packets/s", "of veth", "spread", "interrupts/packet", "packets/poll", "instructions/packet"]


def settled(wire):
    """How many packets have come, when no more do."""
    where, old, new = f"{inside(wire.netns)}cat /sys/class/net/{wire.theirs}/statistics/rx_packets", -1, 0
    while old != new:
        time.sleep(0.05)
        old, new = new, int(sh(where))
    return new


def generate(wire, burst, again):
    """Have pktgen send; return how many a second, by its own clock, up to the last one's completion."""
    file = f"{PKTGEN}/{wire.ours}"
    there = sh(f"{inside(wire.netns)}cat /sys/class/net/{wire.theirs}/address").strip()
    write(f"{PKTGEN}/kpktgend_0", f"add_device {wire.ours}")
    for setting in (f"count {COUNT}", f"clone_skb {again}", f"burst {burst}", "pkt_size 60", "delay 0", f"dst_mac {there}", "src_min 10.9.0.1",
                    "src_max 10.9.0.1", "dst_min 10.9.8.1", "dst_max 10.9.8.1"):
        write(file, setting)
    write(f"{PKTGEN}/pgctrl", "start")
    result = read(file)
    write(f"{PKTGEN}/kpktgend_0", "rem_device_all")
    sent, rate = re.search(r"pkts-sofar: (\d+)", result), re.search(r"(\d+)pps", result)
    if not sent or not rate:
        raise Failure(f"{wire.name}: pktgen says: {result}")
    return int(sent[1]), int(rate[1])


def one_run(wire, load):
    """All that is sent has to arrive: what is dropped early would cost little."""
    ours = wire.ours != "v0"
    with wire:
        first, before = settled(wire), counters(wire.theirs, wire.netns)
        sent, rate = generate(wire, *LOADS[load])
        received, after = settled(wire) - first, counters(wire.theirs, wire.netns)
    if received != sent:
        raise Failure(f"{wire.name}, {load}: {sent} packets were sent and {received} received")
    run = {name: after[name] - before.get(name, 0) for name in after}
    run.update({"packets/s": rate, "score": rate, "instructions/packet": INSTRUCTIONS / rate,
                "irq/packet": per(run["interrupts_rx"], sent) if ours else None, "packets/poll": per(sent, run["polls"]) if ours else None})
    return run


def row(load, name, results):
    """One line of the table."""
    runs = results[load][name]

    def show(what, digits):
        value = median(runs, what)
        return None if value is None else f"{value:.{digits}f}"

    ratio = None if name.startswith("veth") else f"{of_veth(results, load, name):.2f}"
    return [WIRES[name].name, load, show("packets/s", 0), ratio, f"{100 * spread(runs):.1f}%", show("irq/packet", 3), show("packets/poll", 1),
            show("instructions/packet", 0)]


def of_veth(results, load, name):
    """Packets a second, divided by veth's, which come singly."""
    return median(results[load][name], "score") / median(results["singly"][VETH], "score")


def verdicts(results):
    """What the project asks of itself, one line each. Returns how many fail."""
    path = {name: median(results["bursts"][name], "score") for name in PLAN["bursts"]}
    asked = {"bursts: path 1 is at least 1.0 x veth, which takes none": (of_veth(results, "bursts", "1"), 1.0),
             "bursts: path 1 is faster than path 2": (path["1"] / path["2"], 1.02), "bursts: path 2 is faster than path 0": (path["2"] / path["0"], 1.02)}
    for text, (ratio, least) in asked.items():
        print(f"{'PASS' if ratio >= least else 'FAIL'}  {ratio:.3f}  {text}")
    return sum(ratio < least for ratio, least in asked.values())


def main():
    """Measure, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--json")
    options.add_argument("--runs", type=int, default=3)
    options = options.parse_args()

    sh("modprobe pktgen; sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    sh("ip netns add peer; ip -n peer link set lo up; ip netns exec peer sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    results = {load: {name: [] for name in names} for load, names in PLAN.items()}
    for number in range(options.runs):
        for load, names in PLAN.items():
            for name in names:
                run = one_run(WIRES[name], load)
                results[load][name].append(run)
                say(f"{number + 1}/{options.runs} {load} {WIRES[name].name}: {run['packets/s']} packets/s, {run['instructions/packet']:.0f} instructions")
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump(results, out, indent=1)
    table([row(load, name, results) for load, names in PLAN.items() for name in names], HEAD)
    print()
    sys.exit(verdicts(results) > 0)


polite(main)
