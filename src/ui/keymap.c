/* SPDX-License-Identifier: Apache-2.0 */
#include "keymap.h"

#include <curses.h>
#include <stdio.h>

#include "sallyport/util.h"

#include "actions.h"

#define CTRL(letter) ((letter)&0x1f)

enum { KEY_ESC = 27, KEY_DEL = 127 };

static const struct action act_up = { "up", NULL, N_("one row up"), NEED_NOTHING, action_up };
static const struct action act_down = { "down", NULL, N_("one row down"), NEED_NOTHING,
	action_down };
static const struct action act_page_up = { "page-up", NULL, N_("one page up"), NEED_NOTHING,
	action_page_up };
static const struct action act_page_down = { "page-down", NULL, N_("one page down"), NEED_NOTHING,
	action_page_down };
static const struct action act_half_up = { "half-page-up", NULL, N_("half a page up"), NEED_NOTHING,
	action_half_up };
static const struct action act_half_down = { "half-page-down", NULL, N_("half a page down"),
	NEED_NOTHING, action_half_down };
static const struct action act_first = { "first", NULL, N_("to the first row"), NEED_NOTHING,
	action_first };
static const struct action act_last = { "last", NULL, N_("to the last row"), NEED_NOTHING,
	action_last };
static const struct action act_connect = { "connect", N_("connect"),
	N_("connect to the selected host, or resume its stopped session"), NEED_HOST,
	action_connect };
static const struct action act_filter = { "filter", N_("filter"),
	N_("type to show only hosts that match: words in name, address, group, tags or note"),
	NEED_NOTHING, action_filter };
static const struct action act_check = { "check", N_("check"),
	N_("check the selected host up to the question whether its key would be accepted"),
	NEED_HOST, action_check };
static const struct action act_to_panel = { "panel", N_("details"),
	N_("to the host's settings and checks"), NEED_NOTHING, action_panel };
static const struct action act_to_list = { "list", N_("list"), N_("back to the list"), NEED_NOTHING,
	action_list };
static const struct action act_help = { "help", N_("help"), N_("show this help"), NEED_NOTHING,
	action_help };
static const struct action act_quit = { "quit", N_("quit"),
	N_("leave; asks once more when sessions are stopped"), NEED_NOTHING, action_quit };
static const struct action act_check_all = { "check-all", N_("check all"),
	N_("check all hosts that are shown; Esc ends that"), NEED_NOTHING, action_check_all };
static const struct action act_fix = { "fix", N_("fix"),
	N_("mend what a check offers to mend (f: fix); says what it will do, and asks"), NEED_HOST,
	action_fix };
static const struct action act_sort = { "sort", N_("sort"),
	N_("sort by the next of: file, name, status, last use, number of uses"), NEED_NOTHING,
	action_sort };
static const struct action act_reverse = { "reverse", NULL, N_("the same order backwards"),
	NEED_NOTHING, action_reverse };
static const struct action act_escape = { "escape", NULL,
	N_("end a check; else back to the list; else show all hosts again"), NEED_NOTHING,
	action_escape };
static const struct action act_redraw = { "redraw", NULL, N_("draw the screen anew"), NEED_NOTHING,
	action_redraw };
static const struct action act_suspend = { "suspend", NULL,
	N_("stop the menu and go back to the shell; fg returns"), NEED_NOTHING, action_suspend };
static const struct action act_filter_clear = { "filter-clear", N_("clear"),
	N_("clear the filter and go back to the list"), NEED_NOTHING, action_filter_clear };
static const struct action act_filter_keep = { "filter-keep", N_("list"),
	N_("keep the filter and go to the list"), NEED_NOTHING, action_filter_keep };
static const struct action act_erase_char = { "erase-char", NULL, N_("erase the last letter"),
	NEED_NOTHING, action_erase_char };
static const struct action act_erase_word = { "erase-word", NULL, N_("erase the last word"),
	NEED_NOTHING, action_erase_word };
static const struct action act_erase_all = { "erase-all", NULL, N_("erase the whole filter"),
	NEED_NOTHING, action_erase_all };
static const struct action act_close_help = { "close", N_("back"), N_("back to the list"),
	NEED_NOTHING, action_close_help };

