/* SPDX-License-Identifier: Apache-2.0 */
#include "theme.h"

#include <curses.h>
#include <stdlib.h>

#include "sallyport/util.h"

/* -1 is the terminal's own foreground.  Attributes alone must do where there are no colours. */
static const struct {
	short colour;
	unsigned with_colours;
	unsigned without;
} looks[ROLE_COUNT] = {
	[ROLE_TEXT] = { -1, A_NORMAL, A_NORMAL },
	[ROLE_DIM] = { -1, A_DIM, A_NORMAL },
	[ROLE_TOP] = { -1, A_UNDERLINE, A_UNDERLINE },
	[ROLE_TITLE] = { -1, A_BOLD, A_BOLD },
	[ROLE_LABEL] = { COLOR_CYAN, A_NORMAL, A_NORMAL },
	[ROLE_CURSOR] = { -1, A_REVERSE, A_REVERSE },
	[ROLE_CURSOR_AWAY] = { -1, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE },
	[ROLE_KEY] = { COLOR_CYAN, A_BOLD, A_BOLD },
	[ROLE_BORDER] = { -1, A_DIM, A_NORMAL },
	[ROLE_PASS] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[ROLE_WARN] = { COLOR_YELLOW, A_BOLD, A_BOLD },
	[ROLE_FAIL] = { COLOR_RED, A_BOLD, A_BOLD },
	[ROLE_SKIP] = { -1, A_DIM, A_NORMAL },
	[ROLE_HINT] = { -1, A_BOLD, A_BOLD },
};

/* https://no-color.org: set and not empty */
static bool colours_wanted(void)
{
	const char *no = getenv("NO_COLOR");

	return no == NULL || *no == '\0';
}

bool theme_start(void)
{
	if (!colours_wanted() || !has_colors() || start_color() == ERR || COLORS < 8)
		return false;
	if (use_default_colors() == ERR || COLOR_PAIRS <= ROLE_COUNT)
		return false;
	for (short role = 0; role < ROLE_COUNT; role++)
		init_pair((short)(role + 1), looks[role].colour, -1);
	return true;
}

unsigned theme_attr(bool colours, enum role role)
{
	if (!colours)
		return looks[role].without;
	if (looks[role].colour == -1)
		return looks[role].with_colours;
	return looks[role].with_colours | (unsigned)COLOR_PAIR((int)role + 1);
}
