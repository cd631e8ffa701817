# SPDX-License-Identifier: GPL-2.0-only
"""figures.py - numbers, tables and plots of what was measured, each with the command that measured it.

    :measured:`NAME`              one number of measured.py, which lists the names

    .. made-by:: livelock         how it was measured, folded
    .. bench-table:: TCP          the table of "make bench"
    .. packets-table::            what pktgen gets through each wire
    .. steps-table:: TCP          from path 0 to path 1, step by step
    .. profile-table::            the dearest functions, side by side
    .. stamps-table::             where a reply's microseconds go
    .. sweep-table:: livelock     medians by path and load
    .. drivers-table:: verdicts   what napicheck says of other drivers; "exercised": of each rule
    .. plot:: NAME                livelock livelock-small interrupts polls bench-tcp instructions steps-tcp steps-pktgen stamps
                                  stamps-usecs; drawn by plots.py
"""

import os
import statistics

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.util.docutils import SphinxRole

import pictures
import plots
import reading
from measured import (BESIDE, FILES, MARKS, PACKETS, STEPS, WAYS, WIRES, Unknown, bench, curve, grouped, load, number, packets_number, printed, profile_number,
                      stamps_number, steps, steps_number, way, ways)
from repository import DOCS


def depend(env):
    """The page is to be made again when a measurement changes."""
    for name in FILES.values():
        env.note_dependency(os.path.join(DOCS, "data", name))


def how(name):
    """How it was measured, in a sentence."""
    about = load(name)["about"]
    return about["command"], f"{about['machine']}; Linux {about['kernel']}; QEMU {about['qemu']} ({about['accel']}) on {about['host']}; {about['date']}"


def made_by(name):
    """What stands below a figure: a fold with the command and the machine, and in a book the line itself."""
    command, rest = how(name)
    line = nodes.paragraph("", "", nodes.Text("Made by "), nodes.literal(command, command, classes=["command"]), nodes.Text(": " + rest + "."))
    return reading.fold("", line, title="How it was measured", classes=["made-by"])


class Measured(SphinxRole):
    """:measured:`NAME`"""

    def run(self):
        """The number, with its command as a tooltip."""
        depend(self.env)
        try:
            text = number(self.text.strip())
        except Unknown as problem:
            return [nodes.Text("?")], [self.inliner.reporter.warning(str(problem), line=self.lineno)]
        command, rest = how(self.text.split("/")[0])
        return [measurement("", text, said=f"{command} ({rest})")], []


class measurement(nodes.inline):  # pylint: disable=invalid-name
    """A number, and how it was measured (said)."""


def visit_html(self, node):
    """The latter is a tooltip."""
    self.body.append(self.starttag(node, "span", "", CLASS="measured", title=node["said"]))


def depart_html(self, _node):
    """Its end."""
    self.body.append("</span>")


def nothing(_self, _node):
    """Elsewhere the line below the figure is enough."""


class MadeBy(Directive):
    """.. made-by:: NAME"""

    required_arguments = 1

    def run(self):
        """The line."""
        depend(self.state.document.settings.env)
        try:
            return [made_by(self.arguments[0])]
        except (KeyError, OSError) as problem:
            return [self.state.document.reporter.warning(f"no measurement called {self.arguments[0]}: {problem}", line=self.lineno)]


def rows_to_table(head, rows, classes=(), widths=None):
    """A table of text."""
    group = nodes.tgroup(cols=len(head))
    for width in widths or [1] * len(head):
        group += nodes.colspec(colwidth=width)
    for kind, lines in (nodes.thead(), [head]), (nodes.tbody(), rows):
        for line in lines:
            row = nodes.row()
            for position, cell in enumerate(line):
                row += nodes.entry("", nodes.paragraph("", cell), classes=[] if not position else ["number"])
            kind += row
        group += kind
    return nodes.table("", group, classes=["data", *classes])


