#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""23-classes: a class's directory as teachers get it, graded to one CSV, without a virtual machine."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made_up import GOOD, QUESTIONS, Place, done, fake_measure, ok  # noqa: E402
import course  # noqa: E402  pylint: disable=wrong-import-position
import grading  # noqa: E402  pylint: disable=wrong-import-position


def classes(place):
    """A directory of submissions to one CSV."""
    submissions = os.path.join(place.root, "class")
    place.write("class/ann.txt", GOOD)
    place.write("class/bob/answers.txt", GOOD.replace("where: a", "where: b"))
    place.write("class/=cmd|calc.txt", "lab: 12\n")
    place.write("class/eve.txt", b"lab: 77\n" + b"y" * 70000)
    place.write("class/fay/notes.pdf", "not graded")
    place.write("class/gil.txt", GOOD.replace("0.0313", "about 12").replace("where: a", "where: ring"))
    os.symlink("/etc/passwd", os.path.join(submissions, "link.txt"))
    fake_measure.sets = []
    out = io.StringIO()
    grading.grade_class(submissions, place.lab, out, "trixie", None)
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    ok(set(rows) == {"ann", "bob", "'=cmd|calc", "eve", "fay", "gil", "link"}, "a row for each submission", rows)
    ok("a link" in rows["link"]["remarks"] and rows["link"]["percent"] == "0", "a link is not followed, and its row says so", rows)
    ok("notes.pdf" in rows["fay"]["remarks"], "a directory without answers has a row that says what is in it", rows)
    ok(rows["ann"]["percent"] == "100" and rows["bob"]["percent"] == "67", "with its score", rows)
    ok(re.search(r"wrong: ratio \(this is not a plain number .*\), where \(choose one of a, b\)$", rows["gil"]["remarks"]), "and what has not the form of an answer", rows)
    ok(rows["bob"]["remarks"] == "wrong: where" and "larger" in rows["eve"]["remarks"], "and why", rows)
    ok(rows["'=cmd|calc"]["percent"] == "0", "no formula, no points", rows)
    ok(len(fake_measure.sets) == 3, "only those that can be compared are measured", fake_measure.sets)
    mixed = os.path.join(place.root, "mixed")
    for name, lab in ("ann", "77"), ("bob", "16"), ("eve", "78"):
        place.write(f"mixed/{name}.txt", GOOD.replace("lab: 77", f"lab: {lab}"))
    # Lab 16's answer is a program; lab 78 has no solution.
    place.write("78-made-up/questions", QUESTIONS)
    known, grading.labs = grading.labs, lambda: {**known(), "77": place.directory, "78": os.path.join(place.root, "78-made-up")}
    out, stderr, sys.stderr = io.StringIO(), sys.stderr, io.StringIO()
    grading.grade_class(mixed, None, out, "trixie", None)
    grading.labs, sys.stderr = known, stderr
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    ok(rows["ann"]["percent"] == "100", "a lab that cannot be graded does not stop the others", rows)
    ok("is a program" in rows["bob"]["remarks"] and "not graded" in rows["eve"]["remarks"], "its own are told", rows)
    try:
        grading.grade_class(submissions, place.lab, io.StringIO(), "trixie", "/nonexistent")
        ok(False, "a solution that is not there is told")
    except course.Trouble as trouble:
        ok("answers.txt" in str(trouble) and "the solution of lab 77 is not there" in str(trouble) and "SOLUTIONS=" in str(trouble),
           "a solution that is not there is told", trouble)
    def fails(*_):
        raise course.Trouble("it did not start")
    measure, grading.measure, stderr, sys.stderr = grading.measure, fails, sys.stderr, io.StringIO()
    out = io.StringIO()
    whole = grading.grade_class(submissions, place.lab, out, "trixie", None)
    grading.measure, sys.stderr = measure, stderr
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    ok(not whole and len(rows) == 7 and rows["ann"]["remarks"] == "not graded: it did not start" and rows["eve"]["percent"] == "0",
       "a measurement that fails leaves a row for each", out.getvalue())
    def one_fails(_, __, sets, fresh=False):
        return {grading.written(one): {"ratio": 1 / one["burst"]} if one["burst"] == 32 else course.Trouble(f"no {fresh}") for one in sets}
    place.write("class/hal.txt", GOOD.replace("burst: 32", "burst: 16"))
    measure, grading.measure, stderr, sys.stderr = grading.measure, one_fails, sys.stderr, io.StringIO()
    out = io.StringIO()
    whole = grading.grade_class(submissions, place.lab, out, "trixie", None)
    grading.measure, sys.stderr = measure, stderr
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    ok(not whole and rows["ann"]["percent"] == "100" and rows["hal"]["remarks"] == "not graded: no False", "one of many costs nobody else points", out.getvalue())
    ok(rows["eve"]["max"] == rows["fay"]["max"] == rows["ann"]["max"] == "3" and rows["fay"]["lab"] == "77", "what cannot be read has as much to lose as others", rows)
    number = place.lab.parameters["burst"].own("77", "Ada")
    for name in "ada", "bob":
        place.write(f"own/{name}.txt", GOOD.replace("burst: 32", f"student: Ada\nburst: {number}"))
    out = io.StringIO()
    grading.grade_class(os.path.join(place.root, "own"), place.lab, out, "trixie", None, own=True)
    remarks = [row["remarks"] for row in csv.DictReader(io.StringIO(out.getvalue()))]
    ok(len(remarks) == 2 and all(one.startswith("2 files are in the name of Ada") for one in remarks), "one's numbers in another's file are told", remarks)
    try:
        place.lab.mysteries("Ada", "/nonexistent")
        ok(False, "as is one of whose animals nothing is known")
    except course.Trouble as trouble:
        ok("the solution of lab 77 is not there" in str(trouble), "as is one of whose animals nothing is known", trouble)


