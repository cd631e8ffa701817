#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 16-moderation: fewer interrupts for as many packets: by the NIC (ethtool -C and -Q), by DIM (adaptive-rx), and by NAPI
# alone (gro_flush_timeout and napi_defer_hard_irqs in sysfs). By instructions, so that numbers repeat.
cpus=1
vm_limit=600
. "$(dirname "$0")/lib.sh"

quiet_links
# A packet every 99 us: pktgen sleeps for 100 and more, and would wake up late, and hurry.
count=1000 rate=10100

coal() { ethtool -c "${2:-sn1}" 2>/dev/null | awk -v n="$1:" '$1 == n { print $2 }'; }
state() { { ethtool -c sn1; ethtool -Q sn1 --show-coalesce; } 2>&1 | awk '/^Adaptive/ || $1 ~ /^[rt]x-(usecs|frames):/ { printf "%s ", $0 }'; }
adaptive() { ethtool -c sn1 2>/dev/null | awk '/^Adaptive/ { print $3 }'; }

# run DEV [SETTING…]: packets from sn0 to sn1; sets p, the packets, and n, the interrupts of DEV.
run()
{
	local dev=$1 rx i
	shift
	rx=$(stat sn1 rx_packets) i=$(irqs "$dev")
	pg_device 0 sn0 $count "ratep $rate" 'burst 1' "$@"
	pg_start
	nap 0.1
	pg_clear
	p=$(($(stat sn1 rx_packets) - rx)) n=$(($(irqs "$dev") - i))
}
# run_near WANT DEV [SETTING…]: run, for WANT packets an interrupt, within 3 %. Up to three times: now and then something
# else has the CPU for a tick, or ksoftirqd waits for it, and what comes meanwhile is taken all at once.
run_near()
{
	local want=$1 try
	shift
	for try in 1 2 3; do
		run "$@"
		! awk "BEGIN { exit !($(is_near "$want")) }" || return
		keeps_time || return
		diag "try $try: $p packets, $n interrupts"
	done
}
is_near() { echo "$p > 0 && $n > 0 && ($p / $n / $1 - 1) ^ 2 <= 0.03 ^ 2"; }
near() { timed "$1: $2 packets an interrupt" "$(is_near "$2")"; }
# refused NAME PATTERN COMMAND…: it fails, its complaint is like PATTERN, and sn1 is as it was when $before was taken.
refused()
{
	local name=$1 pattern=$2 out status
	shift 2
	out=$("$@" 2>&1)
	status=$?
	# ethtool -Q ends with 0, whatever the kernel says.
	[ "$2" != -Q ] || status=1
	like "$name: refused" "$((status > 0)) $out" "^1 .*($pattern|Invalid argument)"
	is "$name: nothing has changed" "$(state)" "$before"
}

# ---- the delay: a packet starts it, and those that come before it is over are taken with it: 1 + floor(usecs * rate)

# How many interrupts of sn0's one packet causes: at once, and within 100 ms.
cat >/tmp/first.py <<'END'
import socket, time

def interrupts():
    for line in open('/proc/interrupts'):
        if line.rstrip().endswith(' sn0-TxRx-0'):
            return int(line.split()[1])

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('sn0', 0))
before = interrupts()
wire.send(b'\xff' * 6 + b'\x02' + bytes(5) + b'\x88\xb5' + bytes(46))
at_once = interrupts() - before
time.sleep(0.1)
print(at_once, interrupts() - before)
END
for path in $(some 1 1 2 0); do
	start use_napi="$path"
	reply 192.168.0.2 >/dev/null
	is "path $path: off by default" "$(coal rx-usecs) $(coal rx-frames) $(coal tx-usecs) $(coal tx-frames)" '0 0 0 0'
	run_near 1 sn1
	is "path $path: all have come" "$p" $count
	near "path $path: without it" 1
	# With a bit more than 2, 5 and 10 intervals, the time that the poll takes makes no difference.
	for usecs in $(some 1 225 1025 525); do
		check "path $path: rx-usecs $usecs" ethtool -C sn1 rx-usecs $usecs
		is "path $path: -c says so" "$(coal rx-usecs)" $usecs
		[ "$path" = 0 ] && want=1 || want=$((1 + usecs * rate / 1000000))
		run_near $want sn1
		is "path $path, rx-usecs $usecs: all have come" "$p" $count
		near "path $path, rx-usecs $usecs" $want
	done
	check "path $path: rx-usecs 10000 rx-frames 8" ethtool -C sn1 rx-usecs 10000 rx-frames 8
	[ "$path" = 0 ] && want=1 || want=8
	run_near $want sn1
	is "path $path, rx-frames: all have come, the last within the delay" "$p" $count
	near "path $path, rx-frames 8" $want
	ethtool -C sn1 rx-usecs 0 rx-frames 0
	run_near 1 sn1
	near "path $path: off again" 1
	run_near 1 sn0
	near "path $path: sn0, completions" 1
	check "path $path: tx-usecs 525" ethtool -C sn0 tx-usecs 525
	run_near 6 sn0
	near "path $path, tx-usecs 525" 6
	check "path $path: tx-frames 4" ethtool -C sn0 tx-usecs 10000 tx-frames 4
	run_near 4 sn0
	near "path $path, tx-frames 4" 4
	is "path $path: and all have come" "$p" $count
	wait_for 20 eval '[ "$(xstat sn0 q0_tx_packets)" = "$(stat sn0 tx_packets)" ]'
	is "path $path: and been completed" "$(xstat sn0 q0_tx_packets)" "$(stat sn0 tx_packets)"
	# The count begins anew with the ring: the first packet is not the fourth.
	ethtool -G sn0 tx 512
	is "path $path, tx-frames 4: the first packet in a new ring waits, as ever" "$(python3 /tmp/first.py 2>&1)" '0 1'
	unload_clean "path $path: the module unloads, and leaves nothing"
