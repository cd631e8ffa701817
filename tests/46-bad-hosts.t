#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 46-bad-hosts: what a host may lack, or do in between: each time one line says what to do, and nothing half-made is left.
# It runs on the host, with a cache of its own that borrows the images, and starts virtual machines. 46-bad-steps needs none.
# shellcheck disable=SC2016,SC2030,SC2031 # what is quoted is for other shells; what is set for one command is to be lost

cd "$(dirname "$0")/.." || exit
[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
suite=${SNULL_SUITE:-trixie}
. tests/tap.sh
. tests/chroot.sh
. tests/bad.sh
if ! image=$(labs/vm/image --suite "$suite") || ! labs/vm/qemu >/dev/null; then
	echo 'Bail out! no image'
	exit 1
fi
real=${image%/images/*}
export SNULL_CACHE=$t/cache SNULL_SUITE=$suite
# lend [WHAT…]: a new cache, with what it need not make (usually all that is not under test).
lend()
{
	local what
	rm -rf "$SNULL_CACHE"
	mkdir "$SNULL_CACHE"
	for what in "${@:-images}" qemu; do
		[ ! -e "$real/$what" ] || ln -s "$real/$what" "$SNULL_CACHE/"
	done
}
lend

root() { [ "$(id -u)" = 0 ] || { skip "$1" 'only root can'; return 1; }; }

# ---- what is not set, not there, or not allowed ------------------------------------------------------------------------------

(unset SNULL_CACHE XDG_CACHE_HOME HOME; gets 125 labs/vm/run -q -- true) && line 'HOME is not set'; told 'no HOME'
SNULL_CACHE=/proc/none gets 125 labs/vm/run -q -- true && line 'cannot write to /proc/none'; told 'a cache that cannot be written to'
(export CDPATH=.:/tmp; gets 0 labs/vm/run -q --no-build -- echo works) && [ "$(cat "$t/out")" = works ]; told 'CDPATH is set'
gets 2 make -s grade LAB=03 ANSWERS='-no$such file.txt' RESULTS='-o$x' && grep -qF './-no$such file.txt' "$t/err"; told 'a name with what is make'"'"'s and the shell'"'"'s own'
(
	export SNULL_CACHE=$t/old
	mkdir -p "$SNULL_CACHE"/states/{one-2-000000000000,one-2-111111111111,two-2-222222222222,two-2-333333333333,.tmp-1}
	touch "$SNULL_CACHE"/states/{one-2-000000000000,one-2-111111111111,two-2-222222222222}/kernel
	touch -d yesterday "$SNULL_CACHE"/states/{one-2-111111111111,two-2-222222222222}
	gets 0 labs/vm/image --prune && [ "$(cd "$SNULL_CACHE/states" && echo *)" = 'one-2-000000000000 two-2-222222222222' ]
); told 'of machines that were kept, the newest of each kind stay, if their image does'
(export CDPATH=.:/tmp; gets 0 make -s image) && [ "$(cat "$t/out")" = "$SNULL_CACHE/images/${image##*/}" ]; told 'CDPATH is set, for make'
gets 0 sh -c 'labs/lab list | head -n 1' && [ ! -s "$t/err" ]; told 'a reader of the list that goes away'
SNULL_QEMU=/bin/false gets 125 labs/vm/run -q -- true && line '/bin/false does not start'; told 'a QEMU that does not start'
SNULL_QEMU=/bin/false gets 1 docs/tools/measure stamps && grep -q 'measure: status 125 of labs/vm/run' "$t/err" && ! grep -q Traceback "$t/err"
told 'which is one line of docs/tools/measure, too'
mkdir "$t/empty"
SNULL_CACHE=$t/empty SNULL_MIRROR=http://127.0.0.1:9 gets 1 labs/vm/image && line 'no network?'; told 'no network for an image'
SNULL_CACHE=$t/empty SNULL_MIRROR=http://127.0.0.1:9 gets 1 labs/vm/qemu --own -q && line 'no QEMU: .*no network?'; told 'no network for QEMU'
SNULL_MIRROR=http://127.0.0.1:9 gets 0 labs/vm/image && [ "$(cat "$t/out")" = "$SNULL_CACHE/images/${image##*/}" ]; told 'an image is found, whichever mirror it came from'
SNULL_CACHE=$t/a:b SNULL_MIRROR=http://127.0.0.1:9 gets 1 labs/vm/qemu --own -q && line 'a path without : and ;'; told 'a cache where QEMU would not find its libraries'
printf '#!/bin/sh\necho "QEMU emulator version 8.2.2"\n' >"$t/eight"
chmod 755 "$t/eight"
(export SNULL_QEMU=$t/eight; ARCH=amd64 gets 0 labs/vm/qemu && [ ! -s "$t/err" ] && ARCH=arm64 gets 0 labs/vm/qemu && line 'older than 9.1'); told 'a QEMU that is too old for arm64 only'
(
	export SNULL_CACHE=$t/packs
	mkdir "$SNULL_CACHE"
	ln -s "$real/images" "$SNULL_CACHE/"
	: >"$SNULL_CACHE/qemu"
	gets 1 labs/bundle/make -q --gradescope 3 --output "$t/none.zip" && line 'mkdir: .*packs/qemu' && [ ! -e "$SNULL_CACHE/build" ]
); told 'no QEMU to pack: is told why, before the packing'
! ls -d "$t"/empty/*/.tmp-* >"$t/err" 2>&1; told 'no network: nothing half-made is left'

# ---- what a host lacks -------------------------------------------------------------------------------------------------------

# bare COMMAND…: with these programs, and those that "there" makes.
mkdir "$t/bare"
for program in bash dirname env head id mkdir uname; do ln -s "$(command -v $program)" "$t/bare/"; done
there() { printf '#!/bin/bash\n%s\n' "$2" >"$t/bare/$1"; chmod 755 "$t/bare/$1"; }
bare() { SNULL_CACHE=$t/empty gets "$1" env PATH="$t/bare" "${@:2}"; }
there dpkg-query 'echo installed'
echo '#!/usr/bin/env perl' >"$t/kernel-doc"
compgen -G '/usr/lib/linux-kbuild-*' >/dev/null || bare 1 docs/tools/deps --check html; told 'without a kernel-doc the documentation is not built'
(export KERNEL_DOC=$t/kernel-doc; bare 0 docs/tools/deps --check html); told 'with one that KERNEL_DOC names, it is'
there dpkg-query ''
rm "$t/bare/id"
there id 'echo 4711'
bare 1 docs/tools/deps html && line 'missing: make .*, and no sudo here: ask the administrator'; told 'no sudo'

# without RIGHTS COMMAND…: as an ordinary user of no name, in a user namespace of its own.
if root 'an ordinary user'; then
	mkdir "$t/home"
	chown 4711:4711 "$t/home"
	ordinary() { HOME=$t/home SNULL_CACHE=$t/home/cache gets "$1" setpriv --reuid=4711 --regid=4711 --clear-groups "${@:2}"; }
	if setpriv --reuid=4711 --regid=4711 --clear-groups test -r labs/vm/image -a -x .; then
		ordinary 1 labs/vm/image && line 'no subordinate user ids .*usermod --add-subuids.*one file'; told 'no subordinate user ids'
		echo '4711:100000:65536' >"$t/subids"
		limited() { HOME=$t/home SNULL_CACHE=$t/home/cache own_users unshare --mount sh -c '
			mount --bind "$0" /etc/subuid && mount --bind "$0" /etc/subgid && echo 0 >/proc/sys/user/max_user_namespaces || exit 99
			exec setpriv --reuid=4711 --regid=4711 --clear-groups labs/vm/image' "$t/subids" >"$t/out" 2>"$t/err"; }
		limited
		[ $? = 1 ] && line 'no namespace for a chroot.*one file'
		told 'no user namespaces'
	else
		skip 'no subordinate user ids' 'this checkout is not for everybody to read'
		skip 'no user namespaces' 'likewise'
	fi
	gets 1 setpriv --bounding-set -sys_admin labs/vm/build && line 'or use the machine in one file'; told 'a root without namespaces'
fi
clean 'without rights'

# ---- a disk that is full ---------------------------------------------------------------------------------------------------

SNULL_CACHE=$t/small small 1m "$t/small" 1 labs/vm/image && line 'less than [0-9]* MB'; told 'no room for an image'
small 3m "$SNULL_CACHE/states" 0 labs/vm/run --no-build -- echo works && grep -q 'less than 350 MB' "$t/err" && [ "$(cat "$t/out")" = works ]
told 'no room for a state: says so, and boots'
small 3m "$SNULL_CACHE/build" 125 labs/vm/run -q -- true && grep -qi 'no space\|is full' "$t/err" && grep -q 'did not build' "$t/err"
told 'no room to build in'
TMPDIR=$t/small small 24m "$t/small" 125 labs/vm/run -q --no-build -- head -c 30000000 /dev/zero && grep -q 'is full' "$t/err"
told 'no room for what a command prints'
TMPDIR=$t/small small 1m "$t/small" 125 labs/vm/run -q --no-build -- true && line 'small is full: .*TMPDIR'; told 'no room for temporary files'
mkdir "$t/pipeless"
printf '#!/bin/sh\necho "Operation not permitted" >&2\nexit 1\n' >"$t/pipeless/mkfifo"
chmod 755 "$t/pipeless/mkfifo"
PATH=$t/pipeless:$PATH gets 125 labs/vm/run -q --no-build -- true && line 'cannot make a pipe in .*TMPDIR'; told 'temporary files where there are no pipes'
clean 'a full disk'

# ---- names that mean something to a shell, to make, to QEMU -------------------------------------------------------------------

odd="$t/my cöurse,a=b;'c' \"d\" \$HOME %s #e"
mkdir "$odd"
git ls-files -z | rsync -a --from0 --files-from=- ./ "$odd/"
# The name that mktemp gives goes into it as well.
mkdir "$odd/tmp"
TMPDIR=$odd/tmp gets 0 "$odd/labs/vm/run" -q -- sh -c 'insmod $SNULL_KO && cat /sys/module/snull/parameters/use_napi'
told 'an odd directory: the driver builds, and loads'
gets 2 make -C "$odd" && grep -q 'A path with a space' "$t/err"; told 'an odd directory: "make" for this kernel says what is wrong'
make -n -C labs/tools TOOLS=pktgen O=rel 2>/dev/null | grep -qF "mkdir -p $PWD/labs/tools/rel/obj/pktgen"
result $? 'a relative O is one directory for all tools'
for one in "$odd" "$t/a b"; do
	mkdir -p "$t/kernel" "$one"/{snull,napi-modern,legacy-poll,examples,tests}
	cp Makefile dkms.conf "$one/"
	echo 'clean:' >"$t/kernel/Makefile"
	touch "$one/snull.ko" "$one/snull/main.o"
	gets 0 make -s -C "$one" KDIR="$t/kernel" clean && [ ! -e "$one/snull.ko" ] && [ ! -e "$one/snull/main.o" ]; told "an odd directory: make clean in ${one##*/}"
