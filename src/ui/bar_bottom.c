/* SPDX-License-Identifier: Apache-2.0 */
/* The bottom: the status line, where a check of all hosts shows how far it is, and the keys. */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum { NARROW_BELOW_COLS = 50, GAP = 2, BAR_MAX = 30 };

/* ---- how far ---- */

/* "[####    ]" */
static void add_bar(struct str *out, const struct batch *batch, int cols)
{
	int full = (int)(batch->done * (size_t)cols / batch->total);

	str_add_char(out, '[');
	for (int i = 0; i < cols; i++)
		str_add(out, i >= full ? " " : text_is_utf8() ? "\xe2\x96\xa0" : "#");
	str_add(out, "] ");
}

/* How many there are of each sign, as many as there is room for, the worst first. */
static void draw_signs(
    const struct ui *ui, const struct rect *rect, int x, int end, const struct batch *batch)
{
	for (enum sign sign = SIGN_FAIL; sign > SIGN_UNKNOWN; sign--) {
		if (batch->signs[sign] == 0)
			continue;
		char *text = mem_printf("%zu %s", batch->signs[sign], sign_name(sign));
		if (x + text_width(text) <= end)
			x += draw_text(rect->y, x, text_width(text),
				 theme_attr(ui->colours, sign_role(sign)), text) +
			    1;
		free(text);
	}
}

static void draw_progress(const struct ui *ui, const struct rect *rect, const struct batch *batch)
{
	const char *way_out = _("Esc stops");
	int end = rect->cols - 1 - text_width(way_out) - GAP;
	int cols = rect->cols / 4 < BAR_MAX ? rect->cols / 4 : BAR_MAX;
	struct str text = STR_INIT;

	add_bar(&text, batch, cols);
	str_addf(&text, _("%zu of %zu"), batch->done, batch->total);
	int x = 1 +
	    draw_text(
		rect->y, 1, rect->cols - 1, theme_attr(ui->colours, ROLE_TEXT), str_text(&text));
	draw_signs(ui, rect, x + GAP, end, batch);
	if (x <= end)
		draw_text(rect->y, end + GAP, text_width(way_out),
		    theme_attr(ui->colours, ROLE_KEY), way_out);
	str_done(&text);
}

/* ---- the keys ---- */

/* What a key's name and label take, with the gap after them. */
static int draw_key(
    const struct ui *ui, const struct rect *rect, int x, const struct binding *binding)
{
	char buf[8];
	const char *name = keymap_key_name(binding->key, buf);
	const char *label = _(binding->action->label);
	int width = text_width(name) + 1 + text_width(label);

	if (x + width > rect->cols)
		return 0;
	draw_text(rect->y, x, text_width(name), theme_attr(ui->colours, ROLE_KEY), name);
	draw_text(rect->y, x + text_width(name) + 1, text_width(label),
	    theme_attr(ui->colours, ROLE_TEXT), label);
	return width + (rect->cols < NARROW_BELOW_COLS ? 1 : GAP);
}

/* The first key of each action that has a label; what does not fit is left to the help. */
static void draw_keys(const struct ui *ui, const struct rect *rect)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	const struct action *before = NULL;
	int x = rect->cols < NARROW_BELOW_COLS ? 0 : 1;

	for (size_t i = 0; i < count; i++) {
		const struct action *action = bindings[i].action;

		if (action == before || action->label == NULL ||
		    !keymap_mode_includes(ui->mode, bindings[i].mode))
			continue;
		before = action;
		x += draw_key(ui, rect, x, &bindings[i]);
	}
}

void bar_draw_bottom(struct ui *ui)
{
	const struct layout *layout = &ui->layout;
	const struct rect *message = layout->message.rows > 0 ? &layout->message : &layout->bar;
	bool taken = ui->message != NULL || ui->all != NULL;

	if (layout->bar.rows == 0)
		return;
	draw_blank(&layout->message);
	draw_blank(&layout->bar);
	if (message != &layout->bar || !taken)
		draw_keys(ui, &layout->bar);
	if (ui->message != NULL)
		draw_unclean(message->y, 1, message->cols - 2,
		    theme_attr(ui->colours, ui->message_role), ui->message);
	else if (ui->all != NULL)
		draw_progress(ui, message, ui->all);
}
