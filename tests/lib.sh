# SPDX-License-Identifier: GPL-2.0-only
# lib.sh: what every test reads first. On the host it starts a virtual machine and runs the same test again in there;
# in the machine it offers what the tests are written with.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what a test sets is read here, and the other way round
#
# A test is a bash script that may set, before it reads this file:
#   cpus=N           how many CPUs it wants (2)
#   real_time=WHY    it is about what runs beside what in real time; all others run where the clock counts instructions,
#                    so that nothing depends on how busy the host is
#   vm_args=(…)      more arguments for labs/vm/run
#   vm_limit=S       its time limit in seconds (400); full_limit=S, with TEST_FULL=1
#   only_suite=NAME  it makes sense in that suite only
# The environment: SNULL_SUITE, the suite (trixie); TEST_FULL=1, the full numbers; TEST_KO=FILE, a module that is
# already built; TEST_LIMIT=S instead of vm_limit; TEST_LINE=msi, level or edge, how the NIC interrupts, and TEST_PATH=N…,
# which receive paths, where a test leaves that open; SNULL_SRC, another checkout to build; what else begins with TEST_
# reaches the test in there. It prints TAP: "prove tests/NN-name.t" runs it.

full=${TEST_FULL:-}

# some N VALUE…: the first N of these for "make test", all for "make test-full".
some()
{
	local n=$1
	shift
	[ -z "$full" ] || n=$#
	printf '%s\n' "${@:1:n}"
}

# shellcheck source=tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# ---- on the host -----------------------------------------------------------------------------------------------------

skip_all() { echo "1..0 # SKIP $*"; exit 0; }

# retried COMMAND…: a machine whose CPUs run side by side; once more, if QEMU has killed its kernel: it may execute the int3 of a
# place that has long been patched (00-machine).
retried()
{
	local status
	aside=$(mktemp -d) || exit
	end_with_us 'rm -rf "$aside"'
	for _ in 1 2; do
		status=0
		beside SNULL_CONSOLE_LOG="$aside/console" "$@" >"$aside/tap" 2>"$aside/err" || status=$?
		[ $status = 125 ] && grep -qa 'int3: 0000' "$aside/console" || break
		echo '# the kernel ran into an int3 that is gone, which is QEMU: once more' >&2
	done
	cat "$aside/tap"
	cat "$aside/err" >&2
	exit $status
}

enter_vm()
{
	local limit=${TEST_LIMIT:-${vm_limit:-400}} module=(--no-build) clock=(--icount) how=exec told=() name test
	suite=${SNULL_SUITE:-trixie}
	test=tests/$(basename "$0")

	cd "$(dirname "$0")/.." || exit
	# shellcheck source=/dev/null
	[ -z "${real_time:-}" ] || { how=retried && . labs/vm/lib.sh; }
	[ "$suite" = "${only_suite:-$suite}" ] || skip_all "only for SNULL_SUITE=$only_suite"
	[ -z "${SNULL_SRC:-}" ] || cd "$SNULL_SRC" || exit
	[ -n "${TEST_NO_BUILD:-}" ] || module=()
	[ -z "${TEST_KO:-}" ] || {
		labs/vm/build --suite "$suite" -q >&2 || { echo 'Bail out! it did not build'; exit 1; }
		module=(--ko "$TEST_KO")
	}
	# A debug kernel is slow, and the full numbers take their time.
	[ "$suite" != debug ] || limit=$((limit * 4))
	[ -z "${real_time:-}" ] || clock=()
	[ -z "$full" ] || limit=${full_limit:-$((limit * 6))}
	limit=$(stretched "$limit")
	for name in $(compgen -e TEST_); do told+=("$name=${!name}"); done
	$how labs/vm/run -q --suite "$suite" --timeout "$limit" --cpus "${cpus:-2}" "${clock[@]}" \
		"${module[@]}" "${vm_args[@]}" -- \
		env SNULL_IN_VM=1 "${told[@]}" bash "/snull/$test"
}

if [ -z "${SNULL_IN_VM:-}" ]; then
	enter_vm
fi

# ---- in the machine: TAP ---------------------------------------------------------------------------------------------

