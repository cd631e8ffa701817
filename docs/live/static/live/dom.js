// SPDX-License-Identifier: GPL-2.0-only
// dom.js - what the scripts of the machine make elements with.

export function make(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}
