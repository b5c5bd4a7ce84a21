/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum { GAP = 2 };

/* What means the same everywhere is told once. */
static bool is_told(const struct binding *binding, enum mode mode)
{
	return binding->mode == mode &&
	    (mode == MODE_ALL || keymap_find(MODE_ALL, binding->key) != binding->action);
}

/* "Up, k": all keys of an action in one mode. */
static char *keys_of(enum mode mode, const struct action *action)
{
	struct strlist names = { 0 };
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	char buf[8];

	for (size_t i = 0; i < count; i++) {
		const char *name = keymap_key_name(bindings[i].key, buf);

		if (is_told(&bindings[i], mode) && bindings[i].action == action &&
		    !strlist_has(&names, name))
			strlist_add(&names, name);
	}
	char *joined = strlist_join(&names, ", ");
	strlist_done(&names);
	return joined;
}

static bool is_first_of_action(const struct binding *bindings, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_told(&bindings[i], bindings[at].mode) &&
		    bindings[i].action == bindings[at].action)
			return false;
	return true;
}

static void add_mode(struct doc *doc, enum mode mode)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);

	doc_heading(doc, _(keymap_mode_title(mode)), NULL);
	for (size_t i = 0; i < count; i++) {
		if (!is_told(&bindings[i], mode) || !is_first_of_action(bindings, i))
			continue;
		char *keys = keys_of(mode, bindings[i].action);
		doc_add(doc, ROLE_TEXT, NULL, keys, _(bindings[i].action->help));
		free(keys);
	}
}

static void add_filter(struct doc *doc)
{
	const struct filter_prefix *prefix;

	doc_heading(doc, _("In front of a word of a filter"), NULL);
	for (size_t i = 0; (prefix = query_prefix(i)) != NULL; i++)
		doc_add(doc, ROLE_TEXT, NULL, prefix->text, _(prefix->help));
}

/* The name is what one types behind "is:". */
static void add_sign(
    struct doc *doc, enum role role, const char *glyph, const char *name, const char *means)
{
	char *label = mem_printf("%s %s", glyph, name);

	doc_add(doc, role, NULL, label, means);
	free(label);
}

static void add_legend(struct doc *doc)
{
	doc_heading(doc, _("Signs"), NULL);
	for (enum sign sign = SIGN_COUNT; sign-- > 0;)
		add_sign(
		    doc, sign_role(sign), sign_glyph(sign), sign_name(sign), _(sign_means(sign)));
	add_sign(doc, ROLE_TEXT, glyph_of_verdict(VERDICT_SKIP), verdict_name(VERDICT_SKIP),
	    _("of one check: could not be looked at"));
	doc_add(doc, ROLE_TEXT, NULL, glyph_of_running(), _("is being checked now"));
	doc_add(
	    doc, ROLE_TEXT, NULL, glyph_of_stopped(), _("a session is stopped; Enter resumes it"));
	doc_add(doc, ROLE_TEXT, NULL, "now, 5m, 3h, 4d", _("how old the result is"));
}

/* The longest of the keys' column, and a gap. */
static void align(struct doc *doc)
{
	int width = 0;

	for (size_t i = 0; i < doc->len; i++)
		if (doc->rows[i].role != ROLE_TITLE && doc->rows[i].label != NULL &&
		    text_width(doc->rows[i].label) > width)
			width = text_width(doc->rows[i].label);
	for (size_t i = 0; i < doc->len; i++)
		if (doc->rows[i].role != ROLE_TITLE)
			doc->rows[i].label_width = width + GAP;
}

void help_make(struct doc *doc)
{
	for (enum mode mode = MODE_ALL; mode < MODE_COUNT; mode++)
		add_mode(doc, mode);
	add_filter(doc);
	add_legend(doc);
	align(doc);
}

void help_draw(struct ui *ui)
{
	struct doc doc = { 0 };

	if (ui->layout.help.rows == 0)
		return;
	help_make(&doc);
	draw_doc(ui, &ui->layout.help, &doc, &ui->help_top);
	doc_done(&doc);
}
