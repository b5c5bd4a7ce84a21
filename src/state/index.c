/* SPDX-License-Identifier: Apache-2.0 */
/* The news read back: an index by name, and each when its turn comes. */
#include "state/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many hosts that their news are next to each other in most cases, and no more. */
enum { WINDOW = 8 * 1024 };

/* ---- bytes ---- */

static bool unspool(const struct state_news *news, size_t place, char *data, size_t len)
{
	while (len > 0 && place < news->spooled) {
		size_t here = news->spooled - place;
		ssize_t n = pread(fileno(news->spool), data, len < here ? len : here, (off_t)place);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		place += (size_t)n;
		len -= (size_t)n;
	}
	if (len > 0)
		memcpy(data, news->unspooled.data + (place - news->spooled), len);
	return true;
}

static size_t news_end(const struct state_news *news)
{
	return news->spooled + news->unspooled.len;
}

/* So many bytes, valid until the next call; NULL: they cannot be read. */
static const char *window_at(struct news_window *window, size_t place, size_t len)
{
	size_t left = news_end(window->news) - place;
	size_t size = len > WINDOW ? len : left < WINDOW ? left : WINDOW;

	if (place < window->from || place + len > window->from + window->len) {
		if (size > window->cap)
			window->data = mem_realloc(window->data, window->cap = size, 1);
		window->from = place;
		window->len = unspool(window->news, place, window->data, size) ? size : 0;
	}
	return window->len > 0 ? window->data + (place - window->from) : NULL;
}

/* ---- by name ---- */

static void table_init(struct news_table *table, size_t count)
{
	table->size = count + 1;
	table->items = mem_zalloc(table->size, sizeof *table->items);
	table->buckets = mem_zalloc(table->size, sizeof *table->buckets);
}

static void table_done(struct news_table *table)
{
	free(table->items);
	free(table->buckets);
}

struct news_item *news_find(const struct news_table *table, const char *name)
{
	struct news_item *item = table->buckets[str_hash(name) % table->size];

	while (item && !str_eq(item->name, name))
		item = item->next;
	return item;
}

static struct news_item *find_or_add(struct news_table *table, const char *name)
{
	struct news_item *item = news_find(table, name);
	struct news_item **bucket = &table->buckets[str_hash(name) % table->size];

	if (item)
		return item;
	item = &table->items[table->count++];
	*item = (struct news_item){ .next = *bucket, .name = name };
	return *bucket = item;
}

static double later(double a, double b)
{
	return a > b ? a : b;
}

/* Of several of one host the last check and all uses count, of a server the last call and what all of them left. */
static void add_item(struct news_index *index, const struct news_record *record, size_t place)
{
	bool is_host = record->kind == NEWS_HOST;
	struct news_item *item =
	    find_or_add(is_host ? &index->hosts : &index->servers, index->names + index->names_len);

	if (record->depth) {
		item->place = place;
		item->len = news_len(record);
	}
	item->uses += record->uses;
	item->used_at = later(item->used_at, record->used_at);
	item->unfinished += record->unfinished;
	item->called_at = later(item->called_at, record->called_at);
	index->names_len += record->name_len;
}

bool news_index_init(struct news_index *index, const struct state_news *news)
{
	struct news_record record;
	const char *data;

	*index =
	    (struct news_index){ .window.news = news, .names = mem_zalloc(news->names_len + 1, 1) };
	table_init(&index->hosts, news->host_count);
	table_init(&index->servers, news->server_count);
	for (size_t place = 0; place < news_end(news); place += news_len(&record)) {
		data = window_at(&index->window, place, sizeof record);
		if (!data)
			return false;
		memcpy(&record, data, sizeof record);
		data = window_at(&index->window, place + sizeof record, record.name_len);
		if (!data)
			return false;
		memcpy(index->names + index->names_len, data, record.name_len);
		add_item(index, &record, place);
	}
	return true;
}

void news_index_done(struct news_index *index)
{
	table_done(&index->hosts);
	table_done(&index->servers);
	free(index->names);
	free(index->window.data);
}

static bool read_check(
    struct news_index *index, const struct news_item *item, struct news_host *host)
{
	const char *data = window_at(&index->window, item->place, item->len);
	struct news_record *record = &host->record;

	if (!data)
		return false;
	memcpy(record, data, sizeof *record);
	host->address = data + sizeof *record + record->name_len;
	const char *results = host->address + record->address_len;
	json_root(results, record->results_len, &host->results);
	json_root(results + record->results_len, record->postponed_len, &host->postponed);
	return true;
}

bool news_read_host(struct news_index *index, const struct news_item *item, struct news_host *host)
{
	*host = (struct news_host){ .name = item->name };
	if (item->len > 0 && !read_check(index, item, host))
		return false;
	host->record.uses = item->uses;
	host->record.used_at = item->used_at;
	return true;
}
