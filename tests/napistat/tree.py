# SPDX-License-Identifier: GPL-2.0-only
"""tree.py - make the /proc and /sys of a machine of which we have what they look like, now and some time later.

usage: tree.py MACHINE NOW LATER

Writes the two directories, and prints what napistat has to say of the time between: names and values as the tests' "flat"
has them. A MACHINE is a file of lines "name value" (interface; online, its CPUs; device, where the interface's symbolic
link leads; msi_irqs; port_irqs, those of the port that a PCI device is behind; vector, for each that is the interface's: its
number and its name) and of files, each after a line "== path". In /proc/interrupts {128} stands for 128 counters. Later, an
interrupt's first counter has grown by 1, the last by its number; those of /proc/softirqs by 1, 2, 3 and so on; and the lines
of softnet_stat likewise.
"""

import json
import os
import re
import sys


def parse(path):
    """The settings, and the files."""
    settings, files, name = {}, {}, None
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            if line.startswith("== "):
                name = line[3:].strip()
                files[name] = ""
            elif name:
                files[name] += line
            elif line.strip() and not line.startswith("#"):
                key, _, value = line.strip().partition(" ")
                settings.setdefault(key, []).append(value)
    return settings, files


def cpus(text):
    """The numbers in a list like 0,2-3."""
    ranges = [(part + "-" + part).split("-")[:2] for part in text.split(",")]
    return [cpu for first, last in ranges for cpu in range(int(first), int(last) + 1)]


def expand(text):
    """{128} is 128 counters, or the head above them."""
    head, _, rest = text.partition("\n")
    head = re.sub(r"\{(\d+)\}", lambda m: "".join(f" {f'CPU{i}':>10}" for i in range(int(m[1]))), head)
    rest = re.sub(r"\{(\d+)\}", lambda m: "".join(f" {7 * i % 5000:10}" for i in range(int(m[1]))), rest)
    return f"{head}\n{rest}"


def grown(match, by):
    """A counter that has grown, as wide as it was."""
    return f"{int(match[0]) + by:{len(match[0])}}"


def grow_interrupts(text, columns):
    """What /proc/interrupts is later."""
    def line(text):
        label, colon, rest = text.partition(":")
        if not label.strip().isdecimal():
            return text
        counters = list(re.finditer(r"\d+", rest))[:columns]
        for at, by in ((counters[-1], int(label)), (counters[0], 1)):
            if len(counters) == 1 and by == 1:
                continue
            rest = rest[:at.start()] + grown(at, by) + rest[at.end():]
        return label + colon + rest
    return "\n".join(map(line, text.split("\n")))


def grow_softirqs(text):
    """What /proc/softirqs is later."""
    def line(text):
        count = iter(range(1, 10000))
        name, colon, rest = text.partition(":")
        return name + colon + re.sub(r"\d+", lambda m: grown(m, next(count)), rest)
    head, *lines = text.split("\n")
    return "\n".join([head, *map(line, lines)])


def grow_softnet(text):
    """What softnet_stat is later."""
    lines = [line.split(" ", 1) for line in text.splitlines()]
    return "".join(f"{int(first, 16) + i:08x} {rest}\n" for i, (first, rest) in enumerate(lines, 1))


def write(root, name, text):
    """A file."""
    path = f"{root}/{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def build(root, settings, files):
    """One of the directories."""
    for name, text in files.items():
        write(root, name, text)
    write(root, "sys/devices/system/cpu/online", settings["online"][0] + "\n")
    interface = f"{root}/sys/class/net/{settings['interface'][0]}"
    os.makedirs(interface)
    for device in settings.get("device", []):
        os.makedirs(f"{root}/sys/devices/{device}", exist_ok=True)
        os.symlink(f"../../../devices/{device}", f"{interface}/device")
        if "port_irqs" in settings:
            os.makedirs(f"{root}/sys/bus/pci")
            os.symlink(f"{root}/sys/bus/pci", f"{root}/sys/devices/{device}/subsystem")
        for owner, key in (device, "msi_irqs"), (os.path.dirname(device), "port_irqs"):
            for irq in " ".join(settings.get(key, [])).split():
                write(root, f"sys/devices/{owner}/msi_irqs/{irq}", "msix\n")


def want(settings, files):
    """What napistat has to say."""
    online = cpus(settings["online"][0])
    for i, vector in enumerate(settings.get("vector", [])):
        irq, name = vector.split(" ", 1)
        yield f"vectors.{i}.irq", int(irq)
        yield f"vectors.{i}.name", name
        for cpu in online:
            yield f"vectors.{i}.cpus.{cpu}", (cpu == online[0] and len(online) > 1) + (cpu == online[-1]) * int(irq)
        yield f"vectors.{i}.total", (len(online) > 1) + int(irq)
    for i, cpu in enumerate(re.findall(r"CPU(\d+)", files["proc/softirqs"].split("\n")[0]), 1):
        yield f"softirqs.NET_RX.cpus.{cpu}", i
    for i, cpu in enumerate(online, 1):
        yield f"softnet.processed.cpus.{cpu}", i


def main(machine, now, later):
    """All of it."""
    settings, files = parse(machine)
    for name in "proc/interrupts", "proc/softirqs":
        files[name] = expand(files[name])
    columns = len(cpus(settings["online"][0]))
    build(now, settings, files)
    build(later, settings, {**files, "proc/interrupts": grow_interrupts(files["proc/interrupts"], columns),
                            "proc/softirqs": grow_softirqs(files["proc/softirqs"]),
                            "proc/net/softnet_stat": grow_softnet(files["proc/net/softnet_stat"])})
    print("interface", json.dumps(settings["interface"][0]))
    for name, value in want(settings, files):
        print(name, json.dumps(value))


main(*sys.argv[1:])
