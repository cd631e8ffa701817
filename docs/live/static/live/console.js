// SPDX-License-Identifier: GPL-2.0-only
// console.js - the terminal that a person sees: xterm.js between the machine and the keyboard.

const DARK = { background: "#10151b", foreground: "#e6edf3", cursor: "#e6edf3", selectionBackground: "#3d5a80", green: "#4fd1a1", blue: "#7cc0f5" };
const LIGHT = { background: "#ffffff", foreground: "#1f2328", cursor: "#1f2328", selectionBackground: "#bcd7f0", green: "#00704f", blue: "#0a5a9c" };
const COLUMNS = 80, LARGEST = 13, LEAST = 11, WIDE = 0.61; // that many columns, if letters of LEAST pixels, WIDE times as wide, allow it
// The machine waits while more than this is still to be drawn: "yes" writes faster than any browser draws.
const PENDING_MOST = 256 << 10, PENDING_LEAST = 32 << 10;

export const isDark = () => {
	const theme = document.body.dataset.theme;
	return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};

export class Console {
	/** base is where the rest of the terminal is, terminal a promise of its code. type(text) is called for what the reader types; leave() when the reader wants to go on from here by keyboard. */
	static async open(base, terminal, box, { type, leave }) {
		const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("xterm.css", base).href });
		const styled = new Promise((resolve) => { style.onload = style.onerror = resolve; });
		document.head.append(style);
		const [{ Terminal }, { FitAddon }] = await Promise.all([terminal, import(new URL("addon-fit.js", base)), styled]);
		return new Console(new Terminal({
			fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace', fontSize: LARGEST,
			// A cursor that blinks would cost an idle machine more of a core than the machine does.
			theme: isDark() ? DARK : LIGHT, scrollback: 2000, cursorBlink: false,
			minimumContrastRatio: 4.5,
		}), new FitAddon(), box, type, leave);
	}

	constructor(terminal, fit, box, type, leave) {
		this.terminal = terminal;
		this.fit = fit;
		this.box = box;
		this.pending = 0;
		terminal.loadAddon(fit);
		terminal.open(box);
		terminal.onData(type);
		terminal.attachCustomKeyEventHandler((event) => {
			if (event.key !== "F6")
				return true;
			event.preventDefault(); // the browser has an F6 of its own
			if (event.type === "keydown")
				leave();
			return false;
		});
		terminal.textarea.setAttribute("aria-label", "The machine's terminal. F6 leaves it.");
		this.#follow();
	}

	/** The page's theme and size may change. */
	#follow() {
		const recolour = () => { this.terminal.options.theme = isDark() ? DARK : LIGHT; };
		this.ended = new AbortController();
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal: this.ended.signal });
		this.theme = new MutationObserver(recolour);
		this.theme.observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
		this.size = new ResizeObserver(() => this.resize());
		this.size.observe(this.box);
		this.resize();
	}

	/** The terminal goes, with all that it listens to. */
	end() {
		this.ended.abort();
		this.theme.disconnect();
		this.size.disconnect();
		this.terminal.dispose();
	}

	resize() {
		if (this.box.clientWidth < 50 || this.box.clientHeight < 30)
			return;
		this.terminal.options.fontSize = Math.min(LARGEST, Math.max(LEAST, Math.floor((this.box.clientWidth - 24) / COLUMNS / WIDE)));
		this.fit.fit();
		this.onsize?.(this.terminal.rows, this.terminal.cols);
	}

	/** Draw; hold() stops the machine when there is too much to draw, and go() lets it go on. */
	write(bytes, hold, go) {
		this.pending += bytes.length;
		if (this.pending > PENDING_MOST && !this.held) {
			this.held = true;
			hold();
		}
		this.terminal.write(bytes, () => {
			this.pending -= bytes.length;
			if (this.held && this.pending < PENDING_LEAST) {
				this.held = false;
				go();
			}
		});
	}

	clear() {
		this.terminal.reset();
	}

	readAloud(on) {
		this.terminal.options.screenReaderMode = on;
	}

	/** All of its lines, as text. */
	text() {
		const buffer = this.terminal.buffer.active, lines = [];
		for (let row = 0; row < buffer.length; row++)
			lines.push(buffer.getLine(row).translateToString(true));
		return lines.join("\n").trimEnd();
	}

	focus() {
		this.terminal.focus();
	}
}
