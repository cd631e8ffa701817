# SPDX-License-Identifier: GPL-2.0-only
"""wires.py - what guest.py, steps.py and profile measure: a pair of interfaces, up only while it is measured, and one run over it."""

import os
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import interrupts, measure, per  # noqa: E402
from driver import SNULL_KO  # noqa: E402
from program import sh  # noqa: E402

# -icount shift=1: an instruction takes two nanoseconds of the guest's time.
INSTRUCTIONS = 0.5e9


class Wire:
    """A pair of interfaces, ours and the peer's, which is up only while it is measured."""

    def __init__(self, name, load, ours, theirs, features="", one_namespace=False, moderation="", flags="", rings=""):
        self.name, self.load, self.features, self.moderation, self.flags = name, load, features, moderation, flags
        self.rings = rings
        self.ours, self.theirs = ours, theirs
        self.netns = None if one_namespace else "peer"

    def __enter__(self):
        sh(self.load)
        if self.netns:
            sh(f"ip link set {self.theirs} netns peer")
            self.configure(self.ours, "10.0.0.1/24", None)
            self.configure(self.theirs, "10.0.0.2/24", "peer")
            self.server = "10.0.0.2"
        else:
            self.configure(self.ours, "192.168.0.1/24", None)
            self.configure(self.theirs, "192.168.1.2/24", None)
            self.server = "192.168.0.2"
        sh(f"ping -q -c 3 -i 0.1 {self.server}")
        return self

    def configure(self, dev, address, netns):
        """Features first, then up."""
        prefix = f"ip netns exec {netns} " if netns else ""
        if self.features:
            sh(f"{prefix}ethtool -K {dev} {self.features}")
        if self.moderation:
            sh(f"{prefix}ethtool -C {dev} {self.moderation}")
        if self.rings:
            sh(f"{prefix}ethtool -G {dev} {self.rings}")
        if self.flags:
            sh(f"{prefix}ethtool --set-priv-flags {dev} {self.flags}")
        sh(f"{prefix}ip addr add {address} dev {dev} && {prefix}ip link set {dev} up")

    def __exit__(self, *_):
        # In the peer's namespace too, the end of one end is the end of both.
        sh("ip link del v0" if self.ours == "v0" else "rmmod snull")


def veth(name, features=""):
    """The kernel's own virtual cable."""
    return Wire(name, "ip link add v0 type veth peer name v1", "v0", "v1", features)


def snull(name, path, features="", rewrite=False, moderation="", flags="", rings=""):
    """Ours, on one of its receive paths."""
    return Wire(name, f"insmod {SNULL_KO} use_napi={path} rewrite_ip={int(rewrite)}", "sn0", "sn1", features, rewrite,
                moderation, flags, rings)


# What "make profile" can look at, by name.
PROFILED = {wire.name: wire for wire in (
    veth("veth-mtu", "tso off gso off gro on"), snull("path-0", 0), snull("path-1", 1), snull("path-2", 2),
    snull("path-1-partial", 1, flags="rx-csum-partial on"), snull("path-1-gro-hw", 1, "rx-gro-hw on"),
    snull("path-1-gro-hw-32k", 1, "rx-gro-hw on", rings="rx-buf-len 32768"))}


def sender_interrupts(wire):
    """Of the end that sends, for what was sent and for what came back."""
    return interrupts(f"{wire.ours}-TxRx-0")


def one_run(wire, protocol, seconds):
    """Bring the wire up, measure once, derive the ratios."""
    ours = wire.ours != "v0"
    with wire:
        before = sender_interrupts(wire)
        run = measure(protocol, wire.server, wire.theirs, seconds, wire.netns)
        run["interrupts_sender"] = sender_interrupts(wire) - before
    packets = run["packets"]
    run["sender irq/packet"] = per(run["interrupts_sender"], packets) if ours else None
    run["irq/packet"] = per(run["interrupts_rx"], packets) if ours else None
    run["packets/poll"] = per(packets, run["polls"]) if ours else None
    run["switches/packet"] = per(run["switches"], packets)
    run["instructions/packet"] = per((run["time"] - run["idle"]) * INSTRUCTIONS, packets)
    run["packets/s"] = packets / run["seconds"]
    run["score"] = run["datagrams"] or run["bits"]
    return run


def median(runs, what):
    """None if a run does not have it."""
    values = [run[what] for run in runs]
    return None if None in values else statistics.median(values)


def spread(runs):
    """How far apart the best and the worst run are, of the median."""
    values = [run["score"] for run in runs]
    return (max(values) - min(values)) / statistics.median(values)
