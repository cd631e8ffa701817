#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 15-queues: the number of queues at run time, and what follows from it: vectors, NAPI instances, senders' choice (XPS);
# RSS, which flow goes to which queue; and the statistics of each.
vm_limit=800
. "$(dirname "$0")/lib.sh"

quiet_links

channels() { ethtool -l "$1" | awk '/^Current/ { on = 1 } on && /^Combined:/ { print $2 }'; }
most() { ethtool -l "$1" | awk '/^Current/ { exit } /^Combined:/ { print $2 }'; }
names() { awk -v n="^$1-TxRx-[0-9]+$" '$NF ~ n { printf "%s%s", sep, $NF; sep = " " }' /proc/interrupts; }
# The table's entries; which queues are in it; the key; what of a kind of packet is hashed.
table() { ethtool -x "$1" | awk '/^ *[0-9]+: / { for (i = 2; i <= NF; i++) printf "%s ", $i }'; }
tabled() { table "$1" | tr ' ' '\n' | sed '/^$/d' | sort -un | paste -sd' '; }
key() { ethtool -x "$1" | awk 'on { print $1; exit } /^RSS hash key/ { on = 1 }'; }
hashed() { ethtool -n "$1" rx-flow-hash "$2" 2>&1 | sed '1d;/^$/d' | cut -d' ' -f1-4 | paste -sd,; }
state() { ethtool -l "$1"; ethtool -x "$1"; ethtool -n "$1" rx-flow-hash udp4; names "$1"; } 2>&1

per_queue() { xstat "$1" "q?_$2"; } # DEV COUNTER: of each queue
# Number by number, by the shell itself: each program that need not be started saves time.
# shellcheck disable=SC2206 # words
minus() { local a=($1) b=($2) i; for i in "${!a[@]}"; do a[i]=$((a[i] - ${b[i]:-0})); done; echo "${a[*]}"; }
# shellcheck disable=SC2206
plus() { local a=($1) b=($2) i; for i in "${!a[@]}"; do a[i]=$((a[i] + ${b[i]:-0})); done; echo "${a[*]}"; }
total() { local n s=0; for n in $1; do s=$((s + n)); done; echo $s; }
# How many have none, and how many are not a multiple of N.
empty() { local n s=0; for n in $1; do [ "$n" != 0 ] || s=$((s + 1)); done; echo $s; }
odd() { local n s=0; for n in $1; do s=$((s + (n % $2 > 0))); done; echo $s; }

steered() { plus "$(per_queue sn1 rx_packets)" "$(per_queue sn1 rx_missed)"; }
# send COUNT SETTING…: sets got, the packets that each queue of sn1 was given.
send()
{
	local count=$1 before
	shift
	before=$(steered)
	pg_device 0 sn0 "$count" 'clone_skb 0' 'burst 1' 'queue_map_min 0' 'queue_map_max 0' "$@"
	pg_start
	settle sn1 rx_packets
	got=$(minus "$(steered)" "$before")
	pg_clear
}
flows64=('udp_src_min 1000' 'udp_src_max 1064')
# Microsoft's first test vector, as sn1 sees it, behind the wire trick: its hash is 51ccc178, without ports 323e8fc2.
known=('src_min 66.9.148.187' 'src_max 66.9.148.187' 'dst_min 161.142.101.80' 'dst_max 161.142.101.80'
	'udp_src_min 2794' 'udp_src_max 2794' 'udp_dst_min 1766' 'udp_dst_max 1766')

# refused NAME PATTERN COMMAND…: it fails, its complaint is like PATTERN, and sn1 is as it was when $before was taken.
refused()
{
	local name=$1 pattern=$2 out status
	shift 2
	out=$("$@" 2>&1)
	status=$?
	# ethtool -N of Debian 12 and earlier ends with 0, whatever the kernel says.
	[ "$2" != -N ] || status=1
	like "$name: refused" "$((status > 0)) $out" "^1 .*($pattern)"
	is "$name: nothing has changed" "$(state sn1)" "$before"
}

# ---- the number of queues

