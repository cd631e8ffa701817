#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 22-timeline: labs/tools/timeline draws what happened, and leaves nothing behind, whatever goes wrong.
vm_limit=900
. "$(dirname "$0")/lib.sh"

timeline=/snull/labs/tools/timeline/timeline
dir=/tmp/timeline
mkdir -p $dir/bin
cd $dir || exit

# The witness: what ethtool says just before the driver goes.
cat >bin/rmmod <<'END'
#!/bin/sh
[ "$1" != snull ] || ethtool -S sn1 >"/tmp/timeline/ethtool-$(cat /sys/module/snull/parameters/use_napi)"
exec /sbin/rmmod "$@"
END
chmod +x bin/rmmod
names=(netif_rx napi legacy)
counted() { awk -v n="q0_$2:" '$1 == n { print $2 }' "$dir/ethtool-${names[$1]}"; } # PATH COUNTER

cat >svg.py <<'END'
"""svg.py FILE: its strips' totals; fails if it is not well-formed, or says in words other than in its attributes."""
import sys
import xml.etree.ElementTree as tree
SVG = "{http://www.w3.org/2000/svg}"
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == SVG + "svg" and root.find(SVG + "title").text and root.find(SVG + "desc").text
assert root.find(SVG + "rect").get("fill") == "#ffffff", "no background"
strips = root.findall(f"{SVG}g[@class='strip']")
words = root.find(SVG + "desc").text.replace("\u202f", "")
for strip in strips:
    total = {name: strip.get("data-" + name) for name in ("path", "frames", "interrupts", "polls", "softirqs", "time")}
    shown = [text.text.replace("\u202f", "") for text in strip.iter(SVG + "text")]
    assert f"{total['time']} µs" in shown, shown
    for name in "frames", "interrupts":
        said = f"{total[name]} {name if total[name] != '1' else name[:-1]}"
        assert said in shown and said in words, (said, shown, words)
    assert len(list(strip.iter(SVG + "title"))) > 3, "no tooltips"
    print(*total.values())
END
total() { awk -v p="$1" -v f="$2" '$1 == p { print $f }' totals; } # PATH FIELD: 2 frames, 3 interrupts, 4 polls, 6 µs

# left: what a run must not leave; its own trace instance among it.
left()
{
	leftovers
	[ ! -d /proc/net/pktgen ] || echo pktgen
	ls $tracing/instances
	[ "$(cat $tracing/current_tracer) $(cat $tracing/tracing_on) $(cat $tracing/set_event)" = 'nop 1 ' ] ||
		echo 'the global trace was touched'
}

# ---- for "make test": one path

if [ -z "$full" ]; then
	check 'it draws a path' env PATH="$dir/bin:$PATH" $timeline --paths 1 --tries 1 -o one.svg
	check 'well-formed, and it says one thing in pictures, words and attributes' eval 'python3 svg.py one.svg >totals'
	is 'every frame' "$(total 1 2)" 160
	that 'frames, interrupts and polls as ethtool counts' "$(total 1 2) == $(counted 1 rx_packets) &&
		$(total 1 3) == $(counted 1 interrupts) && $(total 1 4) == $(counted 1 polls)"
	is 'nothing is left' "$(left)" ''
	end_tests
fi

# ---- a picture of all paths

echo 'a line of somebody else’s' >$tracing/trace_marker
check 'it draws all three paths' env PATH="$dir/bin:$PATH" $timeline --tries 1 --save saved -o all.svg
check 'well-formed, and it says one thing in pictures, words and attributes' python3 svg.py all.svg
python3 svg.py all.svg >totals
diag "$(cat totals)"
is 'a strip for each path' "$(cut -d' ' -f1 totals | paste -sd' ')" "$paths"
for path in $paths; do
	is "path $path: every frame" "$(total "$path" 2)" 160
	that "path $path: frames as ethtool counts" "$(total "$path" 2) == $(counted "$path" rx_packets)"
	that "path $path: interrupts as ethtool counts" "$(total "$path" 3) == $(counted "$path" interrupts)"
	that "path $path: polls as ethtool counts" "$(total "$path" 4) == $(counted "$path" polls)"
	that "path $path: it took some time, in a softirq" "$(total "$path" 6) > 10 && $(total "$path" 5) > 0"
done
is 'path 0: an interrupt for each frame' "$(total 0 3)" 160
that 'path 1: far fewer' "$(total 1 3) <= 40"
that 'path 2: and twice as many polls as path 1, or more' "$(total 2 4) >= 80 && $(total 2 4) >= 2 * $(total 1 4)"
is 'nothing is left' "$(left)" ''
that 'and the global trace is as it was' "$(grep -c 'a line of somebody else' $tracing/trace) == 1"

check 'without tries it draws the shortest of five' $timeline --paths napi -o one.svg --title '<A & "B">'
is 'one path, one strip' "$(python3 svg.py one.svg | cut -d' ' -f1,2)" '1 160'
check 'a title with everything that XML minds' grep -q '<title id="timeline-title">&lt;A &amp; "B"&gt;</title>' one.svg
check 'one packet' $timeline --paths 2,0 --packets 1 --tries 1 -o little.svg
is 'draws' "$(python3 svg.py little.svg | cut -d' ' -f1-3 | paste -sd,)" '2 1 1,0 1 1'
check 'more than the ring holds' $timeline --paths 1 --packets 2000 --burst 1000 --tries 1 -o much.svg
like 'draws' "$(python3 svg.py much.svg | cut -d' ' -f1,2)" '^1 [0-9]{3,4}$'

# ---- from files

