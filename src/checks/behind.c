/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/behind.h"

#include <stdlib.h>

#include "checks/run.h"

/* ---- ways ---- */

static struct way *find_way(const struct ways *ways, const char *proxy_jump)
{
	for (size_t i = ways->len; i > 0; i--)
		if (str_eq(ways->items[i - 1]->proxy_jump, proxy_jump))
			return ways->items[i - 1];
	return NULL;
}

static void way_free(struct way *way)
{
	host_chain_done(&way->hops);
	free(way->proxy_jump);
	free(way);
}

static struct way *make_way(struct checks *run, const struct host *host, struct err *err)
{
	struct ways *ways = &run->ways;
	struct way *way = mem_zalloc(1, sizeof *way);

	way->proxy_jump = mem_strdup(host->proxy_jump);
	if (!host_way(run->list, host, &way->hops, err)) {
		way_free(way);
		return NULL;
	}
	for (size_t i = 0; run->options.through_jumps && i < way->hops.len; i++)
		way->last = hop_get(run, way->hops.items[i], way->last);
	if (ways->len == ways->cap) {
		ways->cap = ways->cap ? ways->cap * 2 : 8;
		ways->items = mem_realloc(ways->items, ways->cap, sizeof(struct way *));
	}
	return ways->items[ways->len++] = way;
}

bool behind_plan(struct subject *subject, struct err *err)
{
	struct checks *run = subject->run;

	subject->way = find_way(&run->ways, subject->host->proxy_jump);
	if (!subject->way)
		subject->way = make_way(run, subject->host, err);
	return subject->way;
}

void behind_done(struct ways *ways)
{
	for (size_t i = 0; i < ways->len; i++)
		way_free(ways->items[i]);
	free(ways->items);
	*ways = (struct ways){ 0 };
}

bool behind_looks(const struct subject *subject)
{
	return subject->way && !subject->way->last;
}

const struct host *behind_called(const struct subject *subject)
{
	return behind_looks(subject) ? subject->way->hops.items[0] : subject->host;
}

/* ---- the first hop, as far as its banner ---- */

/* It goes no further than here, whatever came of it. */
static bool is_last(const struct result *result)
{
	return str_eq(result->id, "ssh.banner") || result->verdict == VERDICT_FAIL ||
	    (str_eq(result->id, "net.connect") && result->verdict == VERDICT_SKIP);
}

/* What is known of the first hop by now is in server->front. */
static void gather(struct server *server, const struct result *result)
{
	struct result *front = server->front;

	if (!front || str_eq(result->id, "net.resolve")) {
		result_free(front);
		front = server->front = result_new("jump.1", VERDICT_PASS);
	}
	front->duration_ms += result->duration_ms;
	result_detail(front, result->id, "%s", result->summary);
	if (result_detail_get(result, "postponed"))
		result_detail(front, "postponed", "%s", result_detail_get(result, "postponed"));
	if (result_detail_get(result, "address"))
		result_detail(front, "address", "%s", result_detail_get(result, "address"));
	if (result->verdict == VERDICT_PASS)
		return;
	front->verdict = result->verdict;
	if (result->hint)
		result_hint(front, "%s", result->hint);
}

static void summarize(struct result *told, const struct host *hop, const struct result *last)
{
	const char *reached = result_detail_get(told, "net.connect");

	result_detail(told, "host", "%s", hop->name);
	result_detail(told, "hostname", "%s", hop->hostname);
	result_detail(told, "port", "%ld", hop->port);
	if (str_eq(last->id, "ssh.banner") && last->verdict != VERDICT_FAIL && reached)
		result_summary(told, "%s: %s, %s", hop->name, reached, last->summary);
	else
		result_summary(told, "%s: %s", hop->name, last->summary);
}

static void tell_front(
    struct subject *subject, const struct result *front, const struct result *last)
{
	const struct host *hop = behind_called(subject);
	const char *how = subject->run->options.how_through;
	struct result *told = result_dup(front);
	char *why;

	if (front->verdict == VERDICT_FAIL)
		why = mem_printf(_("not reached: %s failed"), front->id);
	else if (how)
		why = mem_printf(_("needs a login on %s: %s"), hop->name, how);
	else
		why = mem_printf(_("needs a login on %s"), hop->name);
	summarize(told, hop, last);
	subject->busy_ms += front->duration_ms;
	subject_tell(subject, told);
	if (front->verdict == VERDICT_FAIL)
		subject_net_done(subject, why);
	else
		subject_needs(subject, "login", why);
	free(why);
}

void behind_hear(struct server *server, const struct result *result)
{
	if (!server->lookers)
		return;
	gather(server, result);
	if (!is_last(result))
		return;
	server->lookers = 0;
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = server_subject(server, i);
		if (behind_looks(subject) && !subject->net_done)
			tell_front(subject, server->front, result);
	}
}

/* ---- what is not known ---- */

void behind_skip(struct subject *subject, const struct undone *undone)
{
	size_t hops = subject->way ? subject->way->hops.len : host_is_behind(subject->host);

	for (size_t i = 1; i <= hops; i++) {
		char *id = mem_printf("jump.%zu", i);
		if (!subject_has(subject, id))
			subject_skip(subject, id, undone);
		free(id);
	}
}
