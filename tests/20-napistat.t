#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20-napistat: it counts what /proc says, and stands whatever happens meanwhile. (Its options, and what /proc says on other
# machines, are 20-napistat-host's, which needs none.)
#
# Three CPUs, so that one can go offline between two others.
cpus=3
vm_limit=500
. "$(dirname "$0")/lib.sh"
# shellcheck source=napistat.sh
. "$(dirname "$0")/napistat.sh"
[ "$(nproc)" = 3 ] || skip_all 'this kernel has room for two CPUs only'

t=$(mktemp -d)
count=3200 # a multiple of pktgen's burst
quiet_links

# ---- what it counts, beside what /proc says

# by_hand: every number there is, in napistat's names.
by_hand()
{
	local cpu name
	for cpu in 0 1 2; do
		echo "vectors.0.cpus.$cpu $(irqs sn1 0 $cpu)"
		echo "softirqs.NET_RX.cpus.$cpu $(awk -v c=$cpu '$1 == "NET_RX:" { print $(c + 2) }' /proc/softirqs)"
		read -ra name < <(sed -n $((cpu + 1))p /proc/net/softnet_stat)
		echo "softnet.processed.cpus.$cpu $((16#${name[0]}))"
		echo "softnet.dropped.cpus.$cpu $((16#${name[1]}))"
		echo "softnet.time_squeeze.cpus.$cpu $((16#${name[2]}))"
	done
	for name in packets bytes; do
		echo "rx_$name $(stat sn1 rx_$name)"
		echo "tx_$name $(stat sn1 tx_$name)"
	done
	echo "rx_missed $(stat sn1 rx_missed_errors)"
	echo "rx_dropped $(stat sn1 rx_dropped)"
	echo "interrupts_rx $(xstat sn1 q*_interrupts_rx)"
	echo "interrupts_tx $(xstat sn1 q*_interrupts_tx)"
	echo "polls $(xstat sn1 q*_polls)"
}

send='echo start >/proc/net/pktgen/pgctrl; sleep 0.5'
for path in $(some 1 1 0 2); do
	start use_napi="$path" pool_size=256
	echo 2 >"/proc/irq/$(vector sn1)/smp_affinity_list"
	pg_device 0 sn0 $count
	settle sn1 rx_packets
	by_hand >"$t/before"
	before=$(softirqs NET_TX)
	json -i sn1 -- sh -c "$send"
	after=$(softirqs NET_TX)
	by_hand >"$t/after"
	is "path $path: the command's status" $status 0
	paste -d' ' "$t/before" "$t/after" | awk '{ print $1, $4 - $2 }' >"$t/want"
	while read -r name _; do echo "$name $(got "$name")"; done <"$t/want" >"$t/got"
	check "path $path: all numbers are those in /proc, on each CPU" diff "$t/want" "$t/got"
	# Linux 5.10 has some for the files that this test reads.
	that "path $path: no more NET_TX softirqs than there were" \
		"$(got softirqs.NET_TX.total) >= 0 && $(got softirqs.NET_TX.total) <= $after - $before"
	is "path $path: no packet is missing" "$(($(got rx_packets) + $(got rx_missed)))" $count
	is "path $path: the vector, and its name" "$(got vectors.0.irq) $(got vectors.0.name)" "$(vector sn1) \"sn1-TxRx-0\""
	is "path $path: all vectors" "$(got interrupts)" "$(got vectors.0.total)"
	that "path $path: interrupts per packet" \
		"($(got ratios.interrupts_per_packet) - $(got interrupts) / $(got rx_packets)) ^ 2 < 1e-12"
	that "path $path: packets per softirq" \
		"($(got ratios.packets_per_softirq) / ($(got rx_packets) / $(got softirqs.NET_RX.total)) - 1) ^ 2 < 1e-12"
	if [ "$path" = 0 ]; then
		is "path $path: rx interrupts per packet, 1" "$(got ratios.rx_interrupts_per_packet)" 1.0
		is "path $path: no polls, no ratio of them" "$(got polls) $(got ratios.packets_per_poll)" '0 null'
	else
		that "path $path: packets per poll" \
			"($(got ratios.packets_per_poll) / ($(got rx_packets) / $(got polls)) - 1) ^ 2 < 1e-12"
	fi
	pg_clear
	unload_clean "path $path: unloaded"
