/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/run.h"

#include <stdlib.h>

/*
 * Hosts whose local checks run in one turn of the loop, so that it stays awake between, and servers that are begun in one: those
 * that answer at once are done before many more hold memory.
 */
enum { LOCAL_BATCH = 128, START_BATCH = 64 };

static void finish_stopped(struct checks *run)
{
	for (size_t i = 0; i < run->server_count; i++)
		server_drop(&run->servers[i]);
	hops_drop(run);
	run->first_again = run->last_again = NULL;
	run->next_local = run->count;
	run->next_server = run->server_count;
	for (size_t i = 0; i < run->count; i++) {
		subject_local_cancel(&run->subjects[i]);
		run->subjects[i].local_done = true;
		subject_postpone(&run->subjects[i], "interrupted", _("interrupted"));
		subject_settle(&run->subjects[i]);
	}
}

void run_again(struct checks *run, struct server *server)
{
	server->next = NULL;
	if (run->last_again)
		run->last_again->next = server;
	else
		run->first_again = server;
	run->last_again = server;
	loop_task_queue(&run->task);
}

static struct server *take_again(struct checks *run)
{
	struct server *server = run->first_again;

	run->first_again = server->next;
	if (!run->first_again)
		run->last_again = NULL;
	return server;
}

void run_turn_over(struct checks *run)
{
	run->running--;
	loop_task_queue(&run->task);
}

bool run_is_short(const struct checks *run, const struct result *result)
{
	return result_detail_get(result, "shortage") && run->running > 1;
}

void run_with_less(struct checks *run)
{
	run->most = run->running < run->most ? run->running : run->most;
}

static bool server_due(const struct checks *run)
{
	return run->running < run->most &&
	    (run->first_again || run->next_server < run->server_count);
}

/* Those who had a turn before first, then new ones. */
static void start_servers(struct checks *run)
{
	for (size_t i = 0; i < START_BATCH && server_due(run); i++) {
		run->running++;
		if (run->first_again)
			server_begin(take_again(run));
		else
			server_next(&run->servers[run->next_server++]);
	}
}

/* Results are kept until their host ends: those of this machine are not made long before the others. */
static bool local_due(const struct checks *run)
{
	size_t ended = run->count - run->left;

	return run->next_local < run->count && run->next_local < ended + run->most + LOCAL_BATCH;
}

static void turn(void *ctx)
{
	struct checks *run = ctx;

	if (run->stopping)
		finish_stopped(run);
	for (size_t i = 0; i < LOCAL_BATCH && local_due(run); i++)
		subject_local(&run->subjects[run->next_local++]);
	start_servers(run);
	if (local_due(run) || server_due(run))
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
	subject->named = run->owner.is_named && run->owner.is_named(run->ctx, host);
	subject->usable = settings->verdict != VERDICT_FAIL;
	result_free(settings);
	if (subject->usable && run->options.depth > DEPTH_LOCAL &&
	    (!host_is_behind(host) || behind_plan(subject, NULL)))
		return true;
	subject->net_done = true;
	return false;
}

/* One more host of the server. */
static void server_add(struct server *server, const struct subject *subject)
{
	server->count++;
	server->lookers += behind_looks(subject);
	if (!subject->way || !subject->way->last || server->hop)
		return;
	server->hop = subject->way->last;
	hop_use(server->hop);
}

static void make_servers(struct checks *run)
{
	run->servers = mem_zalloc(run->plan_count + 1, sizeof *run->servers);
	for (size_t i = 0; i < run->plan_count; i++) {
		if (i == 0 || !plan_same_server(&run->plan[i - 1], &run->plan[i]))
			run->servers[run->server_count++] =
			    (struct server){ .run = run, .from = i };
		server_add(
		    &run->servers[run->server_count - 1], &run->subjects[run->plan[i].index]);
	}
}

struct checks *checks_start(struct loop *loop, const struct host_list *list,
    struct host *const *hosts, size_t count, const struct checks_options *options,
    const struct checks_owner *owner, void *ctx)
{
	struct checks *run = mem_zalloc(1, sizeof *run);
	size_t *indexes = mem_zalloc(count + 1, sizeof *indexes);
	const struct host **called = mem_zalloc(count + 1, sizeof *called);

	run->loop = loop;
	run->list = list;
	run->options = *options;
	run->most = options->jobs ? options->jobs : 1;
	run->agents = (struct agents){ .loop = loop, .timeout_ms = options->connect_timeout_ms };
	run->owner = *owner;
	run->ctx = ctx;
	run->subjects = mem_zalloc(count + 1, sizeof *run->subjects);
	run->count = run->left = count;
	for (size_t i = 0; i < count; i++) {
		run->subjects[i].run = run;
		if (subject_plan(&run->subjects[i], hosts[i]))
			indexes[run->plan_count++] = i;
		called[i] = behind_called(&run->subjects[i]);
	}
	run->plan = plan_make(called, indexes, run->plan_count);
	make_servers(run);
	free(called);
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
		server_drop(&run->servers[i]);
	hops_done(run);
	behind_done(&run->ways);
	crowd_done(&run->crowd);
	peers_done(&run->peers);
	for (size_t i = 0; i < run->count; i++) {
		subject_local_cancel(&run->subjects[i]);
		host_report_done(&run->subjects[i].report);
		free(run->subjects[i].rest.why);
	}
	plan_free(run->plan, run->plan_count);
	agents_done(&run->agents);
	key_cache_done(&run->keys);
	free(run->servers);
	free(run->subjects);
	free(run);
}
