/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks with connections that are played: conn_start() and conn_free() are defined here, so
 * the linker does not take the real ones.  For test programs, one each.
 */
#ifndef TESTS_CHECKS_PLAYED_H
#define TESTS_CHECKS_PLAYED_H

#include "sallyport/checks.h"

#include "shell.h"

#include "checks/internal.h"
#include "checks/peers.h"
#include "hosts/host_list.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

/* ---- the played connection ---- */

static const char *const stages[] = { "net.resolve", "net.connect", "ssh.banner", "ssh.kex",
	"ssh.hostkey", "auth.methods", "auth.publickey" };

struct conn {
	struct loop_task task;
	const struct host *host;
	struct conn_options options;
	const struct conn_owner *owner;
	void *ctx;
	size_t at;
	bool connected; /* to the crowded address */
	bool open; /* has what descriptor it needs */
	bool *freed; /* told when it is freed in a callback */
};

static struct {
	unsigned started, freed, now, most; /* connections */
	unsigned at_server, most_at_server; /* to one server, at port 4000 */
	unsigned crowd, most_crowd, called; /* to one address, under many names; in all */
	unsigned open, descriptors,
	    shortages; /* in use, how many there are (0: enough), failures */
	struct str users; /* who connected to whom, in order */
} world;

/* Every connection needs a descriptor, and this machine has not many. */
static bool has_descriptor(struct conn *conn)
{
	if (conn->open || !world.descriptors)
		return true;
	conn->open = world.open < world.descriptors;
	world.open += conn->open;
	world.shortages += !conn->open;
	return conn->open;
}

/* A host's note says what is to happen: "ssh.kex" fails there, "hang" never answers, "mute" ends
 * with a reason and no result, "lost ssh.kex" is hung up on there. */
static void play(void *ctx)
{
	struct conn *conn = ctx;
	const char *note = conn->host->note ? conn->host->note : "";
	size_t last = conn->options.depth == CONN_REACH ? 3 : ARRAY_LEN(stages);
	struct conn_end end = { .cause = END_EXIT };

	if (str_eq(note, "hang") && conn->at == 1)
		return;
	if (str_eq(note, "mute") && conn->at == 2) {
		end =
		    (struct conn_end){ .cause = END_TIMEOUT, .reason = "too slow", .hint = "wait" };
		conn->owner->ended(conn->ctx, &end);
		return;
	}
	bool is_short = conn->at == 1 && !has_descriptor(conn);
	bool lost = str_starts(note, "lost ") && str_eq(note + 5, stages[conn->at]);
	bool bad = is_short || lost || str_eq(note, stages[conn->at]);
	struct result *result = result_new(stages[conn->at], bad ? VERDICT_FAIL : VERDICT_PASS);
	result_summary(result, "%s of %s", stages[conn->at], conn->host->name);
	if (is_short)
		result_detail(result, "shortage", "played");
	if (str_eq(stages[conn->at], "ssh.banner"))
		result_detail(result, "ident", "SSH-2.0-OpenSSH_9.7");
	/* Hosts called crowd... have one address. */
	bool crowd = str_starts(conn->host->hostname, "crowd");
	if (conn->at == 0)
		result_detail(
		    result, "addresses", "%s", crowd ? "192.0.2.7" : conn->host->hostname);
	if (crowd && conn->at == 1 && !conn->connected) {
		conn->connected = true;
		world.crowd++;
		world.called++;
		world.most_crowd = world.crowd > world.most_crowd ? world.crowd : world.most_crowd;
	}
	bool freed = false;
	conn->freed = &freed;
	conn->owner->stage_end(conn->ctx, result);
	result_free(result);
	if (freed)
		return;
	conn->freed = NULL;
	if (bad)
		end = (struct conn_end){ .cause = lost ? END_LOST : END_REFUSED,
			.reason = "played",
			.failed_id = stages[conn->at] };
	if (bad || ++conn->at == last)
		conn->owner->ended(conn->ctx, &end);
	else
		loop_task_queue(&conn->task);
}

struct conn *conn_start(struct loop *loop, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx)
{
	struct conn *conn = mem_zalloc(1, sizeof *conn);

	conn->host = host;
	conn->options = *options;
	conn->owner = owner;
	conn->ctx = ctx;
	loop_task_init(&conn->task, loop, play, conn);
	loop_task_queue(&conn->task);
	world.started++;
	world.now++;
	world.most = world.now > world.most ? world.now : world.most;
	world.at_server += host->port == 4000;
	if (world.at_server > world.most_at_server)
		world.most_at_server = world.at_server;
	str_addf(&world.users, "%s@%s ", host->user, host->hostname);
	assert_true(options->batch);
	assert_null(owner->ask);
	return conn;
}

