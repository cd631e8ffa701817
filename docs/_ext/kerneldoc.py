# SPDX-License-Identifier: GPL-2.0-only
"""kerneldoc.py - ".. kernel-doc:: FILE" is the documentation in FILE's comments, as the kernel's own tool reads it.

The tool is scripts/kernel-doc of a kernel: $KERNEL_DOC, or Debian's linux-kbuild, or what tests/lint keeps in the cache.
"""

import glob
import os
import re
import subprocess

import sphinx
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.nodes import nested_parse_with_titles

import repository
from repository import TOP

logger = logging.getLogger(__name__)
# Names that begin like this are ours: a reference to one that is not documented is a mistake.
OURS = re.compile(r"(snull|nic|ring|seg|coalesce|wire|softnet)_")


def tool():
    """Where kernel-doc is. From 6.17 on it is Python and prints something else: take one in Perl."""
    cache = os.environ.get("SNULL_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snull")
    places = [os.environ.get("KERNEL_DOC", ""), *sorted(glob.glob("/usr/lib/linux-kbuild-*/scripts/kernel-doc")),
              os.path.join(cache, "scripts-6.12", "kernel-doc")]
    for place in places:
        if os.path.isfile(place):
            with open(place, encoding="utf-8") as script:
                if "perl" in script.readline():
                    return place
    raise ExtensionError("no kernel-doc here: docs/tools/deps installs Debian's linux-kbuild, or KERNEL_DOC=FILE names one")


def documented():
    """The names of what has kernel-doc: (functions, structures)."""
    texts = "".join(repository.read(path) for path in repository.sources())
    return (set(re.findall(r"^/\*\*\n \* (\w+)\(\)", texts, re.M)), set(re.findall(r"^/\*\*\n \* struct (\w+)", texts, re.M)))


def linked(line, names):
    """A line of prose with references to what is documented. The kernel's own site does it in this way too."""
    if line.lstrip().startswith((".. ", "``")):
        return line
    functions, structures = names
    # In a comment a star is a star, and RXH_* no reference; bold is what the tool makes of @names.
    line = re.sub(r"(?<![*\\])\*(?![*\s])|(?<=\w)_(?=[^\w`]|$)", r"\\\g<0>", line)
    line = re.sub(r"(?<![`\w:])(\w+)\(\)", lambda at: f":c:func:`{at[1]}`" if at[1] in functions else at[0], line)
    return re.sub(r"(?<![`\w:])struct (\w+)(?!`)", lambda at: f":c:struct:`struct {at[1]} <{at[1]}>`" if at[1] in structures else at[0], line)


class KernelDoc(Directive):
    """.. kernel-doc:: FILE, relative to the repository."""

    required_arguments = 1

    def run(self):
        """The tool's output, read as part of the page."""
        path = os.path.join(TOP, self.arguments[0])
        env = self.state.document.settings.env
        env.note_dependency(path)
        done = subprocess.run([tool(), "-rst", "-enable-lineno", "-sphinx-version", sphinx.__version__, path], text=True,
                              capture_output=True, check=False)
        if done.returncode or done.stderr.strip():
            logger.warning("kernel-doc: %s", done.stderr.strip() or done.returncode, location=path)
        lines, number, names = StringList(), 1, documented()
        for line in done.stdout.splitlines():
            at = re.match(r"\.\. LINENO (\d+)", line)
            if at:
                number = int(at[1]) - 1
            else:
                lines.append(linked(line, names), path, number)
        box = nodes.section()
        box.document = self.state.document
        nested_parse_with_titles(self.state, lines, box)
        return box.children


def missing_reference(_app, _env, node, contnode):
    """Kernel-doc makes a reference of every name. Those of the kernel lead nowhere, and that is well."""
    if node.get("refdomain") != "c":
        return None
    name = re.sub(r"^(struct|enum|union) ", "", node["reftarget"]).rstrip("()")
    if node["reftype"] == "identifier" or (node["refdoc"].startswith("reference/code/") and not OURS.match(name)):
        return contnode
    return None


def forget(_app, env, docnames):
    """Before any page is read again, so that a function that moved to another file is not found twice."""
    for docname in docnames:
        env.get_domain("c").clear_doc(docname)


def setup(app):
    """Sphinx calls this."""
    app.connect("env-before-read-docs", forget)
    app.add_directive("kernel-doc", KernelDoc)
    app.connect("missing-reference", missing_reference)
    return {"parallel_read_safe": True}
