/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A column of text to show in a rectangle: rows of a lead (a glyph), a label and a text that
 * wraps, with a role.  The panel and the help screen are built as one, then drawn and scrolled
 * by the same code.
 */
#ifndef UI_DOC_H
#define UI_DOC_H

#include "sallyport/util.h"

#include "theme.h"

struct doc_row {
	enum role
	    role; /* of the lead, of the text where there is no label, else of a label that matters */
	enum role text_role;
	char *lead; /* at most one column; NULL: none */
	char *label; /* NULL: the text starts at the left */
	char *text; /* cleaned */
	int label_width; /* columns kept for the label */
	bool brief; /* one line, cut, instead of as many as it takes */
	bool mark; /* scroll to here, and to marked rows that follow, when asked to */
};

struct doc {
	struct doc_row *rows;
	size_t len;
	int label_width; /* of the rows that are added next */
};

void doc_done(struct doc *doc);
/* Adds a row; label and text are cleaned and copied and may be NULL; lead is our own text. */
struct doc_row *doc_add(
    struct doc *doc, enum role role, const char *lead, const char *label, const char *text);
/* A heading, with an empty row before it unless it is the first; more (may be NULL) is said after it. */
void doc_heading(struct doc *doc, const char *text, const char *more);
void doc_blank(struct doc *doc);

struct doc_line {
	const struct doc_row *row;
	const char *text; /* the part of the row's text on this line; borrowed */
	size_t len;
	bool first; /* shows lead and label too */
};

typedef void doc_line_fn(void *ctx, size_t number, const struct doc_line *line);
/* Where the text of a row begins in a rectangle of width columns. */
int doc_indent(const struct doc_row *row, int width);
/* Breaks the rows into lines of width columns; fn may be NULL.  Returns how many there are. */
size_t doc_lines(const struct doc *doc, int width, doc_line_fn *fn, void *ctx);

#endif
