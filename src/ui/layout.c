/* SPDX-License-Identifier: Apache-2.0 */
#include "menu.h"

enum {
	MIN_COLS = 20,
	MIN_ROWS = 5,
	WIDE_COLS = 80, /* from here on the panel is beside the list */
	MESSAGE_ROWS = 8, /* from here on the status line has a row of its own */
	PANEL_MAX = 110,
	GAP = 3, /* with the line between list and panel */
};

/* The list gets what it wants, up to a little more than half; the panel has no use for very much. */
static int list_width(int cols, int wanted)
{
	int most = cols * 54 / 100 - GAP;
	int least = cols - PANEL_MAX - GAP;

	if (wanted > most)
		wanted = most;
	return wanted > least ? wanted : least;
}

bool layout_is_wide(int cols)
{
	return cols >= WIDE_COLS;
}

void layout_make(
    struct layout *layout, int cols, int rows, int list_wanted, enum mode focus, bool help)
{
	int message = rows >= MESSAGE_ROWS ? 1 : 0;
	struct rect none = { 0 }, body = { 1, 0, rows - 2 - message, cols };
	struct rect inset = { 1, 1, body.rows, cols - 2 };

	*layout = (struct layout){ .divider = -1 };
	layout->too_small = cols < MIN_COLS || rows < MIN_ROWS;
	if (layout->too_small)
		return;
	layout->top = (struct rect){ 0, 0, 1, cols };
	layout->bar = (struct rect){ rows - 1, 0, 1, cols };
	layout->message = (struct rect){ rows - 2, 0, message, cols };
	if (help) {
		layout->help = inset;
		return;
	}
	if (list_wanted == 0) {
		layout->list = body;
		return;
	}
	layout->wide = layout_is_wide(cols);
	if (!layout->wide) {
		layout->list = focus == MODE_LIST ? body : none;
		layout->panel = focus == MODE_PANEL ? inset : none;
		return;
	}
	layout->list = layout->panel = body;
	layout->list.cols = list_width(cols, list_wanted);
	layout->divider = layout->list.cols + 1;
	layout->panel.x = layout->list.cols + GAP;
	layout->panel.cols = cols - layout->panel.x;
}
