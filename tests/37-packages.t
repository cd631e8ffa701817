#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 37-packages: Debian's packages: they build, lintian has nothing to say of them, and in a clean Debian 12 and 13 they can be
# installed, pass their own tests (packaging/debian/tests), and when they are purged nothing of them is left.
cd "$(dirname "$0")/.." || exit
. tests/tap.sh
. labs/vm/lib.sh

t=$(mktemp -d)
trap 'ns rm -rf "$t"' EXIT
in_git() { git status --porcelain --ignored; }
# All from a copy: in the checkout, others may be at work meanwhile, and leave what is theirs.
check 'a copy of the checkout' rsync -rlpt --exclude=/.git --filter=':- .gitignore' ./ "$t/copy"
cd "$t/copy" || exit
check 'is one' eval 'git init -q && git add -A && git -c user.name=x -c user.email=x@localhost commit -qm copy'

# ---- building

before=$(in_git)
packaging/deb --output "$t/debs" amd64 ${TEST_FULL:+arm64} >"$t/list" 2>"$t/log"
result $? 'the packages build, and lintian has neither errors nor warnings' "$t/log" || { cat "$t/list" | sed 's/^/# /'; plan; }
is 'nothing is left in the checkout' "$(in_git)" "$before"
version=$(packaging/version)
debs="napi-tools-dbgsym_${version}_amd64.deb napi-tools_${version}_amd64.deb"
[ -z "${TEST_FULL-}" ] || debs="napi-tools-dbgsym_${version}_amd64.deb napi-tools-dbgsym_${version}_arm64.deb \
napi-tools_${version}_amd64.deb napi-tools_${version}_arm64.deb"
is 'what was built' "$(cd "$t/debs" && echo *.deb)" "$debs snull-dkms_${version}_all.deb"
if [ -n "${TEST_FULL-}" ]; then
	dpkg-deb -x "$t/debs/napi-tools_${version}_arm64.deb" "$t/arm64"
	for tool in napicheck napiping napistat netdev pktgen; do
		is "$tool for arm64" "$(od -An -t u2 -j 18 -N 2 "$t/arm64/usr/bin/$tool" | tr -d ' ')" 183
	done
fi
fails 'an architecture that there is not is refused' packaging/deb potato
rm -f "$t"/debs/*dbgsym*

# ---- installing, using, purging

clean() # DIST: a clean one, as a tar; it is kept
{
	local mode=root tar=$cache/debs/clean-$1.tar
	[ ! -e "$tar" ] || return 0
	[ "$(id -u)" = 0 ] || mode=unshare
	debian_sources "$1" | mmdebstrap -q --mode=$mode --variant=apt --format=tar --aptopt='Acquire::Retries "3"' "$1" - - >"$tar.part" &&
		mv "$tar.part" "$tar"
}
# inside COMMAND…: in the clean one. The archive's keys are the host's: its own may be younger.
inside() { src='' in_tree "$t/tree" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
# left: what has our names, and belongs to no package that is installed (the kernel's have a pktgen.ko, and a napi.h).
left()
{
	(cd "$t/tree" && find . -xdev '(' -path ./proc -o -path ./dev -o -path ./tmp ')' -prune -o \
		'(' -iname '*snull*' -o -name 'napi*' -o -name 'pktgen*' -o -name 'netdev.1*' ')' -print | sort |
		comm -23 - <(cat var/lib/dpkg/info/*.list | sed 's/^/./' | sort -u))
}

for dist in bookworm trixie; do
	clean $dist
	result $? "$dist: a clean one" || continue
	mkdir "$t/tree"
	ns tar -x -C "$t/tree" --exclude='./dev/*' -f "$cache/debs/clean-$dist.tar"
	mkdir -p "$t/tree/tmp/debs"
	cp "$t"/debs/*.deb "$t/tree/tmp/debs/"
	cp -r packaging/debian/tests "$t/tree/tmp/"
	clean_files=$(left)
	check "$dist: they can be installed" inside sh -ec 'apt-get -qq update
		apt-get install -y -qq --no-install-recommends linux-headers-generic man-db iproute2 kmod
		apt-get install -y -qq --no-install-recommends /tmp/debs/*_amd64.deb /tmp/debs/*_all.deb'
	for name in $(sed -n 's/^Tests: //p' packaging/debian/tests/control); do
		check "$dist: $name is used" inside sh -c 'mkdir -p /tmp/used && AUTOPKGTEST_TMP=/tmp/used /tmp/tests/"$1"' sh "$name"
	done
	check "$dist: they can be purged" inside apt-get purge -y -qq napi-tools snull-dkms
	is "$dist: and nothing is left" "$(left)" "$clean_files"
	ns rm -rf "$t/tree"
done
plan
