// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - names for the kernel's addresses, and the other way round.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "napicheck.h"

struct symbol {
	__u64 address;
	bool text;
	char *name;
};

/**
 * struct symbols - /proc/kallsyms
 * @count: number of symbols
 * @room: symbols that @of has room for
 * @of: by address, ascending
 */
struct symbols {
	unsigned int count;
	unsigned int room;
	struct symbol *of;
};

static int by_address(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return 0;
}

/* "ffffffff81000000 T name" or "ffffffffc0000000 t name	[module]" */
static void add_line(struct symbols *symbols, char *line)
{
	struct symbol *symbol;
	char *end, type;

	if (symbols->count == symbols->room) {
		symbols->room = 2 * symbols->room + 1024;
		symbols->of = allocate(symbols->of, symbols->room *
						    sizeof(*symbols->of));
	}
	symbol = &symbols->of[symbols->count];
	symbol->address = strtoull(line, &end, 16);
	type = end[0] ? end[1] : '\0';
	if (!type || !end[2])
		return;
	symbol->text = type == 't' || type == 'T' || type == 'w' || type == 'W';
	end[strcspn(end, "\n")] = '\0';
	symbol->name = strdup(end + 3);
	if (symbol->name)
		symbols->count++;
}

/**
 * symbols_read() - read the kernel's symbols
 *
 * Return: the symbols, or NULL after a complaint.
 */
struct symbols *symbols_read(void)
{
	struct symbols *symbols = allocate(NULL, sizeof(*symbols));
	FILE *file = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t size = 0;

	memset(symbols, 0, sizeof(*symbols));
	if (!file) {
		complain("cannot read /proc/kallsyms: %s", strerror(errno));
		free(symbols);
		return NULL;
	}
	while (getline(&line, &size, file) > 0)
		add_line(symbols, line);
	free(line);
	fclose(file);
	qsort(symbols->of, symbols->count, sizeof(*symbols->of), by_address);
	return symbols;
}

/**
 * symbols_free() - forget them
 * @symbols: the symbols, or NULL
 */
void symbols_free(struct symbols *symbols)
{
	unsigned int i;

	if (!symbols)
		return;
	for (i = 0; i < symbols->count; i++)
		free(symbols->of[i].name);
	free(symbols->of);
	free(symbols);
}

/**
 * symbols_address() - look a symbol up
 * @symbols: the symbols
 * @name: its name
 *
 * Return: its address, or 0 if there is none.
 */
__u64 symbols_address(const struct symbols *symbols, const char *name)
{
	size_t len = strlen(name);
	const char *found;
	unsigned int i;

	for (i = 0; i < symbols->count; i++) {
		found = symbols->of[i].name;
		/* A tab and its module may follow. */
		if (!strncmp(found, name, len) &&
		    (!found[len] || found[len] == '\t'))
			return symbols->of[i].address;
	}
	return 0;
}

/* "name", or a part that the compiler made of it: "name.cold" */
static bool is_part(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(symbol, name, len) &&
	       (!symbol[len] || symbol[len] == '.');
}

/**
 * symbols_ranges() - find out where functions begin and end
 * @symbols: the symbols
 * @names: of the functions, ending with NULL
 * @config: receives the ranges
 *
 * Return: how many ranges there are: none if the kernel hides addresses.
 */
unsigned int symbols_ranges(const struct symbols *symbols,
			    const char * const *names,
			    struct watch_config *config)
{
	unsigned int i, next, count = 0;
	const char * const *name;

	for (i = 0; i < symbols->count && count < CORE_RANGES; i++) {
		/* What the kernel hides is at 0. */
		if (!symbols->of[i].address)
			continue;
		for (name = names; *name; name++) {
			if (is_part(symbols->of[i].name, *name))
				break;
		}
		if (!*name)
			continue;
		for (next = i + 1; next + 1 < symbols->count; next++) {
			if (symbols->of[next].address > symbols->of[i].address)
				break;
		}
		config->core[count].start = symbols->of[i].address;
		config->core[count].end = symbols->of[next].address;
		count++;
	}
	return count;
}

/**
 * symbols_name() - name an address
 * @symbols: the symbols, or NULL
 * @address: the address
 * @text: the result: "function+0x12 [module]"
 * @size: room in it
 */
void symbols_name(const struct symbols *symbols, __u64 address, char *text,
		  size_t size)
{
	unsigned int low = 0, high = symbols ? symbols->count : 0, middle;
	const struct symbol *symbol;
	size_t len;

	while (low < high) {
		middle = (low + high) / 2;
		if (symbols->of[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	while (low && !symbols->of[low - 1].text)
		low--;
	if (!low) {
		snprintf(text, size, "%#llx", address);
		return;
	}
	symbol = &symbols->of[low - 1];
	/* The name may be followed by a tab and its module. */
	len = strcspn(symbol->name, "\t");
	snprintf(text, size, "%.*s+%#llx%s%s", (int)len, symbol->name,
		 address - symbol->address, symbol->name[len] ? " " : "",
		 symbol->name[len] ? symbol->name + len + 1 : "");
}
