/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that can be wrong with a hosts.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hosts_text.h"

/* ---- wrong documents ---- */

static const char sample[] =
    "\xef\xbb\xbf{\n  \"version\": 1,\n  \"defaults\": { \"user\": \"\xe4\xb8\xad\" },\n"
    "  \"hosts\": [\n    { \"name\": \"a\\u00e9\", \"port\": 22, \"tags\": [\"x\", true] }\n  ]\n}";

/* H1 */
static void a_document_cut_anywhere_is_refused_with_its_place(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, sample);
	hosts_done(&list);
	for (size_t len = 0; len < sizeof sample - 1; len++) {
		struct err err = ERR_INIT;
		char *text = mem_dup(sample, len + !len);
		int line = 0, col = 0;

		if (hosts_parse(&list, text, len, "f", &err))
			fail_msg("accepted after %zu bytes", len);
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_int_equal(sscanf(err.text, "f:%d:%d: ", &line, &col), 2);
		assert_true(line >= 1 && line <= 7 && col >= 1);
		assert_true(err.hint[0]);
		assert_int_equal(list.len, 0);
		assert_non_null(list.defaults);
		hosts_done(&list);
		free(text);
	}
}

/* H2, H3, H4 */
static void what_is_no_object_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " \n\t\r\n ", "null", "[]", "\"x\"", "17", "true",
		"[{\"name\":\"a\"}]" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		assert_false(parse(&list, texts[i], &err));
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_true(str_starts(err.text, "hosts.json:"));
		hosts_done(&list);
	}
}

static void wrong_members_of_the_document_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *place, *member;
	} texts[] = {
		{ "{\"hosts\":{}}", "hosts.json:1:10", "hosts" },
		{ "{\n\"hosts\":null}", "hosts.json:2:9", "hosts" },
		{ "{\"defaults\":[]}", "hosts.json:1:13", "defaults" },
		{ "{\"version\":\"1\"}", "hosts.json:1:12", "version" },
		{ "{\"sources\":1}", "hosts.json:1:12", "sources" },
		{ "{\"hosts\":[],\n\"hosts\":[]}", "hosts.json:2:9", "hosts" },
		{ "{\"hosts\":[],\n\"h\\u006fsts\":[]}", "hosts.json:2:14", "hosts" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		assert_false(parse(&list, texts[i].text, &err));
		assert_int_equal(err.code, ERR_INVALID);
		if (!str_starts(err.text, texts[i].place) || !strstr(err.text, texts[i].member))
			fail_msg("%s", err.text);
		hosts_done(&list);
	}
}

/* H7 */
static void a_deep_document_is_refused(void **state)
{
	(void)state;
	static const size_t depths[] = { 1001, 1000000 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		struct host_list list;
		struct err err = ERR_INIT;
		struct str text = STR_INIT;

		str_add(&text, "{\"x\":");
		for (size_t k = 0; k < depths[i]; k++)
			str_add_char(&text, '[');
		assert_false(hosts_parse(&list, text.data, text.len, "f", &err));
		assert_non_null(strstr(err.text, "deeper"));
		hosts_done(&list);
		str_done(&text);
	}
}

/* H8 */
static void broken_text_is_refused_or_a_problem_of_its_host(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	assert_false(parse(&list, "{\"hosts\":[{\"name\":\"a\xff\"}]}", &err));
	hosts_done(&list);
	assert_false(parse(&list, "{\"hosts\":[{\"name\":\"a\x1b\"}]}", &err));
	hosts_done(&list);
	with_member(&list, "\"note\":\"x\\u0000y\"");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:11: bad: note:", "\\u0000");
	hosts_done(&list);
	with_member(&list, "\"tags\":[\"ok\",\"\\ud800\"]");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:11: bad: tags:", "surrogate");
	hosts_done(&list);
	with_member(&list, "\"unknown\":\"\\ud800\\u0000\"");
	assert_null(problem_of(&list, "bad"));
	hosts_done(&list);
	with_member(&list, "\"port\\u0000\":7, \"\\ud800\":7");
	assert_null(problem_of(&list, "bad"));
	assert_int_equal(hosts_find(&list, "bad")->port, 22);
	hosts_done(&list);
	with_member(&list, "\"p\\u006frt\":7");
	assert_int_equal(hosts_find(&list, "bad")->port, 7);
	hosts_done(&list);
}

