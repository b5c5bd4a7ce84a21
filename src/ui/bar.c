/* SPDX-License-Identifier: Apache-2.0 */
#include <curses.h>
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum { TITLE_FROM_COLS = 50, GAP = 2 };

/* ---- top line: how many, filter, which file ---- */

static char *counts_text(const struct ui *ui, bool brief)
{
	if (brief)
		return mem_printf("%zu/%zu", ui->shown_len, ui->hosts.len);
	if (ui->filter.len > 0)
		return mem_printf(_("%zu of %zu hosts"), ui->shown_len, ui->hosts.len);
	return mem_printf(ngettext("%zu host", "%zu hosts", ui->hosts.len), ui->hosts.len);
}

/* The whole line is underlined, whatever else its parts are. */
static unsigned top_attr(const struct ui *ui, enum role role)
{
	return theme_attr(ui->colours, role) | theme_attr(ui->colours, ROLE_TOP);
}

static void draw_path(const struct ui *ui, const struct rect *rect, int from)
{
	char *shown = path_show(ui->hosts.path);
	int width = text_width(shown);

	if (from + GAP + width < rect->cols)
		draw_text(rect->y, rect->cols - width - 1, width, top_attr(ui, ROLE_DIM), shown);
	free(shown);
}

/* The end of what is typed is what one needs to see. */
static void draw_filter(struct ui *ui, const struct rect *rect, int x)
{
	char *clean = text_clean(str_text(&ui->filter));
	const char *shown = clean;
	int room = rect->cols - x - 2;

	while (room > 0 && text_width(shown) > room)
		shown += text_fit(shown, 1) > 0 ? text_fit(shown, 1) : text_fit(shown, 2);
	draw_text(rect->y, x, 1, top_attr(ui, ROLE_KEY), "/");
	int used = draw_text(rect->y, x + 1, room, top_attr(ui, ROLE_TITLE), shown);
	if (ui->mode == MODE_FILTER)
		move(rect->y, x + 1 + used);
	free(clean);
}

void bar_draw_top(struct ui *ui)
{
	const struct rect *rect = &ui->layout.top;
	bool brief = rect->cols < TITLE_FROM_COLS;
	char *counts = counts_text(ui, brief);
	int x = 1;

	draw_text(rect->y, 0, rect->cols, top_attr(ui, ROLE_TEXT), "");
	if (!brief)
		x += draw_text(rect->y, x, 9, top_attr(ui, ROLE_TITLE), PACKAGE) + GAP;
	x += draw_text(rect->y, x, text_width(counts), top_attr(ui, ROLE_TEXT), counts) + GAP;
	if (ui->mode != MODE_FILTER && ui->filter.len == 0)
		draw_path(ui, rect, x);
	else
		draw_filter(ui, rect, x);
	free(counts);
}

/* ---- bottom: the status line and the keys ---- */

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
	return width + (rect->cols < TITLE_FROM_COLS ? 1 : GAP);
}

/* The first key of each action that has a label; what does not fit is left to the help. */
static void draw_keys(const struct ui *ui, const struct rect *rect)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	const struct action *before = NULL;
	int x = rect->cols < TITLE_FROM_COLS ? 0 : 1;

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

	if (layout->bar.rows == 0)
		return;
	draw_blank(&layout->message);
	draw_blank(&layout->bar);
	if (message != &layout->bar || ui->message == NULL)
		draw_keys(ui, &layout->bar);
	if (ui->message != NULL)
		draw_unclean(message->y, 1, message->cols - 2,
		    theme_attr(ui->colours, ui->message_role), ui->message);
}
