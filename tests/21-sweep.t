#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 21-sweep: labs/tools/sweep measures what is so, the same each time, and leaves nothing behind; plot draws it.
#
# By instructions, so that numbers repeat. For the same reason napistat's own cost is measured here.
cpus=1
vm_limit=600
. "$(dirname "$0")/lib.sh"

t=$(mktemp -d)
csv=$t/csv

# field COLUMN PATH LOAD REPETITION: a number of $csv.
field()
{
	awk -F, -v column="$1" -v path="$2" -v load="$3" -v repetition="$4" '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$c["path"] == path && $c["load_pps"] == load && $c["repetition"] == repetition { print $c[column] }' "$csv"
}
leftovers_of_sweep()
{
	leftovers
	grep -E '^(snull|pktgen) ' /proc/modules
	pgrep -l 'udpsink|awake'
	cat /proc/sys/net/ipv6/conf/default/disable_ipv6 | grep -v 0
	ls /tmp/sweep-* 2>/dev/null
}

# ---- for "make test": one load on two paths (a refusal and the pictures are 21-sweep-host's)

if [ -z "$full" ]; then
	check 'it runs' sweep --paths 1,2 --loads 10000 --repetitions 1 --seconds 0.3 --burst 4 -o "$csv"
	is 'and leaves nothing' "$(leftovers_of_sweep)" ''
	that 'as much is read as was asked for' "($(field goodput_pps 1 10000 1) / 10000 - 1) ^ 2 < 0.015 ^ 2"
	that 'path 1: a poll and an interrupt for each burst of 4' \
		"$(field packets_per_poll 1 10000 1) == 4 && $(field interrupts_per_packet 1 10000 1) == 0.25"
	that 'path 2: two packets a poll' "$(field packets_per_poll 2 10000 1) == 2"
	end_tests
fi

# ---- what it measures

paths_n=3 loads=0,2000,10000 repetitions=2
check 'it runs' sweep --loads $loads --repetitions $repetitions --seconds 1 --burst 4 -o "$csv"
is 'and leaves nothing' "$(leftovers_of_sweep)" ''
is 'the columns' "$(head -n 1 "$csv")" "path,load_pps,offered_pps,repetition,seconds,rx_packets,rx_missed,\
backlog_dropped,goodput_pps,interrupts,rx_interrupts,net_rx,polls,time_squeeze,ksoftirqd_seconds,interrupts_per_packet,\
packets_per_poll"
is 'a row for each measurement' "$(sed 1d "$csv" | wc -l)" $((paths_n * 3 * repetitions))
is 'as many fields in each' "$(awk -F, '{ print NF }' "$csv" | sort -u)" 17
is 'nothing but numbers' "$(sed 1d "$csv" | tr , '\n' | grep -vcE '^([0-9.]+(e-[0-9]+)?)?$')" 0
for path in $paths; do
	is "path $path, idle: no packet, no ratio" "$(field rx_packets "$path" 0 1) $(field goodput_pps "$path" 0 1) \
$(field interrupts_per_packet "$path" 0 1)" '0 0.0 '
	for load in 2000 10000; do
		for repetition in 1 2; do
			that "path $path, $load/s, $repetition: as much is sent as was asked for" \
				"($(field offered_pps "$path" $load $repetition) / $load - 1) ^ 2 < 0.015 ^ 2"
			that "path $path, $load/s, $repetition: and read" \
				"($(field goodput_pps "$path" $load $repetition) / $load - 1) ^ 2 < 0.015 ^ 2"
			that "path $path, $load/s, $repetition: and counted" \
				"($(field rx_packets "$path" $load $repetition) / $(field seconds "$path" $load $repetition) / $load - 1) ^ 2 < 0.015 ^ 2"
		done
	done
	for column in offered_pps goodput_pps rx_packets interrupts net_rx; do
		that "path $path, 10000/s: $column is the same within 1 %" \
			"($(field $column "$path" 10000 1) / $(field $column "$path" 10000 2) - 1) ^ 2 <= 0.01 ^ 2"
	done
