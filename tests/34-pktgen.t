#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 34-pktgen: labs/tools/pktgen sends what it says, as fast as asked for, needs no other program, and leaves nothing behind.
# shellcheck disable=SC2034 # tests/run reads it
short=1
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
quiet_links
# run ARGUMENTS…: its $status, its standard output in $t/out, its standard error in $t/err.
run() { pktgen "$@" >"$t/out" 2>"$t/err"; status=$?; }
held() { grep -hE '^(Running|Stopped): *[^ ]' /proc/net/pktgen/kpktgend_*; }
running() { grep -qE '^Running: *[^ ]' /proc/net/pktgen/kpktgend_*; }
refused() # STATUS PATTERN ARGUMENTS…
{
	local want=$1 pattern=$2 line
	shift 2
	run "$@"
	read -r line <"$t/err"
	like "refused: pktgen $*" "$status $(wc -l <"$t/out") $line" "^$want 0 pktgen: .*($pattern)"
}

# ---- what is refused, with nothing loaded

refused 2 'send from where'
for value in x 1000000000 ${full:+-1 1.5 ''}; do refused 2 '-n is a whole number, 0 to 999999999' -n "$value" sn0; done
refused 2 '-n 0 never ends: give -t as well' -n 0 sn0
for value in $(some 1 nan 0 1s); do refused 2 'no number of seconds' -t "$value" sn0; done
refused 2 '-b is a whole number, 1 to' -b 0 sn0
refused 2 '-r is a whole number, 1 to' -r 0 sn0
refused 2 '-r 10 is less than one burst a second: -b is at most 10' -r 10 -b 11 sn0
refused 2 '-s is a whole number, 42 to 65535' -s 41 sn0
refused 2 '-u is a whole number, 1 to 65535' -u 65536 sn0
refused 2 '-m is an address like' -m 02:00 sn0
refused 2 '-d is an address like' -d 1.2.3 sn0
refused 1 'no interface sn0: is the module loaded' sn0
start use_napi=1
ip link set sn0 down
refused 1 'sn0 is not up: ip link set sn0 up' sn0
fails 'and nothing was loaded for it' test -e /proc/net/pktgen
up
refused 1 'no CPU 77' -c 77 sn0
ip link add veth0 up type veth peer name veth1
ip link set veth1 up
wait_for 10 carrier veth0
refused 1 'veth0 is none of snull.s: who is at its other end\? Say so with -m' veth0
refused 1 "veth0 refuses 'burst 2': its driver cannot do that" -m 02:00:00:00:00:01 -b 2 -n 4 veth0
is 'a refusal leaves nothing' "$(held)" ''
# A pipe that has been closed: what is written there comes with SIGPIPE.
mkfifo "$t/fifo"
exec 9<>"$t/fifo" 8>"$t/fifo" 9>&-
env --default-signal=PIPE pktgen -m 02:00:00:00:00:01 -b 2 -n 4 veth0 2>&8
is 'nor does one that nobody reads' "$? $(held)" '1 '
env --default-signal=PIPE pktgen -n 4 -m 02:00:00:00:00:01 veth0 >&8 2>"$t/err"
is 'a report that nobody reads: it ends, as by SIGPIPE, in silence' "$? $(held)$(cat "$t/err")" '141 '
exec 8>&-
run -h
like '-h' "$status $(cat "$t/out")" '^0 usage: pktgen'
setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v pktgen)" sn0 2>"$t/err"
is 'not root' "$? $(cat "$t/err")" '1 pktgen: only root may send so: try again with sudo'
timeout 60 setpriv --bounding-set -net_admin --inh-caps -net_admin "$(command -v pktgen)" -n 10 sn0 2>"$t/err"
is 'root who must not, as in a container' "$? $(cat "$t/err")$(held)" '1 pktgen: the kernel does not start: Operation not permitted'
[ -z "$full" ] || is 'the manual is well-formed' "$(man --warnings -l /snull/labs/tools/pktgen/pktgen.1 2>&1 >/dev/null)" ''

# ---- what it sends

