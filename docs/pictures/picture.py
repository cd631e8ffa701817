# SPDX-License-Identifier: GPL-2.0-only
"""picture.py - an SVG file under way, and a sequence diagram: what draw.py draws with."""

import math
import os
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH = 580  # of every picture: on a phone, text of 16 is still 10 pixels high
SIZE = 16


class Picture:
    """An SVG file under way."""

    def __init__(self, name, height, title, desc):
        self.name, self.height, self.title, self.desc = name, height, title, desc
        self.parts = []

    def add(self, element):
        """One element."""
        self.parts.append("  " + element)

    def text(self, x, y, words, cls="ink", size=SIZE, anchor="start", mono=False, bold=False):
        """A line of text; y is its baseline."""
        font = "monospace" if mono else "sans-serif"
        weight = ' font-weight="bold"' if bold else ""
        self.add(f'<text class="{cls}" x="{x:g}" y="{y:g}" font-family="{font}" font-size="{size}"{weight} '
                 f'text-anchor="{anchor}">{escape(words)}</text>')

    def box(self, x, y, w, h, cls="soft", lines=(), on=None, mono=False, size=SIZE, dashed=False):
        """A rectangle with lines of text in its middle; a line that begins with a backquote is code."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.add(f'<rect class="{cls}" x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="5"{dash}/>')
        if on is None:
            on = "ink" if cls.split()[0] in ("soft", "idle", "line") else "on"
        step = size * 1.3
        first = y + h / 2 - (len(lines) - 1) * step / 2 + size * 0.36
        for number, line in enumerate(lines):
            code = mono or line.startswith("`")
            self.text(x + w / 2, first + number * step, line.lstrip("`"), on, size - 1 if code else size, "middle", code)

    def line(self, *points, cls="line", dashed=False, head=True, width=1.6):
        """An arrow through these points."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        way = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.add(f'<polyline class="{cls}" points="{way}" fill="none" stroke-width="{width}"{dash}/>')
        if head:
            self.head(points[-2], points[-1], cls)

    def head(self, start, end, cls):
        """The head of an arrow."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        sides = [(end[0] - 11 * math.cos(angle + turn), end[1] - 11 * math.sin(angle + turn)) for turn in (0.4, -0.4)]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in (sides[0], end, sides[1]))
        self.add(f'<polyline class="{cls}" points="{way}" fill="none" stroke-width="1.8"/>')

    def write(self, style):
        """The file."""
        ident = self.name.replace("-", "_")
        with open(os.path.join(HERE, self.name + ".svg"), "w", encoding="utf-8") as out:
            out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img" '
                      f'aria-labelledby="{ident}_t {ident}_d">\n'
                      "  <!-- SPDX-License-Identifier: GPL-2.0-only OR CC-BY-SA-4.0; made by draw.py -->\n"
                      f'  <title id="{ident}_t">{escape(self.title)}</title>\n'
                      f'  <desc id="{ident}_d">{escape(self.desc)}</desc>\n'
                      f"{style}\n" + "\n".join(self.parts) + "\n</svg>\n")


class Sequence(Picture):
    """Who calls whom, downwards."""

    def __init__(self, name, title, desc, actors, height):
        super().__init__(name, height, title, desc)
        self.x, self.bars = {}, ("irq", "soft")
        for number, (key, label, cls) in enumerate(actors):
            self.x[key] = WIDTH * (number + 0.5) / len(actors)
            w = WIDTH / len(actors) - 12
            self.add(f'<line class="line" x1="{self.x[key]:g}" y1="52" x2="{self.x[key]:g}" y2="{height - 8}" '
                     'stroke-dasharray="3 4" stroke-opacity="0.45"/>')
            self.box(self.x[key] - w / 2, 8, w, 44, cls, label.split("\n"), size=15)

    def call(self, y, start, end, words, mono=True, dashed=False, cls="ink"):
        """An arrow from actor to actor, its words above."""
        a, b = self.x[start], self.x[end]
        if end in self.bars:
            b += 8 if a > b else -8
        self.line((a, y), (b, y), dashed=dashed)
        size = 14 if mono else 15
        width = len(words) * size * (0.6 if mono else 0.5)
        middle = min(max((a + b) / 2, width / 2 + 4), WIDTH - width / 2 - 4)
        self.text(middle, y - 6, words, cls, size, "middle", mono)

    def act(self, key, top, bottom, cls):
        """A bar on an actor's line: something runs."""
        self.add(f'<rect class="{cls}" x="{self.x[key] - 7:g}" y="{top:g}" width="14" height="{bottom - top:g}"/>')

    def note(self, y, key, words, side=1, size=15, cls="ink", mono=False):
        """Words beside an actor's line."""
        self.text(self.x[key] + 12 * side, y, words, cls, size, "start" if side > 0 else "end", mono)
