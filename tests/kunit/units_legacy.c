// SPDX-License-Identifier: GPL-2.0-only
/*
 * units_legacy.c - path 2's emulation, compiled a second time as in units.c.
 *
 * Read next: legacy_test.c.
 */
#include <linux/module.h>

/* What snull.ko exports, this module has for itself. */
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)	static_assert(sizeof(typeof(symbol) *))

#include "../../legacy-poll/softnet.c"
#include "../../legacy-poll/carrier.c"
