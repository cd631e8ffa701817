# SPDX-License-Identifier: GPL-2.0-only
"""live.py - the Linux that runs in the pages, if docs/live/make has built it (docs/_build/live): its own page, its files, and the
labs' and chapters' steps, which the browser runs in it. labs/lib/steps.py reads them (tests/docs/commands.py says which pages have
some); docs/live/static/live/lab.js runs them.
"""

import functools
import json
import os
import re
import shutil
import sys

from docutils import nodes
from docutils.parsers.rst import Directive

import repository
from repository import DOCS, TOP

sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
sys.path.insert(0, os.path.join(TOP, "tests", "docs"))
import commands  # noqa: E402  pylint: disable=wrong-import-position
import course  # noqa: E402  pylint: disable=wrong-import-position
import steps  # noqa: E402  pylint: disable=wrong-import-position

SITE = os.path.join(DOCS, "_build", "live")
PAGE = "live/index"
# What a step may need that the machine in the page has not: a word of its command, or of the lab's program that it runs, and why.
LACKING = {
    "sweep": "the tool sweep", "plot": "gnuplot", "timeline": "the tool timeline", "gnuplot": "gnuplot", "perf": "perf",
    "bpftrace": "bpftrace", "napicheck": "BPF", "strace": "strace", "column": "column",
    "callers": "a 64-bit kernel, whose functions it shows", "make": "a compiler", "mypath": "a compiler",
    "/snull/labs/zoo": "the sources of the zoo", "/snull/examples": "the sources of the examples",
    "race": "the modules that hold a race open",
}


# Labs as a whole: their terminal here is the kernel's console as well, which is kept quiet.
LABS = {"14-netpoll": "a console for the kernel's messages beside the terminal"}


