#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 46-bad-steps: each step of an image, of QEMU's fetching, of a bundle and of a grading fails, fills the disk, or is interrupted
# when it is just being done: one line says why, and nothing half-made is left. Toys do the steps: no image is needed, no network
# and no machine. It runs on the host. PARTS='fails full old names stops twice' tries those parts only.
# shellcheck disable=SC2016,SC2030,SC2031 # what is quoted is for other shells; what is set for one command is to be lost

cd "$(dirname "$0")/.." || exit
[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
. tests/tap.sh
. tests/bad.sh
unset SNULL_QEMU SNULL_SUITE SNULL_CONSOLE_LOG ARCH XDG_CACHE_HOME
export SNULL_CACHE=$t/cache SNULL_MIRROR=copy:$t/mirror TMPDIR=$t/tmp APT_CONFIG=$t/apt.conf

# ---- the toys ------------------------------------------------------------------------------------------------------------

mkdir "$t/tmp" "$t/answers"
# In a namespace of their own ("small"), ordinary users are root, but cannot become apt's user.
echo 'APT::Sandbox::User "root";' >"$APT_CONFIG"
for one in debian/dists/trixie debian/dists/trixie-updates debian-security/dists/trixie-security; do
	mkdir -p "$t/mirror/$one"
	: >"$t/mirror/$one/InRelease"
done
# What mmdebstrap brings.
mkdir -p "$t/tree"/{bin,boot,usr/src/linux-headers-6.0,lib/modules/6.0/kernel}
echo kernel >"$t/tree/boot/vmlinuz-6.0"
: >"$t/tree/bin/busybox"
for one in virtio_pci virtio_blk erofs overlay 9pnet_virtio 9p; do : >"$t/tree/lib/modules/6.0/kernel/$one.ko"; done
# QEMU's package: it starts where its own loader says so, and finds its libraries.
mkdir -p "$t/deb/DEBIAN" "$t/deb/usr"/{bin,share/qemu,lib/toy-linux-gnu}
printf '%s: %s\n' Package toy Version 1 Architecture all Maintainer nobody Description toy >"$t/deb/DEBIAN/control"
cat >"$t/deb/usr/lib/toy-linux-gnu/ld-linux-toy.so" <<-'END'
	#!/bin/sh
	[ ! -e "$2/libtoy.so" ] || [ ! -e "$3" ] || echo 'QEMU emulator version 10.0.0'
END
chmod 755 "$t/deb/usr/lib/toy-linux-gnu/ld-linux-toy.so"
touch "$t/deb/usr/lib/toy-linux-gnu/libtoy.so" "$t/deb/usr/bin/qemu-system-"{x86_64,aarch64}
dpkg-deb --build "$t/deb" "$t/toy.deb" >/dev/null || { echo 'Bail out! no package of toys'; exit 1; }
cp labs/03-napi/solution/answers.txt "$t/answers/"

# In QEMU's place: it boots, and its state is kept; what goes on from there prints "works". With TOY=booting, keeping or running
# it comes no further, and Ctrl-C alone does not end it.
cat >"$t/qemu" <<-END
	#!/bin/bash
	[ "\$1" != --version ] || { echo "QEMU emulator version 10.0.0"; exit; }
	at() { [ "\$TOY" != \$1 ] || { trap '' INT; echo \$\$ >"$t/mark"; exec sleep 1000; }; }
	at booting
	if [[ " \$* " = *" -incoming "* ]]; then
		: >share/began
		echo 'vm: going on' >>console
		at running
		echo works >>share/stdout
		echo 0 >>share/status
		exec sleep 1000
	fi
	printf 'vm: ready\nvm: warm\n' >>console
	: >answers
	while read -r order; do
		case \$order in
		migrate\ *)
			echo devices >devices
			: >ram
			at keeping
			echo 'Migration status: completed' >>answers ;;
		quit) exit ;;
		esac
	done <orders
END
chmod 755 "$t/qemu"
with_toys=("PATH=$toys:$PATH" "SNULL_QEMU=$t/qemu" SNULL_ACCEL=tcg)