/* H9 */
static void a_byte_order_mark_is_accepted_and_utf_16_named(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list, "\xef\xbb\xbf{\"hosts\":[{\"name\":\"a\"}]}");
	assert_int_equal(hosts_find(&list, "a")->col, 11);
	hosts_done(&list);
	assert_false(hosts_parse(&list, "\xff\xfe{\0}\0", 6, "f", &err));
	assert_non_null(strstr(err.text, "UTF-16"));
	hosts_done(&list);
}

/* H10 */
static void hosts_with_one_name_are_listed_and_not_usable(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list,
	    "{\"hosts\":[\n{\"name\":\"a\"},\n{\"name\":\"b\"},\n{\"name\":\"a\"},\n{\"name\":\"a\"}]}");
	assert_int_equal(list.len, 4);
	assert_problem(list.items[0]->problem, "hosts.json:2:1: a: name:", "line 4");
	assert_problem(list.items[2]->problem, "hosts.json:4:1: a: name:", "line 2");
	assert_problem(list.items[3]->problem, "hosts.json:5:1: a: name:", "line 4");
	assert_null(problem_of(&list, "b"));
	assert_null(hosts_resolve(&list, "a", &err));
	assert_int_equal(err.code, ERR_INVALID);
	hosts_done(&list);
}

static void a_member_that_is_there_twice_is_a_problem(void **state)
{
	(void)state;
	static const char *const members[] = {
		"\"port\":1,\n \"port\":2",
		"\"port\":1,\n \"\\u0070ort\":1",
		"\"zzz\":1,\n \"zzz\":1",
		"\"user\":\"u\",\n \"name\":\"bad\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct host_list list;

		with_member(&list, members[i]);
		assert_problem(problem_of(&list, "bad"), "hosts.json:4:3: bad:", "twice");
		hosts_done(&list);
	}
}

/* H11 */
static void unknown_members_are_warned_of_and_left_alone(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"schema\":{\"a\":[1]},\"hosts\":[{\"name\":\"a\",\"prot\":22,\"x\":{\"y\":null}}]}");
	assert_null(problem_of(&list, "a"));
	assert_int_equal(list.warnings.len, 3);
	assert_string_equal(list.warnings.items[0], "hosts.json:1:3: unknown member \"schema\"");
	assert_non_null(strstr(list.warnings.items[1], "a: unknown member \"prot\""));
	hosts_done(&list);
}

static void misspelt_members_are_recognized(void **state)
{
	static const char *const rows[][2] = {
		{ "prot", "port" },
		{ "hostnam", "hostname" },
		{ "HostName", "hostname" },
		{ "IdentityFile", "identity_file" },
		{ "identity-file", "identity_file" },
		{ "idenity_flie", "identity_file" },
		{ "tag", "tags" },
		{ "usr", "user" },
		{ "username", "user" },
		{ "ip", "hostname" },
		{ "proxyjump", "proxy_jump" },
		{ "foward_agent", "forward_agent" },
		{ "x", NULL },
		{ "", NULL },
		{ "owner", NULL },
		{ "cost_center", NULL },
		{ "_meta", NULL },
		{ "a-name-that-is-much-longer-than-any-member-there-is", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *meant = host_field_nearest(rows[i][0]);
		if (!str_eq(meant, rows[i][1]) && (meant || rows[i][1]))
			fail_msg("%s: %s", rows[i][0], meant ? meant : "nothing");
	}
}

static const char *remark_of(const struct host_list *list, const char *name)
{
	return hosts_find(list, name)->remark;
}

/* The host is told, the members that may be the user's own are not. */
static void a_misspelt_member_is_a_remark_on_its_host(void **state)
{
	struct host_list list;

	(void)state;
	load(&list,
	    "{\"hosts\":[{\"name\":\"a\",\"prot\":22,\"usr\":\"x\"},{\"name\":\"b\",\"owner\":\"me\"}]}");
	assert_string_equal(remark_of(&list, "a"),
	    "hosts.json:1:24: a: unknown member \"prot\" is ignored: did you mean \"port\"?");
	assert_null(remark_of(&list, "b"));
	assert_null(list.remark);
	assert_int_equal(list.warnings.len, 3);
	hosts_done(&list);
	load(&list, "{\"defaults\":{\"usr\":\"x\"},\"hosts\":[{\"name\":\"a\"}]}");
	assert_null(remark_of(&list, "a"));
	assert_non_null(strstr(list.remark, "did you mean \"user\"?"));
	hosts_done(&list);
	load(&list, "{\"version\":2,\"hosts\":[]}");
	assert_non_null(strstr(list.remark, "another version"));
	hosts_done(&list);
}

static void warnings_do_not_pile_up(void **state)
{
	(void)state;
	struct host_list list;
	struct str text = STR_INIT;

	str_add(&text, "{\"hosts\":[{\"name\":\"a\"");
	for (int i = 0; i < 5000; i++)
		str_addf(&text, ",\"m%d\":0", i);
	str_add(&text, "}]}");
	load(&list, text.data);
	assert_true(list.warnings.len > 5 && list.warnings.len < 100);
	str_done(&text);
	hosts_done(&list);
}

/* H12, H13 */
static void a_port_is_a_whole_number_in_its_range(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"0", "65536", "-1", "\"22\"", "22.5", "1e9", "1e400", "-1e400",
		"99999999999999999999999999", "true", "null", "[22]", "{}", "-0", "\"\"",
		"2200000000000000000000000000000000000000000000000000000000000000000000000000000e-60"
	};
	static const struct {
		const char *text;
		long port;
	} right[] = { { "1", 1 }, { "65535", 65535 }, { "22.0", 22 }, { "2.2e1", 22 },
		{ "220e-1", 22 } };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;
		char *member = mem_printf("\"port\": %s", wrong[i]);

		with_member(&list, member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:3:12: bad: port:", "65535");
		hosts_done(&list);
		free(member);
	}
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct host_list list;
		char *member = mem_printf("\"port\":%s", right[i].text);

		with_member(&list, member);
		assert_null(problem_of(&list, "bad"));
		assert_int_equal(hosts_find(&list, "bad")->port, right[i].port);
		hosts_done(&list);
		free(member);
	}
}

