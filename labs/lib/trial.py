# SPDX-License-Identifier: GPL-2.0-only
"""trial.py - put a receive path that somebody wrote through its parts; it runs in the virtual machine. Read next: path.py.

What is tried may do anything to this kernel. So each part runs in a process of its own, which has so many seconds; a kernel that
is in trouble panics at once, and whoever started the machine (submission.py) sees which part was under way. It prints lines of
JSON: {"begin": [keys]}, {"alive": 1} now and then, and, for each key, {"key": key, "said": the symptom, or null if all is well}; and {"stuck": …} when
something does not end, and the machine is of no use any more.
"""

import contextlib
import json
import os
import sys
import time

from program import Failure, read, sh, write

LIMIT = 60  # seconds for a part, of the guest's
# A kernel in trouble says so and ends, instead of going on for minutes.
GUARD = {"panic_on_oops": 1, "softlockup_panic": 1, "watchdog_thresh": 2, "panic_on_rcu_stall": 1, "hung_task_timeout_secs": 40,
         "printk_devkmsg": "on"}
STALL = "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"
# What a healthy kernel never says.
REPORTS = ("WARNING:", "BUG:", "INFO: ", "NETDEV WATCHDOG", "page_pool_release_retry", "nobody cared", "Budget exhausted",
           "exceeding its budget", "refcount_t", "corruption", "unregister_netdevice: waiting", "NOHZ", "scheduling while atomic")


# Who graded knows by the word which lines on the console are ours.
MARK = f"trial {os.environ.get('SNULL_TRIAL', '')}: "
WRONG, USELESS, DEAF = 1, 2, 3  # a process's status


class Wrong(Exception):
    """What a path does wrong: the symptom, as its author can see it."""


class Useless(Wrong):
    """… and nothing more can be tried."""


def tell(**what):
    """A line for whoever started the machine; and on the kernel's console, where it is not lost when the kernel dies."""
    print(json.dumps(what), flush=True)
    with contextlib.suppress(Failure):
        short = {name: value[:300] if isinstance(value, str) else value for name, value in what.items()}
        write("/dev/kmsg", f"<6>{MARK}{json.dumps(short)}")


def expect(condition, symptom, otherwise=Wrong):
    """Wrong, unless it is so."""
    if not condition:
        raise otherwise(symptom)


def guard():
    """Have the kernel end when it is in trouble."""
    for name, value in GUARD.items():
        with contextlib.suppress(Failure):
            write(f"/proc/sys/kernel/{name}", value)
    if os.path.exists(STALL):
        write(STALL, 4)
    with contextlib.suppress(Failure):  # one line to a report is enough
        write("/proc/sys/kernel/panic_print", 0)


def reports():
    """What the kernel has to complain of, one line each, without the time."""
    lines = (line.partition("] ")[2] for line in sh("dmesg").splitlines())
    return [line for line in lines if any(one in line for one in REPORTS) and "pktgen" not in line and not line.startswith(MARK)]


def stack_of(pid):
    """The function that a process waits in, or nothing."""
    with contextlib.suppress(Failure, OSError, IndexError):
        frames = [line.split()[-1].partition("+")[0] for line in read(f"/proc/{pid}/stack").splitlines()]
        return next((name for name in frames if not name.startswith(("msleep", "schedule", "usleep", "__schedule", "hrtimer"))), "")
    return ""


def below(pid):
    """A process and all that it has started."""
    found, all_ = [pid], {}
    for one in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError):
            all_.setdefault(int(read(f"/proc/{one}/stat").rpartition(")")[2].split()[1]), []).append(int(one))
    for parent in found:
        found += all_.get(parent, [])
    return found


def last_words(pid):
    """What a process that does not end is at; the last one that it started may end just now."""
    for one in reversed(below(pid)):
        with contextlib.suppress(OSError):
            command = read(f"/proc/{one}/cmdline").replace("\0", " ").strip()
            where = stack_of(one)
            return f"'{command[:60]}' does not end" + (f": it waits in {where}()" if where else "")
    return "it does not end"


def child(keys, function):
    """In a process of its own: try, and tell."""
    status = 0
    try:
        verdicts = function() or {}
        said = "not tried"
    except Wrong as wrong:
        verdicts, said, status = {}, str(wrong), USELESS if isinstance(wrong, Useless) else WRONG
    except Failure as trouble:
        verdicts, said, status = {}, str(trouble), WRONG
    except Exception as trouble:  # pylint: disable=broad-exception-caught # a verdict is due, whatever happens
        verdicts, said, status = {}, f"{type(trouble).__name__}: {trouble}", WRONG
    for key in keys:
        one = verdicts.get(key, said if len(keys) > 1 or said != "not tried" else None)
        status = status or (WRONG if one else 0)
        tell(key=key, said=one)
    sys.stdout.flush()
    os._exit(status)


def apart(function, limit):
    """Run a function in a process of its own. Return its status, or the process that does not end."""
    pid = os.fork()
    if not pid:
        try:
            function()
        finally:  # whatever it raises must not be raised in two processes
            os._exit(DEAF)
    began = time.monotonic()
    while time.monotonic() < began + limit:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), None
        time.sleep(1 if time.monotonic() > began + 5 else 0.05)
        if time.monotonic() > began + 5:
            print('{"alive": 1}', flush=True)
    return None, pid


def attempt(keys, function, limit, healthy):
    """Run a part. Return whether the machine can go on: not if something is stuck, or deaf, after a part that went wrong."""
    tell(begin=keys)
    time.sleep(0.05)  # until it is out there
    status, pid = apart(lambda: child(keys, function), limit)
    if keys == ["builds"] and status == WRONG:  # a warning; nothing is loaded yet that could receive
        return True
    if status == WRONG:
        status, pid = apart(lambda: os._exit(0 if healthy() else DEAF), 15)
    if status is not None:
        return status == 0
    tell(stuck=last_words(pid), keys=keys)
    time.sleep(1)  # until it is out there
    write("/proc/sysrq-trigger", "o")  # what does not end would keep the machine from ending
    return False


def main(parts, healthy):
    """parts: of (keys, function, seconds), in order. The command line has the keys to try. A function returns None, or a
    dictionary with a symptom or None for each of its keys; or it raises Wrong. healthy() says whether
    what is tried still receives."""
    guard()
    known = []
    for keys, function, limit in parts:
        if not set(keys) & set(sys.argv[1:]):
            continue
        if not attempt(keys, function, limit, healthy):
            break
        fresh = [line for line in reports() if line not in known]
        known += fresh
        if fresh:
            tell(reported=fresh[:3], keys=keys)
