/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/ui.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "actions.h"
#include "menu.h"

enum {
	MINUTE_MS = 60 * 1000,
	SOON_MS = 50, /* between two screens of what children tell */
	FIRST_HOSTS = 500, /* a screenful */
};

void ui_dirty(struct ui *ui, unsigned dirty)
{
	ui->dirty |= dirty;
}

static void on_soon(void *ctx)
{
	struct ui *ui = ctx;

	ui->soon_ms = loop_now_ms(ui->loop);
	ui_dirty(ui, ui->soon);
	ui->soon = 0;
}

void ui_dirty_soon(struct ui *ui, unsigned dirty)
{
	double wait = ui->soon_ms + SOON_MS - loop_now_ms(ui->loop);

	if (ui->soon == 0 && ui->soon_timer == NULL)
		ui->soon_timer = loop_timer_start(ui->loop, wait > 0 ? wait : 0, on_soon, ui);
	else if (ui->soon == 0)
		loop_timer_set(ui->soon_timer, wait > 0 ? wait : 0);
	ui->soon |= dirty;
}

void ui_say(struct ui *ui, enum role role, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	free(ui->message);
	ui->message = str_take(&text);
	ui->message_role = role;
	ui_dirty(ui, DIRTY_BAR);
}

void ui_say_err(struct ui *ui, const struct err *err)
{
	if (err->hint[0] != '\0')
		ui_say(ui, ROLE_FAIL, "%s; %s", err->text, err->hint);
	else
		ui_say(ui, ROLE_FAIL, "%s", err->text);
}

void ui_leave(struct ui *ui, int status)
{
	ui->status = status;
	loop_stop(ui->loop);
}

/* ---- what wakes the menu ---- */

static void on_job_event(void *ctx, struct job *job, const struct event *event)
{
	void *tag = job_tag(job);

	if (tag == NULL) /* checks that were given up */
		return;
	if (job_is_session(job))
		session_event(ctx, tag, event);
	else
		checker_event(ctx, tag, event);
}

static void on_job_changed(void *ctx, struct job *job, enum job_state state)
{
	void *tag = job_tag(job);

	if (tag == NULL)
		return;
	if (job_is_session(job))
		session_changed(ctx, tag, job, state);
	else if (state == JOB_ENDED)
		checker_ended(ctx, tag, job);
}

static void on_winch(void *ctx)
{
	struct ui *ui = ctx;

	ui->resized = true;
}

static void on_interrupt(void *ctx)
{
	ui_leave(ctx, 128 + SIGINT);
}

static void on_terminate(void *ctx)
{
	ui_leave(ctx, 128 + SIGTERM);
}

static void on_hangup(void *ctx)
{
	ui_leave(ctx, 128 + SIGHUP);
}

static void on_stop(void *ctx)
{
	struct ui *ui = ctx;

	if (!ui->away)
		action_suspend(ui);
}

