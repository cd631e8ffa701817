// SPDX-License-Identifier: GPL-2.0-only
// dom.js - what the scripts of the machine make elements with.

export function make(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

/** A browser takes the focus from a button that cannot be pressed. Call what this returns when it can be, and it has it again. */
export function keepFocus(button) {
	const had = document.activeElement === button;
	return () => {
		if (had && document.activeElement === document.body)
			button.focus();
	};
}
