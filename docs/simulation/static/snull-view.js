// SPDX-License-Identifier: GPL-2.0-only
/*
 * snull-view.js - the simulation's page: reads the controls, lets the model run, and draws it.
 *
 * Every control is a native input. The picture moves only on request; what it shows is also in the table, and is said in the
 * live region, at most once after each change.
 */
(function () {
	"use strict";

	const { Model, measure } = window.snullModel;
	const $ = (selector) => document.querySelector(selector);
	const WINDOW = 1000;		// microseconds on the timeline
	const SOON = 100000;		// as far as it looks ahead for something that is dropped
	const DROPS = new Set(["missed", "backlogDropped", "socketDropped"]);
	const LOADS = [1000, 2000, 5000, 10000, 20000, 30000, 40000, 50000, 60000, 75000, 90000, 110000, 140000, 180000, 240000, 300000, 400000, 500000];
	const NAMES = ["path 0, netif_rx", "path 1, napi", "path 2, legacy"];
	const COSTS = ["interrupt", "stack", "read"];
	// What a slider's position means. The loads that the text speaks of are among these.
	const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
	const MEANING = {
		load: (at) => Math.round(1000 * STEPS[at % 10] * 10 ** Math.floor(at / 10)),
		burst: (at) => 2 ** at, weight: (at) => 2 ** at, ring: (at) => 2 ** at,
	};
	const many = (n, one) => `${group(n)} ${one}${n === 1 ? "" : "s"}`;
	const UNIT = {
		load: (n) => `${group(n)} packets/s`, burst: (n) => (n > 1 ? `${n} packets at once` : "one by one"),
		weight: (n) => `${many(n, "packet")} a poll`, budget: (n) => `${many(n, "packet")} a run`, ring: (n) => many(n, "slot"),
		interfaces: (n) => `${n}`, interrupt: (n) => `${n} µs`, stack: (n) => `${n} µs`, read: (n) => `${n} µs`,
	};
	const still = window.matchMedia("(prefers-reduced-motion: reduce)");
	const form = $(".sim-controls"), canvas = $("#sim-time"), runButton = $("#sim-run");
	const weights = { 0: 64, 1: 64, 2: 2 };
	let model, running = false, last = 0, timer = 0, said = 0;

	function group(number)
	{
		return Math.round(number).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
	}

	// ---- the controls

	function value(name)
	{
		const at = Number(form.elements[name].value);

		return MEANING[name] ? MEANING[name](at) : at;
	}

	function settings(path = Number(form.elements.path.value))
	{
		const params = { path, weight: weights[path] };

		for (const name of ["load", "burst", "budget", "ring", "interfaces", ...COSTS])
			params[name] = value(name);
		return params;
	}

	function showValues()
	{
		for (const label of form.querySelectorAll("label")) {
			const input = label.querySelector("input[type=range]");

			if (!input)
				continue;
			const text = UNIT[input.name](value(input.name));
			label.querySelector(".sim-value").textContent = text;
			input.setAttribute("aria-valuetext", text);
		}
		form.elements.weight.disabled = form.elements.path.value === "0";
	}

	function changed(event)
	{
		const name = event.target.name, path = Number(form.elements.path.value);

		if (name === "path")
			form.elements.weight.value = Math.log2(weights[path]);
		if (name === "weight")
			weights[path] = value("weight");
		showValues();
		if (name === "path" || name === "interfaces")
			restart();
		else
			model.set({ [name]: value(name) });
		clearTimeout(timer);
		timer = setTimeout(compare, 250);
		draw();
	}

	// ---- the model

	function restart()
	{
		model = new Model(settings(), { trace: true, seed: 7 });
		model.advance(WINDOW);
		draw();
	}

	// The table says that something is dropped: go on to where that can be seen, if it comes soon.
	function seek()
	{
		const end = model.now + SOON, seen = () => model.marks.some((mark) => DROPS.has(mark.what) && mark.at >= model.now - WINDOW);

		while (!seen() && model.now < end) {
			model.advance(WINDOW / 4);
			model.forget(model.now - WINDOW - 500);
		}
		draw();
	}

	function advance(time)
	{
		model.advance(time);
		model.forget(model.now - WINDOW - 500);
		draw();
	}

	function frame(now)
	{
		if (!running)
			return;
		// Whoever wants no motion gets a new still picture each second.
		const pause = still.matches ? 1000 : 0;

		if (now - last >= pause) {
			advance(Math.min(now - last, 1000) / 1000 * Number($("#sim-speed").value));
			last = now;
		}
		requestAnimationFrame(frame);
	}

	function setRunning(on)
	{
		running = on;
		runButton.textContent = on ? "Pause" : "Run";
		if (on) {
			last = performance.now();
			requestAnimationFrame(frame);
		} else {
			draw();
		}
	}

	// ---- the stations, and the timeline

	function colours()
	{
		const style = getComputedStyle(document.body);
		const names = { hard: "--hard", soft: "--soft-irq", ksoftirqd: "--p2", reader: "--p1", ink: "--ink", muted: "--muted", line: "--idle", drop: "--hard" };

		return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
	}

	const KINDS = { hard: "hard interrupt", soft: "softirq", ksoftirqd: "ksoftirqd", reader: "reader", idle: "idle" };

	function stations(state)
	{
		const set = (at, text, part) => {
			const box = $(`.sim-stations [data-at=${at}]`);

			box.querySelector("span").textContent = text;
			if (part !== undefined)
				box.querySelector("i").style.width = `${Math.min(100, 100 * part)}%`;
		};
		const segment = model.segments[model.segments.length - 1];
		const { ring, socket, budget, path } = model.params;
		const waiting = path === 0 ? ` + ${state.backlog} in the backlog` : "";

		set("ring", `${state.rings.join(" + ")} of ${ring}${waiting}`, Math.max(...state.rings) / ring);
		set("line", state.masked.map((masked, i) => (masked ? "masked" : state.asserted[i] ? "asserted" : "quiet")).join(", "));
		set("list", state.pollList.join(", ") || "empty");
		set("budget", state.budget === null ? "–" : `${state.budget}`, state.budget === null ? 0 : state.budget / budget);
		set("socket", `${state.socket} of ${socket}`, state.socket / socket);
		set("dropped", group(dropped()));
		set("cpu", KINDS[segment ? segment.kind : "idle"]);
	}

	const ROWS = ["line", "hard", "soft", "ksoftirqd", "reader"];
	const TITLES = { line: "masked", hard: "hard interrupt", soft: "softirq", ksoftirqd: "ksoftirqd", reader: "reader" };

	function prepare()
	{
		const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 720, height = 250;

		if (canvas.width !== Math.round(width * ratio) || canvas.height !== height * ratio) {
			canvas.width = Math.round(width * ratio);
			canvas.height = height * ratio;
		}
		const ctx = canvas.getContext("2d");
		ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
		ctx.clearRect(0, 0, width, height);
		ctx.font = "12px sans-serif";
		return { ctx, width, height };
	}

	function draw()
	{
		const { ctx, width } = prepare(), colour = colours(), left = 92, top = 6, step = 30;
		const to = model.now, from = to - WINDOW, x = (at) => left + (width - left - 4) * (at - from) / WINDOW;
		const bar = (a, b, row) => ctx.fillRect(x(Math.max(a, from)), top + row * step + 4, Math.max(1, x(b) - x(Math.max(a, from))), step - 8);

		ctx.textBaseline = "middle";
		ROWS.forEach((row, i) => {
			ctx.fillStyle = colour.ink;
			ctx.fillText(TITLES[row], 0, top + i * step + step / 2);
			ctx.fillStyle = colour.line;
			ctx.fillRect(left, top + (i + 1) * step - 1, width - left, 1);
		});
		for (const segment of model.segments) {
			const row = ROWS.indexOf(segment.kind);

			if (row > 0 && segment.to > from) {
				ctx.fillStyle = colour[segment.kind];
				bar(segment.from, segment.to, row);
			}
		}
		drawMasked(bar, ctx, colour, from, to);
		drawMarks(ctx, colour, x, from, top + ROWS.length * step);
		drawScale(ctx, colour, x, from, to, 244);
		const state = model.state();
		stations(state);
		canvas.setAttribute("aria-label", `Timeline of the last millisecond. ${describe(state)}`);
	}

	// Between an interrupt and the end of polling the line is masked, on the paths that poll.
	function drawMasked(bar, ctx, colour, from, to)
	{
		const since = {};

		if (model.params.path === 0)
			return;
		ctx.fillStyle = colour.muted;
		model.devices.forEach((device) => { since[device.name] = device.masked ? from : null; });
		const last = {};
		for (const mark of model.marks) {
			if (mark.what === "interrupt") {
				last[mark.who] = mark.at;
			} else if (mark.what === "complete") {
				if (mark.at > from)
					bar(last[mark.who] === undefined ? from : last[mark.who], mark.at, 0);
				last[mark.who] = undefined;
			}
		}
		for (const device of model.devices)
			if (device.masked)
				bar(last[device.name] === undefined ? from : last[device.name], to, 0);
	}

	// Frames that came in, above; frames that were dropped, below.
	function drawMarks(ctx, colour, x, from, y)
	{
		ctx.fillStyle = colour.ink;
		ctx.fillText("frames come", 0, y + 15);
		ctx.fillText("are dropped", 0, y + 45);
		for (const mark of model.marks) {
			if (mark.at < from)
				continue;
			if (mark.what === "arrived" || mark.what === "missed") {
				ctx.fillStyle = colour.ink;
				ctx.fillRect(x(mark.at), y + 6, 1.2, 18);
			}
			if (DROPS.has(mark.what)) {
				ctx.fillStyle = colour.drop;
				ctx.fillText("✕", x(mark.at) - 4, y + 45);
			}
		}
	}

	function drawScale(ctx, colour, x, from, to, y)
	{
		ctx.fillStyle = colour.muted;
		for (let at = Math.ceil(from / 200) * 200; at < to - 40; at += 200) {
			ctx.fillRect(x(at), y - 14, 1, 5);
			ctx.fillText(`${(at / 1000).toFixed(1)} ms`, x(at) + 3, y - 5);
		}
	}

	function dropped()
	{
		return model.count.missed + model.count.backlogDropped + model.count.socketDropped;
	}

	function describe(state)
	{
		const c = model.count;

		const frames = state.rings.length === 1 ? many(state.rings[0], "frame") : `${state.rings.join(" and ")} frames`;

		return `At ${(state.now / 1000).toFixed(1)} ms: ${frames} in the ring of ${many(model.params.ring, "slot")}; ` +
			`the line is ${state.masked.some(Boolean) ? "masked" : "enabled"}; poll list: ${state.pollList.join(", ") || "empty"}; ` +
			`${many(state.socket, "packet")} ${state.socket === 1 ? "waits" : "wait"} for the reader. Since the start: ${many(c.interrupts, "interrupt")}, ` +
			`${many(c.taken, "packet")} taken, ${many(c.polls, "poll")}, ${group(dropped())} dropped.`;
	}

	// ---- the table, the curves, and what is said

	const percent = (part, whole) => (whole ? `${(100 * part / whole).toFixed(part && part / whole < 0.1 ? 1 : 0)} %` : "–");
	const ratio = (n, digits) => (Number.isNaN(n) ? "–" : n.toFixed(digits));
	const LINES = [
		["read by the process, packets/s", (r) => group(r.goodput)],
		["interrupts per packet", (r) => ratio(r.interruptsPerPacket, 3)],
		["packets per poll", (r) => ratio(r.packetsPerPoll, 1)],
		["missed by the adapter", (r) => percent(r.missed, r.arrived)],
		["dropped by the backlog", (r) => percent(r.backlogDropped, r.arrived)],
		["dropped by the socket", (r) => percent(r.socketDropped, r.arrived)],
		["squeezed runs of the softirq", (r) => group(r.squeezed)],
		["CPU in hard interrupts", (r) => percent(r.hard, r.time)],
		["CPU in softirqs", (r) => percent(r.soft, r.time)],
		["CPU in ksoftirqd", (r) => percent(r.ksoftirqd, r.time)],
		["CPU in the reader", (r) => percent(r.reader, r.time)],
		["from the wire to the reader, µs", (r) => ratio(r.delay, 0)],
	];

	function compare()
	{
		const chosen = Number(form.elements.path.value);
		const results = [0, 1, 2].map((path) => {
			const result = measure(settings(path), 200000, 50000);
			result.time = result.hard + result.soft + result.ksoftirqd + result.reader + result.idle;
			return result;
		});
		const body = $(".sim-table tbody");

		body.replaceChildren(...LINES.map(([title, text]) => {
			const row = document.createElement("tr"), head = document.createElement("th");

			head.scope = "row";
			head.textContent = title;
			row.append(head, ...results.map((result, path) => {
				const cell = document.createElement("td");

				cell.className = path === chosen ? "number chosen" : "number";
				cell.textContent = text(result);
				return cell;
			}));
			return row;
		}));
		say(results[chosen], chosen);
		if (!running && results[chosen].missed + results[chosen].backlogDropped + results[chosen].socketDropped)
			seek();
		curves();
	}

	function say(result, path)
	{
		const lost = result.missed + result.backlogDropped + result.socketDropped;

		clearTimeout(said);
		said = setTimeout(() => {
			$("#sim-live").textContent = `${NAMES[path][0].toUpperCase()}${NAMES[path].slice(1)}, of ${group(value("load"))} packets a second: ` +
				`${ratio(result.interruptsPerPacket, 2)} interrupts per packet, ${ratio(result.packetsPerPoll, 1).replace("–", "no")} packets per poll, ` +
				`${percent(lost, result.arrived)} dropped, ${group(result.goodput)} read a second.`;
		}, 400);
	}

	function curves()
	{
		const costs = {};

		for (const name of ["burst", "budget", "ring", "interfaces", ...COSTS])
			costs[name] = value(name);
		const points = [0, 1, 2].map((path) => LOADS.map((load) => {
			const result = measure({ ...costs, path, load, weight: weights[path] }, 40000, 20000);
			return { load, interrupts: result.interruptsPerPacket, goodput: result.goodput };
		}));
		$("#sim-curve-interrupts").innerHTML = plot(points, "interrupts", "interrupts per packet", (n) => n.toFixed(2), 1);
		const best = Math.ceil(Math.max(...points.flat().map((point) => point.goodput)) / 20000) * 20000;
		$("#sim-curve-goodput").innerHTML = plot(points, "goodput", "packets read a second", (n) => `${Math.round(n / 1000)}k`, best);
	}

	const DASHES = ["", "", "6 3"];

	function plot(points, what, unit, text, top)
	{
		const w = 340, h = 220, left = 42, bottom = 190, x = (load) => left + (w - left - 8) * Math.log10(load / 1000) / Math.log10(500);
		const y = (n) => bottom - (bottom - 26) * Math.min(n / top, 1.05);
		let svg = "";

		for (const part of [0, 0.5, 1])
			svg += `<path class="grid" d="M${left} ${y(top * part)}H${w - 8}"/><text class="ink" x="${left - 5}" y="${y(top * part) + 4}" text-anchor="end">${text(top * part)}</text>`;
		for (const load of [1000, 10000, 100000])
			svg += `<text class="ink" x="${x(load)}" y="${bottom + 15}" text-anchor="middle">${load / 1000}k</text>`;
		svg += `<path class="now" d="M${x(value("load"))} 22V${bottom}"/>`;
		points.forEach((line, path) => {
			const d = line.map((point, i) => `${i ? "L" : "M"}${x(point.load).toFixed(1)} ${y(point[what]).toFixed(1)}`).join("");

			svg += `<path class="p${path}-line" stroke-dasharray="${DASHES[path]}" d="${d}"/>`;
			svg += `<circle class="p${path}" cx="${left + 8 + path * 100}" cy="10" r="4"/><text class="ink" x="${left + 16 + path * 100}" y="14">${["0 netif_rx", "1 napi", "2 legacy"][path]}</text>`;
		});
		svg += `<text class="muted" x="${(w + left) / 2}" y="${bottom + 29}" text-anchor="middle">packets a second</text>`;
		const spoken = points.map((line, path) => `${NAMES[path]}: ` + line.filter((_, i) => i % 3 === 0).map((point) => `${text(point[what])} at ${point.load}`).join(", ")).join("; ");
		return `<svg class="drawing" viewBox="0 0 ${w} ${h}" role="img" aria-label="${unit} against load. ${spoken}." font-family="sans-serif" font-size="11">${svg}</svg>`;
	}

	// ---- begin

	function begin()
	{
		$("#sim").hidden = false;
		form.addEventListener("input", changed);
		form.addEventListener("submit", (event) => event.preventDefault());
		runButton.addEventListener("click", () => setRunning(!running));
		$("#sim-step").addEventListener("click", () => { setRunning(false); advance(100); });
		$("#sim-reset").addEventListener("click", restart);
		$("#sim-say").addEventListener("click", () => { $("#sim-live").textContent = describe(model.state()); });
		window.addEventListener("resize", draw);
		// The theme's switch, and the system's.
		new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
		window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
		document.addEventListener("visibilitychange", () => { if (document.hidden) setRunning(false); });
		showValues();
		restart();
		compare();
	}

	begin();
}());
