#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 48-clock: the NIC's own clock, set, stepped and slewed; and the stamps that it puts on frames: on which, in what order, and
# exactly when; on each path, on a wire with a speed; and all of it while it is stepped, and taken away while it is open.
# shellcheck disable=SC2034 # tests/run reads it
short=1
. "$(dirname "$0")/lib.sh"

quiet_links

# between COMMAND…: two columns of its lines, "TX_HW RX_HW", in /tmp/stamps: two clocks' views of one moment.
between() { "$@" -o | awk '{ print $2, $4 }' >/tmp/stamps; }
udp() { stamps udp 192.168.0.1 192.168.0.2 "$@"; }
# spread: the smallest and the largest difference between the two columns. (To Debian 12's awk, "%d" is of 32 bits.)
spread()
{
	awk '{ d = $2 - $1 } NR == 1 || d < least { least = d } NR == 1 || d > most { most = d }
		END { printf "%.0f %.0f\n", least, most }' /tmp/stamps
}
# gaps COLUMN: the smallest and the largest distance from one line to the next. From the first frame to the second the wire
# waits for whoever sends.
gaps()
{
	awk -v c="$1" 'NR > 2 { d = $c - last } NR == 3 || (NR > 2 && d < least) { least = d } NR == 3 || (NR > 2 && d > most) { most = d }
		{ last = $c } END { printf "%.0f %.0f\n", least, most }' /tmp/stamps
}
clock() { stamps clock "$@"; }
offset() { between udp 5000; spread | cut -d' ' -f1; }
agree() { clock sn1 step $((-$(offset))); }

# ---- what there is

start use_napi=1
can=$(ethtool -T sn0)
like 'stamps by software, as ever' "$can" 'software-transmit.*software-receive'
# What it needs of the kernel is its PTP core, built in: the kernel is asked, not the driver.
if [ ! -e /sys/class/ptp ]; then
	is 'no clock, on a kernel without' "$(compgen -G '/dev/ptp*')" ''
	fails 'and no stamps by hardware' stamps set sn0 1 1
	is 'stamps by software' "$(udp 5000 -n 20)" '20: 20 0 20 0'
	unload_clean
	end_tests
fi
like 'stamps by hardware' "$can" 'hardware-transmit.*hardware-receive.*hardware-raw-clock.*[Pp]rovider index: 0|hardware-transmit.*PTP Hardware Clock: 0'
like 'which frames, when they are sent' "$can" 'Transmit Timestamp Modes:[[:space:]]+off[[:space:]]+on[[:space:]]+Hardware'
like 'and when they come' "$can" 'Receive Filter Modes:[[:space:]]+none[[:space:]]+all[[:space:]]+ptpv2-event[[:space:]]*$'
is 'a clock for each' "$(cat /sys/class/ptp/ptp[01]/clock_name | paste -sd' ')" 'snull.0 snull.1'
one=$(clock sn0 read) other=$(clock sn1 read)
that 'which began when the module was loaded' "$one > 0 && $one < 60e9 && $other > 0 && $other < 60e9"

# ---- settings

is 'at first, nothing is stamped' "$(stamps get sn0), $(stamps get sn1)" '0 0, 0 0'
is 'by hardware, that is' "$(udp 5000 -n 20)" '20: 20 0 20 0'
for filter in 0:0 1:1 2:1 3:1 5:1 6:12 8:12 9:12 11:12 12:12 14:12 15:1; do
	is "filter ${filter%:*} becomes ${filter#*:}" "$(stamps set sn0 1 "${filter%:*}")" "1 ${filter#*:}"
	is "and is told" "$(stamps get sn0)" "1 ${filter#*:}"
done
for bad in '2 0 ERANGE' '3 0 ERANGE' '4 0 ERANGE' '-1 0 ERANGE' '0 16 ERANGE' '0 -1 ERANGE'; do
	# shellcheck disable=SC2086 # words
	set -- $bad
	is "tx_type $1, rx_filter $2: $3" "$(stamps set sn0 "$1" "$2")" "$3"
