#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-netconsole: netconsole looks for room in the rings while they are set up again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/delay.sh"

quiet_links
has netconsole || skip_all 'no netconsole in this kernel'

for path in 0 2; do
	start use_napi=$path
	check "path $path: netconsole" modprobe netconsole "netconsole=6665@192.168.0.1/sn0,6666@192.168.0.2/$(mac sn1)"
	ping -q -n -c 20 -i 0.01 192.168.0.2 >/dev/null
	touch /tmp/writing
	taskset -c 1 bash -c 'while [ -e /tmp/writing ]; do echo "<1>a line" >/dev/kmsg; sleep 0.05; done' & writer=$!
	wrote=$(xstat sn1 'q*_rx_wire_frames')
	slow at=nic_tx_setup us=500000
	check "path $path: the rings change" taskset -c 0 ethtool -G sn0 tx 64
	fast
	rm /tmp/writing
	wait $writer
	rmmod netconsole
	that "path $path: netconsole writes" "$(xstat sn1 'q*_rx_wire_frames') > $wrote"
	check "path $path: and all goes on" reply 192.168.0.2
	unload_clean
done
end_tests
