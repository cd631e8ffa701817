// SPDX-License-Identifier: GPL-2.0-only
// settings.mjs - what the machine is: the same for the one that boots, under Node, and those that go on from its state.
export const SETTINGS = {
	memory_size: 192 << 20, // lab 4 has four rings of 4096 pages; memory that is not used takes no room in the state
	vga_memory_size: 1 << 20, // nothing is drawn
	acpi: true, // brings the local APIC, by which the driver's interrupts come
	uart1: true,
	disable_keyboard: true,
	disable_mouse: true,
	disable_speaker: true,
};

// A tab that sleeps stops the clock's ticks: that is no stall, and the time stamp counter stays right. No sit0 beside sn0.
export const CMDLINE = "console=ttyS0 quiet fb_tunnels=none tsc=reliable mitigations=off rcupdate.rcu_cpu_stall_suppress=1 random.trust_cpu=on";
