/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int text_columns(const char *text, size_t len)
{
	mbstate_t state = { 0 };
	int columns = 0;

	for (size_t i = 0; i < len;) {
		wchar_t c;
		size_t n = mbrtowc(&c, text + i, len - i, &state);
		if (n == 0 || n > len - i) {
			memset(&state, 0, sizeof state);
			columns++;
			i++;
			continue;
		}
		int width = wcwidth(c);
		columns += width > 0 ? width : 0;
		i += n;
	}
	return columns;
}

void table_add(struct table *table, const char *text)
{
	strlist_take(&table->cells, clean_dup(text));
}

void table_done(struct table *table)
{
	strlist_done(&table->cells);
}

static const char *cell_at(const struct table *table, size_t row, size_t column)
{
	return table->cells.items[row * table->columns + column];
}

/* The width of each column, -1 for one that is empty in every row. */
static int *measure(const struct table *table, size_t rows)
{
	int *widths = mem_zalloc(table->columns, sizeof *widths);

	for (size_t column = 0; column < table->columns; column++) {
		widths[column] = -1;
		for (size_t row = 0; row < rows; row++) {
			const char *cell = cell_at(table, row, column);
			int width = text_columns(cell, strlen(cell));

			if (*cell && width > widths[column])
				widths[column] = width;
		}
	}
	return widths;
}

static void write_row(
    const struct table *table, size_t row, const int *widths, int indent, struct str *out)
{
	size_t blanks =
	    (size_t)indent; /* written only before the next text: no line ends in blanks */

	for (size_t column = 0; column < table->columns; column++) {
		const char *cell = cell_at(table, row, column);

		if (widths[column] == -1)
			continue;
		if (*cell)
			str_addf(out, "%*s%s", (int)blanks, "", cell);
		blanks = *cell ? 0 : blanks;
		blanks += (size_t)(widths[column] - text_columns(cell, strlen(cell))) + 2;
	}
	str_add_char(out, '\n');
}

void table_write(const struct table *table, int indent, struct str *out)
{
	size_t rows = table->cells.len / table->columns;
	int *widths = measure(table, rows);

	for (size_t row = 0; row < rows; row++)
		write_row(table, row, widths, indent, out);
	free(widths);
}
