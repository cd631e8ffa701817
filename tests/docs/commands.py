#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""commands.py - the commands that the documentation shows.

usage: commands.py --check             say which ones no test runs; status 1 if there are any
       commands.py --pages             the pages that show commands for the virtual machine, each with its arguments of labs/vm/run
       commands.py --extract PAGE      what labs/lib/steps.py is to run of a page

A block ".. code-block:: console" has "# " commands, which tests/32-docs-commands.t runs in the virtual machine (tests/24-labs.t
those of the labs), and "$ " commands for the host: "make TARGET", or one whose beginning stands in docs/tested-commands beside
the test that runs it. No other kind of block shows commands. ":class: untested" exempts a block; it is counted.
"""

import glob
import os
import re
import signal
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GENERATED = re.compile(r"docs/(_build|labs/\d\d-|reference/code|teaching/labs/)")
DIRECTIVE = re.compile(r"^(?P<indent>\s*)(?:\.\. (?:code-block|code|sourcecode|highlight|parsed-literal)::\s*(?P<language>\S*)|.*(?<!\.\.)::)\s*$")


class Block:  # pylint: disable=too-few-public-methods
    """A literal block: its lines, dedented, and where it begins."""

    def __init__(self, language, number):
        self.language, self.number, self.lines, self.options = language, number, [], []


def pages():
    """All pages that people wrote, and the labs' READMEs."""
    found = sorted(glob.glob(os.path.join(TOP, "docs", "**", "*.rst"), recursive=True))
    found = [os.path.relpath(path, TOP) for path in found]
    labs = sorted(glob.glob(os.path.join(TOP, "labs", "README.rst")) + glob.glob(os.path.join(TOP, "labs", "[0-9]*", "README.rst")))
    return [path for path in found if not GENERATED.match(path)] + [os.path.relpath(path, TOP) for path in labs]


def text_of(page):
    """The text of a page."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        return file.read()


def blocks(page):
    """The literal blocks of a page, and the comments ".. check:" between them (as blocks of language "check")."""
    lines, at, found = text_of(page).splitlines(), 0, []
    while at < len(lines):
        line = lines[at]
        at += 1
        if re.match(r"\s*\.\. check:", line):
            check = Block("check", at)
            check.lines = [line.strip()]
            found.append(check)
            continue
        begin = DIRECTIVE.match(line)
        if not begin or re.match(r"\s*\.\. (?!code|source|parsed)", line):
            continue
        indent = len(line) - len(line.lstrip())
        block, body = Block(begin["language"] if begin["language"] is not None else "::", at), []
        while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > indent):
            body.append(lines[at])
            at += 1
        while body and re.match(r"\s*:[\w-]+:", body[0]):
            block.options.append(body.pop(0).strip())
        margin = min((len(text) - len(text.lstrip()) for text in body if text.strip()), default=0)
        block.lines = [text[margin:].rstrip() for text in body if text.strip()]
        found.append(block)
    return found


def host_commands(block):
    """The "$ " commands of a block."""
    return [line[2:].split("   ")[0].strip() for line in block.lines if line.startswith("$ ")]


# ---- are they tested? -------------------------------------------------------------------------------------------------


def make_targets():
    """What "make" knows."""
    return set(re.findall(r"^([a-z][a-z-]*):", text_of("Makefile"), re.M))


def tested():
    """docs/tested-commands: [(beginning, file)], whose files and texts are really there; and what is wrong with it."""
    found, wrong = [], []
    for number, line in enumerate(text_of("docs/tested-commands").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = [word.strip() for word in line.split(" | ")]
        if len(words) != 3:
            wrong.append(f"docs/tested-commands, line {number}: must be COMMAND | FILE | TEXT")
        elif not os.path.exists(os.path.join(TOP, words[1])) or words[2] not in text_of(words[1]):
            wrong.append(f"docs/tested-commands, line {number}: {words[1]} does not have '{words[2]}'")
        else:
            found.append(words[0])
    return found, wrong


def untested(command, targets, known):
    """Why nobody tests a command of the host; None if somebody does."""
    for part in re.split(r"\s*(?:;|&&|\|\|)\s*", command.split("  #")[0]):
        words = [word for word in part.split() if not re.match(r"[A-Z_]+=", word)]
        if words[:1] == ["make"]:
            wrong = [word for word in words[1:] if "=" not in word and not word.startswith("-") and word not in targets]
            if wrong:
                return f"make has no target {wrong[0]}"
        elif words and not any(part.startswith(one) for one in known):
            return f"'{part}' is not in docs/tested-commands"
    return None


def check():
    """Print what is wrong, and how many blocks are exempt."""
    targets = make_targets()
    known, wrong = tested()
    exempt = 0
    for page in pages():
        for block in blocks(page):
            if ":class: untested" in block.options:
                exempt += 1
                continue
            if block.language not in ("console", "::", "check"):
                wrong += [f"{page}, line {block.number}: a command in a block that is not \"console\": {line}" for line in block.lines
                          if re.match(r"[$#] \w", line)]
            if block.language == "::" and any(line.startswith("# ") for line in block.lines):
                wrong.append(f"{page}, line {block.number}: commands for the virtual machine need a block \"console\"")
            for command in host_commands(block) if block.language in ("console", "::") else []:
                why = untested(command, targets, known)
                if why:
                    wrong.append(f"{page}, line {block.number}: {why}")
    print("\n".join(wrong) if wrong else f"{exempt} blocks are marked as untested")
    return bool(wrong)


# ---- what is to be run ------------------------------------------------------------------------------------------------


def extract(page):
    """The console blocks and checks of a page, as labs/lib/steps.py reads them."""
    out = []
    for block in blocks(page):
        if block.language == "check":
            out += [block.lines[0], ""]
        elif block.language == "console" and ":class: untested" not in block.options:
            out += [".. code-block:: console", "", *("   " + line for line in block.lines), ""]
    return "\n".join(out)


def runnable():
    """Pages with commands for the virtual machine, and its arguments."""
    for page in pages():
        if not page.startswith("labs/") and re.search(r"^   # ", extract(page), re.M):
            said = re.search(r"^\.\. vm: (.*)$", text_of(page), re.M)
            yield page, said[1] if said else "--icount"


def main():
    """What was asked for."""
    words = sys.argv[1:]
    if words == ["--check"]:
        sys.exit(check())
    elif words == ["--pages"]:
        for page, arguments in runnable():
            print(page, arguments)
    elif len(words) == 2 and words[0] == "--extract":
        print(extract(words[1]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # when nobody reads on, this ends as other commands do
    main()
