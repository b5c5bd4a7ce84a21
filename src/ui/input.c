/* SPDX-License-Identifier: Apache-2.0 */
#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "menu.h"

enum {
	ESC = 27,
	/* Slow lines cut a key's bytes apart; longer than this and it was the Esc key itself. */
	KEY_REST_MS = 200,
	QUIET_MS = 300,
};

/* ECMA-48, 5.4: a control sequence ends with one of these. */
static bool is_final(char c)
{
	return c >= '@' && c <= '~';
}

/* ---- a whole key ---- */

static void insert(struct ui *ui, int key)
{
	str_add_char(&ui->filter, (char)key);
	model_filter(ui);
}

static bool is_text(int key)
{
	return key >= ' ' && key <= 0xff && key != 0x7f;
}

static void run(struct ui *ui, const struct action *action)
{
	if ((action->needs & NEED_HOST) != 0 && model_selected(ui) == NULL)
		ui_say(ui, ROLE_WARN, _("no host is selected"));
	else
		action->run(ui);
}

static void forget_message(struct ui *ui)
{
	if (ui->message == NULL)
		return;
	free(ui->message);
	ui->message = NULL;
	ui_dirty(ui, DIRTY_BAR);
}

/* Where nothing can be seen, nothing but leaving is possible. */
static void on_key(struct ui *ui, int key)
{
	const struct action *action = keymap_find(ui->mode, key);

	forget_message(ui);
	if (ui->layout.too_small && key != 'q' && key != 3)
		return;
	if (action != NULL)
		run(ui, action);
	else if (ui->mode == MODE_FILTER && is_text(key))
		insert(ui, key);
	if (action == NULL || !str_eq(action->name, "quit"))
		ui->leaving = false;
}

/* Pasted text goes into the filter without its line ends; elsewhere it would be taken for commands. */
static void on_pasted(struct ui *ui, int key)
{
	if (ui->mode == MODE_FILTER && is_text(key))
		insert(ui, key);
}

/* ---- keys that came in pieces ---- */

static void flush_pending(struct ui *ui)
{
	struct keys *keys = &ui->keys;
	size_t len = keys->len;

	keys->len = 0;
	if (len == 1)
		on_key(ui, ESC); /* a longer beginning of a key is no key: dropped */
}

static void on_rest(void *ctx)
{
	flush_pending(ctx);
}

static void begin_pending(struct ui *ui)
{
	ui->keys.pending[0] = ESC;
	ui->keys.len = 1;
	loop_timer_set(ui->keys.timer, KEY_REST_MS);
}

/* The key of a sequence; a terminal may send arrows in either of two ways (DECCKM), not only in the
 * one that its description names. */
static int key_of(const char *text)
{
	int key = key_defined(text);

	if (key != 0 || strlen(text) != 3)
		return key;
	const char other[] = { ESC, text[1] == '[' ? 'O' : '[', text[2], '\0' };
	return key_defined(other);
}

/* Deals with a whole sequence.  True when it was one that we know. */
static bool take_sequence(struct ui *ui)
{
	struct keys *keys = &ui->keys;
	const char *text = keys->pending;

	if (str_eq(text, "\033[200~") || str_eq(text, "\033[201~")) {
		keys->pasting = text[4] == '0';
		return true;
	}
	int key = key_of(text);
	if (key > 0 && !keys->pasting)
		on_key(ui, key);
	return key > 0;
}

/* One more byte after an ESC. */
static void add_pending(struct ui *ui, int key)
{
	struct keys *keys = &ui->keys;
	bool control = key == '[' || key == 'O';

	if (keys->len == 1 && !control) { /* Esc, and then another key soon after */
		flush_pending(ui);
		if (key == ESC)
			begin_pending(ui);
		else
			on_key(ui, key);
		return;
	}
	keys->pending[keys->len++] = (char)key;
	keys->pending[keys->len] = '\0';
	loop_timer_set(keys->timer, KEY_REST_MS);
	if (keys->len == 2)
		return;
	if (take_sequence(ui) || is_final((char)key) || keys->len + 1 == sizeof keys->pending)
		keys->len = 0;
}

static void on_byte(struct ui *ui, int key)
{
	if (key == KEY_RESIZE)
		return;
	if (ui->keys.len > 0 && key <= 0xff)
		add_pending(ui, key);
	else if (key == ESC)
		begin_pending(ui);
	else if (ui->keys.pasting)
		on_pasted(ui, key);
	else
		on_key(ui, key);
}

/* ---- the terminal ---- */

/* Readable, and nothing to read: the terminal is gone. */
static bool is_hung_up(const struct ui *ui)
{
	struct pollfd gone = { .fd = fileno(ui->tty) };

	return poll(&gone, 1, 0) == 1 && (gone.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static void on_readable(void *ctx, unsigned events)
{
	struct ui *ui = ctx;
	int key;
	bool any = false;

	(void)events;
	while (!ui->away && (key = wgetch(ui->keypad)) != ERR) {
		any = true;
		if (ui->keys.quiet != NULL)
			loop_timer_set(ui->keys.quiet, QUIET_MS);
		else
			on_byte(ui, key);
	}
	if (!any && is_hung_up(ui))
		ui_leave(ui, 128 + SIGHUP);
}

static void on_silence(void *ctx)
{
	struct ui *ui = ctx;

	loop_timer_cancel(ui->keys.quiet);
	ui->keys.quiet = NULL;
}

void input_quiet(struct ui *ui)
{
	if (ui->keys.quiet == NULL)
		ui->keys.quiet = loop_timer_start(ui->loop, QUIET_MS, on_silence, ui);
}

void input_start(struct ui *ui)
{
	ui->input = loop_watch_start(ui->loop, fileno(ui->tty), LOOP_READ, on_readable, ui);
	ui->keys.timer = loop_timer_start(ui->loop, KEY_REST_MS, on_rest, ui);
}

void input_stop(struct ui *ui)
{
	loop_watch_cancel(ui->input);
	loop_timer_cancel(ui->keys.timer);
	loop_timer_cancel(ui->keys.quiet);
	ui->input = NULL;
}

void input_pause(struct ui *ui)
{
	loop_watch_set(ui->input, 0);
	ui->keys.len = 0;
	ui->keys.pasting = false;
}

void input_resume(struct ui *ui)
{
	term_flush_input(ui->term);
	flushinp();
	loop_watch_set(ui->input, LOOP_READ);
}
