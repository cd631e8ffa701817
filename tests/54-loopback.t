#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 54-loopback: ethtool -K sn0 loopback on. What sn0 sends comes back, byte for byte, into its own rings, and nothing to or from
# sn1; without a partner and without a cable, too; at the wire's speed, with pause frames, TSO and stamps; and back again,
# under full load.
. "$(dirname "$0")/lib.sh"

quiet_links
modprobe macvlan 2>/dev/null

loop() { ethtool -K "$1" loopback "$2"; }
looped() { ethtool -k "$1" | awk '$1 == "loopback:" { print $2, $3 }'; }
# to_self COUNT: sn0 sends about so many to its own address, $sent of them. Its line is at CPU 0.
to_self()
{
	pg_device 1 sn0 "$1" "dst_mac $(mac sn0)"
	pg_start
	settle sn0 rx_packets
	sent=$(pg_sent sn0)
	pg_clear
}
# burst: a hundred frames of sn0's, for sn0.
burst()
{
	local frame
	frame=$(datagram sn0)
	for ((i = 0; i < 100; i++)); do echo "$frame"; done | inject sn0 >/dev/null
	settle sn0 rx_packets
}
alone() { ! carrier sn1; }
# own NAME: all frames come back, sn1 gets none.
own()
{
	local rx other
	rx=$(stat sn0 rx_packets) other=$(xstat sn1 'q*_rx_wire_frames')
	burst
	is "$1: frames come back" $(($(stat sn0 rx_packets) - rx)) 100
	[ ! -e /sys/class/net/sn1 ] || is "$1: sn1 gets none" "$(xstat sn1 'q*_rx_wire_frames')" "$other"
}
# datagram DEV: from 192.168.0.1 to 192.168.0.2, addressed to DEV by DEV; in hex.
datagram()
{
	local here
	here=$(mac "$1")
	echo "${here//:/}${here//:/}0800""4500002000010000""4011f978c0a80001c0a80002""04d2162e000c0000""6c6f6f70"
}
# back DEV: does such a frame come back to it as it was?
back()
{
	local frame
	frame=$(datagram "$1")
	sniff_start sniff -x -c 1 -t 20 "$1"
	inject "$1" <<<"$frame" >/dev/null
	sniff_wait
	sed 's/ //g' /tmp/sniffed | grep -c "^$frame"
}

# ---- on and off

for path in 0 1 2; do
	start use_napi=$path
	is "path $path: off at first, and can be had" "$(looped sn0)" 'off '
	check "path $path: on" loop sn0 on
	is "path $path: it is on" "$(looped sn0)" 'on '
	is "path $path: and not at sn1" "$(looped sn1)" 'off '
	check "path $path: sn0 has a carrier" wait_for 10 carrier sn0
	check "path $path: sn1 has none" wait_for 10 alone
	own "path $path"
	is "path $path: with the wire trick, as it is" "$(back sn0)" 1
	fails "path $path: nobody answers" ping -n -c 1 -W 0.2 192.168.0.2
	errors=$(stat sn0 tx_errors)
	check "path $path: off" loop sn0 off
	check "path $path: both have a carrier" wait_for 10 eval 'carrier sn0 && carrier sn1'
	check "path $path: sn1 answers again" wait_for 10 reply 192.168.0.2
	is "path $path: nothing was lost in all this" "$(stat sn0 tx_errors)" "$errors"
	rx=$(stat sn0 rx_packets)
	burst
	is "path $path: nothing comes back" $(($(stat sn0 rx_packets) - rx)) 0
	unload_clean
done

# ---- without a partner, without a cable

load use_napi=1 rewrite_ip=0
check 'on while it is down' loop sn0 on
up sn0
check 'without a partner that is up' carrier sn0
own 'a partner that is down'
ip link set sn1 up
nap 0.2
like 'sn1 says why it has no link' "$(ethtool sn1)" 'Link detected: no \(Autoneg, No partner detected\)'
fails 'and has none' carrier sn1
# The longest there is, since the debug kernel takes its time for what is done meanwhile. A signal ends it.
echo 10000 >/sys/kernel/debug/snull/snull.0/flap &
flap=$!
check 'the cable is out' wait_for 10 eval '[[ $(ethtool sn1) =~ "No cable" ]]'
is 'the cable out: the carrier stays' "$(cat /sys/class/net/sn0/carrier)" 1
own 'without a cable'
like 'and it was out all the while' "$(ethtool sn1)" 'No cable'
kill $flap
wait $flap
echo 3 >/sys/kernel/debug/snull/snull.0/loss
own 'a bad cable'
echo 0 >/sys/kernel/debug/snull/snull.0/loss
check 'both in loopback' loop sn1 on
check 'sn1 has a carrier, too' wait_for 10 carrier sn1
is 'and hears itself' "$(back sn1)" 1
check 'sn0 no longer' loop sn0 off
check 'it is alone now' wait_for 10 eval '! carrier sn0'
check 'sn1 no longer' loop sn1 off
check 'both have a carrier' wait_for 10 eval 'carrier sn0 && carrier sn1'
loop sn0 on
echo snull.1 >/sys/bus/platform/drivers/snull/unbind
is 'the partner unplugged: the carrier stays' "$(cat /sys/class/net/sn0/carrier)" 1
own 'without a partner'
loop sn0 off
check 'off: no link' wait_for 10 eval '! carrier sn0'
loop sn0 on
check 'on: a link' wait_for 10 carrier sn0
echo snull.1 >/sys/bus/platform/drivers/snull/bind
ip link set sn1 up
nap 0.2
fails 'plugged in again, it has none' carrier sn1
loop sn0 off
check 'off: both have one' wait_for 10 eval 'carrier sn0 && carrier sn1'
loop sn0 on
ip link set sn0 down; up sn0
check 'down and up: it stays' eval '[ "$(looped sn0)" = "on " ]'
own 'down and up'

