/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include "menu.h"

void action_fix(struct ui *ui)
{
	struct entry *entry = model_selected(ui);

	if (entry->session != NULL)
		ui_say(ui, ROLE_WARN, _("%s has a stopped session: Enter resumes it"),
		    entry->host->name);
	else if (entry_fixable(entry) == DEPTH_NONE)
		ui_say(ui, ROLE_WARN,
		    _("%s: no check has found anything here that can be mended from the menu"),
		    entry->host->name);
	else
		session_fix(ui, entry);
}
