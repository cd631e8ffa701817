# SPDX-License-Identifier: GPL-2.0-only
"""pipe.py - end quietly, as other commands do, when nobody reads the output any more ("labs/lab list | head -1"): but through
every "finally", so that a driver that was loaded is unloaded. What has nothing to tidy up sets SIGPIPE to its default instead.
"""

import contextlib
import errno
import os
import signal
import subprocess
import sys

STATUS = 141  # a shell's, for what SIGPIPE has ended
INTERRUPTED = 130  # … and SIGINT


def hear(command, **output):
    """Run a command that tidies up after itself, and return its status and what it writes, if that is not sent elsewhere. Ctrl-C
    reaches it as it does us: then its end is awaited, and ours comes after it."""
    with subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL, **{"stdout": subprocess.PIPE, **output}) as process:
        try:
            said = process.communicate()[0]
        except KeyboardInterrupt:
            process.wait()
            raise
        except SystemExit:  # by a signal to us alone
            process.terminate()
            process.wait()
            raise
    return process.returncode, said


@contextlib.contextmanager
def ended(process):
    """What ends the block before its time ends the process, too; and the end of that is awaited."""
    try:
        yield process
    except BaseException:
        process.terminate()
        process.wait()
        raise


def write_whole(path, text):
    """Write a file whole or not at all, in the place of what is there. A link of that name is replaced, and not followed."""
    part = f"{path}.{os.getpid()}"
    try:
        with open(part, "x", encoding="utf-8") as out:
            out.write(text)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def end_by(number, _frame):
    """A signal ends us as an exception does: through every "finally", which no second one may disturb."""
    for one in signal.SIGTERM, signal.SIGHUP:
        signal.signal(one, signal.SIG_IGN)
    sys.exit(128 + number)


def polite(main):
    """Run a program's main()."""
    for number in signal.SIGTERM, signal.SIGHUP:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end_by)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="replace")  # what a file is called need not be text, in this locale
    try:
        try:
            main()
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # What is still in the buffer would be written, in vain, at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(STATUS)
    except OSError as problem:
        if problem.errno != errno.ENOSPC or problem.filename:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"{os.path.basename(sys.argv[0])}: cannot write the output: {problem.strerror}")
