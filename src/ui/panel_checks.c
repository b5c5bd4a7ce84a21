/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

/* The longest id, session.channel, and a gap. */
enum { LABEL_WIDTH = 16 };

/* "reach, 5 min ago", or what is going on */
static char *state_text(const struct ui *ui, const struct entry *entry)
{
	enum depth depth = entry_depth(entry);
	long minutes = entry_age_minutes(entry, loop_now_ms(ui->loop));

	if (entry->running != DEPTH_NONE && entry->session == NULL)
		return mem_printf(_("%s, running"), depth_name(entry->running));
	if (depth == DEPTH_NONE)
		return mem_strdup(_("none yet"));
	if (minutes < 1)
		return mem_printf(_("%s, just now"), depth_name(depth));
	return mem_printf(_("%s, %ld min ago"), depth_name(depth), minutes);
}

static void add_hint(struct doc *doc, const char *hint, bool mark)
{
	char *text = mem_printf("%s %s", text_is_utf8() ? "\xe2\x86\x92" : "->", hint);
	struct doc_row *row = doc_add(doc, ROLE_HINT, " ", "", text);

	row->text_role = ROLE_HINT;
	row->mark = mark;
	free(text);
}

/* What needs no attention takes one line, until one asks for the panel. */
static void add_finding(struct doc *doc, const struct ui *ui, const struct result *result)
{
	enum role role = role_of_verdict(result->verdict);
	struct doc_row *row =
	    doc_add(doc, role, glyph_of_verdict(result->verdict), result->id, result->summary);

	row->brief = result->verdict <= VERDICT_PASS && ui->focus != MODE_PANEL;
	row->mark = result->verdict == VERDICT_FAIL;
	if (result->verdict == VERDICT_SKIP)
		row->text_role = ROLE_SKIP;
	if (result->hint != NULL && *result->hint != '\0')
		add_hint(doc, result->hint, result->verdict == VERDICT_FAIL);
}

static void add_problem(struct doc *doc, const struct host *host)
{
	struct doc_row *row =
	    doc_add(doc, ROLE_FAIL, glyph_of_verdict(VERDICT_FAIL), "host.settings", host->problem);

	row->mark = true;
	add_hint(doc, _("Mend the entry in the hosts file and start sallyport again."), true);
}

void checks_add(struct doc *doc, const struct ui *ui, const struct entry *entry)
{
	char *state = state_text(ui, entry);

	doc->label_width = LABEL_WIDTH;
	if (entry->host->problem != NULL) {
		doc_heading(doc, _("Checks"), NULL);
		add_problem(doc, entry->host);
	} else {
		doc_heading(doc, _("Checks"), state);
	}
	for (size_t i = 0; i < entry->count; i++)
		add_finding(doc, ui, entry->findings[i].result);
	free(state);
}
