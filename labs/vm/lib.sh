# SPDX-License-Identifier: GPL-2.0-only
# lib.sh: what the commands of labs/vm share: the suites, the cache, messages, locks, and a chroot that needs no root.
# shellcheck shell=bash

# Debian gives an ordinary user a PATH without the programs of administrators: chroot, mkfs.erofs, unshare's helpers.
PATH=$PATH:/usr/sbin:/sbin
# With CDPATH set, cd prints where it went.
unset CDPATH
vm=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck disable=SC2034 # used by the scripts that read this file
top=$(cd "${SNULL_SRC:-$vm/../..}" && pwd) || exit
cache=${SNULL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/snull}
# Machines start in directories of their own: what was named by a relative name is where it was named.
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
case ${TMPDIR:-/} in /*) ;; *) TMPDIR=$PWD/$TMPDIR ;; esac
case ${SNULL_QEMU:-/} in /*) ;; */*) SNULL_QEMU=$PWD/$SNULL_QEMU ;; esac
mirror=${SNULL_MIRROR:-http://deb.debian.org}
case $(uname -m) in
x86_64) host_arch=amd64 ;;
aarch64) host_arch=arm64 ;;
*) host_arch=$(uname -m) ;;
esac
# The guest's architecture, by Debian's name.
arch=${ARCH:-$host_arch}
# ... and by the kernel's, which who builds kernels may have there.
case $arch in x86|x86_64) arch=amd64 ;; esac
suites='bullseye bookworm trixie backports rt debug kselftest'

quiet=
die_status=1
say() { [ -n "$quiet" ] || echo "vm: $*" >&2; }
die() { echo "${0##*/}: $*" >&2; exit "$die_status"; }
usage() { sed -n 's/^# \{0,1\}/  /;3,/^$/p' "$0" | grep -v '^$' >&2; exit "$die_status"; }

# A cache that can't be written to is told of here, before anything else is tried.
# shellcheck disable=SC2120 # an argument is for those who need more than usual: usable_cache MB
usable_cache()
{
	[ -n "${SNULL_CACHE-}${XDG_CACHE_HOME-}${HOME-}" ] || die "HOME is not set: set SNULL_CACHE to a directory that you own"
	mkdir -p "$cache/lock" "$cache/log" 2>/dev/null && [ -w "$cache/lock" ] ||
		die "cannot write to $cache: set SNULL_CACHE to a directory that you own"
	room "$cache" "${1:-50}"
}

# left -k|-m DIRECTORY: how much room there is, in KiB or MiB.
left() { df "$1" --output=avail "$2" | tail -n 1; }
# room DIRECTORY MB: in the cache.
room()
{
	[ "$(left -m "$1")" -ge "$2" ] || die "$1 has less than $2 MB left: make room, or set SNULL_CACHE"
}

# clear_cache: remove it, if it has nothing but what is made in it: SNULL_CACHE may name a directory with more.
clear_cache()
{
	local one
	[ -d "$cache" ] || return 0
	for one in "$cache"/* "$cache"/.[!.]* "$cache"/..?*; do
		case ${one##*/} in
		build|debs|images|kernels|kselftest|live|lock|log|machines|measured|packages|qemu|states) ;;
		faulty-*|kvm-*|scripts-*|.bundle-*) ;;
		*) [ ! -e "$one" ] || die "$cache has more in it than our cache (${one##*/}): remove by hand what you do not want" ;;
		esac
	done
	echo "removing $cache, $(du -sh "$cache" 2>/dev/null | cut -f1)"
	ns rm -rf "$cache"
}

need() # TOOL...: refuse to go on without them
{
	local tool
	for tool; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing on this host: run labs/vm/deps"
	done
}

# machine_of ARCH: which QEMU emulates it: its command's name, and Debian's package of it.
machine_of()
{
	# shellcheck disable=SC2034 # used by the scripts that read this file
	case $1 in
	amd64) qemu_name=qemu-system-x86_64 qemu_package=qemu-system-x86 ;;
	i386) qemu_name=qemu-system-i386 qemu_package=qemu-system-x86 ;;
	arm64) qemu_name=qemu-system-aarch64 qemu_package=qemu-system-arm ;;
	*)	die "no machine for the architecture '$1': ARCH is amd64, arm64 or i386" ;;
	esac
}

# debian_sources DIST: the archive's lines for a release, with the keys that its signatures are checked by.
debian_sources()
{
	local keys line
	for keys in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ ! -e "$keys" ] || break
	done
	for line in "debian $1" "debian $1-updates" "debian-security $1-security"; do
		echo "deb [signed-by=$keys] $mirror/$line main"
	done
}

