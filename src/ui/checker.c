/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks run in children: one for a host, one for all that are shown.  A child that dies takes no
 * more with it than the host that it died of.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "menu.h"

/* So many hosts in a row that kill their checker: it is not the hosts. */
enum { BLAMED_MAX = 5 };

/* ---- batches ---- */

static void unlink_batch(struct ui *ui, const struct batch *batch)
{
	struct batch **at = &ui->batches;

	while (*at != batch)
		at = &(*at)->next;
	*at = batch->next;
	if (ui->all == batch)
		ui->all = NULL;
}

/* Whatever is left of it is not looked at any more; what is known stays. */
static void give_up(struct ui *ui, struct batch *batch)
{
	if (batch->job != NULL) {
		job_set_tag(batch->job, NULL);
		job_kill(batch->job, SIGTERM);
	}
	unlink_batch(ui, batch);
	batch_free(batch);
	ui_dirty(ui, DIRTY_ALL);
}

/* "20 pass, 2 warn, 15 fail" */
static char *signs_text(const size_t signs[SIGN_COUNT])
{
	struct str out = STR_INIT;

	for (enum sign sign = 0; sign < SIGN_COUNT; sign++)
		if (signs[sign] > 0)
			str_addf(&out, "%s%zu %s", out.len > 0 ? ", " : "", signs[sign],
			    sign_name(sign));
	return str_take(&out);
}

static void say_all_done(struct ui *ui, const struct batch *batch)
{
	char *signs = signs_text(batch->signs);
	enum sign worst = SIGN_FAIL;

	while (worst > SIGN_PASS && batch->signs[worst] == 0)
		worst--;
	ui_say(ui, sign_role(worst),
	    ngettext("%zu host was checked: %s", "%zu hosts were checked: %s", batch->total),
	    batch->total, signs);
	free(signs);
}

static void finish(struct ui *ui, struct batch *batch)
{
	if (batch == ui->all)
		say_all_done(ui, batch);
	give_up(ui, batch);
}

/* ---- children ---- */

/* A file in memory with the names of the first group, one a line.  -1 with err. */
static int names_of(const struct batch *batch, struct err *err)
{
	const struct group *group = batch->groups;
	struct str names = STR_INIT;

	for (size_t i = 0; i < group->len; i++)
		if (group->items[i]->checker == batch)
			str_addf(&names, "%s\n", group->items[i]->host->name);
	int fd = memfd_create("names", MFD_CLOEXEC);
	if (fd == -1 || write(fd, names.data, names.len) != (ssize_t)names.len) {
		err_set(err, ERR_LOCAL, _("cannot hand the hosts' names to a check: %s"),
		    strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	} else {
		lseek(fd, 0, SEEK_SET);
	}
	str_done(&names);
	return fd;
}

/* A child for the first group.  False after saying why there is none. */
static bool start_child(struct ui *ui, struct batch *batch)
{
	const char *argv[12] = { "check", "--json-lines", "--depth", depth_name(batch->depth),
		"--names-from", "-" };
	size_t argc = 6;
	struct err err = ERR_INIT;
	int names = names_of(batch, &err);

	if (ui->options->hosts_file != NULL) {
		argv[argc++] = "--hosts";
		argv[argc++] = ui->options->hosts_file;
	}
	/* Only the person at the keyboard asks for logins on the way. */
	if (batch->depth == DEPTH_AUTH)
		argv[argc++] = "--through-jumps";
	if (batch->automatic)
		argv[argc++] = "--automatic";
	if (names != -1) {
		batch->job = job_start_checker(ui->jobs, argv, names, &err);
		close(names);
	}
	if (batch->job == NULL)
		ui_say_err(ui, &err);
	else
		job_set_tag(batch->job, batch);
	return batch->job != NULL;
}

static struct batch *start(
    struct ui *ui, struct entry *const *entries, size_t count, enum depth depth, bool automatic)
{
	struct batch *batch = batch_new(entries, count, depth);

	batch->automatic = automatic;
	batch->next = ui->batches;
	ui->batches = batch;
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
	if (start_child(ui, batch))
		return batch;
	give_up(ui, batch);
	return NULL;
}

static bool start_one(struct ui *ui, struct entry *entry, enum depth depth, bool automatic)
{
	if (start(ui, &entry, 1, depth, automatic) == NULL)
		return false;
	entry_begin(entry, depth);
	return true;
}

void checker_automatic(struct ui *ui, struct entry *entry, enum depth depth)
{
	if (start_one(ui, entry, depth, true))
		ui->automatic = entry;
}

void checker_stop(struct ui *ui, struct entry *entry)
{
	struct batch *batch = entry->checker;

	if (batch == NULL)
		return;
	batch_drop(batch, entry);
	if (batch->done == batch->total)
		finish(ui, batch);
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
}

void checker_start(struct ui *ui, struct entry *entry, enum depth depth)
{
	if (entry->checker != NULL && entry->checker == ui->all)
		ui_say(ui, ROLE_TEXT, _("%s is checked with the others; Esc ends that"),
		    entry->host->name);
	if (entry->checker != NULL && !entry->checker->automatic)
		return;
	checker_stop(ui, entry);
	start_one(ui, entry, depth, false);
}

bool checker_stop_selected(struct ui *ui)
{
	struct entry *entry = model_selected(ui);

	if (entry == NULL || entry->checker == NULL || entry->checker->automatic)
		return false;
	checker_stop(ui, entry);
	ui_say(ui, ROLE_WARN, _("the check was ended"));
	return true;
}

/* ---- all that are shown ---- */

static bool is_to_check(const struct entry *entry)
{
	return entry->host->problem == NULL && entry->session == NULL &&
	    (entry->checker == NULL || entry->checker->automatic);
}

void checker_start_all(struct ui *ui, enum depth depth)
{
	struct entry **entries = mem_zalloc(ui->shown_len + 1, sizeof *entries);
	size_t count = 0;

	for (size_t i = 0; i < ui->shown_len && ui->all == NULL; i++) {
		struct entry *entry = ui->shown[i];

		if (!is_to_check(entry))
			continue;
		checker_stop(ui, entry);
		entries[count++] = entry;
	}
	if (count > 0)
		ui->all = start(ui, entries, count, depth, false);
	else
		ui_say(ui, ROLE_WARN, "%s",
		    ui->all != NULL ? _("Hosts are being checked already; Esc ends that.")
				    : _("There is no host to check."));
	ui_dirty(ui, DIRTY_BAR);
	free(entries);
}

bool checker_stop_all(struct ui *ui)
{
	struct batch *batch = ui->all;

	if (batch == NULL)
		return false;
	ui_say(ui, ROLE_WARN, _("%zu of %zu hosts were checked; the others were not"), batch->done,
	    batch->total);
	give_up(ui, batch);
	return true;
}

/* ---- what the children say ---- */

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
		give_up(ui, batch);
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
		finish(ui, batch);
	else if (!start_child(ui, batch))
		give_up(ui, batch);
}

void checker_done(struct ui *ui)
{
	while (ui->batches != NULL)
		give_up(ui, ui->batches);
}
