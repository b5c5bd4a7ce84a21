/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cursor starts by itself is polite: local checks when it stops, a call at the server when
 * it rests and nothing fresh is known.  That it is not called twice in 30 s is the checker's part (--automatic).
 */
#include "menu.h"

enum {
	LOCAL_MS = 40, /* holding a key down does not start a child a row */
	REACH_MS = 600,
	BUSY_MS = 100, /* the local checks are not done yet */
	FRESH_MINUTES = 5,
};

/* Whether its server was called a moment ago, by whatever name, is known to the checker. */
static bool is_fresh(const struct ui *ui, const struct entry *entry)
{
	return entry_depth(entry) > DEPTH_LOCAL && !entry_postponed(entry) &&
	    entry_age_minutes(entry, loop_now_ms(ui->loop)) < FRESH_MINUTES;
}

/* ---- what the cursor starts ---- */

static bool is_wanted(const struct ui *ui, enum depth depth)
{
	switch (ui->settings.auto_check) {
	case AUTO_CHECK_OFF:
		return false;
	case AUTO_CHECK_LOCAL:
		return depth == DEPTH_LOCAL;
	case AUTO_CHECK_REACH:
		break;
	}
	return true;
}

/* One step each time the timer fires: local, then reach. */
static void on_rest(void *ctx)
{
	struct ui *ui = ctx;
	struct entry *entry = model_selected(ui);

	if (ui->away || entry == NULL || entry->host->problem != NULL || entry->session != NULL)
		return;
	if (!is_wanted(ui, ui->rest_depth) || (entry->checker != NULL && entry->checker == ui->all))
		return;
	if (entry->checker != NULL) {
		loop_timer_set(ui->rest, BUSY_MS);
	} else if (ui->rest_depth == DEPTH_LOCAL) {
		checker_automatic(ui, entry, DEPTH_LOCAL);
		ui->rest_depth = DEPTH_REACH;
		loop_timer_set(ui->rest, REACH_MS - LOCAL_MS);
	} else if (ui->rest_depth == DEPTH_REACH) {
		ui->rest_depth = DEPTH_NONE;
		if (!is_fresh(ui, entry))
			checker_automatic(ui, entry, DEPTH_REACH);
	}
}

/* What the cursor had started before it moved on. */
static void stop_before(struct ui *ui)
{
	struct entry *entry = ui->automatic;

	if (entry == NULL || entry == model_selected(ui))
		return;
	if (entry->checker != NULL && entry->checker->automatic)
		checker_stop(ui, entry);
	ui->automatic = NULL;
}

void automatic_cursor_moved(struct ui *ui)
{
	if (ui->jobs == NULL)
		return;
	stop_before(ui);
	ui->rest_depth = DEPTH_LOCAL;
	if (ui->rest == NULL)
		ui->rest = loop_timer_start(ui->loop, LOCAL_MS, on_rest, ui);
	else
		loop_timer_set(ui->rest, LOCAL_MS);
}