done
for load in 2000 10000; do
	that "path 0, $load/s: an interrupt for each packet" \
		"($(field rx_interrupts 0 $load 1) / $(field rx_packets 0 $load 1) - 1) ^ 2 <= 0.01 ^ 2"
	is "path 0, $load/s: no polls" "$(field polls 0 $load 1) $(field packets_per_poll 0 $load 1)" '0 '
	that "path 1, $load/s: a poll and an interrupt for each burst of 4" \
		"$(field packets_per_poll 1 $load 1) == 4 && $(field interrupts_per_packet 1 $load 1) == 0.25"
	that "path 2, $load/s: two packets a poll" "$(field packets_per_poll 2 $load 1) == 2"
done

cp "$csv" "$t/first"
sweep --paths 2 --loads 2000 --repetitions 1 --seconds 0.5 --burst 16 weight=8 >"$csv" 2>"$t/err"
is 'a parameter of the module: weight=8 makes 8 packets a poll' "$(field packets_per_poll 2 2000 1)" 8.0
is 'the progress, on standard error' "$(cat "$t/err")" "path 2 legacy: insmod snull.ko use_napi=2 weight=8
path 2 legacy, 2000 packets/s, 1/1…"
check '--loads auto' sweep --paths 1 --loads auto --repetitions 1 --seconds 0.2 --burst 16 -o "$csv"
that 'it climbs from 1000/s to all that pktgen can' "$(wc -l <"$csv") >= 5 && $(sed -n 2p "$csv" | cut -d, -f2) == 1000"
is 'which comes last' "$(tail -n 1 "$csv" | cut -d, -f2)" max
that 'and is the most' "$(tail -n 1 "$csv" | cut -d, -f3) >= 0.99 * $(tail -n 2 "$csv" | head -n 1 | cut -d, -f3)"
is 'nothing is left' "$(leftovers_of_sweep)" ''

# ---- what it refuses, how it ends

refused() # PATTERN ARGUMENTS…
{
	local pattern=$1 status
	shift
	sweep "$@" >"$t/out" 2>"$t/err"
	status=$?
	is "refused: $* ($pattern)" "$((status > 0)) $(grep -cE "$pattern" "$t/err") $(wc -l <"$t/out") $(leftovers_of_sweep)" '1 1 0 '
}
refused "'3' is not some of 0,1,2" --paths 3
refused "'1,1' is not some of 0,1,2" --paths 1,1
refused "'fast' is neither auto nor numbers" --loads fast
refused "'1000,-5' is neither auto nor numbers" --loads 1000,-5
refused 'less than a burst a second' --loads 10 --burst 16
refused "'0' is not a number from 1" --repetitions 0
refused "'nan' is not a number from" --seconds nan
refused "'x' is not a number from 1" --burst x
refused "'0' is not two numbers" --cpus 0
refused 'there is no CPU 7, but 0' --cpus 0,7
refused "'use_napi=1' is not a parameter=value" --paths 1 --loads 0 use_napi=1
refused "cannot|No such file" --loads 0 -o /no/file
echo before >"$t/kept"
refused 'sweep: insmod .*weight=potato' --paths 2 --loads 1000 weight=potato -o "$t/kept"
is 'what cannot be measured leaves what was measured before' "$(cat "$t/kept")" before
SNULL_KO=/no/file refused 'no driver in /no/file'
load
sweep --loads 0 >"$t/out" 2>"$t/err"
is 'refused: while snull is loaded' "$? $(cat "$t/err")" '1 sweep: snull is loaded already: rmmod snull, if nobody needs it'
unload_clean
modprobe pktgen
ip link add other up type veth peer name another
echo 'add_device other' >/proc/net/pktgen/kpktgend_0
sweep --loads 0 >"$t/out" 2>"$t/err"
is 'refused: while another uses pktgen' "$? $(cat "$t/err") $(grep -c '^Stopped: other' /proc/net/pktgen/kpktgend_0)" \
	"1 sweep: pktgen has devices: empty it with 'echo reset >/proc/net/pktgen/pgctrl', if nobody needs them 1"
