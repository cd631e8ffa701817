#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 40-write-a-path: labs 16 and 17 grade a program: the solution gets all points, the skeleton none; and what is no program, or
# kills the kernel, is a grade, with a reason. (The broken paths of the zoo are 40-zoo-graded's.)
# It runs on the host, and starts virtual machines. The environment: SNULL_SUITE (trixie); TEST_FULL=1, for all; ONLY='NAME…',
# for some of the cases.

cd "$(dirname "$0")/.." || exit
quick=' solution16 rubbish '
. tests/grading.sh

for lab in 16 17; do
	dir=$(echo labs/$lab-*)
	scores "solution$lab" "$dir/solution/mypath.c" $lab 100
	scores "skeleton$lab" "$dir/skeleton/mypath.c" $lab 0
done

# ---- what is no program: refused before any machine starts ------------------------------------------------------------------

refused() # NAME FILE PATTERN
{
	grade "$2"
	[ "$points" = 0 ] && grep -qE "$3" "$work/tap"
	result $? "$1: no points, and is told: $3" "$work/tap" "$work/err"
}
if wanted rubbish; then
	mkdir "$work/in"
	head -c 10000000 /dev/zero | tr '\0' x >"$work/in/large.c"
	refused 'a file of 10 MB' "$work/in/large.c" 'larger than 64 KiB'
	head -c 1000 /dev/urandom >"$work/in/noise.c"
	refused 'a file that is no text' "$work/in/noise.c" 'not text'
	ln -s /etc/passwd "$work/in/link.c"
	refused 'a symbolic link' "$work/in/link.c" 'a link, not a file'
	mkdir "$work/in/directory.c"
	labs/lab grade 16 "$work/in/directory.c" --suite "$suite" >/dev/null 2>"$work/err"
	result $(($? != 2)) 'an empty directory is a class without submissions' "$work/err"
	labs/lab grade 16 "$work/in" --suite "$suite" >"$work/csv" 2>"$work/err"
	is_row='^(large|noise|link|directory.c),'
	[ "$(grep -cE "$is_row" "$work/csv")" = 4 ]
	result $? 'a class of them: a row for each, with a reason' "$work/csv" "$work/err"
fi

# ---- programs that do not work: a grade each, with a reason -------------------------------------------------------------------

# variant NAME SED…: the solution, changed.
variant() { sed "${@:2}" labs/16-*/solution/mypath.c >"$work/$1.c"; }
# dies NAME PATTERN: no points at all.
dies()
{
	wanted "$1" || return
	grade "$work/$1.c"
	[ "$points" = 0 ]
	result $? "$1: no points, in $took s" "$work/tap" "$work/err"
	hint "$1" "$2"
}
# only_loses NAME PART PATTERN: the points of this part only.
only_loses()
{
	wanted "$1" || return
	grade "$work/$1.c"
	[ "$lost" = "$2" ]
	result $? "$1: loses the points of $2 only, in $took s" "$work/tap" "$work/err"
	hint "$1" "$3"
}
variant does_not_compile 's/^static int mypath_poll/statik &/'
dies does_not_compile 'does not compile: mypath.c:.*error'
variant of_the_host "s|^#include <linux/err.h>|&\n#include \"$work/secret.h\"|"
echo '#error what only the host has' >"$work/secret.h"
dies of_the_host 'No such file'
variant of_the_lab 's|^#include <linux/err.h>|&\n#include "/snull/labs/16-write-a-napi-path/solution/mypath.c"|'
dies of_the_lab 'No such file'
# Nor are they where the module was built; and snull's own paths are solutions, too.
variant of_the_build 's|^#include <linux/err.h>|&\n#include "/snull-build/labs/16-write-a-napi-path/solution/mypath.c"|'
dies of_the_build 'No such file'
variant of_snull 's|^#include <linux/err.h>|&\n#if __has_include("/snull-build/napi-modern/rx_napi.c") \|\| __has_include("/snull/napi-modern/rx_napi.c") \|\| __has_include("/snull/legacy-poll/rx_legacy.c")\nint statik;\n#else\n#error no path of snull is here\n#endif|'
dies of_snull 'no path of snull is here'
# This one exists in the machine, and is no secret there.
variant passwords 's|^#include <linux/err.h>|&\n#include "/etc/passwd"|'
dies passwords 'does not compile'
variant another_name 's/"mypath"/"napi"/'
dies another_name 'it does not load|no path called'
variant oops_at_load 's/^\treturn snull_rx_register.*/\treturn *(volatile int *)8;/'
dies oops_at_load 'the kernel died: BUG'
variant loops_in_handler 's/^\tsnull_int_disable.*/\tfor (;;)\n\t\tcpu_relax();/'
dies loops_in_handler 'the kernel died|does not end|hung'
# It runs as the kernel, and may write what it likes where it was compiled, links as well: nobody out here follows one.
echo mine >"$work/victim"
variant writes_links "s|^#include <linux/err.h>|&\n#include <linux/umh.h>|; s|^\treturn snull_rx_register|\tchar *argv[] = { \"/bin/sh\", \"-c\", \"for f in console stderr status results.json; do rm -f /snull/\$f; ln -s $work/victim /snull/\$f; done; rm -f /run/vm/status; ln -s $work/victim /run/vm/status; echo theirs >/dev/ttyS0\", NULL };\n\tchar *envp[] = { \"PATH=/usr/sbin:/usr/bin:/sbin:/bin\", NULL };\n\tcall_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC);\n&|"
if wanted writes_links; then
	grade "$work/writes_links.c"
	[ -n "$points" ] && [ "$(cat "$work/victim")" = mine ]
	result $? "writes_links: $points points in $took s, and no file of the host's was written" "$work/victim" "$work/tap" "$work/err"
fi
variant warns 's/^\tint work;$/\tint work, unused;/'
only_loses warns builds 'unused variable'
variant never_unloads 's/^\treturn snull_rx_register/\t__module_get(THIS_MODULE);\n&/'
only_loses never_unloads unloads 'in use'

# Whoever comes after them is graded as if nothing had been.
if wanted class; then
	mkdir "$work/class"
	cp "$work/oops_at_load.c" "$work/class/ann.c"
	cp "$work/loops_in_handler.c" "$work/class/bob.c"
	cp labs/16-*/solution/mypath.c "$work/class/cleo.c"
	timeout "$(stretched 5400)" labs/lab grade 16 "$work/class" --suite "$suite" >"$work/csv" 2>"$work/err"
	[ "$(cut -d, -f1-4 "$work/csv" | tail -n +2 | paste -sd' ')" = 'ann,16,0,100 bob,16,0,100 cleo,16,100,100' ]
	result $? 'class: two paths that kill the kernel get no points, and the good one after them all' "$work/csv" "$work/err"
fi
plan
