/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"
#include "state/entry.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPOOL_PIECE = 64 * 1024 };
enum { SUMMARY_MAX = 400, HINT_MAX = 600, ID_MAX = 40 };

struct state_news *state_news_new(void)
{
	return mem_zalloc(1, sizeof(struct state_news));
}

void state_news_free(struct state_news *news)
{
	if (!news)
		return;
	if (news->spool)
		fclose(news->spool);
	str_done(&news->unspooled);
	str_done(&news->results);
	str_done(&news->postponed);
	free(news);
}

/* ---- the spool ---- */

static void open_spool(struct state_news *news)
{
	news->spool = tmpfile();
	news->no_spool = news->spool == NULL;
	if (news->spool)
		fcntl(fileno(news->spool), F_SETFD, FD_CLOEXEC);
}

/* What cannot be written stays where it is. */
static void spool(struct state_news *news, const char *text, size_t len)
{
	struct str *rest = &news->unspooled;

	str_add_mem(rest, text, len);
	if (rest->len < SPOOL_PIECE || news->no_spool)
		return;
	if (!news->spool)
		open_spool(news);
	ssize_t n = news->spool
	    ? pwrite(fileno(news->spool), rest->data, rest->len, (off_t)news->spooled)
	    : -1;
	if (n > 0) {
		news->spooled += (size_t)n;
		str_consume(rest, (size_t)n);
	}
	news->no_spool = rest->len > 0;
}

/* ---- what comes in ---- */

size_t news_len(const struct news_record *record)
{
	return sizeof *record + record->name_len + record->address_len + record->results_len +
	    record->postponed_len;
}

static void add_record(struct state_news *news, struct news_record *record, const char *name)
{
	record->name_len = strlen(name) + 1;
	spool(news, (const char *)record, sizeof *record);
	spool(news, name, record->name_len);
	news->names_len += record->name_len;
	news->host_count += record->kind == NEWS_HOST;
	news->server_count += record->kind == NEWS_SERVER;
}

/* A detail says what would do for a check that was left undone: result_is_left(). */
static void add_detail(struct str *out, const struct result *result, const char *key)
{
	const char *value = result_detail_get(result, key);

	if (!value)
		return;
	str_addf(out, ",\"%s\":", key);
	quote(out, value, ID_MAX);
}

static void add_result(struct str *out, const struct result *result)
{
	comma(out);
	str_add(out, "{\"id\":");
	quote(out, result->id, ID_MAX);
	if (result->verdict != VERDICT_PASS)
		str_addf(out, ",\"verdict\":\"%s\"", verdict_name(result->verdict));
	str_add(out, ",\"summary\":");
	quote(out, result->summary ? result->summary : "", SUMMARY_MAX);
	if (result->hint) {
		str_add(out, ",\"hint\":");
		quote(out, result->hint, HINT_MAX);
	}
	if (result->fixable)
		str_add(out, ",\"fixable\":true");
	if (result_is_left(result)) {
		add_detail(out, result, "postponed");
		add_detail(out, result, "needs");
	}
	str_add_char(out, '}');
}

/* What this machine says of itself is found anew in a moment; ten thousand hosts would all have the same of it. */
static bool is_worth_keeping(const struct result *result)
{
	return result_depth(result->id) > DEPTH_LOCAL || result->verdict >= VERDICT_WARN;
}

/* Its results as two arrays. */
static void sort_results(
    const struct host_report *report, bool interrupted, struct str *results, struct str *postponed)
{
	str_reset(results);
	str_reset(postponed);
	str_add_char(results, '[');
	str_add_char(postponed, '[');
	for (size_t i = 0; i < report->count && i < RESULTS_MAX; i++) {
		const struct result *result = report->results[i];
		bool later = result->verdict == VERDICT_SKIP &&
		    (interrupted || result_detail_get(result, "postponed"));

		if (is_worth_keeping(result))
			add_result(later ? postponed : results, result);
	}
	str_add_char(results, ']');
	str_add_char(postponed, ']');
}

void state_news_checked(struct state_news *news, const struct host *host,
    const struct host_report *report, bool interrupted)
{
	struct str *results = &news->results, *postponed = &news->postponed;

	if (!host->name)
		return;
	char *address = host_address(host);
	sort_results(report, interrupted, results, postponed);
	struct news_record record = { .kind = NEWS_HOST,
		.depth = depth_static(report->depth),
		.verdict = report->verdict,
		.checked_at = state_now(),
		.address_len = strlen(address) + 1,
		.results_len = results->len,
		.postponed_len = postponed->len };
	add_record(news, &record, host->name);
	spool(news, address, record.address_len);
	spool(news, results->data, results->len);
	spool(news, postponed->data, postponed->len);
	free(address);
}

void state_news_used(struct state_news *news, const struct host *host, double at)
{
	struct news_record record = { .kind = NEWS_HOST, .used_at = at, .uses = 1 };

	if (host->name)
		add_record(news, &record, host->name);
}

void state_news_called(struct state_news *news, const char *server, double at, double unfinished)
{
	struct news_record record = {
		.kind = NEWS_SERVER, .called_at = at, .unfinished = unfinished
	};

	add_record(news, &record, server);
}
