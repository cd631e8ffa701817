/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h - reports for programs: what jansson leaves to do.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdio.h>

/* Microseconds are as fine as anything here is. */
#define JSON_FLAGS	(JSON_COMPACT | JSON_REAL_PRECISION(9))

json_t *json_text(const char *text);
json_t *json_words(char **words);
int json_line(json_t *root, FILE *out);

#endif /* JSON_H */
