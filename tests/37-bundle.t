#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 37-bundle: the machine in one file does all it should, on a computer that has busybox's shell and QEMU and nothing else, for a
# user without capabilities who may not make user namespaces; and says what is wrong in one line. It runs on the host, as
# root (for chroot alone). TEST_FULL=1 has more that goes wrong in the machine. BUNDLE=FILE, or a directory, takes one that is there; BUNDLE_QEMU=DIRECTORY
# another QEMU than labs/vm/qemu's.

cd "$(dirname "$0")/.." || exit
# shellcheck source=../labs/vm/lib.sh
. labs/vm/lib.sh
# shellcheck source=tap.sh
. tests/tap.sh
# shellcheck source=chroot.sh
. tests/chroot.sh
skip_all() { echo "1..0 # SKIP $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip_all 'only root can make the other computer (chroot, device files)'
[ "$arch" = "$host_arch" ] || skip_all "for a bundle of this computer's architecture"
choose trixie
machine_of "$arch"
if [ -z "${BUNDLE_QEMU:-}" ]; then
	BUNDLE_QEMU=$(labs/vm/qemu --own -q) && BUNDLE_QEMU=${BUNDLE_QEMU%/*} || skip_all 'no QEMU to copy, and no network to fetch it by'
fi
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
unset SNULL_QEMU SNULL_ACCEL SNULL_WORK SNULL_STATE

# ---- the file ----------------------------------------------------------------------------------------------------------

if [ -z "${BUNDLE:-}" ]; then
	BUNDLE=$work/bundle.tar.zst
	# What lies about in an instructor's checkout.
	trap 'rm -rf "$work" labs/03-napi/solution.away labs/03-napi/class-of-26' EXIT
	cp -r labs/03-napi/solution labs/03-napi/solution.away
	mkdir labs/03-napi/class-of-26
	cp labs/03-napi/solution/answers.txt labs/03-napi/class-of-26/ann.txt
	labs/bundle/make --output "$BUNDLE" >"$work/log" 2>&1
	result $? 'make bundle' "$work/log" || plan
	grep -q 'not in the bundle.*class-of-26' "$work/log"
	result $? 'which says what it has left out' "$work/log"
	rm -r labs/03-napi/solution.away labs/03-napi/class-of-26
fi
if [ -f "$BUNDLE" ]; then
	size=$(stat -c %s "$BUNDLE")
	[ "$size" -le $((350 * 1000000)) ]
	result $? "it has at most 350 MB: $((size / 1000000))"
fi
labs/bundle/make -q --output /nonexistent/x.tar.zst >"$work/out" 2>"$work/err"
[ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ]
result $? 'where it cannot be written, one line says so' "$work/err"
if git rev-parse --git-dir >"$work/out" 2>&1; then
	mkdir "$work/bin"
	printf '#!/bin/sh\necho "fatal: detected dubious ownership" >&2\nexit 128\n' >"$work/bin/git"
	chmod 755 "$work/bin/git"
	PATH=$work/bin:$PATH labs/bundle/make -q --output "$work/none.tar.zst" >"$work/out" 2>"$work/err"
	[ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q 'git does not say.*dubious ownership' "$work/err" && [ ! -e "$work/none.tar.zst" ]
	result $? 'where git does not answer, nothing is packed, and one line says why' "$work/err"
else
	skip 'where git does not answer, nothing is packed' 'this is no repository'
fi
[ -s labs/bundle/init-more ] && ! grep -n 'tty[SA]' labs/bundle/init-more >"$work/err"
result $? 'the console has another name on arm64: what the guest says there is read on both' "$work/err"

# ---- another computer ----------------------------------------------------------------------------------------------------

root=$work/root
mkdir -p "$root/bin" "$root/opt" "$root/home" "$root/small" "$root/old" "$root/usr/bin"
devices "$root"
cp "$image/tree/bin/busybox" "$root/bin/"
for applet in $("$root/bin/busybox" --list); do ln -s busybox "$root/bin/$applet" 2>/dev/null; done
ln -s ../../bin/env "$root/usr/bin/env"
cp -rL "$BUNDLE_QEMU" "$root/opt/qemu"
printf '#!/bin/sh\necho "QEMU emulator version 7.2.19 (Debian)"\n' >"$root/old/$qemu_name"
printf '#!/bin/sh\n[ "$1" = --version ] && echo "QEMU emulator version 9.2.0"\n' >"$root/old/shares-nothing"
printf '#!/bin/sh\necho "QEMU emulator version 8.2.2"\n' >"$root/old/eight"
printf '#!/bin/sh\ncase $* in --version) echo "QEMU emulator version 9.2.0" ;; *,help) ;; *) echo "Failed to get \\"write\\" lock" >&2; exit 1 ;; esac\n' >"$root/old/locked"
printf '#!/bin/sh\ncase $* in *virtio-9p*) echo "not a valid device model name" >&2; exit 1 ;; esac\nexec /opt/qemu/%s "$@"\n' "$qemu_name" >"$root/old/without-9p"
chmod 755 "$root/old/"*
if [ -d "$BUNDLE" ]; then
	cp -a "$BUNDLE" "$root/home/snull-machine-dir"
else
	zstd -dcq --long=27 "$BUNDLE" | tar -x -C "$root/home" --no-same-owner
fi
home=$(cd "$root/home" && echo snull-machine-*)
cp labs/03-napi/solution/answers.txt "$root/home/right.txt"
cp labs/07-*/solution/answers.txt "$root/home/right7.txt"
: >"$root/home/empty.txt"
mkdir "$root/home/class" "$root/home/there"
echo 'lab: 04' >"$root/home/class/kim.txt"
mkdir "$root/home/arm"
cp "$root/home/$home/machine" "$root/home/$home/host.sh" "$root/home/arm/"
sed 's/like=[a-z0-9_]*/like=aarch64/' "$root/home/$home/about" >"$root/home/arm/about"
chown -R 4711:4711 "$root/home"

# on VAR=VALUE… COMMAND…: there; sets status, and leaves $work/out and $work/err.
on()
{
	local began=$SECONDS
	as_student "$root" /bin/env -i PATH=/bin:/opt/qemu HOME=/home TERM=dumb "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	took=$((SECONDS - began))
	cat "$work/out" "$work/err" >"$work/both"
}
m=/home/$home/machine
# says NAME STATUS PATTERN: it ended so, and one line on stderr says that.
says()
{
	[ "$status" = "$2" ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qE "$3" "$work/err"
	result $? "$1" <(echo "status $status") "$work/both"
}
# gives NAME STATUS PATTERN: it ended so, and printed that.
gives()
{
	[ "$status" = "$2" ] && grep -qE -- "$3" "$work/out"
	result $? "$1 ($took s)" <(echo "status $status") "$work/both"
}

on sh -c 'grep -E "^(Uid|Cap(Inh|Prm|Eff|Amb))" /proc/self/status; unshare -U true 2>/dev/null || echo no namespace; command -v bash python3 perl gcc tar-is-there; ls /usr/bin'
[ "$(grep -c '0000000000000000$' "$work/out")" = 4 ] && grep -q '4711' "$work/out" && grep -q 'no namespace' "$work/out" && ! grep -qE '^/|python|bash' "$work/out"
result $? 'the computer: no root, no capabilities, no user namespaces, no bash, no Python, no compiler' "$work/both"

# ---- what students are not to read -----------------------------------------------------------------------------------------

# Each line by which a solution answers; grep finds it in a file system that is not compressed, too.
grep -hE '^[a-z_0-9]+: ([a-z]$|.*->)|^answer = ' labs/*/solution/{answers.txt,exam} >"$work/answers"
find "$root/home/$home" -name answers.txt -o -name class-of-26 -o -name exam -o -name animals -o -path '*/solution/*' ! -name sealed >"$work/found"
grep -rlaxF -f "$work/answers" "$root/home/$home/work" "$root/home/$home/more.erofs" >>"$work/found"
grep -qaxF "$(sed -n 3p labs/03-napi/README.rst)" "$root/home/$home/more.erofs" && [ -s "$work/answers" ] && [ ! -s "$work/found" ]
result $? 'no solution is in it in clear text, and no question for an exam' "$work/found"
[ "$(find "$root/home/$home/work" -name sealed | wc -l)" = "$(find labs -path '*/solution/answers.txt' ! -path '*/15-*' | wc -l)" ]
result $? 'but a hash of each, apart from those of lab 15' <(find "$root/home/$home/work" -name sealed)

# ---- what is wrong --------------------------------------------------------------------------------------------------------

on PATH=/bin $m demo
says 'no QEMU' 125 'install QEMU 8.1 or later'
on PATH=/bin:/old $m demo
says 'a QEMU that is too old' 125 '7\.2\.19.* 8\.1 or later'
on SNULL_QEMU=/old/eight /home/arm/machine version
says 'a QEMU that is too old for arm64: its machine has one serial port' 125 'no QEMU of 9\.1 or later'
on SNULL_QEMU=/nonexistent PATH=/bin $m demo
says 'SNULL_QEMU names nothing' 125 'SNULL_QEMU=/nonexistent is no QEMU'
on $m lab 77
says 'an unknown lab' 125 "no lab '77'; there are: 01-first-packet"
on $m grade '../03'
says 'a lab that is a path' 125 'no lab'
on $m run --cpus x -- true
says 'a number that is none' 125 "'x' is not a number"
on $m run
says 'nothing to run' 125 'run what'
on $m fly
[ "$status" = 125 ] && grep -q '^usage: machine demo' "$work/err"
result $? 'an unknown command: the usage' "$work/both"
on $m grade 3 /home/none.txt
says 'answers that are not there' 125 'cannot read the answers'
on $m lab 15
says 'a lab whose paths are not here' 125 'lab 15 has paths that are built for each student.* make lab LAB=15'
on $m grade 15 /home/right.txt
says 'nor are they to grade it by' 125 'lab 15 has paths'
on $m lab 18 --run
says 'a lab whose adapters are not here' 125 'lab 18 needs network adapters.* make lab LAB=18'
on $m grade 16 /home/right.txt
says 'a lab that takes more than one machine to grade' 125 'lab 16 is graded in machines of its own'
on $m lab
[ "$status" = 0 ] && [ "$(sed -n 's/-.*(not in this machine)$//p' "$work/out" | xargs)" = '15 18' ] && grep -q '^16-.*path by NAPI$' "$work/out"
result $? 'the list tells which labs cannot be done here' "$work/both"
on SNULL_QEMU=/old/shares-nothing $m grade 3 /home/class
says 'a class, by a QEMU that cannot share its directory' 125 'a class needs a QEMU that can share'
on SNULL_QEMU=/old/locked SNULL_ACCEL=tcg SNULL_STATE=/home/locked $m get --disk labs/lab
says 'a work disk that another machine has' 125 'another machine has the work disk, /home/locked/work.img: end that one first'
# Neither has done when the other one has copied. (On this computer: that one's shell has a cp of its own.)
mkdir "$work/slow"
cat >"$work/slow/cp" <<-END
	#!/bin/sh
	$(command -v cp) "\$@" || exit
	[ "\$1" = -pR ] || exit 0
	echo >>"$work/copied"
	i=0
	until [ "\$(wc -l <"$work/copied")" -ge 2 ] || [ \$i = 300 ]; do i=\$((i + 1)); sleep 0.1; done
END
chmod 755 "$work/slow/cp"
(
	export PATH=$work/slow:$PATH SNULL_QEMU=$root/old/locked SNULL_STATE=$work/state SNULL_WORK=$work/mine
	"$root/home/$home/machine" put "$root/home/right.txt" one & first=$!
	wait_for 60 test -s "$work/copied"
	"$root/home/$home/machine" put "$root/home/right.txt" two && wait $first
) >"$work/both" 2>&1 && (cd "$work" && [ -e mine/one ] && [ -e mine/two ] && [ -e mine/Kbuild ] && [ "$(echo mine* mine/mine*)" = 'mine mine/mine*' ])
result $? 'a work directory that two make at once: it is whole, and nothing lies beside it' "$work/both" <(ls -a "$work" "$work/mine")
rm -rf "$work/mine"
on $m put /home/right.txt ../../x
says 'a place outside of the work directory' 125 'no place in the work directory'
on $m shell
says 'a shell without a terminal' 125 'needs a terminal'
on TMPDIR=/nonexistent $m run -- true
says 'no place for temporary files' 125 'set TMPDIR'
on SNULL_STATE=/dev/null/x $m run -- true
says 'no place for what is kept' 125 'SNULL_STATE'

# ---- what it is for -------------------------------------------------------------------------------------------------------

on $m version
gives 'version' 0 "^snull-machine .*, Linux 6"
on $m run -- sh -c 'echo "out $1 $2"; echo err >&2; id -u; pwd; exit 7' - "a'b\"c \$d" '* ; é'
grep -qxF "out a'b\"c \$d * ; é" "$work/out" && grep -qx /snull "$work/out" && grep -qx err "$work/err" && ! grep -q err "$work/out" && [ "$status" = 7 ]
result $? "run: its words, its output, its status, from a cold start, which is kept ($took s)" <(echo "status $status") "$work/both"
on $m run -- true
[ "$status" = 0 ] && [ ! -s "$work/both" ]
result $? "run once more, going on from what was kept ($took s)" "$work/both"
# It reads when the command has ended.
on sh -c "$m run -- seq 200000 | { i=0; until ls /tmp/snull-machine.*/ended || [ \$i = 6000 ]; do i=\$((i + 1)); sleep 0.1; done >/dev/null 2>&1; sleep 1; wc -l; }"
gives 'a reader that is slower than the machine gets all of it' 0 '^200000$'
on $m run -- /snull-build/labs/bundle/inside lab 03-napi
[ "$status" = 0 ] && grep -q 'answers go into labs/03-napi/answers.txt' "$work/out" && grep -q '^lab: 03' "$root/home/$home/work/labs/03-napi/answers.txt"
result $? "lab 3: a file for the answers is put there ($took s)" "$work/both"
on $m demo --timeout 3000
gives 'demo' 0 '^0 netif_rx +TCP .* 1\.000 '
on $m lab 3 --run --timeout 3000
gives 'lab 3, unattended' 0 '^=== [0-9]+ commands, 0 not as the README says'
on $m grade 3 /home/right.txt --timeout 3000
grep -q '^ok 9' "$work/out"
result $? 'grade: each answer has its verdict' "$work/both"
gives 'grade: the solution gets all points' 0 '^# 9 of 9 points'
grep -q '"score": 9' "$root/home/$home/work/labs/03-napi/results.json"
result $? 'and results.json is there'
on $m grade 3 /home/empty.txt
gives 'grade: an empty file has no points, and no fault of ours' 1 '^# 0 of 9 points'
on $m grade 7 /home/right7.txt --timeout 3000
gives 'grade: a lab that takes two CPUs has them' 0 '^# ([0-9]+) of \1 points'
on $m grade 3
gives 'grade: the file that was put there is found, with no answer in it' 1 '^# 0 of 9 points'

# ---- a changed line ---------------------------------------------------------------------------------------------------------

sources=$root/home/$home/work
sed -i 's/^MODULE_DESCRIPTION("/&Mine: /' "$sources/snull/main.c"
grep -q 'Mine: ' "$sources/snull/main.c" || echo 'Bail out! main.c has no description'
on $m run --timeout 3000 -- sh -c 'modinfo -d $SNULL_KO; insmod $SNULL_KO && ip -br link show sn0; make modules'
grep -q '^sn0' "$work/out" && ! grep -qE '^ +(CC|LD) ' "$work/out"
result $? 'after it, make in /snull finds nothing to do' "$work/both"
gives 'a changed line of the driver is compiled in the guest' 0 '^Mine: '
cp "$sources/snull/main.c" "$work/main.c"
echo 'this is no C' >>"$sources/snull/main.c"
on $m run -- true
[ "$status" = 125 ] && grep -q 'snull/main.c:.*error' "$work/err" && tail -n 1 "$work/err" | grep -q 'does not build'
result $? 'one that is wrong: the compiler says where' "$work/both"
on $m run -- probe
[ "$status" = 0 ] && [ ! -s "$work/both" ]
result $? 'but whether a guest runs is known without it' "$work/both"
cp "$work/main.c" "$sources/snull/main.c"

# ---- without a shared directory -----------------------------------------------------------------------------------------------

head -c 300000 /dev/urandom >"$root/home/file"
chmod 644 "$root/home/file"
on sh -c "$m put /home/file labs/x && $m put /home/file labs && $m get labs/x /home/there && cd /home/there && $m get labs/file"
cmp "$root/home/file" "$sources/labs/file" >"$work/cmp" && cmp "$root/home/file" "$root/home/there/file" >>"$work/cmp" &&
	cmp "$root/home/file" "$sources/labs/x" >>"$work/cmp" && cmp "$root/home/file" "$root/home/there/x" >>"$work/cmp"
result $? 'put and get, where the directory is shared: by name, and into a directory' "$work/both" "$work/cmp"
on $m put /home/file labs/mine/more/x
cmp "$root/home/file" "$sources/labs/mine/more/x"
result $? 'put: into a directory that is not there yet' "$work/both"
on $m put --disk /home/file "labs/a b'\$x"
[ "$status" = 0 ]
result $? "put: a file goes into the disk image ($took s)" "$work/both"
on $m put --disk /home/file labs
[ "$status" = 0 ]
result $? "or into a directory there ($took s)" "$work/both"
on $m run --disk -- sh -c 'df -T /snull | tail -n 1; sha256sum <"/snull/labs/a b'\''\$x"; sha256sum </snull/labs/file; insmod $SNULL_KO && echo loaded'
[ "$(grep -c "^$(sha256sum <"$root/home/file" | cut -c 1-64)" "$work/out")" = 2 ] && grep -q '^work\|ext' "$work/out"
result $? 'they are there as /snull/…, which is the disk' "$work/both"
gives 'as is the driver' 0 '^loaded'
on SNULL_QEMU=/old/without-9p $m run -- sh -c 'df -T /snull | tail -n 1; sha256sum </snull/labs/file; insmod $SNULL_KO && echo loaded'
grep -q "^$(sha256sum <"$root/home/file" | cut -c 1-64)" "$work/out" && grep -q '^work\|ext' "$work/out"
result $? 'a QEMU that cannot share a directory takes the disk by itself' "$work/both"
gives 'and has the driver' 0 '^loaded'
on $m get --disk "labs/a b'\$x" /home/there
cmp -s "$root/home/file" "$root/home/there/a b'\$x"
result $? "get: it comes back, into a directory ($took s)" "$work/both"
on $m get --disk nothing.txt
[ "$status" = 125 ] && grep -q '^machine: no file nothing.txt' "$work/err" && [ ! -e "$root/nothing.txt" ]
result $? 'get: what is not there' "$work/both"

# ---- at a terminal --------------------------------------------------------------------------------------------------------

on sh -c "$m run -- sh -c 'echo there; sleep 3000' >/home/first & i=0; until grep -q there /home/first || [ \$i = 3000 ]; do i=\$((i + 1)); sleep 0.1; done
	$m stop; wait \$!; echo ended with \$?; $m stop"
grep -q ' 1 machines' "$work/err" && grep -q ' 0 machines' "$work/err" && grep -q 'has been ended$' "$work/err"
gives 'stop ends a machine that runs, and finds none afterwards' 0 '^ended with 143$'
# shellcheck disable=SC2016 # expanded by the shell that python starts
python3 - "$root" /bin/env -i PATH=/bin:/opt/qemu HOME=/home TERM=dumb "$m" >"$work/out" 2>&1 <<-'END'
	import os, pty, select, signal, subprocess, sys, time
	STUDENT = ["bash", "-c", '. tests/chroot.sh; as_student "$@"', "-"] + sys.argv[1:]
	def begin():
	    pid, fd = pty.fork()
	    if not pid:
	        os.execvp("bash", STUDENT + ["shell"])
	    expect(fd, "# ")
	    os.write(fd, b"echo he''re\n")
	    expect(fd, "here")
	    return pid, fd
	def more(fd):
	    if not select.select([fd], [], [], 120)[0]:
	        return ""
	    try:
	        return os.read(fd, 65536).decode(errors="replace")
	    except OSError:
	        return ""
	def expect(fd, text):
	    seen = ""
	    while text not in seen:
	        data = more(fd)
	        seen += data
	        if not data:
	            sys.exit(f"no {text!r} after: {seen}")
	def ended(pid, fd):
	    while more(fd):
	        pass
	    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
	def deaf(pid):
	    table = [line.split(None, 2) for line in subprocess.run(["ps", "-eo", "pid=,ppid=,args="], stdout=subprocess.PIPE,
	             text=True, check=True).stdout.splitlines()]
	    ours = {str(pid)}
	    for _ in table:
	        ours |= {line[0] for line in table if line[1] in ours}
	    qemus = [line[0] for line in table if line[0] in ours and "-accel" in line[2]]
	    for one in qemus:
	        os.kill(int(one), signal.SIGSTOP)
	    return len(qemus)
	pid, fd = begin()
	os.write(fd, b"\x1dx")
	print("Ctrl-] x:", ended(pid, fd))
	pid, fd = begin()
	print("deaf:", deaf(pid))
	os.write(fd, b"is there anybody? " * 100 + b"\x1dx")
	time.sleep(2)
	subprocess.run(STUDENT + ["stop"], check=True)
	print("stop:", ended(pid, fd))
END
status=$?
gives 'shell: a prompt at a terminal, and Ctrl-] x ends it' 0 '^Ctrl-\] x: 0$'
[ "$(sed -n 's/^deaf: //p' "$work/out")" != 0 ] && grep -q '^stop: 143' "$work/out"
result $? 'and stop does when nobody reads what is typed' "$work/out"

# ---- what goes wrong in the machine ------------------------------------------------------------------------------------------

if [ -z "${TEST_FULL:-}" ]; then
	left=$(find "$root/tmp" -mindepth 1 | wc -l)
	[ "$left" = 0 ]
	result $? 'nothing is left in /tmp' <(ls -la "$root/tmp")
	plan
fi

on $m run --cold -- true
[ "$status" = 0 ]
result $? "a cold start ($took s)" "$work/both"
on $m run -- sh -c 'modinfo -F vermagic $SNULL_KO'
cp "$work/out" "$work/vermagic"
LC_ALL=C sed -i 's/vermagic=[0-9]*\./vermagic=9./' "$sources/snull.ko"
on $m run --timeout 3000 -- sh -c 'modinfo -F vermagic $SNULL_KO; insmod $SNULL_KO'
[ "$status" = 0 ] && cmp "$work/out" "$work/vermagic"
result $? "a work directory with a module for another kernel, as an older bundle had it: it is built anew ($took s)" "$work/both"
truncate -s 600M "$root/home/big"
: >"$root/home/empty"
chmod 644 "$root/home/big" "$root/home/empty"
on sh -c "$m put --disk --timeout 3000 /home/big labs/big && $m put --disk /home/empty labs/empty && $m run --disk -- stat -c %s /snull/labs/big /snull/labs/empty"
gives 'put: a file larger than half of the memory goes into the disk image' 0 '^629145600$'
grep -qx 0 "$work/out"
result $? 'and an empty one'
rm "$root/home/big"
on sh -c "$m run --disk -- sh -c 'echo there; sleep 3000' >/home/first & i=0; until grep -q there /home/first || [ \$i = 3000 ]; do i=\$((i + 1)); sleep 0.1; done
	$m get --disk labs/lab; status=\$?; kill \$!; wait; exit \$status"
[ "$status" = 125 ] && grep -q 'another machine has the work disk' "$work/err" && grep -q there "$root/home/first"
result $? "two machines with one disk image: the second one says so ($took s)" "$work/both"
on $m grade --disk 3 /home/class
gives 'grade: a class, where the work directory is a disk image' 0 '^kim,03,0,9,0,'
# The label of a disk that is being filled: as if the machine had been ended meanwhile.
printf filling | dd of="$root/home/$home/state/work.img" bs=1 seek=1144 conv=notrunc 2>/dev/null
on $m run --disk -- sh -c 'ls /snull/labs/file /snull/labs/lab /snull/dkms.conf'
[ "$status" = 2 ] && [ "$(wc -l <"$work/out")" = 2 ] && grep -q 'labs/file.*No such file' "$work/err"
result $? "a disk image whose filling was cut short is filled anew ($took s)" "$work/both"
on $m run --disk -- touch /snull/labs/mine
on $m run --disk -- ls /snull/labs/mine
gives 'and only then' 0 mine
rm "$root/home/class/kim.txt"
cp "$root/home/right.txt" "$root/home/class/ann.txt"
sed 's/^unmask: c/unmask: a/' "$root/home/right.txt" >"$root/home/class/Bob.TXT"
on $m grade 3 /home/class --timeout 3000
grep -qE '^ann,03,9,9,100' "$work/out"
result $? 'grade: a class, and who is right in it' "$work/both"
gives 'grade: a class' 0 '^Bob,03,8,9,89,wrong: unmask'
sed 's/^unmask: c/unmask: a/' "$root/home/right.txt" >"$root/home/wrong.txt"
on $m grade --disk 3 /home/wrong.txt --timeout 3000 --results /home/r.json
grep -q '"score": 8' "$root/home/r.json"
result $? 'grade, there: results.json' "$work/both"
gives 'grade, there: a wrong answer' 1 '^# 8 of 9 points'
on SNULL_STATE=/small/s $m run -- sh -c 'echo it ran'
gives 'too little room to keep a machine: it boots' 0 '^it ran'
on sh -c "dd if=/dev/zero of=/small/x bs=1024 count=1010 2>/dev/null; TMPDIR=/small exec $m run --cold -- true"
[ "$status" = 125 ] && tail -n 1 "$work/err" | grep -qi 'disk full\|No space'
result $? 'a full disk' "$work/both"
on TMPDIR=/small sh -c "$m run -- head -c 3000000 /dev/zero >/dev/null"
[ "$status" = 125 ] && tail -n 1 "$work/err" | grep -q '/small is full: .*TMPDIR'
result $? "no room for what a command prints ($took s)" "$work/both"
on SNULL_STATE=/small sh -c "dd if=/dev/zero of=/small/x bs=1024 count=1100 2>/dev/null; $m put --disk /home/file a/b"
[ "$status" = 125 ] && tail -n 1 "$work/err" | grep -q 'is the disk full'
result $? 'no room for the disk image' "$work/both"
on $m run --timeout 3 -- sleep 600
[ "$status" = 124 ] && [ "$took" -ge 3 ] && tail -n 1 "$work/err" | grep -q 'not done within 3 s'
result $? "the time limit ($took s)" "$work/both"
on $m run -- sh -c 'echo x >>/snull/count; echo c >/proc/sysrq-trigger; sleep 5'
[ "$status" = 125 ] && tail -n 1 "$work/err" | grep -q 'Kernel panic' && [ "$(cat "$sources/count")" = x ]
result $? 'a panic is told, and the command is not run once more' "$work/both" "$sources/count"
on sh -c "{ $m run -- yes; echo ended with \$? >&2; } | head -n 1"
[ "$status" = 0 ] && grep -qx 'ended with 141' "$work/err" && grep -qx y "$work/both"
result $? 'output that nobody reads ends the machine' "$work/both"
mv "$root/home/$home/root.erofs" "$root/home/"
on $m run -- true
says 'a part that is missing' 125 'root.erofs is missing: unpack'
mv "$root/home/root.erofs" "$root/home/$home/"
chown -R 0:0 "$root/home/$home"
on $m run --cold -- sh -c 'touch /snull/mine && echo written'
gives 'a bundle on a share that we cannot write to: work in ~/snull-work' 0 '^written'
[ -e "$root/home/snull-work/mine" ]
result $? 'where the file is then'
left=$(find "$root/tmp" -mindepth 1 | wc -l)
[ "$left" = 0 ]
result $? 'nothing is left in /tmp' <(ls -la "$root/tmp")
plan