done

# ---- what it costs, and what keeps it

start use_napi=1 queues=2
reply 192.168.0.2 >/dev/null
# The shortest of ten; and nobody waits for the host to wake up a machine that idles.
awake 0 & awake=$!
rtt() { ping -q -n -c 10 -i 0.05 192.168.0.2 | sed -n 's,^rtt [^0-9]*\([0-9.]*\)/.*,\1,p'; }
fast=$(rtt)
ethtool -C sn1 rx-usecs 10000
slow=$(rtt)
timed 'ping: rx-usecs 10000 at one end adds 10 ms' "$slow - $fast >= 9.9 && $slow - $fast < 11" || diag "$fast ms, $slow ms"
ethtool -C sn0 rx-usecs 5000
both=$(rtt)
timed 'ping: and 5000 at the other 5 more' "$both - $slow >= 4.9 && $both - $slow < 6" || diag "$slow ms, $both ms"
kill $awake
wait $awake 2>/dev/null
ethtool -C sn0 rx-usecs 0
ethtool -C sn1 rx-usecs 700 rx-frames 9 tx-usecs 300 tx-frames 5
before=$(state)
for change in 'ip link set sn1 down; up' 'ethtool -L sn1 combined 1; ethtool -L sn1 combined 2' \
	'ethtool -G sn1 rx 64 tx 64'; do
	eval "$change"
	is "settings stay over: $change" "$(state)" "$before"
done
check 'and packets pass' reply 192.168.0.2

# ---- switched off while a frame waits, which then waits no more

cat >/tmp/waits.py <<'END'
import ctypes, fcntl, socket, struct, time
CMD_GET, CMD_SET, SIOCETHTOOL = 14, 15, 0x8946
control = socket.socket()

def ethtool(words):
    memory = ctypes.create_string_buffer(struct.pack('23I', *words), 92)
    fcntl.ioctl(control, SIOCETHTOOL, struct.pack('16sQ16x', b'sn1', ctypes.addressof(memory)))
    return list(struct.unpack('23I', memory.raw))

def received():
    counter.seek(0)
    return int(counter.read())

off = ethtool([CMD_GET] + [0] * 22)
off[:3] = CMD_SET, 0, 0
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('sn0', 0))
counter = open('/sys/class/net/sn1/statistics/rx_packets')
before, began = received(), time.monotonic()
for _ in range(3):
    wire.send(b'\xff' * 6 + b'\x02' + bytes(5) + b'\x88\xb5' + bytes(46))
waiting = received() - before
ethtool(off)
arrived, took = received() - before, time.monotonic() - began
print(waiting, arrived, took < 0.1)
END
ethtool -G sn1 rx 1024 tx 1024
ethtool -C sn1 rx-usecs 100000 rx-frames 0
nap 0.1
is 'three frames wait, and are delivered when moderation goes off' "$(python3 /tmp/waits.py 2>&1)" '0 3 True'
is 'it is off' "$(coal rx-usecs)" 0
ethtool -C sn1 rx-usecs 10000
rx=$(stat sn1 rx_packets)
pg_device 0 sn0 3000 "ratep $rate" 'burst 1'
pg_start & pid=$!
for usecs in 0 10000 300 10000 0 10000; do sleep 0.05; ethtool -C sn1 rx-usecs $usecs; done
wait $pid
nap 0.1
is 'changed while traffic runs: nothing is lost or stuck' "$(($(stat sn1 rx_packets) - rx)) $(stat sn1 rx_missed_errors)" '3000 0'
pg_clear
ethtool -C sn1 rx-usecs 0

# ---- a queue by itself

