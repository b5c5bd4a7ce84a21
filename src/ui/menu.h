/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The menu's state, and what its files do for each other.  Whoever changes the state marks what
 * is to be drawn anew (ui_dirty); drawing happens once a turn of the loop, in screen.c.
 */
#ifndef UI_MENU_H
#define UI_MENU_H

#include <stdio.h>

#include "sallyport/hosts.h"
#include "sallyport/jobs.h"
#include "sallyport/loop.h"
#include "sallyport/term.h"
#include "sallyport/ui.h"

#include "batch.h"
#include "doc.h"
#include "entry.h"
#include "keymap.h"
#include "order.h"
#include "pool.h"
#include "query.h"
#include "sign.h"
#include "theme.h"

struct state_news;

enum {
	DIRTY_TOP = 1 << 0,
	DIRTY_LIST = 1 << 1,
	DIRTY_PANEL = 1 << 2, /* the panel, or the help in its place */
	DIRTY_BAR = 1 << 3,
	DIRTY_ALL = 0xf,
};

struct rect {
	int y, x, rows, cols; /* rows 0: not shown */
};

struct layout {
	bool too_small;
	bool wide; /* list and panel side by side */
	struct rect top, list, panel, help, message, bar;
	int divider; /* column of the line between list and panel, -1: none */
};

/* Columns that the list's texts would like to have. */
struct columns {
	int name, address, group, tags;
};

/* Bytes of a key that has not come whole; see input.c. */
struct keys {
	char pending[16];
	size_t len;
	struct loop_timer *timer;
	bool pasting; /* between the two marks of a bracketed paste */
	struct loop_timer *quiet; /* keys are ignored until it fires */
};

struct ui {
	const struct ui_options *options;
	struct loop *loop;
	struct term *term;
	struct jobs *jobs;
	FILE *tty; /* keys come from here: see screen.c */
	struct loop_watch *input;
	struct loop_signal *signals[5];
	void *keypad; /* the curses window that keys are read from */
	void *screen; /* curses' SCREEN */
	bool colours;
	bool resized;
	bool away; /* a session or the shell has the terminal */
	int status; /* to exit with */

	struct settings settings;
	struct host_list hosts;
	struct entry *entries; /* one for each host, in file order */
	struct entry **shown; /* those that pass the filter, in their order */
	size_t shown_len;
	size_t cursor; /* in shown */
	enum order order;
	bool reverse;
	bool live; /* what is shown, or where, depends on what checks find */
	bool relist; /* and one has found something */
	struct columns columns;
	struct pool pool; /* what the entries' findings say */
	struct state_news *news; /* to be written down, NULL: none */
	bool writing; /* others are being written down */

	enum mode mode;
	enum mode focus; /* MODE_LIST or MODE_PANEL: what the narrow screen shows */
	struct str filter;
	struct keys keys;
	size_t list_top; /* first row shown */
	size_t panel_top; /* first line shown */
	size_t help_top;
	bool panel_seek; /* scroll the panel to its marked rows when drawn next */
	char *message; /* of the status line, NULL: none */
	enum role message_role;
	bool leaving; /* q was pressed once while sessions are stopped */
	unsigned dirty;
	struct layout layout;
	unsigned soon; /* what is to become dirty when the timer fires */
	struct loop_timer *soon_timer;
	double soon_ms; /* when that was last */

	struct loop_timer *rest; /* since the cursor came to rest */
	struct loop_timer *minute; /* ages grow */
	enum depth rest_depth; /* what the rest timer will start */
	struct batch *batches;
	struct batch *all; /* the one of all hosts that were shown, NULL: none */
	struct entry *automatic; /* whose check the cursor started last, NULL: none */
};

/* ---- ui.c ---- */
void ui_dirty(struct ui *ui, unsigned dirty);
/* The same for what can come in hundreds: not more often than one can see. */
void ui_dirty_soon(struct ui *ui, unsigned dirty);
/* Shows a sentence in the status line until the next key. */
void ui_say(struct ui *ui, enum role role, const char *fmt, ...) SP_PRINTF(3, 4);
void ui_say_err(struct ui *ui, const struct err *err);
/* Leaves the loop; the program ends with status. */
void ui_leave(struct ui *ui, int status);

/* ---- model.c ---- */
/* The hosts that are read so far. */
void model_init(struct ui *ui);
/* Reads the others. */
void model_load_rest(struct ui *ui);
void model_done(struct ui *ui);
/* Works out which hosts the filter shows; the cursor stays on its host, or goes to a better one. */
void model_filter(struct ui *ui);
/* The same after something else changed: the cursor stays where it is. */
void model_refresh(struct ui *ui);
/* A check has found something. */
void model_changed(struct ui *ui);
/* NULL when no host is shown. */
struct entry *model_selected(const struct ui *ui);
struct entry *model_find(struct ui *ui, const char *name);
/* Moves the cursor to a row of the list, or as near as there is. */
void model_move_to(struct ui *ui, long row);
/* Puts the cursor on an entry if it is shown. */
void model_select(struct ui *ui, const struct entry *entry);

