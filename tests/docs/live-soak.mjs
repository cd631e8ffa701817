// SPDX-License-Identifier: GPL-2.0-only
// live-soak.mjs - the page's machine under Node, on a busy host: it answers, however long one works with it. TAP, for
// tests/34-docs-live.t.
//
// usage: node live-soak.mjs NODE-MODULES LIVE SECONDS     LIVE is docs/_build/live
// UNWATCHED=1 leaves interrupts.js out: one machine then stood still within a minute, each of four times; another one, built
// from later sources, not in five minutes. So this can pass without it; interrupts.test.js cannot.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [modules, live, seconds] = process.argv.slice(2);
const PATIENCE = 45; // seconds for one command: the longest takes three of them on a host with nothing else to do
const PROMPT = "\x1b]133;B";
const here = (path) => new URL(path, import.meta.url).href;
const { V86 } = await import(pathToFileURL(join(modules, "v86/build/libv86.mjs")).href);
const { SETTINGS } = await import(here("../../docs/live/machine/settings.mjs"));
const { Interrupts } = await import(here("../../docs/live/static/live/interrupts.js"));
const { GROUPS } = await import(here("../../docs/live/static/live/commands.js"));

// What the buttons type, for two seconds instead of sixty.
const commands = GROUPS.flatMap((group) => group.buttons).filter((button) => button.commands.length)
	.map((button) => button.commands.join("; ").replaceAll("-t 60", "-t 2"));

// Two processes for each CPU that do nothing but take time.
const busy = Array.from({ length: 2 * cpus().length }, () => spawn("sh", ["-c", "while :; do :; done"]));
process.on("SIGTERM", () => process.exit(143));
process.on("exit", () => busy.forEach((process_) => process_.kill("SIGKILL")));

const { hash } = JSON.parse(readFileSync(join(live, "machine.json"), "utf-8"));
let wasm, watch, said = "", done = 0, current = "";
let prompted = () => {};
const emulator = new V86({
	...SETTINGS, autostart: true, initial_state: { buffer: new Uint8Array(readFileSync(join(live, hash, "state.zst"))).buffer },
	wasm_fn: async (imports) => (wasm = (await WebAssembly.instantiate(await WebAssembly.compile(gunzipSync(readFileSync(join(live, hash, "v86.packed")))), imports)).exports),
});
emulator.add_listener("serial0-output-byte", (byte) => {
	said = (said + String.fromCharCode(byte)).slice(-4000);
	if (said.endsWith(PROMPT))
		prompted();
});
await new Promise((resolve) => emulator.add_listener("emulator-started", resolve));
if (!process.env.UNWATCHED)
	watch = new Interrupts(emulator, wasm);

/** Type a line; false if no prompt comes. */
async function answers(line) {
	const answer = new Promise((resolve) => { prompted = () => resolve(true); setTimeout(resolve, PATIENCE * 1000, false); });
	const bytes = new TextEncoder().encode(`${line}\n`);
	for (let at = 0; at < bytes.length; at += 64) {
		emulator.serial_send_bytes(0, bytes.subarray(at, at + 64));
		await new Promise((resolve) => setTimeout(resolve, 40));
	}
	return answer;
}

const end = Date.now() + 1000 * Number(seconds);
let alive = await answers("");
while (alive && Date.now() < end) {
	current = commands[done++ % commands.length];
	alive = await answers(current);
}
console.log(`${alive ? "ok" : "not ok"} 1 - ${done} commands are answered on a busy host (${watch?.lost ?? "no"} interrupts delivered once more)`);
if (!alive)
	console.log(`# no answer to: ${current}\n# ${JSON.stringify(said.slice(-300))}`);
console.log("1..1");
process.exit(Number(!alive));
