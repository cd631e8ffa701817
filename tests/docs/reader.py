# SPDX-License-Identifier: GPL-2.0-only
"""reader.py - what the pages do for a reader: folds, columns, lists on a phone, the order of results, slides. For browse.py."""

import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LAB = "labs/03-napi.html"
OPEN = "return [...document.querySelectorAll('details.reveal')].filter((one) => one.open).length"
BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
ALL = "return document.querySelectorAll('details.reveal').length"


def folds(browser, ok):
    """Outputs are folded until asked for; a button shows all, and remembers; paper and a page without scripts show them."""
    browser.size(1280, 800)
    browser.open(LAB)
    run = browser.driver.execute_script
    run("localStorage.clear()")
    browser.open(LAB)
    ok("a lab's outputs are folded", run(ALL) > 5 and run(OPEN) == 0)
    run("document.querySelector('button.reveal-all').click()")
    ok("a button shows all of them", run(OPEN) == run(ALL))
    browser.open(LAB)
    ok("and is remembered", run(OPEN) == run(ALL))
    run("localStorage.clear()")
    browser.open(LAB)
    run("dispatchEvent(new Event('beforeprint'))")
    ok("paper shows them", run(OPEN) == run(ALL))
    run("dispatchEvent(new Event('afterprint'))")
    ok("and the screen folds them again", run(OPEN) == 0)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.open(LAB)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    ok("without scripts they are there", run(OPEN) == run(ALL) > 5)
    blocked = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BLOCKED})
    browser.open(LAB)
    folded = run(OPEN) == 0
    run("document.querySelector('button.reveal-all')?.click()")
    ok("where a browser keeps nothing for a page, they are folded, and shown when asked for", folded and run(OPEN) == run(ALL))
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", blocked)
    browser.complaints()  # those of the theme's own scripts

# Code that a copy button lies on.
COVERED = """return [...document.querySelectorAll('.copybtn')].filter((button) => {
    const box = button.getBoundingClientRect(), code = button.parentElement.querySelector("pre"), text = document.createRange(), within = code.getBoundingClientRect();
    text.selectNodeContents(code);
    return [...text.getClientRects()].some((line) => Math.min(line.right, within.right) > box.left && line.left < box.right && line.width > 1 &&
        line.top < box.bottom - 1 && line.bottom > box.top + 1);
}).map((button) => button.parentElement.textContent.trim().slice(0, 60))"""


def shapes(browser, ok):
    """Story 4 in three columns; nothing of the code is cut; tables are lists on a phone; commands wrap."""
    browser.size(1280, 800)
    browser.open("story/04-three-apis.html")
    run = browser.driver.execute_script
    tops = run("return [...document.querySelectorAll('.columns')].map((row) => new Set([...row.children].map((one) => Math.round(one.getBoundingClientRect().top))).size)")
    ok("the three APIs stand side by side at 1280 pixels", [] if tops and set(tops) == {1} else [f"{tops}"])
    cut = run("return [...document.querySelectorAll('.columns pre')].filter((one) => one.scrollWidth > one.clientWidth + 1).length")
    ok("and no line of them is cut", cut == 0)
    covered = []
    for width in (1280, 390):
        for page in ("story/04-three-apis.html", "story/05-napi-contract.html", "tour/2-hardware.html", LAB):
            browser.size(width, 844)
            browser.open(page)
            covered += [f"{page} at {width}: {one}" for one in run(COVERED)]
    ok("the copy button covers nothing", covered)
    browser.size(1280, 800)
    browser.open(LAB)
    wide = run("return [...document.querySelectorAll('.session .command pre')].filter((one) => one.scrollWidth > one.clientWidth + 1).length")
    ok("a lab's commands wrap", wide == 0)
    browser.size(390, 844)
    for page in ("reference/changes.html", "reference/porting.html"):
        browser.open(page)
        ok(f"{page} is a list on a phone", run("return [...document.querySelectorAll('table.stack td')].length > 20 && "
                                                "[...document.querySelectorAll('table.stack td:last-child')].every((one) => getComputedStyle(one).display === 'block')"))
    browser.size(1280, 800)


