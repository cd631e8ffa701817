#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""draw.py - draws the pictures of the story and the tour, beside itself, with the style of palette.svg.

usage: docs/pictures/draw.py
"""

import os
import re

from picture import HERE, SIZE, WIDTH, Picture, Sequence


# ---- the two interfaces, and the three paths ---------------------------------------------------------------------------


def three_paths():
    """Front: what snull is."""
    p = Picture("three-paths", 560, "Two interfaces, back to back, and three receive paths",
                "A sender hands a packet to sn0. Its driver writes a descriptor and rings the doorbell of its NIC. The NIC "
                "copies the frame into the receive ring of sn1's NIC, which interrupts. The driver of sn1 receives on one "
                "of three paths: netif_rx, napi or legacy. All three end in the network stack.")
    p.box(20, 14, 220, 40, "proc", ["iperf3 -c 192.168.0.2"])
    p.box(340, 14, 220, 40, "proc", ["iperf3 -s"])
    p.box(20, 84, 540, 44, "soft", ["the network stack"])
    p.line((130, 54), (130, 84))
    p.line((450, 84), (450, 54))
    p.text(24, 160, "sn0", bold=True)
    p.text(24, 180, "192.168.0.1", "muted")
    p.text(556, 160, "sn1", bold=True, anchor="end")
    p.text(556, 180, "192.168.1.2", "muted", anchor="end")
    p.line((130, 128), (130, 420))
    p.text(142, 240, "a descriptor,", "ink")
    p.text(142, 261, "then the doorbell", "ink")
    for row, (cls, name, what) in enumerate((("p0", "0  netif_rx", "one frame per interrupt"),
                                             ("p1", "1  napi", "a poll of up to 64"),
                                             ("p2", "2  legacy", "turns of weight frames"))):
        y = 196 + row * 52
        p.box(300, y, 260, 44, cls, [], "on")
        p.text(312, y + 19, name, "on", SIZE, bold=True)
        p.text(312, y + 37, what, "on", 15)
    p.line((430, 196), (430, 128))
    p.line((430, 420), (430, 344))
    p.text(420, 376, "interrupt sn1-TxRx-0", "ink", 15, "end")
    p.line((0, 392), (WIDTH, 392), dashed=True, head=False)
    p.text(8, 384, "driver", "muted", 15)
    p.text(8, 412, "hardware", "muted", 15)
    p.box(40, 420, 180, 48, "soft", ["TX ring"])
    p.box(340, 420, 180, 48, "soft", ["RX ring"])
    p.line((220, 444), (340, 444))
    p.text(280, 436, "one copy", "ink", 15, "middle")
    p.text(280, 500, "The wire flips a bit of both addresses:", "ink", SIZE, "middle")
    p.text(280, 523, "192.168.0.1 → 192.168.0.2 arrives as", "ink", 15, "middle", mono=True)
    p.text(280, 546, "192.168.1.1 → 192.168.1.2", "ink", 15, "middle", mono=True)
    return p


# ---- who schedules whom -------------------------------------------------------------------------------------------------


def who_schedules():
    """From the line to the process."""
    p = Picture("who-schedules-whom", 640, "Who schedules whom: hardware, interrupt, softirq, thread",
                "The NIC raises its line; the CPU runs the interrupt handler at once. The handler raises NET_RX. When the "
                "handler returns, irq_exit runs pending softirqs at once on the same CPU, with interrupts on. If they do "
                "not come to an end in ten rounds, 2 milliseconds, or before the scheduler is needed, ksoftirqd is woken "
                "and the scheduler decides when it runs. With threaded NAPI the handler wakes a thread of the NAPI instead.")
    left, w = 20, 250
    p.box(left, 14, w, 42, "soft", ["the NIC raises its line"])
    p.box(left, 96, w, 62, "hard", ["hard interrupt", "`napi_schedule()"])
    p.box(left, 236, w, 62, "soft-irq", ["softirq, at once", "`net_rx_action()"])
    p.box(left, 378, w, 84, "proc", ["ksoftirqd/N", "the same softirq,", "in a thread"])
    p.box(left, 548, w, 62, "idle", ["a process", "reads its socket"])
    p.line((145, 56), (145, 96))
    p.text(156, 82, "the CPU, within its next instructions", "ink", 15)
    p.line((145, 158), (145, 236))
    p.text(156, 186, "on return from the interrupt:", "ink", 15)
    p.text(156, 206, "irq_exit() → invoke_softirq()", "ink", 14, mono=True)
    p.text(156, 226, "same CPU, interrupts on", "muted", 15)
    p.line((145, 298), (145, 378))
    p.text(156, 322, "still pending after 10 rounds, 2 ms,", "ink", 15)
    p.text(156, 342, "or need_resched():", "ink", 15)
    p.text(156, 362, "wakeup_softirqd()", "ink", 14, mono=True)
    p.line((145, 548), (145, 462))
    p.text(156, 492, "the scheduler shares the CPU", "ink", 15)
    p.text(156, 512, "between ksoftirqd and processes", "ink", 15)
    p.line((270, 260), (292, 260), (292, 250), (270, 250))
    p.text(300, 260, "up to 10 rounds", "ink", 15)
    p.box(330, 378, 230, 84, "soft", ["threaded NAPI (5.12)", "`napi/sn1-N", "instead of a softirq"], dashed=True)
    p.line((270, 127), (545, 127), (545, 378), dashed=True)
    p.text(536, 120, "if threaded", "muted", 15, "end")
    p.text(300, 573, "what is left of the CPU", "muted", 15)
    p.text(300, 593, "is what the reader gets", "muted", 15)
    return p


# ---- sequence diagrams ---------------------------------------------------------------------------------------------------


def life0():
    """Path 0."""
    s = Sequence("life-path-0", "The life of three frames on path 0",
                 "Three frames arrive. Each asserts the line, each costs one run of the handler, which calls netif_rx; that "
                 "appends the packet to the CPU's backlog and raises NET_RX once. After the last interrupt the softirq runs "
                 "process_backlog, which hands all three packets to the stack.",
                 (("nic", "NIC", "soft"), ("irq", "handler\n(hard irq)", "hard"), ("soft", "NET_RX\n(softirq)", "soft-irq"),
                  ("stack", "stack", "proc")), 480)
    s.note(78, "nic", "3 frames in the ring", 1)
    y = 104
    for number in range(3):
        s.call(y, "nic", "irq", "interrupt", mono=False)
        s.act("irq", y, y + 48, "hard")
        s.note(y + 20, "irq", "snull_rx_next()", mono=True, size=14)
        s.note(y + 41, "irq", "netif_rx(): " + ("backlog, raise NET_RX" if not number else "backlog"), mono=False)
        y += 76
    s.note(y - 4, "irq", "the ring is empty: the line falls", cls="muted")
    y += 20
    s.call(y, "irq", "soft", "irq_exit()")
    s.act("soft", y, y + 112, "soft-irq")
    s.note(y + 22, "soft", "process_backlog()", -1, 14, mono=True)
    for number in range(3):
        s.call(y + 44 + number * 28, "soft", "stack", f"packet {number + 1}", mono=False)
    s.text(10, 462, "3 frames, 3 interrupts, 1 softirq", "muted", 15)
    return s


def life1():
    """Path 1."""
    s = Sequence("life-path-1", "The life of three frames on path 1",
                 "Three frames arrive. The first asserts the line; the handler masks it, sets SCHED and puts the NAPI on the "
                 "poll list. NET_RX calls the driver's poll with a budget of 64. The poll takes the three frames, and a "
                 "fourth that came meanwhile without an interrupt, finds the ring empty, completes, and unmasks the line.",
                 (("nic", "NIC", "soft"), ("irq", "handler\n(hard irq)", "hard"), ("soft", "poll\n(softirq)", "soft-irq"),
                  ("stack", "stack", "proc")), 560)
    s.note(78, "nic", "3 frames in the ring")
    s.call(104, "nic", "irq", "interrupt", mono=False)
    s.act("irq", 104, 200, "hard")
    s.call(138, "irq", "nic", "mask", mono=False)
    s.note(160, "irq", "napi_schedule_prep()", mono=True, size=14)
    s.note(184, "irq", "__napi_schedule()", mono=True, size=14)
    s.call(230, "irq", "soft", "irq_exit()")
    s.act("soft", 230, 470, "soft-irq")
    s.note(252, "soft", "poll(napi, 64)", mono=True, size=14)
    for number in range(3):
        s.call(282 + number * 30, "soft", "stack", f"frame {number + 1}", mono=False)
    s.note(322, "nic", "frame 4 comes:", cls="ink")
    s.note(342, "nic", "masked, no interrupt", cls="muted")
    s.call(372, "soft", "stack", "frame 4", mono=False)
    s.note(400, "soft", "ring empty, 4 < 64:", -1)
    s.note(424, "soft", "napi_complete_done()", -1, 14, mono=True)
    s.call(462, "soft", "nic", "true: unmask", mono=False)
    s.note(494, "nic", "a frame that came since the last look", cls="muted")
    s.note(514, "nic", "asserts the line here: none is lost", cls="muted")
    s.text(10, 548, "4 frames, 1 interrupt, 1 softirq, 1 poll", "muted", 15)
    return s


def life2():
    """Path 2."""
    s = Sequence("life-path-2", "The life of three frames on path 2, with a weight of 2",
                 "Three frames arrive. The handler masks the line and calls netif_rx_schedule, which puts the device on the "
                 "CPU's poll list with a quota of 2. The softirq calls dev->poll: two frames, quota used, return 1. The device "
                 "goes to the tail, its quota is refilled, and in its next turn it takes the third frame, calls "
                 "netif_rx_complete, unmasks the line and returns 0.",
                 (("nic", "NIC", "soft"), ("irq", "handler\n(hard irq)", "hard"), ("soft", "dev->poll\n(softirq)", "soft-irq"),
                  ("stack", "stack", "proc")), 600)
    s.note(78, "nic", "3 frames in the ring")
    s.call(104, "nic", "irq", "interrupt", mono=False)
    s.act("irq", 104, 180, "hard")
    s.call(138, "irq", "nic", "mask", mono=False)
    s.note(162, "irq", "netif_rx_schedule(dev)", mono=True, size=14)
    s.call(212, "irq", "soft", "irq_exit()")
    s.act("soft", 212, 344, "soft-irq")
    s.note(234, "soft", "quota 2", cls="ink")
    s.call(264, "soft", "stack", "frame 1", mono=False)
    s.call(294, "soft", "stack", "frame 2", mono=False)
    s.note(318, "soft", "quota 0:", -1)
    s.note(339, "soft", "return 1", -1, 14, mono=True)
    s.note(372, "soft", "to the tail of the poll list, quota 2;", -1, cls="muted")
    s.note(392, "soft", "other devices have their turn", -1, cls="muted")
    s.act("soft", 410, 520, "soft-irq")
    s.call(440, "soft", "stack", "frame 3", mono=False)
    s.note(466, "soft", "ring empty:", -1)
    s.note(488, "soft", "netif_rx_complete(dev)", -1, 14, mono=True)
    s.call(516, "soft", "nic", "unmask", mono=False)
    s.note(544, "soft", "return 0", 1, 14, mono=True)
    s.text(10, 586, "3 frames, 1 interrupt, 1 softirq, 2 polls", "muted", 15)
    return s


# ---- the states of a NAPI -------------------------------------------------------------------------------------------------


def states():
    """napi->state."""
    p = Picture("napi-states", 690, "The states of a NAPI instance",
                "netif_napi_add leaves an instance disabled: SCHED and NPSVC are set. napi_enable clears both: idle. "
                "napi_schedule_prep on an idle instance sets SCHED: it is owned by a poll. napi_schedule_prep on an owned "
                "one sets MISSED as well. napi_complete_done with SCHED alone clears it and returns true: idle, unmask. With "
                "MISSED it clears MISSED, schedules again and returns false. A busy-polling socket sets SCHED and "
                "IN_BUSY_POLL; then napi_complete_done does nothing and returns false. napi_disable sets DISABLE, waits for "
                "SCHED to go, and takes it for itself.")
    p.box(165, 14, 250, 60, "soft", ["disabled", "`SCHED, NPSVC"])
    p.box(165, 160, 250, 60, "idle", ["idle", "`—"])
    p.box(165, 330, 250, 62, "soft-irq", ["scheduled, or polling", "`SCHED"])
    p.box(165, 520, 250, 62, "soft-irq", ["…and called again", "`SCHED, MISSED"])
    p.line((230, 74), (230, 160))
    p.text(222, 120, "napi_enable()", "ink", 14, "end", mono=True)
    p.line((350, 160), (350, 74))
    p.text(358, 112, "napi_disable():", "ink", 14, mono=True)
    p.text(358, 132, "waits until SCHED is clear", "muted", 15)
    p.line((230, 220), (230, 330))
    p.text(222, 262, "napi_schedule_prep()", "ink", 14, "end", mono=True)
    p.text(222, 284, "→ true", "ink", 14, "end", mono=True)
    p.line((350, 330), (350, 220))
    p.text(358, 262, "napi_complete_done()", "ink", 14, mono=True)
    p.text(358, 284, "→ true: unmask", "ink", 15)
    p.line((230, 392), (230, 520))
    p.text(222, 436, "napi_schedule_prep()", "ink", 14, "end", mono=True)
    p.text(222, 458, "→ false: an interrupt", "ink", 15, "end")
    p.text(222, 478, "came during the poll", "ink", 15, "end")
    p.line((350, 520), (350, 392))
    p.text(358, 436, "napi_complete_done()", "ink", 14, mono=True)
    p.text(358, 458, "→ false: polled", "ink", 15)
    p.text(358, 478, "once more, stay masked", "ink", 15)
    p.line((165, 374), (130, 374), (130, 350), (165, 350))
    p.text(122, 348, "the whole", "ink", 15, "end")
    p.text(122, 367, "budget used:", "ink", 15, "end")
    p.text(122, 386, "to the tail", "ink", 15, "end")
    p.box(165, 620, 250, 60, "proc", ["a socket polls", "`SCHED, IN_BUSY_POLL"])
    p.line((415, 200), (566, 200), (566, 650), (415, 650), dashed=True)
    p.head((430, 200), (415, 200), "line")
    p.text(558, 350, "busy polling", "muted", 15, "end")
    p.text(558, 370, "begins, and ends", "muted", 15, "end")
    p.text(424, 632, "napi_complete_", "ink", 14, mono=True)
    p.text(424, 674, "done() → false", "ink", 14, mono=True)
    return p


# ---- the poll list ---------------------------------------------------------------------------------------------------------


def poll_list():
    """2.6's round robin."""
    p = Picture("poll-list", 500, "The poll list of 2.6: four devices, weights 20, 10, 10, 20",
                "One CPU's poll list, head on the left. Step 1: sn0 at the head delivers 20 packets, its quota; its poll "
                "returns 1; it moves to the tail with a fresh quota of 20. Step 2: sn1 delivers 10. Step 3: sn2 10. Step 4: "
                "sn3 20. After 60 packets each has had one turn, in the ratio of the weights. The run ends after a budget of "
                "300 packets, or more than one jiffy.")
    names = ["sn0", "sn1", "sn2", "sn3"]
    weights = {"sn0": 20, "sn1": 10, "sn2": 10, "sn3": 20}
    budget = 300
    p.text(24, 24, "head", "muted", 15)
    p.text(392, 24, "tail", "muted", 15)
    for row in range(4):
        y = 36 + row * 100
        for column, name in enumerate(names):
            p.box(20 + column * 104, y, 92, 50, "p2" if not column else "soft", [name, f"quota {weights[name]}"], size=15)
        taken = weights[names[0]]
        budget -= taken
        p.text(444, y + 20, f"polls {names[0]}:", "ink", 15)
        p.text(444, y + 40, f"−{taken}, budget {budget}", "ink", 15)
        if row < 4:
            p.line((66, y + 52), (66, y + 74), (378, y + 74), (378, y + 98 if row < 3 else y + 90), cls="p2-line")
            p.text(222, y + 92, "return 1: to the tail, quota refilled", "muted", 15, "middle")
        names.append(names.pop(0))
    p.text(20, 470, "One round: 60 packets, shared 20 : 10 : 10 : 20.", "ink", SIZE)
    p.text(20, 492, "The run ends after 300 packets, or more than a jiffy.", "ink", SIZE)
    return p