check 'saved traces draw' $timeline --from saved/path-?.trace -o again.svg
check 'the same picture' cmp all.svg again.svg
for path in $paths; do grep -vE '^#|nic_rx_frame' saved/path-"$path".trace >bare-"$path".trace; done
check 'so do bare ones, without arrivals and without our header' $timeline --from bare-?.trace -o bare.svg
is 'with the same totals, and it finds out which path each is' "$(python3 svg.py bare.svg | cut -d' ' -f1-5)" "$(cut -d' ' -f1-5 totals)"

# ---- what cannot be done: one line, the status, nothing left

# refuses NAME STATUS PATTERN COMMAND…
refuses()
{
	local name=$1 want=$2 pattern=$3 out status
	shift 3
	out=$("$@" 2>&1)
	status=$?
	out=$(printf '%s\n' "$out" | grep -v 'times…$') # progress
	is "$name: status $want" $status "$want"
	like "$name: says so" "$out" "$pattern"
	is "$name: in one line" "$(printf '%s\n' "$out" | wc -l)" 1
	is "$name: leaves nothing" "$(left)" ''
}
: >empty
head -c 3000 /dev/urandom >noise
sed '20i CPU:0 [LOST 7 EVENTS]' saved/path-1.trace >lost
sed '1s/"path": 1/"path": 9/' saved/path-1.trace >damaged
sed 's/ segs=1//' saved/path-1.trace >strange
refuses 'an unknown path' 2 "no path '7': choose from" $timeline --paths 1,7
refuses 'no packets' 2 "'0' is not a number from 1 to" $timeline --packets 0
refuses 'a burst that does not divide' 2 'no multiple of --burst 80' $timeline --packets 100 --burst 80
refuses 'an unknown option' 2 'unrecognized arguments: --colour' $timeline --colour
refuses 'an empty trace' 1 'empty: no snull_rx event' $timeline --from empty
refuses 'a trace that is none' 1 'noise( is not text|: no snull_rx)' $timeline --from noise
refuses 'no such trace' 1 'cannot read gone: No such file' $timeline --from gone
refuses 'a trace with lost events' 1 'lost: events were lost' $timeline --from saved/path-0.trace lost
refuses 'a damaged header' 1 'line is damaged' $timeline --from damaged
refuses 'events of another driver' 1 'lacks .*, which snull' $timeline --from strange
refuses 'an output that cannot be written' 1 'cannot write /proc/x/y.svg' $timeline --from saved/path-0.trace -o /proc/x/y.svg
refuses 'not root' 1 'needs root' setpriv --reuid 65534 --regid 65534 --clear-groups $timeline
refuses 'no tracefs' 1 'no tracefs: mount it' unshare -m sh -c "mount -t tmpfs tmpfs /sys/kernel && exec $timeline"
refuses 'no module' 1 'no driver in /gone.ko' env SNULL_KO=/gone.ko $timeline
refuses 'a module that does not load' 1 'insmod /etc/passwd .* failed' env SNULL_KO=/etc/passwd $timeline
mkdir $tracing/instances/snull-timeline
out=$($timeline 2>&1)
like 'a trace instance that a killed one left: says what to do' "$out" 'rmdir .*/instances/snull-timeline'
rmdir $tracing/instances/snull-timeline
load
out=$($timeline 2>&1)
is 'snull is loaded: status 1' $? 1
like 'and says so' "$out" '^timeline: snull is loaded already: .*rmmod'
check 'and leaves it loaded' test -d /sys/module/snull
unload
modprobe pktgen
ip link add dummy9 up type dummy
pg kpktgend_0 'add_device dummy9'
out=$($timeline 2>&1)
is 'pktgen is in use: status 1' $? 1
like 'and says so' "$out" '^timeline: pktgen has devices: empty it'
check 'and leaves it' test -e /proc/net/pktgen/dummy9
pg_clear
ip link del dummy9
check 'pktgen that was there' $timeline --paths 1 --tries 1 -o there.svg
check 'stays there' test -d /proc/net/pktgen
is 'but empty' "$(grep -hE '^(Running|Stopped): *[a-z]' /proc/net/pktgen/kpktgend_*)" ''
rmmod pktgen

# ---- Ctrl-C, at any time: to the whole process group, as the terminal sends it

traced() { [ -d $tracing/instances/snull-timeline ]; }
loaded() { [ -d /sys/module/snull ]; }
sending() { traced && [ "$(cat $tracing/instances/snull-timeline/tracing_on)" = 1 ]; }
interrupt() # NAME SIGNAL STATUS UNTIL
{
	setsid env --default-signal=INT $timeline --packets 10000 --burst 1 --tries 100 >ctrl-c 2>&1 &
	wait_for 60 "$4"
	kill -"$2" -- -$!
	wait $!
	is "$1: status $3" $? "$3"
	like "$1: says so" "$(tail -n 1 ctrl-c)" 'interrupted: tidying up$'
	is "$1: leaves nothing" "$(left)" ''
}
interrupt 'Ctrl-C while it loads' INT 130 loaded
interrupt 'Ctrl-C while it sends' INT 130 sending
interrupt 'a SIGTERM' TERM 143 traced
is 'what was ignored before, as by nohup, stays so' "$(trap '' HUP; PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/snull/labs/lib python3 -c '
import os, signal, program
program.tidy_on_signals()
os.kill(os.getpid(), signal.SIGHUP)
print("on it goes")' 2>&1)" 'on it goes'
check 'and it works again' $timeline --paths 0 --tries 1 -o last.svg
is 'nothing is left at the end' "$(left)" ''
end_tests
