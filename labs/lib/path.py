# SPDX-License-Identifier: GPL-2.0-only
"""path.py - what the parts of a trial are made of: the student's module beside snull, and what is done to its interfaces.

The student's path has sn0 and sn1; sn2 and sn3 have one of snull's own, to compare with.
"""

import collections
import contextlib
import glob
import json
import os
import re
import subprocess
import sys

from counters import ethtool as statistics, interrupts, softirqs  # noqa: F401
from driver import SNULL_KO, address, pin
from program import Failure, read, sh, wait_for, write
from trial import Useless, Wrong, expect

NAME = "mypath"
PLACE = "/tmp/mypath"  # where it is built
KEPT = "/snull/out/mypath.ko"  # where the next machine finds it
CHOSEN = "/sys/module/snull/parameters/use_napi"
LAB = os.path.dirname(os.path.abspath(sys.argv[0]))
FLOW = "/snull-build/tests/tools/bin/flow"


def build():
    """Compile the student's file, in the lab that this program is of, and keep the module. Return warnings."""
    os.makedirs("/snull/out", exist_ok=True)
    done = subprocess.run(["make", "-s", "-C", LAB], text=True, errors="replace", stderr=subprocess.STDOUT,
                          stdout=subprocess.PIPE, check=False)
    lines = [line for line in done.stdout.splitlines() if f"{NAME}.c" in line or "undefined!" in line]
    if done.returncode:
        raise Useless("it does not compile: " + plainly(lines or done.stdout.splitlines()))
    sh(f"cp {PLACE}/{NAME}.ko {KEPT}")
    return plainly([line for line in lines if "warning:" in line])


def plainly(lines):
    """The first few lines of a compiler's."""
    return "; ".join(line.replace(PLACE + "/", "").strip()[:200] for line in lines[:3])


# ---- loading, and up -----------------------------------------------------------------------------------------------------

def choose(name):
    """The path of what goes up next."""
    try:
        write(CHOSEN, name)
    except Failure as failure:
        raise Useless(f"there is no path called '{name}' once the module is loaded: what is .name?") from failure


def up(*devices):
    """Addressed, up, and with a carrier."""
    for dev in devices:
        sh(f"ip addr replace {address(dev)}/24 dev {dev}; ip link set {dev} up")
    for dev in devices:
        wait_for(lambda dev=dev: read(f"/sys/class/net/{dev}/carrier") == "1", f"{dev} has no carrier")


def down(*devices):
    """Down, without waiting for ever: the part's time does that."""
    for dev in devices:
        sh(["ip", "link", "set", dev, "down"])


def load(reference="napi", four=False, **parameters):
    """Load both modules, and bring the student's pair up, and the other one, which has a path of snull's unless four say so.
    All interrupts go to CPU 0."""
    sh("sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratelimit=0; modprobe pktgen")
    settings = {"pairs": 2, "use_napi": reference, **parameters}
    sh(["insmod", SNULL_KO, *(f"{name}={value}" for name, value in settings.items())])
    if not four:
        up("sn2", "sn3")
    try:
        sh(["insmod", KEPT])
    except Failure as failure:
        raise Useless(f"it does not load: {str(failure).partition('failed: ')[2]}") from failure
    choose(NAME)
    up("sn0", "sn1", *(("sn2", "sn3") if four else ()))
    for dev in "sn0", "sn1", "sn2", "sn3":
        pin(dev, 0)


def again():
    """The pair goes down and up, and its interrupts to CPU 0 again."""
    down("sn0", "sn1")
    up("sn0", "sn1")
    for dev in "sn0", "sn1":
        pin(dev, 0)


def unload():
    """Down, and away. What is left?"""
    down("sn0", "sn1", "sn2", "sn3")
    sh(["rmmod", NAME])
    sh(["rmmod", "snull"])
    left = [place for place in (f"/sys/module/{NAME}", *glob.glob("/sys/class/net/sn*")) if os.path.exists(place)]
    expect(not left, f"it is unloaded, and {left[:1]} is still there")


