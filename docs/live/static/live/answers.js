// SPDX-License-Identifier: GPL-2.0-only
// answers.js - a lab's questions, answered and checked in the page. Choices and paths are compared with hashes (judge.js); numbers
// with what the lab's "measure" finds in a machine like the reader's (measure.js). Nothing is sent, and nothing kept.
import { keepFocus, make } from "./dom.js";
import { judgeAnswer, malformed } from "./judge.js";

const data = JSON.parse(document.getElementById("lab-answers").textContent);

/** The paragraph of the page that has the code "key:" in it. */
const paragraph = (key) => [...document.querySelectorAll("article li > p code")].find((code) => code.textContent === `${key}:`)?.closest("p");

/** The numbers that the reader chooses. */
class Parameter {
	constructor({ key, least, most }) {
		Object.assign(this, { key, least, most });
		this.input = make("input", { type: "number", min: least, max: most, step: 1, className: "answer-number" });
		this.input.setAttribute("aria-label", `your ${key}`);
		paragraph(key)?.after(make("div", { className: "answer-row" }, this.input));
	}

	/** "burst=32", or null. */
	get word() {
		return this.input.value && this.input.checkValidity() ? `${this.key}=${this.input.value}` : null;
	}
}

class Question {
	constructor(question, parameters) {
		Object.assign(this, { question, parameters });
		this.said = make("p", { className: "answer-said" });
		this.said.setAttribute("role", "status");
		this.button = make("button", { type: "submit", className: "live-run", textContent: "Check" });
		this.form = make("form", { className: "answer-row" }, this.#inputs(), this.button, this.said);
		this.form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.check();
		});
		paragraph(question.key)?.after(this.form);
	}

	#inputs() {
		const { key, type, choices } = this.question;
		if (type === "choice") {
			const box = make("fieldset", { className: "answer-choices" }, make("legend", { textContent: key }));
			for (const letter of choices)
				box.append(make("label", {}, make("input", { type: "radio", name: key, value: letter }), ` ${letter}`));
			return box;
		}
		this.input = make("input", { type: "text", size: type === "path" ? 50 : 12, autocomplete: "off", spellcheck: false });
		this.input.setAttribute("aria-label", key);
		if (type === "number")
			this.input.inputMode = "decimal";
		return this.input;
	}

	get value() {
		return (this.input ? this.input.value : this.form.querySelector("input:checked")?.value ?? "").trim();
	}

	say(text, how = "") {
		this.said.className = `answer-said ${how}`;
		this.said.textContent = text;
	}

	/** Resolved with whether it is right. */
	async check() {
		const giveBack = keepFocus(this.button);
		this.button.disabled = true;
		try {
			const measured = this.question.type === "number" && !malformed(this.question, this.value) ? await this.#measure() : {};
			const { right, hint } = await judgeAnswer(this.question, this.value, measured);
			this.say(right ? "✓ Right." : `✗ Not yet: ${hint}`, right ? "live-good" : "live-bad");
			return right;
		} catch (error) {
			this.say(`It cannot be checked: ${error.message}.`, "live-bad");
			return false;
		} finally {
			this.button.disabled = false;
			giveBack();
		}
	}

	async #measure() {
		if (data.lacks)
			throw new Error(`measuring this takes ${data.lacks}, which "make grade LAB=${data.number}" has`);
		const { dock } = globalThis.snullLab ?? {};
		if (!dock)
			throw new Error("this site was built without the machine that measures it (make docs-live)");
		const words = this.parameters.map(({ word }) => word), missing = this.parameters.find(({ word }) => word === null);
		if (missing)
			throw new Error(`choose ${missing.key} first, a whole number from ${missing.least} to ${missing.most}`);
		this.say("Measuring it, in a second machine: this may take a minute…");
		return dock.measure(data.lab, words);
	}
}

const parameters = data.parameters.map((one) => new Parameter(one));
globalThis.snullAnswers = data.questions.map((one) => new Question(one, parameters)); // for the tests
