# SPDX-License-Identifier: GPL-2.0-only
"""interface.py - what the module shows to the outside, documented completely: parameters, counters, tracepoints.

    .. param:: weight          .. counter:: rx_missed          .. tracepoint:: snull_rx
       what it does               what increments it              when it fires

The names come out of the driver's source. One that has no such entry, or an entry whose name is gone, fails the build.
tests/31-docs-module.t asks the module itself the same. What only some kernels show has an option ":if: REASON"; what does
not come from a table in our source, as page_pool's counters, has ":from: WHERE" as well.

Roles of the same names refer to the entries.
"""

import glob
import os
import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.domains import Domain, ObjType
from sphinx.directives import ObjectDescription
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from repository import DIRECTORIES, TOP, read

logger = logging.getLogger(__name__)
PAGES = {"param": "docs/reference/parameters.rst", "counter": "docs/reference/counters.rst",
         "tracepoint": "docs/reference/tracepoints.rst"}
WORDS = {"param": "module parameter", "counter": "counter of ethtool -S", "tracepoint": "tracepoint"}
ADVICE = {"param": "What it does, its range and default.", "counter": "What increments it.", "tracepoint": "When it fires."}
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


# ---- what the source has ----------------------------------------------------------------------------------------------


def driver_sources():
    """The C files of the driver, as paths in the repository."""
    return [os.path.relpath(path, TOP) for directory in DIRECTORIES
            for path in sorted(glob.glob(os.path.join(TOP, directory, "*.[ch]"))) if not path.endswith(".mod.c")]


def parameters():
    """{name: (file, what modinfo says)}"""
    found = {}
    for path in driver_sources():
        text = read(path)
        for name in re.findall(r"^module_param(?:_\w+)?\(\s*(\w+)", text, re.M):
            said = re.search(rf"^MODULE_PARM_DESC\(\s*{name},\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)\)", text, re.M)
            found[name] = (path, "".join(STRING.findall(said[1])) if said else "")
    return found


def counters():
    """{name: (file, scope)}: rows SNULL_…STAT("name", …) are of each queue; plain lists of strings are the interface's."""
    found = {}
    for path in driver_sources():
        if not os.path.basename(path).startswith("ethtool"):
            continue
        text = read(path)
        for name in re.findall(r'\bSNULL_\w*STAT\w*\(\s*"(\w+)"', text):
            found[name] = (path, "queue")
        for body in re.findall(r"\bchar \* ?const \w*stats\w*\[\] = \{(.*?)\};", text, re.S):
            found.update({name: (path, "interface") for name in STRING.findall(body)})
    return found


def tracepoints():
    """{name: (file, what it prints)}"""
    found, classes = {}, {}
    for path in driver_sources():
        text = read(path)
        for kind, name, rest in re.findall(r"^(TRACE_EVENT|DECLARE_EVENT_CLASS)\((\w+),(.*?)^\);", text, re.M | re.S):
            line = re.search(r'TP_printk\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', rest)
            (found if kind == "TRACE_EVENT" else classes)[name] = (path, "".join(STRING.findall(line[1])) if line else "")
        for template, name in re.findall(r"^DEFINE_EVENT(?:_PRINT)?\((\w+),\s*(\w+),", text, re.M):
            found[name] = (path, classes.get(template, ("", ""))[1])
    return found


SOURCE = {"param": parameters, "counter": counters, "tracepoint": tracepoints}


# ---- the entries ------------------------------------------------------------------------------------------------------


