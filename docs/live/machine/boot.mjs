// SPDX-License-Identifier: GPL-2.0-only
// boot.mjs - boot the machine of the page once, under Node, until its shell waits, and save its state.
//
// usage: node boot.mjs V86-DIRECTORY BIOS-DIRECTORY WORK-DIRECTORY     WORK has bzImage and initrd.gz, and gets state and boot-log
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [v86, bios, work] = process.argv.slice(2);
const LIMIT = 240; // seconds
const PROMPT = "\x1b]133;B";
const { V86 } = await import(pathToFileURL(`${v86}/libv86.mjs`).href);
const { SETTINGS, CMDLINE } = await import(new URL("settings.mjs", import.meta.url).href);
const buffer = (path) => {
	const bytes = readFileSync(path);
	return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
};

const emulator = new V86({
	...SETTINGS, cmdline: CMDLINE, wasm_path: `${v86}/v86.wasm`, autostart: true,
	bios: buffer(`${bios}/bios.bin`), vga_bios: buffer(`${bios}/vgabios-stdvga.bin`),
	bzimage: buffer(`${work}/bzImage`), initrd: buffer(`${work}/initrd.gz`),
});
let log = "", samples = "";
const began = Date.now();

function fail(why) {
	writeFileSync(`${work}/boot-log`, log);
	console.error(`boot: ${why}; the console said last: ${log.slice(-400)}`);
	process.exit(1);
}

async function save() {
	await emulator.stop();
	writeFileSync(`${work}/state`, new Uint8Array(await emulator.save_state()));
	writeFileSync(`${work}/boot-log`, log);
	console.log(`booted in ${((Date.now() - began) / 1000).toFixed(1)} s`);
	process.exit(0);
}

// The shell waits, and the sampler has spoken: wait a little, so that nothing is half done.
let waiting = false;
function look() {
	if (!waiting && log.includes(PROMPT) && samples.includes("}\n")) {
		waiting = true;
		setTimeout(() => save().catch((error) => fail(String(error))), 1500);
	}
	if (/Kernel panic|Attempted to kill init/.test(log))
		fail("the kernel panicked");
}

emulator.add_listener("serial0-output-byte", (byte) => { log += String.fromCharCode(byte); if (byte === 10 || byte === 66) look(); });
emulator.add_listener("serial1-output-byte", (byte) => { samples += String.fromCharCode(byte); if (byte === 10) look(); });
setTimeout(() => fail(`no prompt after ${LIMIT} s`), LIMIT * 1000);