def as_collected(place):
    """A class's directory as teachers get it."""
    office, latin = b"PK\x03\x04" + bytes(range(256)), GOOD.replace("→", "->").replace("where: a", "where: ä").encode("latin-1")
    for name, content in {
            "ann/ANSWERS.TXT": GOOD, "Bob.TXT": GOOD, "carl": GOOD, "dora.docx": office, "j.smith": GOOD, "eve/answers": GOOD,
            "fay/homework.docx": office, "gus/week 3/answers.txt": GOOD, "hal.txt": b"\xff\xfe" + GOOD.encode("utf-16-le"),
            "ida.txt": latin, "jon.pdf": "%PDF-1.7\n", "__MACOSX/._ann.txt": b"\0\5\x16\7", "__MACOSX/ann/._ANSWERS.TXT": b"\0\5\x16\7",
            "ann/__MACOSX/._answers.txt": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1", "kim/.DS_Store": b"\0", "ann/._answers.txt": b"\0",
            "Thumbs.db": b"\xd0\xcf\x11\xe0", "~$dora.docx": b"\0", "lou$(touch x);'\".txt": GOOD, "results.json": "{}"}.items():
        place.write("collected/" + name, content)
    where = os.path.join(place.root, "collected")
    os.mkdir(os.path.join(where, "max"))
    os.symlink("/etc", os.path.join(where, "nil"))
    os.mkfifo(os.path.join(where, "pipe.txt"))
    out = io.StringIO()
    grading.grade_class(where, place.lab, out, "trixie", None)
    table = list(csv.DictReader(io.StringIO(out.getvalue())))
    rows = {row["student"]: row for row in table}
    good = {"ann", "Bob", "carl", "j.smith", "eve", "gus", "lou$(touch x);'\""}
    bad = {"dora": "office", "fay": "homework.docx", "hal": "UTF-16", "ida": "not text", "jon": "PDF", "kim": "empty", "max": "empty",
           "nil": "a link", "pipe": "not a file"}
    ok(len(rows) == len(table) and set(rows) == good | set(bad), "each student has one row, and nobody else has", sorted(rows))
    for name in sorted(good):
        ok(rows.get(name, {}).get("percent") == "100", f"{name}: graded", rows.get(name))
    for name, reason in bad.items():
        ok(rows.get(name, {}).get("percent") == "0" and reason in rows[name]["remarks"], f"{name}: no points, because: {reason}", rows.get(name))