class Entry(ObjectDescription):
    """One parameter, counter or tracepoint."""

    option_spec = {"if": directives.unchanged_required, "from": directives.unchanged_required, **ObjectDescription.option_spec}

    def handle_signature(self, sig, signode):
        """The name, and what the source says about it."""
        known = SOURCE[self.objtype]().get(sig)
        scope = known[1] if self.objtype == "counter" and known else None
        signode += addnodes.desc_name(sig, ("qN_" if scope == "queue" else "") + sig)
        if scope:
            signode += addnodes.desc_annotation(scope, f" of each {scope}")
        return sig

    def add_target_and_index(self, name, sig, signode):
        """Where a reference leads."""
        anchor = f"{self.objtype}-{name}"
        signode["ids"].append(anchor)
        self.state.document.note_explicit_target(signode)
        self.env.get_domain("snull").note(self.objtype, name, anchor, self.options)
        self.indexnode["entries"].append(("single", f"{name} ({WORDS[self.objtype]})", anchor, "", None))

    def transform_content(self, contentnode):
        """What modinfo says, or the trace prints, comes first."""
        for path in {known[0] for known in SOURCE[self.objtype]().values() if known[0]}:
            self.env.note_dependency(os.path.join(TOP, path))
        known = SOURCE[self.objtype]().get(self.names[0] if self.names else "")
        if known and known[1] and self.objtype == "param":
            contentnode.insert(0, nodes.paragraph("", "", nodes.strong("", "modinfo: "), nodes.Text(known[1])))
        if known and known[1] and self.objtype == "tracepoint":
            said = known[1].replace("%%", "%")
            contentnode.insert(0, nodes.paragraph("", "", nodes.strong("", "prints "), nodes.literal(said, said)))
        if "if" in self.options:
            contentnode += nodes.paragraph("", "", nodes.emphasis("", "Only " + self.options["if"] + "."))


class Interface(Domain):
    """The domain of the entries; its roles are known without a prefix as well."""

    name = "snull"
    label = "snull"
    object_types = {name: ObjType(word, name) for name, word in WORDS.items()}
    directives = {name: Entry for name in WORDS}
    roles = {name: XRefRole() for name in WORDS}
    initial_data = {"entries": {}}

    def note(self, kind, name, anchor, options):
        """An entry was read."""
        entries = self.data["entries"]
        if (kind, name) in entries:
            logger.warning("%s %s is documented twice", WORDS[kind], name, location=self.env.docname)
        entries[kind, name] = (self.env.docname, anchor, "from" in options, "if" in options)

    def clear_doc(self, docname):
        """The page is read again."""
        for key in [key for key, entry in self.data["entries"].items() if entry[0] == docname]:
            del self.data["entries"][key]

    def merge_domaindata(self, docnames, otherdata):
        """From another process."""
        self.data["entries"].update({key: entry for key, entry in otherdata["entries"].items() if entry[0] in docnames})

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        """A role's target."""
        entry = self.data["entries"].get((typ, target))
        return entry and make_refnode(builder, fromdocname, entry[0], entry[1], contnode)

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        """Nothing for "any"."""
        return []

    def get_objects(self):
        """For the search."""
        for (kind, name), (docname, anchor, _, _) in self.data["entries"].items():
            yield name, name, kind, docname, anchor, 1


def check(_app, env):
    """Everything that the source has is documented, and nothing else."""
    entries = env.get_domain("snull").data["entries"]
    for kind, find in SOURCE.items():
        names = find()
        for name, (path, _) in names.items():
            if (kind, name) not in entries:
                logger.warning("%s: the %s %s is not documented: add to %s\n\n    .. %s:: %s\n\n       %s\n", path, WORDS[kind], name,
                               PAGES[kind], kind, name, ADVICE[kind])
        for (other, name), entry in entries.items():
            if other == kind and name not in names and not entry[2]:
                logger.warning("the driver has no %s %s any more: take it out, or give it \":from:\" when the name does not stand in "
                               "our source", WORDS[kind], name, location=entry[0])


def setup(app):
    """Sphinx calls this."""
    app.add_domain(Interface)
    for name in WORDS:
        app.add_directive(name, Entry_of(name))
        app.add_role(name, XRefRole_of(name))
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True}


def Entry_of(kind):  # pylint: disable=invalid-name
    """The directive without its domain's name."""
    def run(self):
        self.domain, self.objtype = "snull", kind
        self.name = "snull:" + kind
        return Entry.run(self)
    return type("Entry_" + kind, (Entry,), {"run": run})


def XRefRole_of(kind):  # pylint: disable=invalid-name
    """The role without its domain's name."""
    class Role(XRefRole):
        """As that of the domain."""
        def create_xref_node(self):
            """In our domain."""
            self.refdomain, self.reftype = "snull", kind
            self.classes = ["xref", "snull", "snull-" + kind]
            return super().create_xref_node()
    return Role(warn_dangling=True)
