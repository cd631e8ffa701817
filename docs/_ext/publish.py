# SPDX-License-Identifier: GPL-2.0-only
"""publish.py - what others show of the site: a description and a card for each page, and sitemap.xml.

The card's address and the site map's must be whole ones. So they are made where the site's own is known: "make docs
SITE=https://example.org/snull/" (SNULL_SITE). The card is _static/card.svg, which rsvg-convert turns into a picture.
"""

import os
import subprocess
from html import escape
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
CARD = "_static/card.png"
MOST = 200


def description(doctree):
    """A page's first paragraph, shortened at a word's end."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = " ".join(paragraph.astext().split())
        if len(text) > 40:
            return text if len(text) <= MOST else text[:MOST].rsplit(" ", 1)[0] + " …"
    return "How Linux receives a packet: a driver, labs and a book."


def tags(app, pagename, _template, context, doctree):
    """Into the head of a page."""
    if app.builder.name != "html":
        return
    base, said = app.config.html_baseurl, escape(description(doctree))
    title = escape(context.get("title") or app.config.project)
    lines = [f'<meta name="description" content="{said}"/>', '<meta property="og:type" content="article"/>',
             f'<meta property="og:site_name" content="{escape(app.config.html_title)}"/>', f'<meta property="og:title" content="{title}"/>',
             f'<meta property="og:description" content="{said}"/>', '<meta name="twitter:card" content="summary_large_image"/>']
    if base:
        lines += [f'<meta property="og:url" content="{escape(base + app.builder.get_target_uri(pagename))}"/>' if doctree else "",
                  f'<meta property="og:image" content="{escape(base + CARD)}"/>',
                  '<meta property="og:image:alt" content="snull: how Linux receives a packet"/>']
    context["metatags"] = context.get("metatags", "") + "\n    ".join(["", *filter(None, lines)])


def finish(app, exception):
    """The site map and the card; and that GitHub's pages, served from a branch, leave out nothing that begins with "_"."""
    base = app.config.html_baseurl
    if exception or app.builder.name != "html":
        return
    with open(os.path.join(app.outdir, ".nojekyll"), "w", encoding="ascii"):
        pass
    if not base:
        return
    with open(os.path.join(app.outdir, "sitemap.xml"), "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n')
        file.writelines(f"<url><loc>{escape_xml(base + app.builder.get_target_uri(page))}</loc></url>\n" for page in sorted(app.env.found_docs))
        file.write("</urlset>\n")
    with open(os.path.join(app.outdir, "robots.txt"), "w", encoding="utf-8") as file:
        file.write(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n")
    source = os.path.join(app.confdir, "_static", "card.svg")
    done = subprocess.run(["rsvg-convert", "-w", "1200", "-h", "630", "-o", os.path.join(app.outdir, CARD), source], capture_output=True, text=True, check=False)
    if done.returncode:
        logger.warning("rsvg-convert %s: %s", source, done.stderr.strip())


def setup(app):
    """Sphinx calls this."""
    app.connect("html-page-context", tags)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True}
