#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""41-trial: how programs are graded, without a virtual machine: what machines would have said is made up here."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import tracemalloc

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made_up import done, ok  # noqa: E402
import course  # noqa: E402  pylint: disable=wrong-import-position
import grading  # noqa: E402  pylint: disable=wrong-import-position
import path as paths  # noqa: E402  pylint: disable=wrong-import-position
import submission  # noqa: E402  pylint: disable=wrong-import-position

KEYS = ["builds", "loads", "receives", "fast", "tidy", "quiet"]
QUESTIONS = "[lab]\ntitle = A lab made up\nminutes = 1\nprogram = mypath.c\n" + "".join(
    f"[{key}]\ntext = It {key}?\ntype = trial\npoints = 2\nhint = Look at {key}\n" for key in KEYS)

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads this may stop


def part(key, said=None):
    """What a machine says of one part."""
    return [{"begin": [key]}] + ([{"gate": said is None}] if key == "receives" else []) + [{"key": key, "said": said}]


class Made(submission.Trial):
    """A trial whose machines say what a test wants. Each is a list of objects; a text instead is what it dies of."""

    def __init__(self, lab, machines):
        super().__init__(lab, "trixie")
        self.scripts, self.asked = machines, []

    def one_machine(self, place, aside):
        self.asked.append(self.left())
        self.heard = self.stuck = False
        for what in self.scripts.pop(0):
            if isinstance(what, str):
                self.blame(what)
            else:
                self.take(json.dumps(what))


def run(lab, *machines):
    """The trial, and what it found."""
    trial = Made(lab, list(machines))
    stderr, sys.stderr = sys.stderr, open(os.devnull, "w", encoding="ascii")
    try:
        return trial, trial.run("/* nothing */")
    finally:
        sys.stderr.close()
        sys.stderr = stderr


def wrong(found):
    """The keys that get no points."""
    return [key for key in KEYS if found[key]]


def verdicts(lab):
    """One machine after the other."""
    good = part("builds") + part("loads") + part("receives")
    _, found = run(lab, good + part("fast") + part("tidy"))
    ok(not wrong(found), "a path that does all gets all points", found)
    _, found = run(lab, good + part("fast", "slow") + part("tidy"))
    ok(wrong(found) == ["fast"] and found["fast"] == "slow", "one that is slow loses that, and is told the symptom", found)
    _, found = run(lab, part("builds") + part("loads") + part("receives", "nothing came"))
    ok(wrong(found) == KEYS and found["receives"] == "nothing came" and found["builds"] == course.UNTRIED, "one that receives nothing gets no points, and is told why", found)
    _, found = run(lab, part("builds", "it does not compile: x"), part("loads", "no module"))
    ok(wrong(found) == KEYS and "does not compile" in found["builds"] and found["tidy"] == course.UNTRIED, "nor one that does not compile", found)
    _, found = run(lab, good + part("fast") + part("tidy") + [{"reported": ["WARNING: a"], "keys": ["tidy"]}])
    ok(wrong(found) == ["quiet"] and "WARNING: a" in found["quiet"], "what the kernel reports costs one question", found)
    trial, found = run(lab, good + [{"begin": ["fast"]}, "the kernel died: BUG"], part("loads") + part("tidy"))
    ok(wrong(found) == ["fast"] and "BUG" in found["fast"], "a kernel that dies is the verdict on what was under way", found)
    ok(trial.asked[1] == ["tidy"], "and the rest is tried in another machine", trial.asked)
    dies = [{"begin": ["loads"]}, "the kernel died: again"]
    _, found = run(lab, good + [{"begin": ["fast"]}, "the kernel died: BUG"], dies, *[[]] * 6)
    ok("again" in found["tidy"], "if it dies while being loaded again, that is so of what comes next", found)
    _, found = run(lab, good + [{"begin": ["fast"]}, {"stuck": "'ip link' does not end"}], part("loads") + part("tidy"))
    ok(wrong(found) == ["fast"] and "does not end" in found["fast"], "what does not end is a verdict, too", found)
    _, found = run(lab, good + ["x"], *[[]] * 7)
    ok("not tried" in found["tidy"], "after four machines, it is enough", found)
    trial, found = run(lab, good + [{"key": "alien", "said": None}, {"nonsense": 1}, ["no object"]] + part("fast") + part("tidy"))
    ok(not wrong(found), "nonsense is overlooked", found)
    worse = [{"begin": 1}, {"begin": [["fast"]]}, {"key": "fast"}, {"key": ["fast"], "said": 1}, {"reported": 1}, {"reported": None}]
    _, found = run(lab, good + worse + part("fast", 5) + part("tidy", ["a"]))
    ok(wrong(found) == ["fast", "tidy"] and found["fast"] == "5" and made_up.questions["tidy"].judge_trial(found["tidy"]),
       "and so is what is of another type than it should be", found)
    trial = Made(lab, [])
    for what in good + part("fast") + part("tidy"):
        trial.take(json.dumps(what))
    trial.ended_badly("the kernel died: BUG")
    ok(trial.reported == ["the kernel died: BUG"], "a kernel that dies after all that is a report", trial.reported)
    trial = Made(lab, [])
    ok(trial.patience() == submission.START, "a module is built, and a machine boots, before it says anything: that may take minutes", trial.patience())
    trial.take('{"begin": ["builds"]}')
    ok(trial.patience() == submission.SILENCE, "then it has to go on saying something", trial.patience())
    trial.take("{ no JSON")
    trial.take("7")
    trial.take("[" * 90000)
    trial.take('{"key": "fast", "said": "half of one: \\ud800"}')
    ok(trial.said["fast"].encode("utf-8"), "half a character can be written all the same", trial.said)
    _, found = run(lab, part("builds") + [{"key": "builds", "said": "changed"}] + good[2:] + part("fast") + part("tidy"))
    ok(found["builds"] is None, "the first verdict stands", found)


