# SPDX-License-Identifier: GPL-2.0-only
"""measuring.py - have a lab's "measure" run in the virtual machine, with the parameters that students chose.

Under icount the same parameters give the same numbers: each set of them is measured once, and kept in the cache until
the lab, the driver or the kernel changes.
"""

import hashlib
import json
import os
import subprocess
import sys

from course import IN_MACHINE, LABS, Trouble

TOP = os.path.dirname(LABS)
CACHE = os.environ.get("SNULL_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snull")
AT_ONCE = 10  # sets in one virtual machine
LIMIT = 600  # seconds for a set, on a busy host
SOURCES = ("snull", "napi-modern", "legacy-poll", "labs/lib", "labs/tools")


def sources(place):
    """The programs and sources at a place, a file or a directory, without a lab's solution."""
    if os.path.isfile(place):
        yield place
    for base, directories, names in os.walk(place):
        directories[:] = sorted(d for d in directories if d not in ("solution", "out", "__pycache__"))
        for name in sorted(names):
            path = os.path.join(base, name)
            if name.endswith((".c", ".h", ".py")) or os.access(path, os.X_OK):
                yield path


def fingerprint(lab, suite):
    """A hash of all that the numbers depend on, apart from the parameters."""
    digest = hashlib.sha256()
    image = subprocess.run([f"{LABS}/vm/image", "--suite", suite, "-q"], text=True, stdout=subprocess.PIPE, check=False)
    digest.update(image.stdout.encode())
    for place in (*SOURCES, os.path.relpath(lab.directory, TOP)):
        for path in sources(os.path.join(TOP, place)):
            with open(path, "rb") as source:
                digest.update(os.path.relpath(path, TOP).encode() + b"\0" + source.read())
    return digest.hexdigest()[:16]


def written(parameters):
    """A set of parameters as text: "burst=32,rate=1000", or "-" for none."""
    return ",".join(f"{name}={value}" for name, value in sorted(parameters.items())) or "-"


def run(lab, suite, sets):
    """Measure these sets in one virtual machine, or in this one. Return {set: {name: number}}."""
    command = ["/snull/labs/lib/measure-sets", lab.name, *sets]
    if not IN_MACHINE:
        command = [f"{LABS}/vm/run", "-q", "--suite", suite, "--timeout", str(60 + LIMIT * len(sets)), *lab.vm, "--", *command]
    done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    results, current = {}, None
    for line in done.stdout.splitlines():
        word, _, value = line.partition(" ")
        if word == "set":
            current = results.setdefault(value, {})
        elif current is not None:
            current[word] = float(value)
    if done.returncode or len(results) != len(sets):
        raise Trouble(f"{lab.name}: the measurement failed with status {done.returncode} (no fault of the answers):"
                      f" try it with  {' '.join(command)}")
    return results


def measure(lab, suite, parameter_sets, fresh=False):
    """Return {set: {name: number}} for all sets, from the cache or from the virtual machine."""
    wanted = sorted({written(parameters) for parameters in parameter_sets})
    if IN_MACHINE:  # nothing is kept there
        return run(lab, suite, wanted)
    directory = os.path.join(CACHE, "measured", f"{lab.name}-{suite}-{fingerprint(lab, suite)}")
    results, missing = {}, []
    for one in wanted:
        try:
            with open(os.path.join(directory, one + ".json"), encoding="ascii") as kept:
                results[one] = json.load(kept)
        except (OSError, ValueError):
            missing.append(one)
    if fresh:
        results, missing = {}, wanted
    os.makedirs(directory, exist_ok=True)
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start:start + AT_ONCE]
        print(f"grade: measuring {lab.name}, {len(some)} set{'s' * (len(some) > 1)} of parameters,"
              " in a virtual machine…", file=sys.stderr, flush=True)
        for one, numbers in run(lab, suite, some).items():
            results[one] = numbers
            with open(os.path.join(directory, one + ".json"), "w", encoding="ascii") as kept:
                json.dump(numbers, kept)
    return results
