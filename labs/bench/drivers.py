#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""drivers.py - have napicheck look at the drivers of the NICs that QEMU has, at veth, and at snull's three paths.

What each goes through: single packets, TCP and UDP as fast as it goes, both ways, netconsole, and down and up again. The
other end of its wire is in a network namespace of its own.

usage: labs/bench/drivers.py [--suite SUITE] [--only DRIVER,…] [--json FILE]      on the host: a few minutes
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from counters import serve, table  # noqa: E402
from driver import SNULL_KO  # noqa: E402
from pipe import hear, polite  # noqa: E402
from program import Failure, read, say, sh, wait_for, write  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The drivers of NICs, and what QEMU calls these. (It has no 8139 that is not a C+, which 8139too leaves to 8139cp.)
MODELS = {"e1000": "e1000", "e1000e": "e1000e", "igb": "igb", "virtio_net": "virtio-net-pci", "vmxnet3": "vmxnet3",
          "8139cp": "rtl8139", "pcnet32": "pcnet", "tulip": "tulip"}
PATHS = {"snull netif_rx": 0, "snull napi": 1, "snull legacy": 2}
DRIVERS = [*MODELS, "veth", *PATHS]
PEER = "ip netns exec other "
# Each message is sent so often, at a stretch: more than the smallest of most rings holds.
TARGETS = 100
TARGET = "/sys/kernel/config/netconsole/check"

# ---- what is done to each, while napicheck looks --------------------------------------------------------------------------


def neighbours(wire):
    """Nobody has to ask: ARP is shorter than 60 bytes, too."""
    for prefix, here, there in (("", wire[0], wire[1]), ("-n other ", wire[1], wire[0])):
        sh(f"ip {prefix}neigh replace {there['address']} lladdr {there['mac']} dev {here['dev']} nud permanent")


def ring(dev, size):
    """The transmit ring's size, as near to that as the driver lets; returns what it was."""
    said = subprocess.run(["ethtool", "-g", dev], text=True, capture_output=True, check=False).stdout
    sizes = [line.split()[-1] for line in said.splitlines() if line.startswith("TX:") and line.split()[-1].isdigit()]
    if not sizes:
        return None
    for one in dict.fromkeys((size, 16, 32, 64, 80, 128)):
        if int(one) >= int(size) and not subprocess.run(["ethtool", "-G", dev, "tx", str(one)], capture_output=True, check=False).returncode:
            break
    return sizes[-1]


def elsewhere(dev, there):
    """An interrupt line of its own goes to the other CPU than the messages: ndo_poll_controller() of some drivers calls disable_irq(), which
    waits, with interrupts off, until the line is acknowledged, and on this CPU nobody would do that."""
    os.sched_setaffinity(0, {0})
    for line in read("/proc/interrupts").splitlines():
        if "IO-APIC" in line and line.split()[-1] == dev:
            write(f"/proc/irq/{line.split(':')[0].strip()}/smp_affinity_list", 1)
    sh(f"ping -q -n -c 3 -i 0.02 {there}")  # it takes effect with the next interrupt


def console(wire):
    """Messages at a stretch with interrupts off, until the ring is full, while packets come in."""
    here, there = wire
    sh("modprobe netconsole && (mountpoint -q /sys/kernel/config || mount -t configfs config /sys/kernel/config)")
    write("/sys/module/printk/parameters/ignore_loglevel", "N")
    sh("dmesg -n 3")
    before = ring(here["dev"], 2)
    carrier(here)
    elsewhere(here["dev"], there["address"])
    settings = {"dev_name": here["dev"], "local_ip": here["address"], "remote_ip": there["address"], "remote_mac": there["mac"], "enabled": 1}
    for number in range(TARGETS):
        os.mkdir(f"{TARGET}{number}")
        try:
            for name, value in settings.items():
                write(f"{TARGET}{number}/{name}", value)
        except Failure as failure:  # as with veth
            say(f"no netconsole over {here['dev']}: {failure}")
            os.rmdir(f"{TARGET}{number}")
            return
    with subprocess.Popen((PEER + f"ping -q -n -i 0.002 -w 20 {here['address']}").split(), stdout=subprocess.DEVNULL) as flood:
        for number in range(10):
            write("/dev/kmsg", f"<1>message {number}")
            time.sleep(0.05)
        flood.kill()
    for number in range(TARGETS):
        os.rmdir(f"{TARGET}{number}")
    sh("dmesg -n 8")
    if before:
        ring(here["dev"], before)
    carrier(here)


