// SPDX-License-Identifier: GPL-2.0-only
// judge.js - is an answer right? As class Question of labs/lib/course.py has it; tests/docs/answers.test.js compares the two.
// The right choices and paths are not here: only salted hashes of them, which an answer can be compared with.

const NUMERAL = /^[-+]?(?:\d{1,15}(?:\.\d{0,30})?|\.\d{1,30})$/;
const NAMES = /[A-Za-z_]\w*/g;
const ROUNDS = 20000, BITS = 128;

/** May this page compute hashes? */
const able = () => Boolean(globalThis.crypto?.subtle);

async function hash(salt, text) {
	const bytes = new TextEncoder().encode(text);
	const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
	const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", iterations: ROUNDS,
		salt: Uint8Array.from(salt.match(/../g), (two) => parseInt(two, 16)) }, key, BITS);
	return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function holds(question, plain) {
	if (!able())
		throw new Error("this page came by plain http, and browsers compute hashes only where the connection is safe: " +
			"open it by https, or on your own computer, by make docs-serve");
	for (const one of question.sealed) {
		const [salt, digest] = one.split("$");
		if (await hash(salt, `${question.key}:${plain}`) === digest)
			return true;
	}
	return false;
}

/** A number: within the tolerance of what was measured. */
function near(question, value, truth) {
	const share = question.tolerance.endsWith("%");
	const off = parseFloat(question.tolerance) * (share ? Math.abs(truth) / 100 : 1);
	return Math.abs(Number(value) - truth) <= off + 1e-9;
}

/** Does the answer have the form of one? Null, or what is wrong with it. */
export function malformed(question, value) {
	if (!value)
		return "no answer given. ";
	if (question.type === "number" && !NUMERAL.test(value))
		return "this is not a plain number such as 12 or 0.25. ";
	return null;
}

/** { right, hint } for an answer; measured has the numbers that the lab's "measure" printed. */
export async function judgeAnswer(question, value, measured) {
	const wrong = malformed(question, value);
	if (wrong)
		return { right: false, hint: wrong + question.hint };
	if (question.type === "number") {
		const truth = measured[question.measure];
		if (!Number.isFinite(truth))
			throw new Error(`the measurement has not told ${question.measure}`);
		return { right: near(question, value, truth), hint: question.hint };
	}
	const plain = question.type === "choice" ? value : (value.match(NAMES) ?? []).join(" ");
	return { right: await holds(question, plain), hint: question.hints[plain] ?? question.hint };
}
