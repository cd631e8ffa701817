# SPDX-License-Identifier: GPL-2.0-only
"""measured.py - the numbers in docs/data/*.json, which "make docs-data" measures. figures.py puts them on pages.

number(NAME), :measured:`NAME` on a page, is one of them. NAMES:

    bench/PROTOCOL/WIRE/WHAT      the medians of "make bench"
        PROTOCOL   TCP UDP
        WIRE       veth, veth-mtu (one that cuts no large packets: TCP and UDP), 0 1 2 (the paths), 1-one-namespace,
                   1-partial, 1-gro-hw (TCP only)
        WHAT       mbits, datagrams (a second, UDP only), of-veth (a ratio of these), interrupts, polls (interrupts a packet, packets a poll),
                   switches, instructions (a packet), spread
    packets/LOAD/WIRE/WHAT        the medians of labs/bench/packets.py
        LOAD       singly, bursts
        WIRE       veth, veth-napi, 1-usecs (singly only), 0 1 2 (the paths)
        WHAT       packets (a second), of-veth (a ratio of these; veth's come singly), interrupts, polls, instructions, spread
    steps/LOAD/STEP/WHAT          the medians of labs/bench/steps.py
        LOAD       TCP, pktgen
        STEP       0 drain mask direct pool list tx 1-gro-off 1 2 2-64: see STEPS
        WHAT       mbits (TCP only), packets (pktgen only), interrupts, polls, instructions
    steps/LOAD/saved/A/B          how many instructions fewer than at A a packet costs at B
    steps/LOAD/part/A/B           the same, as a part of what there is between path 0 and path 1
    profile/WIRE/all              instructions a frame; WIRE is one of "make profile"
    profile/WIRE/FUNCTION         the part of one function of the kernel
    profile/WIRE/WING             or of all in one wing: see WINGS
    profile/WIRE/of-veth          veth-mtu's instructions, divided by WIRE's; …/of-veth/LESS by what WIRE's are without LESS, which is copy
                                  (what memcpy_orig takes more than in veth-mtu), or hardware (this, and the silicon)
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
    NAME/kernel …/qemu …/machine …/date …/command   about a measurement: NAME is bench, packets, steps, profile, stamps, drivers, livelock or interrupts
"""

import json
import os
import re
import statistics

from repository import DOCS

FILES = {"bench": "bench.json", "packets": "packets.json", "steps": "steps.json", "profile": "profile.json", "stamps": "stamps.json",
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
# What labs/bench/packets.py measures.
PACKETS = {"singly": {"veth": "veth as it comes", "veth-napi": "veth gro on", "0": "path 0 netif_rx", "1": "path 1 napi", "2": "path 2 legacy",
                      "1-usecs": "path 1, tx-usecs 1000 rx-usecs 100"},
           "bursts": {"0": "path 0 netif_rx", "1": "path 1 napi", "2": "path 2 legacy"}}
# What each step of labs/bench/steps.py is, and what it changes.
STEPS = {
    "0": ("path 0", "an interrupt a frame; netif_rx(); page fragments"),
    "mask": ("mask", "masked; a poll takes the frames"),
    "once": ("once", "counts, posts and tells the NIC once a poll"),
    "direct": ("direct", "netif_receive_skb(), not netif_rx()"),
    "pool": ("pool", "page pool, mapped for good; cached skb heads"),
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
    if what == "of-veth":
        reference = REFERENCE.get(wire)
        return reference and bench(protocol, wire, "score") / bench(protocol, reference, "score")
    return of_runs(results[WIRES[protocol][wire]], what)


def of_runs(runs, what):
    """The median, or how far apart they are; None where they have no such thing."""
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


def packets_number(words):
    """packets/singly/1/packets, packets/bursts/1/of-veth."""
    load_, wire, what = words
    data = load("packets")["data"]
    if what != "of-veth":
        value = of_runs(data[load_][wire], what)
    else:
        value = None if wire.startswith("veth") else of_runs(data[load_][wire], "score") / of_runs(data["singly"]["veth"], "score")
    return grouped(form(what, value)).replace("%", " %")


def steps(load_, step, what):
    """A median of steps.py, or None where a step has no such thing, or was not measured."""
    runs = load("steps")["data"][load_].get(step)
    return of_runs(runs, what) if runs else None


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


def profile(wire, what):
    """Instructions a frame: all, of a wing, or of a function."""
    run = load("profile")["data"][wire]
    if what == "all":
        return run["instructions"]
    if what in WINGS:
        return sum(value for name, (value, _) in run["functions"].items() if re.match(WINGS[what], name))
    return run["functions"].get(what, [0])[0]


def profile_number(words):
    """profile/path-1/all, profile/path-1/memcpy_orig, profile/path-1/silicon, profile/path-1-partial/of-veth/copy"""
    wire, what, *less = words
    if what != "of-veth":
        return grouped(f"{profile(wire, what):.0f}")
    copy = profile(wire, "memcpy_orig") - profile("veth-mtu", "memcpy_orig")
    without = {(): 0, ("copy",): copy, ("hardware",): copy + profile(wire, "silicon")}[tuple(less)]
    return f"{profile('veth-mtu', 'all') / (profile(wire, 'all') - without):.2f}"


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
        if words[0] in ("steps", "packets"):
            return {"steps": steps_number, "packets": packets_number}[words[0]](words[1:])
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
