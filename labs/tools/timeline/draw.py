# SPDX-License-Identifier: GPL-2.0-only
"""draw.py - draw strips, one below the other on one time axis, as an SVG file that needs nothing else."""

import collections
import math
from xml.sax.saxutils import escape

# The colours of Okabe and Ito, which people with any colour vision can tell apart.
VERMILLION, BLUE, SKY, GREEN, ORANGE, PURPLE = "#D55E00", "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#CC79A7"
INK, SOFT, RULE, PANEL, GREY = "#1b1b1b", "#555555", "#dcdfe3", "#f6f7f9", "#b4b4b4"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"

WIDTH, LEFT, RIGHT = 1130, 172, 906
PLOT = RIGHT - LEFT
# What a lane is called, its height, and the gap below it.
LANES = [("ring", 62, 9), ("interrupts", 20, 7), ("masked", 12, 7), ("softirq", 16, 7), ("polls", 22, 17),
         ("stack", 14, 6)]
NAMES = {"ring": "waiting in the ring", "interrupts": "hard interrupts", "masked": "RX interrupt masked",
         "softirq": "softirq NET_RX", "polls": "polls (work/budget)", "stack": "into the stack"}
HEAD, GAP = 32, 22
STRIP = HEAD + sum(height + gap for _, height, gap in LANES)
# The totals that tell the paths apart, in their lanes' colours, darker where those are too light for text.
TOTAL = {"interrupts": "#b34700", "polls": BLUE}
GLOSS = [
    "one interrupt for each frame; netif_rx() queues it, and the softirq carries it up later",
    "the first frame interrupts, and masks; the softirq polls, 64 frames a turn, until the ring is empty",
    "the same idea as of 2004: dev->poll() is called again and again, for dev->quota frames each time",
]

Box = collections.namedtuple("Box", "x y width height")


def number(value):
    """1234567 as 1 234 567, with narrow spaces that do not break."""
    return f"{value:,}".replace(",", "\u202f")


def count(value, what, plural=None):
    """1 poll, 2 polls."""
    return f"{number(value)} {what if value == 1 else plural or what + 's'}"


def text_width(text, size):
    """About as wide as it will be: fonts differ."""
    return sum(0.75 if letter.isupper() else 0.57 for letter in text) * size


def nice_step(length, parts):
    """A round distance between the marks of an axis."""
    rough = max(length / parts, 1e-3)
    power = 10 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)


def clusters(spans, near):
    """Lists of spans (start, end, …) that are closer to each other than near."""
    found = []
    for span in sorted(spans):
        if found and span[0] - max(other[1] for other in found[-1][-4:]) < near:
            found[-1].append(span)
        else:
            found.append([span])
    return found


class Svg:
    """The elements, in the order in which they are painted."""

    def __init__(self):
        self.parts = []

    def tag(self, name, body=None, **attributes):
        """One element. An underscore in an attribute's name is a hyphen."""
        words = [name] + [f'{key.replace("_", "-")}="{escape(self.value(value), {chr(34): "&quot;"})}"'
                          for key, value in attributes.items() if value is not None]
        self.parts.append(f"<{' '.join(words)}/>" if body is None else f"<{' '.join(words)}>{body}</{name}>")

    @staticmethod
    def value(value):
        """Numbers, as short as they may be."""
        return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

    def rect(self, box, fill, tip=None, **attributes):
        """A rectangle, with a tooltip."""
        self.tag("rect", tip and f"<title>{escape(tip)}</title>", x=float(box.x), y=float(box.y),
                 width=float(box.width), height=float(box.height), fill=fill, **attributes)

    def line(self, x1, y1, x2, y2, stroke, **attributes):
        """A straight line."""
        self.tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), stroke=stroke, **attributes)

    def text(self, x, y, text, size=12, fill=INK, **attributes):
        """A line of text; y is its baseline."""
        self.tag("text", escape(text), x=float(x), y=float(y), font_size=size, fill=fill, **attributes)