done
is 'flags: EINVAL' "$(stamps set sn0 0 0 2)" EINVAL
is 'and nothing has changed' "$(stamps get sn0)" '1 1'
if ethtool --help | grep -q get-hwtimestamp-cfg && kernel_since 6.14; then
	like 'by netlink, too' "$(ethtool --get-hwtimestamp-cfg sn0)" 'Timestamp Mode:[[:space:]]+on.*Filter Mode:[[:space:]]+all'
	# At first ethtool set which clock stamps, and no more.
	if ethtool --help | grep -A 3 set-hwtimestamp-cfg | grep -q rx-filter; then
		check 'and set' ethtool --set-hwtimestamp-cfg sn0 tx off rx-filter ptpv2-event
		is 'as the ioctl sees it' "$(stamps get sn0)" '0 12'
		fails 'one-step is refused' ethtool --set-hwtimestamp-cfg sn0 tx onestep-sync
	fi
fi
stamps set sn0 1 0 >/dev/null
stamps set sn1 0 1 >/dev/null
ip link set sn0 down; ip link set sn1 down
up
ethtool -G sn1 rx 64
is 'down and up, and new rings: they stay' "$(stamps get sn0), $(stamps get sn1)" '1 0, 0 1'

# ---- the clock

clock sn0 set 7000000000
now=$(clock sn0 read)
that 'set' "$now >= 7000000000 && $now < 7500000000" || diag "$now"
clock sn0 step 3000000000
now=$(clock sn0 read)
that 'stepped' "$now >= 10000000000 && $now < 11000000000" || diag "$now"
clock sn0 step -2500000000
now=$(clock sn0 read)
that 'and back' "$now >= 7500000000 && $now < 9500000000" || diag "$now"
is 'PTP_ENABLE_PPS: there is none' "$(clock sn0 pps)" EOPNOTSUPP
for ppb in 10000001 -10000001 2000000000; do
	is "slewed by $ppb ppb: refused" "$(clock sn0 slew $ppb)" ERANGE
done
is 'and it goes as before' "$(clock sn0 freq)" 0
agree
is 'two clocks put together agree, to the nanosecond' "$(between udp 5000 -n 50; spread)" '0 0'
# One is made faster: after 1 s of the other's, they are that much apart.
for ppb in 100000 -100000 1 10000000; do
	clock sn1 slew $ppb
	between udp 5000 -n 2 -i 1000000
	is "slewed by $ppb ppb" "$(awk -v ppb=$ppb 'NR == 1 { tx = $1; rx = $2 } NR == 2 {
		d = ($2 - rx) - ($1 - tx) - ($1 - tx) * ppb / 1e9; print (d > -1.01 && d < 1.01 && $1 - tx > 999e6) ? "exact" : d }' /tmp/stamps)" exact
done
clock sn1 slew 0

# ---- on which frames

stamps set sn1 0 12 >/dev/null
is 'PTP only: its event messages, by UDP' "$(udp 319 -n 20)" '20: 20 20 20 20'
for type in 1 2 3; do is "of type $type, too" "$(udp 319 -n 2 -m $type)" '2: 2 2 2 2'; done
is 'and with flags beside it' "$(udp 319 -n 2 -m 0x10)" '2: 2 2 2 2'
is 'and by Ethernet' "$(stamps eth sn0 sn1 88f7 -n 20)" '20: 20 20 20 20'
for other in '5000' '320' '319 -m 8' '319 -v 1' '319 -l 3000'; do
	# shellcheck disable=SC2086 # words
	is "but no others: port $other" "$(udp $other -n 5)" '5: 5 5 5 0'
done
is 'one cut off' "$(udp 319 -n 1 -l 1)" '1: 1 1 1 0'
is 'of another EtherType' "$(stamps eth sn0 sn1 88b5 -n 5)" '5: 5 5 5 0'
is 'of another version' "$(stamps eth sn0 sn1 88f7 -n 5 -v 1)" '5: 5 5 5 0'
is 'no event' "$(stamps eth sn0 sn1 88f7 -n 5 -m 11)" '5: 5 5 5 0'
for n in 0 1; do
	ip link add link sn$n name v$n type vlan id 5
	ip link add link v$n name w$n type vlan id 6
	ip link set v$n up; ip link set w$n up