def manifest():
    """What docs/live/make says of the machine; None when there is none."""
    try:
        with open(os.path.join(SITE, "machine.json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def lacks(vm, directory, command):
    """Why the machine in the page cannot run it; None when it can. vm is the arguments of labs/vm/run."""
    if "--cpus" in vm:
        return "two CPUs"
    if "--append" in vm:
        return "a boot of its own"
    for script in re.findall(r"\./([\w-]+)", command):
        path = os.path.join(directory, script)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                command += file.read()
    for word, what in LACKING.items():
        if re.search(rf"(?<![\w./-]){word}(?![\w.-])", command.replace("./", " ")):
            return what
    return None


def step_data(vm, directory, step):
    """A step, as the browser gets it."""
    checks = [{"what": check["what"], "op": check["op"], "value": check["value"], "off": check["off"], "percent": bool(check["percent"]),
               "text": check.group(0)[len(check["what"]):].strip(), "time": bool(check["counted"]) or "packets/s" in check["what"]} for check in step.checks]
    return {"command": step.command, "expected": step.expected, "checks": checks, "since": step.since, "lacks": lacks(vm, directory, step.command)}


def lab_data(docname):
    """The steps of a lab's page; None for another page."""
    directory = os.path.join(TOP, docname)
    if not re.fullmatch(r"labs/\d\d-[\w-]+", docname) or not os.path.isdir(directory):
        return None
    lab = course.Lab(directory)
    found = steps.load(os.path.join(directory, "README.rst"))
    return {"place": {"id": lab.name, "title": f"Lab {int(lab.number)}", "directory": f"/snull/labs/{lab.name}"},
            "elsewhere": f"make lab LAB={lab.number}", "steps": [{**step_data(lab.vm, directory, step), **({"lacks": LABS[lab.name]} if lab.name in LABS else {})} for step in found]}


@functools.cache
def chapters():
    """The pages, with the arguments of labs/vm/run."""
    return dict(commands.runnable())


def chapter_data(docname):
    """The steps of another page that shows commands for the virtual machine; None for one that does not."""
    arguments = chapters().get(f"docs/{docname}.rst")
    if arguments is None:
        return None
    found = steps.parse(commands.extract(f"docs/{docname}.rst"))
    return {"place": {"id": docname, "title": "This page", "directory": "/root"}, "elsewhere": "make shell",
            "steps": [step_data(arguments.split(), DOCS, step) for step in found]}


class Live(Directive):
    """.. live:: the machine, or how to get it. .. live:: facts: what it is made of."""

    optional_arguments = 1

    def run(self):
        """What there is to show."""
        machine = manifest()
        if self.arguments == ["facts"]:
            return self.facts(machine) if machine else []
        if machine:
            return [nodes.raw("", place(machine, "../"), format="html")]
        text = "This site was built without the machine. “make docs-live” builds it, once, and “make docs-serve” shows the site with it."
        return [nodes.admonition("", nodes.title("", "Not here"), nodes.paragraph("", text), classes=["note"])]

    @staticmethod
    def facts(machine):
        """The kernel, and where its source and that of the programs is."""
        kernel = nodes.paragraph("", "", nodes.Text("The kernel is Linux "), nodes.literal("", machine["kernel"]), nodes.Text(
            f", built from version {machine['source']} of Debian's package "), nodes.literal("", "linux-source-6.12"), nodes.Text(
            " with "), nodes.literal("", "docs/live/machine/kernel.config", classes=["file"]), nodes.Text(
            ". It is free software under the GPL, version 2; its source is at "), nodes.reference(
            "", "sources.debian.org", refuri="https://sources.debian.org/src/linux/"), nodes.Text(
            ", as is that of the other programs, which are taken from "), nodes.reference(
            "", "these packages of Debian's", refuri=f"../_live/{machine['hash']}/packages.txt"), nodes.Text(", as they are."))
        return [kernel]


# What is there until the script replaces it: a browser runs none for a page that was opened as a file.
NO_SCRIPT = ("If nothing but this line is here: the page was opened as a file, and needs a server (<code>make docs-serve</code> is one), "
             "or scripts are switched off.")


def place(machine, up):
    """The element that docs/live/static/live makes the machine's panel of."""
    return f'<div class="live" id="live" data-base="{up}_live/" data-bytes="{total(machine)}"><p>{NO_SCRIPT}</p></div>'


def total(machine):
    """The bytes that a browser fetches."""
    return sum(file["size"] for file in machine["files"])


@functools.cache
def page_data(docname):
    """The steps of a page; None for one that has none."""
    return lab_data(docname) or chapter_data(docname)


def outdated(_app, env, _added, _changed, _removed):
    """The pages that the machine runs in, if it, or what they run in it, is another than when they were read."""
    machine = manifest()
    pages = [name for name in env.found_docs if name == PAGE or page_data(name)] if machine else []
    return repository.outdated(env, "live_data", {name: (machine, page_data(name)) for name in pages})


def page_context(app, pagename, _template, context, _doctree):
    """Scripts for the pages that the machine runs in."""
    if not manifest() or app.builder.format != "html":
        return
    data = page_data(pagename)
    if data:
        text = json.dumps({**data, "base": f"{'../' * pagename.count('/')}_live/", "bytes": total(manifest())}).replace("<", "\\u003c")
        context["body"] += f'<script type="application/json" id="live-steps">{text}</script>'
    if data or pagename == PAGE:
        app.add_css_file("live/live.css")
        app.add_js_file("live/lab.js" if data else "live/page.js", type="module")


def copy(app, exception):
    """The machine's files, into the site."""
    if exception or app.builder.format != "html":
        return
    target = os.path.join(app.outdir, "_live")
    if not manifest():
        shutil.rmtree(target, ignore_errors=True)
    elif not os.path.exists(os.path.join(target, manifest()["hash"])):
        # Its name only when it is whole: a copy that was interrupted would be taken for one.
        for old in (target + ".new", target):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(SITE, target + ".new")
        os.rename(target + ".new", target)


def setup(app):
    """Sphinx calls this."""
    app.add_directive("live", Live)
    app.connect("env-get-outdated", outdated)
    app.connect("html-page-context", page_context)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True}
