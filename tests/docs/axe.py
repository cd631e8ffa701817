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
    const only = arguments[0] === "all" ? { rules } : { runOnly: { type: "rule", values: [arguments[0]] } };
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    axe.run(document, { resultTypes: ["violations"], preload: false, iframes: false, ...only }).then((found) => done(found.violations.flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${(node.any[0] || node.all[0] || node.none[0] || {}).message || one.help}`))),
        (problem) => done([`axe: ${problem}`]));"""


class Judge:
    """A browser in which axe looks at pages; keeps what it finds, for each way of looking."""

    WAYS = ("light, in a window of 1280 pixels", "dark: contrast", "on a phone of 390 pixels")

    def __init__(self, browser, axe):
        self.browser, self.axe = browser, axe
        self.found, self.pages = {way: [] for way in self.WAYS}, dict.fromkeys(self.WAYS, 0)

    def ask(self, page, way, rule):
        """Axe, on the page that is open."""
        self.pages[way] += 1
        self.found[way] += [f"{page}: {complaint}" for complaint in self.browser.driver.execute_async_script(RUN, rule, list(NOT_ASKED))]

    def look(self, page, phone):
        """A page, in the light, then in the dark; some as on a phone, too."""
        self.browser.size(1280, 800)
        self.browser.driver.get(self.browser.base + page)
        self.browser.driver.execute_script(self.axe)
        self.ask(page, self.WAYS[0], ALL)
        self.browser.size(1280, 800, dark=True)
        self.ask(page, self.WAYS[1], COLOURS)
        if phone:
            self.browser.size(390, 844)
            self.browser.driver.execute_script("dispatchEvent(new Event('resize'))")
            self.ask(page, self.WAYS[2], ALL)


def chosen(pages):
    """{page: is it to be looked at on a phone, too?}"""
    code = [page for page in pages if page.startswith(CODE) and not page.endswith("index.html")]
    text = [page for page in pages if page not in code]
    return {page: "/" not in page or page.endswith(("index.html", "03-napi.html", "porting.html")) for page in text + code[:3]}


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
        browser = Browser(base, logs=False)
        browser.driver.set_script_timeout(120)
        judge = Judge(browser, axe)
        try:
            for page, phone in chosen(sys.argv[2:] or pages_of(directory)).items():
                judge.look(page, phone)
        finally:
            browser.close()
    for count, (way, wrong) in enumerate(judge.found.items(), 1):
        print(f"{'not ok' if wrong else 'ok'} {count} - axe finds nothing on {judge.pages[way]} pages, {way}", flush=True)
        for complaint in brief(wrong):
            print(f"# {complaint}")
    print(f"1..{len(judge.WAYS)}")


if __name__ == "__main__":
    main()