static void wrong_types_and_values_name_their_member(void **state)
{
	(void)state;
	static const struct {
		const char *member, *name;
	} wrong[] = {
		{ "\"hostname\":7", "hostname" },
		{ "\"user\":[]", "user" },
		{ "\"user\":\"\"", "user" },
		{ "\"user\":\"a;b\"", "user" },
		{ "\"identity_file\":1", "identity_file" },
		{ "\"identity_file\":[\"a\",1]", "identity_file" },
		{ "\"identity_file\":[[]]", "identity_file" },
		{ "\"identity_file\":\"\"", "identity_file" },
		{ "\"identities_only\":\"yes\"", "identities_only" },
		{ "\"identities_only\":1", "identities_only" },
		{ "\"strict_host_key_checking\":\"no\"", "ask, accept-new, yes" },
		{ "\"strict_host_key_checking\":false", "strict_host_key_checking" },
		{ "\"request_tty\":\"maybe\"", "force" },
		{ "\"address_family\":\"ipv4\"", "inet6" },
		{ "\"add_keys_to_agent\":\"sometimes\"", "confirm" },
		{ "\"set_env\":[\"A=1\"]", "set_env" },
		{ "\"set_env\":{\"A\":1}", "set_env" },
		{ "\"set_env\":{\"\":\"x\"}", "set_env" },
		{ "\"cloud\":\"ecs\"", "cloud" },
		{ "\"tags\":\"\"", "tags" },
		{ "\"tags\":{}", "tags" },
		{ "\"proxy_jump\":\"-oProxyCommand=x\"", "proxy_jump" },
		{ "\"proxy_jump\":\"a,,b\"", "proxy_jump" },
		{ "\"proxy_jump\":\"a,\"", "proxy_jump" },
		{ "\"ciphers\":\"\\u001b\"", "ciphers" },
		{ "\"group\":\"a\\nb\"", "group" },
		{ "\"server_alive_interval\":-1", "server_alive_interval" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;

		with_member(&list, wrong[i].member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:3:", wrong[i].name);
		hosts_done(&list);
	}
}

/* H14, for the host name: OpenSSH's rule */
static void dangerous_host_names_are_problems(void **state)
{
	(void)state;
	static const char *const wrong[] = { "-oProxyCommand=x", "a\\nb", "a\\u001b[2J", "a;b",
		"a b", "$(id)", "`id`", "a|b", "a&b", "a\\\"b", "a'b", "a\\\\b", "a<b", "{a}",
		"(a)", "", "a\\u007f", "a%zb" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;
		char *member = mem_printf("\"hostname\":\"%s\"", wrong[i]);

		with_member(&list, member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:", "hostname");
		hosts_done(&list);
		free(member);
	}
}

/* What people paste there; each is told what to write. */
static void a_hostname_holds_no_more_than_a_name(void **state)
{
	static const char *const rows[][2] = {
		{ "https://example.com/a?b", "write \"example.com\" here" },
		{ "ssh://me@h:22/",
		    "write \"h\" here; \"user\" (me) is a member of its own; \"port\" (22)" },
		{ "127.0.0.1:22",
		    "write \"127.0.0.1\" here; \"port\" (22) is a member of its own" },
		{ "me@h", "write \"h\" here; \"user\" (me) is a member of its own" },
		{ "[::1]", "write \"::1\" here" },
		{ "[fe80::1%eth0]:22", "write \"fe80::1%eth0\" here; \"port\" (22)" },
		{ "h/", "write \"h\" here" },
		{ "h:ssh", "is neither a name nor an address" },
		{ "https://", "is neither a name nor an address" },
		{ "1:2:3", "is neither a name nor an address" },
		{ "::1", NULL },
		{ "::ffff:127.0.0.1", NULL },
		{ "fe80::1%eth0", NULL },
		{ "%h.example.com", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct host_list list;
		char *member = mem_printf("\"hostname\":\"%s\"", rows[i][0]);

		with_member(&list, member);
		if (rows[i][1])
			assert_problem(problem_of(&list, "bad"), "hosts.json:", rows[i][1]);
		else
			assert_null(problem_of(&list, "bad"));
		hosts_done(&list);
		free(member);
	}
}

/* H14, for the name of the entry */
static void an_entry_without_a_good_name_is_still_listed(void **state)
{
	(void)state;
	static const char *const entries[] = { "{}", "{\"name\":\"\"}", "{\"name\":7}",
		"{\"name\":\"-x\"}", "{\"name\":\"a\\nb\"}", "{\"name\":\"\\u001b\"}", "7", "null",
		"[]", "\"web\"", "{\"name\":null}", "{\"name\":\"a\\u0000\"}" };

	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		struct host_list list;
		char *text = mem_printf("{\"hosts\":[{\"name\":\"good\"},%s]}", entries[i]);

		load(&list, text);
		assert_int_equal(list.len, 2);
		assert_string_equal(list.items[1]->name, "#2");
		assert_problem(list.items[1]->problem, "hosts.json:1:", "#2");
		assert_null(list.items[0]->problem);
		hosts_done(&list);
		free(text);
	}
}

static void a_name_of_300_characters_is_a_problem(void **state)
{
	(void)state;
	char name[301];
	struct host_list list;

	memset(name, 'x', 300);
	name[300] = '\0';
	char *text = mem_printf(
	    "{\"hosts\":[{\"name\":\"%s\"},{\"name\":\"b\",\"hostname\":\"%s\"}]}", name, name);

	load(&list, text);
	assert_problem(list.items[0]->problem, "hosts.json:1:", "longer than 255");
	assert_problem(list.items[1]->problem, "hosts.json:1:", "longer than 253");
	free(text);
	hosts_done(&list);
}

/* A name may be a sentence when a host name is given; it cannot stand for one. */
static void a_name_with_spaces_needs_a_host_name(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"hosts\":[{\"name\":\"web 1; 100%\",\"hostname\":\"w1\"},{\"name\":\"web 2\"}]}");
	assert_null(problem_of(&list, "web 1; 100%"));
	assert_problem(problem_of(&list, "web 2"), "hosts.json:1:", "hostname");
	hosts_done(&list);
}

static void the_first_problem_is_kept(void **state)
{
	(void)state;
	struct host_list list;

	with_member(&list, "\"port\":0, \"user\":7");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:", "port");
	hosts_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_cut_anywhere_is_refused_with_its_place),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(wrong_members_of_the_document_are_named),
		cmocka_unit_test(a_deep_document_is_refused),
		cmocka_unit_test(broken_text_is_refused_or_a_problem_of_its_host),
		cmocka_unit_test(a_byte_order_mark_is_accepted_and_utf_16_named),
		cmocka_unit_test(hosts_with_one_name_are_listed_and_not_usable),
		cmocka_unit_test(a_member_that_is_there_twice_is_a_problem),
		cmocka_unit_test(unknown_members_are_warned_of_and_left_alone),
		cmocka_unit_test(misspelt_members_are_recognized),
		cmocka_unit_test(a_misspelt_member_is_a_remark_on_its_host),
		cmocka_unit_test(warnings_do_not_pile_up),
		cmocka_unit_test(a_port_is_a_whole_number_in_its_range),
		cmocka_unit_test(wrong_types_and_values_name_their_member),
		cmocka_unit_test(dangerous_host_names_are_problems),
		cmocka_unit_test(a_hostname_holds_no_more_than_a_name),
		cmocka_unit_test(an_entry_without_a_good_name_is_still_listed),
		cmocka_unit_test(a_name_of_300_characters_is_a_problem),
		cmocka_unit_test(a_name_with_spaces_needs_a_host_name),
		cmocka_unit_test(the_first_problem_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
