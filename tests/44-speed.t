#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 44-speed: a wire with a speed: how the two ends come to one, and how long a frame takes then, to the nanosecond; with TSO,
# in both directions, with pause frames, XDP and faults; and everything changed and unplugged while frames are on it.
# shellcheck disable=SC2034 # tests/run and lib.sh read them
short=1
vm_limit=500
. "$(dirname "$0")/lib.sh"

log_allowed=$watchdog_says
quiet_links

shows() { ethtool "$1" 2>/dev/null | awk -v n="$2: " 'sub("^[ \t]*" n, "")'; }
# modes SN TITLE: what ethtool lists there, one after the other.
modes()
{
	ethtool "$1" 2>/dev/null | awk -v n="$2: *" '
		/:/ { on = 0 } $0 ~ "^\t" n { sub("^\t" n, ""); on = 1 } on { printf "%s%s", sep, $1; sep = " " }'
}
foreign='dst_mac 02:00:00:00:00:05' # sn1's filter keeps it out: it has crossed the wire, and costs nobody anything

# ---- how the ends come to a speed

all='10baseT/Full 100baseT/Full 1000baseT/Full 10000baseT/Full 25000baseCR/Full 2500baseT/Full'
start use_napi=1 pool_size=4096
is 'at first the wire has no speed' "$(shows sn0 Speed)" 'Unknown!'
is 'although all are advertised' "$(modes sn0 'Advertised link modes')" "$all"
is 'and supported' "$(modes sn0 'Supported link modes')" "$all"
is 'and the partner has them, too' "$(modes sn0 'Link partner advertised link modes')" "$all"
changes=$(cat /sys/class/net/sn1/carrier_changes)
check 'speed 100 at one end' speed sn0 100
is 'is that of both' "$(shows sn0 Speed) $(shows sn1 Speed)" '100Mb/s 100Mb/s'
is 'to whom the link was down for a moment' $(($(cat /sys/class/net/sn1/carrier_changes) - changes)) 2
is 'sysfs says so, too' "$(cat /sys/class/net/sn1/speed) $(cat /sys/class/net/sn1/duplex)" '100 full'
is 'it is all that one end advertises' "$(modes sn0 'Advertised link modes')" '100baseT/Full'
check 'asked for what it is' ethtool -s sn0 speed 100 duplex full autoneg on
is 'nothing happens' $(($(cat /sys/class/net/sn1/carrier_changes) - changes)) 2
check 'packets pass' reply 192.168.0.2
ethtool -s sn1 autoneg on advertise 0x028 # 100 and 1000 Mbit/s
is 'the best that both have' "$(shows sn0 Speed)" '100Mb/s'
ethtool -s sn0 autoneg on advertise 0x02a # and 10
is 'is better now' "$(shows sn0 Speed)" '1000Mb/s'
why() { shows "$1" 'Link detected'; }
ethtool -s sn0 speed 10 duplex full autoneg on
is 'nothing in common: no link' "$(why sn0)" 'no (Autoneg, No HCD)'
is 'at either end' "$(why sn1)" 'no (Autoneg, No HCD)'
is 'and no carrier' "$(cat /sys/class/net/sn[01]/carrier | paste -sd' ')" '0 0'
ethtool -s sn0 speed 1000 duplex full autoneg off
wait_for 10 carrier sn0
is 'autonegotiation off at one end: the other hears it' "$(shows sn1 Speed) $(shows sn0 Auto-negotiation)" '1000Mb/s off'
is 'and does not know what it could' "$(modes sn1 'Link partner advertised link modes')" ''
ethtool -s sn0 speed 2500 autoneg off
is 'unless it does not want that' "$(why sn1)" 'no (Autoneg, No partner detected)'
is 'set to a speed, and nobody there' "$(why sn0)" 'no (Autoneg, No partner detected during force mode)'
is 'the speed is what it is set to' "$(shows sn0 Speed)" '2500Mb/s'
ethtool -s sn1 speed 2500 duplex full autoneg off
check 'both set to the same' wait_for 10 carrier sn1
ethtool -s sn1 speed 10000 duplex full autoneg off
is 'both set, and differently' "$(why sn1)" 'no (Autoneg, No partner detected during force mode)'
ethtool -s sn0 autoneg on advertise $every; ethtool -s sn1 autoneg on advertise $every
check 'all advertised again' wait_for 10 carrier sn1
is 'the wire has no speed again' "$(shows sn0 Speed)" 'Unknown!'
ip link set sn1 down
is 'the partner is down' "$(why sn0)" 'no (Autoneg, No partner detected)'
echo snull.1 >/sys/bus/platform/drivers/snull/unbind
is 'it is unplugged' "$(why sn0)" 'no (No cable)'
check 'a speed meanwhile' ethtool -s sn0 speed 100 duplex full autoneg on
echo snull.1 >/sys/bus/platform/drivers/snull/bind
up
is 'is there when it comes back' "$(shows sn1 Speed)" '100Mb/s'