each=$((full ? 20 : 5)) # packets of a flow
start use_napi=1 queues=4
is '-l: the most' "$(most sn1)" 4
is '-l: all are in use' "$(channels sn1)" 4
is 'a vector each' "$(names sn1)" 'sn1-TxRx-0 sn1-TxRx-1 sn1-TxRx-2 sn1-TxRx-3'
for n in $(some 1 3 1 2) 4; do
	check "-L $n" ethtool -L sn1 combined $n
	is "-L $n: -l says so" "$(channels sn1)" $n
	is "-L $n: and so many vectors are there" "$(names sn1 | wc -w)" $n
	is "-L $n: and queues" "$(find /sys/class/net/sn1/queues/ -name 'rx-*' | wc -l) $(find /sys/class/net/sn1/queues/ -name 'tx-*' | wc -l)" "$n $n"
	check "-L $n: packets pass" reply 192.168.0.2
	send $((64 * each)) "${flows64[@]}"
	is "-L $n: 64 flows use every queue" "$(empty "$got")" $((4 - n)) || diag "$got"
	is "-L $n: a flow stays in its queue" "$(odd "$got" $each)" 0 || diag "$got"
	is "-L $n: and all have come" "$(total "$got")" $((64 * each))
	send 100
	is "-L $n: one flow uses one" "$(empty "$got") $(total "$got")" '3 100' || diag "$got"
done
ip link set sn1 down
check '-L while down' ethtool -L sn1 combined 3
is '-l while down' "$(channels sn1)" 3
up
is 'kept at the next up' "$(channels sn1) $(names sn1 | wc -w)" '3 3'
check 'and packets pass' reply 192.168.0.2
is 'the table has followed' "$(tabled sn1)" '0 1 2'
ethtool -G sn1 rx 256 tx 128
is '-G leaves the queues alone' "$(channels sn1)" 3
ethtool -L sn1 combined 4
is '-L leaves the rings alone' "$(ethtool -g sn1 2>/dev/null | awk '/^Current/ { on = 1 } on && /^[RT]X:/ { print $2 }' | paste -sd' ')" '256 128'

# XPS: each queue at its vector's CPU, unless somebody has said otherwise.
ethtool -L sn1 combined 2
mask() { cat "/sys/class/net/sn1/queues/tx-$1/xps_cpus"; }
old=$(mask 1)
echo 3 >/sys/class/net/sn1/queues/tx-0/xps_cpus
is 'XPS: of a queue, a user sets it' "$(mask 0) $(mask 1)" "3 $old"
ethtool -L sn1 combined 4
is 'XPS: -L leaves it alone' "$(mask 0) $(mask 1)" "3 $old"
that 'XPS: and sets that of the new ones' "$((0x$(mask 2))) > 0 && $((0x$(mask 3))) > 0"

for path in $(some 1 1 2 0); do
	[ "$path" = 1 ] || start use_napi="$path" queues=4
	: >/tmp/flow
	check "path $path: -L and -G at both ends while traffic runs" eval '
		for n in 1 4 $(some 0 2 3 1 4); do
			ethtool -L sn0 combined $n && ethtool -L sn1 combined $((5 - n)) || exit
			ethtool -G sn1 rx $((64 * n)) tx $((64 * n)) || exit
			nap 0.2
		done & pid=$!
		while kill -0 $pid 2>/dev/null; do
			timeout 60 flow udp -n 1000 -f 4 192.168.0.1 192.168.0.2 192.168.1.2 >>/tmp/flow
		done
		wait $pid'
	that "path $path: and packets pass meanwhile" "$(awk -F'[ =]' '{ s += $4 } END { print s + 0 }' /tmp/flow) > 500"
	is "path $path: none twice or damaged" "$(grep -vc 'duplicated=0 corrupted=0' /tmp/flow)" 0
	diag "$(cat /tmp/flow)"
	check "path $path: and it goes on" reply 192.168.0.2
	unload_clean "path $path: the module unloads, and leaves nothing"
done

# ---- RSS: table, key, and what is hashed

start use_napi=1 queues=4
reply 192.168.0.2 >/dev/null
is 'the key is Microsoft’s' "$(key sn1)" \
	6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
# Eight for each queue, where the kernel can resize what it keeps of tables.
entries=128
! kernel_since 7.3 || entries=32
is 'the table has all queues in turn' "$(table sn1)" "$(for ((i = 0; i < entries; i++)); do printf '%d ' $((i % 4)); done)"

