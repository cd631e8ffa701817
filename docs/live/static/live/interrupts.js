// SPDX-License-Identifier: GPL-2.0-only
// interrupts.js - delivers once more an interrupt that v86 has lost, so that the machine does not freeze.
//
// Seen with v86 0.5.462, on a busy host (it was looked for on no other): the CPU halts, with interrupts on, while the vector of irq_work (0xf6, which the
// driver's interrupts come by) is marked in service in the local APIC. Its handler has not run, so nobody will ever end it; and
// what waits, the timer's vector first of all, is of a lower priority. Where v86 loses it is not known.
// Linux ends an interrupt before it lets others in, within microseconds: one that is in service each time that we look, with
// another one waiting, has been lost. A handler that had run after all finds nothing to do.

const LOOK_MS = 150, LOOKS = 3;
const IRR = 16, ISR = 24, WORDS = 8; // where they are in v86's struct Apic (src/rust/cpu/apic.rs), in words of 32 bits

/** The highest vector that is set, or -1. */
function highest(words) {
	for (let i = WORDS - 1; i >= 0; i--) {
		if (words[i])
			return 32 * i + 31 - Math.clz32(words[i]);
	}
	return -1;
}

/** Keep an eye on an emulator; wasm is what its module exports. */
export class Interrupts {
	constructor(emulator, wasm) {
		this.emulator = emulator;
		this.wasm = wasm;
		this.seen = 0;
		this.vector = -1;
		/** How many had to be delivered once more. */
		this.lost = 0;
		this.timer = setInterval(() => this.look(), LOOK_MS);
		this.timer.unref?.(); // under Node it keeps nobody waiting
	}

	/** The emulator goes. */
	end() {
		clearInterval(this.timer);
	}

	look() {
		if (!this.emulator.is_running()) {
			this.seen = 0;
			return;
		}
		const at = this.wasm.get_apic_addr();
		const registers = (first) => new Uint32Array(this.wasm.memory.buffer, at + 4 * first, WORDS);
		const irr = registers(IRR), isr = registers(ISR), vector = highest(isr);
		const stuck = vector >= 0 && highest(irr) >= 0;
		this.seen = stuck && vector === this.vector ? this.seen + 1 : Number(stuck);
		this.vector = vector;
		if (this.seen < LOOKS)
			return;
		isr[vector >> 5] &= ~(1 << (vector & 31));
		irr[vector >> 5] |= 1 << (vector & 31);
		this.seen = 0;
		this.lost++;
	}
}