# Refused, and nothing changed.
state() { ethtool sn0 2>/dev/null | grep -v 'Link detected'; cat /sys/class/net/sn0/carrier_changes; }
before=$(state)
for bad in 'speed 100 duplex half autoneg off' 'duplex half' 'speed 100 duplex half autoneg on' 'speed 40 autoneg off' \
	'speed 5000 autoneg off' 'speed 100000 autoneg on' 'speed 0 autoneg off' 'port fibre' 'autoneg on advertise 0x1' \
	'mdix on' 'autoneg on advertise 0x0'; do
	# shellcheck disable=SC2086 # words
	fails "ethtool -s sn0 $bad is refused" ethtool -s sn0 $bad
done
is 'and nothing has changed' "$(state)" "$before"
like 'the log says why' "$(dmesg)" 'half duplex is not simulated'

# ---- how long a frame takes

# Each event of the trace says when a frame begins and ends, by the wire's clock; it is written when it begins, by the kernel's.
watch() { trace_start wire_frame "$@"; echo mono >$tracing/trace_clock; echo 1 >$tracing/tracing_on; }
# schedule DEV [BITS FRAMES]: of the frames in /tmp/trace that left DEV: how many, and in ns: how long the wire was busy with them
# (to the last one's beginning), the same by the kernel's clock, and the smallest and the largest distance between two.
schedule()
{
	awk -v irq="$(vector "$1")" '
		{ gsub(":", "", $4) }
		/snull_wire_frame/ && $0 ~ "irq=" irq " " {
			for (i = 5; i <= NF; i++) if (split($i, f, "=") == 2) v[f[1]] = f[2]
			now = $4 * 1e9 - base; if (!n) { base = $4 * 1e9; now = 0; first = v["start"] }
			d = v["start"] - last
			if (n && (d < least || n == 1)) least = d
			if (n && d > most) most = d
			last = v["start"]; n++
		}
		END { print n + 0, last - first, now, least + 0, most + 0 }' /tmp/trace
}
# shot: COUNT frames of SIZE bytes, all in the ring before the wire is told. Their completions wait: an interrupt for each is
# more than this CPU has time for at high speeds.
bql=/sys/class/net/sn0/queues/tx-0/byte_queue_limits
echo max >$bql/limit_min
shot() # COUNT SIZE
{
	watch
	pg_device 0 sn0 "$1" "pkt_size $2" "burst $1" "$foreign"
	pg_start
	pg_clear
	trace_stop /tmp/trace
}
ethtool -C sn0 tx-usecs 10000
ip link set sn0 mtu 9000; ip link set sn1 mtu 9000
# Bytes as pktgen counts them, without the checksum's four.
while read -r mbit count size <&3; do # what is run in here has no say in it
	name="$mbit Mbit/s, $count frames of $((size + 4)) bytes"
	check "$name" speed sn0 "$mbit"
	sent=$(stat sn0 tx_packets)
	shot "$count" "$size"
	is "$name: all are sent" $(($(stat sn0 tx_packets) - sent)) "$count"
	read -r n wire clock least most < <(schedule sn0)
	is "$name: and seen" "$n" "$count"
	# Each takes its bytes, 4 of checksum, 8 of preamble, 12 of gap.
	exact=$(awk "BEGIN { printf \"%d\", ($count - 1) * ($size + 24) * 8000 / $mbit }")
	that "$name: they take $exact ns by the wire's clock" "$wire >= $exact - 1 && $wire <= $exact + 1"
	that "$name: evenly" "$most - $least <= 1"
	# A frame every 2.9 us is one every 1446 instructions of this CPU, which needs more; every 0.7 us all the more.
	[ $((exact / count)) -gt 3000 ] || continue
	timed "$name: and the same by the kernel's, to 0.1 %" "$clock > $exact * 0.999 && $clock < $exact * 1.001" ||
		diag "$clock ns"
