/* SPDX-License-Identifier: Apache-2.0 */
/* The runner, with connections that are played. */
#include "checks_played.h"

/* ---- tests ---- */

static void each_depth_tells_its_checks(void **state)
{
	static const struct {
		enum depth depth;
		unsigned connections;
		const char *text;
	} rows[] = {
		{ DEPTH_LOCAL, 0, "a pass: host.settings=pass\n" },
		{ DEPTH_REACH, 1, "a pass: host.settings=pass" NET_PASS "\n" },
		{ DEPTH_AUTH, 2, "a pass: host.settings=pass" NET_PASS AUTH_PASS "\n" },
	};

	(void)state;
	add_host("a", "root", "a.example", 22);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct told told = run_checks(rows[i].depth, 4, NULL);
		assert_string_equal(told.text.data, rows[i].text);
		assert_int_equal(world.started, rows[i].connections);
		told_done(&told);
	}
}

static void aliases_share_one_connection(void **state)
{
	(void)state;
	add_host("a", "root", "one.example", 22);
	add_host("b", "root", "ONE.example", 22);
	add_host("c", "root", "one.example", 22);
	struct told told = run_checks(DEPTH_AUTH, 4, NULL);
	assert_int_equal(world.started, 1);
	assert_int_equal(told.hosts, 3);
	assert_string_equal(told.text.data,
	    "a pass: host.settings=pass" NET_PASS AUTH_PASS "\n"
	    "b pass: host.settings=pass" NET_PASS AUTH_PASS "\n"
	    "c pass: host.settings=pass" NET_PASS AUTH_PASS "\n");
	told_done(&told);
}

static void other_logins_come_one_after_another(void **state)
{
	(void)state;
	add_host("a", "root", "one.example", 4000);
	add_host("b", "ecs-user", "one.example", 4000);
	add_host("c", "root", "one.example", 4000);
	struct told told = run_checks(DEPTH_AUTH, 9, NULL);
	assert_int_equal(world.started, 2);
	assert_int_equal(world.most_at_server, 1);
	assert_int_equal(told.hosts, 3);
	assert_null(strstr(told.text.data, "skip"));
	told_done(&told);
	/* To the banner they are one. */
	told = run_checks(DEPTH_REACH, 9, NULL);
	assert_int_equal(world.started, 3);
	told_done(&told);
}

static void another_port_is_another_server(void **state)
{
	(void)state;
	add_host("a", "root", "one.example", 22);
	add_host("b", "root", "one.example", 2222);
	struct told told = run_checks(DEPTH_REACH, 9, NULL);
	assert_int_equal(world.started, 2);
	told_done(&told);
}

static void what_lies_behind_a_failure_is_skipped(void **state)
{
	(void)state;
	expect_note(add_host("a", "root", "a.example", 22), "net.connect");
	struct told told = run_checks(DEPTH_AUTH, 4, NULL);
	assert_string_equal(told.text.data,
	    "a fail: host.settings=pass net.resolve=pass net.connect=fail ssh.banner=skip" AUTH_SKIP
	    "\n");
	assert_string_equal(told.last_summary.data, "not reached: net.connect failed");
	told_done(&told);
}

static void a_server_that_refuses_is_not_asked_again(void **state)
{
	static const char *const failures[] = { "net.connect", "ssh.banner", "ssh.kex" };

	(void)state;
	struct host *first = add_host("a", "root", "a.example", 22);
	add_host("b", "zoe", "a.example", 22);
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		expect_note(first, failures[i]);
		struct told told = run_checks(DEPTH_AUTH, 4, NULL);
		assert_int_equal(world.started, i + 1);
		assert_non_null(strstr(told.text.data, "b fail"));
		told_done(&told);
		free(first->note);
		first->note = NULL;
	}
	/* But a user who is refused says nothing about the next one. */
	expect_note(first, "auth.publickey");
	struct told told = run_checks(DEPTH_AUTH, 4, NULL);
	assert_int_equal(world.started, ARRAY_LEN(failures) + 2);
	assert_non_null(strstr(told.text.data, "b pass"));
	told_done(&told);
}

static void other_known_hosts_mean_another_connection(void **state)
{
	(void)state;
	expect_note(add_host("a", "root", "a.example", 22), "ssh.hostkey");
	strlist_add(&add_host("b", "root", "a.example", 22)->user_known_hosts_file, "elsewhere");
	struct told told = run_checks(DEPTH_AUTH, 4, NULL);
	assert_int_equal(world.started, 2);
	assert_non_null(strstr(told.text.data, "a fail"));
	assert_non_null(strstr(told.text.data, "b pass"));
	told_done(&told);
}

