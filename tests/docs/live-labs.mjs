// SPDX-License-Identifier: GPL-2.0-only
// live-labs.mjs - "Run it" on every block of a page that can be run in the machine: each has its tick. TAP, for tests/34-docs-live.t.
//
// usage: node live-labs.mjs SITE NODE-MODULES SCREENSHOTS PAGE…     PAGE is a lab's number, or the name of a page, as story/09-threaded-napi
import { mkdirSync, readdirSync } from "node:fs";
import { browser, end, group, ok, open, serve } from "./site.mjs";

const [site, modules, shots, ...pages] = process.argv.slice(2);
const LIMIT = 240000; // ms, for one block
mkdirSync(shots, { recursive: true });
const server = await serve(site);
const chromium = await browser(modules);
const names = readdirSync(`${site}/labs`);

async function visit(file) {
	const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
	const page = await open(context, server.base, file);
	page.setDefaultTimeout(LIMIT);
	return [context, page];
}

/** What the page says of a block when it has run. */
const run = (page, index) => page.evaluate(async (at) => {
	const block = globalThis.snullLab.blocks[at];
	await block.run();
	return block.result.innerText;
}, index);

for (const name of pages)
	await group(name, async () => {
		const lab = /^\d\d$/.test(name) ? `lab ${name}` : name;
		const file = /^\d\d$/.test(name) ? `labs/${names.find((one) => one.startsWith(`${name}-`) && one.endsWith(".html"))}` : `${name}.html`;
		let [context, page] = await visit(file);
		const blocks = await page.evaluate(() => globalThis.snullLab.blocks.map(({ lacks, steps }) => ({ lacks, first: steps[0].command })));
		ok(`${lab}: ${blocks.length} console blocks, ${blocks.filter(({ lacks }) => !lacks).length} of them for the page`, blocks.length > 0);
		for (const [index, { lacks, first }] of blocks.entries()) {
			if (lacks)
				continue;
			// Its clock is the host's: on a busy one a tick may come between two lines of a trace. So a block has a second try, in a
			// new machine that has seen the blocks before it.
			let said = await run(page, index);
			if (!said.startsWith("✓")) {
				await context.close();
				[context, page] = await visit(file);
				for (let before = 0; before < index; before++)
					if (!blocks[before].lacks)
						await run(page, before);
				said = await run(page, index) + (said ? `\n\nbefore that:\n${said}` : "");
			}
			ok(`${lab}: ${first.split("\n")[0]}`, said.startsWith("✓"), said);
		}
		await page.screenshot({ path: `${shots}/live-${lab.replace(/\W/g, "-")}.png` });
		ok(`${lab}: what needs more says so, and what has it`, await page.evaluate(() => globalThis.snullLab.blocks.filter(({ lacks }) => lacks)
			.every(({ box }) => box.nextElementSibling.textContent.includes("make "))));
		ok(`${lab}: no message, no remote request`, page.complaints.length === 0, page.complaints.join("\n"));
		await context.close();
	});
await chromium.close();
server.close();
end();