def words(root):
    """What the console says."""
    console = os.path.join(root, "console")
    trial = Made(made_up, [])
    with open(console, "w", encoding="utf-8") as out:
        out.write('[ 5.1] trial: {"gate": true}\n[ 5.1] trial : {"key": "fast", "said": null}\n'
                  f'[ 5.1] trial {trial.word}: ' '{"key": "tidy", "said": "late"}\n')
    trial.catch_up(console)
    ok(not trial.open_gate and trial.said == {"tidy": "late"}, "on the console, what has not the trial's word is not the trial's", trial.said)
    ok(Made(made_up, []).word != trial.word, "which is another each time")
    with open(console, "w", encoding="utf-8") as out:
        out.write("[    5.1] BUG: kernel NULL pointer dereference, address: 0000000000000008\n[    5.1] RIP: 0010:mypath_poll+0x12/0x80 [mypath]\n"
                  "[    5.2] Kernel panic - not syncing: Fatal exception in interrupt\n")
    said = trial.symptom(console, 125, os.devnull)
    ok("NULL pointer" in said and "in mypath_poll()" in said and "Fatal exception" in said, "an oops is told in the kernel's words", said)
    with open(console, "w", encoding="utf-8") as out:
        out.write("vm: ready\n")
    complaints = os.path.join(root, "stderr")
    with open(complaints, "w", encoding="utf-8") as out:
        out.write("Traceback\nFileNotFoundError: /proc/7/cmdline\n")
    said = trial.symptom(console, 1, complaints)
    ok("status 1: FileNotFoundError" in said, "and what else ended it, in its last words", said)
    with open(complaints, "a", encoding="utf-8") as out:
        out.write("\n" * 20_000_000 + "last\n")
    tracemalloc.start()
    said = trial.symptom(console, 1, complaints)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ok("status 1: last" in said and most < 2 * submission.LOOKED_AT, "of twenty million lines, the last is read", f"{said}, {most} bytes")
    trial.ended = "the machine hung"
    ok("hung" in trial.symptom(console, 143, os.devnull), "silence, too", trial.symptom(console, 143, os.devnull))
    ok(submission.text_of("ok 3\nok 4 \x1b[2J\ud800") == "ok 3 ok 4  [2J?", "what a machine says stays a line, and no terminal's command",
       ascii(submission.text_of("ok 3\nok 4 \x1b[2J\ud800")))


def hostile(root):
    """Files that are no programs; and what the machine gets to see."""
    def refused(name, content, pattern):
        path = os.path.join(root, name)
        with open(path, "wb") as out:
            out.write(content)
        try:
            submission.read_program(path)
            ok(False, f"{name} is refused")
        except course.Trouble as trouble:
            ok(pattern in str(trouble) and str(trouble).startswith(name), f"{name} is refused, and told so", trouble)
    refused("large.c", b"x" * 10_000_000, "larger than")
    refused("null.c", b"int x;\0", "not text")
    refused("latin.c", b"/* caf\xe9 */", "UTF-8")
    os.symlink("/etc/passwd", os.path.join(root, "link.c"))
    os.mkdir(os.path.join(root, "dir.c"))
    for name, pattern in ("link.c", "a link"), ("dir.c", "not a file"):
        try:
            submission.read_program(os.path.join(root, name))
            ok(False, f"{name} is refused")
        except course.Trouble as trouble:
            ok(pattern in str(trouble), f"{name} is refused, and told so", trouble)
    lab = course.find("16")
    place = os.path.join(root, "sandbox")
    submission.sandbox(lab, "int x;\n", place)
    seen = [os.path.relpath(os.path.join(base, name), place) for base, _, names in os.walk(place) for name in names]
    ok(f"labs/{lab.name}/mypath.c" in seen and "snull/rx.h" in seen, "the machine sees the file, and headers", seen)
    ok(not [name for name in seen if "solution" in name or name.endswith(".c") and name != f"labs/{lab.name}/mypath.c"],
       "and no solution, of which snull's own paths are some", seen)
    if os.getuid():
        path = os.path.join(root, "secret.c")
        with open(path, "w", encoding="ascii") as out:
            out.write("int x;\n")
        os.chmod(path, 0)
        try:
            submission.read_program(path)
            ok(False, "a file that may not be read is refused")
        except course.Trouble as trouble:
            ok("cannot be read" in str(trouble), "a file that may not be read is refused", trouble)


