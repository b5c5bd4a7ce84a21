/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum { LABEL_GAP = 2 };

/* Those that the heading and its line below show already. */
static bool is_in_heading(const struct host_field *field)
{
	static const char *const shown[] = { "name", "hostname", "port", "user", "note" };

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (str_eq(field->json, shown[i]))
			return true;
	return false;
}

static bool is_shown(const struct host *host, const struct host_field *field)
{
	return !is_in_heading(field) && host_origin(host, field) != ORIGIN_BUILTIN;
}

/* Whoever is root on that server can use the agent, too. */
static bool is_risk(const struct host *host, const struct host_field *field)
{
	return host->forward_agent && str_eq(field->json, "forward_agent");
}

static void add_field(struct doc *doc, const struct host *host, const struct host_field *field)
{
	char *value = host_get_text(host, field);
	char *text = host_origin(host, field) == ORIGIN_DEFAULTS
	    ? mem_printf(_("%s (default)"), value)
	    : mem_strdup(value);

	if (*value != '\0')
		doc_add(
		    doc, is_risk(host, field) ? ROLE_WARN : ROLE_TEXT, NULL, _(field->label), text);
	free(value);
	free(text);
}

/* The widest label that this host has, so that short ones leave room for the values. */
static int label_width(const struct host *host, const struct host_field *fields, size_t count)
{
	int width = text_width(_("Address"));

	for (size_t i = 0; i < count; i++) {
		int label = is_shown(host, &fields[i]) ? text_width(_(fields[i].label)) : 0;

		width = label > width ? label : width;
	}
	return width + LABEL_GAP;
}

void details_add(struct doc *doc, const struct entry *entry)
{
	const struct host *host = entry->host;
	char *address = host_address(host);
	size_t count;
	const struct host_field *fields = host_fields(&count);

	doc_add(doc, ROLE_TITLE, NULL, NULL, host->name != NULL ? host->name : _("(no name)"));
	if (host->note != NULL)
		doc_add(doc, ROLE_TEXT, NULL, NULL, host->note);
	if (entry->session != NULL && entry->stopped)
		doc_add(doc, ROLE_WARN, glyph_of_stopped(), NULL,
		    _("session stopped: the server may drop it; Enter resumes"));
	doc_blank(doc);
	doc->label_width = label_width(host, fields, count);
	doc_add(doc, ROLE_TEXT, NULL, _("Address"), address);
	for (size_t i = 0; i < count; i++)
		if (is_shown(host, &fields[i]))
			add_field(doc, host, &fields[i]);
	free(address);
}
