# SPDX-License-Identifier: GPL-2.0-only
"""measured.py - numbers, tables and plots from docs/data/*.json, which "make docs-data" measures.

:measured:`NAME` is one number. NAMES:

    bench/PROTOCOL/WIRE/WHAT      the medians of "make bench"
        PROTOCOL   TCP UDP
        WIRE       veth, veth-mtu (one that cuts no large packets: TCP and UDP), 0 1 2 (the paths), 1-one-namespace,
                   1-partial, 1-gro-hw (TCP only)
        WHAT       mbits, datagrams (a second, UDP only), of-veth (a ratio of these), interrupts, polls (interrupts a packet, packets a poll),
                   switches, instructions (a packet), spread
    steps/LOAD/STEP/WHAT          the medians of labs/bench/steps.py
        LOAD       TCP, pktgen
        STEP       0 drain mask direct pool list tx 1-gro-off 1 2 2-64: see STEPS
        WHAT       mbits (TCP only), packets (pktgen only), interrupts, polls, instructions
    steps/LOAD/saved/A/B          how many instructions fewer than at A a packet costs at B
    steps/LOAD/part/A/B           the same, as a part of what there is between path 0 and path 1
    profile/WIRE/all              instructions a frame; WIRE is one of "make profile"
    profile/WIRE/FUNCTION         the part of one function of the kernel
    profile/WIRE/WING             or of all in one wing: see WINGS
    livelock/PATH/best            its best goodput, in packets read a second
    livelock/PATH/last            its goodput at the highest load
    livelock/PATH/kept            the latter as a percentage of the former
    livelock/load                 the highest load, in packets a second
    interrupts/PATH/low           interrupts a packet at the lowest load
    interrupts/PATH/high          and at the highest
    interrupts/low, …/high        these loads, as pktgen really offered them (of path 1)
    stamps/ROW/MARK               microseconds of a reply's way, up to the mark from the one before it: ROW is one of labs/bench/stamps.py (0 1 2
                                  1-busy 1-prefer 0-usecs 1-usecs 2-usecs), MARK interrupt, poll, stack, socket or reader
    stamps/ROW/all                and of all of it
    stamps/ROW/to_wire …/to_stack …/to_reader …/latency   what napiping --stamps says, without a trace
    stamps/ROW/traced             and by how much longer the trace has made it: that is in the first part
    drivers/DRIVER/polls          how many polls of it napicheck has watched: DRIVER is e1000, igb, … (labs/bench/drivers.py)
    drivers/DRIVER/RULE/exercised how often a rule was put to the test; …/broken: how often it was not kept
    NAME/kernel …/qemu …/machine …/date …/command   about a measurement: NAME is bench, steps, profile, stamps, drivers, livelock or interrupts

    .. made-by:: livelock         how it was measured, folded
    .. bench-table:: TCP          the table of "make bench"
    .. steps-table:: TCP          from path 0 to path 1, step by step
    .. profile-table::            the dearest functions, side by side
    .. stamps-table::             where a reply's microseconds go
    .. sweep-table:: livelock     medians by path and load
    .. drivers-table:: verdicts   what napicheck says of other drivers; "exercised": of each rule
    .. plot:: NAME                livelock livelock-small interrupts polls bench-tcp instructions steps-tcp steps-pktgen stamps
                                  stamps-usecs; drawn by plots.py
"""

import json
import os
import re
import statistics

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

import pictures
import plots
import reading
from repository import DOCS, TOP

logger = logging.getLogger(__name__)
FILES = {"bench": "bench.json", "steps": "steps.json", "profile": "profile.json", "stamps": "stamps.json",
         "drivers": "drivers.json", "livelock": "livelock.json", "interrupts": "interrupts.json"}
WIRES = {
    "TCP": {"veth": "veth as it comes", "veth-mtu": "veth tso off gso off gro on", "0": "path 0 netif_rx", "1": "path 1 napi",
            "2": "path 2 legacy", "1-one-namespace": "path 1, one namespace", "1-partial": "path 1, rx-csum-partial on", "1-gro-hw": "path 1, rx-gro-hw on"},
    "UDP": {"veth": "veth gro on", "veth-mtu": "veth tso off gso off gro on", "0": "path 0 netif_rx", "1": "path 1 napi",
            "2": "path 2 legacy", "1-one-namespace": "path 1, one namespace", "1-partial": "path 1, rx-csum-partial on",
            "1-tx-usecs": "path 1, tx-usecs 1000",
            "1-usecs": "path 1, rx-usecs 100 as well"},
}
# What a wire is compared with, as labs/bench/guest.py does.
REFERENCE = {"0": "veth-mtu", "1": "veth-mtu", "2": "veth-mtu", "1-one-namespace": "veth-mtu", "1-partial": "veth-mtu", "1-tx-usecs": "veth-mtu",
             "1-usecs": "veth-mtu", "1-gro-hw": "veth"}