# whole: all toys do what is wanted of them. There is room, and a chroot that runs nothing but toys: of a shell's script, make.
whole()
{
	rm -f "$toys"/*
	toy df 'printf "Avail\n99999999\n"'
	toy unshare 'while [[ $1 = --* ]]; do shift; done; exec "$@"'
	toy mount ''
	toy chroot 'shift; while [[ $1 != LC_ALL=* ]]; do shift; done; shift; [ "$1" != sh ] || set -- make; exec "$@"'
	toy make ''
	toy modprobe 'echo "insmod /src/lib/modules/6.0/kernel/${@: -1}.ko"'
	toy mkfs.erofs 'for one; do case $one in *.erofs) : >"$one" ;; esac; done'
	toy mmdebstrap "cat >/dev/null; $(command -v tar) -c -C '$t/tree' .; echo 'I: success' >&2"
	# It is told where its files are as the real one is.
	toy apt-get 'options=() words=()
		while [ $# -gt 0 ]; do case $1 in -o) options+=(-o "$2"); shift ;; -*) ;; *) words+=("$1") ;; esac; shift; done
		eval "$(apt-config "${options[@]}" shell place Dir::Cache::archives/d list Dir::Etc::sourcelist/f)"
		[ -s "$list" ] || { echo "E: no list of sources" >&2; exit 100; }
		[ "${words[0]}" != install ] || cp '"'$t/toy.deb'"' "$place/"'
}
whole
fresh() { rm -rf "$SNULL_CACHE"; mkdir "$SNULL_CACHE"; }
# image STATUS: have one made, of toys.
image() { gets "$1" env "${with_toys[@]}" labs/vm/image -q; }

# ---- a step that fails -----------------------------------------------------------------------------------------------------

# failing NAME PROGRAM SCRIPT PATTERN: the program's place is taken by the script, and the image is not made: the line says why.
failing()
{
	fresh
	toy "$2" "$3"
	image 1 && one "$4"; told "$1: no image, and one line says why"
	[ -d "$SNULL_CACHE/images" ] && ! find "$SNULL_CACHE/images" -mindepth 1 | grep . >"$t/left"
	result $? "$1: leaves no image" "$t/left"
	clean "$1"
	whole
}

part_fails()
{
	local program
	failing 'a file system on which an image cannot be unpacked' tar \
		'cat >/dev/null; echo "tar: ./etc/shadow: Cannot change ownership to uid 0, gid 42: Not permitted" >&2; exit 2' \
		'cannot unpack into .* SNULL_CACHE names another place.*): ./etc/shadow: .*gid 42'
	failing 'no chroot' chroot 'echo "sh: 7: exec: chroot: not found" >&2; exit 127' 'no initramfs: .*chroot: not found'
	failing 'no modprobe in there' modprobe 'echo "modprobe: FATAL: Module $4 not found" >&2; exit 1' 'no initramfs: modprobe: FATAL'
	failing 'a module that is not there' modprobe 'echo "insmod /src/lib/none.ko"' 'no initramfs: .*/lib/none.ko: No such file'
	for program in cpio mkfs.erofs; do
		failing "a $program that fails" $program "echo '$program: it hurts' >&2; exit 1" "$program: it hurts"
	done
	# A QEMU that is too old, and no other to be had.
	fresh
	toy qemu-system-x86_64 'echo "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"'
	cp "$toys/qemu-system-x86_64" "$toys/qemu-system-aarch64"
	rm "$toys/apt-get"
	gets 1 env "${with_toys[@]}" SNULL_QEMU= SNULL_MIRROR=http://127.0.0.1:9 labs/vm/qemu -q &&
		one 'no QEMU: .*has 7.2.22, and [89].1 is needed.*no network?'
	told 'a QEMU that is too old, and no network for another'
	[ ! -s "$t/out" ] && [ -z "$(ls -A "$SNULL_CACHE/qemu")" ]
	result $? 'which is not used, and of the other nothing is kept' "$t/out"
	clean 'a QEMU that is too old'
	gets 125 env "${with_toys[@]}" SNULL_QEMU= SNULL_MIRROR=http://127.0.0.1:9 labs/vm/run -q -- true &&
		line 'has 7.2.22, and [89].1 is needed.*no network?'
	told 'and no machine is started by it'
	clean 'no machine'
	whole
}

# ---- a disk that is full in the middle -------------------------------------------------------------------------------------

# filling WHEN SIZE PATTERN: an image that does not fit, though there was room. (The disk is gone afterwards: what is left on it
# is asked for before.)
filling()
{
	small "$2" "$t/small" 1 env "${with_toys[@]}" SNULL_CACHE="$t/small" bash -c \
		'labs/vm/image -q; status=$?; find "$SNULL_CACHE/images" -mindepth 1 >"$0"; exit $status' "$t/left" && one "$3"
	told "a disk that is full when $1: no image, and one line says why"
	[ ! -s "$t/left" ]; result $? "a disk that is full when $1: nothing is kept" "$t/left"
	clean "a disk that is full when $1"
}

