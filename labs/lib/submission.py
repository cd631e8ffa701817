# SPDX-License-Identifier: GPL-2.0-only
"""submission.py - on the host: try a program that somebody wrote, in a virtual machine that sees nothing of this computer but
copies of the few files that it needs. Read next: trial.py, its part in there.

A kernel that dies is a verdict on the part that was under way; the rest is tried in a fresh machine. Nothing of a submission is
ever run, or compiled, out here.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from course import IN_MACHINE, LABS, MOST_BYTES, UNTRIED, Trouble
from pipe import ended

TOP = os.path.dirname(LABS)
MACHINES = 4  # at most: three that the path has killed, or made deaf
LIMIT = 3600  # seconds of this computer's, for one machine, however busy it is: each part has its own, of the guest's
SILENCE = 100  # … and for it to say nothing: then nothing in it runs any more
STARVED = 6  # so many times as long, if it has not even had half of that time of a CPU: the computer is busy
TICK = 1  # … between two looks at it
GRACE = 20  # … and to end, once it is told to
START = 600  # … before it has said anything: the module may have to be built, and a machine to be booted
LONGEST = 100_000  # characters of a line; and what is looked at of a console
LOOKED_AT = 20_000_000
MOST_LINES = 20_000  # of one machine: a trial says one a second, and some more
MOST_KIB = 2 << 20  # on the disk; of one file, labs/vm/run allows half of that
MACHINE_FAILED = 125  # labs/vm/run's status, when it was not the command's
OURS = (" is full: make room", "QEMU was killed from outside")  # … and what it says when it is this computer's fault
ENDED = (130, 143)  # labs/vm/run's, when somebody has ended it
TIME_OUT = 124
SEEN = ("snull", "legacy-poll", "labs/lib", "labs/14-netpoll/targets", "labs/04-legacy-poll/shares",
        "labs/04-legacy-poll/slow")
LAST = re.compile(r"(BUG: .*|Oops: .*|kernel BUG at .*|general protection.*|rcu: INFO: .*|watchdog: BUG: .*|Kernel panic - not syncing: .*)")
DIED = "the kernel died: "
WHERE = re.compile(r"(\w+)\+0x\S+ \[mypath\]")


class Unreadable(Trouble):
    """A submission that is no program: its author can mend that."""


def text_of(said):
    """What a machine says, as a line that can be written: there may be half a character in it, and what commands a terminal."""
    text = str(said).encode("utf-8", "replace").decode("utf-8")
    return "".join(one if one.isprintable() else " " for one in text)


def cpu_seconds(pid):
    """What a process and those below it have had of CPUs."""
    ticks, below, used = os.sysconf("SC_CLK_TCK"), {}, {}
    for one in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{one}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(one))
        used[int(one)] = (int(fields[11]) + int(fields[12])) / ticks
    family = [pid]
    for parent in family:
        family += below.get(parent, [])
    return sum(used.get(one, 0) for one in family)


def end_of(path, size=2000):
    """The last of what is in a file: there may be a gigabyte."""
    with open(path, "rb") as lines:
        lines.seek(max(0, os.path.getsize(path) - size))
        return lines.read().decode("utf-8", "replace")


@contextlib.contextmanager
def scratch():
    """A directory for as long as the block runs, whatever a machine has made in it: as deep as it likes, and closed to others. The
    one around it no machine sees, so none can open it: not for other users of this computer either."""
    outer = tempfile.mkdtemp(prefix="snull-trial.")
    place = os.path.join(outer, "in")
    try:
        os.mkdir(place)
        yield place
    finally:
        for command in (["chmod", "-R", "u+rwX", outer], ["rm", "-rf", outer]):
            subprocess.run(command, stderr=subprocess.DEVNULL, check=False)


def filled(*places):
    """Is there more in these directories than a trial may leave? (So many files that they cannot be counted are.)"""
    try:
        said = subprocess.run(["du", "-skxc", *places], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                              timeout=60).stdout
    except subprocess.TimeoutExpired:
        return True
    return int(said.split()[-2]) > MOST_KIB if said else False


def read_program(path):
    """The text of a submission; raises Unreadable when it is none."""
    name = os.path.basename(path)
    if os.path.islink(path):
        raise Unreadable(f"{name} is a link, not a file")
    if not os.path.isfile(path):
        raise Unreadable(f"{name} is not a file")
    try:
        with open(path, "rb") as source:
            data = source.read(MOST_BYTES + 1)
    except OSError as problem:
        raise Unreadable(f"{name} cannot be read: {problem.strerror}") from problem
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} is larger than {MOST_BYTES // 1024} KiB: that is no source of a receive path")
    if b"\0" in data:
        raise Unreadable(f"{name} is not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"{name} is not text in UTF-8") from problem


def sandbox(lab, text, place):
    """What the machine sees as /snull: copies, and no solution. (Of C, headers: the paths that snull has are solutions, too.)"""
    for seen in SEEN:
        source, target = os.path.join(TOP, seen), os.path.join(place, seen)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.c", "*.o", "*.ko", ".*", "__pycache__", "solution"))
        else:
            shutil.copy(source, target)
    own = os.path.join(place, "labs", lab.name)
    os.makedirs(own)
    for name in "Makefile", "trial":
        shutil.copy(os.path.join(lab.directory, name), own)
    with open(os.path.join(own, lab.program), "w", encoding="utf-8") as out:
        out.write(text)


class Trial:
    """One submission, through as many machines as it takes."""

    def __init__(self, lab, suite):
        self.lab, self.suite = lab, suite
        self.factor = 4 if suite == "debug" else 1
        self.said, self.under_way, self.reported = {}, [], []
        self.heard = self.stuck = self.open_gate = False
        self.ended, self.used = None, 0  # why we ended a machine; seconds of a CPU that it has had
        self.machines, self.began = 0, time.monotonic()
        self.word = secrets.token_hex(8)  # by which its lines on the console are known from others'
        self.keys = [key for key in lab.questions if key != "quiet"]

    def run(self, text):
        """Try all. Return {key: symptom, or None}."""
        with scratch() as place, scratch() as aside:
            try:
                sandbox(self.lab, text, place)
            except OSError as problem:
                raise Trouble(f"what the machine needs cannot be copied: {problem}") from problem
            while self.left() and self.machines < MACHINES:
                self.machines += 1
                self.one_machine(place, aside)
                if not self.open_gate:
                    break
        if not self.open_gate:
            return {key: self.said.get(key) or UNTRIED for key in self.lab.questions}
        for key in self.left():
            self.said[key] = f"not tried: the kernel has died, or hung, or the path has become deaf, {self.machines} times"
        self.said["quiet"] = "the kernel reports: " + "; ".join(self.reported[:3]) if self.reported else None
        return self.said

    def patience(self):
        """For how many seconds the machine may say nothing now."""
        return (SILENCE if self.heard else START) * self.factor

    def finished(self):
        """Has all that was begun been told of? Then the machine was ended on purpose, or at its end."""
        return not self.left() or self.stuck

    def left(self):
        """The keys that nothing is known of yet."""
        return [key for key in self.keys if key not in self.said]

    def one_machine(self, place, aside):
        """Try what is left in a fresh one, which may write what it likes at the one place, links too, and does not see the other."""
        console, complaints = os.path.join(aside, "console"), os.path.join(aside, "stderr")
        keys = list(dict.fromkeys((["loads"] if "builds" in self.said else []) + self.left()))
        command = [f"{LABS}/vm/run", "-q", "--suite", self.suite, "--timeout", str(LIMIT * self.factor), "--share", place, "--bare", *self.lab.vm,
                   *(["--no-build"] if self.machines > 1 else []), "--",
                   "env", f"SNULL_TRIAL={self.word}", f"/snull/labs/{self.lab.name}/trial", *keys]
        if IN_MACHINE:
            raise Trouble("a path is tried in a machine of its own, which this one cannot start")
        self.heard = self.stuck = False
        self.ended, self.used = None, 0
        with open(console, "w", encoding="utf-8"):
            pass  # a machine that does not start writes none
        with (open(complaints, "w", encoding="utf-8") as stderr,
              subprocess.Popen(command, text=True, errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=stderr, env={**os.environ, "SNULL_CONSOLE_LOG": console, "TMPDIR": aside}) as machine):
            with ended(machine):
                for line in self.lines(machine, (place, aside)):
                    self.take(line)
        if machine.returncode:
            self.catch_up(console)
        self.no_fault_of_ours(machine.returncode, complaints)
        if machine.returncode:
            self.ended_badly(self.symptom(console, machine.returncode, complaints))

    def no_fault_of_ours(self, status, complaints):
        """Nobody loses points because this host's disk or memory is full, or its machine does not start."""
        last = end_of(complaints)
        # A machine that has had the time is slow by the path's doing.
        slow = status == TIME_OUT and self.used < LIMIT * self.factor / 2
        somebody = not self.ended and (status < 0 or status in ENDED or slow)
        # Python's, for a full disk behind what it writes to.
        unheard = status in (1, 120) and "BrokenPipeError" in last
        if not self.heard or somebody or unheard or (status == MACHINE_FAILED and any(one in last for one in OURS)):
            raise Trouble(f"{self.lab.name}: the trial failed with status {status} (no fault of the path): {last}")

    def ended_badly(self, symptom):
        """A machine did not end as it should."""
        if self.heard and not self.finished():
            self.blame(symptom)
        elif self.heard and not self.stuck and symptom.startswith(DIED):
            self.reported.append(symptom)

    def lines(self, machine, places):
        """What the machine says, until it is silent for patience() seconds, or says too much."""
        news, over = threading.Event(), threading.Event()
        threading.Thread(target=self.watch, args=(machine, places, news, over), daemon=True).start()
        try:
            for _ in range(MOST_LINES):
                line = machine.stdout.readline(LONGEST)
                if not line:
                    return
                news.set()
                yield line
            self.end(machine, "it says more than anybody reads")
        finally:
            over.set()

    def watch(self, machine, places, news, over):
        """End a machine of which nothing is heard for so many seconds, in which it might have spoken; or that fills the disk."""
        since, had, starved, turns = time.monotonic(), 0, 0, 0
        while not over.wait(TICK):
            turns += 1
            if turns % 10 == 0:
                self.used = cpu_seconds(machine.pid)
                if filled(*places):
                    self.end(machine, "it fills the disk")
                    return
            if news.is_set():
                news.clear()
                since, had, starved = time.monotonic(), cpu_seconds(machine.pid), 0
            elif time.monotonic() - since >= self.patience():
                starved += 1
                if cpu_seconds(machine.pid) - had >= self.patience() / 2 or starved == STARVED:
                    self.end(machine, "the machine hung, and said nothing")
                    return
                since = time.monotonic()

    def end(self, machine, why):
        """End it, for a reason that its author is told."""
        self.ended = why
        machine.terminate()
        try:
            machine.wait(GRACE)
        except subprocess.TimeoutExpired:
            machine.kill()

    def catch_up(self, console):
        """What a machine that died has said on its console, and perhaps not out here."""
        with open(console, encoding="utf-8", errors="replace") as lines:
            for line in iter(lambda: lines.readline(LONGEST), ""):
                _, mark, said = line.partition(f"] trial {self.word}: ")
                if mark:
                    self.take(said)

    def take(self, line):
        """What the machine says."""
        try:
            what = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(what, dict):
            return
        self.heard = True
        if isinstance(what.get("begin"), list):
            self.under_way = [key for key in self.keys if key in what["begin"] and key not in self.said]
            if self.under_way:
                print(f"grade: {time.monotonic() - self.began:4.0f} s  {', '.join(self.under_way)}", file=sys.stderr, flush=True)
        elif "gate" in what:
            self.open_gate = bool(what["gate"])
        elif "stuck" in what and not self.stuck:
            self.blame(text_of(what["stuck"]))
            self.stuck = True
        elif isinstance(what.get("reported"), list):
            self.reported += map(text_of, what["reported"])
        elif what.get("key") in self.keys and "said" in what:
            self.said.setdefault(what["key"], None if what["said"] is None else text_of(what["said"]))
            self.under_way = [key for key in self.under_way if key != what["key"]]

    def blame(self, symptom):
        """What was under way has ended the machine."""
        self.under_way = self.under_way or self.left()[:1]  # it was loaded well the first time
        for key in self.under_way:
            self.said.setdefault(key, symptom)
        self.under_way = []

    def symptom(self, console, status, complaints):
        """Why the machine ended, from the kernel's own words, or the last that was heard."""
        with open(console, encoding="utf-8", errors="replace") as lines:
            text = lines.read(LOOKED_AT)
        last = [line.strip() for line in LAST.findall(text)]
        where = WHERE.search(text[text.find(last[0]):]) if last else None
        if last:
            said = "; ".join(dict.fromkeys((last[0], last[-1])))
            return f"{DIED}{said}" + (f", in {where[1]}()" if where else "")
        if self.ended or status == TIME_OUT:
            return self.ended or f"the machine did not end within {LIMIT * self.factor} s"
        heard = end_of(complaints).split("\n")[-2:-1]
        return f"the machine ended with status {status}" + "".join(f": {one[:200]}" for one in heard)


def judge(lab, path, suite):
    """{key: symptom, or None} of a file; raises Unreadable when it is none, and Trouble for what is no fault of its."""
    text = read_program(path)
    lab.require(suite)
    print(f"grade: trying {text_of(os.path.basename(path))} in a virtual machine…", file=sys.stderr, flush=True)
    try:
        return Trial(lab, suite).run(text)
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise Trouble(f"{lab.name}: the trial failed (no fault of the path): {problem}") from problem
