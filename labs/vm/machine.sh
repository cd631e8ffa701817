# SPDX-License-Identifier: GPL-2.0-only
# machine.sh: the hardware of the machine. labs/vm/run starts it and labs/vm/keep keeps it, and what is kept can go on
# only on the same hardware: so it is described once, here. Reads lib.sh's settings; names are relative to the directory
# that QEMU is started in, so that no character in a path means anything to QEMU.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with the scripts that read this file

default_mem=1024

# find_qemu: sets qemu, the command, and qemu_version.
find_qemu()
{
	local found
	found=$("$vm/qemu" --version ${quiet:+-q}) || die "no QEMU to run a machine with"
	qemu=${found%%$'\n'*} qemu_version=${found#*$'\n'}
}

# place DIRECTORY: put into it what the machine is made of, by name.
place()
{
	ln -s "$image/kernel" "$1/kernel"
	ln -s "$image/root.erofs" "$1/root.erofs"
	{ cat "$image/initrd"; (cd "$vm" && echo init | cpio -o -H newc --quiet -R 0:0); } >"$1/initrd"
}

# describe: sets hardware, QEMU's arguments, from $suite, $cpus, $icount, $mem, $append, $nics and $accel.
describe()
{
	local cpu machine serial
	# Under icount, copying a byte with "rep movsb" costs an instruction a byte, and so does clearing one with "rep
	# stosb". Without erms, fsrm, and what says the same of stosb (fsrs, which QEMU has since 8.0 and Linux asks for
	# since 6.4), fzrm and fsrc, the kernel takes eight bytes an instruction instead, much nearer to what real hardware
	# does. Without la57: KASAN in the debug kernel reports its detection.
	cpu=max,erms=off,fsrm=off,fsrs=off,fzrm=off,fsrc=off,la57=off
	# q35 without its legacy devices: they take time to probe, and the older PC's interrupt routing is a program in
	# ACPI that a debug kernel interprets for minutes.
	machine=q35,i8042=off,sata=off,smbus=off,vmport=off serial=ttyS0
	# A 32-bit kernel takes it for an AMD of the years when two of them did not work together, and warns.
	[ "$arch" != i386 ] || cpu=$cpu,vendor=GenuineIntel
	# Without pauth: QEMU would have to compute a signature for each pointer that the kernel signs.
	[ "$arch" != arm64 ] || cpu=max,pauth=off machine=virt serial=ttyAMA0
	case $accel-$icount in
	kvm-0) hardware=(-accel kvm -cpu host) ;;
	tcg-0) hardware=(-accel tcg -cpu "$cpu") ;;
	# sleep=on lets an idle guest wait in real time; with sleep=off it leaps to its next timer, and waiting for the
	# disk becomes minutes, never the same.
	tcg-1) hardware=(-accel tcg -cpu "$cpu" -icount "shift=1,sleep=on") ;;
	*) die "SNULL_ACCEL is kvm or tcg, not '$accel'" ;;
	esac
	hardware+=(-machine "$machine" -smp "$cpus" -m "$mem"
		-nodefaults -no-user-config -display none -no-reboot -nic none)
	# The kernel's log has the first serial port for itself, at full level, so that a panic is read whole; it is also
	# where the guest is told to go on. A person's terminal is the second. No mitigations: they cost, and guard nothing
	# here. No KASLR: every boot is alike. No check of the timer, and no complaint of RCU's before there is an init: a busy
	# host delays them so much that the kernel gives up, or says so in each machine that goes on from there.
	hardware+=(-kernel kernel -initrd initrd -append
		"console=$serial ignore_loglevel panic=-1 mitigations=off nokaslr no_timer_check rcupdate.rcu_cpu_stall_suppress_at_boot=1 log_buf_len=4M $append"
		-chardev "file,id=console,path=console,append=on,input-path=go" -serial chardev:console -serial chardev:terminal
		-drive "file=root.erofs,format=raw,if=virtio,readonly=on"
		-virtfs "local,path=share,mount_tag=vm,security_model=none,multidevs=remap"
		-virtfs "local,path=snull,mount_tag=snull,security_model=none,multidevs=remap"
		-virtfs "local,path=build,mount_tag=build,security_model=none,multidevs=remap,readonly=on")
	[ -z "${nics:-}" ] || adapters
}

# adapters: two of each model in $nics on a hub, which carries what each of them sends to the other. Their MAC addresses end in
# the hub's number, from 1 on, and 01 or 02: labs/lib/adapters finds them by that.
adapters()
{
	local model hub=0 end bus
	for model in ${nics//,/ }; do
		hub=$((hub + 1))
		for end in 1 2; do
			bus=''
			# igb's virtual functions want the places beside it, so it has a bus of its own.
			[ "$model" != igb ] || {
				hardware+=(-device "pcie-root-port,id=root$hub$end,chassis=$hub$end,slot=$hub$end")
				bus=,bus=root$hub$end
			}
			hardware+=(-netdev "hubport,id=port$hub$end,hubid=$hub"
				-device "$model,netdev=port$hub$end,mac=52:54:00:00:0$hub:0$end,romfile=$bus")
		done
	done
}

# memory on|off: sets ram, QEMU's arguments: the guest's memory is the file of this name. on: others go on from what is
# written there; off: this is one of them, and what it writes is its own. So nobody reads a state: they map it, and a page
# that nobody touches costs nothing.
memory()
{
	ram=(-object "memory-backend-file,id=ram,size=${mem}M,mem-path=ram,share=$1" -machine memory-backend=ram)
}
# The order to QEMU's monitor for both: memory that others can map is left where it is.
ram_stays='migrate_set_capability x-ignore-shared on'

# state_of: the directory of the state to go on from: it belongs to all that it depends on, and no more.
state_of()
{
	local key
	key=$({ contents; echo "$qemu_version" "${hardware[@]}" 'memory in a file'; cat "$vm/init"; } | sha256sum | cut -c1-12)
	echo "$cache/states/$suite-$arch-$cpus$([ "$icount" = 0 ] || echo -counted)-$key"
}

# sizes DIRECTORY: of the devices' state, and of the memory.
sizes() { stat -c %s "$1/devices" "$1/ram"; }
# kept: is $state there, and as large as it was? QEMU waits for ever for what is missing.
kept() { [ -s "$state/size" ] && [ "$(sizes "$state" 2>/dev/null)" = "$(<"$state/size")" ]; }

# environment: what a command finds there, from $suite and $icount.
environment()
{
	cat <<-END
		export PATH=/snull-build/labs/tools/out:/snull/labs/tools/sweep:/snull/labs/tools/timeline
		export PATH=\$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LANG=C.UTF-8
		export SNULL_SUITE=$suite SNULL_KO=/snull-build/snull.ko SNULL_ICOUNT=$icount
	END
}
