#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 32-docs-commands: what the pages of docs/ show as commands for the virtual machine does what they say. The labs' commands
# are run by 24-labs.t. PAGES='docs/…' for some. It runs on the host, and starts a machine for each page.

cd "$(dirname "$0")/.." || exit
suite=${SNULL_SUITE:-trixie}
[ "$suite" = trixie ] || { echo '1..0 # SKIP the pages show what Linux 6.12 prints'; exit; }
mkdir -p results
work=$(mktemp -d results/docs-XXXXXX)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

while read -r page arguments; do
	[ -z "${PAGES:-}" ] || [[ " $PAGES " = *" $page "* ]] || continue
	python3 tests/docs/commands.py --extract "$page" >"$work/README.rst"
	# A page's arguments are words of the shell: one of them may have blanks in it.
	words=()
	eval "words=($arguments)"
	labs/vm/run -q --suite "$suite" --timeout "$(stretched 300)" "${words[@]}" -- python3 -B labs/lib/steps.py "/snull/$work" </dev/null >"$work/out" 2>&1
	result $? "$page: its commands do what it says" "$work/out"
done < <(python3 tests/docs/commands.py --pages)
plan
