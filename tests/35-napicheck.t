#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 35-napicheck: the checker itself: its numbers, its statuses, its JSON, and what it says when it cannot look. (What it
# finds in broken drivers is 36-zoo's, for
# "make test-full".)
# shellcheck disable=SC2034,SC2154 # for lib.sh, and of zoo.sh
vm_limit=600
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/zoo.sh"

# look ARGUMENTS…: napicheck; its status, its report in $report, and what it has to say in $said.
look()
{
	napicheck -o /tmp/report "$@" >/tmp/out 2>/tmp/said </dev/null
	status=$?
	report=$(cat /tmp/report 2>/dev/null) said=$(cat /tmp/said)
	rm -f /tmp/flat
	flat -k rule /tmp/report >/tmp/flat 2>/dev/null # one for people has none
	rm -f /tmp/report
}
# refused NAME PATTERN ARGUMENTS…: it could not look, and says why in one line (and where there is help).
refused()
{
	look "${@:3}"
	is "$1: status 2" $status 2
	like "$1: says so" "$said" "$2"
	that "$1: in few words" "$(wc -l <<<"$said") <= 2"
}
# json NAME…: these values of the report.
json()
{
	local name value want values=''
	for want; do
		while read -r name value; do
			[ "$name" != "$want" ] || values="$values ${value//\"/}"
		done </tmp/flat
	done
	echo "${values# }"
}

# ---- what it is told -----------------------------------------------------------------------------------------------------

refused 'no time' 'watch for how long' -i lo
refused 'a command and a time' 'exclude each other' -t 1 -- true
refused 'no number' 'no number of seconds' -t many
refused 'no such interface' "no interface 'sn99'" -i sn99 -t 1
refused 'no such option' 'help' --frobnicate
look -h
like 'it has a help' "$(cat /tmp/out)" '^usage: napicheck'
napicheck -o /no/such/file -t 1 2>/tmp/said
is 'a report that cannot be written: status 2' $? 2
like 'and it says so' "$(cat /tmp/said)" 'cannot write to /no/such/file'

# Without root, and without BTF.
setpriv --reuid=65534 --clear-groups "$(command -v napicheck)" -t 1 2>/tmp/said
is 'not as root: status 2' $? 2
like 'and it says what to do' "$(cat /tmp/said)" 'only root .* sudo'
echo before >/tmp/kept
chmod a+w /tmp/kept
setpriv --reuid=65534 --clear-groups "$(command -v napicheck)" -t 1 -o /tmp/kept 2>/tmp/said
is 'and it leaves the last report' "$? $(cat /tmp/kept)" '2 before'
if [ ! -e /sys/kernel/btf/vmlinux ]; then
	refused 'this kernel, which has no BTF' 'no BTF .*CONFIG_DEBUG_INFO_BTF' -t 1
	end_tests
	exit
fi
# (Debian's headers have a vmlinux, for its BTF, from 6.12 on.)
unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && mount -t tmpfs none /usr/src && napicheck -t 1' 2>/tmp/said
is 'a kernel without BTF: status 2' $? 2
like 'and it says what to do' "$(cat /tmp/said)" 'no BTF .*CONFIG_DEBUG_INFO_BTF'
restrict=$(sysctl -n kernel.kptr_restrict)
sysctl -qw kernel.kptr_restrict=2
refused 'a kernel that hides addresses' 'hides addresses: set kernel.kptr_restrict to 0 or 1' -t 1
sysctl -qw kernel.kptr_restrict="$restrict"

# ---- what it counts --------------------------------------------------------------------------------------------------------

check 'snull loads' start use_napi=1
polls=$(xstat sn1 polls)
[ -n "$polls" ] || polls=$(xstat sn1 'q*_polls')
look -j -i sn1 -- sh -c 'ping -q -n -c 20 -i 0.02 192.168.0.2; exit 0'
nap 0.2
polls=$(($(xstat sn1 'q*_polls') - polls))
is 'a good path: status 0' $status 0
is 'nothing is said' "$said" ''
is 'the verdict' "$(json verdict)" kept
is 'the interface' "$(json interface)" sn1
is 'nothing was lost' "$(json lost)" 0
is "every poll was seen: $polls" "$(json polls)" $polls
is 'each of them had a budget' "$(json rules.budget.exercised)" $polls
is 'each was short' "$(json rules.stuck.exercised)" $polls
is 'and completed' "$(json rules.work-told.exercised)" $polls
that 'each was scheduled once, and took a packet or freed one' "$(json rules.context.exercised) >= $polls + 20"
is 'what it sent was consumed' "$(json rules.sent-not-dropped.exercised)" 20
is 'of what was not tried, nothing is claimed' "$(json rules.budget-0.verdict)" 'not exercised'
is 'fourteen rules' "$(grep -c '^rules\..*\.rule ' /tmp/flat)" 14

