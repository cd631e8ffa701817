# SPDX-License-Identifier: GPL-2.0-only
"""reading.py - what the HTML pages do for a reader; PDF and EPUB readers see the same text, with nothing folded.

A block "console" is taken apart: what a person types, which wraps, and what the machine prints, which scrolls. On the page of
a lab each output is a fold, which _static/site.js closes: predict first, then look. A paragraph that begins with *Predict:* is
the question before. Tables of text get each column's title into each cell, so that a phone can show them as lists.
"""

import re

from docutils import nodes
from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Generic, Text
from sphinx.transforms.post_transforms import SphinxPostTransform

PROMPT = re.compile(r"[#$>] ")
LAB = re.compile(r"labs/\d\d-")


class Console(RegexLexer):
    """Prompts and comments, and no guess at what is a keyword: "set" is a word of ip's, and 192 the half of an address."""

    name, aliases = "snull console", ["console"]
    tokens = {"root": [
        (r"^([#$>] )(.*?)(  #.*)?(\n)", bygroups(Generic.Prompt, Text, Comment, Text)),
        (r".*\n", Generic.Output),
    ]}


class fold(nodes.General, nodes.Element):  # pylint: disable=invalid-name
    """What can be folded away: its "title", its classes, and whether it begins "open"."""


def visit_fold(self, node):
    """An element of HTML that needs no script."""
    self.body.append(self.starttag(node, "details", "", **({"open": "open"} if node.get("open") else {})))
    self.body.append(f"<summary>{node['title']}</summary>\n")


def depart_fold(self, _node):
    """Its end."""
    self.body.append("</details>\n")


def pass_by(_self, _node):
    """Elsewhere only what is in it counts."""


def parts(text):
    """("command" or "output", lines) of a block, in order."""
    found = []
    for line in text.splitlines():
        kind = "command" if PROMPT.match(line) else "output"
        if not found or found[-1][0] != kind:
            found.append((kind, []))
        found[-1][1].append(line)
    return found


class Consoles(SphinxPostTransform):
    """Take blocks of commands and outputs apart."""

    default_priority = 400
    formats = ("html",)

    def run(self, **_):
        """All of a page."""
        lab = LAB.match(self.env.docname)
        for block in list(self.document.findall(nodes.literal_block)):
            if block.get("language") != "console":
                continue
            box = nodes.container(classes=["session"])
            for kind, lines in parts(block.astext()):
                text = "\n".join(lines)
                piece = nodes.literal_block(text, text, language="console" if kind == "command" else "text", classes=[kind])
                if lab and kind == "output":
                    title = "What it prints" + (f" ({len(lines)} lines)" if len(lines) > 1 else "")
                    piece = fold("", piece, title=title, classes=["reveal"], open=True)
                box += piece
            block.replace_self(box)
        for paragraph in self.document.findall(nodes.paragraph):
            if len(paragraph) > 1 and isinstance(paragraph[0], nodes.emphasis) and paragraph[0].astext() == "Predict:":
                paragraph["classes"].append("predict")


class Tables(SphinxPostTransform):
    """Each cell of a table of text says what its column is; the style sheet shows that where a row is a list."""

    default_priority = 410
    formats = ("html",)

    def run(self, **_):
        """All of a page."""
        for table in self.document.findall(nodes.table):
            heads = [[cell.astext() for cell in row] for head in table.findall(nodes.thead) for row in head]
            if "data" in table["classes"] or len(heads) != 1 or len(heads[0]) < 3:
                continue
            table["classes"].append("stack")
            for body in table.findall(nodes.tbody):
                for row in body:
                    self.label(row, heads[0])

    @staticmethod
    def label(row, titles):
        """One row; the first cell is its title."""
        for title, cell in list(zip(titles, row))[1:]:
            if title and cell.children and isinstance(cell[0], nodes.paragraph):
                cell[0].insert(0, nodes.inline("", title + ": ", classes=["column-title"]))


def setup(app):
    """Sphinx calls this."""
    app.add_lexer("console", Console)
    app.add_node(fold, html=(visit_fold, depart_fold), latex=(pass_by, pass_by), text=(pass_by, pass_by))
    app.add_post_transform(Consoles)
    app.add_post_transform(Tables)
    return {"parallel_read_safe": True}
