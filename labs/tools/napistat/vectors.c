// SPDX-License-Identifier: GPL-2.0-only
/*
 * vectors.c - which lines of /proc/interrupts are an interface's.
 *
 * A PCI device lists its message-signalled interrupts in sysfs, as does the
 * PCI device below a virtio one. Since Linux 6.8, drivers may tell which
 * interrupt each NAPI has. And nearly all name a line after the interface or
 * the device: eth0, sn1-TxRx-0, i40e-eth0-TxRx-3, virtio0-input.0. But that name
 * stays as it is when the interface is renamed.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "napistat.h"
#include "netlink.h"

/* Interrupt counters are 32 bits wide. */
#define IRQ_MASK	0xffffffffULL

/**
 * struct owner - what tells an interface's lines from others
 * @irqs: known interrupt numbers
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

static bool owner_knows(const struct owner *owner, unsigned int irq)
{
	unsigned int i;

	for (i = 0; i < owner->count; i++)
		if (owner->irqs[i] == irq)
			return true;
	return false;
}

static void owner_add(struct owner *owner, unsigned int irq)
{
	if (owner_knows(owner, irq))
		return;
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

static int take_napi(const struct nlmsghdr *message, void *data)
{
	struct owner *owner = data;
	unsigned int irq = 0;
	struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == NETDEV_NAPI_IRQ &&
		    mnl_attr_get_payload_len(attr) == sizeof(__u32))
			irq = mnl_attr_get_u32(attr);
	}
	if (irq)
		owner_add(owner, irq);
	return MNL_CB_OK;
}

/* What the kernel knows of its NAPIs. Older ones do not: then there is none. */
static void owner_napis(struct owner *owner, unsigned int ifindex)
{
	static struct family family;
	static bool tried;
	union netlink_buffer buffer;
	struct nlmsghdr *message;

	if (!tried && !family_open(&family))
		family_close(&family);
	tried = true;
	if (!family.socket || !family.id)
		return;
	message = family_request(&buffer, family.id, NLM_F_DUMP,
				 NETDEV_NAPI_GET);
	mnl_attr_put_u32(message, NETDEV_NAPI_IFINDEX, ifindex);
	netlink_transact(family.socket, &buffer, take_napi, owner);
}

/* The last part of where a symbolic link leads, or "". */
static void link_target(char *path, char name[NAME_MAX + 1])
{
	char *real = realpath(path, NULL);

	snprintf(name, NAME_MAX + 1, "%s", real ? strrchr(real, '/') + 1 : "");
	free(real);
	free(path);
}

/*
 * Below a virtio device is the PCI device that has its interrupts. Below a PCI
 * device is the port that it is behind, whose interrupts are the port's own.
 */
static bool is_virtio(const char *ifname)
{
	char bus[NAME_MAX + 1];

	link_target(file_path("/sys/class/net/%s/device/subsystem", ifname),
		    bus);
	return !strcmp(bus, "virtio");
}

static bool exists(char *path)
{
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

/*
 * sysfs shows the interfaces of one network namespace, which need not be ours:
 * is it another's that it has under this name?
 */
static bool is_another(const char *ifname, int ifindex)
{
	char *text = file_read(file_path("/sys/class/net/%s/ifindex", ifname));
	bool other = text && atoi(text) != ifindex;

	free(text);
	return other;
}

/* Several ports, or the representors of a switch, may have one PCI device. */
static bool is_shared(const char *ifname)
{
	char *path = file_path("/sys/class/net/%s/device/net", ifname);
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int count = 0;

	free(path);
	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count > 1;
}

static void owner_find(struct owner *owner, const char *ifname, int ifindex)
{
	if (is_another(ifname, ifindex)) {
		owner_napis(owner, ifindex);
		return;
	}
	if (is_shared(ifname))
		owner_napis(owner, ifindex);
	if (owner->count)
		return;
	owner_list(owner, file_path("/sys/class/net/%s/device/msi_irqs",
				    ifname));
	if (!owner->count && is_virtio(ifname))
		owner_list(owner, file_path("/sys/class/net/%s/device/../msi_irqs",
					    ifname));
	if (owner->count)
		return;
	owner_napis(owner, ifindex);
	/*
	 * Without a device it is a virtual interface, and a line of that name
	 * is another's, in another network namespace. Unless sysfs, which shows
	 * one namespace only, does not know it at all.
	 */
	link_target(file_path("/sys/class/net/%s/device", ifname),
		    owner->device);
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

	for (i = 0; i < 2; i++)
		if (owner->names[i] && has_word(name, owner->names[i]))
			return true;
	return owner_knows(owner, irq);
}

/* ---- /proc/interrupts ------------------------------------------------------- */

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

static const struct vector *vectors_find(const struct vectors *vectors,
					 unsigned int irq, const char *name)
{
	unsigned int i;

	for (i = 0; i < vectors->count; i++) {
		if (vectors->of[i].irq == irq &&
		    !strcmp(vectors->of[i].name, name))
			return &vectors->of[i];
	}
	return NULL;
}

/* What was ours once still is, when the interface has got another name. */
static bool is_ours(const struct owner *owner, unsigned int irq,
		    const char *name)
{
	static struct vectors ours;

	if (vectors_find(&ours, irq, name))
		return true;
	if (!owner_has(owner, irq, name))
		return false;
	vectors_add(&ours, irq, name, (struct counts){});
	return true;
}

static void parse_line(const char *line, const struct columns *columns,
		       const struct owner *owner, struct vectors *vectors)
{
	struct counts counts = {};
	const char *name;
	unsigned int irq;
	char *p;

	irq = strtoul(line, &p, 10);
	if (*p != ':' || !isdigit(p[-1]))
		return; /* NMI, LOC, IPI0 and the like are no device's */
	p++;
	name = columns_counts(columns, p, NULL);
	if (!name)
		return;
	name = interrupt_name(name);
	if (!is_ours(owner, irq, name))
		return;
	columns_counts(columns, p, &counts);
	vectors_add(vectors, irq, name, counts);
}

/**
 * vectors_read() - the vectors of an interface, and how often they were raised
 * @vectors: the result, empty before
 * @ifname: the interface's name
 * @ifindex: its number
 *
 * Return: 0, or -1 after a complaint. To find no vector is not a failure.
 */
int vectors_read(struct vectors *vectors, const char *ifname, int ifindex)
{
	char *save, *line, *text = file_read(file_path("/proc/interrupts"));
	struct owner owner = {};
	struct columns columns;

	if (!text) {
		complain("cannot read /proc/interrupts: %s", strerror(errno));
		return -1;
	}
	owner_find(&owner, ifname, ifindex);
	line = strtok_r(text, "\n", &save);
	columns_read(&columns, line);
	while (line && (line = strtok_r(NULL, "\n", &save)))
		parse_line(line, &columns, &owner, vectors);
	columns_free(&columns);
	free(owner.irqs);
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
		b = vectors_find(before, a->irq, a->name);
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