void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	loop_task_done(&conn->task);
	world.freed++;
	world.now--;
	world.at_server -= conn->host->port == 4000;
	world.crowd -= conn->connected;
	world.open -= conn->open;
	if (conn->freed)
		*conn->freed = true;
	free(conn);
}

void conn_cancel(struct conn *conn, enum end_cause cause, const char *reason)
{
	(void)conn;
	(void)cause;
	(void)reason;
	fail_msg("nobody is to be cancelled");
}

/* ---- the owner ---- */

struct told {
	struct loop *loop;
	struct checks *checks;
	unsigned results, hosts, dones;
	const char *stop_at; /* stop when this host has a result of this id */
	struct str
	    text; /* "name verdict: id=verdict ..." or "name verdict, incomplete: ..." a line */
	struct str last_summary;
};

static void on_result(void *ctx, const struct host *host, const struct result *result)
{
	struct told *told = ctx;

	(void)host;
	told->results++;
	if (told->stop_at && str_eq(told->stop_at, result->id))
		checks_stop(told->checks);
}

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	struct told *told = ctx;

	told->hosts++;
	assert_string_equal(host->name, report->name);
	assert_true(report->checked_at > 0);
	str_addf(&told->text, "%s %s%s:", report->name, verdict_name(report->verdict),
	    report->incomplete ? ", incomplete" : "");
	for (size_t i = 0; i < report->count; i++) {
		const struct result *result = report->results[i];
		if (!str_starts(result->id, "key.") && !str_starts(result->id, "cloud."))
			str_addf(&told->text, " %s=%s", result->id, verdict_name(result->verdict));
		assert_non_null(result->summary);
		str_reset(&told->last_summary);
		str_add(&told->last_summary, result->summary);
	}
	str_add(&told->text, "\n");
}

static void on_done(void *ctx)
{
	struct told *told = ctx;

	told->dones++;
	loop_stop(told->loop);
}

/* It is one of many, unless its note says otherwise. */
static bool is_named(void *ctx, const struct host *host)
{
	(void)ctx;
	return str_eq(host->note, "named");
}

static const struct checks_owner owner = { on_result, on_host_done, on_done, is_named };

/* ---- hosts ---- */

static struct host_list list;

static struct host *add_host(const char *name, const char *user, const char *hostname, long port)
{
	struct host *host = host_new();

	host->name = mem_strdup(name);
	host->user = mem_strdup(user);
	host->hostname = mem_strdup(hostname);
	host->port = port;
	host_list_add(&list, host);
	return host;
}

static inline void add_hosts(int count)
{
	for (int i = 0; i < count; i++) {
		char *name = mem_printf("h%d.example", i);
		add_host(name, "root", name, 22);
		free(name);
	}
}

static inline void expect_note(struct host *host, const char *note)
{
	host->note = mem_strdup(note);
}

static struct told run_checks(enum depth depth, unsigned jobs, const char *stop_at)
{
	struct told told = { .loop = loop_new(), .stop_at = stop_at };
	const struct checks_options options = { depth, 3000, 10000, jobs };

	host_list_index(&list, "hosts.json");
	told.checks = checks_start(told.loop, &list, list.items, list.len, &options, &owner, &told);
	assert_int_equal(told.results, 0); /* nothing is told before checks_start() returns */
	loop_run(told.loop, NULL, NULL);
	assert_int_equal(told.dones, 1);
	checks_cancel(told.checks);
	loop_free(told.loop);
	assert_int_equal(world.started, world.freed);
	return told;
}

static void told_done(struct told *told)
{
	str_done(&told->text);
	str_done(&told->last_summary);
}

static int start_over(void **state)
{
	(void)state;
	memset(&world, 0, sizeof world);
	list.defaults = host_new();
	return 0;
}

static int drop_hosts(void **state)
{
	(void)state;
	hosts_done(&list);
	str_done(&world.users);
	return 0;
}

#define NET_PASS " net.resolve=pass net.connect=pass ssh.banner=pass"
#define AUTH_PASS " ssh.kex=pass ssh.hostkey=pass auth.methods=pass auth.publickey=pass"
#define AUTH_SKIP " ssh.kex=skip ssh.hostkey=skip auth.methods=skip auth.publickey=skip"

#endif
