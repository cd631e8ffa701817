#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 47-drivers: what napicheck says of other people's drivers, and of snull's paths under the same load. It is no news if one
# keeps the contract; it is if a verdict changes, with another kernel or another napicheck. On the host; it starts one machine.

cd "$(dirname "$0")/.." || exit
[ -n "${TEST_FULL:-}" ] || { echo '1..0 # SKIP only for "make test-full"'; exit 0; }
[ "${SNULL_SUITE:-trixie}" = trixie ] || { echo '1..0 # SKIP the verdicts are those of Linux 6.12'; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# DRIVER:BROKEN RULES:those that are broken in one run and not in another, by how busy the driver is. Why each is:
# docs/story/05-napi-contract.rst.
expected='e1000e::
tulip:budget-0 sent-not-dropped:
vmxnet3:sent-not-dropped:
virtio_net:budget-0:masked
snull napi::'

only=$(cut -d: -f1 <<<"$expected" | paste -sd,)
timeout --foreground "$(stretched 3000)" labs/bench/drivers.py --suite trixie --only "$only" --json "$work/drivers.json" >"$work/table" 2>"$work/err"
result $? 'each driver goes through all of it' <(tail -n 20 "$work/err" "$work/table")
# A line for each driver: its name, the rules that are broken, those that were tried, the verdict, events that were lost.
python3 - "$work/drivers.json" >"$work/found" <<'END'
import json
import sys

for one in json.load(open(sys.argv[1], encoding="ascii")):
    broken = [name for name, rule in one["rules"].items() if rule["verdict"] == "broken"]
    tried = [name for name, rule in one["rules"].items() if rule["exercised"]]
    print(one["driver"], " ".join(broken), " ".join(tried), one["verdict"], one["lost"], sep=":")
END
while IFS=: read -r driver broken maybe; do
	IFS=: read -r _ found tried verdict lost < <(grep "^$driver:" "$work/found")
	always=''
	for rule in $found; do [[ " $maybe " = *" $rule "* ]] || always="$always$rule "; done
	[ "${always% }" = "$broken" ]
	result $? "$driver breaks: ${broken:-no rule}" <(echo "it breaks: $found") "$work/table"
	[ "$verdict:$lost" = "$([ -n "$broken" ] && echo broken || echo kept):0" ]
	result $? "$driver: and that is known" <(echo "$verdict, and $lost events were lost")
	missing=$(for rule in budget stuck work-told done-is-done context pairs; do [[ " $tried " = *" $rule "* ]] || echo "$rule"; done)
	[ -z "$missing" ]
	result $? "$driver: what each driver goes through tries the rules that any can break" <(echo "not tried: $missing")
done <<<"$expected"
plan