done 3< <(some 2 '100 400 1514' '10000 2000 9014' '25000 2000 9014' '10 100 1514' '1000 4000 1514' '2500 4000 1514' '10 1000 60' '1000 4000 60')
ip link set sn0 mtu 1500; ip link set sn1 mtu 1500
echo 0 >$bql/limit_min
ethtool -C sn0 tx-usecs 0

# As pktgen sees it, from the first packet to the last completion; and the driver. All on one CPU, so that none waits for the other.
echo 0 >"/proc/irq/$(vector sn1)/smp_affinity_list"
speed sn0 100
interrupts=$(xstat sn1 q0_interrupts_rx) received=$(stat sn1 rx_packets)
pg_device 0 sn0 1000 'pkt_size 1514' 'burst 1'
watch rx
pg_start
trace_stop /tmp/trace
took=$(awk '/^Result/ { split($3, us, "("); print us[1] }' /proc/net/pktgen/sn0)
pg_clear
timed '1000 frames of 1518 bytes take 123.04 ms at 100 Mbit/s, to 0.1 %' "$took > 122917 && $took < 123163" || diag "$took us"
settle sn1 rx_packets
is 'all arrive' $(($(stat sn1 rx_packets) - received)) 1000
# The other CPU, when it has something to do, takes the time from this one, on 5.10 now and then; and two frames are found at once.
interrupts=$(($(xstat sn1 q0_interrupts_rx) - interrupts))
timed "each with an interrupt of its own, as good as: $interrupts" "$interrupts >= 850 && $interrupts <= 1000"
odd=$(awk '/snull_rx:/ { sub(":", "", $4); d = ($4 - last) * 1e6; last = $4; if (n++ && (d < 113 || d > 133)) odd++ }
	END { print n == 1000 ? odd + 0 : 1000 }' /tmp/trace)
timed 'every 123 us, as the driver sees it, four of five at least' "$odd <= 200" || diag "$odd are not"

# TSO: the wire carries frames, not packets.
bursts=$(xstat sn0 q0_tx_tso_bursts)
watch
timeout 60 flow udp -n 400 -g 40 -s 1472-1472 -w 0 192.168.0.1 192.168.0.2 192.168.1.2 >/tmp/flow
trace_stop /tmp/trace
read -r n wire clock least most < <(schedule sn0)
is 'UDP GSO: ten packets' $(($(xstat sn0 q0_tx_tso_bursts) - bursts)) 10
is 'are 400 frames' "$n" 400
like 'that arrive whole' "$(cat /tmp/flow)" 'received=400 lost=0 reordered=0 duplicated=0 corrupted=0'
# BQL learns: at first it lets the wire run dry between packets.
is 'none sooner than the wire allows' "$least" 123040
that 'and those of a packet not later' "$(awk '{ sub("start=", "", $(NF - 1)); d = $(NF - 1) - last; last = $(NF - 1)
	if (n++ && d > 123040) late++ } END { print late + 0 }' /tmp/trace) <= 9"

# Both directions, which share nothing.
watch
for n in 0 1; do pg_device $n sn$n 500 'pkt_size 1514' 'burst 1'; done
pg_start
pg_clear
trace_stop /tmp/trace
for dev in sn0 sn1; do
	read -r n wire clock least most < <(schedule $dev)
	timed "both at once: $dev" "$n == 500 && $least == 123040 && $most == 123040" || diag "$n $least $most"
	timed "both at once: $dev, by the kernel's clock" "$clock > 499 * 123040 * 0.999 && $clock < 499 * 123040 * 1.001" ||
		diag "$clock ns"