tools=/snull-build/tests/tools/bin
paths=${TEST_PATH:-0 1 2}
# What has to be right on each line, for "make test-full".
each_line=${TEST_LINE:-$(some 1 msi level edge)}
# Where letters are bytes, bash matches in half of the time, and grep, sed and cat start in three quarters.
export LC_ALL=C
# Of a file of the host's, memory holds what is mapped only: each time that such a program starts it would be read anew, and
# translated anew by QEMU, which searches for what it had made of the one before, to throw it away.
find $tools /snull-build/labs/tools/out -maxdepth 1 -type f -exec cp -t /usr/local/bin {} +
PATH=/usr/local/bin:$PATH

# ---- the log -------------------------------------------------------------------------------------------------------------

log_marks=0
log_mark() { log_marks=$((log_marks + 1)); echo "test-mark-$log_marks" >/dev/kmsg; }
# log_since: what the kernel has said since the last log_mark.
log_since() { dmesg | awk -v m="test-mark-$log_marks" '$NF == m { on = 1; next } on'; }

# What a healthy kernel never says. $log_allowed is a pattern for what this test provokes on purpose. A warning of the
# kernel's begins its line; pktgen's "pktgen: WARNING: trying to remove a running interface" is advice to whoever drives it.
reports='\] WARNING:|BUG:|KASAN|UBSAN|KCSAN|Oops|INFO: (task|rcu|possible|inconsistent|trying|suspicious|lockdep)'
reports="$reports|(possible|circular|recursive) .*(deadlock|locking)|blocked for more than|self-detected stall"
reports="$reports|general protection|unregister_netdevice: waiting|refcount_t:|list_(add|del) corruption|DEBUG_LOCKS"
reports="$reports|scheduling while atomic|sleeping function|nobody cared|Disabling IRQ|kmemleak: [0-9]+ new|ODEBUG"
reports="$reports|page_pool_release_retry|soft lockup|hard LOCKUP|[Bb]ad page|unbalanced|Trying to free already-free"
reports="$reports|hw csum failure|Modules linked in|NETDEV WATCHDOG|page allocation failure|NOHZ.*handler|Call Trace"
log_allowed=
# For those that keep a queue waiting on purpose.
# shellcheck disable=SC2034 # tests read it
watchdog_says='NETDEV WATCHDOG|WARNING: .*dev_watchdog|Call Trace|Modules linked in'

reported()
{
	if [ -n "$log_allowed" ]; then dmesg | grep -E "$reports" | grep -vE "$log_allowed"; else dmesg | grep -E "$reports"; fi
}

no_report()
{
	local found
	# The debug kernel has kmemleak only with --append kmemleak=on: it doubles the cost of everything.
	if { echo scan >/sys/kernel/debug/kmemleak; } 2>/dev/null; then
		# What was freed by RCU just now, or is still young, is no leak.
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		found=$(grep -A 20 'unreferenced' /sys/kernel/debug/kmemleak | head -n 100)
		is 'kmemleak finds no leak' "$found" ''
	fi
	found=$(reported)
	[ -z "$found" ]
	result $? 'the kernel reports nothing' || diag "$(dmesg | grep -E -m 1 -A 40 "$reports")"
}

# ---- the module ----------------------------------------------------------------------------------------------------------

# A test that names the line itself has the last word.
load() { insmod "$SNULL_KO" ${TEST_LINE:+line="$TEST_LINE"} "$@"; }
unload() { rmmod snull; }

