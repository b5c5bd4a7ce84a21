/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"

#include <stdlib.h>

enum { SUMMARY_MAX = 400, HINT_MAX = 600, ID_MAX = 40, RESULTS_MAX = 64 };

struct state_news *state_news_new(void)
{
	return mem_zalloc(1, sizeof(struct state_news));
}

void state_news_free(struct state_news *news)
{
	if (!news)
		return;
	for (size_t i = 0; i < news->host_count; i++) {
		free(news->hosts[i].name);
		free(news->hosts[i].address);
		free(news->hosts[i].depth);
		str_done(&news->hosts[i].results);
		str_done(&news->hosts[i].postponed);
	}
	for (size_t i = 0; i < news->server_count; i++)
		free(news->servers[i].name);
	free(news->hosts);
	free(news->servers);
	free(news);
}

static struct news_host *add_host(struct state_news *news, const struct host *host)
{
	if (news->host_count == news->host_cap) {
		news->host_cap = news->host_cap ? news->host_cap * 2 : 8;
		news->hosts = mem_realloc(news->hosts, news->host_cap, sizeof *news->hosts);
	}
	struct news_host *one = &news->hosts[news->host_count++];
	*one = (struct news_host){ .name = mem_strdup(host->name), .address = host_address(host) };
	return one;
}

static void add_result(struct str *out, const struct result *result)
{
	comma(out);
	str_add(out, "{\"id\":");
	quote(out, result->id, ID_MAX);
	str_addf(out, ",\"verdict\":\"%s\",\"summary\":", verdict_name(result->verdict));
	quote(out, result->summary ? result->summary : "", SUMMARY_MAX);
	if (result->hint) {
		str_add(out, ",\"hint\":");
		quote(out, result->hint, HINT_MAX);
	}
	if (result->fixable)
		str_add(out, ",\"fixable\":true");
	str_add(out, ",\"ms\":");
	add_number(out, result->duration_ms);
	str_add_char(out, '}');
}

/* What this machine says of itself is found anew in a moment; ten thousand hosts would all have the same of it. */
static bool is_worth_keeping(const struct result *result)
{
	return depth_of_result(result->id) > 0 || result->verdict >= VERDICT_WARN;
}

void state_news_checked(struct state_news *news, const struct host *host,
    const struct host_report *report, bool interrupted)
{
	if (!host->name)
		return;
	struct news_host *one = add_host(news, host);
	one->depth = mem_strdup(report->depth);
	one->verdict = report->verdict;
	one->checked_at = state_now();
	one->ms = report->duration_ms;
	for (size_t i = 0; i < report->count && i < RESULTS_MAX; i++) {
		const struct result *result = report->results[i];
		bool postponed = result->verdict == VERDICT_SKIP &&
		    (interrupted || result_detail_get(result, "postponed"));
		if (is_worth_keeping(result))
			add_result(postponed ? &one->postponed : &one->results, result);
	}
}

void state_news_used(struct state_news *news, const struct host *host, double at)
{
	if (!host->name)
		return;
	struct news_host *one = add_host(news, host);
	one->used_at = at;
	one->uses = 1;
}

void state_news_called(struct state_news *news, const char *server, double at, double unfinished)
{
	if (news->server_count == news->server_cap) {
		news->server_cap = news->server_cap ? news->server_cap * 2 : 8;
		news->servers = mem_realloc(news->servers, news->server_cap, sizeof *news->servers);
	}
	news->servers[news->server_count++] =
	    (struct news_server){ mem_strdup(server), at, unfinished };
}