class BenchTable(Directive):
    """.. bench-table:: TCP"""

    required_arguments = 1
    HEAD = {"of-veth": "of veth", "spread": "spread", "interrupts": "interrupts per packet",
            "polls": "packets per poll", "switches": "switches per packet", "instructions": "instruc­tions per packet"}
    # What "of veth" and "spread" are of.
    SCORE = {"TCP": {"mbits": "Mbit/s"}, "UDP": {"datagrams": "datagrams/s"}}

    def run(self):
        """The table, and how it was made."""
        depend(self.state.document.settings.env)
        protocol = self.arguments[0]
        head = {**self.SCORE[protocol], **self.HEAD}
        rows = [[name] + [printed(protocol, wire, what) for what in head] for wire, name in WIRES[protocol].items()]
        return [rows_to_table(["wire", *head.values()], rows, widths=[6, 4, 3, 3, 4, 4, 4, 5]), made_by("bench")]


class PacketsTable(Directive):
    """.. packets-table::"""

    HEAD = {"packets": "packets/s", "of-veth": "of veth", "spread": "spread", "interrupts": "interrupts per packet", "polls": "packets per poll",
            "instructions": "instruc­tions per packet"}

    def run(self):
        """A row for each wire, first singly, then in bursts."""
        depend(self.state.document.settings.env)
        rows = [[f"{name}, {load_}"] + [packets_number([load_, wire, what]) for what in self.HEAD]
                for load_, wires in PACKETS.items() for wire, name in wires.items()]
        return [rows_to_table(["wire", *self.HEAD.values()], rows, widths=[6, 4, 3, 3, 4, 4, 5]), made_by("packets")]


class ProfileTable(Directive):
    """.. profile-table::"""

    TOP = 16

    def run(self):
        """A row for each function that is among the dearest of one wire."""
        depend(self.state.document.settings.env)
        runs = load("profile")["data"]
        dear = {name for run in runs.values() for name in list(run["functions"])[:self.TOP]}
        dear = sorted(dear, key=lambda name: -max(run["functions"].get(name, [0])[0] for run in runs.values()))
        rows = [[name] + [f"{run['functions'][name][0]:.0f}" if name in run["functions"] else "–" for run in runs.values()] for name in dear]
        rows.append(["all"] + [profile_number([wire, "all"]) for wire in runs])
        return [rows_to_table(["instructions a frame, in", *runs], rows, widths=[8] + [4] * len(runs)), made_by("profile")]


class StepsTable(Directive):
    """.. steps-table:: TCP"""

    required_arguments = 1
    HEAD = {"interrupts": "interrupts per packet", "polls": "packets per poll", "instructions": "instruc­tions per packet"}
    SCORE = {"TCP": {"mbits": "Mbit/s"}, "pktgen": {"packets": "packets/s"}}

    def run(self):
        """A row for each step, with what it saves beside the one before; and then what stands beside them."""
        depend(self.state.document.settings.env)
        load_, before, rows = self.arguments[0], None, []
        head, there = {**self.SCORE[load_], **self.HEAD}, load("steps")["data"][load_]
        for step, (name, what) in {**STEPS, **BESIDE}.items():
            if step not in there:
                continue
            saves = "–" if step in BESIDE or before is None else steps_number([load_, "saved", before, step])
            rows.append([name, what] + [steps_number([load_, step, column]) for column in head] + [saves])
            before = step
        table = rows_to_table(["step", "what it changes", *head.values(), "saves"], rows, widths=[5, 10, 4, 4, 3, 4, 3])
        for row in table.findall(nodes.row):
            row.children[1]["classes"] = []
        return [table, made_by("steps")]


class StampsTable(Directive):
    """.. stamps-table::"""

    def run(self):
        """A row for each way of a reply."""
        depend(self.state.document.settings.env)
        rows = [[name] + [f"{way(row)[mark]:.1f}" if mark in way(row) else "–" for mark in MARKS] + [stamps_number([row, "all"])] +
                [stamps_number([row, part]) for part in ("to_stack", "to_reader")] for row, name in WAYS.items()]
        head = ["microseconds", *MARKS.values(), "all", "by stamps alone: to the stack", "from there to the reader"]
        return [rows_to_table(head, rows, widths=[6, 3, 3, 3, 3, 3, 3, 4, 4]), made_by("stamps")]


