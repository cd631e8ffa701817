// SPDX-License-Identifier: GPL-2.0-only
// live.mjs - works the machine in the page in a browser. TAP, for tests/34-docs-live.t.
//
// usage: node live.mjs SITE NODE-MODULES SCREENSHOTS
import { mkdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { alone, browser, end, group, ok, open, serve, sh, until } from "./site.mjs";

const [site, modules, shots] = process.argv.slice(2);
const PAGE = "live/index.html";
const START = ".live-start";
mkdirSync(shots, { recursive: true });
const server = await serve(site);
const chromium = await browser(modules);
const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });

/** Click, and wait for a prompt that answers; how long it takes. */
const start = (page) => alone(chromium, () => page.evaluate(async (selector) => {
	document.querySelector(selector).click();
	await globalThis.snullLive.open();
}, START));

const button = (page, name) => page.locator(".live-screen").getByRole("button", { name, exact: true });
const state = (page) => page.evaluate(() => globalThis.snullLive.shell.state);
const screen = (page) => page.evaluate(() => globalThis.snullLive.console.text());
const sums = (page) => page.evaluate(() => globalThis.snullLive.dashboard.figures.sums());
const figure = (output, name) => Number(new RegExp(`${name}\\s+([\\d.]+)`).exec(output)?.[1]);

/** The dashboard may be a sample behind. */
const settled = (page) => page.waitForTimeout(1500);

async function loadPath(page, parameters) {
	await sh(page, "sysctl -qw net.ipv6.conf.default.disable_ipv6=1; rmmod snull 2>/dev/null");
	const loaded = await sh(page, `insmod $SNULL_KO ${parameters}`);
	await sh(page, "ip addr add 192.168.0.1/24 dev sn0 && ip link set sn0 up");
	await sh(page, "ip addr add 192.168.1.2/24 dev sn1 && ip link set sn1 up; sleep 0.5");
	return loaded.status === 0;
}

/** A load under napistat; napistat's figures, /proc's, and the dashboard's, from the same zero. */
async function measure(page, load) {
	const proc = "grep sn1- /proc/interrupts; ethtool -S sn1 | grep -E 'q0_(interrupts_rx|rx_packets|polls):'";
	await settled(page);
	await page.evaluate(() => globalThis.snullLive.dashboard.setZero());
	const before = (await sh(page, proc)).output;
	const { output } = await sh(page, `napistat -i sn1 -- ${load} 2>&1`);
	const after = (await sh(page, proc)).output;
	await settled(page);
	const gained = (name) => figure(after, name) - figure(before, name);
	const line = (text) => Number(/:\s+(\d+)/.exec(text)[1]);
	return {
		output, board: await sums(page), irqPerPacket: figure(output, "rx interrupts per packet"), perPoll: figure(output, "packets per poll"),
		napistat: { packets: figure(output, "packets received"), irqRx: figure(output, "interrupts for rx"), polls: figure(output, "polls") },
		proc: { packets: gained("q0_rx_packets:"), irqRx: gained("q0_interrupts_rx:"), polls: gained("q0_polls:"), irq: line(after) - line(before) },
	};
}

function agree(name, { board, napistat, proc, output }) {
	const same = ["packets", "irqRx", "polls"].every((what) => board[what] === napistat[what] && napistat[what] === proc[what]) && board.irq === proc.irq;
	ok(`${name}: dashboard, napistat and /proc agree`, same, JSON.stringify({ board, napistat, proc, output }));
}

let page;
await group("the machine starts", async () => {
	page = await open(context, server.base, PAGE);
	ok("nothing of the machine is loaded before it is asked for", !page.requests.some((url) => url.includes("/_live/")), page.requests.join("\n"));
	const took = await start(page);
	ok(`from the click to a prompt that answers: ${took.words}, at most 2`, took.seconds <= 2);
	ok("the terminal has a prompt", (await screen(page)).includes("snull:~#"), await screen(page));
	const again = await page.reload().then(() => start(page));
	ok(`a reload: ${again.words}, at most 2`, again.seconds <= 2);
});

