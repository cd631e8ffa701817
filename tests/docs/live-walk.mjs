// SPDX-License-Identifier: GPL-2.0-only
// live-walk.mjs - a reader goes from a lab to a chapter, to another lab and back, with the machine docked, and has answers checked.
// TAP, for tests/34-docs-live.t.
//
// usage: node live-walk.mjs SITE NODE-MODULES
import { browser, end, group, ok, open, serve, until } from "./site.mjs";

const [site, modules] = process.argv.slice(2);
const server = await serve(site);
const chromium = await browser(modules);
const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
const LAB = "labs/02-one-interrupt-per-packet.html", CHAPTER = "story/07-interrupt-mitigation.html", OTHER = "labs/03-napi.html";
const page = await open(context, server.base, LAB);

/** A command in the docked machine's terminal. */
const sh = (command) => page.evaluate((text) => globalThis.snullLab.dock.panel.shell.run(text, { interrupt: true, limit: 240000 }), command);
const inner = () => page.frames().find((frame) => frame !== page.mainFrame());
const run = (where, index) => where.evaluate(async (at) => {
	const block = globalThis.snullLab.blocks[at];
	await block.run();
	return block.result.innerText;
}, index);
const results = (where) => where.evaluate(() => globalThis.snullLab.blocks.map(({ result }) => result.innerText.slice(0, 1)).join(""));
/** Follow a link to that page, in the window or in its frame; resolved with whether it is seen. */
async function follow(where, name) {
	await where.evaluate((end) => [...document.querySelectorAll("a[href]")].find((link) => link.href.split("#")[0].endsWith(end)).click(), name);
	return until(async () => page.url().endsWith(name) && Boolean(await inner()?.evaluate(() => globalThis.snullLab?.blocks.length > 0).catch(() => false)));
}
const home = () => page.url().split("#")[0].endsWith(LAB) && !inner();
const alive = async () => (await sh("cat /root/kept")).output.trim() === "kept";

await group("from page to page", async () => {
	ok("the lab's first block ticks", (await run(page, 0)).startsWith("✓"));
	ok("it shows what was printed beside the page", await page.locator(".live-beside").count() > 0);
	ok("and a screen reader is told the verdict, not all of that", (await page.locator(".live-result [role=status]").first().innerText()).startsWith("✓") &&
		await page.locator("[role=status] .live-beside").count() === 0);
	await sh("echo kept >/root/kept");
	ok("a link to a chapter leads there, by the address too", await follow(page, CHAPTER), page.url());
	ok("its title is the window's", (await page.title()).includes(await inner().evaluate(() => document.querySelector("h1").firstChild.textContent)));
	ok("the machine is where it was", await alive());
	await page.goBack();
	ok("back leads back to the lab", await until(async () => page.url().endsWith(LAB) && !inner()));
	ok("and the machine is still there, and the results are", await alive() && (await results(page)).startsWith("✓"));
	await page.goForward();
	ok("forward leads to the chapter again", await until(async () => page.url().endsWith(CHAPTER) && Boolean(inner())));
	ok("from the frame a link leads on to another lab", await follow(inner(), OTHER), page.url());
	ok("the machine is there still", await alive());
	ok("another lab's first block ticks", (await run(inner(), 0)).startsWith("✓"));
	ok("and begins with a machine at its beginning", (await sh("cat /root/kept")).status !== 0);
	await page.goBack();
	ok("back is the chapter", await until(() => page.url().endsWith(CHAPTER) && inner()?.url().endsWith(CHAPTER)));
	await page.goForward();
	ok("forward is the lab, with its result", await until(async () => inner()?.url().endsWith(OTHER) &&
		(await results(inner()).catch(() => "")).startsWith("✓")));
	await page.goBack();
	await page.goBack();
	ok("back twice is the first lab, whose results have gone with its machine", await until(async () => page.url().endsWith(LAB) && !inner()) && await results(page) === "");
	await page.evaluate(() => document.querySelector("a[href='#']")?.click());
	ok("a link within the page stays in the page", page.url().split("#")[0].endsWith(LAB) && !inner());
});

await group("a search, and no network", async () => {
	await sh("echo kept >/root/kept");
	await page.evaluate(() => {
		const form = document.querySelector("form.sidebar-search-container");
		form.elements.q.value = "livelock";
		form.requestSubmit();
	});
	ok("the sidebar's search shows what it finds above the machine", await until(async () =>
		Boolean(await inner()?.evaluate(() => document.querySelectorAll("#search-results li a").length).catch(() => 0))), page.url());
	ok("which is where it was", await alive());
	await page.goBack();
	ok("back leads back from there", await until(home));
	await context.setOffline(true);
	await page.evaluate(() => document.querySelector("a[href$='/glossary.html']").click());
	ok("a link that leads nowhere without a network says so, and back", await until(async () => home() &&
		(await page.locator(".live-status").textContent()).includes("glossary.html cannot be reached")), page.url());
	await context.setOffline(false);
	page.complaints = page.complaints.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED"));
	ok("and the machine is there still", await alive());
});

