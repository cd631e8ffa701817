#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20-napistat-host: what of napistat needs no packets: its options, statuses and formats, and /proc as it looks on other
# machines, other kernels and other drivers. (What it counts is 20-napistat's.)
tools=napistat
. "$(dirname "$0")/host.sh"
. "$(dirname "$0")/napistat.sh"

t=$(mktemp -d)
# The only interface that there is; it may have any name.
called=lo
rename() { ip link set "$called" name "$1" && called=$1; }
rename eth1

# ---- the formats

json -i eth1 -- true
check 'json.tool reads it' python3 -m json.tool "$t/json"
is 'one line' "$(wc -l <"$t/json")" 1
is 'its members' "$(cut -d' ' -f1 "$t/flat" | cut -d. -f1 | uniq | paste -sd' ')" \
	"version interface seconds command status interrupts vectors softirqs softnet \
rx_packets rx_bytes tx_packets tx_bytes rx_missed rx_dropped interrupts_rx interrupts_tx polls ksoftirqd_seconds ratios drops uncounted"
# (What packets a softirq had there are some of, if this host had one just now.)
is 'nothing received: no ratios' "$(grep '^ratios' "$t/flat" | grep -v per_softirq | grep -c ' null$')" 3
that 'seconds' "$(got seconds) > 0 && $(got seconds) < 5"
json -- sh -c 'echo "$1"' sh 'a "b\ é'
is 'the command, word by word' "$(got command.0) $(got command.4)" '"sh" "a \"b\\ é"'
is 'without -i: no interface' "$(got interface) $(got interrupts) $(got rx_packets) $(got polls)" 'null null null null'
that 'but the machine' "$(got softirqs.NET_RX.total) >= 0"
run -- true
like 'text says so as well' "$(cat "$t/err")" 'No interface was named'
# Fifteen; but in real time, of intervals that a busy host lets us sleep through, one report is made.
run --json --live=0.2 -t 2.9
lines=$(grep -c '^{"version":1.*}$' "$t/out")
that 'JSON: a line for each interval' "$lines == $(wc -l <"$t/out") && $lines >= 2 && $lines <= 15"
run --csv --live=0.2 -t 2.9
is 'CSV: the names once' "$(grep -c '^interface,seconds,status,' "$t/out")" 1
that 'CSV: a row for each' "$(wc -l <"$t/out") >= 3 && $(wc -l <"$t/out") <= 16"
that 'CSV: which share the time' "$(awk -F, 'NR > 1 { s += $2 } END { print s }' "$t/out") >= 2.85"
run -i eth1 -t 0.1
like 'without a command, text goes to standard output' "$(cat "$t/out")" '^eth1: [0-9.]+ s
.*packets per poll +-'
is 'and nothing to standard error' "$(cat "$t/err")" ''

# ---- names that are no identifiers

# fields FILE: how many each line has, as Python's reader of CSV understands it; and the first of the second line.
fields() { python3 -c 'import csv, sys; rows = list(csv.reader(open(sys.argv[1], errors="replace"))); print(*map(len, rows), rows[1][0])' "$1"; }
for name in 'a,b' 'a"b' 'a,"b"'; do
	rename "$name"
	run -i "$name" --csv -- true
	run -i "$name" --csv -o "$t/csv" -- true
	is "CSV: an interface called $name" "$(fields "$t/csv")" "24 24 $name"
	json -i "$name" -- true
	is "JSON: an interface called $name" "$(got interface)" "\"${name//\"/\\\"}\""
