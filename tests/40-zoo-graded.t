#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 40-zoo-graded: lab 16 grades the broken paths of the zoo as if students had handed them in: each loses the points of its
# mistake, and nothing else. It runs on the host, and starts virtual machines. The environment: SNULL_SUITE (trixie);
# ONLY='NAME…', for some of them.

cd "$(dirname "$0")/.." || exit
[ -n "${TEST_FULL:-}${ONLY:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
quick=' '
. tests/grading.sh

# animal NAME: the path as a student would hand it in: on 2.6's softirq, which snull has.
animal()
{
	local path=napi-modern/rx_napi
	grep -q '^+++ b/napi-modern' "labs/zoo/$1.patch" || path=legacy-poll/rx_legacy
	patch -s -p1 -F0 -o - "$path.c" <"labs/zoo/$1.patch" || return
	echo "#define ANIMAL snull_${path#*/}"
	cat labs/zoo/animal.c
}
# hand_in NAME [LAB]: if it is asked for, it is graded.
hand_in()
{
	wanted "$1" || return
	animal "$1" >"$work/$1.c"
	grade "$work/$1.c" "${2:-}"
}
# loses NAME LAB KEYS PATTERN: an animal, handed in, loses the points of these, and of no others; and its author is told why.
loses()
{
	hand_in "$1" "$2" || return
	[ "$lost" = "$3" ]
	result $? "$1: $points points in $took s; it loses: $3" <(echo "it lost: $lost") "$work/tap" "$work/err"
	hint "$1" "$4"
}
loses miscounts 16 work_told 'napicheck, work-told'
loses never_masks 16 'bursts speed masked' 'interrupts a packet; snull.s own path takes'
# reason KEY: why it was lost.
reason() { sed -n "/^not ok [0-9]* - $1\$/,/^\(not \)\{0,1\}ok/p" "$work/tap" | sed -n '3p'; }
# may_die NAME LAB KEYS PATTERN [MORE]: as "loses"; and the kernel may die, or be deaf, of what is tried then. MORE may be lost, too,
# if luck has it: what a path that became deaf meanwhile has not received is said in other words.
may_die()
{
	local key also='' other=''
	hand_in "$1" "$2" || return
	for key in $lost; do [[ " $3 ${5:-} " = *" $key "* ]] || also="$also $key"; done
	for key in $3; do [[ " $lost " = *" $key "* ]] || other="$other, not $key"; done
	for key in $also; do
		reason "$key" | grep -qE 'the kernel died|the machine hung|does not end|not tried' || other="$other, $key: $(reason "$key")"
	done
	[ -z "$other" ]
	result $? "$1: $points points in $took s; it loses: $3, and of a kernel that died, or is deaf:$also" \
		<(echo "it lost: $lost$other") "$work/tap" "$work/err"
	hint "$1" "$4"
}
# Threads, on two CPUs, are what its race takes.
may_die masks_late 16 masked 'napicheck, masked' threaded
# deaf NAME PATTERN…: hardly a packet is received, or the kernel hangs: few points. Four machines are given to it, and what they have
# not come to is not tried.
deaf()
{
	hand_in "$1" || return
	[ "${points:-100}" -le 30 ]
	result $? "$1: has $points points, after $took s" <(echo "it lost: $lost") "$work/tap" "$work/err"
	for pattern in "${@:2}"; do hint "$1" "$pattern"; done
}
not_tried='not tried: the kernel has died, or hung, or the path has become deaf, 4 times$'
deaf never_unmasks 'of 20 pings [0-9]+ were answered' "$not_tried"
deaf never_completes "$not_tried"
# Its CPU hangs: what notices that first (RCU and the soft lockup's watchdog both wait four seconds, trial.py waits for what it runs),
# and after how many packets, is a matter of luck.
deaf unmasks_in_handler 'the kernel died: (rcu: INFO: rcu_|watchdog: BUG: soft lockup)|the machine hung|does not end|pings [0-9]+ were answered'
# With the ring once full of a budget it is deaf: what is tried after that, down and up among it, goes with it. How soon it is full
# is a matter of luck.
may_die returns_one 16 'integrity bursts exactly_budget stuck updown frees unloads' 'napicheck, stuck: returned 1 of a budget|6400 packets were sent in bursts; sn1 knows of [0-9]+' \
	'gro speed threaded'
loses unmasks_first 16 'idle bursts masked unmasked_early' 'interrupts for'
loses unmasks_anyway 16 unmasked_early 'napicheck, unmasked-early'
# It is put on the CPU's list twice, which the next to do that may not survive.
may_die completes_full 16 'bursts exactly_budget quiet' 'the kernel reports: .*Budget exhausted'
loses one_too_many 16 'budget quiet' 'napicheck, budget:'
loses goes_on 16 done_is_done 'napicheck, done-is-done'
loses completes_at_zero 16 budget_0 'napicheck, budget-0'
loses receives_at_zero 16 'budget_0 quiet' 'napicheck, budget-0'
loses cleans_with_64 16 freed_in_poll 'napicheck, freed-in-poll'
loses schedules_at_start 16 context 'napicheck, context'
# Another size of the ring is stop() and start() with no init() between: a NAPI that is enabled twice is a BUG. What is tried with a
# small ring, and on the same napicheck, goes with it. And it may die where it goes down and up.
may_die forgets_disable 16 'budget_0 freed_in_poll context pairs quiet' 'the kernel died: kernel BUG .* in rx_napi_start'
loses leaks 16 frees 'packets for somebody else came in, and [0-9]+ packets more are in memory'
loses budget_unpaid 17 budget 'the softirq believes that 0 were'
plan
