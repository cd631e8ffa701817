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
# (Debian's headers have a vmlinux, for its BTF, from 6.12 on.)
unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && mount -t tmpfs none /usr/src && napicheck -t 1' 2>/tmp/said
is 'a kernel without BTF: status 2' $? 2
like 'and it says what to do' "$(cat /tmp/said)" 'no BTF .*CONFIG_DEBUG_INFO_BTF'

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
for rule in budget exactly-budget stuck work-told done-is-done masked unmasked-early unmasked-never context pairs freed-in-poll \
	sent-not-dropped; do
	is "'$rule' is kept" "$(verdict $rule)" kept
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

# ---- another driver, in another namespace ------------------------------------------------------------------------------------

ip netns add other
ip link add veth0 type veth peer name veth1 netns other
ip addr add 10.5.0.1/24 dev veth0
ip link set veth0 up
ip -n other addr add 10.5.0.2/24 dev veth1
ip -n other link set veth1 up
ip netns exec other napicheck -j -i veth1 -o /tmp/report -- ping -q -n -c 3 -i 0.02 10.5.0.1 >/dev/null
is 'veth in another namespace: status 0' $? 0
flat -k rule /tmp/report >/tmp/flat
is 'nothing is broken' "$(json verdict)" kept
that 'its three packets were seen' "$(json rules.sent-not-dropped.exercised) >= 3"
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
