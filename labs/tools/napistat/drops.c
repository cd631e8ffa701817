// SPDX-License-Identifier: GPL-2.0-only
/*
 * drops.c - packets that the kernel threw away, by the reason that it gives.
 *
 * Since Linux 5.17, the tracepoint skb:kfree_skb has one. The kernel itself
 * keeps a histogram of it, in a tracing instance of our own, so that nothing
 * is recorded, lost or in anybody's way.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "napistat.h"

#define HISTOGRAM	"hist:keys=reason"

/**
 * struct drops - where the kernel counts
 * @instance: the directory of our tracing instance
 * @format: what the tracepoint's fields are, and the names of the reasons
 */
struct drops {
	char *instance;
	char *format;
};

static int file_write(char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 &&
		       write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int error = errno;

	if (fd >= 0)
		close(fd);
	free(path);
	errno = error;
	return written ? 0 : -1;
}

/* Where tracefs is mounted, or NULL after a complaint. */
static char *tracefs_root(void)
{
	static const char * const places[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
	};
	char *path, *found;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		found = file_path("%s", places[i]);
		path = file_path("%s/events", places[i]);
		if (!access(path, X_OK)) {
			free(path);
			return found;
		}
		free(path);
		free(found);
	}
	complain("no reasons for drops: no tracefs here, or not for you (be root)");
	return NULL;
}

/**
 * drops_open() - have the kernel count drops by reason from now on
 *
 * Return: to be read by drops_read(), or NULL after a complaint.
 */
struct drops *drops_open(void)
{
	struct drops *drops = allocate(NULL, sizeof(*drops));
	char *root = tracefs_root(), *path;

	memset(drops, 0, sizeof(*drops));
	if (!root)
		goto fail;
	if (asprintf(&path, "%s/events/skb/kfree_skb/format", root) >= 0)
		drops->format = file_read(path);
	if (!drops->format || !strstr(drops->format, " reason;")) {
		complain("no reasons for drops: this kernel gives none (from 5.17 on they do)");
		goto fail;
	}
	if (asprintf(&drops->instance, "%s/instances/napistat-%d", root,
		     getpid()) < 0)
		drops->instance = NULL;
	if (!drops->instance || mkdir(drops->instance, 0700)) {
		complain("no reasons for drops: no tracing instance: %s",
			 strerror(errno));
		free(drops->instance);
		drops->instance = NULL;
		goto fail;
	}
	if (asprintf(&path, "%s/events/skb/kfree_skb/trigger",
		     drops->instance) < 0 || file_write(path, HISTOGRAM)) {
		complain("no reasons for drops: this kernel lacks CONFIG_HIST_TRIGGERS");
		goto fail;
	}
	free(root);
	return drops;
fail:
	free(root);
	drops_close(drops);
	return NULL;
}

/**
 * drops_close() - stop counting
 * @drops: what drops_open() returned, or NULL
 */
void drops_close(struct drops *drops)
{
	if (!drops)
		return;
	/* The instance's triggers go with it. */
	if (drops->instance)
		rmdir(drops->instance);
	free(drops->instance);
	free(drops->format);
	free(drops);
}

/* The format ends with { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" } and so on. */
static void reason_name(const struct drops *drops, struct reason *reason)
{
	const char *at = drops->format;
	unsigned long number;
	char *end;

	snprintf(reason->name, sizeof(reason->name), "%lu", reason->number);
	while ((at = strstr(at, "{ "))) {
		at += 2;
		number = strtoul(at, &end, 0);
		if (end == at || number != reason->number ||
		    strncmp(end, ", \"", 3))
			continue;
		end += 3;
		snprintf(reason->name, sizeof(reason->name), "%.*s",
			 (int)strcspn(end, "\""), end);
		return;
	}
}

static struct reason *add_reason(struct reasons *reasons)
{
	reasons->of = allocate(reasons->of, ++reasons->count *
			       sizeof(*reasons->of));
	return &reasons->of[reasons->count - 1];
}

static int by_number(const void *left, const void *right)
{
	const struct reason *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

/**
 * drops_read() - read how many packets were dropped, by reason
 * @drops: what drops_open() returned, or NULL: then nothing is known
 * @reasons: the result, zeroed; to be emptied by reasons_free()
 */
void drops_read(const struct drops *drops, struct reasons *reasons)
{
	struct reason *reason, one = {};
	char *path, *text, *line;

	if (!drops || asprintf(&path, "%s/events/skb/kfree_skb/hist",
			       drops->instance) < 0)
		return;
	text = file_read(path);
	if (!text)
		return;
	reasons->known = true;
	for (line = text; (line = strstr(line, "{ reason:")); line++) {
		if (sscanf(line, "{ reason: %lu } hitcount: %llu", &one.number,
			   &one.count) != 2)
			continue;
		reason = add_reason(reasons);
		*reason = one;
		reason_name(drops, reason);
	}
	free(text);
	if (reasons->count)
		qsort(reasons->of, reasons->count, sizeof(*reasons->of),
		      by_number);
}

/**
 * reasons_delta() - what was dropped in between
 * @delta: the result, zeroed; to be emptied by reasons_free()
 * @after: the later reading
 * @before: the earlier one
 */
void reasons_delta(struct reasons *delta, const struct reasons *after,
		   const struct reasons *before)
{
	struct reason one;
	unsigned int i, j;

	delta->known = after->known && before->known;
	for (i = 0; delta->known && i < after->count; i++) {
		one = after->of[i];
		for (j = 0; j < before->count; j++) {
			if (before->of[j].number == one.number)
				one.count -= before->of[j].count;
		}
		if (one.count)
			*add_reason(delta) = one;
	}
}

/**
 * reasons_free() - empty them
 * @reasons: the reasons
 */
void reasons_free(struct reasons *reasons)
{
	free(reasons->of);
}
