#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 39-zoo-wild: those of labs/zoo that keep the contract and leak or spin, and those that something does not survive: an
# interface that cannot go down again, a CPU that is gone. These come last.
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

check 'snull loads' load use_napi=1 pairs=4

# ---- those that keep the contract, and are wrong all the same ------------------------------------------------------------

# unheard PATH: packets for somebody else. How many skbs are there more, afterwards?
skbs() { awk '$1 == "skbuff_head_cache" { print $2 }' /proc/slabinfo; }
unheard()
{
	local before
	path_up "$1" sn0 sn1
	ip link set sn1 promisc on
	trickle sn0
	before=$(skbs)
	pg_device 0 sn0 4000 'dst_mac 02:00:00:00:00:01'
	pg_start
	pg_clear
	settle sn1 rx_packets
	sleep 1
	leaked=$(($(skbs) - before))
	ip link set sn1 promisc off
	pair_down
}
unheard napi
that "path napi: 4000 packets for somebody else leave no skb behind: $leaked" "$leaked < 1000"
meet leaks
unheard leaks
that "leaks: they leave their skbs behind: $leaked" "$leaked > 3000"
checked_up() { path_up "$1" sn0 sn1; checked sn1 basic sn0; pair_down; }
checked_up leaks
is 'leaks: breaks no rule' "$status $(broken_rules)" '0 '
part leaks

# stalls PATH: softirqs in a second in which nothing comes, after more packets than the weight.
stalls()
{
	local before
	path_up "$1" sn0 sn1
	before=$(stat sn1 rx_packets)
	flood sn0 200
	sleep 1
	taken=$(($(stat sn1 rx_packets) - before))
	before=$(softirqs NET_RX 1)
	sleep 1
	before=$(($(softirqs NET_RX 1) - before))
	softly=$before
	pair_down
}
stalls legacy
that "path legacy: 200 packets are taken: $taken, then its softirq rests: $softly" "$taken >= 200 && $softly < 30"
meet no_refill
stalls no_refill
that "no_refill: a few are taken: $taken, and the softirq does not rest: $softly" "$taken < 100 && $softly > 50"
part no_refill

no_report

# ---- those after which an interface cannot go down any more: a pair of its own for each -------------------------------------

for name in returns_one:sn2:stuck:silent never_completes:sn4:stuck:unmasked-early; do
	IFS=: read -r name sender one two <<<"$name"
	meet $name
	path_up $name $sender sn$((${sender#sn} + 1))
	checked sn$((${sender#sn} + 1)) seconds $sender
	judged $name $one $two
done

# ---- the last one takes a CPU with it -----------------------------------------------------------------------------------------

storms never_masks sn6 masked

plan_without_cpu