done
odd=$(printf 'e\377\303\251\200')
rename "$odd"
json -i "$odd" -- echo "$odd"
is 'JSON: bytes that are not UTF-8' "$(got interface) $(got command.1)" '"e�é�" "e�é�"'
is 'JSON: and nothing is missing' "$(got interrupts) $(got rx_packets)" 'null 0'
run -i "$odd" --csv -o "$t/csv" -- true
is 'CSV: bytes that are not UTF-8' "$(fields "$t/csv")" "24 24 $(printf 'e\357\277\275\303\251\357\277\275')"
rename eth1

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
env --default-signal=INT python3 - "$t/report" >"$t/pty" <<-'END'
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
env --default-signal=INT napistat -i eth1 -t 60 >"$t/out" 2>&1 &
wait_for 20 counting
kill -INT $!
wait $!
is 'Ctrl-C ends a measurement without a command: 0, with a report' "$? $(grep -c '^packets' "$t/out")" '0 4'
# Ignored by whoever started it, as nohup does: it measures on.
(trap '' HUP; exec napistat -i eth1 -t 2 -j -o "$t/json") &
wait_for 20 pgrep -P $$ -x napistat
nap 0.5
kill -HUP $!
wait $!
status=$?
flatten
that 'SIGHUP that is ignored ends nothing' "$status == 0 && $(got seconds) >= 1.9"
(trap '' HUP; exec napistat -o "$t/report" -- python3 -c 'if True:
	import signal, sys, time
	signal.signal(signal.SIGHUP, lambda *_: sys.exit(9))
	open(sys.argv[1], "w").close()
	time.sleep(1)' "$t/heard") &
wait_for 20 test -e "$t/heard"
kill -HUP $!
wait $!
is 'and is not passed on to the command' $? 0
# It is about to read a file that somebody has to write first.
mkdir -p "$t/slow/proc/net"
cp /proc/net/softnet_stat "$t/slow/proc/net"
cp /proc/softirqs "$t/slow/real"
mkfifo "$t/slow/proc/softirqs"
NAPISTAT_ROOT=$t/slow env --default-signal=INT python3 - "$t" >"$t/out" <<-'END'
	import os, pty, sys, time
	t = sys.argv[1]
	pid, fd = pty.fork()
	if pid == 0:
	    os.execlp("napistat", "napistat", "--", "touch", t + "/early")
	def wait_for(mask): # SIGINT is in it. Before napistat itself runs, fork() blocks signals, too.
	    while True:
	        with open(f"/proc/{pid}/status") as file:
	            status = dict(map(str.strip, line.split(":", 1)) for line in file)
	        if status["State"][0] == "Z":
	            sys.exit(f"ended before SIGINT was in {mask}")
	        if status["Name"] == "napistat" and int(status[mask], 16) & 2:
	            return
	        time.sleep(0.01)
	wait_for("SigBlk")
	os.write(fd, b"\x03")
	wait_for("ShdPnd")
	os.rename(t + "/slow/proc/softirqs", t + "/slow/fifo")
	os.rename(t + "/slow/real", t + "/slow/proc/softirqs")
	with open(t + "/slow/proc/softirqs") as real, open(t + "/slow/fifo", "w") as fifo:
	    fifo.write(real.read())
	print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
is 'Ctrl-C before the command has begun: it does not' "$(cat "$t/out" "$t/early" 2>&1)" "130
cat: $t/early: No such file or directory"

# ---- reports that nobody reads, or that cannot be written

env --default-signal=PIPE napistat --live=0.1 --csv -t 60 2>"$t/err" | head -n 1 >"$t/out"
is 'nobody reads on: it ends, as by SIGPIPE, in silence' "${PIPESTATUS[0]} $(cut -d, -f1 "$t/out") $(cat "$t/err")" '141 interface '
# So long that a busy host lets us report again meanwhile.
slow=(sh -c 'sleep 3; echo done >"$1"' sh)
{ env --default-signal=PIPE napistat --live=0.1 -- "${slow[@]}" "$t/read" 2>&1 >&3; echo $? >"$t/status"; } 3>"$t/out" | head -n 1 >/dev/null
is 'nobody reads on: the command is waited for' "$(cat "$t/status" "$t/read" | xargs)" '141 done'
run --live=0.1 -o /dev/full -- "${slow[@]}" "$t/full"
is 'no report can be written: the command is waited for, and it says so once' "$status $(cat "$t/full" "$t/err")" \
	"125 done
napistat: cannot write the report: No space left on device"
# Closed: nothing that is opened later may be taken for it, an interface's socket least of all.
napistat -i eth1 -t 0.1 >&- 2>"$t/err"
is 'standard output is closed: it says so' "$? $(cat "$t/err")" '125 napistat: cannot write the report: Bad file descriptor'
napistat -i eth1 -- true 2>&-
is 'standard error is, where the report would go' $? 125
is 'the command has it closed as well' "$(napistat -i eth1 -o "$t/report" -- sh -c '[ -e /proc/self/fd/2 ] || echo closed' 2>&-)" closed
run --live=0.1 -o /dev/full -- sh -c 'sleep 0.3; exit 7'
is 'and the command’s status comes first' $status 7
for how in default ignore; do
	is "the command has SIGPIPE as it was ($how)" "$(env --$how-signal=PIPE napistat -o /dev/null -- grep SigIgn /proc/self/status)" \
		"$(env --$how-signal=PIPE grep SigIgn /proc/self/status)"
done

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
refused 'count for how long' -i eth1
refused 'exclude' -t 1 -- true
refused 'exclude' --json --csv -t 1
for seconds in 0 -1 abc nan inf 1s '' 1e9; do
	refused 'is no number of seconds' -t "$seconds"
done
refused 'is no number of seconds' --live=0 -- true
refused 'cannot write to /no/file' -o /no/file -- true
refused 'cannot write the report' -o /dev/full -- true
echo before >"$t/kept"
run -o "$t/kept" -- no-such-command
is 'what fails leaves the last report' "$status $(cat "$t/kept")" '127 before'
run -i eth1 --csv -o "$t/kept" -t 0.1
is 'and what succeeds, nothing of it' "$status $(grep -c . "$t/kept") $(grep -c before "$t/kept")" '0 2 0'
echo before >"$t/kept"
napistat -t 0.1 >>"$t/kept"
is 'standard output has what was there before, too' "$(head -n 1 "$t/kept")" before
refused "unrecognized option '--potato'" --potato
refused "no interface 'sn9'" -i sn9 -- touch "$t/ran"
fails 'and the command does not run' test -e "$t/ran"
is '--version' "$(napistat --version | grep -cE '^napistat [0-9.]+$')" 1
is '--help' "$(napistat --help | grep -c -- '--interface NAME')" 1
napistat --help >/dev/full 2>"$t/err"
is 'which cannot be written' "$? $(cat "$t/err")" '125 napistat: cannot write: No space left on device'
# All of them: here man takes no time.
for manual in labs/tools/*/*.1; do
	is "the manual is well-formed: ${manual##*/}" "$(man --warnings -l "$manual" 2>&1 >/dev/null)" ''
