#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 30-docs: the documentation's site builds without a warning, and is complete, whole and usable. It runs on the host;
# "make docs-check" installs what it needs. SCREENSHOTS=DIRECTORY keeps pictures of the pages (results/docs).

cd "$(dirname "$0")/.." || exit
docs/tools/deps --check test >/dev/null 2>&1 || { echo '1..0 # SKIP packages are missing: "make docs-check" installs them'; exit; }
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shots=${SCREENSHOTS:-results/docs}
. tests/tap.sh

build() # SOURCE OUTPUT
{
	/usr/bin/python3 -m sphinx -W -n --keep-going -q -d "$2.doctrees" -b html "$1" "$2"
}

# ---- it builds

# The time of this script's children on a CPU, in seconds: what is not made longer by others.
cpu_time() { awk '{ print int(($16 + $17) / 100) }' "/proc/$$/stat"; }
began=$(cpu_time)
SNULL_SITE=https://example.org/snull/ build docs "$work/html" >"$work/log" 2>&1
result $? 'the site builds from nothing, without a warning' "$work/log"
took=$(($(cpu_time) - began))
[ $took -gt 0 ] && [ $took -lt 120 ]
result $? "in less than two minutes of a CPU ($took s)"

if [ -e docs/_build/live/machine.json ]; then what='id="live"'; else what='make docs-live.* builds it'; fi
grep -q "$what" "$work/html/live/index.html"
result $? 'the Linux in the page is there, or the page says how to get it' "$work/html/live/index.html"

# Messages that the site quotes are those that our programs have: the longest piece without a path, a number or a word of the host's.
while read -r message; do
	piece=$(sed 's/^[a-z]*: //; s|[^ ]*[/0-9][^ ]*|\n|g; s/ for trixie: /\n/; s/install the likes of/&\n/; s/cpio/\n/' <<<"$message" |
		awk '{ gsub(/^ +| +$/, "") } length > length(best) { best = $0 } END { print best }')
	grep -rqF -- "$piece" labs/vm labs/lib labs/lab snull
	result $? "a quoted message is there: $piece" <(echo "$message")
done < <(grep -hE '^   (run|deps|image|vm|lab|snull): ' docs/troubleshooting.rst | grep -vE 'disagrees about|must be|values given|the reason is above' | sort -u)