class DriversTable(Directive):
    """.. drivers-table:: verdicts | exercised"""

    required_arguments = 1

    @staticmethod
    def verdicts(kernel, data):
        """A row for each driver."""
        rows = []
        for one in data:
            broken = [name for name, rule in one["rules"].items() if rule["verdict"] == "broken"]
            tried = sum(1 for rule in one["rules"].values() if rule["exercised"])
            rows.append([one["driver"], kernel, grouped(str(one["polls"])), f"{tried} of {len(one['rules'])}",
                         ", ".join(broken) if broken else {"kept": "no rule broken"}.get(one["verdict"], one["verdict"])])
        return rows_to_table(["driver", "kernel", "polls watched", "rules tried", "broken"], rows, widths=[4, 6, 4, 4, 8])

    @staticmethod
    def exercised(_kernel, data):
        """A row for each rule, a column for each driver."""
        def cell(rule):
            times = grouped(str(rule["exercised"]))
            if rule["verdict"] == "broken":
                return f"{times}, {grouped(str(rule['broken']))} broken"
            return {"not checked": "–", "not exercised": "0"}.get(rule["verdict"], times)

        rows = [[name] + [cell(one["rules"][name]) for one in data] for name in data[0]["rules"]]
        return rows_to_table(["rule", *(one["driver"] for one in data)], rows, widths=[4] + [3] * len(data))

    def run(self):
        """The table, and how it was made."""
        depend(self.state.document.settings.env)
        measured = load("drivers")
        try:
            make = {"verdicts": self.verdicts, "exercised": self.exercised}[self.arguments[0]]
        except KeyError:
            return [self.state.document.reporter.warning(f"no table of drivers called {self.arguments[0]}", line=self.lineno)]
        return [make(measured["about"]["kernel"], measured["data"]), made_by("drivers")]


class SweepTable(Directive):
    """.. sweep-table:: NAME"""

    required_arguments = 1
    option_spec = {"columns": directives.unchanged_required}
    HEAD = {"goodput_pps": ("goodput, packets/s", "{:.0f}"), "interrupts_per_packet": ("interrupts/packet", "{:.3f}"),
            "packets_per_poll": ("packets/poll", "{:.1f}"), "rx_missed": ("missed by the adapter", "{:.0f}"),
            "backlog_dropped": ("dropped by the backlog", "{:.0f}")}

    def run(self):
        """One row for a load, a column for each path."""
        depend(self.state.document.settings.env)
        name, tables = self.arguments[0], []
        for column in self.options.get("columns", "goodput_pps").split():
            title, form = self.HEAD[column]
            points = curve(name, column)
            most = max(len(line) for line in points.values())
            rows = []
            for place in range(most):
                xs = [line[place][0] for line in points.values() if place < len(line)]
                rows.append([grouped(f"{statistics.median(xs):.0f}")] +
                            [grouped(form.format(line[place][1])) if place < len(line) else "–" for line in points.values()])
            tables += [rows_to_table([f"load, packets/s → {title}"] + [plots.NAMES[path] for path in points], rows)]
        return [*tables, made_by(name)]


class Plot(Directive):
    """.. plot:: NAME"""

    required_arguments = 1
    has_content = True
    option_spec = {"class": directives.class_option, "name": directives.unchanged}

    def run(self):
        """A figure with the picture and the line about how it was made."""
        env = self.state.document.settings.env
        depend(env)
        env.note_dependency(plots.__file__)
        try:
            path, alt, source = plots.draw(self.arguments[0], curve, bench, steps, ways)
        except KeyError:
            return [self.state.document.reporter.warning(f"no plot called {self.arguments[0]}: {', '.join(plots.PLOTS)}", line=self.lineno)]
        return [pictures.figure(self, os.path.relpath(path, DOCS), alt, [made_by(source)])]


def setup(app):
    """Sphinx calls this."""
    app.add_node(measurement, html=(visit_html, depart_html), latex=(nothing, nothing), text=(nothing, nothing))
    app.add_role("measured", Measured())
    for name, directive in {"made-by": MadeBy, "bench-table": BenchTable, "packets-table": PacketsTable, "steps-table": StepsTable, "stamps-table": StampsTable, "profile-table": ProfileTable, "drivers-table": DriversTable,
                            "sweep-table": SweepTable, "plot": Plot}.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True}
