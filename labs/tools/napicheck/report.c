// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - the verdict, and the report for people.
 */
#include "napicheck.h"

const char * const verdict_names[] = {
	[VERDICT_KEPT] = "kept",
	[VERDICT_BROKEN] = "BROKEN",
	[VERDICT_UNKNOWN] = "unknown",
	[VERDICT_UNTESTED] = "not exercised",
	[VERDICT_UNCHECKED] = "not checked",
};

/**
 * events_lost() - how much the programs could not see
 * @findings: what they did see
 *
 * Return: the number of events, 0 if they saw everything.
 */
__u64 events_lost(const struct findings *findings)
{
	return findings->missed + findings->tally[TALLY_NO_ROOM] +
	       findings->tally[TALLY_NO_ENTRY];
}

/**
 * rule_verdict() - judge a rule
 * @findings: what was seen
 * @rule: the rule
 *
 * Return: the verdict. An offence was seen whatever else was lost, since none
 * is inferred from what was not; that there was none is known only if nothing was.
 */
enum verdict rule_verdict(const struct findings *findings, enum rule rule)
{
	const struct rule_count *count = &findings->count[rule];
	unsigned int tolerance = rule_texts[rule].tolerance;

	if (count->broken && count->broken * tolerance >= count->exercised)
		return VERDICT_BROKEN;
	if (count->broken && !tolerance)
		return VERDICT_BROKEN;
	if (findings->unchecked[rule])
		return VERDICT_UNCHECKED;
	if (events_lost(findings))
		return VERDICT_UNKNOWN;
	if (rule == RULE_ZERO && findings->tally[TALLY_NO_NETPOLL])
		return VERDICT_UNKNOWN;
	return count->exercised ? VERDICT_KEPT : VERDICT_UNTESTED;
}

/**
 * run_verdict() - judge all rules
 * @run: what was watched
 *
 * Return: VERDICT_KEPT, VERDICT_BROKEN or VERDICT_UNKNOWN.
 */
enum verdict run_verdict(const struct run *run)
{
	enum verdict verdict = VERDICT_KEPT;
	unsigned int rule;

	for (rule = 0; rule < RULES; rule++) {
		switch (rule_verdict(&run->findings, rule)) {
		case VERDICT_BROKEN:
			return VERDICT_BROKEN;
		case VERDICT_UNKNOWN:
			verdict = VERDICT_UNKNOWN;
			break;
		default:
			break;
		}
	}
	return run->vanished ? VERDICT_UNKNOWN : verdict;
}

static void print_title(const struct run *run, FILE *out)
{
	char **word;

	fprintf(out, "%s: %.3f s", run->ifname ?: "all interfaces",
		run->seconds);
	if (run->command) {
		fputs(" of", out);
		for (word = run->command; *word; word++)
			fprintf(out, " %s", *word);
		if (run->status)
			fprintf(out, " (status %d)", run->status);
	}
	fprintf(out, ", %llu polls\n\n",
		run->findings.tally[TALLY_POLLS]);
}

static void print_rules(const struct run *run, FILE *out)
{
	const struct findings *findings = &run->findings;
	const struct rule_count *count;
	enum verdict verdict;
	unsigned int rule;

	fprintf(out, "%-17s%12s%12s  %s\n", "rule", "exercised", "broken", "");
	for (rule = 0; rule < RULES; rule++) {
		count = &findings->count[rule];
		verdict = rule_verdict(findings, rule);
		fprintf(out, "%-17s%12llu%12llu  %-13s  %s\n",
			rule_texts[rule].name, count->exercised, count->broken,
			verdict_names[verdict], rule_texts[rule].what);
		if (verdict == VERDICT_UNCHECKED)
			fprintf(out, "%43s%s\n", "",
				findings->unchecked[rule]);
	}
}

static void print_offence(const struct run *run, const struct offence *offence,
			  const struct symbols *symbols, FILE *out)
{
	char text[256];
	int i;

	offence_text(offence, text, sizeof(text));
	fprintf(out, "\n  first at %.6f s, CPU %u, %s: %s\n",
		offence->time < run->began ? 0 :
		(offence->time - run->began) / 1e9, offence->cpu,
		offence->name, text);
	/* Which event queue it was of, nothing here shows. */
	if (offence->kind == BAD_IRQ_WHILE_SCHEDULED)
		fputs("    (right if the NAPI has several event queues, each armed by itself)\n",
		      out);
	if (offence->poll) {
		symbols_name(symbols, offence->poll, text, sizeof(text));
		fprintf(out, "    its poll function: %s\n", text);
	}
	for (i = 0; i < offence->depth / (int)sizeof(__u64); i++) {
		symbols_name(symbols, offence->stack[i], text, sizeof(text));
		fprintf(out, "    %s\n", text);
	}
}

static void print_offences(const struct run *run, FILE *out)
{
	const struct findings *findings = &run->findings;
	struct symbols *symbols = NULL;
	unsigned int rule;

	for (rule = 0; rule < RULES; rule++) {
		if (!findings->count[rule].broken)
			continue;
		symbols = symbols ?: symbols_read();
		fprintf(out, "\n%s: %s", rule_texts[rule].name,
			rule_verdict(findings, rule) == VERDICT_BROKEN ?
			"broken" : "so rarely that a race explains it");
		if (findings->first[rule].kind < OFFENCE_KINDS)
			print_offence(run, &findings->first[rule], symbols,
				      out);
		else
			fputc('\n', out);
	}
	symbols_free(symbols);
}

static void print_notes(const struct run *run, FILE *out)
{
	const __u64 *tally = run->findings.tally;

	fputc('\n', out);
	if (!tally[TALLY_POLLS])
		fputs("No poll was seen: the driver does not use NAPI, or received nothing.\n",
		      out);
	if (tally[TALLY_UNTOLD])
		fprintf(out, "napi_complete() was called %llu times, and tells nothing.\n",
			tally[TALLY_UNTOLD]);
	if (events_lost(&run->findings))
		fprintf(out, "%llu events were lost: what is not broken is unknown.\n",
			events_lost(&run->findings));
	fprintf(out, "verdict: %s\n",
		run_verdict(run) == VERDICT_BROKEN ? "broken" :
		run_verdict(run) == VERDICT_UNKNOWN ? "unknown" :
		"no rule broken");
}

/**
 * report_text() - print the report for people
 * @run: what was watched
 * @out: where to
 *
 * Return: 0, or -1 with errno set.
 */
int report_text(const struct run *run, FILE *out)
{
	print_title(run, out);
	print_rules(run, out);
	print_offences(run, out);
	print_notes(run, out);
	return fflush(out) || ferror(out) ? -1 : 0;
}
