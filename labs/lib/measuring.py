# SPDX-License-Identifier: GPL-2.0-only
"""measuring.py - have a lab's "measure" run in the virtual machine, with the parameters that students chose.

Under icount the same parameters give the same numbers: each set of them is measured once, and kept in the cache until
the lab, the driver or the kernel changes.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys

from course import IN_MACHINE, LABS, Trouble
from pipe import hear, write_whole

TOP = os.path.dirname(LABS)
CACHE = os.environ.get("SNULL_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snull")
AT_ONCE = 10  # sets in one virtual machine
LIMIT = 600  # seconds for a set, on a busy host
SOURCES = ("snull", "napi-modern", "legacy-poll", "labs", "Makefile", "Kbuild")
UNUSED = ("bundle", "zoo", "bench")  # of the labs' directories, those that no measurement uses


def sources(place):
    """The programs, sources and questions at a place, a file or a directory, without a lab's solution."""
    if os.path.isfile(place):
        yield place
    for base, directories, names in os.walk(place):
        directories[:] = sorted(d for d in directories if d not in ("solution", "skeleton", "out", "__pycache__", *UNUSED))
        for name in sorted(names):
            path = os.path.join(base, name)
            if name.startswith(".") or not os.path.isfile(path):
                continue  # an editor's lock is a link to nowhere
            if name.endswith((".c", ".h", ".py", ".sh")) or name in ("Makefile", "questions") or os.access(path, os.X_OK):
                yield path


def fingerprint(lab, suite):
    """A hash of all that the numbers depend on, apart from the parameters."""
    digest = hashlib.sha256(lab.name.encode())
    image, qemu = (subprocess.run([f"{LABS}/vm/{program}", "-q", *options], text=True, stdout=subprocess.PIPE, check=False).stdout
                   for program, *options in (("image", "--suite", suite), ("qemu", "--version")))
    digest.update((image + qemu).encode())
    for name in "root.erofs", "initrd", "kernel":  # one that was made again is another, at the same place
        with contextlib.suppress(OSError):
            of = os.stat(os.path.join(image.strip(), name))
            digest.update(f"{of.st_size} {of.st_mtime_ns}".encode())
    for place in SOURCES:
        for path in sources(os.path.join(TOP, place)):
            try:
                with open(path, "rb") as source:
                    digest.update(os.path.relpath(path, TOP).encode() + b"\0" + source.read())
            except OSError as problem:
                raise Trouble(f"{path} cannot be read: {problem.strerror}") from problem
    return digest.hexdigest()[:16]


def written(parameters):
    """A set of parameters as text: "burst=32,rate=1000", or "-" for none."""
    return ",".join(f"{name}={value}" for name, value in sorted(parameters.items())) or "-"


def run(lab, suite, sets):
    """Measure these sets in one virtual machine, or in this one. Return {set: {name: number}}, and a Trouble if that is not all."""
    command = ["/snull/labs/lib/measure-sets", lab.name, *sets]
    if not IN_MACHINE:
        command = [f"{LABS}/vm/run", "-q", "--suite", suite, "--timeout", str(60 + LIMIT * len(sets)), *lab.vm, "--", *command]
    status, said = hear(command)
    results, current = {}, None
    for line in said.splitlines():
        word, _, value = line.partition(" ")
        if word == "set":
            current = results.setdefault(value, {})
        elif current is not None:
            current[word] = float(value)
    if status or len(results) != len(sets):
        whole = dict(list(results.items())[:-1])  # of the last, something may be missing
        return whole, Trouble(f"{lab.name}: the measurement failed with status {status} (no fault of the answers):"
                              f" try it with  {' '.join(command)}")
    return results, None


def measure(lab, suite, parameter_sets, fresh=False):
    """Return {set: {name: number}} for all sets, from the cache or from the virtual machine. One that cannot be measured has a
    Trouble instead, and costs no other its numbers."""
    wanted = sorted({written(parameters) for parameters in parameter_sets})
    if IN_MACHINE:  # nothing is kept there
        found, trouble = run(lab, suite, wanted)
        return {**dict.fromkeys(wanted, trouble), **found}
    directory = os.path.join(CACHE, "measured", f"{lab.name}-{suite}-{fingerprint(lab, suite)}")
    results, missing, in_vain = {}, [], 0
    for one in wanted:
        try:
            with open(os.path.join(directory, one + ".json"), encoding="ascii") as kept:
                results[one] = json.load(kept)
        except (OSError, ValueError):
            missing.append(one)
    if fresh:
        results, missing = {}, wanted
    while missing:
        some, missing = missing[:AT_ONCE], missing[AT_ONCE:]
        print(f"grade: measuring {lab.name}, {len(some)} set{'s' * (len(some) > 1)} of parameters,"
              " in a virtual machine…", file=sys.stderr, flush=True)
        found, trouble = run(lab, suite, some)
        for one, numbers in found.items():
            results[one] = numbers
            keep(directory, one, numbers)
        if trouble:
            results[some[len(found)]] = trouble
            missing = some[len(found) + 1:] + missing
            in_vain = 0 if found else in_vain + 1
        if in_vain == 2:  # it is not the numbers that somebody chose
            results.update(dict.fromkeys(missing, trouble))
            break
    return results


def keep(directory, one, numbers):
    """For the next who chose the same; a cache that cannot be written to costs only that."""
    try:
        os.makedirs(directory, exist_ok=True)
        write_whole(os.path.join(directory, one + ".json"), json.dumps(numbers))
    except OSError as problem:
        print(f"grade: the numbers are not kept: {problem.strerror}: {directory}", file=sys.stderr)
