# SPDX-License-Identifier: GPL-2.0-only
"""strip.py - read one trace as text, as tracefs and "trace-cmd report" print it, into what one strip shows.

Read next: draw.py.
"""

import collections
import json
import re

HEADER = "# timeline: "
PATHS = ["netif_rx", "napi", "legacy"]
# Each frame that reaches the receiving NIC goes through this function of snull/nic/rx.c.
ARRIVAL = "nic_rx_frame"

LINE = re.compile(r"\s*(?P<task>\S.*)-\d+\s+(?:\([\s\d-]+\)\s+)?\[(?P<cpu>\d+)\]\s+(?:\S+\s+)?(?P<s>\d+)\.(?P<f>\d+):"
                  r"\s+(?:(?P<name>\w+):|(?P<function>\w+) +<-)\s*(?P<rest>.*)")
FIELD = re.compile(r"(\w+)=(\S+)")
# Up to Linux 6.9 a device that is not registered has no name: path 2's carrier.
NAPI_POLL = re.compile(r"for device (?P<dev>\S*) work (?P<work>\d+) budget (?P<budget>\d+)")

Event = collections.namedtuple("Event", "time cpu task name fields")
Span = collections.namedtuple("Span", "start end")
Softirq = collections.namedtuple("Softirq", "raised start end daemon")
Poll = collections.namedtuple("Poll", "start end work budget complete")
Take = collections.namedtuple("Take", "time frames waiting")


class BadTrace(Exception):
    """A file that cannot be drawn; says why and what to do."""


def parse(line):
    """One line of a trace, or None. The time is in nanoseconds."""
    found = LINE.match(line)
    if not found:
        return None
    time = int(found["s"]) * 10**9 + int(found["f"][:9].ljust(9, "0"))
    name = found["name"] or found["function"]
    if name == "napi_poll":
        poll = NAPI_POLL.search(found["rest"])
        fields = poll.groupdict() if poll else {}
    else:
        fields = dict(FIELD.findall(found["rest"]), complete=found["rest"].endswith(" complete"))
    return Event(time, int(found["cpu"]), found["task"], name, fields)


def read(text):
    """What record.py wrote about the run (nothing, in a trace of somebody else's), and the events."""
    meta, events = {}, []
    for line in text.splitlines():
        if line.startswith(HEADER):
            try:
                meta = json.loads(line[len(HEADER):])
            except ValueError:
                meta = None
        elif "LOST" in line and "EVENTS" in line:
            raise BadTrace("events were lost: trace again with a larger buffer_size_kb, or fewer packets")
        elif not line.startswith("#"):
            events.append(parse(line))
    if not isinstance(meta, dict) or meta.get("path", 0) not in range(len(PATHS)):
        raise BadTrace(f"its '{HEADER.strip()}' line is damaged: save it again")
    events = [event for event in events if event]
    if not any(event.name == "snull_rx" and "dev" in event.fields for event in events):
        raise BadTrace("no snull_rx event in it: give a file that --save wrote, or a trace of events/snull and irq")
    return meta, events