before=$(stat sn1 rx_packets) bytes=$(stat sn1 rx_bytes)
run -n 320 -b 32 -s 100 sn0
is 'as many as asked for, and as long' "$status $(($(stat sn1 rx_packets) - before)) $(($(stat sn1 rx_bytes) - bytes))" '0 320 32000'
like 'and says so' "$(cat "$t/out")" '^sn0: sent 320 packets in [0-9.]+ s, [0-9]+ packets/s$'
is 'and leaves nothing' "$(cat "$t/err")$(held)" ''
# Nobody waits for the host to wake up a machine that idles.
awake 0 & waking=$!
run -n 200 -r 400 sn0
that 'a rate is kept' "($(sed 's/.*, //; s/ .*//' "$t/out") / 400 - 1) ^ 2 < 0.1 ^ 2"
before=$(stat sn0 tx_packets)
run -t 0.5 -r 1000 sn0
that 'a time is kept' "$(sed 's/.* in //; s/ .*//' "$t/out") >= 0.3 && $(sed 's/.* in //; s/ .*//' "$t/out") < 1"
kill $waking
is 'and what was sent in it is said' "$(sed 's/.*sent //; s/ .*//' "$t/out")" $(($(stat sn0 tx_packets) - before))
run -n 64 sn0 sn1
is 'from two' "$status $(cut -d' ' -f1-3 "$t/out" | paste -sd' ')" '0 sn0: sent 64 sn1: sent 64'
udpsink -t 20 -f "$t/count" 192.168.1.2 4000 >"$t/sink" &
wait_for 10 grep -q listening "$t/sink"
kill -INT $! # a shell has what a script runs in the background ignore it
run -n 50 -u 4000 sn0
wait_for 5 eval '[ "$(od -An -t u8 "$t/count" | tr -d " ")" = 50 ]'
kill $!
wait $!
is 'to a port of the other end' "$(tail -n 1 "$t/sink")" 50
before=$(stat veth1 rx_packets)
run -n 10 -m "$(mac veth1)" -d 192.0.2.7 veth0
is 'from another driver’s interface' "$status $(($(stat veth1 rx_packets) - before))" '0 10'
ip link add dummy9 up type dummy
run -n 10 -m 02:00:00:00:00:01 dummy9
is 'from one that never says that it is up' "$status $(cat "$t/err")$(cut -d' ' -f1-4 "$t/out")" '0 dummy9: sent 10 packets'
ip link del dummy9
pktgen -n 999999 -r 100 sn0 >"$t/out" 2>"$t/err" &
wait_for 20 running
ip link set sn1 down
wait $!
is 'one whose link goes down meanwhile: not all was sent' "$? $(cut -d' ' -f1-2 "$t/out") $(cat "$t/err")$(held)" \
	'1 sn0: sent pktgen: sn0 stopped before 999999 packets were sent: did its link go down?'
ip link set sn1 up
wait_for 10 carrier sn0
pktgen -t 60 -r 100 -m "$(mac veth1)" veth0 >"$t/out" 2>"$t/err" &
wait_for 20 running
ip link del veth0
wait $!
is 'one that vanishes meanwhile: it says so' "$? $(cat "$t/out" "$t/err")$(held)" '1 pktgen: veth0 has vanished'

# ---- alone, and interrupted

mkdir -p "$t/root/proc" "$t/root/sys"
cp "$(command -v pktgen)" "$t/root/"
mount --rbind /proc "$t/root/proc"
mount --rbind /sys "$t/root/sys"
is 'it needs no other file' "$(chroot "$t/root" /pktgen -n 10 sn0 | cut -d' ' -f1-4)" 'sn0: sent 10 packets'
umount -l "$t/root/proc" "$t/root/sys"
for signal in $(some 2 QUIT INT TERM HUP); do
	env --default-signal=$signal pktgen -t 60 sn0 >"$t/out" 2>&1 &
	wait_for 20 running
	kill -$signal $!
	wait $!
	is "SIG$signal: it tidies up" "$? $(held)$(cat "$t/out")" "$((128 + $(kill -l $signal))) "
done

(trap '' HUP; exec pktgen -t 2 -r 1000 sn0) >"$t/out" 2>&1 &
wait_for 20 running
kill -HUP $!
wait $!
like 'SIGHUP that is ignored, as by nohup, ends nothing' "$? $(cat "$t/out")" '^0 sn0: sent [0-9]+ packets in (1\.[5-9]|2)'
# The alarm may come before the kernel is told to start.
ended=0
for _ in $(some 5 {1..30}); do
	timeout 20 pktgen -t 0.001 sn0 >"$t/out" 2>&1 || { ended=$?; break; }
done
is 'the shortest time ends, too' $ended 0 || diag "$(cat "$t/out")"

rmmod pktgen
unload_clean
rm -rf "$t"
end_tests
