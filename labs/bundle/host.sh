# SPDX-License-Identifier: GPL-2.0-only
# host.sh: what the script "machine", which reads this, finds on this host: a QEMU, what makes it fast, directories to write to.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # shared with that script

# Before 9.1, QEMU's arm64 machine has no second serial port for a terminal.
least=8.1 packages='Debian: qemu-system-x86; Fedora: qemu-system-x86-core'
[ "$like" != aarch64 ] || least=9.1 packages='Debian: qemu-system-arm; Fedora: qemu-system-aarch64-core'

# recent COMMAND: sets qemu_version; is it what is needed, or later?
recent()
{
	qemu_version=$(QEMU_MODULE_DIR=/nonexistent "$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	minor=${qemu_version#*.}
	[ -n "$qemu_version" ] && [ $((${qemu_version%%.*} * 1000 + ${minor%%.*})) -ge $((${least%.*} * 1000 + ${least#*.})) ]
}

find_qemu()
{
	if [ -n "${SNULL_QEMU-}" ]; then
		qemu=$SNULL_QEMU
		recent "$qemu" || die "SNULL_QEMU=$qemu is no QEMU of $least or later"
		return
	fi
	old=''
	for qemu in "$here/qemu/$emulator" "$emulator" /usr/libexec/qemu-kvm; do
		command -v "$qemu" >/dev/null 2>&1 || continue
		recent "$qemu" && return
		old=${old:-$qemu is ${qemu_version:-no QEMU}}
	done
	[ -z "$old" ] || die "$old, and $least or later is needed: install a newer one, or name it in SNULL_QEMU"
	die "no $emulator here: install QEMU $least or later ($packages; macOS: brew install qemu), or name it in SNULL_QEMU"
}

# can_share: can this QEMU share a directory? (A QEMU that misses its parts says so by failing.)
can_share() { QEMU_MODULE_DIR=/nonexistent "$qemu" -machine none -device virtio-9p-pci,help >/dev/null 2>&1; }

# accelerator: sets accel. What opens need not work: a guest says it, by running; once for each boot of the host.
accelerator()
{
	accel=${SNULL_ACCEL:-tcg}
	if [ "$icount" = 1 ]; then accel=tcg; fi
	[ -z "${SNULL_ACCEL:-}" ] && [ "$icount" = 0 ] && [ "$(uname -m | sed s/arm64/aarch64/)" = "$like" ] || return 0
	case $(uname -s) in
	Linux) [ -w /dev/kvm ] || return 0; may=kvm since=$(cat /proc/sys/kernel/random/boot_id) ;;
	Darwin) may=hvf since=$(sysctl -n kern.boottime | tr -dc 0-9) ;;
	*) return 0 ;;
	esac
	if [ ! -e "$state/$may-$since" ]; then
		say "trying $may…"
		rm -f "$state/$may-"*
		if SNULL_ACCEL=$may "$here/machine" run --timeout 10 --cold -- probe </dev/null >/dev/null 2>&1
		then echo "$may"; else echo tcg; fi >"$run/verdict"
		# Whole, or not at all: a disk may be full.
		cp "$run/verdict" "$state/$may-$since.$$" && mv "$state/$may-$since.$$" "$state/$may-$since"
		rm -f "$state/$may-$since.$$"
	fi
	accel=''
	[ ! -e "$state/$may-$since" ] || read -r accel <"$state/$may-$since"
	case $accel in kvm|hvf|tcg) ;; *) accel=tcg ;; esac
}

# places: sets work and state, directories that can be written to, though the bundle may lie where we may not.
places()
{
	work=${SNULL_WORK:-$here/work} state=${SNULL_STATE:-$here/state}
	if ! mkdir -p "$state" 2>/dev/null || ! [ -w "$state" ]; then
		[ -n "${SNULL_STATE-}" ] || state=${HOME:-/nonexistent}/.cache/snull-machine
		mkdir -p "$state" 2>/dev/null && [ -w "$state" ] || die "cannot write to $state: name a directory that you own in SNULL_STATE"
	fi
	[ -n "$disk" ] || [ -n "${SNULL_WORK-}" ] || [ -w "$work" ] || work=${HOME:-/nonexistent}/snull-work
	if [ -z "$disk" ] && [ ! -d "$work" ]; then
		say "copying the sources to $work…"
		# Another one may be quicker; then this goes into what that one has made, and away.
		part=${work%/}.$$
		cp -pR "$here/work" "$part" && { [ -d "$work" ] || mv "$part" "$work"; }
		rm -rf "$part" "${work:?}/${part##*/}"
		[ -d "$work" ] || die "cannot make $work: is the disk full? SNULL_WORK names another place"
	fi
}
