#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 21-sweep-host: what of labs/tools/sweep needs no packets: a refusal, and plot, of numbers that are given. (What it measures is
# 21-sweep's; there, python takes a second of an emulated CPU to start.)
tools=napistat
. "$(dirname "$0")/host.sh"

t=$(mktemp -d)
sweep=labs/tools/sweep
like 'a path that there is not is refused' "$($sweep/sweep --paths 3 2>&1; echo " $?")" "'3' is not some of 0,1,2.* [1-9][0-9]*$"
cat >"$t/csv" <<'END'
path,load_pps,offered_pps,repetition,seconds,rx_packets,rx_missed,backlog_dropped,goodput_pps,interrupts,rx_interrupts,net_rx,polls,time_squeeze,ksoftirqd_seconds,interrupts_per_packet,packets_per_poll
1,2000,2000.1,1,0.5,1000,0,0,2000.0,250,250,250,250,0,0.0,0.25,4.0
1,10000,10001.2,1,0.5,5000,0,0,10000.0,1250,1250,1250,1250,0,0.0,0.25,4.0
2,2000,2000.1,1,0.5,1000,0,0,2000.0,250,250,250,500,0,0.0,0.25,2.0
2,10000,10001.2,1,0.5,5000,0,0,10000.0,1250,1250,1250,2500,0,0.0,0.25,2.0
END
check 'plot draws' $sweep/plot -o "$t" "$t/csv"
is 'three pictures' "$(cd "$t" && ls ./*.svg | paste -sd' ')" './goodput.svg ./interrupts.svg ./polls.svg'
like 'of what it was given' "$(cat "$t/polls.svg")" 'path 1 napi: 4\.0+ at.*path 2 legacy: 2\.0+ at'
sed '2s/,1,0.5,/,many,0.5,/; 3s/10001.2/much/' "$t/csv" >"$t/bad"
like 'and of nothing else' "$($sweep/plot -o "$t/none" "$t/bad" 2>&1; echo " $?")" 'plot: .*not a number.* [1-9][0-9]*$'
rm -rf "$t"
plan
