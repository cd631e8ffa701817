#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-hang-check-storm: while the hang check cleans, nobody who would clean as well is asked for again and again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links

# Who would clean as well: the handler on its own CPU, or another's poll.
# A line without memory asks a poll, and not the CPU.
for path in 0 2 1 1-edge; do
	line=${path#?} path=${path%-edge}
	start use_napi="$path" timeout=50 ${line:+line=edge}
	slow_wire $((path == 1))
	slow at=nic_tx_get_stats us=20000 comm=kworker
	i=$(irqs sn0) p=$(xstat sn0 q0_polls) tx=$(stat sn0 tx_packets)
	pg_device $((path != 1)) sn0 10000 'burst 1'
	pg_start
	settle sn0 tx_packets
	pg_clear
	that "path $path$line: the hang check has looked, and taken its time" "$(entered 1) > 5"
	fast
	tx=$(($(stat sn0 tx_packets) - tx + 10))
	that "path $path$line: no more interrupts than packets" "$(irqs sn0) - $i <= $tx"
	that "path $path$line: and no more polls" "$(xstat sn0 q0_polls) - $p <= $tx"
	unload_clean
done
end_tests
