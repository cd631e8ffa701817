# SPDX-License-Identifier: GPL-2.0-only
"""plots.py - the plots, drawn by gnuplot as SVG whose colours are those of pictures/palette.svg.

Gnuplot writes a colour of its own for each name (COLOURS); in the SVG it becomes a variable of the style sheet, so that a
plot follows the light and the dark, with the palette's colour where there is no style sheet.
"""

import os
import re
import subprocess
import tempfile

from sphinx.errors import ExtensionError

import repository
from repository import DOCS

OUT = os.path.join(DOCS, "_build", "plots")
NAMES = {"0": "path 0, netif_rx", "1": "path 1, napi", "2": "path 2, legacy"}
COLOURS = {"ink": "#1f2328", "muted": "#57606a", "idle": "#d0d7de", "p0": "#b8450a", "p1": "#0a5a9c", "p2": "#00704f",
           "hard": "#a8323e", "soft-irq": "#8a5a00", "proc": "#3d6b21", "on": "#ffffff"}
# Nothing is told by colour alone: a mark and a dash for each path.
STYLES = {"0": "pointtype 7 pointsize 0.6 dashtype 1", "1": "pointtype 5 pointsize 0.6 dashtype 1", "2": "pointtype 9 pointsize 0.8 dashtype 2"}
SETTINGS = """
set terminal svg size {width},{height} dynamic noenhanced font "sans-serif,14" linewidth 1
set output "{file}"
set border 3 linecolor rgb "{muted}"
set tics nomirror out textcolor rgb "{ink}"
set grid linecolor rgb "{idle}" linewidth 0.6
set key textcolor rgb "{ink}" {key}
set xlabel "{xlabel}" textcolor rgb "{ink}"
set ylabel "{ylabel}" textcolor rgb "{ink}"
set format x "%.0s%c"
set format y "{form}"
"""


def gnuplot(name, script):
    """Run a script, and return the path of the SVG, in our colours."""
    path = os.path.join(OUT, name + ".svg")
    with tempfile.TemporaryDirectory() as work:
        file = os.path.join(work, "plot.svg")
        try:
            done = subprocess.run(["gnuplot"], input=script.replace("{file}", file), text=True, capture_output=True, check=False)
        except FileNotFoundError:
            raise ExtensionError("no gnuplot here: docs/tools/deps installs it (Debian: gnuplot-nox)") from None
        if done.returncode or done.stderr:
            raise ExtensionError(f"gnuplot: {done.stderr.strip()}")
        with open(file, encoding="utf-8") as svg:
            repository.write_if_changed(path, ours(svg.read()))
    return path


def ours(svg):
    """Without what only a file of its own needs, and with variables for colours."""
    def variable(match):
        colour = "#%02x%02x%02x" % tuple(int(part) for part in match.groups())
        name = next((key for key, one in COLOURS.items() if one == colour), None)
        return f"var(--{name}, {colour})" if name else match[0]

    svg = re.sub(r"rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)", variable, svg)
    # An attribute knows no variables, a style does.
    svg = re.sub(r"""\b(fill|stroke)\s*=\s*(['"])(var\([^'"]*\))\2""", r'style="\1: \3"', svg)
    svg = re.sub(r"<(title|desc)>.*?</\1>|<metadata>.*?</metadata>|<!DOCTYPE.*?>", "", svg, flags=re.S)
    return re.sub(r"""<style[^>]*>.*?</style>|\s(onload|onclick|onmousemove)=(["']).*?\2""", "", svg, flags=re.S)


def settings(size, xlabel, ylabel, key="outside above horizontal Left reverse samplen 2", form="%.0s%c"):
    """What is the same in all."""
    return SETTINGS.replace("{file}", "{{file}}").format(width=size[0], height=size[1], xlabel=xlabel, ylabel=ylabel, key=key,
                                                         form=form, **COLOURS)


