/* SPDX-License-Identifier: Apache-2.0 */
#include "menu.h"
#include "text.h"

/* The lines of the first marked rows, counted from the top. */
struct marked {
	size_t first, last;
	bool found, over;
};

static void seek_line(void *ctx, size_t number, const struct doc_line *line)
{
	struct marked *marked = ctx;

	if (!line->row->mark || marked->over) {
		marked->over = marked->found;
		return;
	}
	if (!marked->found)
		marked->first = number;
	marked->found = true;
	marked->last = number;
}

/* A failed check and its hint are worth more of the panel than the settings above them. */
static void seek_failure(struct ui *ui, const struct doc *doc)
{
	size_t rows = (size_t)ui->layout.panel.rows;
	struct marked marked = { 0 };

	ui->panel_seek = false;
	size_t lines = doc_lines(doc, ui->layout.panel.cols, seek_line, &marked);
	if (!marked.found)
		return;
	size_t needed = marked.last + 1 < lines ? marked.last + 2 : lines; /* "(more)" takes room */
	if (needed > ui->panel_top + rows)
		ui->panel_top = needed - rows;
	if (marked.first < ui->panel_top)
		ui->panel_top = marked.first;
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
	/* Only who is in the panel can scroll it. */
	if (ui->panel_seek || ui->focus == MODE_LIST)
		seek_failure(ui, &doc);
	draw_doc(ui, rect, &doc, &ui->panel_top);
	doc_done(&doc);
}
