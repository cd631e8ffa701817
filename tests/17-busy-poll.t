#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 17-busy-poll: who polls path 1's queues, and where: softirqs on the vector's CPU, a thread (threaded NAPI), or the
# process that reads the socket (busy polling), and then without interrupts.
vm_limit=500
. "$(dirname "$0")/lib.sh"

quiet_links

# traffic COUNT: sets what it took: p packets, n interrupts, polls, s0 and s1 NET_RX softirqs of the two CPUs.
traffic()
{
	pg_to_reader "$1"
	p=$(stat sn1 rx_packets) n=$(irqs sn1) polls=$(xstat sn1 q0_polls) s0=$(softirqs NET_RX 0) s1=$(softirqs NET_RX 1)
	pg_start
	settle sn1 rx_packets
	p=$(($(stat sn1 rx_packets) - p)) n=$(($(irqs sn1) - n)) polls=$(($(xstat sn1 q0_polls) - polls))
	s0=$(($(softirqs NET_RX 0) - s0)) s1=$(($(softirqs NET_RX 1) - s1))
	pg_clear
	diag "$p packets, $n interrupts, $polls polls, NET_RX $s0 and $s1"
}

count=400
[ -z "$full" ] || count=1000

# ---- softirqs, on the vector's CPU

start use_napi=1
reply 192.168.0.2 >/dev/null
irq=$(vector sn1)
for cpu in 0 1; do
	echo $cpu >"/proc/irq/$irq/smp_affinity_list"
	# Completions are polled as well: sn0's vector goes where sn1's does.
	echo $cpu >"/proc/irq/$(vector sn0)/smp_affinity_list"
	traffic $count
	is "vector on CPU $cpu: all have come" "$p" $count
	[ $cpu = 0 ] && here=$s0 other=$s1 || here=$s1 other=$s0
	# A slow kernel's softirq may poll twice: a packet has come meanwhile.
	timed "vector on CPU $cpu: its polls are that CPU’s softirqs" "$here >= 0.9 * $polls && $polls > 100"
	# Others may raise one now and then.
	that "vector on CPU $cpu: hardly any on the other" "$other <= 0.02 * $p"
done

# ---- threaded

threads() { pgrep -x 'napi/sn1-[0-9]+'; }
# In ns, if the kernel says so; else in ticks.
cpu_time() { { cut -d' ' -f1 "/proc/$1/schedstat" || awk '{ print $14 + $15 }' "/proc/$1/stat"; } 2>/dev/null; }
if [ -e /sys/class/net/sn1/threaded ]; then
	is 'no thread so far' "$(threads)" ''
	# So that sn0's completions are no softirqs either.
	echo 1 >/sys/class/net/sn0/threaded
	check 'threaded: on' eval 'echo 1 >/sys/class/net/sn1/threaded'
	is 'sysfs says so' "$(cat /sys/class/net/sn1/threaded)" 1
	check 'there is a thread' wait_for 20 threads
	thread=$(threads)
	is 'one for the queue' "$(wc -w <<<"$thread")" 1
	netdev napi-get sn1 >/tmp/napi 2>&1
	if kernel_since 6.8; then
		is 'napi-get knows it' "$(netdev_get pid napi-get sn1)" "$thread"
	else
		skip 'napi-get knows it' "$(cat /tmp/napi) (6.8 and later do)"
	fi
	for cpu in $(some 1 0 1); do
		check "pinned on CPU $cpu" taskset -p -c $cpu "$thread"
		time=$(cpu_time "$thread")
		traffic $count
		is "thread on CPU $cpu: all have come" "$p" $count
		that "thread on CPU $cpu: it polls" "$polls > 100"
		that "thread on CPU $cpu: and no softirq does" "$s0 + $s1 <= 0.02 * $p"
		that "thread on CPU $cpu: it is charged for that" "$(cpu_time "$thread") > $time"
		is "thread on CPU $cpu: it ran there" "$(ps -o psr= -p "$thread" | tr -d ' ')" $cpu
		is "thread on CPU $cpu: the interrupt stays on CPU 1" "$(cat "/proc/irq/$irq/effective_affinity_list")" 1
	done
	ip link set sn1 down; up
	check 'over down and up it stays threaded' wait_for 20 threads
	traffic 300
	that 'and works' "$p == 300 && $s0 + $s1 <= 0.05 * $p"
	check 'threaded: off' eval 'echo 0 >/sys/class/net/sn1/threaded'
	echo 0 >/sys/class/net/sn0/threaded
	# With this packet the thread, if it still polls, comes to its end.
	reply 192.168.0.2 >/dev/null
	thread=$(threads)
	time=$(cpu_time "${thread:-none}")
	traffic $count
	is 'off: all have come' "$p" $count
	that 'off: by softirqs' "$s0 + $s1 >= 0.9 * $polls"
	is 'off: if the thread is still there it does nothing' "$(cpu_time "${thread:-none}")" "$time"
	fails 'threaded: 7 is refused' eval 'echo 7 >/sys/class/net/sn1/threaded'
	is 'and changes nothing' "$(cat /sys/class/net/sn1/threaded)" 0
