#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 26-napiping: its latencies are those that there were, its options reach the kernel, and it trusts nobody.
vm_limit=600
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
quiet_links
kernel=$(uname -r)

# run ARGUMENTS…: napiping's $status, its standard output in $t/out, its standard error in $t/err.
run()
{
	napiping "$@" >"$t/out" 2>"$t/err"
	status=$?
}
# json ARGUMENTS…: the same; got NAME is a number of the report: latency_us.min
json() { run --json "$@"; }
got()
{
	local name value
	if [ ! -e "$t/flat" ] || [ "$t/out" -nt "$t/flat" ]; then
		flat "$t/out" >"$t/flat" 2>&1
	fi
	while read -r name value; do
		[ "$name" != "$1" ] || { echo "$value"; return; }
	done <"$t/flat"
	echo "no $1"
}
busy_polling() { echo "$(got busy_poll.by) $(got busy_poll.usecs) $(got busy_poll.prefer) $(got busy_poll.budget)"; }
serve() { napiping --server --daemon "$@"; }
end_server() { killall -q -INT napiping; wait_for 10 eval '! pgrep -x napiping'; }

# Servers in python that do not do as they should, each on a port of its own: fake NAME is the port.
cat >"$t/fake.py" <<'END'
import os, socket, sys, time
for at, mode in enumerate(sys.argv[1:]):
    if os.fork() == 0:
        break
else:
    sys.exit()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 7791 + at))
print("ready", flush=True)
n = 0
while True:
    request, peer = s.recvfrom(65536)
    reply = bytearray(request)
    reply[:4] = b"NPR1"
    sequence = int.from_bytes(request[8:16], "big")
    n += 1
    if mode == "slow" and n % 10 == 0:
        time.sleep(0.02)
    elif mode == "late" and n % 2 == 0:
        time.sleep(0.15)
    elif mode == "lossy" and n % 4 == 0:
        continue
    elif mode == "silent":
        continue
    elif mode == "hostile":
        for wrong in (b"", reply[:15], reply + b"x", request, b"NPR1" + bytes(4) + reply[8:],
                      reply[:8] + (sequence + 1).to_bytes(8, "big") + reply[16:], bytes(1400)):
            s.sendto(wrong, peer)
        s.sendto(reply, peer)
    elif mode == "wrong":
        reply[7] ^= 1
    s.sendto(reply, peer)
