# SPDX-License-Identifier: GPL-2.0-only
# tap.sh: results in the Test Anything Protocol, which prove reads; for tests on the host, and by lib.sh in the machine.
# shellcheck shell=bash

# On the host: what a test runs may end by Ctrl-C in its own way, and the test would go on.
[ -n "${SNULL_IN_VM:-}" ] || trap 'exit 130' INT

# stretched SECONDS: as many more as the host is busy, for limits in real time.
stretched() { local load; read -r load _ </proc/loadavg; echo $(($1 * (1 + ${load%.*} / $(nproc)))); }

tests=0
tests_failed=0

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

# With TEST_TIMES=1 each result is preceded by the milliseconds that it took, of the machine's clock.
times_at=${EPOCHREALTIME/[.,]/}
took()
{
	echo "# $(((${EPOCHREALTIME/[.,]/} - times_at) / 1000)) ms"
	times_at=${EPOCHREALTIME/[.,]/}
}

# result STATUS NAME [FILE…]: one test; if it fails, the end of each file says why.
result()
{
	tests=$((tests + 1))
	[ -z "${TEST_TIMES:-}" ] || took
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		tests_failed=$((tests_failed + 1))
		echo "not ok $tests - $2"
		[ $# -lt 3 ] || tail -qn 60 "${@:3}" | sed 's/^/# /'
	fi
	return "$1"
}

skip() # NAME REASON: a test that cannot run here
{
	tests=$((tests + 1))
	echo "ok $tests # SKIP $1: $2"
}

# check NAME COMMAND…: the command succeeds.
check()
{
	local name=$1 out status
	shift
	out=$("$@" 2>&1)
	status=$?
	result $status "$name" || diag "$* ended with $status${out:+:
$out}"
	return $status
}

# fails NAME COMMAND…: the command fails.
fails()
{
	local name=$1 out status
	shift
	out=$("$@" 2>&1)
	status=$?
	result $((status == 0)) "$name" || diag "$* succeeded${out:+:
$out}"
}

# is NAME GOT WANT
is()
{
	[ "$2" = "$3" ]
	result $? "$1" || { diag "got '$2', not '$3'"; return 1; }
}

# like NAME GOT PATTERN: an extended regular expression.
like()
{
	[[ $2 =~ $3 ]]
	result $? "$1" || { diag "got '$2', which is not like '$3'"; return 1; }
}

# that NAME EXPRESSION: awk finds the expression true. Numbers that are missing make it false, and so does a word (what a
# program said instead of a number), which awk would take for a variable. What is about integers only, and divides none,
# the shell can say itself: each program that need not be started saves an emulated CPU 5 ms.
# With TEST_MARGINS=1 it says the expression of each: tests/margins reads that.
that()
{
	[ -z "${TEST_MARGINS:-}" ] || diag "that: $2"
	{ whole "$2" && if [[ $2 =~ ^[0-9\ ()+*\<\>=\&|!-]*$ && ! $2 =~ (^|[^0-9])0[0-9] ]]; then
		(($2))
	else
		awk "BEGIN { exit !($2) }"
	fi; } 2>/dev/null
	result $? "$1" || { diag "not true: $2"; return 1; }
}

# whole EXPRESSION: no word but what is quoted, and no sign where a number is missing before it.
whole()
{
	local word='(^|[^0-9.])[A-Za-z_]' gap='(^|[-(!&|<>=+*/])[[:space:]]*[-+][[:space:]]'
	[[ ! ${1//\"*\"/} =~ $word && ! $1 =~ $gap ]]
}

# nap SECONDS: sleep, without a program: nothing ever comes from this pipe.
exec {nothing}<> <(:)
nap() { read -rt "$1" -u "$nothing" _; [ $? -gt 128 ]; }

# wait_for SECONDS COMMAND…: until the command succeeds, for so long at least. Everything here is slow at times: be
# generous.
wait_for()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] || return 1
		nap 0.05
	done
}

# adopt NAME STATUS FILE: the tests of another program's TAP; one more if it ended badly without a failing one, or had none.
adopt()
{
	local line bad='' before=$tests
	while IFS= read -r line; do
		case $line in
		'ok '*) bad=''; result 0 "$1: ${line#* - }" ;;
		'not ok '*) bad=1; result 1 "$1: ${line#* - }" ;;
		'# Subtest:'*|1..*|'TAP version'*) ;;
		*) [ -z "$bad" ] || echo "# ${line#\# }" ;;
		esac
	done <"$3"
	if [ $tests = $before ]; then
		result 1 "$1: no test at all, ended with $2" "$3"
	else
		[ "$2" = 0 ] || grep -q '^not ok' "$3" || result 1 "$1: ended with $2" "$3"
	fi
}

# plan: the last line, and the end. A file that came to no test has failed.
plan()
{
	[ $tests -gt 0 ] || result 1 'there is something to test'
	echo "1..$tests"
	exit $((tests_failed > 0))
}