static void an_end_without_a_result_is_a_failure(void **state)
{
	(void)state;
	expect_note(add_host("a", "root", "a.example", 22), "mute");
	struct told told = run_checks(DEPTH_REACH, 4, NULL);
	assert_string_equal(told.text.data,
	    "a fail: host.settings=pass net.resolve=pass net.connect=pass ssh.banner=fail\n");
	assert_string_equal(told.last_summary.data, "too slow");
	told_done(&told);
}

static void broken_settings_stop_a_host_and_no_other(void **state)
{
	(void)state;
	add_host("a", "root", "a.example", 22)->problem = mem_strdup("hosts.json:3:4: bad port");
	add_host("b", "root", "-oProxyCommand=x", 22);
	add_host("c", "root", "c.example", 22);
	struct told told = run_checks(DEPTH_REACH, 4, NULL);
	assert_int_equal(world.started, 1);
	assert_non_null(strstr(told.text.data,
	    "a fail: host.settings=fail net.resolve=skip net.connect=skip ssh.banner=skip\n"));
	assert_non_null(strstr(told.text.data, "b fail: host.settings=fail"));
	assert_non_null(strstr(told.text.data, "c pass"));
	told_done(&told);
}

static void of_hosts_behind_jump_hosts_the_first_hop_is_looked_at(void **state)
{
	(void)state;
	for (enum depth depth = DEPTH_REACH; depth <= DEPTH_AUTH; depth++) {
		drop_hosts(state);
		start_over(state);
		add_host("inner", "root", "10.0.0.1", 22)->proxy_jump = mem_strdup("bastion");
		add_host("deep", "root", "10.0.0.2", 22)->proxy_jump = mem_strdup("bastion,inner");
		add_host("bastion", "root", "b.example", 22);
		struct told told = run_checks(depth, 4, NULL);
		assert_int_equal(world.started, 1);
		assert_non_null(strstr(told.text.data,
		    "inner pass, incomplete: host.settings=pass jump.1=pass net.resolve=skip net.connect=skip "
		    "ssh.banner=skip"));
		assert_non_null(strstr(told.text.data,
		    "deep pass, incomplete: host.settings=pass jump.1=pass jump.2=skip "));
		assert_non_null(strstr(told.text.data, "bastion pass: host.settings=pass net."));
		told_done(&told);
	}
}

static void the_first_hop_alone_is_called_no_further_than_its_banner(void **state)
{
	(void)state;
	struct told told = { .loop = loop_new() };
	const struct checks_options options = { .depth = DEPTH_AUTH, .jobs = 4 };
	add_host("bastion", "root", "b.example", 22);
	add_host("inner", "root", "10.0.0.1", 22)->proxy_jump = mem_strdup("bastion");
	host_list_index(&list, "hosts.json");
	told.checks = checks_start(told.loop, &list, list.items + 1, 1, &options, &owner, &told);
	loop_run(told.loop, NULL, NULL);
	assert_int_equal(world.started, 1);
	assert_int_equal(told.hosts, 1);
	assert_non_null(strstr(told.text.data, "jump.1=pass"));
	assert_string_equal(told.last_summary.data, "needs a login on bastion");
	checks_cancel(told.checks);
	loop_free(told.loop);
	told_done(&told);
}

static void a_first_hop_that_fails_is_told_to_all_behind_it(void **state)
{
	(void)state;
	expect_note(add_host("bastion", "root", "b.example", 22), "net.connect");
	add_host("a", "root", "10.0.0.1", 22)->proxy_jump = mem_strdup("bastion");
	add_host("b", "root", "10.0.0.2", 22)->proxy_jump = mem_strdup("bastion");
	struct told told = run_checks(DEPTH_REACH, 4, NULL);
	assert_int_equal(world.started, 1);
	assert_non_null(strstr(told.text.data, "a fail: host.settings=pass jump.1=fail net."));
	assert_non_null(strstr(told.text.data, "b fail: host.settings=pass jump.1=fail net."));
	told_done(&told);
}

