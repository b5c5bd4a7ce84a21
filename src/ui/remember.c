/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What state.json knows: read once, after the first screen.  The checkers write what they find; the little that the menu
 * has to add is written beside it, by a thread, which may wait for others: no key and no session waits for that.
 */
#include "sallyport/state.h"

#include <stdlib.h>

#include "menu.h"

/* What has been found since the start is newer than what is remembered. */
static void take_results(struct ui *ui, struct entry *entry, const struct state_host *known)
{
	double now = state_now();

	for (size_t i = 0; i < known->count; i++) {
		const struct state_result *one = &known->results[i];
		double at_ms = loop_now_ms(ui->loop) - state_age(one->at, now) * 1000;

		if (!entry_has(entry, one->result->id))
			entry_add(entry, pool_get(&ui->pool, one->result), at_ms);
	}
}

static void take(void *ctx, struct state_host *known)
{
	struct ui *ui = ctx;
	struct entry *entry = model_find(ui, known->name);

	if (entry == NULL || entry->host->problem != NULL)
		return;
	entry->used_at = known->used_at;
	entry->uses = known->uses;
	take_results(ui, entry, known);
}

void remember_load(void *ctx)
{
	struct ui *ui = ctx;
	struct state *state = state_read(NULL);

	state_each_host(state, &ui->hosts, take, ui);
	state_free(state);
	model_refresh(ui);
}

/* ---- writing ---- */

/* Nobody else has the news then; the hosts do not change as long as there is a menu. */
struct writing {
	struct ui *ui;
	struct state_news *news;
};

/* Where it cannot be written there are no automatic checks that would ask. */
static void write_news(void *ctx)
{
	const struct writing *writing = ctx;

	state_write(writing->news, &writing->ui->hosts, NULL);
}

static void on_written(void *ctx)
{
	struct ui *ui = ((struct writing *)ctx)->ui;

	ui->writing = false;
	remember_write(ui);
}

static void drop_writing(void *ctx)
{
	struct writing *writing = ctx;

	state_news_free(writing->news);
	free(writing);
}

struct state_news *remember_news(struct ui *ui)
{
	if (ui->news == NULL)
		ui->news = state_news_new();
	return ui->news;
}

/* One after the other: what comes meanwhile is written together. */
void remember_write(struct ui *ui)
{
	if (ui->news == NULL || ui->writing)
		return;
	struct writing *writing = mem_zalloc(1, sizeof *writing);
	*writing = (struct writing){ ui, ui->news };
	ui->news = NULL;
	ui->writing = true;
	loop_work_start(ui->loop, write_news, on_written, drop_writing, writing);
}

void remember_done(struct ui *ui)
{
	while (ui->writing)
		loop_turn(ui->loop);
}

void remember_called(struct ui *ui, const struct result *result)
{
	const char *address = result_detail_get(result, "address");
	const char *port = result_detail_get(result, "port");

	if (!str_eq(result->id, "net.connect") || address == NULL || port == NULL)
		return;
	char *server = server_name(address, strtol(port, NULL, 10));
	state_news_called(remember_news(ui), server, state_now(), 0);
	remember_write(ui);
	free(server);
}

void remember_used(struct ui *ui, struct entry *entry)
{
	entry->used_at = state_now();
	entry->uses++;
	ui->relist = ui->relist || ui->order == ORDER_RECENT || ui->order == ORDER_FREQUENT;
	state_news_used(remember_news(ui), entry->host, entry->used_at);
	remember_write(ui);
}
