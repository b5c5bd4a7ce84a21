/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "menu.h"
#include "text.h"

/* In the scrollback of the main screen, where one session's output ends and the next begins. */
static void write_heading(const struct entry *entry)
{
	char *name = text_clean(entry->host->name), *address = host_address(entry->host);
	char *clean = text_clean(address);
	time_t now = time(NULL);
	struct tm tm;
	char clock[16] = "";

	if (localtime_r(&now, &tm) != NULL)
		strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	printf("-- %s (%s) %s --\n", name, clean, clock);
	fflush(stdout);
	free(name);
	free(address);
	free(clean);
}

static void give_terminal(struct ui *ui)
{
	input_pause(ui);
	screen_leave(ui);
	term_keep_title(ui->term);
}

/* The line end keeps what comes next on the main screen off the session's last line. */
static void take_terminal(struct ui *ui)
{
	term_reset(ui->term);
	term_give_title_back(ui->term);
	printf("\r\n");
	fflush(stdout);
	screen_return(ui);
	input_resume(ui);
}

/* words: the command and its flags, up to NULL. */
static bool start(struct ui *ui, struct entry *entry, const char *const *words)
{
	const char *argv[12];
	size_t argc = 0;
	struct err err = ERR_INIT;

	while (words[argc] != NULL) {
		argv[argc] = words[argc];
		argc++;
	}
	if (ui->options->hosts_file != NULL) {
		argv[argc++] = "--hosts";
		argv[argc++] = ui->options->hosts_file;
	}
	argv[argc++] = "--";
	argv[argc++] = entry->host->name;
	argv[argc] = NULL;
	checker_stop(ui, entry);
	give_terminal(ui);
	write_heading(entry);
	entry->session = job_start_session(ui->jobs, ui->term, argv, &err);
	if (entry->session == NULL) {
		take_terminal(ui);
		ui_say_err(ui, &err);
		return false;
	}
	job_set_tag(entry->session, entry);
	entry->stopped = entry->opened = false;
	return true;
}

static void connect(struct ui *ui, struct entry *entry)
{
	static const char *const words[] = { "connect", "--stages", NULL };

	if (!start(ui, entry, words))
		return;
	entry->mending = DEPTH_NONE;
	entry_begin(entry, DEPTH_AUTH);
}

void session_fix(struct ui *ui, struct entry *entry)
{
	enum depth depth = entry_fixable(entry);
	const char *const words[] = { "check", "--fix", "--depth", depth_name(depth), NULL };

	if (!start(ui, entry, words))
		return;
	entry->mending = depth;
	entry_begin(entry, depth);
}

static void resume(struct ui *ui, struct entry *entry)
{
	struct err err = ERR_INIT;

	give_terminal(ui);
	write_heading(entry);
	entry->stopped = false;
	if (job_resume(entry->session, ui->term, &err))
		return;
	entry->stopped = true;
	take_terminal(ui);
	ui_say_err(ui, &err);
}

void session_enter(struct ui *ui, struct entry *entry)
{
	if (entry->host->problem != NULL) {
		ui->panel_seek = true;
		ui_dirty(ui, DIRTY_PANEL);
		ui_say(ui, ROLE_FAIL, "%s", entry->host->problem);
	} else if (entry->session == NULL) {
		connect(ui, entry);
	} else {
		resume(ui, entry);
	}
}

void session_event(struct ui *ui, struct entry *entry, const struct event *event)
{
	double now = loop_now_ms(ui->loop);

	if (event->kind == EVENT_CHECK && event->result != NULL) {
		remember_called(ui, event->result);
		entry_add(entry, pool_get(&ui->pool, event->result), now);
	} else if (event->kind == EVENT_OPEN) {
		entry->opened = true;
		entry->opened_ms = now;
		entry_finish(entry, DEPTH_REACH);
	} else if (event->kind == EVENT_HOST) {
		entry_finish(entry, DEPTH_LOCAL);
	}
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

/* The failing check and its hint are in the panel: it is shown, from there on. */
static void show_failure(struct ui *ui)
{
	int cols, rows;

	term_size(ui->term, &cols, &rows); /* the screen may not have been drawn yet */
	ui->panel_seek = true;
	if (!layout_is_wide(cols))
		ui->focus = ui->mode = MODE_PANEL;
}

/* One that was stopped stays in the background until the user resumes it, whoever continues it. */
static bool is_in_front(const struct ui *ui, const struct entry *entry)
{
	return ui->away && !entry->stopped;
}

static void on_stopped(struct ui *ui, struct entry *entry)
{
	bool was_in_front = is_in_front(ui, entry);

	entry->stopped = true;
	if (!was_in_front)
		return;
	take_terminal(ui);
	model_select(ui, entry);
	ui_say(ui, ROLE_WARN, _("%s: stopped: the server may drop it; Enter resumes"),
	    entry->host->name);
}

/*
 * What "check --fix" found last is in the panel.  Deeper checks may have failed for what is mended
 * now, and are done again if they had been asked for.
 */
static void on_mended(struct ui *ui, struct entry *entry, bool was_in_front)
{
	entry_abort(entry);
	if (entry_fixable(entry) == DEPTH_NONE && entry_depth(entry) > entry->mending)
		checker_start(ui, entry, entry_depth(entry));
	if (!was_in_front)
		return;
	take_terminal(ui);
	model_select(ui, entry);
	ui->panel_seek = true;
}

static void on_session_ended(
    struct ui *ui, struct entry *entry, const struct job *job, bool was_in_front)
{
	double open_ms = entry->opened ? loop_now_ms(ui->loop) - entry->opened_ms : -1;
	struct outcome outcome =
	    outcome_of(entry->host->name, job_end(job), job_status(job), open_ms);

	if (entry->running != DEPTH_NONE)
		entry_finish(entry, DEPTH_REACH);
	if (was_in_front) {
		take_terminal(ui);
		model_select(ui, entry);
		if (outcome.unplanned)
			input_quiet(ui);
		if (!entry->opened && entry_verdict(entry) == VERDICT_FAIL)
			show_failure(ui);
	}
	ui_say(ui, outcome.role, "%s", outcome.text);
	free(outcome.text);
	if (entry->opened)
		remember_used(ui, entry);
	bool leave = ui->options->exit_after || ui->settings.after_session == AFTER_SESSION_EXIT;
	if (was_in_front && leave && entry->opened)
		ui_leave(ui, WIFEXITED(job_status(job)) ? WEXITSTATUS(job_status(job)) : 255);
}

static void on_ended(struct ui *ui, struct entry *entry, const struct job *job)
{
	bool was_in_front = is_in_front(ui, entry);

	entry->session = NULL;
	entry->stopped = false;
	if (entry->mending != DEPTH_NONE)
		on_mended(ui, entry, was_in_front);
	else
		on_session_ended(ui, entry, job, was_in_front);
}

void session_changed(struct ui *ui, struct entry *entry, struct job *job, enum job_state state)
{
	switch (state) {
	case JOB_STOPPED:
		on_stopped(ui, entry);
		break;
	case JOB_RUNNING:
		break;
	case JOB_ENDED:
		on_ended(ui, entry, job);
		break;
	}
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

size_t session_count_stopped(const struct ui *ui)
{
	size_t count = 0;

	for (size_t i = 0; i < ui->hosts.len; i++)
		count += ui->entries[i].session != NULL && ui->entries[i].stopped;
	return count;
}
