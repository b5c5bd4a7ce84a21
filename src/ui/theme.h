/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of text looks like, in colours from the terminal's own palette or without any. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>

enum role {
	ROLE_TEXT,
	ROLE_DIM, /* less important: ages, where a value came from */
	ROLE_TOP, /* the line at the top, a rule under it */
	ROLE_TITLE,
	ROLE_LABEL,
	ROLE_CURSOR, /* the selected row of the list that has the keys */
	ROLE_CURSOR_AWAY, /* the same while another panel has them */
	ROLE_KEY, /* a key's name on the bottom line and in the help */
	ROLE_BORDER,
	ROLE_PASS,
	ROLE_WARN,
	ROLE_FAIL,
	ROLE_SKIP,
	ROLE_HINT, /* what to do next */
	ROLE_COUNT
};

/* Sets up curses' colours; returns whether there are any ($NO_COLOR and poor terminals: none). */
bool theme_start(void);
/* The curses attribute (attr_t) of a role. */
unsigned theme_attr(bool colours, enum role role);

#endif