# ---- what works over it

# Frames of 9000 bytes, and the slowest wire, so that the next one is in the ring in time, however slow the kernel: this CPU
# receives them, too. And BQL is not to hold one back until the completion of the one before.
ip link set sn0 mtu 9000
echo max >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
ethtool -s sn0 speed 10 duplex full autoneg off
wait_for 10 carrier sn0
like 'at a speed' "$(ethtool sn0)" 'Speed: 10Mb/s'
if [ -e /sys/class/ptp ]; then
	is 'stamps by hardware' "$(stamps set sn0 1 1)" '1 1'
	is 'stamps' "$(stamps eth sn0 sn0 88f7 -n 20)" '20: 20 20 20 20'
	stamps eth sn0 sn0 88f7 -n 20 -l 8986 -o | awk '{ print $2, $4 }' >/tmp/stamps
	is 'of one clock, at one moment' "$(awk '$1 == $2' /tmp/stamps | wc -l)" 20
	# They occupy the wire for 9024 bytes, from the preamble to the gap.
	is 'and that is how long a frame takes, each' "$(awk 'NR > 1 { print $1 - last } { last = $1 }' /tmp/stamps | uniq -c)" '     19 7219200'
	stamps set sn0 0 0 >/tmp/set
else
	skip 'stamps' 'no clock on this kernel'
fi
ethtool -s sn0 autoneg on
echo 0 >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
ip link set sn0 mtu 1500
wait_for 10 carrier sn0

ethtool -G sn0 rx 32
ethtool -A sn0 rx on tx on
missed=$(stat sn0 rx_missed_errors) rx=$(stat sn0 rx_packets)
dear 100
to_self 5000
cheap
is 'pause frames: nothing is missed' "$(stat sn0 rx_missed_errors)" "$missed"
is 'pause frames: all comes back' $(($(stat sn0 rx_packets) - rx)) "$sent"
that 'pause frames: there were some' "$(xstat sn0 q0_pause_sent) > 0"
is 'pause frames: obeyed by itself' "$(xstat sn0 q0_pause_obeyed)" "$(xstat sn0 q0_pause_sent)"
ethtool -A sn0 rx off tx off
ethtool -G sn0 rx 256

# Two machines behind one port that reflects, as a VEPA has them: all between them crosses sn0's wire.
if has macvlan; then
	for n in 0 1; do
		check "a machine behind one port: $n" ip link add link sn0 name m$n type macvlan mode vepa
		ip netns add host$n
		ip link set m$n netns host$n
		ip -n host$n link set lo up
		ip -n host$n addr add 10.5.0.$((n + 1))/24 dev m$n
		ip -n host$n link set m$n up
	done
	other=$(xstat sn1 'q*_rx_wire_frames')
	between() { ip netns exec host0 flow "$@" 10.5.0.1 10.5.0.2 10.5.0.2 >/tmp/flow 2>&1; cat /tmp/flow; }
	for how in 'tso on' 'tso off' 'tso on tx off' 'rx-gro-hw on' 'rx-gro-hw off'; do
		# shellcheck disable=SC2086 # words
		ethtool -K sn0 tx on $how >/dev/null
		bursts=$(xstat sn0 'q*_tx_tso_bursts')
		like "$how: TCP" "$(between tcp -N host1 -b 2)" 'sent=2097152 received=2097152 lost=0 .*corrupted=0'
		[ "$how" != 'rx-gro-hw on' ] || that "$how: TSO" "$(xstat sn0 'q*_tx_tso_bursts') > $bursts"
	done
	like 'UDP, byte for byte' "$(between udp -N host1 -n 500)" 'sent=500 received=500 lost=0 reordered=0 duplicated=0 corrupted=0'
	is 'sn1 has got none of it' "$(xstat sn1 'q*_rx_wire_frames')" "$other"
	ip netns del host0; ip netns del host1