done
is 'behind a VLAN tag' "$(stamps eth v0 v1 88f7 -n 5 | cut -d' ' -f1,5)" '5: 5'
is 'behind two' "$(stamps eth w0 w1 88f7 -n 5 | cut -d' ' -f1,5)" '5: 5'
is 'and nothing else behind one' "$(stamps eth v0 v1 88b5 -n 5 | cut -d' ' -f1,5)" '5: 0'
stamps set sn1 0 1 >/dev/null
is 'all' "$(udp 5000 -n 5)" '5: 5 5 5 5'
is 'of any kind' "$(stamps eth sn0 sn1 88b5 -n 5)" '5: 5 5 5 5'
is 'a datagram in fragments' "$(udp 5000 -n 5 -l 3000)" '5: 5 5 5 5'
if kernel_since 5.18; then
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	xdpprog pass /sys/fs/bpf/pass
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
	is 'past an XDP program' "$(udp 5000 -n 5)" '5: 5 5 5 5'
	ip link set sn1 xdpdrv off
fi
stamps set sn0 0 0 >/dev/null
is 'off at one end' "$(udp 5000 -n 5)" '5: 5 0 5 5'
stamps set sn1 0 0 >/dev/null
is 'and at the other' "$(udp 5000 -n 5)" '5: 5 0 5 0'

# ---- napiping --stamps

# All on one CPU, since of two, in counted time, each waits for the other's turn.
for dev in sn0 sn1; do
	echo 0 >"/proc/irq/$(vector $dev)/smp_affinity_list"
done
# And one that does not idle, or else the host's lateness is measured, too.
awake 0 &
awake=$!
taskset -c 0 napiping --server --daemon
# asks ARGUMENTS…: 100 requests; part NAME is a number of the report: stages_us.to_wire.min
# shellcheck disable=SC2120 # who asks may say how
asks() { taskset -c 0 napiping -T sn0 -n 100 -w 10 --json "$@" 192.168.0.2 >/tmp/report 2>&1 && flat /tmp/report >/tmp/flat; }
part() { awk -v n="$1" '$1 == n { print $2 }' /tmp/flat; }
check 'napiping --stamps' asks
is 'every reply has them' "$(part stages_us.replies)" 100
that 'the parts make the whole' "$(part stages_us.to_wire.mean) + $(part stages_us.to_stack.mean) + $(part stages_us.to_reader.mean) \
	- $(part latency_us.mean) < 0.01 && $(part latency_us.mean) - $(part stages_us.to_wire.mean) - $(part stages_us.to_stack.mean) \
	- $(part stages_us.to_reader.mean) < 0.01" || diag "$(cat /tmp/report)"
that 'and there is none that takes no time' "$(part stages_us.to_wire.min) > 5 && $(part stages_us.to_stack.min) > 1 && $(part stages_us.to_reader.min) > 1"
is 'what the NIC stamps is as it was' "$(stamps get sn0)" '0 0'
wire=$(part stages_us.to_wire.median) stack=$(part stages_us.to_stack.median) reader=$(part stages_us.to_reader.median)
ethtool -C sn0 rx-usecs 300
asks
ethtool -C sn0 rx-usecs 0
late=3
keeps_time || late=40 # the debug kernel's timer takes longer, PREEMPT_RT's has to wake a thread
that 'rx-usecs 300: from the wire to the stack it is 300 us more' "$(part stages_us.to_stack.median) > $stack + 298 && $(part stages_us.to_stack.median) < $stack + 300 + $late"
that 'and nowhere else' "$(part stages_us.to_wire.median) < $wire + 30 && $(part stages_us.to_reader.median) < $reader + 30"
stamps set sn0 1 1 >/dev/null
clock sn0 set 4000000000000000000
clock sn0 slew 10000000
asks
is 'a filter that is set already stays' "$(stamps get sn0)" '1 1'
that 'and it does not matter what the clock shows' "$(part stages_us.to_stack.median) > $stack - 15 && $(part stages_us.to_stack.median) < $stack + 15"
clock sn0 slew 0
clock sn0 set 1000000000 # of larger ones awk has no nanoseconds
stamps set sn0 0 0 >/dev/null
speed sn0 10
asks
# Of 64 bytes after the preamble, the last comes 51.2 us after the first.
that 'a slow wire is part of the way from the wire' "$(part stages_us.to_stack.min) > 51.2 && $(part stages_us.to_stack.median) > $stack + 45"
unlimited sn0
is 'an interface without a clock' "$(napiping -T lo -n 1 127.0.0.1 2>&1) $?" 'napiping: lo has no clock that stamps all packets: see ethtool -T 2'
is 'and one that is none' "$(napiping -T sn7 -n 1 127.0.0.1 2>&1) $?" 'napiping: sn7: No such device 2'
is 'who may not set the filter is told so' \
	"$(chmod o+r /dev/ptp0; setpriv --reuid 65534 --regid 65534 --clear-groups /snull-build/labs/tools/out/napiping -T sn0 -n 1 192.168.0.2 2>&1) $?" \
	'napiping: sn0: cannot stamp what it receives: Operation not permitted 2'
