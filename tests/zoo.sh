# SPDX-License-Identifier: GPL-2.0-only
# zoo.sh: what the tests of napicheck and of labs/zoo have in common: a pair of interfaces of which one takes a given path,
# what is done to it, and what napicheck says meanwhile. Read after lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # what lib.sh sets, and what the tests read

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

# Bursts of two budgets, so that polls use theirs up.
flood() { pktgen -c 0 -n "${2:-4000}" -b 128 "$1" >/dev/null; }
trickle() { ping -q -n -c 3 -i 0.02 -W 1 "192.168.$((${1#sn} & ~1)).2" >/dev/null; }

# stimuli: what to do to the pair whose sender is $1. After each, napicheck's own command has ended.
basic() { trickle "$1"; flood "$1"; trickle "$1"; return 0; }
seconds() { basic "$1"; pktgen -c 0 -t 3 -r 3000 "$1" >/dev/null; return 0; }
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

# ---- animals -----------------------------------------------------------------------------------------------------------

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