pg_clear
sweep --paths 1 --loads 0 --repetitions 1 --seconds 0.1 >"$t/out" 2>"$t/err"
is 'pktgen, loaded before, stays loaded' "$? $(grep -c '^pktgen ' /proc/modules)" '0 1'
ip link del other
modprobe -r pktgen
for signal in INT TERM; do
	for after in 'insmod' '1000 packets'; do
		# In a process group of its own, all of which the terminal's Ctrl-C would reach.
		setsid env --default-signal=$signal sweep --paths 1 --loads 1000 --seconds 60 >"$t/out" 2>"$t/err" &
		wait_for 30 grep -q "$after" "$t/err"
		sleep 1
		if [ $signal = INT ]; then kill -INT -- -$!; else kill -TERM $!; fi
		wait $!
		is "SIG$signal after '$after': its status" $? $((128 + $(kill -l $signal)))
		is "SIG$signal after '$after': nothing is left" "$(leftovers_of_sweep)" ''
	done
done

# ---- awake

awake 0 &
awake=$!
nap 0.2
check 'awake runs, until it is killed' kill -0 $awake
is 'at the lowest priority, on its CPU' "$(chrt -p $awake | grep -c SCHED_IDLE) $(taskset -pc $awake | sed 's/.*: //')" '1 0'
kill $awake
wait $awake 2>/dev/null
for wrong in '' x 7; do
	awake $wrong >"$t/out" 2>"$t/err"
	is "refused: awake $wrong" "$(($? > 0)) $(wc -l <"$t/err")" '1 1'
done

# ---- plot

mkdir "$t/plots"
check 'plot draws' plot -o "$t/plots" "$t/first"
is 'three pictures' "$(ls "$t/plots" | paste -sd' ')" 'goodput.svg interrupts.svg polls.svg'
cat >"$t/look" <<-'END'
	import sys, xml.etree.ElementTree as tree
	svg = "{http://www.w3.org/2000/svg}"
	for name in sys.argv[1:]:
	    root = tree.parse(name).getroot()
	    assert root.tag == svg + "svg" and root.get("role") == "img", name
	    text = " ".join(root.itertext())
	    print(root.find(svg + "title").text, "|", len(root.find(svg + "desc").text) > 100, "|",
	          all(word in text for word in ("offered load (packets a second)", "1 napi", "2 legacy", "2k", "10k")))
END
is 'which are SVG, with a title, a description, and axes' "$(python3 "$t/look" "$t"/plots/*.svg)" \
	'Goodput: what the process has read, against the load | True | True
Interrupts per packet, against the load | True | True
Packets per poll, against the load | True | True'
like 'the description has the numbers' "$(cat "$t/plots/interrupts.svg")" 'path 0 netif_rx: 1\.000 at [0-9]+, 1\.000 at [0-9]+; path 1 napi: 0\.250 at'
plot_fails() # PATTERN FILE
{
	plot -o "$t/none" "$2" >"$t/out" 2>"$t/err"
	is "plot refuses: $1" "$? $(grep -cE "^plot: .*$1" "$t/err")" '1 1'
}
plot_fails 'No such file' /no/file
echo 'a,b' >"$t/bad"; plot_fails 'is not from sweep: it has no column path' "$t/bad"
head -n 1 "$t/first" >"$t/bad"; plot_fails 'has no measurement' "$t/bad"
sed '2s/^[^,]*,[^,]*,[^,]*/9,1,1/' "$t/first" >"$t/bad"; plot_fails "line 2: no path '9'" "$t/bad"
sed '3s/^\([^,]*,[^,]*\),[^,]*/\1,much/' "$t/first" >"$t/bad"; plot_fails 'line 3: not a number' "$t/bad"
grep -E '^(path|0)' "$t/first" >"$t/bad"
plot -o "$t/some" "$t/bad" >"$t/out" 2>"$t/err"
is 'path 0 alone: no polls to draw' "$? $(cat "$t/err") $(ls "$t/some" | paste -sd' ')" \
	'0 plot: no packets per poll in there: no polls.svg goodput.svg interrupts.svg'

# ---- napistat's own cost

start use_napi=1
TIMEFORMAT='%U %S %R'
{ time napistat -i sn1 --live -t 5 >"$t/out" 2>/dev/null; } 2>"$t/time"
read -r user system real <"$t/time"
diag "napistat --live: $user s + $system s in $real s"
that 'napistat costs less than 1 % of a CPU, live' "$real > 4.9 && ($user + $system) / $real < 0.01"
is 'in five reports' "$(grep -c '^sn1: ' "$t/out")" 5
unload_clean
rm -rf "$t"
end_tests
