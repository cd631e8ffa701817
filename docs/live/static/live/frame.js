// SPDX-License-Identifier: GPL-2.0-only
// frame.js - the site's other pages, shown above the machine in a frame: they come and go, and the machine stays, because the
// document that it is in does. The address, the title and "back" are those of the page that is seen.
import { make } from "./dom.js";

export class Frame {
	/** root is the site's address; wanted() says whether there is a machine that should stay; say(text) tells the reader. */
	constructor(root, wanted, say) {
		Object.assign(this, { root, wanted, say, element: null, title: document.title });
		document.addEventListener("click", (event) => this.#clicked(event, document));
		document.addEventListener("submit", (event) => this.#submitted(event));
		addEventListener("popstate", ({ state }) => (state?.frame ? this.#show(state.frame) : this.#close()));
	}

	/** Is that a page of this site? */
	#ours(url) {
		return url.href.startsWith(this.root) && /(?:\.html|\/)$/.test(url.pathname);
	}

	#clicked(event, doc) {
		const link = event.target.closest?.("a[href]");
		if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey ||
			link.target || link.hasAttribute("download") || !this.wanted())
			return;
		const url = new URL(link.href), here = new URL(doc.URL);
		if (url.origin === here.origin && url.pathname === here.pathname)
			return; // within the page
		if (doc !== document) {
			if (url.origin !== here.origin)
				link.target = "_top"; // what is elsewhere does not belong above the machine
			else
				this.address = url.href;
		} else {
			this.#follow(event, url);
		}
	}

	/** The search in the sidebar. */
	#submitted(event) {
		const form = event.target;
		if (event.defaultPrevented || form.method !== "get" || form.target || !this.wanted())
			return;
		const url = new URL(form.action);
		url.search = new URLSearchParams(new FormData(form));
		this.#follow(event, url);
	}

	#follow(event, url) {
		if (!this.#ours(url))
			return;
		event.preventDefault();
		history.pushState({ frame: url.href }, "", url);
		this.#show(url.href);
	}

	#show(address) {
		this.address = address;
		if (this.element) {
			if (this.element.contentDocument?.URL !== address)
				this.element.contentWindow.location.replace(address);
			return;
		}
		this.element = make("iframe", { className: "live-frame", src: address, title: "the page" });
		this.element.addEventListener("load", () => this.#loaded());
		document.body.classList.add("live-framed");
		document.body.append(this.element);
	}

	#loaded() {
		if (!this.element)
			return;
		const doc = this.element.contentDocument;
		if (!doc || !doc.URL.startsWith(this.root)) {
			this.#strange(this.address);
			return;
		}
		document.title = this.element.title = doc.title;
		history.replaceState({ frame: doc.URL }, "", doc.URL);
		doc.addEventListener("click", (event) => this.#clicked(event, doc));
		const follow = () => { document.body.dataset.theme = doc.body.dataset.theme; };
		new MutationObserver(follow).observe(doc.body, { attributes: true, attributeFilter: ["data-theme"] });
		this.element.focus();
	}

	/** What came is no page of the site's that may be in a frame: perhaps the browser's own, which says that there is no network. */
	async #strange(address) {
		const there = await fetch(address, { method: "HEAD", cache: "no-store" }).then(() => true, () => false);
		if (!this.element || this.address !== address)
			return; // the reader has gone elsewhere meanwhile
		if (there) {
			location.assign(address); // the server wants no frames: go there without the machine
		} else {
			this.say(`${address} cannot be reached: is the server, or the network, still there? The machine is.`);
			history.back();
		}
	}

	#close() {
		this.element?.remove();
		this.element = null;
		document.body.classList.remove("live-framed");
		document.title = this.title;
	}
}