else
	skip 'two machines behind one port' 'this kernel has no macvlan'
fi
unload_clean

# ---- on and off under full load

# Both send to sn0's address, for as long as it takes, link or no link: large packets for the NIC to cut, and small ones.
cat >/tmp/pour.py <<'END'
import socket, struct, sys, time

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.setsockopt(263, 15, 1)                     # SOL_PACKET, PACKET_VNET_HDR
wire.bind((sys.argv[1], 0))
to = bytes.fromhex(sys.argv[2].replace(':', ''))
def packet(port, payload, gso):
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40 + payload, 1, 0x4000, 64, 6, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 2, 2]))
    tcp = struct.pack('!HHIIBBHHH', port, 9, 1, 1, 0x50, 0x10, 1000, 0, 0)
    return struct.pack('=BBHHHH', 1, gso, 54, 1400 if gso else 0, 34, 16) + to + to + b'\x08\x00' + ip + tcp + bytes(payload)
packets = [packet(1000 + 7 * (i % 8), 20000 if i % 2 else 6, i % 2) for i in range(32)]
while True:
    for one in packets:
        try: wire.send(one)
        except OSError: time.sleep(0.001)
END
# What both have sent; and what they have received of it, or lost and counted.
sent() { echo $(($(stat sn0 tx_packets) + $(stat sn1 tx_packets))); }
received() { echo $(($(stat sn0 rx_packets) + $(stat sn1 rx_packets) + $(lost sn0) + $(lost sn1))); }
rounds=15
[ -z "$full" ] || rounds=150
for setting in plain pause speed coalescing; do
	start use_napi=1 queues=2
	case $setting in
	# Half of what one large packet is cut into: so somebody has to wait, however fast who receives is.
	pause)	for dev in sn0 sn1; do ethtool -G $dev rx 8; ethtool -A $dev rx on tx on; done; dear 50 ;;
	speed)	for dev in sn0 sn1; do ethtool -s $dev speed 2500 duplex full autoneg off; done ;;
	coalescing)	for dev in sn0 sn1; do ethtool -K $dev rx-gro-hw on; done ;;
	esac
	wait_for 10 carrier sn0
	pourers=()
	for dev in sn0 sn1; do
		python3 /tmp/pour.py $dev "$(mac sn0)" &
		pourers+=($!)
	done
	wait_for 30 eval '[ "$(stat sn0 tx_packets)" -gt 100 ] && [ "$(stat sn1 tx_packets)" -gt 100 ]'
	own=0 RANDOM=1
	for ((round = 0; round < rounds; round++)); do
		loop sn0 on
		before=$(stat sn0 rx_packets)
		nap 0.0$((RANDOM % 5 + 2))
		own=$((own + $(stat sn0 rx_packets) - before))
		[ $((round % 3)) != 0 ] || { loop sn1 on; nap 0.02; loop sn1 off; }
		loop sn0 off
		nap 0.0$((RANDOM % 5 + 2))
	done
	kill "${pourers[@]}"
	wait "${pourers[@]}" 2>/dev/null
	[ $setting != pause ] || cheap
	check "$setting: both have a carrier" wait_for 10 eval 'carrier sn0 && carrier sn1'
	settle sn0 rx_packets; settle sn1 rx_packets
	that "$setting: frames came back meanwhile" "$own > 1000" || diag "$own"
	[ $setting != pause ] || that 'pause: and waited' "$(xstat sn0 'q*_pause_obeyed') > 100 && $(xstat sn1 'q*_pause_obeyed') > 10" ||
		diag "$own came back; $(xstat sn0 'q*_pause_obeyed') $(xstat sn1 'q*_pause_obeyed')"
	[ $setting != pause ] || is 'pause: nothing was missed' "$(xstat sn0 'q*_rx_missed')" 0
	is "$setting: what was sent is accounted for" "$(received)" "$(sent)"
	is "$setting: and BQL knows of nothing under way" "$(cat /sys/class/net/sn[01]/queues/tx-*/byte_queue_limits/inflight | paste -sd' ')" '0 0 0 0'
	check "$setting: sn1 answers" wait_for 10 reply 192.168.0.2
	like "$setting: and so do bytes" "$(flow udp -n 300 192.168.0.1 192.168.0.2 192.168.1.2)" 'received=300 lost=0 reordered=0'
	is "$setting: no watchdog" "$(xstat sn0 tx_timeouts) $(xstat sn1 tx_timeouts)" '0 0'
	unload_clean
done
end_tests
