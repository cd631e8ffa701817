# SPDX-License-Identifier: GPL-2.0-only
"""parts.py - the parts of a trial that every path goes through, whatever it is written with. In the virtual machine."""

import subprocess
import time

import path
import trial
from path import expect


def builds():
    """Without a warning."""
    warnings = path.build()
    expect(not warnings, "it compiles with warnings: " + warnings)


def healthy():
    """Does it still answer, both ways?"""
    return path.ping("sn0", 3) > 0


def loads(reference="napi"):
    """The module is there, and both interfaces go up with it. Small rings: what is not freed is missed soon."""
    path.load(reference, pool_size=256)


def receives():
    """Twenty packets each way. Without one that came up, there is nothing to grade."""
    answers = path.ping("sn0", 20)
    came = path.stat("sn1", "rx_packets") > 0
    trial.tell(gate=came)
    expect(answers == 20, f"of 20 pings {answers} were answered; sn1 has received {path.stat('sn1', 'rx_packets')} packets,"
                          f" sn0 {path.stat('sn0', 'rx_packets')}", trial.Wrong if came else trial.Useless)


def transmits():
    """Four rings of packets: each is freed in its turn, and none waits for the watchdog."""
    before = path.statistics("sn0")
    sent, _ = path.pktgen("sn0", "-n 1000")
    freed = path.statistics("sn0")
    expect(freed["tx_timeouts"] == before["tx_timeouts"], "the ring of what is sent fills up and stays full, until the watchdog"
                                                          " resets the interface (NETDEV WATCHDOG in the log)")
    done = freed["tx_packets"] - before["tx_packets"]
    expect(done >= sent - 1, f"of {sent} packets that were sent only {done} have been freed")


def integrity():
    """Every byte, in order, and an account of what is lost."""
    addresses = "192.168.0.1 192.168.0.2 192.168.1.2"
    seen = path.flow(f"udp -n 3000 {addresses}")
    expect(seen["received"] == seen["sent"] and not seen["lost"], f"of {seen['sent']} datagrams {seen['received']} arrived")
    for what in "reordered", "duplicated", "corrupted":
        expect(not seen[what], f"{seen[what]} datagrams are {what}")
    before = path.stat("sn1", "rx_packets") + path.stat("sn1", "rx_missed_errors")
    sent, _ = path.pktgen("sn0", "-n 6400 -b 128")
    path.settle("sn1")
    counted = path.stat("sn1", "rx_packets") + path.stat("sn1", "rx_missed_errors") - before
    expect(counted == sent, f"{sent} packets were sent in bursts; sn1 knows of {counted}, received and missed")
    seen = path.flow(f"tcp -b 2 {addresses}")
    expect(not seen["corrupted"] and seen["received"] == seen["sent"], "TCP does not deliver what was sent")


def idle():
    """Singly, one interrupt each."""
    packets, irqs, _ = path.received("sn0", "-n 500 -r 1000")
    expect(packets and 0.95 <= irqs / packets <= 1.05, f"packets that come singly: {irqs} interrupts for {packets} packets")


def bursts():
    """As few as with rx_napi."""
    options = "-n 6400 -b 128"
    ours, theirs = path.received("sn0", options), path.received("sn2", options)
    good, bad = theirs[1] / theirs[0], ours[1] / max(ours[0], 1)
    expect(ours[0] and bad <= 1.25 * good, f"bursts of 128: {bad:.3f} interrupts a packet; snull's own path takes {good:.3f}")


def speed():
    """Within 10 % of rx_napi."""
    options = "-n 6400 -b 32"
    ours, theirs = path.received("sn0", options)[2], path.received("sn2", options)[2]
    expect(ours >= 0.9 * theirs, f"{ours} packets a second, of the {theirs} that snull's own path takes")


def updown():
    """Fifty times, while packets come."""
    for dev in "sn1", "sn0":
        with subprocess.Popen(["ping", "-q", "-f", "-W", "1", path.there("sn0")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as traffic:
            for _ in range(25):
                path.sh(f"ip link set {dev} down; ip link set {dev} up")
            traffic.terminate()
    path.again()
    answers = path.ping("sn0", 10)
    expect(answers == 10, f"after going down and up 50 times under traffic, of 10 pings {answers} are answered")


def skbs():
    """How many heads of packets there are."""
    return next(int(line.split()[1]) for line in path.read("/proc/slabinfo").splitlines() if line.startswith("skbuff_head_cache "))


def frees():
    """Packets for somebody else are of no use to anybody. Does their memory come back?"""
    path.sh("ip link set sn1 promisc on")
    path.received("sn0", "-n 500 -b 32 -m 02:00:00:00:00:01")  # what caches keep, they keep by now
    before = skbs()
    packets, _, _ = path.received("sn0", "-n 4000 -b 32 -m 02:00:00:00:00:01")
    time.sleep(1)
    kept = skbs() - before
    path.sh("ip link set sn1 promisc off")
    expect(kept < 1000, f"in promiscuous mode, {packets} packets for somebody else came in, and {kept} packets more are in memory afterwards")


def unloads():
    """And leaves nothing."""
    path.unload()
    for _ in range(3):
        path.sh(["insmod", path.SNULL_KO])
        path.sh(["insmod", path.KEPT])
        path.sh(["rmmod", path.NAME])
        path.sh(["rmmod", "snull"])
