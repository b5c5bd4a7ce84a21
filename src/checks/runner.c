/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sallyport/loop.h"
#include "sallyport/ssh.h"

/* Hosts whose local checks run in one turn of the loop, so that it stays awake between. */
enum { LOCAL_BATCH = 128 };

/* One host that is checked. */
struct subject {
	struct checks *run;
	const struct host *host;
	struct host_report report;
	bool usable; /* its settings are valid */
	bool local_done, net_done, ended;
	char *unreached; /* why the rest of its checks cannot run; NULL: no special reason */
	double busy_ms; /* time spent on it, waiting for a turn not counted */
	double check_started;
};

/* One server: its hosts are plan[from] to plan[from + count - 1]; one connection at a time. */
struct server {
	struct checks *run;
	size_t from, count;
	size_t at, len; /* those who share the running connection's login */
	struct conn *conn;
	double started;
};

struct checks {
	struct loop *loop;
	const struct host_list *list;
	struct checks_options options;
	struct checks_owner owner;
	void *ctx;
	struct loop_task task;
	struct key_cache keys;
	struct subject *subjects;
	size_t count, left;
	size_t next_local;
	struct planned *plan;
	size_t plan_count;
	struct server *servers;
	size_t server_count, next_server;
	size_t running;
	bool stopping, told_done;
};

/* ---- one host's results ---- */

static bool subject_has(const struct subject *subject, const char *id)
{
	for (size_t i = 0; i < subject->report.count; i++)
		if (str_eq(subject->report.results[i]->id, id))
			return true;
	return false;
}

/* Takes the result. */
static void subject_tell(struct subject *subject, struct result *result)
{
	struct checks *run = subject->run;

	if (run->owner.result)
		run->owner.result(run->ctx, subject->host, result);
	host_report_add(&subject->report, result);
}

static int by_rank(const void *left, const void *right)
{
	const struct result *const *a = left, *const *b = right;
	size_t x = check_rank((*a)->id), y = check_rank((*b)->id);

	return x < y ? -1 : x > y;
}

static void skip_rest(struct subject *subject)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	for (size_t i = 0; i < count; i++) {
		if (table[i]->depth > subject->run->options.depth ||
		    subject_has(subject, table[i]->id))
			continue;
		struct result *result = result_new(table[i]->id, VERDICT_SKIP);
		result_summary(
		    result, "%s", subject->unreached ? subject->unreached : _("not reached"));
		subject_tell(subject, result);
	}
}

/* Ends a host when both of its halves are done. */
static void subject_settle(struct subject *subject)
{
	struct checks *run = subject->run;
	struct host_report *report = &subject->report;

	if (!subject->local_done || !subject->net_done || subject->ended)
		return;
	skip_rest(subject);
	subject->ended = true;
	if (report->count > 1)
		qsort(report->results, report->count, sizeof(struct result *), by_rank);
	report->name = mem_strdup(subject->host->name ? subject->host->name : "");
	report->depth = mem_strdup(check_depth_name(run->options.depth));
	report->duration_ms = subject->busy_ms;
	report->checked_at = time(NULL);
	if (run->owner.host_done)
		run->owner.host_done(run->ctx, subject->host, report);
	host_report_done(report);
	run->left--;
	loop_task_queue(&run->task);
}

static void subject_net_done(struct subject *subject, const char *why)
{
	if (subject->net_done)
		return;
	subject->net_done = true;
	subject->unreached = why ? mem_strdup(why) : NULL;
	subject_settle(subject);
}

/* ---- local checks ---- */

static void local_tell(void *ctx, struct result *result)
{
	struct subject *subject = ctx;

	result->duration_ms = loop_now_ms(subject->run->loop) - subject->check_started;
	subject_tell(subject, result);
}

static void local_run(struct subject *subject)
{
	struct checks *run = subject->run;
	double started = loop_now_ms(run->loop);
	struct check_job job = {
		.host = subject->host, .list = run->list, .tell = local_tell, .ctx = subject
	};
	size_t count;
	const struct check *const *table = checks_table(&count);

	if (subject->usable)
		check_job_keys(&job, &run->keys);
	for (size_t i = 0; i < count; i++) {
		if (!table[i]->start || (i > 0 && !subject->usable))
			continue;
		job.check = table[i];
		subject->check_started = loop_now_ms(run->loop);
		table[i]->start(&job);
	}
	check_job_done(&job);
	subject->busy_ms += loop_now_ms(run->loop) - started;
	subject->local_done = true;
	subject_settle(subject);
}

/* ---- one server: a connection for each login that differs, one after the other ---- */

static struct subject *planned_subject(const struct server *server, size_t at)
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

/* Copies a result to all whom it concerns and who have not got one. */
static void server_share(struct server *server, const struct result *result)
{
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = planned_subject(server, i);
		if (!subject->net_done && shares(server, i, result->id) &&
		    !subject_has(subject, result->id))
			subject_tell(subject, result_dup(result));
	}
}

static void on_stage_end(void *ctx, const struct result *result)
{
	server_share(ctx, result);
}

/* The first check of the connection that the running host has no result of. */
static const char *first_missing(const struct server *server)
{
	const struct subject *subject = planned_subject(server, server->at);

	for (size_t i = 0; i < STAGE_CHECKS; i++)
		if (stage_checks[i].depth <= server->run->options.depth &&
		    !subject_has(subject, stage_checks[i].id))
			return stage_checks[i].id;
	return NULL;
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

static void server_next(struct server *server);

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct server *server = ctx;
	struct checks *run = server->run;
	double spent = loop_now_ms(run->loop) - server->started;
	const char *failed = server_failed_id(server, end);
	char *why = failed ? mem_printf(_("not reached: %s failed"), failed) : NULL;

	conn_free(server->conn);
	server->conn = NULL;
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = planned_subject(server, i);
		bool mine = i >= server->at && i < server->at + server->len;
		if (subject->net_done)
			continue;
		/* What stopped this login before it began would stop theirs too: no second try. */
		if (mine || run->options.depth == DEPTH_REACH ||
		    (failed && !str_starts(failed, "auth.") && shares(server, i, failed))) {
			subject->busy_ms += spent;
			subject_net_done(subject, why);
		}
	}
	free(why);
	server_next(server);
}