done

start use_napi=1 queues=2
pg_device 0 sn0 $count 'clone_skb 0' 'burst 1' 'queue_map_min 0' 'queue_map_max 1'
settle sn1 rx_packets
before="$(irqs sn1 0) $(irqs sn1 1)" polls=$(xstat sn1 q*_polls)
json -i sn1 -- sh -c "$send"
is 'two queues: two vectors' "$(got vectors.0.total) $(got vectors.1.total)" \
	"$(($(irqs sn1 0) - ${before% *})) $(($(irqs sn1 1) - ${before#* }))"
is 'two queues: and their sum' "$(got interrupts)" $(($(got vectors.0.total) + $(got vectors.1.total)))
is 'two queues: the polls of both' "$(got polls)" $(($(xstat sn1 q*_polls) - polls))
pg_clear
unload_clean

# ---- the formats

start use_napi=1
json -i sn1 -- true
is 'its members' "$(cut -d' ' -f1 "$t/flat" | cut -d. -f1 | uniq | paste -sd' ')" \
	"version interface seconds command status interrupts vectors softirqs softnet \
rx_packets rx_bytes tx_packets tx_bytes rx_missed rx_dropped interrupts_rx interrupts_tx polls ksoftirqd_seconds ratios drops uncounted"
is 'no time of ksoftirqd is lost' "$(got ksoftirqd_seconds.total | grep -cE '^[0-9.e-]+$')" 1
names=$(cut -d' ' -f1 "$t/flat")

run -i sn1 -- ping -q -n -c 5 -i 0.01 192.168.0.2
is 'the command’s output is its own' "$(grep -c ' 0% packet loss' "$t/out") $(grep -c softirqs "$t/out")" '1 0'
like 'the text: a vector, and a column for each CPU' "$(cat "$t/err")" \
	"total +a second +CPU0 +CPU1 +CPU2
interrupts $(vector sn1) sn1-TxRx-0 +[1-9]"
like 'the text: packets' "$(cat "$t/err")" 'packets received +5 +[0-9]'
like 'the text: a ratio' "$(cat "$t/err")" 'packets per poll +[0-9.]+'

pg_device 0 sn0 $count
run -i sn1 --csv --live=0.1 -o "$t/csv" -- sh -c "$send; sleep 1"
is 'CSV has JSON’s names, joined by underscores' "$(head -n 1 "$t/csv")" "$(echo "$names" |
	grep -vE '^(version$|command|vectors|drops)|\.cpus\.' | tr . _ | paste -sd,)"
that 'a row for each interval' "$(wc -l <"$t/csv") >= 5"
is 'as many fields in each' "$(awk -F, '{ print NF }' "$t/csv" | sort -u | wc -l)" 1
is 'the rows add up to what was sent' "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ n += $c["rx_packets"] + $c["rx_missed"] } END { print n }' "$t/csv")" $count
is 'the status is known in the last' "$(cut -d, -f3 "$t/csv" | tail -n 2 | paste -sd' ')" ' 0'
pg_clear

# ---- where packets die, beside the tracepoint

