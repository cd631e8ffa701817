# SPDX-License-Identifier: GPL-2.0-only
"""pktgen.py - have the kernel's packet generator send; labs/tools/pktgen is the same for people, as a command."""

import contextlib
import glob
import os
import re
import signal
import subprocess

from program import Failure, read, sh, undisturbed, wait_for, write

PKTGEN = "/proc/net/pktgen"
CONTROL = f"{PKTGEN}/pgctrl"


def threads():
    """One for each CPU."""
    return glob.glob(f"{PKTGEN}/kpktgend_*")


def devices():
    """What its threads send from."""
    return re.findall(r"^(?:Running|Stopped):[ \t]+(\S+)", "\n".join(map(read, threads())), re.MULTILINE)


def check():
    """Is it free? If not, say what to do."""
    if devices():
        raise Failure(f"pktgen has devices: empty it with 'echo reset >{CONTROL}', if nobody needs them")


def clear():
    """Let it forget its devices: its threads do when they come to it."""
    for thread in threads():
        write(thread, "rem_device_all")
    wait_for(lambda: not devices(), "pktgen keeps its devices")


@contextlib.contextmanager
def pktgen():
    """The module is there, and unloaded afterwards if it was not there before."""
    loaded = os.path.isdir(PKTGEN)
    try:
        sh(["modprobe", "pktgen"])
        yield
    finally:
        with undisturbed():
            clear()
            if not loaded and os.path.isdir(PKTGEN):
                sh(["rmmod", "pktgen"])


def add(dev, cpu, **settings):
    """Get DEV ready to send smallest frames from this CPU. The target is behind the other end of its wire, and nobody: the
    stack drops them soon. Settings are pktgen's own, and come over these.
    """
    peer = f"sn{int(dev[2:]) ^ 1}"
    write(f"{PKTGEN}/kpktgend_{cpu}", f"add_device {dev}")
    defaults = {"clone_skb": 100000, "pkt_size": 60, "delay": 0, "dst_mac": read(f"/sys/class/net/{peer}/address"),
                "src_min": "10.9.0.1", "src_max": "10.9.0.1", "dst_min": "10.9.8.1", "dst_max": "10.9.8.1"}
    for name, value in {**defaults, **settings}.items():
        write(f"{PKTGEN}/{dev}", f"{name} {value}")


def start():
    """Send. It lasts until all is sent, or not: it gives up on a thread that is slow to begin."""
    write(CONTROL, "start")


@contextlib.contextmanager
def sending(dev, cpu, **settings):
    """DEV sends without end while the block runs."""
    add(dev, cpu, count=0, **settings)
    with subprocess.Popen(["sh", "-c", f"echo start >{CONTROL}"], stderr=subprocess.DEVNULL) as writer:
        try:
            yield
            if "Result: OK" in read(f"{PKTGEN}/{dev}"):
                raise Failure("pktgen has stopped by itself")
        finally:
            with undisturbed():
                write(CONTROL, "stop")
                writer.send_signal(signal.SIGINT)
    clear()
