#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""guest.py - bench, inside the virtual machine: measure each wire in turn, print the table and the verdicts.

Each wire joins this network namespace to another one ("peer"), where the iperf3 server is. All wires are measured once
before any is measured again, and the median counts.
"""

import argparse
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import SCHEDULERS, serve, table  # noqa: E402
from pipe import polite  # noqa: E402
from program import say, sh  # noqa: E402
from wires import median, one_run, snull, spread, veth  # noqa: E402

HEAD = ["wire", "", "Mbit/s", "packets/s", "of veth", "spread", "interrupts/packet", "packets/poll",
        "switches/packet", "instructions/packet"]


VETH = "veth as it comes"
VETH_MTU = "veth tso off gso off gro on"
# With TSO on, veth keeps what a local socket sends away from its NAPI, and so from GRO (see
# veth_skb_is_eligible_for_gro() in drivers/net/veth.c): that is not the work that a NIC's driver does.
VETH_GRO = "veth gro on"
PATHS = ["path 0 netif_rx", "path 1 napi", "path 2 legacy"]
# As veth does, which finishes no checksum: what is never on a wire needs none.
NAPI_PARTIAL = "path 1, rx-csum-partial on"
NAPI_HW = "path 1, rx-gro-hw on"
# With buffers of 32 KB, 64 KB are two of them and not seventeen.
NAPI_BUF = "path 1, rx-gro-hw on, rx-buf-len 32768"
NAPI_TRICK = "path 1, one namespace"
# What interrupts cost: the same with one for many completions, and with one for many packets as well.
NAPI_TX_USECS = "path 1, tx-usecs 1000"
NAPI_USECS = "path 1, rx-usecs 100 as well"
# What i40e and ice begin with.
NAPI_INTEL = "path 1, tx-usecs 50 rx-usecs 50"

# protocol: wires, and the one that each is compared with
PLAN = {
    "TCP": [
        (veth(VETH), None), (veth(VETH_MTU, "tso off gso off gro on"), None),
        (snull(PATHS[0], 0), VETH_MTU), (snull(PATHS[1], 1), VETH_MTU), (snull(PATHS[2], 2), VETH_MTU),
        (snull(NAPI_TRICK, 1, rewrite=True), VETH_MTU),
        (snull(NAPI_PARTIAL, 1, flags="rx-csum-partial on"), VETH_MTU), (snull(NAPI_HW, 1, "rx-gro-hw on"), VETH),
        (snull(NAPI_BUF, 1, "rx-gro-hw on", rings="rx-buf-len 32768"), VETH),
    ],
    "UDP": [
        (veth(VETH_GRO, "gro on"), None), (veth(VETH_MTU, "tso off gso off gro on"), None),
        (snull(PATHS[0], 0), VETH_MTU), (snull(PATHS[1], 1), VETH_MTU), (snull(PATHS[2], 2), VETH_MTU),
        (snull(NAPI_TRICK, 1, rewrite=True), VETH_MTU),
        (snull(NAPI_PARTIAL, 1, flags="rx-csum-partial on"), VETH_MTU),
        (snull(NAPI_TX_USECS, 1, moderation="tx-usecs 1000"), VETH_MTU),
        (snull(NAPI_USECS, 1, moderation="tx-usecs 1000 rx-usecs 100"), VETH_MTU),
        (snull(NAPI_INTEL, 1, moderation="tx-usecs 50 rx-usecs 50"), VETH_MTU),
    ],
}


def row(protocol, wire, reference, results):
    """One line of the table."""
    runs = results[protocol][wire]

    def show(what, digits):
        value = median(runs, what)
        return None if value is None else f"{value:.{digits}f}"

    ratio = reference and f"{median(runs, 'score') / median(results[protocol][reference], 'score'):.2f}"
    return [wire, protocol, f"{median(runs, 'bits') / 1e6:.1f}", show("packets/s", 0), ratio,
            f"{100 * spread(runs):.1f}%", show("irq/packet", 3), show("packets/poll", 1), show("switches/packet", 2),
            show("instructions/packet", 0)]


def verdicts(results):
    """What the project asks of itself, one line each. Returns how many fail."""
    failed = 0

    def ask(text, protocol, wire, reference, least, strictly=False):
        nonlocal failed
        ratio = median(results[protocol][wire], "score") / median(results[protocol][reference], "score")
        good = ratio > least if strictly else ratio >= least
        failed += not good
        print(f"{'PASS' if good else 'FAIL'}  {ratio:.3f}  {text}")

    ask(f"TCP: path 1 is at least 1.0 x {VETH_MTU}", "TCP", PATHS[1], VETH_MTU, 1.0)
    ask(f"TCP: {NAPI_PARTIAL}, is at least 1.05 x {VETH_MTU}", "TCP", NAPI_PARTIAL, VETH_MTU, 1.05)
    ask(f"TCP: {NAPI_HW}, is at least 0.8 x {VETH}", "TCP", NAPI_HW, VETH, 0.8)
    ask(f"UDP: path 1 is at least 0.9 x {VETH_MTU}", "UDP", PATHS[1], VETH_MTU, 0.9)
    ask("TCP: path 1 is faster than path 2", "TCP", PATHS[1], PATHS[2], 1.0, True)
    ask("TCP: path 2 is faster than path 0", "TCP", PATHS[2], PATHS[0], 1.0, True)
    return failed


def main():
    """Measure, print, judge."""
    options = argparse.ArgumentParser()
    options.add_argument("--json")
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--scheduler", choices=SCHEDULERS, default="fifo")
    options = options.parse_args()

    sh("ip netns add peer; ip -n peer link set lo up")
    serve(None, options.scheduler)
    serve("peer", options.scheduler)
    results = {protocol: {wire.name: [] for wire, _ in wires} for protocol, wires in PLAN.items()}
    for number in range(options.runs):
        for protocol, wires in PLAN.items():
            for wire, _ in wires:
                run = one_run(wire, protocol, options.seconds)
                results[protocol][wire.name].append(run)
                say(f"{number + 1}/{options.runs} {protocol} {wire.name}: {run['bits'] / 1e6:.1f} Mbit/s,"
                    f" {run['packets/s']:.0f} packets/s")
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump(results, out, indent=1)
    table([row(protocol, wire.name, reference, results)
           for protocol, wires in PLAN.items() for wire, reference in wires], HEAD)
    print()
    sys.exit(verdicts(results) > 0)


polite(main)
