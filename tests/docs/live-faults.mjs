// SPDX-License-Identifier: GPL-2.0-only
// live-faults.mjs - what goes wrong with the machine in the page, and what the page says then. TAP, for tests/34-docs-live.t.
//
// usage: node live-faults.mjs SITE NODE-MODULES
import { pathToFileURL } from "node:url";
import { alone, browser, end, group, ok, open, serve, sh, until } from "./site.mjs";

const [site, modules] = process.argv.slice(2);
const PAGE = "live/index.html", LAB = "labs/02-one-interrupt-per-packet.html";
const chromium = await browser(modules);

/** The page, from a server with that fault; what it says when the machine is asked for. */
async function asked(fault, prepare = () => {}) {
	const server = await serve(site, fault);
	const context = await chromium.newContext();
	await prepare(context);
	const page = await open(context, server.base, PAGE);
	const started = await page.evaluate(() => globalThis.snullLive.open().then(() => true, () => false));
	const said = await page.locator(".live-status").textContent();
	return { page, started, said, done: async () => { await context.close(); server.close(); } };
}

const state = (path) => path.endsWith("state.zst");
for (const [name, fault, expected] of [
	["without the state on the server", (path) => state(path) && "missing", /the server has no state\.zst \(404\): build the site again/],
	["with half of the state", (path) => state(path) && "short", /state\.zst is not what it should be \(1000000 of \d+ bytes came\)/],
	["without the emulator", (path) => path.endsWith("/v86.packed") && "missing", /the server has no v86\.packed/]])
	await group(name, async () => {
		const { started, said, done } = await asked(fault);
		ok(`${name} it does not start, and says why`, !started && expected.test(said), said);
		await done();
	});

await group("a second try", async () => {
	let bad = 2; // both of the first try's: what the browser may have kept, and what the server has
	const { page, started, said, done } = await asked((path) => state(path) && bad-- > 0 && "short");
	ok("with a file that is broken twice it does not start", !started, said);
	const { failed, inert, free, texts } = await page.evaluate(async () => {
		const panel = globalThis.snullLive, spoken = [];
		new MutationObserver(() => spoken.push(panel.status.textContent)).observe(panel.status, { childList: true });
		const opened = panel.open(), before = panel.screen.inert;
		return { failed: await opened.then(() => "", (error) => error.message), inert: before, free: !panel.screen.inert, texts: spoken };
	});
	ok("asked for again, it starts: what is broken in the browser's cache is fetched anew", failed === "" &&
		await page.locator(".live-open progress").evaluate((one) => one.value) === 1, failed);
	ok("its controls wait until it is there", inert && free);
	ok("a screen reader is not told of each piece that comes", texts.length <= 2, texts.join("\n"));
	ok("of the first try no terminal is left", await until(async () => await page.locator(".live-terminal .xterm").count() === 1));
	await done();
});

await group("plain http", async () => {
	const server = await serve(site);
	const context = await chromium.newContext();
	await context.addInitScript(() => Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined }));
	const page = await open(context, server.base, LAB);
	const said = await page.evaluate(async () => {
		const one = globalThis.snullAnswers.find(({ question }) => question.type === "choice");
		one.form.querySelector("input").checked = true;
		await one.check();
		return one.said.textContent;
	});
	ok("over plain http the questions are there, and say what is to be done", /plain http.*open it by https/.test(said), said);
	await context.close();
	server.close();
});

await group("compressed", async () => {
	const { started, said, done } = await asked(() => "gzip");
	ok("it starts from a server that compresses what it sends, and knows no ranges", started, said);
	await done();
});

await group("no WebAssembly", async () => {
	const server = await serve(site);
	const context = await chromium.newContext();
	await context.addInitScript(() => { delete globalThis.WebAssembly; });
	const page = await open(context, server.base, PAGE);
	ok("without WebAssembly it says so, and the button is off",
		(await page.locator(".live-status").textContent()).includes("no WebAssembly") && await page.locator(".live-start").isDisabled());
	await context.close();
	server.close();
});

