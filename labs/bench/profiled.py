#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""profiled.py WIRE - inside the virtual machine, for labs/bench/profile: bring a wire up, print the kernel's symbols, run
iperf3 over it, say "running" when TCP has found its window, and at the end how fast it was, in Mbit/s.
"""

import os
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import measure, serve  # noqa: E402
from pipe import polite  # noqa: E402
from program import read, sh  # noqa: E402
from wires import PROFILED  # noqa: E402

SECONDS = 6  # a busy host is late to begin its log


def main():
    """As said above."""
    sh("sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    sh("ip netns add peer; ip -n peer link set lo up")
    serve("peer", "fifo")
    with PROFILED[sys.argv[1]] as wire:
        print(read("/proc/kallsyms"))
        # iperf3 is real-time, too, and leaves nothing of the one CPU to whom it does not have to.
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(9))
        threading.Timer(0.5, lambda: print("running", flush=True)).start()
        print(measure("TCP", wire.server, wire.theirs, SECONDS, wire.netns)["bits"] / 1e6)


polite(main)