# debian_unpack DIR DIST ARCH STATUS PACKAGE: into DIR/root, with what it needs and dpkg's STATUS file does not have. The host's
# apt does it, but knows only DIR; it checks the signatures.
debian_unpack()
{
	# Names are options: apt's files know no way to write a double quote.
	local tmp=$1 deb names=(-o "Dir::State::lists=$1/lists" -o "Dir::State::status=$4" -o "Dir::Cache=$1/cache"
		-o "Dir::Etc::sourcelist=$1/sources.list")
	mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/root"
	debian_sources "$2" >"$tmp/sources.list"
	cat >"$tmp/apt.conf" <<-END
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "$3";
		APT::Architectures "$3";
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Debug::NoLocking "true";
	END
	export APT_CONFIG=$tmp/apt.conf
	apt-get update -qq "${names[@]}" && apt-get install -qq -y --download-only "${names[@]}" "$5" || return
	for deb in "$tmp"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$tmp/root" || return
	done
}

# choose SUITE: what an image of it is made of. $dist is the Debian release, $kernel the packages (or "debug", see debug-kernel) that its kernel comes from, $more the packages that only it has.
choose()
{
	local flavour=$arch
	suite=$1 more=''
	# Of bpftrace, Debian has none for it.
	[ "$arch" != i386 ] || flavour=686 packages=${packages/ bpftrace/}
	kernel="linux-image-$flavour linux-headers-$flavour"
	case $suite in
	bookworm|trixie) dist=$suite ;;
	bullseye) # of libbpf-dev, the security archive lists a version that it does not have
		dist=$suite more='libbpf-dev/bullseye libbpf0/bullseye' ;;
	backports|trixie-backports)
		suite=backports dist=trixie
		kernel="linux-image-$flavour/trixie-backports linux-headers-$flavour/trixie-backports" ;;
	rt)	dist=trixie kernel="linux-image-rt-$flavour linux-headers-rt-$flavour" ;;
	debug)	dist=trixie kernel=debug ;;
	kselftest) # backports, and what the kernel's own tests need: see tests/kselftest
		dist=trixie more=$kselftest
		kernel="linux-image-$flavour/trixie-backports linux-headers-$flavour/trixie-backports" ;;
	*)	die "unknown suite '$suite'; choose one of: $suites" ;;
	esac
	machine_of "$arch"
	if [ "$arch" = i386 ]; then case $dist in
	bullseye|bookworm) ;;
	*) die "Debian has no i386 kernel since release 13: choose bookworm or bullseye for ARCH=i386" ;;
	esac; fi
	if [ "$kernel" = debug ] && [ "$arch" != amd64 ]; then die 'the debug kernel is for amd64'; fi
	if [ "$suite" = kselftest ] && [ "$arch" != amd64 ]; then die "the kernel's own tests are built for amd64"; fi
	triple=${qemu_name#qemu-system-}-linux-gnu
	# What belongs to it in the cache is called so.
	label=$suite
	[ "$arch" = amd64 ] || label=$suite-$arch
	# shellcheck disable=SC2034 # used by the scripts that read this file
	image=$cache/images/$label-$(recipe | sha256sum | cut -c1-12)
	# shellcheck disable=SC2034 # likewise: what is built of this checkout; another one does not meet it
	built=$cache/build/$label-$(echo "$top" | sha256sum | cut -c1-6)
}

# find_image: it is there, or it is made.
find_image() { [ -d "$image" ] || "$vm/image" --suite "$suite" ${quiet:+-q} >/dev/null; }

# contents: which image that is: one made anew is another, though by the same recipe.
contents() { echo "${image##*/}" "$(stat -L -c '%s %Y' "$image/root.erofs" "$image/initrd" "$image/kernel" | tr '\n' ' ')"; }

# foreign: can this host not run the guest's programs? Then they are cross-built.
foreign() { case $host_arch-$arch in "$arch-$arch"|amd64-i386) return 1 ;; esac; }
# cross_packages: what builds for the guest then, in a tree of the host's own architecture. (The kernel's headers want the
# guest's own compiler, so these are taken out of what is unpacked for the guest.)
cross_packages()
{
	echo "make kmod sparse pkgconf clang gcc libc6-dev gcc-${triple//_/-} libc6-dev-$arch-cross" \
		"libmnl-dev:$arch libjansson-dev:$arch libbpf-dev:$arch"
}

