/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks through jump hosts, with connections that are played: the conn_ functions are defined here, so the
 * linker does not take the real ones.
 */
#include "sallyport/checks.h"

#include "shell.h"

#include "hosts/host_list.h"
#include "sallyport/hosts.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

/* ---- the played connection ---- */

static const char *const stages[] = { "net.resolve", "net.connect", "ssh.banner", "ssh.kex",
	"ssh.hostkey", "auth.methods", "auth.publickey" };
enum { CONNECT = 1, LAST = 6 };

struct conn {
	struct loop_task task;
	const struct host *host;
	struct conn_options options;
	const struct conn_owner *owner;
	void *ctx;
	size_t at;
	unsigned guests; /* those who go through it */
	bool opening; /* a channel through a hop */
	unsigned channels; /* that are being opened through it */
	bool is_open;
	char *cancelled;
};

static struct {
	unsigned started, freed;
	unsigned logins, most_logins; /* under way on first hops */
	unsigned cancels;
	struct str order; /* "name " for each connection, as it begins; hops with a * */
} world;

static bool is_first_hop(const struct conn *conn)
{
	return conn->options.hop && !conn->options.through;
}

static void end(struct conn *conn, enum end_cause cause, const char *id, const char *why)
{
	const struct conn_end end = { .cause = cause, .reason = why, .failed_id = id };

	conn->owner->ended(conn->ctx, &end);
}

/* The host's note is the stage that fails, with "hop auth.login" for one that only hops have; "person" is a
 * login that would need one; "hang" does not get connected; "lost" is a hop that goes when somebody is there. */
static bool fails(const struct conn *conn, const char *id)
{
	return conn->host->note && str_eq(conn->host->note, id);
}

static void leave_opening(struct conn *conn)
{
	if (conn->opening)
		conn->options.through->channels--;
	conn->opening = false;
}

static void opened(struct conn *conn)
{
	world.logins -= is_first_hop(conn);
	conn->is_open = true;
	conn->owner->opened(conn->ctx);
}

static void play(void *ctx)
{
	struct conn *conn = ctx;
	bool at_login = conn->options.hop && conn->at == LAST;
	const char *id = at_login ? "auth.login" : stages[conn->at];
	bool person = at_login && fails(conn, "person");
	bool bad = fails(conn, id) || person;

	if (conn->cancelled) {
		end(conn, END_LOST, id, conn->cancelled);
		return;
	}
	if (conn->is_open) {
		end(conn, END_LOST, NULL, "the wire broke");
		return;
	}
	if (conn->at == CONNECT && fails(conn, "hang"))
		return;
	/* Its hop goes while it is connected to. */
	if (conn->at == CONNECT && conn->options.through &&
	    str_eq(conn->options.through->host->note, "lost")) {
		loop_task_queue(&conn->options.through->task);
		return;
	}
	struct result *result = result_new(id, bad ? VERDICT_FAIL : VERDICT_PASS);
	result_summary(result, "%s of %s", id, conn->host->name);
	if (person)
		result_detail(result, "needs", "person");
	if (conn->at == CONNECT)
		leave_opening(conn);
	bool over = bad || conn->at == (conn->options.depth == CONN_REACH ? 2 : LAST);
	conn->owner->stage_end(conn->ctx, result);
	result_free(result);
	if (!over) {
		conn->at++;
		loop_task_queue(&conn->task);
	} else if (bad) {
		world.logins -= is_first_hop(conn);
		end(conn, END_AUTH, id, "played");
	} else if (conn->options.hop) {
		opened(conn);
	} else {
		end(conn, END_EXIT, NULL, NULL);
	}
}

struct conn *conn_start(struct loop *loop, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx)
{
	struct conn *conn = mem_zalloc(1, sizeof *conn);

	*conn = (struct conn){ .host = host, .options = *options, .owner = owner, .ctx = ctx };
	loop_task_init(&conn->task, loop, play, conn);
	loop_task_queue(&conn->task);
	str_addf(&world.order, "%s%s ", host->name, options->hop ? "*" : "");
	world.started++;
	if (options->through) {
		options->through->guests++;
		conn->at = CONNECT; /* the hop resolves the name */
		conn->opening = true;
		assert_int_equal(++options->through->channels, 1); /* one after another */
	}
	world.logins += is_first_hop(conn);
	world.most_logins = world.logins > world.most_logins ? world.logins : world.most_logins;
	assert_true(options->batch);
	assert_null(owner->ask);
	assert_true(options->total_timeout_ms > 0);
	assert_int_equal(options->cautious, options->hop);
	assert_int_equal(options->jump_count, 0);
	if (options->hop)
		assert_int_equal(options->depth, CONN_SESSION);
	else
		assert_int_not_equal(options->depth, CONN_SESSION);
	return conn;
}

void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	assert_int_equal(conn->guests, 0); /* who goes through it has gone before */
	leave_opening(conn);
	if (conn->options.through)
		conn->options.through->guests--;
	loop_task_done(&conn->task);
	free(conn->cancelled);
	free(conn);
	world.freed++;
}

