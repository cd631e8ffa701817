// SPDX-License-Identifier: GPL-2.0-only
// live-labs.mjs - "Run it" on every block of a lab that can be run in the page: each has its tick. TAP, for tests/34-docs-live.t.
//
// usage: node live-labs.mjs SITE NODE-MODULES SCREENSHOTS LAB…
import { mkdirSync, readdirSync } from "node:fs";
import { browser, end, group, ok, open, serve } from "./site.mjs";

const [site, modules, shots, ...labs] = process.argv.slice(2);
const LIMIT = 240000; // ms, for one block
mkdirSync(shots, { recursive: true });
const server = await serve(site);
const chromium = await browser(modules);
const names = readdirSync(`${site}/labs`);

for (const lab of labs)
	await group(`lab ${lab}`, async () => {
		const file = names.find((name) => name.startsWith(`${lab}-`) && name.endsWith(".html"));
		const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
		const page = await open(context, server.base, `labs/${file}`);
		page.setDefaultTimeout(LIMIT);
		const blocks = await page.evaluate(() => globalThis.snullLab.blocks.map(({ lacks, steps }) => ({ lacks, first: steps[0].command })));
		ok(`lab ${lab}: ${blocks.length} console blocks, ${blocks.filter(({ lacks }) => !lacks).length} of them for the page`, blocks.length > 0);
		for (const [index, { lacks, first }] of blocks.entries()) {
			if (lacks)
				continue;
			const said = await page.evaluate(async (at) => {
				const block = globalThis.snullLab.blocks[at];
				await block.run();
				return block.result.innerText + (block.result.querySelector(".live-good") ? "" : `\n${block.result.querySelector("details pre")?.textContent}`);
			}, index);
			ok(`lab ${lab}: ${first.split("\n")[0]}`, said.startsWith("✓"), said);
		}
		await page.screenshot({ path: `${shots}/live-lab-${lab}.png` });
		ok(`lab ${lab}: what needs more says so, and names make lab`, await page.evaluate(() => globalThis.snullLab.blocks.filter(({ lacks }) => lacks)
			.every(({ box }) => box.nextElementSibling.textContent.includes("make lab"))));
		ok(`lab ${lab}: no message, no remote request`, page.complaints.length === 0, page.complaints.join("\n"));
		await context.close();
	});
await chromium.close();
server.close();
end();
