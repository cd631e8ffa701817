# SPDX-License-Identifier: GPL-2.0-only
"""teaching.py - what instructors get out of the labs: a page for each, the timetable, the pool of exam questions.

docs/teaching/labs/NN-name.rst is made from a lab's questions and exam (labs/lib/course.py, labs/lib/exam.py). The answers stay where
they are: no page has them.

    .. timetable::           all labs, with minutes, points, machine, and what to read before
    .. chapter-table::       all chapters, with their length
    .. exam-pool::           all questions for a written exam
"""

import glob
import math
import os
import re
import sys

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

import repository
from pages import HEAD, escape
from repository import DOCS, TOP

sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
import course  # noqa: E402  pylint: disable=wrong-import-position
import exam  # noqa: E402  pylint: disable=wrong-import-position

# Slow enough for a text with code in it.
WORDS_A_MINUTE = 150
KINDS = {"number": "a number", "choice": "a choice", "path": "functions in order", "trial": "tried in the machine", "mystery": "a choice"}


def labs():
    """All labs."""
    return [course.Lab(directory) for directory in course.labs().values()]


def examined(lab):
    """Its exam, or None."""
    return exam.Exam(lab) if exam.has(lab) else None


def machine(lab):
    """What it runs on, in words."""
    clock = "the clock counts instructions" if "--icount" in lab.vm else "real time"
    return f"{'two CPUs' if '--cpus' in lab.vm else 'one CPU'}; {clock}"


def points(lab):
    """All that can be got."""
    return f"{sum(question.points for question in lab.questions.values()):g}"


def chapters():
    """The chapters' names, in order."""
    return sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(DOCS, "story", "[0-9][0-9]-*.rst")))


def length(chapter):
    """(words, minutes) of a chapter, without directives and their options."""
    lines = repository.read(f"docs/story/{chapter}.rst").splitlines()
    words = sum(len(re.findall(r"\w[\w'-]*", line)) for line in lines if not re.match(r"\s*(\.\. |:[\w-]+:)", line))
    return words, math.ceil(words / WORDS_A_MINUTE)


def table(head, rows, widths):
    """The lines of a list-table."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in [head, *rows]:
        lines += [("   * - " if not place else "     - ") + cell for place, cell in enumerate(row)]
    return [*lines, ""]


def question_lines(found, number=0):
    """The questions of one lab, numbered on from a number."""
    lines = []
    for offset, (score, text) in enumerate(found.questions.values(), number + 1):
        lines += [f"{offset}. {escape(text)} *({score} points)*", ""]
    return lines


def lab_page(lab):
    """What an instructor wants to know of a lab."""
    found, title = examined(lab), f"Lab {int(lab.number)}, for instructors"
    lines = [HEAD.format(f"labs/{lab.name}"), title, "=" * len(title), "", f":doc:`/labs/{lab.name}`"]
    lines += [f"takes {lab.minutes} minutes and gives {points(lab)} points. Its machine: {machine(lab)}. It needs Linux {lab.kernel[0]}.{lab.kernel[1]} or later.", ""]
    if found:
        lines += ["What it examines", "-" * 16, "", escape(found.examines), ""]
        lines += ["To be read before: " + ", ".join(f":doc:`/story/{chapter}`" for chapter in found.chapters) + ".", ""] if found.chapters else []
    lines += ["Points", "------", ""]
    if lab.parameters:
        chosen = ", ".join(f"``{one.key}`` ({one.least} to {one.most})" for one in lab.parameters.values())
        lines += [f"Each student chooses {chosen}, and is asked for the numbers that belong to it.", ""]
    lines += table(["question", "asks for", "points", "tolerance"],
                   [[f"``{one.key}``", KINDS[one.type], f"{one.points:g}", one.tolerance or "–"] for one in lab.questions.values()], "30 34 14 22")
    if found:
        lines += ["Questions for an exam", "-" * 21, "", *question_lines(found)]
        lines += [f"The answers, with points, are in ``labs/{lab.name}/solution/exam``:", "", ".. code-block:: console", "", f"   $ make exam LAB={lab.number} KEY=1", ""]
    return "\n".join(lines)


def generate(_app):
    """Write the pages, and remove those of labs that are gone."""
    wanted = {os.path.join(DOCS, "teaching", "labs", lab.name + ".rst"): lab_page(lab) for lab in labs()}
    for path, text in wanted.items():
        repository.write_if_changed(path, text)
    for path in glob.glob(os.path.join(DOCS, "teaching", "labs", "*.rst")):
        if path not in wanted:
            os.remove(path)


class Made(Directive):
    """A directive whose text is made of the labs and chapters."""

    def run(self):
        """Its text, parsed."""
        env = self.state.document.settings.env
        env.note_reread()
        box = nodes.container()
        self.state.nested_parse(StringList(self.lines(), self.state.document.current_source), self.content_offset, box)
        return box.children

    def lines(self):
        """The lines of it."""
        raise NotImplementedError


class Timetable(Made):
    """.. timetable::"""

    def lines(self):
        """A row for each lab, and the sum."""
        rows, minutes, score = [], 0, 0
        for lab in labs():
            found = examined(lab)
            read = [f":doc:`/story/{chapter}` ({length(chapter)[1]})" for chapter in found.chapters] if found else []
            rows.append([f":doc:`/labs/{lab.name}`", str(lab.minutes), points(lab), "; ".join(read) or "–", machine(lab), f":doc:`{int(lab.number)} </teaching/labs/{lab.name}>`"])
            minutes, score = minutes + lab.minutes, score + float(points(lab))
        rows.append([f"all {len(rows)}", str(minutes), f"{score:g}", "", "", ""])
        return table(["lab", "minutes", "points", "read before (minutes)", "machine", "for instructors"], rows, "26 9 9 30 18 8")


class ChapterTable(Made):
    """.. chapter-table::"""

    def lines(self):
        """A row for each chapter, and the sum."""
        sizes = {chapter: length(chapter) for chapter in chapters()}
        rows = [[f":doc:`/story/{chapter}`", str(words), str(minutes)] for chapter, (words, minutes) in sizes.items()]
        rows.append([f"all {len(rows)}", str(sum(words for words, _ in sizes.values())), str(sum(minutes for _, minutes in sizes.values()))])
        return [*table(["chapter", "words", "minutes"], rows, "70 15 15"),
                f"Minutes are words divided by {WORDS_A_MINUTE}: slow, as there is code in between.", ""]


class ExamPool(Made):
    """.. exam-pool::"""

    def lines(self):
        """All questions, lab by lab, numbered through."""
        lines, number = [], 0
        for lab in labs():
            found = examined(lab)
            if found:
                lines += [f".. rubric:: Lab {int(lab.number)}. {escape(lab.title)}", "", *question_lines(found, number)]
                number += len(found.questions)
        return lines


def lecture(app, pagename, _template, _context, _doctree):
    """A lecture has a template of its own, on the site."""
    return "slides.html" if app.builder.name == "html" and re.match(r"teaching/slides/\d", pagename) else None


def setup(app):
    """Sphinx calls this."""
    app.connect("html-page-context", lecture)
    app.connect("builder-inited", generate)
    app.add_directive("timetable", Timetable)
    app.add_directive("chapter-table", ChapterTable)
    app.add_directive("exam-pool", ExamPool)
    return {"parallel_read_safe": True}