# ---- the command's status --------------------------------------------------------------------------------------------------

# Each napicheck costs ten seconds of a CPU of the host's, to load and unload: in "make test", the three paths below have the status.
fails_with_7()
{
	is 'a command that fails: its status' $status 7
	like 'is told' "$said" 'ended with status 7'
	like 'a report for people' "$report" 'budget .* kept .*verdict: no rule broken'
}
if [ -n "$full" ]; then
	look -i sn1 -- sh -c 'ping -q -n -c 3 -i 0.02 192.168.0.2; exit 7'
	fails_with_7
fi

# ---- snull's three paths -------------------------------------------------------------------------------------------------------

pair_down
three_paths() { for path in netif_rx napi legacy; do path_up $path sn0 sn1 $path; basic sn0; pair_down; done; }
export -f three_paths path_up pair_down up_one wait_for carrier
export chosen
if [ -n "$full" ]; then
	look -j -- timeout 60 bash -c three_paths
	is 'three paths, each under load, up and down: status 0' $status 0
	is 'no rule is broken' "$(grep '"broken"$' /tmp/flat)" '' || diag "$report"
	verdict() { json "rules.$1.verdict"; }
else
	look -- timeout 60 bash -c 'three_paths; exit 7'
	fails_with_7 || diag "$report"
	verdict() { awk -v rule="$1" '$1 == rule { print $4 }' <<<"$report"; }
fi
for rule in budget exactly-budget stuck work-told done-is-done masked unmasked-early unmasked-never pairs; do
	is "'$rule' is kept" "$(verdict $rule)" kept
done
# On other machines the preemption counter is not found.
for rule in context freed-in-poll sent-not-dropped; do
	if [ "$(uname -m)" = x86_64 ]; then
		is "'$rule' is kept" "$(verdict $rule)" kept
	else
		like "'$rule' is not checked" "$(verdict $rule)" '^not( checked)?$'
	fi
done
echo napi >$chosen

# ---- the rest is for "make test-full" ------------------------------------------------------------------------------------------

if [ -z "$full" ]; then
	no_report
	plan
fi
up sn0 sn1
refused 'no such command' "cannot run '/no/such'" -- /no/such
# shellcheck disable=SC2016 # the command's own
look -j -i sn1 -- sh -c 'kill -KILL $$'
is 'a command that is killed: 128 + 9' $status 137
is 'and in JSON; no traffic, no poll' "$(json status verdict polls)" '137 kept 0'

# ---- a rest of the poll's: the stack puts the next one off -----------------------------------------------------------------

# rests DEV NANOSECONDS: between two polls, while more comes than its ring has room for. Afterwards they come as ever.
rests()
{
	local address
	read -r address <"/sys/class/net/$1/address"
	echo 100 >"/sys/class/net/$1/napi_defer_hard_irqs"
	echo "$2" >"/sys/class/net/$1/gro_flush_timeout"
	pktgen -c 0 -t "${3:-5}" -r 3000 -m "$address" sn0 >/dev/null
	echo 0 >"/sys/class/net/$1/napi_defer_hard_irqs"
	echo 0 >"/sys/class/net/$1/gro_flush_timeout"
}
export -f rests
# called FROM TO: the interface, renamed, which it has to be down for.
called() { ip link set "$1" down && ip link set "$1" name "$2" && ip link set "$2" up && wait_for 10 carrier "$2"; }

look -j -i sn1 -- bash -c 'rests sn1 1500000000'
is 'a second without a poll, but not two: status 0' $status 0
is "'silent' is kept" "$(json rules.silent.verdict rules.silent.broken)" 'kept 0'
that 'and was exercised' "$(json rules.silent.exercised) >= 3"

look -j -i sn1 -- bash -c 'rests sn1 8000000000 2'
is 'one silent second is not enough to tell' "$(json rules.silent.verdict rules.silent.broken)" 'not checked 0' || diag "$report"

