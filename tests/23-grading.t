#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""23-grading: what reads answers and READMEs, without a virtual machine: a lab made up here, its numbers given."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout

sys.dont_write_bytecode = True
SOCKETS = ("docs/tools/serve", "labs/vm/terminal", "tests/docs/axe.py", "tests/docs/browse.py", "tests/tools/steer.py")  # not to be ended by one of these
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made_up import GOOD, LABS, QUESTIONS, Place, done as end, ok  # noqa: E402
import course  # noqa: E402  pylint: disable=wrong-import-position
import grading  # noqa: E402  pylint: disable=wrong-import-position
import measuring  # noqa: E402  pylint: disable=wrong-import-position
import steps  # noqa: E402  pylint: disable=wrong-import-position

def judging(place):
    """Right, wrong, blank, foreign, malformed."""
    points, printed, results = place.score(GOOD)
    ok(points == 3, "right answers get all points", printed)
    ok(printed.startswith("1..3\nok 1 - ratio\n"), "as TAP", printed)
    with open(results, encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    ok([t["status"] for t in tests] == ["passed"] * 3 and all(t["max_score"] == 1 for t in tests), "and for Gradescope")
    ok(place.score(GOOD.replace("one() -> two → three", "one, three"))[0] == 3, "a path may have alternatives")
    ok(place.score(GOOD.replace("0.0313", "0.03157"))[0] == 2, "a number outside its tolerance is wrong")
    ok(place.score(GOOD.replace("burst: 32", "burst: 16").replace("0.0313", "0.0625"))[0] == 3, "own parameters, own truth")
    for key, written in ("ratio", "0.03130000000000001"), ("ratio", ".0313"), ("where", "a) in the ring"), ("where", "(a)"), ("where", "A."), \
            ("where", "In the  ring"):
        points, printed, _ = place.score(re.sub(f"{key}: .*", f"{key}: {written}", GOOD))
        ok(points == 3, f"{key}: {written} is right, too", printed)
    for old, new in ("where: a", "where:\ta)\tin the ring"), ("one() ->", "one() ->\xa0"), ("burst: 32", "burst:\nburst: 32"):
        points, printed, _ = place.score(GOOD.replace(old, new))
        ok(points == 3, f"{new!r} is right, too", printed)
    for written in "a) in the backlog", "ab", "c", "(", "a b":
        points, printed, _ = place.score(GOOD.replace("where: a", f"where: {written}"))
        ok(points == 2 and "choose one of a, b" in printed, f"where: {written} is no letter", printed)
    place.write("75-made-up/questions", "[lab]\ntitle = x\nminutes = 1\n[rule]\ntext = ?\nhint = -\ntype = mystery\na = masked\nb = budget\n")
    mystery = course.Lab(os.path.join(place.root, "75-made-up")).questions["rule"]
    ok(mystery.judge("masked", None, {"rule": "a"})[0] and not mystery.judge("b) budget", None, {"rule": "a"})[0], "a mystery's letters, likewise")
    points, printed, _ = place.score("lab: 77\nburst: 32\nratio: 1\nwhere: b\nway: three -> two\n")
    ok(points == 0, "wrong answers get none")
    ok("that one stood still" in printed and "divide the one" in printed, "each with its hint", printed)
    ok("0.031" not in printed and "a)" not in printed and "one ->" not in printed, "and never the answer", printed)
    ok(place.score(place.lab.template())[0] == 0, "the blank template gets none")
    ok(place.score("")[0] == 0 and place.score(b"\0" * 100)[0] == 0, "nor does nothing, or rubbish")
    points, printed, _ = place.score(GOOD.replace("lab: 77", "lab: 76"))
    ok(points == 0 and 'lab: 77' in printed, "answers to another lab get none, and are told", printed)
    for value in "65", "0", "-1", "1e9", "$(touch /tmp/x)", "x", "":
        points, printed, _ = place.score(GOOD.replace("burst: 32", "burst: " + value))
        ok(points == 2 and "burst must be a whole number from 1 to 64" in printed, f"a parameter {value!r} is refused", printed)


def own_numbers(place):
    """Where each student has to have a number of their own."""
    number = place.lab.parameters["burst"].own("77", "Ada")
    answers = course.Answers()
    for key, value in {"lab": "77", "student": "Ada", "burst": str(number), "ratio": str(1 / number), "where": "a"}.items():
        answers.values[key] = value
    ok(1 <= number <= 64 and grading.Grade(place.lab, answers, True).why is None, "a student's own number is right", number)
    ok(place.lab.parameters["burst"].own("77", "  aDa ") == number, "however the name is written")
    ok(course.plain_name("M\u00fcller") == course.plain_name("Mu\u0308ller"), "or on whatever computer")
    others = {place.lab.parameters["burst"].own("77", f"student {i}") for i in range(40)}
    ok(len(others) > 20, "others have other ones", others)
    answers.values["student"] = "Kim"
    grade = grading.Grade(place.lab, answers, True)
    ok(grade.why and f"burst: {number} is not the number of Kim" in grade.why, "a copied file is told whose number it has not", grade.why)
    grade.judge(place.lab.solution(), {"ratio": 1 / number})
    ok(grade.score == 1, "and loses what depends on it", grade.score)
    answers.values["student"] = ""
    ok("your name" in grading.Grade(place.lab, answers, True).why, "without a name there is no number")
    ok(grading.Grade(place.lab, answers).why is None, "where nobody asks for that, any number will do")
    place.write("76-made-up/questions", QUESTIONS[:QUESTIONS.index("[parameter")] + QUESTIONS[QUESTIONS.index("[ratio]"):])
    answers.values["lab"] = "76"
    ok(grading.Grade(course.Lab(os.path.join(place.root, "76-made-up")), answers, True).why is None, "nor where there is none to choose")


def some_fail(place):
    """A set of numbers that cannot be measured costs no other its own."""
    def run(_, __, sets):
        good = sets.index("burst=13") if "burst=13" in sets else len(sets)
        return {one: {"ratio": 1} for one in sets[:good]}, None if good == len(sets) else course.Trouble("13 fails")
    saved = measuring.run, measuring.fingerprint, measuring.CACHE, sys.stderr
    measuring.run, measuring.fingerprint, measuring.CACHE, sys.stderr = run, lambda *_: "x", place.root, io.StringIO()
    found = measuring.measure(place.lab, "trixie", [{"burst": n} for n in range(11, 40)])
    again = measuring.measure(place.lab, "trixie", [{"burst": n} for n in range(11, 15)])
    measuring.run = lambda lab, suite, sets: ({}, course.Trouble(f"all {len(calls.append(0) or calls)}"))
    calls = []
    none = measuring.measure(place.lab, "bookworm", [{"burst": n} for n in range(11, 40)])
    measuring.run, measuring.fingerprint, measuring.CACHE, sys.stderr = saved
    ok(len(found) == 29 and [one for one in found if isinstance(found[one], course.Trouble)] == ["burst=13"], "of many sets, one fails alone", found)
    ok(isinstance(again["burst=13"], course.Trouble) and again["burst=14"] == {"ratio": 1}, "and again, and the others are kept", again)
    ok(len(none) == 29 and len(calls) == 2, "if nothing can be measured, it is not tried for each", calls)


def hostile(place):
    """Files and values that mean harm are wrong answers, no more."""
    points, printed, _ = place.score(b"lab: 77\n" + b"x" * (10 << 20))
    ok(points == 0 and "larger than 64 KiB" in printed, "a file of 10 MB is refused, and told so", printed)
    points, printed, _ = place.score(GOOD.encode() + b"\xff\xfe\n")
    ok(points == 0 and "UTF-8" in printed, "what is not UTF-8, too", printed)
    points, printed, _ = place.score(GOOD + "no colon here\n: none\nwhere: b\n" + "k: " + "v" * 1000 + "\n")
    ok(points == 3 and "line 6" in printed and "twice" in printed and "too long" in printed,
       "bad lines are told, the others count", printed)
    marker = os.path.join(place.root, "ran")
    for value in f"$(touch {marker})", f"`touch {marker}`", f"; touch {marker}", f"| touch {marker}", "../../etc/passwd", \
            "nan", "inf", "1e400", "0x1f", "1,000", "__import__('os')", "%s%n", "a" * 399:
        points, printed, _ = place.score(GOOD.replace("0.0313", value))
        ok(points == 2 and "plain number" in printed, f"ratio: {value[:30]} is no number", printed)
    ok(not os.path.exists(marker), "and nothing was run")
    ok(place.score(GOOD.replace("where: a", "where: ../a"))[0] == 2, "a path is no choice")


def results_file(place):
    """Beside the submission, where a student may have put anything."""
    path, victim = os.path.join(place.root, "one", "results.json"), place.write("victim", "mine\n")
    os.symlink(victim, path)
    grading.write_results(path, {"score": 1})
    with open(victim, encoding="utf-8") as file, open(path, encoding="utf-8") as written:
        ok(file.read() == "mine\n" and json.load(written) == {"score": 1}, "a link called results.json is not followed")
    try:
        grading.write_results(os.path.join(place.root, "nowhere", "results.json"), {})
        ok(False, "results that cannot be written are told")
    except course.Trouble as trouble:
        ok("RESULTS=FILE" in str(trouble), "results that cannot be written are told", trouble)
    ok(os.listdir(os.path.dirname(path)).count("results.json") == 1 and not [one for one in os.listdir(os.path.dirname(path)) if one.startswith("results.json.")],
       "and nothing half-made is left")
    os.unlink(path)
    os.mkfifo(path)
    grading.write_results(path, {"score": 2})
    with open(path, encoding="utf-8") as written:
        ok(json.load(written) == {"score": 2}, "nor does a pipe of that name keep anybody waiting")
    grading.write_results("/dev/null", {}, named=True)
    ok(not os.path.isfile("/dev/null"), "what was named may be no file")


def sealed(place):
    """A solution that cannot be read judges as the one that can."""
    where = os.path.join(place.root, "sealed", place.lab.name)
    lines = [f"{one.key}: {' '.join(course.Sealed.seal(one, right) for right in one.accepted(place.lab.solution().get(one.key)))}"
             for one in place.lab.questions.values() if one.type != "number"]
    path = place.write(f"sealed/{place.lab.name}/sealed", "\n".join(lines) + "\n")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    ok("one" not in text and "where: a\n" not in text and len(text.splitlines()) == 2, "a sealed solution has no answer in it", text)
    ok(all(len(line) < course.MOST_VALUE for line in lines), "and can be read back")
    for name, answers, points in (("right", GOOD, 3), ("an alternative", GOOD.replace("one() -> two → three", "one, three"), 3),
                                  ("wrong", GOOD.replace("where: a", "where: b").replace("two → three", "two"), 1),
                                  ("blank", place.lab.template(), 0)):
        results = os.path.join(place.root, "results.json")
        with redirect_stdout(io.StringIO()):
            grading.grade_one(place.lab, place.write("one/answers.txt", answers), results, "trixie", os.path.dirname(where))
        with open(results, encoding="utf-8") as file:
            score = json.load(file)["score"]
        ok(score == points, f"sealed, {name}: {points} points", score)


def pipes():
    """Output that nobody reads."""
    for command in (["list"], ["grade", "99"]):
        done = subprocess.run(["bash", "-c", '"$@" | true; exit "${PIPESTATUS[0]}"', "-", os.path.join(LABS, "lab"), *command],
                              text=True, stderr=subprocess.PIPE, check=False)
        ok("Traceback" not in done.stderr and "Exception" not in done.stderr, f"lab {command[0]}, unread, ends without a traceback", done.stderr)
    done = subprocess.run(f"{LABS}/lab list >/dev/full", shell=True, text=True, stderr=subprocess.PIPE, check=False)
    ok(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "No space" in done.stderr, "on a full disk it says so", done.stderr)
    # Every program that prints for people ends so: by polite(), or by the signal itself.
    listed = subprocess.run("git grep -lE '^#!.*python' || grep -rlE '^#!.*python' *", shell=True, cwd=LABS + "/..",
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    impolite = []
    for name in listed.split():
        with open(os.path.join(LABS, "..", name), encoding="utf-8") as file:
            text = file.read()
        # Five write into sockets as well, which must not end them; a measure's output is ours.
        if name not in SOCKETS and "print(" in text and \
                not any(mark in text for mark in ("polite(main)", "SIGPIPE, signal.SIG_DFL", "from kit import")):
            impolite.append(name)
    ok(listed and not impolite, "no Python program prints a traceback when nobody reads on", impolite)


def front_door(place):
    """labs/lab, in a copy with one lab, and what is measured of it."""
    top = os.path.join(place.root, "copy")
    for name in "lab", "lib", "01-first-packet", "03-napi":
        (shutil.copytree if os.path.isdir(f"{LABS}/{name}") else shutil.copy)(f"{LABS}/{name}", place.made(f"copy/labs/{name}"))
    mine = os.path.join(top, "labs", "03-napi", "answers.txt")
    if os.path.exists(mine):
        os.unlink(mine)

    def lab(command):
        return subprocess.run(["bash", "-c", command], cwd=top, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    done = lab("ulimit -f 0; labs/lab template 03")
    ok("no answers.txt for you" in done.stdout and not os.path.lexists(mine), "on a full disk there is no answers.txt, rather than an empty one", done.stdout)
    lab("labs/lab template 03; echo mine >labs/03-napi/answers.txt; labs/lab template 03")
    with open(mine, encoding="utf-8") as file:
        ok(file.read() == "mine\n", "one that is there stays")
    for command, said in (("number 03", "whose number? labs/lab number 03 NAME"), ("number 01 Ada", "lab 01 has no number to choose")):
        done = lab(f"labs/lab {command}")
        ok(done.returncode == 2 and done.stdout == f"lab: {said}\n", f"labs/lab {command}: {said}", done.stdout)
    os.mkdir(os.path.join(top, "03"))
    os.unlink(mine)
    done = lab("labs/lab grade 03")
    ok("no answers in" in done.stdout, "a lab is no directory of answers, even if there is one of its name", done.stdout)
    os.symlink("nobody@nowhere.1", os.path.join(top, "labs", "03-napi", ".#measure.c"))
    os.symlink("nowhere", os.path.join(top, "labs", "03-napi", "gone.c"))
    found = [os.path.basename(path) for path in measuring.sources(os.path.join(top, "labs"))]
    ok("measure" in found and "gone.c" not in found and ".#measure.c" not in found, "what is measured depends on no link to nowhere", found)
    sources, measuring.sources = measuring.sources, lambda place: ["/nowhere/x.c"]
    run, measuring.subprocess.run = measuring.subprocess.run, lambda *_, **__: subprocess.CompletedProcess([], 0, "")
    try:
        measuring.fingerprint(place.lab, "trixie")
        ok(False, "a source that cannot be read is named")
    except course.Trouble as trouble:
        ok("/nowhere/x.c cannot be read" in str(trouble), "a source that cannot be read is named", trouble)
    finally:
        measuring.sources, measuring.subprocess.run = sources, run


README = """
Title
=====

.. code-block:: console

   $ make on-the-host
   # echo "frames: 12 in 3.5 s"
   frames: 7 in 1 s
   # printf 'a 1\\nb 2\\nc 3\\n'
   a 0
   ...
   c 9
   # x=5
   # echo $x \\
   > and more
   5 and more

.. check: (\\d+) == 5

.. code-block:: console

   # false

.. check: status == 1
"""


def readmes(place):
    """The runner of a README's steps."""
    def status(text):
        place.write("lab/README.rst", text)
        done = subprocess.run([sys.executable, "-B", steps.__file__, os.path.join(place.root, "lab")], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    code, out = status(README)
    ok(code == 0 and "5 commands, 0 not" in out and "on-the-host" not in out, "a README that holds", out)
    for name, old, new in (
            ("another word", "frames: 7", "packets: 7"), ("a line more than expected", "   ...\n", ""), ("a line too many", "c 9\n", "c 9\n   d 1\n"),
            ("a number of another size", "== 5", "== 6"), ("a command that fails", ".. check: status == 1\n", ""),
            ("another status", "status == 1", "status == 0")):
        code, out = status(README.replace(old, new))
        ok(code == 1 and "not what the lab says" in out, f"{name} is found", out)
    code, out = status(README.replace("== 5", "~ 5"))
    ok(code == 1 and "a check is" in out, "a check that cannot be read is told", out)
    later = README + "\nLater\n-----\n\n.. since: {}\n\n.. code-block:: console\n\n   # false\n\nNow\n---\n\n.. code-block:: console\n\n   # true\n"
    code, out = status(later.format("99.0"))
    ok(code == 0 and "from Linux 99.0 on" in out and "6 commands, 0 not" in out, "what is for a later Linux is not run, what follows is", out)
    code, out = status(later.format("4.19"))
    ok(code == 1 and "7 commands, 1 not" in out, "what is for this Linux is run", out)
    code, out = status(later.format("soon"))
    ok(code == 1 and "'soon' is no version" in out, "a version that cannot be read is told", out)
    ok(status("Title\n=====\n")[0] == 1, "a README without commands is no lab")
    for line, shape, good in (("12:34 up 3.5%", "1:2 up 99%", True), ("0x1f", "0xa0", True), ("abc", "abd", False),
                              ("a  b", "a b", True), ("one two three", "one ... three", True), ("sn1-TxRx-0", "sn1-TxRx-1", True)):
        ok(bool(steps.pattern(shape).fullmatch(line)) == good, f"{line!r} is {'' if good else 'not '}like {shape!r}")
    ok(steps.failed_check(steps.CHECK.match(r"r=([\d.]+) == 1 +- 1%"), "r=1.009", 0) is None, "tolerance: inside")
    ok(steps.failed_check(steps.CHECK.match(r"r=([\d.]+) == 1 +- 1%"), "r=1.011", 0), "tolerance: outside")


def apart():
    """What is right in one lab is wrong in every other: a letter under the same key would be a point for the wrong file."""
    right = {}
    for name in sorted(os.listdir(LABS)):
        if not os.path.exists(os.path.join(LABS, name, "solution", "answers.txt")):
            continue
        lab = course.Lab(os.path.join(LABS, name))
        for key, question in lab.questions.items():
            if question.type == "choice":
                right.setdefault((key, lab.solution().get(key)), []).append(lab.number)
    same = {key: labs for key, labs in right.items() if len(labs) > 1}
    ok(len(right) > 40 and not same, "no two labs have the same right letter under the same key", str(same))


with tempfile.TemporaryDirectory() as temporary:
    here = Place(temporary)
    judging(here)
    own_numbers(here)
    some_fail(here)
    hostile(here)
    results_file(here)
    sealed(here)
    pipes()
    front_door(here)
    readmes(here)
apart()
end()