# ---- three loops ------------------------------------------------------------------------------------------------------------


def loops():
    """What can call a poll."""
    p = Picture("three-loops", 470, "Three loops that can call the same poll function",
                "Loop 1: the device's interrupt schedules the poll in the softirq. Loop 2: a timer, armed by "
                "napi_complete_done instead of unmasking, schedules it. Loop 3: a system call polls by itself, without an "
                "interrupt. With gro_flush_timeout and napi_defer_hard_irqs set, loop 2 keeps loop 1 away; each busy poll "
                "starts the timer again, and so loop 3 keeps loop 2 away.")
    p.box(190, 190, 200, 70, "soft-irq", ["the driver's", "`poll(napi, budget)"])
    p.box(20, 30, 240, 66, "hard", ["1  interrupt", "`napi_schedule()"])
    p.box(320, 30, 240, 66, "idle", ["2  timer", "`napi_watchdog()"])
    p.box(150, 370, 280, 66, "proc", ["3  recv(), epoll_wait()", "`napi_busy_loop()"])
    p.line((140, 96), (230, 190))
    p.text(290, 146, "in the softirq,", "ink", 15, "middle")
    p.text(290, 166, "budget 64", "ink", 15, "middle")
    p.line((440, 96), (350, 190))
    p.line((290, 370), (290, 260))
    p.text(302, 306, "in the system call,", "ink", 15)
    p.text(302, 326, "budget 8, or as asked", "ink", 15)
    p.line((190, 225), (60, 225), (60, 96), dashed=True)
    p.text(68, 220, "unmask", "muted", 15)
    p.line((390, 225), (520, 225), (520, 96), dashed=True)
    p.text(512, 220, "arm the timer", "muted", 15, "end")
    p.line((430, 403), (545, 403), (545, 96), dashed=True)
    p.text(537, 284, "prefer busy poll:", "muted", 15, "end")
    p.text(537, 352, "start it again", "muted", 15, "end")
    return p


