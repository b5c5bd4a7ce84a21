/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered from one run to the next: read when the first screen is there, so that nobody waits for it.
 * What checks find is written by them; the menu writes which hosts were used, and what a checker had told before it
 * died.
 */
#include <stdlib.h>

#include "sallyport/state.h"

#include "menu.h"

/* ---- reading ---- */

/* On the loop's clock, which a change of the system's clock does not move. */
static double loop_time(const struct ui *ui, double at)
{
	return loop_now_ms(ui->loop) - state_age(at, state_now()) * 1000;
}

static void on_host(void *ctx, struct state_host *host)
{
	struct ui *ui = ctx;
	struct entry *entry = model_find(ui, host->name);

	if (entry == NULL)
		return;
	entry->uses += host->uses;
	if (host->used_at > entry->used_at)
		entry->used_at = host->used_at;
	for (size_t i = 0; i < host->count; i++)
		entry_remember(entry, pool_get(&ui->pool, host->results[i].result),
		    loop_time(ui, host->results[i].at));
}

static void load(void *ctx)
{
	struct ui *ui = ctx;
	struct err err = ERR_INIT;
	struct state *state = state_read(&err);

	state_each_host(state, &ui->hosts, on_host, ui);
	state_free(state);
	if (err.text[0] != '\0' && ui->message == NULL)
		ui_say(ui, ROLE_WARN, "%s", err.text);
	model_refresh(ui);
}

void known_start(struct ui *ui)
{
	ui->news = state_news_new();
	loop_task_init(&ui->load, ui->loop, load, ui);
}

void known_load(struct ui *ui)
{
	if (ui->is_loaded)
		return;
	ui->is_loaded = true;
	loop_task_queue(&ui->load);
}

/* ---- writing ---- */

void known_used(struct ui *ui, struct entry *entry)
{
	entry->used_at = state_now();
	entry->uses++;
	state_news_used(ui->news, entry->host, entry->used_at);
	ui->has_news = true;
}

void known_checked(struct ui *ui, const struct entry *entry, enum depth depth)
{
	struct host_report report = { 0 };

	report.name = mem_strdup(entry->host->name);
	report.depth = mem_strdup(depth_name(depth));
	for (size_t i = 0; i < entry->count; i++)
		if (entry->findings[i].run == entry->run)
			host_report_add(&report, result_share(entry->findings[i].result));
	state_news_checked(ui->news, entry->host, &report, false);
	host_report_done(&report);
	ui->has_news = true;
}

void known_write(struct ui *ui)
{
	struct err err = ERR_INIT;

	if (!ui->has_news)
		return;
	if (!state_write(ui->news, &ui->hosts, &err) && ui->message == NULL)
		ui_say_err(ui, &err);
	state_news_free(ui->news);
	ui->news = state_news_new();
	ui->has_news = false;
}

void known_done(struct ui *ui)
{
	known_write(ui);
	state_news_free(ui->news);
	loop_task_done(&ui->load);
}
