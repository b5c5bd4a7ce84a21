/* SPDX-License-Identifier: Apache-2.0 */
/* What state.json knows: read once, after the first screen; the checkers write what they find. */
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

/* Where it cannot be written there are no automatic checks that would ask. */
static void write_news(const struct ui *ui, struct state_news *news)
{
	state_write(news, &ui->hosts, NULL);
	state_news_free(news);
}

void remember_called(const struct ui *ui, const struct result *result)
{
	const char *address = result_detail_get(result, "address");
	const char *port = result_detail_get(result, "port");

	if (!str_eq(result->id, "net.connect") || address == NULL || port == NULL)
		return;
	char *server = mem_printf("%s %s", address, port);
	struct state_news *news = state_news_new();
	state_news_called(news, server, state_now(), 0);
	write_news(ui, news);
	free(server);
}

void remember_used(struct ui *ui, struct entry *entry)
{
	struct state_news *news = state_news_new();

	entry->used_at = state_now();
	entry->uses++;
	ui->relist = ui->relist || ui->order == ORDER_RECENT || ui->order == ORDER_FREQUENT;
	state_news_used(news, entry->host, entry->used_at);
	write_news(ui, news);
}
