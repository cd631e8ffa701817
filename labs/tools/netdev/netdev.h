/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netdev.h - what the files of netdev share.
 *
 * Read next: netdev.c, for the commands; get.c, what is shown; set.c, what is
 * set; ../common/netlink.c, how the kernel is asked.
 */
#ifndef NETDEV_H
#define NETDEV_H

#include <stdbool.h>

#include "common.h"
#include "netlink.h"

#define STATUS_FAILED	2

/* ---- get.c, set.c --------------------------------------------------------------- */

/* By the numbers that the kernel gives them. */
#define THREADED_MODES	3
extern const char * const threaded_modes[THREADED_MODES];

bool get_known(const char *command);
int get_run(const char *command, const char *interface, bool device, bool json);
int set_run(const char *id, char **words);

/* ---- netdev.c --------------------------------------------------------------------- */

bool kernel_open(struct family *family);
bool kernel_since(const char *since);
void complain_too_old(const char *what, const char *since);

#endif /* NETDEV_H */
