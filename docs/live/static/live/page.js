// SPDX-License-Identifier: GPL-2.0-only
// page.js - the page "A Linux in the page".
import { Panel } from "./panel.js";

const box = document.getElementById("live");
if (box?.dataset.base)
	globalThis.snullLive = new Panel(box); // for the tests
