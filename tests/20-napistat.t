#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20-napistat: it counts what /proc says, says so in three formats, and stands whatever happens meanwhile.
#
# Three CPUs, so that one can go offline between two others.
cpus=3
vm_limit=500
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
count=3200 # a multiple of pktgen's burst
quiet_links

# run ARGUMENTS…: napistat's $status, its standard output in $t/out, its standard error in $t/err.
run()
{
	napistat "$@" >"$t/out" 2>"$t/err"
	status=$?
}

# json ARGUMENTS…: the same, with the report in $t/json, and each of its numbers in $t/flat: softirqs.NET_RX.total 12.
json()
{
	rm -f "$t/json"
	run --json -o "$t/json" "$@"
	python3 - "$t/json" >"$t/flat" <<-'END'
		import json, sys

		def flat(name, value):
		    if isinstance(value, dict) and "cpus" in value:
		        known = list(value["cpus"].values())
		        total = round(sum(known), 6) if known else None
		        got = value["total"]
		        assert got == total or abs(got - total) < 1e-5, (name, value)
		    if isinstance(value, dict):
		        for key in value:
		            flat(f"{name}.{key}" if name else key, value[key])
		    elif isinstance(value, list):
		        for i, one in enumerate(value):
		            flat(f"{name}.{i}", one)
		    else:
		        print(name, json.dumps(value))

		flat("", json.loads(open(sys.argv[1]).readlines()[-1]))
	END
}
# counting: napistat is ready for signals, which it blocks (SIGINT is bit 1), and knows its interface.
counting() { awk '/^SigBlk:/ { mask = $2 } END { exit mask !~ /[2367abef]$/ }' "/proc/$(pgrep -x napistat)/status"; }
got() { awk -v n="$1" '$1 == n { sub(/^[^ ]* /, ""); print }' "$t/flat"; }

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
check 'json.tool reads it' python3 -m json.tool "$t/json"
is 'one line' "$(wc -l <"$t/json")" 1
is 'its members' "$(cut -d' ' -f1 "$t/flat" | cut -d. -f1 | uniq | paste -sd' ')" \
	"version interface seconds command status interrupts vectors softirqs softnet \
rx_packets rx_bytes tx_packets tx_bytes rx_missed rx_dropped interrupts_rx interrupts_tx polls ksoftirqd_seconds ratios"
is 'nothing received: no ratios' "$(grep -c '^ratios.* null$' "$t/flat")" 4
that 'seconds' "$(got seconds) > 0 && $(got seconds) < 5"
is 'no time of ksoftirqd is lost' "$(got ksoftirqd_seconds.total | grep -c '^[0-9.e-]*$')" 1
json -- sh -c 'echo "$1"' sh 'a "b\ é'
is 'the command, word by word' "$(got command.0) $(got command.4)" '"sh" "a \"b\\ \u00e9"'
is 'without -i: no interface' "$(got interface) $(got interrupts) $(got rx_packets) $(got polls)" 'null null null null'
that 'but the machine' "$(got softirqs.NET_RX.total) >= 0"
run -- true
like 'text says so as well' "$(cat "$t/err")" 'No interface was named'

run -i sn1 -- ping -q -n -c 5 -i 0.01 192.168.0.2
is 'the command’s output is its own' "$(grep -c ' 0% packet loss' "$t/out") $(grep -c softirqs "$t/out")" '1 0'
like 'the text: a vector, and a column for each CPU' "$(cat "$t/err")" \
	"total +a second +CPU0 +CPU1 +CPU2
interrupts $(vector sn1) sn1-TxRx-0 +[1-9]"
like 'the text: packets' "$(cat "$t/err")" 'packets received +5 +[0-9]'
like 'the text: a ratio' "$(cat "$t/err")" 'packets per poll +[0-9.]+'
run -i sn1 -t 0.2
like 'without a command, text goes to standard output' "$(cat "$t/out")" '^sn1: [0-9.]+ s
.*packets per poll +-'
is 'and nothing to standard error' "$(cat "$t/err")" ''

pg_device 0 sn0 $count
run -i sn1 --csv --live=0.1 -o "$t/csv" -- sh -c "$send; sleep 1"
names=$(head -n 1 "$t/csv")
json -i sn1 -- true
is 'CSV has JSON’s names, joined by underscores' "$names" "$(cut -d' ' -f1 "$t/flat" |
	grep -vE '^(version$|command|vectors)|\.cpus\.' | tr . _ | paste -sd,)"
that 'a row for each interval' "$(wc -l <"$t/csv") >= 5"
is 'as many fields in each' "$(awk -F, '{ print NF }' "$t/csv" | sort -u | wc -l)" 1
is 'the rows add up to what was sent' "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ n += $c["rx_packets"] + $c["rx_missed"] } END { print n }' "$t/csv")" $count
is 'the status is known in the last' "$(cut -d, -f3 "$t/csv" | tail -n 2 | paste -sd' ')" ' 0'
run --json --live=1 -t 4.5
that 'JSON: a line for each interval' "$(grep -c '^{"version":1.*}$' "$t/out") == 5"
pg_clear

