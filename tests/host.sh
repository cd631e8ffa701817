# SPDX-License-Identifier: GPL-2.0-only
# host.sh: what a test of labs/tools reads first that needs a kernel, but not the driver, nor any kernel of its own: it is
# run again in the image's chroot, as root there, with a /tmp and a network of its own. Nothing is emulated: it takes seconds.
# shellcheck shell=bash
#
# A test may set, before it reads this file:
#   tools='NAME…'   the tools to build for it
# SNULL_SUITE is the suite whose compiler and libraries they are built with (trixie).

if [ -z "${SNULL_IN_TREE:-}" ]; then
	cd "$(dirname "$0")/.." || exit
	# shellcheck source=../labs/vm/lib.sh
	. labs/vm/lib.sh
	choose "${SNULL_SUITE:-trixie}"
	labs/vm/image --suite "$suite" -q >/dev/null || exit
	# shellcheck disable=SC2034 # in_tree reads it
	src=$(pwd)
	lock tools
	# shellcheck disable=SC2154 # choose sets it
	in_tree "$image/tree" make -s -C /src/labs/tools TOOLS="${tools:?}" 9>&- &&
		in_tree "$image/tree" make -s -C /src/tests/tools bin/flat 9>&- || { echo 'Bail out! the tools did not build'; exit 1; }
	exec 9>&-
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_tree "$image/tree" unshare --net sh -c 'mount -t tmpfs tmpfs /tmp && exec "$@"' sh \
		env SNULL_IN_TREE=1 "PATH=/src/labs/tools/out:/src/tests/tools/bin:/usr/sbin:/usr/bin:/sbin:/bin" bash "/src/tests/$(basename "$0")"
	exit
fi

# shellcheck source=tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
set -u