part_full()
{
	fresh
	head -c 3000000 /dev/urandom >"$t/tree/large"
	rm "$toys/mkfs.erofs"
	filling 'packages are unpacked' 2m 'cannot unpack into .*a full disk.*: ./large: '
	filling 'it is packed' 4m 'mkfs.erofs failed: .*No space left'
	toy cpio 'exec head -c 9000000 /dev/zero'
	filling 'its initramfs is written' 4m 'no initramfs: .*No space left'
	rm "$t/tree/large"
	whole
}

# ---- an image of an older checkout -----------------------------------------------------------------------------------------

part_old()
{
	local old=trixie-000000000000 new built
	fresh
	mkdir -p "$SNULL_CACHE/images/$old/tree"
	touch "$SNULL_CACHE/images/$old"/{kernel,initrd,root.erofs,kver}
	toy mmdebstrap 'cat >/dev/null; echo "E: nothing to be had" >&2; exit 1'
	gets 125 env "${with_toys[@]}" labs/vm/run -q -- true && line 'mmdebstrap failed, .*nothing to be had'
	told 'an image of an older checkout is not used'
	[ "$(ls "$SNULL_CACHE/images")" = $old ]; result $? 'nor removed'
	whole
	image 0 && new=$(cat "$t/out") && [[ $new = "$SNULL_CACHE"/images/trixie-* && $new != */$old ]] && [ -s "$new/kernel" ]
	told 'another one is made'
	gets 0 env "${with_toys[@]}" labs/vm/image --prune -q && [ "$(ls "$SNULL_CACHE/images")" = "${new##*/}" ]
	told 'and "labs/vm/image --prune" removes the old one'
	# What was built by the old one, its compiler and its kernel's headers.
	gets 0 env "${with_toys[@]}" labs/vm/build -q && built=$(echo "$SNULL_CACHE"/build/trixie-*) && : >"$built/src/snull/old.o" &&
		gets 0 env "${with_toys[@]}" labs/vm/build -q && [ -e "$built/src/snull/old.o" ]
	told 'what has been built stays, as long as the image is the same'
	echo "$old 1 2" >"$built/image"
	gets 0 env "${with_toys[@]}" labs/vm/build -q && [ ! -e "$built/src/snull/old.o" ] && [ -e "$built/src/snull/main.c" ]
	told 'and is built anew when it was built by another one'
}

# ---- names that mean something to a shell, to apt ----------------------------------------------------------------------------

part_names()
{
	local odd="$t/c ö'd\"e\$HOME\\n%41#[x]*?&~,=f" new
	mkdir "$odd" "$odd;:g" "$odd;:h"
	export SNULL_CACHE="$odd;:g"
	image 0 && new=$(cat "$t/out") && [[ $new = "$SNULL_CACHE"/images/* ]] &&
		cpio -t --quiet <"$new/initrd" | grep -q '^modules/9p.ko'
	told 'an odd cache: an image is made'
	gets 0 env "${with_toys[@]}" labs/vm/run -q -- echo works && [ "$(cat "$t/out")" = works ]
	told 'an odd cache: a machine is kept, and goes on'
	gets 1 env "${with_toys[@]}" labs/vm/qemu --own -q && one 'a path without : and ;'
	told 'an odd cache: QEMU would not find its libraries there, and the line says so'
	clean 'an odd cache'
	SNULL_CACHE=$odd
	gets 0 env "${with_toys[@]}" labs/vm/qemu --own -q && new=$(cat "$t/out") && [[ $new = "$odd"/qemu/* ]] &&
		"$new" --version | grep -q 10.0.0
	told 'an odd cache, without these: QEMU is fetched, and starts'
	clean 'an odd cache, of QEMU'
	# The home of somebody of such a name.
	gets 0 env -u SNULL_CACHE "${with_toys[@]}" HOME="$odd;:h" labs/vm/run -q -- echo works &&
		[ "$(cat "$t/out")" = works ] && [ -d "$odd;:h/.cache/snull/images" ]
	told 'an odd HOME: an image is made, and a machine kept, which goes on'
	SNULL_CACHE="$odd;:h/.cache/snull" clean 'an odd HOME'
	export SNULL_CACHE=$t/cache
}

# ---- Ctrl-C in the middle of each step ---------------------------------------------------------------------------------------

# stopped NAME STEP COMMAND…: Ctrl-C when this program, or QEMU at that, is at work, and does not come to its end.
stopped()
{
	local name=$1 step=$2 halt="echo \$\$ >'$t/mark'; exec sleep 1000"
	shift 2
	rm -f "$t/mark"
	case $step in
	booting|keeping|running) ;;
	zip) toy python3 "case \$1 in */zip) echo half >\"\$3\"; $halt ;; esac; exec $(command -v python3) \"\$@\"" ;;
	*) toy "$step" "for one; do case \$one in *.part|*.erofs) echo half >\"\$one\" ;; esac; done; $halt" ;;
	esac
	interrupted "$name" 'test -s "$t/mark"' env "${with_toys[@]}" TOY="$step" "$@"
	whole
}
# none NAME DIRECTORY…: what is there when all has come to its end is not.
none()
{
	(cd "$SNULL_CACHE" && find "${@:2}" -mindepth 1) >"$t/left" 2>/dev/null
	[ ! -s "$t/left" ]
	result $? "$1" "$t/left"
}

