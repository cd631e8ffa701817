#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 13-napi-contract: what Documentation/networking/napi.rst demands, read off the tracepoints: masking, budgets, unmasking;
# with softirqs, with threads, with busy polling, with netconsole. And the same of path 2.
. "$(dirname "$0")/lib.sh"

quiet_links
there='192.168.0.1 192.168.0.2 192.168.1.2'
events='irq_assert int_mask int_unmask poll_begin poll_end rx'
flood=3000 many=2000 mega=2 busy_n=1000
[ -z "$full" ] || flood=6000 many=5000 mega=8 busy_n=3000

# contract FILE DEV IRQ [MODE]: replay the trace of one vector; print what is against the rules, then a summary. A poll
# comes after masking, or after a poll that did not complete; unmasking comes after a poll that did. MODE legacy: a poll
# may complete with all of its quota used, if nothing is left: that was 2.6's rule. MODE busy: a socket polls without any
# interrupt, and the next poll may begin on another CPU as soon as napi_complete_done() has been called.
contract()
{
	awk -v dev="dev=$2" -v irq="irq=$3" -v mode="${4:-}" '
		function field(name, i) { for (i = 1; i <= NF; i++) if (index($i, name "=") == 1) return substr($i, length(name) + 2) + 0 }
		function wrong(what) { if (++wrongs <= 5) print what ": " $0 }
		BEGIN { busy = mode == "busy" }
		index($0, " " irq " ") && /snull_int_mask:/ && /RX/ { masks++; masked = 1; next }
		index($0, " " irq " ") && /snull_int_unmask:/ && /RX/ {
			unmasks++
			if (!completed) wrong("unmasked without a completed poll")
			if (completed) completed--
			masked = 0
			next
		}
		index($0, " " irq " ") && /snull_irq_assert:/ { asserts++; next }
		!index($0, " " dev " ") { next }
		/snull_rx:/ { if (!polling) wrong("received outside of a poll"); received++; taken++; next }
		/snull_poll_begin:/ {
			polls++; taken = 0; budget = field("budget")
			if (!masked && !busy) wrong("polled while unmasked")
			if (polling && !busy) wrong("two polls at once")
			polling++
			next
		}
		/snull_poll_end:/ {
			work = field("work"); complete = / complete/
			if (!polling) wrong("end of no poll")
			if (work != taken && !busy) wrong("took " taken)
			if (field("budget") != budget && !busy) wrong("budget was " budget)
			budget = field("budget")
			if (work > budget) wrong("more than its budget")
			if (budget == 0) zero++
			else if (work == budget) full++
			if (complete && work == budget && mode != "legacy") wrong("complete with all of the budget used")
			if (complete) { completes++; completed++ }
			polling--
		}
		END { print "masks=" masks + 0, "unmasks=" unmasks + 0, "asserts=" asserts + 0, "polls=" polls + 0, "full=" full + 0,
			"completes=" completes + 0, "received=" received + 0, "zero=" zero + 0, "wrong=" wrongs + 0 }' "$1"
}
judged() # NAME FILE DEV IRQ [MODE]
{
	local out
	out=$(contract "${@:2}")
	summary=${out##*$'\n'}
	like "$1: the contract is kept" "$summary" 'masks=[1-9].* polls=[1-9].* completes=[1-9].* wrong=0$' || diag "$out"
	[ -z "${TEST_DEBUG:-}" ] || diag "$out"
}
of() { sed "s/.*\\<$1=\\([0-9]*\\).*/\\1/" <<<"$summary"; }

# traced NAME [MODE]: pings one by one, then an overload, traced.
traced()
{
	local polls
	dear 100
	# shellcheck disable=SC2086 # words
	trace_start $events
	polls=$(xstat sn1 q0_polls)
	ping -q -n -c 5 -i 0.02 192.168.0.2 >/dev/null
	pg_device 0 sn0 $flood
	pg_start
	pg_clear
	settle sn1 rx_packets
	ping -q -n -c 5 -i 0.02 192.168.0.2 >/dev/null
	polls=$(($(xstat sn1 q0_polls) - polls))
	trace_stop /tmp/trace
	cheap
	judged "$1" /tmp/trace sn1 "$(vector sn1)" "${2:-}"
	that "$1: polls that used up their budget were seen" "$(of full) > 3"
	is "$1: every poll was traced" "$(of polls)" $polls
	that "$1: as often unmasked as completed" "$(of unmasks) == $(of completes)"
	that "$1: and masked no less often" "$(of masks) >= $(of unmasks)"
}

start use_napi=1 pool_size=256
traced 'path 1'
is 'path 1: a full budget is 64' "$(grep -c 'snull_poll_end: dev=sn1 .* work=64 budget=64$' /tmp/trace)" "$(of full)"
unload_clean

start use_napi=2 pool_size=256 weight=16
traced 'path 2' legacy
is 'path 2: a full budget is the weight, or what a slice of 64 and a budget of 300 leave of it' \
	"$(sed -n 's/.*snull_poll_end: dev=sn1 .*work=\([0-9]*\) budget=\1$/\1/p' /tmp/trace | awk '$1 > 16' | wc -l)" 0
unload_clean

# What is above was line=msi.
for line in $(some 1 edge level); do
	start line="$line" use_napi=1 pool_size=256
	traced "path 1, line=$line"
	unload_clean
	[ -n "$full" ] || continue
	start line="$line" use_napi=2 pool_size=256 weight=16
	traced "path 2, line=$line" legacy
	unload_clean
done

# Path 0 never masks, and never polls.
for line in $each_line; do
	start line="$line" use_napi=0
	trace_start $events
	ping -q -n -c 5 -i 0.02 192.168.0.2 >/dev/null
	trace_stop /tmp/trace
	is "path 0, line=$line: it neither masks nor polls" "$(grep -c -e snull_int_ -e snull_poll /tmp/trace)" 0
	that "path 0, line=$line: it is interrupted" "$(grep -c "snull_irq_assert: irq=$(vector sn1) " /tmp/trace) >= 5"
	unload_clean
done

# ---- threaded NAPI

start use_napi=1 pool_size=256
if [ -e /sys/class/net/sn1/threaded ]; then
	check 'threaded NAPI' eval 'echo 1 >/sys/class/net/sn1/threaded && echo 1 >/sys/class/net/sn0/threaded'
	check 'it has its threads' wait_for 20 eval 'ps -e -o comm | grep -q "^napi/sn1"'
	traced 'threaded'
	# shellcheck disable=SC2086
	like 'threaded: nothing lost, late or damaged' "$(timeout 100 flow udp -n $many $there)" \
		'lost=0 reordered=0 duplicated=0 corrupted=0'
	# shellcheck disable=SC2086
	like 'threaded: TCP' "$(timeout 100 flow tcp -b $mega $there)" "$tcp_whole"
	ip link set sn1 down
	check 'threaded: down ends the thread' wait_for 20 eval '! ps -e -o comm | grep -q "^napi/sn1"'
	up
	check 'threaded: up again' wait_for 10 reply 192.168.0.2
	check 'threaded: off while it is up' eval 'echo 0 >/sys/class/net/sn1/threaded'
	check 'threaded no more: it goes on' reply 192.168.0.2
else
	skip 'threaded NAPI' 'this kernel has none'
fi
unload_clean

# ---- busy polling

start use_napi=1
# shellcheck disable=SC2086
busy=$(timeout 100 flow udp -P -n 200 $there 2>&1)
if [[ $busy = *'SO_BUSY_POLL: Protocol not available'* ]]; then
	skip 'busy polling' 'this kernel has none'
else
	n=$(irqs sn1)
	trace_start $events
	# shellcheck disable=SC2086
	like 'busy polling: nothing lost, late or damaged' "$(timeout 100 flow udp -P -n $busy_n $there)" \
		'lost=0 reordered=0 duplicated=0 corrupted=0'
	trace_stop /tmp/trace
	n=$(($(irqs sn1) - n))
	judged 'busy polling' /tmp/trace sn1 "$(vector sn1)" busy
	that 'busy polling: it did poll' "$(grep -c 'snull_poll_begin: dev=sn1 queue=0 budget=8$' /tmp/trace) > 0"
	that 'busy polling: no storm of interrupts' "$n <= $busy_n * 1.2"
	# As its documentation says to use it: interrupts off for as long as the application keeps polling.
	if echo 100 >/sys/class/net/sn1/napi_defer_hard_irqs; then
		echo 50000000 >/sys/class/net/sn1/gro_flush_timeout
		n=$(irqs sn1)
		# shellcheck disable=SC2086
		like 'deferred: nothing lost, late or damaged' "$(timeout 100 flow udp -P -n $busy_n $there)" \
			'lost=0 reordered=0 duplicated=0 corrupted=0'
		that 'deferred: hardly an interrupt' "$(irqs sn1) - $n <= $busy_n / 10"
		echo 0 >/sys/class/net/sn1/napi_defer_hard_irqs
		echo 0 >/sys/class/net/sn1/gro_flush_timeout
		check 'and without again' reply 192.168.0.2
	fi
fi
unload_clean

# ---- netconsole: transmit only, from any context, with a budget of 0

# netconsole NAME: a hundred lines by way of sn0, from a process that lets nothing else run on its CPU.
console()
{
	local tag="m$RANDOM" listener # a new console may begin with what was said before

	sysctl -qw net.core.rmem_default=4194304
	taskset -c 1 nc -n -u -l 192.168.1.2 6666 >/tmp/console &
	listener=$!
	wait_for 10 eval 'ss -lun | grep -q 192.168.1.2:6666'
	# shellcheck disable=SC2086
	trace_start $events
	chrt -f 50 taskset -c 0 bash -c 'for ((i = 1; i <= 100; i++)); do echo "<1>'"$tag"' line $i of 100" >/dev/kmsg; done'
	wait_for 20 grep -q "$tag line 100 of 100" /tmp/console
	trace_stop /tmp/trace
	kill $listener
	wait $listener 2>/dev/null
	is "$1: every line has arrived, in order" "$(grep -o "$tag line [0-9]* of 100" /tmp/console | awk '{ print $3 }' | paste -sd' ')" \
		"$(seq -s' ' 100)"
}
for path in $(some 1 1 0 2); do
	has netconsole || { skip 'netconsole' 'this kernel has none'; break; }
	start use_napi="$path"
	ethtool -G sn0 tx 4
	check "path $path: netconsole" modprobe netconsole "netconsole=6665@192.168.0.1/sn0,6666@192.168.0.2/$(mac sn1)"
	console "path $path: netconsole"
	if [ "$path" = 1 ] && [ -e /sys/class/net/sn0/threaded ]; then
		# Let the thread that would clean the transmit ring wait, and netconsole has to poll for itself.
		echo 1 >/sys/class/net/sn0/threaded
		wait_for 20 pgrep napi/sn0
		taskset -p 1 "$(pgrep napi/sn0)" >/dev/null
		console 'threaded: netconsole'
		contract /tmp/trace sn0 "$(vector sn0)" busy >/tmp/judged
		summary=$(tail -n 1 /tmp/judged)
		that 'it polled with a budget of 0' "$(of zero) > 0"
		that 'polls with a budget of 0 used up nothing' "$(xstat sn0 q0_polls_exhausted) == 0"
		is 'which received nothing, and completed nothing' \
			"$(grep 'snull_poll_end: dev=sn0 .*budget=0' /tmp/trace | grep -vc 'work=0 budget=0$')" 0
	fi
	rmmod netconsole
	unload_clean
done
end_tests
