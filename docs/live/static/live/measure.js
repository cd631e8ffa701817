// SPDX-License-Identifier: GPL-2.0-only
// measure.js - run a lab's "measure", by which "make grade" judges numbers, in a machine of its own beside the reader's.
import { Shell } from "./shell.js";

const LIMIT = 600000; // ms
const LATE = "the measurement does not end: try again when the computer has less to do";

/** machine is the reader's, parameters are words like "burst=32"; { name: number }. */
export async function measure(machine, lab, parameters) {
	const other = machine.another(), shell = new Shell((text) => other.type(text));
	other.addEventListener("output", ({ detail }) => shell.feed(detail));
	let crashed = false;
	other.addEventListener("crash", () => {
		crashed = true;
		shell.reset(); // whoever waits is told
	});
	try {
		await other.ready;
		const { output, status } = await shell.run(`cd /snull/labs/${lab} && ./measure ${parameters.join(" ")}`, { limit: LIMIT, late: LATE });
		if (status !== 0)
			throw new Error(`the measurement failed: ${output.trim().split("\n").at(-1)}`);
		return Object.fromEntries([...output.matchAll(/^(\w+) ([-+.\de]+)$/gm)].map(([, name, value]) => [name, Number(value)]));
	} catch (error) {
		throw crashed ? new Error("the second machine has crashed") : error;
	} finally {
		await other.destroy();
	}
}
