# SPDX-License-Identifier: GPL-2.0-only
"""answers.py - what a lab's page needs to check answers: its questions, with hints, and of the right choices and paths salted
hashes (labs/lib/course.py, class Sealed). docs/live/static/live/answers.js makes forms of it. Numbers are measured.
"""

import functools
import hashlib
import json
import os
import re
import sys

import live
import repository
from repository import TOP

sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
import course  # noqa: E402  pylint: disable=wrong-import-position

TYPES = ("number", "choice", "path")


def sealed(lab, question, solution):
    """Salt and hash of each right answer. The salt is the question's own, so that the site comes out the same each time."""
    found = []
    for number, plain in enumerate(question.accepted(solution.get(question.key))):
        salt = hashlib.sha256(f"{lab.name}:{question.key}:{number}".encode()).hexdigest()[:24]
        found.append(f"{salt}${course.Sealed.hash(salt, question, plain)}")
    return found


def question_data(lab, question, solution):
    """A question, as the browser gets it; None when it cannot be checked there."""
    data = {"key": question.key, "type": question.type, "hint": question.hint, "hints": question.hints}
    if question.type == "number":
        return {**data, "measure": question.measure, "tolerance": question.tolerance}
    if question.type not in TYPES or not solution.get(question.key):
        return None
    return {**data, "choices": sorted(question.choices), "sealed": sealed(lab, question, solution)}


@functools.cache
def lab_data(docname):
    """The questions of a lab's page; None for a page that has none which can be checked."""
    directory = os.path.join(TOP, docname)
    if not re.fullmatch(r"labs/\d\d-[\w-]+", docname) or not os.path.exists(os.path.join(directory, "questions")):
        return None
    lab = course.Lab(directory)
    try:
        solution = lab.solution()
    except course.Trouble:
        return None  # an instructor keeps them elsewhere
    questions = [] if isinstance(solution, course.Sealed) else [question_data(lab, one, solution) for one in lab.questions.values()]
    if not any(questions):
        return None
    return {"lab": lab.name, "number": lab.number, "lacks": "two CPUs" if "--cpus" in lab.vm else None,
            "parameters": [{"key": one.key, "least": one.least, "most": one.most} for one in lab.parameters.values()],
            "questions": [one for one in questions if one]}


def outdated(_app, env, _added, _changed, _removed):
    """The labs' pages whose questions, or their answers, are others."""
    return repository.outdated(env, "answers_data", {name: lab_data(name) for name in env.found_docs})


def page_context(app, pagename, _template, context, _doctree):
    """The data, script and style of a lab's page."""
    if app.builder.format != "html":
        return
    data = lab_data(pagename)
    if data:
        text = json.dumps(data).replace("<", "\\u003c")
        context["body"] += f'<script type="application/json" id="lab-answers">{text}</script>'
        if not live.manifest():  # else live.py has done so
            app.add_css_file("live/live.css")
        app.add_js_file("live/answers.js", type="module")


def setup(app):
    """Sphinx calls this."""
    app.connect("env-get-outdated", outdated)
    app.connect("html-page-context", page_context, priority=600)  # after live.py, whose machine it asks for
    return {"parallel_read_safe": True}
