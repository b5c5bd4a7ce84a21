/* SPDX-License-Identifier: Apache-2.0 */
#include "doc.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { LEAD_WIDTH = 2, TEXT_MIN = 24 };

void doc_done(struct doc *doc)
{
	for (size_t i = 0; i < doc->len; i++) {
		free(doc->rows[i].lead);
		free(doc->rows[i].label);
		free(doc->rows[i].text);
	}
	free(doc->rows);
	*doc = (struct doc){ 0 };
}

struct doc_row *doc_add(
    struct doc *doc, enum role role, const char *lead, const char *label, const char *text)
{
	doc->rows = mem_realloc(doc->rows, doc->len + 1, sizeof *doc->rows);
	struct doc_row *row = &doc->rows[doc->len++];

	*row = (struct doc_row){
		.role = role,
		.text_role = label == NULL ? role : ROLE_TEXT,
		.lead = lead != NULL ? mem_strdup(lead) : NULL,
		.label = label != NULL ? text_clean(label) : NULL,
		.text = text_clean(text),
		.label_width = doc->label_width,
	};
	return row;
}

void doc_blank(struct doc *doc)
{
	doc_add(doc, ROLE_TEXT, NULL, NULL, "");
}

void doc_heading(struct doc *doc, const char *text, const char *more)
{
	if (doc->len > 0)
		doc_blank(doc);
	struct doc_row *row = doc_add(doc, ROLE_TITLE, NULL, text, more);
	row->text_role = ROLE_DIM;
	row->label_width = text_width(row->label) + LEAD_WIDTH;
	row->brief = true;
}

static int lead_width(const struct doc_row *row)
{
	return row->lead != NULL ? LEAD_WIDTH : 0;
}

/*
 * In a narrow rectangle labels give way to texts that would take many short lines beside them:
 * such a text goes on lines of its own, indented.
 */
static bool is_stacked(const struct doc_row *row, int width)
{
	int room = width - lead_width(row) - row->label_width;

	if (row->label == NULL || row->brief || room >= TEXT_MIN)
		return false;
	return *row->label == '\0' || text_width(row->text) > room;
}

int doc_indent(const struct doc_row *row, int width)
{
	if (row->label == NULL)
		return lead_width(row);
	return is_stacked(row, width) ? LEAD_WIDTH : lead_width(row) + row->label_width;
}

static size_t row_lines(
    const struct doc_row *row, int width, size_t number, doc_line_fn *fn, void *ctx)
{
	int room = width - doc_indent(row, width);
	const char *at = row->text;
	size_t count = 0, next;

	do {
		struct doc_line line = { .row = row, .text = at, .first = count == 0 };

		if (row->brief)
			next = line.len = strlen(at);
		else if (count == 0 && is_stacked(row, width) && *row->label != '\0')
			next = 0;
		else
			line.len = text_wrap(at, room > 0 ? room : 1, &next);
		if (fn != NULL)
			fn(ctx, number + count, &line);
		count++;
		at += next;
	} while (*at != '\0');
	return count;
}

size_t doc_lines(const struct doc *doc, int width, doc_line_fn *fn, void *ctx)
{
	size_t count = 0;

	for (size_t i = 0; i < doc->len; i++)
		count += row_lines(&doc->rows[i], width, count, fn, ctx);
	return count;
}
