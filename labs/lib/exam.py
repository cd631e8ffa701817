# SPDX-License-Identifier: GPL-2.0-only
"""exam.py - what a lab examines, and questions for a written exam; the answers are kept apart, where its solution is.

labs/NN-name/exam is an INI file. [lab] says what the lab examines, and which chapters (read) to read before it. Every other
section is a question: points, text. solution/exam, or NN-name/exam in an instructor's own directory of solutions, has a section
of the same name with its answer.
"""

import configparser
import os

from course import Trouble


class Exam:  # pylint: disable=too-few-public-methods
    """The questions of one lab."""

    def __init__(self, lab):
        self.lab = lab
        ini = read(os.path.join(lab.directory, "exam"))
        try:
            self.examines, self.chapters = words(ini["lab"]["examines"]), ini["lab"].get("read", "").split()
            self.questions = {name: (ini[name].getint("points"), words(ini[name]["text"])) for name in ini.sections() if name != "lab"}
        except (KeyError, ValueError) as problem:
            raise Trouble(f"{lab.name}/exam: {problem}") from problem

    def answers(self, directory=None):
        """{question: answer}, from the lab's solution or from a directory of solutions."""
        path = os.path.join(directory, self.lab.name) if directory else os.path.join(self.lab.directory, "solution")
        ini = read(os.path.join(path, "exam"))
        missing = [name for name in self.questions if name not in ini or not ini[name].get("answer")]
        if missing or set(ini.sections()) - set(self.questions):
            raise Trouble(f"{path}/exam does not answer the questions of {self.lab.name}/exam: {', '.join(missing) or 'it has others'}")
        return {name: words(ini[name]["answer"]) for name in self.questions}


def read(path):
    """An INI file."""
    ini = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    try:
        with open(path, encoding="utf-8") as lines:
            ini.read_file(lines)
    except (OSError, configparser.Error) as problem:
        raise Trouble(f"{path}: {problem.strerror if isinstance(problem, OSError) else problem}") from problem
    return ini


def words(text):
    """On one line."""
    return " ".join(text.split())


def has(lab):
    """Has it questions for an exam?"""
    return os.path.exists(os.path.join(lab.directory, "exam"))


def paper(labs, key, directory=None):
    """The questions of labs as text, with the answers if key."""
    lines, number = [], 0
    for exam in (Exam(lab) for lab in labs if has(lab)):
        lines += [f"Lab {int(exam.lab.number)}. {exam.lab.title}", ""]
        answers = exam.answers(directory) if key else {}
        for name, (points, text) in exam.questions.items():
            number += 1
            lines += [f"{number}. ({points} points) {text}", ""]
            lines += [f"   Answer: {answers[name]}", ""] if key else []
    return "\n".join(lines)
