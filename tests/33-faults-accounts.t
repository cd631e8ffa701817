#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-accounts: counters that two CPUs count at once.
vm_args=(--cpus 2)
vm_limit=700
. "$(dirname "$0")/lib.sh"

quiet_links

# ---- two CPUs redirect into one queue

start use_napi=1 pairs=2 queues=2
if xdpprog redirect="$(cat /sys/class/net/sn2/ifindex)" /sys/fs/bpf/redirect &&
	ip link set sn1 xdpdrv pinned /sys/fs/bpf/redirect 2>/dev/null; then
	ethtool -L sn2 combined 1
	up sn2 sn3
	pg_device 0 sn0 100000 'clone_skb 0' 'udp_src_min 1000' 'udp_src_max 1064'
	pg_start
	pg_clear
	settle sn2 tx_packets
	that 'both queues had their share' "$(xstat sn1 q0_rx_xdp_redirects) > 1000 && $(xstat sn1 q1_rx_xdp_redirects) > 1000"
	is 'what two CPUs sent through one queue is counted, to the frame' "$(xstat sn2 'q*_tx_xdp_xmit')" \
		$(($(xstat sn2 'q*_tx_wire_frames') + $(xstat sn2 'q*_tx_no_carrier')))
	diag "$(xstat sn2 'q*_tx_xdp_xmit') frames"
	ip link set sn1 xdpdrv off
else
	skip 'XDP' 'this kernel has none on this driver'
fi
rm -f /sys/fs/bpf/redirect
unload_clean
end_tests
