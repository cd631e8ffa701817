// SPDX-License-Identifier: GPL-2.0-only
// site.mjs - for tests of the machine in the page: a server that can misbehave, Debian's Chromium, and TAP.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", json: "application/json", wasm: "application/wasm", svg: "image/svg+xml" };

/** Serve a directory; fault(path) may answer "missing", "short" or "gzip" for a file. */
export function serve(directory, fault = () => null) {
	const server = createServer((request, response) => {
		const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
		const file = join(directory, normalize(path));
		const how = fault(path);
		if (how === "missing" || !existsSync(file) || !statSync(file).isFile()) {
			response.writeHead(404).end("no such file");
			return;
		}
		const head = { "Content-Type": TYPES[file.split(".").pop()] ?? "application/octet-stream", "Cache-Control": "max-age=600" };
		if (how === "gzip")
			response.writeHead(200, { ...head, "Content-Encoding": "gzip" }).end(gzipSync(readFileSync(file), { level: 1 }));
		else if (how === "short")
			response.writeHead(200, head).end(readFileSync(file).subarray(0, 1000000));
		else
			createReadStream(file).pipe(response.writeHead(200, { ...head, "Content-Length": statSync(file).size }));
	});
	return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ base: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() })));
}

let count = 0, failed = 0;

/** One test; why is true, false, or a string that says what is wrong. */
export function ok(name, good, why = "") {
	count++;
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${count} - ${name}`);
	if (!good)
		console.log(`# ${String(why).replaceAll("\n", "\n# ").slice(0, 3000)}`);
}

/** A group of tests that may fail as a whole. */
export async function group(name, body) {
	try {
		await body();
	} catch (error) {
		ok(name, false, error.stack);
	}
}

export function end() {
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

export async function browser(modules) {
	const { chromium } = await import(pathToFileURL(join(modules, "playwright-core/index.mjs")).href);
	return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--no-first-run"] });
}

/** For the browser's processes and for this one, which serves, the seconds that their main threads have waited for a CPU that others had. */
async function waits(client) {
	const found = new Map(), { processInfo } = await client.send("SystemInfo.getProcessInfo");
	for (const id of [process.pid, ...processInfo.map((one) => one.id)])
		try {
			found.set(id, Number(readFileSync(`/proc/${id}/schedstat`, "utf8").split(" ")[1]) / 1e9);
		} catch {
			// it has ended meanwhile
		}
	return found;
}

/**
 * What body() takes, in seconds, on a host that has nothing else to do: less what the one process that had to wait the longest has
 * waited for a CPU. { seconds, wall }; words() is both of them.
 */
export async function alone(chromium, body) {
	const client = await chromium.newBrowserCDPSession();
	const before = await waits(client), began = performance.now();
	await body();
	const wall = (performance.now() - began) / 1000;
	const waited = Math.max(...[...await waits(client)].map(([id, seconds]) => seconds - (before.get(id) ?? 0)));
	await client.detach();
	const seconds = Math.max(0, wall - waited);
	return { seconds, wall, words: `${seconds.toFixed(2)} s${waited > 0.1 ? ` (and ${waited.toFixed(2)} s for others' load)` : ""}` };
}

/** A page that remembers what goes wrong: messages on the console, errors, requests to elsewhere. */
export async function open(context, base, path) {
	const page = await context.newPage();
	page.complaints = [];
	page.requests = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !message.location().url?.endsWith("favicon.ico"))
			page.complaints.push(`console: ${message.text()}`);
	});
	page.on("pageerror", (error) => page.complaints.push(`error: ${error.stack ?? error.message}`));
	page.on("request", (request) => {
		page.requests.push(request.url());
		if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(base))
			page.complaints.push(`remote request: ${request.url()}`);
	});
	await page.goto(base + path);
	return page;
}

/** Type a command into the machine's terminal; { output, status }. */
export const sh = (page, command, limit = 240000) => page.evaluate(([text, most]) =>
	globalThis.snullLive.shell.run(text, { interrupt: true, limit: most }), [command, limit]);

export const until = async (condition, milliseconds = 60000) => {
	const deadline = Date.now() + milliseconds;
	while (!(await condition())) {
		if (Date.now() > deadline)
			return false;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return true;
};
