# SPDX-License-Identifier: GPL-2.0-only
"""furo_debian.py - mend what Debian's package of the theme leaves broken.

Upstream bundles furo's scripts and style; Debian 12 ships them unbundled: furo.js begins with an import, which a plain
script must not have (so the switch for the dark theme is dead); furo.css asks for a style sheet under /javascript/, which
only a web server of Debian's has, and lacks the rule for readers whose system is dark. A furo from elsewhere is left as it is.
"""

import os
import re

NORMALIZE = "/usr/share/javascript/normalize.css/normalize.css"
DARK = re.compile(r'body\[data-theme="dark"\] \{(.*?)\}', re.S)
BY_SYSTEM = """
@media (prefers-color-scheme: dark) {{
  @media not print {{
    body:not([data-theme="light"]) {{{rules}}}
    html body:not([data-theme="light"]) .only-light {{ display: none !important; }}
    html body:not([data-theme="light"]) .only-dark {{ display: block !important; }}
  }}
}}
"""
IMPORT = re.compile(r'^import Gumshoe from "./gumshoe-patched.js";\n')


def mend(path, change):
    """Rewrite a file, if there is something to change."""
    with open(path, encoding="utf-8") as file:
        old = file.read()
    new = change(old)
    if new != old:
        with open(path, "w", encoding="utf-8") as file:
            file.write(new)


def finish(app, exception):
    """After the static files have been copied."""
    static = os.path.join(app.outdir, "_static")
    script = os.path.join(static, "scripts", "furo.js")
    if exception or app.builder.name != "html" or not os.path.exists(script):
        return

    def bundle(text):
        if not IMPORT.match(text):
            return text
        with open(os.path.join(static, "scripts", "gumshoe-patched.js"), encoding="utf-8") as file:
            return file.read() + IMPORT.sub("", text)

    def style(text):
        if "prefers-color-scheme" not in text:
            text += BY_SYSTEM.format(rules=DARK.search(text)[1])
        if "url(/javascript/normalize.css/normalize.css)" not in text:
            return text
        with open(NORMALIZE, encoding="utf-8") as file, open(os.path.join(static, "styles", "normalize.css"), "w", encoding="utf-8") as copy:
            copy.write(file.read())
        return text.replace("url(/javascript/normalize.css/normalize.css)", "url(normalize.css)")

    mend(script, bundle)
    mend(os.path.join(static, "styles", "furo.css"), style)


def setup(app):
    """Sphinx calls this."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True}
