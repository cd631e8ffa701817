#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 43-exam: the questions for a written exam are whole, each has its answer, and the answer stays where it is. On the host.

cd "$(dirname "$0")/.." || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

labs/lab exam >"$work/paper" 2>"$work/err"
result $? 'labs/lab exam prints the questions' "$work/err"
[ "$(grep -c '^[0-9]*\. (' "$work/paper")" -ge 40 ]
result $? "there are forty or more ($(grep -c '^[0-9]*\. (' "$work/paper"))" "$work/paper"
! grep -q 'Answer:' "$work/paper"
result $? 'without an answer' "$work/paper"
labs/lab exam --key >"$work/key" 2>"$work/err"
result $? 'with --key' "$work/err"
[ "$(grep -c '^   Answer: .' "$work/key")" = "$(grep -c '^[0-9]*\. (' "$work/key")" ]
result $? 'each has one' "$work/key"

for file in labs/[0-9]*/exam; do
	lab=${file#labs/}
	labs/lab exam "${lab%%-*}" >"$work/one" 2>"$work/err"
	awk '/^[0-9]+\. \(/ { n++; sum += substr($2, 2) } END { exit !(n == 3 && sum == 10) }' "$work/one"
	result $? "lab ${lab%%-*}: three questions, ten points" "$work/one" "$work/err"
done
for questions in labs/[0-9]*/questions; do
	[ -e "${questions%/*}/exam" ] || { result 1 "${questions%/*} has questions for an exam"; continue; }
	for chapter in $(sed -n 's/^read = //p' "${questions%/*}/exam"); do
		[ -e "docs/story/$chapter.rst" ] || result 1 "${questions%/*}/exam: there is a chapter $chapter"
	done
done

# An instructor's own directory of solutions; one that lacks an answer; one that is not there.
mkdir -p "$work/own/03-napi"
sed 's/^answer = .*/answer = My own words./; /^	/d' labs/03-napi/solution/exam >"$work/own/03-napi/exam"
labs/lab exam 03 --key --solutions "$work/own" >"$work/out" 2>&1 && [ "$(grep -c 'Answer: My own words.$' "$work/out")" = 3 ]
result $? 'SOLUTIONS has answers of its own' "$work/out"
sed -i '/^\[second\]/,/^answer/d' "$work/own/03-napi/exam"
! labs/lab exam 03 --key --solutions "$work/own" >"$work/out" 2>&1 && grep -q 'does not answer .*second' "$work/out"
result $? 'and a missing one is named' "$work/out"
! labs/lab exam 03 --key --solutions "$work/none" >"$work/out" 2>&1 && grep -q '03-napi/exam: No such file' "$work/out"
result $? 'and a missing directory' "$work/out"
plan
