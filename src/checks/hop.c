/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/hop.h"

#include <stdio.h>
#include <stdlib.h>

#include "checks/run.h"
#include "sallyport/ssh.h"

enum hop_state {
	HOP_NEW,
	HOP_WAITS, /* for the hop before it */
	HOP_RUNS, /* the connection is made */
	HOP_OPEN,
	HOP_GONE, /* it, or one before it, failed or was lost */
};

struct hop {
	struct checks *run;
	struct hop *before;
	const struct host *host;
	struct planned *login; /* one: which hosts are the same hop */
	size_t number; /* from 1 */
	size_t users; /* servers, and hops behind it */
	enum hop_state state;
	struct conn *conn;
	struct result *result; /* what is known of it */
	char *summary; /* of its login, or of its failure */
	struct hop *broken; /* GONE: the one that failed, by which all behind it are gone */
	char *lost; /* GONE after it was open: why, a sentence */
	bool needs_person; /* the login does */
	double started, spent_ms;

	struct hop_wait wait; /* at the hop before */
	bool holds; /* ... whose turn we have */
	bool busy; /* somebody opens a channel */
	struct hop_wait *first; /* who waits */
	struct hop_wait **end;
};

/* ---- the tree ---- */

static bool is_same(const struct hop *hop, const struct hop *before, const struct planned *login)
{
	return hop->before == before && plan_same_login(hop->login, login);
}

struct hop *hop_get(struct checks *run, const struct host *host, struct hop *before)
{
	const size_t index = 0;
	struct planned *login = plan_make(&host, &index, 1);
	struct hop *hop = NULL;

	for (size_t i = 0; i < run->hop_count && !hop; i++)
		if (is_same(run->hops[i], before, login))
			hop = run->hops[i];
	if (hop) {
		plan_free(login, 1);
		return hop;
	}
	hop = mem_zalloc(1, sizeof *hop);
	hop->run = run;
	hop->before = before;
	hop->host = host;
	hop->login = login;
	hop->number = before ? before->number + 1 : 1;
	hop->wait.hop = hop;
	hop->end = &hop->first;
	if (before)
		hop_use(before);
	run->hops = mem_realloc(run->hops, run->hop_count + 1, sizeof(struct hop *));
	return run->hops[run->hop_count++] = hop;
}

void hop_use(struct hop *hop)
{
	hop->users++;
}

void hop_release(struct hop *hop)
{
	if (!hop || --hop->users > 0)
		return;
	conn_free(hop->conn);
	hop->conn = NULL;
	hop_release(hop->before);
}

/* Is it one of those on the way to this one, or this one? */
static bool is_on_way(const struct hop *hop, const struct hop *last)
{
	while (last && last != hop)
		last = last->before;
	return last;
}

struct conn *hop_conn(const struct hop *hop)
{
	return hop->conn;
}

double hop_spent_ms(const struct hop *hop)
{
	return hop->spent_ms;
}

/* ---- the queue ---- */

static void hop_start(struct hop *hop);

static void queue(struct hop *hop, struct hop_wait *wait)
{
	wait->next = NULL;
	*hop->end = wait;
	hop->end = &wait->next;
}

static struct hop_wait *take_first(struct hop *hop)
{
	struct hop_wait *wait = hop->first;

	if (wait) {
		hop->first = wait->next;
		if (!hop->first)
			hop->end = &hop->first;
	}
	return wait;
}

/* Calls the first in the queue that goes this way; first hops only waited for the login here to be over. */
static void call(struct hop *hop)
{
	struct hop_wait *wait;
	struct hop *next;

	while ((wait = take_first(hop))) {
		next = wait->hop;
		if (next) {
			next->state = HOP_NEW;
			hop_start(next);
		} else {
			run_again(hop->run, wait->server);
		}
		if (!next || next->before == hop)
			return;
	}
}

static void free_turn(struct hop *hop)
{
	hop->busy = false;
	call(hop);
}

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

/* Tells all hosts behind it. */
static void tell(struct hop *hop)
{
	struct checks *run = hop->run;

	hop->result->duration_ms = loop_now_ms(run->loop) - hop->started;
	hop->spent_ms = hop->result->duration_ms + (hop->before ? hop->before->spent_ms : 0);
	result_detail(hop->result, "host", "%s", hop->host->name);
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
		free_turn(hop->before);
	}
}

/* As server.c does: this machine is short of something, and has it again when others are done. */
static bool retry_later(struct hop *hop, const struct result *result)
{
	struct checks *run = hop->run;

	if (!result_detail_get(result, "shortage") || run->running == 1)
		return false;
	conn_free(hop->conn);
	hop->conn = NULL;
	result_free(hop->result);
	hop->result = NULL;
	hop->state = HOP_NEW;
	run_turn_over(run);
	run->most = run->running < run->most ? run->running : run->most;
	leave_before(hop);
	call(hop);
	return true;
}

static void on_stage_end(void *ctx, const struct result *result)
{
	struct hop *hop = ctx;
	static const char *const kept[] = { "address", "fingerprint", "key" };

	if (retry_later(hop, result))
		return;
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
	call(hop);
	loop_task_queue(&hop->run->task);
}

/* ---- its end ---- */

static void gone(struct hop *hop, struct hop *broken)
{
	hop->state = HOP_GONE;
	hop->broken = broken;
	leave_before(hop);
	while (hop->first)
		call(hop);
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
	gone(hop, hop);
}

