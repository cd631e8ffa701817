# SPDX-License-Identifier: GPL-2.0-only
"""counters.py - read the kernel's counters around a run of iperf3: what labs/demo and labs/bench share."""

import json
import re
import subprocess
import sys
import time

from program import sh

# How the reader gets the CPU. A plain one may preempt the sender, or not: the scheduler decides that when a connection
# starts, for all of its life, and packets come singly or in batches. With real-time priority it always does.
SCHEDULERS = {"fifo": "chrt -f 1 ", "batch": "chrt -b 0 ", "other": ""}
# 18 bytes of payload make the smallest frame that Ethernet has: 60 bytes, 64 with the checksum.
UDP_PAYLOAD = 18
DEVICE = re.compile(r"q\d+_(\w+)")


def inside(netns):
    """The prefix that runs a command in a network namespace."""
    return f"ip netns exec {netns} " if netns else ""


def interrupts(vector):
    """How often a line of /proc/interrupts was raised, on all CPUs."""
    with open("/proc/interrupts", encoding="ascii") as lines:
        cpus = len(next(lines).split())
        return sum(sum(map(int, line.split()[1:cpus + 1])) for line in lines if line.split()[-1] == vector)


def softirqs(name):
    """How often a softirq ran, on all CPUs."""
    with open("/proc/softirqs", encoding="ascii") as lines:
        return sum(sum(map(int, line.split()[1:])) for line in lines if line.split()[0] == name + ":")


def switches():
    """Context switches since boot."""
    with open("/proc/stat", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("ctxt "))


def idle():
    """Seconds that the CPUs had nothing to do, since boot."""
    with open("/proc/uptime", encoding="ascii") as uptime:
        return float(uptime.read().split()[1])


def ethtool(dev, netns=None):
    """ethtool's statistics of a device, summed over its queues."""
    total = {}
    for line in sh(f"{inside(netns)}ethtool -S {dev}").splitlines():
        name, _, value = line.strip().partition(": ")
        if value.isdigit():
            name = DEVICE.sub(r"\1", name)
            total[name] = total.get(name, 0) + int(value)
    return total


def counters(dev, netns=None):
    """What the receiver has cost until now."""
    now = {
        "time": time.monotonic(), "idle": idle(), "switches": switches(), "NET_RX": softirqs("NET_RX"),
        "packets": int(sh(f"{inside(netns)}cat /sys/class/net/{dev}/statistics/rx_packets")),
        "vector": interrupts(f"{dev}-TxRx-0"),
    }
    now.update((name, value) for name, value in ethtool(dev, netns).items() if name.startswith(("inter", "poll")))
    return now


def serve(netns=None, scheduler="fifo"):
    """Start an iperf3 server, the reader."""
    sh(f"{inside(netns)}{SCHEDULERS[scheduler]}iperf3 -s -D")


def iperf3(server, *options):
    """Run iperf3 to a server; return bit/s and datagrams/s that arrived (datagrams None for TCP), and the seconds it counts."""
    command = ["iperf3", "-J", "-c", server, *map(str, options)]
    report = json.loads(subprocess.run(command, text=True, capture_output=True, check=False).stdout)
    if "error" in report:
        sys.exit(f"{' '.join(command)}: {report['error']}")
    end = report["end"]
    if "sum" not in end:
        return end["sum_received"]["bits_per_second"], None, end["sum_received"]["seconds"]
    total = end["sum"]
    rate = (total["packets"] - total["lost_packets"]) / total["seconds"]
    return rate * UDP_PAYLOAD * 8, rate, total["seconds"]


def measure(protocol, server, dev, seconds, netns=None):
    """One run of iperf3: throughput, and what each counter of the receiver gained.

    "seconds" is the transfer, without iperf3's own start and end, which "time" has in it: rates are counts by seconds.
    """
    options = ["-t", seconds]
    if protocol == "UDP":
        options += ["-u", "-b", 0, "-l", UDP_PAYLOAD]
    before = counters(dev, netns)
    bits, datagrams, seconds = iperf3(server, *options)
    after = counters(dev, netns)
    run = {name: after[name] - before.get(name, 0) for name in after}
    run.update(bits=bits, datagrams=datagrams, seconds=seconds)
    return run


def per(count, base):
    """A ratio, or None where there is nothing to divide."""
    return count / base if base and count is not None else None


def table(rows, head, out=sys.stdout):
    """Print aligned columns: the first two to the left, numbers to the right, "-" for what does not apply."""
    cells = [head] + [["-" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for row in cells:
        print("  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip(),
              file=out)