# nobody N: so many packets for a port that nobody has. Another CPU may still be at the last one: it has to die before we are done.
nobody() { for ((i = 0; i < $1; i++)); do echo hello >/dev/udp/192.168.0.2/9; done; sleep 0.2; }
export -f nobody
# traced: what the tracepoint says of the reasons, counted by hand: "NO_SOCKET 5".
traced() { grep -o 'kfree_skb: .*' $tracing/trace | sed 's/.* reason: //; s/ .*//' | sort | uniq -c | awk '{ print $2, $1 }'; }
if grep -q ' reason;' $tracing/events/skb/kfree_skb/format; then
	: >$tracing/trace
	echo 1 >$tracing/events/skb/kfree_skb/enable
	json -d -i sn1 -- bash -c 'nobody 5'
	echo 0 >$tracing/events/skb/kfree_skb/enable
	is 'drops by reason: no complaint' "$status $(cat "$t/err")" '0 '
	is 'drops by reason: nobody has that port' "$(got drops.NO_SOCKET)" 5
	sed -n 's/^drops\.//p' "$t/flat" | sort >"$t/got"
	traced >"$t/want"
	check 'drops by reason: they are those of the tracepoint' diff "$t/want" "$t/got"
	is 'drops by reason: nothing stays' "$(ls $tracing/instances)" ''
	run -d -- bash -c 'nobody 3'
	like 'drops by reason: in text, of the whole machine' "$(cat "$t/err")" 'kfree_skb NO_SOCKET +3 '
	env --default-signal=PIPE napistat -d --csv --live=0.1 -t 60 | head -n 1 >"$t/out"
	is 'drops by reason: nothing stays when nobody reads on' "${PIPESTATUS[0]} $(ls $tracing/instances)" '141 '
	# What came before has been counted, and is not told again.
	run -d --json --live=0.5 -o "$t/live" -- bash -c 'nobody 2; sleep 1.2; nobody 2; sleep 0.6'
	is 'drops by reason: each report has its own' "$(grep -o '"NO_SOCKET":[0-9]*' "$t/live" | paste -sd' ')" '"NO_SOCKET":2 "NO_SOCKET":2'
	setpriv --reuid=65534 --clear-groups "$(command -v napistat)" -d -t 0.1 >"$t/out" 2>"$t/err"
	is 'drops by reason: not for everyone, and the rest is counted' "$? $(grep -c '^kfree_skb  *not counted$' "$t/out")" '0 1'
	like 'and it says so' "$(cat "$t/err")" '^napistat: no reasons for drops: .*be root'
else
	json -d -i sn1 -- bash -c 'nobody 1'
	is 'drops by reason: an old kernel gives none' "$status $(got drops)" '0 null'
	like 'and it says so' "$(cat "$t/err")" '^napistat: no reasons for drops: .*5\.17'
fi

# ---- another name: the vector keeps its own. (Before Linux 6.2 an interface that is up cannot be renamed.)

ping=(ping -q -n -c 5 -i 0.01 192.168.0.2)
if kernel_since 6.2; then
	json -i sn1 -- sh -c "ip link set sn1 name renamed && ${ping[*]}"
	is 'renamed meanwhile: its vector is still counted' "$status $(got vectors.0.name) $(cat "$t/err")" '0 "sn1-TxRx-0" '
	that 'with what came afterwards' "$(got interrupts) >= 5 && $(got rx_packets) == 5"
	json -i renamed -- "${ping[@]}"
	if kernel_since 6.8; then
		is 'renamed before: the kernel knows its vector' "$(got vectors.0.name)" '"sn1-TxRx-0"'
		that 'which is counted' "$(got interrupts) >= 5"
	else
		is 'renamed before: older kernels do not know its vector' "$status $(got interrupts) $(got rx_packets)" '0 null 5'
	fi
	ip link set renamed name sn1
fi

# ---- what goes meanwhile

json -i sn1 -- sh -c "${ping[*]} && ip link set sn1 down"
is 'down meanwhile: its vector is not known' "$status $(got interrupts) $(got rx_packets)" '0 null 5'
is 'the driver’s own count is' "$(got interrupts_rx)" 5
like 'and it says so' "$(cat "$t/err")" 'a CPU, vector or counter came, went'
ip link set sn1 up
ip addr replace 192.168.1.2/24 dev sn1
wait_for 10 carrier sn1

