/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/hop_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "sallyport/ssh.h"

/* ---- telling ---- */

/* "2 of 3 hops: gate, 10.0.0.2 port 22, 31 ms, as root with ..." */
static char *place_text(const struct hop *hop, size_t hops, bool passed)
{
	if (hops == 1)
		return mem_strdup("");
	return passed ? mem_printf(_("%zu of %zu hops: "), hop->number, hops)
		      : mem_printf(_("%zu of %zu hops, then "), hop->number - 1, hops);
}

static struct result *result_for(const struct hop *hop, size_t hops)
{
	bool passed = hop->state == HOP_OPEN;
	const char *address = result_detail_get(hop->result, "address");
	struct result *result = result_dup(hop->result);
	char *place = place_text(hop, hops, passed);

	if (passed)
		result_summary(result, _("%s%s, %s port %ld, %.0f ms, %s"), place, hop->host->name,
		    address ? address : hop->host->hostname, hop->host->port, result->duration_ms,
		    hop->summary);
	else
		result_summary(result, "%s%s: %s", place, hop->host->name, hop->summary);
	result_detail(result, "hops", "%zu", hops);
	free(place);
	return result;
}

/* Is it one of those on the way to this one, or this one? */
static bool is_on_way(const struct hop *hop, const struct hop *last)
{
	while (last && last != hop)
		last = last->before;
	return last;
}

/* Tells all hosts behind it. */
static void tell(struct hop *hop)
{
	struct checks *run = hop->run;

	hop->result->duration_ms = loop_now_ms(run->loop) - hop->started;
	hop->spent_ms = hop->result->duration_ms + (hop->before ? hop->before->spent_ms : 0);
	result_detail(hop->result, "host", "%s", hop->host->name);
	result_detail(hop->result, "hostname", "%s", hop->host->hostname);
	result_detail(hop->result, "port", "%ld", hop->host->port);
	for (size_t i = 0; i < run->count; i++) {
		struct subject *subject = &run->subjects[i];
		if (subject->way && !subject->net_done && is_on_way(hop, subject->way->last))
			subject_tell(subject, result_for(hop, subject->way->hops.len));
	}
}

/* ---- what its connection says ---- */

static void leave_before(struct hop *hop)
{
	if (hop->holds) {
		hop->holds = false;
		hop_free_turn(hop->before);
	}
}

static bool retry_later(struct hop *hop, const struct result *result)
{
	struct checks *run = hop->run;

	if (!run_is_short(run, result))
		return false;
	conn_free(hop->conn);
	hop->conn = NULL;
	result_free(hop->result);
	hop->result = NULL;
	hop->state = HOP_NEW;
	run_turn_over(run);
	run_with_less(run);
	leave_before(hop);
	hop_call(hop);
	return true;
}

static void note_call(struct hop *hop, const char *address)
{
	char *key = server_name(address, hop->host->port);

	peer_called(hop->run, key);
	free(key);
}

static void on_stage_end(void *ctx, struct result *result)
{
	struct hop *hop = ctx;
	static const char *const kept[] = { "address", "fingerprint", "key" };

	if (retry_later(hop, result))
		return;
	if (result_detail_get(result, "addresses"))
		note_call(hop, result_detail_get(result, "addresses"));
	if (str_eq(result->id, "net.connect"))
		leave_before(hop);
	if (hop->state != HOP_RUNS)
		return;
	result_detail(hop->result, result->id, "%s", result->summary);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (result_detail_get(result, kept[i]))
			result_detail(
			    hop->result, kept[i], "%s", result_detail_get(result, kept[i]));
	if (result->verdict == VERDICT_WARN) {
		hop->result->verdict = VERDICT_WARN;
		if (result->hint)
			result_hint(hop->result, "%s", result->hint);
	}
	if (result_detail_get(result, "needs"))
		hop->needs_person = true;
	free(hop->summary);
	hop->summary = mem_strdup(result->summary);
}

static void on_opened(void *ctx)
{
	struct hop *hop = ctx;

	hop->state = HOP_OPEN;
	hop->run->running--;
	tell(hop);
	hop_call(hop);
	loop_task_queue(&hop->run->task);
}

/* ---- its end ---- */

void hop_gone(struct hop *hop, struct hop *broken)
{
	hop->state = HOP_GONE;
	hop->broken = broken;
	leave_before(hop);
	while (hop->first)
		hop_call(hop);
	loop_task_queue(&hop->run->task);
}

/* Whoever is on the way through it has lost the connection. */
static void cancel_guests(struct hop *hop)
{
	struct checks *run = hop->run;

	for (size_t i = 0; i < run->server_count; i++)
		if (run->servers[i].hop == hop && run->servers[i].conn)
			conn_cancel(run->servers[i].conn, END_LOST, hop->lost);
	for (size_t i = 0; i < run->hop_count; i++)
		if (run->hops[i]->before == hop && run->hops[i]->conn)
			conn_cancel(run->hops[i]->conn, END_LOST, hop->lost);
}

static void failed(struct hop *hop, const struct conn_end *end)
{
	hop->result->verdict = !hop->needs_person ? VERDICT_FAIL
	    : end->cause == END_HOSTKEY           ? VERDICT_WARN
						  : VERDICT_SKIP;
	if (hop->needs_person)
		result_detail(hop->result, "needs", "person");
	free(hop->summary);
	hop->summary = mem_strdup(end->reason ? end->reason : _("the connection ended"));
	if (end->hint)
		result_hint(hop->result, "%s", end->hint);
	hop->run->running--;
	tell(hop);
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct hop *hop = ctx;
	bool was_open = hop->state == HOP_OPEN;

	hop->state = HOP_GONE;
	if (was_open && hop->before && hop->before->lost)
		hop->lost = mem_strdup(hop->before->lost);
	else if (was_open)
		hop->lost = mem_printf(_("jump host %s: %s"), hop->host->name,
		    end->reason ? end->reason : _("the connection ended"));
	else
		failed(hop, end);
	if (was_open)
		cancel_guests(hop);
	hop_gone(hop, hop);
}

/* ---- getting there ---- */

static void begin(struct hop *hop)
{
	char id[32];

	snprintf(id, sizeof id, "jump.%zu", hop->number);
	hop->result = result_new(id, VERDICT_PASS);
	hop->started = loop_now_ms(hop->run->loop);
}

void hop_refuse(struct hop *hop)
{
	const struct result *refused = hop->refused;

	begin(hop);
	hop->state = HOP_GONE;
	hop->result->verdict = VERDICT_FAIL;
	hop->summary = mem_strdup(refused->summary);
	if (refused->hint)
		result_hint(hop->result, "%s", refused->hint);
	result_detail(hop->result, refused->id, "%s", refused->summary);
	tell(hop);
	hop_gone(hop, hop);
}

void hop_connect(struct hop *hop)
{
	static const struct conn_owner owner = {
		.stage_end = on_stage_end,
		.opened = on_opened,
		.ended = on_ended,
	};
	struct checks *run = hop->run;
	double left = run->options.host_timeout_ms - (hop->before ? hop->before->spent_ms : 0);
	const struct conn_options options = {
		.depth = CONN_SESSION,
		.hop = true,
		.cautious = true,
		.host_stays = true,
		.batch = true,
		.through = hop->before ? hop->before->conn : NULL,
		.connect_timeout_ms = run->options.connect_timeout_ms,
		.total_timeout_ms = left > 1 ? left : 1,
	};

	begin(hop);
	hop->state = HOP_RUNS;
	run->running++;
	hop->conn = conn_start(run->loop, hop->host, &options, &owner, hop);
}