# seen: "hash l4_hash queue_mapping" of the packets that the stack has got.
hashes()
{
	echo 1 >$tracing/events/net/napi_gro_receive_entry/enable
	echo 1 >$tracing/tracing_on
	: >$tracing/trace
	send 3 "${known[@]}"
	echo 0 >$tracing/events/net/napi_gro_receive_entry/enable
	seen=$(sed -n 's/.*dev=sn1 .*queue_mapping=\([0-9]*\) .*hash=\(0x[0-9a-f]*\) l4_hash=\([01]\).*/\2 \3 \1/p' $tracing/trace | sort -u)
}
# Its hash ends in 0x78; a recorded receive queue is the queue's number and one.
entry=$((0x78 % entries))
check "-X: only entry $entry names queue 2" ethtool -X sn1 weight $entry 0 1 $((entries - 1 - entry))
is '-x: says so' "$(table sn1 | cut -d' ' -f$entry-$((entry + 2)))" '0 2 3'
hashes
is 'the entry steers' "$got" '0 0 3 0'
is 'and skb->hash is the published one, of ports, too' "$seen" '0x51ccc178 1 3'
check '-K rxhash off' ethtool -K sn1 rxhash off
hashes
is 'the stack is not told the hash' "${seen% *}" '0x00000000 0'
is 'but it steers' "$got" '0 0 3 0'
ethtool -K sn1 rxhash on

like '-n: addresses and ports' "$(hashed sn1 udp4)" 'IP SA,IP DA,L4 bytes 0 &.*,L4 bytes 2 &'
check '-N: udp4 by addresses alone' ethtool -N sn1 rx-flow-hash udp4 sd
is '-n: says so' "$(hashed sn1 udp4)" 'IP SA,IP DA'
like '-n: of tcp4 nothing has changed' "$(hashed sn1 tcp4)" 'IP SA,IP DA,L4 bytes 0 &.*,L4 bytes 2 &'
hashes
is 'skb->hash is the published one without ports' "${seen% *}" '0x323e8fc2 0'
ethtool -X sn1 default
send 640 "${flows64[@]}"
is 'flows that differ in ports are one flow now' "$(empty "$got")" 3
check '-N: udp4 by destination port' ethtool -N sn1 rx-flow-hash udp4 n
send 640 "${flows64[@]}"
is 'source ports do not count' "$(empty "$got")" 3
check '-N: udp4 by source port' ethtool -N sn1 rx-flow-hash udp4 f
send 640 "${flows64[@]}"
is 'source ports count' "$(empty "$got")" 0
check '-N: udp4 by all again' ethtool -N sn1 rx-flow-hash udp4 sdfn
hkey=$(key sn1 | sed 's/^6d/00/')
check '-X: another key' ethtool -X sn1 hkey "$hkey"
is '-x: says so' "$(key sn1)" "$hkey"
hashes
fails 'and the hash is another' eval '[ -z "$seen" ] || [ "${seen%% *}" = 0x51ccc178 ]'
ethtool -X sn1 hkey "$(sed 's/^00/6d/' <<<"$hkey")"

check '-X: two queues of four' ethtool -X sn1 equal 2
send 640 "${flows64[@]}"
is 'so only two have packets' "$(awk '{ print ($1 > 0) ($2 > 0) ($3 > 0) ($4 > 0) }' <<<"$got")" 1100
check '-L 3: the table that somebody has set fits' ethtool -L sn1 combined 3
is 'and stays' "$(tabled sn1)" '0 1'
before=$(state sn1)
refused '-L 1 with a table that names queue 1' 'indirection table|Invalid argument' ethtool -L sn1 combined 1
check 'packets pass' reply 192.168.0.2
ip link set sn1 down
before=$(state sn1)
refused 'so it is while down' 'indirection table|Invalid argument' ethtool -L sn1 combined 1
up
is 'a table stays over down and up' "$(tabled sn1)" '0 1'
check '-X default' ethtool -X sn1 default
is 'every queue again' "$(tabled sn1)" '0 1 2'
check 'and -L 1 is allowed' ethtool -L sn1 combined 1
is 'with a table of one queue' "$(tabled sn1)" 0
check '-L 3' ethtool -L sn1 combined 3
is 'it follows' "$(tabled sn1)" '0 1 2'
if kernel_since 7.3; then
	for n in 1 2 4; do
		ethtool -L sn1 combined $n
		is "-L $n: the table has eight entries for each" "$(table sn1 | wc -w)" $((n * 8))
	done
	ethtool -X sn1 weight 3 5 0 0
	before=$(state sn1)
	refused '-L 2: a table that somebody has set is not cut' 'Invalid argument' ethtool -L sn1 combined 2
	is 'and stays whole' "$(table sn1 | wc -w)" 32
	ethtool -X sn1 default
	check '-L 3' ethtool -L sn1 combined 3