done
gets 0 make -s -C "$odd" help && grep -q 'make demo\|demo' "$t/out"; told 'an odd directory: make help'
TMPDIR=/dev/shm gets 0 labs/vm/run -q --no-build -- true; told 'a TMPDIR on another file system'

# ---- what "make distclean" removes --------------------------------------------------------------------------------------------

# Every name by which something here makes a directory or a file in the cache.
mkdir "$t/ours" "$t/theirs" "$t/theirs/images"
git grep -hoE '(\$cache"?/|CACHE, ")\.?[a-z][a-z0-9.-]*' -- labs packaging docs tests | grep -oE '[a-z0-9.-]*$' | sort -u >"$t/names"
(cd "$t/ours" && xargs touch) <"$t/names"
: >"$t/theirs/thesis"
SNULL_CACHE=$t/ours gets 0 make -s -C "$odd" KDIR="$t/kernel" distclean && [ ! -e "$t/ours" ] && [ "$(wc -l <"$t/names")" -ge 12 ]; told 'all that we make in the cache'
SNULL_CACHE=$t/theirs gets 2 make -s -C "$odd" KDIR="$t/kernel" distclean && grep -q 'more in it than our cache (thesis)' "$t/err" && [ -d "$t/theirs/images" ]
told 'but not a directory that has more in it'

