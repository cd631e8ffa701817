# SPDX-License-Identifier: GPL-2.0-only
# chroot.sh: for tests on the host that need another computer: a directory as root, an ordinary user without capabilities
# and without user namespaces. Needs to be root.
# shellcheck shell=bash

# devices ROOT: what programs expect in /dev.
devices()
{
	mkdir -p "$1/dev" "$1/proc" "$1/tmp"
	chmod 1777 "$1/tmp"
	mknod -m 666 "$1/dev/null" c 1 3
	mknod -m 666 "$1/dev/zero" c 1 5
	mknod -m 666 "$1/dev/full" c 1 7
	mknod -m 666 "$1/dev/random" c 1 8
	mknod -m 666 "$1/dev/urandom" c 1 9
	mknod -m 666 "$1/dev/tty" c 5 0
	ln -s /proc/self/fd "$1/dev/fd"
}

# own_users COMMAND…: with all of the host's user ids, in a user namespace of its own, to which the limit on further ones
# belongs: there it can be set to 0, and the host keeps its own.
own_users()
{
	local holder ended
	unshare --user sleep 100000 &
	holder=$!
	until [ "$(readlink /proc/$holder/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
	echo '0 0 65536' >/proc/$holder/uid_map
	echo '0 0 65536' >/proc/$holder/gid_map
	nsenter --user=/proc/$holder/ns/user "$@"
	ended=$?
	kill $holder
	wait $holder 2>/dev/null
	return $ended
}

# as_student ROOT COMMAND…: in that root, as user 4711, without any capability, and without further user namespaces.
as_student()
{
	local root=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	own_users unshare --mount --net bash -c '
		root=$1
		shift
		echo 0 >/proc/sys/user/max_user_namespaces || exit 125
		mount --rbind /proc "$root/proc" || exit 125
		[ ! -d "$root/small" ] || mount -t tmpfs -o size=1m,mode=1777 small "$root/small" || exit 125
		exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid \
			chroot --userspec=4711:4711 --groups= "$root" "$@"' - "$root" "$@"
}
