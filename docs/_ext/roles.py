# SPDX-License-Identifier: GPL-2.0-only
"""roles.py - :source:`snull/nic/core.c`, a file of ours, and :kernel:`napi_schedule`, a function of the kernel, :kerneldoc:`networking/napi`,
one of its documents. Both lead to what Linux 6.12 has, the version that the book speaks of.
"""

import os
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxRole

import repository


VERSION = "v6.12"
IDENTIFIER = f"https://elixir.bootlin.com/linux/{VERSION}/A/ident/"
DOCUMENT = f"https://www.kernel.org/doc/html/{VERSION}/"


class Source(SphinxRole):
    """A file of the repository; one of the driver's has a page."""

    def run(self):
        """A reference to its page, or its path."""
        path = self.text.strip()
        literal = nodes.literal(path, path, classes=["file"])
        if not repository.exists(path):
            return [literal], [self.inliner.reporter.warning(f"no file {path} in the repository", line=self.lineno)]
        if path not in repository.sources():
            return [literal], []
        target = addnodes.pending_xref("", literal, refdomain="std", reftype="doc", reftarget="/" + repository.page_of(path),
                                       refexplicit=True, refwarn=True, refdoc=self.env.docname)
        return [target], []


class Kernel(SphinxRole):
    """A function of the kernel. tests/30-docs.t looks the names up that are collected here."""

    def run(self):
        """Its name, with parentheses."""
        name = self.text.strip().rstrip("()")
        literal = nodes.literal(name, name + "()", classes=["kernel-function"])
        if not re.fullmatch(r"\w+", name):
            return [literal], [self.inliner.reporter.warning(f"'{self.text}' is no function's name", line=self.lineno)]
        names = getattr(self.env, "kernel_functions", None)
        if names is None:
            names = self.env.kernel_functions = {}
        names.setdefault(self.env.docname, set()).add(name)
        return [nodes.reference("", "", literal, refuri=IDENTIFIER + name, internal=False)], []


class KernelDocument(SphinxRole):
    """A document of the kernel, by its place under Documentation/, without .rst."""

    def run(self):
        """A link to it, as the kernel's own site has it."""
        name = self.text.strip()
        path = f"Documentation/{name}.rst"
        literal = nodes.literal(path, path, classes=["file"])
        return [nodes.reference("", "", literal, refuri=f"{DOCUMENT}{name}.html", internal=False)], []


def purge(_app, env, docname):
    """The page is read again."""
    getattr(env, "kernel_functions", {}).pop(docname, None)


def write(app, exception):
    """Leave the list for the test."""
    if exception or app.builder.format != "html":
        return
    found = sorted({(name, page) for page, names in getattr(app.env, "kernel_functions", {}).items() for name in names})
    with open(os.path.join(app.doctreedir, "kernel-functions"), "w", encoding="ascii") as out:
        out.writelines(f"{name} {page}\n" for name, page in found)


def setup(app):
    """Sphinx calls this."""
    app.add_role("source", Source())
    app.add_role("kernel", Kernel())
    app.add_role("kerneldoc", KernelDocument())
    app.connect("env-purge-doc", purge)
    app.connect("build-finished", write)
    return {"parallel_read_safe": False}
