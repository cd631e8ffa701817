// SPDX-License-Identifier: GPL-2.0-only
/*
 * vectors.c - which lines of /proc/interrupts are an interface's.
 *
 * A PCI device lists its message-signalled interrupts in sysfs, as does the
 * PCI device below a virtio one. Any other driver names them after its
 * interface or its device: eth0, sn1-TxRx-0, i40e-eth0-TxRx-3, virtio0-input.0.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "napistat.h"

/* Interrupt counters are 32 bits wide. */
#define IRQ_MASK	0xffffffffULL

/**
 * struct owner - what tells an interface's lines from others
 * @irqs: known interrupt numbers, ascending
 * @count: how many
 * @names: what drivers name lines after, the interface and its device, or NULL
 * @device: the name of the device, or ""
 */
struct owner {
	unsigned int *irqs;
	unsigned int count;
	const char *names[2];
	char device[NAME_MAX + 1];
};

/* ---- whose is a line? ------------------------------------------------------- */

static void owner_add(struct owner *owner, unsigned int irq)
{
	owner->irqs = allocate(owner->irqs,
			       (owner->count + 1) * sizeof(*owner->irqs));
	owner->irqs[owner->count++] = irq;
}

static void owner_list(struct owner *owner, char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	free(path);
	while (dir && (entry = readdir(dir))) {
		if (isdigit(entry->d_name[0]))
			owner_add(owner, atoi(entry->d_name));
	}
	if (dir)
		closedir(dir);
}

/* The last part of where the symbolic link "device" leads. */
static void owner_device(struct owner *owner, const char *ifname)
{
	char *path = file_path("/sys/class/net/%s/device", ifname);
	char *real = realpath(path, NULL);

	if (real)
		snprintf(owner->device, sizeof(owner->device), "%s",
			 strrchr(real, '/') + 1);
	free(real);
	free(path);
}

