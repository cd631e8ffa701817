// SPDX-License-Identifier: GPL-2.0-only
// dock.js - the machine at the bottom of the window, for the labs' and chapters' "Run it". It stays from page to page (frame.js),
// and remembers what has been run in it. Each lab, and each chapter, begins with a machine at its beginning.
import { make } from "./dom.js";
import { Frame } from "./frame.js";
import { measure } from "./measure.js";
import { Panel } from "./panel.js";

/** It says "fresh" when nothing has been run in the machine yet. */
export class Dock extends EventTarget {
	/** base is the directory of the machine's files, bytes what is to be fetched. */
	constructor(base, bytes) {
		super();
		this.place = null;
		this.records = new Map();
		this.measured = new Map();
		this.turn = Promise.resolve(); // whoever measures next waits for it
		this.close = make("button", { type: "button", textContent: "Hide" });
		this.close.addEventListener("click", () => this.show(this.inner.hidden));
		this.title = make("strong");
		this.inner = make("div", { className: "live" });
		Object.assign(this.inner.dataset, { base, bytes });
		this.box = make("section", { className: "live-dock", hidden: true }, make("div", { className: "live-dock-head" }, this.title, this.close), this.inner);
		this.box.setAttribute("aria-label", "the machine");
		document.body.append(this.box);
		new ResizeObserver(() => document.documentElement.style.setProperty("--live-dock", `${this.box.offsetHeight}px`)).observe(this.box);
		this.frame = new Frame(new URL("..", new URL(base, document.baseURI)).href, () => !this.box.hidden, (text) => this.#say(text));
	}

	show(shown) {
		this.box.hidden = false;
		this.inner.hidden = !shown;
		this.close.textContent = shown ? "Hide" : "Show";
		document.body.classList.add("live-docked");
	}

	#say(text) {
		this.show(true);
		this.panel.say(text);
	}

	/** The machine, open. */
	async open() {
		this.show(true);
		this.panel ??= new Panel(this.inner);
		this.panel.onreset = () => this.#enter();
		await this.panel.open();
		return this.panel;
	}

	/** The machine, at work on that place: { id, title, directory }. */
	async ready(place) {
		this.title.textContent = `${place.title}, in a Linux in this page`;
		const panel = await this.open();
		if (this.place?.id === place.id)
			return panel;
		const used = this.place !== null;
		this.place = { ...place };
		try {
			await (used ? panel.reset() : this.#enter());
		} catch (error) {
			this.place = { ...place, id: null }; // not there: the next try begins with a reset
			throw error;
		}
		return panel;
	}

	async #enter() {
		this.records.clear();
		this.dispatchEvent(new Event("fresh"));
		if (this.place)
			await this.panel.shell.run(`cd ${this.place.directory}`);
	}

	/** What a block of the place that the machine is at has printed. (It is copied: the page that it is of may go.) */
	keep(index, rows) {
		this.records.set(index, structuredClone(rows));
	}

	kept(place, index) {
		return this.place?.id === place.id ? this.records.get(index) : undefined;
	}

	/** What the lab's "measure" says with these parameters, { name: number }; the same ones are measured once, and one after the other. */
	measure(lab, parameters) {
		const mine = this.turn.then(() => this.#measure(lab, parameters));
		this.turn = mine.catch(() => {}); // that one may fail, the next may not
		return mine;
	}

	async #measure(lab, parameters) {
		const key = `${lab} ${parameters.join(" ")}`;
		if (!this.measured.has(key)) {
			const panel = await this.open();
			const paused = panel.machine.paused;
			await panel.setPaused(true);
			try {
				this.measured.set(key, await measure(panel.machine, lab, parameters));
			} finally {
				await panel.setPaused(paused);
			}
		}
		return this.measured.get(key);
	}
}
