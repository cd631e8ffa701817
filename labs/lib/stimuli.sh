# SPDX-License-Identifier: GPL-2.0-only
# stimuli.sh: what is done to a pair of interfaces while napicheck looks, so that each rule of the contract comes to be
# tried. In the virtual machine; for the tests of the zoo and for trials. Each function takes the sender, as sn0.
# shellcheck shell=bash

# The CPU that the receiver's interrupts go to; the sender and its interrupts have CPU 0.
receiver_cpu=${receiver_cpu:-1}

# on_cpu DEV CPU: its interrupts go there.
on_cpu() { echo "$2" >"/proc/irq/$(awk -v n="$1-TxRx-0" '$NF == n { sub(":", "", $1); print $1 }' /proc/interrupts)/smp_affinity_list"; }
# Bursts of two budgets, so that polls use theirs up.
flood() { pktgen -c 0 -n "${2:-4000}" -b 128 "$1" >/dev/null; }
trickle() { ping -q -n -c 3 -i 0.02 -W 1 "192.168.$((${1#sn} & ~1)).2" >/dev/null; }
basic() { trickle "$1"; flood "$1"; trickle "$1"; return 0; }
seconds() { basic "$1"; pktgen -c 0 -t 3 -r 3000 "$1" >/dev/null; return 0; }

# Completing is put off: napi_complete_done() returns false.
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
	taskset -c 1 ping -q -n -f -w "${2:-3}" 192.168.1.1 >/dev/null &
	taskset -c 0 bash -c 'for ((i = 0; i < 10; i++)); do echo "<1>message $i" >/dev/kmsg; sleep 0.1; done'
	wait $!
	/snull/labs/14-netpoll/targets 0
	ethtool -G "$1" tx 256 # or nothing comes in bursts any more
}

# Each packet that the receiver takes is forwarded to the sender, and so comes back to the receiver, until its TTL ends.
# The stack does that in napi_complete_done(), which delivers what GRO has gathered: after it, the next one is there.
forwarded()
{
	local n=${1#sn}
	trickle "$1"
	sysctl -qw net.ipv4.ip_forward=1
	ip neigh replace "192.168.$n.2" lladdr "$(cat "/sys/class/net/sn$((n + 1))/address")" dev "$1"
	ip route replace 10.9.0.0/16 via "192.168.$n.2" dev "$1"
	ping -q -n -c 3 -i 0.1 -W 1 10.9.8.1 >/dev/null
	ip route del 10.9.0.0/16
	ip neigh del "192.168.$n.2" dev "$1"
	sysctl -qw net.ipv4.ip_forward=0
	return 0
}

# reopened SENDER [DEV]: down and up again; the interrupt goes where it went before.
reopened()
{
	local n=${1#sn}
	n=${2:-sn$((n + 1))}
	basic "$1"
	ip link set "$n" down
	ip link set "$n" up
	sleep 0.5
	[ "$n" = "$1" ] || on_cpu "$n" "$receiver_cpu"
	basic "$1"
}
downs() { basic "$1"; ip link set sn1 down; return 0; }
all() { basic "$1"; forwarded "$1"; deferred "$1"; console "$1"; reopened "$1"; seconds "$1"; downs "$1"; }
