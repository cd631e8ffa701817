#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-away: a sender that goes on to use a queue that ethtool -L took away, and meanwhile gives back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
modprobe pktgen 2>/dev/null
for path in $paths; do
	start use_napi="$path" queues=2
	# Where the new queue's rings are half made.
	slow at="$([ "$path" = 0 ] && echo nic_tx_setup || echo page_pool_create)" us=50000
	pg_device 1 sn0 0 'burst 1' 'clone_skb 100000000' 'queue_map_min 1' 'queue_map_max 1'
	pg_start 80 & sender=$!
	for round in $(some 2 $(seq 10)); do
		sent=$(xstat sn0 q1_tx_wire_frames)
		check "path $path, round $round: it sends on the last queue" wait_for 20 eval '[ "$(xstat sn0 q1_tx_wire_frames)" -gt '"$sent"' ]'
		check "path $path, round $round: which goes" timeout 60 ethtool -L sn0 combined 1
		away=$(stat sn0 tx_dropped)
		check "path $path, round $round: then all is dropped" wait_for 20 eval '[ "$(stat sn0 tx_dropped)" -gt '"$away"' ]'
		check "path $path, round $round: and comes" timeout 60 ethtool -L sn0 combined 2
	done
	pg_stop $sender
	fast
	check "path $path: packets pass" wait_for 10 reply 192.168.0.2
	balanced "path $path" sn0 sn1
	unload_clean
done
end_tests
