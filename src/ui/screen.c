/* SPDX-License-Identifier: Apache-2.0 */
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu.h"
#include "terminal.h"

/* https://invisible-island.net/xterm/ctlseqs: a paste comes between two marks, and is not typing */
#define PASTE_MARKS_ON "\033[?2004h"
#define PASTE_MARKS_OFF "\033[?2004l"

static void write_out(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

/*
 * The loop makes what it watches non-blocking, and that holds for everybody who shares the open
 * file: sessions, the shell.  So keys are read from a terminal opened for us alone.
 */
static FILE *open_tty(struct err *err)
{
	const char *name = ttyname(STDIN_FILENO);
	int fd = open(name != NULL ? name : "/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		fd = open("/dev/tty", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		err_set(err, ERR_IO, _("cannot open the terminal: %s"), strerror(errno));
	return fd == -1 ? NULL : fdopen(fd, "r");
}

bool screen_start(struct ui *ui, struct err *err)
{
	const char *type = term_type(err);

	if (type == NULL || !terminal_can_show(type, err))
		return false;
	ui->tty = open_tty(err);
	if (ui->tty == NULL)
		return false;
	ui->screen = newterm(type, stdout, ui->tty);
	if (ui->screen == NULL)
		return err_set(err, ERR_LOCAL, _("cannot set up a terminal of type %s"), type);
	term_set(ui->term, TERM_CURSES);
	raw(); /* ^C, ^Z, ^S and ^Q are keys like others */
	noecho();
	nonl();
	/* input.c waits for the rest of a key itself; a wait in here could end by a signal and keep the key */
	set_escdelay(0);
	ui->colours = theme_start();
	curs_set(0);
	/* A window that is never drawn: reading from stdscr would refresh it. */
	ui->keypad = newpad(1, 1);
	keypad(ui->keypad, TRUE);
	nodelay(ui->keypad, TRUE);
	write_out(PASTE_MARKS_ON);
	ui->resized = true;
	return true;
}

void screen_stop(struct ui *ui)
{
	if (ui->screen == NULL)
		return;
	if (!ui->away)
		screen_leave(ui);
	delwin(ui->keypad);
	delscreen(ui->screen);
	ui->screen = NULL;
	fclose(ui->tty);
}

/* Where the shell or a session goes on: endwin() goes to the last line, and leaves what is in it. */
static void clear_last_line(void)
{
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
}

void screen_leave(struct ui *ui)
{
	ui->away = true;
	if (!terminal_goes_back())
		clear_last_line();
	write_out(PASTE_MARKS_OFF);
	endwin();
	term_set(ui->term, TERM_COOKED);
}

void screen_return(struct ui *ui)
{
	term_set(ui->term, TERM_CURSES);
	term_reset(ui->term);
	ui->away = false;
	ui->resized = true;
	clearok(curscr, TRUE);
	refresh(); /* after endwin(): curses takes the terminal up again */
	keypad(ui->keypad, TRUE); /* which endwin() had turned off */
	write_out(PASTE_MARKS_ON);
	ui_dirty(ui, DIRTY_ALL);
}

static void take_size(struct ui *ui)
{
	int cols, rows;

	ui->resized = false;
	term_size(ui->term, &cols, &rows);
	resize_term(rows, cols);
	clearok(curscr, TRUE);
	ui_dirty(ui, DIRTY_ALL);
}

static void draw_too_small(const struct ui *ui)
{
	erase();
	draw_text(0, 0, COLS, theme_attr(ui->colours, ROLE_TEXT), _("too small"));
}

/* The cursor is seen only where one types. */
static void place_cursor(struct ui *ui)
{
	curs_set(ui->mode == MODE_FILTER && !ui->layout.too_small ? 1 : 0);
	if (ui->mode == MODE_FILTER)
		bar_draw_top(ui);
}

void screen_draw(struct ui *ui)
{
	static const struct {
		unsigned when;
		void (*draw)(struct ui *ui);
	} parts[] = {
		{ DIRTY_TOP, bar_draw_top },
		{ DIRTY_LIST, list_draw },
		{ DIRTY_PANEL, panel_draw },
		{ DIRTY_PANEL, help_draw },
		{ DIRTY_BAR, bar_draw_bottom },
	};

	if (ui->away)
		return;
	if (ui->resized)
		take_size(ui);
	if (ui->dirty == 0)
		return;
	if (ui->dirty == DIRTY_ALL)
		erase();
	layout_make(&ui->layout, COLS, LINES, list_wanted(ui), ui->focus, ui->mode == MODE_HELP);
	if (ui->layout.too_small)
		draw_too_small(ui);
	else
		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			if ((ui->dirty & parts[i].when) != 0)
				parts[i].draw(ui);
	place_cursor(ui);
	wnoutrefresh(stdscr);
	doupdate();
	ui->dirty = 0;
}
