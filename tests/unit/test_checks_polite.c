/* SPDX-License-Identifier: Apache-2.0 */
/* How a run treats servers: once where that is enough, not after a refusal, not too often. */
#include "checks_played.h"

#include "checks/peers.h"

static size_t count_of(const struct told *told, const char *what)
{
	size_t count = 0;

	for (const char *at = str_text(&told->text); (at = strstr(at, what)) != NULL; at++)
		count++;
	return count;
}

/* One call serves all names of an address to the banner. */
static void one_address_is_called_once_whatever_its_names(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		char *name = mem_printf("crowd%d.example", i);
		add_host(name, "root", name, 22);
		free(name);
	}
	struct told told = run_checks(DEPTH_REACH, 30, NULL);
	assert_int_equal(world.called, 1);
	assert_int_equal(count_of(&told, "ssh.banner=pass"), 5);
	told_done(&told);
}

static void who_fails_is_not_called_by_another_name(void **state)
{
	(void)state;
	add_host("crowd1", "root", "crowd1", 22)->note = mem_strdup("net.connect");
	add_host("crowd2", "root", "crowd2", 22);
	struct told told = run_checks(DEPTH_AUTH, 30, NULL);
	assert_int_equal(world.called, 1);
	assert_int_equal(count_of(&told, "net.connect=fail"), 2);
	told_done(&told);
}

/* What happened on the second of three connections, and how the third host's login is told. */
static void assert_stopped_by(const char *note)
{
	add_host("crowd1", "root", "crowd1", 22);
	add_host("crowd2", "root", "crowd2", 22)->note = mem_strdup(note);
	add_host("crowd3", "root", "crowd3", 22);
	add_host("same", "toor", "crowd2", 22);
	struct told told = run_checks(DEPTH_AUTH, 30, NULL);
	assert_int_equal(world.called, 2);
	assert_int_equal(count_of(&told, "auth.publickey=pass"), 1);
	assert_non_null(strstr(told.text.data, "crowd3 "));
	assert_int_equal(count_of(&told, "auth.publickey=skip"), 3);
	told_done(&told);
	drop_hosts(NULL);
	start_over(NULL);
}

static void nobody_calls_again_after_the_first_sign_of_refusal(void **state)
{
	static const char *const notes[] = { "net.connect", "ssh.banner", "lost ssh.kex",
		"lost auth.methods" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		assert_stopped_by(notes[i]);
}

static void one_address_gets_few_in_all_and_one_at_once_whatever_its_names(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		char *name = mem_printf("crowd%d.example", i);
		add_host(name, "root", name, 22);
		add_host(name + 5, "root", name + 5, 22);
		free(name);
	}
	struct told told = run_checks(DEPTH_AUTH, 30, NULL);
	assert_int_equal(told.hosts, 100);
	assert_int_equal(world.most_crowd, 1);
	/* Those called N.example are at addresses of their own. */
	assert_in_range(count_of(&told, "auth.publickey=pass"), 50 + PEER_UNFINISHED_MAX,
	    50 + PEER_UNFINISHED_MAX + 2);
	assert_int_equal(count_of(&told, "ssh.banner=pass"), 100);
	assert_null(strstr(told.text.data, "fail"));
	told_done(&told);
}

/* Other logins of one server, which are held back, and between them some that were asked for. */
static void who_was_asked_for_by_name_is_not_held_back(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		char *user = mem_printf("user%d", i);
		struct host *host = add_host(user, user, "crowd", 22);
		if (i % 3 == 0)
			host->note = mem_strdup("named");
		free(user);
	}
	struct told told = run_checks(DEPTH_AUTH, 30, NULL);
	assert_int_equal(told.hosts, 60);
	assert_in_range(count_of(&told, "auth.publickey=pass"), 20, 20 + PEER_UNFINISHED_MAX + 2);
	for (int i = 0; i < 60; i += 3) {
		char *passed = mem_printf("user%d pass:", i);
		assert_non_null(strstr(told.text.data, passed));
		free(passed);
	}
	assert_int_equal(
	    count_of(&told, "auth.publickey=pass") + count_of(&told, "incomplete"), 60);
	told_done(&told);
}

/* A refusal holds for all. */
static void who_refuses_is_not_called_for_a_name_either(void **state)
{
	(void)state;
	add_host("a", "a", "crowd", 22)->note = mem_strdup("lost auth.methods");
	for (const char *name = "bcdef"; *name; name++)
		add_host(name, name, "crowd", 22)->note = mem_strdup("named");
	struct told told = run_checks(DEPTH_AUTH, 30, NULL);
	assert_int_equal(world.called, 1);
	assert_int_equal(count_of(&told, "auth.publickey=pass"), 0);
	told_done(&told);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_over, drop_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_address_is_called_once_whatever_its_names),
		TEST(who_fails_is_not_called_by_another_name),
		TEST(nobody_calls_again_after_the_first_sign_of_refusal),
		TEST(one_address_gets_few_in_all_and_one_at_once_whatever_its_names),
		TEST(who_was_asked_for_by_name_is_not_held_back),
		TEST(who_refuses_is_not_called_for_a_name_either),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
