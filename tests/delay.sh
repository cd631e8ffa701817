# SPDX-License-Identifier: GPL-2.0-only
# delay.sh: for tests of races, after lib.sh: snull_delay.ko (kmod/delay.c) holds their windows open.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh sets it

kmod snull_delay
delay=$kmod

# slow at=FUNCTION,… us=N,… [comm=NAME]: who calls it waits.  fast: no more; and somebody has waited.
slow() { insmod "$delay" "$@" || result 1 "snull_delay $*: $(dmesg | tail -n 1)"; }
fast()
{
	local entered
	entered=$(cat /sys/module/snull_delay/parameters/entered)
	rmmod snull_delay
	[[ $entered = *[1-9]* ]] || result 1 "somebody was delayed: $entered"
}
# entered N: how many calls of the Nth function were delayed.  is_in N [M]: more than M.
entered() { cut -d, -f"$1" /sys/module/snull_delay/parameters/entered; }
is_in() { [ "$(entered "$1")" -gt "${2:-0}" ]; }

# up_on CPU DEV: down and up from there, which keeps the timers of its watchdog and its hang check.
up_on() { ip link set "$2" down && taskset -c "$1" ip link set "$2" up; }
# slow_wire CPU: sn0's hang check is that CPU's, its handler CPU 0's, and there is always something to clean.
slow_wire()
{
	up_on "$1" sn0
	speed sn0 10
	echo 0 >"/proc/irq/$(vector sn0)/smp_affinity_list"
}