class Picture:
    """All strips, the axis and the legend."""

    def __init__(self, strips, title):
        self.svg, self.strips, self.title = Svg(), strips, title
        self.length = max(max(strip.end for strip in strips), 1.0)
        self.scale = PLOT / (self.length * 1.01)
        self.peak = max([1] + [level for strip in strips for _, level in strip.waiting() + strip.between()])

    def at(self, time):
        """Where a time is."""
        return LEFT + max(time, 0) * self.scale

    def box(self, start, end, y, height, least=1.2):
        """The rectangle of a span; never too narrow to be seen."""
        x = self.at(start)
        return Box(x, y, max((end - max(start, 0)) * self.scale, least), height)

    # ---- the lanes of a strip ------------------------------------------------------------------------------

    def curve(self, steps, y, height, **attributes):
        """A step curve, from nothing at the left to the right edge."""
        path, level = [f"M{LEFT} {y + height}"], 0
        for time, new in steps:
            if new != level:
                path.append(f"H{self.at(time):.1f}V{y + height - height * new / self.peak:.1f}")
            level = new
        self.svg.tag("path", d="".join(path) + f"H{RIGHT}", **attributes)

    def ring(self, strip, y, height):
        """How many frames wait, in the ring and behind it."""
        most = max((level for _, level in strip.waiting()), default=0)
        behind = max((level for _, level in strip.between()), default=0)
        self.svg.line(LEFT, y, RIGHT, y, RULE, stroke_dasharray="2 3")
        self.svg.text(LEFT - 8, y + 8, number(self.peak), 11, SOFT, text_anchor="end")
        self.svg.text(LEFT - 8, y + height, "0", 11, SOFT, text_anchor="end")
        self.curve(strip.waiting(), y, height, fill=ORANGE, fill_opacity="0.35", stroke=ORANGE, stroke_width="1.5")
        self.curve(strip.between(), y, height, fill=PURPLE, fill_opacity="0.15", stroke=PURPLE,
                   stroke_width="1.2", stroke_dasharray="3 2")
        where = ["the backlog", "a batch (GRO)", "a queue"][strip.path]
        return f"up to {number(most)} in the ring", f"then up to {number(behind)} in {where}" if behind > 1 else ""

    def interrupts(self, strip, y, height):
        """Ours at full height; the other interface's low and grey."""
        for group in clusters(strip.others, 0.8 / self.scale):
            self.svg.rect(self.box(group[0].start, group[-1].end, y + height * 0.65, height * 0.35, 0.8), GREY,
                          f"{count(len(group), 'interrupt')} of the sending interface")
        for group in clusters(strip.interrupts, 0.5 / self.scale):
            first, last = group[0].start, group[-1].end
            self.svg.rect(self.box(first, last, y, height, 1.1), VERMILLION,
                          f"{count(len(group), 'interrupt')} of {strip.dev}, {first:.0f} to {last:.0f} µs")
        return count(strip.totals["interrupts"], "interrupt"), ""

    def masked(self, strip, y, height):
        """From mask to unmask."""
        self.svg.line(LEFT, y + height / 2, RIGHT, y + height / 2, RULE)
        for span in strip.masked:
            self.svg.rect(self.box(span.start, span.end, y, height), INK,
                          f"masked for {span.end - span.start:.0f} µs, {span.start:.0f} to {span.end:.0f} µs")
        if not strip.masked:
            return "never masked", ""
        share = 100 * sum(span.end - span.start for span in strip.masked) / strip.end
        return f"masked {int(share)}\u202f% of the time", ""

    def softirq(self, strip, y, height):
        """Raised (thin), then running."""
        for run in strip.softirqs:
            middle = y + height / 2
            self.svg.line(self.at(run.raised), middle, self.at(run.start), middle, SKY, stroke_width="2")
            self.svg.rect(self.box(run.start, run.end, y, height), PURPLE if run.daemon else SKY,
                          f"NET_RX{' in ksoftirqd' if run.daemon else ''}, {run.start:.0f} to {run.end:.0f} µs,"
                          f" raised at {run.raised:.0f} µs", stroke="#ffffff", stroke_width="0.6")
        daemon = sum(run.daemon for run in strip.softirqs)
        runs = strip.totals["softirqs"]
        return f"{number(runs)} NET_RX, {daemon} ksoftirqd" if daemon else count(runs, "NET_RX softirq"), ""

    def poll_label(self, poll, box, fill):
        """Inside the box, if it fits."""
        label = f"{poll.work}/{poll.budget}"
        if text_width(label, 12) + 4 > box.width:
            return False
        self.svg.text(box.x + box.width / 2, box.y + box.height / 2 + 4, label, 12, fill, text_anchor="middle",
                      font_weight="bold", pointer_events="none")
        return True

    def polls(self, strip, y, height):
        """A box each; where they are too narrow for their labels, one label below for all that are side by side."""
        small = []  # those whose labels do not fit
        for poll in strip.other_polls:
            self.svg.rect(self.box(poll.start, poll.end, y + height * 0.6, height * 0.4), GREY,
                          "poll of the sending interface: frees what was sent")
        for group in self.visible(strip.polls):
            poll = group[0]
            box = self.box(poll.start, group[-1].end, y, height, 0.9)
            # A gap to the next one, however soon that begins.
            box = box._replace(width=max(box.width - 0.7, 0.9))
            tip = (f"{count(len(group), 'poll')}: {count(sum(one.work for one in group), 'frame')} of"
                   f" {number(sum(one.budget for one in group))} allowed, {poll.start:.0f} to {group[-1].end:.0f} µs")
            self.svg.rect(box, BLUE, tip + (", ring empty" if group[-1].complete else ""))
            if len(group) > 1 or not self.poll_label(poll, box, "#ffffff"):
                small += group
        for poll in strip.backlog:
            box = self.box(poll.start, poll.end, y + 1, height - 2)
            self.svg.rect(box, "#ffffff", f"the softirq takes {count(poll.work, 'packet')} off the backlog,"
                          f" {poll.start:.0f} to {poll.end:.0f} µs", stroke=BLUE, stroke_dasharray="3 2")
            if not self.poll_label(poll, box, BLUE):
                small.append(poll)
        self.poll_groups(small, y + height + 12, "poll" if strip.polls else "backlog")
        if strip.backlog and not strip.polls:
            return "no polls by the driver", ""
        return count(strip.totals["polls"], "poll"), ""

    def visible(self, polls):
        """One at a time, where they are far enough apart to be told from each other; else together."""
        for group in clusters(polls, 0.7 / self.scale):
            if (group[-1].end - group[0].start) * self.scale < 2.2 * len(group):
                yield group
            else:
                yield from ([poll] for poll in group)

    def poll_groups(self, small, y, what):
        """The labels below; one that would touch the one before it is left out."""
        right = 0
        for group in clusters(small, 10 / self.scale):
            work = sorted({poll.work for poll in group})
            each = f"{work[0]}" if len(work) == 1 else f"{work[0]} to {work[-1]}"
            if what == "backlog":
                label = f"backlog {each}" if len(group) == 1 else f"{len(group)} × backlog {each}"
            elif len(group) == 1:
                label = f"{work[0]}/{group[0].budget}"
            else:
                label = f"{len(group)} polls of {each}"
            half = text_width(label, 12) / 2
            middle = min(max(self.at((group[0].start + group[-1].end) / 2), LEFT + half), RIGHT - half)
            if middle - half > right:
                self.svg.text(middle, y, label, 12, BLUE, text_anchor="middle", paint_order="stroke",
                              stroke=PANEL, stroke_width="4")
                right = middle + half + 6

    def stack(self, strip, y, height):
        """A tick for each packet that reaches the stack."""
        for group in clusters([(time, time) for time in strip.delivered], 0.9 / self.scale):
            first, last = group[0][0], group[-1][0]
            when = f"{first:.0f} µs" if len(group) == 1 else f"{first:.0f} to {last:.0f} µs"
            self.svg.rect(self.box(first, last, y, height, 0.9), GREEN, f"{count(len(group), 'packet')}, {when}")
        lost = len(strip.arrivals) - strip.totals["frames"]
        return (count(strip.totals["frames"], "frame"),
                f"{number(lost)} more found the ring full" if lost > 0 else "")

    def strip(self, strip, top):
        """One strip: its head, its lanes, and at the right what each lane adds up to."""
        svg, total = self.svg, strip.totals
        svg.parts.append(f'<g class="strip" data-path="{strip.path}"' +
                         "".join(f' data-{key}="{value}"' for key, value in total.items()) + ">")
        name = ["netif_rx", "napi", "legacy"][strip.path]
        svg.text(24, top + 17, f"{strip.path}  {name}", 17, font_weight="bold")
        svg.text(LEFT, top + 16, GLOSS[strip.path], 13, SOFT)
        svg.text(RIGHT + 14, top + 17, f"{number(total['time'])} µs", 17, font_weight="bold")
        y = top + HEAD
        bottom = top + STRIP - 6
        svg.rect(Box(LEFT, y - 4, PLOT, bottom - y + 4), PANEL)
        step = nice_step(self.length, 9)
        for i in range(1, int(self.length / step) + 1):
            svg.line(self.at(i * step), y - 4, self.at(i * step), bottom, RULE)
        end = self.at(total["time"])
        svg.line(end, y - 4, end, bottom, INK, stroke_dasharray="4 3")
        for lane, height, gap in LANES:
            svg.text(24, y + height / 2 + 4, NAMES[lane], 13, SOFT)
            summary, more = getattr(self, lane)(strip, y, height)
            svg.text(RIGHT + 14, y + height / 2 + 4, summary, 14 if summary[0].isdigit() else 13, TOTAL.get(lane, INK),
                     font_weight="bold" if summary[0].isdigit() else None)
            if more:
                svg.text(RIGHT + 14, y + height / 2 + 20, more, 12, SOFT)
            y += height + gap
        svg.parts.append("</g>")

    # ---- around the strips ---------------------------------------------------------------------------------

    def axis(self, y):
        """Microseconds, for all strips."""
        svg, step = self.svg, nice_step(self.length, 9)
        svg.line(LEFT, y, RIGHT, y, INK)
        for i in range(int(self.length / step) + 1):
            x, label = self.at(i * step), i * step
            svg.line(x, y, x, y + 5, INK)
            svg.text(x, y + 18, number(int(label)) if step >= 1 else f"{label:g}", 12, SOFT, text_anchor="middle")
        svg.text(RIGHT + 14, y + 18, "µs since the first frame", 12, SOFT)

    def legend(self, y):
        """What the colours are."""
        entries = [
            (ORANGE, "frames in the ring", "area"), (PURPLE, "taken, on their way up", "dashes"),
            (VERMILLION, "receiver's interrupt", "box"), (GREY, "sender's interrupt", "low"),
            (INK, "RX masked", "low"), (SKY, "NET_RX: raised, running", "softirq"),
            (PURPLE, "in ksoftirqd", "box"), (BLUE, "poll by the driver", "box"), (BLUE, "off the backlog", "hollow"),
            (GREEN, "packet reaches the stack", "box"), (INK, "the last one", "end")]
        wanted = {"sender's interrupt": any(s.others or s.other_polls for s in self.strips),
                  "in ksoftirqd": any(run.daemon for s in self.strips for run in s.softirqs),
                  "off the backlog": any(s.backlog for s in self.strips)}
        x, svg = 24, self.svg
        for colour, label, kind in entries:
            if not wanted.get(label, True):
                continue
            if x + 27 + text_width(label, 13) > WIDTH - 24:
                x, y = 24, y + 24
            if kind == "area":
                svg.rect(Box(x, y - 10, 20, 12), colour, fill_opacity="0.35", stroke=colour)
            elif kind == "dashes":
                svg.line(x, y - 4, x + 20, y - 4, colour, stroke_dasharray="3 2", stroke_width="1.6")
            elif kind == "hollow":
                svg.rect(Box(x, y - 10, 20, 12), "#ffffff", stroke=colour, stroke_dasharray="3 2")
            elif kind == "end":
                svg.line(x + 10, y - 12, x + 10, y + 3, colour, stroke_dasharray="4 3")
            elif kind == "softirq":
                svg.line(x, y - 4, x + 10, y - 4, colour, stroke_width="2")
                svg.rect(Box(x + 9, y - 10, 11, 12), colour)
            else:
                svg.rect(Box(x, y - 4 if kind == "low" else y - 10, 20, 6 if kind == "low" else 12), colour)
            svg.text(x + 27, y, label, 13)
            x += 27 + text_width(label, 13) + 14
        return y

    def subtitle(self):
        """Where it was measured."""
        meta = self.strips[0].meta
        if not meta:
            return "Tracing takes time, too: without it, all is shorter."
        clock = ", whose clock counts instructions" if meta.get("icount") else ""
        return (f"{count(meta['packets'], 'frame')}, sent {meta['burst']} at a time. Linux {meta['kernel']},"
                f" {count(meta['cpus'], 'CPU')}{clock}. Tracing takes time, too: without it, all is shorter.")

    def words(self):
        """The picture, for who cannot see it."""
        said = [f"Path {s.path}: {count(s.totals['frames'], 'frame')}, {count(s.totals['interrupts'], 'interrupt')},"
                f" {count(s.totals['polls'], 'poll')}, {count(s.totals['softirqs'], 'NET_RX softirq')},"
                f" {number(s.totals['time'])} µs from the first frame to the last." for s in self.strips]
        if self.strips[0].meta.get("tries", 1) > 1:
            said.append(f"Each is the shortest of {self.strips[0].meta['tries']} runs.")
        return "Timelines of receive paths, one below the other on one time axis. " + " ".join(said)

    def __str__(self):
        top, svg = 84, self.svg
        bottom = top + len(self.strips) * (STRIP + GAP)
        svg.text(24, 38, self.title, 22, font_weight="bold")
        svg.text(24, 60, self.subtitle(), 13, SOFT)
        for i, strip in enumerate(self.strips):
            self.strip(strip, top + i * (STRIP + GAP))
        self.axis(bottom - GAP + 2)
        height = self.legend(bottom + 36) + 24
        return "\n".join([
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            f' role="img" aria-labelledby="timeline-title timeline-desc" font-family="{FONT}">',
            f'<title id="timeline-title">{escape(self.title)}</title>',
            f'<desc id="timeline-desc">{escape(self.words())}</desc>',
            f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
            *svg.parts, "</svg>", ""])


def draw(strips, title):
    """The SVG, as text."""
    return str(Picture(strips, title))
