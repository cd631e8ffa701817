# SPDX-License-Identifier: GPL-2.0-only
"""zoo.py - ".. animal:: NAME": what labs/zoo/NAME.patch says of the receive path that breaks a rule, and its mistake, folded."""

import os
import re

from docutils import nodes
from docutils.parsers.rst import Directive

import reading
import repository
from repository import TOP


def paragraphs(head):
    """{"": what the mistake is, "Rule": …, "Danger": …} of a patch's head."""
    found, key = {"": ""}, ""
    for line in head.splitlines()[1:]:
        begin = re.match(r"(What you see|Rule|Found by|Danger): *(.*)", line)
        if begin:
            key, line = begin[1], begin[2]
            found[key] = ""
        found[key] = (found[key] + " " + line.strip()).strip()
    return found


class Animal(Directive):
    """.. animal:: NAME [NAME…]"""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """A paragraph and a fold for each."""
        out = []
        for name in self.arguments[0].split():
            path = f"labs/zoo/{name}.patch"
            if not repository.exists(path):
                return [self.state.document.reporter.warning(f"the zoo has no {name}: {path}", line=self.lineno)]
            self.state.document.settings.env.note_dependency(os.path.join(TOP, path))
            head, diff = repository.read(path).split("\n---\n", 1)
            said = paragraphs(head)
            lines = "\n".join(line for line in diff.splitlines() if not line.startswith(("--- ", "+++ ")))
            code = nodes.literal_block(lines, lines, language="diff")
            danger = f" Danger: {said['Danger']}" if "Danger" in said else ""
            sees = nodes.paragraph("", "", nodes.emphasis("", "What you see:"), nodes.Text(f" {said.get('What you see', '')}{danger}"))
            out += [nodes.paragraph("", "", nodes.emphasis("", "The animal that breaks it: "), nodes.literal(name, name), nodes.Text(". " + said[""])),
                    reading.fold("", code, sees, title=f"The mistake of {name}, and what you see", classes=["animal"])]
        return out


def setup(app):
    """Sphinx calls this."""
    app.add_directive("animal", Animal)
    return {"parallel_read_safe": True}
