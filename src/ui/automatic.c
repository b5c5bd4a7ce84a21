/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cursor starts by itself is polite: local checks when it stops, a call at the server when
 * it rests and nothing fresh is known, and at most one call in 30 s at the same server.
 */
#include <stdlib.h>
#include <string.h>

#include "menu.h"

enum {
	LOCAL_MS = 40, /* holding a key down does not start a child a row */
	REACH_MS = 600,
	BUSY_MS = 100, /* the local checks are not done yet */
	SERVER_MS = 30000,
	FRESH_MINUTES = 5,
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

void automatic_called(struct ui *ui, const struct entry *entry)
{
	probe_of(ui, entry->host)->at_ms = loop_now_ms(ui->loop);
}

static bool may_call(struct ui *ui, const struct entry *entry)
{
	double now = loop_now_ms(ui->loop);

	if (entry_depth(entry) > DEPTH_LOCAL && entry_age_minutes(entry, now) < FRESH_MINUTES)
		return false;
	return now - probe_of(ui, entry->host)->at_ms >= SERVER_MS;
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
		if (may_call(ui, entry))
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