class Strip:
    """All that happened on one receive path, in microseconds from its first frame."""

    def __init__(self, meta, events):
        self.meta = meta
        devs = collections.Counter(e.fields.get("dev") for e in events if e.name == "snull_rx")
        self.dev = devs.most_common(1)[0][0]
        self.arrivals, self.takes, self.delivered = [], [], []
        self.interrupts, self.others, self.masked = [], [], []
        self.softirqs, self.polls, self.other_polls, self.backlog = [], [], [], []
        # What has begun and not ended yet.
        self._open, self._raised, self._mask = {}, {}, None
        try:
            self._collect(events)
        except (KeyError, ValueError) as error:
            raise BadTrace(f"an event lacks {error}, which snull's have: trace it with this driver") from error
        self.path = meta.get("path", self._guess(events))
        self._finish()

    # ---- from events to spans ------------------------------------------------------------------------------

    def _collect(self, events):
        """The first of these events is time 0."""
        line = f"{self.dev}-TxRx-0"
        irqs = {e.fields["irq"]: e.fields.get("name") for e in events if e.name == "irq_handler_entry"}
        self.irq = next((irq for irq, name in irqs.items() if name == line), None)
        snull = {irq for irq, name in irqs.items() if name and re.fullmatch(r"\S+-TxRx-\d+", name)}
        self.cpus = {e.cpu for e in events if e.name == "snull_rx" and e.fields["dev"] == self.dev}
        first = next(e.time for e in events if e.name in (ARRIVAL, "snull_rx") or
                     e.name == "irq_handler_entry" and e.fields["irq"] == self.irq)
        for event in events:
            event = event._replace(time=(event.time - first) / 1000)
            if event.name == ARRIVAL:
                self.arrivals.append(event.time)
            elif event.name.startswith("irq_handler_"):
                self._handler(event, snull)
            elif event.name.startswith("softirq_") and event.cpu in self.cpus:
                self._softirq(event)
            elif event.name.startswith("snull_int_") and event.fields["irq"] == self.irq:
                self._masking(event)
            elif event.name.startswith("snull_poll_"):
                self._poll(event)
            elif event.name == "napi_poll":
                self._napi_poll(event)
            elif event.fields.get("dev") == self.dev:
                if event.name == "snull_rx":
                    self.takes.append(Take(event.time, int(event.fields["segs"]), int(event.fields["waiting"])))
                elif event.name == "netif_receive_skb":
                    self.delivered.append(event.time)

    def _handler(self, event, snull):
        irq, key = event.fields["irq"], ("irq", event.cpu, event.fields["irq"])
        if event.name == "irq_handler_entry":
            self._open[key] = event.time
        elif key in self._open and irq in snull:
            span = Span(self._open.pop(key), event.time)
            (self.interrupts if irq == self.irq else self.others).append(span)

    def _softirq(self, event):
        if event.fields["vec"] != "3":
            return
        key = ("softirq", event.cpu)
        if event.name == "softirq_raise":
            self._raised.setdefault(event.cpu, event.time)
        elif event.name == "softirq_entry":
            self._open[key] = (self._raised.pop(event.cpu, event.time), event.time)
            self._open["napi", event.cpu] = event.time
        elif key in self._open:
            raised, start = self._open.pop(key)
            self.softirqs.append(Softirq(raised, start, event.time, event.task.startswith("ksoftirqd")))
            if event.cpu in self._raised:
                self._raised[event.cpu] = event.time

    def _masking(self, event):
        if "RX" not in event.fields["causes"].split("|"):
            return
        if event.name == "snull_int_mask" and self._mask is None:
            self._mask = event.time
        elif event.name == "snull_int_unmask":
            if self._mask is not None:
                self.masked.append(Span(self._mask, event.time))
            self._mask = None

    def _poll(self, event):
        dev = event.fields["dev"]
        if event.name == "snull_poll_begin":
            self._open["poll", dev] = event.time
        elif ("poll", dev) in self._open:
            poll = Poll(self._open.pop(("poll", dev)), event.time, int(event.fields["work"]),
                        int(event.fields["budget"]), event.fields["complete"])
            (self.polls if dev == self.dev else self.other_polls).append(poll)

    def _napi_poll(self, event):
        """It is traced at its end only; each begins where the softirq or the one before it left off."""
        start = self._open.get(("napi", event.cpu), event.time)
        self._open["napi", event.cpu] = event.time
        if event.cpu in self.cpus and event.fields["dev"] == "(no_device)":
            work, budget = int(event.fields["work"]), int(event.fields["budget"])
            self.backlog.append(Poll(start, event.time, work, budget, work < budget))

    def _guess(self, events):
        """The receive path of a trace that does not say."""
        if not self.polls:
            return 0
        return 1 if any(e.name == "napi_poll" and e.fields.get("dev") == self.dev for e in events) else 2

    # ---- what follows from them ----------------------------------------------------------------------------

    def _finish(self):
        self.delivered = self.delivered or [take.time for take in self.takes]
        self.last = max(self.delivered[-1], self.takes[-1].time)
        ends = [span.end for span in self.interrupts + self.polls + self.masked + self.backlog]
        busy = max([self.last] + ends)
        self.softirqs = [run for run in self.softirqs if run.end >= 0 and run.start <= busy]
        self.end = max([busy] + [run.end for run in self.softirqs])
        if self._mask is not None:
            self.masked.append(Span(self._mask, self.end))
        self.others = [span for span in self.others if 0 <= span.start <= self.end]
        self.totals = {
            "frames": sum(take.frames for take in self.takes), "interrupts": len(self.interrupts),
            "polls": len(self.polls), "softirqs": len(self.softirqs), "time": round(self.last),
        }

    def waiting(self):
        """Steps (time, frames in the ring). Without arrivals in the trace, known only where a frame was taken."""
        steps = []
        if len(self.arrivals) == self.totals["frames"]:
            level = 0
            for time, change in sorted([(t, 1) for t in self.arrivals] + [(t.time, -t.frames) for t in self.takes]):
                # On two CPUs a frame may be taken while the NIC is still on its way out of the function.
                level = max(0, level + change)
                steps.append((time, level))
            return steps
        level, arrivals = 0, collections.deque(self.arrivals)
        for take in self.takes:
            # What came since the one before; frames that found the ring full did not make it fuller.
            while arrivals and arrivals[0] < take.time:
                level = min(level + 1, take.waiting)
                steps.append((arrivals.popleft(), level))
            level = take.waiting - 1
            steps += [(take.time, take.waiting), (take.time, level)]
        return steps

    def between(self):
        """Steps (time, packets that the driver has taken and the stack has not yet)."""
        level, steps = 0, []
        moves = [(take.time, 1) for take in self.takes] + [(time, -1) for time in self.delivered]
        for time, change in sorted(moves, key=lambda move: (move[0], -move[1])):
            level = max(0, level + change)
            steps.append((time, level))
        return steps


def from_text(text):
    """A strip from a trace."""
    return Strip(*read(text))


def from_file(name):
    """A strip from a trace in a file."""
    try:
        with open(name, encoding="utf-8") as file:
            return from_text(file.read())
    except OSError as error:
        raise BadTrace(f"cannot read {name}: {error.strerror}") from error
    except ValueError as error:
        raise BadTrace(f"{name} is not text: give a file that --save wrote, or tracefs' trace") from error
    except BadTrace as error:
        raise BadTrace(f"{name}: {error}") from error