# ---- the code map ------------------------------------------------------------------------------------------------------------


def code_map():
    """The files."""
    p = Picture("code-map", 610, "A map of the code",
                "At the top the module: main.c and probe.c. Below it the interface: netdev.c, open.c, rings.c, queue.c, "
                "xdp.c, reset.c and others. Beside it the three receive paths: rx_netif_rx.c, rx_napi.c and rx_legacy.c, the last one on "
                "softnet.c and carrier.c. Interface and paths meet in rx.h. Below a line, nic/nic.h, is the hardware: core.c, tx.c, "
                "steer.c, rx.c and irq.c with moderation.c, and below it the functions on a frame's bytes. Arrows point only downwards, through the two "
                "headers.")
    p.box(20, 14, 260, 66, "soft", ["module, bus", "`main.c  probe.c"])
    p.box(20, 120, 260, 108, "soft", ["the interface", "`netdev.c open.c rings.c", "`queue.c xdp.c reset.c", "`moderation.c ethtool*.c"])
    p.line((150, 80), (150, 120))
    p.box(320, 130, 240, 50, "p0", ["`snull/rx_netif_rx.c"])
    p.box(320, 190, 240, 50, "p1", ["`napi-modern/rx_napi.c"])
    p.box(320, 250, 240, 76, "p2", ["`legacy-poll/", "`rx_legacy.c softnet.c", "`carrier.c"], size=15)
    p.box(320, 44, 240, 50, "idle", ["`snull/rx_paths.c"])
    p.text(440, 36, "the table of paths", "muted", 15, "middle")
    p.line((440, 94), (440, 130))
    p.box(20, 262, 260, 50, "line", ["`rx.h: what a path may call"], dashed=True)
    p.line((320, 287), (280, 287))
    p.line((150, 228), (150, 262))
    p.line((280, 155), (320, 155))
    p.line((150, 312), (150, 372))
    p.box(20, 372, 540, 44, "line", ["`nic/nic.h: registers, rings, doorbells, lines"], dashed=True)
    p.text(556, 362, "below: hardware", "muted", 15, "end")
    for number, (name, cls) in enumerate((("core.c", "soft"), ("tx.c", "soft"), ("steer.c", "soft"), ("rx.c", "soft"),
                                          ("irq.c moderation.c", "hard"))):
        p.box(20 + number * 110, 446, 100, 50, cls, ["`" + part for part in name.split()], size=13)
        p.line((70 + number * 110, 416), (70 + number * 110, 446))
    p.box(20, 532, 540, 62, "idle", ["functions on a frame's bytes: cut, rewrite, hash, coalesce",
                                     "`frame/: segment.c rewrite.c toeplitz.c coalesce.c"])
    for number in (1, 2, 3):
        p.line((70 + number * 110, 496), (70 + number * 110, 532))
    return p


