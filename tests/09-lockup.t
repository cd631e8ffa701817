#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 09-lockup: LDD3's fault. Traffic stalls, the watchdog fires, a work item resets the NIC, traffic goes on by itself.
. "$(dirname "$0")/lib.sh"

log_allowed=$watchdog_says
quiet_links

resets() { xstat sn0 resets; }
all_resets() { echo $(($(resets) + $(xstat sn1 resets))); }
at_least() { [ "$(resets)" -ge "$1" ]; }
# sn1 answers, so its queue locks up as well, by turns.
no_lockup_pending() { [ "$(all_resets)" = $(($(xstat sn0 q0_tx_lockups) + $(xstat sn1 q0_tx_lockups))) ]; }
lines() { log_since | grep -c 'snull.*: transmit queue hung, NIC reset'; }

for path in $(some 1 1 0 2); do
	log_mark
	start use_napi="$path" lockup=50 timeout=200 pool_size=16
	is "path $path: no fault yet" "$(resets)" 0
	ping -q -n -i 0.01 -w 60 192.168.0.2 >/tmp/ping &
	pinger=$!
	check "path $path: the watchdog fires and the NIC is reset" wait_for 40 at_least 1
	check "path $path: traffic goes on by itself, up to the next lockup" wait_for 40 at_least 3
	kill -INT $pinger
	wait $pinger
	wait_for 20 no_lockup_pending; settle sn0 tx_packets
	n=$(resets)
	that "path $path: each reset had its timeout" "$(xstat sn0 tx_timeouts) >= $n"
	that "path $path: and its lockup" "$(xstat sn0 q0_tx_lockups) >= $n"
	that "path $path: packets that hung are counted as dropped" "$(stat sn0 tx_dropped) >= $n"
	that "path $path: timeouts are errors" "$(stat sn0 tx_errors) >= $n"
	# While sn1 is reset, sn0 has no carrier: such a packet is completed as well.
	is "path $path: all that was sent was completed, but for one packet a lockup" \
		"$(($(xstat sn0 q0_tx_packets) + $(xstat sn0 q0_tx_lockups)))" \
		"$(($(xstat sn0 q0_tx_wire_frames) + $(xstat sn0 q0_tx_no_carrier)))"
	that "path $path: pings were answered between the lockups" "$(awk '{ print $4; exit }' <(grep received /tmp/ping)) > 40"
	is "path $path: one log line for each reset" "$(lines)" "$(all_resets)"
	unload_clean
done

# TCP lives through it: the stream is late, and whole.
start use_napi=1 lockup=$((full ? 200 : 80)) timeout=100
iperf3 -s -1 -D
wait_for 20 eval 'ss -ltn | grep -q :5201'
check 'iperf3 ends by itself' timeout 100 iperf3 -c 192.168.0.2 -n $((full ? 20 : 8))M
that 'and the NIC was reset meanwhile' "$(all_resets) > 0"
unload_clean

# Neither the ring nor BQL, whose limit is out of the way from the first completion on, stops it: the driver must notice by itself.
start use_napi=1 lockup=3 timeout=200
echo 1000000 >/sys/class/net/sn0/queues/tx-0/byte_queue_limits/limit_min
ping -q -n -c 4 -i 0.2 -W 1 192.168.0.2 >/dev/null
check 'a queue that hangs nearly empty is reset, too' wait_for 20 at_least 1
unload_clean

# The check and the watchdog have the same period, and must not keep each other waiting: two timeouts until the check has found
# the queue at the same packet twice, and stops it, one until the watchdog may fire, one more because its timer is rounded to a second.
start use_napi=1 lockup=50 timeout=500
for round in 1 2 ${full:+3 4 5}; do
	timeout 4 ping -q -n -i 0.02 -c 60 192.168.0.2 >/dev/null & pinger=$!
	nap 1
	check "hang $round is reset within 4 seconds" wait_for 3 at_least $round
	wait $pinger
done
unload_clean

# No fault, no reset.
start use_napi=1
ping -q -n -c $((full ? 200 : 40)) -i 0.005 192.168.0.2 >/dev/null
is 'without lockup= nothing is reset' "$(xstat sn0 resets) $(xstat sn0 q0_tx_lockups)" '0 0'
unload_clean

# Nor while queues and rings change, again and again: the watchdog, which looks once a second, finds them stopped, and
# their last packet long ago.
cat >/tmp/changes.py <<'END'
import ctypes, fcntl, socket, struct, sys, time
GRINGPARAM, GCHANNELS, SIOCETHTOOL = 0x10, 0x3c, 0x8946  # to set is the next number
control = socket.socket()

def ethtool(words):
    memory = ctypes.create_string_buffer(struct.pack('9I', *words), 36)
    fcntl.ioctl(control, SIOCETHTOOL, struct.pack('16sQ16x', b'sn0', ctypes.addressof(memory)))
    return list(struct.unpack('9I', memory.raw))

end, changes = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    for get, numbers in (GRINGPARAM, (64, 128)), (GCHANNELS, (1, 2)):
        words = ethtool([get] + [0] * 8)
        words[0], words[8] = get + 1, numbers[changes % 2]
        ethtool(words)
    changes += 1
print(changes)
END
start use_napi=1 timeout=10 queues=2
reply 192.168.0.2 >/dev/null
timed 'queues and rings can be changed all the time' "$(python3 /tmp/changes.py "$([ -n "$full" ] && echo 4 || echo 1.5)") > 4"
is 'and nothing is taken for hung' "$(xstat sn0 tx_timeouts) $(xstat sn0 resets)" '0 0'
unload_clean
end_tests
