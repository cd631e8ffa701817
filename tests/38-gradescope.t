#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 38-gradescope: the autograder does what Gradescope's contract says, in a container like Gradescope's, without a network: zip,
# setup.sh, /autograder/submission in, /autograder/results/results.json out; whatever is handed in. The page for instructors
# has jobs that are valid, and call what there is. It runs on the host, as root (for chroot alone). AUTOGRADER=FILE takes a
# zip that is there.

cd "$(dirname "$0")/.." || exit
# shellcheck source=../labs/vm/lib.sh
. labs/vm/lib.sh
# shellcheck source=tap.sh
. tests/tap.sh
# shellcheck source=chroot.sh
. tests/chroot.sh

# ---- the page ------------------------------------------------------------------------------------------------------------

work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
page=docs/teaching/autograder.rst
# block FILE: the code block of the page whose comment names that file.
block() { awk -v want="# $1" '$0 ~ "^   " want { on = 1 } on && /^[^ ]/ { exit } on { print substr($0, 4) }' "$page"; }
# commands NAME FILE: what that job's shell is told, one step after the other, in FILE.
commands()
{
	block "$1" >"$work/yaml"
	python3 - "$work/yaml" <<-'END' >"$2" 2>"$work/why"
		import sys
		import yaml
		with open(sys.argv[1], encoding="utf-8") as file:
		    page = yaml.safe_load(file)
		steps = page["jobs"]["grade"]["steps"] if "jobs" in page else []
		told = [step["run"] for step in steps if "run" in step] or page["grade"]["before_script"] + page["grade"]["script"]
		for called in ("setup.sh", "run_autograder --strict"):
		    assert called in "\n".join(told), f"does not call {called}"
		print("set -e", *told, sep="\n")
	END
}
for file in .github/workflows/grade.yml .gitlab-ci.yml; do
	job=$work/$(basename "$file").sh
	if python3 -c 'import yaml' 2>/dev/null; then
		commands "$file" "$job"
		result $? "$file, in the page for instructors, is a job that calls the autograder" "$work/why"
	else
		# Then what is called is tried, without the page.
		skip "$file is valid" 'python3-yaml is not installed'
		echo 'sh /autograder/unused/run_autograder --strict . results.json' >"$job"
	fi
done
for called in setup.sh run_autograder; do
	[ -x "labs/bundle/gradescope/$called" ]
	result $? "which has $called"
done

# no_box WHY: the rest cannot be here.
no_box() { skip 'the autograder' "$*"; plan; }
[ "$(id -u)" = 0 ] || no_box 'only root can make the container (chroot, mounts)'
[ "$arch" = "$host_arch" ] || no_box "for a machine of this computer's architecture"
choose trixie
labs/vm/qemu --own -q >/dev/null || no_box 'no QEMU to pack, and no network to fetch it by'

# ---- the zip -------------------------------------------------------------------------------------------------------------

if [ -z "${AUTOGRADER:-}" ]; then
	AUTOGRADER=$work/autograder.zip
	# In a cache whose path has a space.
	mkdir "$work/a b"
	ln -s "$cache/images" "$cache/qemu" "$work/a b/"
	SNULL_CACHE="$work/a b" labs/bundle/make -q --gradescope 3 --output "$AUTOGRADER" >"$work/log" 2>&1
	result $? 'make gradescope LAB=03' "$work/log" || plan