# ---- a descriptor ring -----------------------------------------------------------------------------------------------------


def slots(p, y, states, marks):
    """A ring of eight slots, unrolled: what each one is, and below, the indices that stand there."""
    for place, (cls, word) in enumerate(states):
        p.box(20 + place * 68, y, 64, 38, cls, [word] if word else [], size=13)
    for name, place, row in marks:
        x = 20 + place * 68 + (8 if place < 8 else -2)
        p.line((x, y + 58 + row * 18), (x, y + 42))
        p.text(x + 6, y + 66 + row * 18, name, "ink", 14, mono=True)


def ring():
    """Head, tail, clean."""
    p = Picture("descriptor-ring", 836, "A transmit ring and a receive ring, and the indices that move",
                "Two rings of eight descriptors, unrolled. The transmit ring in four moments: empty, with clean, head and tail at slot "
                "0; then the driver has written three descriptors and moved tail to 3; then the NIC has sent two and moved head to 2; "
                "then the driver has freed these two and moved clean to 2. Clean never passes head, and head never passes tail. The "
                "receive ring in three moments: eight empty buffers, clean and head at 0; then the NIC has filled three and moved head "
                "to 3; then the driver has taken two, has put fresh buffers in their place, and moved clean to 2.")
    free, sent, full, buf = ("soft", "free"), ("idle", "sent"), ("p1", "to send"), ("soft", "empty")
    frame = ("p1", "frame")
    p.text(20, 24, "The transmit ring", bold=True)
    p.text(20, 52, "Nothing to send.", "ink", 15)
    slots(p, 62, [free] * 8, [("clean", 0, 0), ("head", 0, 1), ("tail", 0, 2)])
    p.text(120, 122, "clean: the driver, what it has freed", "muted", 14)
    p.text(120, 140, "head: the NIC, what it has sent", "muted", 14)
    p.text(120, 158, "tail: the driver, what there is to send", "muted", 14)
    p.text(20, 194, "The driver writes three descriptors, and moves tail (the doorbell).", "ink", 15)
    slots(p, 204, [full] * 3 + [free] * 5, [("clean", 0, 0), ("head", 0, 1), ("tail", 3, 0)])
    p.text(20, 318, "The NIC has sent two: it moves head, and interrupts.", "ink", 15)
    slots(p, 328, [sent] * 2 + [full] + [free] * 5, [("clean", 0, 0), ("head", 2, 0), ("tail", 3, 0)])
    p.text(20, 424, "The driver frees them, and moves clean.", "ink", 15)
    slots(p, 434, [free] * 2 + [full] + [free] * 5, [("clean", 2, 0), ("head", 2, 1), ("tail", 3, 0)])
    p.line((0, 534), (WIDTH, 534), dashed=True, head=False)
    p.text(20, 562, "The receive ring", bold=True)
    p.text(20, 588, "The driver has posted an empty buffer in each slot; the NIC fills three.", "ink", 15)
    slots(p, 598, [frame] * 3 + [buf] * 5, [("clean", 0, 0), ("head", 3, 0)])
    p.text(20, 694, "The driver takes two, posts two fresh buffers, and moves clean.", "ink", 15)
    slots(p, 704, [buf] * 2 + [frame] + [buf] * 5, [("clean", 2, 0), ("head", 3, 0)])
    p.text(20, 802, "After slot 7 comes slot 0. The NIC may fill slots up to the one before", "muted", 14)
    p.text(20, 822, "clean; if head has come round to it, there is no buffer, and frames are lost.", "muted", 14)
    return p


