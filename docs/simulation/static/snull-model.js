// SPDX-License-Identifier: GPL-2.0-only
/*
 * snull-model.js - the simulation's model: one CPU that receives, by the rules of the driver and of the kernel.
 *
 * Pure: no document, no clock, no chance but a seeded one. Times are in microseconds. The rules and where they come from:
 *
 *   NIC         A frame takes a free slot of the ring, or is missed. The line is asserted while frames wait and the
 *               receive cause is enabled (snull/nic/irq.c). It reaches the CPU at once.
 *   path 0      One interrupt takes one frame and appends it to the backlog, or drops it there (snull/rx_netif_rx.c;
 *               netif_rx(), enqueue_to_backlog()). The backlog is polled like a device (process_backlog()).
 *   path 1      The interrupt masks the line and puts the device on the poll list; a poll takes up to its weight and
 *               unmasks only if it took less (napi-modern/rx_napi.c).
 *   path 2      The same with LDD3's weight; done as soon as the ring is empty (legacy-poll/rx_legacy.c).
 *   poll list   Devices in turn, until it is empty, or budget packets have been taken, or 8 ms are over: then it is
 *               squeezed (net_rx_action(); net.core.netdev_budget, netdev_budget_usecs at HZ=250).
 *   softirq     Runs when a hard interrupt ends, up to ten times in a row or 2 ms; what is left then is ksoftirqd's, a process
 *               like the reader, with which it shares the CPU fairly (handle_softirqs()); a hard interrupt's end runs
 *               softirqs even so (Linux 6.12; 6.1 leaves them to ksoftirqd).
 *   reader      A process that reads the socket's queue, when it gets the CPU.
 */
