// SPDX-License-Identifier: GPL-2.0-only
// machine.js - the machine itself: v86, going on from the state that docs/live/make has saved. It says "output" (bytes of the
// first serial port, the terminal), "sample" (an object from the sampler, by the second one), "crash" (the kernel's log).

import { Interrupts } from "./interrupts.js";

const ROOM = 64 << 20; // bytes that the emulator itself takes, beside the machine's memory
const PASTE_MOST = 64 << 10; // bytes of one paste: a terminal is no way to move a file
const CHUNK = 256, CHUNK_MS = 25; // what the serial port's buffer takes, and how often
const LOG_KEEP = 16 << 10;
const START_MOST = 60; // seconds from the emulator's first to the machine's
const DEAD = /Kernel panic - not syncing|reboot: (?:Power |System halted|Restarting system)/;
const FAULT = /\[ *\d+\.\d+\] (?:BUG:|Oops|general protection|divide error|sysrq: Trigger a crash|Kernel panic)/;

/** An error that is said to the reader as it is. */
export class Trouble extends Error {}

async function get(url, options) {
	let response;
	try {
		response = await fetch(url, options);
	} catch {
		throw new Trouble(`${url} cannot be reached: is the server still there?`);
	}
	if (!response.ok)
		throw new Trouble(`the server has no ${new URL(url).pathname.split("/").pop()} (${response.status}): build the site again, with make docs-live`);
	return response;
}

/** What comes of a file, with progress, and how much that is: Infinity for too much. The size that counts is the manifest's: a
    server may compress what it sends. */
async function receive(response, file, progress) {
	const bytes = new Uint8Array(file.size);
	const reader = response.body.getReader();
	let used = 0;
	for (;;) {
		const { done, value } = await reader.read().catch(() => ({ done: true }));
		if (done)
			break;
		if (used + value.length > file.size) {
			used = Infinity;
			break;
		}
		bytes.set(value, used);
		used += value.length;
		progress(value.length);
	}
	return { bytes, used };
}

/** A file's bytes, as the manifest has them: if what the browser has kept is broken, those of the server. */
async function download(url, file, progress, signal) {
	let used;
	for (const cache of ["force-cache", "reload"]) {
		let counted = 0;
		const got = await receive(await get(url, { cache, signal }), file, (bytes) => { counted += bytes; progress(bytes); });
		if (got.used === file.size && await intact(got.bytes, file))
			return got.bytes;
		progress(-counted);
		used = got.used;
	}
	throw new Trouble(`${file.name} is not what it should be (${used === file.size ? "its hash differs" : `${used} of ${file.size} bytes came`}), ` +
		"nor was it when it was fetched again: try again later; if that does not help, the file on the server is broken");
}

