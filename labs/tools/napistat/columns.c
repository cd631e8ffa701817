// SPDX-License-Identifier: GPL-2.0-only
/*
 * columns.c - /proc/interrupts and /proc/softirqs: a column for each CPU, and in
 * the former what the kernel knows of an interrupt.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "napistat.h"

/* ---- the counters --------------------------------------------------------------- */

/**
 * columns_read() - which CPU each column is of
 * @columns: the result; columns_free() it
 * @head: the first line of the table, which names the CPUs; or NULL
 *
 * /proc/interrupts has those that are online, /proc/softirqs those that are
 * possible: some of them may not be there.
 */
void columns_read(struct columns *columns, const char *head)
{
	char *end;

	*columns = (struct columns){};
	while (head && (head = strstr(head, "CPU"))) {
		columns->cpus = allocate(columns->cpus,
					 (columns->count + 1) *
					 sizeof(*columns->cpus));
		columns->cpus[columns->count++] = strtoul(head + 3, &end, 10);
		head = end;
	}
}

/**
 * columns_counts() - read the counters of a line
 * @columns: which there are
 * @text: what follows the first colon
 * @counts: the result, by CPU; or NULL
 *
 * Return: what follows, or NULL if there are fewer counters than columns, as in
 * a line about no interrupt, or when a CPU goes offline meanwhile.
 */
const char *columns_counts(const struct columns *columns, const char *text,
			   struct counts *counts)
{
	unsigned long long value;
	unsigned int i;
	char *end;

	for (i = 0; i < columns->count; i++) {
		text += strspn(text, " ");
		if (!isdigit(*text))
			return NULL;
		value = strtoull(text, &end, 10);
		if (*end && *end != ' ')
			return NULL;
		if (counts)
			counts_set(counts, columns->cpus[i], value);
		text = end;
	}
	return text;
}

/**
 * columns_free() - the opposite of columns_read()
 * @columns: which
 */
void columns_free(struct columns *columns)
{
	free(columns->cpus);
}

/* ---- the rest of a line of /proc/interrupts --------------------------------------- */

/* The chip's own number, perhaps with how it is handled: 24, 1048576-edge */
static bool is_number(const char *word, size_t length)
{
	size_t digits = strspn(word, "0123456789");

	return digits && (digits == length || word[digits] == '-');
}

/* How it is triggered, as ARM, RISC-V and others say it */
static bool is_trigger(const char *word, size_t length)
{
	return (length == 4 && !strncmp(word, "Edge", 4)) ||
	       (length == 5 && !strncmp(word, "Level", 5));
}

/*
 * Is there a column between this and the name of the interrupt? How it is
 * handled is in one of eight characters, and two spaces come before the name.
 */
static bool is_handler(const char *word, size_t length)
{
	return *word == '-' && length > 1 && islower(word[1]);
}

static const char *next_word(const char *p)
{
	p += strcspn(p, " ");
	return p + strspn(p, " ");
}

/* Skip what says how the interrupt is triggered and handled. */
static const char *skip_kind(const char *p)
{
	size_t length = strcspn(p, " ");

	if (is_trigger(p, length) && *next_word(p)) {
		p = next_word(p);
		length = strcspn(p, " ");
	}
	if (is_handler(p, length) && *next_word(p))
		p = next_word(p);
	return p;
}

/**
 * interrupt_name() - what has requested an interrupt
 * @text: what follows the counters
 *
 * That is the chip, of one word or several; its own number, if it has one;
 * "Edge" or "Level" on some machines; "-edge" or the like on others, perhaps
 * attached to the number; and then the name, or several with commas. Where
 * there is none of these, two spaces separate the chip and the name.
 *
 * Return: the name, "" if there is none.
 */
const char *interrupt_name(const char *text)
{
	const char *chip = text + strspn(text, " "), *word, *gap;
	size_t length;

	for (word = next_word(chip); *word; word = next_word(word)) {
		length = strcspn(word, " ");
		if (is_number(word, length))
			return skip_kind(next_word(word));
		if (is_trigger(word, length) || is_handler(word, length))
			return skip_kind(word);
		/* A word of a name, whatever comes in it. */
		if (word - chip > 2 && word[-1] == ' ' && word[-2] == ' ')
			break;
	}
	gap = strstr(chip, "  ");
	return gap ? gap + strspn(gap, " ") : next_word(chip);
}
