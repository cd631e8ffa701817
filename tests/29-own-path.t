#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 29-own-path: a receive path in a module of its own: examples/rx_drain.c, as docs/contributing/receive-path.rst has it, and a student's.
. "$(dirname "$0")/lib.sh"

drain=/snull-build/rx_drain.ko
chosen=/sys/module/snull/parameters/use_napi

# per_packet: interrupts a packet at full speed. (sn1 sends none: all are for receiving.)
per_packet()
{
	local irqs packets
	irqs=$(irqs sn1) packets=$(stat sn1 rx_packets)
	pktgen -c 0 -n 20000 -b 32 sn0 >/dev/null
	settle sn1 rx_packets
	awk -v i="$(($(irqs sn1) - irqs))" -v p="$(($(stat sn1 rx_packets) - packets))" 'BEGIN { print p ? i / p : "none" }'
}
try_drain() { echo drain >$chosen; }

quiet_links
check 'snull loads' load use_napi=0
fails 'a path that nobody has registered is refused' try_drain
is 'and changes nothing' "$(cat $chosen)" netif_rx
check 'the module with the path loads' insmod $drain
check 'now it can be chosen' try_drain
is 'and is' "$(cat $chosen)" drain
up
number=$(per_packet)
that "it takes up to 32 frames an interrupt: $number interrupts a packet" "$number >= 1 / 32 && $number < 0.5"
fails 'while an interface uses it, its module stays' rmmod rx_drain
ip link set sn0 down
ip link set sn1 down
check 'when none does, it goes' rmmod rx_drain
is 'and the choice falls back to netif_rx' "$(cat $chosen)" netif_rx

# One that a student has written: labs 16 and 17 compile it in the machine, without asking the compiler what it can do. (That takes
# most of this file's time; with 6.12, "make test-full" does it twenty times.)
compile() { make -s -C /snull/labs/16-write-a-napi-path SOURCE=solution/mypath.c; }
if [ "$SNULL_SUITE" = trixie ] && [ -z "$full" ]; then
	skip 'a path that a student has written' 'with this kernel, only for "make test-full"'
elif [ -d "/lib/modules/$(uname -r)/build" ]; then
	check 'a path that a student has written is compiled' compile
	check 'and loads' insmod /tmp/mypath/mypath.ko
	rmmod mypath
else
	skip 'a path that a student has written' 'this machine has no headers of its kernel'
fi
unload_clean
end_tests