static void no_more_run_at_once_than_allowed(void **state)
{
	(void)state;
	add_hosts(500);
	struct told told = run_checks(DEPTH_REACH, 7, NULL);
	assert_int_equal(world.started, 500);
	assert_int_equal(world.most, 7);
	assert_int_equal(told.hosts, 500);
	told_done(&told);
}

/* faults N30, C2 */
static void what_this_machine_lacks_is_tried_again_with_fewer_at_once(void **state)
{
	(void)state;
	add_hosts(100);
	world.descriptors = 7;
	struct told told = run_checks(DEPTH_REACH, 50, NULL);
	assert_int_equal(told.hosts, 100);
	assert_in_range(world.shortages, 1, 99); /* the limit was learned, not run into each time */
	assert_int_equal(told.results, 100 * 9);
	assert_null(strstr(told.text.data, "fail"));
	told_done(&told);
}

static void what_this_machine_lacks_for_good_is_told(void **state)
{
	(void)state;
	add_hosts(20);
	world.descriptors = world.open = 1; /* somebody else has it */
	struct told told = run_checks(DEPTH_REACH, 10, NULL);
	assert_int_equal(told.results, 20 * 9);
	assert_null(strstr(told.text.data, "net.connect=pass"));
	assert_null(strstr(told.text.data, "net.connect=skip"));
	told_done(&told);
}

static void a_stop_reaches_those_that_wait_for_room(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++) {
		char *name = mem_printf("crowd%d.example", i);
		expect_note(add_host(name, "root", name, 22), i < 4 ? "hang" : "");
		free(name);
	}
	add_host("last", "root", "last.example", 22);
	struct told told = run_checks(DEPTH_REACH, 30, "ssh.banner");
	assert_int_equal(told.hosts, 10);
	told_done(&told);
}

static void a_stop_tells_what_is_known(void **state)
{
	(void)state;
	expect_note(add_host("a", "root", "a.example", 22), "hang");
	add_host("b", "root", "b.example", 22);
	struct told told = run_checks(DEPTH_REACH, 1, "net.resolve");
	assert_int_equal(world.started, 1);
	assert_int_equal(told.hosts, 2);
	assert_non_null(strstr(told.text.data,
	    "a skip, incomplete: host.settings=pass net.resolve=pass net.connect=skip ssh.banner=skip\n"));
	assert_string_equal(told.last_summary.data, "interrupted");
	told_done(&told);
}

static void a_cancel_frees_all_and_says_nothing(void **state)
{
	struct told told = { .loop = loop_new() };
	const struct checks_options options = { DEPTH_REACH, 3000, 10000, 4 };

	(void)state;
	expect_note(add_host("a", "root", "a.example", 22), "hang");
	told.checks = checks_start(told.loop, &list, list.items, list.len, &options, &owner, &told);
	loop_turn(told.loop);
	checks_cancel(told.checks);
	assert_int_equal(world.now, 0);
	unsigned results = told.results;
	loop_free(told.loop);
	assert_int_equal(told.results, results);
	assert_int_equal(told.dones, 0);
}

static void no_hosts_are_done_at_once(void **state)
{
	(void)state;
	struct told told = run_checks(DEPTH_AUTH, 4, NULL);
	assert_int_equal(told.hosts, 0);
	told_done(&told);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start_over, drop_hosts)
	const struct CMUnitTest tests[] = {
		TEST(each_depth_tells_its_checks),
		TEST(aliases_share_one_connection),
		TEST(other_logins_come_one_after_another),
		TEST(another_port_is_another_server),
		TEST(what_lies_behind_a_failure_is_skipped),
		TEST(a_server_that_refuses_is_not_asked_again),
		TEST(other_known_hosts_mean_another_connection),
		TEST(an_end_without_a_result_is_a_failure),
		TEST(broken_settings_stop_a_host_and_no_other),
		TEST(of_hosts_behind_jump_hosts_the_first_hop_is_looked_at),
		TEST(the_first_hop_alone_is_called_no_further_than_its_banner),
		TEST(a_first_hop_that_fails_is_told_to_all_behind_it),
		TEST(no_more_run_at_once_than_allowed),
		TEST(what_this_machine_lacks_is_tried_again_with_fewer_at_once),
		TEST(what_this_machine_lacks_for_good_is_told),
		TEST(a_stop_reaches_those_that_wait_for_room),
		TEST(a_stop_tells_what_is_known),
		TEST(a_cancel_frees_all_and_says_nothing),
		TEST(no_hosts_are_done_at_once),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