else
	skip 'threaded NAPI' 'this kernel has none (5.12 and later have)'
fi
unload_clean

# ---- which NAPI a datagram came from

# reader SECONDS OPTIONS…: reads what comes to port 9000, on CPU 1; got NAME is a number of its report. False if the
# kernel refuses an option.
reader()
{
	rm -f /tmp/read /tmp/reading
	napiping --server --cpu 1 --port 9000 --time "$1" --json --output /tmp/read "${@:2}" 2>/tmp/reading & pid=$!
	wait_for 30 eval "grep -q listening /tmp/reading || ! kill -0 $pid"
	kill -0 $pid 2>/dev/null
}
got() { flat /tmp/read | sed -n "s/^$1 //p"; }
incoming() # the id that a reader is told
{
	reader 2
	pg_to_reader 50
	pg_start
	wait $pid
	pg_clear
	got napi_id.first
}
start use_napi=1 queues=2
reply 192.168.0.2 >/dev/null
for q in 0 1; do
	ethtool -X sn1 equal 1 start $q
	id=$(incoming)
	that "queue $q: SO_INCOMING_NAPI_ID" "$id > 0"
	if kernel_since 6.8; then
		is "queue $q: and queue-get has the same" "$id" "$(napi_of sn1 $q)"
	else
		skip "queue $q: queue-get has the same" "this kernel has none (6.8 and later do)"
	fi
	first=${first:-$id}
done
that 'queues have different ones' "$id != $first"
unload_clean
start use_napi=0
reply 192.168.0.2 >/dev/null
is 'path 0 has no NAPI of its own' "$(incoming)" 0
unload_clean

# ---- busy polling: a second of traffic in the middle of three, or less

start use_napi=1
reply 192.168.0.2 >/dev/null
echo 1 >"/proc/irq/$(vector sn1)/smp_affinity_list"
sysctl -qw net.core.rmem_default=8388608 net.core.rmem_max=8388608
lasting=0.4 packets=1000 least=250 reads=2
[ -z "$full" ] || lasting=1 packets=3500 least=500 reads=6
# reading OPTIONS…: sets n, the interrupts of that second, p the packets of it.
reading()
{
	reader $reads "$@" || return
	pg_to_reader $packets
	pg_start & sender=$!
	sleep $lasting
	n=$(irqs sn1) p=$(stat sn1 rx_packets) polls=$(xstat sn1 q0_polls)
	sleep $lasting
	n=$(($(irqs sn1) - n)) p=$(($(stat sn1 rx_packets) - p)) polls=$(($(xstat sn1 q0_polls) - polls))
	wait $sender
	pg_clear
	wait $pid
	diag "$p packets, $n interrupts, $polls polls, $(got ignored) read"
}
reading
# It leaves softirqs little of its CPU: where they wait for ksoftirqd, many packets share an interrupt.
that 'a reader that does not busy-poll: interrupts' "$n > $p / 20 && $p > $least"
echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs
echo 20000000 >/sys/class/net/sn1/gro_flush_timeout
if kernel_since 5.11; then
	reading --busy-poll 100000 --prefer-busy-poll
	result $? 'busy polling, preferred: the kernel takes it' /tmp/reading
	that 'busy polling, preferred: packets without any interrupt' "$p > $least && $n <= 0.01 * $p"
	that 'the reader polls' "$polls > $p / 4"
	is 'and gets every datagram' "$(got ignored)" $packets
	# 100 times 20 ms after the last reader the NIC may interrupt again.
	sleep 4
	n=$(irqs sn1)
	check 'when nobody polls any more packets pass' reply 192.168.0.2
	that 'by interrupts' "$(irqs sn1) > $n"
else
	skip 'SO_PREFER_BUSY_POLL' 'this kernel has none (5.11 and later have)'
fi
unload_clean
end_tests
