#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 51-aggregate: the stage that coalesces (rx-gro-hw): which segments come together, in which order runs end, and when; longer
# receive buffers (rx-buf-len); and packets of more than 64 KB (BIG TCP).
# shellcheck disable=SC2034 # tests/run and lib.sh read them
short=1
cpus=1 # a frame's interrupt comes before the next frame, unless moderation holds it back
vm_limit=600
. "$(dirname "$0")/lib.sh"
quiet_links

# tools/segments.py sends what these words say into sn0, and says in such words what came out of sn1: A0-2 are three segments of
# flow A in one packet.
# listen DEV: it is what comes out of this one.
listen() { talk "${listener[@]}" "$(dirname "$0")/tools/segments.py" "$1"; }
# sent WORDS: sets came, and after how many ms.
sent()
{
	local answer
	answer=$(ask "$@")
	came=${answer% at *} held_for=${answer#* at }
	held_for=${held_for% ms}
}
segments() { sent "$@"; echo "$came"; }
# hold DEV: the debug kernel needs longer for 70 frames than rx-usecs can be. From here on, there, who polls does not run before
# the sender sleeps: with one CPU, that is when it has sent all of a line.
listener=() held=
hold()
{
	[ "$SNULL_SUITE" = debug ] || return 0
	echo 1 >"/sys/class/net/$1/threaded" || diag 'no threaded polls'
	listener=(chrt -f 1)
	held=held
}
runs() { local s=0 r; for r in 'done' broken read evicted; do s=$((s + $(xstat sn1 q0_rx_runs_$r))); done; echo $s; }

load use_napi=1 rewrite_ip=0
ip link set sn0 up; ip link set sn1 up
wait_for 10 carrier sn1
ethtool -K sn1 gro off rx-gro-hw on
listen sn1

# ---- how long a run stays open

is 'an idle driver reads each frame at once: nothing waits' "$(segments A0 A1 A2)" 'A0 A1 A2'
is 'and that is what ended them' "$(xstat sn1 q0_rx_runs_read)" 3
ethtool -C sn1 rx-usecs 10000
# A CPU that idles waits as long as the host lets it.
awake 0 & awake=$!
sent A0 A1 A2
kill $awake
wait $awake 2>/dev/null
is 'with rx-usecs, a run waits for the next segment' "$came" 'A0-2'
that 'for that long, and no longer' "$held_for >= 10 && $held_for < 15"
is 'it counts as one packet, made of three frames' "$(xstat sn1 q0_rx_gro_hw_packets) $(xstat sn1 q0_rx_gro_hw_frames)" '1 3'
hush
hold sn1
listen sn1
is 'IPv6, too' "$(segments 6 A0 A1 A2)" 'A0-2'
is 'and behind destination options' "$(segments 6d A0 A1 A2)" 'A0-2'
hop='A0 A1'
kernel_since 5.19 && hop='A0-1'
is 'or behind a hop-by-hop header, if the stack can cut that again' "$(segments 6h A0 A1)" "$hop"
is 'but not behind others' "$(segments 6d A0 A1e A2)" 'A0 A1 A2'
is 'in a tunnel, too' "$(segments 44 A0 A1 A2)" 'A0-2'
is 'of IPv6' "$(segments 66 A0 A1 A2)" 'A0-2'
is 'whose own header is the same' "$(segments 44 A0 A1t A2)" 'A0 A1 A2'
is 'and so is that in it, and what is between' "$(segments 46d A0 A1e A2)" 'A0 A1 A2'
before=$(runs)
is 'PSH ends it' "$(segments A0 A1p A2)" 'A0-1p A2'
is 'a short segment ends it as well' "$(segments A0 A1s A2)" 'A0-1 A2'
is '64 KB are the most' "$(segments A{0..69})" 'A0-64 A65-69'
is 'each of these runs is counted' $(($(runs) - before)) 6

# ---- several flows

is 'flows that mix come apart' "$(segments A0 B0 C0 A1 B1 C1 A2 B2)" 'A0-2 B0-2 C0-1'
is 'a segment that nothing can follow waits for nobody' "$(segments A0 B0 C0p A1)" 'C0p A0-1 B0'
is 'UDP ends nothing' "$(segments A0 u A1)" 'u A0-1'
hush

# ---- as many flows as there are places

flows() { "$(dirname "$0")/tools/flows.py" "$@"; }
# As many as this: who polls waits until all are sent, see hold.
held_flows() { flows "$@" $held; }
evicted() { xstat sn1 q0_rx_runs_evicted; }

ethtool -G sn1 rx 1024
ethtool -C sn1 rx-usecs 100000
if [ -n "$full" ]; then
	before=$(evicted)
	is '512 flows come together' "$(held_flows 512)" '512 together, apart:'
	is 'and all have places' $(($(evicted) - before)) 0
fi
before=$(evicted)
is 'of one more, the oldest has to go' "$(held_flows 513)" '512 together, apart: 0'
is 'and is counted' $(($(evicted) - before)) 1
before=$(evicted)
is 'so has the oldest of nine that share a bucket' "$(flows 9 same)" '8 together, apart: 0'
is 'and is counted, too' $(($(evicted) - before)) 1
is 'what is held when it is switched off comes up at once, before the rest' "$(flows 200 off)" '0 together, apart: 200'
ethtool -K sn1 rx-gro-hw on
# A fragment may be of any flow, so all that are open have to end: but not in one go, with interrupts off for 1.4 ms.
if [ -z "$held" ]; then
	echo nic_coalesce_in >$tracing/set_ftrace_filter # or each function that there is would be patched
	echo function_graph >$tracing/current_tracer
fi
is 'a fragment of an unknown flow overtakes none of 500' "$(held_flows 500 fragment)" '500 before it, 0 together, apart: 500'
if [ -z "$held" ]; then # the debug kernel's times say nothing
	longest=$(sed -n 's/.* \([0-9.]*\) us .*nic_coalesce_in.*/\1/p' $tracing/trace | sort -n | tail -n 1)
	echo nop >$tracing/current_tracer
	: >$tracing/set_ftrace_filter
	diag "the longest look at a frame took ${longest:=none} us"
	that 'and nothing took long with interrupts off' "${longest%.*} < 200"
fi
ethtool -C sn1 rx-usecs 300
ethtool -G sn1 rx 64
# This ring needs somebody who reads it all the while.
[ -z "$held" ] || echo 0 >/sys/class/net/sn1/threaded
like 'a short ring holds fewer, and none is missed' "$(flows 512)" '^[0-9]* together'
[ -z "$held" ] || echo 1 >/sys/class/net/sn1/threaded
is 'none at all' "$(stat sn1 rx_missed_errors)" 0
ethtool -G sn1 rx 256
ethtool -C sn1 rx-usecs 10000

# ---- order within a flow, whatever comes

listen sn1
is 'a gap' "$(segments A0 A2 A1)" 'A0 A2 A1'
is 'an ACK without payload, and only its own flow' "$(segments A0 B0 Aa A1 B1)" 'A0 Aa B0-1 A1'
is 'in a tunnel, too' "$(segments 64 A0 B0 Aa A1 B1)" 'A0 Aa B0-1 A1'
is 'FIN' "$(segments A0 B0 A1f B1)" 'A0 A1f B0-1'
is 'CWR' "$(segments A0 A1c A2)" 'A0 A1 A2'
accurate='A0 A1 A2'
kernel_since 6.16 && accurate='A0-1 A2'
is 'but all with CWR, if the stack can cut them again' "$(segments A0c A1c A2)" "$accurate"
is 'other options' "$(segments A0 A1o A2)" 'A0 A1 A2'
is 'another window' "$(segments A0 A1w A2)" 'A0 A1 A2'
is 'a wrong checksum' "$(segments A0 A1b A2)" 'A0 A1 A2'
is 'a fragment, of whatever flow' "$(segments A0 B0 x A1 B1)" 'A0 B0 x A1 B1'

# ---- the ring

ethtool -G sn1 rx 8
is 'a short ring gives up what it holds before it is full' "$(segments A0 B0 C0 D0 E0 F0 G0 A1)" 'A0 B0 C0 D0 E0 F0 G0 A1'
is 'but some' "$(segments A0 B0 A1 B1)" 'A0-1 B0-1'
missed=$(stat sn1 rx_missed_errors)
is 'and none is missed' "$missed" 0
ethtool -G sn1 rx 256
is 'switched off, all come alone' "$(ethtool -K sn1 rx-gro-hw off; segments A0 A1 A2)" 'A0 A1 A2'
ethtool -K sn1 rx-gro-hw on
hush
for path in legacy netif_rx; do
	ip link set sn1 down
	echo $path >/sys/module/snull/parameters/use_napi
	ip link set sn1 up
	wait_for 10 carrier sn1
	listen sn1
	is "use_napi=$path" "$(segments A0 B0 A1 B1)" 'A0-1 B0-1'
	hush
done
unload_clean

# ---- what is forwarded: the stack, or another NIC, cuts it into the very frames that came

load use_napi=1 rewrite_ip=0 pairs=2
ip link add br0 type bridge forward_delay 0
ip link set sn1 master br0; ip link set sn2 master br0
for dev in sn0 sn1 sn2 sn3 br0; do ip link set $dev up; done
wait_for 10 grep -qx 3 /sys/class/net/sn1/brport/state # forwarding
wait_for 10 grep -qx 3 /sys/class/net/sn2/brport/state
ethtool -K sn1 gro off rx-gro-hw on
ethtool -K sn3 gro off
ethtool -C sn1 rx-usecs 10000
hold sn1
listen sn3
# cut NAME WORDS FRAMES: so many of them were coalesced.
cut()
{
	local frames
	frames=$(xstat sn1 q0_rx_gro_hw_frames)
	is "forwarded, $1: the same frames" "$(segments "$2")" same
	is 'though they had been coalesced' $(($(xstat sn1 q0_rx_gro_hw_frames) - frames)) "$3"
}
cut 'TCP' '4 A0 A1 A2s' 3
cut 'IPv6' '6 A0 A1 A2p' 3
cut 'CWR' '4 A0c A1c A2c' "$(kernel_since 6.16 && echo 3 || echo 0)"
cut 'identifications that stand still without DF' '4 A0n A1n A2n' "$(kernel_since 6.18 && echo 3 || echo 0)"
cut 'destination options' '6d A0 A1 A2' 3
cut 'a hop-by-hop header' '6h A0 A1 A2' "$(kernel_since 5.19 && echo 3 || echo 0)"
for tunnel in 44 46 64 66 46d 6d4; do
	cut "a tunnel, $tunnel" "$tunnel A0 A1 A2s" 3
done
cut 'identifications that stand still in a tunnel' '44 A0i A1i A2i' "$(kernel_since 6.18 && echo 3 || echo 0)"
cut 'and in an IPv6 tunnel' '64 A0i A1i A2ip' 3
hush
ip link del br0
unload_clean

# TCP through all of that: interleaved, with timers, and every byte is right.
start use_napi=1
ethtool -K sn1 rx-gro-hw on
ethtool -C sn1 rx-usecs 50
there='192.168.0.1 192.168.0.2 192.168.1.2'
# shellcheck disable=SC2086
like 'three connections at once, and every byte is right' "$(timeout 100 flow tcp -f 3 -b 1 $there)" 'lost=0 .*corrupted=0'
that 'of which the NIC coalesced' "$(xstat sn1 q0_rx_gro_hw_packets) > 10"

# ---- longer receive buffers

buf_len() { ethtool -g "$1" | awk '/^Current/ { on = 1 } on && /RX Buf Len/ { print $NF }'; }
# refuses NAME WHY COMMAND…: it fails, says why, and the rings are as before.
refuses()
{
	local name=$1 why=$2 before said
	shift 2
	before=$(ethtool -g sn1)
	said=$("$@" 2>&1) && said="it was done: $said"
	like "$name: refused" "$said" "$why"
	is "$name: nothing changed" "$(ethtool -g sn1)" "$before"
}
# unread N: how many of so many small packets a socket keeps until somebody reads.
unread()
{
	python3 - "$1" <<-'END'
	import socket, sys, time
	reader = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	reader.bind(('192.168.1.2', 9))
	sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	sender.bind(('192.168.0.1', 0))
	for _ in range(int(sys.argv[1])): sender.sendto(bytes(100), ('192.168.0.2', 9))
	time.sleep(0.1)
	reader.setblocking(False)
	n = 0
	try:
	    while reader.recv(200): n += 1
	except BlockingIOError: pass
	print(n)
	END
}
if kernel_since 5.17; then
	is 'buffers are 4096 bytes long' "$(buf_len sn1)" 4096
	for len in 2048 5000 65536; do
		refuses "rx-buf-len $len" '4096, 8192, 16384 or 32768' ethtool -G sn1 rx-buf-len $len
	done
	for len in 8192 32768; do
		check "rx-buf-len $len" ethtool -G sn1 rx-buf-len $len
		is 'ethtool shows it' "$(buf_len sn1)" $len
		trace_start rx
		# shellcheck disable=SC2086
		like 'every byte is right' "$(timeout 100 flow tcp -b 2 $there)" 'lost=0 .*corrupted=0'
		trace_stop /tmp/trace
		longest=$(sed -n 's/.*dev=sn1 .* len=\([0-9]*\).*/\1/p' /tmp/trace | sort -n | tail -n 1)
		that 'packets fill such a buffer, but for what the stack needs' "${longest:-0} > $len - 600 && ${longest:-0} < $len"
	done
	is 'small packets do not keep large buffers' "$(unread 60)" 60
	for mtu in 9000 1500; do
		ip link set sn0 mtu $mtu; ip link set sn1 mtu $mtu
		# shellcheck disable=SC2086
		like "MTU $mtu" "$(timeout 100 flow udp -n 500 -s 16-$((mtu - 28)) $there)" 'lost=0 .*corrupted=0'
	done
	check 'a ring of another size' ethtool -G sn1 rx 64
	is 'has such buffers, too' "$(buf_len sn1)" 32768
	# With XDP, or on a path that has no pages.
	ethtool -K sn1 rx-gro-hw off
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	xdpprog -f pass /sys/fs/bpf/pass
	fails 'no XDP program beside them' ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
	ethtool -G sn1 rx-buf-len 4096
	if kernel_since 5.18; then
		check 'but with 4096' ip link set sn1 xdpdrv pinned /sys/fs/bpf/pass
		refuses 'with XDP' 'while XDP is on' ethtool -G sn1 rx-buf-len 8192
		ip link set sn1 xdpdrv off
	fi
	ethtool -G sn1 rx-buf-len 8192
	ip link set sn1 down
	echo netif_rx >/sys/module/snull/parameters/use_napi
	fails 'path 0 has none' ip link set sn1 up
	ethtool -G sn1 rx-buf-len 4096
	check 'but 4096' ip link set sn1 up
	refuses 'on path 0' 'needs use_napi' ethtool -G sn1 rx-buf-len 8192
	unload_clean

	start use_napi=1 pool_size=2
	ethtool -G sn0 rx-buf-len 32768; ethtool -G sn1 rx-buf-len 32768
	ip link set sn0 mtu 9000; ip link set sn1 mtu 9000
	check 'MTU 9000 in a ring of two' reply -s 8000 -M 'do' 192.168.0.2
	refuses 'two of 4096 are too short for that' 'would not fit' ethtool -G sn1 rx-buf-len 4096
	unload_clean

	start use_napi=1 queues=8
	refuses 'more than the memory there is' 'Cannot allocate memory' ethtool -G sn1 rx 4096 rx-buf-len 32768
	check 'and packets pass' reply 192.168.0.2
	unload_clean
	start use_napi=1
fi

# ---- packets of more than 64 KB

if kernel_since 6.3; then
	sysctl -qw net.ipv6.conf.sn0.disable_ipv6=0 net.ipv6.conf.sn1.disable_ipv6=0
	ip -6 addr add 2001:db8:0:0::1/64 dev sn0 nodad
	ip -6 addr add 2001:db8:0:1::2/64 dev sn1 nodad
	like 'the NIC takes as much as any' "$(ip -d link show sn0)" 'tso_max_size 524280'
	like 'but gets it only if asked to' "$(ip -d link show sn0)" 'gso_max_size 65536'
	ip link set sn0 gso_max_size 200000 gso_ipv4_max_size 200000
	# TCP makes its packets smaller where answers take longer, as on the debug kernel: not here.
	sysctl -qw net.ipv4.tcp_tso_rtt_log=30
	xmit=$tracing/events/net/net_dev_xmit
	iperf3 -s -D -I /tmp/iperf3.pid
	wait_for 10 test -s /tmp/iperf3.pid
	for addresses in "$there" '2001:db8:0:0::1 2001:db8:0:0::2 2001:db8:0:1::2'; do
		# shellcheck disable=SC2086
		like "BIG TCP, ${addresses%% *}" "$(timeout 100 flow tcp -b 4 $addresses)" 'lost=0 .*corrupted=0'
		trace_start
		echo 'name == "sn0" && len > 70000' >$xmit/filter
		echo 1 >$xmit/enable
		addresses=${addresses#* }
		timeout 100 iperf3 -c "${addresses% *}" -l 1M -n 12M >/dev/null || diag 'iperf3 failed'
		echo 0 >$xmit/enable
		trace_stop /tmp/trace
		that 'packets of more than 64 KB, many of them' "$(grep -c 'net_dev_xmit: dev=sn0 ' /tmp/trace) > 50"
		is 'and none is refused' "$(xstat sn0 q0_tx_refused)" 0
	done
	kill "$(tr -d '\0' </tmp/iperf3.pid)"
fi
unload_clean
end_tests