packages="mount gcc libc6-dev make kmod sparse busybox-static iproute2 iperf3 ethtool tcpdump iputils-ping
netcat-openbsd procps psmisc perl python3 trace-cmd linux-perf bpftrace iputils-arping strace nftables tmux less nano
pkgconf libmnl-dev libjansson-dev gnuplot-nox man-db clang libbpf-dev patch"
# To build the kernel's selftests (clang for BPF, flex to pkgconf for YNL and ethtool), then to run them.
kselftest='clang llvm libelf-dev zlib1g-dev libcap-dev flex bison rsync patch xz-utils
bpftool/trixie-backports python3-yaml python3-jsonschema socat netsniff-ng bc jq xxd lldpad'
# What a tree has anyway that is installed; one that is only unpacked has what is named.
# shellcheck disable=SC2034 # labs/vm/image unpacks it
essential='base-files base-passwd bash coreutils dash debianutils diffutils findutils grep gzip hostname libc-bin mawk
ncurses-base ncurses-bin passwd perl-base sed tar util-linux'
# Of the kernel's modules an image keeps what a machine without hardware can use.
unwanted='drivers/gpu drivers/media drivers/net/wireless drivers/net/ethernet drivers/infiniband drivers/scsi
drivers/iio drivers/usb drivers/staging drivers/input drivers/hid drivers/video drivers/ata drivers/mmc drivers/mtd
drivers/hwmon drivers/platform drivers/accel drivers/nvme drivers/md drivers/comedi drivers/isdn drivers/leds sound'
# … but of the real adapters' drivers those whose adapters QEMU has: to see how another driver keeps the contract.
wanted='drivers/net/ethernet/intel/e1000 drivers/net/ethernet/intel/e1000e drivers/net/ethernet/intel/igb
drivers/net/ethernet/realtek drivers/net/ethernet/amd drivers/net/ethernet/dec/tulip'
# What the initramfs loads before the root file system is there, in this order.
early='virtio_pci virtio_blk erofs overlay 9pnet_virtio 9p'

# recipe: everything an image depends on. Its hash names the image, so that a changed recipe makes a new one. All mirrors have the
# same packages: which one it was makes no other image.
recipe()
{
	echo "7 $suite $dist $kernel http://deb.debian.org"
	echo "$packages" "$unwanted" "$wanted" "$early"
	[ -z "$more" ] || echo "$more"
	[ "$arch" = amd64 ] || echo "2 $arch $(if foreign; then cross_packages; fi)"
	if [ "$kernel" = debug ]; then cat "$vm/debug.config" "$vm/debug-kernel"; fi
}

# ns COMMAND...: run it in a mount namespace of its own, as root there: by right, or by user namespace.
ns()
{
	if [ "$(id -u)" = 0 ]; then
		unshare --mount "$@"
	else
		unshare --user --map-root-user --map-auto --mount "$@"
	fi
}

# may_ns: can it? If not, say why in words.
may_ns()
{
	local why name
	why=$(ns true 2>&1) && return
	name=$(id -un 2>/dev/null) || name=$(id -u)
	if [ "$(id -u)" != 0 ] && ! grep -qs "^$name:\|^$(id -u):" /etc/subuid; then
		die "no subordinate user ids for $name in /etc/subuid, which building an image needs:" \
			"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $name$or_bundle"
	fi
	die "no namespace for a chroot here (${why##*$'\n'}), which building an image needs$or_bundle"
}
or_bundle='; or use the machine in one file, which needs none: docs/teaching/students-machines.rst'

# in_tree TREE COMMAND...: run it in a chroot there, in which $src (if set) is seen as /src.
in_tree()
{
	local tree=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	ns sh -ec '
		tree=$1 src=$2
		shift 2
		mount --rbind /dev "$tree/dev"
		mount --rbind /proc "$tree/proc"
		[ -z "$src" ] || mount --bind "$src" "$tree/src"
		exec chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			LC_ALL=C.UTF-8 "$@"' sh "$tree" "${src-}" "$@"
}

# guest_make ARGUMENTS…: make, in the image's tree and with its compiler, for the guest.
guest_make()
{
	local for_it=()
	[ "$arch" != i386 ] || for_it=(ARCH=i386)
	! foreign || for_it=("ARCH=${arch/amd64/x86_64}" "CROSS_COMPILE=$triple-" "CC=$triple-gcc"
		"PKG_CONFIG_LIBDIR=/usr/lib/$triple/pkgconfig")
	in_tree "$image/tree" env "${for_it[@]}" make "$@"
}

# lock NAME: one process at a time; held until this shell ends.
lock()
{
	usable_cache
	exec 9>"$cache/lock/$1"
	flock -n 9 && return
	say "waiting for another process that holds $1…"
	# Beside us: a shell that waits for a program in front heeds no signal. The lock is the descriptor's, and so ours. (For a
	# second at a time, since it outlives us.)
	until flock -w 1 9 & wait $!; do :; done
}

# beside COMMAND…: run it beside us, for its status: a shell that waits for a program in front heeds no signal. (Without env, what
# a shell has beside it would not heed Ctrl-C.)
beside()
{
	local status=0
	env --default-signal=INT "$@" &
	beside=$!
	wait "$beside" || status=$?
	beside=''
	return "$status"
}

# end_with_us [COMMAND]: what ends us ends what is beside us, and waits for that; then the command tidies up.
end_with_us()
{
	# shellcheck disable=SC2064 # as it is now
	trap 'trap "" INT TERM HUP; [ -z "${beside-}" ] || { kill "$beside" 2>/dev/null || :; wait; }'"${1:+; $1}" EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}