await group("by hand", async () => {
	await page.locator(".live-terminal textarea").focus();
	await page.keyboard.type("insmod $SNULL_KO && ip -br link\n");
	ok("what is typed is run: insmod, and the interfaces are there", await until(async () => /sn0 +DOWN[^]*sn1 +DOWN/.test(await screen(page))), await screen(page));
	await loadPath(page, "use_napi=1");
	const ping = await sh(page, "ping -n -c 3 -i 0.2 192.168.0.2");
	ok("a ping comes back", ping.output.includes("3 received, 0% packet loss"), ping.output);
	await page.keyboard.type("echo one-two\n");
	await until(async () => /^one-two$/m.test(await screen(page)));
	await page.keyboard.press("ArrowUp");
	await page.keyboard.type("-three\n");
	ok("the shell has a history", await until(async () => /^one-two-three$/m.test(await screen(page))), await screen(page));
	await page.keyboard.type("echo half");
	await until(async () => /# echo half *$/m.test(await screen(page)));
	ok("a line that is half typed is not glued to a command", (await sh(page, "echo whole")).output === "whole\n", await screen(page));
	await page.keyboard.type("cat /proc/upt\t");
	ok("and completes names", await until(async () => /cat \/proc\/uptime *$/m.test(await screen(page))), await screen(page));
	await page.keyboard.press("Control+c");
	await page.evaluate(() => document.addEventListener("keydown", (event) => { globalThis.prevented = event.defaultPrevented; }));
	await page.keyboard.press("F6");
	ok("F6 leaves the terminal, and is not the browser's", await page.evaluate(() => document.activeElement.closest(".live-tools") !== null && globalThis.prevented));
});

await group("path 0", async () => {
	ok("path 0 loads", await loadPath(page, "use_napi=0"));
	const got = await measure(page, "pktgen -n 2000 -r 1000 sn0");
	ok(`path 0: ${got.irqPerPacket} rx interrupts per packet, 1.000 +- 0.005`, Math.abs(got.irqPerPacket - 1) <= 0.005, got.output);
	agree("path 0", got);
});

await group("path 1", async () => {
	ok("path 1 loads", await loadPath(page, "use_napi=1"));
	const got = await measure(page, "pktgen -n 20000 -b 32 sn0");
	ok(`path 1, bursts of 32: ${got.irqPerPacket} rx interrupts per packet, at most 0.05`, got.irqPerPacket <= 0.05, got.output);
	agree("path 1", got);
});

await group("path 2", async () => {
	ok("path 2 loads", await loadPath(page, "use_napi=legacy weight=2"));
	const got = await measure(page, "pktgen -n 20000 -b 32 sn0");
	ok(`path 2, weight 2: ${got.perPoll} packets per poll, 2`, Math.abs(got.perPoll - 2) <= 0.01, got.output);
	agree("path 2", got);
});

/** A button's commands show in the terminal, and do something. */
async function press(name, typed, works) {
	await page.evaluate(() => globalThis.snullLive.console.clear());
	await button(page, name).click();
	const seen = await until(async () => (await screen(page)).includes(typed));
	ok(`the button ${name} types ${typed}`, seen, await screen(page));
	ok(`the button ${name} works`, await until(() => works()), await screen(page));
}

/** The driver is there, and so is the prompt after the last of the commands that load it. */
const loaded = async (name) => await path() === name && await state(page) === "prompt" && /set sn1 up\s+snull:~#$/.test(await screen(page));
const path = () => page.evaluate(() => globalThis.snullLive.sample?.path);
const rate = (name) => page.evaluate((what) => globalThis.snullLive.dashboard.figures.rates()[what], name);

await group("buttons", async () => {
	await press("0 netif_rx", "use_napi=netif_rx", () => loaded("netif_rx"));
	await press("2 legacy", "use_napi=legacy weight=2", () => loaded("legacy"));
	await press("1 napi", "use_napi=napi", () => loaded("napi"));
	await press("Ping", "ping -n -c 5", async () => (await screen(page)).includes("5 received"));
	await press("Bursts of 32", "pktgen -t 60 -b 32 sn0", async () => (await sums(page)).packets > 1000 && await rate("irqPerPacket") < 0.05);
	await page.screenshot({ path: `${shots}/live-load-1280.png`, fullPage: true });
	await press("One by one", "pktgen -t 60 -r 500 sn0", async () => (await sums(page)).packets > 100 && await rate("irqPerPacket") > 0.9);
	await press("TCP", "iperf3 -c 192.168.0.2 -t 60", async () => (await sums(page)).packets > 50);
	await press("UDP", "iperf3 -c 192.168.0.2 -u", async () => (await screen(page)).includes("Total Datagrams") && (await sums(page)).packets > 50);
	await press("Idle", "^C", async () => await state(page) === "prompt");
	for (const [label, value, typed, works] of [
		["ring", "16", "ethtool -G sn1 rx 16", () => page.evaluate(() => globalThis.snullLive.dashboard.figures.now.ring === 16)],
		["coalescing", "200", "ethtool -C sn1 rx-usecs 200", async () => (await sh(page, "ethtool -c sn1")).output.includes("rx-usecs:\t200")],
		["weight", "16", "use_napi=legacy weight=16", async () => (await sh(page, "cat /sys/module/snull/parameters/weight")).output.includes("16")]]) {
		await page.evaluate(() => globalThis.snullLive.console.clear());
		await page.locator(".live-buttons").getByLabel(new RegExp(label)).selectOption(value);
		ok(`the choice ${label} types ${typed}`, await until(async () => (await screen(page)).includes(typed)), await screen(page));
		await until(async () => await state(page) === "prompt");
		ok(`the choice ${label} works`, await until(works));
	}
	await page.getByRole("button", { name: "In words" }).click();
	ok("in words", (await page.locator(".live-words").textContent()).includes("Receive path 2 legacy"));
});

await group("pause, speed, reset", async () => {
	const stamp = () => page.evaluate(() => globalThis.snullLive.sample?.t);
	await button(page, "Pause").click();
	const stopped = await stamp();
	await page.waitForTimeout(2500);
	ok("paused, it says nothing", await stamp() === stopped);
	await button(page, "Go on").click();
	ok("and goes on", await until(async () => await stamp() !== stopped));
	const work = async () => figure((await sh(page, "TIMEFORMAT='took %R'; time (i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done)")).output, "took");
	const fast = await work();
	await page.getByLabel("speed").selectOption({ label: "a tenth" });
	const slow = await work();
	ok(`at a tenth of the speed a loop takes longer: ${slow} s, not ${fast}`, slow > 2 * fast);
	await page.getByLabel("speed").selectOption({ label: "full" });
	await sh(page, "echo mine >/root/work; echo theirs >/snull/labs/03-napi/more");
	const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Download my work").click()]);
	const archive = gunzipSync(readFileSync(await download.path())).toString("latin1");
	ok("my work can be had: what I have made, and no more", download.suggestedFilename() === "snull-work.tar.gz" && archive.includes("root/work") &&
		archive.includes("mine\n") && archive.includes("snull/labs/03-napi/more") && !archive.includes("README.rst"), archive.replace(/\0+/g, " "));
	const took = await alone(chromium, () => page.evaluate(() => globalThis.snullLive.reset()));
	ok(`reset: ${took.words}, at most 2`, took.seconds <= 2);
	ok("after it, no driver is loaded and no file is there", (await sh(page, "lsmod | grep snull; ls /root")).output.trim() === "");
});

await group("two tabs", async () => {
	const other = await open(context, server.base, PAGE);
	await start(other);
	await loadPath(page, "use_napi=0");
	await loadPath(other, "use_napi=1");
	const parameter = "cat /sys/module/snull/parameters/use_napi";
	ok("two tabs are two machines", (await sh(page, parameter)).output.trim() === "netif_rx" && (await sh(other, parameter)).output.trim() === "napi");
	ok("the second tab: no message, no remote request", other.complaints.length === 0, other.complaints.join("\n"));
	await other.close();
});

await group("an idle machine", async () => {
	await page.evaluate(() => globalThis.snullLive.reset());
	await loadPath(page, "use_napi=1");
	await page.locator(".xterm-helper-textarea").focus(); // as a reader has left it
	// The CPU's time of all of the browser's processes. For minutes after the start it is more, longer so on a busy host, and even
	// with the machine paused (7 % of a core, later 1 %); the browser compiles meanwhile. So: the first window that is idle.
	const client = await chromium.newBrowserCDPSession();
	const busy = async () => (await client.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
	const shares = [];
	await page.waitForTimeout(60000);
	do {
		const before = await busy(), began = Date.now();
		await page.waitForTimeout(15000);
		shares.push((await busy() - before) / ((Date.now() - began) / 1000));
	} while (shares.at(-1) >= 0.1 && shares.length < 12);
	const percent = shares.map((share) => `${(100 * share).toFixed(1)} %`).join(", ");
	ok(`an idle machine takes less than 10 % of a core, once the browser has compiled it: ${percent}`, shares.at(-1) < 0.1);
	const cost = await page.evaluate(() => globalThis.snullLive.dashboard.figures.rates().cost);
	ok(`the sampler takes ${(100 * cost).toFixed(1)} % of its CPU, and the page says so`, cost < 0.05 && (await page.locator(".live-cost").textContent()).includes("%"));
});

await group("axe", async () => {
	const axe = "docs/_build/npm/node_modules/axe-core/axe.min.js";
	await page.addScriptTag({ path: axe });
	const { violations } = await page.evaluate(() => globalThis.axe.run("#live", { resultTypes: ["violations"] }));
	ok("axe finds nothing wrong with the machine's panel", violations.length === 0,
		violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join("; ")}`).join("\n"));
});

ok("no message on the console, no remote request", page?.complaints.length === 0, page?.complaints.join("\n"));
await chromium.close();
server.close();
end();
