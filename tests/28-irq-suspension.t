#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 28-irq-suspension: a reader in epoll_wait() polls path 1's queue itself (EPIOCSPARAMS), and keeps interrupts off while it
# computes, too (IRQ suspension). They come back when the load ends, and when the reader ends or stalls.
# Counted instructions: on a clock that a busy host can stop, the reader would miss its time now and then.
cpus=1
vm_limit=300
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
quiet_links

# pause SECONDS: without a process of its own, which would take the CPU from the reader.
mkfifo "$t/never"
exec {never}<>"$t/never"
pause() { read -r -t "$1" -u "$never"; }
# counters: sets the counts so far, in this shell: packets, interrupts of sn1, packets that a process polled.
counters()
{
	local line lines words i
	read -r packets </sys/class/net/sn1/statistics/rx_packets
	mapfile -t lines </proc/interrupts
	for line in "${lines[@]}"; do
		[[ $line != *' sn1-TxRx-0' ]] || read -r _ interrupts _ <<<"$line"
	done
	mapfile -t lines </proc/net/netstat # TcpExt: names, TcpExt: values
	read -r -a words <<<"${lines[0]}"
	for i in "${!words[@]}"; do
		[ "${words[i]}" != BusyPollRxPackets ] || break
	done
	read -r -a words <<<"${lines[1]}"
	busy=${words[i]}
}
# window SECONDS: p packets, n interrupts, b packets by busy polling in that time.
window()
{
	counters
	p=$packets n=$interrupts b=$busy
	pause "$1"
	counters
	p=$((packets - p)) n=$((interrupts - n)) b=$((busy - b))
	diag "$p packets, $n interrupts, $b packets by busy polling"
}

