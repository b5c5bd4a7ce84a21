/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_text.h"

#include <stdlib.h>
#include <string.h>

#include "cli/table.h"

/* Where summaries begin: two blanks, the verdict, two blanks, the longest id, two blanks. */
enum { COLUMN = 24, COLUMN_NARROW = 8, NARROW = 60 };

static const char *const colours[] = {
	[VERDICT_SKIP] = "\033[2m",
	[VERDICT_PASS] = "\033[32m",
	[VERDICT_WARN] = "\033[33m",
	[VERDICT_FAIL] = "\033[31m",
};

static void add_verdict(struct str *out, enum verdict verdict, const struct text_style *style)
{
	if (style->colour)
		str_add(out, colours[verdict]);
	str_add(out, verdict_name(verdict));
	if (style->colour)
		str_add(out, "\033[0m");
}

static void new_line(struct str *out, int indent)
{
	str_addf(out, "\n%*s", indent, "");
}

/*
 * Adds text at column at, wrapped between words; lines after the first begin at indent.  A word
 * that is too long for a line stays whole, so that a path or a command can be copied.
 */
static void add_wrapped(
    struct str *out, const char *text, int at, int indent, const struct text_style *style)
{
	struct str clean = STR_INIT;
	const char *word;
	bool first = true;

	clean_text(&clean, text, strlen(text), clean_locale_flags());
	for (word = str_text(&clean); *word; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");
		int columns = text_columns(word, len);
		if (!first && style->width && at + 1 + columns > style->width) {
			new_line(out, indent);
			at = indent;
			first = true;
		}
		if (!first)
			str_add_char(out, ' ');
		at += columns + !first;
		str_add_mem(out, word, len);
		first = false;
		word += len;
	}
	str_done(&clean);
}

static void add_result(struct str *out, const struct result *result, const struct text_style *style)
{
	bool narrow = style->width && style->width < NARROW;
	int column = narrow ? COLUMN_NARROW : COLUMN;
	char *id = clean_dup(result->id);

	str_add(out, "  ");
	add_verdict(out, result->verdict, style);
	str_addf(out, "  %-14s", id);
	if (narrow)
		new_line(out, column);
	else
		str_add(out, "  ");
	add_wrapped(out, result->summary ? result->summary : "", column, column, style);
	str_add_char(out, '\n');
	if (result->hint) {
		str_addf(out, "%*s%s ", column, "", _("hint:"));
		add_wrapped(
		    out, result->hint, column + (int)strlen(_("hint:")) + 1, column + 2, style);
		str_add_char(out, '\n');
	}
	free(id);
}

/* The first check that was left says why; what comes after it says the same. */
static const struct result *left(const struct host_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (result_is_left(report->results[i]))
			return report->results[i];
	return NULL;
}

void check_text(struct str *out, const struct host_report *report, const struct text_style *style)
{
	const struct result *later = left(report);

	if (style->colour)
		str_add(out, "\033[1m");
	clean_text(out, report->name, strlen(report->name), clean_locale_flags());
	if (style->colour)
		str_add(out, "\033[0m");
	str_add(out, ": ");
	add_verdict(out, report->verdict, style);
	if (report->incomplete)
		str_addf(out, ", %s", _("not looked at to the end"));
	str_add_char(out, '\n');
	for (size_t i = 0; i < report->count; i++)
		if (!style->brief || report->results[i]->verdict >= VERDICT_WARN ||
		    report->results[i] == later)
			add_result(out, report->results[i], style);
}

void text_tally_add(struct text_tally *tally, const struct host_report *report)
{
	tally->of[report->verdict]++;
	tally->incomplete += report->incomplete;
}

bool text_tally_fine(const struct text_tally *tally, bool strict)
{
	return tally->of[VERDICT_FAIL] == 0 &&
	    (!strict || (tally->of[VERDICT_WARN] == 0 && tally->incomplete == 0));
}

void check_text_tally(
    struct str *out, const struct text_tally *tally, const struct text_style *style)
{
	static const enum verdict order[] = { VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL,
		VERDICT_SKIP };
	size_t total = 0;
	const char *between = ": ";

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		total += tally->of[order[i]];
	str_addf(out, _("%zu hosts"), total);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (tally->of[order[i]] == 0)
			continue;
		str_addf(out, "%s%zu ", between, tally->of[order[i]]);
		add_verdict(out, order[i], style);
		between = ", ";
	}
	if (tally->incomplete > 0)
		str_addf(out, "; %s: %zu", _("not looked at to the end"), tally->incomplete);
	str_add_char(out, '\n');
}
