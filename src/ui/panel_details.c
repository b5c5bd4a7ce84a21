/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"

enum { LABEL_WIDTH = 16 };

/* Those that the heading and its line below show already. */
static bool is_in_heading(const struct host_field *field)
{
	static const char *const shown[] = { "name", "hostname", "port", "user", "note" };

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (str_eq(field->json, shown[i]))
			return true;
	return false;
}

static void add_field(struct doc *doc, const struct host *host, const struct host_field *field)
{
	enum field_origin origin = host_origin(host, field);

	if (is_in_heading(field) || origin == ORIGIN_BUILTIN)
		return;
	char *value = host_get_text(host, field);
	char *text =
	    origin == ORIGIN_DEFAULTS ? mem_printf(_("%s (default)"), value) : mem_strdup(value);
	if (*value != '\0')
		doc_add(doc, ROLE_TEXT, NULL, _(field->label), text);
	free(value);
	free(text);
}

void details_add(struct doc *doc, const struct ui *ui, const struct entry *entry)
{
	const struct host *host = entry->host;
	char *address = host_address(host);
	size_t count;
	const struct host_field *fields = host_fields(&count);

	(void)ui;
	doc->label_width = LABEL_WIDTH;
	doc_add(doc, ROLE_TITLE, NULL, NULL, host->name != NULL ? host->name : _("(no name)"));
	if (host->note != NULL)
		doc_add(doc, ROLE_TEXT, NULL, NULL, host->note);
	doc_blank(doc);
	doc_add(doc, ROLE_TEXT, NULL, _("Address"), address);
	for (size_t i = 0; i < count; i++)
		add_field(doc, host, &fields[i]);
	free(address);
}
