// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - the report for programs.
 */
#include "json.h"
#include "napicheck.h"

static json_t *make_stack(const struct offence *offence,
			  const struct symbols *symbols)
{
	json_t *array = json_array();
	char name[256];
	int i;

	for (i = 0; i < offence->depth / (int)sizeof(__u64); i++) {
		symbols_name(symbols, offence->stack[i], name, sizeof(name));
		json_array_append_new(array, json_string(name));
	}
	return array;
}

static json_t *make_offence(const struct run *run,
			    const struct offence *offence,
			    const struct symbols *symbols)
{
	json_t *object;
	char text[256];

	if (offence->kind >= OFFENCE_KINDS)
		return json_null();
	offence_text(offence, text, sizeof(text));
	object = json_pack("{s:f, s:i, s:o, s:s}", "seconds",
			   offence->time < run->began ? 0. :
			   (offence->time - run->began) / 1e9,
			   "cpu", offence->cpu, "interface",
			   json_text(offence->name), "what", text);
	symbols_name(symbols, offence->poll, text, sizeof(text));
	json_object_set_new(object, "poll", offence->poll ?
			    json_string(text) : json_null());
	json_object_set_new(object, "stack", make_stack(offence, symbols));
	return object;
}

static json_t *make_rule(const struct run *run, enum rule rule,
			 const struct symbols *symbols)
{
	static const char * const verdicts[] = {
		[VERDICT_KEPT] = "kept",
		[VERDICT_BROKEN] = "broken",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_UNTESTED] = "not exercised",
		[VERDICT_UNCHECKED] = "not checked",
	};
	const struct findings *findings = &run->findings;
	const char *why = findings->unchecked[rule];
	json_t *object;

	object = json_pack("{s:s, s:I, s:I, s:s}",
			   "rule", rule_texts[rule].name,
			   "exercised",
			   (json_int_t)findings->count[rule].exercised,
			   "broken", (json_int_t)findings->count[rule].broken,
			   "verdict", verdicts[rule_verdict(findings, rule)]);
	json_object_set_new(object, "why", why ? json_string(why) :
						 json_null());
	json_object_set_new(object, "first",
			    findings->count[rule].broken ?
			    make_offence(run, &findings->first[rule], symbols) :
			    json_null());
	return object;
}

static json_t *make_rules(const struct run *run)
{
	struct symbols *symbols = NULL;
	json_t *array = json_array();
	unsigned int rule;

	for (rule = 0; rule < RULES; rule++) {
		if (run->findings.count[rule].broken && !symbols)
			symbols = symbols_read();
		json_array_append_new(array, make_rule(run, rule, symbols));
	}
	symbols_free(symbols);
	return array;
}

/**
 * report_json() - print one line of JSON
 * @run: what was watched
 * @out: where to
 *
 * Return: 0, or -1 with errno set.
 */
int report_json(const struct run *run, FILE *out)
{
	static const char * const verdicts[] = {
		[VERDICT_KEPT] = "kept",
		[VERDICT_BROKEN] = "broken",
		[VERDICT_UNKNOWN] = "unknown",
	};
	const __u64 *tally = run->findings.tally;
	json_t *root = json_object();

	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "interface", json_text(run->ifname));
	json_object_set_new(root, "vanished", json_boolean(run->vanished));
	json_object_set_new(root, "seconds", json_real(run->seconds));
	json_object_set_new(root, "command", json_words(run->command));
	json_object_set_new(root, "status", run->status < 0 ? json_null() :
			    json_integer(run->status));
	json_object_set_new(root, "verdict",
			    json_string(verdicts[run_verdict(run)]));
	json_object_set_new(root, "polls", json_integer(tally[TALLY_POLLS]));
	json_object_set_new(root, "untold",
			    json_integer(tally[TALLY_UNTOLD]));
	json_object_set_new(root, "lost",
			    json_integer(events_lost(&run->findings)));
	json_object_set_new(root, "rules", make_rules(run));
	return json_line(root, out);
}
