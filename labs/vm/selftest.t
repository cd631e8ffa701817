#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# selftest.t: does labs/vm keep its promises? TAP, on the host: prove labs/vm/selftest.t (SNULL_SUITE chooses the suite).
# What a bad host does to it is tests/46-bad-hosts.t's.

# shellcheck disable=SC2016 # what is in single quotes is for the guest's shell

cd "$(dirname "$0")" || exit
. ./lib.sh
choose "${SNULL_SUITE:-trixie}"
t=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	jobs -p | xargs -r kill 2>/dev/null
	wait
	rm -rf "$t" ${own:+"$own"}
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
n=0

# ok STATUS NAME: report the test that has just set the status; show what it printed when it failed.
ok()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		tail -n 40 "$t"/out "$t"/err 2>/dev/null | sed 's/^/# /'
	fi
}

# vm STATUS ARGUMENTS...: run the machine; does it end with this status? (Beside us: a shell that waits for a program in front
# heeds no signal.)
vm()
{
	local want=$1 got=0
	shift
	./run -q --no-build "$@" >"$t/out" 2>"$t/err" </dev/null &
	wait $! || got=$?
	[ "$got" = "$want" ] || { echo "# status $got, not $want"; return 1; }
}

is() { [ "$(cat "$t/$1")" = "$2" ]; }
says() { grep -q -e "$2" "$t/$1"; }

./image >/dev/null || { echo "Bail out! no image"; exit 1; }

# A copy of the checkout, and of what was built of it: others may be at work in the one that we are of, and what is changed here is
# nothing to them.
was=$built
rsync -a --exclude=/.git --exclude=/docs --exclude=/results --exclude='*.o' --exclude='*.ko' ../../ "$t/copy"
export SNULL_SRC=$t/copy
top=$SNULL_SRC
choose "$suite"
own=$built
lock "build-${was##*/}"
[ ! -d "$was" ] || cp -a "$was" "$own"
exec 9>&-

vm 0 -- true; ok $? 'status 0 passes'
vm 7 -- sh -c 'exit 7'; ok $? 'status 7 passes'
vm 127 -- no-such-command; ok $? 'an unknown command is 127, as in a shell'
vm 0 -- sh -c 'echo out; echo err >&2; echo "<2>loud" >/dev/kmsg; dmesg | grep -c loud' &&
	is out "$(printf 'out\n1')" && is err err
ok $? 'stdout and stderr are apart, and free of kernel messages; dmesg has them'
vm 0 -- sh -c 'echo one >/dev/stdout; echo two >/dev/stderr' && is out one && is err two
ok $? '/dev/stdout and /dev/stderr can be opened'
vm 0 -- printf '%s|' "a b" "it's" '$HOME' && is out "a b|it's|\$HOME|"; ok $? 'arguments arrive as they are'
vm 0 -- head -c 3000000 /dev/zero && [ "$(wc -c <"$t/out")" = 3000000 ]; ok $? 'no byte of the output is lost'
vm 0 -- sh -c 'sleep 1000 & echo x'; ok $? 'what the command leaves running does not keep the machine up'
vm 0 -- sh -c 'pwd; echo $SNULL_SUITE $SNULL_ICOUNT $SNULL_KO; nproc' &&
	is out "$(printf '/snull\n%s 0 /snull-build/snull.ko\n2' "${SNULL_SUITE:-trixie}")"
ok $? 'the guest knows where it is, and has two CPUs'

