// SPDX-License-Identifier: GPL-2.0-only
// model.test.js - does the simulation's model follow the driver's rules, and agree in shape with what was measured?
"use strict";

const test = require("node:test");
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const top = path.join(__dirname, "..", "..");
const { Model, DEFAULTS, measure } = require(path.join(top, "docs", "simulation", "static", "snull-model.js"));

const LOADS = [1000, 2000, 5000, 10000, 20000, 40000, 60000, 80000, 100000, 140000, 200000, 300000];
const weight = (route) => (route === 2 ? 2 : 64);
const curve = (route) => LOADS.map((load) => measure({ path: route, load, weight: weight(route) }));

// { path: [[load, median]…] } of a sweep.
function measured(name, column)
{
	const lines = { 0: {}, 1: {}, 2: {} }, out = {};

	for (const row of JSON.parse(fs.readFileSync(path.join(top, "docs", "data", name + ".json"))).data)
		if (row[column] !== "")
			(lines[row.path][row.load_pps] ||= []).push([Number(row.offered_pps), Number(row[column])]);
	const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
	for (const [route, loads] of Object.entries(lines))
		out[route] = Object.values(loads).map((runs) => [median(runs.map((run) => run[0])), median(runs.map((run) => run[1]))])
			.sort((a, b) => a[0] - b[0]);
	return out;
}