/* ---- screen.c: curses' life and drawing ---- */
bool screen_start(struct ui *ui, struct err *err);
void screen_stop(struct ui *ui);
/* Gives the terminal away, and takes it back. */
void screen_leave(struct ui *ui);
void screen_return(struct ui *ui);
/* Paints what is dirty. */
void screen_draw(struct ui *ui);

/* ---- layout.c ---- */
/* Is there room for the list and the panel side by side? */
bool layout_is_wide(int cols);
/* list_wanted: the columns that the list could use; 0: there is no list, only what is said instead. */
void layout_make(
    struct layout *layout, int cols, int rows, int list_wanted, enum mode focus, bool help);

/* ---- draw.c: the only place that hands text to curses ---- */
/* Draws cleaned text into width columns from (y, x), the rest blank; returns the columns used. */
int draw_text(int y, int x, int width, unsigned attr, const char *text);
/* The same after cleaning. */
int draw_unclean(int y, int x, int width, unsigned attr, const char *text);
void draw_blank(const struct rect *rect);
/* Draws a document from its line *top on (moved where it is out of range). */
void draw_doc(const struct ui *ui, const struct rect *rect, const struct doc *doc, size_t *top);
/* One column: the entry's sign, dim when it is old, or that a check is running, or that its session is stopped. */
const char *glyph_of_entry(const struct entry *entry, double now_ms, enum role *role);

/* ---- what there is to see ---- */
void bar_draw_top(struct ui *ui); /* bar.c */
void bar_draw_bottom(struct ui *ui); /* bar_bottom.c */
void list_draw(struct ui *ui);
/* Columns that the list needs to show all of its texts; 0 without hosts. */
int list_wanted(const struct ui *ui);
void panel_draw(struct ui *ui);
void details_add(struct doc *doc, const struct entry *entry);
void checks_add(struct doc *doc, const struct ui *ui, const struct entry *entry);
void help_make(struct doc *doc);
void help_draw(struct ui *ui);
/* What to say instead of an empty list. */
void empty_make(struct doc *doc, const struct ui *ui);

/* ---- input.c ---- */
void input_start(struct ui *ui);
void input_stop(struct ui *ui);
/* Pauses reading while somebody else has the terminal; drops what was typed ahead on return. */
void input_pause(struct ui *ui);
void input_resume(struct ui *ui);
/* Ignores keys until none came for 300 ms. */
void input_quiet(struct ui *ui);

/* ---- checker.c, and checker_events.c for what children say ---- */
/* Runs what was asked for by a key. */
void checker_start(struct ui *ui, struct entry *entry, enum depth depth);
/* The same for what the cursor asks for. */
void checker_automatic(struct ui *ui, struct entry *entry, enum depth depth);
/* Checks all hosts that are shown. */
void checker_start_all(struct ui *ui, enum depth depth);
/* Ends that; false when there is nothing to end. */
bool checker_stop_all(struct ui *ui);
/* The entry is not checked any more; what was found stays. */
void checker_stop(struct ui *ui, struct entry *entry);
/* Ends what was asked for of the host under the cursor; false when there is nothing to end. */
bool checker_stop_selected(struct ui *ui);
void checker_event(struct ui *ui, struct batch *batch, const struct event *event);
void checker_ended(struct ui *ui, struct batch *batch, const struct job *job);
/* Ends all. */
void checker_done(struct ui *ui);

/* ---- automatic.c ---- */
/* The cursor is on another host, or on one for the first time. */
void automatic_cursor_moved(struct ui *ui);

/* ---- remember.c ---- */
/* What earlier runs found, and which hosts were used; ctx is the menu. */
void remember_load(void *ctx);
/* Of a session's result: that net.connect has called a server. */
void remember_called(struct ui *ui, const struct result *result);
/* A session with the host has ended. */
void remember_used(struct ui *ui, struct entry *entry);
/* What is to be written down next; to be added to. */
struct state_news *remember_news(struct ui *ui);
/* Begins to write that down. */
void remember_write(struct ui *ui);
/* Waits until all is written. */
void remember_done(struct ui *ui);

/* ---- session.c ---- */
/* Starts the entry's session, or resumes it. */
void session_enter(struct ui *ui, struct entry *entry);
/* Offers to mend what the checks found, on the terminal, as "check --fix" does. */
void session_fix(struct ui *ui, struct entry *entry);
void session_event(struct ui *ui, struct entry *entry, const struct event *event);
void session_changed(struct ui *ui, struct entry *entry, struct job *job, enum job_state state);
size_t session_count_stopped(const struct ui *ui);

/* ---- lost.c ---- */
/* Remembers what a checker that died had found of those of its hosts that nobody checks any more. */
void lost_write(struct ui *ui, struct entry *const *entries, size_t count, enum depth depth);

/* ---- outcome.c ---- */
/* "2 min 3 s"; caller frees. */
char *duration_text(double ms);
struct outcome {
	enum role role;
	bool unplanned; /* the user did not end it: what is typed now was meant for the shell */
	char *text; /* caller frees; not cleaned */
};
/* How a session ended: what it reported (NULL: nothing), waitpid's status, how long its shell was open (-1: never). */
struct outcome outcome_of(const char *name, const struct event *end, int status, double open_ms);

#endif
