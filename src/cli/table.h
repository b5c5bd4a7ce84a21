/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aligned columns by display width.  Cells are cleaned as they are added; the last
 * column is never padded.  Writes nothing itself.
 */
#ifndef SALLYPORT_CLI_TABLE_H
#define SALLYPORT_CLI_TABLE_H

#include "sallyport/util.h"

struct table {
	size_t columns; /* cells in a row */
	struct strlist cells; /* row after row */
};

/* Appends one cell; NULL is an empty one. */
void table_add(struct table *table, const char *text);
/* Appends the table to out, each line behind indent blanks; columns that are empty everywhere are left out. */
void table_write(const struct table *table, int indent, struct str *out);
void table_done(struct table *table);

/* Columns that len bytes of cleaned text take; a byte that does not decode counts one. */
int text_columns(const char *text, size_t len);

#endif