done

# BQL: what is under way is bounded, and a ping behind a stream does not wait for a whole ring (4096 packets, or seconds). A
# stream of UDP: TCP would hold itself back.
speed sn0 10
timeout 60 flow udp -n 1200 -s 1472-1472 -w 0 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null 2>&1 &
load=$!
most=0
for _ in $(seq 20); do
	nap 0.03
	read -r now <$bql/inflight
	[ "$now" -le $most ] || most=$now
done
wait $load
that 'BQL: bytes are in flight' "$most > 1500"
that 'but not many' "$most < 300000" || diag "$most"
is 'the watchdog had no reason' "$(xstat sn0 tx_timeouts)" 0
unload_clean

# ---- what else there is, on such a wire

for path in $(some 1 1 0 2); do
	# A full ring of 4096 takes 5 s at 10 Mbit/s: the watchdog has to see that it moves.
	start use_napi="$path" pool_size=4096 timeout=300
	speed sn0 10
	pg_device 0 sn0 4200 'pkt_size 1514'
	# Waiting costs less than pktgen, which tries and tries; a slow kernel's pktgen needs the time to outrun the wire.
	if [ -n "$full" ] || ! keeps_time; then pg_start 1.5; else pg_start 0.4; nap 0.6; fi
	sent=$(pg_sent sn0)
	ip link set sn1 down
	check "path $path: the link goes, and with it what waits" wait_for 10 eval '[ $(($(xstat sn0 q0_tx_no_carrier) + $(xstat sn0 q0_tx_wire_frames))) = "$sent" ]'
	if [ "$SNULL_SUITE" != debug ]; then
		that "path $path: which is much" "$(xstat sn0 q0_tx_no_carrier) > 800"
	else
		skip "path $path: which is much" 'the debug kernel is too slow to fill a ring'
	fi
	is "path $path: a ring that takes its time is none that hangs" "$(xstat sn0 tx_timeouts)" 0
	pg_clear
	unload_clean "path $path: the module unloads"

	start use_napi="$path" pool_size=32
	speed sn0 1000
	ethtool -A sn1 tx on; ethtool -A sn0 rx on
	dear 60
	pg_device 0 sn0 $((full ? 2000 : 800)) 'pkt_size 200'
	pg_start
	settle sn1 rx_packets
	sent=$(pg_sent sn0)
	pg_clear
	cheap
	that "path $path: pause frames stop it" "$(xstat sn0 q0_pause_obeyed) > 0"
	is "path $path: nothing is missed" "$(stat sn1 rx_missed_errors)" 0
	is "path $path: everything arrives" "$(stat sn1 rx_packets)" "$sent"
	unload_clean "path $path: the module unloads"

	[ -n "$full" ] || continue
	start use_napi="$path" lockup=50 timeout=200 pool_size=16
	speed sn0 100
	ping -q -n -i 0.01 -w 60 192.168.0.2 >/tmp/ping &
	pinger=$!
	check "path $path: a lockup is found, and ends" wait_for 40 eval '[ "$(xstat sn0 resets)" -ge 2 ]'
	kill -INT $pinger
	wait $pinger
	is "path $path: the speed has stayed" "$(shows sn0 Speed)" 100Mb/s
	unload_clean "path $path: the module unloads"
done

# XDP_TX: what comes at 100 Mbit/s goes back at 100 Mbit/s.
if kernel_since 5.18; then
	start use_napi=1
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	speed sn0 100
	rm -f /sys/fs/bpf/back
	xdpprog tx /sys/fs/bpf/back
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/back
	watch
	pg_device 0 sn0 300 'pkt_size 1514' 'burst 1'
	pg_start
	pg_clear
	settle sn0 rx_packets
	trace_stop /tmp/trace
	read -r n wire clock least most < <(schedule sn1)
	is 'XDP_TX: all come back' "$n $(stat sn0 rx_packets)" '300 300'
	that 'XDP_TX: none sooner than the wire allows' "$least >= 123040"
	timed 'XDP_TX: and at its pace' "$wire > 299 * 123040 * 0.99 && $wire < 299 * 123040 * 1.01" || diag "$wire ns"
	ip link set sn1 xdpdrv off
	unload_clean
