#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-woken: queues that are woken although they are full, or never, since XDP's frames keep them so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
modprobe pktgen 2>/dev/null
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf

# Rings are in place again, and a frame that XDP sends back wakes the stack's queue: who has waited fills it, and all are woken.
start use_napi=1 timeout=5000
if kernel_since 5.18; then
	xdpprog tx /sys/fs/bpf/tx
	check 'a program can be attached' ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx
	speed sn0 10
	ethtool -G sn1 tx 2
	# CPU 0 is what waits; all else is on the other.
	for dev in sn0 sn1; do echo 1 >"/proc/irq/$(vector $dev)/smp_affinity_list"; done
	from=$(mac sn0) to=$(mac sn1)
	frame=${to//:/}${from//:/}88b5$(printf '%092d' 0)
	slow at=netif_device_attach us=300000 comm=ethtool
	taskset -c 1 sh -c "while :; do echo $frame; sleep 0.002; done" | taskset -c 1 inject sn0 >/dev/null & injector=$!
	pg_device 1 sn1 0 'pkt_size 1514' 'burst 1'
	pg_start 200 & sender=$!
	for size in 256 512 256 512; do taskset -c 0 ethtool -G sn1 rx $size; done
	is 'the rings were changed under a sender whose queue is two packets long' "$(entered 1)" 4
	pg_stop $sender
	kill $injector
	wait $injector 2>/dev/null
	fast
	that 'frames were sent back' "$(xstat sn1 q0_rx_xdp_tx) > 20"
	is 'and the driver took no wake-up for impossible' "$(dmesg | grep -c 'WARNING: .*snull')" 0
	ip link set sn1 xdpdrv off
	ethtool -G sn1 tx 64
	check 'packets pass' wait_for 10 reply 192.168.0.2
else
	skip 'XDP_TX' 'this kernel has none on this driver'
fi
unload_clean

# Frames for a slow interface come faster than it sends them: the stack has its turn all the same.
if kernel_since 5.18; then
	start use_napi=1 pairs=2
	up sn2 sn3
	speed sn2 10
	xdpprog redirect="$(cat /sys/class/net/sn2/ifindex)" /sys/fs/bpf/on
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/on
	pg_device 0 sn0 0 'pkt_size 1514' 'burst 1'
	pg_start 200 & sender=$!
	check 'a flood is redirected' wait_for 10 eval '[ "$(xstat sn2 q0_tx_xdp_xmit)" -gt 2000 ]'
	like 'and pings pass beside it' "$(ping -q -n -c 5 -i 0.2 -W 10 192.168.2.2)" ' 5 received'
	pg_stop $sender
	ip link set sn1 xdpdrv off
	unload_clean
else
	skip 'redirected frames' 'this kernel has too little of XDP'
fi
end_tests