await group("one block at a time", async () => {
	ok("while a block runs, no other can be asked for", await page.evaluate(() => {
		const { blocks } = globalThis.snullLab;
		blocks[0].button.click();
		return blocks.every(({ button }) => button.disabled);
	}));
	ok("it has its tick, and then they can", await until(() => page.evaluate(() => globalThis.snullLab.blocks.every(({ button }) => !button.disabled)), 240000) &&
		(await results(page)).startsWith("✓"));
	const said = await page.evaluate(async () => {
		const { dock, blocks } = globalThis.snullLab, [, next, last] = blocks.filter(({ lacks }) => !lacks);
		dock.panel.shell.run = async () => { throw new Error("so"); };
		await last.run();
		delete dock.panel.shell.run;
		return [next, last].map(({ result }) => result.innerText.trim());
	});
	ok("one that fails leaves no Running…, and the one that was asked for says why", said[0] === "" && said[1] === "It did not run: so.", JSON.stringify(said));
});

await group("two measurements", async () => {
	const { reasons, paused, remembered } = await page.evaluate(async () => {
		const { dock } = globalThis.snullLab;
		const found = await Promise.allSettled(["1", "2"].map((word) => dock.measure("no-lab", [word])));
		return { reasons: found.map(({ reason }) => String(reason)), paused: dock.panel.machine.paused, remembered: dock.measured.size };
	});
	ok("two at once that fail say so, each", reasons.every((one) => one.includes("the measurement failed")), reasons.join("\n"));
	ok("neither is remembered, and the reader's machine goes on", remembered === 0 && !paused && (await sh("echo on")).output.trim() === "on");
});

/** Answer a question of the lab; what is said then. */
const answer = (key, value) => page.evaluate(async ([which, text]) => {
	const one = globalThis.snullAnswers.find(({ question }) => question.key === which);
	if (one.input)
		one.input.value = text;
	else
		one.form.querySelector(`input[value=${text}]`).checked = true;
	await one.check();
	return one.said.textContent;
}, [key, value]);

await group("answers", async () => {
	ok("each question has its form", await page.evaluate(() => globalThis.snullAnswers.length === 7 && globalThis.snullAnswers.every(({ form }) => form.isConnected)));
	ok("the right choice is right", (await answer("handler", "b")) === "✓ Right.");
	ok("a wrong one is not, and has its hint", (await answer("handler", "a")).includes("The driver's snull_rx says when"));
	ok("a path is right however it is written", (await answer("way", "rx_netif_rx_irq() → snull_rx_next, netif_rx")) === "✓ Right.");
	ok("a wrong one is not", (await answer("way", "netif_rx -> snull_rx_next")).startsWith("✗ Not yet: Read snull/rx_netif_rx.c"));
	ok("a number needs the reader's parameter first", (await answer("interrupts", "20000")).includes("choose burst first"));
	await page.getByLabel("your burst").fill("24");
	ok("what is no number is told so at once", (await answer("interrupts", "many")).includes("not a plain number"));
	await sh("echo mine >/root/mine");
	const began = Date.now();
	// 24 do not divide 20000: pktgen sends whole bursts.
	ok("the right number is right", (await answer("interrupts", "20016")) === "✓ Right.", await answer("interrupts", "20016"));
	console.log(`# measured in ${((Date.now() - began) / 1000).toFixed(0)} s`);
	ok("a wrong one is not", (await answer("interrupts", "834")).startsWith("✗ Not yet: Run napistat"));
	ok("and the reader's machine is as it was", (await sh("cat /root/mine")).output.trim() === "mine");
	const measured = await page.evaluate(() => [...globalThis.snullLab.dock.measured.values()][0]);
	console.log(`# ${JSON.stringify(measured)}`);
	ok("the other numbers of the lab are there", ["net_rx", "tcp_ratio", "slower"].every((name) => measured[name] > 0), JSON.stringify(measured));
	ok("and are judged by", (await answer("tcp_ratio", measured.tcp_ratio.toFixed(3))) === "✓ Right.");
});

ok("no message on the console, no remote request", page.complaints.length === 0, page.complaints.join("\n"));
await context.close();
await chromium.close();
server.close();
end();