part_stops()
{
	local step
	fresh
	stopped 'fetching packages' mmdebstrap labs/vm/image
	stopped 'unpacking packages' tar labs/vm/image
	stopped 'an initramfs, in the chroot' modprobe labs/vm/image
	stopped 'an initramfs, which is packed' cpio labs/vm/image
	stopped 'packing an image' mkfs.erofs labs/vm/image
	none 'of these images, none is there' images
	stopped 'fetching QEMU' apt-get labs/vm/qemu --own
	stopped 'unpacking QEMU' dpkg-deb labs/vm/qemu --own
	none 'of QEMU, nothing is there' qemu

	fresh
	image 0; told 'an image of toys is made'
	stopped 'building: the sources are copied' rsync labs/vm/build
	stopped 'building: the module is made' make labs/vm/build
	stopped 'a lab that is graded: building' make labs/lab grade 3 "$t/answers/answers.txt"
	for step in booting keeping; do
		stopped "keeping a machine: $step" $step labs/vm/keep
		stopped "a lab that is run: $step" $step labs/lab run 3
		stopped "a lab that is graded: $step" $step labs/lab grade 3 "$t/answers/answers.txt"
		stopped "a demo: $step" $step labs/vm/run --icount --timeout 600 -- labs/demo/demo
	done
	none 'of these machines, none is kept' states
	stopped 'a lab that is run: running' running labs/lab run 3
	stopped 'a lab that is graded: running' running labs/lab grade 3 "$t/answers/answers.txt"
	stopped 'a demo: running' running labs/vm/run --icount --timeout 600 -- labs/demo/demo
	none 'of what was measured, nothing is kept' measured
	[ "$(ls "$t/answers")" = answers.txt ]; result $? 'nor a verdict on the answers'

	# A bundle is written to where nothing is to be left.
	for step in make mkfs.erofs zstd; do
		stopped "make bundle: $step" $step labs/bundle/make --output "$t/tmp/machine.tar.zst"
	done
	env "${with_toys[@]}" labs/vm/qemu --own -q >"$t/err" 2>&1
	for step in make mkfs.erofs zip; do
		stopped "make gradescope: $step" $step labs/bundle/make --gradescope 3 --output "$t/tmp/autograder.zip"
	done
}

# ---- Ctrl-C twice ------------------------------------------------------------------------------------------------------------

# twice STEP COMMAND…: Ctrl-C when that is being done, and once more while it tidies up, which takes its time.
twice()
{
	local step=$1 pid
	shift
	rm -f "$t/fetching" "$t/tidying"
	setsid env --default-signal=INT "${with_toys[@]}" "$@" >"$t/out" 2>"$t/err" </dev/null &
	pid=$!
	wait_for 60 test -e "$t/$step" && kill -INT -- -$pid
	wait_for 60 test -e "$t/tidying" && kill -INT -- -$pid
	wait $pid
	status=$?
	wait_for 20 eval "! pgrep -s $pid"
}

part_twice()
{
	local image='' status slowly
	slowly="case \$1 in -rf) find \"\${@: -1}\" -name busybox -delete 2>/dev/null; : >'$t/tidying'; sleep 1 ;; esac
		exec $(command -v rm) \"\$@\""
	fresh
	toy rm "$slowly"
	toy mmdebstrap ": >'$t/fetching'; exec sleep 1000"
	twice fetching labs/vm/image
	[ $status = 130 ]; result $? 'Ctrl-C twice in the middle of making an image: it ends, with 130' <(echo "status $status") "$t/err"
	clean 'Ctrl-C twice in the middle of making an image'
	whole
	image 0 && image=$(cat "$t/out") && [ -e "$image/tree/bin/busybox" ] && [ -s "$image/kernel" ]; told 'an image that is whole'
	toy rm "$slowly"
	twice tidying labs/vm/image --force
	[ -n "$image" ] && { [ ! -e "$image" ] || [ -e "$image/tree/bin/busybox" ]; }
	result $? 'Ctrl-C while the old image is removed: no half of one counts as whole' "$t/err"
	clean 'Ctrl-C while the old image is removed'
	whole
}

for one in ${PARTS:-fails full old names stops twice}; do part_"$one"; done
plan