fi
echo "# $(($(stat -c %s "$AUTOGRADER") >> 20)) MB"
labs/bundle/make -q --gradescope 77 >"$work/out" 2>"$work/err"
[ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q "no lab '77'" "$work/err"
result $? 'for a lab that is not there: one line' "$work/err"
for lab in 15 16 17; do
	labs/bundle/make -q --gradescope $lab --output "$work/none.zip" >"$work/out" 2>"$work/err"
	[ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q "no autograder for lab $lab: .* make grade LAB=$lab ANSWERS=" "$work/err" && [ ! -e "$work/none.zip" ]
	result $? "nor is there one for lab $lab: one line says why, and what to do" "$work/err"
done
box=$work/box
mkdir -p "$box/source" "$box/submission" "$box/results"
# As an unzip that does not know of rights.
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$AUTOGRADER" "$box/source"
[ -f "$box/source/setup.sh" ] && [ -f "$box/source/run_autograder" ]
result $? 'it has setup.sh and run_autograder at its top'
way=$(sed -n 's/^way: *\([^|]*[^| ]\).*/\1/p' labs/03-napi/solution/answers.txt)
# Whole lines: a sealed answer may begin with the letter that is right.
grep -hE '^[a-z_0-9]+: ([a-z]$|.*->)|^answer = ' labs/03-napi/solution/{answers.txt,exam} >"$work/answers"
! find "$box" -name answers.txt | grep . && [ -s "$work/answers" ] && ! grep -rlaxF -f "$work/answers" "$box" >"$work/found"
result $? 'no solution is in it in clear text, nor in its file systems' "$work/found"

# ---- the container -----------------------------------------------------------------------------------------------------------

# in_box COMMAND…: as root in a Debian without QEMU, without a network, /autograder being ours. A busy host takes longer.
in_box()
{
	local limit=${limit:-$(stretched 480)}
	export limit
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --net bash -c '
		box=$1 tree=$2 work=$3
		shift 3
		mount -t tmpfs box "$work"
		mkdir "$work/up" "$work/w" "$work/root"
		mount -t overlay -o "lowerdir=$tree,upperdir=$work/up,workdir=$work/w" box "$work/root" || exit 125
		mkdir -p "$work/root/autograder"
		mount --rbind "$box" "$work/root/autograder"
		mount --rbind /dev "$work/root/dev"
		mount --rbind /proc "$work/root/proc"
		mount -t tmpfs tmp "$work/root/tmp"
		exec chroot "$work/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SNULL_LIMIT="$limit" SNULL_ACCEL=tcg "$@"' \
		- "$box" "$image/tree" "$work/mnt" "$@" >"$work/out" 2>&1 </dev/null
	status=$?
}
mkdir "$work/mnt"
in_box sh /autograder/source/setup.sh
[ $status = 0 ] && grep -q '^snull-machine' "$work/out"
result $? 'setup.sh, without a network, finds that all is there' "$work/out"
cp "$box/source/run_autograder" "$box/run_autograder"

# hand_in: what the function "submit" puts there is graded; sets score and output.
hand_in()
{
	local began=$SECONDS
	rm -rf "$box/submission" "$box/results"
	mkdir "$box/submission" "$box/results"
	(cd "$box/submission" && submit)
	in_box /autograder/run_autograder
	took=$((SECONDS - began))
	read -r score output < <(python3 - "$box/results/results.json" <<-'END' 2>&1
		import json, sys
		found = json.load(open(sys.argv[1], encoding="utf-8"))
		assert all(test["score"] <= test["max_score"] for test in found["tests"])
		print(found["score"], " ".join((found["output"] + " " + " ".join(t["output"] for t in found["tests"])).split()))
	END
	)
}
# graded NAME SCORE PATTERN
graded()
{
	[ "$score" = "$2" ] && grep -qE -- "$3" <<<"$output"
	result $? "$1 ($took s)" <(echo "status $status, score $score, $output") "$work/out"
}
solution=$PWD/labs/03-napi/solution/answers.txt

# What is judged without a machine.
submit() { :; }
hand_in
graded 'nothing' 0 'No file of answers'
submit() { ln -s /autograder/source/lab answers.txt; ln -s / root.txt; ln -s /nowhere gone.txt; }
hand_in
graded 'links are not followed' 0 'No file of answers'
submit() { echo a >a.txt; echo b >b.txt; }
hand_in
graded 'two files' 0 'More than one file'
submit() { mkfifo answers.txt; mkdir other.txt; }
hand_in
graded 'a pipe, which would never end' 0 'No file of answers'
# And with one.
marker=$box/ran
submit()
{
	mkdir -p '$(touch /autograder/ran)' __MACOSX
	cp "$solution" '$(touch /autograder/ran)/`touch ran`; touch "ran" '\''x'\'' -rf.txt'
	echo x >__MACOSX/._answers.txt
	echo x >.DS_Store
}
hand_in
[ ! -e "$marker" ] && [ ! -e "$box/submission/ran" ]
result $? 'names that mean something to a shell: nothing is run'
graded 'and its right answers get all points, though no solution is there to read' 9.0 'Lab 03'
submit() { sed 's/^unmask: c/unmask: a/; s/^burst: 32/burst: 16/' "$solution" >ANSWERS.TXT; }
hand_in
graded 'a wrong choice, and the numbers of another burst, in ANSWERS.TXT: the others count, and there is a hint' 6.0 'Which event comes right before'
! grep -qF "$way" <<<"$output"
result $? 'and no answer'
submit() { { echo 'lab: 03'; head -c 10485760 /dev/zero | tr '\0' x; } >answers.txt; }
hand_in
graded 'a file of 10 MB' 0 'larger than 64 KiB'
submit() { : >answers.txt; }
hand_in
graded 'an empty file' 0 'not answers to lab 03'
submit() { printf 'PK\3\4\0\0' >homework.docx; }
hand_in
graded 'a document of an office program' 0 'plain text'
submit() { cp "$solution" answers.txt; }
limit=2
hand_in
[ $status = 1 ]
result $? "the time limit ends it ($took s)" "$work/out"
graded 'and the student is told that it is no fault of theirs' 0 'not done within 2 seconds'
unset limit

# ---- as a job elsewhere ------------------------------------------------------------------------------------------------------

# What the page's jobs fetch by: a network is not here, and what they call is.
mkdir -p "$box/net" "$box/repo/labs"
cp "$AUTOGRADER" "$box/autograder.zip"
cat >"$box/net/curl" <<'END'
#!/bin/sh
[ "$*" = "-fsSL -o /tmp/autograder.zip https://example.org/a?b&c" ] && cp /autograder/autograder.zip /tmp/autograder.zip
END
cat >"$box/net/unzip" <<'END'
#!/bin/sh
[ "$1 $3" = '-q -d' ] && exec python3 -m zipfile -e "$2" "$4"
END
printf '#!/bin/sh\n' >"$box/net/apt-get"
chmod 755 "$box/net"/*
# Theirs is another place.
mv "$box/source" "$box/unused"
# in_job FILE UID: the job, as that user, in a repository. What is left of the last one is not there: each has its own computer.
in_job()
{
	cp "$work/$1.sh" "$box/job"
	rm -f "$box/repo/results.json"
	chown -R "$2" "$box/repo"
	in_box env PATH="/autograder/net:/usr/bin:/bin" HOME=/tmp AUTOGRADER_URL='https://example.org/a?b&c' \
		setpriv --reuid "$2" --regid "$2" --clear-groups sh -c 'cd /autograder/repo && exec bash /autograder/job'
}
printf '# My course\n' >"$box/repo/README.md"
cp "$solution" "$box/repo/labs/answers.txt"
in_job grade.yml 1001
[ $status = 0 ] && grep -q '"score": 9' "$box/repo/results.json"
result $? "GitHub's job, as an ordinary user: right answers let it pass" "$work/out"
sed 's/^first: b/first: a/' "$solution" >"$box/repo/labs/answers.txt"
in_job .gitlab-ci.yml 0
[ $status = 1 ] && grep -q '"score": 8' "$box/repo/results.json" && grep -q '^not ok 5 - first' "$work/out"
result $? "GitLab's, as root: a wrong one fails it" "$work/out"
rm "$box/repo/labs/answers.txt"
mv "$box/repo/README.md" "$box/repo/labs/.hidden"
in_job .gitlab-ci.yml 0
[ $status = 1 ] && grep -q 'No file of answers' "$box/repo/results.json"
result $? 'as does no answer' "$work/out"
plan
