// SPDX-License-Identifier: GPL-2.0-only
// checks.js - is what a command printed what the lab says? The same rules as labs/lib/steps.py, which reads the README and
// hands on its steps; tests/docs/checks.test.js compares the two.

const NUMBER = "[-+]?(?:0x[0-9a-f]+|\\d[\\d.,]*(?:e[-+]?\\d+)?)";
const NUMBER_ALONE = new RegExp(`^(?:${NUMBER})$`, "i");
const PARTS = new RegExp(`(\\.\\.\\.|${NUMBER}|\\s+)`, "i");

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** The regular expression for one line's shape. */
export function pattern(line) {
	const parts = line.trim().split(PARTS).map((part) => {
		if (part === "...")
			return ".*";
		if (NUMBER_ALONE.test(part))
			return NUMBER;
		return part !== "" && part.trim() === "" ? "\\s+" : escape(part).replace(/^[KMG](?=(?:bits|Bytes)\b)/, "[KMG]?");
	});
	return new RegExp(`^\\s*${parts.join("")}\\s*$`, "i");
}

/** null when the lines have the expected shape, else what is missing or too much. */
export function mismatch(expected, printed) {
	const actual = printed.filter((line) => line.trim());
	let position = 0, anything = false;
	for (const line of expected) {
		if (line.trim() === "...") {
			anything = true;
			continue;
		}
		const shape = pattern(line), start = position;
		while (position < actual.length && !shape.test(actual[position])) {
			if (!anything)
				return `expected  ${line.trim()}\n     got  ${actual[position].trim()}`;
			position++;
		}
		if (position === actual.length)
			return `expected  ${line.trim()}\n     got  nothing like it after line ${start}`;
		position++;
		anything = false;
	}
	if (position < actual.length && !anything)
		return `expected  nothing more\n     got  ${actual[position].trim()}`;
	return null;
}

/** null when the check { what, op, value, off, percent, text } holds, else why it does not. */
export function failedCheck(check, output, status) {
	const want = Number(check.value);
	let got = status;
	if (check.what !== "status") {
		const found = new RegExp(check.what).exec(output);
		if (!found)
			return `nothing matches ${check.what}`;
		got = Number(found[1].replaceAll(",", ""));
	}
	const off = Number(check.off ?? 0) * (check.percent ? Math.abs(want) / 100 : 1);
	const good = { "<=": got <= want, ">=": got >= want, "<": got < want, ">": got > want, "==": Math.abs(got - want) <= off }[check.op];
	return good ? null : `${check.what} is ${got}: not ${check.text}`;
}

/** An interactive shell tells of the jobs in its background; the lab's text was made by one that does not. */
const JOB = /^\[\d+\][-+]?\s+(?:\d+|Done|Exit|Running|Terminated|Killed)\b/;

/** What is wrong with a step { expected, checks } that has run: an array of reasons, empty when it is as the lab says. */
export function judge(step, output, status) {
	const lines = output.split("\n").filter((line) => !JOB.test(line));
	const why = status !== 0 && !step.checks.some((check) => check.what === "status") ? [`it failed with status ${status}`] : [];
	// An emulated processor's speed is its own: see docs/live/index.rst.
	const checks = step.checks.filter((check) => !check.time);
	return [...why, mismatch(step.expected, lines), ...checks.map((check) => failedCheck(check, output, status))].filter(Boolean);
}

/** "6.12.9-snull" is at least [6, 10]. */
export function since(release, [major, minor]) {
	const [have, less] = release.split(".").map((part) => parseInt(part, 10));
	return have > major || (have === major && less >= minor);
}