# What each step of labs/bench/steps.py is, and what it changes.
STEPS = {
    "0": ("path 0", "an interrupt a frame; netif_rx(); page fragments"),
    "mask": ("mask", "masked; a poll takes the frames"),
    "direct": ("direct", "netif_receive_skb(), not netif_rx()"),
    "pool": ("pool", "buffers from a page pool"),
    "list": ("list", "packets go up in lists"),
    "tx": ("tx", "what was sent is freed in the poll, too"),
    "1-gro-off": ("path 1, GRO off", "pages return without a detour"),
    "1": ("path 1", "GRO"),
}
BESIDE = {
    "drain": ("drain", "path 0 that takes all that wait"),
    "2": ("path 2, weight 2", "the API of 2.6"),
    "2-64": ("path 2, weight 64", "the same, fewer calls"),
}


# What a reply comes by, and how each row of labs/bench/stamps.py is called.
MARKS = {"interrupt": "wire to interrupt, or own poll", "poll": "to softirq", "stack": "to stack", "socket": "to socket", "reader": "to reader"}
WAYS = {"0": "path 0", "1": "path 1", "2": "path 2", "1-busy": "path 1, busy polling", "1-prefer": "path 1, prefer busy polling",
        "0-usecs": "path 0, rx-usecs 200", "1-usecs": "path 1, rx-usecs 200", "2-usecs": "path 2, rx-usecs 200"}


class Unknown(Exception):
    """There is no such number; says which there are."""


def load(name):
    """A file of measurements: its "about" and its "data"."""
    with open(os.path.join(DOCS, "data", FILES[name]), encoding="utf-8") as file:
        return json.load(file)


# ---- bench ------------------------------------------------------------------------------------------------------------


def bench(protocol, wire, what):
    """A median of "make bench", or None where a wire has no such thing."""
    results = load("bench")["data"][protocol]
    runs = results[WIRES[protocol][wire]]
    if what == "of-veth":
        reference = REFERENCE.get(wire)
        return reference and bench(protocol, wire, "score") / bench(protocol, reference, "score")
    if what == "spread":
        scores = [run["score"] for run in runs]
        return (max(scores) - min(scores)) / statistics.median(scores)
    values = [run[BENCH[what][0]] for run in runs]
    return None if None in values else statistics.median(values) * BENCH[what][1]


# What it is called in the JSON, what to multiply it with, how to print it.
BENCH = {"mbits": ("bits", 1e-6, "{:.0f}"), "packets": ("packets/s", 1, "{:.0f}"), "score": ("score", 1, "{:.0f}"), "datagrams": ("datagrams", 1, "{:.0f}"),
         "interrupts": ("irq/packet", 1, "{:.3f}"), "polls": ("packets/poll", 1, "{:.1f}"),
         "switches": ("switches/packet", 1, "{:.2f}"), "instructions": ("instructions/packet", 1, "{:.0f}"),
         "of-veth": (None, 1, "{:.2f}"), "spread": (None, 1, "{:.1%}")}


def steps(load_, step, what):
    """A median of steps.py, or None where a step has no such thing, or was not measured."""
    runs = load("steps")["data"][load_].get(step)
    if not runs:
        return None
    values = [run[BENCH[what][0]] for run in runs]
    return None if None in values else statistics.median(values) * BENCH[what][1]


def steps_saved(load_, before, after):
    """Instructions a packet, less at the second step than at the first."""
    return steps(load_, before, "instructions") - steps(load_, after, "instructions")


def steps_number(words):
    """steps/TCP/mask/instructions, steps/TCP/saved/0/mask, steps/TCP/part/0/mask."""
    load_, step, *rest = words
    if step == "saved":
        return f"{steps_saved(load_, *rest):.0f}".replace("-", "\N{MINUS SIGN}")
    if step == "part":
        return f"{100 * steps_saved(load_, *rest) / steps_saved(load_, '0', '1'):.0f} %"
    (what,) = rest
    return grouped(form(what, steps(load_, step, what))).replace("%", " %")


def grouped(text):
    """42107 → 42 107, with a narrow space that does not break."""
    digits, dot, rest = text.partition(".")
    if len(digits) > 4 and digits.isdecimal():
        digits = f"{int(digits):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return digits + dot + rest


def form(what, value):
    """As text: with two digits more where a few Mbit/s are all there is."""
    if value is None:
        return "–"
    return f"{value:.2f}" if what == "mbits" and value < 10 else BENCH[what][2].format(value)


def printed(protocol, wire, what):
    """A median of "make bench" as text."""
    return grouped(form(what, bench(protocol, wire, what))).replace("%", " %")


# ---- profile ----------------------------------------------------------------------------------------------------------