for (const [name, script, expected] of [
	["little memory", () => { WebAssembly.Memory = class { constructor() { throw new RangeError("out of memory"); } }; }, /has not the \d+ MB of memory left/],
	["wasm refused", () => { WebAssembly.instantiate = async () => { throw new RangeError("no more"); }; }, /refuses to run the machine \(no more\)/],
	["no DecompressionStream", () => { delete globalThis.DecompressionStream; }, /too old/]])
	await group(name, async () => {
		const { started, said, done } = await asked(undefined, (context) => context.addInitScript(script));
		ok(`${name}: it does not start, and says why`, !started && expected.test(said), said);
		await done();
	});

await group("a small device", async () => {
	const server = await serve(site);
	const context = await chromium.newContext();
	await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "deviceMemory", { get: () => 0.5 }));
	const page = await open(context, server.base, PAGE);
	ok("a device with little memory is told so, and may try",
		(await page.locator(".live-status").textContent()).includes("0.5 GB of memory") && await page.locator(".live-start").isEnabled());
	await context.close();
	server.close();
});

await group("an hour's sleep", async () => {
	// All that a tab sees of its sleep are clocks that have jumped.
	const { page, started, done } = await asked(undefined, (context) => context.addInitScript(() => {
		const now = performance.now.bind(performance), today = Date.now.bind(Date);
		globalThis.slept = 0;
		performance.now = () => now() + globalThis.slept;
		Date.now = () => today() + globalThis.slept;
	}));
	ok("a machine whose clocks a test can turn", started);
	await sh(page, "insmod $SNULL_KO use_napi=1; ip addr add 192.168.0.1/24 dev sn0; ip link set sn0 up; ip addr add 192.168.1.2/24 dev sn1; ip link set sn1 up");
	const before = await page.evaluate(() => globalThis.snullLive.sample.t);
	await page.evaluate(() => { globalThis.slept = 3600000; });
	const ping = await sh(page, "ping -n -c 3 -i 0.2 192.168.0.2 >/dev/null; ping -n -c 3 -i 0.2 192.168.0.2");
	ok("after an hour's sleep the machine answers, and its wire works", ping.output.includes("3 received"), ping.output);
	ok("the page says that it slept", (await page.locator(".live-status").textContent()).includes("put this tab to sleep"));
	const { output } = await sh(page, "date +%s");
	const off = Number(output) - await page.evaluate(() => Date.now() / 1000);
	ok(`the machine's date is ${off.toFixed(0)} s off the page's`, Math.abs(off) < 10, output);
	ok("the dashboard goes on", await until(async () => await page.evaluate(() => globalThis.snullLive.sample.t) > before + 3600));
	await done();
});

await group("a file", async () => {
	const page = await chromium.newPage();
	await page.goto(pathToFileURL(`${site}/${PAGE}`).href);
	ok("opened as a file, it says that it needs a server", (await page.locator("#live").textContent()).includes("make docs-serve"));
	await page.close();
});

const { page, done } = await asked();
const reset = () => alone(chromium, () => page.evaluate(() => globalThis.snullLive.reset()));
const answers = async () => (await sh(page, "echo it answers")).output.includes("it answers");
/** How long the page takes to do something small. */
const lag = () => alone(chromium, () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve))));
const crash = page.locator(".live-crash");

await group("a crash", async () => {
	await page.evaluate(() => globalThis.snullLive.machine.type("echo c >/proc/sysrq-trigger\r"));
	ok("after a crash the page says so", await until(() => crash.isVisible()));
	const text = await crash.textContent();
	ok("and shows the kernel's log", /The kernel has crashed; here is its log/.test(text) && /sysrq_handle_crash|Kernel panic/.test(text), text);
	await page.getByRole("button", { name: "Download my work" }).click();
	ok("and, asked for the reader's work, that it is lost", (await page.locator(".live-status").textContent()).includes("has lost what was in it"));
	await crash.getByRole("button", { name: "Reset" }).click();
	ok("Reset brings it back", await until(() => crash.isHidden()) && await answers());
});