def results(browser, until, query):
    """The addresses that a search finds, in order."""
    browser.open("search.html?q=" + query)
    until(lambda: "found" in browser.driver.execute_script("return document.querySelector('#search-results .search-summary')?.innerText || ''"))
    return [one.get_attribute("href").rsplit("/docs/", 1)[-1] for one in browser.driver.find_elements(By.CSS_SELECTOR, "#search-results li a")]


def order(browser, ok, until):
    """What explains comes before what lists; a function of ours that is called exactly so comes first."""
    for query in ("softnet_stat", "softnet", "poll"):
        found = results(browser, until, query)
        ok(f"a search for {query} begins with a page that explains", [] if found and not any("reference/code/" in one for one in found[:3]) else found[:5])
    found = results(browser, until, "softnet_stat")
    ok("and by the kernel's softnet_stat, before our parameter of that name", [] if found and "story/" in found[0] and not any("param" in one for one in found[:1]) else found[:5])
    found = results(browser, until, "snull_rx_next")
    ok("that for a function of ours begins with it", [] if found and "#c.snull_rx_next" in found[0] else found[:3])


def simulation(browser, ok, until):
    """The slider has the loads that the text speaks of; one is one; what is dropped can be seen."""
    browser.open("simulation/index.html")
    run = browser.driver.execute_script
    loads = run("""
        const slider = document.querySelector("input[name=load]"), found = [];
        for (let at = 0; at <= Number(slider.max); at++) {
            slider.value = at;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            found.push(slider.getAttribute("aria-valuetext").replace(/\\D/g, ""));
        }
        return found""")
    missing = [load for load in ("5000", "40000", "80000", "200000", "400000") if load not in loads]
    ok("simulation: the slider reaches the loads of the text", missing)
    many = run("""
        return ["weight", "ring"].map((name) => {
            const slider = document.querySelector(`input[name=${name}]`);
            slider.value = slider.min;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            return slider.getAttribute("aria-valuetext");
        })""")
    ok("simulation: one is one", [one for one in many if not one.startswith(("1 packet a", "2 slots", "1 slot"))])
    browser.open("simulation/index.html")
    run("""
        for (const [name, at] of [["burst", 6], ["ring", 4]]) {
            const slider = document.querySelector(`input[name=${name}]`);
            slider.value = at;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }""")
    ok("simulation: where the table says that packets are dropped, the picture shows one", until(lambda: run("""
        const canvas = document.querySelector("#sim-time"), ctx = canvas.getContext("2d"), ratio = devicePixelRatio;
        const row = ctx.getImageData(92 * ratio, (6 + 5 * 30 + 35) * ratio, canvas.width - 92 * ratio, 20 * ratio).data;
        const dropped = Number(document.querySelector("[data-at=dropped] span").textContent.replace(/\\D/g, ""));
        return dropped > 0 && row.some((value, at) => at % 4 === 3 && value > 128)""")))


def slides(browser, ok):
    """Keys go from slide to slide; each fits a screen of 1280 x 800; the notes come when asked for."""
    browser.size(1280, 800)
    run = browser.driver.execute_script
    run("localStorage.clear()")
    browser.open("teaching/slides/index.html")
    pages = run("return [...new Set([...document.querySelectorAll('article .toctree-wrapper a')].map((one) => one.getAttribute('href').split('#')[0]))]")
    ok("there are six lectures", len(pages) == 6)
    for page in pages:
        browser.open(f"teaching/slides/{page}")
        tall = run("return [...document.querySelectorAll('section section')].filter((one) => one.offsetHeight > 1.35 * innerHeight).map((one) => one.id)")
        ok(f"slides of {page} fit", tall)
    body = browser.driver.find_element(By.TAG_NAME, "body")
    for _ in range(3):
        body.send_keys(Keys.ARROW_RIGHT)
        time.sleep(0.4)
    ok("an arrow key shows the next slide", run("return scrollY") > 800)
    ok("notes are hidden", run("return getComputedStyle(document.querySelector('.notes')).display") == "none")
    run("document.getElementById('notes-button').click()")
    ok("and shown when asked for", run("return getComputedStyle(document.querySelector('.notes')).display") == "block")


def reader(browser, ok, until):
    """All of it."""
    folds(browser, ok)
    shapes(browser, ok)
    order(browser, ok, until)
    simulation(browser, ok, until)
    slides(browser, ok)
    ok("no message meanwhile", browser.complaints())
