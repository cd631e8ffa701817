#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""steps: run the commands of a lab's README, in the virtual machine, and compare the shape of what they print.

usage: steps.py [--fill | --renew] LAB-DIRECTORY
       --fill   for authors of labs: put the output of commands that expect none into the README
       --renew  where a command printed what the README says in its shape, put today's numbers there (not into lines with "...")

A README's blocks ".. code-block:: console" hold what a person types and sees:

    # COMMAND          typed in the virtual machine, as root; "> " continues it. All run in one shell, in the lab's directory.
    $ COMMAND          typed on the host: not run here.
    anything else      what the last command is expected to print.

The shape of an output: a number stands for any number, a run of blanks for any run of blanks, Gbits and MBytes for smaller and
larger ones; "..." in a line for any text, on a line of its own for any lines. Empty lines do not count. A command must succeed.

A comment after a block says more about what its last command printed:

    .. check: packets/poll +([0-9.]+) >= 20       the first group of the regular expression, compared; also <= == < >,
    .. check: intr/packet +([0-9.]+) == 1 +- 1%   and == with a tolerance, absolute or in percent
    .. check: status == 1                         the command fails, with this status
    .. check: polls +([0-9]+) == 40 in counted time   it follows from how long things take: not for the machine in the page

A comment ".. since: 6.13" says that what follows, up to the next heading, is for that Linux and later: an older one does
not run it.
"""

import os
import re
import select
import signal
import subprocess
import sys
import time

from pipe import polite, write_whole

LIMIT = 120  # seconds, for one command
NUMBER = r"[-+]?(?:0x[0-9a-f]+|\d[\d.,]*(?:e[-+]?\d+)?)"
CHECK = re.compile(r"^(?P<what>.*\S)\s+(?P<op><=|>=|==|<|>)\s+(?P<value>[-+.\d]+)(?:\s+\+-\s+(?P<off>[.\d]+)(?P<percent>%)?)?"
                   r"(?P<counted>\s+in counted time)?$")


class Malformed(Exception):
    """The README cannot be read as a lab."""


class Step:
    """A command, what it should print, and what else is to hold."""

    def __init__(self, line, command, heading, since):
        self.line, self.last, self.command, self.heading, self.since = line, line, command, heading, since
        self.expected, self.places, self.checks = [], [], []
        self.output, self.failed = "", False


def indent_of(line):
    return len(line) - len(line.lstrip())


def parse(text):
    """Return the steps of a README, in order."""
    steps, heading, since, block, previous = [], "", (0, 0), None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if block is not None and line.strip() and indent_of(line) == 0:
            block = None
        if block is not None:
            if line.strip():
                add_line(steps, line[block:] if block else line, number, heading, since)
        elif re.match(r"\.\. code-block:: console\s*$", line):
            block = 3
            steps.append(None)  # a block begins: what follows belongs to none of the earlier commands
        elif line.startswith(".. check:"):
            last = next((step for step in reversed(steps) if step), None)
            found = CHECK.match(line[len(".. check:"):].strip())
            if not last or not found:
                raise Malformed(f"line {number}: a check is 'REGEX OP NUMBER', after a block: {line.strip()}")
            last.checks.append(found)
        elif line.startswith(".. since:"):
            since = version(line[len(".. since:"):])
        elif re.match(r"^([=\-~^])\1{2,}\s*$", line) and previous.strip():
            heading, since = previous.strip(), (0, 0)
        previous = line
    return [step for step in steps if step]


def version(text):
    """A Linux, as two numbers that can be compared."""
    found = re.match(r"\s*(\d+)\.(\d+)", text)
    if not found:
        raise Malformed(f"'{text.strip()}' is no version of Linux")
    return int(found[1]), int(found[2])


def add_line(steps, line, number, heading, since):
    """One line of a block: a command, its continuation, or output."""
    if line.startswith("# "):
        steps.append(Step(number, line[2:], heading, since))
    elif line.startswith("$ "):
        steps.append(None)
    elif steps[-1] is None:
        return  # the output of a command of the host
    elif line.startswith("> ") and not steps[-1].expected:
        steps[-1].command += "\n" + line[2:]
        steps[-1].last = number
    else:
        steps[-1].expected.append(line)
        steps[-1].places.append(number)


def pattern(line):
    """The regular expression for one line's shape."""
    parts = re.split(rf"(\.\.\.|{NUMBER}|\s+)", line.strip(), flags=re.I)
    out = ""
    for part in parts:
        if part == "...":
            out += ".*"
        elif re.fullmatch(NUMBER, part, re.I):
            out += NUMBER
        elif part.isspace():
            out += r"\s+"
        else:
            out += re.sub(r"^[KMG](?=(?:bits|Bytes)\b)", "[KMG]?", re.escape(part))
    return re.compile(r"\s*" + out + r"\s*", re.I)


def compare(expected, actual):
    """(what was printed for each expected line, None), or what is missing or too much in the latter's place."""
    actual = [line for line in actual if line.strip()]
    position, anything, found = 0, False, []
    for line in expected:
        if line.strip() == "...":
            anything = True
            found.append(line)
            continue
        shape, start = pattern(line), position
        while position < len(actual) and not shape.fullmatch(actual[position]):
            if not anything:
                return found, f"expected  {line.strip()}\n     got  {actual[position].strip()}"
            position += 1
        if position == len(actual):
            return found, f"expected  {line.strip()}\n     got  nothing like it after line {start}"
        found.append(actual[position])
        position, anything = position + 1, False
    if position < len(actual) and not anything:
        return found, f"expected  nothing more\n     got  {actual[position].strip()}"
    return found, None


