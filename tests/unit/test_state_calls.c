/* SPDX-License-Identifier: Apache-2.0 */
/* When servers were called, and what is forgotten. */
#include "state_home.h"

/* ---- calls ---- */

static void a_server_is_left_alone_for_a_while(void **unused)
{
	double ago = -1;

	(void)unused;
	assert_int_equal(state_call("192.0.2.1 22", &ago, NULL), STATE_CALL_NOW);
	assert_int_equal(state_call("192.0.2.1 22", &ago, NULL), STATE_CALL_LATER);
	assert_true(ago >= 0 && ago < 10);
	assert_int_equal(state_call("192.0.2.1 23", &ago, NULL), STATE_CALL_NOW);
}

static void write_call(double ago, double until)
{
	double now = state_now();
	char *text = mem_printf(
	    "{\"servers\":{\"a 22\":{\"called\":%.3f,\"until\":%.3f}}}", now - ago, now + until);

	write_file(text);
	free(text);
}

static void a_time_to_come_counts_as_now(void **unused)
{
	double ago = -1;

	(void)unused;
	write_call(-20, 0);
	assert_int_equal(state_call("a 22", &ago, NULL), STATE_CALL_LATER);
	assert_true(ago == 0);
	/* The clock was set back by a day (faults C8): the interval passes all the same, from now on. */
	write_call(-86400, -86399);
	assert_int_equal(state_call("a 22", &ago, NULL), STATE_CALL_LATER);
	struct state *state = state_read(NULL);
	assert_true(
	    state_called_ago(state, "a 22", state_now() + STATE_INTERVAL_S) >= STATE_INTERVAL_S);
	state_free(state);
	write_call(31, -31);
	assert_int_equal(state_call("a 22", &ago, NULL), STATE_CALL_NOW);
	assert_true(state_age(200, 100) == 0);
}

static void what_a_server_holds_against_us_passes(void **unused)
{
	struct known_server server = { 0, 0 };

	(void)unused;
	server_called(&server, 1000, 5);
	assert_true(server_unfinished(&server, 1000) == 5);
	server_called(&server, 1002, 3);
	assert_true(server_unfinished(&server, 1002) == 6);
	assert_true(server_unfinished(&server, 1007) == 1);
	assert_true(server_unfinished(&server, 1100) == 0);
	/* The clock was set back by a day. */
	assert_true(server_unfinished(&server, 1002 - 86400) <= 6);
}

static void old_calls_are_forgotten(void **unused)
{
	(void)unused;
	write_call(5000, -4999);
	assert_true(writes(NULL));
	char *text = read_file();
	assert_null(strstr(text, "a 22"));
	free(text);
}
/* ---- hosts that are gone ---- */

static void hosts_that_are_gone_are_forgotten_in_time(void **unused)
{
	struct host_list list = { 0 };
	struct state_news *news = state_news_new();
	char *text =
	    mem_printf("{\"hosts\":{\"here\":{\"checked_at\":1},\"gone\":{\"checked_at\":1},"
		       "\"elsewhere\":{\"checked_at\":%.3f}}}",
		state_now());
	static const char hosts[] = "{\"hosts\":[{\"name\":\"here\",\"hostname\":\"192.0.2.1\"}]}";

	(void)unused;
	write_file(text);
	free(text);
	assert_true(hosts_parse(&list, hosts, strlen(hosts), "hosts.json", NULL));
	assert_true(state_write(news, &list, NULL));
	text = read_file();
	assert_non_null(strstr(text, "here"));
	assert_non_null(strstr(text, "elsewhere"));
	assert_null(strstr(text, "gone"));
	free(text);
	state_news_free(news);
	hosts_done(&list);
}

static void results_of_another_address_are_not_told(void **unused)
{
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };
	static const char hosts[] = "{\"hosts\":[{\"name\":\"web\",\"hostname\":\"192.0.2.9\"}]}";
	struct host_list list = { 0 };
	struct str out = STR_INIT;

	(void)unused;
	check("web", "reach", found, 1, false);
	assert_true(hosts_parse(&list, hosts, strlen(hosts), "hosts.json", NULL));
	struct state *state = state_read(NULL);
	state_each_host(state, &list, gather, &out);
	assert_string_equal(str_text(&out), "[web skip]");
	str_done(&out);
	state_free(state);
	hosts_done(&list);
}

/* Whatever their order in the file, and whichever begins like another one. */
static void each_server_is_found(void **unused)
{
	static const char text[] =
	    "{\"version\":1,\"servers\":{\"b 22\":{\"called\":30},\"a 2222\":{\"called\":20},"
	    "\"a 22\":{\"called\":10},\"a 2\":7,\"\":{\"called\":40}}}";
	struct state *state = state_parse(text, strlen(text), NULL);

	(void)unused;
	assert_true(state_called_ago(state, "a 22", 100) == 90);
	assert_true(state_called_ago(state, "a 2222", 100) == 80);
	assert_true(state_called_ago(state, "b 22", 100) == 70);
	assert_true(state_called_ago(state, "", 100) == 60);
	assert_true(state_called_ago(state, "a 2", 100) < 0);
	assert_true(state_called_ago(state, "a 222", 100) < 0);
	assert_true(state_called_ago(state, "c", 100) < 0);
	state_free(state);
	state = state_parse("{\"servers\":[]}", 14, NULL);
	assert_true(state_called_ago(state, "a 22", 100) < 0);
	state_free(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_server_is_left_alone_for_a_while),
		TEST(a_time_to_come_counts_as_now),
		TEST(what_a_server_holds_against_us_passes),
		TEST(each_server_is_found),
		TEST(old_calls_are_forgotten),
		TEST(hosts_that_are_gone_are_forgotten_in_time),
		TEST(results_of_another_address_are_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