END
fakes=(silent slow late lossy hostile wrong)
python3 "$t/fake.py" "${fakes[@]}" >"$t/ready" 2>"$t/fake.err" &
fake() { local at; for at in "${!fakes[@]}"; do [ "${fakes[at]}" != "$1" ] || echo $((7791 + at)); done; }
fakes_ready() { [ "$(grep -c ready "$t/ready")" = ${#fakes[@]} ]; }
wait_for 60 fakes_ready || diag "$(cat "$t/fake.err")"
# sent N: so many packets have gone out since $before.
sent() { [ $(($(stat sn0 tx_packets) - before)) -ge "$1" ]; }

# ---- what it measures

start use_napi=1
serve -c 1 -o "$t/served" --json
is 'a daemon listens when its command returns' "$?" 0
is 'on its CPU' "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(pgrep -x napiping)/status")" 1
before=$(stat sn1 rx_packets) bytes=$(stat sn1 rx_bytes)
json -c 0 -n 300 192.168.0.2
is 'all requests are answered' "$status $(got requests) $(got replies) $(got lost) $(got ignored)" '0 300 300 0 0'
is 'and went over the wire' "$(($(stat sn1 rx_packets) - before)) $((($(stat sn1 rx_bytes) - bytes) / 300))" '300 60'
that 'latencies are in order' "0 < $(got latency_us.min) && $(got latency_us.min) <= $(got latency_us.median) &&
	$(got latency_us.median) <= $(got latency_us.p90) && $(got latency_us.p90) <= $(got latency_us.p99) &&
	$(got latency_us.p99) <= $(got latency_us.max)"
that 'and fill the time' "$(got latency_us.mean) * 300 <= $(got seconds) * 1e6"
is 'the histogram has them all' "$(python3 - "$t/out" <<-'END'
	import json, sys
	report = json.load(open(sys.argv[1]))
	bins = report["histogram_us"]
	assert bins[0]["from"] <= report["latency_us"]["min"] < bins[0]["to"]
	assert bins[-1]["from"] <= report["latency_us"]["max"] < bins[-1]["to"]
	assert all(a["to"] <= b["from"] for a, b in zip(bins, bins[1:]))
	assert all(b["count"] and b["to"] - b["from"] <= max(b["from"] / 4, 0.001) for b in bins)
	print(sum(b["count"] for b in bins))
END
)" 300
before=$(stat sn1 rx_packets)
json -n 10 -w 7 -l 1000 192.168.0.2
is 'a warm-up is sent, and not counted' "$(($(stat sn1 rx_packets) - before)) $(got requests) $(got bytes)" '17 10 1000'
json -n 10 -l 65507 192.168.0.2
is 'the largest datagram' "$status $(got replies)" '0 10'
json -n 20 -r 100 192.168.0.2
that 'a rate is kept' "$(got seconds) >= 0.19 && $(got seconds) < 3"
json -n 20 -i 0.01 192.168.0.2
that 'an interval too' "$(got seconds) >= 0.19 && $(got seconds) < 3"
json -t 0.3 192.168.0.2
that 'a time is kept' "$(got seconds) >= 0.3 && $(got seconds) < 3 && $(got requests) > 5"
json -t 0.3 -i 60 192.168.0.2
that 'whatever the interval' "$(got seconds) >= 0.3 && $(got seconds) < 3"
# A name of both kinds: the server listens on IPv4.
cp /etc/hosts "$t/hosts"
printf '127.0.0.1 of-both\n::1 of-both\n' >>/etc/hosts
json -n 3 of-both
is 'a name that stands for addresses of both kinds' "$status $(got replies)$(cat "$t/err")" '0 3'
cp "$t/hosts" /etc/hosts
run -n 50 -H 192.168.0.2
like 'text: what was sent' "$(cat "$t/out")" '^192\.168\.0\.2 port 7790: 50 requests of 18 bytes in [0-9.]+ s, 50 replies, 0 lost
latency, µs: min [0-9.]+, median [0-9.]+, mean [0-9.]+, p99 [0-9.]+, max [0-9.]+
 +latency, µs +replies
 +[0-9.]+ to +[0-9.]+ +[0-9]+  #+'
like 'text: what it cost' "$(cat "$t/out")" 'CPU time: [0-9.]+ s \(user [0-9.]+, system [0-9.]+\), [0-9]+ %; went to sleep [0-9]+ times'
is 'text on a file' "$(run -n 5 -o "$t/file" 192.168.0.2; cat "$t/out"; grep -c '5 replies' "$t/file")" 1
end_server
mv "$t/served" "$t/out"
that 'the server tells what it answered' "$(got requests) > 400 && $(got ignored) == 0"
is 'and the mode' "$(got mode)" '"server"'

json -n 40 -p "$(fake slow)" 192.168.0.2
that 'a tenth of the replies is slow: seen in p99 and max, not in the median' \
	"$(got latency_us.p99) >= 20000 && $(got latency_us.max) >= 20000 && $(got latency_us.median) < 20000"
that 'and the mean is right' "$(got latency_us.mean) >= 2000 && $(got latency_us.mean) * 40 <= $(got seconds) * 1e6"

# A shell's Ctrl-Z and fg come while it waits.
napiping --json -n 1 -w 0 -W 3 -p "$(fake silent)" 192.168.0.2 >"$t/out" &
wait_for 10 eval 'pgrep -x napiping -r S >/dev/null'
nap 0.5
kill -STOP $!
kill -CONT $!
wait $!
is 'stopped and continued, it waits on' "$(got requests) $(got lost)" '1 1'

# ---- which NAPI

busy=yes
python3 -c 'import socket; socket.socket().getsockopt(socket.SOL_SOCKET, 46)' 2>/dev/null || busy=
if [ -n "$busy" ]; then
	serve
	json -n 10 127.0.0.1
	is 'over the loopback: no NAPI' "$(got napi_id.first) $(got napi_id.changes)" '0 0'
	json -n 10 192.168.0.2
	that 'over sn0: a NAPI, above all numbers of CPUs' "$(got napi_id.first) > $(nproc --all)"
	is 'all the time the same' "$(got napi_id.first) $(got napi_id.changes)" "$(got napi_id.last) 0"
	end_server
	unload
	start use_napi=0
	serve
	run -n 10 192.168.0.2
	like 'path 0 has none' "$(cat "$t/out")" 'served by NAPI: none \(id 0\)'
	end_server
	unload
	# The second half of the replies comes in by another interface.
	start use_napi=1 pairs=2
	ip link set sn2 up
	ip link set sn3 up
	wait_for 10 carrier sn3
	sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.sn2.rp_filter=0
	napiping --server --json -n 40 -t 60 >"$t/served" 2>"$t/listening" &
	server=$!
	wait_for 10 grep -q 'listening on 0.0.0.0 port 7790' "$t/listening"
	before=$(stat sn0 tx_packets)
	(wait_for 20 sent 5; ip route add 192.168.1.1/32 dev sn3 src 192.168.1.2) &
	json -n 40 -i 0.1 192.168.0.2
	wait $server
	is 'a server ends by itself after -n requests' "$? $(got replies)" '0 40'
	is 'replies that come through another queue are told' "$(got napi_id.changes)" 1
	that 'with both ids' "$(got napi_id.first) > 0 && $(got napi_id.last) > 0 && $(got napi_id.first) != $(got napi_id.last)"
	unload

	# The first half comes through no NAPI: veth has one when it is to do GRO, from Linux 5.13 on, of what was cut already.
	if kernel_since 5.13; then
		ip netns add other
		ip link add veth0 up type veth peer name veth1 netns other
		ip addr add 10.5.0.1/24 dev veth0
		ip -n other addr add 10.5.0.2/24 dev veth1
		ip -n other link set veth1 up
		ip netns exec other ethtool -K veth1 tso off
		wait_for 10 carrier veth0
		ip netns exec other napiping --server --daemon
		veth_sent() { [ "$(stat veth0 tx_packets)" -ge 5 ]; }
		(wait_for 20 veth_sent; ethtool -K veth0 gro on) &
		json -n 40 -i 0.1 10.5.0.2
		is 'no NAPI at first, and then one' "$(got replies) $(got napi_id.first) $(got napi_id.changes)" '40 0 1'
		that 'with its id at last' "$(got napi_id.last) > $(nproc --all)"
		run -n 1 -W 0.05 -p 7791 127.0.0.1
		like 'no reply: no NAPI is named' "$(cat "$t/out")" 'served by NAPI: nothing came'
		end_server
		ip netns del other
	fi
	start use_napi=1

# ---- busy polling reaches the kernel

	# A server that has something to compute, so that there is a time to wait for.
	serve -c 1 -S 0.0001
	before=$(xstat sn0 q*_polls)
	json -c 0 -n 200 192.168.0.2
	asleep=$(($(xstat sn0 q*_polls) - before))
	is 'without: none' "$(busy_polling)" '"socket" 0 false 0'
	that 'it sleeps' "$(got sleeps) > 20"
	before=$(xstat sn0 q*_polls)
	json -c 0 -n 200 -B 300 192.168.0.2
	# Two a request, asleep: an interrupt for what was sent, and one for the reply.
	that 'SO_BUSY_POLL: polls while it waits' "$(xstat sn0 q*_polls) - $before > 1.5 * $asleep"
	is 'SO_BUSY_POLL: the kernel has it' "$(got busy_poll.usecs) $(got busy_poll.prefer)" '300 false'
	if kernel_since 5.11; then
		for dev in sn0 sn1; do
			echo 100 >/sys/class/net/$dev/napi_defer_hard_irqs
			echo 20000000 >/sys/class/net/$dev/gro_flush_timeout
		done
		end_server
		serve -c 1 -S 0.0001 -B 100000 -P
		json -c 0 -n 50 -B 100000 -P -G 16 192.168.0.2
		is 'SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET: the kernel has them' "$(got busy_poll.prefer) $(got busy_poll.budget)" 'true 16'
		before="$(irqs sn0) $(irqs sn1)"
		json -c 0 -n 200 -B 100000 -P 192.168.0.2
		is 'all are answered' "$(got replies)" 200
		that 'and hardly one interrupt comes' \
			"$(irqs sn0) - ${before% *} + $(irqs sn1) - ${before#* } <= 8"
		for dev in sn0 sn1; do
			echo 0 >/sys/class/net/$dev/napi_defer_hard_irqs
			echo 0 >/sys/class/net/$dev/gro_flush_timeout
		done
	else
		before=$(stat sn0 tx_packets)
		for option in '-P SO_PREFER_BUSY_POLL' '-G5 SO_BUSY_POLL_BUDGET'; do
			run "${option% *}" 192.168.0.2
			is "Linux $kernel has no ${option#* }, and is told so" "$status $(cat "$t/err")" \
				"2 napiping: no ${option#* }: this is Linux $kernel, and it came with Linux 5.11"
		done
		is 'and nothing is sent' "$(stat sn0 tx_packets)" "$before"
	fi
	json -e -n 50 192.168.0.2
	is 'epoll, without parameters' "$status $(got replies)" '0 50'
	if kernel_since 6.9; then
		before=$(xstat sn0 q*_polls)
		json -e -c 0 -n 100 -B 300 -P -G 16 192.168.0.2
		is 'EPIOCSPARAMS: the kernel has them' "$(busy_polling)" '"epoll" 300 true 16'
		that 'and polls while it waits' "$(xstat sn0 q*_polls) - $before > 300"
	else
		for option in -B5 -P -G5; do
			run -e $option 192.168.0.2
			like "epoll $option: Linux $kernel has none, and is told so" "$status $(cat "$t/err")" \
				"^2 napiping: no EPIOCSPARAMS: this is Linux $kernel, and it came with Linux 6\.9; without --epoll"
		done
	fi
	run_as() { setpriv --reuid 65534 --regid 65534 --clear-groups /snull-build/labs/tools/out/napiping "$@" >"$t/out" 2>"$t/err"; status=$?; }
	run_as -n 5 192.168.0.2
	is 'anybody may use it' $status 0
	if kernel_since 5.11; then
		run_as -n 5 -P 192.168.0.2
		is 'but keep no interrupts off' "$status $(cat "$t/err")" \
			'2 napiping: SO_PREFER_BUSY_POLL needs the capability CAP_NET_ADMIN: run it as root'
	fi
	end_server
else
	serve
	json -n 10 192.168.0.2
	is 'without busy polling in the kernel: the id is not known' "$status $(got napi_id) $(got busy_poll)" '0 null null'
	for option in '-B5 SO_BUSY_POLL' '-P SO_PREFER_BUSY_POLL' '-G5 SO_BUSY_POLL_BUDGET'; do
		run "${option% *}" 192.168.0.2
		is "${option% *}: is told so" "$status $(cat "$t/err")" \
			"2 napiping: no ${option#* }: Linux $kernel was built without CONFIG_NET_RX_BUSY_POLL"
	done
	end_server
fi

# ---- what is lost, late, or not ours

json -n 40 -W 0.5 -p "$(fake lossy)" 192.168.0.2
is 'lost replies are counted' "$status $(got requests) $(got replies) $(got lost) $(got late)" '0 40 30 10 0'
json -e -n 40 -W 0.5 -p "$(fake lossy)" 192.168.0.2
is 'in epoll_wait(), too' "$status $(got requests) $(got replies) $(got lost) $(got late)" '0 40 30 10 0'
run -n 3 -W 0.05 -p 7791 192.168.0.2
is 'no reply at all: status 1' "$status $(head -n 1 "$t/out" | sed 's/ in .* s,/,/')" \
	'1 192.168.0.2 port 7791: 3 requests of 18 bytes, 0 replies, 3 lost'
json -n 3 -W 0.05 -p 7791 192.168.0.2
is 'and no latencies' "$(got latency_us) $(got histogram_us)" 'null []'
for signal in $(some 2 INT QUIT TERM HUP); do
	before=$(stat sn0 tx_packets)
	env --default-signal=$signal napiping -p 7791 -n 1000 192.168.0.2 >"$t/out" &
	wait_for 20 sent 1
	kill -$signal $!
	wait $!
	is "SIG$signal: it reports, and ends" "$? $(grep -c ' 0 replies' "$t/out")" '1 1'
done
before=$(stat sn0 tx_packets)
(trap '' HUP; exec napiping -p 7791 -n 4 -W 0.5 192.168.0.2) >"$t/out" &
wait_for 20 sent 1
kill -HUP $!
wait $!
is 'SIGHUP that is ignored, as by nohup, ends nothing' "$? $(grep -c ' 4 requests' "$t/out")" '1 1'
json -n 10 -W 0.1 -p "$(fake late)" 192.168.0.2
that 'late replies are lost ones' "$(got lost) == 10 - $(got replies) && $(got late) >= 1 && $(got lost) >= 5"
that 'and no latency' "$(got latency_us.max) <= 100000"
json -n 10 -p "$(fake hostile)" 192.168.0.2
is 'what is no reply to us is ignored' "$status $(got replies) $(got lost) $(got ignored)" '0 10 0 70'
is 'what comes twice counts once' "$(got late)" 9
json -n 3 -W 0.5 -p "$(fake wrong)" 192.168.0.2
is 'replies to another run are none' "$status $(got replies) $(got ignored)" '1 0 3'
is 'the fakes had no fault of their own' "$(cat "$t/fake.err")" ''

napiping --server --json >"$t/served" 2>"$t/listening" &
wait_for 10 grep -q listening "$t/listening"
python3 - <<-'END'
	import random, socket, time
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.connect(("192.168.0.2", 7790))
	random.seed(1)
	for junk in (b"", b"NPQ1", b"NPQ1" + bytes(11), b"NPR1" + bytes(12), bytes(65507), *map(random.randbytes, range(1, 96))):
	    s.send(junk)
	    time.sleep(0.005)
	s.settimeout(0.5)
	try:
	    print("an answer to junk:", s.recv(100))
	except socket.timeout:
	    pass
END
json -n 10 192.168.0.2
is 'a server stands rubbish' "$(got replies)" 10
killall napiping # what a script runs in the background ignores SIGINT
wait $!
mv "$t/served" "$t/out"
is 'answers none of it, and counts it' "$(got requests) $(got ignored)" '10 100'

echo before >"$t/kept"
run -n 5 -o "$t/kept" 192.168.0.2
is 'nobody listens: it says so' "$status $(cat "$t/err")" \
	'2 napiping: nobody listens on 192.168.0.2 port 7790: run "napiping --server" there'
is 'and leaves the last report' "$(cat "$t/kept")" before
serve
before=$(stat sn0 tx_packets)
(wait_for 20 sent 20; kill "$(pgrep -o -x napiping)") &
json -n 60 -r 20 -W 0.1 192.168.0.2
that 'a server that goes: what follows is lost' "$status == 0 && $(got replies) > 5 && $(got lost) > 5"
wait

# ---- what is refused (--stamps, for which there has to be a clock, is in 48-clock)

refused() # PATTERN ARGUMENTS…
{
	local pattern=$1 line
	shift
	run "$@"
	read -r line <"$t/err"
	like "refused: $* ($pattern)" "$status $line" "^2 napiping: .*($pattern)"
}
before=$(stat sn0 tx_packets)
refused 'ask whom'
refused 'ask whom' 192.168.0.2 192.168.0.3
refused 'no HOST' -s 192.168.0.2
refused 'are for the client' -s -r 5
refused 'are for the client' -s -T sn0
refused 'are for a server' -D 192.168.0.2
refused 'are for a server' -S 1 192.168.0.2
refused '--service is a number' -s -S 0
refused 'give one' -r 5 -i 1 192.168.0.2
for value in $(some 2 0 x -1 1.5 10000001 99999999999999999999) ''; do refused '--count is a whole number' -n "$value" 192.168.0.2; done
for value in $(some 2 0 nan -1 inf 1s 1e9) ''; do refused '--time is a number' -t "$value" 192.168.0.2; done
for value in $(some 1 15 65508 x); do refused '--length is a whole number, 16 to 65507' -l "$value" 192.168.0.2; done
for value in $(some 1 0 70000 http) ''; do refused '--port is a whole number' -p "$value" 192.168.0.2; done
for value in $(some 1 -1 2147483648 x); do refused '--busy-poll is a whole number' -B "$value" 192.168.0.2; done
for value in $(some 1 0 65536); do refused '--busy-poll-budget is a whole number' -G "$value" 192.168.0.2; done
refused '--interval is a number' -i 0 192.168.0.2
refused '--rate is a number' -r 0 192.168.0.2
refused '--timeout is a number' -W 0 192.168.0.2
refused '--warmup is a whole number' -w -1 192.168.0.2
refused 'cannot run on CPU 77' -c 77 192.168.0.2
refused '--cpu is a whole number' -c 5000 192.168.0.2
refused 'no.such.host' no.such.host
refused 'cannot write to /no/file' -o /no/file 192.168.0.2
refused 'cannot use 10.1.2.3 port 0' -b 10.1.2.3 192.168.0.2
refused "unrecognized option '--potato'" --potato
is 'and nothing was sent' "$(stat sn0 tx_packets)" "$before"
serve
refused 'cannot use 0.0.0.0 port 7790: Address already in use' -s
run -n 1 -o /dev/full 192.168.0.2
is 'a report that cannot be written' "$status $(cat "$t/err")" \
	'2 napiping: cannot write the results: No space left on device'
# Who reads has ended when the report is due; the NIC stamps what comes meanwhile, where it has a clock.
stamper=$(compgen -G /sys/class/ptp)
before=$(stamps get sn0)
{ env --default-signal=PIPE napiping ${stamper:+-T sn0} -n 5 -i 0.2 192.168.0.2 2>"$t/err"; echo $? >"$t/status"; } | true
is 'a report that nobody reads: it ends, as by SIGPIPE, in silence' "$(cat "$t/status" "$t/err")" 141
is 'and what the NIC stamps is as it was' "$(stamps get sn0)" "$before"
# (Before Linux 6.2 an interface that is up cannot be renamed.)
if [ -n "$stamper" ] && kernel_since 6.2; then
	napiping -T sn0 -n 20 -i 0.1 192.168.0.2 >"$t/out" 2>"$t/err" &
	stamped() { [ "$(stamps get sn0)" != "$before" ]; }
	check 'the NIC stamps all packets' wait_for 20 stamped
	ip link set sn0 name renamed
	wait $!
	is 'renamed meanwhile: what it stamps is as it was' "$? $(stamps get renamed) $(cat "$t/err")" "0 $before "
	ip link set renamed name sn0
fi
ip link set sn0 down
refused 'cannot send to|Network is unreachable' -n 5 192.168.0.2
end_server
is '--version' "$(napiping --version | grep -cE '^napiping [0-9.]+$')" 1
is '--help names every option' "$(napiping --help | grep -c '^  -[a-zA-Z], --')" 22
[ -z "$full" ] || is 'the manual is well-formed' "$(man --warnings -l /snull/labs/tools/napiping/napiping.1 2>&1 >/dev/null)" ''

unload_clean
rm -rf "$t"
end_tests
