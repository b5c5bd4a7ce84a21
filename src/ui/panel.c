/* SPDX-License-Identifier: Apache-2.0 */
#include "menu.h"
#include "text.h"

/* The first line of the marked row, counted from the top. */
static void seek_line(void *ctx, size_t number, const struct doc_line *line)
{
	size_t *found = ctx;

	if (line->row->mark && line->first && *found == 0)
		*found = number;
}

/* A failed check is worth more of the panel than the settings above it. */
static void seek_failure(struct ui *ui, const struct doc *doc)
{
	const struct rect *rect = &ui->layout.panel;
	size_t found = 0, rows = (size_t)rect->rows;

	ui->panel_seek = false;
	doc_lines(doc, rect->cols, seek_line, &found);
	if (found + 4 > ui->panel_top + rows)
		ui->panel_top = found > rows / 3 ? found - rows / 3 : 0;
}

static void draw_divider(const struct ui *ui)
{
	const struct rect *list = &ui->layout.list;
	unsigned attr = theme_attr(ui->colours, ROLE_BORDER);

	for (int i = 0; ui->layout.divider != -1 && i < list->rows; i++)
		draw_text(list->y + i, ui->layout.divider, 1, attr,
		    text_is_utf8() ? "\xe2\x94\x82" : "|");
}

void panel_draw(struct ui *ui)
{
	const struct rect *rect = &ui->layout.panel;
	const struct entry *entry = model_selected(ui);
	struct doc doc = { 0 };

	draw_divider(ui);
	if (rect->rows == 0)
		return;
	if (entry != NULL) {
		details_add(&doc, entry);
		checks_add(&doc, ui, entry);
	}
	if (ui->panel_seek)
		seek_failure(ui, &doc);
	draw_doc(ui, rect, &doc, &ui->panel_top);
	doc_done(&doc);
}
