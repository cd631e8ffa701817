#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 34-docs-live: the Linux in the page, in Debian's Chromium: it starts, shows the same figures as napistat and /proc, survives what
# readers do to it, stays from page to page, judges answers, and the labs' and chapters' blocks run in it. On the host, after
# "make docs-live". PARTS='rules files soak live shots faults walk labs' tries those parts only, LABS='01 02' those labs (or pages).

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
	case " ${PARTS:-rules files soak live shots faults walk labs} " in *" $name "*) ;; *) return ;; esac
	timeout "$(stretched "$limit")" "$@" >"$work/tap" 2>&1
	adopt "$name" $? "$work/tap"
}

# What mmdebstrap did not bring whole gets no name in the cache.
mkdir "$work/bin"
printf '#!/bin/sh\n' >"$work/bin/npm"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/mmdebstrap"
chmod +x "$work"/bin/*
! PATH=$work/bin:$PATH SNULL_CACHE=$work/cache docs/live/make >"$work/log" 2>&1 && ls -d "$work"/cache/live/npm-* >/dev/null && ! compgen -G "$work/cache/live/tools-*"
result $? 'a part of the machine that did not come whole is not kept' "$work/log"

part rules 300 node --test --test-reporter=tap tests/docs/checks.test.js tests/docs/interrupts.test.js tests/docs/answers.test.js
part soak 400 node tests/docs/live-soak.mjs "$modules" docs/_build/live 180
/usr/bin/python3 -m sphinx -W -n --keep-going -q -d "$work/doctrees" -b html docs "$work/html" >"$work/log" 2>&1
result $? 'the site builds, with the machine' "$work/log"
part files 60 bash tests/docs/live-files docs/_build/live
part live 900 node tests/docs/live.mjs "$work/html" "$modules" "$shots"
part shots 300 node tests/docs/live-shots.mjs "$work/html" "$modules" "$shots"
part faults 600 node tests/docs/live-faults.mjs "$work/html" "$modules"
part walk 900 node tests/docs/live-walk.mjs "$work/html" "$modules"
pages='getting-started reference/counters reference/napistat reference/parameters reference/tracepoints
story/00-before-the-first-packet story/07-interrupt-mitigation story/09-threaded-napi contributing/receive-path'
# shellcheck disable=SC2086 # a list of words
part labs 3600 node tests/docs/live-labs.mjs "$work/html" "$modules" "$shots" ${LABS:-01 02 03 04 05 06 08 09 13 14 $pages}
plan
