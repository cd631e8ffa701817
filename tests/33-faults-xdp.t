#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-xdp: XDP sees finished checksums only, from the first frame on.
vm_args=(--cpus 2)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'

start use_napi=1
if xdpprog csum /sys/fs/bpf/csum && ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum 2>/dev/null; then
	ip link set sn1 xdpdrv off
	# Frames wait in the ring for a poll that can't run before the program is there.
	echo 1 >/sys/class/net/sn1/threaded
	wait_for 20 pgrep napi/sn1
	taskset -p 2 "$(pgrep napi/sn1)" >/dev/null
	slow at=snull_write_features us=200000
	for i in 1 2 3 4; do
		sleep 0.2
		chrt -f 50 taskset -c 1 ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum
		ip link set sn1 xdpdrv off
	done & attacher=$!
	while kill -0 $attacher 2>/dev/null; do
		# shellcheck disable=SC2086
		taskset -c 0 timeout 60 flow udp -n 2000 -s 16-16 $there >/tmp/flow
	done
	wait $attacher
	fast
	echo 0 >/sys/class/net/sn1/threaded
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/csum
	# shellcheck disable=SC2086
	like 'a program that verifies checksums lets UDP pass' "$(flow udp -n 500 -s 16-16 $there)" ' lost=0 '
	is 'and no frame is shown to it without, not even while it is attached' "$(xstat sn1 q0_rx_xdp_drops)" 0
	ip link set sn1 xdpdrv off
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/csum
unload_clean
end_tests
