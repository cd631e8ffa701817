#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 59-configs: kernels that are configured otherwise, as far as a compiler can tell. One that lacks what the driver needs is
# refused by name; and the pages of an skb may be as many as Kconfig allows. On the host.

cd "$(dirname "$0")/.." || exit
. labs/vm/lib.sh
. tests/tap.sh
choose "${SNULL_SUITE:-trixie}"
find_image
may_ns
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2034 # guest_make's
src=$work/src
mkdir "$src"
cp -r Kbuild snull napi-modern legacy-poll "$src"
find "$src" '(' -name '*.o' -o -name '.*.cmd' ')' -delete
said=$work/said

# compiles FILE… <<<CONFIGURATION: these objects, with the kernel's configuration and then this.
compiles()
{
	cat >"$src/config.h"
	guest_make -s -C "/lib/modules/$(cat "$image/kver")/build" M=/src KCFLAGS='-Werror -include /src/config.h' "$@" >"$said" 2>&1
}
# pages N: the configuration with so many.
pages() { printf '%s\n' '#undef CONFIG_MAX_SKB_FRAGS' "#define CONFIG_MAX_SKB_FRAGS $1"; }

compiles snull/rings.o <<<''
result $? 'as it is configured' "$said"

for need in PAGE_POOL DIMLIB; do
	! compiles snull/netdev.o <<<"#undef CONFIG_$need"
	result $? "without CONFIG_$need: refused" "$said"
	[[ $(grep -m 1 'error:' "$said") = *"#error \"snull needs a kernel with CONFIG_$need,"* ]]
	result $? "without CONFIG_$need: and that is what it says first" "$said"
done

if find "$image/tree/usr/src" -name autoconf.h -exec grep -q CONFIG_MAX_SKB_FRAGS {} + ; then
	cp "$src/snull/rings.c" "$work"
	echo 'static_assert(MAX_SKB_FRAGS == PAGES && SNULL_RX_BUFS_MAX == PAGES + 1);' >>"$src/snull/rings.c"
	# The least and the most.
	for n in 17 45; do
		compiles snull/rings.o snull/rx.o snull/tx.o snull/xdp.o snull/xdp_tx.o snull/probe.o < <(pages $n; echo "#define PAGES $n")
		result $? "$n pages in an skb: as many buffers, and one, in a frame" "$said"
	done
	cp "$work/rings.c" "$src/snull"
	! compiles snull/rings.o < <(pages 1)
	result $? 'with 1 page the longest frame would not fit' "$said"
	grep -q 'BUILD_BUG_ON failed: SNULL_RX_BUFS_MAX' "$said"
	result $? 'and the compiler says so' "$said"
else
	skip 'pages in an skb' 'this kernel has no choice (6.4 and later have)'
fi
plan
