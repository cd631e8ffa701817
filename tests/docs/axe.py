#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""axe.py - asks axe-core about every page of the site: contrast, headings, labels and all else that it can tell. TAP, for tests/30-docs.t.

usage: axe.py DIRECTORY [PAGE…]

All rules of WCAG 2.2 A and AA, and axe's best practices, in the light; in the dark those of colour, as nothing else differs. A few
pages are looked at as a phone shows them, too. The pages of source files are alike, and long: three of them stand for all.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, serving  # noqa: E402  pylint: disable=wrong-import-position
from browse import pages_of  # noqa: E402  pylint: disable=wrong-import-position

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AXE = os.path.join(TOP, "docs", "_build", "npm", "node_modules", "axe-core", "axe.min.js")
# Rules of axe that are not asked, each with the reason.
NOT_ASKED = {
    # The theme's skip of the sidebar: its search field and navigation stand outside of landmarks.
    "region": "the theme's bars stand beside the landmarks",
}
CODE = "reference/code/"
ALL, COLOURS = "all", "color-contrast"
RUN = """
    const done = arguments[arguments.length - 1], rules = Object.fromEntries(arguments[1].map((name) => [name, { enabled: false }]));
    const only = arguments[0] === "all" ? {} : { runOnly: { type: "rule", values: [arguments[0]] } };
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    axe.run(document, { resultTypes: ["violations"], rules, ...only }).then((found) => done(found.violations.flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${(node.any[0] || node.all[0] || node.none[0] || {}).message || one.help}`))),
        (problem) => done([`axe: ${problem}`]));"""


def ask(browser, page, axe, rule):
    """What is wrong with a page."""
    browser.open(page)
    browser.driver.execute_script(axe)
    return [f"{page}: {complaint}" for complaint in browser.driver.execute_async_script(RUN, rule, list(NOT_ASKED))]


def rounds(pages):
    """(name, width, dark, rule, pages)"""
    code = [page for page in pages if page.startswith(CODE) and not page.endswith("index.html")]
    text = [page for page in pages if page not in code]
    return [
        ("light, in a window of 1280 pixels", 1280, False, ALL, text + code[:3]),
        ("dark: contrast", 1280, True, COLOURS, text + code[:3]),
        ("on a phone of 390 pixels", 390, False, ALL, [page for page in text if page.count("/") == 0 or page.endswith(("index.html", "03-napi.html", "porting.html"))]),
    ]


def brief(wrong):
    """Of each kind on each page one, and how many more."""
    kinds = {}
    for complaint in wrong:
        kinds.setdefault(tuple(complaint.split(": ")[:2]), []).append(complaint)
    return [some[0][:300] + (f" (and {len(some) - 1} more)" if len(some) > 1 else "") for some in kinds.values()][:40]


def main():
    """The tests."""
    directory = sys.argv[1]
    with open(AXE, encoding="utf-8") as file:
        axe = file.read()
    with serving(directory) as base:
        browser = Browser(base)
        browser.driver.set_script_timeout(120)
        try:
            for count, (name, width, dark, rule, pages) in enumerate(rounds(sys.argv[2:] or pages_of(directory)), 1):
                browser.size(width, 844 if width < 500 else 800, dark=dark)
                wrong = [complaint for page in pages for complaint in ask(browser, page, axe, rule)]
                print(f"{'not ok' if wrong else 'ok'} {count} - axe finds nothing on {len(pages)} pages, {name}", flush=True)
                for complaint in brief(wrong):
                    print(f"# {complaint}")
        finally:
            browser.close()
    print("1..3")


if __name__ == "__main__":
    main()