else
	skip 'XDP_TX' 'this kernel has too little of XDP'
fi
if [ -n "$full" ] && kernel_since 5.18; then
	start use_napi=1 pairs=2
	ethtool -s sn2 speed 10 duplex full autoneg on
	speed sn0 100
	rm -f /sys/fs/bpf/on
	xdpprog redirect="$(cat /sys/class/net/sn2/ifindex)" /sys/fs/bpf/on
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/on
	ip link set sn2 up; ip link set sn3 up promisc on
	wait_for 10 carrier sn2
	watch
	pg_device 0 sn0 100 'pkt_size 1514' 'burst 1'
	pg_start
	pg_clear
	settle sn3 rx_packets
	trace_stop /tmp/trace
	read -r n wire clock least most < <(schedule sn2)
	is 'redirected to a slower wire: all arrive' "$n $(stat sn3 rx_packets)" '100 100'
	is 'redirected: at its pace' "$least $most" '1230400 1230400'
	ip link set sn1 xdpdrv off
	unload_clean
fi

# ---- a bad cable

start use_napi=1
bad=/sys/kernel/debug/snull/snull.0
sent() { pg_device 0 sn0 "$1" 'burst 1' 'pkt_size 100'; pg_start; pg_clear; settle sn1 rx_packets; }
for speed in $(some 1 1000 unlimited); do
	if [ "$speed" = unlimited ]; then unlimited sn0; else speed sn0 "$speed"; fi
	before=$(stat sn1 rx_packets) lost=$(xstat sn1 q0_rx_lost_on_cable) crc=$(stat sn1 rx_crc_errors)
	echo 10 >$bad/loss
	sent 500
	echo 0 >$bad/loss; echo 20 >$bad/corrupt
	sent 500
	echo 0 >$bad/corrupt
	sent 100 # the fate of the first of them may have been sealed before
	lost=$(($(xstat sn1 q0_rx_lost_on_cable) - lost)) crc=$(($(stat sn1 rx_crc_errors) - crc))
	is "$speed: loss 10: one in ten is lost" $lost 50
	is "$speed: corrupt 20: one in twenty arrives damaged" $crc 25
	is "$speed: the others arrive" $(($(stat sn1 rx_packets) - before)) $((1100 - 50 - 25))
done
is 'what was damaged is an error, and whose' "$(stat sn1 rx_errors) $(stat sn0 tx_errors)" "$(stat sn1 rx_crc_errors) 0"
check 'TCP gets through, whole' eval '
	echo 50 >$bad/loss; echo 70 >$bad/corrupt
	timeout 60 flow tcp -b 1 192.168.0.1 192.168.0.2 192.168.1.2 >/tmp/flow; ended=$?
	echo 0 >$bad/loss; echo 0 >$bad/corrupt
	[ $ended = 0 ] && [[ $(cat /tmp/flow) =~ $tcp_whole ]]'
downs=$(cat /sys/class/net/sn1/carrier_down_count)
(echo 2000 >$bad/flap) &
check 'flap: the cable is out' wait_for 10 eval '[ "$(why sn1)" = "no (No cable)" ]'
wait $!
is 'flap: and in again' "$(why sn1) $(($(cat /sys/class/net/sn1/carrier_down_count) - downs))" 'yes 1'
check 'flap: packets pass' wait_for 10 reply 192.168.0.2
for value in -1 10001 x; do
	fails "flap: $value is refused" eval "echo $value >$bad/flap"
done
fails 'loss: so are 2147483648' eval "echo 2147483648 >$bad/loss"
unload_clean
check 'nothing stays in debugfs' [ ! -e /sys/kernel/debug/snull ]

# ---- everything changes while frames are on the wire

