# SPDX-License-Identifier: GPL-2.0-only
"""pktgen.py - run labs/tools/pktgen, the kernel's packet generator, for as long as a block of Python runs."""

import contextlib
import glob
import os
import re
import subprocess

from program import Failure, read, sh, tool, undisturbed, wait_for

PKTGEN = "/proc/net/pktgen"


def devices(states="Running|Stopped"):
    """What its threads, one for each CPU, send from."""
    threads = "\n".join(map(read, glob.glob(f"{PKTGEN}/kpktgend_*")))
    return re.findall(rf"^(?:{states}):[ \t]+(\S+)", threads, re.MULTILINE)


def check():
    """Is it free? If not, say what to do."""
    if devices():
        raise Failure(f"pktgen has devices: empty it with 'echo reset >{PKTGEN}/pgctrl', if nobody needs them")


@contextlib.contextmanager
def pktgen():
    """The module is unloaded afterwards, if it was not there before."""
    loaded = os.path.isdir(PKTGEN)
    try:
        yield
    finally:
        with undisturbed():
            if not loaded and os.path.isdir(PKTGEN):
                sh(["rmmod", "pktgen"])


@contextlib.contextmanager
def started(*arguments):
    """The command runs; when the block ends, so does it, and tidies up."""
    with subprocess.Popen([tool("pktgen"), *map(str, arguments)], text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            with undisturbed():
                process.terminate()
                process.wait()


def send(*arguments):
    """Run it to its end."""
    with started(*arguments) as process:
        said = process.communicate()[1]
        if process.returncode:
            raise Failure(said.strip() or f"pktgen ended with {process.returncode}")


@contextlib.contextmanager
def sending(*arguments):
    """It sends without end while the block runs."""
    with started("-n", 0, "-t", 1000000, *arguments) as process:
        wait_for(lambda: devices("Running") or process.poll() is not None, "pktgen does not begin")
        if process.poll() is None:
            yield
        if process.poll() is not None:
            raise Failure(process.stderr.read().strip() or "pktgen has stopped by itself")
