// SPDX-License-Identifier: GPL-2.0-only
// panel.js - the machine as it is on a page: a button that fetches it, its terminal, dashboard, and buttons.
import { CHOICES, DEFAULT_PATH, GROUPS } from "./commands.js";
import { Console } from "./console.js";
import { Dashboard } from "./dashboard.js";
import { make } from "./dom.js";
import { doubtful, Machine, Trouble, unable } from "./machine.js";
import { Shell } from "./shell.js";

const KEYS = [["Tab", "\t"], ["Esc", "\x1b"], ["^C", "\x03"], ["↑", "\x1b[A"], ["↓", "\x1b[B"], ["←", "\x1b[D"], ["→", "\x1b[C"], ["|", "|"], ["/", "/"], ["-", "-"], ["$", "$"]];
const SPEEDS = [["full", 1], ["a half", 0.5], ["a tenth", 0.1]];
const SLEPT = 60000; // ms without a timer: the browser has put the tab to sleep
const BEHIND = 10000; // ms in the background: the browser may have held the machine back

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export class Panel {
	/** What is in box goes; its data-base is the directory of the machine's files, data-bytes what is to be fetched. */
	constructor(box) {
		this.box = box;
		this.base = new URL(box.dataset.base, document.baseURI);
		this.status = make("p", { className: "live-status" });
		this.status.setAttribute("role", "status");
		this.progress = make("progress", { hidden: true, max: 1, value: 0 });
		this.progress.setAttribute("aria-label", "fetching the machine");
		this.fetched = make("span"); // no status: it would be read aloud with each piece that comes
		this.start = make("button", { type: "button", className: "live-start", textContent: `Start the machine (${megabytes(box.dataset.bytes)} MB)` });
		this.start.addEventListener("click", () => this.open().then(() => this.console.focus(), () => {}));
		box.replaceChildren(make("div", { className: "live-open" }, this.start, this.progress, this.fetched), this.status);
		const why = unable();
		this.start.disabled = why !== null;
		this.say(why ?? doubtful() ?? "");
	}

	say(text) {
		this.status.textContent = text;
	}

	/** Fetch and show the machine, once; resolved when its prompt answers. */
	open() {
		this.opened ??= this.#open().catch((error) => {
			this.opened = null;
			if (this.screen)
				this.screen.hidden = true;
			this.start.disabled = unable() !== null;
			this.progress.hidden = true;
			this.fetched.textContent = "";
			this.say(error instanceof Trouble ? error.message : `The machine did not start: ${error.message}`);
			throw error;
		});
		return this.opened;
	}

	async #open() {
		const why = unable();
		if (why)
			throw new Trouble(why);
		this.start.disabled = true;
		this.progress.hidden = false;
		this.say("Fetching…");
		this.#build();
		const manifest = await Machine.look(this.base), abort = new AbortController();
		this.screen.hidden = false;
		const loaded = Machine.load(this.base, manifest, (got, all) => {
			this.progress.value = got / all;
			this.fetched.textContent = `${megabytes(got)} of ${megabytes(all)} MB`;
		}, abort);
		const opened = Console.open(new URL(`${manifest.hash}/`, this.base), Machine.terminal(this.base, manifest), this.terminalBox, {
			type: (text) => this.#typed(text), leave: () => this.toolbar.querySelector("button").focus(),
		});
		try {
			await this.#begin(...await Promise.all([loaded, opened]));
		} catch (error) {
			abort.abort();
			this.#giveUp(loaded, opened);
			throw error;
		}
		this.screen.inert = false;
		this.box.querySelector(".live-open").hidden = true;
		this.say("");
	}

	/** The machine and the terminal are there: bring them together. */
	async #begin(machine, screen) {
		this.crash.hidden = true;
		this.machine = machine;
		this.console = screen;
		this.shell = new Shell((text) => machine.type(text));
		this.console.onsize = (rows, columns) => { this.sized = machine.resize(rows, columns); };
		this.#listen();
		await machine.ready;
		this.console.resize();
		await this.sized;
		await this.shell.prompt();
	}

	/** One of the two failed: the other goes too, once it has come, so that another try begins with neither. */
	#giveUp(loaded, opened) {
		loaded.then((machine) => machine.destroy()).catch(() => {});
		opened.then((screen) => screen.end()).catch(() => {});
		this.machine = this.sample = null;
		this.dashboard.clear();
	}

	#typed(text) {
		this.shell.touch();
		if (!this.machine.type(text))
			this.say("That was more than 64 KB at once: the rest of it was left out.");
	}

	#listen() {
		const { machine } = this;
		machine.addEventListener("output", ({ detail }) => {
			this.shell.feed(detail);
			this.console.write(detail, () => machine.hold(true), () => machine.hold(false));
		});
		machine.addEventListener("sample", ({ detail }) => {
			this.sample = detail;
			this.dashboard.take(detail);
		});
		machine.addEventListener("crash", ({ detail }) => this.#crashed(detail));
		machine.addEventListener("saved", ({ detail }) => this.#download(detail));
	}

	/** A tab that is not seen is held back by the browser, or put to sleep. */
	#watchSleep() {
		let last = Date.now(), hidden = 0;
		setInterval(() => {
			if (this.machine && Date.now() - last > SLEPT) {
				this.say("The browser had put this tab to sleep, and the machine with it: its clock has jumped.");
				this.machine.setClock();
			}
			last = Date.now();
		}, 1000);
		document.addEventListener("visibilitychange", () => {
			if (document.hidden)
				hidden = Date.now();
			else if (this.machine && hidden && Date.now() - hidden > BEHIND && Date.now() - last < SLEPT)
				this.say("While this tab was in the background, the browser may have held the machine back: times measured meanwhile tell nothing.");
		});
	}

	// ---- what is seen

	#build() {
		if (this.screen)
			return;
		this.terminalBox = make("div", { className: "live-terminal" });
		this.crash = make("div", { className: "live-crash", hidden: true });
		const board = make("div", { className: "live-dash" });
		this.toolbar = this.#tools();
		this.screen = make("div", { className: "live-screen", hidden: true, inert: true }, this.toolbar,
			make("div", { className: "live-main" }, make("div", { className: "live-left" }, this.crash, this.terminalBox,
				make("p", { className: "live-words", textContent: "F6 leaves the terminal." }), this.#keys()), board),
			...GROUPS.map((group) => this.#group(group)), this.#choices());
		this.dashboard = new Dashboard(board);
		this.box.append(this.screen);
		this.#watchSleep();
	}

	#button(label, act) {
		const button = make("button", { type: "button", textContent: label });
		button.addEventListener("click", act);
		return button;
	}

	#tools() {
		this.pause = this.#button("Pause", () => this.setPaused(!this.machine.paused));
		const speed = make("select", {}, ...SPEEDS.map(([label, share]) => make("option", { value: share, textContent: label })));
		speed.addEventListener("change", () => this.machine.speed(Number(speed.value)));
		const aloud = make("input", { type: "checkbox" });
		aloud.addEventListener("change", () => this.console.readAloud(aloud.checked));
		return make("div", { className: "live-tools" }, this.#button("Reset", () => this.#again()), this.pause,
			make("label", {}, "speed ", speed), make("label", {}, aloud, " read the terminal aloud"),
			this.#button("Download my work", () => this.#save()));
	}

	#save() {
		if (this.machine.dead)
			this.say("The machine is off, and has lost what was in it. Reset brings it back as it was at its beginning.");
		else if (this.machine.paused)
			this.say("Paused, the machine can hand out nothing: press Go on first.");
		else
			this.machine.second("save");
	}

	#keys() {
		const row = make("div", { className: "live-keys" }, ...KEYS.map(([label, text]) => this.#button(label, () => {
			this.#typed(text);
			this.console.focus();
		})));
		row.setAttribute("aria-label", "keys that a phone lacks");
		row.setAttribute("role", "group");
		return row;
	}

	#group({ label, buttons }) {
		const box = make("fieldset", { className: "live-buttons" }, make("legend", { textContent: label }));
		for (const button of buttons)
			box.append(this.#button(button.label, () => this.#press(button)));
		return box;
	}

	#choices() {
		const box = make("fieldset", { className: "live-buttons" }, make("legend", { textContent: "settings" }));
		for (const choice of CHOICES) {
			const select = make("select", {}, make("option", { value: "", textContent: "–" }), ...choice.values.map((value) => make("option", { value, textContent: value })));
			select.addEventListener("change", () => select.value && this.#press({ label: choice.label, path: choice.path, commands: choice.commands(select.value) }));
			box.append(make("label", {}, `${choice.label} `, select));
		}
		return box;
	}

	// ---- what is done

	/** What loads a driver is short, and is let finish: the next button needs the driver. */
	#press(what) {
		const done = Promise.resolve(what.interrupt ? null : this.setup).then(() => this.#carryOut(what));
		this.setup = what.path ? done : null;
	}

	/** A button's commands are typed, one after the other; the last one runs on. */
	async #carryOut({ label, path, interrupt, commands }) {
		const mine = this.pressed = Symbol("press");
		try {
			await this.shell.prompt({ interrupt: true });
			const all = [...(path || interrupt || this.sample?.path ? [] : DEFAULT_PATH), ...commands];
			for (const [index, command] of all.entries()) {
				if (this.pressed !== mine)
					return;
				if (index === all.length - 1)
					this.dashboard.setZero();
				await this.shell.run(command);
			}
			if (path) // until the sampler looks: the next button need not load another
				this.sample = { ...this.sample, path: "just loaded" };
		} catch (error) {
			if (this.pressed === mine) // else the machine began anew, or another button was pressed: what is on the screen says so
				this.say(`${label}: ${error.message}.`);
		}
	}

	async setPaused(paused) {
		await this.machine.pause(paused);
		this.pause.textContent = paused ? "Go on" : "Pause";
		this.say(paused ? "Paused." : "");
	}

	/** Back to the beginning; resolved when the prompt answers. */
	async reset() {
		this.crash.hidden = true;
		this.pressed = null;
		this.shell.reset();
		this.console.clear();
		this.dashboard.clear();
		this.sample = null;
		this.pause.textContent = "Pause";
		await this.machine.reset();
		this.console.resize();
		await this.sized;
		await this.shell.prompt();
		this.say("");
		await this.onreset?.();
	}

	/** By a button: what goes wrong is told. Whoever resets it once more meanwhile need not hear of this one. */
	#again() {
		this.reset().catch((error) => error.message === "the machine began anew" || this.say(`Reset: ${error.message}.`));
	}

	#crashed({ crashed, log }) {
		const again = this.#button("Reset", () => this.#again());
		const what = make("p", {}, crashed ? "The kernel has crashed; here is its log. " : "The machine is off. ", again);
		what.setAttribute("role", "alert"); // not the log, which is long
		this.crash.replaceChildren(what, make("pre", { textContent: log.trim() }));
		this.crash.hidden = false;
		this.pressed = null;
		this.shell.reset();
	}

	#download(base64) {
		if (!base64)
			return this.say("Nothing has been made or changed yet.");
		const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
		const href = URL.createObjectURL(new Blob([bytes], { type: "application/gzip" }));
		make("a", { href, download: "snull-work.tar.gz" }).click();
		setTimeout(() => URL.revokeObjectURL(href), 60000);
	}
}