/* ---- getting there ---- */

static void hop_connect(struct hop *hop)
{
	static const struct conn_owner owner = {
		.stage_end = on_stage_end,
		.opened = on_opened,
		.ended = on_ended,
	};
	struct checks *run = hop->run;
	double left = run->options.host_timeout_ms - (hop->before ? hop->before->spent_ms : 0);
	char id[32];
	const struct conn_options options = {
		.depth = CONN_SESSION,
		.hop = true,
		.cautious = true,
		.batch = true,
		.through = hop->before ? hop->before->conn : NULL,
		.connect_timeout_ms = run->options.connect_timeout_ms,
		.total_timeout_ms = left > 1 ? left : 1,
	};

	snprintf(id, sizeof id, "jump.%zu", hop->number);
	hop->result = result_new(id, VERDICT_PASS);
	hop->state = HOP_RUNS;
	hop->started = loop_now_ms(run->loop);
	run->running++;
	hop->conn = conn_start(run->loop, hop->host, &options, &owner, hop);
}

/* Another login that is under way at the same server: sshd does not like many at once (MaxStartups). */
static struct hop *find_neighbour(const struct hop *hop)
{
	struct checks *run = hop->run;

	for (size_t i = 0; i < run->hop_count; i++)
		if (run->hops[i]->state == HOP_RUNS && !run->hops[i]->before &&
		    plan_same_server(run->hops[i]->login, hop->login))
			return run->hops[i];
	return NULL;
}

static void start_first(struct hop *hop)
{
	struct hop *neighbour = find_neighbour(hop);

	if (!neighbour) {
		hop_connect(hop);
		return;
	}
	hop->state = HOP_WAITS;
	queue(neighbour, &hop->wait);
}

static void hop_start(struct hop *hop)
{
	struct hop *before = hop->before;

	if (hop->state != HOP_NEW)
		return;
	if (!before) {
		start_first(hop);
	} else if (before->state == HOP_GONE) {
		gone(hop, before->broken);
	} else if (before->state == HOP_OPEN && !before->busy) {
		before->busy = hop->holds = true;
		hop_connect(hop);
	} else {
		hop->state = HOP_WAITS;
		queue(before, &hop->wait);
		hop_start(before);
	}
}

/* ---- servers behind it ---- */

static struct subject *subject_at(const struct server *server, size_t at)
{
	return &server->run->subjects[server->run->plan[server->from + at].index];
}

/* The name is a matter of the last hop. */
static void tell_resolve(struct server *server)
{
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = subject_at(server, i);
		struct result *result;

		if (subject->net_done || subject_has(subject, "net.resolve"))
			continue;
		result = result_new("net.resolve", VERDICT_SKIP);
		result_summary(
		    result, _("%s looks the name up, and connects"), server->hop->host->name);
		subject_tell(subject, result);
	}
}

static void tell_lost(struct server *server, struct subject *subject)
{
	struct result *result;

	if (subject_has(subject, "net.connect"))
		return;
	result = result_new("net.connect", VERDICT_FAIL);
	result_summary(result, "%s", server->hop->broken->lost);
	result_hint(result, _("Check %s by itself."), server->hop->broken->host->name);
	subject_tell(subject, result);
}

/* The hop is gone: nobody gets there any more. */
static void give_up(struct server *server)
{
	const struct hop *broken = server->hop->broken;
	char *why;

	if (broken->lost)
		why = mem_printf(_("not reached: %s"), broken->lost);
	else if (broken->result->verdict == VERDICT_FAIL)
		why = mem_printf(_("not reached: %s failed"), broken->result->id);
	else
		why = mem_printf(_("not reached: see %s"), broken->result->id);
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = subject_at(server, i);

		if (subject->net_done)
			continue;
		if (broken->lost)
			tell_lost(server, subject);
		subject->busy_ms += broken->spent_ms;
		subject_net_done(subject, why);
	}
	free(why);
}

bool hop_enter(struct server *server)
{
	struct hop *hop = server->hop;
	struct checks *run = server->run;

	if (!hop)
		return true;
	if (hop->state == HOP_GONE) {
		give_up(server);
		server_next(server);
		return false;
	}
	if (hop->state == HOP_OPEN && !hop->busy) {
		hop->busy = server->holds = true;
		tell_resolve(server);
		return true;
	}
	server->wait.server = server;
	queue(hop, &server->wait);
	run_turn_over(run);
	hop_start(hop);
	return false;
}

void hop_leave(struct server *server)
{
	if (server->holds) {
		server->holds = false;
		free_turn(server->hop);
	}
}

/* ---- the run's end ---- */

void hops_drop(struct checks *run)
{
	/* Those behind others come later in the list, and go first. */
	for (size_t i = run->hop_count; i > 0; i--) {
		struct hop *hop = run->hops[i - 1];

		conn_free(hop->conn);
		hop->conn = NULL;
		hop->first = NULL;
		hop->end = &hop->first;
	}
}

void hops_done(struct checks *run)
{
	hops_drop(run);
	for (size_t i = 0; i < run->hop_count; i++) {
		struct hop *hop = run->hops[i];

		plan_free(hop->login, 1);
		result_free(hop->result);
		free(hop->summary);
		free(hop->lost);
		free(hop);
	}
	free(run->hops);
}
