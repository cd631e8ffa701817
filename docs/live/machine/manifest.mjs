// SPDX-License-Identifier: GPL-2.0-only
// manifest.mjs - put what the page fetches into WORK/site, and describe it in machine.json.
//
// usage: node manifest.mjs NODE-MODULES KERNEL-DIRECTORY WORK VERSION-OF-THE-KERNELS-SOURCE
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { SETTINGS } from "./settings.mjs";

const [modules, kernel, work, source] = process.argv.slice(2);
const site = `${work}/site`;
const FROM_NPM = {
	"v86/LICENSE": "LICENSE.v86", "@xterm/xterm/css/xterm.css": "xterm.css", "@xterm/xterm/LICENSE": "LICENSE.xterm",
};
const text = (path) => readFileSync(path, "utf8").trim();
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

for (const [from, to] of Object.entries(FROM_NPM))
	copyFileSync(`${modules}/${from}`, `${site}/${to}`);
// Their source maps are not there, and browsers would ask for them.
const code = (path) => readFileSync(`${modules}/${path}`, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
// (.js: not every server knows what an .mjs is, and browsers take no module of an unknown type.)
writeFileSync(`${site}/addon-fit.js`, code("@xterm/addon-fit/lib/addon-fit.mjs"));
// Not every server compresses what it sends. They are not called .gz: some say of such a file that it is compressed on the way only.
const pack = (name, bytes) => writeFileSync(`${site}/${name}.packed`, gzipSync(bytes, { level: 9 }));
pack("v86", readFileSync(`${modules}/v86/build/v86.wasm`));
pack("libv86", code("v86/build/libv86.mjs"));
pack("xterm", code("@xterm/xterm/lib/xterm.mjs"));

const files = readdirSync(site).sort().map((name) => {
	const bytes = readFileSync(`${site}/${name}`);
	return { name, size: statSync(`${site}/${name}`).size, sha256: hashOf(bytes) };
});
// A directory of that name holds these very files, so that a browser may keep them for ever.
const hash = hashOf(JSON.stringify(files)).slice(0, 12);
mkdirSync(`${work}/${hash}`);
for (const { name } of files)
	renameSync(`${site}/${name}`, `${work}/${hash}/${name}`);
renameSync(`${work}/${hash}`, `${site}/${hash}`);
writeFileSync(`${site}/machine.json`, `${JSON.stringify({
	licence: "SPDX-License-Identifier: GPL-2.0-only", hash, kernel: text(`${kernel}/kernel`), source, settings: SETTINGS, files,
	commands: text(`${work}/commands`).split("\n"),
}, null, 1)}\n`);