# ---- two at once, and Ctrl-C ----------------------------------------------------------------------------------------------------

lend
for one in 1 2; do
	timeout --foreground $limit labs/vm/run -q -- sh -c 'insmod $SNULL_KO && echo loaded' >"$t/two$one" 2>&1 </dev/null &
done
wait
[ "$(cat "$t/two1" "$t/two2")" = "$(printf 'loaded\nloaded')" ]
result $? 'two at once, with nothing built and nothing kept' "$t/two1" "$t/two2"
clean 'two at once'

# With the programs of this host; 46-bad-steps has toys, which can be stopped at any step.
lend
interrupted building 'ls "$SNULL_CACHE"/build/*/src/snull/*.o' labs/vm/build
lend
interrupted 'keeping a machine' 'grep . "$SNULL_CACHE"/states/.tmp-*/console' labs/vm/keep
lend images states
interrupted 'a run' 'grep there "$t/out"' labs/vm/run --no-build -- sh -c 'echo there; exec sleep 1000'
lend images states build
interrupted 'a bench' 'pgrep -s $pid -f -- "-incoming"' labs/bench/bench
# mmdebstrap has to tidy up as well. (1.3 does not in its first second, as long as it looks at keys.)
lend none
mkdir -m 1777 "$t/tmp"
interrupted 'making an image' 'ls "$t"/tmp/mmdebstrap.*/var/lib/apt/lists/*Packages*' env TMPDIR="$t/tmp" labs/vm/image
[ -d "$SNULL_CACHE/images" ] && ! find "$SNULL_CACHE/images/" -mindepth 1 | grep .
result $? 'of an image that was interrupted, nothing is kept'
# killed COMMAND…: by "kill", which that program alone gets; what it has started ends, too.
killed()
{
	local pid status
	lend images states build # a build would be waited for
	setsid "$@" >"$t/err" 2>&1 </dev/null &
	pid=$!
	wait_for 60 eval 'ls "$SNULL_CACHE"/machines/* && sleep 3'
	kill $pid
	wait $pid
	status=$?
	[ $status = 143 ] && wait_for 20 eval "! pgrep -s $pid"
	result $? "kill ends $1, with 143, and its machine" <(echo "status $status"; pgrep -as $pid) "$t/err"
	clean "kill of $1"
}
killed labs/bench/bench
killed labs/bench/drivers.py --only veth

