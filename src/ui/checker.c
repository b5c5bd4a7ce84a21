/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks run in children.  What the cursor starts by itself is polite: local checks
 * when it stops, a call at the server when it rests, and at most one call in 30 s at the same
 * server.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "menu.h"

enum {
	LOCAL_MS = 40, /* holding a key down does not start a child a row */
	REACH_MS = 600,
	BUSY_MS = 100, /* the local checks are not done yet */
	SERVER_MS = 30000,
};

/* ---- who was called when ---- */

/* Address and port of the first hop, which is whom a check calls. */
static char *server_of(const struct ui *ui, const struct host *host)
{
	if (host->proxy_jump == NULL || str_eq(host->proxy_jump, "none"))
		return mem_printf("%s %ld", host->hostname, host->port);
	char *hop = mem_strndup(host->proxy_jump, strcspn(host->proxy_jump, ","));
	const struct host *jump = hosts_find(&ui->hosts, hop);
	if (jump != NULL && jump->hostname != NULL) {
		free(hop);
		return mem_printf("%s %ld", jump->hostname, jump->port);
	}
	return hop;
}

static struct probe *probe_of(struct ui *ui, const struct host *host)
{
	char *server = server_of(ui, host);

	for (size_t i = 0; i < ui->probe_count; i++)
		if (str_eq(ui->probes[i].server, server)) {
			free(server);
			return &ui->probes[i];
		}
	ui->probes = mem_realloc(ui->probes, ui->probe_count + 1, sizeof *ui->probes);
	struct probe *probe = &ui->probes[ui->probe_count++];
	*probe = (struct probe){ server, -SERVER_MS };
	return probe;
}

void checker_called(struct ui *ui, const struct entry *entry)
{
	probe_of(ui, entry->host)->at_ms = loop_now_ms(ui->loop);
}

static bool may_call(struct ui *ui, const struct entry *entry)
{
	return loop_now_ms(ui->loop) - probe_of(ui, entry->host)->at_ms >= SERVER_MS;
}

/* ---- running ---- */

static void start(struct ui *ui, struct entry *entry, enum depth depth, bool automatic)
{
	const char *argv[12] = { "check", "--json-lines", "--depth", depth_name(depth) };
	size_t argc = 4;
	struct err err = ERR_INIT;

	if (ui->options->hosts_file != NULL) {
		argv[argc++] = "--hosts";
		argv[argc++] = ui->options->hosts_file;
	}
	/* Only the person at the keyboard asks for logins on the way. */
	if (!automatic && depth == DEPTH_AUTH)
		argv[argc++] = "--through-jumps";
	argv[argc++] = "--";
	argv[argc++] = entry->host->name;
	struct job *job = job_start_checker(ui->jobs, argv, &err);
	if (job == NULL) {
		ui_say_err(ui, &err);
		return;
	}
	job_set_tag(job, entry);
	entry_begin(entry, depth);
	entry->checker = job;
	entry->automatic = automatic;
	if (automatic)
		ui->automatic = entry;
	if (depth > DEPTH_LOCAL)
		checker_called(ui, entry);
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

void checker_stop(struct ui *ui, struct entry *entry)
{
	if (entry->checker == NULL)
		return;
	job_set_tag(entry->checker, NULL);
	job_kill(entry->checker, SIGTERM);
	entry_abort(entry);
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

void checker_start(struct ui *ui, struct entry *entry, enum depth depth)
{
	if (entry->checker != NULL && !entry->automatic)
		return;
	checker_stop(ui, entry);
	start(ui, entry, depth, false);
}

/* ---- what the cursor starts ---- */

/* One step each time the timer fires: local, then reach. */
static void on_rest(void *ctx)
{
	struct ui *ui = ctx;
	struct entry *entry = model_selected(ui);

	if (ui->away || entry == NULL || entry->host->problem != NULL || entry->session != NULL)
		return;
	if (entry->checker != NULL) {
		loop_timer_set(ui->rest, BUSY_MS);
	} else if (ui->rest_depth == DEPTH_LOCAL) {
		start(ui, entry, DEPTH_LOCAL, true);
		ui->rest_depth = DEPTH_REACH;
		loop_timer_set(ui->rest, REACH_MS - LOCAL_MS);
	} else if (ui->rest_depth == DEPTH_REACH) {
		ui->rest_depth = DEPTH_NONE;
		if (may_call(ui, entry))
			start(ui, entry, DEPTH_REACH, true);
	}
}

/* What the cursor had started before it moved on. */
static void stop_automatic(struct ui *ui)
{
	struct entry *entry = ui->automatic;

	if (entry == NULL || entry == model_selected(ui))
		return;
	if (entry->checker != NULL && entry->automatic)
		checker_stop(ui, entry);
	ui->automatic = NULL;
}

void checker_cursor_moved(struct ui *ui)
{
	if (ui->jobs == NULL)
		return;
	stop_automatic(ui);
	ui->rest_depth = DEPTH_LOCAL;
	if (ui->rest == NULL)
		ui->rest = loop_timer_start(ui->loop, LOCAL_MS, on_rest, ui);
	else
		loop_timer_set(ui->rest, LOCAL_MS);
}

/* ---- what the children say ---- */

void checker_event(struct ui *ui, struct entry *entry, const struct event *event)
{
	if (event->kind == EVENT_CHECK && event->result != NULL)
		entry_add(entry, result_dup(event->result), loop_now_ms(ui->loop));
	else if (event->kind == EVENT_HOST)
		entry_finish(entry, DEPTH_LOCAL);
	else
		return;
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

/* Its last words, else how it died. */
static void say_failure(struct ui *ui, const struct entry *entry, const struct job *job)
{
	char *words = mem_strndup(job_errors(job), strcspn(job_errors(job), "\n"));
	int status = job_status(job);

	if (*words != '\0')
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early: %s"), entry->host->name, words);
	else if (WIFSIGNALED(status))
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early, by signal %d (%s)"),
		    entry->host->name, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early, with status %d"),
		    entry->host->name, WEXITSTATUS(status));
	free(words);
}

void checker_ended(struct ui *ui, struct entry *entry, const struct job *job)
{
	bool early = entry->running != DEPTH_NONE && entry->checker == job;

	if (entry->checker == job)
		entry_abort(entry);
	if (early)
		say_failure(ui, entry, job);
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}
