#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 31-docs-module: what the module shows is what docs/reference documents, and the kernel has the functions that the pages name.

# The functions of the kernel that pages name, and those of them that stand in a header: the guest has no headers.
named()
{
	grep -rhoE ':kernel:`\w+' --include='*.rst' "$1/docs" | sed 's/:kernel:`//' | sort -u
}
in_headers()
(
	# shellcheck source=../labs/vm/lib.sh
	. labs/vm/lib.sh
	choose "${SNULL_SUITE:-trixie}"
	rm -f results/kernel-{headers,changes} # those of another kernel
	labs/vm/image --suite "$suite" -q >/dev/null || exit
	mkdir -p results
	# shellcheck disable=SC2154 # choose sets it
	cd "$image"/tree/usr/src || exit
	grep -rhowFf <(named "$OLDPWD") --include='*.h' linux-headers-*/include | sort -u >"$OLDPWD/results/kernel-headers"
	# Which marks of reference/changes.txt are not what these headers have?
	case $suite in bullseye) column=1 ;; bookworm) column=2 ;; backports) column=4 ;; *) column=3 ;; esac
	while IFS='|' read -r name _ marks _; do
		name=${name% } marks=${marks// /}
		if [ -e "$(echo linux-headers-*-common/include/"$name")" ] || grep -rqwF --include='*.h' -e "$name" linux-headers-*/include; then
			found=x
		else
			found=.
		fi
		[ "${marks:column-1:1}" = $found ] || echo "$name: $found"
	done < <(grep -v '^[#=]' "$OLDPWD/docs/reference/changes.txt") >"$OLDPWD/results/kernel-changes"
)
[ -n "${SNULL_IN_VM:-}" ] || (cd "$(dirname "$0")/.." && in_headers)

. "$(dirname "$0")/lib.sh"

docs=/snull/docs

# entries KIND FILE: the names that a page documents; those of entries with ":if:", which only some kernels have, apart.
entries()
{
	awk -v kind="$1" '
		$1 == ".." && $2 == kind "::" { if (name) print name, optional; name = $3; optional = "always"; next }
		name && /^ *:if:/ { optional = "if" }
		END { if (name) print name, optional }' "$docs/reference/$2.rst" | sort -u
}

# same NAME PAGE SHOWN ENTRIES: everything shown is documented; everything documented is shown, except what has ":if:".
same()
{
	is "every $1 that the module shows is documented in docs/reference/$2.rst" "$(comm -23 "$3" <(cut -d' ' -f1 "$4" | sort -u))" ''
	is "every $1 that is documented there exists" "$(comm -13 "$3" <(awk '$2 == "always" { print $1 }' "$4" | sort -u))" ''
	that "there are some" "$(wc -l <"$3") > 4"
}

t=$(mktemp -d)
quiet_links
start use_napi=1 queues=2 || diag 'it does not load'

ls /sys/module/snull/parameters | sort >"$t/shown"
is 'modinfo lists the parameters that sysfs has' "$(modinfo -F parm "$SNULL_KO" | sed 's/:.*//' | sort)" "$(cat "$t/shown")"
entries param parameters >"$t/entries"
same parameter parameters "$t/shown" "$t/entries"

ethtool -S sn1 | sed -n '2,$s/^ *\(.*\): .*/\1/p' | sed 's/^q[0-9]*_//' | sort -u >"$t/shown"
entries counter counters >"$t/entries"
same counter counters "$t/shown" "$t/entries"
is 'those of each queue are there for each of two' \
	"$(ethtool -S sn1 | sed -n 's/^ *q0_\(.*\): .*/\1/p' | sort)" "$(ethtool -S sn1 | sed -n 's/^ *q1_\(.*\): .*/\1/p' | sort)"

find "$tracing/events/snull" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort >"$t/shown"
entries tracepoint tracepoints >"$t/entries"
same tracepoint tracepoints "$t/shown" "$t/entries"

check "the headers of this kernel were searched, on the host" test -s /snull/results/kernel-headers -a -e /snull/results/kernel-changes

# A function is a symbol of this kernel, or a macro or inline function of its headers.
echo 0 >/proc/sys/kernel/kptr_restrict
sed 's/.* [a-zA-Z] //; s/[.\t].*//' /proc/kallsyms | sort -u - /snull/results/kernel-headers >"$t/known"
named /snull >"$t/named"
case $SNULL_SUITE in trixie|backports)
	is "each of the $(wc -l <"$t/named") functions of the kernel that the pages name is in Linux $(uname -r)" \
		"$(comm -13 "$t/known" "$t/named")" ''
	that 'they name some' "$(wc -l <"$t/named") > 4"
esac

that 'docs/reference/changes.txt has some lines' "$(grep -vc '^[#=]' $docs/reference/changes.txt) > 4"
is "the column of this kernel in docs/reference/changes.txt is what its headers have" "$(cat /snull/results/kernel-changes)" ''

unload_clean
end_tests
