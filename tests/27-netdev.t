#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 27-netdev: labs/tools/netdev shows the queues, NAPIs and counters that there are, and says what an older kernel lacks.
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
quiet_links
kernel=$(uname -r)
run() { netdev "$@" >"$t/out" 2>"$t/err"; status=$?; }
# rows EXPRESSION…: python, in which rows is what netdev printed; a line for each.
rows() { python3 -c 'import json, sys; rows = json.load(open(sys.argv[1])); print(*map(eval, sys.argv[2:]), sep="\n")' "$t/out" "$@" 2>&1 | tail -n $#; }

start use_napi=1 queues=2
too_old()
{
	run "$1" sn1
	is "$1: Linux $kernel is too old, and is told so" "$status $(cat "$t/err")" \
		"2 netdev: no $1: this is Linux $kernel, and it came with Linux $2"
}
if kernel_since 6.8; then
	run --json queue-get sn1
	mapfile -t said < <(rows 'sorted((row["type"], row["queue"]) for row in rows)' 'len({row["napi"] for row in rows})' 'sorted({row["napi"] for row in rows})')
	is 'queue-get: two queues, both ways' "$status ${said[0]}" "0 [('rx', 0), ('rx', 1), ('tx', 0), ('tx', 1)]"
	is 'queue-get: a NAPI for each pair' "${said[1]}" 2
	ids=${said[2]}
	run --json napi-get sn1
	mapfile -t said < <(rows 'sorted(row["napi"] for row in rows)' 'sorted(row["irq"] for row in rows)')
	is 'napi-get: the same NAPIs' "${said[0]}" "$ids"
	is 'napi-get: their interrupts' "${said[1]}" "[$(vector sn1 0), $(vector sn1 1)]"
	echo 1 >"/proc/irq/$(vector sn1 0)/smp_affinity_list"
	echo 0 >"/proc/irq/$(vector sn1 1)/smp_affinity_list"
	reply 192.168.0.2 >/dev/null
	run --json napi-get sn1
	is 'napi-get: and where they go' "$(rows "{row['irq']: row['cpu'] for row in rows}[$(vector sn1 0)]")" 1
	run napi-get sn1
	like 'as a table' "$(cat "$t/out")" '^ +napi +irq +cpu +pid .*
 +[0-9]+ +[0-9]+ +[01] '
	is 'with all settings' "$(head -n 1 "$t/out" | xargs)" \
		'napi irq cpu pid defer_hard_irqs gro_flush_timeout irq_suspend_timeout threaded'
	netdev napi-get sn1 >&- 2>"$t/err"
	is 'standard output is closed: it says so' "$? $(cat "$t/err")" '2 netdev: cannot write: Bad file descriptor'
	run page-pool-get sn1
	is 'page-pool-get is understood' $status 0
else
	too_old queue-get 6.8
	too_old napi-get 6.8
	too_old page-pool-get 6.8
fi
if kernel_since 6.10; then
	run --json qstats-get sn1
	is 'qstats-get: all packets' "$(rows 'sum(row["rx_packets"] or 0 for row in rows)')" "$(stat sn1 rx_packets)"
	run --json --device qstats-get sn1
	is 'qstats-get --device: the same in one row' "$(rows '[row["rx_packets"] for row in rows]')" "[$(stat sn1 rx_packets)]"
	run qstats-get lo
	is 'qstats-get: a driver without is told from a kernel without' "$status $(cat "$t/out" "$t/err")" \
		"2 netdev: no qstats-get: the interface's driver has no such statistics"
else
	too_old qstats-get 6.10
fi

# ---- napi-set

# set_to: the settings that napi-get has for the first NAPI
set_to() { run --json napi-get sn1; rows '[rows[0][name] for name in ("defer_hard_irqs", "gro_flush_timeout", "irq_suspend_timeout", "threaded")]'; }
if kernel_since 6.13; then
	run --json napi-get sn1
	id=$(rows 'rows[0]["napi"]')
	run napi-set "$id" defer_hard_irqs=7 gro_flush_timeout=5000000000
	is 'napi-set' "$status $(cat "$t/out" "$t/err") $(set_to)" "0  [7, 5000000000, 0, 'disabled']"
	run napi-set "$id" irq-suspend-timeout=9223372036854775807 defer-hard-irqs=2147483647
	is 'napi-set, with hyphens, and the greatest values' "$status $(set_to)" "0 [2147483647, 5000000000, 9223372036854775807, 'disabled']"
	run napi-set "$id" defer_hard_irqs=0 gro_flush_timeout=0 irq_suspend_timeout=0
	is 'napi-set: all to 0' "$status $(set_to)" "0 [0, 0, 0, 'disabled']"
	if kernel_since 6.17; then
		for mode in enabled disabled; do
			run napi-set "$id" threaded=$mode
			is "threaded=$mode" "$status $(set_to)" "0 [0, 0, 0, '$mode']"
		done
	fi
	run napi-set 77 defer_hard_irqs=1
	is 'no such NAPI' "$status $(cat "$t/err")" '2 netdev: no NAPI 77: napi-get shows those of an interface, while it is up'
	setpriv --reuid 65534 --regid 65534 --clear-groups /snull-build/labs/tools/out/netdev napi-set "$id" defer_hard_irqs=1 2>"$t/err"
	is 'only for root' "$? $(cat "$t/err")" '2 netdev: napi-set needs the capability CAP_NET_ADMIN: run it as root'
else
	id=77
	run napi-set $id defer_hard_irqs=1
	is "napi-set: Linux $kernel is too old, and is told so" "$status $(cat "$t/err")" \
		"2 netdev: no napi-set: this is Linux $kernel, and it came with Linux 6.13"
fi

# ---- what is refused

refused()
{
	local pattern=$1 line seen=0
	shift
	run "$@"
	while read -r line; do [[ ! $line =~ $pattern ]] || seen=$((seen + 1)); done <"$t/err"
	is "refused: $* ($pattern)" "$status $seen" '2 1'
}
refused '^usage:'
refused '^usage:' queue-get
refused 'is none of queue-get' queues sn1
refused "no interface 'sn9'" queue-get sn9
refused '^usage:' --potato
refused '^usage:' queue-get sn1 sn0
refused '^usage:' napi-set "$id"
refused '^usage:' --json napi-set "$id" threaded=enabled
refused '--device is for qstats-get' --device queue-get sn1
for value in -1 2147483648 ${full:+x '' 1.5 0x1}; do refused "defer_hard_irqs is a whole number, 0 to 2147483647, not '$value'" napi-set "$id" gro_flush_timeout=5 defer_hard_irqs=$value; done
for name in gro_flush_timeout irq_suspend_timeout; do
	for value in $(some 1 9223372036854775808 -1 99999999999999999999); do
		refused "$name is a whole number, 0 to 9223372036854775807, not '$value'" napi-set "$id" defer_hard_irqs=5 $name=$value
	done
done
for value in on ${full:+1 busy_poll ''}; do refused "threaded is disabled, enabled or busy-poll, not '$value'" napi-set "$id" defer_hard_irqs=5 threaded=$value; done
refused "'weight' is none of defer_hard_irqs" napi-set "$id" defer_hard_irqs=5 weight=3
refused "'threaded' is not NAME=VALUE" napi-set "$id" threaded
refused 'threaded is given twice' napi-set "$id" threaded=enabled threaded=disabled
for value in 4294967296 ${full:+sn1 -1 ''}; do refused "which napi-get shows, is a whole number, 0 to 4294967295, not '$value'" napi-set -- "$value" threaded=enabled; done
if kernel_since 6.13; then is 'and nothing was set' "$(set_to)" "[0, 0, 0, 'disabled']"; fi
is '--help' "$(netdev --help | grep -c ' sn1\|-[gs]et ')" 6
[ -z "$full" ] || is 'the manual is well-formed' "$(man --warnings -l /snull/labs/tools/netdev/netdev.1 2>&1 >/dev/null)" ''
unload_clean
rm -rf "$t"
end_tests