# Two queues take turns on one wire.
start use_napi=1 queues=2 pool_size=256
speed sn0 100
watch
pg_device 0 sn0 400 'pkt_size 1514' 'burst 1' 'clone_skb 0' 'queue_map_min 0' 'queue_map_max 1'
pg_start
pg_clear
trace_stop /tmp/trace
together=$(awk '/snull_wire_frame/ { sub("start=", "", $(NF - 1)); if (n++) { d = $(NF - 1) - last; if (d < 123040) bad++ } last = $(NF - 1) }
	END { print n, bad + 0 }' /tmp/trace)
is 'two queues: one wire' "$together" '400 0'
by_vector=$(grep -o 'snull_wire_frame.* irq=[0-9]*' /tmp/trace | grep -o '[0-9]*$' | sort | uniq -c | awk '{ print $1 }' | paste -sd' ')
is 'two queues: each has its share' "$by_vector" '200 200'

cat >/tmp/load.py <<'END'
import socket, sys
flows = []
for source, destination in ('192.168.0.1', '192.168.0.2'), ('192.168.1.2', '192.168.1.1'):
    for port in range(9000, 9004):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((source, port))
        one.connect((destination, port + 100))
        one.setsockopt(socket.IPPROTO_UDP, 103, 1000)  # UDP_SEGMENT
        flows.append(one)
while True:
    for one in flows:
        try:
            one.send(bytes(7500), socket.MSG_DONTWAIT)
        except OSError:
            pass
END
load_on() { python3 /tmp/load.py & load=$!; }
load_off() { kill $load; wait $load; } 2>/dev/null
received() { cat /sys/class/net/sn1/statistics/rx_packets; }
load_on
for round in 1 ${full:+2 3 4 5 6}; do
	for change in 'ethtool -s sn0 speed 10 duplex full autoneg on' 'ethtool -G sn0 rx 64 tx 128' 'ethtool -s sn0 speed 25000 duplex full autoneg on' \
		'ethtool -L sn0 combined 1' 'ethtool -s sn1 speed 100 duplex full autoneg off' 'ethtool -s sn0 autoneg on advertise 0x80008000102a' \
		'ip link set sn0 mtu 600' 'ethtool -G sn1 rx 512 tx 64' 'ethtool -s sn1 autoneg on advertise 0x80008000102a' 'ethtool -L sn0 combined 2' \
		'ip link set sn0 mtu 1500' 'ethtool -s sn1 speed 1000 duplex full autoneg on' 'ethtool -A sn1 tx on' 'ethtool -A sn0 rx on' \
		'ethtool -s sn1 autoneg on advertise 0x80008000102a' 'ethtool -A sn0 rx off' 'ip link set sn0 down' 'ip link set sn0 up' 'ethtool -s sn0 autoneg on advertise 0x80008000102a'; do
		# shellcheck disable=SC2086 # words
		$change || result 1 "round $round, under load: $change"
		nap 0.01
	done
done
is 'under load: the last word counts' "$(shows sn0 Speed)" 'Unknown!'
now=$(received)
check 'under load: frames go on' wait_for 10 eval '[ "$(received)" -gt '"$now"' ]'
# Unplugged with a frame half on the wire, which takes 1.2 ms.
for round in 1 ${full:+2 3 4 5}; do
	ethtool -s sn0 speed 10 duplex full autoneg on
	wait_for 10 carrier sn0
	nap 0.05
	lost=$(stat sn0 tx_carrier_errors)
	echo snull.1 >/sys/bus/platform/drivers/snull/unbind
	is "unplugged, round $round" "$(why sn0)" 'no (No cable)'
	check "unplugged, round $round: frames are lost, and counted" wait_for 10 eval '[ "$(stat sn0 tx_carrier_errors)" -gt '"$lost"' ]'
	echo snull.1 >/sys/bus/platform/drivers/snull/bind
	up
done
load_off
check 'and when all is quiet, a packet passes' wait_for 20 reply 192.168.0.2
is 'at the speed that it was told' "$(shows sn1 Speed)" 10Mb/s
unload_clean
end_tests
