// SPDX-License-Identifier: GPL-2.0-only
// frame.js - the site's other pages, shown above the machine in a frame: they come and go, and the machine stays, because the
// document that it is in does. The address, the title and "back" are those of the page that is seen.
import { make } from "./dom.js";

export class Frame {
	/** root is the site's address; wanted() says whether there is a machine that should stay. */
	constructor(root, wanted) {
		Object.assign(this, { root, wanted, element: null, title: document.title });
		document.addEventListener("click", (event) => this.#clicked(event, document));
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
		} else if (this.#ours(url)) {
			event.preventDefault();
			history.pushState({ frame: url.href }, "", url);
			this.#show(url.href);
		}
	}

	#show(address) {
		if (this.element) {
			if (this.element.contentDocument?.URL !== address)
				this.element.contentWindow.location.replace(address);
			return;
		}
		this.element = make("iframe", { className: "live-frame", src: address, title: "the page" });
		this.element.addEventListener("load", () => this.#loaded(address));
		document.body.classList.add("live-framed");
		document.body.append(this.element);
	}

	#loaded(address) {
		const doc = this.element?.contentDocument;
		if (!doc || !doc.URL.startsWith(this.root)) {
			location.assign(address); // the server wants no frames: go there without the machine
			return;
		}
		document.title = this.element.title = doc.title;
		history.replaceState({ frame: doc.URL }, "", doc.URL);
		doc.addEventListener("click", (event) => this.#clicked(event, doc));
		const follow = () => { document.body.dataset.theme = doc.body.dataset.theme; };
		new MutationObserver(follow).observe(doc.body, { attributes: true, attributeFilter: ["data-theme"] });
		this.element.focus();
	}

	#close() {
		this.element?.remove();
		this.element = null;
		document.body.classList.remove("live-framed");
		document.title = this.title;
	}
}