/* Ages are shown in minutes: while there is one, the list is drawn anew once a minute. */
static void on_minute(void *ctx)
{
	struct ui *ui = ctx;

	loop_timer_set(ui->minute, MINUTE_MS);
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

static void start_signals(struct ui *ui)
{
	static const struct {
		int signum;
		loop_fn *fn;
	} wanted[ARRAY_LEN(ui->signals)] = {
		{ SIGWINCH, on_winch },
		{ SIGINT, on_interrupt },
		{ SIGTERM, on_terminate },
		{ SIGHUP, on_hangup },
		{ SIGTSTP, on_stop },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		ui->signals[i] = loop_signal_start(ui->loop, wanted[i].signum, wanted[i].fn, ui);
}

static void stop_signals(struct ui *ui)
{
	for (size_t i = 0; i < ARRAY_LEN(ui->signals); i++)
		loop_signal_cancel(ui->signals[i]);
}

/* ---- life ---- */

static void on_turn(void *ctx)
{
	struct ui *ui = ctx;

	if (ui->relist && ui->dirty != 0)
		model_refresh(ui);
	screen_draw(ui);
}

static void say_warnings(struct ui *ui)
{
	const struct strlist *of_settings = &ui->settings.warnings;
	const struct strlist *of_hosts = &ui->hosts.warnings;
	const char *first = of_settings->len > 0 ? of_settings->items[0]
	    : of_hosts->len > 0                  ? of_hosts->items[0]
						 : NULL;
	size_t count = of_settings->len + of_hosts->len;

	if (count == 1)
		ui_say(ui, ROLE_WARN, "%s", first);
	else if (count > 1)
		ui_say(ui, ROLE_WARN, _("%s (and %zu more warnings)"), first, count - 1);
}

/* A host's exact name connects at once; anything else filters. */
static void take_query(struct ui *ui)
{
	struct entry *entry = NULL;

	if (ui->options->query == NULL)
		return;
	entry = model_find(ui, ui->options->query);
	if (entry == NULL) {
		str_add(&ui->filter, ui->options->query);
		model_filter(ui);
		return;
	}
	model_select(ui, entry);
	session_enter(ui, entry);
}

static void run(struct ui *ui)
{
	static const struct job_owner owner = { on_job_event, on_job_changed };

	ui->jobs = jobs_new(ui->loop, ui->options->program, &owner, ui);
	start_signals(ui);
	input_start(ui);
	ui->minute = loop_timer_start(ui->loop, MINUTE_MS, on_minute, ui);
	struct loop_timer *load = loop_timer_start(ui->loop, 0, remember_load, ui);
	say_warnings(ui);
	take_query(ui);
	automatic_cursor_moved(ui);
	loop_run(ui->loop, on_turn, ui);
	input_stop(ui);
	loop_timer_cancel(load);
	loop_timer_cancel(ui->minute);
	loop_timer_cancel(ui->rest);
	loop_timer_cancel(ui->soon_timer);
	checker_done(ui);
	jobs_free(ui->jobs);
	ui->jobs = NULL;
}

static int say_on_stderr(const struct err *err, int status)
{
	char *text = clean_dup(err->text), *hint = clean_dup(err->hint);

	fprintf(stderr, "%s: %s\n", PACKAGE, text);
	if (*hint != '\0')
		fprintf(stderr, _("hint: %s\n"), hint);
	free(text);
	free(hint);
	return status;
}

static bool load(struct ui *ui, struct err *err)
{
	if (!settings_load(&ui->settings, ui->options->config_file, err))
		return false;
	char *path = hosts_path(ui->options->hosts_file, err);
	bool ok = path != NULL && hosts_load_first(&ui->hosts, path, FIRST_HOSTS, err);

	free(path);
	return ok;
}

/* Of a long list, the first screen is there before all of it is read. */
static void load_rest(struct ui *ui)
{
	if (ui->hosts.loader == NULL)
		return;
	if (ui->options->query == NULL)
		screen_draw(ui);
	model_load_rest(ui);
}

static bool open_screen(struct ui *ui, struct err *err)
{
	ui->loop = loop_new();
	ui->term = term_new(STDIN_FILENO, err);
	if (ui->term == NULL)
		return false;
	return screen_start(ui, err);
}

static void close_screen(struct ui *ui)
{
	screen_stop(ui);
	remember_done(ui);
	term_free(ui->term);
	stop_signals(ui);
	loop_free(ui->loop);
}

int ui_run(const struct ui_options *options)
{
	struct ui ui = { .options = options, .mode = MODE_LIST, .focus = MODE_LIST };
	struct err err = ERR_INIT;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		err_set(&err, ERR_USAGE, _("the menu needs a terminal for its input and output"));
		err_hint(&err, _("Use sallyport list, check or connect: see sallyport --help."));
		return say_on_stderr(&err, 2);
	}
	if (!load(&ui, &err)) {
		settings_done(&ui.settings);
		hosts_done(&ui.hosts);
		return say_on_stderr(&err, 1);
	}
	model_init(&ui);
	bool ok = open_screen(&ui, &err);
	if (ok) {
		load_rest(&ui);
		run(&ui);
	}
	close_screen(&ui);
	model_done(&ui);
	settings_done(&ui.settings);
	hosts_done(&ui.hosts);
	return ok ? ui.status : say_on_stderr(&err, 1);
}
