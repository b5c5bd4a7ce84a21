/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the terminal's description before curses is given it.  Apart, because <term.h> defines too many short names. */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <stdbool.h>

struct err;

/* Is the type known, and can it place the cursor and clear the screen? */
bool terminal_can_show(const char *type, struct err *err);
/* After curses has started: does the terminal show what was there before when curses ends? */
bool terminal_goes_back(void);

#endif
