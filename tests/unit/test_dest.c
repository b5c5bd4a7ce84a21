/* SPDX-License-Identifier: Apache-2.0 */
/* Destinations: names of the list, literal addresses, and what must never reach a command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hosts_text.h"

static const char text[] =
    "{\"defaults\":{\"user\":\"ecs-user\",\"port\":2200,\"connect_timeout\":9},\"hosts\":["
    "{\"name\":\"web\",\"hostname\":\"10.0.0.1\",\"user\":\"root\"},"
    "{\"name\":\"root@odd:1\",\"hostname\":\"10.0.0.2\"},"
    "{\"name\":\"sick\",\"port\":0}]}";

static void a_name_of_the_list_comes_first(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list, text);
	struct host *web = hosts_resolve(&list, "web", &err);
	struct host *odd = hosts_resolve(&list, "root@odd:1", &err);

	assert_string_equal(web->hostname, "10.0.0.1");
	assert_ptr_not_equal(web, hosts_find(&list, "web"));
	assert_int_equal(web->id, hosts_find(&list, "web")->id);
	assert_string_equal(odd->hostname, "10.0.0.2");
	host_free(web);
	host_free(odd);
	hosts_done(&list);
}

static void what_is_said_beside_a_name_of_the_list_wins(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, text);
	struct host *web = hosts_resolve(&list, "admin@web:2222", NULL);

	assert_string_equal(web->name, "web");
	assert_string_equal(web->hostname, "10.0.0.1");
	assert_string_equal(web->user, "admin");
	assert_int_equal(web->port, 2222);
	assert_int_equal(host_origin(web, host_field_find("port")), ORIGIN_COMMAND_LINE);
	assert_null(hosts_resolve(&list, "root@sick", NULL));
	host_free(web);
	hosts_done(&list);
}

static void a_host_with_a_problem_is_refused_with_it(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list, text);
	assert_null(hosts_resolve(&list, "sick", &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_non_null(strstr(err.text, "sick: port:"));
	hosts_done(&list);
}

static void literals_are_taken_apart(void **state)
{
	(void)state;
	static const struct {
		const char *dest, *user, *hostname;
		long port;
	} literals[] = {
		{ "h", "ecs-user", "h", 2200 },
		{ "h.example.org", "ecs-user", "h.example.org", 2200 }, { "u@h", "u", "h", 2200 },
		{ "u@h:22", "u", "h", 22 }, { "h:65535", "ecs-user", "h", 65535 },
		{ "u@x@h", "u@x", "h", 2200 }, { "10.0.0.9", "ecs-user", "10.0.0.9", 2200 },
		{ "::1", "ecs-user", "::1", 2200 }, { "u@fe80::1%eth0", "u", "fe80::1%eth0", 2200 },
		{ "[::1]", "ecs-user", "::1", 2200 }, { "u@[fe80::1]:23", "u", "fe80::1", 23 },
		{ "[h.example]:23", "ecs-user", "h.example", 23 },
		{ "ssh://h", "ecs-user", "h", 2200 }, { "ssh://u@h:23/", "u", "h", 23 },
		{ "ssh://u@[::1]:23", "u", "::1", 23 }, { "ssh://a%40b@h", "a@b", "h", 2200 },
		{ "ssh://u;fingerprint=x@h", "u", "h", 2200 },
		{ "WEB", "ecs-user", "WEB", 2200 }, /* names are exact */
	};

	for (size_t i = 0; i < ARRAY_LEN(literals); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		load(&list, text);
		struct host *host = hosts_resolve(&list, literals[i].dest, &err);

		if (!host)
			fail_msg("%s: %s", literals[i].dest, err.text);
		assert_string_equal(host->user, literals[i].user);
		assert_string_equal(host->hostname, literals[i].hostname);
		assert_int_equal(host->port, literals[i].port);
		assert_int_equal(host->connect_timeout, 9);
		assert_string_equal(host->source, "command line");
		assert_int_equal(host->line, 0);
		host_free(host);
		hosts_done(&list);
	}
}

static void where_the_values_came_from_is_known(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, text);
	struct host *host = hosts_resolve(&list, "u@h", NULL);

	assert_int_equal(host_origin(host, host_field_find("user")), ORIGIN_COMMAND_LINE);
	assert_int_equal(host_origin(host, host_field_find("port")), ORIGIN_DEFAULTS);
	assert_int_equal(host_origin(host, host_field_find("hostname")), ORIGIN_COMMAND_LINE);
	assert_int_equal(host_origin(host, host_field_find("ciphers")), ORIGIN_BUILTIN);
	host_free(host);
	hosts_done(&list);
}

static void a_host_name_for_all_applies_to_literals(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, "{\"defaults\":{\"hostname\":\"%h.example.org\"}}");
	struct host *host = hosts_resolve(&list, "root@web", NULL);

	assert_string_equal(host->hostname, "web.example.org");
	host_free(host);
	hosts_done(&list);
}

static void what_could_be_an_option_or_a_command_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "-oProxyCommand=x", "u@-h", "-u@h", "u@", "@h",
		":22", "h:", "h:0", "h:65536", "h:22x", "h:-1", "h:+22", "h: 22",
		"h:99999999999999999999", "a:b:c", "[::1", "[::1]22", "[::1]:", "[]:22", "h;id",
		"$(id)@h", "u`id`@h", "h|id", "h&id", "a b", "h\n", "\033[2J", "u\n@h", "u -x@h",
		"u\\@h", "h\\", "ssh://", "ssh://h/path", "ssh://u%0@h", "ssh://u%00x@h",
		"ssh://u%0a@h", "ssh://h%", "ssh://%2dh", "h%n", "{a,b}", "u'@h", "u\"@h",
		"http://h/" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		load(&list, text);
		if (hosts_resolve(&list, wrong[i], &err))
			fail_msg("accepted: %s", wrong[i]);
		assert_int_equal(err.code, ERR_INVALID);
		assert_true(err.text[0]);
		hosts_done(&list);
	}
}

/* The rules of ssh.c (valid_hostname, valid_ruser), byte by byte. */
static void every_byte_follows_the_rule_of_openssh(void **state)
{
	(void)state;
	static const char no_host[] = "'`\"$\\;&<>|(){} ", no_user[] = "'`\";&<>|(){}";

	for (int c = 1; c < 128; c++) {
		char word[] = { 'a', (char)c, 'b', '\0' };
		bool control = c < 0x20 || c == 0x7f;

		assert_int_equal(host_name_valid(word, NULL), !control && !strchr(no_host, c));
		assert_int_equal(host_user_valid(word, NULL), !control && !strchr(no_user, c));
	}
	assert_false(host_user_valid("a -b", NULL));
	assert_true(host_user_valid("a b", NULL));
	assert_false(host_user_valid("a\\", NULL));
	assert_true(host_user_valid("DOMAIN\\u", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_of_the_list_comes_first),
		cmocka_unit_test(what_is_said_beside_a_name_of_the_list_wins),
		cmocka_unit_test(a_host_with_a_problem_is_refused_with_it),
		cmocka_unit_test(literals_are_taken_apart),
		cmocka_unit_test(where_the_values_came_from_is_known),
		cmocka_unit_test(a_host_name_for_all_applies_to_literals),
		cmocka_unit_test(what_could_be_an_option_or_a_command_is_refused),
		cmocka_unit_test(every_byte_follows_the_rule_of_openssh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
