/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include "menu.h"

void action_connect(struct ui *ui)
{
	if (ui->mode == MODE_FILTER)
		ui->mode = ui->focus = MODE_LIST;
	ui_dirty(ui, DIRTY_ALL);
	session_enter(ui, model_selected(ui));
}

void action_check(struct ui *ui)
{
	struct entry *entry = model_selected(ui);

	if (entry->host->problem != NULL)
		ui_say(ui, ROLE_FAIL, "%s", entry->host->problem);
	else if (entry->session != NULL)
		ui_say(ui, ROLE_WARN, _("%s has a stopped session: Enter resumes it"),
		    entry->host->name);
	else
		checker_start(ui, entry, DEPTH_AUTH);
}

void action_check_all(struct ui *ui)
{
	checker_start_all(ui, DEPTH_AUTH);
}
