// SPDX-License-Identifier: GPL-2.0-only
// checks.test.js - the labs' rules as the page judges by them: the same as labs/lib/steps.py, and with words for what differs.
"use strict";
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const test = require("node:test");

const LIVE = path.join(__dirname, "../../docs/live/static/live");
const modules = Promise.all(["checks.js", "shell.js", "figures.js"].map((name) => import(path.join(LIVE, name))));
const bytes = (text) => new TextEncoder().encode(text);

test("it judges every lab's steps, right and spoilt, as steps.py does", async () => {
	const [{ mismatch, failedCheck }] = await modules;
	const cases = JSON.parse(execFileSync("python3", [path.join(__dirname, "checks_cases.py")], { maxBuffer: 1 << 28 }));
	assert.ok(cases.length > 1000);
	assert.ok(cases.filter((one) => one.mismatch).length > 300);
	for (const one of cases) {
		assert.strictEqual(mismatch(one.expected, one.lines) !== null, one.mismatch, JSON.stringify(one));
		const failed = one.checks.map((check) => failedCheck(check, one.lines.join("\n"), one.status) !== null);
		assert.deepStrictEqual(failed, one.failed, JSON.stringify(one));
	}
});

test("a slower machine has smaller units", async () => {
	const [{ mismatch }] = await modules;
	const line = "[  5]   0.00-2.01   sec   282 MBytes  1.18 Gbits/sec                  receiver";
	assert.strictEqual(mismatch([line], ["[  5]   0.00-2.20   sec  1.12 KBytes  4.29 Mbits/sec                  receiver"]), null);
	assert.notStrictEqual(mismatch([line], ["[  5]   0.00-2.20   sec  1.12 KBytes  4.29 Mpackets/sec                  receiver"]), null);
});

test("it says what differs", async () => {
	const [{ judge }] = await modules;
	const check = { what: "rate +(\\d+)", op: "==", value: "10", off: "10", percent: true, text: "== 10 +- 10%" };
	assert.deepStrictEqual(judge({ expected: ["rate 3"], checks: [check] }, "rate 11\n", 0), []);
	assert.match(judge({ expected: ["rate 3"], checks: [check] }, "rate 12\n", 0)[0], /rate .* is 12: not == 10 \+- 10%/);
	assert.deepStrictEqual(judge({ expected: [], checks: [] }, "", 1), ["it failed with status 1"]);
});

test("a time is not judged: an emulated processor has its own", async () => {
	const [{ judge }] = await modules;
	const check = (time) => ({ what: "(\\d+) packets/s", op: ">=", value: "100000", off: null, percent: false, text: ">= 100000", time });
	assert.deepStrictEqual(judge({ expected: [], checks: [check(true)] }, "", 0), []);
	assert.strictEqual(judge({ expected: [], checks: [check(false)] }, "", 0).length, 1);
});

test("a limit itself is inside of <= and >=, outside of < and >", async () => {
	const [{ failedCheck }] = await modules;
	const holds = (op) => failedCheck({ what: "(\\d+)", op, value: "5", off: null, percent: false, text: "" }, "5", 0) === null;
	assert.deepStrictEqual(["<=", ">=", "<", ">", "=="].map(holds), [true, true, false, false, true]);
});

test("what a shell says of its jobs does not count", async () => {
	const [{ judge }] = await modules;
	assert.deepStrictEqual(judge({ expected: ["a"], checks: [] }, "[1] 123\na\n[1]+  Done   sleep 1\n", 0), []);
});

test("a version is compared by its numbers", async () => {
	const [{ since }] = await modules;
	assert.ok(since("6.12.9-snull", [6, 10]) && since("6.12.9", [6, 12]) && since("7.0", [6, 12]));
	assert.ok(!since("6.12.9", [6, 13]) && !since("5.15", [6, 1]));
});

test("the shell's marks, cut anywhere, give output and status", async () => {
	const [, { Shell }] = await modules;
	const stream = "\x1b]133;A\x07# \x1b]133;B\x07ls\r\n\x1b]133;C\x07\x1b[1mone\x1b[0m\r\ntwo €\r\n\x1b]133;D;3\x07\x1b]133;A\x07# \x1b]133;B\x07";
	for (const size of [1, 2, 3, 7, 1000]) {
		const shell = new Shell(() => {}), seen = [];
		shell.addEventListener("done", ({ detail }) => seen.push(detail));
		const all = bytes(stream);
		for (let at = 0; at < all.length; at += size)
			shell.feed(all.subarray(at, at + size));
		assert.deepStrictEqual(seen, [{ output: "one\ntwo €\n", status: 3 }]);
		assert.strictEqual(shell.state, "prompt");
	}
});

test("who waits for a command of a machine that began anew is told", async () => {
	const [, { Shell }] = await modules;
	const shell = new Shell(() => {});
	shell.feed(bytes("\x1b]133;B\x07"));
	const run = shell.run("sleep 100");
	await new Promise((resolve) => setTimeout(resolve, 10));
	shell.reset();
	await assert.rejects(run, /began anew/);
});

test("the figures: rates over a second, sums since zero, a driver loaded anew", async () => {
	const [, , { Figures }] = await modules;
	const sample = (t, n) => ({ t, cost: t / 100, irq: { sn1: n }, NET_RX: n, softnet: [0, 0, 0], sockets_full: 0, path: "napi",
		sn1: [64, 32 * n, 32 * n + 5, 0, 0, 0, 0, n, 0, n] });
	const figures = new Figures("sn1");
	for (let at = 0; at <= 50; at++)
		figures.add(sample(at / 5, at));
	const rates = figures.rates();
	assert.ok(Math.abs(rates.packets - 160) < 1e-6 && Math.abs(rates.irqPerPacket - 1 / 32) < 1e-9 && Math.abs(rates.perPoll - 32) < 1e-9);
	assert.ok(Math.abs(rates.cost - 0.01) < 1e-9);
	assert.strictEqual(figures.sums().packets, 1600);
	assert.strictEqual(figures.now.fill, 5);
	figures.setZero();
	assert.strictEqual(figures.sums().packets, 0);
	figures.add(sample(10.2, 1));
	assert.strictEqual(figures.sums().packets, 0);
	assert.strictEqual(figures.add({ t: 11, irq: {} }), false);
	assert.strictEqual(figures.now, null);
});