// Spearman's rank correlation: -1 when one falls whenever the other rises.
function ranks(list)
{
	const sorted = [...list].sort((a, b) => a - b);
	return list.map((n) => (sorted.indexOf(n) + sorted.lastIndexOf(n)) / 2);
}
function correlation(points)
{
	const a = ranks(points.map((point) => point[0])), b = ranks(points.map((point) => point[1]));
	const mean = (list) => list.reduce((sum, n) => sum + n, 0) / list.length;
	const sum = (f) => a.reduce((total, _, i) => total + f(a[i] - mean(a), b[i] - mean(b)), 0);
	return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

test("nothing is lost or made: each frame is somewhere", () => {
	for (const route of [0, 1, 2])
		for (const load of [5000, 60000, 250000]) {
			const model = new Model({ path: route, load, weight: weight(route), interfaces: 2, burst: 8, ring: 64 }).advance(200000);
			const c = model.count, state = model.state();
			const inside = state.rings.reduce((sum, n) => sum + n, 0) + state.backlog + state.socket;

			assert.strictEqual(c.arrived, c.missed + c.backlogDropped + c.socketDropped + c.read + inside, `path ${route}, ${load}/s`);
			const busy = c.hard + c.soft + c.ksoftirqd + c.reader + c.idle;
			assert.ok(Math.abs(busy - model.now) < 1e-3 * model.now, `path ${route}, ${load}/s: ${busy} of ${model.now} µs`);
		}
});

test("path 0: exactly one interrupt for each packet, at every load", () => {
	for (const result of curve(0))
		assert.strictEqual(result.interrupts, result.taken);
});

test("paths 1 and 2: one interrupt for each packet when idle, hardly any when overloaded, never more with more load", () => {
	for (const route of [1, 2]) {
		const ratios = curve(route).map((result) => result.interruptsPerPacket);

		assert.ok(ratios[0] > 0.9, `idle: ${ratios[0]}`);
		assert.ok(ratios[ratios.length - 1] < 0.05, `overloaded: ${ratios[ratios.length - 1]}`);
		for (let i = 1; i < ratios.length; i++)
			assert.ok(ratios[i] <= ratios[i - 1] + 0.005, `${ratios[i]} at ${LOADS[i]} after ${ratios[i - 1]}`);
	}
});

test("overload: path 0 loses most of its goodput, path 1 keeps it, as in lab 6", () => {
	const best = Math.max(...curve(0).map((result) => result.goodput)), load = Math.round(1.8 * best);
	const zero = measure({ path: 0, load }).goodput, one = measure({ path: 1, load }).goodput;

	assert.ok(zero < 0.5 * best, `path 0: ${zero} of ${best}`);
	assert.ok(one > 0.8 * load, `path 1: ${one} of ${load}`);
});

test("where packets die: path 0 in the backlog, path 1 in the adapter or the socket", () => {
	const zero = measure({ path: 0, load: 200000 }), one = measure({ path: 1, load: 400000 });

	assert.ok(zero.backlogDropped > 0);
	assert.strictEqual(one.backlogDropped, 0);
	assert.ok(one.missed + one.socketDropped > 0);
});

test("a poll takes no more than its weight; one that takes less unmasks (path 1)", () => {
	const model = new Model({ path: 1, load: 300000, weight: 16, burst: 32 }).advance(100000), c = model.count;

	assert.ok(c.polled <= 16 * c.polls);
	assert.strictEqual(c.completed + c.exhausted, c.polls - (model.run && model.run.poller ? 1 : 0));
	assert.ok(c.interrupts <= c.completed + 1);
});

test("a burst of 32 is one interrupt and one poll of 32 on path 1, 16 polls on path 2", () => {
	for (const [route, most] of [[1, 64], [2, 2]]) {
		const result = measure({ path: route, load: 1000, burst: 32, weight: most }, 2000000);

		assert.ok(Math.abs(result.interruptsPerPacket - 1 / 32) < 0.005, `${result.interruptsPerPacket}`);
		assert.ok(Math.abs(result.packetsPerPoll - Math.min(32, most)) < 1, `${result.packetsPerPoll}`);
	}
});

test("the budget squeezes the softirq; a small ring drops from bursts", () => {
	assert.ok(measure({ path: 1, load: 400000, budget: 100 }).squeezed > measure({ path: 1, load: 400000, budget: 1000 }).squeezed);
	assert.ok(measure({ path: 1, load: 2000, burst: 64, ring: 16 }, 1000000).missed > 0);
	assert.strictEqual(measure({ path: 1, load: 2000, burst: 64, ring: 256 }, 1000000).missed, 0);
});

test("two interfaces take turns, by the weight", () => {
	const model = new Model({ path: 2, load: 400000, interfaces: 2, weight: 8 }, { trace: true }).advance(50000);
	const polls = model.marks.filter((mark) => mark.what === "poll").map((mark) => mark.who);
	const share = polls.filter((who) => who === "sn1").length / polls.length;

	assert.ok(Math.abs(share - 0.5) < 0.02, `${share}`);
});

test("the same seed gives the same run; a bad parameter is refused and named", () => {
	assert.deepStrictEqual(new Model({}).advance(10000).count, new Model({}).advance(10000).count);
	assert.throws(() => new Model({ load: -1 }), /load=-1: must be a number from 0 to 1000000/);
	assert.throws(() => new Model({ speed: 1 }), /no parameter speed: there are path, load/);
	const model = new Model({});
	assert.throws(() => model.set({ path: 0 }), /path is fixed/);
	assert.throws(() => model.set({ ring: NaN }), /ring=NaN/);
	assert.strictEqual(model.params.ring, DEFAULTS.ring);
});

test("what was measured has the model's shape: interrupts per packet", () => {
	const lines = measured("interrupts", "interrupts_per_packet");

	for (const [load, ratio] of lines[0])
		assert.ok(ratio > 0.98 && ratio < 1.05, `path 0: ${ratio} at ${load}`);
	for (const route of [1, 2]) {
		const line = lines[route], simulated = LOADS.map((load, i) => [load, curve(route)[i].interruptsPerPacket]);

		assert.ok(line[0][1] > 0.7, `path ${route}, idle: ${line[0][1]}`);
		// Single packets, all that the sender can: on some hosts the receiver keeps up with them.
		assert.ok(line[line.length - 1][1] < line[0][1] / 2, `path ${route}, loaded: ${line[line.length - 1][1]}`);
		assert.ok(correlation(line) < -0.8, `path ${route}, measured: ${correlation(line)}`);
		assert.ok(correlation(simulated) < -0.99, `path ${route}, simulated: ${correlation(simulated)}`);
	}
});

test("what was measured has the model's shape: goodput under overload", () => {
	const lines = measured("livelock", "goodput_pps");
	const kept = (line) => line[line.length - 1][1] / Math.max(...line.map((point) => point[1]));

	assert.ok(kept(lines[0]) < 0.5, `path 0 keeps ${kept(lines[0])}`);
	assert.ok(Math.max(...lines[1].map((point) => point[1])) > Math.max(...lines[0].map((point) => point[1])), "path 1's best is better");
});
