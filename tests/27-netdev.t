#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 27-netdev: labs/netdev shows the queues, NAPIs and counters that there are, and says what an older kernel lacks.
vm_args=(--cpus 2)
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
quiet_links
kernel=$(uname -r)
number=$(awk -F. '{ printf "%d%03d", $1, $2 }' <<<"$kernel")
run() { netdev "$@" >"$t/out" 2>"$t/err"; status=$?; }
# rows EXPRESSION: python, in which rows is what netdev printed.
rows() { python3 -c 'import json, sys; rows = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$t/out" "$1" 2>&1 | tail -n 1; }

start use_napi=1 queues=2
too_old()
{
	run "$1" sn1
	is "$1: Linux $kernel is too old, and is told so" "$status $(cat "$t/err")" \
		"2 netdev: no $1: this is Linux $kernel, and it came with Linux $2"
}
if [ "$number" -ge 6008 ]; then
	run --json queue-get sn1
	is 'queue-get: two queues, both ways' "$status $(rows 'sorted((row["type"], row["queue"]) for row in rows)')" \
		"0 [('rx', 0), ('rx', 1), ('tx', 0), ('tx', 1)]"
	is 'queue-get: a NAPI for each pair' "$(rows 'len({row["napi"] for row in rows})')" 2
	ids=$(rows 'sorted({row["napi"] for row in rows})')
	run --json napi-get sn1
	is 'napi-get: the same NAPIs' "$(rows 'sorted(row["napi"] for row in rows)')" "$ids"
	is 'napi-get: their interrupts' "$(rows 'sorted(row["irq"] for row in rows)')" "[$(vector sn1 0), $(vector sn1 1)]"
	echo 1 >"/proc/irq/$(vector sn1 0)/smp_affinity_list"
	echo 0 >"/proc/irq/$(vector sn1 1)/smp_affinity_list"
	reply 192.168.0.2 >/dev/null
	run --json napi-get sn1
	is 'napi-get: and where they go' "$(rows "{row['irq']: row['cpu'] for row in rows}[$(vector sn1 0)]")" 1
	run napi-get sn1
	like 'as a table' "$(cat "$t/out")" '^ +napi +irq +cpu +pid .*
 +[0-9]+ +[0-9]+ +[01] '
	run page-pool-get sn1
	is 'page-pool-get is understood' $status 0
else
	too_old queue-get 6.8
	too_old napi-get 6.8
	too_old page-pool-get 6.8
fi
if [ "$number" -ge 6010 ]; then
	run --json qstats-get sn1
	is 'qstats-get: all packets' "$(rows 'sum(row["rx_packets"] or 0 for row in rows)')" "$(stat sn1 rx_packets)"
else
	too_old qstats-get 6.10
fi
refused() { local pattern=$1; shift; run "$@"; is "refused: $* ($pattern)" "$status $(grep -cE -- "$pattern" "$t/err")" '2 1'; }
refused '^usage:'
refused '^usage:' queue-get
refused 'is none of queue-get' queues sn1
refused "no interface 'sn9'" queue-get sn9
is '--help' "$(netdev --help | grep -c ' sn1\|-get ')" 4
is 'the manual is well-formed' "$(man --warnings -l /snull/labs/netdev/netdev.1 2>&1 >/dev/null)" ''
unload_clean
rm -rf "$t"
end_tests