void conn_cancel(struct conn *conn, enum end_cause cause, const char *reason)
{
	assert_int_equal(cause, END_LOST);
	world.cancels++;
	free(conn->cancelled);
	conn->cancelled = mem_strdup(reason);
	loop_task_queue(&conn->task);
}

/* ---- the owner ---- */

struct told {
	struct loop *loop;
	struct checks *checks;
	unsigned hosts;
	const char *stop_at; /* stop at a result of this id */
	struct str text; /* "name: id=verdict(summary) ..." a line, in order of the end */
};

static void on_result(void *ctx, const struct host *host, const struct result *result)
{
	struct told *told = ctx;

	(void)host;
	if (told->stop_at && str_eq(told->stop_at, result->id))
		checks_stop(told->checks);
}

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	struct told *told = ctx;

	(void)host;
	told->hosts++;
	str_addf(&told->text, "%s:", report->name);
	for (size_t i = 0; i < report->count; i++)
		str_addf(&told->text, " %s=%s(%s)", report->results[i]->id,
		    verdict_name(report->results[i]->verdict), report->results[i]->summary);
	str_add(&told->text, "\n");
}

static void on_done(void *ctx)
{
	struct told *told = ctx;

	loop_stop(told->loop);
}

static const struct checks_owner owner = { on_result, on_host_done, on_done };

/* ---- hosts ---- */

static struct host_list list;

static struct host *add_host(const char *name, const char *proxy_jump)
{
	struct host *host = host_new();

	host->name = mem_strdup(name);
	host->user = mem_strdup("root");
	host->hostname = mem_printf("%s.example", name);
	host->port = 22;
	host->proxy_jump = proxy_jump ? mem_strdup(proxy_jump) : NULL;
	host_list_add(&list, host);
	return host;
}

static void note(struct host *host, const char *text)
{
	host->note = mem_strdup(text);
}

/* Checks the hosts that are behind others, or all. */
static struct told run_some(unsigned jobs, const char *stop_at, bool all)
{
	struct told told = { .loop = loop_new(), .stop_at = stop_at };
	const struct checks_options options = {
		.depth = DEPTH_AUTH, .host_timeout_ms = 10000, .jobs = jobs, .through_jumps = true
	};
	struct host **behind = mem_zalloc(list.len + 1, sizeof(struct host *));
	size_t count = 0;

	host_list_index(&list, "hosts.json");
	for (size_t i = 0; i < list.len; i++)
		if (all || list.items[i]->proxy_jump)
			behind[count++] = list.items[i];
	told.checks = checks_start(told.loop, &list, behind, count, &options, &owner, &told);
	loop_run(told.loop, NULL, NULL);
	assert_int_equal(told.hosts, count);
	checks_cancel(told.checks);
	loop_free(told.loop);
	free(behind);
	assert_int_equal(world.started, world.freed);
	return told;
}

static struct told run_checks(unsigned jobs, const char *stop_at)
{
	return run_some(jobs, stop_at, false);
}

static void assert_told(const struct told *told, const char *text)
{
	if (!strstr(told->text.data, text))
		fail_msg("not told: %s\n%s", text, told->text.data);
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
	str_done(&world.order);
	return 0;
}

static unsigned times(const char *word)
{
	unsigned count = 0;

	for (const char *at = world.order.data; (at = strstr(at, word)); at++)
		count++;
	return count;
}

/* ---- tests ---- */

static void each_hop_is_logged_in_on_once(void **state)
{
	(void)state;
	add_host("one", NULL);
	add_host("two", NULL);
	add_host("a", "one");
	add_host("b", "one,two");
	add_host("c", "one,two");
	add_host("d", "root@one.example,two");
	struct told told = run_checks(16, NULL);
	assert_int_equal(times("one"), 1);
	assert_int_equal(times("two"), 1);
	assert_int_equal(world.started, 6);
	assert_told(&told, "a: host.settings=pass");
	assert_told(&told, "jump.1=pass(one, one.example port 22, ");
	assert_told(&told, "jump.2=pass(2 of 2 hops: two, two.example port 22, ");
	assert_told(
	    &told, " ms, auth.login of two) net.resolve=skip(two looks the name up, and connects)");
	assert_told(&told, "net.connect=pass(net.connect of d)");
	str_done(&told.text);
}

static void any_number_of_jobs_comes_to_its_end(void **state)
{
	for (unsigned jobs = 1; jobs < 6; jobs++) {
		drop_hosts(state);
		start_over(state);
		add_host("one", NULL);
		add_host("two", NULL);
		note(add_host("bad", NULL), "auth.login");
		for (int i = 0; i < 12; i++) {
			static const char *const ways[] = { "one", "one,two", "two", "bad",
				"one,bad", "bad,two" };
			char *name = mem_printf("h%d", i);
			add_host(name, ways[i % 6]);
			free(name);
		}
		struct told told = run_checks(jobs, NULL);
		assert_int_equal(times("one*"), 1);
		assert_int_equal(times("two*"), 2); /* also behind one */
		assert_int_equal(times("bad*"), 2);
		assert_int_equal(times("h"), 6);
		str_done(&told.text);
	}
}

