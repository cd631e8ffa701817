#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""order.py - the reading order of README.md ("Reading it"): at most six lines, of files that are there. Each file says at its
top that the next of its line is to be read next, and the first of a line is named so by one before it. The tour, and the site's
list of sources, come to them in the same order. Prints what is wrong, and nothing if all is well.

usage: order.py [TOP]     another checkout than this one
"""

import os
import re
import signal
import sys

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # when nobody reads on, this ends as other commands do
TOP = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAME = r"[-\w/.]+\.[ch]\b"


def read(path):
    """The text of a file of the checkout."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def exists(path):
    """Is it there?"""
    return os.path.exists(os.path.join(TOP, path))


def lines_of(readme):
    """The order's lines, as they stand there."""
    section = readme[readme.index("## Reading it"):].split("\n\n")
    return next(part for part in section if re.match(r"1\. ", part)).splitlines()


def files_of(line):
    """A line's files; one without a directory is in the directory of the one before. And its directories, which end in "/"."""
    files, others, directory = [], [], ""
    for name in re.findall(r"`([^`]+)`", line):
        directory = os.path.dirname(name) if "/" in name else directory
        (others if name.endswith("/") else files).append(name if "/" in name else f"{directory}/{name}")
    return files, others


def read_next(path):
    """The files that a source's first comment sends its reader to."""
    comment = read(path).split("\n", 1)[1].split("*/")[0]
    found = re.search(r"Read next: (.*?)(?:\n \*\n|\n $|$)", comment, re.S)
    names = re.findall(NAME, found[1]) if found else []
    places = (os.path.dirname(path), "snull")
    return [os.path.normpath(os.path.join(place, name)) for name in names for place in places if exists(os.path.join(place, name))]


def tour():
    """The tour's files in the order in which they are titles, or quoted."""
    found = []
    for page in re.findall(r"(?m)^   (\d-\S+)$", read("docs/tour/index.rst")):
        for title, quoted in re.findall(r"(?m)^(\S.*)\n---+$|^\.\. literalinclude:: /\.\./(\S+)$", read(f"docs/tour/{page}.rst")):
            found += [quoted] if quoted else titled(title)
    return found


def titled(title):
    """The files that a title names: "nic/rx.c, store.c: into the buffers"."""
    found, directory = [], ""
    for name in re.findall(NAME, title):
        directory = os.path.dirname(name) or directory
        path = os.path.join(directory, os.path.basename(name))
        found += [whole for place in ("snull", "napi-modern", "legacy-poll") if exists(whole := f"{place}/{path}")][:1]
    return found


def complaints():
    """What is wrong."""
    lines = lines_of(read("README.md"))
    if len(lines) > 6:
        yield f"README.md: the reading order has {len(lines)} lines"
    before, named = [], set()
    for line in lines:
        files, others = files_of(line)
        missing = [name for name in files + others if not exists(name)]
        if missing or not files:
            yield f"README.md: {line[:40]}… names no file that is there: {', '.join(missing)}"
            continue
        if before and files[0] not in named:
            yield f"{files[0]}: no file before it says that it is to be read next"
        for path, after in zip(files, files[1:]):
            if after not in read_next(path):
                yield f"{path}: does not say that {after} is to be read next"
        before += files
        named.update(*map(read_next, files))
    sources = re.search(r'READING = """(.*?)"""', read("docs/_ext/repository.py"), re.S)[1].split()
    for where, order in (("docs/tour", tour()), ("docs/_ext/repository.py", sources)):
        yield from (f"{where}: {path} is not there" for path in before if path not in order)
        known = [path for path in before if path in order]
        yield from (f"{where}: {after} comes before {path}" for path, after in zip(known, known[1:]) if order.index(after) <= order.index(path))


print("\n".join(complaints()), end="")