file=labs/vm/.selftest
vm 0 -- sh -c "echo kept >$file" && [ "$(cat "$top/$file")" = kept ]; ok $? 'a file written under /snull is kept'
./run -q -- sh -c 'insmod $SNULL_KO && rmmod snull' >"$t/out" 2>"$t/err" </dev/null
ok $? 'the driver is built, and loads'
# makes: does a build call make?
makes() { ./build -q >"$t/out" 2>"$t/err" && says out '^make: '; }
file=snull/selftest.h
! makes; ok $? 'nothing has changed: nothing is built'
: >"$top/$file"
makes && ! makes; ok $? 'a file more: once'
rm -f "$top/$file"
makes && ! makes; ok $? 'a file less: once'
./build -q --version >"$t/out" 2>"$t/err"
makes; ok $? 'after one that was asked for something else'
printf '%01024d' 7 >"$t/disk"
vm 0 --disk "$t/disk" -- sh -c 'cat /dev/vdb; ! echo x >/dev/vdb' && is out "$(cat "$t/disk")"
ok $? '--disk gives it a disk, read-only'
vm 125 --disk "$t/none" -- true && says err "cannot read the disk"; ok $? 'a disk that is not there is refused'
echo fake >"$t/my.ko"
vm 0 --ko "$t/my.ko" -- sh -c 'cat $SNULL_KO' && is out fake; ok $? '--ko gives the guest another module'

began=$SECONDS
vm 124 --timeout 10 -- sleep 1000 && says err 'time-out' && [ $((SECONDS - began)) -le 30 ]
ok $? 'a command that does not end is ended in time, with 124'
vm 125 -- sh -c 'echo c >/proc/sysrq-trigger' && says err 'sysrq triggered crash' && says err 'RIP:'
ok $? 'a panic is 125, with the tail of the console'
vm 125 -- sh -c 'echo o >/proc/sysrq-trigger; sleep 100' && says err 'ended before the command did'
ok $? 'a machine that goes away is 125'
SNULL_CONSOLE_LOG=$t/console vm 0 --cold -- true && grep -q 'Linux version' "$t/console"
ok $? 'SNULL_CONSOLE_LOG keeps the console'
vm 0 --icount --cpus 3 -- sh -c 'nproc; echo $SNULL_ICOUNT' && is out "$(printf '3\n1')"; ok $? '--icount with three CPUs'
vm 125 --cpus 0 -- true && says err 'choose from 1 to 64'; ok $? 'no CPU is refused'
vm 125 --suite potato -- true && says err 'bullseye bookworm trixie backports rt debug'
ok $? 'an unknown suite is refused, with the list'
vm 125 --mem lots -- true && says err "'lots' is not a number"; ok $? 'a bad number is refused'
./run -q --no-build -- yes | head -n 1 >"$t/out"; [ "${PIPESTATUS[*]}" = '141 0' ] && is out y; ok $? 'a reader that goes away ends the machine'

./run -q --no-build -- sh -c 'sleep 2; echo first' >"$t/one" & first=$!
./run -q --no-build -- sh -c 'sleep 2; echo second; exit 3' >"$t/two"; second=$?
wait $first && [ $second = 3 ] && is one first && is two second; ok $? 'two machines at once do not meet'

./run -q --no-build -- sleep 1000 2>"$t/err" & pid=$!
until machine=$(pgrep -P $pid -x timeout) || ! kill -0 $pid 2>/dev/null; do sleep 0.2; done
kill $pid
wait $pid
[ $? = 143 ] && [ -n "$machine" ] && ! kill -0 "$machine" 2>/dev/null; ok $? 'ended from outside, it takes the machine with it'

# From here on it is about machines that are kept, which KVM's are not.
export SNULL_ACCEL=tcg
state=$(./keep -q) state_was=$(stat -c %i "$state/size")
# A program in there may be anybody's: it makes what it likes of the files that we look at.
timeout --foreground 100 ./run -q --no-build -- sh -c 'rm /run/vm/began /run/vm/stdout; mkfifo /run/vm/stdout; echo o >/proc/sysrq-trigger; sleep 9' \
	>"$t/out" 2>"$t/err" </dev/null
[ $? = 125 ] && [ "$(stat -c %i "$state/size")" = "${state_was:-none}" ]
ok $? 'it cannot make us wait for ever, nor believe that it never began'
mkdir -m 777 "$t/tmp"
TMPDIR=$t/tmp vm 7 -- sh -c 'mkdir -p /run/vm/x/y; touch /run/vm/x/y/f; chmod 0 /run/vm/x/y; exit 7' && [ -z "$(ls "$t/tmp")" ]
ok $? 'nor leave what cannot be removed'

