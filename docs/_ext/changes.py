# SPDX-License-Identifier: GPL-2.0-only
"""changes.py - ".. kernel-changes:: changes.txt" is the table that the file says at its top how to write."""

import os

from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from docutils import nodes

from repository import DOCS

KERNELS = ["5.10", "6.1", "6.12", "7.3"]


class KernelChanges(Directive):
    """.. kernel-changes:: FILE, beside the pages of the reference"""

    required_arguments = 1

    def run(self):
        """A table for each part."""
        path = os.path.join(DOCS, "reference", self.arguments[0])
        self.state.document.settings.env.note_dependency(path)
        out = []
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                if line.startswith("= "):
                    out += ["", f".. rubric:: {line[2:]}", "", ".. list-table::", "   :header-rows: 1", "   :class: changes",
                            "   :widths: 22 10 6 6 6 6 44", "", "   * - name", "     - since",
                            *(f"     - {kernel}" for kernel in KERNELS), "     - what it is"]
                    continue
                words = [word.strip() for word in line.split(" | ")]
                if len(words) != 4 or len(words[2]) != len(KERNELS) or set(words[2]) - set("x."):
                    return [self.state.document.reporter.error(f"{path}, line {number}: must be name | since | marks | text", line=self.lineno)]
                out += [f"   * - ``{words[0]}``", f"     - {words[1]}", *(f"     - {'yes' if mark == 'x' else '–'}" for mark in words[2]),
                        f"     - {words[3]}"]
        box = nodes.container()
        self.state.nested_parse(StringList(out, path), 0, box)
        return box.children


def setup(app):
    """Sphinx calls this."""
    app.add_directive("kernel-changes", KernelChanges)
    return {"parallel_read_safe": True}