def carrier(end):
    """Until the wire is there."""
    wait_for(lambda: read(f"/sys/class/net/{end['dev']}/carrier") == "1", f"no carrier on {end['dev']}", 30)


def reopen(wire):
    """Down and up, three times, while packets come in."""
    here = wire[0]
    with subprocess.Popen((PEER + f"ping -q -n -i 0.002 -w 60 {here['address']}").split(), stdout=subprocess.DEVNULL) as flood:
        for _ in range(3):
            sh(f"ip link set {here['dev']} down && ip link set {here['dev']} up")
            carrier(here)
            neighbours(wire)
            time.sleep(0.2)
        flood.kill()


def iperf(there, options):
    """Throughput. iperf3's first datagram asks for an answer; if a driver that is busy loses one of the two, it gives up: once more."""
    try:
        sh(f"iperf3 -c {there} {options}")
    except Failure as failure:
        if "unable to read from stream socket" not in str(failure):
            raise
        say(f"{failure}; once more")
        time.sleep(1)  # until the server, too, has given it up
        sh(f"iperf3 -c {there} {options}")


def load(wire):
    """All of it."""
    there = wire[1]["address"]
    neighbours(wire)
    sh(f"ping -q -n -c 10 -i 0.02 {there}")
    for options in ("-n 16M", "-n 16M -R", *(f"-t 1 -u -b 0 -l 18 {way}" for way in ("", "-R") if not wire[0]["no short ones"])):
        iperf(there, options)
    console(wire)
    reopen(wire)
    sh(f"ping -q -n -c 10 -i 0.02 {there}")


# ---- one driver after the other --------------------------------------------------------------------------------------------


def address(prefix, dev):
    """An interface's MAC address."""
    return json.loads(sh(f"ip {prefix} -j link show {dev}"))[0]["address"]


def ends(here, there, net, long_only=False):
    """A wire: both interfaces, of which the second one is in the other namespace, with addresses, and up. QEMU's pcnet does not pad what is
    shorter than 60 bytes, and drops it at the other end; iperf3 begins with that."""
    wire = []
    for number, (prefix, dev) in enumerate((("", here), ("-n other", there)), 1):
        if not any(one.get("addr_info") for one in json.loads(sh(f"ip {prefix} -j -4 addr show {dev}"))):
            sh(f"ip {prefix} addr add {net}.{number}/24 dev {dev} && ip {prefix} link set {dev} up")
        wire.append({"dev": dev, "address": f"{net}.{number}", "mac": address(prefix, dev), "no short ones": long_only})
    carrier(wire[0])
    return wire


@contextlib.contextmanager
def plugged(driver, hub):
    """A driver's wire, for as long as it is needed."""
    if driver in MODELS:
        sh(f"{TOP}/labs/lib/adapters {driver} {hub} net{hub}")
        wire, end = (f"net{hub}0", f"net{hub}1", f"10.{hub}.0", driver == "pcnet32"), f"ip link set net{hub}0 down && ip -n other link set net{hub}1 down"
    elif driver == "veth":
        sh("ip link add veth0 type veth peer name veth1 netns other")
        # Of what a local socket sends, veth's NAPI gets to see only what is not TSO's.
        sh(f"ethtool -K veth0 tso off gso off gro on && {PEER}ethtool -K veth1 tso off gso off gro on")
        wire, end = ("veth0", "veth1", "10.20.0"), "ip link del veth0"
    else:
        sh(f"insmod {SNULL_KO} rewrite_ip=0 use_napi={PATHS[driver]} && ip link set sn1 netns other")
        wire, end = ("sn0", "sn1", "10.21.0"), "rmmod snull"
    try:
        yield ends(*wire)
    finally:
        # What a load that failed has left would be in the next one's way.
        sh("dmesg -n 8; for one in /sys/kernel/config/netconsole/*/; do [ ! -d $one ] || rmdir $one; done; pkill ping; " + end)


