#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 40-write-a-path: labs 16 and 17 grade a program: the solution gets all points, the skeleton none; each broken path of the zoo
# loses the points of its mistake, and nothing else; and what is no program, or kills the kernel, is a grade, with a reason.
# It runs on the host, and starts virtual machines. The environment: SNULL_SUITE (trixie); TEST_FULL=1, for all; ONLY='NAME…',
# for some of the cases.

cd "$(dirname "$0")/.." || exit
suite=${SNULL_SUITE:-trixie}
case $suite in bookworm|trixie|backports) ;; *) echo "1..0 # SKIP the labs are for Linux 6.1 and later, as Debian has them"; exit ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# wanted NAME: is this case asked for? "make test" tries few.
quick=' solution16 rubbish '
wanted() { [ -z "${ONLY:-}" ] || { [[ " $ONLY " = *" $1 "* ]]; return; }; [ -n "${TEST_FULL:-}" ] || [[ $quick = *" $1 "* ]]; }

# grade FILE [LAB]: $points, $lost (what got no points) and the hints in $work/tap; how long it took in $took.
grade()
{
	local began=$SECONDS
	timeout 900 labs/lab grade "${2:-16}" "$1" --suite "$suite" --results "$work/results.json" >"$work/tap" 2>"$work/err"
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
	result $? "$1: $4 points, in $took s" <(cat "$work/tap" "$work/err")
}
# hint NAME PATTERN: what the student is told.
hint()
{
	grep -qE "$2" "$work/tap"
	result $? "$1: is told: $2" "$work/tap"
}

for lab in 16 17; do
	dir=$(echo labs/$lab-*)
	scores "solution$lab" "$dir/solution/mypath.c" $lab 100
	scores "skeleton$lab" "$dir/skeleton/mypath.c" $lab 0
done

# ---- what is no program: refused before any machine starts ------------------------------------------------------------------

refused() # NAME FILE PATTERN
{
	grade "$2"
	[ "$points" = 0 ] && grep -qE "$3" "$work/tap"
	result $? "$1: no points, and is told: $3" <(cat "$work/tap" "$work/err")
}
if wanted rubbish; then
	mkdir "$work/in"
	head -c 10000000 /dev/zero | tr '\0' x >"$work/in/large.c"
	refused 'a file of 10 MB' "$work/in/large.c" 'larger than 64 KiB'
	head -c 1000 /dev/urandom >"$work/in/noise.c"
	refused 'a file that is no text' "$work/in/noise.c" 'not text'
	ln -s /etc/passwd "$work/in/link.c"
	refused 'a symbolic link' "$work/in/link.c" 'a link, not a file'
	mkdir "$work/in/directory.c"
	labs/lab grade 16 "$work/in/directory.c" --suite "$suite" >/dev/null 2>"$work/err"
	result $(($? != 2)) 'an empty directory is a class without submissions' "$work/err"
	labs/lab grade 16 "$work/in" --suite "$suite" >"$work/csv" 2>"$work/err"
	is_row='^(large|noise|link|directory.c),'
	[ "$(grep -cE "$is_row" "$work/csv")" = 4 ]
	result $? 'a class of them: a row for each, with a reason' <(cat "$work/csv" "$work/err")
fi

# ---- programs that do not work: a grade each, with a reason -------------------------------------------------------------------

# variant NAME SED…: the solution, changed.
variant() { sed "${@:2}" labs/16-*/solution/mypath.c >"$work/$1.c"; }
# dies NAME PATTERN: no points at all.
dies()
{
	wanted "$1" || return
	grade "$work/$1.c"
	[ "$points" = 0 ]
	result $? "$1: no points, in $took s" <(cat "$work/tap" "$work/err")
	hint "$1" "$2"
}
# only_loses NAME PART PATTERN: the points of this part only.
only_loses()
{
	wanted "$1" || return
	grade "$work/$1.c"
	[ "$lost" = "$2" ]
	result $? "$1: loses the points of $2 only, in $took s" <(cat "$work/tap" "$work/err")
	hint "$1" "$3"
}
variant does_not_compile 's/^static int mypath_poll/statik &/'
dies does_not_compile 'does not compile: mypath.c:.*error'
variant of_the_host 's|^#include <linux/err.h>|&\n#include "/snull/labs/16-write-a-napi-path/solution/mypath.c"|'
dies of_the_host 'No such file'
variant another_name 's/"mypath"/"napi"/'
dies another_name 'it does not load|no path called'
variant oops_at_load 's/^\treturn snull_rx_register.*/\treturn *(volatile int *)8;/'
dies oops_at_load 'the kernel died: BUG'
variant loops_in_handler 's/^\tsnull_int_disable.*/\tfor (;;)\n\t\tcpu_relax();/'
dies loops_in_handler 'the kernel died|does not end|hung'
variant warns 's/^\tint work;$/\tint work, unused;/'
only_loses warns builds 'unused variable'
variant never_unloads 's/^\treturn snull_rx_register/\t__module_get(THIS_MODULE);\n&/'
only_loses never_unloads unloads 'in use'

# ---- the zoo -----------------------------------------------------------------------------------------------------------------

# loses NAME [LAB] KEY…: an animal, handed in, loses the points of these, and of no others.
loses()
{
	local name=$1 lab=16 want
	shift
	wanted "$name" || return
	[ "$1" != 17 ] || { lab=17; shift; }
	want="$*"
	make -s -C labs/zoo "out/$name.c" >"$work/err" 2>&1 && sed '/^#define ANIMAL_NEEDS_SOFTNET$/d' "labs/zoo/out/$name.c" >"$work/$name.c"
	grade "$work/$name.c" $lab
	[ "$lost" = "$want" ]
	result $? "$name: $points points in $took s; it loses: $want" <(echo "it lost: $lost"; cat "$work/tap" "$work/err")
}
loses miscounts work_told
loses masks_late masked
loses unmasks_first idle bursts masked unmasked_early
loses unmasks_anyway unmasked_early
loses completes_full integrity bursts exactly_budget quiet
loses one_too_many budget
loses goes_on done_is_done
loses completes_at_zero budget_0
loses receives_at_zero budget_0 quiet
loses cleans_with_64 freed_in_poll
loses schedules_at_start context
loses forgets_disable pairs quiet
loses budget_unpaid 17 budget
plan
