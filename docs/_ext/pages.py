# SPDX-License-Identifier: GPL-2.0-only
"""pages.py - the pages that are made at build time: one for each lab, one for each source file of the driver.

docs/labs/NN-name.rst includes labs/NN-name/README.rst as it is, and adds its questions; docs/reference/code/ has the
kernel-doc of a file and, in the HTML, its text. A lab or file that is new or gone needs no change here.
"""

import glob
import os
import sys

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

import repository
from repository import DOCS, TOP

sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
import course  # noqa: E402  pylint: disable=wrong-import-position

HEAD = ".. SPDX-License-Identifier: GPL-2.0-only\n.. Made by docs/_ext/pages.py from {}\n\n"


def escape(text):
    """Text that is no markup."""
    return "".join("\\" + letter if letter in "\\*`_|" else letter for letter in text)


def question_lines(number, question):
    """One question, without its answer."""
    lines = [f"#. {escape(question.text)}"]
    lines += [""] + [f"   {letter}) {escape(text)}" for letter, text in question.choices.items()] if question.choices else []
    return lines + ["", f"   ``{question.key}:`` {KINDS[question.type]}"
                    + (f", {question.points:g} points" if question.points != 1 else ""), ""]


KINDS = {"number": "a number", "choice": "a letter", "path": "functions, as ``one -> two -> three``",
         "trial": "tried in the machine", "mystery": "a letter"}


def lab_page(directory):
    """The page of a lab."""
    name = os.path.basename(directory)
    lines = [HEAD.format(f"labs/{name}"), f".. include:: /../labs/{name}/README.rst", ""]
    lab = course.Lab(directory)
    lines += [".. rubric:: " + (f"What {lab.program} is graded by" if lab.program else "The questions in answers.txt"), ""]
    if lab.parameters:
        lines += ["You choose:", ""]
        lines += [f"- ``{parameter.key}:`` {escape(parameter.text)} (a whole number, {parameter.least} to {parameter.most})"
                  for parameter in lab.parameters.values()] + [""]
    for number, question in enumerate(lab.questions.values(), 1):
        lines += question_lines(number, question)
    return "\n".join(lines).rstrip() + "\n"


def code_page(path):
    """The page of a source file."""
    lines = [HEAD.format(path), path, "=" * len(path), ""]
    what = repository.summary(path)
    if what:
        lines += [escape(what), ""]
    if "\n/**\n" in repository.read(path):
        lines += [f".. kernel-doc:: {path}", ""]
    lines += [".. only:: builder_html", "", "   .. rubric:: The source", "", f"   .. literalinclude:: /../{path}", "      :language: c",
              "      :linenos:", ""]
    return "\n".join(lines)


def code_index():
    """The list of source files."""
    lines = [HEAD.format("the sources"), "The source, file by file", "=" * 24, "",
             "In reading order, each with the kernel-doc of its functions and structures and with its text. A function that no",
             "other file calls has its comment in the text only.", "", ".. toctree::", "   :hidden:", ""]
    files = repository.sources()
    lines += ["   " + os.path.basename(repository.page_of(path)) for path in files]
    lines += ["", ".. list-table::", "   :widths: 30 70", ""]
    for path in files:
        lines += [f"   * - :source:`{path}`", f"     - {escape(repository.summary(path)) or 'the tracepoints, defined'}"]
    return "\n".join(lines) + "\n"


def generate(_app):
    """Write all of them, and remove those whose source has gone."""
    wanted = {}
    for directory in sorted(glob.glob(os.path.join(TOP, "labs", "[0-9][0-9]-*"))):
        if os.path.exists(os.path.join(directory, "README.rst")):
            wanted[os.path.join(DOCS, "labs", os.path.basename(directory) + ".rst")] = lab_page(directory)
    for path in repository.sources():
        wanted[os.path.join(DOCS, repository.page_of(path) + ".rst")] = code_page(path)
    wanted[os.path.join(DOCS, "reference", "code", "index.rst")] = code_index()
    for path, text in wanted.items():
        repository.write_if_changed(path, text)
    for pattern in ("labs/[0-9][0-9]-*.rst", "reference/code/*.rst"):
        for path in glob.glob(os.path.join(DOCS, pattern)):
            if path not in wanted:
                os.remove(path)


class Sections(Directive):
    """.. sections:: with lines "page: what is there": the table of contents, of those pages that are there."""

    has_content = True

    def run(self):
        """A hidden toctree and a list."""
        env = self.state.document.settings.env
        env.note_reread()  # pages come and go
        found = env.found_docs
        there = [line.split(": ", 1) for line in self.content if line.split(": ", 1)[0] in found]
        lines = [".. toctree::", "   :hidden:", "", *("   " + page for page, _ in there), ""]
        lines += [".. only:: html", "", *(f"   - :doc:`/{page}`: {what}" for page, what in there)]
        box = nodes.container(classes=["sections"])
        self.state.nested_parse(StringList(lines, self.src), self.content_offset, box)
        return [box]

    @property
    def src(self):
        """The page."""
        return self.state.document.current_source


def simulation(app, pagename, _template, _context, _doctree):
    """The simulation's page alone has its script and style."""
    if pagename == "simulation/index":
        app.add_css_file("snull-sim.css")
        app.add_js_file("snull-model.js")
        app.add_js_file("snull-view.js", **{"defer": "defer"})


def setup(app):
    """Sphinx calls this."""
    app.connect("html-page-context", simulation)
    app.add_directive("sections", Sections)
    app.connect("builder-inited", generate)
    return {"parallel_read_safe": True}
