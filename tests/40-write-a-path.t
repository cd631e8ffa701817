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
	timeout 1800 labs/lab grade "${2:-16}" "$1" --suite "$suite" --results "$work/results.json" >"$work/tap" 2>"$work/err"
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
variant of_the_host "s|^#include <linux/err.h>|&\n#include \"$work/secret.h\"|"
echo '#error what only the host has' >"$work/secret.h"
dies of_the_host 'No such file'
variant of_the_lab 's|^#include <linux/err.h>|&\n#include "/snull/labs/16-write-a-napi-path/solution/mypath.c"|'
dies of_the_lab 'No such file'
# This one exists in the machine, and is no secret there.
variant passwords 's|^#include <linux/err.h>|&\n#include "/etc/passwd"|'
dies passwords 'does not compile'
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

# Whoever comes after them is graded as if nothing had been.
if wanted class; then
	mkdir "$work/class"
	cp "$work/oops_at_load.c" "$work/class/ann.c"
	cp "$work/loops_in_handler.c" "$work/class/bob.c"
	cp labs/16-*/solution/mypath.c "$work/class/cleo.c"
	timeout 900 labs/lab grade 16 "$work/class" --suite "$suite" >"$work/csv" 2>"$work/err"
	[ "$(cut -d, -f1-4 "$work/csv" | tail -n +2 | paste -sd' ')" = 'ann,16,0,100 bob,16,0,100 cleo,16,100,100' ]
	result $? 'class: two paths that kill the kernel get no points, and the good one after them all' <(cat "$work/csv" "$work/err")
fi

# ---- the zoo -----------------------------------------------------------------------------------------------------------------

# animal NAME: the path as a student would hand it in: on 2.6's softirq, which snull has.
animal()
{
	local path=napi-modern/rx_napi
	grep -q '^+++ b/napi-modern' "labs/zoo/$1.patch" || path=legacy-poll/rx_legacy
	patch -s -p1 -F0 -o - "$path.c" <"labs/zoo/$1.patch" || return
	echo "#define ANIMAL snull_${path#*/}"
	cat labs/zoo/animal.c
}
# loses NAME LAB KEYS PATTERN: an animal, handed in, loses the points of these, and of no others; and its author is told why.
loses()
{
	wanted "$1" || return
	animal "$1" >"$work/$1.c"
	grade "$work/$1.c" "$2"
	[ "$lost" = "$3" ]
	result $? "$1: $points points in $took s; it loses: $3" <(echo "it lost: $lost"; cat "$work/tap" "$work/err")
	hint "$1" "$4"
}
loses miscounts 16 work_told 'napicheck, work-told'
loses never_masks 16 'bursts speed masked' 'interrupts a packet; snull.s own path takes'
loses masks_late 16 masked 'napicheck, masked'
# deaf NAME PATTERN…: hardly a packet is received, or the kernel hangs: few points. Four machines are given to it, and what they have
# not come to is not tried.
deaf()
{
	wanted "$1" || return
	animal "$1" >"$work/$1.c"
	grade "$work/$1.c"
	[ "${points:-100}" -le 15 ]
	result $? "$1: has $points points, after $took s" <(echo "it lost: $lost"; cat "$work/tap" "$work/err")
	for pattern in "${@:2}"; do hint "$1" "$pattern"; done
}
not_tried='not tried: the kernel has died, or hung, or the path has become deaf, 4 times$'
deaf never_unmasks 'of 20 pings [0-9]+ were answered' "$not_tried"
deaf never_completes "$not_tried"
deaf unmasks_in_handler 'the kernel died: rcu: INFO: rcu_preempt detected stalls'
# With the ring once full of a budget it is deaf: what is tried after that, down and up among it, goes with it.
loses returns_one 16 'integrity bursts exactly_budget stuck updown frees unloads' '6400 packets were sent in bursts; sn1 knows of [0-9]+'
loses unmasks_first 16 'idle bursts masked unmasked_early' 'interrupts for'
loses unmasks_anyway 16 unmasked_early 'napicheck, unmasked-early'
loses completes_full 16 'bursts exactly_budget quiet' 'Budget exhausted'
loses one_too_many 16 budget 'napicheck, budget:'
loses goes_on 16 done_is_done 'napicheck, done-is-done'
loses completes_at_zero 16 budget_0 'napicheck, budget-0'
loses receives_at_zero 16 'budget_0 quiet' 'napicheck, budget-0'
loses cleans_with_64 16 freed_in_poll 'napicheck, freed-in-poll'
loses schedules_at_start 16 context 'napicheck, context'
# Another size of the ring is stop() and start() with no init() between: a NAPI that is enabled twice is a BUG. What is tried with a
# small ring, and on the same napicheck, goes with it.
loses forgets_disable 16 'budget_0 freed_in_poll context pairs quiet' 'the kernel died: kernel BUG .* in rx_napi_start'
loses leaks 16 frees 'packets for somebody else came in, and [0-9]+ packets more are in memory'
loses budget_unpaid 17 budget 'the softirq believes that 0 were'
plan
