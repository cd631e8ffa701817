// SPDX-License-Identifier: GPL-2.0-only
// slides.js - arrow keys go from slide to slide, and a button shows the notes. Without it the page scrolls, and prints, all the same.
(function () {
	"use strict";

	const slides = [...document.querySelectorAll("main > section, main > section > section")];
	const button = document.getElementById("notes-button");

	function here()
	{
		const tops = slides.map((slide) => Math.abs(slide.getBoundingClientRect().top));
		return tops.indexOf(Math.min(...tops));
	}

	document.addEventListener("keydown", (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 }[event.key];

		if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
			return;
		// Of a slide that is higher than the window there may be more: the browser scrolls.
		const box = slides[here()].getBoundingClientRect();
		if ((event.key === "PageDown" && box.bottom > innerHeight + 1) || (event.key === "PageUp" && box.top < -1))
			return;
		event.preventDefault();
		slides[Math.max(0, Math.min(slides.length - 1, here() + step))].scrollIntoView();
	});
	button.addEventListener("click", () => {
		button.setAttribute("aria-pressed", String(document.body.classList.toggle("show-notes")));
	});
}());
