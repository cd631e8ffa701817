#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""queues.py - bench, inside a virtual machine with two CPUs: four TCP flows over one queue and over two.

The clock is the host's: what two CPUs gain by working at the same time cannot be seen where they take turns on one that
counts instructions. So only the ratio means anything: the two are measured in turn, on one driver, and the medians are compared.
"""

import argparse
import json
import os
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import serve, table  # noqa: E402
from driver import snull  # noqa: E402
from pipe import polite  # noqa: E402
from program import say, sh  # noqa: E402

FLOWS = 4


def frames(queue):
    """What a queue of sn1 has received."""
    return int(sh(f"ethtool -S sn1 | sed -n 's/^ *q{queue}_rx_packets: //p'"))


def run(queues, seconds):
    """Four flows over so many queues: bits a second, and the frames of each queue."""
    for dev in "sn0", "sn1":
        sh(f"[ $(ls -d /sys/class/net/{dev}/queues/rx-* | wc -l) = {queues} ] || ethtool -L {dev} combined {queues}")
    sh("ping -q -c 3 -i 0.1 192.168.0.2")
    before = [frames(0), frames(1)]
    report = json.loads(sh(f"iperf3 -J -c 192.168.0.2 -P {FLOWS} -t {seconds}"))
    return {"bits": report["end"]["sum_received"]["bits_per_second"],
            "frames": [frames(0) - before[0], frames(1) - before[1]]}


def main():
    """Measure, print, judge."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--runs", type=int, default=5)
    options = options.parse_args()

    serve(None, "other")
    results = {1: [], 2: []}
    with snull(use_napi=1, queues=2):
        for number in range(options.runs):
            for queues, runs in results.items():
                runs.append(run(queues, options.seconds))
                say(f"{number + 1}/{options.runs} TCP, {FLOWS} flows, {queues} of 2 queues:"
                    f" {runs[-1]['bits'] / 1e6:.1f} Mbit/s")
    bits = {queues: statistics.median(one["bits"] for one in runs) for queues, runs in results.items()}
    table([[f"{queues} queue{'s' * (queues > 1)}", f"{bits[queues] / 1e6:.1f}", f"{bits[queues] / bits[1]:.2f}",
            *(str(sum(one["frames"][queue] for one in runs)) for queue in (0, 1))]
           for queues, runs in results.items()],
          [f"{FLOWS} flows, 2 CPUs", "Mbit/s", "of 1 queue", "frames of queue 0", "of queue 1"])
    print()
    good = bits[2] >= bits[1]
    print(f"{'PASS' if good else 'FAIL'}  {bits[2] / bits[1]:.3f}  TCP: {FLOWS} flows on 2 queues are at least as fast as on 1")
    sys.exit(not good)


polite(main)
