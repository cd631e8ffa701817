// SPDX-License-Identifier: GPL-2.0-only
/*
 * units.c - the code under test, compiled a second time for this module.
 *
 * An object file cannot be in two modules, and the tests should not need
 * snull.ko: it would bring up interfaces.
 *
 * Read next: units_legacy.c, what knows the kernel's network headers.
 */
#include <linux/module.h>

#include "../../snull/frame/rewrite.c"
#include "../../snull/frame/ip6ext.c"
#include "../../snull/frame/segment.c"
#include "../../snull/frame/coalesce.c"
#include "../../snull/frame/coalesce_run.c"
#include "../../snull/frame/toeplitz.c"
#include "../../snull/frame/tag.c"
#include "../../snull/frame/tcam.c"
