#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 50-faults-more: the other half of 50-faults.
[ -z "${ONLY:-}" ] || { echo '1..0 # SKIP 50-faults has those that are asked for'; exit 0; }
others=1
. "$(dirname "$0")/50-faults.t"