def lines(name, points, unit, log, guide=False, top=None, form="%.0s%c", small=False):  # pylint: disable=too-many-arguments
    """A line for each path: a point is a median, its bar reaches from the least to the most."""
    inside = {"size": (440, 290), "key": "outside above vertical maxrows 2 Left reverse samplen 1.5"} if small else {"size": (720, 340)}
    text = [settings(xlabel="offered load, packets a second", ylabel=unit, form=form, **inside)]
    xs = [x for line in points.values() for x, *_ in line]
    text.append(f"set xrange [{min(xs) / 1.2} : {max(xs) * 1.1}]\nset logscale x" if log else f"set xrange [0 : {max(xs) * 1.03}]")
    text.append(f"set yrange [0 : {top or max(high for line in points.values() for *_, high in line) * 1.05}]")
    plots = [f'x with lines linecolor rgb "{COLOURS["muted"]}" dashtype 3 linewidth 1.2 title "all of it"'] if guide else []
    for path, line in points.items():
        colour = COLOURS["p" + path]
        text += [f"$path{path} << END", *(" ".join(f"{value:.6g}" for value in point) for point in line), "END"]
        plots += [f'$path{path} using 1:2:3:4 with yerrorbars linecolor rgb "{colour}" pointtype 0 linewidth 0.8 notitle',
                  f'$path{path} using 1:2 with linespoints linecolor rgb "{colour}" {STYLES[path]} linewidth 1.8 title "{NAMES[path]}"']
    return gnuplot(name, "\n".join([*text, "plot " + ", \\\n\t".join(plots), ""]))


def spoken(points, form):
    """The points, in words."""
    return "; ".join(f"{NAMES[path]}: " + ", ".join(f"{form.format(y)} at {x:.0f}" for x, y, *_ in line)
                     for path, line in points.items())


def livelock(curve, name="livelock", small=False):
    """Goodput against load."""
    points = curve("livelock", "goodput_pps")
    path = lines(name, points, "packets read a second", False, guide=True, small=small)
    return path, ("Goodput against offered load, medians in packets a second. " + spoken(points, "{:.0f}") + "."), "livelock"


def interrupts(curve):
    """Interrupts per packet against load."""
    points = curve("interrupts", "interrupts_per_packet")
    path = lines("interrupts", points, "interrupts per packet", True, top=1.15, form="%.1f")
    return path, ("Interrupts per packet against offered load in packets a second, medians. " + spoken(points, "{:.3f}") + "."), "interrupts"


def polls(curve):
    """Packets per poll against load."""
    points = curve("interrupts", "packets_per_poll")
    path = lines("polls", points, "packets per poll", True)
    return path, ("Packets per poll against offered load in packets a second, medians. " + spoken(points, "{:.1f}") + "."), "interrupts"


BARS = [("veth-mtu", "veth, cut to the MTU", "muted"), ("0", NAMES["0"], "p0"), ("1", NAMES["1"], "p1"), ("2", NAMES["2"], "p2")]
STEPS = [("0", "path 0", "p0"), ("drain", "path 0, drain", "p0"), ("mask", "mask", "muted"), ("direct", "direct", "muted"), ("pool", "pool", "muted"),
         ("list", "list", "muted"), ("tx", "tx", "muted"), ("1-gro-off", "path 1, GRO off", "p1"), ("1", "path 1", "p1"), ("2", "path 2, weight 2", "p2"),
         ("2-64", "path 2, weight 64", "p2")]


def bars(name, values, title, source="bench"):
    """One bar for each (label, size, colour)."""
    values = [(label, size, COLOURS[colour]) for label, size, colour in values]
    text = [settings((720, 70 + 35 * len(values)), title, "", key="off"), "unset ylabel\nset format x '%.0f'\nset grid noytics\nset style fill solid noborder",
            f"set xrange [0 : {max(size for _, size, _ in values) * 1.15}]\nset yrange [{len(values)} : -1]",
            "set ytics (" + ", ".join(f'"{label}" {place}' for place, (label, *_) in enumerate(values)) + ")\nset border 1\nset ytics scale 0"]
    plots = []
    for place, (_, size, colour) in enumerate(values):
        text += [f"$bar{place} << END\n{size} {place} 0 {size} {place - 0.35} {place + 0.35}\nEND"]
        plots += [f'$bar{place} using 1:2:3:4:5:6 with boxxyerror linecolor rgb "{colour}" notitle',
                  f'$bar{place} using 1:2:(sprintf("%.0f", $1)) with labels left offset 0.7,0 textcolor rgb "{COLOURS["ink"]}" notitle']
    path = gnuplot(name, "\n".join([*text, "plot " + ", \\\n\t".join(plots), ""]))
    return path, f"{title}: " + ", ".join(f"{label} {size:.0f}" for label, size, _ in values) + ".", source


def wires(name, bench, what, title):
    """Bars of "make bench"."""
    return bars(name, [(label, bench("TCP", wire, what), colour) for wire, label, colour in BARS], title)