# ---- traffic ---------------------------------------------------------------------------------------------------------------

def stat(dev, name):
    """One of the interface's own counters."""
    return int(read(f"/sys/class/net/{dev}/statistics/{name}"))


def peer(dev):
    """The other end of its wire."""
    return f"sn{int(dev[2:]) ^ 1}"


def there(dev):
    """What to send to, so that it goes out of dev and arrives at its peer: the wire flips the lowest bit of the third octet."""
    return f"192.168.{dev[2:]}.{int(peer(dev)[2:]) % 2 + 1}"


def ping(dev, count, interval=0.02, options=""):
    """How many answers come."""
    done = subprocess.run(f"ping -q -n -c {count} -i {interval} -W 1 {options} {there(dev)}", shell=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    found = re.search(r" (\d+) received", done.stdout)
    return int(found[1]) if found else 0


def pktgen(dev, options):
    """Packets sent, and packets a second."""
    found = re.search(r"sent (\d+) packets in [\d.]+ s, (\d+) packets/s", sh(f"pktgen {options} {dev}"))
    if not found or not int(found[1]):
        raise Wrong(f"nothing can be sent over {dev}")
    return int(found[1]), int(found[2])


def received(dev, options):
    """What a run of pktgen costs its receiver: packets and interrupts there, and packets a second."""
    other = peer(dev)
    before = stat(other, "rx_packets"), interrupts(f"{other}-TxRx-0")
    _, rate = pktgen(dev, options)
    settle(other)
    return stat(other, "rx_packets") - before[0], interrupts(f"{other}-TxRx-0") - before[1], rate


def settle(dev):
    """Until nothing comes any more."""
    seen = []
    wait_for(lambda: seen.append(stat(dev, "rx_packets")) or seen[-1:] * 3 == seen[-3:], f"packets keep coming to {dev}", 20)


def flow(arguments, seconds=40):
    """A run of tests/tools/flow: sent, received, lost, reordered, duplicated, corrupted."""
    done = subprocess.run(f"timeout {seconds} {FLOW} {arguments}", shell=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    numbers = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", done.stdout)}
    if "received" not in numbers:
        raise Wrong(f"the flow of {arguments.split()[0].upper()} packets does not end")
    return numbers


@contextlib.contextmanager
def setting(path, value):
    """A setting of the kernel's, for as long as the block runs."""
    before = read(path)
    write(path, value)
    try:
        yield
    finally:
        write(path, before)


# ---- napicheck ---------------------------------------------------------------------------------------------------------------

def napicheck(dev, script):
    """Run a script of bash with napicheck looking at dev; return {rule: symptom, or None}. What the kernel does not show, as one
    without BTF, is no fault of the path's."""
    if not os.path.exists("/sys/kernel/btf/vmlinux"):
        sh(["bash", "-c", script + "\nexit 0"])
        return collections.defaultdict(lambda: None)
    report = "/tmp/napicheck.json"
    with contextlib.suppress(FileNotFoundError):
        os.remove(report)
    done = subprocess.run(["napicheck", "-j", "-o", report, "-i", dev, "--", "bash", "-c", script + "\nexit 0"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if not os.path.exists(report) or not read(report):
        raise Failure(f"napicheck: {done.stdout.strip()}")
    return {rule["rule"]: symptom(rule) for rule in json.loads(read(report))["rules"]}


def symptom(rule):
    """What is wrong with a rule, or None."""
    if rule["verdict"] in ("kept", "not checked"):  # what this kernel does not show is no fault of the path's
        return None
    if rule["verdict"] == "broken":
        return f"napicheck, {rule['rule']}: {rule['first']['what']}, {rule['broken']} times of {rule['exercised']}"
    return f"napicheck, {rule['rule']}: {rule['verdict']}"