(function (root, factory) {
	"use strict";
	if (typeof module === "object" && module.exports)
		module.exports = factory();
	else
		root.snullModel = factory();
})(typeof self !== "undefined" ? self : this, function () {
	"use strict";

	const DEFAULTS = {
		path: 1,
		load: 30000,		// packets a second, of all interfaces
		burst: 1,		// packets that come at once
		weight: 64,		// packets a poll: 64 on path 1, 2 on path 2
		budget: 300,		// packets a run of the softirq
		ring: 256,		// slots of each interface
		interfaces: 1,		// that receive, on this CPU
		backlog: 1000,		// net.core.netdev_max_backlog
		socket: 500,		// packets that the reader's socket holds
		// What things cost, in microseconds.
		interrupt: 10,		// entry and exit of a hard interrupt, with its handler
		take: 2,		// taking a frame out of the ring in the handler, and queueing it
		poll: 2,		// calling a poll function, and its end
		stack: 3,		// carrying a packet from the ring or the backlog to the socket
		read: 4,		// reading it
	};
	const LIMITS = {
		path: [0, 2], load: [0, 1000000], burst: [1, 256], weight: [1, 1024], budget: [1, 10000], ring: [1, 4096],
		interfaces: [1, 4], backlog: [1, 100000], socket: [1, 100000],
		interrupt: [0.1, 100], take: [0, 100], poll: [0, 100], stack: [0.1, 100], read: [0.1, 100],
	};
	const BACKLOG_WEIGHT = 64;
	const NET_RX_TIME = 8000;
	const SOFTIRQ_TIME = 2000;
	const SOFTIRQ_RESTARTS = 10;

	function check(params)
	{
		for (const [name, value] of Object.entries(params)) {
			if (!(name in DEFAULTS))
				throw new RangeError(`no parameter ${name}: there are ${Object.keys(DEFAULTS).join(", ")}`);
			const [least, most] = LIMITS[name];
			if (typeof value !== "number" || !(value >= least && value <= most))
				throw new RangeError(`${name}=${value}: must be a number from ${least} to ${most}`);
		}
	}

	// A small generator of chance that repeats: Marsaglia's xorshift with 32 bits.
	function chance(seed)
	{
		let x = (seed | 0) || 1;

		return function () {
			x ^= x << 13;
			x ^= x >>> 17;
			x ^= x << 5;
			return ((x >>> 0) + 0.5) / 4294967296;
		};
	}

	class Model {
		constructor(params = {}, { seed = 1, trace = false } = {})
		{
			check(params);
			this.params = { ...DEFAULTS, ...params };
			this.random = chance(seed);
			this.trace = trace;
			this.now = 0;
			this.segments = [];	// what the CPU did: { from, to, kind, who }
			this.marks = [];	// what happened: { at, what, who }
			this.count = {
				arrived: 0, missed: 0, interrupts: 0, taken: 0, backlogDropped: 0, socketDropped: 0, polls: 0, polled: 0,
				exhausted: 0, completed: 0, squeezed: 0, deferred: 0, read: 0, delay: 0,
				hard: 0, soft: 0, ksoftirqd: 0, reader: 0, idle: 0,
			};
			this.devices = [];
			for (let i = 0; i < this.params.interfaces; i++)
				this.devices.push({ name: `sn${2 * i + 1}`, ring: [], masked: false });
			this.backlog = { name: "backlog", ring: [] };
			this.socket = [];
			this.pollList = [];
			this.run = null;	// net_rx_action() at work
			this.softirq = null;	// the softirqs' loop around it: { since, restarts }
			this.deferred = false;	// what is pending is ksoftirqd's
			this.fair = { reader: 0, ksoftirqd: 0 };	// time that each process has had
			this.next = this.gap();
			this.turn = 0;
		}

		// Change what can change while it runs.
		set(params)
		{
			check(params);
			for (const name of ["path", "interfaces"])
				if (name in params && params[name] !== this.params[name])
					throw new RangeError(`${name} is fixed when a model is made`);
			const load = this.params.load;
			Object.assign(this.params, params);
			if (this.params.load !== load)
				this.next = this.now + this.gap();
		}

		// ---- the wire and the NIC

		gap()
		{
			const { load, burst } = this.params;

			return load ? -Math.log(this.random()) * burst * 1e6 / load : Infinity;
		}

		mark(what, who)
		{
			if (this.trace)
				this.marks.push({ at: this.now, what, who });
		}

		// What comes in up to a moment.
		arrivals(until)
		{
			const now = this.now;

			while (this.next <= until) {
				this.now = this.next;
				for (let i = 0; i < this.params.burst; i++) {
					const device = this.devices[this.turn++ % this.devices.length];

					this.count.arrived++;
					if (device.ring.length >= this.params.ring) {
						this.count.missed++;
						this.mark("missed", device.name);
					} else {
						device.ring.push(this.now);
						this.mark("arrived", device.name);
					}
				}
				this.next += this.gap();
			}
			this.now = now;
		}

		asserted(device)
		{
			return device.ring.length > 0 && !device.masked;
		}

		// ---- the CPU

		// Spend time on something, while frames come in.
		spend(kind, cost, who)
		{
			const from = this.now;

			this.arrivals(from + cost);
			this.now = from + cost;
			this.count[kind] += cost;
			if (!this.trace || !cost)
				return;
			const last = this.segments[this.segments.length - 1];
			if (last && last.kind === kind && last.who === who && last.to === from)
				last.to = this.now;
			else
				this.segments.push({ from, to: this.now, kind, who });
		}

		// Let so many microseconds pass.
		advance(time)
		{
			const end = this.now + time;

			while (this.now < end)
				this.step(end);
			return this;
		}

		step(end)
		{
			const device = this.devices.find((one) => this.asserted(one));

			if (device)
				this.hardInterrupt(device);
			else if (this.run)
				this.runStep();
			else if (this.pollList.length && !this.deferred)
				this.beginRun("soft");
			else
				this.process(end);
		}

		hardInterrupt(device)
		{
			const { path, interrupt, take } = this.params;

			this.count.interrupts++;
			this.mark("interrupt", device.name);
			if (path === 0) {
				const came = device.ring.shift();

				this.spend("hard", interrupt + take, device.name);
				this.count.taken++;
				if (this.backlog.ring.length >= this.params.backlog) {
					this.count.backlogDropped++;
					this.mark("backlogDropped", device.name);
				} else {
					this.backlog.ring.push(came);
					this.schedule(this.backlog);
				}
			} else {
				device.masked = true;
				this.spend("hard", interrupt, device.name);
				this.schedule(device);
			}
			// Its end runs what is pending, whoever was to do so.
			this.deferred = false;
		}

		schedule(poller)
		{
			if (!this.pollList.includes(poller))
				this.pollList.push(poller);
		}

		// ---- the softirq

		beginRun(kind)
		{
			if (!this.softirq)
				this.softirq = { since: this.now, restarts: 0 };
			this.run = { kind, since: this.now, budget: this.params.budget, poller: null, work: 0, allowed: 0 };
		}

		weightOf(poller)
		{
			const { path, weight, budget } = this.params;

			if (poller === this.backlog)
				return BACKLOG_WEIGHT;
			return path === 2 ? Math.min(weight, Math.max(this.run.budget, 1), budget) : weight;
		}

		runStep()
		{
			const run = this.run;

			if (!run.poller) {
				run.poller = this.pollList[0];
				run.allowed = this.weightOf(run.poller);
				run.work = 0;
				this.count.polls += run.poller !== this.backlog;
				this.mark("poll", run.poller.name);
				this.spendRun(this.params.poll);
			} else if (run.work < run.allowed && run.poller.ring.length) {
				this.deliver(run);
			} else {
				this.endPoll(run);
			}
		}

		spendRun(cost)
		{
			this.spend(this.run.kind, cost, this.run.poller.name);
			if (this.run.kind === "ksoftirqd")
				this.fair.ksoftirqd += cost;
		}

		deliver(run)
		{
			const came = run.poller.ring.shift();

			if (run.poller !== this.backlog) {
				this.count.taken++;
				this.count.polled++;
			}
			run.work++;
			this.spendRun(this.params.stack);
			if (this.socket.length >= this.params.socket) {
				this.count.socketDropped++;
				this.mark("socketDropped", run.poller.name);
				return;
			}
			if (!this.socket.length)
				this.wake("reader", "ksoftirqd");
			this.socket.push(came);
		}

		endPoll(run)
		{
			const poller = run.poller;
			const done = this.params.path === 2 ? !poller.ring.length : run.work < run.allowed;

			this.pollList.shift();
			run.poller = null;
			run.budget -= run.work;
			if (poller === this.backlog) {
				if (poller.ring.length)
					this.pollList.push(poller);
			} else if (done) {
				this.count.completed++;
				this.mark("complete", poller.name);
				poller.masked = false;
			} else {
				this.count.exhausted++;
				this.pollList.push(poller);
			}
			if (!this.pollList.length)
				this.endRun(false);
			else if (run.budget <= 0 || this.now - run.since >= NET_RX_TIME)
				this.endRun(true);
		}

		endRun(squeezed)
		{
			const kind = this.run.kind;

			this.run = null;
			this.count.squeezed += squeezed;
			if (!this.pollList.length) {
				this.softirq = null;
				this.deferred = false;
				return;
			}
			if (kind === "ksoftirqd") {
				this.softirq = null;
				this.deferred = true;
				return;
			}
			this.softirq.restarts++;
			if (this.softirq.restarts >= SOFTIRQ_RESTARTS || this.now - this.softirq.since >= SOFTIRQ_TIME) {
				this.softirq = null;
				this.deferred = true;
				this.count.deferred++;
				this.mark("deferred", "ksoftirqd");
				this.wake("ksoftirqd", "reader");
			}
		}

		// ---- the processes

		// Who has slept has no claim to the time that the other one had meanwhile.
		wake(who, other)
		{
			this.fair[who] = Math.max(this.fair[who], this.fair[other]);
		}

		process(end)
		{
			const ksoftirqd = this.deferred && this.pollList.length > 0;
			const reader = this.socket.length > 0;

			if (ksoftirqd && (!reader || this.fair.ksoftirqd <= this.fair.reader)) {
				this.beginRun("ksoftirqd");
			} else if (reader) {
				this.count.delay += this.now - this.socket.shift();
				this.spend("reader", this.params.read, "reader");
				this.fair.reader += this.params.read;
				this.count.read++;
			} else {
				this.spend("idle", Math.max(Math.min(this.next, end) - this.now, 1e-6), "");
			}
		}

		// ---- what it shows

		// Forget what happened before a moment.
		forget(before)
		{
			this.segments = this.segments.filter((segment) => segment.to >= before);
			this.marks = this.marks.filter((mark) => mark.at >= before);
		}

		// How it stands now.
		state()
		{
			return {
				now: this.now, rings: this.devices.map((device) => device.ring.length),
				masked: this.devices.map((device) => device.masked),
				asserted: this.devices.map((device) => this.asserted(device)),
				pollList: this.pollList.map((poller) => poller.name), backlog: this.backlog.ring.length,
				socket: this.socket.length, budget: this.run ? this.run.budget : null,
				work: this.run && this.run.poller ? this.run.work : null, deferred: this.deferred,
			};
		}
	}

	// What the counts between two moments say.
	function rates(before, after, time)
	{
		const d = {};

		for (const name of Object.keys(after))
			d[name] = after[name] - before[name];
		return {
			...d,
			offered: d.arrived * 1e6 / time,
			goodput: d.read * 1e6 / time,
			interruptsPerPacket: d.taken ? d.interrupts / d.taken : NaN,
			packetsPerPoll: d.polls ? d.polled / d.polls : NaN,
			delay: d.read ? d.delay / d.read : NaN,
		};
	}

	// One point of a curve: warm up, then count.
	function measure(params, time = 300000, warm = 100000)
	{
		const model = new Model(params).advance(warm);
		const before = { ...model.count }, began = model.now;

		model.advance(time);
		return rates(before, model.count, model.now - began);
	}

	return { Model, DEFAULTS, LIMITS, check, rates, measure };
});