for last in true ${full:+'exit 3'}; do
	json -i sn1 -- sh -c "${ping[*]} && rmmod snull; $last"
	[ "$last" = true ] && want=125 || want=3
	is "vanished ($last): the status" "$status $(got status)" "$want ${want/125/0}"
	like "vanished ($last): it says so" "$(cat "$t/err")" "napistat: interface 'sn1' has vanished"
	is "vanished ($last): packets until then, interrupts unknown" \
		"$(got rx_packets) $(got rx_bytes) $(got interrupts) $(got polls)" '5 490 null null'
	start use_napi=1
done
(wait_for 20 counting; rmmod snull) &
json -i sn1 -t 60
is 'vanished, without a command: it ends at once' "$status $(got status)" '125 0'
that 'with the time until then' "$(got seconds) < 30"
wait
start use_napi=1
json -i sn1 -- sh -c "rmmod snull; insmod $SNULL_KO; true"
is 'another one of the same name is not the same' "$status $(got interrupts)" '125 null'
like 'and it says so' "$(cat "$t/err")" 'has vanished'
unload
start use_napi=1
ip netns add elsewhere
json -i sn1 -- ip link set sn1 netns elsewhere
is 'into another network namespace: it has gone' "$status" 125

# ---- in a network namespace; an interface without vectors

json_in() { run_in=elsewhere; napistat() { ip netns exec $run_in /snull-build/labs/tools/out/napistat "$@"; }; json "$@"; unset -f napistat; }
ip -n elsewhere link set sn1 up
json_in -i sn1 -- true
is 'it works in a network namespace' "$status $(got interrupts) $(got vectors.0.name)" '0 0 "sn1-TxRx-0"'
ip -n elsewhere link set sn1 netns 1
ip link set sn1 up
ip link add veth0 type veth peer name sn1 netns elsewhere
json_in -i sn1 -- true
is 'veth has no vectors, whatever its name' "$status $(got interrupts) $(got polls)" '0 null null'
run -i veth0 -- true
like 'and text says so' "$(cat "$t/err")" 'interrupts +none found'
like 'and of polls' "$(cat "$t/err")" 'polls +not counted'
ip netns del elsewhere
wait_for 10 eval '! ip link show veth0'

# ---- CPUs that come and go

up
echo 2 >"/proc/irq/$(vector sn1)/smp_affinity_list"
cpu1=/sys/devices/system/cpu/cpu1/online
json -i sn1 -- sh -c "echo 0 >$cpu1"
is 'a CPU that goes: 0' $status 0
like 'it says so' "$(cat "$t/err")" 'a CPU, vector or counter came, went'
is 'the others are counted' "$(got vectors.0.cpus.0) $(got vectors.0.cpus.1) $(got softnet.processed.cpus.1)" '0  '
is 'which JSON says are not all' "$(got uncounted) $(got ratios.interrupts_per_packet)" 'true null'
pg_device 0 sn0 $count
json -i sn1 -- sh -c "$send"
is 'while it is offline: no complaint' "$status $(got uncounted) $(cat "$t/err")" '0 false '
is 'and the last CPU’s numbers are its own' "$(got vectors.0.cpus.2) $(got softnet.processed.cpus.2)" \
	"$(got interrupts) $(got softnet.processed.total)"
that 'which are some' "$(got interrupts) > 0 && $(got softnet.processed.total) > 0"
is 'packets are all there' "$(($(got rx_packets) + $(got rx_missed)))" $count
json -i sn1 -- sh -c "echo 1 >$cpu1"
is 'a CPU that comes: 0' "$status $(got vectors.0.cpus.1)" '0 '
like 'it says so' "$(cat "$t/err")" 'a CPU, vector or counter came, went'
json -i sn1 -- true
is 'and is counted again' "$status $(got vectors.0.cpus.1) $(cat "$t/err")" '0 0 '
pg_clear

unload_clean

rm -rf "$t"
end_tests