killall -q -INT napiping
kill $awake
wait $awake 2>/dev/null

# ---- on a wire with a speed

stamps set sn0 1 0 >/dev/null
stamps set sn1 0 1 >/dev/null
# So that all are in the ring before the first has gone. (Not at higher speeds: who sends them needs 34 us and more for each.)
echo max >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
while read -r mbit size exact <&3; do
	speed sn0 "$mbit"
	agree
	between udp 5000 -n 100 -l "$size"
	is "$mbit Mbit/s, $size bytes: both ends see the same moment, of each" "$(spread) $(grep -c '\<0\>' /tmp/stamps)" '0 0 0'
	if keeps_time; then
		is "$mbit Mbit/s, $size bytes: one every $exact ns" "$(gaps 1) $(wc -l </tmp/stamps)" "$exact $exact 100"
	else
		skip "$mbit Mbit/s, $size bytes" 'this kernel does not keep time'
	fi
done 3< <(some 2 '100 1472 123040' '10 100 132800' '10 1472 1230400')
clock sn1 slew 1000000
between udp 5000 -n 100 -l 100
! keeps_time || is 'one clock is faster: so is the wire, by it' "$(gaps 1), $(gaps 2)" '132800 132800, 132932 132933'
clock sn1 slew 0
unlimited sn0
unload_clean

# ---- on each path, stepped meanwhile, and gone

for path in $paths; do
	start use_napi="$path"
	stamps set sn0 1 0 >/dev/null
	stamps set sn1 0 1 >/dev/null
	agree
	between udp 5000 -n 200
	is "path $path: stamps agree" "$(spread) $(grep -cv '\<0\>' /tmp/stamps)" '0 0 200'
	is "path $path: and go forward" "$(sort -n -c /tmp/stamps 2>&1)" ''
	udp 5000 -n 3 -o >/tmp/stamps
	is "path $path: by software: sent before received" "$(awk '$1 > $3' /tmp/stamps)" ''
	(for step in $(some 20 $(seq 60)); do
		clock sn0 step $((step * 1000000)); clock sn1 step $((step * -1000))
		clock sn0 slew $((step * 100000)); clock sn1 slew $((step * -100000))
		clock sn1 set $((step * 1000000000))
	done; echo all >/tmp/stepped) &
	rm -f /tmp/stepped
	got=''
	until [ -e /tmp/stepped ]; do got=$(udp 5000 -n 200); [ "$got" = '200: 200 200 200 200' ] || break; done
	wait $!
	is "path $path: stepped and slewed meanwhile, none goes without" "$got" '200: 200 200 200 200'
	mkfifo /tmp/hold
	clock sn1 hold >/tmp/held </tmp/hold &
	exec {hold}>/tmp/hold
	wait_for 10 grep -q held /tmp/held
	unload_clean "path $path: the module unloads while the clock is open"
	exec {hold}>&-
	wait $!
	rm /tmp/hold
	is "path $path: who has it finds it gone" "$(tail -n 1 /tmp/held)" ENODEV
done
is 'no clock stays' "$(compgen -G '/dev/ptp*')" ''
end_tests
