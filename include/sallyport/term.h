/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns the terminal.  One object saves the terminal's state when it is
 * opened and gives it back on every way out: return, exit(), a signal that
 * kills, a crash.  Knows modes (cooked, curses, raw), the size and the reset
 * string; draws nothing.  Used by the menu, the session and prompts.
 */
#ifndef SALLYPORT_TERM_H
#define SALLYPORT_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct termios;

enum term_mode {
	TERM_COOKED, /* as we found it */
	TERM_CURSES, /* curses has it; term only remembers */
	TERM_RAW, /* every byte passes, both ways (ssh's raw mode: sshtty.c) */
	TERM_LINE, /* as found, but Esc ends a line too, so that a question can be left by it */
	TERM_PROMPT, /* as found, but no echo and byte by byte: our own prompts */
};

struct term;

/*
 * Takes hold of the terminal on descriptor fd (borrowed): saves its termios and
 * installs what restores it at exit, on fatal signals and on crashes.  One per
 * process.  Fails when fd is not a terminal.
 */
struct term *term_new(int fd, struct err *err);
/* Restores the terminal; NULL is fine. */
void term_free(struct term *term);
/* Switches, returns the mode before.  Idempotent. */
enum term_mode term_set(struct term *term, enum term_mode mode);
int term_fd(const struct term *term);
/* The termios that the terminal had when term_new() found it; borrowed. */
const struct termios *term_saved(const struct term *term);
/* Columns and rows as the terminal says now; 80x24 where it says 0. */
void term_size(const struct term *term, int *cols, int *rows);
/*
 * Writes the string that undoes what a remote program may have left behind:
 * alternate screen, cursor and its shape, mouse, bracketed paste, focus,
 * synchronized output, kitty keyboard, modifyOtherKeys, keypad and cursor keys,
 * scroll region, insert mode, wrapping, charset, colours in use.  The cursor stays
 * where it is.  Not undone: the title (see term_keep_title()) and the palette, which many shells set on purpose when they start.  Writes
 * nothing to a terminal whose TERM is "dumb" or unset.
 */
void term_reset(struct term *term);
/*
 * Lets the terminal keep its title for a while, and gives it back (XTWINOPS 22 and 23; it cannot be asked for it
 * safely).  A terminal that cannot do that ignores both.
 */
void term_keep_title(struct term *term);
void term_give_title_back(struct term *term);
/* Throws away what was typed ahead. */
void term_flush_input(struct term *term);
/* Stops this process as ^Z would (SIGTSTP to the process group) with the terminal restored, and
 * takes the mode up again when continued. */
void term_suspend(struct term *term);
/* Takes the mode up again after a SIGCONT for a stop that was not term_suspend()'s. */
void term_resume(struct term *term);
/*
 * Checks $TERM before it is given to curses or to a server: unset or empty is
 * ERR_NOTFOUND; a path, over-long or with control characters is ERR_INVALID.
 * Returns the borrowed value, or NULL with err.
 */
const char *term_type(struct err *err);

#endif