# Of whose functions: what their names look like, as "make profile" prints them.
SILICON = "(?:nic|seg|coalesce|rss|wire)_"
WINGS = {"silicon": SILICON + r".*\[snull\]$", "driver": f"(?!{SILICON})" + r".*\[snull\]$", "dma": "dma_"}


def profile_number(words):
    """profile/path-1/all, profile/path-1/memcpy_orig, profile/path-1/silicon"""
    wire, what = words
    run = load("profile")["data"][wire]
    if what == "all":
        return grouped(f"{run['instructions']:.0f}")
    functions = run["functions"].items()
    if what in WINGS:
        return grouped(f"{sum(value for name, (value, _) in functions if re.match(WINGS[what], name)):.0f}")
    return grouped(f"{run['functions'].get(what, [0])[0]:.0f}")


# ---- stamps -----------------------------------------------------------------------------------------------------------


def way(row):
    """{mark: microseconds from the one before it}. Who polls without having been interrupted has no softirq."""
    parts, before = {}, 0
    for mark, at in load("stamps")["data"][row]["marks"].items():
        if at is not None:
            parts[mark], before = at - before, at
    return parts if "interrupt" in parts else {"interrupt": parts.pop("poll"), **parts}


def ways(rows):
    """[(what a row is called, its parts)], and what each part is called."""
    return [(WAYS[row], way(row)) for row in rows], MARKS


def stamps_number(words):
    """stamps/1/poll, stamps/1/all, stamps/1/to_stack, stamps/1/traced"""
    row, what = words
    found = load("stamps")["data"][row]
    everything = sum(way(row).values())
    values = {**found, **way(row), "all": everything, "traced": everything - found["to_stack"] - found["to_reader"]}
    return f"{values[what]:.1f}"


# ---- sweeps -----------------------------------------------------------------------------------------------------------


def curve(name, column):
    """{path: [(offered load, median, least, most), …]} by load."""
    runs, lines = {}, {}
    for row in load(name)["data"]:
        if row[column] != "":
            runs.setdefault((str(row["path"]), str(row["load_pps"])), []).append((float(row["offered_pps"]), float(row[column])))
    for (path, _), values in runs.items():
        ys = [y for _, y in values]
        lines.setdefault(path, []).append((statistics.median(x for x, _ in values), statistics.median(ys), min(ys), max(ys)))
    return {path: sorted(points) for path, points in sorted(lines.items())}


def sweep_number(words):
    """livelock/0/kept and so on."""
    name, *rest = words
    if name == "livelock":
        points = curve(name, "goodput_pps")
        if rest == ["load"]:
            return grouped(f"{max(x for line in points.values() for x, *_ in line):.0f}")
        path, what = rest
        best, last = max(y for _, y, *_ in points[path]), points[path][-1][1]
        return {"best": grouped(f"{best:.0f}"), "last": grouped(f"{last:.0f}"), "kept": f"{100 * last / best:.0f} %"}[what]
    points = curve(name, "interrupts_per_packet")
    if rest in (["low"], ["high"]):
        return grouped(f"{points['1'][0 if rest == ['low'] else -1][0]:.0f}")
    path, what = rest
    return f"{points[path][{'low': 0, 'high': -1}[what]][1]:.3f}"


# ---- other drivers ----------------------------------------------------------------------------------------------------


def driver_number(words):
    """drivers/igb/polls, drivers/igb/masked/broken."""
    driver, what, *rest = words
    found = next(one for one in load("drivers")["data"] if one["driver"] == driver)
    return grouped(str(found["rules"][what][rest[0]] if rest else found[what]))


def number(text):
    """Any of the names of the docstring, as text."""
    words = text.split("/")
    try:
        about = load(words[0])["about"]
        if len(words) == 2 and words[1] in about:
            return about[words[1]]
        if words[0] == "bench":
            _, protocol, wire, what = words
            return printed(protocol, wire, what)
        if words[0] == "steps":
            return steps_number(words[1:])
        if words[0] == "profile":
            return profile_number(words[1:])
        if words[0] == "stamps":
            return stamps_number(words[1:])
        if words[0] == "drivers":
            return driver_number(words[1:])
        return sweep_number(words)
    except (KeyError, ValueError, IndexError, StopIteration) as problem:
        raise Unknown(f"no number called {text}: docs/_ext/measured.py lists those there are") from problem
    except OSError as problem:
        raise Unknown(f"{problem}: \"make docs-data\" measures it") from problem


# ---- directives and roles ---------------------------------------------------------------------------------------------


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
    for name, directive in {"made-by": MadeBy, "bench-table": BenchTable, "steps-table": StepsTable, "stamps-table": StampsTable, "profile-table": ProfileTable, "drivers-table": DriversTable,
                            "sweep-table": SweepTable, "plot": Plot}.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True}
