// SPDX-License-Identifier: GPL-2.0-only
/*
 * units.c - the code under test, compiled a second time for this module.
 *
 * An object file cannot be in two modules, and the tests should not need
 * snull.ko: it would bring up interfaces.
 */
#include "../../snull/wire.c"
#include "../../snull/ip6ext.c"
#include "../../snull/seg.c"
#include "../../snull/coalesce.c"
#include "../../snull/rss.c"
#include "../../legacy-poll/softnet.c"
#include "../../legacy-poll/carrier.c"
