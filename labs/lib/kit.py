# SPDX-License-Identifier: GPL-2.0-only
"""kit.py - what a lab's "measure" is written with; it runs in the virtual machine.

A measure takes the student's parameters as NAME=NUMBER and prints lines "name number". It begins with:

    sys.path.insert(0, "/snull/labs/lib")
    from kit import napistat, parameters, pktgen, show, snull
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile

# Not all of these are used here: labs import them from kit.
from counters import ethtool as statistics  # noqa: F401
from driver import pin, snull  # noqa: F401
from program import Failure, awake, sh  # noqa: F401


def parameters(**defaults):
    """The parameters given on the command line, over these defaults."""
    odd = [word for word in sys.argv[1:] if not re.fullmatch(r"\w+=\d+", word, re.ASCII)]
    if odd:
        raise Failure(f"'{odd[0]}' is no NAME=NUMBER; there are: {', '.join(defaults)}")
    given = dict(word.split("=") for word in sys.argv[1:])
    unknown = set(given) - set(defaults)
    if unknown:
        raise Failure(f"no parameter {', '.join(unknown)}; there are: {', '.join(defaults)}")
    return {name: int(given.get(name, value)) for name, value in defaults.items()}


def show(**values):
    """Print results."""
    for name, value in values.items():
        print(name, repr(float(value)), flush=True)


def napistat(dev, command):
    """What a command cost, as "napistat --json" says."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        sh(f"napistat -i {dev} --json -o {report.name} -- {command}")
        return json.load(report)


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
            raise Failure(said)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.report = json.loads(self.process.communicate()[0] or "null")


def pktgen(arguments):
    """Run labs/tools/pktgen; return packets sent and packets a second, of the first device."""
    found = re.search(r"sent (\d+) packets in [\d.]+ s, (\d+) packets/s", sh("pktgen " + arguments))
    return int(found[1]), int(found[2])
