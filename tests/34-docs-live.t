#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 34-docs-live: the Linux in the page, in Debian's Chromium: it starts, shows the same figures as napistat and /proc, survives what
# readers do to it, and the labs' blocks run in it. On the host, after "make docs-live". LABS='1 2' tries those labs only,
# PARTS='rules soak live shots faults labs' those parts.

cd "$(dirname "$0")/.." || exit
for what in test live; do
	docs/tools/deps --check $what >/dev/null 2>&1 || { echo '1..0 # SKIP packages are missing: "make docs-check" installs them'; exit; }
done
docs/live/make --check || { echo '1..0 # SKIP the machine is not there, or of other sources: "make docs-live" builds it'; exit; }
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shots=${SCREENSHOTS:-results/docs}
modules=$(docs/live/make --modules)
. tests/tap.sh

# part NAME SECONDS COMMAND…
part()
{
	local name=$1 limit=$2
	shift 2
	case " ${PARTS:-rules soak live shots faults labs} " in *" $name "*) ;; *) return ;; esac
	timeout "$limit" "$@" >"$work/tap" 2>&1
	adopt "$name" $? "$work/tap"
}

part rules 300 node --test tests/docs/checks.test.js tests/docs/interrupts.test.js tests/docs/answers.test.js
part soak 400 node tests/docs/live-soak.mjs "$modules" docs/_build/live 180
/usr/bin/python3 -m sphinx -W -n --keep-going -q -d "$work/doctrees" -b html docs "$work/html" >"$work/log" 2>&1
result $? 'the site builds, with the machine' "$work/log"
bytes=$(du -sbL docs/_build/live | cut -f1)
[ "$bytes" -le 15000000 ]
result $? "all that a browser fetches is $bytes bytes, at most 15 MB"
part live 600 node tests/docs/live.mjs "$work/html" "$modules" "$shots"
part shots 300 node tests/docs/live-shots.mjs "$work/html" "$modules" "$shots"
part faults 300 node tests/docs/live-faults.mjs "$work/html" "$modules"
# shellcheck disable=SC2086 # a list of words
part labs 1800 node tests/docs/live-labs.mjs "$work/html" "$modules" "$shots" ${LABS:-01 02 03 04}
plan
