#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 24-labs: every command of every lab does what its README says; the solutions are right, and nothing else is.
# The environment: SNULL_SUITE (trixie); LABS='NN…' for some; TEST_FULL=1, for all, and to measure twice what takes two CPUs;
# TEST_TWICE=1, to measure all numbers of counted time twice. It runs on the host, and starts virtual machines.

cd "$(dirname "$0")/.." || exit
suite=${SNULL_SUITE:-trixie}
case $suite in bookworm|trixie|backports) ;; *) echo "1..0 # SKIP the labs are for Linux 6.1 and later, as Debian has them"; exit ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# points FILE LAB: what a file of answers gets.
points()
{
	labs/lab grade "$2" "$1" --suite "$suite" --results "$work/results.json" >"$work/tap" 2>"$work/err"
	sed -n 's/^# \([0-9.]*\) of .* points$/\1/p' "$work/tap"
}

# apart LAB: measure its numbers twice, in two machines, and print how far apart the worst of them are, in percent.
apart()
{
	python3 - "$1" "$suite" <<-'END'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, "labs/lib")
		import course, measuring
		lab = course.find(sys.argv[1])
		chosen = {key: int(lab.solution().get(key)) for key in lab.parameters}
		runs = [measuring.measure(lab, sys.argv[2], [chosen], fresh=True)[measuring.written(chosen)] for _ in range(2)]
		worst = max(runs[0], key=lambda name: abs(runs[0][name] - runs[1][name]) / max(abs(runs[0][name]), 1e-9))
		print(f"{100 * abs(runs[0][worst] - runs[1][worst]) / max(abs(runs[0][worst]), 1e-9):.2f} {worst} {runs[0][worst]} {runs[1][worst]}")
	END
}

mapfile -t labs < <(labs/lab list --suite "$suite" | cut -c 1-2)
[ ${#labs[@]} -gt 0 ] || { echo 'Bail out! "labs/lab list" lists none'; exit 1; }
# "make test" tries one lab, "make test-full" all.
[ -n "${TEST_FULL:-}" ] || LABS=${LABS:-01}
[ -z "${LABS:-}" ] || read -ra labs <<<"$LABS"
two=' --cpus 2'
[ -z "${TEST_TWICE:-}" ] || two=''
for lab in "${labs[@]}"; do
	labs/lab run "$lab" --suite "$suite" >"$work/run" 2>&1
	result $? "lab $lab: all is as the README says" "$work/run"

	for solution in labs/"$lab"-*/solution/{answers.txt,mypath.c}; do [ ! -e "$solution" ] || break; done
	points "$solution" "$lab" >"$work/points"
	! grep -q '^not ok' "$work/tap" && grep -q '^ok' "$work/tap"
	result $? "lab $lab: its solution gets all points" "$work/tap" "$work/err"

	# (What is handed in for programs is 40-write-a-path's.)
	[ -n "${TEST_FULL:-}" ] && [ "${solution##*/}" = answers.txt ] || continue
	if compgen -G "labs/$lab-*/measure" >/dev/null && grep -q "^vm = --icount$two" labs/"$lab"-*/questions; then
		apart "$lab" >"$work/apart" 2>/dev/null
		awk '{ exit !(NF == 4 && $1 <= 2) }' "$work/apart"
		result $? "lab $lab: two runs agree within 2 %" "$work/apart"
		sed 's/^/# /' "$work/apart"
	fi

	sed 's/^\([a-z_0-9]*\):.*/\1:/; s/^lab:.*/lab: '"$lab"'/' "$solution" >"$work/blank"
	[ "$(points "$work/blank" "$lab")" = 0 ]
	result $? "lab $lab: blank answers get none" "$work/tap"

	# Wrong: every number ten times too large, and 7 more; every choice another one; every path backwards.
	python3 - "$solution" "$lab" >"$work/wrong" <<-'END'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, "labs/lib")
		import course
		lab = course.find(sys.argv[2])
		answers = course.Answers.read(sys.argv[1]).values
		for key, value in answers.items():
		    question = lab.questions.get(key)
		    if question and question.type == "number":
		        value = float(value) * 10 + 7
		    elif question and question.type == "choice":
		        value = next(letter for letter in question.choices if letter != value)
		    elif question:
		        value = "wrong " + value
		    print(f"{key}: {value}")
	END
	[ "$(points "$work/wrong" "$lab")" = 0 ]
	result $? "lab $lab: wrong answers get none" "$work/tap"

	mkdir "$work/$lab"
	for other in labs/[0-9]*/solution/answers.txt; do
		[ "$other" != "$solution" ] || continue
		number=${other#labs/}
		cp "$other" "$work/$lab/${number%%-*}.txt"
		sed "s/^lab:.*/lab: $lab/" "$other" >"$work/$lab/${number%%-*} as $lab.txt"
	done
	labs/lab grade "$lab" "$work/$lab" --suite "$suite" >"$work/csv" 2>"$work/err"
	awk -F, -v want="$(ls "$work/$lab" | wc -l)" 'NR > 1 { n++; sum += $3 } END { exit !(n && n == want && sum == 0) }' "$work/csv"
	result $? "lab $lab: the answers to the other labs get none, nor with their number changed" "$work/csv" "$work/err"
done
plan