def staircase(name, steps, load, title):
    """Bars of labs/bench/steps.py."""
    return bars(name, [(label, size, colour) for step, label, colour in STEPS if (size := steps(load, step, "instructions"))], title, "steps")


# By which mark a part of a reply's way ends: its colour, and that of the number in it.
PARTS = {"interrupt": ("idle", "ink"), "poll": ("hard", "on"), "stack": ("soft-irq", "on"), "socket": ("muted", "on"), "reader": ("proc", "on")}


def stacked(name, ways, rows, title):
    """A bar for each row of labs/bench/stamps.py, of its parts, one behind the other. Those that have room say how long they are."""
    found, called = ways(rows)
    most = 1.12 * max(sum(parts.values()) for _, parts in found)
    text = [settings((720, 130 + 35 * len(found)), title, "", key="outside above horizontal Left reverse samplen 1 maxrows 2 width -4"),
            "unset ylabel\nset format x '%.0f'\nset grid noytics\nset style fill solid noborder",
            f"set xrange [0 : {most}]\nset yrange [{len(found) - 0.4} : -0.6]",
            "set ytics (" + ", ".join(f'"{label}" {place}' for place, (label, _) in enumerate(found)) + ")\nset border 1\nset ytics scale 0"]
    plots, wide = [], most / 18
    for mark, (colour, over) in PARTS.items():
        boxes, labels = [], []
        for place, (_, parts) in enumerate(found):
            if mark not in parts:
                continue
            start = sum(size for one, size in parts.items() if list(called).index(one) < list(called).index(mark))
            end = start + parts[mark] - min(most / 250, parts[mark] / 3)  # a gap, since neighbours are not told apart by colour alone
            boxes.append(f"{end} {place} {start} {end} {place - 0.35} {place + 0.35}")
            if parts[mark] > wide:
                labels.append(f'{start + parts[mark] / 2} {place} "{parts[mark]:.1f}"')
        text += [f"${mark} << END", *boxes, f"END\n${mark}_labels << END", *labels, "END"]
        plots.append(f'${mark} using 1:2:3:4:5:6 with boxxyerror linecolor rgb "{COLOURS[colour]}" title "{called[mark]}"')
        if labels:
            plots.append(f'${mark}_labels using 1:2:3 with labels center font ",12" textcolor rgb "{COLOURS[over]}" notitle')
    text += ["$all << END", *(f"{sum(parts.values())} {place}" for place, (_, parts) in enumerate(found)), "END"]
    plots.append(f'$all using 1:2:(sprintf("%.1f", $1)) with labels left offset 0.5,0 textcolor rgb "{COLOURS["ink"]}" notitle')
    path = gnuplot(name, "\n".join([*text, "plot " + ", \\\n\t".join(plots), ""]))
    words = "; ".join(f"{label}: " + ", ".join(f"{called[mark]} {size:.1f}" for mark, size in parts.items()) for label, parts in found)
    return path, f"{title}, by parts. {words}.", "stamps"


PLOTS = {
    "livelock": lambda curve, *_: livelock(curve), "livelock-small": lambda curve, *_: livelock(curve, "livelock-small", True),
    "interrupts": lambda curve, *_: interrupts(curve), "polls": lambda curve, *_: polls(curve),
    "bench-tcp": lambda _, bench, *__: wires("bench-tcp", bench, "mbits", "TCP, Mbit/s"),
    "instructions": lambda _, bench, *__: wires("instructions", bench, "instructions", "TCP, instructions per packet"),
    "steps-tcp": lambda _, __, steps, ___: staircase("steps-tcp", steps, "TCP", "TCP, instructions per packet"),
    "steps-pktgen": lambda _, __, steps, ___: staircase("steps-pktgen", steps, "pktgen", "bursts of 32, instructions per packet"),
    "stamps": lambda _, __, ___, ways: stacked("stamps", ways, ["0", "1", "2", "1-busy", "1-prefer"], "From the wire to the reader, microseconds"),
    "stamps-usecs": lambda _, __, ___, ways: stacked("stamps-usecs", ways, ["0-usecs", "1-usecs", "2-usecs"],
                                                     "With rx-usecs 200, from the wire to the reader, microseconds"),
}


def draw(name, curve, bench, steps, ways):
    """Draw a plot: its path, what it shows in words, and the measurement that it shows."""
    return PLOTS[name](curve, bench, steps, ways)
