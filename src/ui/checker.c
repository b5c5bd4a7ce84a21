/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts are checked: one, or all that are shown; and what is not wanted any more. */
#include "checker.h"

#include <signal.h>
#include <stdlib.h>

static void unlink_batch(struct ui *ui, const struct batch *batch)
{
	struct batch **at = &ui->batches;

	while (*at != batch)
		at = &(*at)->next;
	*at = batch->next;
	if (ui->all == batch)
		ui->all = NULL;
}

void checker_give_up(struct ui *ui, struct batch *batch)
{
	if (batch->job != NULL) {
		job_set_tag(batch->job, NULL);
		job_kill(batch->job, SIGTERM);
	}
	unlink_batch(ui, batch);
	batch_free(batch);
	ui_dirty(ui, DIRTY_ALL);
}

static struct batch *start(
    struct ui *ui, struct entry *const *entries, size_t count, enum depth depth, bool automatic)
{
	struct batch *batch = batch_new(entries, count, depth);

	batch->automatic = automatic;
	batch->next = ui->batches;
	ui->batches = batch;
	ui_dirty(ui, DIRTY_LIST | DIRTY_PANEL);
	if (checker_run(ui, batch))
		return batch;
	checker_give_up(ui, batch);
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
		checker_finish(ui, batch);
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
	checker_give_up(ui, batch);
	return true;
}

void checker_done(struct ui *ui)
{
	while (ui->batches != NULL)
		checker_give_up(ui, ui->batches);
}
