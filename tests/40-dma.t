#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 40-dma: memory is mapped for the NIC, synchronized and unmapped. This kernel copies all that is mapped (swiotlb=force): what
# the driver forgot to synchronize would arrive as garbage. And its memory for that is short: when a packet can't be mapped it is
# dropped and counted, and no more.
# shellcheck disable=SC2034 # lib.sh reads it
vm_args=(--append 'swiotlb=6144,force')
short=1
. "$(dirname "$0")/lib.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
many=300 mega=1
[ -z "$full" ] || many=1000 mega=4
bounced() { cat /sys/kernel/debug/swiotlb/io_tlb_used; }
before=$(bounced)

for path in $paths; do
	start use_napi="$path" pool_size=256
	that "path $path: what is mapped is bounced" "$(bounced) - $before >= 512"
	# shellcheck disable=SC2086 # words
	like "path $path: UDP is whole" "$(timeout 100 flow udp -n $many $there)" 'lost=0 reordered=0 duplicated=0 corrupted=0'
	# shellcheck disable=SC2086
	like "path $path: TCP is whole" "$(timeout 100 flow tcp -b $mega $there)" "$tcp_whole"
	ip link set sn0 mtu 9000; ip link set sn1 mtu 9000
	# shellcheck disable=SC2086
	like "path $path: frames of several buffers" "$(timeout 100 flow tcp -b $(((mega + 1) / 2)) $there)" "$tcp_whole"
	ethtool -K sn0 tx-checksum-ip-generic off
	# shellcheck disable=SC2086
	like "path $path: packets in one piece" "$(timeout 100 flow tcp -b 1 $there)" "$tcp_whole"
	is "path $path: all could be mapped" "$(xstat sn0 'q*_tx_map_failed')" 0
	check "path $path: -G, with other rings" ethtool -G sn1 rx 64 tx 64
	check "path $path: goes on" reply 192.168.0.2
	ip link set sn0 down; ip link set sn1 down
	is "path $path: down, nothing is mapped any more" "$(bounced)" "$before"
	unload_clean
done

# What a NIC coalesced, and what XDP sends back from where it was received.
start use_napi=1 pool_size=256
ethtool -K sn1 rx-gro-hw on
# shellcheck disable=SC2086
like 'coalesced: TCP is whole' "$(timeout 100 flow tcp -b $mega $there)" "$tcp_whole"
ethtool -K sn1 rx-gro-hw off
if kernel_since 5.18; then
	xdpprog -f tx /sys/fs/bpf/tx
	check 'a program can be attached' ip link set sn1 xdpdrv pinned /sys/fs/bpf/tx
	ip link set sn0 promisc on
	sniff_start sniff sn0
	pg_device 0 sn0 500 'clone_skb 0' 'burst 1'
	pg_start
	pg_clear
	settle sn0 rx_packets
	sniff_stop
	like 'XDP_TX: all that comes back is right' "$(cat /tmp/sniffed)" 'bad=0'
	is 'XDP_TX: and all of it comes' "$(xstat sn1 'q*_rx_xdp_tx')" 500
	ip link set sn1 xdpdrv off
	rm -f /sys/fs/bpf/tx
else
	skip 'XDP_TX' 'this kernel has no XDP on this driver'
fi
unload_clean

# A transmitter that hangs keeps what it has got mapped, until memory for that is short.
start use_napi=1 pool_size=64 lockup=10 timeout=60000
ethtool -G sn0 tx 4096
pg_device 0 sn0 4000 'clone_skb 0' 'burst 1' 'pkt_size 4000'
ip link set sn0 mtu 9000; ip link set sn1 mtu 9000
pg_start
sent=$(pg_sent sn0)
pg_clear
failed=$(xstat sn0 'q*_tx_map_failed')
that "packets that can't be mapped are counted: $failed of $sent" "$failed > 20"
that 'and dropped' "$(stat sn0 tx_dropped) >= $failed"
ip link set sn0 down
is 'each packet was sent, given up, or could not be mapped' \
	$(($(xstat sn0 'q*_tx_packets') + $(xstat sn0 'q*_tx_reset') + failed)) "$sent"
ip link set sn0 up
wait_for 10 carrier sn0
check 'then it goes on' reply 192.168.0.2
ip link set sn0 down; ip link set sn1 down
is 'and nothing stays mapped' "$(bounced)" "$before"
unload_clean
end_tests