# ---- the command's status, signals

run -- sh -c 'exit 7'; is 'status 7 passes' $status 7
run -- sh -c 'kill -TERM $$'; is 'killed by SIGTERM: 143' $status 143
run -- no-such-command; is 'not found: 127' "$status $(cat "$t/err")" \
	"127 napistat: cannot run 'no-such-command': No such file or directory"
run -- /etc/passwd; is 'not executable: 126' "$status $(cat "$t/err")" \
	"126 napistat: cannot run '/etc/passwd': Permission denied"
is 'its options are its own' "$(napistat -- echo -t --json 2>/dev/null)" '-t --json'
is 'it has standard input' "$(echo hello | napistat cat 2>/dev/null)" hello
for signal in INT TERM HUP; do
	env --default-signal=$signal napistat -o "$t/report" -- sleep 60 &
	wait_for 10 pgrep -P $! sleep
	kill -$signal $!
	wait $!
	is "SIG$signal goes to the command, and we report" "$? $(grep -c NET_RX "$t/report")" "$((128 + $(kill -l $signal))) 1"
done
python3 - "$t/report" >"$t/pty" <<-'END'
	import os, pty, sys, time
	pid, fd = pty.fork()
	if pid == 0:
	    os.execlp("napistat", "napistat", "-o", sys.argv[1], "--", "sh", "-c",
	              "trap 'echo once; exit 9' INT; echo ready; sleep 60 & wait")
	text = b""
	while b"ready" not in text:
	    text += os.read(fd, 100)
	os.write(fd, b"\x03")
	try:
	    while True:
	        text += os.read(fd, 100)
	except OSError:
	    pass
	print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text.count(b"once"))
END
is 'Ctrl-C comes to the command once, and we report' "$(cat "$t/pty") $(grep -c NET_RX "$t/report")" '9 1 1'
env --default-signal=INT napistat -i sn1 -t 60 >"$t/out" 2>&1 &
wait_for 20 counting
kill -INT $!
wait $!
is 'Ctrl-C ends a measurement without a command: 0, with a report' "$? $(grep -c '^packets' "$t/out")" '0 4'

# ---- what is refused

refused() # PATTERN ARGUMENTS…
{
	local pattern=$1
	shift
	run "$@"
	is "refused: $* ($pattern)" "$status $(head -n 1 "$t/err" | grep -cE "^napistat: .*$pattern")" '125 1'
}
refused "no interface 'sn9'" -i sn9 -t 1
refused "'0123456789abcdef' cannot be" -i 0123456789abcdef -t 1
refused "'' cannot be" -i '' -t 1
refused 'count for how long' -i sn1
refused 'exclude' -t 1 -- true
refused 'exclude' --json --csv -t 1
for seconds in 0 -1 abc nan inf 1s '' 1e9; do
	refused 'is no number of seconds' -t "$seconds"
done
refused 'is no number of seconds' --live=0 -- true
refused 'cannot write to /no/file' -o /no/file -- true
refused 'cannot write the report' -o /dev/full -- true
refused "unrecognized option '--potato'" --potato
refused "no interface 'sn9'" -i sn9 -- touch "$t/ran"
fails 'and the command does not run' test -e "$t/ran"
is '--version' "$(napistat --version | grep -cE '^napistat [0-9.]+$')" 1
is '--help' "$(napistat --help | grep -c -- '--interface NAME')" 1
is 'the manual is well-formed' "$(man --warnings -l /snull/labs/tools/napistat/napistat.1 2>&1 >/dev/null)" ''

# ---- what goes meanwhile

ping=(ping -q -n -c 5 -i 0.01 192.168.0.2)
json -i sn1 -- sh -c "${ping[*]} && ip link set sn1 down"
is 'down meanwhile: its vector is not known' "$status $(got interrupts) $(got rx_packets)" '0 null 5'
is 'the driver’s own count is' "$(got interrupts_rx)" 5
like 'and it says so' "$(cat "$t/err")" 'a CPU or a vector came or went'
ip link set sn1 up
ip addr replace 192.168.1.2/24 dev sn1
wait_for 10 carrier sn1

for last in true 'exit 3'; do
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
like 'it says so' "$(cat "$t/err")" 'a CPU or a vector came or went'
is 'the others are counted' "$(got vectors.0.cpus.0) $(got vectors.0.cpus.1) $(got softnet.processed.cpus.1)" '0  '
pg_device 0 sn0 $count
json -i sn1 -- sh -c "$send"
is 'while it is offline: no complaint' "$status $(cat "$t/err")" '0 '
is 'and the last CPU’s numbers are its own' "$(got vectors.0.cpus.2) $(got softnet.processed.cpus.2)" \
	"$(got interrupts) $(got softnet.processed.total)"
