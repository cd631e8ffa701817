#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 55-ptp: the clocks of two ends, kept together by linuxptp: over each path, by Ethernet and by UDP, with delay requests and with
# peer delays, on wires of different speeds. Debian's package is fetched for this test alone (tests/package).

# In the machine, it is the disk.
if [ -z "${SNULL_IN_VM:-}" ]; then
	disk=$("$(dirname "$0")/package" -q linuxptp) || { echo '1..0 # SKIP no linuxptp here: tests/package says why'; exit 0; }
	# shellcheck disable=SC2034 # lib.sh reads it
	vm_args=(--disk "$disk")
fi
. "$(dirname "$0")/lib.sh"

mkdir -p /tmp/linuxptp && mount -t erofs -o ro /dev/vdb /tmp/linuxptp || skip_all 'this kernel reads no erofs'
PATH=$PATH:/tmp/linuxptp/usr/sbin
quiet_links
load rewrite_ip=0
[ -e /sys/class/ptp ] || { unload; skip_all 'no clock, on this kernel'; }
unload

cat >/tmp/ptp.conf <<'CONF'
[global]
logAnnounceInterval -2
logSyncInterval -4
logMinDelayReqInterval -4
logMinPdelayReqInterval -4
summary_interval -4
tx_timestamp_timeout 1000
CONF
# ptp4l names its socket by no network namespace: let each have its own directory.
# end NAMESPACE ARGUMENTS…: of ptp4l
end()
{
	local ns=$1
	shift
	exec ip netns exec "$ns" sh -c 'mount -t tmpfs none /run && exec ptp4l -f /tmp/ptp.conf -m -q "$@"' - "$@"
}
inside() { ip netns exec there "$@"; }
# last: of the last 30 messages, the servo's state, the offset and the path's delay, in ns.
last() { awk '/master offset/ { print $(NF - 5), $(NF - 6), $NF }' /tmp/follower | tail -n 30; }
locked() { [ "$(last | awk '$1 == "s2" && $2 >= -2 && $2 <= 2' | wc -l)" = 30 ]; }

ip netns add here; ip netns add there
# An address that is still tentative is a fault to ptp4l, which then rests for 16 s.
for ns in here there; do ip netns exec $ns sysctl -qw net.ipv6.conf.default.accept_dad=0; done
# The path, ptp4l's options, the wire's speed (0 for none), and by how many ppb the clock is too fast that the other one follows.
while IFS=: read -r path options speed slew <&3; do
	name="path $path, ptp4l $options, $speed Mbit/s"
	load use_napi="$path" rewrite_ip=0
	ip link set sn0 netns here; ip link set sn1 netns there
	ip -n here addr add 10.0.0.1/24 dev sn0; ip -n there addr add 10.0.0.2/24 dev sn1
	[ "$speed" = 0 ] || ip netns exec here ethtool -s sn0 speed "$speed" duplex full autoneg on
	ip -n here link set sn0 up; ip -n there link set sn1 up
	wait_for 10 ip netns exec here sh -c 'grep -q 1 /sys/class/net/sn0/carrier'
	# They begin a minute apart, and go at different rates.
	ip netns exec here stamps clock sn0 set 60000000000
	ip netns exec here stamps clock sn0 slew "$slew"
	# What the ones before them said is not waited for.
	rm -f /tmp/leader /tmp/follower
	# shellcheck disable=SC2086 # words
	(end here -i sn0 $options --priority1 100) >/tmp/leader 2>&1 &
	leader=$!
	# Version 3 takes it for a fault to find itself the best clock, if it is told only to follow.
	wait_for 30 grep -q 'assuming the grand master role' /tmp/leader
	# shellcheck disable=SC2086 # words
	(end there -i sn1 $options -s) >/tmp/follower 2>&1 &
	follower=$!
	wait_for 90 locked
	result $? "$name: it locks, to 2 ns" <(tail -n 20 /tmp/leader; tail -n 40 /tmp/follower)
	is "$name: the cable has no length" "$(last | awk '$3 < -1 || $3 > 1' | sort -u)" ''
	freq=$(inside stamps clock sn1 freq)
	that "$name: and goes at the other's rate" "$freq >= $slew - 30 && $freq <= $slew + 30" || diag "$freq"
	is "$name: only PTP's messages are stamped" "$(inside stamps get sn1)" '1 12'
	kill $leader $follower
	wait $leader $follower 2>/dev/null
	grep -hiE 'timed out|fault|bad message|missing' /tmp/leader /tmp/follower >/tmp/complaints
	is "$name: neither complains" "$(cat /tmp/complaints)" ''
	# Side by side, with nobody who corrects them any more.
	ip -n there link set sn1 netns 1; ip -n here link set sn0 netns 1
	ip link set sn0 up; ip link set sn1 up
	wait_for 10 carrier sn0
	is "$name: as their own stamps of one frame say" "$(stamps eth sn0 sn1 88f7 -n 20 -o | awk '{ n++ } !($2 > 0 && $4 > 0) || $4 - $2 < -9 || $4 - $2 > 9 { print } END { print n + 0 }')" 20
	unload_clean "$name: the module unloads"
done 3< <(some 3 '1:-2:0:20000' '0:-4:0:-35000' '2:-2 -P:100:0' '1:-6:10:12345' '1:-4 -P:1000:-100' '0:-2 -P:0:5000' '2:-4:10:-20000')

# ---- one clock after another

load rewrite_ip=0
# A minute behind: the system's clock cannot be set to less than the time since it booted, and wait_for goes by it.
stamps clock sn0 set "$(($(date +%s) - 60))000000000"
# follow NAME SOURCE SINK: phc2sys reads one clock and then the other; what comes between is all that is between them.
follow()
{
	rm -f /tmp/phc2sys
	phc2sys -s "$2" -c "$3" -O 0 -R 16 -N 3 -m -q >/tmp/phc2sys 2>&1 &
	wait_for 60 followed
	result $? "phc2sys: $1 locks, to a microsecond" /tmp/phc2sys
	kill $!
	wait $! 2>/dev/null
}
followed()
{
	[ "$(awk '/ offset / { for (i = 1; i < NF; i++) if ($i == "offset") print $(i + 2), $(i + 1) }' /tmp/phc2sys | tail -n 20 |
		awk '$1 == "s2" && $2 > -1000 && $2 < 1000' | wc -l)" = 20 ]
}
goes_at() { freq=$(stamps clock sn1 freq); that "phc2sys: $1" "$freq >= $2 - 2000 && $freq <= $2 + 2000" || diag "$freq"; }
follow "one end's clock, after the system's" CLOCK_REALTIME /dev/ptp1
goes_at 'and goes at its rate' 0
follow "the system's, after the other end's" /dev/ptp0 CLOCK_REALTIME
stamps clock sn0 slew 20000
follow "one end's, after the other's" /dev/ptp0 /dev/ptp1
goes_at 'and goes at its rate, too' 20000
unload_clean
ip netns del here; ip netns del there
end_tests
