#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""steps.py - inside the virtual machine: from path 0 to path 1 in steps, each of which changes one thing; and what may
look like a cause, beside them. examples/rx_steps.c has the steps.

Two loads: TCP by iperf3, as in guest.py, to the other namespace; and pktgen's bursts of 32, which the stack drops when it
has looked at the address (labs 2 and 3). All are measured once before any is measured again, and the median counts.

usage, on the host: labs/vm/run --icount --timeout 3600 -- python3 labs/bench/steps.py [--json FILE] [--runs N] [--seconds N]
"""

import argparse
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import counters, per, serve, table  # noqa: E402
from driver import SNULL_KO  # noqa: E402
from program import say, sh  # noqa: E402
from wires import INSTRUCTIONS, Wire, median, one_run, sender_interrupts, spread  # noqa: E402

PKTGEN = "pktgen -n 50000 -b 32 sn0"
MODULES = os.path.dirname(SNULL_KO)
# What each is called in the data: its receive path, the module's parameters and ethtool's features, the module it is in.
STEPS = {
    "0": ("netif_rx", "", "", None),
    "drain": ("drain", "", "", "rx_drain"),
    "mask": ("step_mask", "", "", "rx_steps"),
    "once": ("step_once", "", "", "rx_steps"),
    "direct": ("step_direct", "", "", "rx_steps"),
    "pool": ("step_pool", "", "", "rx_steps"),
    "list": ("step_list", "", "gro off", "rx_steps"),
    "tx": ("step_tx", "", "gro off", "rx_steps"),
    "1-gro-off": ("napi", "", "gro off", None),
    "1": ("napi", "", "", None),
    "2": ("legacy", "weight=2", "", None),
    "2-64": ("legacy", "weight=64", "", None),
}
HEAD = ["path", "", "Mbit/s", "packets/s", "spread", "interrupts/packet", "of the sender", "packets/poll", "instructions/packet"]


class Step(Wire):
    """snull on a path that may be in a module of its own."""

    def __init__(self, name, one_namespace):
        path, parameters, features, self.module = STEPS[name]
        load = f"insmod {SNULL_KO} rewrite_ip={int(one_namespace)} {parameters}"
        if self.module:
            load += f" && insmod {MODULES}/{self.module}.ko"
        load += f" && echo {path} >/sys/module/snull/parameters/use_napi"
        super().__init__(name, load, "sn0", "sn1", features, one_namespace)

    def __exit__(self, *_):
        prefix = f"ip netns exec {self.netns} " if self.netns else ""
        sh(f"ip link set sn0 down && {prefix}ip link set sn1 down")
        sh(f"rmmod {self.module or ''} snull")


def pktgen_run(step):
    """Bursts as fast as they go. The generator's own clock says how long it took."""
    with step:
        before, sender = counters("sn1"), sender_interrupts(step)
        text = sh(PKTGEN)
        after, sender = counters("sn1"), sender_interrupts(step) - sender
    run = {name: after[name] - before.get(name, 0) for name in after}
    rate = int(re.search(r"(\d+) packets/s", text)[1])
    sent = int(re.search(r"sent (\d+) packets", text)[1])
    if run["packets"] != sent:
        sys.exit(f"steps: {step.name}: {sent} packets were sent and {run['packets']} received")
    run.update({"packets/s": rate, "score": rate, "bits": None, "instructions/packet": INSTRUCTIONS / rate,
                "irq/packet": per(run["interrupts_rx"], sent), "sender irq/packet": per(sender, sent),
                "packets/poll": per(sent, run["polls"])})
    return run


def row(load, name, runs):
    """One line of the table."""
    def show(what, digits, scale=1.0):
        value = median(runs, what)
        return None if value is None else f"{value * scale:.{digits}f}"

    return [name, load, show("bits", 1, 1e-6), show("packets/s", 0), f"{100 * spread(runs):.1f}%", show("irq/packet", 3),
            show("sender irq/packet", 3), show("packets/poll", 1), show("instructions/packet", 0)]


def main():
    """Measure, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--json")
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--runs", type=int, default=2)
    options = options.parse_args()

    sh("sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    sh("ip netns add peer; ip -n peer link set lo up")
    serve("peer")
    results = {load: {name: [] for name in STEPS} for load in ("TCP", "pktgen")}
    for number in range(options.runs):
        for name in STEPS:
            for load, run in (("TCP", one_run(Step(name, False), "TCP", options.seconds)), ("pktgen", pktgen_run(Step(name, True)))):
                results[load][name].append(run)
                say(f"{number + 1}/{options.runs} {load} {name}: {run['packets/s']:.0f} packets/s, {run['instructions/packet']:.0f} instructions")
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump(results, out, indent=1)
    table([row(load, name, runs) for load, steps in results.items() for name, runs in steps.items()], HEAD)


main()