# An entry within another one has its name, and leaves its text to the other.
nested=$(grep -nE '^ +\.\. (counter|param|tracepoint)::' docs/reference/*.rst)
is 'no entry of the reference is indented' "$nested" ''

# What is not as it should be fails the build, which says where and what to do.
mkdir "$work/copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/copy" 2>/dev/null
(
	cd "$work/copy" || exit
	# shellcheck disable=SC2094 # it is appended to
	printf 'module_param_cb(bogus_param, NULL, NULL, 0444);\n' >>snull/main.c
	sed -i 's/SNULL_STAT("rx_missed",/SNULL_STAT("rx_bogus", rx.missed), SNULL_STAT("rx_missed",/' snull/ethtool*.c
	printf 'DEFINE_EVENT(snull_int_template, snull_bogus_event, TP_PROTO(unsigned int irq, u32 causes), TP_ARGS(irq, causes));\n' >>snull/trace.h
	printf '\n.. counter:: rx_gone\n\n   No more.\n' >>docs/reference/counters.rst
	printf '\n:source:`snull/gone.c` :measured:`bench/TCP/9/mbits` :doc:`/gone` :c:func:`snull_gone` :param:`gone`\n' >>docs/benchmarks.rst
	printf '\n.. picture:: /pictures/palette.svg\n' >>docs/benchmarks.rst
	printf '\n.. animal:: unicorn\n' >>docs/benchmarks.rst
	printf '\n``no_such_function()``\n' >>docs/benchmarks.rst
	# An undocumented argument: kernel-doc complains.
	sed -i '0,/^ \* @index: a free-running index$/{//d}' snull/nic/ring.h
)
build "$work/copy/docs" "$work/bad" >"$work/log" 2>&1
result $(($? == 0)) 'what is wrong fails the build' "$work/log"
while IFS='|' read -r name pattern; do
	tr '\n' ' ' <"$work/log" | grep -qE "$pattern"
	result $? "it names $name" "$work/log"
done <<'LIST'
a parameter without documentation, and where that belongs|parameter bogus_param is not documented: add to docs/reference/parameters.rst +\.\. param:: bogus_param
a counter without documentation|counter of ethtool -S rx_bogus is not documented: add to docs/reference/counters.rst +\.\. counter:: rx_bogus
a tracepoint without documentation|tracepoint snull_bogus_event is not documented: add to docs/reference/tracepoints.rst
documentation of a counter that is gone|no counter of ethtool -S rx_gone any more
a file that is not there|no file snull/gone.c in the repository
a number that was not measured|no number called bench/TCP/9/mbits
a page that is not there|unknown document:? '?/gone
a function of ours that is not documented|snull_gone
a parameter that is not there|param reference target not found: gone
a picture without words|the picture pictures/palette.svg has no :alt:
an animal that the zoo has not|the zoo has no unicorn
an argument without documentation|index. not described
a function whose source nobody knows|no_such_function\(\) is in no source of ours
LIST

# A second build makes anew what has changed beside the pages' texts: a lab's answers, and a machine whose copy was interrupted.
small=$work/small machine=$work/copy/docs/_build/live
rm -rf "$machine"
mkdir -p "$small/labs" "$machine/hash"
printf 'Lab\n===\n' >"$small/labs/03-napi.rst"
printf 'import sys\nsys.path.insert(0, "%s")\nextensions, root_doc, html_theme = ["live", "answers"], "labs/03-napi", "basic"\n' \
	"$work/copy/docs/_ext" >"$small/conf.py"
small_build() { /usr/bin/python3 -m sphinx -q -b html "$small" "$small/html"; }
answers_of() { grep -o 'id="lab-answers".*' "$small/html/labs/03-napi.html"; }
small_build >"$work/log" 2>&1
before=$(answers_of)
sed -i 's/^\([a-z_]*: .*->.*\)/\1 | another_way/' "$work/copy/labs/03-napi/solution/answers.txt"
small_build >>"$work/log" 2>&1
[ -n "$before" ] && [ "$(answers_of)" != "$before" ]
result $? "a lab's page is made again when its answers are others" "$work/log"
echo '{"hash": "hash", "files": []}' >"$machine/machine.json"
ln -s gone "$machine/hash/state.zst"
small_build >>"$work/log" 2>&1
echo state >"$machine/hash/gone"
small_build >>"$work/log" 2>&1
check 'a machine whose copy was interrupted is copied again' test -e "$small/html/_live/hash/state.zst"

# ---- its parts

mkdir "$work/library"
/usr/bin/python3 docs/live/machine/python-library labs "$work/library" >"$work/log" 2>&1
result $? "what the labs' programs import does without what is compiled, as it has to in the page" "$work/log"

# And that this is red: a file is named that is not there, and one whose reader is sent elsewhere.
python3 tests/docs/order.py >"$work/order" 2>&1 && [ ! -s "$work/order" ]
result $? 'the reading order in README.md is short, and that of the sources and of the tour' "$work/order"
sed -i '/^## Reading it/,/^## Testing/s/`store\.c`/`gone.c`/' "$work/copy/README.md"
sed -i 's/ \* Read next: rx\.c,/ * Read next: tx.c,/' "$work/copy/snull/queue.c"
python3 tests/docs/order.py "$work/copy" >"$work/order" 2>&1
like 'else it is said what is not there, and who sends elsewhere' "$(cat "$work/order")" 'snull/rx.c is to be read next.*snull/nic/gone.c'

python3 tests/docs/commands.py --check >"$work/commands" 2>&1
result $? 'every command is one that a test runs, or is marked' "$work/commands"
sed 's/^/# /' "$work/commands"
/usr/bin/python3 tests/docs/links.py "$work/html" >"$work/tap" 2>&1
adopt html $? "$work/tap"
node --test --test-reporter=tap tests/docs/model.test.js >"$work/tap" 2>&1
adopt model $? "$work/tap"
timeout "$(stretched 600)" /usr/bin/python3 tests/docs/browse.py "$work/html" "$shots" >"$work/tap" 2>&1
adopt browser $? "$work/tap"
timeout "$(stretched 900)" /usr/bin/python3 tests/docs/axe.py "$work/html" >"$work/tap" 2>&1
adopt axe $? "$work/tap"

# The plots are of the loads that "make docs-data" takes: the text speaks of them.
for name in livelock interrupts; do
	loads=$(grep -o -- '--loads [0-9,]*' "docs/data/$name.json") && grep -qF -- "$loads\"" docs/tools/measure
	result $? "docs/data/$name.json is of the loads that docs/tools/measure takes"
done

# ---- the book

if docs/tools/deps --check pdf >/dev/null 2>&1; then
	docs/tools/pdf >"$work/log" 2>&1
	result $? 'the book builds' "$work/log"
	pdftotext docs/_build/snull.pdf - 2>"$work/log" | tr -s '\n' ' ' >"$work/book"
	best=$(PYTHONPATH=docs/_ext /usr/bin/python3 -c 'import measured; print(measured.number("livelock/0/best").replace("\u202f", " "))')
	grep -q 'Receive livelock' "$work/book" && grep -qF "reads at best $best packets" "$work/book"
	result $? 'and has the labs, and the numbers' "$work/log"
	grep -q 'Lab 6. Receive livelock' "$work/book" && ! grep -q '\\numberline' docs/_build/latex/snull.toc && ! grep -q 'From registration to probe' "$work/book"
	result $? 'its headings are numbered once, and the slides are not in it' docs/_build/latex/snull.toc
else
	skip 'the book builds' '"make docs-pdf" installs what it needs'
fi
plan