# reader OPTIONS…: a server, which gets datagrams that are no requests, and computes 600 µs for each; less where the kernel takes more.
service=0.0006 most=0.5
[ "$SNULL_SUITE" != debug ] || service=0.0001 most=0.2
reader()
{
	rm -f "$t/read" "$t/reading"
	at_first=$(stat sn1 rx_packets)
	napiping --server --port 9000 --json --output "$t/read" --service $service "$@" 2>"$t/reading" &
	reader=$!
	wait_for 30 grep -q listening "$t/reading" || diag "$(cat "$t/reading")"
}
preferring() { reader --epoll --busy-poll 100000 --prefer-busy-poll "$@"; }
# keep_sending: 1000 packets a second to it, in the background. until_read ends both.
keep_sending()
{
	pg_to_reader 0
	timeout 120 bash -c 'echo start >/proc/net/pktgen/pgctrl' 2>/dev/null &
	sender=$!
	nap 0.3
}
# caught_up: what has waited for the reader is read, and pktgen, whose CPU the reader has taken, is no longer behind either:
# three windows long its own pace comes, no more, and no less (when it has not had the CPU at all).
caught_up()
{
	local _ calm=0
	for _ in {1..300}; do
		window 0.1
		if [ "$p" -gt 150 ] || [ "$p" -lt 50 ] || [ "$(waiting_bytes)" -gt 65536 ]; then
			calm=0
		elif ((++calm == 3)); then
			return
		fi
	done
	diag "it does not catch up: $(waiting_bytes) bytes wait"
}
stop_sending()
{
	kill $sender
	wait $sender 2>/dev/null
	sent=$(pg_sent sn0)
	pg_clear
}
# waiting_bytes: what nobody has read on port 9000.
waiting_bytes() { local at queues; while read -r _ at _ _ queues _; do [[ $at != *:2328 ]] || echo $((16#${queues#*:})); done </proc/net/udp; }
all_read() { [ "$(waiting_bytes)" = 0 ] && [ "$(stat sn1 rx_packets)" = $((at_first + sent)) ]; }
# until_read NAME: one test: it has read all that was sent since it is there.
until_read()
{
	wait_for 60 all_read
	nap 0.1
	kill $reader
	wait $reader
	is "$1" "$(flat "$t/read" | sed -n 's/^ignored //p')" "$sent"
}

busy_polls() { python3 -c 'import socket; socket.socket().getsockopt(socket.SOL_SOCKET, 46)' 2>/dev/null; } # SO_BUSY_POLL
if ! kernel_since 6.9 || ! busy_polls; then
	skip EPIOCSPARAMS 'this kernel has none (6.9 and later have, unless built without CONFIG_NET_RX_BUSY_POLL)'
	skip 'IRQ suspension' 'this kernel has none (6.13 and later have)'
	rm -rf "$t"
	end_tests
fi
sysctl -qw net.core.rmem_default=67108864 net.core.rmem_max=67108864
# What nobody polls for a while is to have room in the ring.
start use_napi=1 pool_size=4096
reply 192.168.0.2 >/dev/null
suspended() { that "$1" "$p > 300 && $n <= 0.1 * $p && $b >= $most * $p"; }
interrupting() { that "$1" "$p > 300 && $n > 0.2 * $p"; }

# ---- EPIOCSPARAMS

sysfs() { echo "$1" >/sys/class/net/sn1/napi_defer_hard_irqs; echo "$2" >/sys/class/net/sn1/gro_flush_timeout; }
sysfs 100 20000000
preferring --busy-poll-budget 16
keep_sending
window 0.5
suspended 'EPIOCSPARAMS: the reader polls, without interrupts'
if [ "$SNULL_SUITE" = debug ]; then
	skip 'with its own budget' 'while this kernel is traced, only polls of 64 were seen'
else
	trace_start poll_begin
	pause 0.1
	trace_stop "$t/trace"
	is 'with its own budget' "$(grep 'napiping.*snull_poll_begin' "$t/trace" | grep -o 'budget=.*' | sort -u)" 'budget=16'
fi
stop_sending
until_read 'it gets them all'
sysfs 0 0
reader --epoll
keep_sending
window 0.5
interrupting 'without: interrupts'
is 'the reader does not poll' "$b" 0
stop_sending
until_read 'it gets them all, too'
cat >"$t/params.py" <<'END'
import errno, fcntl, os, select, struct, sys
SET, GET = 0x40088a01, 0x80088a02
name, *values = sys.argv[1:]
poll = select.epoll()
fcntl.ioctl(poll.fileno(), SET, struct.pack("=IHBB", 7, 5, 1, 0))
if name == "nobody":
    os.setuid(65534)
try:
    fcntl.ioctl(poll.fileno(), SET, struct.pack("=IHBB", *map(int, values)))
    said = "accepted"
except OSError as error:
    said = errno.errorcode[error.errno]
print(said, *struct.unpack("=IHBB", fcntl.ioctl(poll.fileno(), GET, bytes(8))))
END
params() { is "EPIOCSPARAMS: $1" "$(python3 "$t/params.py" "${@:2:5}" 2>&1 | tail -n 1)" "$7"; }
params 'usecs, budget, preferred' root 200 64 1 0 'accepted 200 64 1 0'
[ -z "$full" ] || params 'a budget above 64' root 200 65 1 0 'accepted 200 65 1 0'
params 'not without CAP_NET_ADMIN' nobody 200 65 1 0 'EPERM 7 5 1 0'
params 'up to 64 without' nobody 200 64 1 0 'accepted 200 64 1 0'
params 'padding that is not 0' root 200 8 1 1 'EINVAL 7 5 1 0'
[ -z "$full" ] || params 'preferred 2' root 200 8 2 0 'EINVAL 7 5 1 0'
[ -z "$full" ] || params 'usecs above 2^31 - 1' root 2147483648 8 1 0 'EINVAL 7 5 1 0'

# ---- IRQ suspension

if ! kernel_since 6.13; then
	skip 'IRQ suspension' 'this kernel has none (6.13 and later have)'
	unload_clean
	rm -rf "$t"
	end_tests
fi
id=$(napi_of sn1 0)
netdev napi-set "$id" defer_hard_irqs=1 gro_flush_timeout=100000
preferring
keep_sending
window 0.5
interrupting 'not suspended: interrupts'
check 'irq_suspend_timeout' netdev napi-set "$id" irq_suspend_timeout=30000000000
nap 0.3
window 0.5
suspended 'suspended: none'
stop_sending
# A tenth of a second after the last datagram the reader goes to sleep.
nap 0.5
counters
n=$interrupts
for _ in 1 2 3 4 5; do reply 192.168.0.2 >/dev/null; done
counters
that 'when the load has ended, interrupts come back' "$interrupts - $n >= 5"
keep_sending
window 0.5
suspended 'a new load suspends them again'
kill -KILL $reader
wait $reader 2>/dev/null
window 0.5
interrupting 'they come back when the process is killed, long before the timeout'
stop_sending

netdev napi-set "$id" irq_suspend_timeout=1500000000
preferring
keep_sending
# While it computes: in epoll_wait(), interrupts are not suspended yet.
for _ in {1..20}; do
	kill -STOP $reader
	pause 0.02
	window 0.05
	[ "$p" != 0 ] || break
	kill -CONT $reader
	pause 0.1
done
window 0.5
is 'the process is stalled: nobody polls' "$p $n" '0 0'
pause 1.5
window 0.5
interrupting 'but not for longer than irq_suspend_timeout'
kill -CONT $reader
caught_up
window 0.5
suspended 'it goes on, and so does the suspension'
stop_sending
until_read 'no datagram is lost'

netdev napi-set "$id" irq_suspend_timeout=123456789
ip link set sn1 down
up
is 'irq_suspend_timeout stays over down and up' "$(netdev_get 'defer_hard_irqs gro_flush_timeout irq_suspend_timeout' napi-get sn1)" '1 100000 123456789'
unload_clean
rm -rf "$t"
end_tests
