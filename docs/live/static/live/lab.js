// SPDX-License-Identifier: GPL-2.0-only
// lab.js - "Run it" on the console blocks of a lab: they run in the machine, which is docked at the bottom of the page, and
// what they print is compared with the page, by the lab's own rules.
import { judge, since } from "./checks.js";
import { Panel } from "./panel.js";

const data = JSON.parse(document.getElementById("live-steps").textContent);
const LIMIT = 120000; // ms, for one command, as in steps.py

function make(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

/** The lab's console blocks, each with those of its steps that are typed in the machine, in the page's order. */
function blocks() {
	const left = [...data.steps];
	return [...document.querySelectorAll("div.highlight-console")].map((box) => {
		const commands = box.querySelector("pre").textContent.split("\n").filter((line) => line.startsWith("# "));
		return { box, steps: left.splice(0, commands.length) };
	}).filter(({ steps }) => steps.length);
}

class Dock {
	constructor() {
		const close = make("button", { type: "button", textContent: "Hide" });
		this.inner = make("div", { className: "live" });
		Object.assign(this.inner.dataset, { base: data.base, bytes: data.bytes });
		this.box = make("section", { className: "live-dock", hidden: true }, make("div", { className: "live-dock-head" },
			make("strong", { textContent: `Lab ${data.number}, in a Linux in this page` }), close), this.inner);
		this.box.setAttribute("aria-label", "the machine of this lab");
		close.addEventListener("click", () => this.show(this.inner.hidden));
		this.close = close;
		document.body.append(this.box);
	}

	show(shown) {
		this.box.hidden = false;
		this.inner.hidden = !shown;
		this.close.textContent = shown ? "Hide" : "Show";
		document.body.classList.toggle("live-docked", shown);
	}

	/** The machine, in the lab's directory. */
	async ready() {
		this.show(true);
		this.panel ??= new Panel(this.inner);
		this.panel.onreset = () => this.#enter();
		const first = !this.panel.shell;
		await this.panel.open();
		if (first)
			await this.#enter();
		return this.panel;
	}

	async #enter() {
		document.dispatchEvent(new Event("live-fresh"));
		await this.panel.shell.run(`cd /snull/labs/${data.lab}`);
	}
}

class Block {
	constructor(dock, { box, steps }, before) {
		Object.assign(this, { dock, box, steps, before, ran: false });
		const why = steps.map((step) => step.lacks).find(Boolean);
		this.result = make("div", { className: "live-result" });
		this.result.setAttribute("role", "status");
		this.button = make("button", { type: "button", className: "live-run", textContent: "Run it" });
		this.button.addEventListener("click", () => this.run());
		this.lacks = why;
		const more = make("p", { className: "live-lacks" }, `This needs ${why}: `, make("code", { textContent: `make lab LAB=${data.number}` }), " has it.");
		box.after(why ? more : make("div", { className: "live-run-row" }, this.button), this.result);
		document.addEventListener("live-fresh", () => {
			this.ran = false;
			this.result.replaceChildren();
		});
	}

	/** Run it, after those before it that have not run yet, since a lab's steps build on each other. */
	async run() {
		const due = [...this.before.filter((block) => !block.ran && !block.lacks), this];
		for (const block of due)
			block.button.disabled = true;
		try {
			const panel = await this.dock.ready();
			for (const block of due)
				await block.once(panel);
		} catch (error) {
			this.result.replaceChildren(make("p", { className: "live-bad", textContent: `It did not run: ${error.message}.` }));
		} finally {
			for (const block of due)
				block.button.disabled = false;
		}
	}

	async once(panel) {
		this.result.replaceChildren(make("p", { textContent: "Running…" }));
		const rows = [];
		panel.dashboard.setZero();
		for (const step of this.steps.filter((one) => since(panel.machine.manifest.kernel, one.since))) {
			const { output, status } = await panel.shell.run(step.command, { interrupt: true, limit: LIMIT });
			rows.push({ step, output, why: judge(step, output, status) });
		}
		this.ran = true;
		this.#show(rows);
	}

	#show(rows) {
		const wrong = rows.filter((row) => row.why.length);
		const verdict = wrong.length ? make("p", { className: "live-bad", textContent: "✗ Not quite what the lab shows:" })
			: make("p", { className: "live-good", textContent: "✓ As the lab says." });
		const reasons = wrong.map(({ step, why }) => make("pre", { textContent: `# ${step.command}\n${why.join("\n")}` }));
		const printed = make("details", {}, make("summary", { textContent: "what it printed here" }),
			make("pre", { textContent: rows.map(({ step, output }) => `# ${step.command.replaceAll("\n", "\n> ")}\n${output.trimEnd()}`).join("\n").trimEnd() }));
		this.result.replaceChildren(verdict, ...reasons, printed);
	}
}

const dock = new Dock(), all = [];
for (const one of blocks())
	all.push(new Block(dock, one, [...all]));
globalThis.snullLab = { dock, blocks: all }; // for the tests
