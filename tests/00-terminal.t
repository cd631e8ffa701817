#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""00-terminal: a person's machine: what is typed is answered, it never freezes, and Ctrl-] x ends it whatever it does.

It runs on the host, and types at labs/vm/run --tty. With TEST_FULL=1 it loads the driver 200 times at each clock: under
QEMU 7.2 and load, such a machine stood still for minutes until a key was pressed.
"""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
sys.path.insert(0, "labs/lib")
from pipe import polite  # noqa: E402

FULL = bool(os.environ.get("TEST_FULL"))
LOOPS = 200 if FULL else 2
START = 600  # seconds for a machine to be there: one of its kind may have to be kept first
PATIENCE = 90  # seconds without an answer: a busy host takes some, a machine that has frozen takes for ever
LOOP = "rmmod snull 2>/dev/null; insmod $SNULL_KO use_napi=1 && ip link set sn0 up && ip link set sn1 up &&"
LOOP += " until grep -q up /sys/class/net/sn1/operstate; do sleep 0.01; done"

results = []


def ok(good, name, why=""):
    """One test."""
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}", flush=True)
    if not good and why:
        print("\n".join("# " + line for line in why.splitlines()[-15:]), flush=True)


class Machine:
    """labs/vm/run --tty behind a terminal of ours."""

    def __init__(self, *options):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.execvp("labs/vm/run", ["run", "-q", "--no-build", "--tty", "--timeout", "0", *options, "--", "bash", "--norc"])
        self.pid, self.seen, self.longest, self.status = pid, "", 0.0, None
        self.expect("# ", START)
        self.longest = 0.0

    def type(self, text):
        """As fingers would."""
        os.write(self.fd, text.encode())

    def read(self, seconds):
        """Add to what was seen; False when nothing has come for so long, or nothing ever will."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.seen += data.decode(errors="replace").replace("\r", "")
        return bool(data)

    def expect(self, text, patience=PATIENCE):
        """Wait for it. Return what came before."""
        began = time.monotonic()
        while text not in self.seen:
            if not self.read(patience):
                raise TimeoutError(f"no {text!r} in {patience} s after: {self.seen[-600:]}")
        self.longest = max(self.longest, time.monotonic() - began)
        before, _, self.seen = self.seen.partition(text)
        return before

    def command(self, line):
        """Its output."""
        self.type(f"{line}; echo do''ne $?\n")
        out = self.expect("done ")
        self.expect("# ")
        return out

    def gone(self, seconds=PATIENCE):
        """Does it end by itself?"""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return True
        os.kill(self.pid, signal.SIGKILL)
        return False

    def qemu(self):
        """The number of its QEMU."""
        out = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], stdout=subprocess.PIPE, text=True, check=True).stdout
        children = {}
        for line in out.splitlines():
            pid, parent, args = line.split(None, 2)
            children.setdefault(int(parent), []).append((int(pid), args))
        todo = [self.pid]
        while todo:
            for pid, args in children.get(todo.pop(), []):
                if "-accel" in args and not args.startswith("timeout"):
                    return pid
                todo.append(pid)
        raise LookupError("no QEMU below labs/vm/run")


def loops(name, *options):
    """Work at the terminal, again and again."""
    machine = Machine(*options)
    try:
        for _ in range(LOOPS):
            machine.command(LOOP)
        answer = machine.command("cat /sys/class/net/sn1/operstate")
        ok("up" in answer, f"{name}: {LOOPS} times loaded and up, each answered", answer)
        print(f"# {name}: the longest took {machine.longest:.1f} s", flush=True)
    except TimeoutError as late:
        ok(False, f"{name}: {LOOPS} times loaded and up, each answered", str(late))
        machine.type("\x1dx")
        machine.gone()
        return
    machine.type("exit 5\n")
    ok(machine.gone() and machine.status == 5, f"{name}: exit ends it, with its status", f"status {machine.status}")


def escape():
    """Ctrl-] x ends it: at a prompt, and when nobody in there reads."""
    machine = Machine("--icount")
    machine.type("\x1d?")
    ok("ends the machine" in machine.expect("types one"), "Ctrl-] and another key says what there is")
    machine.type("\x1dx")
    ok(machine.gone() and machine.status == 0, "Ctrl-] x ends it at a prompt, and that is no failure", f"status {machine.status}")
    machine = Machine("--icount")
    os.kill(machine.qemu(), signal.SIGSTOP)  # as deaf as a guest that spins with its interrupts off
    for _ in range(40):
        machine.type("is there anybody? " * 5)
    machine.type("\x1dx")
    ok(machine.gone(), "Ctrl-] x ends it after 3600 characters that nobody reads")
    with own_machines():
        machine = Machine("--icount")
        subprocess.run(["labs/vm/stop"], stderr=subprocess.DEVNULL, check=False)
        ok(machine.gone(), "labs/vm/stop ends it from another terminal")


@contextlib.contextmanager
def own_machines():
    """A cache in which no machine of anybody else is listed, and all else is as it is."""
    cache = os.environ.get("SNULL_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snull")
    with tempfile.TemporaryDirectory() as own:
        for name in os.listdir(cache):
            if name != "machines":
                os.symlink(os.path.join(cache, name), os.path.join(own, name))
        before = os.environ.get("SNULL_CACHE")
        os.environ["SNULL_CACHE"] = own
        yield
        os.environ.pop("SNULL_CACHE")
        if before:
            os.environ["SNULL_CACHE"] = before


def main():
    """All of it."""
    os.environ["TERM"] = "dumb"
    if FULL or not os.environ.get("TEST_NO_BUILD"):  # tests/run has built it
        built = subprocess.run(["labs/vm/build", "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
        ok(built.returncode == 0, "the driver builds")
    loops("counted", "--icount")
    loops("in real time")
    escape()
    print(f"1..{len(results)}")
    sys.exit(not all(results))


polite(main)