# What differs between two machines that go on from the same state; and what a cold boot and they have in common.
same='uname -r; hostname; nproc; cut -d" " -f1 /proc/cmdline; cut -d" " -f1 /proc/modules | sort; mount | grep -c 9p; ls /; id; env | sort'
for how in --cold ''; do
	# shellcheck disable=SC2086 # one word or none
	vm 0 $how -- sh -c "$same" && cp "$t/out" "$t/same$how"
done
cmp "$t/same--cold" "$t/same" >"$t/out"; ok $? 'a machine that was kept is like one that has just booted'
vm 0 -- sh -c 'date +%s; head -c 16 /dev/urandom | od -An -tx1'
now=$(head -n 1 "$t/out") random=$(tail -n 1 "$t/out")
[ $(($(date +%s) - now)) -le 60 ]; ok $? 'it knows what time it is'
vm 0 -- sh -c 'date +%s; head -c 16 /dev/urandom | od -An -tx1'
[ "$(tail -n 1 "$t/out")" != "$random" ]; ok $? 'and has a randomness of its own'

# What a workload costs under icount is nearly a constant; the fastest loop there is needs no other proof.
work='read a _ </proc/uptime; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; read b _ </proc/uptime; echo $a $b'
for _ in 1 2; do
	vm 0 --icount --cpus 2 -- sh -c "$work"
	awk '{ print $2 - $1 }' "$t/out"
done >"$t/times"
awk 'NR == 1 { a = $1 } { b = $1 } END { exit !(a > 0 && NR == 2 && (a - b) ^ 2 <= (0.03 + a / 200) ^ 2) }' "$t/times"
ok $? "--icount repeats ($(paste -sd' ' "$t/times") s)"

# spent NAME: $t/spent, what "time" said, for people. (Of processor time, which a busy host stretches less than real time.)
TIMEFORMAT='%U %S %R'
spent() { awk -v name="$1" '{ printf "# %s: %.1f s of processor time, %.1f s of real time\n", name, $1 + $2, $3 }' "$t/spent"; }
# within SECONDS NAME: it was so little, or four times as much with the debug kernel.
within()
{
	local most=$1
	[ "$suite" != debug ] || most=$((4 * most))
	awk -v most="$most" '{ exit !($1 + $2 > 0 && $1 + $2 <= most) }' "$t/spent"
	ok $? "$2: at most $most s of processor time"
}
for clock in '' --icount; do
	for how in --cold ''; do
		# shellcheck disable=SC2086 # words
		./run -q --no-build $how $clock -- true
		# shellcheck disable=SC2086 # words
		{ time ./run -q --no-build $how $clock -- true; } 2>"$t/spent"
		spent "${how:-kept} $clock"
		cp "$t/spent" "$t/took$how"
	done
	# One that boots has 10 s and more here, on two cores that are busy; this one 4, or counted 3.
	within 9 "a machine that was kept starts and ends (${clock:-real time})"
	awk '{ s[FNR == NR] = $1 + $2 } END { exit !(s[1] > 0 && s[1] <= s[0] / 2) }' "$t/took" "$t/took--cold"
	ok $? "a machine that was kept starts and ends in half the time that one takes to boot, or less (${clock:-real time})"
done

# What somebody waits for who works on the driver, again and again: 15 s at most, on a host that idles, whose processors have no less
# to do than that. (10 of processor time on two cores that are busy.)
sed -i 's/^MODULE_DESCRIPTION("/&Mine: /' "$top/snull/main.c"
{ time ./run -q --icount -- sh -c 'modinfo -d $SNULL_KO; insmod $SNULL_KO' >"$t/out" 2>"$t/err"; } 2>"$t/spent"
spent 'a line changed, and run'
says out '^Mine: '; ok $? 'a line of the driver is changed, and runs'
within 15 'a line changed, and run'

echo "1..$n"
