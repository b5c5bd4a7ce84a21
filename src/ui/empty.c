/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"

static const char *const example[] = {
	"{",
	"  \"version\": 1,",
	"  \"hosts\": [",
	"    { \"name\": \"web\", \"hostname\": \"192.0.2.10\",",
	"      \"user\": \"ecs-user\", \"identity_file\": \"~/.ssh/ecs.pem\" }",
	"  ]",
	"}",
};

static void add_example(struct doc *doc, const char *path)
{
	char *shown = path_show(path);
	char *where = mem_printf(_("Write your hosts into %s, for example:"), shown);

	doc_blank(doc);
	doc_add(doc, ROLE_TEXT, NULL, NULL, where);
	doc_blank(doc);
	for (size_t i = 0; i < ARRAY_LEN(example); i++)
		doc_add(doc, ROLE_LABEL, NULL, NULL, example[i]);
	doc_blank(doc);
	doc_add(doc, ROLE_TEXT, NULL, NULL, _("Then start sallyport again."));
	free(where);
	free(shown);
}

/* A word that no host can match is worth a word. */
static void add_unknown(struct doc *doc, const char *filter)
{
	struct query query;

	query_init(&query, filter);
	if (query.unknown != NULL) {
		char *signs = query_signs();
		char *text = mem_printf(_("%s: the signs are %s."), query.unknown, signs);
		doc_add(doc, ROLE_WARN, NULL, NULL, text);
		free(text);
		free(signs);
	}
	query_done(&query);
}

void empty_make(struct doc *doc, const struct ui *ui)
{
	if (ui->hosts.len > 0) {
		doc_add(doc, ROLE_TITLE, NULL, NULL, _("No host matches the filter."));
		add_unknown(doc, str_text(&ui->filter));
		doc_add(doc, ROLE_TEXT, NULL, NULL, _("Esc clears it."));
		return;
	}
	doc_add(doc, ROLE_TITLE, NULL, NULL,
	    ui->hosts.missing ? _("There is no hosts file yet.")
			      : _("The hosts file names no host."));
	add_example(doc, ui->hosts.path);
}
