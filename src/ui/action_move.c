/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include <limits.h>

#include "menu.h"

static int page_rows(const struct ui *ui)
{
	if (ui->mode == MODE_HELP)
		return ui->layout.help.rows;
	return ui->focus == MODE_PANEL ? ui->layout.panel.rows : ui->layout.list.rows;
}

/* Drawing brings a position beyond the end back into range. */
static void scroll(size_t *top, long by)
{
	if (by < 0 && (size_t)-by > *top)
		*top = 0;
	else if (by > 0 && *top > (size_t)LONG_MAX - (size_t)by)
		*top = LONG_MAX;
	else
		*top += (size_t)by;
}

/* Moving while one types a filter means that the typing is over. */
static void leave_filter(struct ui *ui)
{
	if (ui->mode != MODE_FILTER)
		return;
	ui->mode = ui->focus = MODE_LIST;
	ui_dirty(ui, DIRTY_ALL);
}

static void move_by(struct ui *ui, long rows)
{
	leave_filter(ui);
	if (ui->mode == MODE_HELP)
		scroll(&ui->help_top, rows);
	else if (ui->focus == MODE_PANEL)
		scroll(&ui->panel_top, rows);
	else
		model_move_to(ui, (long)ui->cursor + rows);
	ui_dirty(ui, DIRTY_PANEL);
}

void action_up(struct ui *ui)
{
	move_by(ui, -1);
}

void action_down(struct ui *ui)
{
	move_by(ui, 1);
}

void action_page_up(struct ui *ui)
{
	move_by(ui, -page_rows(ui));
}

void action_page_down(struct ui *ui)
{
	move_by(ui, page_rows(ui));
}

void action_half_up(struct ui *ui)
{
	move_by(ui, -(page_rows(ui) / 2));
}

void action_half_down(struct ui *ui)
{
	move_by(ui, page_rows(ui) / 2);
}

void action_first(struct ui *ui)
{
	move_by(ui, -INT_MAX);
}

void action_last(struct ui *ui)
{
	move_by(ui, INT_MAX);
}
