#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""checks_cases.py - every lab's steps, printed as they are and spoilt in many ways, and what labs/lib/steps.py thinks of each.
tests/docs/checks.test.js has the browser's rules judge the same. JSON on standard output.
"""

import glob
import json
import os
import random
import re
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
sys.path.insert(0, os.path.join(TOP, "docs", "_ext"))
import steps  # noqa: E402  pylint: disable=wrong-import-position


def spoilt(lines, dice):
    """Ways in which an output may differ: other numbers, other blanks, a line less or more, another word."""
    yield list(lines)
    yield [re.sub(r"\d+", lambda _: str(dice.randrange(100000)), line) for line in lines]
    yield [re.sub(r" +", lambda _: " " * dice.randrange(1, 6), line) for line in lines]
    yield ["", *lines, "  "]
    if lines:
        at = dice.randrange(len(lines))
        yield lines[:at] + lines[at + 1:]
        yield lines[:at] + ["something else 5"] + lines[at:]
        yield lines[:at] + [lines[at].upper() + " more"] + lines[at + 1:]
        yield lines[:at] + [re.sub(r"[a-z]", "x", lines[at], count=1)] + lines[at + 1:]


def parts(check):
    """A check, as docs/_ext/live.py hands it to the browser."""
    return {"what": check["what"], "op": check["op"], "value": check["value"], "off": check["off"], "percent": bool(check["percent"]),
            "text": check.group(0)[len(check["what"]):].strip()}


def main():
    """All labs."""
    dice, cases = random.Random(1), []
    for path in sorted(glob.glob(os.path.join(TOP, "labs", "[0-9]*", "README.rst"))):
        for step in steps.load(path):
            for lines in spoilt(step.expected, dice):
                output = "\n".join(lines)
                for status in (0, 1):
                    cases.append({
                        "expected": step.expected, "checks": [parts(check) for check in step.checks], "lines": lines, "status": status,
                        "mismatch": steps.mismatch(step.expected, lines) is not None,
                        "failed": [steps.failed_check(check, output, status) is not None for check in step.checks],
                    })
    json.dump(cases, sys.stdout)


main()
