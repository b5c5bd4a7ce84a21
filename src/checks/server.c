/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/run.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/ssh.h"

/* ---- one server: a connection for each login that differs, one after the other ---- */

struct subject *server_subject(const struct server *server, size_t at)
{
	return &server->run->subjects[server->run->plan[server->from + at].index];
}

static const struct planned *planned(const struct server *server, size_t at)
{
	return &server->run->plan[server->from + at];
}

/* Whose result is it too?  That of the network everybody's, that of the login only of the same login. */
static bool shares(const struct server *server, size_t at, const char *id)
{
	const struct planned *ours = planned(server, server->at);

	if (str_starts(id, "net.") || str_eq(id, "ssh.banner"))
		return true;
	if (str_starts(id, "ssh."))
		return plan_same_engine(ours, planned(server, at));
	return plan_same_login(ours, planned(server, at));
}

void server_share(struct server *server, struct result *result)
{
	behind_hear(server, result);
	hops_hear(server, result);
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = server_subject(server, i);
		if (!subject->net_done && !behind_looks(subject) && shares(server, i, result->id) &&
		    !subject_has(subject, result->id))
			subject_tell(subject, result_share(result));
	}
}

/* ---- room at the address ---- */

/* Nothing is connected yet: the connection ends unseen, to begin anew later, and others have the turn. */
static void give_turn_back(struct server *server)
{
	conn_free(server->conn);
	server->conn = NULL;
	run_turn_over(server->run);
}

/* The first of those who wait for this address, if any, has the place now, and goes on. */
static void leave_place(struct server *server)
{
	struct crowd_guest *next = crowd_leave(&server->run->crowd, &server->guest);

	if (next)
		run_again(server->run, (struct server *)next);
}

/* False: there are enough connections to this address, and this one waits until there is room. */
static bool enter_place(struct server *server, const char *place)
{
	if (!crowd_is_in(&server->guest, place))
		leave_place(server);
	return crowd_enter(&server->run->crowd, &server->guest, place);
}

/* Its hosts know all that they will get to know. */
static void hang_up(struct server *server)
{
	conn_free(server->conn);
	server->conn = NULL;
	leave_place(server);
	server_next(server);
}

/* The address is known, and nothing is connected yet. */
static void before_connect(struct server *server, const char *address)
{
	const struct host *host = behind_called(server_subject(server, server->at));
	char *place = server_name(address, host->port);

	if (!enter_place(server, place))
		give_turn_back(server);
	else if (!peer_may_call(server, place))
		hang_up(server);
	free(place);
}

static bool retry_later(struct server *server, const struct result *result)
{
	struct checks *run = server->run;

	if (!run_is_short(run, result))
		return false;
	give_turn_back(server);
	run_with_less(run);
	leave_place(server);
	hop_leave(server);
	run_again(run, server);
	return true;
}

/* ---- the connection ---- */

static void on_stage_end(void *ctx, struct result *result)
{
	struct server *server = ctx;
	const char *address = result_detail_get(result, "addresses");

	if (retry_later(server, result))
		return;
	server_share(server, result);
	peer_hear(server, result);
	if (str_eq(result->id, "net.connect"))
		hop_leave(server);
	if (address && str_eq(result->id, "net.resolve"))
		before_connect(server, address);
}

/* The first check of the connection that the running host has no result of; each needs the one before it. */
static const char *first_missing(const struct server *server)
{
	const struct subject *subject = server_subject(server, server->at);
	const struct check *check = &check_auth_publickey;
	const char *missing = NULL;

	for (; check->needs; check = check_find(check->needs))
		if (check->depth <= server->run->options.depth && !subject_has(subject, check->id))
			missing = check->id;
	return missing;
}

/*
 * An end that no stage's result explains must not pass for a success: the stage that was
 * running, or the next one, failed.
 */