check '-Q: queue 1 only' ethtool -Q sn1 queue_mask 0x2 --coalesce rx-usecs 4100
is '-Q says so' "$(ethtool -Q sn1 --show-coalesce 2>/dev/null | awk '$1 == "rx-usecs:" { print $2 }' | paste -sd' ')" '0 4100'
before="$(irqs sn1 0) $(irqs sn1 1) $(xstat sn1 q0_rx_packets) $(xstat sn1 q1_rx_packets)"
run sn1 'clone_skb 0' 'udp_src_min 1000' 'udp_src_max 1064'
read -r i0 i1 p0 p1 <<<"$before"
i0=$(($(irqs sn1 0) - i0)) i1=$(($(irqs sn1 1) - i1)) p0=$(($(xstat sn1 q0_rx_packets) - p0)) p1=$(($(xstat sn1 q1_rx_packets) - p1))
that 'queue 0 interrupts as before' "$p0 > 300 && $i0 / $p0 > 0.9" || diag "$i0 interrupts, $p0 packets"
timed 'queue 1 much less' "$p1 > 300 && $i1 / $p1 < 0.2" || diag "$i1 interrupts, $p1 packets"
before=$(state)
refused '-Q: queue 2' 'Invalid argument' ethtool -Q sn1 queue_mask 0x4 --coalesce rx-usecs 10
refused '-Q: rx-usecs 100001' 'Invalid argument' ethtool -Q sn1 queue_mask 0x1 --coalesce rx-usecs 100001
refused 'rx-usecs 100001' 'up to 100000' ethtool -C sn1 rx-usecs 100001
refused 'tx-usecs 100001' 'up to 100000' ethtool -C sn1 tx-usecs 100001
refused 'rx-frames 4097' 'up to 4096' ethtool -C sn1 rx-usecs 10 rx-frames 4097
refused 'tx-frames 4097' 'up to 4096' ethtool -C sn1 tx-usecs 10 tx-frames 4097
ethtool -C sn1 rx-usecs 0 rx-frames 0 tx-usecs 0 tx-frames 0
before=$(state)
refused 'rx-frames without rx-usecs' 'set usecs, too' ethtool -C sn1 rx-frames 8
refused 'tx-frames without tx-usecs' 'set usecs, too' ethtool -C sn1 tx-frames 8
refused 'rx-usecs-irq' 'not supported|Operation not supported' ethtool -C sn1 rx-usecs-irq 5
refused 'adaptive-tx' 'not supported|Operation not supported' ethtool -C sn1 adaptive-tx on

# ---- adaptive

ethtool -L sn1 combined 1
is 'adaptive-rx is off by default' "$(adaptive)" off
check 'adaptive-rx on' ethtool -C sn1 adaptive-rx on
is '-c says so' "$(adaptive)" on
# under_load: packets as fast as they go; sets seen, the values of rx-usecs meanwhile, and n and p. At a steady 20 000 a
# second DIM may never find that waiting pays: its second choice, 8 us, makes no difference there.
under_load()
{
	rate=1000000 count=$((full ? 20000 : 10000))
	run sn1 & pid=$!
	seen=
	while kill -0 $pid 2>/dev/null; do sleep 0.05; seen+="$(coal rx-usecs) "; done
	wait $pid
	seen+=$(coal rx-usecs) # on 5.10 nobody else may have had the CPU meanwhile
	seen=$(tr ' ' '\n' <<<"$seen" | sed '/^$/d' | sort -un | paste -sd' ')
}
i=$(irqs sn1) rx=$(stat sn1 rx_packets)
under_load
diag "rx-usecs under load: $seen"
like 'under load DIM chooses another rx-usecs' "$seen" '[1-9]'
that 'and interrupts get fewer' "($(irqs sn1) - $i) / ($(stat sn1 rx_packets) - $rx) < 0.9" ||
	diag "$(($(irqs sn1) - i)) interrupts, $(($(stat sn1 rx_packets) - rx)) packets"
check 'adaptive-rx off' ethtool -C sn1 adaptive-rx off
is '-c says so again' "$(adaptive)" off
ethtool -C sn1 rx-usecs 77
under_load
is 'off: DIM leaves rx-usecs alone' "$seen" 77
# DIM had set rx-frames, too.
check 'all off' ethtool -C sn1 rx-usecs 0 rx-frames 0

# A shorter delay is for what waits already, too.
ethtool -C sn1 rx-usecs 100000
ping -n -c 1 -W 5 192.168.0.2 >/tmp/ping & pinging=$!
nap 0.02
ethtool -C sn1 rx-usecs 10
wait $pinging
timed 'what waits for 100 ms is not late when it shall be 10 us' "$(sed -n 's/.*time=\([0-9.]*\) ms.*/\1/p' /tmp/ping) < 90"
ethtool -C sn1 rx-usecs 0

# ---- NAPI by itself

count=1000 rate=10100
echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 2000000 >/sys/class/net/sn1/gro_flush_timeout
polls=$(xstat sn1 q0_polls)
run sn1
polls=$(($(xstat sn1 q0_polls) - polls))
is 'gro_flush_timeout, napi_defer_hard_irqs: all have come' "$p" $count
that 'nearly without interrupts' "$n <= $count / 100" || diag "$n interrupts, $p packets"
# Some more are of the time before and after.
that 'but with a poll every 2 ms' "$polls >= 49 && $polls <= 300" || diag "$polls polls in $((count * 1000 / rate)) ms"
echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 0 >/sys/class/net/sn1/gro_flush_timeout
nap 0.1
run_near 1 sn1
near 'off again' 1
unload_clean
end_tests