static const struct conn_owner conn_owner = {
	.stage_end = on_stage_end,
	.ended = on_ended,
};

static void server_connect(struct server *server)
{
	struct checks *run = server->run;
	const struct conn_options options = {
		.depth = run->options.depth == DEPTH_REACH ? CONN_REACH : CONN_AUTH,
		.connect_timeout_ms = run->options.connect_timeout_ms,
		.total_timeout_ms = run->options.host_timeout_ms,
		.batch = true,
	};

	server->started = loop_now_ms(run->loop);
	server->conn = conn_start(
	    run->loop, planned_subject(server, server->at)->host, &options, &conn_owner, server);
}

/* Connects for the next login that nobody has answered yet, or gives the place to another server. */
static void server_next(struct server *server)
{
	size_t at = server->at + server->len;

	while (at < server->count && planned_subject(server, at)->net_done)
		at++;
	if (at == server->count || server->run->stopping) {
		server->run->running--;
		loop_task_queue(&server->run->task);
		return;
	}
	server->at = at;
	server->len = 1;
	while (at + server->len < server->count &&
	    plan_same_login(planned(server, at), planned(server, at + server->len)))
		server->len++;
	server_connect(server);
}

/* ---- the run ---- */

static void finish_stopped(struct checks *run)
{
	for (size_t i = 0; i < run->server_count; i++) {
		conn_free(run->servers[i].conn);
		run->servers[i].conn = NULL;
	}
	run->next_local = run->count;
	run->next_server = run->server_count;
	for (size_t i = 0; i < run->count; i++) {
		run->subjects[i].local_done = true;
		subject_net_done(&run->subjects[i], _("interrupted"));
		subject_settle(&run->subjects[i]);
	}
}

static void turn(void *ctx)
{
	struct checks *run = ctx;

	if (run->stopping)
		finish_stopped(run);
	for (size_t i = 0; i < LOCAL_BATCH && run->next_local < run->count; i++)
		local_run(&run->subjects[run->next_local++]);
	while (run->running < run->options.jobs && run->next_server < run->server_count) {
		run->running++;
		server_next(&run->servers[run->next_server++]);
	}
	if (run->next_local < run->count)
		loop_task_queue(&run->task);
	if (run->left == 0 && !run->told_done) {
		run->told_done = true;
		if (run->owner.done)
			run->owner.done(run->ctx);
	}
}

/* What can be said of a host before anything runs: may it be connected to, and if not, why? */
static bool subject_plan(struct subject *subject, const struct host *host)
{
	struct checks *run = subject->run;
	struct result *settings = host_settings_judge(check_host_settings.id, run->list, host);

	subject->host = host;
	subject->usable = settings->verdict != VERDICT_FAIL;
	result_free(settings);
	if (subject->usable && run->options.depth > DEPTH_LOCAL && !host_is_behind(host))
		return true;
	subject->net_done = true;
	if (!subject->usable)
		subject->unreached = mem_strdup(_("the settings have to be mended first"));
	else if (host_is_behind(host))
		subject->unreached = mem_printf(
		    _("behind %s: hosts behind a jump host are not checked"), host->proxy_jump);
	return false;
}

static void make_servers(struct checks *run)
{
	run->servers = mem_zalloc(run->plan_count + 1, sizeof *run->servers);
	for (size_t i = 0; i < run->plan_count; i++) {
		if (i == 0 || !plan_same_server(&run->plan[i - 1], &run->plan[i]))
			run->servers[run->server_count++] =
			    (struct server){ .run = run, .from = i };
		run->servers[run->server_count - 1].count++;
	}
}

struct checks *checks_start(struct loop *loop, const struct host_list *list,
    struct host *const *hosts, size_t count, const struct checks_options *options,
    const struct checks_owner *owner, void *ctx)
{
	struct checks *run = mem_zalloc(1, sizeof *run);
	size_t *indexes = mem_zalloc(count + 1, sizeof *indexes);

	run->loop = loop;
	run->list = list;
	run->options = *options;
	run->options.jobs = options->jobs ? options->jobs : 1;
	run->owner = *owner;
	run->ctx = ctx;
	run->subjects = mem_zalloc(count + 1, sizeof *run->subjects);
	run->count = run->left = count;
	for (size_t i = 0; i < count; i++) {
		run->subjects[i].run = run;
		if (subject_plan(&run->subjects[i], hosts[i]))
			indexes[run->plan_count++] = i;
	}
	run->plan = plan_make(hosts, indexes, run->plan_count);
	make_servers(run);
	free(indexes);
	loop_task_init(&run->task, loop, turn, run);
	loop_task_queue(&run->task);
	return run;
}

void checks_stop(struct checks *run)
{
	run->stopping = true;
	loop_task_queue(&run->task);
}

void checks_cancel(struct checks *run)
{
	if (!run)
		return;
	loop_task_done(&run->task);
	for (size_t i = 0; i < run->server_count; i++)
		conn_free(run->servers[i].conn);
	for (size_t i = 0; i < run->count; i++) {
		host_report_done(&run->subjects[i].report);
		free(run->subjects[i].unreached);
	}
	plan_free(run->plan, run->plan_count);
	key_cache_done(&run->keys);
	free(run->servers);
	free(run->subjects);
	free(run);
}
