/* SPDX-License-Identifier: Apache-2.0 */
#include <curses.h>
#include <stdlib.h>

#include "menu.h"
#include "text.h"

int draw_text(int y, int x, int width, unsigned attr, const char *text)
{
	struct str cut = STR_INIT;

	if (width <= 0)
		return 0;
	text_clip(&cut, text, width);
	int used = text_width(str_text(&cut));
	attrset((attr_t)attr);
	mvaddstr(y, x, str_text(&cut));
	if (used < width)
		mvhline(y, x + used, ' ' | (attr_t)attr, width - used);
	attrset(A_NORMAL);
	str_done(&cut);
	return used;
}

int draw_unclean(int y, int x, int width, unsigned attr, const char *text)
{
	char *clean = text_clean(text);
	int used = draw_text(y, x, width, attr, clean);

	free(clean);
	return used;
}

void draw_blank(const struct rect *rect)
{
	for (int i = 0; i < rect->rows; i++)
		mvhline(rect->y + i, rect->x, ' ', rect->cols);
}

/* ---- documents ---- */

struct window {
	const struct ui *ui;
	const struct rect *rect;
	size_t top;
	int last_cols; /* of the last row; the rest is for "(more)" */
};

/* A label draws the eye only where there is something to see. */
static enum role label_role(const struct doc_row *row)
{
	bool matters = row->role == ROLE_TITLE || row->role == ROLE_WARN || row->role == ROLE_FAIL;

	return matters ? row->role : ROLE_LABEL;
}

static void draw_line(void *ctx, size_t number, const struct doc_line *line)
{
	const struct window *window = ctx;
	const struct rect *rect = window->rect;
	const struct doc_row *row = line->row;
	int lead = row->lead != NULL ? 2 : 0;

	if (number < window->top || number >= window->top + (size_t)rect->rows)
		return;
	int y = rect->y + (int)(number - window->top);
	int indent = doc_indent(row, rect->cols);
	int cols = y == rect->y + rect->rows - 1 ? window->last_cols : rect->cols;
	char *text = mem_strndup(line->text, line->len);
	if (line->first && row->lead != NULL)
		draw_text(y, rect->x, lead, theme_attr(window->ui->colours, row->role), row->lead);
	if (line->first && row->label != NULL)
		draw_text(y, rect->x + lead, cols - lead,
		    theme_attr(window->ui->colours, label_role(row)), row->label);
	if (line->len > 0)
		draw_text(y, rect->x + indent, cols - indent,
		    theme_attr(window->ui->colours, row->text_role), text);
	free(text);
}

void draw_doc(const struct ui *ui, const struct rect *rect, const struct doc *doc, size_t *top)
{
	const char *more = _(" (more)");
	size_t lines = doc_lines(doc, rect->cols, NULL, NULL);
	size_t rows = (size_t)rect->rows;
	int width = text_width(more);

	if (*top + rows > lines)
		*top = lines > rows ? lines - rows : 0;
	if (*top + rows >= lines || width + 1 >= rect->cols)
		width = 0;
	struct window window = { ui, rect, *top, rect->cols - width };
	draw_blank(rect);
	doc_lines(doc, rect->cols, draw_line, &window);
	if (width > 0)
		draw_text(rect->y + rect->rows - 1, rect->x + rect->cols - width, width,
		    theme_attr(ui->colours, ROLE_DIM), more);
}

enum { STALE_MINUTES = 60 };

const char *glyph_of_entry(const struct entry *entry, double now_ms, enum role *role)
{
	if (entry->session != NULL && entry->stopped) {
		*role = ROLE_WARN;
		return glyph_of_stopped();
	}
	if (entry->running > DEPTH_LOCAL && entry->session == NULL) {
		*role = ROLE_LABEL;
		return glyph_of_running();
	}
	*role = sign_role(entry_sign(entry));
	if (entry_age_minutes(entry, now_ms) >= STALE_MINUTES)
		*role = ROLE_DIM;
	return sign_glyph(entry_sign(entry));
}
