#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kunit: loads snull_kunit.ko, which tests the pure parts where they run, and hands its results on.
. "$(dirname "$0")/lib.sh"

kunit_ko=/snull-build/snull_kunit.ko
[ -e $kunit_ko ] || [ "$SNULL_SUITE-${TEST_KO:-}" = debug- ] || skip_all "no snull_kunit.ko: this kernel has no KUnit (SNULL_SUITE=debug has)"
modprobe kunit 2>/dev/null

check 'snull_kunit.ko loads' insmod $kunit_ko
# A test case is a line indented by four, "    ok 1 name"; a suite's own line is not indented.
dmesg | sed 's/^\[[^]]*\] //' >/tmp/ktap
failing=$(grep -nE '^ +(# |not ok)' /tmp/ktap)
while read -r verdict; do
	case $verdict in
	'not ok '*) result 1 "${verdict#not ok * }"; diag "$failing" ;;
	*' # SKIP'*) name=${verdict#ok * }; skip "${name% # SKIP*}" "${verdict##*# SKIP}" ;;
	*) result 0 "${verdict#ok * }" ;;
	esac
done < <(grep -E '^    (not )?ok [0-9]+ ' /tmp/ktap)
suites=$(grep -cE '^    # Subtest: ' /tmp/ktap)
that 'it has run several suites' "$suites >= 4"
is 'and each has come to its end' "$(grep -cE '^(not )?ok [0-9]+ ' /tmp/ktap)" "$suites"
that 'with a good many cases' "$tests >= 20"
check 'it unloads' rmmod snull_kunit
end_tests