fi

# ---- refusals

before=$(state sn1)
refused '-L more than there are' 'maximum|Invalid argument' ethtool -L sn1 combined 5
refused '-L none' 'no RX or TX channel|Invalid argument' ethtool -L sn1 combined 0
refused '-L rx and tx apart' 'maximum|Invalid argument|bad command' ethtool -L sn1 rx 2 tx 2
refused '-L other' 'maximum|Invalid argument' ethtool -L sn1 other 1
refused '-X weight for a queue that is not in use' 'Invalid argument|too many|weight' ethtool -X sn1 weight 1 1 1 1
refused '-X equal over more than there are' 'Invalid argument' ethtool -X sn1 equal 4
refused '-X no weight at all' 'weight|Invalid argument' ethtool -X sn1 weight 0 0 0
refused '-X a key too short' '[Kk]ey' ethtool -X sn1 hkey 01:02:03
refused '-X a key too long' '[Kk]ey' ethtool -X sn1 hkey "$(key sn1):00"
refused '-X another function' 'not supported|Invalid argument' ethtool -X sn1 hfunc xor
refused '-N what the NIC cannot hash' 'Invalid argument|not supported' ethtool -N sn1 rx-flow-hash udp4 sdv
refused '-N of what has no choice' 'Invalid argument|not supported' ethtool -N sn1 rx-flow-hash esp4 sd
check 'after all of them packets pass' reply 192.168.0.2

# ---- vectors keep their affinity

ethtool -L sn1 combined 4
homes=$(for q in 0 1 2 3; do cat "/proc/irq/$(vector sn1 $q)/effective_affinity_list"; done | paste -sd' ')
is 'vectors are spread over the CPUs' "$(tr ' ' '\n' <<<"$homes" | sort | uniq -c | awk '{ print $1 }' | paste -sd' ')" '2 2'
declare -a irq
for q in 0 1 2 3; do irq[q]=$(vector sn1 $q); done
# Each to the other CPU.
read -r -a home <<<"$homes"
for q in 0 1 2 3; do echo $((1 - home[q])) >"/proc/irq/${irq[q]}/smp_affinity_list"; done
moved=$(for q in 0 1 2 3; do echo $((1 - home[q])); done | paste -sd' ')
places() { local q; for q in 0 1 2 3; do echo "$(<"/proc/irq/$(vector sn1 $q)/effective_affinity_list")"; done | paste -sd' '; }
for change in 'ip link set sn1 down; up' 'ethtool -L sn1 combined 1; ethtool -L sn1 combined 4' \
	${full:+'ethtool -G sn1 rx 512 tx 512' 'ip link set sn1 mtu 9000; ip link set sn1 mtu 1500'}; do
	eval "$change"
	is "affinity stays over: $change" "$(places)" "$moved"
	is "interrupt numbers, too" "$(for q in 0 1 2 3; do vector sn1 $q; done | paste -sd' ')" "${irq[*]}"
done
declare -a there here
for q in 0 1 2 3; do there[q]=$(irqs sn1 $q $((1 - home[q]))) here[q]=$(irqs sn1 $q "${home[q]}"); done
send 640 "${flows64[@]}"
for q in 0 1 2 3; do
	that "queue $q: its interrupts are handled there" "$(irqs sn1 $q $((1 - home[q]))) > ${there[q]}"
	is "queue $q: and nowhere else" "$(irqs sn1 $q "${home[q]}")" "${here[q]}"
done

# ---- XPS: who sends on which queue

xps() { local q; for q in "/sys/class/net/$1/queues"/tx-*/xps_cpus; do printf '%d ' $((0x$(cat "$q"))); done; }
like 'xps_cpus: a CPU each' "$(xps sn0)" '^([12] ){4}$'
is 'the one where the vector is handled' "$(xps sn0)" \
	"$(for q in 0 1 2 3; do printf '%d ' $((1 << $(cat "/proc/irq/$(vector sn0 $q)/effective_affinity_list"))); done)"
