// SPDX-License-Identifier: GPL-2.0-only
/*
 * units.c - the code under test, compiled a second time for this module.
 *
 * An object file cannot be in two modules, and the tests should not need
 * snull.ko: it would bring up interfaces.
 */
#include <linux/module.h>

/* What snull.ko exports, this module has for itself. */
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)	static_assert(sizeof(typeof(symbol) *))

#include "../../snull/frame/rewrite.c"
#include "../../snull/frame/ip6ext.c"
#include "../../snull/frame/segment.c"
#include "../../snull/frame/coalesce.c"
#include "../../snull/frame/coalesce_run.c"
#include "../../snull/frame/toeplitz.c"
#include "../../snull/frame/tag.c"
#include "../../snull/frame/tcam.c"
#include "../../legacy-poll/softnet.c"
#include "../../legacy-poll/carrier.c"
