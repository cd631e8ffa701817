#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 56-stamps: the stamps of large packets: of one that the NIC cuts it is the last frame's, of those that it puts together the
# first one's; and of frames that cross the wire while the clock is stepped, set and slewed.
. "$(dirname "$0")/lib.sh"

quiet_links
# Five segments, half of what a connection begins with, are one packet, however long the first reply took.
sysctl -qw net.ipv4.tcp_min_tso_segs=5
clock() { stamps clock "$@"; }
# agree: from here on, both clocks show the same.
agree()
{
	clock sn1 step $((-$(stamps udp 192.168.0.1 192.168.0.2 5000 -o | awk '{ printf "%.0f\n", $4 - $2 }')))
}
# wire MBIT: of that speed, and stamps on it.
wire()
{
	ethtool -s sn0 speed "$1" duplex full autoneg on
	wait_for 10 carrier sn0
	stamps set sn0 1 0 >/dev/null
	stamps set sn1 0 1 >/dev/null
	agree
}
# sent tcp|gso BYTES: what comes of it, in /tmp/sent.  kind KIND: the lines of that kind; times KIND: when, in ns after the first
# frame, if $frames of them come one every $gap ns, and the sender's stamp is that of the last.
sent() { stamps "$1" 192.168.0.1 192.168.0.2 5001 sn1 -l "$2" >/tmp/sent 2>&1; }
kind() { awk -v k="$1" '$1 == k' /tmp/sent; }
times()
{
	awk -v k="$1" -v n="$frames" -v gap=$gap '$1 == "tx" { last = $3 } $1 == k { at[++c] = $3 }
		END { for (i = 1; i <= c; i++) printf "%s%.0f", (i == 1 ? "" : " "), at[i] - last + (n - 1) * gap }' /tmp/sent
}
every() { seq -s' ' 0 $gap $(((frames - 1) * gap)); }
bursts() { xstat sn0 'q*_tx_tso_bursts'; }

start use_napi=1
[ -e /sys/class/ptp ] || { unload; skip_all 'no clock, on this kernel'; }
unload

for path in $paths; do
	start use_napi="$path"
	wire 100
	gap=123040 # 1538 bytes of 80 ns each
	frames=5
	ethtool -K sn1 gro off
	before=$(bursts)
	sent tcp 7240
	is "path $path: TSO: one packet" $(($(bursts) - before)) 1
	is "path $path: has one stamp, of its last byte" "$(kind tx | cut -d' ' -f2)" 7239
	is "path $path: it is cut into five frames, and that is when the last begins to cross" "$(times rx)" "$(every)"
	is "path $path: who reads all of it is told of the last" "$(times read)" "$((4 * gap))"
	before=$(bursts)
	gap=85280 # 1066 bytes
	sent gso 5000
	is "path $path: UDP's, too: one packet" $(($(bursts) - before)) 1
	is "path $path: one stamp" "$(kind tx | cut -d' ' -f2)" 0
	is "path $path: of five frames" "$(times rx)" "$(every)"
	is "path $path: each datagram has its own" "$(times read)" "$(every)"

	gap=123040
	# So that the driver does not look before all are there.
	ethtool -C sn1 rx-usecs 5000
	if [ "$path" = 1 ]; then
		ethtool -K sn1 gro on
		sent tcp 7240
		is "path $path: GRO: one packet of five" "$(kind rx | cut -d' ' -f2)" 7240
		is "path $path: with the stamp of the first" "$(times rx)" 0
	fi
	ethtool -K sn1 gro on rx-gro-hw on
	sent tcp 7240
	is "path $path: rx-gro-hw: one packet of five" "$(kind rx | cut -d' ' -f2)" 7240
	is "path $path: with the stamp of the first, as GRO has it" "$(times rx)" 0
	is "path $path: and so the reader" "$(times read)" 0
	is "path $path: the sender's is the last one's as before" "$(kind tx | cut -d' ' -f2)" 7239
	stamps set sn1 0 12 >/dev/null
	sent tcp 7240
	is "path $path: rx-gro-hw, where no TCP is stamped" "$(kind rx | cut -d' ' -f2-)" '7240 0'
	unload_clean "path $path: the module unloads"
done

# ---- the clock is changed while frames cross the wire

# So that the wire is never empty, and the time from one frame to the next is the wire's alone.
start use_napi=1 pool_size=4096
wire 10
echo max >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
gap=1230400 # 1538 bytes of 800 ns each
while_sent() # COMMAND…: again and again, while 300 frames cross the wire: their stamps, and how often, are in /tmp/stamps and /tmp/times
{
	stamps udp 192.168.0.1 192.168.0.2 5000 -n 300 -l 1472 -o >/tmp/stamps &
	local sender=$! n=0
	while kill -0 $sender 2>/dev/null; do "$@"; n=$((n + 1)); done
	wait $sender
	echo $n >/tmp/times
}
# gaps COLUMN: the distances from one line to the next, without the first, which waits for who sends.
gaps() { awk -v c="$1" 'NR > 2 { printf "%.0f\n", $c - last } { last = $c }' /tmp/stamps; }
step_on() { clock sn0 step 1000000000; }
while_sent step_on
that 'stepped meanwhile, again and again' "$(cat /tmp/times) >= 5"
is 'each is in one piece: it is before a step or after it' "$(gaps 2 | awk -v g=$gap '($1 - g) % 1000000000' | sort -u | head -n 3)" ''
that 'some in between' "$(gaps 2 | awk -v g=$gap '$1 > g' | wc -l) >= 5"
is "and the other end's are as ever" "$(gaps 4 | sort -u)" $gap
step_back() { clock sn0 step -7; }
while_sent step_back
is 'back, by 7 ns' "$(gaps 2 | awk -v g=$gap '(g - $1) % 7 || $1 > g' | sort -u | head -n 3)" ''
that 'this, too, shows' "$(gaps 2 | awk -v g=$gap '$1 < g' | wc -l) >= 5"
faster=1
slew() { faster=$((-faster)); clock sn1 slew $((faster * 10000000)); }
while_sent slew
clock sn1 slew 0
# The wire's timer may be late, by most of a frame's time or more: then a frame is stamped by the clock as it goes now, 2 % faster or slower.
is 'slewed meanwhile, by 1 % up and down: by no more than that, and what the timer was late' \
	"$(gaps 4 | awk -v g=$gap '$1 < g * 0.9 || $1 > g * 1.1' | sort -u | head -n 3)" ''
that 'but that' "$(gaps 4 | sort -un | head -n 1) < $gap - 9000 && $(gaps 4 | sort -un | tail -n 1) > $gap + 9000"
is "and the other end's are as ever" "$(gaps 2 | sort -u)" $gap
# With the clock set, a gap has nothing to say; but only where it was set.
set_on() { clock sn0 set 5000000000; }
while_sent set_on
that 'set meanwhile: only where it was' "$(gaps 2 | grep -cvx $gap) <= $(cat /tmp/times)"
that 'which shows' "$(gaps 2 | awk '$1 < 0' | wc -l) >= 5"
unload_clean
end_tests
