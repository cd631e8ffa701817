// SPDX-License-Identifier: GPL-2.0-only
// figures.js - makes of the sampler's counters, which are the kernel's own, what the dashboard shows.

const WINDOW = 1; // seconds that a rate is taken over
const KEEP = 30; // seconds that are remembered
const PATHS = { netif_rx: "0 netif_rx", napi: "1 napi", legacy: "2 legacy" };

// The order in which the sampler sends a device's counters: its ring, and ethtool_sum_names of docs/live/machine/ethtool.c.
const ORDER = ["ring", "rx_packets", "rx_wire_frames", "rx_missed", "rx_alloc_failed", "rx_reset", "tx_wire_frames", "interrupts_rx", "interrupts_tx", "polls"];

/** What one sample says of a device, with one name for each counter, wherever the kernel keeps it; null without the device. */
export function counters(sample, device) {
	if (!sample[device])
		return null;
	const own = Object.fromEntries(sample[device].map((value, at) => [ORDER[at], value]));
	return {
		t: sample.t, cost: sample.cost, path: PATHS[sample.path] ?? sample.path ?? "", ring: own.ring,
		packets: own.rx_packets, irq: sample.irq[device], irqRx: own.interrupts_rx, irqTx: own.interrupts_tx,
		netRx: sample.NET_RX, polls: own.polls,
		fill: Math.min(own.ring, Math.max(0, own.rx_wire_frames - own.rx_packets - own.rx_alloc_failed - own.rx_reset)),
		missed: own.rx_missed, memory: own.rx_alloc_failed, backlog: sample.softnet[1], squeezed: sample.softnet[2],
		socket: sample.sockets_full,
	};
}

const COUNTED = ["packets", "irq", "irqRx", "irqTx", "netRx", "polls", "missed", "memory", "backlog", "squeezed", "socket"];
const minus = (now, then) => Object.fromEntries(COUNTED.map((name) => [name, now[name] - then[name]]));
const ratio = (a, b) => (b > 0 ? a / b : NaN);

/** The counters of one device over time. */
export class Figures {
	constructor(device) {
		this.device = device;
		this.clear();
	}

	clear() {
		this.history = [];
		this.zero = null;
	}

	/** Take a sample; false when there is no device. */
	add(sample) {
		const now = counters(sample, this.device), last = this.history.at(-1);
		if (!now) {
			this.clear();
			return false;
		}
		// Counters that go back are those of a driver that has been loaded anew; time that does, of a machine reset.
		if (last && (now.packets < last.packets || now.irq < last.irq || now.t <= last.t))
			this.clear();
		this.history.push(now);
		while (this.history[0].t < now.t - KEEP - WINDOW)
			this.history.shift();
		this.zero ??= now;
		return true;
	}

	/** Count from here. */
	setZero() {
		this.zero = this.history.at(-1) ?? null;
	}

	get now() {
		return this.history.at(-1) ?? null;
	}

	/** A second's rates, up to the sample at that index. */
	rates(index = this.history.length - 1) {
		const now = this.history[index];
		let from = index;
		while (from > 0 && this.history[from].t > now.t - WINDOW)
			from--;
		const then = this.history[from], time = now.t - then.t;
		const gained = minus(now, then);
		const per = Object.fromEntries(COUNTED.map((name) => [name, time > 0 ? gained[name] / time : 0]));
		return { t: now.t, ...per, irqPerPacket: ratio(gained.irqRx, gained.packets), perPoll: ratio(gained.packets, gained.polls),
			cost: time > 0 ? (now.cost - then.cost) / time : 0 };
	}

	/** What was counted since zero. */
	sums() {
		const gained = minus(this.now, this.zero);
		return { ...gained, irqPerPacket: ratio(gained.irqRx, gained.packets), perPoll: ratio(gained.packets, gained.polls) };
	}

	/** The last 30 s as points of rates. */
	strip() {
		return this.history.map((_, index) => this.rates(index)).filter((point) => point.t >= this.now.t - KEEP);
	}
}