def check(driver, hub):
    """What napicheck says of one driver."""
    with tempfile.TemporaryDirectory() as place, plugged(driver, hub) as wire:
        report, again = os.path.join(place, "report"), [sys.executable, os.path.abspath(__file__), "--load", json.dumps(wire)]
        done = subprocess.run(["napicheck", "-j", "-o", report, "-i", wire[0]["dev"], "--", "timeout", "200", *again], text=True, stderr=subprocess.PIPE, check=False)
        try:
            found = json.loads(read(report))
        except (OSError, ValueError):
            raise Failure(f"napicheck has no report on {driver}: {done.stderr}") from None
        if found["status"]:
            raise Failure(f"{driver}: {done.stderr}")
        names = ("exercised", "broken", "verdict")
        return {"driver": driver, "polls": found["polls"], "lost": found["lost"], "verdict": found["verdict"],
                "rules": {rule["rule"]: {name: rule[name] for name in names} for rule in found["rules"]},
                "first": {rule["rule"]: rule["first"]["what"] for rule in found["rules"] if rule["first"]},
                "stack": {rule["rule"]: rule["first"]["stack"] for rule in found["rules"] if rule["first"]}}


def row(found):
    """A line of the table."""
    rules, verdict = found["rules"], found["verdict"]
    tried = sum(1 for rule in rules.values() if rule["exercised"])
    broken = [f"{name} ({rule['broken']} of {rule['exercised']})" for name, rule in rules.items() if rule["verdict"] == "broken"]
    return [found["driver"], os.uname().release, found["polls"], f"{tried} of {len(rules)}", "  " + ": ".join([verdict, *[", ".join(broken)] * bool(broken)])]


def guest(options):
    """In the virtual machine."""
    sh("ip netns add other && ip -n other link set lo up && sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    sh(f"{PEER}sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratelimit=0")
    serve("other")
    results, hub, failed = [], 0, []
    for driver in options.only:
        hub += driver in MODELS
        try:
            results.append(check(driver, hub))
        except Failure as failure:
            failed.append(str(failure))
            say(failed[-1])
            continue
        say("  ".join(str(cell) for cell in row(results[-1])))
        if options.json:  # as far as it has come
            with open(options.json, "w", encoding="ascii") as out:
                json.dump(results, out, indent=1)
    table([row(found) for found in results], ["driver", "kernel", "polls", "rules tried", "  verdict"])
    if failed:
        sys.exit("\n".join(failed))


def host(options):
    """On the host: the same, in a machine with these NICs."""
    nics = [MODELS[driver] for driver in options.only if driver in MODELS]
    place = os.path.join(TOP, "results")
    os.makedirs(place, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place, suffix=".json") as file:
        status, _ = hear([
            f"{TOP}/labs/vm/run", "-q", "--suite", options.suite, "--icount", "--cpus", "2", "--timeout", "3600", *(["--nic", ",".join(nics)] if nics else []),
            "--", "python3", "labs/bench/drivers.py", "--only", ",".join(options.only), "--json", "results/" + os.path.basename(file.name)], stdout=None)
        found = file.read()
    if options.json and found:
        with open(options.json, "wb") as out:
            out.write(found)
    sys.exit(status)


def known(text):
    """A list of drivers."""
    names = text.split(",")
    if not set(names) <= set(DRIVERS):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(DRIVERS)}")
    return names


def main():
    """What was asked for."""
    options = argparse.ArgumentParser(description="What napicheck says of other drivers.")
    options.add_argument("--suite", default=os.environ.get("SNULL_SUITE") or "trixie")
    options.add_argument("--only", type=known, default=DRIVERS, metavar="DRIVER,…", help=", ".join(DRIVERS))
    options.add_argument("--json", metavar="FILE", help="keep all that was found")
    options.add_argument("--load", type=json.loads, help=argparse.SUPPRESS)
    options = options.parse_args()
    if options.load:
        load(options.load)
    elif os.path.isdir("/snull-build"):
        guest(options)
    else:
        host(options)


polite(main)
