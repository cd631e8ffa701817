# SPDX-License-Identifier: GPL-2.0-only
# bad.sh: what the tests of bad hosts have in common: what a command says, what it leaves behind, a disk that is full, Ctrl-C,
# and toys: programs that stand in for others, and fail or wait when they are told to. Read after tap.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with the tests that read this file

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
chmod 755 "$t"
limit=$(stretched 300)

# gets STATUS COMMAND…: its output is in $t/out and $t/err.
gets()
{
	local want=$1 got=0
	shift
	timeout --foreground $limit "$@" >"$t/out" 2>"$t/err" </dev/null || got=$?
	[ "$got" = "$want" ] || { echo "# status $got, not $want"; return 1; }
}
# line PATTERN: that is what it said, in a line or two; one PATTERN: in one.
line() { [ "$(grep -vc '^ *$' "$t/err")" -le "${2:-2}" ] && grep -q -e "$1" "$t/err"; }
one() { line "$1" 1; }
# told NAME: the verdict on what has just been tried.
told() { result $? "$1" "$t/err"; }
# clean NAME: nothing half-made is left, and no machine; nor what was made in $t/tmp, where there is one. What is left is no fault
# of the next one.
clean()
{
	{
		find "$SNULL_CACHE" -maxdepth 2 '(' -name '.tmp-*' -o -name '.bundle-*' -o -path '*/machines/[0-9]*' ')'
		[ ! -d "$t/tmp" ] || find "$t/tmp" -mindepth 1 -maxdepth 1
	} >"$t/left"
	[ ! -s "$t/left" ]
	result $? "$1: nothing half-made is left" "$t/left" || xargs -rd '\n' rm -rf <"$t/left"
}

# small SIZE DIRECTORY STATUS COMMAND…: with a disk of that size there.
small()
{
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	mkdir -p "$2"
	gets "$3" unshare "${map[@]}" --mount sh -ec 'mount -t tmpfs -o size="$0" small "$1"; shift; exec "$@"' "$1" "$2" "${@:4}"
}

# interrupted NAME WHEN COMMAND…: by Ctrl-C, which all of a terminal's programs get, as soon as the condition WHEN is true: so
# it is in the middle of what it does. Its session's number is $pid.
interrupted()
{
	local name=$1 when=$2 pid status
	shift 2
	setsid env --default-signal=INT "$@" >"$t/out" 2>"$t/err" </dev/null &
	pid=$!
	wait_for "$limit" eval "$when || ! kill -0 $pid"
	# What never came so far is to end as well, and has failed.
	eval "$when" >/dev/null 2>&1 && kill -INT -- -$pid || { echo "# it did not come so far: $when"; kill -KILL -- -$pid 2>/dev/null; }
	wait $pid
	status=$?
	[ $status = 130 ] && wait_for 20 eval "! pgrep -s $pid" && [ "$(grep -vc '^make\|^  ' "$t/err")" -le 4 ]
	result $? "Ctrl-C in the middle of $name: it ends, with 130" <(echo "status $status"; pgrep -as $pid) "$t/err" ||
		pkill -KILL -s $pid
	clean "Ctrl-C in the middle of $name"
}

# toy NAME SCRIPT: in its place, for whoever has $toys in PATH. (Another may run now: it is a new file.)
toys=$t/toys
mkdir "$toys"
toy() { printf '#!/bin/bash\n%s\n' "$2" >"$toys/.new"; chmod 755 "$toys/.new"; mv "$toys/.new" "$toys/$1"; }
