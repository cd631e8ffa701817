# SPDX-License-Identifier: GPL-2.0-only
# zoo.sh: what the tests of napicheck and of labs/zoo have in common: a pair of interfaces of which one takes a given path,
# what is done to it, and what napicheck says meanwhile. Read after lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # what lib.sh sets, and what the tests read

# What happens to each path is in there.
# shellcheck source=../labs/lib/stimuli.sh
. /snull/labs/lib/stimuli.sh
animals=/snull-build/labs/zoo/out
chosen=/sys/module/snull/parameters/use_napi
quiet_links
modprobe pktgen
sysctl -qw net.ipv4.icmp_ratelimit=0

# ---- what happens to each path -----------------------------------------------------------------------------------------

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
# veth_up: veth0 here, 10.5.0.1, and veth1 in another namespace, 10.5.0.2.
veth_up()
{
	ip netns add other
	ip link add veth0 type veth peer name veth1 netns other
	ip addr add 10.5.0.1/24 dev veth0
	ip link set veth0 up
	ip -n other addr add 10.5.0.2/24 dev veth1
	ip -n other link set veth1 up
}
pair_down() { ip link set sn0 down; ip link set sn1 down; }

export -f basic forwarded reopened seconds deferred console downs all flood trickle on_cpu
export receiver_cpu

# checked DEV STIMULUS SENDER: napicheck on DEV meanwhile; its report is in /tmp/report, its status in $status.
checked()
{
	rm -f /tmp/report
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

# storms NAME SENDER RULE…: the receiver's interrupt never leaves CPU 1 again, so we watch from CPU 0, and napicheck, which
# waits for all CPUs when it is done, does not end: only its report counts. Nothing can follow this.
storms()
{
	local name=$1 receiver=sn$((${2#sn} + 1)) one
	taskset -pc 0 $$ >/dev/null
	sleep 0.5
	exec >>/run/vm/stdout # the program that else carries it there may be on CPU 1
	meet "$name"
	path_up "$name" "$2" "$receiver"
	rm -f /tmp/report
	napicheck -j -o /tmp/report -i "$receiver" -- \
		sh -c "ping -q -n -c 1 -W 1 192.168.${2#sn}.2; sleep 1; exit 0" >/dev/null 2>&1 &
	wait_for 60 test -s /tmp/report
	for one in "${@:3}"; do
		is "$name: breaks '$one'" "$(rule "$one" verdict)" broken || diag "$(cat /tmp/report)"
	done
	diag "$name breaks: $(broken_rules)"
}

# plan_without_cpu: the plan, in a machine that has lost a CPU. At its end it would wait for all of them: end it here.
plan_without_cpu()
{
	(plan)
	status=$?
	sync /run/vm/stdout # it alone: what is written there is sent later
	echo $status >/run/vm/status
	sleep 1000
}
