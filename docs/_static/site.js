// SPDX-License-Identifier: GPL-2.0-only
// site.js - folds the outputs of a lab's steps until they are asked for, and lets the keyboard reach what scrolls.
// Without it all is open; paper shows all.
(function () {
	"use strict";

	// A browser may be told to keep nothing for a page, and then even asking is an error: the theme's and the search's scripts do not
	// expect that. This runs before the search.
	try {
		localStorage.getItem("");
	} catch {
		const kept = new Map();
		const value = {
			getItem: (key) => kept.get(key) ?? null,
			setItem: (key, text) => { kept.set(key, String(text)); },
			removeItem: (key) => { kept.delete(key); },
		};
		Object.defineProperty(window, "localStorage", { configurable: true, value });
		document.body.dataset.theme ||= "auto"; // the theme's own line has failed
	}

	const folds = [...document.querySelectorAll("details.reveal")];
	const KEY = "snull-outputs";

	function remember(value)
	{
		try {
			localStorage.setItem(KEY, value);
		} catch {
			// no room: it holds for this page alone
		}
	}

	function all(open)
	{
		for (const fold of folds)
			fold.open = open;
	}

	// A button above the first step, which remembers what was chosen.
	function offer()
	{
		const box = document.createElement("p"), button = document.createElement("button");
		let open = localStorage.getItem(KEY) === "open";

		function show()
		{
			all(open);
			button.textContent = open ? "Hide what the commands print" : "Show what all commands print";
		}
		button.type = "button";
		button.className = "reveal-all";
		button.addEventListener("click", () => {
			open = !open;
			remember(open ? "open" : "");
			show();
		});
		box.append(button);
		document.querySelector("article h1").after(box);
		show();
	}

	// What a search in the page leads into, and paper, must not be closed.
	function onPaper()
	{
		let before;

		window.addEventListener("beforeprint", () => {
			const every = [...document.querySelectorAll("details")];
			before = every.filter((one) => !one.open);
			for (const one of before)
				one.open = true;
		});
		window.addEventListener("afterprint", () => {
			for (const one of before || [])
				one.open = false;
		});
	}

	function reachable()
	{
		for (const box of document.querySelectorAll(".content pre, .table-wrapper, figure.picture")) {
			if (box.scrollWidth <= box.clientWidth + 1 || box.tabIndex === 0)
				continue;
			box.tabIndex = 0;
			box.setAttribute("role", "group");
			box.setAttribute("aria-label", box.tagName === "PRE" ? "Text that scrolls" : box.tagName === "FIGURE" ? "Picture that scrolls" : "Table that scrolls");
		}
	}

	// Two bars of the theme's that a screen reader would call alike.
	document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
	document.querySelector(".toc-drawer")?.setAttribute("aria-label", "This page");
	if (folds.length)
		offer();
	onPaper();
	reachable();
	window.addEventListener("resize", reachable);
	document.addEventListener("toggle", reachable, true);
}());
