/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

#include "sallyport/util.h"

static bool has(const char *capability)
{
	const char *value = tigetstr(capability);

	return value != NULL && value != (const char *)-1;
}

static bool cannot_show(const char *type, struct err *err)
{
	err_set(
	    err, ERR_LOCAL, _("the menu needs a screen, and a terminal of type %s has none"), type);
	return err_hint(err, _("Use sallyport list, check and connect, or another terminal."));
}

bool terminal_can_show(const char *type, struct err *err)
{
	int found = 0;

	if (setupterm(type, STDOUT_FILENO, &found) == ERR || found != 1) {
		if (found == 0) {
			err_set(err, ERR_LOCAL,
			    _("the terminal type %s is not known on this machine"), type);
			return err_hint(err, _("Try: TERM=xterm-256color sallyport"));
		}
		if (found == -1)
			return err_set(err, ERR_LOCAL, _("this machine has no terminfo database"));
		return cannot_show(type, err);
	}
	bool ok = has("cup") && has("clear");
	del_curterm(cur_term);
	return ok || cannot_show(type, err);
}

bool terminal_goes_back(void)
{
	return has("rmcup");
}
