# SPDX-License-Identifier: GPL-2.0-only
# napistat.sh: what the tests of napistat have in common; $t is a directory of theirs.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # what a test sets is read here, and the other way round

# run ARGUMENTS…: napistat's $status, its standard output in $t/out, its standard error in $t/err.
run()
{
	napistat "$@" >"$t/out" 2>"$t/err"
	status=$?
}

# json ARGUMENTS…: the same, with the report in $t/json, and each of its numbers in $t/flat: softirqs.NET_RX.total 12.
# What napistat counts for each CPU adds up to the total, whatever the report is of.
json()
{
	rm -f "$t/json"
	run --json -o "$t/json" "$@"
	flatten
}
flatten()
{
	local name value
	flat "$t/json" >"$t/flat"
	numbers=()
	while read -r name value; do numbers[$name]=$value; done <"$t/flat"
	awk '
		!match($1, /\.cpus\.[0-9]+$/) { total[$1] = $2; next }
		$2 != "null" { sum[substr($1, 1, RSTART - 1) ".total"] += $2 }
		END { for (name in sum) { apart = sum[name] - total[name]; if (apart * apart > 1e-10) { print name, total[name]; exit 1 } } }
	' "$t/flat" || { diag 'which is not the sum of its CPUs'; numbers=(); : >"$t/flat"; }
}
declare -A numbers
got() { echo "${numbers[$1]-}"; }
# counting: napistat is ready for signals, which it blocks (SIGINT is bit 1), and knows its interface.
counting() { awk '/^SigBlk:/ { mask = $2 } END { exit mask !~ /[2367abef]$/ }' "/proc/$(pgrep -nx napistat)/status"; }
