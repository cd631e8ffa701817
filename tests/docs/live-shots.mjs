// SPDX-License-Identifier: GPL-2.0-only
// live-shots.mjs - pictures of the machine in the page, narrow and wide, light and dark, for a person to look at; and nothing
// sticks out of the window. TAP, for tests/34-docs-live.t.
//
// usage: node live-shots.mjs SITE NODE-MODULES SCREENSHOTS
import { mkdirSync } from "node:fs";
import { browser, end, group, ok, open, serve, sh } from "./site.mjs";

const [site, modules, shots] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });
const server = await serve(site);
const chromium = await browser(modules);
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1);

async function livePage(page, name) {
	await page.screenshot({ path: `${shots}/live-before-${name}.png` });
	await page.evaluate(() => globalThis.snullLive.open());
	for (const command of ["insmod $SNULL_KO use_napi=napi", "ip addr add 192.168.0.1/24 dev sn0 && ip link set sn0 up",
		"ip addr add 192.168.1.2/24 dev sn1 && ip link set sn1 up", "napistat -i sn1 -- pktgen -n 20000 -b 32 sn0 | tail -n 5"])
		await sh(page, command);
	await page.waitForTimeout(500);
	await page.screenshot({ path: `${shots}/live-${name}.png`, fullPage: true });
	ok(`${name}: the page fits its window`, await fits(page));
}

async function labPage(page, name) {
	await page.evaluate(async () => {
		for (const block of globalThis.snullLab.blocks.slice(0, 2))
			await block.run();
		globalThis.snullLab.blocks[1].box.scrollIntoView();
	});
	await page.waitForTimeout(500);
	await page.screenshot({ path: `${shots}/live-lab-${name}.png` });
	ok(`${name}: a lab with the machine fits its window`, await fits(page));
}

for (const [width, height] of [[390, 844], [1280, 900]])
	for (const colorScheme of ["light", "dark"])
		await group(`${width} ${colorScheme}`, async () => {
			const name = `${width}-${colorScheme}`;
			const context = await chromium.newContext({ viewport: { width, height }, colorScheme, isMobile: width < 500, hasTouch: width < 500 });
			await livePage(await open(context, server.base, "live/index.html"), name);
			await labPage(await open(context, server.base, "labs/02-one-interrupt-per-packet.html"), name);
			await context.close();
		});
await chromium.close();
server.close();
end();