that 'which are some' "$(got interrupts) > 0 && $(got softnet.processed.total) > 0"
is 'packets are all there' "$(($(got rx_packets) + $(got rx_missed)))" $count
json -i sn1 -- sh -c "echo 1 >$cpu1"
is 'a CPU that comes: 0' "$status $(got vectors.0.cpus.1)" '0 '
like 'it says so' "$(cat "$t/err")" 'a CPU or a vector came or went'
json -i sn1 -- true
is 'and is counted again' "$status $(got vectors.0.cpus.1) $(cat "$t/err")" '0 0 '
pg_clear

unload_clean

# ---- other kernels and other drivers: files made up

export NAPISTAT_ROOT=$t/root
root=$t/root
ip link add eth1 type veth peer name eth10

# machine ONLINE SOFTNET: a machine with nothing on it. The rest is written by those who need it.
machine()
{
	rm -rf "$root" "$t/next"
	mkdir -p "$root/proc/net" "$root/proc/15" "$root/sys/devices/system/cpu" "$root/sys/class/net/eth1"
	echo "$1" >"$root/sys/devices/system/cpu/online"
	printf '                    CPU0       CPU1\n NET_TX: 0 0\n NET_RX: 10 20\n' >"$root/proc/softirqs"
	printf 'ksoftirqd/1\n' >"$root/proc/15/comm"
	printf '1500000000 0 5\n' >"$root/proc/15/schedstat"
	printf '%s\n' "$2" >"$root/proc/net/softnet_stat"
	printf '            CPU0       CPU1\n' >"$root/proc/interrupts"
	cp -r "$root" "$t/next"
}
# later: the second reading is of $t/next.
later() { json -i eth1 -- cp -rT "$t/next" "$root"; }
zeros() { printf ' 00000000%.0s' $(seq "$1"); }

machine 0-1 "fffffff0 00000000 ffffffff$(zeros 9) 00000000
00000001 00000000 00000000$(zeros 9) 00000001"
printf '            CPU0       CPU1\n 24: 4294967290 7 PCI-MSI 1-edge eth1\n' >"$root/proc/interrupts"
printf '            CPU0       CPU1\n 24: 4 9 PCI-MSI 1-edge eth1\n' >"$t/next/proc/interrupts"
mkdir -p {"$root","$t/next"}/sys/class/net/eth1/device
printf '                    CPU0       CPU1\n NET_TX: 0 0\n NET_RX: 4294967295 4294967295\n' >"$root/proc/softirqs"
printf '%s\n' "00000010 00000002 00000001$(zeros 9) 00000000" "00000001 00000000 00000000$(zeros 9) 00000001" \
	>"$t/next/proc/net/softnet_stat"
printf '4000000000 0 9\n' >"$t/next/proc/15/schedstat"
later
is 'interrupts wrap' "$(got interrupts) $(got vectors.0.cpus.0) $(got vectors.0.cpus.1)" '12 10 2'
is 'softirqs wrap' "$(got softirqs.NET_RX.cpus.0) $(got softirqs.NET_RX.cpus.1)" '11 21'
is 'softnet wraps' "$(got softnet.processed.cpus.0) $(got softnet.dropped.cpus.0) $(got softnet.time_squeeze.cpus.0)" '32 2 2'
is 'ksoftirqd, in nanoseconds' "$(got ksoftirqd_seconds.cpus.1) $(got ksoftirqd_seconds.total)" '2.5 2.5'

printf '            CPU0       CPU1\n 24: 500 7 PCI-MSI 1-edge eth1\n' >"$root/proc/interrupts"
later
is 'a vector set back to 0 has not wrapped' "$(got interrupts)" null
like 'and it says so' "$(cat "$t/err")" 'came or went'