# ---- a packet's bytes --------------------------------------------------------------------------------------------------------


def skb():
    """Where the bytes are."""
    p = Picture("sk-buff", 700, "An sk_buff, and where its bytes are",
                "On the left a struct sk_buff, a few hundred bytes that describe a packet: its pointers head, data, tail and end, its length, its device. On the right "
                "the buffer that head points to: headroom, then the frame from data to tail, then tailroom, and at end the "
                "skb_shared_info. On path 0 this buffer is a page fragment, allocated for each packet. On paths 1 and 2 it is a page of the "
                "page pool, which goes back to the pool when the sk_buff is freed. After GRO the first packet's skb_shared_info lists fragments: "
                "the data of the following frames, still in the buffers that the NIC wrote them to.")
    p.box(20, 30, 190, 220, "p1", [], "on")
    p.text(115, 54, "struct sk_buff", "on", 15, "middle", bold=True)
    for number, name in enumerate(("head", "data", "tail", "end")):
        p.text(32, 86 + number * 30, name, "on", 15, mono=True)
    p.text(32, 212, "len, dev, protocol,", "on", 14)
    p.text(32, 232, "hash, napi_id, …", "on", 14)
    x, w = 330, 230
    p.text(x, 22, "the buffer: 4096 bytes", "ink", 15)
    p.box(x, 30, w, 40, "idle", ["headroom"], size=15)
    p.box(x, 70, w, 96, "soft-irq", ["the frame, as the NIC", "wrote it"], size=15)
    p.box(x, 166, w, 40, "idle", ["tailroom"], size=15)
    p.box(x, 206, w, 44, "soft", ["`skb_shared_info"], size=15)
    for y, to in ((82, 34), (112, 74), (142, 166), (172, 210)):
        p.line((80, y), (250, y), (310, to), (x, to))
    p.text(20, 292, "Who gave the buffer, and who gets it back?", bold=True)
    rows = (("p0", "path 0", "a page fragment: netdev_alloc_frag()", "freed with the packet"),
            ("p2", "path 2", "a page of the page pool", "back to the pool's ring"),
            ("p1", "path 1", "a page of the page pool", "back to the pool, from this CPU's NAPI at once"))
    for number, (cls, name, what, back) in enumerate(rows):
        y = 306 + number * 54
        p.box(20, y, 90, 44, cls, [name], size=15)
        p.text(122, y + 19, what, "ink", 15)
        p.text(122, y + 38, back, "muted", 15)
    p.text(20, 496, "After GRO: one packet, many buffers", bold=True)
    p.box(20, 512, 130, 44, "p1", ["`sk_buff"])
    p.box(200, 512, 150, 44, "soft-irq", ["headers, data 1"], size=15)
    p.box(200, 556, 150, 60, "soft", ["`skb_shared_info", "`frags[]"], size=15)
    p.line((150, 534), (200, 534))
    for number in range(3):
        y = 512 + number * 52
        p.box(430, y, 130, 42, "soft-irq", [f"data {number + 2}"], size=15)
        p.line((350, 586), (390, 586), (390, y + 21), (430, y + 21))
    p.text(20, 686, "No byte is copied: the list only points to where the NIC wrote.", "muted", 15)
    return p


