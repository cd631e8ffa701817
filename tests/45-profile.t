#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 45-profile: "make profile" counts what it says: every frame once, every instruction of it. It runs on the host.

cd "$(dirname "$0")/.." || exit
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
. tests/tap.sh

refused() # NAME PATTERN ARGUMENTS…
{
	local name=$1 pattern=$2 said
	shift 2
	said=$(labs/bench/profile "$@" 2>&1 >"$t/out")
	is "$name: status" $? 1
	like "$name: says why" "$said" "$pattern"
	is "$name: prints nothing" "$(cat "$t/out")" ''
}
refused 'no such wire' 'no wire called path-9; there are veth-mtu' path-1 path-9

# The same for bench, whose machine fails here.
mkdir -p "$t/top/labs/"{bench,vm}
cp labs/bench/bench "$t/top/labs/bench/"
cp labs/vm/lib.sh "$t/top/labs/vm/"
printf '#!/bin/sh\nexit 125\n' >"$t/top/labs/vm/run"
chmod +x "$t/top/labs/vm/run"
echo before >"$t/bench.json"
fails 'a bench without a machine' env BENCH_JSON="$t/bench.json" "$t/top/labs/bench/bench"
is 'leaves the numbers of the last one' "$(cat "$t/bench.json")" before

timeout --foreground "$(stretched 900)" labs/bench/profile --json "$t/json" path-1 >"$t/table" 2>"$t/said"
result $? 'it runs' "$t/said"
like 'a table for people' "$(cat "$t/table")" 'nic_rx_frame .*all .*frames .*Mbit/s'
python3 - "$t/json" >"$t/numbers" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))["path-1"]
called = lambda name: next((calls for known, (_, calls) in run["functions"].items() if known.split()[0] == name), 0)
print(run["frames"], round(100 * called("nic_rx_frame")), round(100 * called("napi_gro_receive")), round(run["instructions"]),
      round(run["mbits"]), round(sum(value for value, _ in run["functions"].values())))
END
read -r frames once gro instructions mbits sum <"$t/numbers"
that "$frames frames were looked at" "${frames:-0} >= 1000"
is 'each was received once, in hundredths' "$once" 100
that "and given to GRO once, give or take what was on its way: $gro" "${gro:-0} >= 90 && $gro <= 110"
# Two nanoseconds an instruction, 1448 bytes of payload a frame: what iperf3 has measured, and what was counted, are one.
cost=$((1448 * 8 * 500 / ${mbits:-1}))
that "it counts $instructions instructions where the clock has counted $cost" \
	"${instructions:-0} >= $cost * 92 / 100 && $instructions <= $cost * 108 / 100"
that 'the functions are all that there is' "${sum:-0} >= $instructions - 1 && $sum <= $instructions + 1"
plan