static const struct binding bindings[] = {
	{ MODE_ALL, '\r', &act_connect },
	{ MODE_ALL, '\n', &act_connect },
	{ MODE_ALL, KEY_ENTER, &act_connect },
	{ MODE_ALL, '/', &act_filter },
	{ MODE_ALL, 'c', &act_check },
	{ MODE_LIST, '\t', &act_to_panel },
	{ MODE_PANEL, '\t', &act_to_list },
	{ MODE_PANEL, KEY_BTAB, &act_to_list },
	{ MODE_ALL, '?', &act_help },
	{ MODE_ALL, KEY_F(1), &act_help },
	{ MODE_ALL, 'q', &act_quit },
	{ MODE_ALL, CTRL('C'), &act_quit },
	{ MODE_ALL, 'C', &act_check_all },
	{ MODE_ALL, KEY_ESC, &act_escape },
	{ MODE_ALL, 'f', &act_fix },
	{ MODE_ALL, 's', &act_sort },
	{ MODE_ALL, 'S', &act_reverse },
	{ MODE_ALL, KEY_UP, &act_up },
	{ MODE_ALL, 'k', &act_up },
	{ MODE_ALL, KEY_DOWN, &act_down },
	{ MODE_ALL, 'j', &act_down },
	{ MODE_ALL, KEY_PPAGE, &act_page_up },
	{ MODE_ALL, KEY_NPAGE, &act_page_down },
	{ MODE_ALL, CTRL('U'), &act_half_up },
	{ MODE_ALL, CTRL('D'), &act_half_down },
	{ MODE_ALL, 'g', &act_first },
	{ MODE_ALL, KEY_HOME, &act_first },
	{ MODE_ALL, 'G', &act_last },
	{ MODE_ALL, KEY_END, &act_last },
	{ MODE_ALL, CTRL('L'), &act_redraw },
	{ MODE_ALL, CTRL('Z'), &act_suspend },

	{ MODE_FILTER, '\r', &act_connect },
	{ MODE_FILTER, '\n', &act_connect },
	{ MODE_FILTER, KEY_ENTER, &act_connect },
	{ MODE_FILTER, '\t', &act_filter_keep },
	{ MODE_FILTER, KEY_ESC, &act_filter_clear },
	{ MODE_FILTER, CTRL('C'), &act_filter_clear },
	{ MODE_FILTER, KEY_UP, &act_up },
	{ MODE_FILTER, KEY_DOWN, &act_down },
	{ MODE_FILTER, KEY_PPAGE, &act_page_up },
	{ MODE_FILTER, KEY_NPAGE, &act_page_down },
	{ MODE_FILTER, KEY_BACKSPACE, &act_erase_char },
	{ MODE_FILTER, KEY_DEL, &act_erase_char },
	{ MODE_FILTER, CTRL('H'), &act_erase_char },
	{ MODE_FILTER, CTRL('W'), &act_erase_word },
	{ MODE_FILTER, CTRL('U'), &act_erase_all },
	{ MODE_FILTER, CTRL('L'), &act_redraw },
	{ MODE_FILTER, CTRL('Z'), &act_suspend },

	{ MODE_HELP, 'q', &act_close_help },
	{ MODE_HELP, KEY_ESC, &act_close_help },
	{ MODE_HELP, '?', &act_close_help },
	{ MODE_HELP, '\r', &act_close_help },
	{ MODE_HELP, '\n', &act_close_help },
	{ MODE_HELP, KEY_ENTER, &act_close_help },
	{ MODE_HELP, CTRL('C'), &act_close_help },
	{ MODE_HELP, KEY_UP, &act_up },
	{ MODE_HELP, 'k', &act_up },
	{ MODE_HELP, KEY_DOWN, &act_down },
	{ MODE_HELP, 'j', &act_down },
	{ MODE_HELP, KEY_PPAGE, &act_page_up },
	{ MODE_HELP, KEY_NPAGE, &act_page_down },
	{ MODE_HELP, ' ', &act_page_down },
	{ MODE_HELP, 'g', &act_first },
	{ MODE_HELP, KEY_HOME, &act_first },
	{ MODE_HELP, 'G', &act_last },
	{ MODE_HELP, KEY_END, &act_last },
	{ MODE_HELP, CTRL('L'), &act_redraw },
	{ MODE_HELP, CTRL('Z'), &act_suspend },
};

const struct binding *keymap_bindings(size_t *count)
{
	*count = ARRAY_LEN(bindings);
	return bindings;
}

int keymap_mode_includes(enum mode mode, enum mode below)
{
	return mode == below || (below == MODE_ALL && (mode == MODE_LIST || mode == MODE_PANEL));
}

const struct action *keymap_find(enum mode mode, int key)
{
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		if (bindings[i].key == key && keymap_mode_includes(mode, bindings[i].mode))
			return bindings[i].action;
	return NULL;
}

const char *keymap_mode_title(enum mode mode)
{
	static const char *const titles[MODE_COUNT] = {
		[MODE_ALL] = N_("Everywhere"),
		[MODE_LIST] = N_("In the list"),
		[MODE_PANEL] = N_("In the details"),
		[MODE_FILTER] = N_("While typing a filter"),
		[MODE_HELP] = N_("In the help"),
	};

	return titles[mode];
}

const char *keymap_key_name(int key, char buf[8])
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ '\r', "Enter" },
		{ '\n', "Enter" },
		{ KEY_ENTER, "Enter" },
		{ '\t', "Tab" },
		{ KEY_BTAB, "Shift-Tab" },
		{ KEY_ESC, "Esc" },
		{ ' ', "Space" },
		{ KEY_UP, "Up" },
		{ KEY_DOWN, "Down" },
		{ KEY_PPAGE, "PgUp" },
		{ KEY_NPAGE, "PgDn" },
		{ KEY_HOME, "Home" },
		{ KEY_END, "End" },
		{ KEY_BACKSPACE, "Backspace" },
		{ KEY_DEL, "Backspace" },
		{ CTRL('H'), "Backspace" },
		{ KEY_F(1), "F1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].key == key)
			return names[i].name;
	snprintf(buf, 8, key < ' ' ? "Ctrl-%c" : "%c", key < ' ' ? key + '@' : key);
	return buf;
}