/** What gzip has packed. */
const unpack = (bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/** A module that is packed. It has a name that no server knows, and must not import others by theirs. */
async function importPacked(bytes) {
	const url = URL.createObjectURL(new Blob([await unpack(bytes)], { type: "text/javascript" }));
	try {
		return await import(url);
	} finally {
		URL.revokeObjectURL(url);
	}
}

/** Browsers compute hashes only where the connection is safe; elsewhere the length has to do. */
async function intact(bytes, file) {
	if (!globalThis.crypto?.subtle)
		return true;
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
	return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === file.sha256;
}

/** Is there room for it? Once the emulator has begun, it would end without a word. */
function probe(bytes) {
	try {
		new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
	} catch {
		throw new Trouble(`This browser has not the ${Math.round(bytes / 1e6)} MB of memory left that the machine needs: close other tabs, and try again.`);
	}
}

/** Why this browser cannot run it; null when it can. */
export function unable() {
	if (typeof WebAssembly !== "object")
		return "This browser has no WebAssembly, or it is switched off (some do that in a strict mode), and the machine is made of it.";
	if (typeof DecompressionStream !== "function")
		return "This browser is too old for the machine: it has no DecompressionStream, as all have since 2023.";
	return null;
}

/** What this device may not be up to; null when nothing is known. */
export function doubtful() {
	const gigabytes = navigator.deviceMemory;
	if (gigabytes < 1)
		return `This device says that it has ${gigabytes} GB of memory. The machine takes about half a gigabyte, and may not start.`;
	return null;
}

export class Machine extends EventTarget {
	/** What the server has. base is the directory's URL. */
	static async look(base) {
		return (await get(new URL("machine.json", base), { cache: "no-cache" })).json();
	}

	/** The terminal's code. */
	static async terminal(base, manifest) {
		const file = manifest.files.find(({ name }) => name === "xterm.packed");
		return importPacked(await download(new URL(`${manifest.hash}/${file.name}`, base), file, () => {}));
	}

	/** Fetch all of it; progress(bytes so far, bytes in all). abort ends it, an AbortController. */
	static async load(base, manifest, progress, abort) {
		const at = new URL(`${manifest.hash}/`, base);
		const files = ["libv86.packed", "v86.packed", "state.zst"].map((name) => manifest.files.find((file) => file.name === name));
		const all = files.reduce((sum, file) => sum + file.size, 0);
		let sofar = 0;
		const count = (bytes) => abort.signal.aborted || progress(sofar += bytes, all);
		const [script, wasm, state] = files.map((file) => download(new URL(file.name, at), file, count, abort.signal));
		try {
			const [{ V86 }, module, bytes] = await Promise.all([script.then(importPacked), wasm.then(unpack).then((code) => WebAssembly.compile(code)), state]);
			probe(manifest.settings.memory_size + ROOM);
			return new Machine(manifest, V86, module, bytes);
		} catch (error) {
			abort.abort(); // one failed: the others need not go on
			throw error;
		}
	}

	constructor(manifest, V86, module, state) {
		super();
		Object.assign(this, { manifest, V86, module, state });
		this.queue = [];
		this.share = 1;
		this.#clear();
		this.emulator = new V86({
			...manifest.settings, initial_state: { buffer: state.slice().buffer }, autostart: true,
			wasm_fn: (imports) => this.#instantiate(module, imports),
		});
		this.emulator.add_listener("serial0-output-byte", (byte) => this.#terminal(byte));
		this.emulator.add_listener("serial1-output-byte", (byte) => this.#second(byte));
		this.ready = this.#started().then(() => {
			this.interrupts = new Interrupts(this.emulator, this.wasm);
			this.setClock();
		});
		this.ready.catch(() => {}); // who waits for it is told; nobody else need be
	}

	async #instantiate(module, imports) {
		try {
			this.wasm = (await WebAssembly.instantiate(module, imports)).exports;
			return this.wasm;
		} catch (error) {
			this.refuse(new Trouble(`This browser refuses to run the machine (${error.message}): close other tabs, and try again.`));
			throw error;
		}
	}

	/** The emulator says when it runs, but not when it will not. */
	#started() {
		return new Promise((resolve, reject) => {
			this.refuse = reject;
			this.patience = setTimeout(() => reject(new Trouble(`The machine has not started within ${START_MOST} s: close other tabs and programs, and try again.`)),
				START_MOST * 1000);
			this.emulator.add_listener("emulator-started", () => (this.gone ? this.emulator.destroy() : resolve()));
		}).finally(() => clearTimeout(this.patience));
	}

	/** A second one, at its beginning, that shares nothing with this one but what was fetched. */
	another() {
		probe(this.manifest.settings.memory_size + ROOM);
		return new Machine(this.manifest, this.V86, this.module, this.state);
	}

	/** Its memory may be used for something else. */
	async destroy() {
		this.dead = this.gone = true;
		clearTimeout(this.patience);
		this.interrupts?.end();
		if (this.emulator.v86) // it has got so far
			await this.emulator.destroy();
	}

	#clear() {
		this.bytes = [];
		this.line = "";
		this.saved = null;
		this.log = "";
		this.dead = false;
		this.queue.length = 0;
		this.paused = this.held = false;
	}

	/** What a machine that goes on from a saved state, or that has slept, does not know: the time. */
	setClock() {
		this.second(`time ${Math.floor(Date.now() / 1000)}`);
	}

	#terminal(byte) {
		if (this.bytes.push(byte) === 1)
			queueMicrotask(() => this.#flush());
	}

	#flush() {
		const bytes = Uint8Array.from(this.bytes);
		this.bytes.length = 0;
		this.dispatchEvent(new CustomEvent("output", { detail: bytes }));
		this.log = (this.log + String.fromCharCode(...bytes.subarray(-LOG_KEEP))).slice(-LOG_KEEP);
		if (!this.dead && DEAD.test(this.log)) {
			this.dead = true;
			setTimeout(() => this.#died(), 500); // the rest of what it has to say
		}
	}

	#died() {
		if (this.gone)
			return;
		const log = this.log.replaceAll("\r", "");
		const fault = log.search(FAULT);
		this.emulator.stop();
		this.dispatchEvent(new CustomEvent("crash", { detail: { crashed: fault >= 0, log: fault >= 0 ? log.slice(fault) : log.slice(-400) } }));
	}

	#second(byte) {
		if (byte !== 10) {
			this.line += String.fromCharCode(byte);
			return;
		}
		const line = this.line;
		this.line = "";
		if (this.saved !== null && !line.startsWith("{")) {
			this.saved += line;
			return;
		}
		try {
			this.#said(JSON.parse(line));
		} catch {
			// the rest of a line that began before the state was restored
		}
	}

	#said(object) {
		if (object.sized)
			this.dispatchEvent(new Event("sized"));
		else if (object.save === "begins")
			this.saved = "";
		else if (object.save === "ends")
			this.dispatchEvent(new CustomEvent("saved", { detail: this.saved })), this.saved = null;
		else
			this.dispatchEvent(new CustomEvent("sample", { detail: object }));
	}

	/** Type into the terminal; false when it was too much, and has been cut. */
	type(text) {
		const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
		for (let at = 0; at < Math.min(bytes.length, PASTE_MOST); at += CHUNK)
			this.queue.push(bytes.subarray(at, Math.min(at + CHUNK, PASTE_MOST)));
		if (!this.typing)
			this.#type();
		return bytes.length <= PASTE_MOST;
	}

	#type() {
		this.typing = this.queue.length > 0;
		if (!this.typing)
			return;
		this.emulator.serial_send_bytes(0, this.queue.shift());
		setTimeout(() => this.#type(), CHUNK_MS);
	}

	/** A command for the sampler. */
	second(command) {
		this.emulator.serial_send_bytes(1, new TextEncoder().encode(`${command}\n`));
	}

	/** Tell the terminal's size; resolved when the machine knows it, since a shell asks for it when it begins a line. */
	resize(rows, columns) {
		const told = new Promise((resolve) => {
			this.addEventListener("sized", resolve, { once: true });
			setTimeout(resolve, 800);
		});
		this.second(`size ${rows} ${columns}`);
		return told;
	}

	/** Back to the state that was saved. */
	async reset() {
		await this.emulator.stop();
		this.#clear();
		await this.emulator.restore_state(this.state.slice().buffer);
		await this.emulator.run();
		this.setClock();
	}

	async pause(paused) {
		this.paused = paused;
		await (paused ? this.emulator.stop() : this.#goOn());
	}

	/** Held, it waits until what it has printed is drawn. */
	hold(held) {
		this.held = held;
		return held ? this.emulator.stop() : this.#goOn();
	}

	#goOn() {
		return this.paused || this.held || this.dead ? null : this.emulator.run();
	}

	/** Run for this share of the time, 1 or less: the machine's CPU is slower, its clock is not. */
	speed(share) {
		this.share = share;
		clearInterval(this.duty);
		if (share === 1) {
			this.#goOn();
			return;
		}
		const period = 100;
		this.duty = setInterval(() => {
			this.#goOn();
			setTimeout(() => this.share < 1 && this.emulator.stop(), period * this.share);
		}, period);
	}
}
