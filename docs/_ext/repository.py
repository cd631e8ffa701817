# SPDX-License-Identifier: GPL-2.0-only
"""repository.py - where things are: the checkout, and the driver's source files in reading order."""

import os
import re

DOCS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(DOCS)
DIRECTORIES = ["snull", "snull/nic", "snull/frame", "napi-modern", "legacy-poll"]

# The order of README.rst's "Reading it"; a file that is not named here comes after its directory's others.
READING = """
snull/rx.h snull/queue.h snull/queue.c snull/rx.c snull/rx_gro.c snull/rx_copybreak.c snull/rx_bufs.c
snull/rx_netif_rx.c napi-modern/rx_napi.c legacy-poll/rx_legacy.c snull/rx_paths.c
snull/nic/nic.h snull/nic/desc.h snull/nic/stats.h snull/nic/ring.h snull/nic/impl.h snull/nic/frame.h snull/nic/tx.c snull/nic/tso.c snull/nic/rate.h snull/nic/wire.c snull/nic/tick.h snull/nic/clock.c snull/nic/dma.c snull/nic/rx.c snull/nic/store.c snull/nic/tag.c snull/nic/irq.c snull/nic/steer.c snull/nic/moderation.c snull/nic/coalesce.c snull/nic/stage.h snull/nic/stage.c snull/nic/link.c snull/nic/fault.c snull/nic/core.c snull/nic/count.h snull/nic/count.c snull/nic/trace.h snull/nic/trace.c
snull/frame/headers.h snull/frame/toeplitz.h snull/frame/toeplitz.c snull/frame/tcam.h snull/frame/tcam.c snull/frame/tag.h snull/frame/tag.c snull/frame/rewrite.h snull/frame/rewrite.c snull/frame/ip6ext.h snull/frame/ip6ext.c snull/frame/segment.h snull/frame/segment.c snull/frame/coalesce.h snull/frame/coalesce.c snull/frame/coalesce_run.c
snull/snull.h snull/main.c snull/params.c snull/probe.c snull/netdev.c snull/open.c snull/reshape.c snull/queue_mgmt.c snull/rings.c snull/tx.c snull/xdp.c snull/xdp_tx.c snull/moderation.c snull/reset.c snull/ethtool.c snull/ethtool_link.c snull/debugfs.c snull/ethtool_rss.h snull/ethtool_rss.c snull/ethtool_hash.c snull/ethtool_steer.c snull/ethtool_flow.c snull/queue_stats.c snull/ethtool_stats.c snull/ethtool_groups.c snull/qstats.c snull/ptp.c
legacy-poll/softnet.h legacy-poll/softnet.c legacy-poll/carrier.c
snull/trace.h snull/trace.c snull/compat.h snull/compat_napi.h snull/compat_core.h
""".split()


def read(path):
    """The text of a file of the repository."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def exists(path):
    """Is there such a file or directory in the repository?"""
    whole = os.path.normpath(os.path.join(TOP, path))
    return whole.startswith(TOP + os.sep) and os.path.exists(whole)


def sources():
    """The driver's C files, in reading order."""
    found = [f"{directory}/{name}" for directory in DIRECTORIES for name in sorted(os.listdir(os.path.join(TOP, directory)))
             if re.search(r"\.[ch]$", name) and not name.endswith(".mod.c")]
    known = [path for path in READING if path in found]
    return known + [path for path in found if path not in known]


def page_of(path):
    """The page of a source file."""
    return "reference/code/" + path.replace("/", "-")


def summary(path):
    """What a source file's first comment says that it is: "nic/irq.c - the NIC's interrupt lines."""
    found = re.search(r"/\*\n \* \S+ - (.*?)(?:\n \*\n| \*/)", read(path), re.S)
    return re.sub(r"\s*\n \* ", " ", found[1]).strip() if found else ""


def outdated(env, name, data):
    """The pages whose data, by page, is not what it was when the site was built last: Sphinx knows nothing of it. For "env-get-outdated"."""
    before = getattr(env, name, {})
    setattr(env, name, data)
    return [page for page in env.found_docs if data.get(page) != before.get(page)]


def write_if_changed(path, text):
    """Write a generated file; leave one alone that is right, so that Sphinx need not read it again."""
    try:
        with open(path, encoding="utf-8") as old:
            if old.read() == text:
                return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as new:
        new.write(text)