def mismatch(expected, actual):
    """None when the lines have the expected shape, else what is missing or too much."""
    return compare(expected, actual)[1]


def failed_check(check, output, status):
    """None when the check holds, else why it does not."""
    what, operator, want = check["what"], check["op"], float(check["value"])
    if what == "status":
        got = status
    else:
        found = re.search(what, output)
        if not found:
            return f"nothing matches {what}"
        got = float(found.group(1).replace(",", ""))
    off = float(check["off"] or 0)
    if check["percent"]:
        off *= abs(want) / 100
    good = {"<=": got <= want, ">=": got >= want, "<": got < want, ">": got > want, "==": abs(got - want) <= off}[operator]
    return None if good else f"{what} is {got:g}: not {check.group(0)[len(what):].strip()}"


class Shell:
    """One bash for all commands, as a person has it, with standard output and error together."""

    def __init__(self, directory):
        self.mark = f"--- {os.getpid()}-{time.time_ns()} "
        self.child = subprocess.Popen(["bash", "--norc", "--noprofile"], cwd=directory, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                                      env=dict(os.environ, TERM="dumb", PAGER="cat", COLUMNS="120"))

    def run(self, command):
        """Return what the command printed, and its status; None when it did not end in time."""
        # The shell's own input is the script: commands must not read it.
        self.child.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n%s%s\\n' '{self.mark}' $?\n".encode())
        self.child.stdin.flush()
        output, deadline = b"", time.monotonic() + LIMIT
        while True:
            end = re.search(rb"\n" + self.mark.encode() + rb"(\d+)\n", output)
            if end:
                return output[:end.start()].decode(errors="replace"), int(end[1])
            ready, _, _ = select.select([self.child.stdout], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self.child.stdout.fileno(), 65536) if ready else b""
            if not data:
                self.close()
                return output.decode(errors="replace"), None
            output += data

    def close(self):
        """End it, with all that it started."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()


def fill(path, steps):
    """Write into the README what the commands without any output there have printed."""
    with open(path, encoding="utf-8") as readme:
        lines = readme.read().splitlines()
    for step in reversed(steps):
        if not step.expected and not step.failed:
            lines[step.last:step.last] = ["   " + line.rstrip() for line in step.output.splitlines() if line.strip()]
    write_whole(path, "\n".join(lines) + "\n")


def renew(path, steps):
    """Write into the README what commands have printed in place of what they printed once, where the shape is the same."""
    with open(path, encoding="utf-8") as readme:
        lines = readme.read().splitlines()
    for step in steps:
        found, wrong = compare(step.expected, step.output.splitlines())
        if step.failed or wrong:
            continue
        for place, line, was in zip(step.places, found, step.expected):
            if "..." not in was:
                lines[place - 1] = "   " + line.expandtabs().rstrip() if "\t" not in was else "   " + line.rstrip()
    write_whole(path, "\n".join(lines) + "\n")


def load(path):
    """The steps of a README that has some."""
    with open(path, encoding="utf-8") as readme:
        steps = parse(readme.read())
    if not steps:
        raise Malformed("no command to run in README.rst")
    return steps


def run(directory, steps):
    """Run every step, show it as a person would see it, and return how many were not as the README says."""
    shell, heading, wrong = Shell(directory), None, 0
    kernel, ran = os.uname().release, 0
    for step in steps:
        if step.heading != heading:
            heading = step.heading
            print(f"\n=== {heading}\n", flush=True)
            if version(kernel) < step.since:
                print("(from Linux {}.{} on, and this is {kernel})".format(*step.since, kernel=kernel), flush=True)
        if version(kernel) < step.since:
            step.failed = True  # nothing that --fill could write
            continue
        ran += 1
        print("# " + step.command.replace("\n", "\n> "), flush=True)
        output, status = shell.run(step.command)
        step.output = output
        print(output.rstrip("\n") + "\n" if output.strip() else "", end="", flush=True)
        step.failed = status != 0 and not any(check["what"] == "status" for check in step.checks)
        why = []
        if status is None:
            why.append(f"it did not end within {LIMIT} s, or ended the shell")
        elif step.failed:
            why.append(f"it failed with status {status}")
        why += filter(None, [mismatch(step.expected, output.splitlines())] +
                      [failed_check(check, output, status) for check in step.checks])
        if why:
            wrong += 1
            print(f"!!! README.rst, line {step.line}: not what the lab says:", *("!!!  " + reason for reason in why),
                  sep="\n", flush=True)
        if status is None:
            break
    shell.close()
    print(f"\n=== {ran} commands, {wrong} not as the README says", flush=True)
    return wrong


def main():
    """Run one lab."""
    write = {"--fill": fill, "--renew": renew}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    words = sys.argv[1 + bool(write):]
    if len(words) != 1 or words[0].startswith("-"):
        sys.exit(__doc__)
    path = os.path.join(words[0], "README.rst")
    try:
        steps = load(path)
        wrong = run(words[0], steps)
        if write:
            write(path, steps)
    except (Malformed, OSError) as problem:
        sys.exit(f"steps: {path}: {problem}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    polite(main)
