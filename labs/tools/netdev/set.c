// SPDX-License-Identifier: GPL-2.0-only
/*
 * set.c - napi-set: the settings of one NAPI.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "netdev.h"

/* In the kernel's include/uapi/linux/netdev.h */
#define NAPI_SET		14
#define NAPI_ATTR_ID		2
#define NAPI_ATTR_THREADED	8
#define BUSY_POLL		2

/**
 * struct setting - what can be set
 * @name: as napi-get has it
 * @attr: its number in the kernel's include/uapi/linux/netdev.h
 * @most: its greatest value
 */
struct setting {
	const char *name;
	__u16 attr;
	unsigned long long most;
};

/* The kernel keeps times in signed numbers of 64 bits. */
static const struct setting settings[] = {
	{ "defer_hard_irqs", 5, INT_MAX },
	{ "gro_flush_timeout", 6, LLONG_MAX },
	{ "irq_suspend_timeout", 7, LLONG_MAX },
	{ "threaded", NAPI_ATTR_THREADED, 0 },
};

#define SETTINGS	(sizeof(settings) / sizeof(*settings))

/**
 * struct change - what is to be set
 * @value: by setting
 * @given: which of them
 */
struct change {
	unsigned long long value[SETTINGS];
	bool given[SETTINGS];
};

static bool parse_mode(const char *text, unsigned long long *value)
{
	for (*value = 0; *value < THREADED_MODES; ++*value)
		if (!strcmp(text, threaded_modes[*value]))
			return true;
	complain("threaded is disabled, enabled or busy-poll, not '%s'", text);
	return false;
}

static bool parse_value(const struct setting *setting, const char *text,
			unsigned long long *value)
{
	if (!setting->most)
		return parse_mode(text, value);
	*value = parse_whole(text, setting->name, 0, setting->most);
	return true;
}

/* The kernel's specification writes "-" where napi-get has "_". */
static bool same_name(const char *name, const char *word, size_t length)
{
	if (strlen(name) != length)
		return false;
	for (; length; length--, name++, word++)
		if (*name != *word && !(*name == '_' && *word == '-'))
			return false;
	return true;
}

static bool parse_word(const char *word, struct change *change)
{
	size_t length = strcspn(word, "="), i;

	if (!word[length]) {
		complain("'%s' is not NAME=VALUE", word);
		return false;
	}
	for (i = 0; i < SETTINGS; i++)
		if (same_name(settings[i].name, word, length))
			break;
	if (i == SETTINGS) {
		complain("'%.*s' is none of %s, %s, %s, %s", (int)length, word,
			 settings[0].name, settings[1].name, settings[2].name,
			 settings[3].name);
		return false;
	}
	if (change->given[i]) {
		complain("%s is given twice", settings[i].name);
		return false;
	}
	change->given[i] = true;
	return parse_value(&settings[i], word + length + 1, &change->value[i]);
}

/* All values are in range, so what the kernel finds wrong is new to it. */
static void explain(const struct family *family, unsigned long long id,
		    const struct change *change)
{
	bool threaded = change->given[SETTINGS - 1];
	unsigned long long mode = change->value[SETTINGS - 1];

	if (!family->id || errno == EOPNOTSUPP)
		complain_too_old("napi-set", "6.13");
	else if (errno == EPERM)
		complain("napi-set needs the capability CAP_NET_ADMIN: run it as root");
	else if (errno == ENOENT)
		complain("no NAPI %llu: napi-get shows those of an interface, while it is up",
			 id);
	else if (threaded && errno == ERANGE && mode == BUSY_POLL)
		complain_too_old("threaded=busy-poll", "6.19");
	else if (threaded && errno == EINVAL)
		complain_too_old("napi-set with threaded", "6.17");
	else
		complain("napi-set: %s", strerror(errno));
}

static bool send_change(const struct family *family, unsigned long long id,
			const struct change *change)
{
	struct nlmsghdr *message;
	union netlink_buffer buffer;
	size_t i;

	if (!family->id)
		return false;
	message = family_request(&buffer, family->id, NLM_F_ACK, NAPI_SET);
	mnl_attr_put_u32(message, NAPI_ATTR_ID, id);
	for (i = 0; i < SETTINGS; i++) {
		if (!change->given[i])
			continue;
		if (settings[i].most > UINT32_MAX)
			mnl_attr_put_u64(message, settings[i].attr,
					 change->value[i]);
		else
			mnl_attr_put_u32(message, settings[i].attr,
					 change->value[i]);
	}
	return netlink_transact(family->socket, &buffer, NULL, NULL);
}

/**
 * set_run() - napi-set
 * @id: of the NAPI, as text
 * @words: NAME=VALUE…, and NULL
 *
 * Return: the exit status.
 */
int set_run(const char *id, char **words)
{
	struct change change = {};
	unsigned long long number;
	struct family family;
	bool good;

	number = parse_whole(id, "the id of a NAPI, which napi-get shows,", 0,
			     UINT32_MAX);
	for (; *words; words++)
		if (!parse_word(*words, &change))
			return STATUS_FAILED;
	good = kernel_open(&family);
	if (good) {
		good = send_change(&family, number, &change);
		if (!good)
			explain(&family, number, &change);
	}
	family_close(&family);
	return good ? 0 : STATUS_FAILED;
}
