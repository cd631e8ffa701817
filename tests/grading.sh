# SPDX-License-Identifier: GPL-2.0-only
# grading.sh: programs handed in to labs 16 and 17, and what becomes of them; for tests on the host.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what is set here the tests read, and the other way round

suite=${SNULL_SUITE:-trixie}
case $suite in bookworm|trixie|backports) ;; *) echo "1..0 # SKIP the labs are for Linux 6.1 and later, as Debian has them"; exit ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# wanted NAME: is this case asked for, by ONLY='NAME…'? "make test" tries those in $quick.
wanted() { [ -z "${ONLY:-}" ] || { [[ " $ONLY " = *" $1 "* ]]; return; }; [ -n "${TEST_FULL:-}" ] || [[ $quick = *" $1 "* ]]; }

# grade FILE [LAB]: $points, $lost (what got no points) and the hints in $work/tap; how long it took in $took.
grade()
{
	local began=$SECONDS
	timeout --foreground "$(stretched 1800)" labs/lab grade "${2:-16}" "$1" --suite "$suite" --results "$work/results.json" >"$work/tap" 2>"$work/err"
	took=$((SECONDS - began))
	points=$(sed -n 's/^# \([0-9.]*\) of .* points$/\1/p' "$work/tap")
	lost=$(sed -n 's/^not ok [0-9]* - //p' "$work/tap" | paste -sd' ')
}
# scores NAME FILE LAB POINTS
scores()
{
	wanted "$1" || return
	grade "$2" "$3"
	[ "$points" = "$4" ]
	result $? "$1: $4 points, in $took s" "$work/tap" "$work/err"
}
# hint NAME PATTERN: what the student is told.
hint()
{
	grep -qE "$2" "$work/tap"
	result $? "$1: is told: $2" <(grep '^#   ' "$work/tap" | sort -u)
}
