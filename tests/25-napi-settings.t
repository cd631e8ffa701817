#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 25-napi-settings: what newer kernels let one set for one NAPI changes who polls that one, and no other: deferral, a
# thread, a thread that busy-polls. Settings stay over -L and down and up. (28-irq-suspension has the rest of them.)
vm_limit=300
. "$(dirname "$0")/lib.sh"

quiet_links
# since MAJOR.MINOR NAME: does this kernel have it? If not, one test that says so.
since()
{
	kernel_since "$1" && return
	skip "$2" "this kernel has none ($1 and later have)"
	return 1
}

# setting QUEUE NAME…: as napi-get has them; - for what is not there.
setting() { netdev_get "napi ${*:2}" napi-get sn1 | awk -v id="$(napi_of sn1 "$1")" '$1 == id { sub("[^ ]* ", ""); print }'; }
settings() { setting "$1" defer_hard_irqs gro_flush_timeout irq_suspend_timeout threaded; }
napi_set() { local queue=$1; shift; netdev napi-set "$(napi_of sn1 "$queue")" "$@"; }
# restart: what makes all NAPIs anew.
restart() { ethtool -L sn1 combined 1; ip link set sn1 down; up; ethtool -L sn1 combined 2; vectors; }
vectors() # sn1's go to CPU 1, sn0's to CPU 0
{
	local q
	for q in 0 1; do
		echo 0 >"/proc/irq/$(vector sn0 $q)/smp_affinity_list"
		[ -z "$(vector sn1 $q)" ] || echo 1 >"/proc/irq/$(vector sn1 $q)/smp_affinity_list"
	done
}
cpu_time() { cut -d' ' -f1 "/proc/$1/schedstat" 2>/dev/null || echo 0; } # in ns

begin() { p=$(stat sn1 rx_packets) n=$(irqs sn1 "$1") polls=$(xstat sn1 "q$1_polls") s=$(softirqs NET_RX 1); }
end()
{
	p=$(($(stat sn1 rx_packets) - p)) n=$(($(irqs sn1 "$1") - n)) polls=$(($(xstat sn1 "q$1_polls") - polls)) s=$(($(softirqs NET_RX 1) - s))
	diag "$p packets, $n interrupts, $polls polls, $s NET_RX softirqs on CPU 1"
}
# traffic QUEUE [COUNT]: to that queue of sn1, from CPU 0. Sets what it took.
traffic()
{
	ethtool -X sn1 equal 1 start "$1"
	pg_device 0 sn0 "${2:-500}" 'ratep 1000' 'burst 1'
	begin "$1"
	pg_start
	nap 0.1
	end "$1"
	pg_clear
}

# ---- deferral, for one queue

start use_napi=1 queues=2
vectors
if since 6.13 'napi-set: defer_hard_irqs, gro_flush_timeout'; then
	was=$(settings 0)
	check 'deferral for queue 1' napi_set 1 defer_hard_irqs=100 gro_flush_timeout=20000000
	is 'napi-get has it' "$(settings 1)" "100 20000000 0 disabled"
	is 'queue 0 is as it was' "$(settings 0)" "$was"
	is 'and so is the interface' "$(cat /sys/class/net/sn1/{napi_defer_hard_irqs,gro_flush_timeout} | paste -sd' ')" '0 0'
	deferred()
	{
		traffic 1 20 # the first one interrupts
		traffic 1
		that "$1: queue 1 is polled by a timer" "$p == 500 && $n <= 10 && $polls < 250"
		traffic 0
		that "$1: queue 0 by interrupts" "$p == 500 && $n > 20"
	}
	deferred 'with deferral'
	restart
	is 'over -L and down and up it stays' "$(settings 1)" '100 20000000 0 disabled'
	is 'and queue 0 gets none of it' "$(settings 0)" "$was"
	deferred 'after -L and down and up'
	check 'off' napi_set 1 defer_hard_irqs=0 gro_flush_timeout=0
	traffic 1
	that 'off: interrupts' "$p == 500 && $n > 20"
fi

# ---- a thread for one queue

threads() { pgrep -x 'napi/sn1-[0-9]+' | wc -l; }
if since 6.17 'napi-set: threaded'; then
	check 'a thread for queue 1' napi_set 1 threaded=enabled
	is 'and for no other' "$(threads) $(setting 0 threaded pid)" '1 disabled -'
	is 'napi-get has it' "$(setting 1 threaded)" enabled
	threaded()
	{
		local time thread
		thread=$(setting 1 pid)
		like "$1: napi-get has its pid" "$(ps -o comm= -p "$thread")" '^napi/sn1-[0-9]+$'
		taskset -pc 1 "$thread" >/dev/null
		time=$(cpu_time "$thread")
		traffic 1
		time=$(($(cpu_time "$thread") - time))
		that "$1: queue 1: no softirq polls" "$p == 500 && $polls > 20 && $s <= 0.1 * $polls"
		that "$1: queue 1: the thread is charged for it" "$time > 500 * 2000"
		time=$(cpu_time "$thread")
		traffic 0
		is "$1: queue 0: the thread has nothing to do" "$(cpu_time "$thread")" "$time"
		that "$1: queue 0: softirqs poll" "$p == 500 && $polls > 20 && $s >= 0.9 * $polls"
	}
	threaded enabled
	restart
	is 'over -L and down and up it is the only one' "$(threads) $(setting 0 threaded) $(setting 1 threaded)" '1 disabled enabled'
	threaded 'after -L and down and up'
fi

# ---- a thread that busy-polls

if since 6.19 'napi-set: threaded=busy-poll'; then
	busy_polling()
	{
		local time thread
		thread=$(setting 1 pid)
		taskset -pc 1 "$thread" >/dev/null
		traffic 1 20 # the first one interrupts
		time=$(cpu_time "$thread")
		traffic 1
		time=$(($(cpu_time "$thread") - time))
		that "$1: packets without any interrupt" "$p == 500 && $n == 0"
		that "$1: polls without end" "$polls > 10 * $p"
		that "$1: the thread uses up its CPU" "$time > 250000000"
	}
	check 'the thread busy-polls' napi_set 1 threaded=busy-poll
	is 'napi-get has it' "$(threads) $(setting 0 threaded) $(setting 1 threaded)" '1 disabled busy-poll'
	busy_polling busy-poll
	traffic 0
	that 'busy-poll: queue 0 by interrupts and softirqs' "$p == 500 && $n > 20"
	restart
	is 'over -L and down and up it goes on' "$(threads) $(setting 0 threaded) $(setting 1 threaded)" '1 disabled busy-poll'
	busy_polling 'after -L and down and up'
	check 'a thread without busy-poll' napi_set 1 threaded=enabled
	traffic 1 20
	traffic 1
	that 'brings interrupts back' "$p == 500 && $n > 20 && $polls < 10 * $p"
	threaded 'after busy-poll'
	napi_set 1 threaded=busy-poll
	traffic 1 20
	check 'no thread at all' napi_set 1 threaded=disabled
	is 'there is none' "$(threads) $(setting 1 threaded pid)" '0 disabled -'
	traffic 1
	that 'brings interrupts and softirqs back' "$p == 500 && $n > 20 && $s >= 0.9 * $polls"
	napi_set 1 threaded=busy-poll
	traffic 1 20
	ip link set sn1 down
	is 'while down: no NAPI' "$(netdev --json napi-get sn1)" '[]'
	up
	traffic 1 20
fi
unload_clean
end_tests
