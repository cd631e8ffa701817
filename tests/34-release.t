#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 34-release: "make release" refuses what nobody should download, and what it makes is what was committed, tagged.
# shellcheck disable=SC2034 # tests/run reads it
short=1
cd "$(dirname "$0")/.." || exit
. tests/tap.sh

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
# A repository of its own, of what is here now.
mkdir "$t/snull"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do [ ! -e "$f" ] || printf '%s\0' "$f"; done |
	tar --null -T - -c | tar -x -C "$t/snull"
cd "$t/snull" || exit
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.org GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.org
commit() { git add -A && git commit -qm "$1"; }
git init -q . && commit all
version=$(packaging/version)
refused() # PATTERN ARGUMENTS…
{
	local pattern=$1 out status
	shift
	out=$(packaging/release "$@" 2>&1)
	status=$?
	is "refused: $pattern" "$status $(wc -l <<<"$out") $(grep -c "^release: .*$pattern" <<<"$out") $(git tag | wc -l)" '1 1 1 0'
	fails "and nothing was made" test -e results/release
}

like 'the version is semantic' "$version" '^[0-9]+\.[0-9]+\.[0-9]+$'
is 'the tools have it' "$(sed -n 's/^VERSION.*sed.*\(dkms.conf\))$/\1/p' labs/tools/Makefile.tool)" dkms.conf
refused "no part 'potato'" potato
sed -i "s/^$version (.*/$version (unreleased)/" CHANGELOG
[ -z "$(git status --porcelain)" ] || commit unreleased
refused "CHANGELOG has no date for $version, but 'unreleased'" source
sed -i "s/^$version (unreleased)/$version (2026-11-26)/" CHANGELOG
refused 'not committed:  M CHANGELOG' source
commit dated
touch new
refused 'not committed: ?? new' source
rm new
sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.9.9"/' dkms.conf && commit 9.9.9
refused "CHANGELOG does not begin with 9.9.9" source
sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="1.0"/' dkms.conf && commit 1.0
refused "version '1.0', which is not semantic" source
git reset -q --hard HEAD~2

check 'a release of the source' packaging/release source
is 'its tag is this commit' "$(git rev-parse "v$version^{commit}")" "$(git rev-parse HEAD)"
like 'which says what is new' "$(git tag -l --format='%(contents)' "v$version")" '^- '
place=results/release/$version
is 'a tarball, and its sum' "$(cd "$place" && sha256sum --quiet -c SHA256SUMS && echo *)" "SHA256SUMS snull-$version.tar.xz"
mkdir "$t/out"
tar -xJf "$place/snull-$version.tar.xz" -C "$t/out"
is 'with all that was committed' "$(cd "$t/out/snull-$version" && find . -type f -o -type l | cut -c3- | sort)" "$(git ls-files | sort)"
is 'and the checkout is as it was' "$(git status --porcelain)" ''
is 'refused: there is such a tag, with this part' \
	"$(packaging/release source 2>&1 | grep -c "^release: there is a tag v$version already, with its source: a new version")" 1
sums=$(cat "$place/SHA256SUMS")
# Instead of the make that takes minutes for a site.
mkdir "$t/bin" && printf '#!/bin/sh\nmkdir -p docs/_build/html && echo page >docs/_build/html/index.html\n' >"$t/bin/make" && chmod +x "$t/bin/make"
check 'another part is added' env PATH="$t/bin:$PATH" packaging/release site
is 'beside what was there' "$(cd "$place" && sha256sum --quiet -c SHA256SUMS && echo *)" "SHA256SUMS snull-$version-site.tar.xz snull-$version.tar.xz"
is 'which is as it was' "$(grep -vF -- -site "$place/SHA256SUMS")" "$sums"
is 'refused: all parts, of which there are some' "$(packaging/release 2>&1 | grep -c "^release: there is a tag v$version already, with its source")" 1
printf '#!/bin/sh\nexit 1\n' >"$t/bin/make"
fails 'a part that cannot be made' env PATH="$t/bin:$PATH" packaging/release bundle
is 'changes nothing' "$(cd results/release && echo *; cd "$version" && sha256sum --quiet -c SHA256SUMS && echo *)" "$version
SHA256SUMS snull-$version-site.tar.xz snull-$version.tar.xz"
git commit -q --allow-empty -m later
is 'refused: the tag is of another commit' "$(packaging/release debs 2>&1 | grep -c "^release: there is a tag v$version already, of another commit")" 1
is 'CHANGELOG in the format of Debian' "$(packaging/version --changelog | sed -n '1p; $p' | head -n 1)" "snull ($version) unstable; urgency=medium"
plan