def several(place):
    """More than one file of a student's: a copy of the repository, a lab's directory, notes."""
    copy = "several/ann/labs/77-made-up/"
    for name, content in {
            copy + "answers.txt": GOOD, copy + "questions": QUESTIONS, copy + "solution/answers.txt": GOOD, "several/ann/labs/03-napi/answers.txt": "lab: 3",
            "several/ann/docs/changes.txt": "-", "several/bob/notes.txt": "-", "several/bob/answers.txt": GOOD, "several/cyd/solution/answers.txt": "",
            "several/cyd/answers.txt": GOOD, "several/dan/one/answers.txt": GOOD, "several/dan/two/answers.txt": "lab: 77\n",
            "several/eva/77-made-up/questions": QUESTIONS, "several/eva/77-made-up/solution/answers.txt": GOOD}.items():
        place.write(name, content)
    where = os.path.join(place.root, "several")
    os.makedirs(os.path.join(where, "fox"))
    subprocess.run("for i in $(seq 1200); do mkdir a && cd a || exit; done; echo >b", shell=True, cwd=os.path.join(where, "fox"), check=True)
    out = io.StringIO()
    grading.grade_class(where, place.lab, out, "trixie", None)
    table = list(csv.DictReader(io.StringIO(out.getvalue())))
    ok([(row["student"], row["percent"]) for row in table] == [("ann", "100"), ("bob", "100"), ("cyd", "100"), ("dan", "100"), ("dan", "0"), ("eva", "0"), ("fox", "0")],
       "of several files the answers are graded, once, and no solution that is in every copy", out.getvalue())
    inside = place.made("77-made-up/class/")
    shutil.copytree(os.path.join(where, "ann"), os.path.join(inside, "ann"))
    out = io.StringIO()
    grading.grade_class(inside, place.lab, out, "trixie", None)
    ok([row["percent"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == ["100"], "wherever the class lies", out.getvalue())
    rows = {row["student"]: row["remarks"] for row in table}
    ok(rows["dan"].startswith("dan/two/answers.txt: ") and table[3]["remarks"] == "dan/one/answers.txt", "where there are two, each row says which", table)
    ok("no answers.txt, but 77-made-up/questions" in rows["eva"] and ("too deep" in rows["fox"] or "no answers.txt" in rows["fox"]), "and why there is none", rows)
    subprocess.run(["rm", "-rf", where], check=True)
    place.write("eight/8-made-up/questions", "[lab]\ntitle = Eight\nminutes = 1\n" + "".join(
        f"[q{i}]\ntext = ?\ntype = choice\na = x\nb = y\nhint = no\n" for i in range(8)))
    solution = place.write("eight/8-made-up/solution/answers.txt", "".join(f"q{i}: a\n" for i in range(8)))
    lab = course.Lab(os.path.join(place.root, "eight/8-made-up"))
    halves = []
    for right in range(9):
        grade, row = grading.Grade(lab, course.Answers()), {}
        grade.alien, grade.answers.values = False, {f"q{i}": "ab"[i >= right] for i in range(8)}
        grade.judge(lab.solution(), {})
        grading.fill(row, grade)
        halves.append(row["percent"])
    ok(halves == "0 13 25 38 50 63 75 88 100".split(), "halves of a percent go up, for everybody", halves)
    for wrong, said in (lambda text: text.replace("q3: a\n", ""), "no usable answer to q3"), (lambda text: text.replace("q3: a", "q3: c"), "no usable answer to q3"), \
            (lambda text: text + "q0: b\n", "q0 is given twice"):
        place.write("eight/8-made-up/solution/answers.txt", wrong("".join(f"q{i}: a\n" for i in range(8))))
        try:
            lab.solution()
            ok(False, f"a solution is refused, not the answers: {said}")
        except course.Trouble as trouble:
            ok(said in str(trouble), f"a solution is refused, not the answers: {said}", trouble)
    os.unlink(solution)


with tempfile.TemporaryDirectory() as temporary:
    here = Place(temporary)
    classes(here)
    as_collected(here)
    several(here)
done()
