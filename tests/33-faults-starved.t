#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-starved: a frame takes three buffers of a ring of four, and there is no memory for others. When there is again,
# the ring is filled, and frames come, although none has come to ask for that.
. "$(dirname "$0")/lib.sh"
kmod snull_starve
starve=$kmod

# allocator PATH: the function of the kernel's that gives it buffers.
allocator()
{
	local names='__netdev_alloc_frag_align netdev_alloc_frag' name
	[ "$1" = 0 ] || names=page_pool_alloc_pages
	for name in $names; do ! grep -q " T $name\$" /proc/kallsyms || { echo $name; return; }; done
}
unheard() { echo $(($(xstat sn1 q0_rx_missed) + $(xstat sn1 q0_pause_sent))); }
jumbo() { ping -n -c 1 -W "$1" -s 8000 -M "do" 192.168.0.2; }

quiet_links
for path in $paths; do
	for line in msi moderated $(some 0 level edge); do
		start use_napi="$path" line="${line/moderated/msi}" timeout=2000
		[ $line != moderated ] || ethtool -C sn1 rx-usecs 100
		for dev in sn0 sn1; do ip link set $dev mtu 9000; done
		ethtool -G sn1 rx 4
		check "path $path, $line: a frame that takes three buffers comes" wait_for 20 jumbo 5
		insmod "$starve" at="$(allocator "$path")"
		echo 1000 >/sys/module/snull_starve/parameters/left
		before=$(unheard)
		check "path $path, $line: one more, and there is no memory for others" jumbo 5
		fails "path $path, $line: none comes after it" jumbo 1
		that "path $path, $line: it was missed, or waits, for want of a buffer" "$(unheard) > $before && $(cat /sys/module/snull_starve/parameters/failed) > 0"
		echo 0 >/sys/module/snull_starve/parameters/left
		check "path $path, $line: with memory again, frames come" wait_for 20 jumbo 5
		rmmod snull_starve
		unload_clean
	done
done
end_tests
