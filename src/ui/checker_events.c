/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checkers say, and how they end.  A child that dies takes no more with it than the host that it
 * died of.
 */
#include "checker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* So many hosts in a row that kill their checker: it is not the hosts. */
enum { BLAMED_MAX = 5 };

/* "20 pass, 2 warn, 15 fail; not looked at to the end: 3" */
static char *signs_text(const struct batch *batch)
{
	const size_t *signs = batch->signs;
	struct str out = STR_INIT;

	for (enum sign sign = 0; sign < SIGN_COUNT; sign++)
		if (signs[sign] > 0)
			str_addf(&out, "%s%zu %s", out.len > 0 ? ", " : "", signs[sign],
			    sign_name(sign));
	if (batch->incomplete > 0)
		str_addf(&out, "; %s: %zu", _("not looked at to the end"), batch->incomplete);
	return str_take(&out);
}

static void say_all_done(struct ui *ui, const struct batch *batch)
{
	char *signs = signs_text(batch);
	enum sign worst = SIGN_FAIL;

	while (worst > SIGN_PASS && batch->signs[worst] == 0)
		worst--;
	ui_say(ui, sign_role(worst),
	    ngettext("%zu host was checked: %s", "%zu hosts were checked: %s", batch->total),
	    batch->total, signs);
	free(signs);
}

void checker_finish(struct ui *ui, struct batch *batch)
{
	if (batch == ui->all)
		say_all_done(ui, batch);
	checker_give_up(ui, batch);
}

static void one_is_done(struct ui *ui, struct batch *batch, struct entry *entry)
{
	batch->done++;
	batch->signs[entry_sign(entry)]++;
	model_changed(ui);
}

/* What the checker left for another time does not take the place of what was found before. */
static void add_finding(struct ui *ui, struct entry *entry, const struct result *result)
{
	if (result_detail_get(result, "postponed") == NULL || !entry_keep(entry, result->id))
		entry_add(entry, pool_get(&ui->pool, result), loop_now_ms(ui->loop));
}

void checker_event(struct ui *ui, struct batch *batch, const struct event *event)
{
	struct entry *entry = event->host != NULL ? model_find(ui, event->host) : NULL;

	if (entry == NULL || entry->checker != batch)
		return;
	if (entry->running == DEPTH_NONE)
		entry_begin(entry, batch->depth);
	if (event->kind == EVENT_CHECK && event->result != NULL) {
		add_finding(ui, entry, event->result);
	} else if (event->kind == EVENT_HOST) {
		entry_finish(entry, DEPTH_LOCAL);
		batch->blamed = 0;
		batch->incomplete += event->incomplete;
		one_is_done(ui, batch, entry);
	}
	ui_dirty_soon(ui, DIRTY_TOP | DIRTY_LIST | DIRTY_PANEL | DIRTY_BAR);
}

/* Whose check it was, for a sentence. */
static const char *name_of(const struct batch *batch)
{
	return batch->total == 1 ? batch->groups->items[0]->host->name : _("hosts");
}

/* Its last words, else how it died. */
static void say_failure(struct ui *ui, const struct batch *batch, const struct job *job)
{
	char *words = mem_strndup(job_errors(job), strcspn(job_errors(job), "\n"));
	int status = job_status(job);

	if (*words != '\0')
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early: %s"), name_of(batch), words);
	else if (WIFSIGNALED(status))
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early, by signal %d (%s)"),
		    name_of(batch), WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		ui_say(ui, ROLE_FAIL, _("%s: the check ended early, with status %d"),
		    name_of(batch), WEXITSTATUS(status));
	free(words);
}

/* Not of a signal by which somebody asks a program to end. */
static bool has_crashed(const struct job *job)
{
	int status = job_status(job);

	return WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM && WTERMSIG(status) != SIGINT &&
	    WTERMSIG(status) != SIGHUP;
}

static void blame(struct ui *ui, struct batch *batch, struct entry *entry, const struct job *job)
{
	int signum = WTERMSIG(job_status(job));

	entry->running = batch->depth;
	entry_crashed(entry, signum, loop_now_ms(ui->loop));
	lost_write(ui, &entry, 1, batch->depth);
	batch->blamed++;
	one_is_done(ui, batch, entry);
	ui_say(ui, ROLE_FAIL, _("%s: checking this host crashed the checker, by signal %d (%s)"),
	    entry->host->name, signum, strsignal(signum));
}

void checker_ended(struct ui *ui, struct batch *batch, const struct job *job)
{
	bool crashed = has_crashed(job), early = batch_left(batch) > 0;
	struct entry *culprit = NULL;

	batch->job = NULL;
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
	if (early && (!crashed || batch->blamed == BLAMED_MAX)) {
		say_failure(ui, batch, job);
		checker_give_up(ui, batch);
		return;
	}
	if (crashed)
		lost_write(ui, batch->groups->items, batch->groups->len, batch->depth);
	if (early)
		culprit = batch_died(batch);
	else
		batch_next(batch);
	if (culprit != NULL)
		blame(ui, batch, culprit, job);
	while (batch->groups != NULL && batch_left(batch) == 0)
		batch_next(batch);
	if (batch->groups == NULL)
		checker_finish(ui, batch);
	else if (!checker_run(ui, batch))
		checker_give_up(ui, batch);
}
