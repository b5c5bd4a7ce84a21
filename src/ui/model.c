/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "menu.h"
#include "text.h"

/* Cleaning is for the few texts that need it: this runs over all hosts before the first screen. */
static int shown_width(const char *text)
{
	size_t len = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789@.:-_/ ");

	if (text[len] == '\0')
		return (int)len;
	char *clean = text_clean(text);
	int width = text_width(clean);
	free(clean);
	return width;
}

static void widen(int *column, const char *text)
{
	int width = text != NULL ? shown_width(text) : 0;

	if (width > *column)
		*column = width;
}

/* Over all hosts, not those shown: columns that move while one types are hard to read. */
static void measure(struct columns *columns, const struct host *host)
{
	char *address = host_address(host);
	char *tags = strlist_join(&host->tags, " ");

	widen(&columns->name, host->name);
	widen(&columns->address, address);
	widen(&columns->group, host->group);
	widen(&columns->tags, tags);
	free(address);
	free(tags);
}

void model_init(struct ui *ui)
{
	ui->entries = mem_zalloc(ui->hosts.len + 1, sizeof *ui->entries);
	ui->shown = mem_zalloc(ui->hosts.len + 1, sizeof *ui->shown);
	for (size_t i = 0; i < ui->hosts.len; i++) {
		entry_init(&ui->entries[i], ui->hosts.items[i]);
		measure(&ui->columns, ui->hosts.items[i]);
	}
	model_filter(ui);
}

static void drop_entries(struct ui *ui)
{
	for (size_t i = 0; i < ui->hosts.len; i++)
		entry_done(&ui->entries[i]);
	free(ui->entries);
	free(ui->shown);
	ui->shown_len = 0;
}

void model_load_rest(struct ui *ui)
{
	drop_entries(ui);
	hosts_load_rest(&ui->hosts);
	model_init(ui);
}

void model_done(struct ui *ui)
{
	drop_entries(ui);
	pool_done(&ui->pool);
	str_done(&ui->filter);
	free(ui->message);
}

struct entry *model_selected(const struct ui *ui)
{
	return ui->cursor < ui->shown_len ? ui->shown[ui->cursor] : NULL;
}

struct entry *model_find(struct ui *ui, const char *name)
{
	const struct host *host = hosts_find(&ui->hosts, name);

	return host != NULL ? &ui->entries[host->id - 1] : NULL;
}

void model_select(struct ui *ui, const struct entry *entry)
{
	for (size_t i = 0; entry != NULL && i < ui->shown_len; i++)
		if (ui->shown[i] == entry)
			model_move_to(ui, (long)i);
}

void model_move_to(struct ui *ui, long row)
{
	const struct entry *before = model_selected(ui);

	if (row >= (long)ui->shown_len)
		row = (long)ui->shown_len - 1;
	ui->cursor = row > 0 ? (size_t)row : 0;
	ui_dirty(ui, DIRTY_LIST);
	if (model_selected(ui) == before)
		return;
	ui->panel_top = 0;
	ui_dirty(ui, DIRTY_PANEL);
	automatic_cursor_moved(ui);
}

/* How well the name is what was typed: it is that name, it begins so, or it does not. */
static int name_rank(const struct host *host, const char *filter)
{
	size_t len = strlen(filter);

	if (len == 0 || host->name == NULL || strncasecmp(host->name, filter, len) != 0)
		return 0;
	return host->name[len] == '\0' ? 2 : 1;
}

/* Fills in which are shown, in their order. */
static void make_list(struct ui *ui)
{
	struct query query;

	query_init(&query, str_text(&ui->filter));
	ui->relist = false;
	ui->shown_len = 0;
	for (size_t i = 0; i < ui->hosts.len; i++)
		if (query_matches(&query, &ui->entries[i]))
			ui->shown[ui->shown_len++] = &ui->entries[i];
	order_sort(ui->shown, ui->shown_len, ui->order, ui->reverse);
	ui->live = query.about_signs || ui->order == ORDER_STATUS;
	query_done(&query);
	ui_dirty(ui, DIRTY_ALL);
}

static void cursor_was_moved(struct ui *ui)
{
	ui->panel_top = 0;
	automatic_cursor_moved(ui);
}

/* The cursor stays on its host, unless the filter names another one better: Enter goes there. */
void model_filter(struct ui *ui)
{
	const struct entry *selected = model_selected(ui);
	int best = -1;

	make_list(ui);
	ui->cursor = 0;
	ui->list_top = 0;
	for (size_t i = 0; i < ui->shown_len; i++) {
		int rank = 2 * name_rank(ui->shown[i]->host, str_text(&ui->filter)) +
		    (ui->shown[i] == selected);
		if (rank <= best)
			continue;
		best = rank;
		ui->cursor = i;
	}
	if (model_selected(ui) != selected)
		cursor_was_moved(ui);
}

void model_refresh(struct ui *ui)
{
	const struct entry *selected = model_selected(ui);

	make_list(ui);
	for (size_t i = 0; i < ui->shown_len; i++)
		if (ui->shown[i] == selected)
			ui->cursor = i;
	if (ui->cursor >= ui->shown_len)
		ui->cursor = ui->shown_len > 0 ? ui->shown_len - 1 : 0;
	if (model_selected(ui) != selected)
		cursor_was_moved(ui);
}

void model_changed(struct ui *ui)
{
	ui->relist = ui->live;
}