softnet_format() # NAME ONLINE FIRST SECOND WANT: lines of softnet_stat before and after
{
	machine "$2" "$3"
	printf '%s\n' "$4" >"$t/next/proc/net/softnet_stat"
	later
	is "softnet_stat: $1" "$(grep '^softnet.processed.cpus' "$t/flat" | cut -d. -f4 | paste -sd,)" "$5"
}
softnet_format 'Linux 5.9, CPU 1 and 2 offline' 0,3 "00000001 0 0$(zeros 8)
00000001 0 0$(zeros 8)" "00000002 0 0$(zeros 8)
00000004 0 0$(zeros 8)" '0 1,3 3'
softnet_format 'Linux 5.10' 0,2 "00000001 0 0$(zeros 9) 00000000
00000001 0 0$(zeros 9) 00000002" "00000002 0 0$(zeros 9) 00000000
00000004 0 0$(zeros 9) 00000002" '0 1,2 3'
softnet_format 'Linux 6.12' 0,10 "00000001 0 0$(zeros 9) 00000000 0 0
00000001 0 0$(zeros 9) 0000000a 0 0" "00000002 0 0$(zeros 9) 00000000 0 0
00000004 0 0$(zeros 9) 0000000a 0 0" '0 1,10 3'
softnet_format 'more columns than today' 0-1 "00000001 0 0$(zeros 9) 00000000 0 0$(zeros 9)
00000001 0 0$(zeros 9) 00000001 0 0$(zeros 9)" "00000002 0 0$(zeros 9) 00000000 0 0$(zeros 9)
00000004 0 0$(zeros 9) 00000001 0 0$(zeros 9)" '0 1,1 3'

machine 0-1 "00000001 0 0$(zeros 9) 00000000"
rm {"$root","$t/next"}/proc/15/schedstat
echo '15 (ksoftirqd/1) S 2 0 0 0 -1 69238848 0 0 0 0 30 70 0 0 20 0' >"$root/proc/15/stat"
echo '15 (ksoftirqd/1) S 2 0 0 0 -1 69238848 0 0 0 0 40 85 0 0 20 0' >"$t/next/proc/15/stat"
later
is 'ksoftirqd, in ticks' "$(got ksoftirqd_seconds.cpus.1)" 0.25

# vectors WANT LINE…: which of these lines are eth1's. Each line is raised once more than the one before.
vectors()
{
	local want=$1 i=0 line
	shift
	printf '            CPU0       CPU1\n' | tee "$root/proc/interrupts" >"$t/next/proc/interrupts"
	for line; do
		i=$((i + 1))
		echo "${line%%:*}: 5 4294967295 ${line#*:}" >>"$root/proc/interrupts"
		echo "${line%%:*}: 5 $((i - 1)) ${line#*:}" >>"$t/next/proc/interrupts"
	done
	for line in ' NMI: 1 2 Non-maskable interrupts' ' ERR: 0'; do
		echo "$line" | tee -a "$root/proc/interrupts" >>"$t/next/proc/interrupts"
	done
	later
	is "vectors: $want" "$(grep -E '^vectors\..*(name|total) ' "$t/flat" | cut -d' ' -f2- | tr -d '"' | paste -sd' ')" "$want"
}
machine 0-1 "00000001 0 0$(zeros 9) 00000000"
names=(24:'PCI-MSIX-0000:00:03.0 0-edge virtio2-config' 25:'PCI-MSIX-0000:00:03.0 1-edge virtio2-input.0'
	26:'PCI-MSIX-0000:00:03.0 2-edge virtio20-input.0' 27:'PCI-MSI 512-edge eth1' 28:'PCI-MSI 513-edge eth1-rx-0'
	29:'PCI-MSI 513-edge eth10-rx-0' 30:'IR-PCI-MSI 5-edge i40e-eth1-TxRx-7' 31:'IO-APIC 11-fasteoi ehci_hcd:usb1, eth1'
	32:'GICv3 150 Level 30be0000.ethernet' 33:'snull -level eth1-TxRx-0' 34:'PCI-MSI 9-edge xeth1')
vectors '' "${names[@]}"
mkdir -p {"$root","$t/next"}/sys/devices/{pci/virtio2,platform/30be0000.ethernet}
device() { ln -sfn "../../../devices/$1" "$root/sys/class/net/eth1/device"; rm -rf "$t/next/sys"; cp -a "$root/sys" "$t/next"; }
device platform/30be0000.ethernet
vectors 'eth1 4 eth1-rx-0 5 i40e-eth1-TxRx-7 7 ehci_hcd:usb1, eth1 8 30be0000.ethernet 9 eth1-TxRx-0 10' "${names[@]}"
device pci/virtio2
vectors 'virtio2-config 1 virtio2-input.0 2' "${names[@]::3}"
mkdir -p "$root/sys/devices/pci/msi_irqs"
touch "$root/sys/devices/pci/msi_irqs/"{25,26}
device pci/virtio2
vectors 'virtio2-input.0 2 virtio20-input.0 3' "${names[@]}"
mkdir -p "$root/sys/devices/pci/virtio2/msi_irqs"
touch "$root/sys/devices/pci/virtio2/msi_irqs/30"
device pci/virtio2
vectors 'i40e-eth1-TxRx-7 7' "${names[@]}"

rm "$root/proc/softirqs"
run -t 0.1
is 'no /proc: it says so' "$status $(cat "$t/err")" '125 napistat: cannot read /proc/softirqs: No such file or directory'
unset NAPISTAT_ROOT
ip link del eth1
rm -rf "$t"
end_tests
