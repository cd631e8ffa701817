# SPDX-License-Identifier: GPL-2.0-only
"""driver.py - have the driver loaded for as long as a block of Python runs. Read next: pktgen.py."""

import contextlib
import glob
import os
import re

from program import Failure, read, sh, undisturbed, wait_for, write

SNULL_KO = os.environ.get("SNULL_KO", "snull.ko")
MODULE = "/sys/module/snull"


def check():
    """Can it be loaded? If not, say what to do."""
    if os.geteuid():
        raise Failure("needs root, to load the driver: run it with sudo, or in 'make shell'")
    if os.path.isdir(MODULE):
        raise Failure("snull is loaded already: rmmod snull, if nobody needs it")
    if not os.path.exists(SNULL_KO):
        raise Failure(f"no driver in {SNULL_KO}: build it with make, and name it in SNULL_KO")


def address(dev):
    """As LDD3 numbers them: sn0 is 192.168.0.1, sn1 192.168.1.2."""
    number = int(dev[2:])
    return f"192.168.{number}.{number % 2 + 1}"


@contextlib.contextmanager
def snull(**parameters):
    """The driver is loaded with these parameters, its interfaces are addressed and up, and nobody but us sends anything."""
    check()
    try:
        sh(["insmod", SNULL_KO, *(f"{name}={value}" for name, value in parameters.items())])
        devices = [os.path.basename(path) for path in sorted(glob.glob("/sys/class/net/sn[0-9]*"))]
        for dev in devices:
            ipv6 = f"/proc/sys/net/ipv6/conf/{dev}/disable_ipv6"
            if os.path.exists(ipv6):
                write(ipv6, 1)
            sh(["ip", "addr", "add", f"{address(dev)}/24", "dev", dev])
            sh(["ip", "link", "set", dev, "up"])
        for dev in devices:
            wait_for(lambda dev=dev: read(f"/sys/class/net/{dev}/carrier") == "1", f"{dev} has no carrier")
        yield
    finally:
        with undisturbed():
            if os.path.isdir(MODULE):
                sh(["rmmod", "snull"])


def vectors(dev):
    """The numbers of an interface's interrupts, queue by queue."""
    return re.findall(rf"^ *(\d+):.* {dev}-TxRx-\d+$", read("/proc/interrupts"), re.MULTILINE)


def pin(dev, cpu):
    """Let an interface's vectors interrupt this CPU only."""
    for irq in vectors(dev):
        write(f"/proc/irq/{irq}/smp_affinity_list", cpu)
