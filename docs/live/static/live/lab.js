// SPDX-License-Identifier: GPL-2.0-only
// lab.js - "Run it" on the console blocks of a lab or a chapter: they run in the machine, which is docked at the bottom of the
// window, and what they print is compared with the page, by the lab's own rules.
import { judge, since } from "./checks.js";
import { Dock } from "./dock.js";
import { keepFocus, make } from "./dom.js";

const data = JSON.parse(document.getElementById("live-steps").textContent);
const LIMIT = 600000; // ms, for one command: five times that of steps.py, for a phone, or a computer that has more to do

/** The console blocks, each with those of its steps that are typed in the machine, in the page's order. */
function blocks() {
	const left = [...data.steps];
	return [...document.querySelectorAll("div.highlight-console:not(.untested)")].map((box) => {
		const commands = box.querySelector("pre").textContent.split("\n").filter((line) => line.startsWith("# "));
		return { box, steps: left.splice(0, commands.length) };
	}).filter(({ steps }) => steps.length);
}

/** The machine of the window that this page is a frame in, if there is one. */
function outer() {
	try {
		return parent === window ? null : parent.snullLab?.dock;
	} catch {
		return null; // somebody else's window
	}
}

const timed = (rows) => rows.some(({ step }) => step.checks.some((check) => check.time));

// A page in a frame goes before the dock does, which is not to keep it.
const gone = new AbortController();
addEventListener("pagehide", ({ persisted }) => persisted || gone.abort());

class Block {
	/** all are the page's blocks; those that are there already come before this one. */
	constructor(dock, { box, steps }, all) {
		Object.assign(this, { dock, box, steps, all, index: all.length });
		const why = steps.map((step) => step.lacks).find(Boolean);
		this.said = make("div");
		this.said.setAttribute("role", "status");
		this.more = make("div"); // what is not read aloud as it comes
		this.result = make("div", { className: "live-result" }, this.said, this.more);
		this.button = make("button", { type: "button", className: "live-run", textContent: "Run it" });
		this.button.addEventListener("click", () => this.run());
		this.lacks = why;
		const elsewhere = make("p", { className: "live-lacks" }, `This needs ${why}: `, make("code", { textContent: data.elsewhere }), " has it.");
		box.after(why ? elsewhere : make("div", { className: "live-run-row" }, this.button), this.result);
		dock.addEventListener("fresh", () => this.#tell(), { signal: gone.signal });
		const rows = dock.kept(data.place, this.index);
		if (rows)
			this.#show(rows);
	}

	get ran() {
		return this.dock.kept(data.place, this.index) !== undefined;
	}

	/** Run it, after those before it that have not run yet, since a lab's steps build on each other. */
	async run() {
		const before = this.all.slice(0, this.index).filter((block) => !block.lacks);
		let current = this;
		const giveBack = keepFocus(this.button);
		this.#enable(false);
		try {
			const panel = await this.dock.ready(data.place);
			for (current of [...before, this])
				if (current === this || !current.ran)
					await current.once(panel);
		} catch (error) {
			current.#tell();
			this.#tell([make("p", { className: "live-bad", textContent: `It did not run: ${error.message}.` })]);
		} finally {
			this.#enable(true);
			giveBack();
		}
	}

	/** All of the page's: two that run at once would type into each other's commands. */
	#enable(enabled) {
		for (const { button } of this.all)
			button.disabled = !enabled;
	}

	#tell(said = [], more = []) {
		this.said.replaceChildren(...said);
		this.more.replaceChildren(...more);
	}

	async once(panel) {
		this.#tell([make("p", { textContent: "Running…" })]);
		const rows = [];
		panel.dashboard.setZero();
		for (const step of this.steps.filter((one) => since(panel.machine.manifest.kernel, one.since))) {
			const { output, status } = await panel.shell.run(step.command, { interrupt: true, limit: LIMIT });
			rows.push({ step, output, why: judge(step, output, status) });
		}
		this.dock.keep(this.index, rows);
		this.#show(rows);
	}

	#show(rows) {
		const wrong = rows.filter((row) => row.why.length);
		const verdict = wrong.length ? make("p", { className: "live-bad", textContent: "✗ Not quite what the page shows:" })
			: make("p", { className: "live-good", textContent: timed(rows) ? "✓ As the page says, but for its times, which are those of another machine." : "✓ As the page says." });
		const reasons = wrong.map(({ step, why }) => make("pre", { textContent: `# ${step.command}\n${why.join("\n")}` }));
		const said = rows.filter(({ step, output }) => step.expected.length || output.trim());
		this.#tell([verdict, ...reasons], said.length ? [this.#beside(said)] : []);
	}

	/** What each command printed, beside what the page has. */
	#beside(rows) {
		const column = (head, text) => {
			const pre = make("pre", { textContent: text, tabIndex: 0 });
			pre.setAttribute("aria-label", head);
			return make("div", {}, make("p", { textContent: head }), pre);
		};
		return make("details", { open: true }, make("summary", { textContent: "what the page shows, and what it printed here" }),
			...rows.map(({ step, output }) => make("div", { className: "live-beside" },
				make("pre", { className: "live-command", textContent: `# ${step.command.replaceAll("\n", "\n> ")}` }),
				column("the page", step.expected.join("\n") || "(nothing)"), column("here", output.trimEnd() || "(nothing)"))));
	}
}

const dock = outer() ?? new Dock(data.base, data.bytes), all = [];
for (const one of blocks())
	all.push(new Block(dock, one, all));
globalThis.snullLab = { dock, blocks: all }; // for answers.js, for pages in the frame, and for the tests