ethtool -L sn0 combined 1; ethtool -L sn0 combined 4
like 'and over -L' "$(xps sn0)" '^([12] ){4}$'
pings=$((full ? 8 : 3))
for cpu in 0 1; do
	before=$(per_queue sn0 tx_wire_frames)
	for ((i = 0; i < pings; i++)); do taskset -c $cpu ping -q -n -c 2 -i 0.01 192.168.0.2 >/dev/null; done
	sent=$(minus "$(per_queue sn0 tx_wire_frames)" "$before")
	is "who runs on CPU $cpu sends on its queues" \
		"$(awk -v cpus="$(xps sn0)" -v m=$((1 << cpu)) '{ split(cpus, c); for (i = 1; i <= NF; i++) s += c[i] == m ? $i : 0; print s }' <<<"$sent")" $((2 * pings)) ||
		diag "$sent, xps $(xps sn0)"
done

# ---- statistics: the queues add up to the interface

sums() # DEV: of the queues, and of the interface
{
	echo "$(total "$(per_queue "$1" rx_packets)") $(total "$(per_queue "$1" rx_bytes)")" \
		"$(total "$(per_queue "$1" tx_wire_frames)") $(total "$(per_queue "$1" tx_wire_bytes)")"
}
link() { echo "$(stat "$1" rx_packets) $(stat "$1" rx_bytes) $(stat "$1" tx_packets) $(stat "$1" tx_bytes)"; }
timeout 60 flow udp -n 300 -f 8 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null
timeout 60 flow tcp -b 2 -f 4 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null
settle sn1 rx_packets
settle sn0 tx_packets
for dev in sn0 sn1; do
	is "$dev: the queues add up to ip -s link" "$(sums $dev)" "$(link $dev)"
done
that 'several queues of sn1 have a share' "$(empty "$(per_queue sn1 rx_packets)") < 2"
before=$(link sn1)
ethtool -L sn1 combined 1
is '-L 1: nothing is forgotten' "$(link sn1)" "$before"
is '-L 1: the queues that went are in the sum' "$(sums sn1)" "$before"
ip link set sn1 down; up; settle sn1 rx_packets
that 'down and up: nothing goes back' "$(stat sn1 rx_packets) >= ${before%% *}"
ethtool -L sn1 combined 4
is '-L 4: they add up again' "$(sums sn1)" "$(link sn1)"

group() { ethtool -S "$1" --groups "$2" 2>/dev/null | awk -F': ' -v n="$3" '$1 ~ n { s += $2; found = 1 } END { if (found) print s }'; }
if kernel_since 5.18 && ethtool --help | grep -q -- --groups; then
	for dev in sn0 sn1; do
		read -r rx rxb tx txb < <(link $dev)
		is "$dev: eth-mac, FramesReceivedOK" "$(group $dev eth-mac FramesReceivedOK)" "$rx"
		is "$dev: eth-mac, OctetsReceivedOK" "$(group $dev eth-mac OctetsReceivedOK)" $((rxb + 4 * rx))
		is "$dev: eth-mac, FramesTransmittedOK" "$(group $dev eth-mac FramesTransmittedOK)" "$tx"
		is "$dev: eth-mac, OctetsTransmittedOK" "$(group $dev eth-mac OctetsTransmittedOK)" $((txb + 4 * tx))
		is "$dev: rmon, all sizes that came" "$(group $dev rmon '^rx-')" "$rx"
		is "$dev: rmon, all sizes that went" "$(group $dev rmon '^tx-')" "$tx"
	done
	# 60 bytes, and the checksum that the wire does not have: the smallest class. 200 and 4 are in the third.
	small=$(group sn1 rmon '^rx-.*Pkts(0to)?64[^0-9]') third=$(group sn1 rmon '^rx-.*Pkts128to255')
	send 100
	send 50 'pkt_size 200'
	is 'rmon: 100 frames of 60 bytes' $(($(group sn1 rmon '^rx-.*Pkts(0to)?64[^0-9]') - small)) 100 ||
		diag "$(ethtool -S sn1 --groups rmon)"
	is 'rmon: 50 frames of 200 bytes' $(($(group sn1 rmon '^rx-.*Pkts128to255') - third)) 50
else
	skip 'standard groups of statistics' 'this kernel (before 5.18) or this ethtool (before 5.13) has none'
fi

# ---- netdev netlink

