#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 39-zoo-wild: those of labs/zoo that keep the contract and leak or spin, and those that something does not survive: an
# interface that cannot go down again, a CPU that is gone. These come last.
# shellcheck disable=SC2034 # for lib.sh
vm_limit=1500

if [ -z "${SNULL_IN_VM:-}" ]; then
	built=$(cd "$(dirname "$0")/.." && labs/vm/build -q zoo 2>&1) || {
		echo "$built"
		echo 'Bail out! labs/zoo did not build'
		exit 1
	}
	export TEST_NO_BUILD=1
fi
. "$(dirname "$0")/lib.sh"

animals=/snull-build/labs/zoo/out
chosen=/sys/module/snull/parameters/use_napi
quiet_links
modprobe pktgen
sysctl -qw net.ipv4.icmp_ratelimit=0

# ---- what happens to each path -----------------------------------------------------------------------------------------

# on_cpu DEV CPU: its interrupts go there.
on_cpu() { echo "$2" >"/proc/irq/$(vector "$1")/smp_affinity_list"; }

# path_up PATH SENDER RECEIVER [PATH OF THE SENDER]: the receiver is interrupted on CPU 1, the sender on CPU 0.
path_up()
{
	echo "${4:-napi}" >$chosen
	up_one "$2"
	echo "$1" >$chosen
	up_one "$3"
	wait_for 10 carrier "$2"
	wait_for 10 carrier "$3"
	on_cpu "$2" 0
	on_cpu "$3" 1
}
up_one()
{
	local n=${1#sn}
	ip addr replace "192.168.$n.$((n % 2 + 1))/24" dev "$1"
	ip link set "$1" up
}
pair_down() { ip link set sn0 down; ip link set sn1 down; }

flood() { /snull/labs/pktgen/pktgen -c 0 -n "${2:-4000}" -b 32 "$1" >/dev/null; }
trickle() { ping -q -n -c 3 -i 0.02 -W 1 "192.168.$((${1#sn} & ~1)).2" >/dev/null; }

# stimuli: what to do to the pair whose sender is $1. After each, napicheck's own command has ended.
basic() { trickle "$1"; flood "$1"; trickle "$1"; return 0; }
seconds() { basic "$1"; /snull/labs/pktgen/pktgen -c 0 -t 3 -r 3000 "$1" >/dev/null; return 0; }
deferred()
{
	local dev=sn$((${1#sn} + 1))
	echo 2 >"/sys/class/net/$dev/napi_defer_hard_irqs"
	echo 200000 >"/sys/class/net/$dev/gro_flush_timeout"
	basic "$1"
	echo 0 >"/sys/class/net/$dev/napi_defer_hard_irqs"
	echo 0 >"/sys/class/net/$dev/gro_flush_timeout"
}
# Messages by way of the sender, in a burst, with interrupts off, while frames come in there as well.
console()
{
	ethtool -G "$1" tx 2
	on_cpu "$1" 0
	/snull/labs/14-netpoll/targets 10
	taskset -c 1 ping -q -n -f -w 3 192.168.1.1 >/dev/null &
	taskset -c 0 bash -c 'for ((i = 0; i < 10; i++)); do echo "<1>message $i" >/dev/kmsg; sleep 0.1; done'
	wait $!
	/snull/labs/14-netpoll/targets 0
}
downs() { basic "$1"; ip link set sn1 down; return 0; }
all() { basic "$1"; deferred "$1"; console "$1"; seconds "$1"; downs "$1"; }
export -f basic seconds deferred console downs all flood trickle on_cpu vector

# checked DEV STIMULUS SENDER: napicheck on DEV meanwhile; its report is in /tmp/report, its status in $status.
checked()
{
	napicheck -j -o /tmp/report -i "$1" -- timeout 150 bash -c "$2 $3" >/tmp/checked 2>&1
	status=$?
	[ -z "${TEST_DEBUG:-}" ] || diag "$(sed 's/{"rule/\n&/g' /tmp/report)"
}
# rule NAME MEMBER: of the report.
rule() { grep -o "{\"rule\":\"$1\".*" /tmp/report | sed "s/.*\"rule\":\"$1\"[^{]*\"$2\":\"\\{0,1\\}\\([^,\"]*\\).*/\\1/"; }
broken_rules() { grep -o '"rule":"[^"]*","exercised":[0-9]*,"broken":[0-9]*,"verdict":"broken"' /tmp/report | cut -d'"' -f4 | paste -sd' '; }

check 'snull loads' load use_napi=1 pairs=4

# ---- the zoo -----------------------------------------------------------------------------------------------------------


meet() { insmod "$animals/$1.ko" || diag "$1 does not load"; }
part() { echo napi >$chosen; check "$1: unloads" rmmod "$1"; }

# judged NAME RULE…: the report of sn1 (or whatever was checked) says that these rules are broken.
judged()
{
	local name=$1 one
	shift
	for one; do
		is "$name: breaks '$one'" "$(rule "$one" verdict)" broken || diag "$(cat /tmp/checked /tmp/report)"
	done
	is "$name: the status says so" $status 1
	diag "$name breaks: $(broken_rules)"
}

# ---- no rule broken ------------------------------------------------------------

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
is 'leaks: breaks no rule' "$(broken_rules)" ''
part leaks

# stalls PATH: softirqs in a second in which nothing comes, after more packets than the weight.
stalls()
{
	local before
	path_up "$1" sn0 sn1
	flood sn0 200
	sleep 1
	taken=$(stat sn1 rx_packets)
	before=$(softirqs NET_RX 1)
	sleep 1
	before=$(($(softirqs NET_RX 1) - before))
	softly=$before
	pair_down
}
stalls legacy
that "path legacy: 200 packets are taken: $taken, then its softirq rests: $softly" "$taken >= 200 && $softly < 30"
had=$taken
meet no_refill
stalls no_refill
that "no_refill: a few are taken: $((taken - had)), and the softirq does not rest: $softly" "$taken - $had < 100 && $softly > 50"
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

# ---- those that take a CPU with them: from CPU 0, with a limit of time; they are the last ones ---------------------------------

meet never_masks
path_up never_masks sn6 sn7
taskset -c 0 napicheck -j -o /tmp/report -i sn7 -t 4 &
sleep 10
taskset -c 0 ping -q -n -c 1 -W 1 192.168.6.2 >/dev/null
wait_for 20 test -s /tmp/report
status=1
judged never_masks masked
plan
