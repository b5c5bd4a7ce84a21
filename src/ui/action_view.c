/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include "menu.h"

static void focus_on(struct ui *ui, enum mode mode)
{
	ui->focus = ui->mode = mode;
	ui_dirty(ui, DIRTY_ALL);
}

void action_panel(struct ui *ui)
{
	focus_on(ui, MODE_PANEL);
}

void action_list(struct ui *ui)
{
	focus_on(ui, MODE_LIST);
}

/* What is going on ends first, then what one sees. */
void action_escape(struct ui *ui)
{
	if (checker_stop_all(ui) || checker_stop_selected(ui))
		return;
	if (ui->mode == MODE_PANEL)
		action_list(ui);
	else if (ui->filter.len > 0)
		action_erase_all(ui);
}

static void sorted(struct ui *ui)
{
	model_refresh(ui);
	ui_say(ui, ROLE_TEXT, ui->reverse ? _("sorted by %s, reversed") : _("sorted by %s"),
	    _(order_name(ui->order)));
}

void action_sort(struct ui *ui)
{
	ui->order = (ui->order + 1) % ORDER_COUNT;
	sorted(ui);
}

void action_reverse(struct ui *ui)
{
	ui->reverse = !ui->reverse;
	sorted(ui);
}

void action_help(struct ui *ui)
{
	ui->mode = MODE_HELP;
	ui->help_top = 0;
	ui_dirty(ui, DIRTY_ALL);
}

void action_close_help(struct ui *ui)
{
	ui->mode = ui->focus;
	ui_dirty(ui, DIRTY_ALL);
}

void action_redraw(struct ui *ui)
{
	ui->resized = true;
}

void action_suspend(struct ui *ui)
{
	input_pause(ui);
	screen_leave(ui);
	term_suspend(ui->term);
	screen_return(ui);
	input_resume(ui);
}

/* As a shell does it: sessions that are stopped would be lost. */
void action_quit(struct ui *ui)
{
	size_t stopped = session_count_stopped(ui);

	if (stopped == 0 || ui->leaving) {
		ui_leave(ui, 0);
		return;
	}
	ui->leaving = true;
	ui_say(ui, ROLE_WARN,
	    ngettext("%zu session is stopped; q again ends it and leaves",
		"%zu sessions are stopped; q again ends them and leaves", stopped),
	    stopped);
}
