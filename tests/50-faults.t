#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 50-faults: faults that this driver once had, put back one by one from tests/faults: the test that is there for each has to
# fail. A patch's head says which test, and which line of it. On the host; it starts virtual machines. ONLY='NAME…': some. Else
# this is every second of them, and 50-faults-more has the others, so that they run side by side.

cd "$(dirname "$0")/.." || exit
[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
command -v patch >/dev/null || { echo '1..0 # SKIP there is no "patch" on this host'; exit 0; }
. labs/vm/lib.sh
. tests/tap.sh
choose "${SNULL_SUITE:-trixie}"
export SNULL_SUITE=$suite
work=$(mktemp -d)
# Always the same place, so that each is built upon the last; another checkout has another.
tree=$cache/faulty-${built##*-}${others:+-more}
export SNULL_SRC=$tree
running=''
cleanup() { [ -z "$running" ] || kill "$running"; rm -rf "$work" "$tree" "$cache/build/$label-$(echo "$tree" | sha256sum | cut -c1-6)"; }
trap cleanup EXIT
unset TEST_FULL TEST_NO_BUILD TEST_KO

# head_of KEY FILE: what the patch's head says.
head_of() { sed -n "/^---$/q; s/^$1: //p" "$2"; }

# The checkout as it is, edited files and all.
copy() { rsync -a --delete --exclude=/.git --exclude=/docs --exclude='*.o' --exclude='*.ko' --exclude='*.mod*' --exclude='.*.cmd' ./ "$tree/"; }

# is_red LINE: the test has failed with LINE, or taken the machine with it if that is "dies": with a panic, or without a word, for the
# second half of its time. (One that is slow has said something meanwhile.)
is_red()
{
	case $1 in
	dies)
		grep -qE '^run: .*Kernel panic' "$work/tap" ||
			{ grep -q '^run: time-out' "$work/tap" && [ $((2 * (SECONDS - told))) -ge $((SECONDS - began)) ]; } ;;
	*) grep -qE "^not ok [0-9]+ - .*($1)" "$work/tap" ;;
	esac
}
# red TEST LINE: it is. What the test says after that tells nothing more, so its machine is ended. A race is not lost every time.
red()
{
	local limit='' results before began told
	# What takes the machine with it may do so without a word.
	[ "$2" != dies ] || limit=300
	for _ in 1 2 3; do
		began=$SECONDS told=$SECONDS before=0
		TEST_LIMIT=$limit timeout --foreground 7200 bash "tests/$1.t" >"$work/tap" 2>&1 &
		running=$!
		while kill -0 $running 2>/dev/null; do
			results=$(grep -cE '^(not )?ok ' "$work/tap")
			[ "$results" = $before ] || before=$results told=$SECONDS
			! is_red "$2" || { kill $running 2>/dev/null; break; }
			sleep 1
		done
		wait $running
		running=''
		! is_red "$2" || return 0
		! skipped || return
	done
	return 1
}
# skipped: what it needs this kernel has not. On trixie nothing is.
skipped() { [ "$suite" != trixie ] && grep -qE '^(ok [0-9]+|1\.\.0) # SKIP' "$work/tap"; }

turn=${others:-0}
for patch in tests/faults/*.patch; do
	name=$(basename "$patch" .patch)
	turn=$((1 - turn))
	if [ -n "${ONLY:-}" ]; then [[ " $ONLY " = *" $name "* ]] || continue
	else [ $turn = 1 ] || continue; fi
	test=$(head_of Test "$patch") line=$(head_of Red "$patch")
	copy
	patch -s -p1 -F0 -d "$tree" <"$patch" >"$work/said" 2>&1
	result $? "$name: the patch applies" "$work/said" || continue
	labs/vm/build --suite "$suite" -q >"$work/said" 2>&1
	result $? "$name: it builds" "$work/said" || continue
	red "$test" "$line"
	seen=$?
	[ $seen = 0 ] || ! skipped || { skip "$name: $test fails: $line" "$suite: $(grep -m 1 -o '# SKIP.*' "$work/tap")"; continue; }
	result $seen "$name: $test fails: $line" "$work/tap"
done
plan
