/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keys do: one table of actions and one of bindings.  The bottom line, the help screen
 * and the keys section of the manual page are made from these two.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stddef.h>

struct ui;

/* Which keys are meant; MODE_ALL are those that mean the same in list and panel. */
enum mode { MODE_ALL, MODE_LIST, MODE_PANEL, MODE_FILTER, MODE_HELP, MODE_COUNT };

enum {
	NEED_NOTHING = 0,
	NEED_HOST = 1 << 0, /* a host is selected */
};

typedef void action_fn(struct ui *ui);

struct action {
	const char *name; /* "cursor-down" */
	const char *label; /* bottom line, N_(): at most ten columns; NULL: not there */
	const char *help; /* one line, N_() */
	unsigned needs; /* NEED_*: checked before run() */
	action_fn *run;
};

struct binding {
	enum mode mode;
	int key; /* a byte, or curses' KEY_ */
	const struct action *action;
};

/* In the order in which the bottom line and the help show them. */
const struct binding *keymap_bindings(size_t *count);
/* The action of a key in a mode or in the modes that it builds on; NULL: none. */
const struct action *keymap_find(enum mode mode, int key);
/* Whether bindings of the mode below count in the mode. */
int keymap_mode_includes(enum mode mode, enum mode below);
/* "list", "help": the headings of the help screen, N_(). */
const char *keymap_mode_title(enum mode mode);
/* "Enter", "Ctrl-L", "j"; buf is for those that are made up. */
const char *keymap_key_name(int key, char buf[8]);

#endif
