// SPDX-License-Identifier: GPL-2.0-only
// dashboard.js - shows the figures beside the terminal: numbers, a strip of the last 30 s, and on request a sentence.
import { Figures } from "./figures.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 300, HEIGHT = 90, SECONDS = 30;
// Name in the figures, what it is called, and whether a rate is shown beside the sum.
const ROWS = [
	["packets", "packets received"], ["irqRx", "interrupts for rx"], ["irq", "interrupts, all"], ["netRx", "NET_RX softirqs"],
	["polls", "polls"], ["irqPerPacket", "rx interrupts per packet"], ["perPoll", "packets per poll"],
	["missed", "lost: the ring was full"], ["backlog", "lost: the backlog was full"], ["memory", "lost: no memory"],
	["socket", "lost: the socket was full"], ["squeezed", "softirq ran out of budget"],
];
const RATIOS = new Set(["irqPerPacket", "perPoll"]);
const LINES = [["packets", "packets/s"], ["irqRx", "interrupts/s"], ["polls", "polls/s"]];

// For who wants no motion, new figures once a second.
const CALM = matchMedia("(prefers-reduced-motion: reduce)"), CALM_MS = 950;

const whole = (value) => Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
const shown = (name, value) => (RATIOS.has(name) ? (Number.isFinite(value) ? value.toFixed(3) : "–") : whole(value));

function element(tag, attributes = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes))
		made.setAttribute(name, value);
	made.append(...children);
	return made;
}

export class Dashboard {
	constructor(box) {
		this.figures = new Figures("sn1");
		this.cells = {};
		box.append(this.#head(), this.#table(), this.#strip(), this.#foot());
		this.show();
	}

	#head() {
		this.title = element("p", { class: "live-path" });
		this.device = element("select", { "aria-label": "the interface that is shown" }, element("option", {}, "sn1"), element("option", {}, "sn0"));
		this.device.addEventListener("change", () => {
			this.figures = new Figures(this.device.value);
			this.show();
		});
		this.zero = element("button", { type: "button", title: "count from now" }, "Zero");
		this.zero.addEventListener("click", () => this.setZero());
		return element("div", { class: "live-dash-head" }, this.title, this.device, this.zero);
	}

	#table() {
		const body = element("tbody");
		for (const [name, label] of ROWS) {
			const rate = element("td"), sum = element("td", { "data-sum": name });
			this.cells[name] = { rate, sum, row: element("tr", {}, element("th", { scope: "row" }, label), rate, sum) };
			body.append(this.cells[name].row);
		}
		return element("table", { class: "live-figures" }, element("thead", {}, element("tr", {}, element("td"),
			element("th", { scope: "col" }, "a second"), element("th", { scope: "col" }, "since zero"))), body);
	}

	#strip() {
		this.svg = document.createElementNS(SVG, "svg");
		this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
		this.svg.setAttribute("aria-hidden", "true");
		this.paths = LINES.map(([name]) => {
			const path = document.createElementNS(SVG, "path");
			path.setAttribute("class", `live-line-${name}`);
			this.svg.append(path);
			return path;
		});
		this.most = element("span");
		const key = element("figcaption", {}, this.most, ...LINES.map(([name, label]) => element("span", { class: `live-key-${name}` }, label)));
		return element("figure", { class: "live-strip" }, this.svg, key);
	}

	#foot() {
		this.fill = element("meter", { min: 0, max: 64, value: 0, "aria-label": "frames that wait in the ring" });
		this.fillText = element("span");
		this.cost = element("p", { class: "live-cost" });
		this.words = element("p", { role: "status", class: "live-words" });
		const say = element("button", { type: "button" }, "In words");
		say.addEventListener("click", () => { this.words.textContent = this.describe(); });
		return element("div", {}, element("p", { class: "live-ring" }, "ring ", this.fill, " ", this.fillText), this.cost, say, this.words);
	}

	setZero() {
		this.figures.setZero();
		this.show();
	}

	/** The machine began anew. */
	clear() {
		this.figures.clear();
		this.show();
	}

	take(sample) {
		this.figures.add(sample);
		const now = Date.now();
		if (CALM.matches && now - (this.shown ?? 0) < CALM_MS)
			return;
		this.shown = now;
		this.show();
	}

	show() {
		const now = this.figures.now;
		this.title.textContent = now ? `receive path ${now.path}` : "no driver loaded yet";
		const rates = now && this.figures.rates(), sums = now && this.figures.sums();
		for (const [name] of ROWS) {
			this.#put(this.cells[name].rate, now ? shown(name, rates[name]) : "");
			this.#put(this.cells[name].sum, now ? shown(name, sums[name]) : "");
		}
		this.fill.max = now?.ring || 64;
		this.fill.value = now?.fill ?? 0;
		this.#put(this.fillText, now ? `${now.fill} of ${now.ring}` : "");
		this.#put(this.cost, now ? `Sampling takes ${(100 * rates.cost).toFixed(1)} % of this CPU.` : "");
		this.#draw();
	}

	/** Only what has changed costs the browser anything. */
	#put(cell, text) {
		if (cell.textContent !== text)
			cell.textContent = text;
	}

	#draw() {
		const points = this.figures.now ? this.figures.strip() : [];
		const end = this.figures.now?.t ?? 0;
		const most = Math.max(1, ...points.flatMap((point) => LINES.map(([name]) => point[name])));
		LINES.forEach(([name], index) => {
			const d = points.map((point, at) => `${at ? "L" : "M"}${(WIDTH * (1 - (end - point.t) / SECONDS)).toFixed(1)} ` +
				`${(HEIGHT - 1 - (HEIGHT - 4) * point[name] / most).toFixed(1)}`).join("");
			this.paths[index].setAttribute("d", d);
		});
		this.#put(this.most, points.length ? `30 s, up to ${whole(most)}:` : "30 s");
	}

	describe() {
		const { now, device } = this.figures;
		if (!now)
			return "No driver is loaded yet.";
		const rates = this.figures.rates();
		const lost = rates.missed + rates.backlog + rates.memory + rates.socket;
		if (rates.packets < 1)
			return `Receive path ${now.path}. ${device} receives nothing just now.`;
		return `Receive path ${now.path}. In the last second ${device} received ${whole(rates.packets)} packets with ${whole(rates.irqRx)} interrupts, ` +
			`${rates.irqPerPacket.toFixed(3)} for each packet` +
			(rates.polls > 0 ? `, and ${rates.perPoll.toFixed(1)} packets for each poll` : ", and without polls") +
			`. ${now.fill} frames wait in the ring of ${now.ring}. ` + (lost >= 1 ? `${whole(lost)} packets a second were lost.` : "No packet was lost.");
	}
}
