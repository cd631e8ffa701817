// SPDX-License-Identifier: GPL-2.0-only
// answers.test.js - answers are judged in the page as labs/lib/course.py does it, and no page has a right answer in it.
"use strict";
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const test = require("node:test");

const module_ = import(path.join(__dirname, "../../docs/live/static/live/judge.js"));
const { cases, labs } = JSON.parse(execFileSync("/usr/bin/python3", [path.join(__dirname, "answers_cases.py")], { maxBuffer: 1 << 28 }));

test("it judges answers to every lab's questions as course.py does", async () => {
	const { judgeAnswer } = await module_;
	assert.ok(cases.length > 400);
	assert.ok(cases.filter(({ right }) => right).length > 100);
	for (const { question, value, truth, right, hint } of cases) {
		const got = await judgeAnswer(question, value, { [question.measure]: truth });
		assert.strictEqual(got.right, right, JSON.stringify({ question, value }));
		// course.py, which can read the solution, says more of a path: how many names stand where they should.
		assert.ok(hint.endsWith(got.hint), JSON.stringify({ question, value, got, hint }));
	}
});

test("where browsers compute no hashes, numbers are judged, and the rest says what to do", async () => {
	const { judgeAnswer } = await module_;
	const number = cases.find(({ question, right }) => question.type === "number" && right);
	const choice = cases.find(({ question, value }) => question.type === "choice" && value);
	const real = Object.getOwnPropertyDescriptor(globalThis, "crypto");
	Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
	try {
		assert.ok((await judgeAnswer(number.question, number.value, { [number.question.measure]: number.truth })).right);
		await assert.rejects(judgeAnswer(choice.question, choice.value, {}), /open it by https/);
	} finally {
		Object.defineProperty(globalThis, "crypto", real);
	}
});

test("labs have questions of each kind, and the kinds of a lab that only a machine can judge are not there", () => {
	assert.ok(labs.length >= 15);
	const kinds = new Set(labs.flatMap(({ data }) => data.questions.map(({ type }) => type)));
	assert.deepStrictEqual([...kinds].sort(), ["choice", "number", "path"]);
});

test("no page has a right answer in it, but hashes", () => {
	for (const { data, paths } of labs) {
		const text = JSON.stringify(data);
		for (const one of paths.filter((names) => names.includes(" -> ")))
			assert.ok(!text.includes(one), one);
		for (const question of data.questions) {
			const allowed = ["key", "type", "hint", "hints", ...(question.type === "number" ? ["measure", "tolerance"] : ["choices", "sealed"])];
			assert.deepStrictEqual(Object.keys(question).sort(), allowed.sort());
			for (const one of question.sealed ?? [])
				assert.match(one, /^[0-9a-f]{24}\$[0-9a-f]{32}$/);
		}
	}
});
