// SPDX-License-Identifier: GPL-2.0-only
// shell.js - follows the shell in the machine by the marks that its prompt carries (FinalTerm's, OSC 133: A, a prompt
// begins; B, it ends; C, a command runs; D, it has ended, with its status), types commands into it, and hands out what
// each has printed.

const MARK = /\x1b\]133;([ABCD])(?:;(\d+))?\x07/g;
const KEEP = 1 << 20; // of one command's output, in characters
// The rest of an escape sequence, or of a mark, may come with the next bytes.
const UNFINISHED = /\x1b(?:\][^\x07]{0,40}|\[[\d;?]{0,20})?$/;

/** Without what colours it, and as lines. */
export const plain = (text) => text.replace(/\x1b\][^\x07]*\x07|\x1b\[[\d;?]*[A-Za-z]|\r/g, "");

export class Shell extends EventTarget {
	/** send(text) types into the terminal. */
	constructor(send) {
		super();
		this.send = send;
		this.reset();
	}

	/** The machine begins anew: whoever waits for the old one is told. */
	reset() {
		this.decoder = new TextDecoder();
		this.rest = "";
		this.output = "";
		this.state = "unknown";
		this.touched = false;
		this.dispatchEvent(new Event("gone"));
	}

	/** What the machine has printed. */
	feed(bytes) {
		let text = this.rest + this.decoder.decode(bytes, { stream: true });
		this.rest = UNFINISHED.exec(text)?.[0] ?? "";
		text = text.slice(0, text.length - this.rest.length);
		let at = 0;
		for (const mark of text.matchAll(MARK)) {
			this.#keep(text.slice(at, mark.index));
			at = mark.index + mark[0].length;
			this.#marked(mark[1], mark[2]);
		}
		this.#keep(text.slice(at));
	}

	#keep(text) {
		if (this.state === "running" && this.output.length < KEEP)
			this.output += text;
	}

	#marked(letter, status) {
		if (letter === "C") {
			this.state = "running";
			this.output = "";
			this.touched = false;
		} else if (letter === "D" && this.state === "running") {
			this.state = "ended";
			this.dispatchEvent(new CustomEvent("done", { detail: { output: plain(this.output), status: Number(status ?? 0) } }));
		} else if (letter === "B") {
			this.state = "prompt";
			this.dispatchEvent(new Event("prompt"));
		}
	}

	/** The reader has typed: a line may be there, half done. */
	touch() {
		this.touched = true;
	}

	#interrupt() {
		this.touched = false;
		this.send("\x03");
	}

	/** The next event of that name; rejected when the machine begins anew or time runs out: late says what is to be done then. */
	next(name, milliseconds, late) {
		return new Promise((resolve, reject) => {
			const finish = (how, what) => {
				clearTimeout(timer);
				this.removeEventListener(name, done);
				this.removeEventListener("gone", gone);
				how(what);
			};
			const done = (event) => finish(resolve, event.detail);
			const gone = () => finish(reject, new Error("the machine began anew"));
			const timer = setTimeout(() => finish(reject, new Error(`${late} (${milliseconds / 1000} s have passed)`)), milliseconds);
			this.addEventListener(name, done);
			this.addEventListener("gone", gone);
		});
	}

	/** Wait for the prompt; end what runs, if it is asked to. */
	async prompt({ interrupt = false, limit = 60000 } = {}) {
		if (this.state === "prompt")
			return;
		const prompt = this.next("prompt", limit, this.state === "unknown" ? "the machine shows no prompt: try again"
			: "what runs in the terminal does not end: end it there (Ctrl-D, q or :q! do with most programs), or press Reset");
		if (interrupt && this.state === "running")
			this.#interrupt();
		else if (this.state === "unknown")
			this.send("\r");
		await prompt;
	}

	/** Type a command, as a person would; { output, status } when it has ended. */
	async run(command, { interrupt = false, limit = 120000, late = "the command does not end: Ctrl-C in the terminal ends it, or Reset" } = {}) {
		await this.prompt({ interrupt });
		if (this.touched) {
			const clean = this.next("prompt", 60000, "the terminal does not give its line free: press Reset");
			this.#interrupt();
			await clean;
		}
		const done = this.next("done", limit, late);
		this.send(`${command.replaceAll("\n", "\r")}\r`);
		const result = await done;
		await this.prompt();
		return result;
	}
}