static bool exists(char *path)
{
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

static void owner_find(struct owner *owner, const char *ifname)
{
	static const char * const places[] = { "device", "device/.." };
	unsigned int i;

	for (i = 0; i < 2 && !owner->count; i++)
		owner_list(owner, file_path("/sys/class/net/%s/%s/msi_irqs",
					    ifname, places[i]));
	if (owner->count)
		return;
	/*
	 * Without a device it is a virtual interface, and a line of that name
	 * is another's, in another network namespace. Unless sysfs, which shows
	 * one namespace only, does not know it at all.
	 */
	owner_device(owner, ifname);
	if (!owner->device[0] &&
	    exists(file_path("/sys/class/net/%s", ifname)))
		return;
	owner->names[0] = ifname;
	owner->names[1] = owner->device[0] ? owner->device : NULL;
}

/* Is it a word of the name? eth1 is one of i40e-eth1-TxRx-0, not of eth10. */
static bool has_word(const char *name, const char *word)
{
	const char *p = name;

	while ((p = strstr(p, word))) {
		if ((p == name || strchr("-, ", p[-1])) &&
		    strchr("-:.@_, ", p[strlen(word)]))
			return true;
		p++;
	}
	return false;
}

static bool owner_has(const struct owner *owner, unsigned int irq,
		      const char *name)
{
	unsigned int i;

	for (i = 0; i < owner->count; i++) {
		if (owner->irqs[i] == irq)
			return true;
	}
	for (i = 0; i < 2; i++) {
		if (owner->names[i] && has_word(name, owner->names[i]))
			return true;
	}
	return false;
}

/* ---- /proc/interrupts ------------------------------------------------------- */

/* Its first line names the CPUs that have a column: those that are online. */
static unsigned int parse_head(const char *line, unsigned int **cpus)
{
	unsigned int count = 0;

	*cpus = NULL;
	while ((line = strstr(line, "CPU"))) {
		*cpus = allocate(*cpus, (count + 1) * sizeof(**cpus));
		(*cpus)[count++] = strtoul(line + 3, (char **)&line, 10);
	}
	return count;
}

static const char *skip_word(const char *p)
{
	p += strcspn(p, " ");
	return p + strspn(p, " ");
}

/*
 * What follows the counters: the chip; the chip's own number, if it has one;
 * "Edge" or "Level" on some machines, or "-edge", perhaps attached to that
 * number; and then the name, or several with commas.
 */
static const char *parse_name(const char *p)
{
	p = skip_word(p);
	if (isdigit(*p) && *skip_word(p))
		p = skip_word(p);
	if (*p == '-' || !strncmp(p, "Edge ", 5) || !strncmp(p, "Level ", 6))
		p = skip_word(p);
	return p;
}

static void vectors_add(struct vectors *vectors, unsigned int irq,
			const char *name, struct counts counts)
{
	struct vector *vector;

	vectors->of = allocate(vectors->of,
			       (vectors->count + 1) * sizeof(*vectors->of));
	vector = &vectors->of[vectors->count++];
	vector->irq = irq;
	vector->name = copy(name);
	vector->counts = counts;
}

static void parse_line(const char *line, const unsigned int *cpus,
		       unsigned int columns, const struct owner *owner,
		       struct vectors *vectors)
{
	struct counts counts = {};
	const char *name;
	unsigned int irq, i;
	char *p;

	irq = strtoul(line, &p, 10);
	if (*p != ':' || !isdigit(p[-1]))
		return; /* NMI, LOC and the like are no device's */
	p++;
	name = p + strspn(p, " ");
	for (i = 0; i < columns; i++)
		name = skip_word(name);
	name = parse_name(name);
	if (!owner_has(owner, irq, name))
		return;
	for (i = 0; i < columns; i++)
		counts_set(&counts, cpus[i], strtoul(p, &p, 10));
	vectors_add(vectors, irq, name, counts);
}

/**
 * vectors_read() - the vectors of an interface, and how often they were raised
 * @vectors: the result, empty before
 * @ifname: the interface's name
 *
 * Return: 0, or -1 after a complaint. To find no vector is not a failure.
 */
int vectors_read(struct vectors *vectors, const char *ifname)
{
	char *save, *line, *text = file_read(file_path("/proc/interrupts"));
	unsigned int *cpus = NULL, columns = 0;
	struct owner owner = {};

	if (!text) {
		complain("cannot read /proc/interrupts: %s", strerror(errno));
		return -1;
	}
	owner_find(&owner, ifname);
	line = strtok_r(text, "\n", &save);
	if (line)
		columns = parse_head(line, &cpus);
	while ((line = strtok_r(NULL, "\n", &save)))
		parse_line(line, cpus, columns, &owner, vectors);
	free(owner.irqs);
	free(cpus);
	free(text);
	return 0;
}

/* ---- what vectors gained ---------------------------------------------------- */

/**
 * vectors_total() - sum over the vectors
 * @vectors: of an interface
 *
 * Return: the sum of what is known, or UNKNOWN if there are none.
 */
__u64 vectors_total(const struct vectors *vectors)
{
	__u64 total = 0, one;
	unsigned int i;

	for (i = 0; i < vectors->count; i++) {
		one = counts_total(&vectors->of[i].counts);
		total += one == UNKNOWN ? 0 : one;
	}
	return vectors->count ? total : UNKNOWN;
}

static const struct vector *vectors_same(const struct vectors *vectors,
					 const struct vector *vector)
{
	unsigned int i;

	for (i = 0; i < vectors->count; i++) {
		if (vectors->of[i].irq == vector->irq &&
		    !strcmp(vectors->of[i].name, vector->name))
			return &vectors->of[i];
	}
	return NULL;
}

/* Far below what it was: freed and requested anew meanwhile, not wrapped. */
static bool vector_restarted(const struct vector *after,
			     const struct vector *before)
{
	__u64 a, b;
	unsigned int cpu;

	for (cpu = 0; cpu < after->counts.size; cpu++) {
		a = after->counts.of[cpu];
		b = counts_get(&before->counts, cpu);
		if (a != UNKNOWN && b != UNKNOWN && a < b &&
		    b - a < IRQ_MASK / 2)
			return true;
	}
	return false;
}

/**
 * vectors_delta() - what vectors gained
 * @delta: the result, empty before
 * @after: the later counters
 * @before: the earlier ones
 *
 * A vector that came or went in between is left out: an interrupt number may
 * have counted for another before.
 */
void vectors_delta(struct vectors *delta, const struct vectors *after,
		   const struct vectors *before)
{
	const struct vector *a, *b;
	struct counts counts;
	unsigned int i;

	for (i = 0; i < after->count; i++) {
		a = &after->of[i];
		b = vectors_same(before, a);
		if (!b || vector_restarted(a, b))
			continue;
		counts = (struct counts){};
		counts_delta(&counts, &a->counts, &b->counts, IRQ_MASK);
		vectors_add(delta, a->irq, a->name, counts);
	}
}

/**
 * vectors_free() - empty a list of vectors
 * @vectors: the list
 */
void vectors_free(struct vectors *vectors)
{
	while (vectors->count) {
		vectors->count--;
		free(vectors->of[vectors->count].name);
		counts_free(&vectors->of[vectors->count].counts);
	}
	free(vectors->of);
	vectors->of = NULL;
}