static const char *server_failed_id(struct server *server, const struct conn_end *end)
{
	const char *id = end->failed_id ? end->failed_id
	    : end->reason               ? first_missing(server)
					: NULL;
	struct result *result;

	if (!id || !check_find(id))
		return id;
	result = result_new(id, VERDICT_FAIL);
	result_summary(result, "%s", end->reason ? end->reason : _("the connection ended"));
	if (end->hint)
		result_hint(result, "%s", end->hint);
	server_share(server, result);
	result_free(result);
	return id;
}

/* What stopped this login before it began would stop theirs too: no second try. */
static bool concerns(const struct server *server, size_t at, const char *failed)
{
	bool mine = at >= server->at && at < server->at + server->len;

	return mine || server->run->options.depth == DEPTH_REACH ||
	    (failed && !str_starts(failed, "auth.") && shares(server, at, failed));
}

static void end_subjects(struct server *server, const struct conn_end *end, const char *failed)
{
	double spent = loop_now_ms(server->run->loop) - server->started +
	    (server->hop ? hop_spent_ms(server->hop) : 0);
	char *why = failed ? mem_printf(_("not reached: %s failed"), failed) : NULL;

	for (size_t i = 0; i < server->count; i++)
		if (!server_subject(server, i)->net_done && concerns(server, i, failed))
			server_subject(server, i)->busy_ms += spent;
	if (!peer_ended(server, end))
		for (size_t i = 0; i < server->count; i++)
			if (concerns(server, i, failed))
				subject_net_done(server_subject(server, i), why);
	free(why);
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct server *server = ctx;

	end_subjects(server, end, server_failed_id(server, end));
	conn_free(server->conn);
	server->conn = NULL;
	leave_place(server);
	hop_leave(server);
	server_next(server);
}

static const struct conn_owner conn_owner = {
	.stage_end = on_stage_end,
	.ended = on_ended,
};

bool server_looks(const struct server *server)
{
	return server->run->options.depth == DEPTH_REACH ||
	    behind_looks(server_subject(server, server->at));
}

static void server_connect(struct server *server)
{
	struct checks *run = server->run;
	const struct subject *subject = server_subject(server, server->at);
	double left = run->options.host_timeout_ms - (server->hop ? hop_spent_ms(server->hop) : 0);
	const struct conn_options options = {
		.depth = server_looks(server) ? CONN_REACH : CONN_AUTH,
		.through = server->hop ? hop_conn(server->hop) : NULL,
		.connect_timeout_ms = run->options.connect_timeout_ms,
		.total_timeout_ms = left > 1 ? left : 1,
		.host_stays = true,
		.batch = true,
	};

	server->started = loop_now_ms(run->loop);
	server->conn = conn_start(run->loop, behind_called(subject), &options, &conn_owner, server);
}

void server_begin(struct server *server)
{
	if (hop_enter(server))
		server_connect(server);
}

/* Those who only look at a first hop need a connection of their own only if nobody else has made one. */
static size_t next_login(const struct server *server)
{
	for (size_t at = server->at + server->len; at < server->count; at++)
		if (!server_subject(server, at)->net_done &&
		    !behind_looks(server_subject(server, at)))
			return at;
	for (size_t at = 0; at < server->count; at++)
		if (!server_subject(server, at)->net_done)
			return at;
	return server->count;
}

void server_next(struct server *server)
{
	size_t at = next_login(server);

	if (at == server->count || server->run->stopping) {
		hop_release(server->hop);
		server->hop = NULL;
		server->over = true;
		hops_go_on(server);
		run_turn_over(server->run);
		return;
	}
	server->at = at;
	server->len = 1;
	while (at + server->len < server->count &&
	    plan_same_login(planned(server, at), planned(server, at + server->len)))
		server->len++;
	server_begin(server);
}

void server_drop(struct server *server)
{
	conn_free(server->conn);
	result_free(server->front);
	server->front = NULL;
	server->conn = NULL;
}
