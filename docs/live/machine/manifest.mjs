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
	"v86/build/libv86.mjs": "libv86.mjs", "v86/LICENSE": "LICENSE.v86",
	"@xterm/xterm/lib/xterm.mjs": "xterm.mjs", "@xterm/xterm/css/xterm.css": "xterm.css", "@xterm/xterm/LICENSE": "LICENSE.xterm",
	"@xterm/addon-fit/lib/addon-fit.mjs": "addon-fit.mjs",
};
const text = (path) => readFileSync(path, "utf8").trim();
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

for (const [from, to] of Object.entries(FROM_NPM))
	copyFileSync(`${modules}/${from}`, `${site}/${to}`);
// Their source maps are not there, and browsers would ask for them.
for (const name of ["xterm.mjs", "addon-fit.mjs", "libv86.mjs"])
	writeFileSync(`${site}/${name}`, readFileSync(`${site}/${name}`, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));

// Not every server compresses what it sends. It is not called .gz: some say of such a file that it is compressed on the way only.
writeFileSync(`${site}/v86.packed`, gzipSync(readFileSync(`${modules}/v86/build/v86.wasm`), { level: 9 }));

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
