# SPDX-License-Identifier: GPL-2.0-only
"""linking.py - links that nobody has to write: to the glossary, where a page uses one of its words for the first time, to the
kernel's source, where a page names one of its functions, and to pages of the site, where a lab names their source.

A word: in chapters, labs, the tour, benchmarks and the first page after the front one. PATTERNS says how words look in a text that
look different from their entry, and which are left to :term:, as they have an everyday meaning as well. tests/docs/links.py asks the
same patterns whether each page has its links.

A function: a literal ``name()`` that docs/kernel-functions lists. One that is neither there nor in our own sources is a warning.

A page: a literal ``docs/….rst``, as labs have it, whose READMEs are read without the site, too.
"""

import functools
import os
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

import repository
from repository import DOCS

logger = logging.getLogger(__name__)

# ---- the glossary -----------------------------------------------------------------------------------------------------

PAGES = re.compile(r"(story/\d|labs/\d\d-|tour/\d|benchmarks$|getting-started$|contributing/receive-path$|reference/napistat$)")
EVERYDAY = {"bus", "cause", "completion", "probe"}
PATTERNS = {
    "budget": r"budgets?",
    "busy polling": r"[Bb]usy[ -]poll(?:s|ed|ing)?",
    "level-triggered": r"level-triggered",
    "mask": r"(?:un)?mask(?:s|ed|ing)?",
    "poll": r"(?<![Bb]usy[ -])poll(?:s|ed|ing)?",
    "ring": r"(?<=the )ring|(?<=a )ring|(?<=its )ring|(?:receive|transmit|TX|RX) rings?",
}
# What no word is looked for in: code, links, titles, and what is a place or a name of its own.
NOT_IN = (nodes.literal, nodes.literal_block, nodes.reference, nodes.title, nodes.raw, nodes.comment, nodes.rubric, nodes.caption, nodes.term,
          nodes.math, addnodes.pending_xref, addnodes.download_reference, addnodes.desc_signature)


@functools.lru_cache
def words():
    """{an entry of the glossary: the expression that finds it in a text}"""
    text = repository.read("docs/glossary.rst")
    found = {}
    for entry in re.findall(r"(?m)^   (\S.*)$", text[text.index(".. glossary::"):]):
        if entry.startswith(":") or entry in EVERYDAY:
            continue
        plain = PATTERNS.get(entry, re.escape(entry) + ("" if entry.endswith("s") else "s?"))
        if entry not in PATTERNS and entry[0].islower():
            plain = f"[{entry[0].upper()}{entry[0]}]" + plain[1:]
        found[entry] = re.compile(rf"(?<![\w/.-])(?:{plain})(?![\w/-]|\.\w)")
    return found


def inside(node, kinds):
    """Is it in one of these?"""
    while node is not None:
        if isinstance(node, kinds):
            return True
        node = node.parent
    return False


class Words(SphinxPostTransform):
    """The first use of each of the glossary's words becomes a link to it."""

    default_priority = 5  # before references are resolved

    def run(self, **_):
        """All of a page."""
        if not PAGES.match(self.env.docname):
            return
        linked = {one["reftarget"].lower() for one in self.document.findall(addnodes.pending_xref) if one.get("reftype") == "term"}
        wanted = {entry: pattern for entry, pattern in words().items() if entry.lower() not in linked}
        for text in list(self.document.findall(nodes.Text)):
            if wanted and not inside(text.parent, NOT_IN):
                self.link(text, wanted)

    def link(self, text, wanted):
        """In one piece of text; a word that has got its link is wanted no more."""
        while text is not None:
            plain = text.astext()  # without what docutils remembers of backslashes
            hits = [(found.start(), -found.end(), entry, found) for entry, pattern in wanted.items() if (found := pattern.search(plain))]
            if not hits:
                return
            _, _, entry, found = min(hits)
            del wanted[entry]
            word = found.group(0)
            target = addnodes.pending_xref("", nodes.inline(word, word, classes=["xref", "std", "std-term"]), refdomain="std", reftype="term", reftarget=entry,
                                           refexplicit=True, refwarn=True, refdoc=self.env.docname)
            rest = nodes.Text(plain[found.end():])
            text.parent.replace(text, [nodes.Text(plain[:found.start()]), target, rest])
            text = rest


# ---- the kernel's functions -------------------------------------------------------------------------------------------

CALL = re.compile(r"(\w+)\([^`]*\)$")


@functools.lru_cache
def functions():
    """{name: the version whose source has it, or None: nothing to link to}"""
    lines = [line.split(None, 2) for line in repository.read("docs/kernel-functions").splitlines() if line and not line.startswith("#")]
    return {name: None if version == "-" else version for name, version, _ in lines}


@functools.lru_cache
def ours():
    """The functions and macros that our own sources declare: at the beginning of a line."""
    text = "\n".join(repository.read(path) for path in repository.sources())
    return set(re.findall(r"(?m)^(?:#define\s+|[A-Za-z_][\w \t*]*?[ \t*])(\w+)\(", text))


class Functions(SphinxPostTransform):
    """A literal that is one of the kernel's functions becomes a link to its source."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        """All of a page."""
        if re.match(r"reference/(code|changes)|genindex", self.env.docname):
            return
        for literal in list(self.document.findall(nodes.literal)):
            found = CALL.match(literal.astext())
            if not found or inside(literal.parent, (nodes.reference, nodes.title, addnodes.pending_xref)) or set(literal["classes"]) & {"xref", "kernel-function", "file"}:
                continue
            name = found[1]
            if functions().get(name):
                target = nodes.reference("", "", refuri=f"https://elixir.bootlin.com/linux/{functions()[name]}/A/ident/{name}", internal=False)
                literal["classes"].append("kernel-function")
                literal.replace_self(target)
                target += literal
            elif name not in functions() and name not in ours():
                logger.warning("%s: %s() is in no source of ours: add it to docs/kernel-functions", self.env.docname, name)


# ---- pages ------------------------------------------------------------------------------------------------------------


class Pages(SphinxPostTransform):
    """A literal that is the source of a page becomes a link to the page."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        """All of a page."""
        for literal in list(self.document.findall(nodes.literal)):
            found = re.match(r"docs/([\w/-]+)\.rst$", literal.astext())
            if not found or found[1] not in self.env.found_docs or inside(literal.parent, (nodes.reference, nodes.title, addnodes.pending_xref)):
                continue
            target = nodes.reference("", "", refuri=self.app.builder.get_relative_uri(self.env.docname, found[1]), internal=True)
            literal.replace_self(target)
            target += literal


def depends(app, env, _added, _changed, _removed):
    """The pages whose links may be others, when a list has changed."""
    stamp = tuple(os.path.getmtime(os.path.join(DOCS, name)) for name in ("kernel-functions", "glossary.rst"))
    if getattr(env, "linking_stamp", stamp) == stamp:
        env.linking_stamp = stamp
        return []
    env.linking_stamp = stamp
    return sorted(env.found_docs)


def setup(app):
    """Sphinx calls this."""
    app.connect("env-get-outdated", depends)
    app.add_post_transform(Words)
    app.add_post_transform(Functions)
    app.add_post_transform(Pages)
    return {"parallel_read_safe": True}