irq_of() { netdev_get 'napi irq' napi-get sn1 | awk -v id="$1" '$1 == id { print $2 }'; }
deferral() { netdev_get 'napi defer_hard_irqs gro_flush_timeout' napi-get sn1 | awk -v id="$1" '$1 == id { print $2, $3 }'; }
ids() { local q; for q; do napi_of sn1 "$q"; done | paste -sd' '; }
netdev napi-get sn1 >/tmp/napis 2>&1
if kernel_since 6.8; then
	is 'napi-get: four' "$(netdev_get napi napi-get sn1 | wc -l)" 4
	for q in $(some 2 0 3 1 2); do
		is "queue $q: RX and TX have one NAPI" "$(napi_of sn1 $q)" "$(napi_of sn1 $q tx)"
		is "queue $q: whose irq is the vector" "$(irq_of "$(napi_of sn1 $q)")" "$(vector sn1 $q)"
	done
	before=$(ids 0 1 2 3)
	# One that restarts has fresh memory, and all else stays (52-queue-restart has more).
	reset=/sys/kernel/debug/snull/snull.1/queue_reset
	if kernel_since 6.12; then
		one=$(pool_of sn1 1) two=$(pool_of sn1 2)
		check 'queue 2 restarts' eval "echo 2 >$reset"
		that 'with another pool' "$(pool_of sn1 2) > $two"
		is 'queue 1 has its own' "$(pool_of sn1 1)" "$one"
		is 'and ids stay' "$(ids 0 1 2 3)" "$before"
		send 640 "${flows64[@]}"
		is 'and every queue receives' "$(empty "$got") $(total "$got")" '0 640' || diag "$got"
		fails 'queue 4, which is not there' eval "echo 4 >$reset"
	else
		skip 'a queue restarts' 'this kernel restarts none (6.12 and later do)'
	fi
	ethtool -L sn1 combined 2
	is '-L 2: two are left' "$(netdev_get napi napi-get sn1 | wc -l) $(netdev_get napi queue-get sn1 | wc -l)" '2 4'
	is '-L 2: under their old ids' "$(ids 0 1)" "${before% * *}"
	ethtool -L sn1 combined 4
	is '-L 4: the first two have them still' "$(ids 0 1)" "${before% * *}"
	ip link set sn1 down
	is 'while down: none' "$(netdev_get napi napi-get sn1)" ''
	up
	if kernel_since 6.13; then
		is 'over -L and down and up ids stay' "$(ids 0 1 2 3)" "$before"
		set -- $before
		check 'a setting of one NAPI' netdev napi-set "$4" defer_hard_irqs=7 gro_flush_timeout=12345
		ethtool -L sn1 combined 1; ip link set sn1 down; up; ethtool -L sn1 combined 4
		is 'stays over -L and down and up' "$(deferral "$4")" '7 12345'
		is 'and is its own' "$(deferral "$3")" '0 0'
	else
		skip 'settings and ids over down and up' 'this kernel forgets them (6.13 and later do not)'
	fi
	is 'and interrupt numbers do' "$(for q in 0 1 2 3; do irq_of "$(napi_of sn1 $q)"; done | paste -sd' ')" "${irq[*]}"
else
	skip 'napi-get and queue-get' "$(cat /tmp/napis) (6.8 and later do)"
fi

# qstats DEV [OPTION]: the sums of its rows.
qstats() { netdev_get 'rx_packets rx_bytes tx_packets tx_bytes' "${@:2}" qstats-get "$1" | awk '{ for (i = 1; i <= 4; i++) s[i] += $i } END { print s[1], s[2], s[3], s[4] }'; }
netdev qstats-get sn1 >/tmp/qstats 2>&1
if kernel_since 6.10; then
	for dev in sn0 sn1; do
		is "qstats-get $dev equals ip -s link" "$(qstats $dev --device)" "$(link $dev)"
		is "and its queues add up to it" "$(qstats $dev)" "$(link $dev)"
	done
	for q in $(some 2 0 3 1 2); do
		is "queue $q: rx_packets as ethtool has it" \
			"$(netdev_get 'type queue rx_packets' qstats-get sn1 | awk -v q=$q '$1 == "rx" && $2 == q { print $3 }')" \
			"$(xstat sn1 q${q}_rx_packets)"
	done
	ethtool -L sn1 combined 1
	is '-L 1: the sum is what it was' "$(qstats sn1 --device)" "$(link sn1)"
else
	skip 'qstats-get' "$(cat /tmp/qstats) (6.10 and later do)"
fi
unload_clean
end_tests
