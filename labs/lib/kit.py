# SPDX-License-Identifier: GPL-2.0-only
"""kit.py - what a lab's "measure" is written with; it runs in the virtual machine.

A measure takes the student's parameters as NAME=NUMBER and prints lines "name number". It begins with:

    sys.path.insert(0, "/snull/labs/lib")
    from kit import Driver, napistat, parameters, pktgen, show
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from measure import SNULL_KO, ethtool as statistics, sh  # noqa: E402,F401 # labs/measure.py; statistics for the labs


def parameters(**defaults):
    """The parameters given on the command line, over these defaults."""
    given = dict(word.split("=", 1) for word in sys.argv[1:])
    unknown = set(given) - set(defaults)
    if unknown:
        sys.exit(f"measure: no parameter {', '.join(unknown)}; there are: {', '.join(defaults)}")
    return {name: int(given.get(name, value)) for name, value in defaults.items()}


def show(**values):
    """Print results."""
    for name, value in values.items():
        print(name, repr(float(value)), flush=True)


def wait_for(condition, seconds=10):
    """Wait until condition() is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit("measure: waited in vain")
        time.sleep(0.05)


class Driver:
    """The module, loaded with these parameters, all its interfaces addressed as in the labs, and up."""

    def __init__(self, **arguments):
        self.arguments = arguments
        self.devices = [f"sn{n}" for n in range(2 * arguments.get("pairs", 1))]

    def __enter__(self):
        sh("sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
        sh(f"insmod {SNULL_KO} " + " ".join(f"{name}={value}" for name, value in self.arguments.items()))
        for dev in self.devices:
            number = int(dev[2:])
            sh(f"ip addr add 192.168.{number}.{number % 2 + 1}/24 dev {dev} && ip link set {dev} up")
        for dev in self.devices:
            wait_for(lambda dev=dev: self.read(dev, "carrier") == "1")
        return self

    def __exit__(self, *_):
        sh("rmmod snull")

    @staticmethod
    def read(dev, name):
        """A file of the interface in sysfs."""
        with open(f"/sys/class/net/{dev}/{name}", encoding="ascii") as file:
            return file.read().strip()


def napistat(dev, command):
    """What a command cost, as "napistat --json" says."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        sh(f"napistat -i {dev} --json -o {report.name} -- {command}")
        return json.load(report)


def pin(dev, cpu, queue=0):
    """Let an interface's vector interrupt this CPU only."""
    with open("/proc/interrupts", encoding="ascii") as lines:
        irq = next(line.split(":")[0].strip() for line in lines if line.split()[-1] == f"{dev}-TxRx-{queue}")
    sh(f"echo {cpu} >/proc/irq/{irq}/smp_affinity_list")


def napiping(arguments):
    """The report of "napiping --json"."""
    return json.loads(sh("napiping --json " + arguments))


class Server:
    """A "napiping --server" while the block runs; then .report is its report."""

    def __init__(self, arguments=""):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["napiping", "--server", "--json", *shlex.split(arguments)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.report = None

    def __enter__(self):
        said = self.process.stderr.readline()
        if "listening" not in said:
            sys.exit(f"measure: {said}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.report = json.loads(self.process.communicate()[0] or "null")


def pktgen(arguments):
    """Run labs/pktgen; return packets sent and packets a second, of the first device."""
    found = re.search(r"sent (\d+) packets in [\d.]+ s, (\d+) packets/s", sh("pktgen " + arguments))
    return int(found[1]), int(found[2])
