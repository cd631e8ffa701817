#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 35-napicheck-innocent: whom the checker must not blame, beside the few whom it must: what an interface may do with what it was
# given to send, handlers that ask in vain, polls that return as they should, and veth, whose other end frees what was sent; and a
# few whom it must, and that are in no zoo. Only for "make test-full": it
# compiles two modules (tests/innocent) in the machine.
# shellcheck disable=SC2034,SC2154 # for lib.sh, and of zoo.sh
full_limit=900
[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/zoo.sh"
log_allowed=$watchdog_says

compile() { make -s -f /snull/labs/lib/path.mk SOURCE="$1" all; }
# look DEV COMMAND: napicheck; its report in /tmp/report.
look() { rm -f /tmp/report; napicheck -j -o /tmp/report -i "$1" -- timeout 100 bash -c "$2" >/tmp/checked 2>&1; }
# tried RULE, broken RULE: how often.
tried() { rule "$1" exercised; }
broken() { rule "$1" broken; }

# ---- what was given to an interface to send ---------------------------------------------------------------------------

check 'the toy compiles' compile /snull/tests/innocent/toy.c
insmod /tmp/mypath/mypath.ko
ip addr add 10.9.0.1/24 dev toy0
# does HOW THEN: it is up, treats a packet like that, and then…
does()
{
	echo "$1" >/sys/module/mypath/parameters/does
	ip link set toy0 up
	ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev toy0 nud permanent
	echo packet >/dev/udp/10.9.0.2/9
	sleep "$2"
	ip link set toy0 down
}
export -f does
look toy0 'does consumes 0.1; does irq-consumes 0.1'
is 'what is consumed was tried, with interrupts on and off' "$(tried sent-not-dropped)" 2
is 'and is right' "$(broken sent-not-dropped)" 0
look toy0 'does drops 0.1; does irq-drops 0.1'
is 'what was sent, and is dropped by a poll, is wrong, with interrupts on and off' "$(broken sent-not-dropped)" 2
look toy0 'does busy 0.1'
is 'who was busy has not sent it: that is dropped when it goes down' "$(broken sent-not-dropped)" 0
look toy0 'does refuses 0.2'
is 'what is refused with interrupts off is dropped' "$(broken sent-not-dropped)" 0
look toy0 'does keeps 0.1'
is 'what was not sent when it goes down is dropped, with softirqs off' "$(broken sent-not-dropped)" 0
look toy0 'does keeps 3'
like 'the watchdog barks' "$(dmesg)" 'transmit queue|NETDEV WATCHDOG'
is 'and what was not sent by then is dropped' "$(broken sent-not-dropped)" 0

# ---- how its poll returns, and who hands up packets -------------------------------------------------------------------

look toy0 'does moves 0.1'
that 'a poll that has to move to another CPU returns its budget but one' "$(tried work-told) >= 1"
is 'and is right, whatever it has told' "$(broken work-told)" 0
look toy0 'taskset -c 0 bash -c "does lingers 0.1"'
that 'a poll that has completed has not returned when it is disabled' "$(tried budget) >= 2 && $(tried pairs) >= 1"
is 'and is right' "$(broken pairs)" 0
look toy0 'taskset -c 0 bash -c "does hands-up 0.1"'
is 'who hands up packets in process context, or by an IPI, is wrong' "$(broken context)" 2
rmmod mypath

# ---- what another interface takes as it is -------------------------------------------------------------------------------

veth_up
ethtool -K veth0 tso off gso off gro on
ip netns exec other ethtool -K veth1 tso off gso off gro on
ip netns exec other iperf3 -s -D
sleep 0.5
sent=$(stat veth0 tx_packets)
look veth0 'iperf3 -c 10.5.0.2 -n 4M'
sent=$(($(stat veth0 tx_packets) - sent))
that "of $sent packets that veth hands over, each is known to have arrived" "$(tried sent-not-dropped) >= $sent * 0.99"
is 'and none was dropped' "$(broken sent-not-dropped)" 0
pkill iperf3
ip netns del other

# ---- handlers that ask in vain, and a poll that refills too late -------------------------------------------------------

cp -r /snull/napi-modern /tmp/napi-modern
{
	patch -s -p1 -F0 -o - -d /tmp napi-modern/rx_napi.c </snull/tests/innocent/handlers.patch
	echo '#define ANIMAL snull_rx_napi'
	cat /snull/labs/zoo/animal.c
} >/tmp/handlers.c
check 'the path compiles' compile /tmp/handlers.c
start use_napi=1
pair_down
insmod /tmp/mypath/mypath.ko
# a_path DOES STIMULUS: what napicheck has to say of it.
a_path()
{
	echo "$1" >/sys/module/mypath/parameters/does
	path_up mypath sn0 sn1
	taken=$(cat /sys/module/mypath/refcnt)
	checked sn1 "$2" sn0
	pair_down
	that "$1: it is taken, and polled" "$taken == 1 && $(tried budget) > 20"
}
a_path asks-twice basic
is 'to ask for a poll that one has scheduled is no interrupt too many' "$(broken masked)" 0
a_path frees-in-handler basic
is 'nor is one that frees what was sent, though nobody saw it being sent' "$(rule masked verdict)" kept || diag "$(cat /tmp/report)"
a_path polls-apart basic
is 'nor is one that schedules another poll' "$(rule masked verdict)" kept || diag "$(cat /tmp/report)"
a_path refills-late basic
that 'who takes from the page pool after completing is wrong' "$(broken done-is-done) > 20"
rmmod mypath
no_report
plan
