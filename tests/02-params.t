#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 02-params: a bad parameter fails the load with EINVAL and one line in the log; a good one at the edge does not.
. "$(dirname "$0")/lib.sh"

# bad LINE PARAMETER…: refused, and LINE (an extended regular expression) is in the log, once, and nothing like it.
# Judged at the end, all at once, because reading the log takes long.
declare -A want name why log
bad()
{
	local out
	want[$((log_marks + 1))]=$1
	shift
	log_mark
	name[$log_marks]="${*//0000000000/}"
	why[$log_marks]=
	if out=$(load "$@" 2>&1); then
		why[$log_marks]='it was accepted; '
		unload
	else
		[[ $out = *'Invalid parameters'* ]] || why[$log_marks]="insmod says: $out; "
	fi
	[ ! -e /sys/module/snull ] && [ ! -e /sys/bus/platform/drivers/snull ] || why[$log_marks]+='something is left; '
}

judge()
{
	local line n=0
	while read -r line; do
		line=${line#*] }
		# The kernel adds a line of its own: snull: `9' invalid for parameter `pairs'. What others say (a clock source,
		# on a busy host) is not about the parameter; unload_clean looks for warnings.
		case $line in
		*test-mark-*) n=${line##*-} log[$n]= ;;
		*'invalid for parameter'*) ;;
		*snull* | *sn[0-9]*) log[$n]+="|$line" ;;
		esac
	done < <(dmesg)
	for ((n = 1; n <= log_marks; n++)); do
		[[ ${log[$n]} =~ ^\|snull:\ ${want[$n]}[^|]*$ ]] || why[$n]+="the log is: ${log[$n]}, not snull: ${want[$n]}"
		[ -z "${why[$n]}" ]
		result $? "${name[$n]} is refused" || diag "${why[$n]}"
	done
}

# The first load says that it taints the kernel.
check 'the defaults load' load
for name in pairs queues pool_size lockup timeout weight line rewrite_ip use_napi; do
	said=$(modinfo -F parm "$SNULL_KO" | sed -n "s/^$name:.*/&/p")
	value=$(cat /sys/module/snull/parameters/$name)
	case $name in rewrite_ip) value=${value/Y/1} ;; lockup) value=${value/#0/the} ;; esac
	like "$name: modinfo names the default" "$said" "(default ${value}[);]|$value \\(default\\)|, $value default)"
done
unload_clean

for value in 0 $(some 2 9 two -1 1.5 99999999999999999999) ''; do
	bad "pairs=$value: must be .* 1 to 8" "pairs=$value"
done
for value in $(some 1 17 0 -1 all); do
	bad "queues=$value: must be .* 1 to 16" "queues=$value"
done
for value in $(some 2 1 4097 0 -5 big); do
	bad "pool_size=$value: must be .* 2 to 4096" "pool_size=$value"
done
for value in $(some 1 -1 2147483648 often); do
	bad "lockup=$value: must be .* 0 to 2147483647" "lockup=$value"
done
for value in $(some 2 9 60001 0 -1 1s); do
	bad "timeout=$value: must be .* 10 to 60000" "timeout=$value"
done
for value in $(some 1 2 -1 maybe); do
	bad "rewrite_ip=$value: must be 0 or 1" "rewrite_ip=$value"
done
for value in intx $(some 0 0 '' msix); do
	bad "line=$value: must be msi, level or edge" "line=$value"
done
for value in 3 $(some 1 napi2 -1 epoll 1x) ''; do
	bad "use_napi=$value: must be 0 or netif_rx, 1 or napi, 2 or legacy" "use_napi=$value"
done
for value in 0 4097 $(some 2 1,,2 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 -2 many 1,2, ,1 '1;2' 99999999999999999999) ''; do
	bad "weight=$value: must be 1 to 16 numbers from 1 to 4096" pairs=8 pool_size=4096 "weight=$value"
done
bad 'weight=257: must be 1 to 256' weight=257 pool_size=256
bad 'weight=65: must be 1 to 64' weight=2,65 pool_size=64
bad 'weight: 2 values given, must be 1, or 4' weight=10,20 pairs=2
bad 'weight: 3 values given, must be 1, or 2' weight=10,20,30
# A long value is cut in the log, not passed over.
long=$(printf '%0300d' 0)x
bad 'pairs=0{20}: must be' "pairs=$long"
bad 'use_napi=0{20}: must be' "use_napi=$long"
bad 'weight=0{60}: must be' "weight=$long"
bad 'queues=99: must be' pairs=2 queues=99 pool_size=64
judge

good()
{
	check "$* loads" load "$@"
	unload || diag 'it does not unload'
}
good pairs=8 queues=16 pool_size=2 weight=2
good pool_size=4096 weight=4096
[ -z "$full" ] || good weight=256 pool_size=256
[ -z "$full" ] || good pairs=2 weight=20,10,10,20
good pairs=8 weight=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
good lockup=0 timeout=10 rewrite_ip=n line=level
good lockup=2147483647 timeout=60000 rewrite_ip=1 pool_size=0x20
check 'an odd ring size loads' load pool_size=100
like 'and is rounded up' "$(ethtool -g sn0 | awk '/^Current/ { on = 1 } on && /^RX:/ { print $2 }')" '^128$'
is 'though the parameter stays what it was' "$(cat /sys/module/snull/parameters/pool_size)" 100
is 'only use_napi can be written while loaded' "$(cd /sys/module/snull/parameters && find . -type f -perm /222 | sort)" ./use_napi
unload_clean
end_tests
