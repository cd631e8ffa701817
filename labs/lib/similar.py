# SPDX-License-Identifier: GPL-2.0-only
"""similar.py - which programs of a class are alike? Debian's similarity-tester compares their tokens: comments and the names of
things make no difference to it."""

import os
import re
import shutil
import subprocess
import tempfile

from course import LABS, Trouble
from submission import read_program

LEAST = 70  # percent: there is not much else to write
FOUND = re.compile(r"^(.+) consists for (\d+) % of (.+) material$", re.MULTILINE)
OURS = {"snull's own path": "napi-modern/rx_napi.c", "snull's own path of 2.6": "legacy-poll/rx_legacy.c"}


def collect(lab, found, place):
    """Copy what can be read, under numbers, which mean nothing to anybody. Return {number: whose}."""
    names = {}
    ours = [(who, os.path.join(LABS, "..", path)) for who, path in OURS.items()]
    ours += [("the skeleton", os.path.join(lab.directory, "skeleton", lab.program))]
    for who, path in ours + [(student, path) for student, path, wrong in found if not wrong]:
        try:
            text = read_program(path)
        except Trouble:
            continue
        name = f"{len(names)}.c"
        names[name] = who
        with open(os.path.join(place, name), "w", encoding="utf-8") as out:
            out.write(text)
    return names


def similar(lab, found):
    """Pairs of (percent, one, other), the most alike first: one consists for so many percent of what is in the other."""
    if not lab.program:
        raise Trouble(f"lab {lab.number} has no program in it to compare: SIMILAR=1 is for labs 16 and 17")
    if not shutil.which("sim_c"):
        raise Trouble("sim_c is missing here: apt install similarity-tester")
    with tempfile.TemporaryDirectory(prefix="snull-similar.") as place:
        names = collect(lab, found, place)
        done = subprocess.run(["sim_c", "-p", "-e", "-s", "-r", "12", "-t", str(LEAST), *names], cwd=place, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise Trouble(f"sim_c failed: {done.stdout[-500:]}")
    pairs = [(int(percent), names[one], names[other]) for one, percent, other in FOUND.findall(done.stdout)]
    students = {student for student, _, _ in found}
    return sorted(((*pair,) for pair in pairs if students & set(pair[1:])), reverse=True)