# realtime: is this a kernel with PREEMPT_RT?
realtime() { uname -v | grep -qw PREEMPT_RT; }
# keeps_time: are things done when they are due? The debug kernel takes longer for a packet than there is between two, and is
# here for its reports; with PREEMPT_RT polls that were asked for beside other work are a thread's, which waits for its turn.
keeps_time() { [ "$SNULL_SUITE" != debug ] && ! realtime; }
# timed NAME EXPRESSION: what follows from how long things take.
timed() { if keeps_time; then that "$@"; else skip "$1" 'this kernel does not keep time'; fi; }
# kernel_since MAJOR.MINOR: is this kernel that new?
kernel_since() { printf '%s\n' "$1" "$(uname -r)" | sort -VC; }
# has MODULE: does this kernel have it, in a file or built in? Then what fails to load, or to be set, is no reason to skip.
has() { modprobe -qn "$1"; }
# kmod NAME: sets kmod, the file of that module of tests/kmod. Where kprobes are, and not a module alone, it has been built.
kmod()
{
	kmod=${SNULL_KO%/*}/$1.ko
	[ ! -e "$kmod" ] || return 0
	[ -z "${TEST_KO:-}" ] || skip_all "no $1.ko: TEST_KO names a module alone"
	[ -e /sys/kernel/debug/kprobes ] || skip_all "no $1.ko: this kernel has no kprobes"
	result 1 "$1.ko was built"
	plan
}

irq_descriptors() { local dirs=(/proc/irq/*/); echo ${#dirs[@]}; }
irqs_at_start=$(irq_descriptors)

# leftovers: prints whatever an unloaded module has left.
leftovers()
{
	local ns found lines
	for found in /sys/module/snull /sys/bus/platform/devices/snull.* /sys/bus/platform/drivers/snull \
		/sys/class/net/sn[0-9]* /proc/irq/*/sn*; do
		[ -e "$found" ] && echo "$found"
	done
	mapfile -t lines </proc/interrupts
	for found in "${lines[@]}"; do
		[[ $found =~ snull|sn[0-9]+-TxRx ]] && echo "$found"
	done
	for ns in /run/netns/*; do
		[ -e "$ns" ] && ip -n "${ns##*/}" -o link show | grep -E '\<sn[0-9]'
	done
	[ "$(irq_descriptors)" = "$irqs_at_start" ] || echo "$(irq_descriptors) interrupt descriptors, were $irqs_at_start"
}

# unload_clean [NAME]: one test: unloads, and nothing stays.
unload_clean()
{
	local why
	if ! why=$(unload 2>&1); then
		result 1 "${1:-the module unloads}"
		diag "$why"
		return 1
	fi
	is "${1:-the module unloads, and leaves nothing}" "$(leftovers)" ''
}

carrier() { local c; read -r c 2>/dev/null <"/sys/class/net/$1/carrier" && [ "$c" = 1 ]; }

# speed DEV MBIT: the wire has a speed, as DEV asks for it.  unlimited DEV: it has none again.
speed() { ethtool -s "$1" speed "$2" duplex full autoneg on && wait_for 10 carrier "$1"; }
every=0x80008000102a # all modes; what "autoneg on" alone means, older ethtools do not know
unlimited() { ethtool -s "$1" autoneg on advertise $every && wait_for 10 carrier "$1"; }

# up [DEV…]: addresses for the wire trick, and up: sn0, sn2, … get 192.168.N.1, sn1, sn3, … 192.168.(N+1).2.
up()
{
	local dev n
	[ $# -gt 0 ] || set -- sn0 sn1
	for dev; do
		n=${dev#sn}
		echo "addr replace 192.168.$n.$((n % 2 + 1))/24 dev $dev"
		echo "link set $dev up"
	done | ip -batch - # one program for all: an emulated CPU is slow to start them
	for dev; do
		wait_for 10 carrier "$dev" || diag "no carrier on $dev"
	done
}

# start ARGUMENTS…: load with these parameters, sn0 and sn1 addressed and up.
start() { load "$@" && up; }

# quiet_links: no IPv6, so that nobody but the test sends a packet; and for a test that has IPv6 all the same, nobody who
# asks for routers again and again. Before load.
quiet_links() { sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.default.router_solicitations=0; }

# What tools/flow says of a TCP stream that came whole, for "like".
tcp_whole='sent=([1-9][0-9]*) received=\1 .*corrupted=0'

reply() { ping -n -c 1 -W 5 "$@"; }

# ---- numbers ---------------------------------------------------------------------------------------------------------------

# stat DEV COUNTER: from rtnl_link_stats64.  xstat DEV COUNTER (tools/xstat.c): as ethtool -S; q* sums over the queues.
stat() { local v; read -r v <"/sys/class/net/$1/statistics/$2" && echo "$v"; }
mac() { local v; read -r v <"/sys/class/net/$1/address" && echo "$v"; }

# vector DEV [QUEUE]: its interrupt number.  irqs DEV [QUEUE] [CPU]: how often it fired. Without a program: it would have to start.
vector()
{
	local lines line
	mapfile -t lines </proc/interrupts
	for line in "${lines[@]}"; do
		[[ $line != *" $1-TxRx-${2:-0}" ]] || { line=${line%%:*}; echo "${line##* }"; }
	done
}
# shellcheck disable=SC2206 # words
irqs()
{
	local lines line cpus field i s=0
	mapfile -t lines </proc/interrupts
	cpus=(${lines[0]})
	for line in "${lines[@]}"; do
		[[ $line = *" $1-TxRx-${2:-0}" ]] || continue
		field=($line)
		for ((i = 0; i < ${#cpus[@]}; i++)); do [ "${3:-$i}" != $i ] || s=$((s + field[i + 1])); done
		echo $s
	done
}
# softirqs NAME [CPU]: how often it ran.
softirqs() { awk -v n="$1:" -v cpu="${2:-}" '$1 == n { for (i = 2; i <= NF; i++) if (cpu == "" || cpu == i - 2) s += $i; print s + 0 }' /proc/softirqs; }
settle() # DEV COUNTER: until the counter stands still, twice: in real time a busy host may keep one of our CPUs for a while
{
	local old new still=0 pause=0.05 rounds=0 counter=/sys/class/net/$1/statistics/$2
	[ "$SNULL_ICOUNT" = 1 ] || pause=0.2
	read -r old <"$counter"
	while [ $still -lt 2 ]; do
		[ $((++rounds)) -le 4000 ] || { diag "$1 $2 does not come to rest: $old, $new, …"; return 1; }
		nap $pause
		read -r new <"$counter"
		[ "$new" = "$old" ] && still=$((still + 1)) || still=0
		old=$new
	done
}

# netdev_get COLUMNS ARGUMENTS…: these columns of the table that netdev prints for the arguments.
netdev_get()
{
	netdev "${@:2}" | awk -v names="$1" '
		NR == 1 { count = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ for (i = 1; i <= count; i++) printf "%s%s", $at[name[i]], i < count ? " " : "\n" }'
}
# napi_of DEV QUEUE [tx]: the id of its NAPI
napi_of() { netdev_get 'type queue napi' queue-get "$1" | awk -v q="$2" -v type="${3:-rx}" '$1 == type && $2 == q { print $3 }'; }
# pool_of DEV QUEUE: the page pool of that NAPI.
pool_of() { netdev_get 'page_pool napi' page-pool-get "$1" | awk -v n="$(napi_of "$1" "$2")" '$2 == n { print $1 }'; }

# lost DEV [COUNTER|…]: what DEV has not received, and has counted; with these losses, too, for a test that causes them.
lost()
{
	ethtool -S "$1" | awk -v n="^q[0-9]+_rx_(missed|filtered|too_long|control|alloc_failed|reset${2:+|$2}):\$" \
		'$1 ~ n { s += $2 } END { print s + 0 }'
}
# balanced NAME FROM TO: what one has sent, the other has received, or lost and counted.
balanced()
{
	local sent
	settle "$2" tx_packets
	settle "$3" rx_packets
	sent=$(stat "$2" tx_packets)
	is "$1: all that $2 sent is accounted for at $3" $(($(stat "$3" rx_packets) + $(lost "$3"))) "${sent/#0/more than 0}"
	[ -z "${TEST_DEBUG:-}" ] || diag "$sent sent, $(lost "$3") lost, $(xstat "$3" 'q*_rx_reset') of them with a ring"
}

# ---- pktgen ----------------------------------------------------------------------------------------------------------------

pg() { echo "$2" >"/proc/net/pktgen/$1" || result 1 "pktgen takes for $1: $2"; }

# pg_device CPU DEV COUNT [SETTING…]: DEV sends COUNT packets to its partner, from that CPU.
pg_device()
{
	local cpu=$1 dev=$2 count=$3 n partner setting
	shift 3
	n=${dev#sn}
	partner=sn$((n ^ 1))
	[ -e /proc/net/pktgen ] || modprobe pktgen 2>/dev/null
	pg "kpktgend_$cpu" "add_device $dev"
	for setting in "count $count" 'clone_skb 100000' 'burst 32' 'pkt_size 60' 'delay 0' \
		"dst_mac $(mac "$partner")" "src_mac $(mac "$dev")" \
		'src_min 10.9.0.1' 'src_max 10.9.0.1' 'dst_min 10.9.8.1' 'dst_max 10.9.8.1' "$@"; do
		pg "$dev" "$setting"
	done
}
# pg_to_reader COUNT: 1000 packets a second from sn0, for who reads on port 9000. The wire makes 192.168.1.2 of the address.
pg_to_reader()
{
	pg_device 0 sn0 "$1" 'ratep 1000' 'burst 1' 'src_min 192.168.0.1' 'src_max 192.168.0.1' \
		'dst_min 192.168.0.2' 'dst_max 192.168.0.2' 'udp_src_min 9' 'udp_src_max 9' 'udp_dst_min 9000' 'udp_dst_max 9000'
}
pg_start() { timeout -s INT "${1:-90}" tee /proc/net/pktgen/pgctrl <<<start >/dev/null; }
# pg_stop [PID…]: end a pg_start that runs in the background, and wait for these, or for all that do.
pg_stop() { pkill -INT -f pgctrl; wait "$@"; pg_clear; }
pg_sent() { awk '/pkts-sofar:/ { print $2 }' "/proc/net/pktgen/$1"; }
pg_clear() { local f; for f in /proc/net/pktgen/kpktgend_*; do echo rem_device_all >"$f"; done; }

# ---- one program that answers many questions ---------------------------------------------------------------------------------

# talk COMMAND…: it answers each line by a line; ask LINE: what it answers; hush: it ends. To start each takes its time.
talk()
{
	mkfifo /tmp/asked /tmp/answered
	"$@" </tmp/asked >/tmp/answered &
	talking=$!
	exec 8>/tmp/asked 9</tmp/answered
}
ask() { local answer; echo "$*" >&8; read -r -t 60 answer <&9; echo "$answer"; }
hush() { exec 8>&- 9<&-; wait $talking; rm /tmp/asked /tmp/answered; }

# ---- tests/tools/sniff ---------------------------------------------------------------------------------------------------

# sniff_start [COMMAND…] ARGUMENTS: sniff in the background, as "ip netns exec NS sniff v1" may be; returns when it listens.
sniff_start()
{
	rm -f /tmp/sniffing /tmp/sniffed
	"$@" >/tmp/sniffed 2>/tmp/sniffing &
	sniffer=$!
	wait_for 30 grep -q sniffing /tmp/sniffing || diag "$* does not start: $(cat /tmp/sniffing)"
}
sniff_stop() { kill "$sniffer"; wait "$sniffer"; } # the summary is in /tmp/sniffed
sniff_wait() { wait "$sniffer"; }

# ---- packets that are dear ------------------------------------------------------------------------------------------------

# dear N: each packet that arrives is compared with N rules of a firewall, none of which is meant for it, so that whoever
# receives it cannot keep pace with pktgen. cheap ends that.
dear()
{
	modprobe nf_tables 2>/dev/null
	awk -v n="$1" 'BEGIN {
		print "table ip dear {\nchain c {\ntype filter hook prerouting priority 0;"
		while (n--) print "ip saddr 203.0.113." n % 250 " drop"
		print "}\n}" }' | nft -f - || diag 'nft: packets are as cheap as ever'
}
cheap() { nft delete table ip dear; }

# ---- tracepoints -----------------------------------------------------------------------------------------------------------

# trace_start EVENT…: of snull; a clock that counts events puts those of all CPUs in order. trace_stop FILE.
tracing=/sys/kernel/tracing
[ -e $tracing/trace ] || tracing=/sys/kernel/debug/tracing
trace_start()
{
	local event
	echo 0 >$tracing/tracing_on
	echo counter >$tracing/trace_clock
	echo 16384 >$tracing/buffer_size_kb
	: >$tracing/trace
	for event; do
		echo 1 >"$tracing/events/snull/snull_$event/enable" || result 1 "there is the tracepoint $event"
	done
	echo 1 >$tracing/tracing_on
}
trace_stop()
{
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/snull/enable
	grep -v '^#' $tracing/trace >"$1"
	: >$tracing/trace
	echo 1024 >$tracing/buffer_size_kb
}

# ---- the end ---------------------------------------------------------------------------------------------------------------

# end_tests: after unload_clean: the log, and the plan.
end_tests()
{
	no_report
	plan
}

sysctl -qw kernel.hung_task_timeout_secs=40 2>/dev/null
# Errors of the stack about what a test sends must not hide reports.
sysctl -qw net.core.message_cost=5 2>/dev/null
set -u
