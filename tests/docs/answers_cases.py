#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""answers_cases.py - every lab's questions as the browser gets them, and what labs/lib/course.py thinks of many answers.
tests/docs/answers.test.js has the browser's rules judge the same. JSON on standard output.
"""

import json
import os
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
sys.path.insert(0, os.path.join(TOP, "docs", "_ext"))
import answers  # noqa: E402  pylint: disable=wrong-import-position
import course  # noqa: E402  pylint: disable=wrong-import-position

TRUTH = 1234.5
NUMBERS = ("1234.5", "1234.50", "1234", "1230", "1300", "600", "0", "-1234.5", "+1234.5", "1,234.5", "1e3", "nan", "", "many", "12345678901234567", "1234.5000000000000001", "1234.", ".5", ".", "1.2.3")


def tried(question, right):
    """Answers to a question, some right."""
    if question.type == "number":
        return NUMBERS
    if question.type == "choice":
        return (*sorted(question.choices), "")
    first = right.split("|")[0].strip()
    names = first.split(" -> ")
    return (*(one.strip() for one in right.split("|")), first.replace(" -> ", " → "), first.replace(" -> ", "(), ") + "()", " -> ".join(names[::-1]),
            " -> ".join(names[1:]), names[0], "?", "")


def main():
    """All labs."""
    cases, labs = [], []
    for directory in course.labs().values():
        data = answers.lab_data(os.path.relpath(directory, TOP))
        if not data:
            continue
        lab = course.Lab(directory)
        solution = lab.solution()
        labs.append({"data": data, "paths": [one.strip() for key, question in lab.questions.items() if question.type == "path"
                                             for one in solution.get(key).split("|")]})
        for one in data["questions"]:
            question = lab.questions[one["key"]]
            for value in tried(question, solution.get(question.key)):
                right, hint = question.judge(value, solution, {question.measure: TRUTH})
                cases.append({"question": one, "value": value, "truth": TRUTH, "right": bool(right), "hint": hint})
    json.dump({"cases": cases, "labs": labs}, sys.stdout)


main()
