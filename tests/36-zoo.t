#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 36-zoo: the broken paths of labs/zoo are caught, by napicheck or by what their patches say; and no good path is.
# Most of those that do not come back are 39-zoo-wild's.
# shellcheck disable=SC2034,SC2154 # for lib.sh, and of zoo.sh
full_limit=3600

[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
[ -n "${SNULL_IN_VM:-}" ] || built=$(cd "$(dirname "$0")/.." && labs/vm/build -q zoo 2>&1) || {
	echo "$built"
	echo 'Bail out! labs/zoo did not build'
	exit 1
}
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/zoo.sh"

# ---- the good ones -----------------------------------------------------------------------------------------------------

clean() # PATH
{
	path_up "$1" sn0 sn1 "$1"
	checked sn1 all sn0
	is "path $1, all that the zoo has to go through: no rule is broken" "$(broken_rules)" ''
	is "path $1: the status says so" $status 0
	[ "$status" = 0 ] || diag "$(cat /tmp/checked /tmp/report)"
	pair_down
}

check 'snull loads' load use_napi=1 pairs=4
for path in netif_rx napi legacy; do
	clean $path
done

# ---- the zoo -----------------------------------------------------------------------------------------------------------

# caught NAME STIMULUS RULE…: on sn1; it can be taken down again, and unloaded.
caught()
{
	meet "$1"
	path_up "$1" sn0 sn1
	checked sn1 "$2" sn0
	judged "$1" "${@:3}"
	pair_down
	part "$1"
}

# What the kernel says about two of them.
log_allowed='NETDEV WATCHDOG|Budget exhausted|exceed.* its budget|poll_list|__napi_poll|net_rx_action'
caught masks_late basic masked
caught unmasks_first basic unmasked-early
caught unmasks_anyway deferred unmasked-early
caught never_unmasks seconds unmasked-never silent
# If anything comes while it returns, it may take the kernel with it: so all is there before it is polled, and nothing after.
full_budget()
{
	trickle "$1"
	ethtool -C sn1 rx-usecs 20000
	pktgen -c 0 -n 64 -b 64 "$1" >/dev/null
	sleep 0.1
	ethtool -C sn1 rx-usecs 0
}
export -f full_budget
caught completes_full full_budget exactly-budget
caught one_too_many basic budget
caught miscounts basic work-told
caught goes_on forwarded done-is-done
no_report
# From Linux 6.9 on, the page pool notices, and warns.
caught forgets_disable downs pairs
caught schedules_at_start reopened context

# With budget 0: netconsole, on the sender. netpoll itself warns of the second one.
for name in completes_at_zero:budget-0 receives_at_zero:budget-0 cleans_with_64:freed-in-poll; do
	IFS=: read -r name one <<<"$name"
	meet $name
	path_up napi sn0 sn1 $name
	checked sn0 console sn0
	judged $name "$one"
	pair_down
	part $name
done
log_mark

# ---- those that keep the contract, and are wrong all the same ------------------------------------------------------------

# paid PATH MODULE: packets that 2.6's softirq believes to have taken, of 4000.
paid()
{
	local sum='{ for (i = 1; i < NF; i++) if ($i == "packets") s += $(i + 1) } END { print s }' before file
	file=/sys/module/$2/parameters/softnet_stat
	path_up "$1" sn0 sn1
	before=$(awk "$sum" "$file")
	flood sn0
	settle sn1 rx_packets
	paid=$(($(awk "$sum" "$file") - before))
	pair_down
}
paid legacy snull
that "path legacy: it pays for what it takes: $paid" "$paid > 1000"
meet budget_unpaid
paid budget_unpaid budget_unpaid
is 'budget_unpaid: nothing is paid for' "$paid" 0
part budget_unpaid

is 'since then, the kernel reports nothing' "$(log_since | grep -E "$reports")" ''

# ---- the last one takes a CPU with it -----------------------------------------------------------------------------------------

storms unmasks_in_handler sn2 masked unmasked-early

plan_without_cpu
