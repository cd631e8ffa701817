#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""browse.py - looks at the site with a browser, and works the simulation by keyboard. TAP, for tests/30-docs.t.

usage: browse.py DIRECTORY [SCREENSHOTS]
"""

import os
import sys
import time

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, serving  # noqa: E402  pylint: disable=wrong-import-position
from reader import reader  # noqa: E402  pylint: disable=wrong-import-position

count = 0


def ok(name, complaints):
    """One test."""
    global count  # pylint: disable=global-statement
    count += 1
    if isinstance(complaints, bool):
        complaints = [] if complaints else ["it is not so"]
    complaints = list(complaints)
    print(f"{'not ok' if complaints else 'ok'} {count} - {name}", flush=True)
    for complaint in complaints[:20]:
        print(f"# {complaint}")


def until(condition, seconds=15):
    """Does it become so?"""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def pages_of(directory):
    """All pages."""
    found = []
    for where, _, names in os.walk(directory):
        found += [os.path.relpath(os.path.join(where, name), directory) for name in names if name.endswith(".html")]
    return sorted(found)


WIDER = "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def every_page(browser, directory, shots):
    """Each page, wide and narrow: nothing goes wrong, nothing sticks out."""
    wrong, wide = [], []
    for page in pages_of(directory):
        browser.size(1280, 800)
        wrong += [f"{page}: {complaint}" for complaint in browser.open(page)]
        if browser.driver.execute_script(WIDER):
            wide.append(f"{page} at 1280")
        pictured = shots and not page.startswith("reference/code/snull-")
        if pictured:
            browser.shot(os.path.join(shots, page.replace("/", "-")[:-5] + "-1280.png"))
        browser.size(390, 844)
        if browser.driver.execute_script(WIDER):
            wide.append(f"{page} at 390")
        if pictured:
            browser.shot(os.path.join(shots, page.replace("/", "-")[:-5] + "-390.png"))
    ok("every page: no message on the console, no failed or remote request", wrong)
    ok("every page fits a window of 1280 and one of 390 pixels", wide)


def front_page(browser):
    """What this is, the table and the plot, in one screen."""
    browser.size(1280, 800)
    browser.open("index.html")
    below = browser.driver.execute_script("""
        return ["h1", ".front table", ".front figure.picture svg", ".front figcaption"].filter(
            (what) => { const e = document.querySelector(what); return !e || e.getBoundingClientRect().bottom > 800; })""")
    ok("the front page shows title, table and plot in one screen of 1280 x 800", [f"{what} is below" for what in below])
    first = browser.driver.execute_script("""
        const links = [...document.querySelectorAll("article section a[href]")].filter((one) => !one.closest("h1"));
        return links[0].getAttribute("href")""")
    ok("its first link leads to the machine in the page", [] if first == "live/index.html" else [f"{first}"])


def themes(browser):
    """Light and dark, by the system and by the switch."""
    def ground():
        return browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor")

    def ink():
        return browser.driver.execute_script("return getComputedStyle(document.querySelector('figure.picture svg text')).fill")

    browser.size(1280, 800)
    browser.open("index.html")
    light = ground(), ink()
    browser.size(1280, 800, dark=True)
    dark = ground(), ink()
    ok("a dark system makes the page and its pictures dark", [] if dark[0] != light[0] and dark[1] != light[1] else [f"{light} {dark}"])
    seen = set()
    for _ in range(3):
        browser.driver.execute_script("document.querySelector('button.theme-toggle').click()")
        seen.add((browser.driver.execute_script("return document.body.dataset.theme"), ground(), ink()))
    ok("the switch offers light, dark and the system's", [] if {theme for theme, *_ in seen} == {"light", "dark", "auto"} else [f"{seen}"])
    ok("and it changes page and pictures", [] if len({one[1:] for one in seen}) == 2
       else [f"{seen}"])
    browser.driver.execute_script("localStorage.clear()")


def search(browser):
    """It works without a network."""
    browser.open("search.html?q=livelock")
    found = until(lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#search-results li a"))
    titles = [one.text for one in browser.driver.find_elements(By.CSS_SELECTOR, "#search-results li a")]
    ok("the search finds the lab on livelock", [] if found and any("livelock" in title.lower() for title in titles) else [f"{titles}"])
    browser.open("search.html?q=snull_rx_next")
    found = until(lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#search-results li a"))
    ok("and a function", bool(found))
    ok("without a message or a remote request", browser.complaints())


# The contrast of a copy button's picture with its ground; 0 if the picture has a colour of its own.
CONTRAST = """
    const button = document.querySelector("button.copybtn"), picture = button.querySelector("img, svg");
    const colour = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const light = (text) => { const [r, g, b] = colour(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const style = getComputedStyle(picture), own = picture.tagName === "IMG" ? style.maskImage === "none" && style.webkitMaskImage === "none" : false;
    const ink = light(picture.tagName === "IMG" ? style.backgroundColor : style.stroke), ground = light(getComputedStyle(button).backgroundColor);
    return own ? 0 : (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);"""


def copying(browser):
    """A button copies the commands, without prompts and output."""
    browser.size(1280, 800)
    browser.open("labs/03-napi.html")
    texts = browser.driver.execute_script("""
        return [...document.querySelectorAll("button.copybtn")].map((b) => document.querySelector(b.dataset.clipboardTarget).innerText)""")
    ok("console blocks have a button to copy them", [] if len(texts) >= 5 and all("#" in text or "$" in text for text in texts) else [f"{texts}"])
    plain = browser.driver.execute_script("return document.querySelectorAll('.highlight-text button.copybtn').length")
    ok("output has none", plain == 0)
    for dark in (False, True):
        browser.size(1280, 800, dark=dark)
        browser.open("labs/03-napi.html")
        until(lambda: browser.driver.execute_script("return document.querySelector('button.copybtn')"))
        ratio = browser.driver.execute_script(CONTRAST)
        ok(f"what the button shows can be seen in the {'dark' if dark else 'light'}: a contrast of 3", [] if ratio >= 3 else [f"{ratio}"])


# ---- the simulation, by keyboard --------------------------------------------------------------------------------------


class Simulation:
    """The page, worked by keys."""

    def __init__(self, browser):
        self.browser, self.driver = browser, browser.driver
        self.complaints = browser.open("simulation/index.html")

    def focused(self):
        """The name, value or id of what has the focus."""
        return self.driver.execute_script("const e = document.activeElement; return (e.name || e.id || e.className || e.tagName) + (e.type === 'radio' ? e.value : '')")

    def keys(self, *keys):
        """Press keys."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def tab_to(self, name, most=80):
        """Reach a control by Tab alone."""
        for _ in range(most):
            if self.focused().startswith(name):
                return True
            self.keys(Keys.TAB)
        return False

    def cells(self, row):
        """A row of the table."""
        return self.driver.execute_script("""
            const row = [...document.querySelectorAll(".sim-table tbody tr")].find((r) => r.cells[0].textContent === arguments[0]);
            return row && [...row.cells].slice(1).map((c) => c.textContent.replace(/\\u202f/g, ""))""", row)

    def text(self, selector):
        """What an element says."""
        return self.driver.execute_script("return document.querySelector(arguments[0]).textContent", selector)

    def pixels(self):
        """The timeline's picture."""
        return self.driver.execute_script("""
            return document.querySelector("#sim-time").toDataURL()""")


def simulation(browser, shots):
    """The page does what it says, without a mouse, and says what it shows."""
    browser.size(1280, 900)
    sim = Simulation(browser)
    ok("simulation: opens without a message", sim.complaints)
    ok("simulation: the table fills", until(lambda: sim.cells("interrupts per packet")))
    ok("simulation: path 0 takes one interrupt for each packet", sim.cells("interrupts per packet")[0] == "1.000")

    ok("simulation: Tab reaches the paths", sim.tab_to("path"))
    live = sim.text("#sim-live")
    sim.keys(Keys.ARROW_LEFT)
    ok("simulation: an arrow key chooses path 0", sim.focused() == "path0")
    ok("simulation: and the live region says what that means",
       until(lambda: sim.text("#sim-live") != live and "Path 0" in sim.text("#sim-live") and "1.00 interrupts per packet" in sim.text("#sim-live")))
    ok("simulation: Tab reaches the load", sim.tab_to("load"))
    before = sim.cells("read by the process, packets/s")
    sim.keys(*[Keys.ARROW_RIGHT] * 5)
    value = sim.driver.execute_script("return document.activeElement.getAttribute('aria-valuetext')")
    ok("simulation: arrow keys raise it, and a screen reader hears packets a second", "packets/s" in value)
    ok("simulation: then path 0 reads fewer than before, path 1 more", until(
        lambda: int(sim.cells("read by the process, packets/s")[0]) < int(before[0]) < int(sim.cells("read by the process, packets/s")[1])))
    if shots:
        browser.shot(os.path.join(shots, "simulation-overload-1280.png"), whole=True)
    for name in ("burst", "budget", "ring", "interfaces", "interrupt", "stack", "read"):
        ok(f"simulation: Tab reaches {name}", sim.tab_to(name))
    ok("simulation: Tab reaches the buttons", sim.tab_to("sim-run"))
    still = sim.pixels()
    time.sleep(0.5)
    ok("simulation: nothing moves by itself", sim.pixels() == still)
    sim.keys(Keys.ENTER)
    ok("simulation: Enter lets it run", until(lambda: sim.pixels() != still))
    sim.keys(Keys.ENTER)
    time.sleep(0.3)
    paused = sim.pixels()
    time.sleep(0.5)
    ok("simulation: and pauses it", sim.pixels() == paused)
    sim.tab_to("sim-step")
    sim.keys(Keys.SPACE)
    ok("simulation: a step is a step", until(lambda: sim.pixels() != paused))
    sim.tab_to("sim-say")
    sim.keys(Keys.ENTER)
    ok("simulation: on request it describes the moment", until(lambda: "frames in the ring" in sim.text("#sim-live")))
    label = sim.driver.execute_script("return document.querySelector('#sim-time').getAttribute('aria-label')")
    ok("simulation: the timeline has a text of its own", "poll list" in label)
    unnamed = sim.driver.execute_script("""
        return [...document.querySelectorAll("#sim input, #sim button, #sim select")].filter(
            (e) => !(e.labels && e.labels.length || e.textContent.trim())).map((e) => e.outerHTML)""")
    ok("simulation: every control has a name", unnamed)
    browser.size(1280, 900, reduced=True)
    sim = Simulation(browser)
    until(lambda: sim.cells("interrupts per packet"))
    sim.tab_to("sim-run")
    sim.keys(Keys.ENTER)
    changes, last, end = 0, sim.pixels(), time.monotonic() + 3.3
    while time.monotonic() < end:
        now = sim.pixels()
        changes, last = changes + (now != last), now
        time.sleep(0.02)
    ok("simulation: for who wants no motion, a still picture each second", [] if 1 <= changes <= 5 else [f"{changes} changes in 3 s"])
    ok("simulation: no message up to the end", browser.complaints())


def main():
    """All of it."""
    directory, shots = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    if shots:
        os.makedirs(shots, exist_ok=True)
    with serving(directory) as base:
        browser = Browser(base)
        try:
            front_page(browser)
            themes(browser)
            search(browser)
            copying(browser)
            simulation(browser, shots)
            reader(browser, ok, until)
            every_page(browser, directory, shots)
        finally:
            browser.close()
    print(f"1..{count}")


if __name__ == "__main__":
    main()
