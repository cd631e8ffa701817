# SPDX-License-Identifier: GPL-2.0-only
"""program.py - what the labs' programs in the virtual machine are made with: commands, the kernel's files, waiting, and an
end that tidies up. Read next: driver.py.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

NAME = os.path.basename(sys.argv[0])
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Failure(SystemExit):
    """What cannot be done, and why. Unless it is caught, it ends the program with this line, through every "finally"."""

    def __init__(self, text):
        super().__init__(f"{NAME}: {text}")


def say(text):
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)


def progress(options, text):
    """The same, unless it is unwanted (-q)."""
    if not options.quiet:
        say(text)


def sh(command):
    """Run a line of shell, or a list of words, and return its output. Its failure is ours, with what it says."""
    line = isinstance(command, str)
    done = subprocess.run(command, shell=line, text=True, capture_output=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise Failure(f"{command if line else ' '.join(command)} failed: {said or done.returncode}")
    return done.stdout


def read(path):
    """The text of a small file."""
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def write(path, text):
    """Write a line into a file of the kernel's, which may refuse. (Without its end, pktgen reads on beyond it.)"""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise Failure(f"{path} refuses '{text}': {error.strerror}") from error


def tool(name):
    """A program of labs/tools: in PATH, or where it is built, here or beside the module."""
    tools = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")
    built = os.path.join(os.path.dirname(os.environ.get("SNULL_KO", "")), "labs", "tools")
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), f"{tools}/out", f"{built}/out"]))
    if not found:
        raise Failure(f"no {name} here; \"make -C labs/tools\" builds it")
    return found


def wait_for(condition, complaint, seconds=10):
    """Wait until something is so: a virtual machine may be slow."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(complaint)
        time.sleep(0.02)


@contextlib.contextmanager
def awake(cpu=0):
    """Where the clock counts instructions, a CPU that idles waits for the host, which is late when it is busy: let this one not."""
    if os.environ.get("SNULL_ICOUNT") != "1":
        yield
        return
    with subprocess.Popen([tool("awake"), str(cpu)]) as process:
        try:
            yield
        finally:
            process.kill()


def on_signal(signum, _frame):
    """Leave through every "finally", and let no second signal come between."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    say(f"{NAME}: interrupted: tidying up")
    sys.exit(128 + signum)


def tidy_on_signals():
    """From now on, a signal is an end like any other; but one that was ignored when we began, as by nohup, stays so."""
    for one in SIGNALS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, on_signal)


@contextlib.contextmanager
def undisturbed():
    """While cleaning up, signals wait."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def number(least, most, kind=int):
    """A type of argument, for argparse: a number within limits."""
    def parse(text):
        with contextlib.suppress(ValueError):
            if least <= kind(text) <= most:
                return kind(text)
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from {least} to {most}")
    return parse