await group("poweroff", async () => {
	await page.evaluate(() => globalThis.snullLive.machine.type("poweroff -f\r"));
	ok("after poweroff the page says that the machine is off", await until(() => crash.isVisible()) && (await crash.textContent()).includes("The machine is off"));
	await reset();
	ok("and Reset switches it on", await answers());
});

await group("yes", async () => {
	await page.evaluate(() => globalThis.snullLive.machine.type("yes\r"));
	await page.waitForTimeout(4000);
	const wait = await lag();
	ok(`while "yes" runs, the page answers after ${wait.words}`, wait.seconds < 1);
	await page.evaluate(() => globalThis.snullLive.machine.type("\x03"));
	ok("Ctrl-C ends it", await answers());
});

await group("a brake at less than full speed", async () => {
	const ran = await page.evaluate(async () => {
		const { machine } = globalThis.snullLive;
		machine.speed(0.5);
		await machine.hold(true);
		let times = 0;
		for (let i = 0; i < 20; i++) {
			await new Promise((resolve) => setTimeout(resolve, 40));
			times += machine.emulator.is_running();
		}
		machine.hold(false);
		machine.speed(1);
		return times;
	});
	ok("what is held because too much waits to be drawn stands still", ran === 0, `it ran ${ran} times of 20`);
	ok("and goes on", await answers());
});

await group("a program that does not end", async () => {
	await page.evaluate(() => globalThis.snullLive.machine.type("trap '' INT; sleep 6; trap - INT\r"));
	await until(async () => await page.evaluate(() => globalThis.snullLive.shell.state) === "running");
	const why = await page.evaluate(() => globalThis.snullLive.shell.prompt({ interrupt: true, limit: 1000 }).catch((error) => error.message));
	ok("a command that has to wait for it in vain says what to do", /end it there \(Ctrl-D, q or :q!.*press Reset/.test(why), why);
	ok("and the next one does not", await answers());
});

await group("a paste", async () => {
	await page.evaluate(() => globalThis.snullLive.console.terminal.paste("x".repeat(10e6)));
	ok("10 MB pasted are cut, and the page says so", (await page.locator(".live-status").textContent()).includes("more than 64 KB"));
	const took = await reset();
	ok(`and Reset ends it, in ${took.words}`, took.seconds <= 2 && await answers());
});

await group("a fork bomb", async () => {
	await page.evaluate(() => globalThis.snullLive.machine.type("bomb() { bomb | bomb & }; bomb\r"));
	await page.waitForTimeout(5000);
	const wait = await lag();
	ok(`while a fork bomb explodes, the page answers after ${wait.words}`, wait.seconds < 1);
	const took = await reset();
	ok(`and Reset ends it, in ${took.words}`, took.seconds <= 2 && await answers());
});

await group("a driver in use", async () => {
	await sh(page, "insmod $SNULL_KO use_napi=1; ip link set sn0 up; ip link set sn1 up; (pktgen -t 20 -b 32 sn0 >/dev/null 2>&1 &) ; sleep 1");
	const busy = await page.evaluate(() => globalThis.snullLive.sample.sn1[1]);
	const gone = await sh(page, "rmmod snull; lsmod | grep -c snull; dmesg | grep -cE 'BUG|WARNING|Oops'");
	ok(`rmmod while ${busy} packets have come and more do: it goes, without a complaint of the kernel's`, busy > 0 && gone.output === "0\n0\n", gone.output);
	ok("the dashboard says that no driver is there", await until(async () => (await page.locator(".live-path").textContent()).includes("no driver")));
	await reset();
	await sh(page, "insmod $SNULL_KO");
	const { output, status } = await sh(page, "insmod $SNULL_KO");
	ok("loading it twice is refused with a line", status !== 0 && /File exists/.test(output), output);
	ok("a bad parameter as well", (await sh(page, "rmmod snull; insmod $SNULL_KO use_napi=7")).status !== 0);
});

ok("no message on the console, no remote request", page.complaints.length === 0, page.complaints.join("\n"));
await done();
await chromium.close();
end();