class Host:
    """In the place of labs/: its vm/run says, and does, what a test wants."""

    def __init__(self, root, run):
        self.labs = os.path.join(root, "labs")
        os.makedirs(os.path.join(self.labs, "vm"), exist_ok=True)
        path = os.path.join(self.labs, "vm", "run")
        with open(path, "w", encoding="ascii") as out:
            out.write("#!/bin/sh\n" + run)
        os.chmod(path, 0o755)

    def __enter__(self):
        self.saved, submission.LABS = submission.LABS, self.labs
        self.stderr, sys.stderr = sys.stderr, open(os.devnull, "w", encoding="utf-8")

    def __exit__(self, *_):
        sys.stderr.close()
        submission.LABS, sys.stderr = self.saved, self.stderr


def hosts(lab, root):
    """What is no fault of the path, and machines that say too much, or do not end."""
    program = os.path.join(root, "77")  # as our own messages begin
    with open(program, "w", encoding="ascii") as out:
        out.write("int x;\n")
    def trouble(name, run, pattern):
        with Host(root, run):
            try:
                found = submission.Trial(lab, "trixie").run("")
            except course.Trouble as said:
                found = str(said)
        ok(isinstance(found, str) and pattern in found, name, found)
    trouble("a machine that does not start: why", "echo 'run: /proc/nope: set SNULL_CACHE' >&2; exit 125", "set SNULL_CACHE")
    full = 'echo \'{"begin": ["builds"]}\'; echo "run: /tmp is full: make room" >&2; exit 125\n'
    trouble("a full disk costs nobody points", full, "no fault of the path")
    killed = full.replace("/tmp is full: make room", "QEMU was killed from outside: is there enough memory?")
    trouble("nor does a QEMU that the host has killed", killed, "no fault of the path")
    stopped = 'echo \'{"begin": ["builds"]}\'; exit 143\n'
    trouble("nor somebody who ends the machine", stopped, "no fault of the path")
    trouble("nor one who kills what runs it", stopped.replace("exit 143", "kill -9 $$"), "no fault of the path")
    trouble("nor a computer on which it gets no time", stopped.replace("143", "124"), "no fault of the path")
    trouble("nor a disk too full for what it says", stopped.replace("exit 143", "echo BrokenPipeError: x >&2; exit 120"), "no fault of the path")
    tempfile.tempdir = os.path.join(root, "nowhere")
    with Host(root, stopped):
        try:
            said = submission.judge(lab, program, "trixie")
        except (course.Trouble, OSError) as problem:
            said = problem
    tempfile.tempdir = None
    ok(isinstance(said, course.Trouble) and "no fault of the path" in str(said), "nor a directory that cannot be made", repr(said))
    deep = 'while [ "$1" != --share ]; do shift; done; cd "$2" && for i in $(seq 1200); do mkdir a && cd a || exit; done; chmod 0 .\n'
    with Host(root, deep + full), tempfile.TemporaryDirectory() as tempfile.tempdir:
        try:
            said = submission.Trial(lab, "trixie").run("")
        except (course.Trouble, RecursionError, OSError) as problem:
            said = problem
        left = os.listdir(tempfile.tempdir)
    tempfile.tempdir = None
    ok(isinstance(said, course.Trouble) and not left, "directories as deep as a machine likes are removed", f"{said!r} {left}")
    with submission.scratch() as place:
        os.chmod(place, 0o4777)
        ok(not os.stat(os.path.dirname(place)).st_mode & 0o77, "whatever rights a machine gives there, no other user comes in")
    with tempfile.TemporaryDirectory() as tempfile.tempdir:
        with Host(root, 'dd if=/dev/zero of="$TMPDIR/left" bs=1k count=1 2>/dev/null; kill -9 $$\n'):
            try:
                submission.Trial(lab, "trixie").run("")
            except course.Trouble:
                pass
        left = os.listdir(tempfile.tempdir)
    tempfile.tempdir = None
    ok(not left, "what a machine that was killed leaves is removed", left)
    with Host(root, "head -c 300000 /dev/zero | tr '\\0' x; exit 1\n"):
        lines = []
        trial = submission.Trial(lab, "trixie")
        trial.take = lambda line: lines.append(len(line))
        try:
            trial.run("")
        except course.Trouble:
            pass
    ok(lines and max(lines) <= submission.LONGEST, "a line without an end is not read whole", lines)
    submission.GRACE, saved = 0.2, submission.GRACE
    with Host(root, "trap '' TERM; echo up; exec sleep 30\n"), \
            subprocess.Popen([f"{root}/labs/vm/run"], stdout=subprocess.PIPE, text=True) as machine:
        machine.stdout.readline()
        trial.end(machine, "it hung")
        ok(machine.wait(20) == -signal.SIGKILL, "one that heeds no signal is killed", machine.returncode)
    submission.GRACE = saved
    constants = ("TICK", "SILENCE", "STARVED", "MOST_LINES", "MOST_KIB")
    saved = {name: getattr(submission, name) for name in constants}
    begin = 'while [ "$1" != --share ]; do shift; done; echo \'{"begin": ["builds"]}\'\n'

    def ends(name, run, pattern, **others):
        """A machine that would go on for long; the verdict is on what was under way."""
        for key, value in {**saved, "TICK": 0.05, **others}.items():
            setattr(submission, key, value)
        with Host(root, begin + run):
            found = submission.Trial(lab, "trixie").run("")
        for key, value in saved.items():
            setattr(submission, key, value)
        ok(pattern in str(found["builds"]), name, f"{found}")
    ends("one that is silent, on a computer that has time for it", "while :; do :; done\n", "said nothing", SILENCE=1)
    ends("or that is silent for very long", "exec sleep 60\n", "said nothing", SILENCE=0.2, STARVED=3)
    ends("one that says a thousand lines, and more", "yes ''\n", "more than anybody reads", MOST_LINES=1000)
    ok(threading.active_count() < 5, "without a thread for each", threading.active_count())
    ends("one that fills the disk", 'for i in 1 2 3; do dd if=/dev/zero of="$2/$i" bs=1M count=1 2>/dev/null; done; exec sleep 60\n',
         "fills the disk", MOST_KIB=2048)
    several = os.path.join(root, "class")
    os.mkdir(several)
    for name in "ann.c", "bob.c":
        with open(os.path.join(several, name), "w", encoding="ascii") as out:
            out.write("int x;\n")
    with Host(root, full):
        try:
            grading.ProgramGrade(lab, program).try_out("trixie")
            ok(False, "whatever the file is called, it is no fault of its author's")
        except course.Trouble:
            ok(True, "whatever the file is called, it is no fault of its author's")
        table = io.StringIO()
        whole = grading.grade_class(several, lab, table, "trixie", None)
    rows = list(csv.DictReader(io.StringIO(table.getvalue())))
    ok(not whole and [(row["student"], row["score"], row["percent"]) for row in rows] == [("ann", "", ""), ("bob", "", "")] and
       all("not graded" in row["remarks"] for row in rows), "and leaves a class's rows without points, and says so", table.getvalue())


