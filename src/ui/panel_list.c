/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "menu.h"
#include "text.h"

enum {
	GLYPH_X = 1,
	AGE_X = 3,
	AGE_WIDTH = 3, /* of what age_text() makes */
	NAME_X = 7,
	GAP = 2,
};

static int min(int a, int b)
{
	return a < b ? a : b;
}

enum { COLUMNS = 4 };

/* Gives the columns that are shown one more each in turn, until they have what they want. */
static void grow(int got[COLUMNS], const int wanted[COLUMNS], size_t shown, int left)
{
	for (bool lacking = true; lacking && left > 0;) {
		lacking = false;
		for (size_t i = 0; i < shown && left > 0; i++)
			if (got[i] < wanted[i]) {
				got[i]++;
				left--;
				lacking = true;
			}
	}
}

/* As many columns as can be read, the name always; what is left over is shared fairly. */
static struct columns fit_columns(const struct columns *want, int width)
{
	static const int least[COLUMNS] = { 12, 18, 10, 8 };
	const int wanted[COLUMNS] = { want->name, want->address, want->group, want->tags };
	int got[COLUMNS] = { 0 }, left = width - NAME_X + GAP;
	size_t shown = 0;

	for (; shown < COLUMNS; shown++) {
		int need = wanted[shown] > 0 ? min(wanted[shown], least[shown]) + GAP : 0;

		if (need > left && shown > 0)
			break;
		got[shown] = need > 0 ? min(need, left) - GAP : 0;
		left -= min(need, left);
	}
	grow(got, wanted, shown, left);
	return (struct columns){ got[0], got[1], got[2], got[3] };
}

static void draw_cell(int y, int *x, int width, unsigned attr, const char *text)
{
	if (width <= 0)
		return;
	draw_unclean(y, *x, width, attr, text);
	*x += width + GAP;
}

static unsigned cell_attr(const struct ui *ui, bool selected, enum role role)
{
	if (!selected)
		return theme_attr(ui->colours, role);
	return theme_attr(ui->colours, ui->focus == MODE_LIST ? ROLE_CURSOR : ROLE_CURSOR_AWAY);
}

static void draw_row(const struct ui *ui, const struct columns *columns, const struct rect *rect,
    int y, const struct entry *entry, bool selected)
{
	char *address = host_address(entry->host), *tags = strlist_join(&entry->host->tags, " ");
	const struct host *host = entry->host;
	double now = loop_now_ms(ui->loop);
	enum role role;
	const char *glyph = glyph_of_entry(entry, now, &role);
	int x = rect->x + NAME_X;
	char age[4] = "";

	draw_text(y, rect->x, rect->cols, cell_attr(ui, selected, ROLE_TEXT), "");
	draw_text(y, rect->x + GLYPH_X, 1, cell_attr(ui, selected, role), glyph);
	if (entry_depth(entry) > DEPTH_LOCAL)
		age_text(age, entry_age_minutes(entry, now));
	draw_text(y, rect->x + AGE_X + AGE_WIDTH - text_width(age), text_width(age),
	    cell_attr(ui, selected, ROLE_DIM), age);
	draw_cell(y, &x, columns->name, cell_attr(ui, selected, ROLE_TEXT),
	    host->name != NULL ? host->name : _("(no name)"));
	draw_cell(y, &x, columns->address, cell_attr(ui, selected, ROLE_TEXT), address);
	draw_cell(y, &x, columns->group, cell_attr(ui, selected, ROLE_DIM), host->group);
	draw_cell(y, &x, columns->tags, cell_attr(ui, selected, ROLE_DIM), tags);
	free(address);
	free(tags);
}

static void keep_cursor_in_sight(struct ui *ui, int rows)
{
	size_t height = (size_t)rows;

	if (ui->cursor < ui->list_top)
		ui->list_top = ui->cursor;
	if (ui->cursor >= ui->list_top + height)
		ui->list_top = ui->cursor + 1 - height;
	if (ui->list_top + height > ui->shown_len)
		ui->list_top = ui->shown_len > height ? ui->shown_len - height : 0;
}

static void draw_empty(const struct ui *ui, const struct rect *rect)
{
	struct doc doc = { 0 };
	struct rect inner = { rect->y, rect->x + 1, rect->rows, rect->cols - 2 };
	size_t top = 0;

	empty_make(&doc, ui);
	draw_doc(ui, &inner, &doc, &top);
	doc_done(&doc);
}

int list_wanted(const struct ui *ui)
{
	const struct columns *want = &ui->columns;
	int width = NAME_X + want->name + GAP + want->address + GAP;

	width += want->group > 0 ? want->group + GAP : 0;
	width += want->tags > 0 ? want->tags + GAP : 0;
	return ui->hosts.len > 0 ? width : 0;
}

void list_draw(struct ui *ui)
{
	const struct rect *rect = &ui->layout.list;

	if (rect->rows == 0)
		return;
	draw_blank(rect);
	if (ui->shown_len == 0) {
		draw_empty(ui, rect);
		return;
	}
	struct columns columns = fit_columns(&ui->columns, rect->cols - 1);
	keep_cursor_in_sight(ui, rect->rows);
	for (int i = 0; i < rect->rows && ui->list_top + (size_t)i < ui->shown_len; i++) {
		size_t row = ui->list_top + (size_t)i;

		draw_row(ui, &columns, rect, rect->y + i, ui->shown[row], row == ui->cursor);
	}
}