# ---- the end of machines that do not answer ---------------------------------------------------------------------------------------

printf '#!/bin/sh\n[ "$1" != --version ] || { echo "QEMU emulator version 10.0.0"; exit; }\nexec sleep 1000\n' >"$t/silent"
chmod 755 "$t/silent"
# ended NAME COMMAND: that ends what runs, though its machine is still being booted, to be kept; $run is labs/vm/run.
ended()
{
	local name=$1 run
	lend
	SNULL_QEMU=$t/silent SNULL_ACCEL=tcg setsid labs/vm/run -q --no-build -- true >"$t/err" 2>&1 </dev/null &
	run=$!
	wait_for 60 pgrep -s $run -f 'sleep 1000' && eval "$2" >"$t/out" 2>&1
	wait_for 10 eval "! pgrep -s $run"
	result $? "$name" <(pgrep -as $run) "$t/out" "$t/err"
	kill -KILL -- -$run 2>/dev/null
	{ wait $run; } 2>/dev/null
	clean "$name"
}
ended '"make stop" ends a machine that is being booted' labs/vm/stop
grep -q '^vm: 1 machines' "$t/out"; result $? 'as one' "$t/out"
ended 'so does a signal for the run that wants it' 'kill $run'

# A QEMU that ends itself as it boots a machine to keep: the first time, or each.
qemu=$(labs/vm/qemu -q)
for times in 1 9; do
	lend
	rm -f "$t/aborted"
	printf '#!/bin/sh\ncase $* in *path=orders*) echo >>%s; [ "$(wc -l <%s)" -gt %s ] || kill -ABRT $$ ;; esac\nexec %s "$@"\n' \
		"$t/aborted" "$t/aborted" "$times" "$qemu" >"$t/aborts"
	chmod 755 "$t/aborts"
	if [ $times = 1 ]; then
		SNULL_QEMU=$t/aborts gets 0 labs/vm/keep -q && [ ! -s "$t/err" ] && [ -s "$(cat "$t/out")/ram" ]
		told 'a QEMU that ended by itself as it booted: another boot is another try'
	else
		SNULL_QEMU=$t/aborts gets 1 labs/vm/keep -q && one 'no machine to keep: it did not boot'
		told 'one that does so each time: one line says that'
	fi
	[ "$(wc -l <"$t/aborted")" = 2 ]
	result $? 'it was tried twice'
	clean 'it ended by itself'
done

for part in devices ram; do
	lend
	state=$(labs/vm/keep -q) && : >"$state/$part"
	gets 0 labs/vm/run -q --no-build -- echo works && [ "$(cat "$t/out")" = works ] && [ -s "$state/$part" ]
	told "a state that is broken is made again ($part)"
done
plan
