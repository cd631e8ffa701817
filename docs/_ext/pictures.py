# SPDX-License-Identifier: GPL-2.0-only
"""pictures.py - ".. picture:: /pictures/NAME.svg": a drawing, part of the page.

In HTML the SVG stands in the page itself, where the style sheet gives it the colours of the light or the dark theme;
:alt: is what a screen reader says. The book gets it converted by rsvg-convert.
"""

import os
import re
import subprocess
import xml.etree.ElementTree as tree

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.util import logging

from repository import DOCS

logger = logging.getLogger(__name__)
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
tree.register_namespace("", SVG)
tree.register_namespace("xlink", XLINK)


class picture(nodes.General, nodes.Element):  # pylint: disable=invalid-name
    """An SVG file (path, relative to docs/), and what it shows (alt)."""


class Picture(Directive):
    """.. picture:: /pictures/NAME.svg"""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required, "class": directives.class_option, "name": directives.unchanged}

    def run(self):
        """A figure with the picture, and the caption."""
        name = self.arguments[0].lstrip("/")
        path = os.path.join(DOCS, name)
        if not self.options.get("alt"):
            return [self.state.document.reporter.error(f"the picture {name} has no :alt:", line=self.lineno)]
        if not os.path.exists(path):
            return [self.state.document.reporter.error(f"no picture docs/{name}", line=self.lineno)]
        self.state.document.settings.env.note_dependency(path)
        return [figure(self, name, " ".join(self.options["alt"].split()))]


def figure(directive, name, alt, extra=()):
    """A figure around a picture, with the directive's content as its caption."""
    box = nodes.figure("", picture(path=name, alt=alt), classes=["picture"] + directive.options.get("class", []))
    box.line = directive.lineno
    said = nodes.Element()
    directive.state.nested_parse(directive.content, directive.content_offset, said)
    if said.children:
        box += nodes.caption("", "", *said.children[0].children)
    notes = said.children[1:] + list(extra)
    if notes:
        box += nodes.legend("", *notes)
    directive.add_name(box)
    return box


# ---- checking and preparing an SVG ------------------------------------------------------------------------------------


def complaints(root):
    """What must not be in a picture."""
    found = []
    if root.tag != f"{{{SVG}}}svg" or not root.get("viewBox"):
        found.append("is no SVG with a viewBox")
    for element in root.iter():
        name = str(element.tag).split("}", 1)[-1]
        if name in ("script", "image", "foreignObject"):
            found.append(f"has a <{name}>")
        for key, value in element.attrib.items():
            if key.split("}", 1)[-1] in ("href", "src") and not value.startswith("#"):
                found.append(f"refers to {value}")
    return found


def inline(text, name, alt):
    """The SVG as part of an HTML page: named, described, its ids its own."""
    root = tree.fromstring(text)
    for complaint in complaints(root):
        logger.warning("docs/%s %s", name, complaint)
    prefix = re.sub(r"\W", "-", os.path.splitext(os.path.basename(name))[0]) + "-"
    known = {element.get("id") for element in root.iter()} - {None}
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, value if value.startswith(prefix) else prefix + value)
            else:
                element.set(key, re.sub(r"#([\w.-]+)", lambda at: "#" + own(at[1], prefix, known), value)
                            if "#" in value and ("url(" in value or key.endswith("href")) else value)
    for child in list(root):
        if child.tag in (f"{{{SVG}}}title", f"{{{SVG}}}desc", f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
            root.remove(child)
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("class", ("drawing " + root.get("class", "")).strip())
    if name.startswith("_build/"):
        root.set("data-measured", "yes")
    return tree.tostring(root, encoding="unicode")


def own(name, prefix, known):
    """A name with the prefix, if the picture has it without."""
    return prefix + name if name in known and not name.startswith(prefix) else name


# ---- what the builders make of it -------------------------------------------------------------------------------------


def html(self, node):
    """The SVG itself."""
    with open(os.path.join(DOCS, node["path"]), encoding="utf-8") as file:
        self.body.append(inline(file.read(), node["path"], node["alt"]))
    raise nodes.SkipNode


def latex(self, node):
    """A PDF made of it."""
    with open(os.path.join(DOCS, node["path"]), encoding="utf-8") as file:
        # librsvg knows no variables; what stands behind one is what it is without a style sheet.
        source = re.sub(r"var\(--[\w-]+, *(#\w+)\)", r"\1", file.read())
    name = "picture-" + re.sub(r"\W", "-", os.path.splitext(node["path"])[0]) + ".pdf"
    target = os.path.join(self.builder.outdir, name)
    done = subprocess.run(["rsvg-convert", "-f", "pdf", "-o", target], input=source, text=True, capture_output=True, check=False)
    if done.returncode:
        logger.warning("rsvg-convert docs/%s: %s", node["path"], done.stderr.strip())
    self.body.append(r"\includegraphics[width=\linewidth,height=0.8\textheight,keepaspectratio]{" + name + "}\n")
    raise nodes.SkipNode


def text(self, node):
    """What it shows, in words."""
    self.add_text(f"[{node['alt']}]")
    raise nodes.SkipNode


def setup(app):
    """Sphinx calls this."""
    app.add_node(picture, html=(html, None), latex=(latex, None), text=(text, None))
    app.add_directive("picture", Picture)
    return {"parallel_read_safe": True}
