// SPDX-License-Identifier: GPL-2.0-only
// scorer.js - the order of search results: what explains comes before what lists. Sphinx puts this text at the end of language_data.js.
var Scorer = {
	// A function of ours that is called exactly so comes first; then the glossary, the chapters, the labs; parts of the source last.
	SECTIONS: [["reference/code/", -20], ["glossary", 25], ["story/", 24], ["getting-started", 22], ["labs/", 20], ["troubleshooting", 16],
		["benchmarks", 14], ["tour/", 12], ["reference/", 10], ["simulation/", 8], ["teaching/", -4], ["contributing/", -8]],

	score([docname, title, , descr, score]) {
		const words = (new URLSearchParams(window.location.search).get("q") || "").trim().toLowerCase();

		// Not so a parameter of ours: softnet_stat is a file of the kernel's first.
		if (descr !== null && /function|struct/.test(descr) && title.toLowerCase() === words)
			return score + 60;
		const section = Scorer.SECTIONS.find(([name]) => docname.startsWith(name));
		return score + (section ? section[1] : 0);
	},

	objNameMatch: 11,
	objPartialMatch: 6,
	objPrio: { 0: 15, 1: 5, 2: -5 },
	objPrioDefault: 0,
	title: 15,
	partialTitle: 7,
	term: 5,
	partialTerm: 2,
};
