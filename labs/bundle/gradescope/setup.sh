#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# setup.sh: make an unpacked autograder ready; Gradescope runs it once, as root. It needs no package and no network: the
# machine is here, its QEMU as well. A .zip may have lost who may run what.

cd "$(dirname "$0")" || exit
[ ! -d /autograder/source/machine ] || cd /autograder/source || exit
chmod 755 run_autograder machine/machine machine/qemu/ld.so machine/qemu/program machine/qemu/qemu-system-* || exit
machine/machine version || { echo 'setup: the machine does not start here' >&2; exit 1; }
