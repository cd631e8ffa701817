#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 34-margins: tests/margins finds the comparisons that passed by little, and those whose numbers move between two runs.
# shellcheck disable=SC2034 # tests/run reads it
short=1
cd "$(dirname "$0")/.." || exit
. tests/tap.sh

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
mkdir "$t/quiet" "$t/busy" "$t/none"
# As tests say it themselves.
run() { (TEST_MARGINS=1; tests=0; that 'far' '1 < 1000'; that 'two' "$1 >= 300 && $1 < 2 * 200"; that 'text' '"a" == "a"'; that 'half' "$2 / 2 > 1"); }
run 303 8 >"$t/quiet/01-a.t"
run 390 8 >"$t/busy/01-a.t"

is 'the nearest first' "$(tests/margins "$t/quiet")" '   1.0%  01-a.t: two: 303 >= 300
  24.2%  01-a.t: two: 303 < 2 * 200
  75.0%  01-a.t: half: 8 / 2 > 1
  99.9%  01-a.t: far: 1 < 1000'
is 'so many' "$(tests/margins -n 1 "$t/quiet")" '   1.0%  01-a.t: two: 303 >= 300'
is 'of two runs, what moves, and how near it came' "$(tests/margins "$t/quiet" "$t/busy")" '  22.3% apart,    1.0% left  01-a.t: two: 303 >= 300 | 390 >= 300
  22.3% apart,    2.5% left  01-a.t: two: 303 < 2 * 200 | 390 < 2 * 200'
is 'the same run twice: nothing moves' "$(tests/margins "$t/quiet" "$t/quiet")" ''
for bad in "$t/none" "$t/missing"; do
	said=$(tests/margins "$bad" 2>&1)
	is "${bad##*/}: what to do" "$? $said" '1 margins: no comparisons there: was it run with TEST_MARGINS=1?'
done
like 'without a word, the usage' "$(tests/margins 2>&1)" '^usage: tests/margins'
plan