# It is called by what is no UTF-8, and JSON has it all the same.
odd=$(printf 'sn\377') replaced=$(printf 'sn\357\277\275')
check 'sn1 gets another name' called sn1 "$odd"
# shellcheck disable=SC2016 # the command's own
look -j -i "$odd" -- bash -c 'rests "$0" 8000000000' "$odd"
is 'seconds without a poll: status 1' $status 1
is "'silent' is broken, and nothing else is" "$(grep '"broken"$' /tmp/flat)" 'verdict "broken"
rules.silent.verdict "broken"' || diag "$report"
is 'the interface, by a name that is not UTF-8' "$(json interface rules.silent.first.interface)" "$replaced $replaced"
like 'and what happened to it' "$(json rules.silent.first.what)" '^[0-9]+ packets missed in two seconds, and no poll$'
check 'sn1 gets its name back' called "$odd" sn1

# It was stuck before: not a single poll is seen.
echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 900000000000 >/sys/class/net/sn1/gro_flush_timeout
pktgen -c 0 -t 900 -r 3000 sn0 >/dev/null & sender=$!
misses() { [ "$(stat sn1 rx_missed_errors)" -gt "$1" ]; }
check 'sn1 is stuck' wait_for 30 misses "$(stat sn1 rx_missed_errors)"
look -j -i sn1 -t 4
is 'stuck from the beginning: status 1' $status 1
is "'silent' is broken, without a poll" "$(json rules.silent.verdict polls)" 'broken 0' || diag "$report"
kill $sender
wait $sender
echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 0 >/sys/class/net/sn1/gro_flush_timeout
ip link set sn1 down
up sn1

# ---- other devices than adapters ---------------------------------------------------------------------------------------------

# Nobody has this port: what lo has sent is dropped. VXLAN enables its NAPIs before the interface is registered.
ip link set lo up
has vxlan && vxlan='ip link add vx0 type vxlan id 7 dstport 4789; ip link del vx0;' || vxlan=''
look -j -- bash -c "$vxlan"' echo x >/dev/udp/127.0.0.1/9; exit 0'
is 'lo and VXLAN: status 0' $status 0
is 'nothing is broken' "$(grep '"broken"$' /tmp/flat)" '' || diag "$report"
if [ -n "$vxlan" ]; then
	that 'a NAPI that was enabled before its interface was registered is watched' "$(json rules.pairs.exercised) >= 1"
else
	skip 'a NAPI that was enabled before its interface was registered' 'no VXLAN in this kernel'
fi

# ---- another driver, in another namespace ------------------------------------------------------------------------------------

veth_up
# Not by "ip netns exec", which mounts another sysfs: the one here shows no veth1.
nsenter --net=/run/netns/other napicheck -j -i veth1 -o /tmp/report -- ping -q -n -c 8 -i 0.2 10.5.0.1 >/dev/null
is 'veth in another namespace: status 0' $? 0
flat -k rule /tmp/report >/tmp/flat
is 'nothing is broken' "$(json verdict)" kept
that 'its packets were seen' "$(json rules.sent-not-dropped.exercised) >= 8"
is 'and its counters, in that namespace' "$(json rules.silent.verdict)" kept
is 'that snull shows its masking is known there, too' "$(json rules.unmasked-early.verdict)" 'not exercised'
ip netns del other

# ---- an interface that vanishes ----------------------------------------------------------------------------------------------

# A tracepoint that is watched keeps its module: the device goes, and the driver stays.
look -j -i sn1 -- sh -c '! rmmod snull && echo snull.1 >/sys/bus/platform/drivers/snull/unbind'
is 'an interface that vanishes: status 2' $status 2
like 'is told' "$said" "'sn1' has vanished"
is 'and in JSON' "$(json vanished verdict status)" 'true unknown 0'
that 'that it was disabled and deleted was seen, and right' "$(json rules.pairs.exercised) >= 1 && $(json rules.pairs.broken) == 0"

rmmod snull
look -j -t 0.2
is 'without such a driver, its rules are not checked' "$(json rules.unmasked-early.verdict rules.unmasked-never.verdict)" \
	'not checked not checked'
like 'and it says why' "$(json rules.unmasked-early.why)" 'masking'
no_report
plan
