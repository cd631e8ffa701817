# SPDX-License-Identifier: GPL-2.0-only
"""made_up.py - a lab made up, with its numbers given, and lines of TAP: for the tests of what reads answers."""

import io
import json
import os
import sys
from contextlib import redirect_stdout

sys.dont_write_bytecode = True
LABS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "labs")
sys.path.insert(0, os.path.join(LABS, "lib"))
import course  # noqa: E402
import grading  # noqa: E402

QUESTIONS = """
[lab]
title = A lab made up
minutes = 1

[parameter burst]
text = Your burst
min = 1
max = 64

[ratio]
text = Interrupts a packet?
type = number
measure = ratio
tolerance = 1%
hint = divide the one by the other

[where]
text = Where do they die?
type = choice
a = in the ring
b = in the backlog
hint = look at two counters
hint_b = that one stood still

[way]
text = Which way?
type = path
hint = follow the interrupt
"""
GOOD = "lab: 77\nburst: 32\nratio: 0.0313\nwhere: a\nway: one() -> two → three\n"


def ok(good, name, note=""):
    """A line of TAP."""
    ok.count += 1
    print(f"{'ok' if good else 'not ok'} {ok.count} - {name}")
    if not good and note:
        print("\n".join("# " + line for line in str(note).splitlines()))
    ok.failed += not good


ok.count = ok.failed = 0


def fake_measure(lab, suite, sets, fresh=False):
    """What a machine would have measured."""
    fake_measure.sets += sets
    return {grading.written(one): {"ratio": 1 / one["burst"]} for one in sets}


fake_measure.sets = []
grading.measure = fake_measure


class Place:
    """A directory with one lab and its solution."""

    def __init__(self, root):
        self.root, self.directory = root, os.path.join(root, "77-made-up")
        self.write("77-made-up/questions", QUESTIONS)
        self.write("77-made-up/solution/answers.txt", "lab: 77\nwhere: a\nway: one -> two -> three | one -> three\n")
        self.lab = course.Lab(self.directory)

    def write(self, name, content):
        """Write a file below the root."""
        path = self.made(name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def made(self, name):
        """A place below the root, whose directory is there."""
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def score(self, content):
        """Grade one file: points, what was printed, and Gradescope's object."""
        path, results = self.write("one/answers.txt", content), os.path.join(self.root, "results.json")
        out, quiet = io.StringIO(), os.dup(2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with redirect_stdout(out):
            grading.grade_one(self.lab, path, results, "trixie", None)
        os.dup2(quiet, 2)
        with open(results, encoding="utf-8") as file:
            return json.load(file)["score"], out.getvalue(), results


def done():
    """The plan, and the program's status."""
    print(f"1..{ok.count}")
    sys.exit(ok.failed > 0)
