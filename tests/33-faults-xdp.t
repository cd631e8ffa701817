#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-xdp: XDP sees finished checksums only, from the first frame on; and what it sends back is sent.
real_time='these faults are races of two CPUs'
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
modprobe pktgen 2>/dev/null

start use_napi=1
ethtool --set-priv-flags sn1 rx-csum-partial on
if kernel_since 5.18; then
	xdpprog csum /sys/fs/bpf/csum
	check 'a program can be attached' ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum
	ip link set sn1 xdpdrv off
	# Frames wait in the ring for a poll that can't run before the program is there.
	echo 1 >/sys/class/net/sn1/threaded
	wait_for 20 pgrep napi/sn1
	taskset -p 2 "$(pgrep napi/sn1)" >/dev/null
	slow at=snull_write_features us=200000
	# Frames have to be under way each time: so the flow has no window, which would fill with what is lost meanwhile.
	# shellcheck disable=SC2086
	taskset -c 0 timeout 100 flow udp -w 0 -n 100000000 -s 16-16 $there >/dev/null & flow=$!
	for _ in 1 2 3 4; do
		before=$(stat sn1 rx_packets)
		wait_for 20 eval '[ "$(stat sn1 rx_packets)" -gt $((before + 50)) ]'
		chrt -f 50 taskset -c 1 ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum
		ip link set sn1 xdpdrv off
	done
	kill $flow
	wait $flow
	fast
	echo 0 >/sys/class/net/sn1/threaded
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum
	# shellcheck disable=SC2086
	like 'a program that verifies checksums lets UDP pass' "$(flow udp -n 500 -s 16-16 $there)" ' lost=0 '
	is 'and no frame is shown to it without, not even while it is attached' "$(xstat sn1 q0_rx_xdp_drops)" 0
	ip link set sn1 xdpdrv off

	xdpprog tx /sys/fs/bpf/tx
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx
	cat >/tmp/send.py <<'END'
import socket, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('sn0', 0))
print('bound', flush=True)
while open('/sys/module/snull_delay/parameters/entered').read().startswith('0'):
    time.sleep(0.01)
for _ in range(10):
    wire.send(b'\xff' * 6 + b'\x02' + bytes(5) + b'\x88\xb5' + bytes(46))
END
	# CPU 0 sends, and takes sn1's interrupts; CPU 1 is what waits. (pktgen would wait for it.)
	echo 0 >"/proc/irq/$(vector sn1)/smp_affinity_list"
	# The flow's end may have been answered by an ICMP message.
	wire=$(xstat sn1 q0_tx_wire_frames)
	slow at=nic_start us=3000000 comm=ethtool
	taskset -c 0 python3 /tmp/send.py >/tmp/bound & sender=$!
	wait_for 10 test -s /tmp/bound
	taskset -c 1 ethtool -G sn1 rx 256
	wait $sender
	fast
	settle sn1 rx_packets
	is 'XDP_TX while the rings change: all that came are sent back' \
		"$(xstat sn1 q0_rx_xdp_tx) $(($(xstat sn1 q0_tx_wire_frames) - wire))" '10 10'
	ip link set sn1 xdpdrv off
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/csum /sys/fs/bpf/tx
unload_clean
end_tests