done

# ---- other machines: tests/napistat has what they look like

export NAPISTAT_ROOT=$t/root
for machine in tests/napistat/*.machine; do
	rm -rf "$t/root" "$t/next"
	python3 tests/napistat/tree.py "$machine" "$t/root" "$t/next" >"$t/want"
	rename "$(awk '$1 == "interface" { gsub("\"", "", $2); print $2 }' "$t/want")"
	json -i "$called" -- cp -rT "$t/next" "$t/root"
	grep -E '^(interface|vectors|softirqs.NET_RX.cpus|softnet.processed.cpus)[. ]' "$t/flat" | sort >"$t/got"
	sort "$t/want" >"$t/sorted"
	check "$(basename "$machine" .machine): as in its file" diff "$t/sorted" "$t/got"
	is "$(basename "$machine" .machine): without a complaint" "$status$(cat "$t/err")" 0
done
rename eth1

# ---- other kernels and other drivers: files made up

root=$t/root

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
like 'and it says so' "$(cat "$t/err")" 'came, went or was set back'
is 'and in JSON' "$(got uncounted)" true

# One of two is requested anew meanwhile.
for at in "$root 100 500" "$t/next 110 4"; do
	read -r place first second <<<"$at"
	printf '            CPU0       CPU1\n 24: %s 0 PCI-MSI 1-edge eth1-0\n 25: %s 0 PCI-MSI 2-edge eth1-1\n' "$first" "$second" \
		>"$place/proc/interrupts"
done
later
is 'of two vectors one is set back to 0: the other is counted' "$(got interrupts)" 10
is 'which is not all' "$(got uncounted)" true
run -i eth1 --csv -o "$t/csv" -- cp -rT "$t/next" "$root"
is 'CSV: nothing is missing between two readings that are the same' "$(tail -n 1 "$t/csv" | sed 's/.*,//')" false

# Sysfs shows one network namespace, which need not be ours.
machine 0-1 "$(zeros 11)"
device=sys/class/net/eth1/device
for at in "$root 5" "$t/next 9"; do
	read -r place count <<<"$at"
	mkdir -p "$place/$device/msi_irqs" "$place/$device/net/eth1"
	touch "$place/$device/msi_irqs/24"
	printf '            CPU0       CPU1\n 24: %s 0 PCI-MSI 1-edge a_card\n' "$count" >"$place/proc/interrupts"
done
index=$(ip -o link show eth1 | cut -d: -f1)
vectors_with() # INDEX: … of the interface that sysfs has under this name
{
	cp -rT "$root" "$t/first"
	echo "$1" | tee "$root/sys/class/net/eth1/ifindex" >"$t/next/sys/class/net/eth1/ifindex"
	later
	rm -r "$root" && mv "$t/first" "$root"
}
vectors_with "$index"
is 'the device’s vectors' "$(got interrupts)" 4
vectors_with 999999
is 'not those of another namespace’s interface, of the same name' "$(got interrupts)" null
mkdir -p "$root/$device/net/eth2"
vectors_with "$index"
is 'a device that two interfaces share, whose driver tells nothing: all its vectors' "$(got interrupts)" 4

# Sixteen CPUs, each of which has counted as much as there is room for.
machine 0-15 "$(zeros 11)"
printf '%s\n' "$(printf '%15s' '' && printf ' CPU%d' {0..15})" " NET_RX:$(printf ' 0%.0s' {0..15})" >"$root/proc/softirqs"
sed 's/ 0/ 4294967295/g' "$root/proc/softirqs" >"$t/next/proc/softirqs"
cp -rT "$root" "$t/first"
run -- cp -rT "$t/next" "$root"
is 'however large the numbers, each has a column' "$(awk '$2 == "NET_RX" { print NF, $3 }' "$t/err")" '20 68719476720'
cp -rT "$t/first" "$root"
sed -i 's/4294967295/5/g' "$t/next/proc/softirqs"
python3 - 110 napistat --live=60 -- cp -rT "$t/next" "$root" >"$t/pty" <<-'END'
	import fcntl, os, pty, struct, sys, termios
	columns, *command = sys.argv[1:]
	pid, fd = pty.fork()
	if pid == 0:
	    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
	    os.execvp(command[0], command)
	text = b""
	try:
	    while more := os.read(fd, 4096):
	        text += more
	except OSError:
	    pass
	print(text.decode().replace("\r", ""))
END
is 'on a terminal no table is wider than that, and as many CPUs as there is room for' \
	"$(grep -E 'CPU|NET_[RT]X|ksoftirqd' "$t/pty" | awk 'length > 110' | wc -l) $(grep -c 'CPU0 *CPU1 *CPU2 *CPU3$' "$t/pty") $(grep -o '^[0-9]* more CPUs' "$t/pty")" \
	'0 1 12 more CPUs'

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
vectors 'virtio2-config 1 virtio2-input.0 2' "${names[@]::3}" # what is below is of virtio's only
mkdir -p "$root/sys/bus/virtio"
ln -s ../../../bus/virtio "$root/sys/devices/pci/virtio2/subsystem"
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
rm -rf "$t"
plan