# ---- a CPU's softnet_data ------------------------------------------------------------------------------------------------------


def softnet():
    """What a CPU has for receiving."""
    p = Picture("softnet-data", 560, "softnet_data: what each CPU has for its packets",
                "A box for CPU 0's softnet_data. poll_list: the NAPI instances that are to be polled, here the backlog, sn0's and sn1's; "
                "____napi_schedule adds one, net_rx_action takes them. input_pkt_queue: packets that netif_rx or RPS put here; "
                "process_backlog, the poll function of the backlog's NAPI, moves them to process_queue and hands them to the stack. "
                "output_queue: queueing disciplines that have to go on, and completion_queue: packets to be freed; net_tx_action deals with both. "
                "Counters: processed, time_squeeze, dropped, received_rps, which /proc/net/softnet_stat shows, a line for each CPU. "
                "Behind it the same for CPU 1.")
    p.box(40, 14, 530, 470, "idle", [], dashed=True)
    p.text(560, 34, "CPU 1: the same", "muted", 14, "end")
    p.add('<rect class="soft" x="10" y="44" width="530" height="456" rx="5"/>')
    p.text(24, 70, "CPU 0: struct softnet_data", bold=True)
    p.text(24, 104, "poll_list", "ink", 15, mono=True)
    for number, (name, cls) in enumerate((("sn1's NAPI", "p1"), ("sn0's NAPI", "p1"), ("backlog", "p0"))):
        p.box(190 + number * 114, 84, 104, 34, cls, [name], size=14)
        if number:
            p.line((180 + number * 114, 101), (190 + number * 114, 101))
    p.text(190, 138, "____napi_schedule() adds, net_rx_action() polls", "muted", 14)
    p.text(24, 186, "input_pkt_queue", "ink", 15, mono=True)
    for number in range(5):
        p.box(190 + number * 66, 166, 58, 34, "p0", ["packet"], size=13)
    p.text(190, 220, "netif_rx() and RPS add, up to a limit", "muted", 14)
    p.line((220, 226), (220, 254))
    p.text(232, 246, "process_backlog(), the backlog's poll", "ink", 14)
    p.text(24, 280, "process_queue", "ink", 15, mono=True)
    for number in range(2):
        p.box(190 + number * 66, 258, 58, 34, "p0", ["packet"], size=13)
    p.line((322, 275), (366, 275))
    p.text(374, 280, "the stack", "ink", 14)
    p.text(24, 334, "output_queue", "ink", 15, mono=True)
    p.text(190, 334, "qdiscs to go on with", "ink", 15)
    p.text(24, 362, "completion_queue", "ink", 15, mono=True)
    p.text(190, 362, "packets to be freed", "ink", 15)
    p.text(400, 350, "net_tx_action()", "muted", 14, mono=True)
    p.line((10, 384), (540, 384), dashed=True, head=False)
    p.text(24, 410, "processed  dropped  time_squeeze  received_rps", "ink", 15, mono=True)
    p.text(24, 434, "/proc/net/softnet_stat: a line for each CPU", "muted", 14)
    p.text(24, 470, "ksoftirqd/0, and the bit NET_RX in this CPU's word of softirqs,", "ink", 14)
    p.text(24, 488, "belong to it, too, but are not in this structure", "ink", 14)
    p.text(10, 530, "Made by net_dev_init(), before any driver is there.", "muted", 15)
    return p


def main():
    """All of them."""
    with open(os.path.join(HERE, "palette.svg"), encoding="utf-8") as file:
        style = re.search(r"[ \t]*<style.*?</style>", file.read(), re.S).group()
    for draw in (three_paths, who_schedules, life0, life1, life2, states, poll_list, loops, code_map, ring, skb, softnet):
        draw().write(style)


main()