def unreadable(*_):
    """What sandbox() may meet."""
    raise OSError(13, "Permission denied", "/nowhere/x.h")


with tempfile.TemporaryDirectory() as top:
    os.mkdir(os.path.join(top, "77-made-up"))
    with open(os.path.join(top, "77-made-up", "questions"), "w", encoding="utf-8") as questions:
        questions.write(QUESTIONS)
    made_up = course.Lab(os.path.join(top, "77-made-up"))
    submission.sandbox, real = lambda lab, text, place: None, submission.sandbox
    verdicts(made_up)
    hosts(made_up, top)
    submission.sandbox = unreadable
    try:
        run(made_up)
        ok(False, "what cannot be copied into the machine is named")
    except course.Trouble as trouble:
        ok("/nowhere/x.h" in str(trouble), "what cannot be copied into the machine is named", trouble)
    submission.sandbox = real
    ok(paths.symptom({"rule": "context", "verdict": "not checked"}) is None, "a rule that this kernel does not show costs nothing")
    ok("not exercised" in paths.symptom({"rule": "context", "verdict": "not exercised"}), "one that was not put to the test does")
    there, os.path.exists = os.path.exists, lambda path: not path.startswith("/sys/kernel/btf") and there(path)
    try:
        found = paths.napicheck("sn1", "true")
        ok(found["masked"] is None and not any(found.values()), "nor do all of them, on a kernel without BTF", found)
    except SystemExit as failure:
        ok(False, "nor do all of them, on a kernel without BTF", failure)
    finally:
        os.path.exists = there
    words(top)
    hostile(top)
    bad = os.path.join(top, "link.c")
    grade = grading.ProgramGrade(made_up, bad)
    grade.try_out("trixie")
    ok(grade.score == 0 and grade.most == 12 and "a link" in grade.why, "a grade of no points, with the reason", grade.why)
done()
