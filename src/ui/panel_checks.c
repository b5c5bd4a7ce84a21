/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

/* The longest id, session.channel, and a gap. */
enum { LABEL_WIDTH = 16 };

static char *ago_text(long minutes)
{
	long hours = minutes / 60, days = hours / 24;

	if (minutes < 1)
		return mem_strdup(_("just now"));
	if (hours < 2)
		return mem_printf(_("%ld min ago"), minutes);
	if (days < 2)
		return mem_printf(_("%ld h ago"), hours);
	return mem_printf(_("%ld days ago"), days);
}

/* "reach, 5 min ago", or what is going on */
static char *state_text(const struct ui *ui, const struct entry *entry)
{
	enum depth depth = entry_depth(entry);

	if (entry->running != DEPTH_NONE && entry->session == NULL)
		return mem_printf(_("%s, running"), depth_name(entry->running));
	if (entry->checker != NULL && !entry->checker->automatic)
		return mem_strdup(_("waiting for their turn"));
	if (depth == DEPTH_NONE)
		return mem_strdup(_("none yet"));
	char *ago = ago_text(entry_age_minutes(entry, loop_now_ms(ui->loop)));
	char *text = mem_printf("%s, %s", depth_name(depth), ago);

	free(ago);
	return text;
}

/* What was not looked at is not known to be good. */
static void add_depth(struct doc *doc, const struct entry *entry)
{
	enum sign sign = entry_sign(entry);

	if (entry->running != DEPTH_NONE || entry->count == 0)
		return;
	if (sign == SIGN_UNKNOWN || sign == SIGN_REACH)
		doc_add(doc, sign_role(sign), sign_glyph(sign), NULL, _(sign_means(sign)));
}

static void add_hint(struct doc *doc, const char *hint, bool mark)
{
	char *text = mem_printf("%s %s", text_is_utf8() ? "\xe2\x86\x92" : "->", hint);
	struct doc_row *row = doc_add(doc, ROLE_HINT, " ", "", text);

	row->text_role = ROLE_HINT;
	row->mark = mark;
	free(text);
}

/* What needs no attention takes one line, until one asks for the panel.  What is being looked at again has no verdict now. */
static void add_finding(
    struct doc *doc, const struct ui *ui, const struct result *result, bool awaits)
{
	enum role role = awaits ? ROLE_LABEL : role_of_verdict(result->verdict);
	const char *glyph = awaits ? glyph_of_running() : glyph_of_verdict(result->verdict);
	struct doc_row *row = doc_add(doc, role, glyph, result->id, result->summary);

	row->brief =
	    result->verdict <= VERDICT_PASS && result->hint == NULL && ui->focus != MODE_PANEL;
	row->mark = result->verdict == VERDICT_FAIL;
	if (result->verdict == VERDICT_SKIP)
		row->text_role = ROLE_SKIP;
	if (result->hint != NULL && *result->hint != '\0')
		add_hint(doc, result->hint, result->verdict == VERDICT_FAIL);
	if (result->fixable)
		add_hint(doc, _("f: fix"), result->verdict == VERDICT_FAIL);
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
		add_depth(doc, entry);
	}
	for (size_t i = 0; i < entry->count; i++)
		add_finding(
		    doc, ui, entry->findings[i].result, entry_awaits(entry, &entry->findings[i]));
	free(state);
}