static void a_refused_login_is_shared(void **state)
{
	(void)state;
	add_host("one", NULL);
	note(add_host("bad", NULL), "auth.login");
	add_host("a", "one,bad");
	add_host("b", "one,bad");
	add_host("c", "one,bad,one");
	struct told told = run_checks(16, NULL);
	assert_int_equal(world.started, 2);
	assert_told(&told, "jump.2=fail(1 of 2 hops, then bad: played) ");
	assert_told(&told,
	    "jump.2=fail(1 of 3 hops, then bad: played) jump.3=skip(not reached: jump.2 failed)");
	assert_told(&told, "auth.publickey=skip(not reached: jump.2 failed)");
	str_done(&told.text);
}

static void a_jump_host_is_checked_before_it_is_logged_in_on(void **state)
{
	for (unsigned jobs = 1; jobs < 4; jobs++) {
		drop_hosts(state);
		start_over(state);
		add_host("a", "one,two");
		add_host("one", NULL);
		add_host("two", NULL);
		struct told told = run_some(jobs, NULL, true);
		assert_true(strstr(world.order.data, "one ") < strstr(world.order.data, "one* "));
		assert_int_equal(times("one*"), 1);
		assert_int_equal(world.started, 5);
		str_done(&told.text);
	}
}

static void what_its_check_fails_by_is_not_tried_again(void **state)
{
	static const char *const notes[] = { "net.connect", "ssh.banner", "ssh.hostkey",
		"auth.publickey" };

	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		drop_hosts(state);
		start_over(state);
		note(add_host("one", NULL), notes[i]);
		add_host("a", "one");
		add_host("b", "one");
		struct told told = run_some(4, NULL, true);
		assert_int_equal(world.started, 1);
		assert_told(&told, "a: host.settings=pass");
		assert_told(&told, "jump.1=fail(one: ");
		assert_told(&told, "auth.publickey=skip(not reached: jump.1 failed)");
		str_done(&told.text);
	}
	/* Another user of that server may be let in. */
	add_host("c", "other@one.example");
	struct told told = run_some(4, NULL, true);
	assert_int_equal(world.started, 1 + 1 + 2);
	assert_told(&told, "c: host.settings=pass");
	str_done(&told.text);
}

static void what_needs_a_person_is_no_failure(void **state)
{
	(void)state;
	note(add_host("one", NULL), "person");
	add_host("a", "one");
	struct told told = run_checks(16, NULL);
	assert_told(&told, "jump.1=skip(one: played) net.resolve=skip(not reached: see jump.1)");
	str_done(&told.text);
}

static void logins_on_one_server_come_one_after_another(void **state)
{
	(void)state;
	for (char user = 'a'; user < 'g'; user++) {
		char *way = mem_printf("%c@one.example", user), name[] = { user, '\0' };
		add_host(name, way);
		free(way);
	}
	struct told told = run_checks(16, NULL);
	assert_int_equal(world.started, 12);
	assert_int_equal(world.most_logins, 1);
	str_done(&told.text);
}

static void a_lost_hop_ends_what_goes_through_it(void **state)
{
	(void)state;
	note(add_host("one", NULL), "lost");
	add_host("a", "one");
	add_host("b", "one");
	struct told told = run_checks(16, NULL);
	assert_int_equal(times("one"), 1);
	assert_int_equal(world.cancels, 1);
	assert_told(&told, "a: host.settings=pass");
	assert_told(
	    &told, "net.connect=fail(jump host one: the wire broke) ssh.banner=skip(not reached");
	assert_null(strstr(told.text.data, "auth.publickey=pass"));
	str_done(&told.text);
}

static void a_stop_reaches_those_in_the_queue(void **state)
{
	(void)state;
	add_host("one", NULL);
	add_host("two", NULL);
	note(add_host("a", "one"), "hang");
	add_host("b", "one");
	add_host("c", "one,two");
	add_host("d", "two");
	struct told told = run_checks(16, "jump.1");
	assert_told(&told, "net.connect=skip(interrupted)");
	str_done(&told.text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start_over, drop_hosts)
	const struct CMUnitTest tests[] = {
		TEST(each_hop_is_logged_in_on_once),
		TEST(any_number_of_jobs_comes_to_its_end),
		TEST(a_refused_login_is_shared),
		TEST(a_jump_host_is_checked_before_it_is_logged_in_on),
		TEST(what_its_check_fails_by_is_not_tried_again),
		TEST(what_needs_a_person_is_no_failure),
		TEST(logins_on_one_server_come_one_after_another),
		TEST(a_lost_hop_ends_what_goes_through_it),
		TEST(a_stop_reaches_those_in_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
