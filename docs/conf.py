# SPDX-License-Identifier: GPL-2.0-only
"""Sphinx's configuration: "make docs" builds the site, "make docs-pdf" the book. docs/_ext holds what is ours."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "_ext"))

with open(os.path.join(HERE, "..", "dkms.conf"), encoding="utf-8") as dkms:
    release = version = re.search(r'^PACKAGE_VERSION="(.*)"', dkms.read(), re.M)[1]

project = "snull"
author = "the snull authors"
copyright = "the snull authors, GPL-2.0-only"  # pylint: disable=redefined-builtin
language = "en"

extensions = ["sphinx_copybutton", "pages", "kerneldoc", "interface", "pictures", "figures", "roles", "changes", "reading", "linking", "teaching", "zoo", "publish", "live", "answers", "furo_debian"]
exclude_patterns = ["_build", "README*", "CONVENTIONS"]
primary_domain = "c"
highlight_language = "text"
nitpicky = True
smartquotes = False

html_theme = "furo"
html_title = "snull"
# Where the site will be: "make docs SITE=https://example.org/snull/" (see teaching/hosting).
html_baseurl = os.environ.get("SNULL_SITE", "").rstrip("/") + "/" if os.environ.get("SNULL_SITE") else ""
html_favicon = "_static/favicon.svg"
templates_path = ["_templates"]
html_static_path = ["_static", "simulation/static", "live/static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_search_scorer = os.path.join(HERE, "_static", "scorer.js")
# Every colour of these two has a contrast of 4.5 with the theme's background of code: tests/docs/axe.py measures it.
pygments_style = "xcode"
pygments_dark_style = "github-dark"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "top_of_page_button": None,
    "light_css_variables": {"color-brand-primary": "#0a5a9c", "color-brand-content": "#0a5a9c", "color-code-background": "#f8f9fb"},
    "dark_css_variables": {"color-brand-primary": "#7cc0f5", "color-brand-content": "#7cc0f5", "color-code-background": "#0d1117"},
}
# What a person types is for copying; what is shown as output is not.
copybutton_selector = "div.highlight-console pre, div.highlight-c pre, div.highlight-sh pre, div.highlight-python3 pre"
copybutton_prompt_text = r"[#$>] "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True

latex_engine = "xelatex"
latex_documents = [("index", "snull.tex", "snull: how Linux receives a packet", author, "manual")]
latex_elements = {
    "papersize": "a4paper",
    "pointsize": "10pt",
    "extraclassoptions": "oneside,openany",
    "fontpkg": r"""
\setmainfont{DejaVu Serif}[Scale=0.9]
\setsansfont{DejaVu Sans}[Scale=0.9]
\setmonofont{DejaVu Sans Mono}[Scale=0.8]
""",
    # Kernel output is wide: let it be small rather than broken.
    "fvset": r"\fvset{fontsize=\scriptsize}",
    # Chapters, labs and the tour have numbers of their own: no second ones beside them.
    "preamble": r"\setcounter{tocdepth}{1}\setcounter{secnumdepth}{-1}",
}
latex_use_xindy = False
latex_show_urls = "footnote"
