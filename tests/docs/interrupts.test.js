// SPDX-License-Identifier: GPL-2.0-only
// interrupts.test.js - an interrupt that v86 has lost is delivered once more, and no other.
"use strict";
const assert = require("node:assert");
const path = require("node:path");
const test = require("node:test");

const module_ = import(path.join(__dirname, "../../docs/live/static/live/interrupts.js"));
const IRR = 16, ISR = 24, AT = 64;

/** An APIC in some memory, an emulator that runs or does not, and who looks after both. */
async function apic() {
	const { Interrupts } = await module_;
	const wasm = { memory: { buffer: new ArrayBuffer(1024) }, get_apic_addr: () => AT };
	const words = new Uint32Array(wasm.memory.buffer, AT, 46);
	const emulator = { running: true, is_running: () => emulator.running };
	const watch = new Interrupts(emulator, wasm);
	clearInterval(watch.timer);
	const bit = (first, vector) => (words[first + (vector >> 5)] >>> (vector & 31)) & 1;
	const set = (first, vector, on = true) => {
		words[first + (vector >> 5)] = on ? words[first + (vector >> 5)] | 1 << (vector & 31) : words[first + (vector >> 5)] & ~(1 << (vector & 31));
	};
	return { watch, emulator, bit, set };
}

test("what is in service for ever, with another one waiting, waits again", async () => {
	const { watch, bit, set } = await apic();
	set(ISR, 0xf6);
	set(IRR, 0xec);
	watch.look();
	watch.look();
	assert.strictEqual(bit(ISR, 0xf6), 1);
	watch.look();
	assert.deepStrictEqual([bit(ISR, 0xf6), bit(IRR, 0xf6), bit(IRR, 0xec), watch.lost], [0, 1, 1, 1]);
});

test("the highest of several, and the highest bit of a word", async () => {
	const { watch, bit, set } = await apic();
	set(ISR, 0x3f);
	set(ISR, 0x21);
	set(IRR, 0x20);
	for (let i = 0; i < 3; i++)
		watch.look();
	assert.deepStrictEqual([bit(ISR, 0x3f), bit(IRR, 0x3f), bit(ISR, 0x21)], [0, 1, 1]);
});

test("nothing waits: it may take its time", async () => {
	const { watch, bit, set } = await apic();
	set(ISR, 0xf6);
	for (let i = 0; i < 9; i++)
		watch.look();
	assert.deepStrictEqual([bit(ISR, 0xf6), watch.lost], [1, 0]);
});

test("another one each time: they come and go", async () => {
	const { watch, set } = await apic();
	set(IRR, 0x20);
	for (let i = 0; i < 9; i++) {
		set(ISR, 0xf6, i % 2 === 0);
		set(ISR, 0xec, i % 2 === 1);
		watch.look();
	}
	assert.strictEqual(watch.lost, 0);
});

test("a machine that was stopped in a handler goes on in it", async () => {
	const { watch, emulator, set } = await apic();
	set(ISR, 0xf6);
	set(IRR, 0xec);
	for (let i = 0; i < 9; i++) {
		emulator.running = i % 3 !== 2;
		watch.look();
	}
	assert.strictEqual(watch.lost, 0);
});
