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
json()
{
	rm -f "$t/json"
	run --json -o "$t/json" "$@"
	flatten
}
flatten()
{
	python3 - "$t/json" >"$t/flat" <<-'END_OF_PYTHON'
		import json, sys

		def flat(name, value):
		    if isinstance(value, dict) and "cpus" in value:
		        known = list(value["cpus"].values())
		        total = round(sum(known), 6) if known else None
		        got = value["total"]
		        assert got == total or abs(got - total) < 1e-5, (name, value)
		    if isinstance(value, dict):
		        for key in value:
		            flat(f"{name}.{key}" if name else key, value[key])
		    elif isinstance(value, list):
		        for i, one in enumerate(value):
		            flat(f"{name}.{i}", one)
		    else:
		        print(name, json.dumps(value))

		flat("", json.loads(open(sys.argv[1]).readlines()[-1]))
	END_OF_PYTHON
}
got() { awk -v n="$1" '$1 == n { sub(/^[^ ]* /, ""); print }' "$t/flat"; }
# counting: napistat is ready for signals, which it blocks (SIGINT is bit 1), and knows its interface.
counting() { awk '/^SigBlk:/ { mask = $2 } END { exit mask !~ /[2367abef]$/ }' "/proc/$(pgrep -x napistat)/status"; }
